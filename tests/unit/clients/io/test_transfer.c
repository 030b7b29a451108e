/*
 * Goal: no relay makes a client keep a chunk that was not sealed, or send for ever; what came
 * rightly is not fetched twice. Method: the real client over real sockets, against a relay that
 * serves an attachment of three chunks and changes one thing (relay_case.h).
 */
#include "../relay_case.h"
#include "clients/io/download.h"
#include "clients/io/outbox.h"
#include "clients/io/upload.h"
#include "proto/attachment.h"
#include "proto/hash.h"
#include "proto/io/disk.h"
#include "proto/message_id.h"
#include "proto/refusal.h"

#include <unistd.h>

enum { BYTES = 2 * ATTACHMENT_CHUNK_BYTES + 5000, CHUNKS = 3 };

static struct attachment attachment;
static struct attachment_key file_key;
static Denrei__V1__AttachedFile file;
static struct hash leaves[CHUNKS];
static uint8_t plain[BYTES], sealed[CHUNKS][ATTACHMENT_SEALED_MAX];
static struct arena *frames;
static struct id id;
static char out[DISK_PATH_BYTES];

/* ---- the relay */

static size_t served[CHUNKS];
static void (*spoil)(uint32_t chunk, Denrei__V1__Reply *reply);
static Denrei__V1__GetChunkReply get;
static Denrei__V1__PutChunkReply put;
static uint8_t copy[ATTACHMENT_SEALED_MAX];
static ProtobufCBinaryData path_wire[ATTACHMENT_PATH_MAX];
static struct hash path[ATTACHMENT_PATH_MAX];

static void
serve(uint32_t chunk, uint32_t of)
{
    memcpy(copy, sealed[chunk], sizeof copy);
    denrei__v1__get_chunk_reply__init(&get);
    get.data = wire_put(copy, attachment_chunk_len(attachment.bytes, chunk));
    get.n_path = attachment_path(leaves, CHUNKS, of, path);
    for (size_t i = 0; i < get.n_path; i++)
        path_wire[i] = wire_put(path[i].bytes, HASH_BYTES);
    get.path = path_wire;
}

static bool
twist(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    if (request->call_case == DENREI__V1__REQUEST__CALL_PUT_CHUNK) {
        denrei__v1__put_chunk_reply__init(&put); /* it never has enough */
        reply->put_chunk = &put;
        return true;
    }
    if (request->call_case != DENREI__V1__REQUEST__CALL_GET_CHUNK)
        return true;
    served[request->get_chunk->chunk]++;
    serve(request->get_chunk->chunk, request->get_chunk->chunk);
    reply->get_chunk = &get;
    if (spoil != NULL)
        spoil(request->get_chunk->chunk, reply);
    return true;
}

static void
setup(void)
{
    struct attachment_stream stream;

    relay_setup();
    relay.twist = twist;
    for (size_t i = 0; i < BYTES; i++)
        plain[i] = (uint8_t)(i * 7 + (i >> 11));
    file_key = attachment_draw_key();
    attachment.bytes = attachment_sealed_bytes(BYTES);
    attachment_begin(&stream, &file_key, BYTES);
    for (uint32_t i = 0; i < CHUNKS; i++) {
        memcpy(copy, plain + (size_t)i * ATTACHMENT_CHUNK_BYTES, attachment_next_len(&stream));
        size_t len = attachment_seal(&stream, copy, sealed[i]);
        leaves[i] = merkle_leaf_hash((struct span){sealed[i], len});
    }
    attachment.hash = attachment_root(leaves, CHUNKS);
    denrei__v1__attached_file__init(&file);
    file.bytes = BYTES;
    file.key = wire_put(file_key.bytes, sizeof file_key.bytes);
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &frames), ERR_OK);
    ck_assert_int_eq(disk_join(client_dir, "out", out), ERR_OK);
    id = message_id_new(fed->now_ms);
    ck_assert_int_eq(relay_connect(), ERR_OK);
}

static void
teardown(void)
{
    arena_free(&frames);
    relay_teardown();
}

static enum err
fetch(uint32_t chunks_max)
{
    problems = (struct problems){0};
    const struct download download = {.connect = client,
                                      .program = "test",
                                      .is_quiet = true,
                                      .chunks_max = chunks_max,
                                      .from = "kr.moj",
                                      .id = id,
                                      .attachment = &attachment,
                                      .file = &file,
                                      .arena = frames,
                                      .problems = &problems};
    return download_fetch(&download, out);
}

static void
assert_fetched(void)
{
    uint8_t *got = NULL;
    size_t len = 0;

    ck_assert_int_eq(disk_read(out, BYTES, &got, &len), ERR_OK);
    ck_assert_uint_eq(len, BYTES);
    ck_assert_mem_eq(got, plain, BYTES);
    free(got);
}

START_TEST(an_attachment_is_fetched_and_never_over_a_file_that_is_there)
{
    ck_assert_int_eq(fetch(0), ERR_OK);
    assert_fetched();
    ck_assert_int_eq(fetch(0), ERR_EXISTS);
    assert_fetched();
}
END_TEST

START_TEST(what_has_come_is_not_fetched_again)
{
    ck_assert_int_eq(fetch(1), ERR_FULL);
    ck_assert_int_eq(access(out, F_OK), -1);
    ck_assert_int_eq(fetch(1), ERR_FULL);
    ck_assert_int_eq(fetch(1), ERR_OK);
    assert_fetched();
    for (size_t i = 0; i < CHUNKS; i++)
        ck_assert_uint_eq(served[i], 1);
}
END_TEST

/* ---- lies about the second chunk */

static void
alter(uint32_t chunk, Denrei__V1__Reply *reply)
{
    copy[100] ^= chunk == 1 ? 1 : 0;
    (void)reply;
}

static void
swap(uint32_t chunk, Denrei__V1__Reply *reply)
{
    if (chunk == 1)
        serve(0, 1);
    (void)reply;
}

static void
repeat_with_its_path(uint32_t chunk, Denrei__V1__Reply *reply)
{
    if (chunk == 1)
        serve(0, 0);
    (void)reply;
}

static void
cut(uint32_t chunk, Denrei__V1__Reply *reply)
{
    get.data.len -= chunk == 1 ? 1 : 0;
    (void)reply;
}

static void
leave_path_out(uint32_t chunk, Denrei__V1__Reply *reply)
{
    get.n_path = chunk == 1 ? 0 : get.n_path;
    (void)reply;
}

static void
have_none(uint32_t chunk, Denrei__V1__Reply *reply)
{
    if (chunk == 1)
        relay_refuse(reply, REFUSAL_NOT_FOUND, NULL);
}

static const struct {
    const char *name;
    void (*spoil)(uint32_t chunk, Denrei__V1__Reply *reply);
    enum err err;
    const char *wrong;
} LIES[] = {
    {"altered", alter, ERR_PROOF, "chunk 2 of 3 is not the one that was sealed"},
    {"another one", swap, ERR_PROOF, "chunk 2 of 3 is not the one that was sealed"},
    {"repeated", repeat_with_its_path, ERR_PROOF, "chunk 2 of 3 is not the one that was sealed"},
    {"cut off", cut, ERR_PROOF, "chunk 2 of 3 came with another length"},
    {"without its path", leave_path_out, ERR_PROOF, "chunk 2 of 3 is not the one"},
    {"missing", have_none, ERR_REFUSED, "chunk 2 of 3 is missing at the relay"},
};

START_TEST(a_chunk_that_is_not_the_sealed_one_is_named_and_not_kept)
{
    spoil = LIES[_i].spoil;
    enum err err = fetch(0);
    ck_assert_msg(err == LIES[_i].err, "%s: %s", LIES[_i].name, err_name(err));
    ck_assert_uint_eq(problems.count, 1);
    ck_assert_msg(strstr(problems.list[0].wrong, LIES[_i].wrong) != NULL, "%s: %s", LIES[_i].name,
                  problems.list[0].wrong);
    ck_assert_int_eq(access(out, F_OK), -1);
    /* An honest relay, and it goes on behind what had come. */
    spoil = NULL;
    ck_assert_int_eq(relay_connect(), ERR_OK);
    ck_assert_int_eq(fetch(0), ERR_OK);
    assert_fetched();
    ck_assert_uint_eq(served[0], 1);
}
END_TEST

static void
be_busy(uint32_t chunk, Denrei__V1__Reply *reply)
{
    if (served[chunk] < 3)
        relay_refuse(reply, REFUSAL_RATE, NULL);
}

START_TEST(a_relay_that_is_busy_is_asked_again)
{
    spoil = be_busy;
    ck_assert_int_eq(fetch(0), ERR_OK);
    ck_assert_uint_eq(problems.count, 0);
    assert_fetched();
}
END_TEST

START_TEST(a_key_that_does_not_open_what_was_sealed_is_the_senders_fault)
{
    struct attachment_key other = attachment_draw_key();

    file.key = wire_put(other.bytes, sizeof other.bytes);
    ck_assert_int_eq(fetch(0), ERR_COMMITMENT);
    ck_assert(strstr(problems.list[0].wrong, "chunk 1 of 3 does not open") != NULL);
    ck_assert_int_eq(access(out, F_OK), -1);
}
END_TEST

/* ---- up */

START_TEST(a_relay_that_never_has_enough_is_not_sent_to_for_ever)
{
    const struct seal seal = {.attachments = &attachment, .attachments_count = 1};
    const struct upload upload = {.connect = client,
                                  .state_dir = client_dir,
                                  .program = "test",
                                  .is_quiet = true,
                                  .id = id,
                                  .seal = &seal,
                                  .arena = frames,
                                  .problems = &problems};
    static struct chunk_file chunks;
    char name[DISK_PATH_BYTES];

    ck_assert_int_eq(upload_send(&upload), ERR_NOT_FOUND); /* nothing lies in the outbox */
    ck_assert_int_eq(outbox_make(client_dir), ERR_OK);
    ck_assert_int_eq(outbox_path(client_dir, &id, 0, name), ERR_OK);
    ck_assert_int_eq(chunk_file_create(name, &attachment, &chunks), ERR_OK);
    ck_assert_int_eq(upload_send(&upload), ERR_CORRUPT); /* not all of it */
    for (uint32_t i = 0; i < CHUNKS; i++)
        ck_assert_int_eq(
            chunk_file_put(&chunks, i,
                           (struct span){sealed[i], attachment_chunk_len(attachment.bytes, i)},
                           &leaves[i]),
            ERR_OK);
    chunk_file_close(&chunks);
    ck_assert_int_eq(upload_send(&upload), ERR_FORMAT);
    ck_assert_uint_lt(relay_asked(DENREI__V1__REQUEST__CALL_PUT_CHUNK), 60);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("transfer");
    TCase *tcase = tcase_create("transfer");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, an_attachment_is_fetched_and_never_over_a_file_that_is_there);
    tcase_add_test(tcase, what_has_come_is_not_fetched_again);
    tcase_add_loop_test(tcase, a_chunk_that_is_not_the_sealed_one_is_named_and_not_kept, 0,
                        sizeof LIES / sizeof LIES[0]);
    tcase_add_test(tcase, a_relay_that_is_busy_is_asked_again);
    tcase_add_test(tcase, a_key_that_does_not_open_what_was_sealed_is_the_senders_fault);
    tcase_add_test(tcase, a_relay_that_never_has_enough_is_not_sent_to_for_ever);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
