/*
 * client_case.h - a small log over a federation, the replies that an honest relay would make of it,
 * and a client's trust that begins from the root file.
 */
#ifndef TESTS_UNIT_CLIENTS_CLIENT_CASE_H
#define TESTS_UNIT_CLIENTS_CLIENT_CASE_H

#include "clients/session.h"
#include "proto/hash.h"
#include "tests/unit/federation_log.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct fed *fed;
static struct fed_log *logged;
static struct arena *arena;
static struct trust *own; /* the client's: the root file alone at first */
static char *notes[64];   /* to be freed */
static size_t notes_count;

static inline void
client_setup(void)
{
    fed = fed_usual(2);
    logged = fed_log_new(fed);
    fed_need(arena_new(ARENA_BYTES_MAX, &arena), "arena");
    fed_need(trust_new(fed->directory, &own), "trust");
}

/* Let the client's trust take every document of the log, in order. */
static inline void
client_take_documents(void)
{
    for (size_t leaf = 1; leaf < logged->count; leaf++)
        if (logged->list[leaf].document.len > 0)
            fed_need(trust_apply(own,
                                 leaf == 1 ? DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY
                                           : DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER,
                                 logged->list[leaf].document, leaf),
                     "document");
}

static inline void
client_teardown(void)
{
    while (notes_count > 0)
        free(notes[--notes_count]);
    trust_free(&own);
    arena_free(&arena);
    fed_log_free(&logged);
    fed_free(&fed);
}

static inline void *
need(void *memory)
{
    ck_assert_ptr_nonnull(memory);
    return memory;
}

/* The checkpoint's note over the first `size` entries. */
static inline char *
note_at(uint64_t size)
{
    size_t all = logged->count;

    logged->count = size;
    char *note = fed_log_checkpoint(logged, 0);
    logged->count = all;
    ck_assert_uint_lt(notes_count, 64);
    notes[notes_count++] = note;
    return note;
}

static inline struct hash
leaf_at(uint64_t leaf)
{
    return merkle_leaf_hash(logged->list[leaf].entry);
}

/* RFC 6962, 2.1: the root over leaves from `from` up to `to`. */
static inline struct hash
root_of(uint64_t from, uint64_t to)
{
    uint64_t half = 1;

    if (to - from == 1)
        return leaf_at(from);
    while (2 * half < to - from)
        half *= 2;
    struct hash left = root_of(from, from + half), right = root_of(from + half, to);
    return merkle_node_hash(&left, &right);
}

static inline void
add_hash(ProtobufCBinaryData *out, size_t *count, struct hash hash)
{
    struct hash *kept = need(arena_copy(arena, &hash, sizeof hash));

    out[(*count)++] = wire_put(kept->bytes, HASH_BYTES);
}

/* RFC 6962, 2.1.1: the path of `leaf` in the tree of the first `size`. */
static inline void
path_of(uint64_t leaf, uint64_t from, uint64_t to, ProtobufCBinaryData *out, size_t *count)
{
    uint64_t half = 1;

    if (to - from == 1)
        return;
    while (2 * half < to - from)
        half *= 2;
    if (leaf < from + half) {
        path_of(leaf, from, from + half, out, count);
        add_hash(out, count, root_of(from + half, to));
    } else {
        path_of(leaf, from + half, to, out, count);
        add_hash(out, count, root_of(from, from + half));
    }
}

/* RFC 6962, 2.1.2: SUBPROOF(size, D[from:to], is_whole). */
static inline void
consistency_of(uint64_t size, uint64_t from, uint64_t to, bool is_whole, ProtobufCBinaryData *out,
               size_t *count)
{
    uint64_t half = 1;

    if (size == to - from) {
        if (!is_whole)
            add_hash(out, count, root_of(from, to));
        return;
    }
    while (2 * half < to - from)
        half *= 2;
    if (size <= half) {
        consistency_of(size, from, from + half, is_whole, out, count);
        add_hash(out, count, root_of(from + half, to));
    } else {
        consistency_of(size - half, from + half, to, false, out, count);
        add_hash(out, count, root_of(from, from + half));
    }
}

/* The checkpoint over `size` entries, with the proof from `older` entries. */
static inline struct session_proof
proof_at(uint64_t older, uint64_t size)
{
    ProtobufCBinaryData *path = need(arena_alloc(arena, 64 * sizeof *path));
    struct session_proof proof = {.checkpoint = note_at(size), .consistency = path};

    if (older > 0 && older < size)
        consistency_of(older, 0, size, true, path, &proof.consistency_len);
    return proof;
}

static inline struct merkle_head
head_at(uint64_t size)
{
    return (struct merkle_head){size, root_of(0, size)};
}

/* The document at `leaf` as the relay would serve it under a tree of `size`. */
static inline Denrei__V1__DocumentsItem *
document_at(uint64_t leaf, uint64_t size)
{
    Denrei__V1__DocumentsItem *item = need(arena_alloc(arena, sizeof *item));
    ProtobufCBinaryData *path = need(arena_alloc(arena, 64 * sizeof *path));

    denrei__v1__documents_item__init(item);
    item->document = wire_put(logged->list[leaf].document.data, logged->list[leaf].document.len);
    item->entry = wire_put(logged->list[leaf].entry.data, logged->list[leaf].entry.len);
    item->leaf = leaf;
    item->path = path;
    path_of(leaf, 0, size, path, &item->n_path);
    return item;
}

/* A copy of protobuf bytes with one bit of the byte `at` changed. */
static inline ProtobufCBinaryData
flipped(ProtobufCBinaryData data, size_t at)
{
    uint8_t *copy = need(arena_copy(arena, data.data, data.len));

    copy[at] ^= 1;
    return wire_put(copy, data.len);
}

#endif /* TESTS_UNIT_CLIENTS_CLIENT_CASE_H */
