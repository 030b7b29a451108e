/*
 * letter.h - the letter of request: a request for mutual legal assistance as a ministry signs it,
 * paragraph by paragraph, in English or Japanese.
 *
 * Pure.  The words of the form are ours and the treaty profile's; what the request says stays as it
 * was written.  Setting it on pages is letter_pdf.h.
 */
#ifndef CLIENTS_OFFICER_LETTER_H
#define CLIENTS_OFFICER_LETTER_H

#include "keys/directory.h"
#include "proto/language.h"
#include "proto/message.h"
#include "proto/mla.pb-c.h"
#include "proto/treaty.h"

enum { LETTER_PARAGRAPHS_MAX = 4096 };

enum letter_style {
    LETTER_SENDER,  /* letterhead */
    LETTER_RIGHT,   /* place, date, reference */
    LETTER_ADDRESS, /* whom it goes to */
    LETTER_TITLE,
    LETTER_TEXT,
    LETTER_SECTION, /* a numbered heading; `note` is the article that wants it */
    LETTER_ITEM,    /* `label`, then the text; `note` likewise */
    LETTER_SIGNATURE
};

/* Texts are borrowed from the request, or lie in the letter's arena; UTF-8, "" if absent. */
struct letter_paragraph {
    enum letter_style style;
    size_t depth; /* of an item: headings around it */
    const char *label;
    const char *text;
    const char *note;
};

/* What a letter is made of; all is borrowed. */
struct letter_source {
    const Denrei__V1__Mla *content; /* a request */
    const struct header *header;
    struct hash hash;            /* message hash */
    bool is_logged;              /* `leaf` is set */
    uint64_t leaf;               /* its log entry */
    const struct member *from;   /* of the directory */
    const struct member *to;     /* NULL: not in the directory any more */
    const char *basis_title;     /* the legal basis, as the directory names it */
    const struct treaty *treaty; /* NULL: the basis has no profile */
    enum language language;
};

struct letter {
    enum language language;
    const char *title;
    const char *mark;   /* for the foot of each page: message id and log entry */
    const char *proof;  /* for the QR code: message id, log entry, message hash */
    const char *record; /* what the code is, in a sentence */
    struct letter_paragraph *paragraphs;
    size_t count;
};

/*
 * Write the letter; *out lies in `arena`, and is set with ERR_OK alone.
 * ERR_FORMAT: the content is no request.  ERR_FULL: more than LETTER_PARAGRAPHS_MAX paragraphs.
 * ERR_NOMEM: arena full.
 */
enum err letter_write(const struct letter_source *source, struct arena *arena, struct letter *out);

#endif /* CLIENTS_OFFICER_LETTER_H */
