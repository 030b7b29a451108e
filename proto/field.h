/*
 * field.h - fields of messages as people write and read them: names, enum words, presence.
 *
 * Pure.  An enum value is written without the prefix that all values of its enum share, which is
 * what comes before UNSPECIFIED in its value 0: LOST_STATUS_STOLEN_BLANK is STOLEN_BLANK.
 */
#ifndef PROTO_FIELD_H
#define PROTO_FIELD_H

#include "proto/problem.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FIELD_WORD_BYTES = 64 /* of an enum value's word or a field's label, with the NUL */ };

/* A word with its NUL, returned by value. */
struct field_word {
    char text[FIELD_WORD_BYTES];
};

/* Whether `field` holds a list. */
bool field_is_repeated(const ProtobufCFieldDescriptor *field);

/* Whether `field` is a member of a oneof, so that it can be there and yet be zero. */
bool field_is_oneof(const ProtobufCFieldDescriptor *field);

/* Bytes that one value of `field` takes in its message's struct or in its list. */
size_t field_value_bytes(const ProtobufCFieldDescriptor *field);

/*
 * How many values of `field` are in `message`: the length of a list, else 1 or 0.  What is zero or
 * empty is not there, but in a oneof.
 */
size_t field_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);

/* The value `index`, below field_count, of `field` in `message`. */
const void *field_value(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                        size_t index);

/* The word of the enum value `number`: "STOLEN_BLANK"; NULL if `type` does not name it. */
const char *field_enum_word(const ProtobufCEnumDescriptor *type, int number);

/*
 * The value of `type` whose word (or full name) is `text`, in any case and with '-' or ' ' for
 * '_'; NULL if there is none, or it is UNSPECIFIED.
 */
const ProtobufCEnumValue *field_enum_find(const ProtobufCEnumDescriptor *type, const char *text);

/* A label for people: "date_of_issue" and "DATE_OF_ISSUE" are "Date of issue"; cut if too long. */
struct field_word field_label(const char *name);

/* Report at `path` that `type` has no field `name`, with the nearest names. */
void field_report_unknown(struct problems *problems, const char *path,
                          const ProtobufCMessageDescriptor *type, const char *name);

/* Report at `path` that `text` is no value of `type`, with the nearest words and the list. */
void field_report_value(struct problems *problems, const char *path,
                        const ProtobufCEnumDescriptor *type, const char *text);

#endif /* PROTO_FIELD_H */
