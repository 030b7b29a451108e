/*
 * Goal: a request of each call survives encoding, and none with a count or length out of bounds is
 * decoded.
 * Method: one valid request of each call, and a table of single changes of it.
 */
#include "example.h"
#include "proto/attachment.h"
#include "proto/frame.h"
#include "proto/merkle.h"

#include <stdlib.h>

enum { COUNT_MAX = 2 * RECIPIENTS_MAX };

static uint8_t bytes_of[FRAME_BYTES_MAX]; /* content does not matter here */
static ProtobufCBinaryData hashes[COUNT_MAX], ids[COUNT_MAX], receipts[COUNT_MAX];
static ProtobufCBinaryData short_hash[COUNT_MAX], long_receipt[COUNT_MAX], empty_receipt[COUNT_MAX];
static ProtobufCBinaryData wraps[COUNT_MAX];
static char long_line[DESCRIPTION_BYTES_MAX + 2];
static char empty[] = "";

static Denrei__V1__Signature signatures[COUNT_MAX];
static Denrei__V1__Envelope envelopes[COUNT_MAX];
static Denrei__V1__Envelope *envelope_list[COUNT_MAX];

static Denrei__V1__HelloCall hello;
static Denrei__V1__SubmitCall submit;
static Denrei__V1__FetchCall fetch;
static Denrei__V1__AcknowledgeCall acknowledge;
static Denrei__V1__PublishCall publish;
static Denrei__V1__DocumentsCall documents;
static Denrei__V1__CheckpointCall checkpoint;
static Denrei__V1__CosignCall cosign;
static Denrei__V1__EntriesCall entries;
static Denrei__V1__TrackCall track;
static Denrei__V1__StatusCall status;
static Denrei__V1__PutChunkCall put_chunk;
static Denrei__V1__GetChunkCall get_chunk;

static void
fill_lists(void)
{
    memset(bytes_of, 0x41, sizeof bytes_of);
    memset(long_line, 'a', sizeof long_line - 1);
    for (size_t i = 0; i < COUNT_MAX; i++) {
        hashes[i] = short_hash[i] = wire_put(bytes_of, HASH_BYTES);
        ids[i] = wire_put(bytes_of, ID_BYTES);
        wraps[i] = wire_put(bytes_of, WRAP_BYTES);
        receipts[i] = long_receipt[i] = empty_receipt[i] = wire_put(bytes_of, 100);
    }
    short_hash[0].len--;
    long_receipt[1].len = RECEIPT_BYTES_MAX + 1;
    empty_receipt[1].len = 0;
}

static void
fill_submit(void)
{
    denrei__v1__submit_call__init(&submit);
    submit.n_envelopes = 2;
    submit.envelopes = envelope_list;
    for (size_t i = 0; i < COUNT_MAX; i++) {
        denrei__v1__signature__init(&signatures[i]);
        signatures[i].count = 2;
        signatures[i].index = (uint32_t)(i % 2);
        signatures[i].n_path = 1;
        signatures[i].path = hashes;
        signatures[i].sig = wire_put(bytes_of, SIGNATURE_BYTES);
        denrei__v1__envelope__init(&envelopes[i]);
        envelopes[i].header = wire_put(bytes_of, 200);
        envelopes[i].seal = wire_put(bytes_of, 120);
        envelopes[i].signature = &signatures[i];
        envelopes[i].n_wraps = 1;
        envelopes[i].wraps = wraps;
        envelopes[i].body = wire_put(bytes_of, BODY_PADDED_MIN + 16);
        envelope_list[i] = &envelopes[i];
    }
}

static void
setup(void)
{
    example_setup();
    fill_lists();
    fill_submit();
    denrei__v1__hello_call__init(&hello);
    denrei__v1__fetch_call__init(&fetch);
    fetch.credit = FETCH_CREDIT_MAX;
    fetch.wait_ms = FETCH_WAIT_MS_MAX;
    denrei__v1__acknowledge_call__init(&acknowledge);
    acknowledge.n_receipts = BATCH_MAX;
    acknowledge.receipts = receipts;
    acknowledge.sig = wire_put(bytes_of, SIGNATURE_BYTES);
    denrei__v1__publish_call__init(&publish);
    publish.type = DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER;
    publish.document = wire_put(bytes_of, DOCUMENT_BYTES_MAX);
    denrei__v1__documents_call__init(&documents);
    denrei__v1__checkpoint_call__init(&checkpoint);
    denrei__v1__cosign_call__init(&cosign);
    cosign.cosignature = wire_put_text("a line\n");
    cosign.size = 1;
    denrei__v1__entries_call__init(&entries);
    entries.count = ENTRIES_MAX;
    denrei__v1__track_call__init(&track);
    track.n_message_ids = TRACK_MAX;
    track.message_ids = ids;
    denrei__v1__status_call__init(&status);
    denrei__v1__put_chunk_call__init(&put_chunk);
    put_chunk.message_id = wire_put(bytes_of, ID_BYTES);
    put_chunk.attachment = ATTACHMENTS_MAX - 1;
    put_chunk.hash = wire_put(bytes_of, HASH_BYTES);
    put_chunk.bytes = attachment_sealed_bytes(ATTACHMENT_CHUNK_BYTES + 1);
    put_chunk.data = wire_put(bytes_of, ATTACHMENT_SEALED_MAX);
    put_chunk.n_path = ATTACHMENT_PATH_MAX;
    put_chunk.path = hashes;
    denrei__v1__get_chunk_call__init(&get_chunk);
    get_chunk.from = wire_put_text("jp.npa");
    get_chunk.message_id = wire_put(bytes_of, ID_BYTES);
    get_chunk.attachment = ATTACHMENTS_MAX - 1;
    get_chunk.chunk = ATTACHMENT_CHUNKS_MAX - 1;
}

static const struct {
    Denrei__V1__Request__CallCase type;
    void *call;
} CALLS[] = {
    {DENREI__V1__REQUEST__CALL_HELLO, &hello},
    {DENREI__V1__REQUEST__CALL_SUBMIT, &submit},
    {DENREI__V1__REQUEST__CALL_FETCH, &fetch},
    {DENREI__V1__REQUEST__CALL_ACKNOWLEDGE, &acknowledge},
    {DENREI__V1__REQUEST__CALL_PUBLISH, &publish},
    {DENREI__V1__REQUEST__CALL_DOCUMENTS, &documents},
    {DENREI__V1__REQUEST__CALL_CHECKPOINT, &checkpoint},
    {DENREI__V1__REQUEST__CALL_COSIGN, &cosign},
    {DENREI__V1__REQUEST__CALL_ENTRIES, &entries},
    {DENREI__V1__REQUEST__CALL_TRACK, &track},
    {DENREI__V1__REQUEST__CALL_STATUS, &status},
    {DENREI__V1__REQUEST__CALL_PUT_CHUNK, &put_chunk},
    {DENREI__V1__REQUEST__CALL_GET_CHUNK, &get_chunk},
};

enum { CALLS_COUNT = sizeof CALLS / sizeof CALLS[0] };

static struct span
encoded(void *call)
{
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    struct span bytes = {0};

    request.request_id = 77;
    for (size_t i = 0; i < CALLS_COUNT; i++) {
        if (CALLS[i].call == call)
            request.call_case = CALLS[i].type;
    }
    request.hello = call; /* a union of pointers */
    ck_assert_int_eq(frame_encode_request(&request, arena, &bytes), ERR_OK);
    return bytes;
}

START_TEST(a_request_of_each_call_survives_encoding)
{
    struct span bytes = encoded(CALLS[_i].call), again;
    Denrei__V1__Request *got = NULL;

    ck_assert_int_eq(frame_decode_request(bytes, arena, &got), ERR_OK);
    ck_assert_uint_eq(got->request_id, 77);
    ck_assert_int_eq(got->call_case, CALLS[_i].type);
    ck_assert_int_eq(frame_encode_request(got, arena, &again), ERR_OK);
    assert_span_eq(again, bytes);
}
END_TEST

/* The call, the struct in it and its field, and what the field is changed to. */
#define SET(call, object, field, ...)                                                              \
    &(call), &(object).field, sizeof((object).field), &(__typeof__((object).field))                \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static const struct {
    void *call;
    void *field;
    size_t bytes;
    const void *value;
} CHANGES[] = {
    {SET(hello, hello, checkpoint_size, MERKLE_LEAVES_MAX + 1)},
    {SET(submit, submit, n_envelopes, 0)},
    {SET(submit, submit, n_envelopes, BATCH_MAX + 1)},
    {SET(submit, envelopes[1], header.len, 0)},
    {SET(submit, envelopes[1], header.len, HEADER_BYTES_MAX + 1)},
    {SET(submit, envelopes[1], seal.len, SEAL_BYTES_MAX + 1)},
    {SET(submit, envelopes[1], signature, NULL)},
    {SET(submit, envelopes[1], n_wraps, 0)},
    {SET(submit, envelopes[1], n_wraps, RECIPIENTS_MAX + 1)},
    {SET(submit, envelopes[1], wraps, hashes)},
    {SET(submit, envelopes[1], body.len, 1024)},
    {SET(submit, signatures[1], count, 3)},               /* not the first's */
    {SET(submit, signatures[1], sig.data, bytes_of + 9)}, /* nor this */
    {SET(submit, signatures[0], count, 0)},
    {SET(submit, signatures[1], index, 2)},
    {SET(submit, signatures[1], n_path, BATCH_PATH_MAX + 1)},
    {SET(submit, signatures[1], path, short_hash)},
    {SET(submit, signatures[1], sig.len, 63)},
    {SET(submit, submit, checkpoint_size, MERKLE_LEAVES_MAX + 1)},
    {SET(documents, documents, checkpoint_size, MERKLE_LEAVES_MAX + 1)},
    {SET(fetch, fetch, credit, 0)},
    {SET(fetch, fetch, credit, FETCH_CREDIT_MAX + 1)},
    {SET(fetch, fetch, wait_ms, FETCH_WAIT_MS_MAX + 1)},
    {SET(fetch, fetch, checkpoint_size, MERKLE_LEAVES_MAX + 1)},
    {SET(acknowledge, acknowledge, n_receipts, 0)},
    {SET(acknowledge, acknowledge, n_receipts, BATCH_MAX + 1)},
    {SET(acknowledge, acknowledge, receipts, long_receipt)},
    {SET(acknowledge, acknowledge, receipts, empty_receipt)},
    {SET(acknowledge, acknowledge, sig.len, 0)},
    {SET(publish, publish, type, 0)},
    {SET(publish, publish, document.len, 0)},
    {SET(publish, publish, document.len, DOCUMENT_BYTES_MAX + 1)},
    {SET(checkpoint, checkpoint, size, MERKLE_LEAVES_MAX + 1)},
    {SET(cosign, cosign, cosignature, empty)},
    {SET(cosign, cosign, cosignature, long_line)},
    {SET(cosign, cosign, size, 0)},
    {SET(cosign, cosign, size, MERKLE_LEAVES_MAX + 1)},
    {SET(entries, entries, count, 0)},
    {SET(entries, entries, count, ENTRIES_MAX + 1)},
    {SET(entries, entries, from_leaf, MERKLE_LEAVES_MAX)},
    {SET(track, track, n_message_ids, 0)},
    {SET(track, track, n_message_ids, TRACK_MAX + 1)},
    {SET(track, track, message_ids, hashes)},
    {SET(put_chunk, put_chunk, message_id.len, ID_BYTES - 1)},
    {SET(put_chunk, put_chunk, attachment, ATTACHMENTS_MAX)},
    {SET(put_chunk, put_chunk, hash.len, 0)},
    {SET(put_chunk, put_chunk, bytes, 0)},
    {SET(put_chunk, put_chunk, bytes, UINT64_MAX)},
    {SET(put_chunk, put_chunk, chunk, 1)}, /* which is shorter */
    {SET(put_chunk, put_chunk, chunk, 2)},
    {SET(put_chunk, put_chunk, data.len, 0)}, /* a question with a path */
    {SET(put_chunk, put_chunk, data.len, ATTACHMENT_SEALED_MAX - 1)},
    {SET(put_chunk, put_chunk, n_path, ATTACHMENT_PATH_MAX + 1)},
    {SET(put_chunk, put_chunk, path, short_hash)},
    {SET(get_chunk, get_chunk, from, empty)},
    {SET(get_chunk, get_chunk, message_id.len, 0)},
    {SET(get_chunk, get_chunk, attachment, ATTACHMENTS_MAX)},
    {SET(get_chunk, get_chunk, chunk, ATTACHMENT_CHUNKS_MAX)},
};

enum { CHANGES_COUNT = sizeof CHANGES / sizeof CHANGES[0] };

START_TEST(a_request_out_of_bounds_is_refused)
{
    Denrei__V1__Request *got = (void *)bytes_of;

    bytes_of[9 + SIGNATURE_BYTES - 1] ^= 1; /* within what lies at bytes_of + 9 alone */
    memcpy(CHANGES[_i].field, CHANGES[_i].value, CHANGES[_i].bytes);
    ck_assert_int_eq(frame_decode_request(encoded(CHANGES[_i].call), arena, &got), ERR_FORMAT);
    ck_assert_ptr_null(got);
}
END_TEST

START_TEST(a_request_without_call_or_over_the_frame_is_refused)
{
    static uint8_t large[FRAME_BYTES_MAX + 1];
    static const uint8_t id_only[] = {0x08, 0x01};
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT, *got = NULL;
    struct span bytes = {0};

    ck_assert_int_eq(frame_decode_request((struct span){NULL, 0}, arena, &got), ERR_FORMAT);
    ck_assert_int_eq(frame_decode_request((struct span){id_only, 2}, arena, &got), ERR_FORMAT);
    ck_assert_int_eq(frame_decode_request((struct span){large, sizeof large}, arena, &got),
                     ERR_FORMAT);

    publish.document = (ProtobufCBinaryData){FRAME_BYTES_MAX, large};
    request.call_case = DENREI__V1__REQUEST__CALL_PUBLISH;
    request.publish = &publish;
    ck_assert_int_eq(frame_encode_request(&request, arena, &bytes), ERR_FULL);
    ck_assert_ptr_null(bytes.data);
}
END_TEST

START_TEST(a_truncated_request_is_refused)
{
    struct span bytes = encoded(&submit);
    Denrei__V1__Request *got = NULL;

    for (size_t len = 0; len < bytes.len; len++)
        ck_assert_int_eq(frame_decode_request((struct span){bytes.data, len}, arena, &got),
                         ERR_FORMAT);
}
END_TEST

START_TEST(a_full_arena_is_reported_at_every_size)
{
    struct span bytes = encoded(&submit);
    Denrei__V1__Request *got = NULL;
    enum err err = ERR_NOMEM;

    for (size_t size = 0; err == ERR_NOMEM; size += 16) {
        struct arena *small = NULL;
        ck_assert_uint_lt(size, 1 << 16);
        ck_assert_int_eq(arena_new(size, &small), ERR_OK);
        err = frame_decode_request(bytes, small, &got);
        arena_free(&small);
    }
    ck_assert_int_eq(err, ERR_OK);
}
END_TEST

START_TEST(hashes_go_into_protobuf_and_back)
{
    struct hash list[3] = {example_hash(1), example_hash(2), example_hash(3)};
    ProtobufCBinaryData *data = NULL;
    const struct hash *back = NULL;

    ck_assert_int_eq(frame_put_hashes(list, 3, arena, &data), ERR_OK);
    memset(list, 0, sizeof list); /* copied: a path on a caller's stack may go */
    ck_assert_mem_eq(data[1].data, example_hash(2).bytes, HASH_BYTES);
    list[0] = example_hash(1), list[1] = example_hash(2), list[2] = example_hash(3);
    ck_assert_int_eq(frame_get_hashes(data, 3, arena, &back), ERR_OK);
    ck_assert_mem_eq(back, list, sizeof list);
    ck_assert_int_eq(frame_put_hashes(NULL, 0, arena, &data), ERR_OK);
    ck_assert_int_eq(frame_get_hashes(NULL, 0, arena, &back), ERR_OK);
    ck_assert_int_eq(frame_get_hashes(short_hash, 2, arena, &back), ERR_FORMAT);
    ck_assert_int_eq(frame_get_hashes(short_hash + 1, 2, arena, &back), ERR_OK);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("frame_request");
    TCase *tcase = tcase_create("frame_request");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, example_teardown);
    tcase_add_loop_test(tcase, a_request_of_each_call_survives_encoding, 0, CALLS_COUNT);
    tcase_add_loop_test(tcase, a_request_out_of_bounds_is_refused, 0, CHANGES_COUNT);
    tcase_add_test(tcase, a_request_without_call_or_over_the_frame_is_refused);
    tcase_add_test(tcase, a_truncated_request_is_refused);
    tcase_add_test(tcase, a_full_arena_is_reported_at_every_size);
    tcase_add_test(tcase, hashes_go_into_protobuf_and_back);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
