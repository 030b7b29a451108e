/*
 * mla_words.h - what the dialogue of a request for mutual legal assistance says, in English and
 * Japanese.
 *
 * Host (spoken by mla_dialogue.c alone).
 */
#ifndef CLIENTS_OFFICER_IO_MLA_WORDS_H
#define CLIENTS_OFFICER_IO_MLA_WORDS_H

#include "proto/language.h"

enum mla_words {
    MLA_WORDS_REQUEST_TO,
    MLA_WORDS_COMMANDS,
    MLA_WORDS_GENERAL,
    MLA_WORDS_MANDATORY,
    MLA_WORDS_OPTIONAL,
    MLA_WORDS_EXAMPLE,
    MLA_WORDS_LANGUAGES,
    MLA_WORDS_NOW,
    MLA_WORDS_LINES,
    MLA_WORDS_LIST,
    MLA_WORDS_YES_NO,
    MLA_WORDS_CHOICE,
    MLA_WORDS_MUST,
    MLA_WORDS_UNKNOWN,
    MLA_WORDS_FIRST_PART,
    MLA_WORDS_ANY,
    MLA_WORDS_ANOTHER,
    MLA_WORDS_MISSING,
    MLA_WORDS_WRONG,
    MLA_WORDS_NOT_COMPLETE,
    MLA_WORDS_GO_THROUGH,
    MLA_WORDS_COMPLETE,
    MLA_WORDS_NOT_GIVEN,
    MLA_WORDS_SEND,
    MLA_WORDS_DRAFT,
    MLA_WORDS_COUNT
};

/* The words in `language`. */
const char *mla_words(enum mla_words words, enum language language);

#endif /* CLIENTS_OFFICER_IO_MLA_WORDS_H */
