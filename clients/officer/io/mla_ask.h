/*
 * mla_ask.h - one part of a request is asked for at the terminal.
 *
 * Host.  For mla_dialogue.c, which goes through all of them.
 */
#ifndef CLIENTS_OFFICER_IO_MLA_ASK_H
#define CLIENTS_OFFICER_IO_MLA_ASK_H

#include "clients/officer/io/mla_session.h"
#include "clients/officer/io/mla_words.h"
#include "proto/help.h"

/* What came of asking for a part. */
enum mla_step {
    STEP_NEXT,
    STEP_BACK,
    STEP_AGAIN,
    STEP_END,   /* quit, or the input ended */
    STEP_FAILED /* the draft cannot be kept; told in the problems */
};

struct mla_ask {
    struct mla_session *session;
    struct mla_part *parts;
    size_t count, at;
    char *line; /* of getline */
    size_t line_size;
    char *answer; /* MLA_FORM_BYTES */
    char *before; /* MLA_FORM_BYTES: what was there */
};

/* The words in the session's language. */
const char *mla_ask_words(const struct mla_ask *dialogue, enum mla_words which);

/* Read the next line, without its end, into dialogue->line; false at the end of the input. */
bool mla_ask_listen(struct mla_ask *dialogue);

/*
 * Ask `question` about something; what is no clear word is `otherwise`.  False at the end of the
 * input; *out is untouched then.
 */
bool mla_ask_yes(struct mla_ask *dialogue, const char *about, enum mla_words question,
                 bool otherwise, bool *out);

/* What a part, or the list that it lies in, is called. */
struct help_label mla_ask_label(const struct mla_ask *dialogue, const struct mla_part *part);
struct help_label mla_ask_list_label(const struct mla_ask *dialogue, const struct mla_part *part);

/* Make the parts anew from the answers. */
void mla_ask_make_parts(struct mla_ask *dialogue);

/* Tell all that is missing or wrong; returns how many. */
size_t mla_ask_tell_open(struct mla_ask *dialogue);

/* Ask for `part`, a copy of one of the parts, check the answer at once and keep it. */
enum mla_step mla_ask_part(struct mla_ask *dialogue, const struct mla_part *part);

#endif /* CLIENTS_OFFICER_IO_MLA_ASK_H */
