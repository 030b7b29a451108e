/*
 * How fast one thread seals, signs, checks and opens messages.  One line a figure: its name,
 * operations per second, microseconds each.
 */
#include "proto/batch.h"
#include "proto/envelope.h"
#include "proto/frame.h"
#include "proto/hash.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 64, CONTENT_BYTES = 600 };

#define RUN_NS UINT64_C(300000000)

static struct arena *arena;   /* of what stays */
static struct arena *scratch; /* of one operation */
static struct hash federation;
static struct public_key signing_key, mailbox_key;
static uint8_t signing_secret[64], mailbox_secret[32];
static const uint8_t content[CONTENT_BYTES];
static struct span header;
static struct envelope batch[BATCH];
static struct span frame_of_one, frame_of_batch; /* SubmitCalls */

static void
need(enum err err)
{
    if (err == ERR_OK)
        return;
    fprintf(stderr, "bench_envelope: %s\n", err_text(err));
    exit(EXIT_FAILURE);
}

static uint64_t
now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* Run `operation` for a while; each call counts as `count` operations. */
static void
measure(const char *name, void (*operation)(void), unsigned count)
{
    uint64_t start = now_ns(), done = 0, passed = 0;

    operation(); /* once to warm up */
    start = now_ns();
    while (passed < RUN_NS) {
        operation();
        done += count;
        passed = now_ns() - start;
    }
    double seconds = (double)passed / 1e9;
    printf("%-48s %10.0f/s %10.2f us\n", name, (double)done / seconds,
           seconds * 1e6 / (double)done);
}

static void
make_header(void)
{
    static const char *to[] = {"kr.police"};
    static const uint64_t versions[] = {1};
    struct header example = {
        .kind = DENREI__V1__KIND__KIND_LOST_PASSPORT,
        .action = DENREI__V1__ACTION__ACTION_NEW,
        .from = "jp.npa",
        .to = to,
        .to_count = 1,
        .group = "",
        .priority = DENREI__V1__PRIORITY__PRIORITY_ROUTINE,
        .tlp = DENREI__V1__TLP__TLP_AMBER,
        .use_restriction = DENREI__V1__USE_RESTRICTION__USE_H1,
        .created_at_ms = 1,
        .deliver_until_ms = 1 + DAY_MS,
        .expires_at_ms = 1 + 90 * DAY_MS,
        .legal_basis = "",
        .directory_version = 1,
        .roster_version = 1,
        .recipient_roster_versions = versions,
    };

    example.id.bytes[6] = 0x70;
    example.id.bytes[8] = 0x80;
    need(header_encode(&example, arena, &header));
}

static struct span
make_frame(size_t count)
{
    Denrei__V1__SubmitCall call = DENREI__V1__SUBMIT_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Envelope *envelopes[BATCH];
    struct span frame;

    envelope_sign(&federation, signing_secret, batch, count);
    for (size_t i = 0; i < count; i++)
        need(envelope_to_wire(&batch[i], arena, &envelopes[i]));
    call.n_envelopes = count;
    call.envelopes = envelopes;
    request.request_id = 1;
    request.call_case = DENREI__V1__REQUEST__CALL_SUBMIT;
    request.submit = &call;
    need(frame_encode_request(&request, arena, &frame));
    return frame;
}

static void
seal_one(void)
{
    struct envelope envelope;

    arena_reset(scratch);
    need(envelope_seal(&federation, header, (struct span){content, sizeof content}, &mailbox_key, 1,
                       scratch, &envelope));
}

static void
sign_one(void)
{
    envelope_sign(&federation, signing_secret, batch, 1);
}

static void
sign_batch(void)
{
    envelope_sign(&federation, signing_secret, batch, BATCH);
}

/* What the relay does with a Submit before it writes. */
static void
verify_frame(struct span frame)
{
    Denrei__V1__Request *request = NULL;
    struct hash verified = {{0}};

    arena_reset(scratch);
    need(frame_decode_request(frame, scratch, &request));
    for (size_t i = 0; i < request->submit->n_envelopes; i++) {
        struct envelope envelope;
        struct header decoded;
        struct seal seal;
        struct hash root;
        need(envelope_from_wire(request->submit->envelopes[i], scratch, &envelope));
        need(header_decode(envelope.header, scratch, &decoded));
        need(seal_decode(envelope.seal, scratch, &seal));
        need(envelope_check(&federation, &envelope, &seal, decoded.to_count));
        struct hash leaf = envelope_message_hash(&federation, envelope.header, envelope.seal);
        need(batch_root(&leaf, &envelope.signature, &root));
        if (i > 0 && hash_is_equal(&root, &verified))
            continue;
        need(batch_verify(&federation, false, envelope.signature.count, &root,
                          &envelope.signature.sig, &signing_key));
        verified = root;
    }
}

static void
verify_one(void)
{
    verify_frame(frame_of_one);
}

static void
verify_batch(void)
{
    verify_frame(frame_of_batch);
}

static void
open_one(void)
{
    struct box_keys keys = {mailbox_key, mailbox_secret};
    struct served served = {.header = batch[0].header,
                            .seal = batch[0].seal,
                            .wrap = {batch[0].wraps, WRAP_BYTES},
                            .count = 1,
                            .body = batch[0].body};
    struct span opened;

    arena_reset(scratch);
    need(envelope_open(&federation, &served, &keys, scratch, &opened));
}

int
main(void)
{
    if (sodium_init() < 0)
        return EXIT_FAILURE;
    need(arena_new(ARENA_BYTES_MAX, &arena));
    need(arena_new(ARENA_BYTES_MAX, &scratch));
    crypto_sign_keypair(signing_key.bytes, signing_secret);
    crypto_box_keypair(mailbox_key.bytes, mailbox_secret);
    make_header();
    for (size_t i = 0; i < BATCH; i++)
        need(envelope_seal(&federation, header, (struct span){content, sizeof content},
                           &mailbox_key, 1, arena, &batch[i]));
    frame_of_one = make_frame(1);
    frame_of_batch = make_frame(BATCH);

    printf("messages of %d bytes to one recipient, one thread\n", CONTENT_BYTES);
    measure("seal", seal_one, 1);
    measure("sign one", sign_one, 1);
    measure("sign a batch of 64, each", sign_batch, BATCH);
    measure("relay: decode and verify one", verify_one, 1);
    measure("relay: decode and verify a batch of 64, each", verify_batch, BATCH);
    measure("open", open_one, 1);
    arena_free(&scratch);
    arena_free(&arena);
    return EXIT_SUCCESS;
}
