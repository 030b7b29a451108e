/*
 * file_type.h - the types of file that may be attached: how they are named, and how they begin and
 * end.
 *
 * Pure.  What libmagic knows is asked by the host; the fingerprint formats, which it does not know,
 * are recognised here.
 */
#ifndef PROTO_FILE_TYPE_H
#define PROTO_FILE_TYPE_H

#include "proto/bytes.h"

#include <stdbool.h>

enum {
    FILE_TYPE_IMAGE = 1,       /* a photograph or a scan */
    FILE_TYPE_FINGERPRINT = 2, /* ANSI/NIST-ITL, WSQ */
    FILE_TYPE_DOCUMENT = 4,    /* PDF, plain text */
};

struct file_type {
    const char *media;   /* "image/jpeg" */
    const char *name;    /* "a JPEG image" */
    const char *endings; /* "jpg jpeg", the usual one first */
    unsigned class;      /* one of FILE_TYPE_* */
};

/* The type with this media type; NULL if it is none that may be attached. */
const struct file_type *file_type_find(const char *media);

/* The type that a file of this name claims to be, by its ending in any case; NULL if by none. */
const struct file_type *file_type_of_name(const char *name);

/* The fingerprint format that `head`, the file's first bytes, shows; NULL if none. */
const struct file_type *file_type_of_head(struct span head);

/*
 * Whether `tail`, the file's last bytes (up to 4 KiB), is how a file of this type ends; a file that
 * was cut off does not.  True for types without a mark at their end.
 */
bool file_type_is_end(const struct file_type *type, struct span tail);

/* Write the names of the types of these classes, "a JPEG image, a PDF", to `out`. */
void file_type_list(unsigned classes, char *out, size_t out_bytes);

#endif /* PROTO_FILE_TYPE_H */
