/*
 * intake_inner.h - what intake.c, intake_fetch.c and intake_witness.c share.
 */
#ifndef CLIENTS_NODE_IO_INTAKE_INNER_H
#define CLIENTS_NODE_IO_INTAKE_INNER_H

#include "clients/node/io/intake.h"
#include "proto/hash.h"

/* Whether this node cosigns, as told last. */
enum witnessing {
    WITNESSING_NONE,      /* neither a key nor an entry in the directory */
    WITNESSING_COSIGNS,   /* with the key that the directory names */
    WITNESSING_LACKS_KEY, /* the directory names a key that is not here */
    WITNESSING_NOT_NAMED, /* a key is here, and the directory names no witness of this member */
};

struct intake {
    struct state *state; /* borrowed, as the next two */
    struct records *records;
    const struct keyfile *key;
    struct arena *arena;         /* of one call */
    struct arena *content_arena; /* of one message */
    struct record_step step;     /* of one message of an MLA case */
    struct batch_cache cache;
    struct screen_view view;
    uint64_t due_size;       /* what a quorum must cover before its time counts again */
    uint64_t cosigned_size;  /* of the checkpoint that was cosigned last */
    uint64_t refused_size;   /* of the last smaller one, that was not */
    uint32_t refused_with;   /* the relay's code for the last cosignature; 0: it was taken */
    struct hash cosigned;    /* SHA-256 of the checkpoint's text that was cosigned last */
    uint64_t cosigned_at_ms; /* clock_boot_ms */
    enum witnessing witnessing;
    bool has_hook;
};

/* Take from the newest directory whether there are witnesses whose time counts. */
void intake_note_directory(struct intake *intake);

/* The step that a message of the kind MLA takes; `message` is NULL where it was not read. */
struct record_step intake_step_of(const struct received *received, const ProtobufCMessage *message);

/* Whether some steps of our own member, which are not seen here, can have made `step` right. */
enum err intake_judge_step(struct intake *intake, const struct received *received,
                           const struct record_step *step, bool *is_right);

#endif /* CLIENTS_NODE_IO_INTAKE_INNER_H */
