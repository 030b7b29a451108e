/*
 * help.h - what the .proto files say of each message, field and enum value, for people.
 *
 * Pure.  The table is generated from the comments at build time (proto/gen/help_generator.c).  A
 * comment reads `Mandatory. What it is. Example: what it looks like`; the first and the last part
 * may be absent.
 */
#ifndef PROTO_HELP_H
#define PROTO_HELP_H

#include <stdbool.h>
#include <stddef.h>

struct help {
    const char *type;    /* full name of the message or enum: "denrei.v1.Header" */
    const char *name;    /* of its field, oneof or value; empty: the type itself */
    const char *text;    /* what it is, in sentences */
    const char *example; /* empty: none */
    bool is_mandatory;
};

/*
 * The help on field, oneof or value `name` of `type`, or on `type` itself if `name` is empty.
 * Never NULL; all texts are empty if there is no comment.
 */
const struct help *help_find(const char *type, const char *name);

/* The generated table, in the order of type and name. */
extern const struct help denrei__v1__help[];
extern const size_t denrei__v1__help_count;

#endif /* PROTO_HELP_H */
