/*
 * help.h - what the .proto files say of each message, field and enum value, for people.
 *
 * Pure.  The table is generated from the comments at build time (proto/gen/help_generator.c).  A
 * comment reads `Mandatory. What it is. Example: what it looks like ja: ラベル`; every part may be
 * absent.  What follows `ja: ` is the label that Japanese readers see; English readers see the
 * name itself as words.  Every field and value of a kind's content must have one
 * (tests/unit/proto/test_help.c).
 */
#ifndef PROTO_HELP_H
#define PROTO_HELP_H

#include "proto/field.h"
#include "proto/language.h"

#include <stdbool.h>
#include <stddef.h>

struct help {
    const char *type;     /* full name of the message or enum: "denrei.v1.Header" */
    const char *name;     /* of its field, oneof or value; empty: the type itself */
    const char *text;     /* what it is, in sentences */
    const char *example;  /* empty: none */
    const char *label_ja; /* empty: none */
    bool is_mandatory;
};

/*
 * The help on field, oneof or value `name` of `type`, or on `type` itself if `name` is empty.
 * Never NULL; all texts are empty if there is no comment.
 */
const struct help *help_find(const char *type, const char *name);

/* A label for people, with its NUL. */
enum { HELP_LABEL_BYTES = 128 };
struct help_label {
    char text[HELP_LABEL_BYTES];
};

/* The label of field `name` of the message `type`: "Date of issue", 発行日. */
struct help_label help_field_label(const char *type, const char *name, enum language language);

/*
 * The value `number` of the enum `type` in words: "Stolen blank", 未発行冊子の盗難; a code of one
 * or two characters with what it means: "B: mostly reliable".  Its number if it has no name.
 */
struct help_label help_value_label(const ProtobufCEnumDescriptor *type, int number,
                                   enum language language);

/* The generated table, in the order of type and name. */
extern const struct help denrei__v1__help[];
extern const size_t denrei__v1__help_count;

#endif /* PROTO_HELP_H */
