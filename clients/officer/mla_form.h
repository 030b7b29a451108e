/*
 * mla_form.h - a request for mutual legal assistance as a form: the parts that its treaty's profile
 * asks for, in order, and their answers in a JSON tree of mla.proto.
 *
 * Pure.  The terminal's dialogue and the editor's form show the same parts.  A part's answer is
 * text: a list has one item a line, a choice is a word or its number, yes or no is yes or no.
 */
#ifndef CLIENTS_OFFICER_MLA_FORM_H
#define CLIENTS_OFFICER_MLA_FORM_H

#include "proto/language.h"
#include "proto/treaty.h"

#include <jansson.h>

enum {
    MLA_PARTS_MAX = 2048,
    MLA_FORM_BYTES = 2 << 20 /* of a form as text */
};

enum mla_answer {
    MLA_ANSWER_LINE,
    MLA_ANSWER_LINES, /* may have line breaks */
    MLA_ANSWER_LIST,  /* one item a line */
    MLA_ANSWER_CHOICE,
    MLA_ANSWER_YES_NO
};

struct mla_part {
    struct problem_path path; /* in the tree: "request.offences[0].name" */
    const struct treaty_content *content;
    const ProtobufCMessageDescriptor *type; /* that `field` is of */
    const ProtobufCFieldDescriptor *field;
    enum mla_answer answer;
    bool is_needed;      /* it must be answered */
    size_t list_len;     /* of the list in `path` that it lies in an item of; 0: in none */
    size_t item;         /* in that list */
    bool is_item_begin;  /* first part of its item */
    bool is_item_end;    /* last part of its item */
    bool is_last_item;   /* of the list, as it is now */
    bool is_list_needed; /* the list must have an item */
};

/*
 * Write the parts of the form into `out`, which has room for `max`; returns how many.  `tree` is
 * the request so far; `mla` the message that it decodes to, or NULL if it does not, and then it
 * counts as one that asks for nothing yet.
 */
size_t mla_form_parts(const struct treaty *treaty, json_t *tree, const Denrei__V1__Mla *mla,
                      struct mla_part *out, size_t max);

/*
 * What the treaty says of a part beside asking for it: the use that the purpose limits, how dual
 * criminality is judged, within how many days an urgent request is confirmed and a request
 * answered; NULL if nothing.
 */
const struct treaty_rule *mla_form_rule(const struct treaty *treaty, const struct mla_part *part);

/* What is in `tree` at `path`; borrowed; NULL if nothing. */
json_t *mla_form_find(json_t *tree, const char *path);

/* The answer at `path` as text in `out`, cut if too long; "" if there is none. */
void mla_form_answer(json_t *tree, const char *path, char *out, size_t size);

/*
 * Put the answer `text` of the field at `path` into `tree` in place of the one before; blanks
 * around it and empty lines at its ends are left out; "" takes the answer away.
 * ERR_FORMAT: no such field, no such choice, no UTF-8; `problems` has one more and `tree` is
 * unchanged.  ERR_NOMEM.
 */
enum err mla_form_set(json_t *tree, const char *path, const char *text, struct problems *problems);

/* Add an empty item to the list at `path`; false without memory. */
bool mla_form_add_item(json_t *tree, const char *path);

/* Take the last item of the list at `path` away if nothing is in it; the list if it was the only.
 */
void mla_form_prune(json_t *tree, const char *path);

/* The languages that `party` accepts, "ja; if urgent: en"; "" if it has not said. */
struct problem_path mla_form_languages(const struct treaty_party *party, enum language language);

/* ---- the form as a text to be edited (mla_form_text.c) */

/* What the text begins with, in comment lines. */
struct mla_page {
    const struct treaty *treaty;
    const struct treaty_party *requested; /* whose languages are told; NULL: not known */
    const char *command;                  /* the command line that goes on with it */
    enum language language;
};

/*
 * Write the form of `tree` with what is wrong (a comment line above each part) to `out`, with a
 * NUL. ERR_FULL: it has more than `size` bytes.
 */
enum err mla_form_write(const struct mla_page *page, json_t *tree, const Denrei__V1__Mla *mla,
                        const struct problems *problems, char *out, size_t size);

/*
 * Read a form: [PATH] lines, answers under them, # comments.  On ERR_OK the caller owns *out and
 * must json_decref it; otherwise it is NULL.
 * ERR_FORMAT: `problems` has what is wrong, each with its line ("line 12").  ERR_NOMEM.
 */
enum err mla_form_read(struct span text, json_t **out, struct problems *problems);

/* The line, from 1, of the part that a problem at `path` is about; 1 if none is near. */
size_t mla_form_line(const char *text, const char *path);

#endif /* CLIENTS_OFFICER_MLA_FORM_H */
