/*
 * reading.h - a message on paper or a terminal, in the reader's language (term_language), with the
 * original below.  The same for an officer and for a node.
 *
 * Host.  Peer text is escaped.
 */
#ifndef CLIENTS_IO_READING_H
#define CLIENTS_IO_READING_H

#include "clients/phrase.h"
#include "keys/trust.h"
#include "proto/message.h"
#include "proto/time_text.h"

#include <stdio.h>

/* A phrase in the reader's language. */
const char *reading(enum phrase what);

/* A time of the reader's zone: 2025-01-31T23:59:59+09:00, 2025年1月31日 23:59:59（+09:00）. */
struct reading_time {
    char text[64];
};
struct reading_time reading_time(uint64_t time_ms);

/* One row: its label, padded so that values stand below each other, then the value. */
void reading_put(FILE *file, enum phrase label, const char *value);

/* The same with a phrase that is a format for the value. */
void reading_put_format(FILE *file, enum phrase label, enum phrase format, ...);

/*
 * Who, to whom, what, when.  `trust` tells the names behind ids; NULL: ids only.
 */
void reading_put_header(FILE *file, const struct header *header, const struct trust *trust);

/* Content line by line, indented by `indent`. */
void reading_put_content(FILE *file, const ProtobufCMessage *content, unsigned indent);

/* Header and content (NULL: none) as they were sent, field by field. */
void reading_put_original(FILE *file, const struct header *header, const ProtobufCMessage *content);

#endif /* CLIENTS_IO_READING_H */
