/*
 * name_part.h - how well two parts of names agree, and by what rule.
 *
 * Pure.
 */
#ifndef CLIENTS_NODE_NAME_PART_H
#define CLIENTS_NODE_NAME_PART_H

#include "clients/node/name_voice.h"

/* The rule by which two parts agree. */
enum name_rule {
    NAME_RULE_NONE,
    NAME_RULE_SAME,
    NAME_RULE_ICAO,
    NAME_RULE_HEPBURN,
    NAME_RULE_KOREAN,
    NAME_RULE_CHINESE,
    NAME_RULE_SLAVIC,
    NAME_RULE_ARABIC,
    NAME_RULE_THAI,
    NAME_RULE_SOUND,
    NAME_RULE_CONSONANTS,
    NAME_RULE_CUT,
    NAME_RULE_INITIAL,
    NAME_RULE_TYPO,
    NAME_RULE_CHARACTERS,
    NAME_RULES
};

/* What the whole names allow: a language is believed only where all parts can be of it. */
struct name_tongues {
    bool korean;
    bool chinese;
    bool chinese_family; /* the two parts are family names, each of a Chinese syllable */
    bool japanese;
    bool arabic;
};

enum { NAME_PART_AGREES = 70 }; /* below it two parts are different names */

/* 0, or NAME_PART_AGREES to 100.  *rule says why, NAME_RULE_NONE with 0.  Symmetric. */
unsigned name_part_compare(struct name_voice *left, struct name_voice *right,
                           const struct name_tongues *tongues, enum name_rule *rule);

/* The rule in words: "by passport Hepburn". */
const char *name_part_rule_words(enum name_rule rule);

#endif /* CLIENTS_NODE_NAME_PART_H */
