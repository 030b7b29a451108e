/*
 * name_key.h - keys by which an index finds the names that can match, before they are compared.
 *
 * Pure.  Two forms that name_compare finds alike share a key, but for rare slips: parts are paired
 * in all orders, by their consonants, by their Japanese form, Korean and Chinese syllables; with
 * one consonant left out, so that a slip does not hide a name; and each part with the whole date
 * of birth, so that a date finds what the name alone does not.
 */
#ifndef CLIENTS_NODE_NAME_KEY_H
#define CLIENTS_NODE_NAME_KEY_H

#include "clients/node/name_compare.h"
#include "proto/date_text.h"

enum { NAME_KEYS_MAX = 64 };

/* Each key once; at most INT64_MAX. */
struct name_keys {
    uint64_t list[NAME_KEYS_MAX];
    size_t count;
    size_t by_birth; /* the first so many have the date of birth in them */
    size_t by_slip;  /* the last so many have a consonant left out */
};

/* Make the keys of `spoken` and the complete ones among `births`. */
void name_key_make(struct name_spoken *spoken, const struct date_text *births, size_t births_count,
                   struct name_keys *out);

#endif /* CLIENTS_NODE_NAME_KEY_H */
