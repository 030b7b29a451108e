/*
 * walk.h - go through all that is in a message, in the order of its fields, without recursion.
 *
 * Pure.
 */
#ifndef PROTO_WALK_H
#define PROTO_WALK_H

#include "proto/limits.h"

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

enum walk_event {
    WALK_VALUE, /* a number, text, bytes or enum value */
    WALK_ENTER, /* a message in the message; its fields follow */
    WALK_LEAVE, /* it ends */
    WALK_END    /* all ends */
};

struct walk_level {
    const ProtobufCMessage *message;
    unsigned field; /* index of the field to look at */
    size_t index;   /* of its next value */
};

/* All is borrowed from the message. */
struct walk {
    size_t depth; /* of the levels in use */
    struct walk_level levels[WIRE_DEPTH_MAX];
};

struct walk_step {
    const ProtobufCMessageDescriptor *parent; /* the message that `field` is of */
    const ProtobufCFieldDescriptor *field;
    size_t index;      /* of this value in its list */
    size_t count;      /* values in the list; 1 if it is none */
    const void *value; /* of WALK_VALUE: where it lies; use memcpy */
    size_t depth;      /* messages around it, 0 for a field of the outermost */
};

/* Begin before the first field of `message`, which must outlive `walk`. */
void walk_init(struct walk *walk, const ProtobufCMessage *message);

/*
 * Go to the next thing; *step says what it is, but for WALK_END.  What is zero or empty is not
 * there (field.h), nor are the bytes of an attached file: its key, above all.  The message must be
 * one that wire_decode or a decoder of ours made: it nests at most WIRE_DEPTH_MAX deep.
 */
enum walk_event walk_next(struct walk *walk, struct walk_step *step);

#endif /* PROTO_WALK_H */
