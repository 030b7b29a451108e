/*
 * name_voice.h - one part of a name, and what it can sound like, made when it is first asked for.
 *
 * Pure.  A cache that its owner passes by pointer; it holds a copy of the part.
 */
#ifndef CLIENTS_NODE_NAME_VOICE_H
#define CLIENTS_NODE_NAME_VOICE_H

#include "clients/node/name_chinese.h"
#include "clients/node/name_fold.h"
#include "clients/node/name_form.h"
#include "clients/node/name_korean.h"

struct name_voice {
    char latin[NAME_PART_BYTES];
    size_t len;
    uint32_t letters; /* bits of those that are in it */
    uint8_t writing;
    bool is_open;      /* it may be cut off at its end */
    uint32_t has_fold; /* bits of the tables that are made */
    bool has_japanese, has_korean, has_chinese;
    bool is_japanese;
    char folds[NAME_FOLD_TABLES][NAME_PART_BYTES];
    char japanese[NAME_PART_BYTES];
    struct name_korean korean;
    struct name_chinese chinese;
};

/* Begin with the parts from `from` to before `to` of `form`, as one. */
void name_voice_init(struct name_voice *voice, const struct name_form *form, size_t from,
                     size_t to);

/* Its form by a table. */
const char *name_voice_fold(struct name_voice *voice, enum name_fold_table table);

/* Its Japanese form; NULL: it cannot be Japanese. */
const char *name_voice_japanese(struct name_voice *voice);

/* Its readings; without ways where it cannot be Korean, or Chinese. */
const struct name_korean *name_voice_korean(struct name_voice *voice);
const struct name_chinese *name_voice_chinese(struct name_voice *voice);

#endif /* CLIENTS_NODE_NAME_VOICE_H */
