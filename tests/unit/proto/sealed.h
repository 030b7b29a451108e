/*
 * sealed.h - an envelope sealed with a fixed key to three members whose keys are known, and what
 * each of them is served, for the tests of sealing and opening.
 */
#ifndef TESTS_UNIT_PROTO_SEALED_H
#define TESTS_UNIT_PROTO_SEALED_H

#include "example.h"
#include "proto/envelope.h"

enum { RECIPIENTS = 3, BODY = BODY_PADDED_MIN + 16 };

#define CONTENT "passport TK1234567 was stolen"

static struct hash federation;
static struct content_key cek, other; /* as in envelope.py */
static struct public_key public_keys[RECIPIENTS];
static uint8_t secret_keys[RECIPIENTS][32];
static struct span header;
static struct envelope envelope; /* of CONTENT, to the three, with `cek` */
static struct seal seal;

static inline struct envelope
sealed_with(const struct content_key *key, struct span content)
{
    struct envelope out;

    ck_assert_int_eq(
        envelope_seal_with(key, &federation, header, content, public_keys, RECIPIENTS, arena, &out),
        ERR_OK);
    return out;
}

static inline void
setup(void)
{
    struct header example = example_header();

    example_setup();
    federation = example_hash(0xfe);
    for (size_t i = 0; i < sizeof cek.bytes; i++)
        cek.bytes[i] = (uint8_t)i;
    memset(other.bytes, 0x82, sizeof other.bytes);
    for (size_t i = 0; i < RECIPIENTS; i++) {
        memset(secret_keys[i], (int)i + 1, sizeof secret_keys[i]);
        crypto_scalarmult_base(public_keys[i].bytes, secret_keys[i]);
    }
    ck_assert_int_eq(header_encode(&example, arena, &header), ERR_OK);
    envelope = sealed_with(&cek, example_span(CONTENT));
    ck_assert_int_eq(seal_decode(envelope.seal, arena, &seal), ERR_OK);
}

static inline struct box_keys
keys_of(size_t i)
{
    return (struct box_keys){public_keys[i], secret_keys[i]};
}

/* What the relay serves recipient `index` of `from`. */
static inline struct served
serve(const struct envelope *from, size_t index)
{
    struct hash *path = arena_alloc(arena, BATCH_PATH_MAX * sizeof *path);

    ck_assert_ptr_nonnull(path);
    return (struct served){
        .header = from->header,
        .seal = from->seal,
        .wrap = {from->wraps + index * WRAP_BYTES, WRAP_BYTES},
        .wrap_path = path,
        .wrap_path_len = envelope_wrap_path(&federation, from, index, path),
        .index = index,
        .count = from->wraps_count,
        .body = from->body,
    };
}

/* Open as recipient `index`; what is not opened must not touch the content. */
static inline enum err
open_as(size_t index, const struct served *served, struct span *content)
{
    const struct span before = {(const uint8_t *)"before", 6};
    struct box_keys keys = keys_of(index);
    enum err err = ERR_OK;

    *content = before;
    err = envelope_open(&federation, served, &keys, arena, content);
    if (err != ERR_OK)
        ck_assert_ptr_eq(content->data, before.data);
    return err;
}

static inline void
assert_refused(size_t index, const struct served *served, enum err want)
{
    struct span content;

    ck_assert_int_eq(open_as(index, served, &content), want);
}

static inline void
assert_opens(const struct envelope *from, struct span want)
{
    struct span content;

    for (size_t i = 0; i < RECIPIENTS; i++) {
        struct served served = serve(from, i);
        ck_assert_int_eq(open_as(i, &served, &content), ERR_OK);
        assert_span_eq(content, want);
    }
}

#endif /* TESTS_UNIT_PROTO_SEALED_H */
