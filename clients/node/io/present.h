/*
 * present.h - a stored message for people and for other programs.
 *
 * Host.  Peer text is escaped where it is printed.
 */
#ifndef CLIENTS_NODE_IO_PRESENT_H
#define CLIENTS_NODE_IO_PRESENT_H

#include "clients/node/io/records.h"

#include <jansson.h>
#include <stdio.h>

/* A record with its header and, if it has one, its content decoded. */
struct presented {
    struct record record;
    struct header header;
    const struct kind_type *kind;    /* NULL: a kind that this version does not know */
    const ProtobufCMessage *content; /* NULL: none kept */
};

/*
 * Decode `record` into `arena`; *out borrows from both.
 * ERR_CORRUPT: the store does not hold what it must.  ERR_NOMEM: arena full.
 */
enum err present_decode(const struct record *record, struct arena *arena, struct presented *out);

/* As JSON (message_json.h); the caller must json_decref *out.  ERR_NOMEM. */
enum err present_json(const struct presented *presented, struct arena *arena, json_t **out);

/* All of it, for people, to `file`. */
void present_text(FILE *file, const struct presented *presented);

/* Print `content` line by line, indented by `indent`. */
void present_content(FILE *file, const ProtobufCMessage *content, unsigned indent);

#endif /* CLIENTS_NODE_IO_PRESENT_H */
