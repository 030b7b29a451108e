/*
 * example.h - a valid header, and small helpers, that the tests of messages, envelopes, records
 * and frames begin from.
 */
#ifndef TESTS_UNIT_PROTO_EXAMPLE_H
#define TESTS_UNIT_PROTO_EXAMPLE_H

#include "proto/hash.h"
#include "proto/message.h"

#include <check.h>
#include <sodium.h>
#include <string.h>

#define EXAMPLE_TIME_MS UINT64_C(1767225600000) /* 2026-01-01T00:00:00Z */

static const char *EXAMPLE_TO[] = {"jp.mofa", "kr.police", "th.dsi"};
static const uint64_t EXAMPLE_VERSIONS[] = {3, 4, 5};

static struct arena *arena;

static inline void
example_setup(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
}

static inline void
example_teardown(void)
{
    arena_free(&arena);
}

static inline struct hash
example_hash(uint8_t fill)
{
    struct hash hash;

    memset(hash.bytes, fill, sizeof hash.bytes);
    return hash;
}

/* A UUIDv7 whose other bytes are `fill`. */
static inline struct id
example_id(uint8_t fill)
{
    struct id id;

    memset(id.bytes, fill, sizeof id.bytes);
    id.bytes[6] = 0x70 | (fill & 0x0f);
    id.bytes[8] = 0x80 | (fill & 0x3f);
    return id;
}

/* From jp.npa to three members, NEW, ROUTINE. */
static inline struct header
example_header(void)
{
    return (struct header){
        .id = example_id(0x11),
        .kind = DENREI__V1__KIND__KIND_LOST_PASSPORT,
        .action = DENREI__V1__ACTION__ACTION_NEW,
        .from = "jp.npa",
        .credential = example_hash(0x22),
        .to = EXAMPLE_TO,
        .to_count = 3,
        .group = "@sltd",
        .priority = DENREI__V1__PRIORITY__PRIORITY_ROUTINE,
        .tlp = DENREI__V1__TLP__TLP_AMBER,
        .use_restriction = DENREI__V1__USE_RESTRICTION__USE_H1,
        .created_at_ms = EXAMPLE_TIME_MS,
        .deliver_until_ms = EXAMPLE_TIME_MS + DAY_MS,
        .expires_at_ms = EXAMPLE_TIME_MS + 90 * DAY_MS,
        .thread_id = example_id(0x33),
        .legal_basis = "untoc.art27",
        .directory_version = 1,
        .roster_version = 2,
        .recipient_roster_versions = EXAMPLE_VERSIONS,
    };
}

static inline struct span
example_span(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

static inline void
assert_hex(const void *bytes, size_t len, const char *want)
{
    char hex[2048];

    ck_assert_uint_lt(2 * len, sizeof hex);
    ck_assert_str_eq(sodium_bin2hex(hex, sizeof hex, bytes, len), want);
}

static inline void
assert_span_eq(struct span got, struct span want)
{
    ck_assert_uint_eq(got.len, want.len);
    ck_assert_mem_eq(got.data, want.data, want.len);
}

#endif /* TESTS_UNIT_PROTO_EXAMPLE_H */
