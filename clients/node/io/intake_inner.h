/*
 * intake_inner.h - what intake.c and intake_fetch.c share.
 */
#ifndef CLIENTS_NODE_IO_INTAKE_INNER_H
#define CLIENTS_NODE_IO_INTAKE_INNER_H

#include "clients/node/io/intake.h"
#include "keys/log_keys.h"
#include "proto/hash.h"

struct intake {
    struct state *state; /* borrowed, as the next two */
    struct records *records;
    const struct keyfile *key;
    struct arena *arena;         /* of one call */
    struct arena *content_arena; /* of one message */
    struct batch_cache cache;
    struct screen_view view;
    struct hash cosigned;    /* SHA-256 of the checkpoint's text that was cosigned last */
    uint64_t cosigned_at_ms; /* clock_boot_ms */
    bool has_hook;
};

/* Take from the newest directory whether there are witnesses whose time counts. */
void intake_note_directory(struct intake *intake);

#endif /* CLIENTS_NODE_IO_INTAKE_INNER_H */
