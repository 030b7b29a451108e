/*
 * Goal: a reply of each answer survives encoding, and none with a count or length out of bounds is
 * decoded: a client need not trust its relay.
 * Method: one valid reply of each answer, and a table of single changes of it.
 */
#include "example.h"
#include "proto/frame.h"
#include "proto/merkle.h"
#include "proto/note.h"
#include "proto/refusal.h"

#include <stdlib.h>

enum { COUNT_MAX = 1100 };

static uint8_t bytes_of[FRAME_BYTES_MAX]; /* content does not matter here */
static ProtobufCBinaryData hashes[COUNT_MAX], short_hash[COUNT_MAX];
static ProtobufCBinaryData small_entries[COUNT_MAX], bad_entries[COUNT_MAX];
static char long_note[NOTE_BYTES_MAX + 2], long_line[DESCRIPTION_BYTES_MAX + 2];
static char note[] = "a note";

static Denrei__V1__SubmitResult results[COUNT_MAX], *result_list[COUNT_MAX];
static Denrei__V1__Slot slot;
static Denrei__V1__FetchItem items[COUNT_MAX], *item_list[COUNT_MAX];
static Denrei__V1__DocumentsItem document_items[COUNT_MAX], *document_list[COUNT_MAX];
static Denrei__V1__Signature signature;
static Denrei__V1__TrackItem track_item, *track_list[] = {&track_item};
static Denrei__V1__StatusMailbox mailbox, *mailbox_list[COUNT_MAX];

static Denrei__V1__HelloReply hello;
static Denrei__V1__SubmitReply submit;
static Denrei__V1__FetchReply fetch;
static Denrei__V1__AcknowledgeReply acknowledge;
static Denrei__V1__PublishReply publish;
static Denrei__V1__DocumentsReply documents;
static Denrei__V1__CheckpointReply checkpoint;
static Denrei__V1__CosignReply cosign;
static Denrei__V1__EntriesReply entries;
static Denrei__V1__TrackReply track;
static Denrei__V1__StatusReply status;
static Denrei__V1__PutChunkReply put_chunk;
static Denrei__V1__GetChunkReply get_chunk;
static Denrei__V1__ErrorReply error;

static void
fill_lists(void)
{
    memset(bytes_of, 0x41, sizeof bytes_of);
    memset(long_note, 'a', sizeof long_note - 1);
    memset(long_line, 'a', sizeof long_line - 1);
    denrei__v1__slot__init(&slot);
    slot.lane = DENREI__V1__LANE__LANE_REST;
    slot.number = 1;
    denrei__v1__status_mailbox__init(&mailbox);
    mailbox.member = wire_put_text("jp.npa");
    for (size_t i = 0; i < COUNT_MAX; i++) {
        hashes[i] = short_hash[i] = wire_put(bytes_of, HASH_BYTES);
        small_entries[i] = bad_entries[i] = wire_put(bytes_of, 9);
        denrei__v1__submit_result__init(&results[i]);
        results[i].entry = wire_put(bytes_of, 300);
        results[i].n_path = 2;
        results[i].path = hashes;
        result_list[i] = &results[i];
        denrei__v1__fetch_item__init(&items[i]);
        items[i].slot = &slot;
        items[i].entry = wire_put(bytes_of, 300);
        items[i].n_path = 2;
        items[i].path = hashes;
        items[i].wrap = wire_put(bytes_of, WRAP_BYTES);
        items[i].n_wrap_path = 1;
        items[i].wrap_path = hashes;
        items[i].body = wire_put(bytes_of, BODY_PADDED_MIN + 16);
        item_list[i] = &items[i];
        denrei__v1__documents_item__init(&document_items[i]);
        document_items[i].document = wire_put(bytes_of, 10);
        document_items[i].entry = wire_put(bytes_of, 10);
        document_list[i] = &document_items[i];
        mailbox_list[i] = &mailbox;
    }
    short_hash[0].len--;
    bad_entries[1].len = 0;
}

static void
fill_proofs(void)
{
    denrei__v1__hello_reply__init(&hello);
    hello.checkpoint = note;
    hello.n_consistency = MERKLE_CONSISTENCY_MAX;
    hello.consistency = hashes;
    hello.time = 1;
    denrei__v1__submit_reply__init(&submit);
    submit.n_results = 2;
    submit.results = result_list;
    submit.checkpoint = note;
    denrei__v1__fetch_reply__init(&fetch);
    fetch.n_items = FETCH_CREDIT_MAX;
    fetch.items = item_list;
    fetch.checkpoint = note;
    fetch.head = wire_put(bytes_of, HEAD_BYTES_MAX);
    fetch.head_sig = wire_put(bytes_of, SIGNATURE_BYTES);
    denrei__v1__documents_reply__init(&documents);
    documents.n_items = 2;
    documents.items = document_list;
    documents.checkpoint = note;
    denrei__v1__checkpoint_reply__init(&checkpoint);
    checkpoint.published = note;
    denrei__v1__entries_reply__init(&entries);
    entries.n_entries = ENTRIES_MAX;
    entries.entries = small_entries;
    entries.checkpoint = note;
}

static void
setup(void)
{
    example_setup();
    fill_lists();
    fill_proofs();
    denrei__v1__acknowledge_reply__init(&acknowledge);
    denrei__v1__publish_reply__init(&publish);
    publish.number = 1;
    denrei__v1__cosign_reply__init(&cosign);
    denrei__v1__signature__init(&signature);
    signature.count = 1;
    signature.sig = wire_put(bytes_of, SIGNATURE_BYTES);
    denrei__v1__track_item__init(&track_item);
    track_item.receipt = wire_put(bytes_of, RECEIPT_BYTES_MAX);
    track_item.signature = &signature;
    denrei__v1__track_reply__init(&track);
    track.n_items = 1;
    track.items = track_list;
    denrei__v1__status_reply__init(&status);
    status.n_mailboxes = MEMBERS_MAX;
    status.mailboxes = mailbox_list;
    denrei__v1__put_chunk_reply__init(&put_chunk);
    put_chunk.next = ATTACHMENT_CHUNKS_MAX;
    denrei__v1__get_chunk_reply__init(&get_chunk);
    get_chunk.data = wire_put(bytes_of, ATTACHMENT_CHUNK_BYTES + ATTACHMENT_CHUNK_EXTRA);
    get_chunk.n_path = ATTACHMENT_PATH_MAX;
    get_chunk.path = hashes;
    denrei__v1__error_reply__init(&error);
    error.code = REFUSAL_STALE;
}

static const struct {
    Denrei__V1__Reply__AnswerCase type;
    void *answer;
} ANSWERS[] = {
    {DENREI__V1__REPLY__ANSWER_HELLO, &hello},
    {DENREI__V1__REPLY__ANSWER_SUBMIT, &submit},
    {DENREI__V1__REPLY__ANSWER_FETCH, &fetch},
    {DENREI__V1__REPLY__ANSWER_ACKNOWLEDGE, &acknowledge},
    {DENREI__V1__REPLY__ANSWER_PUBLISH, &publish},
    {DENREI__V1__REPLY__ANSWER_DOCUMENTS, &documents},
    {DENREI__V1__REPLY__ANSWER_CHECKPOINT, &checkpoint},
    {DENREI__V1__REPLY__ANSWER_COSIGN, &cosign},
    {DENREI__V1__REPLY__ANSWER_ENTRIES, &entries},
    {DENREI__V1__REPLY__ANSWER_TRACK, &track},
    {DENREI__V1__REPLY__ANSWER_STATUS, &status},
    {DENREI__V1__REPLY__ANSWER_PUT_CHUNK, &put_chunk},
    {DENREI__V1__REPLY__ANSWER_GET_CHUNK, &get_chunk},
    {DENREI__V1__REPLY__ANSWER_ERROR, &error},
};

enum { ANSWERS_COUNT = sizeof ANSWERS / sizeof ANSWERS[0] };

static struct span
encoded(void *answer)
{
    Denrei__V1__Reply reply = DENREI__V1__REPLY__INIT;
    struct span bytes = {0};

    reply.request_id = 77;
    for (size_t i = 0; i < ANSWERS_COUNT; i++) {
        if (ANSWERS[i].answer == answer)
            reply.answer_case = ANSWERS[i].type;
    }
    reply.hello = answer; /* a union of pointers */
    ck_assert_int_eq(frame_encode_reply(&reply, arena, &bytes), ERR_OK);
    return bytes;
}

START_TEST(a_reply_of_each_answer_survives_encoding)
{
    struct span bytes = encoded(ANSWERS[_i].answer), again;
    Denrei__V1__Reply *got = NULL;

    ck_assert_int_eq(frame_decode_reply(bytes, arena, &got), ERR_OK);
    ck_assert_uint_eq(got->request_id, 77);
    ck_assert_int_eq(got->answer_case, ANSWERS[_i].type);
    ck_assert_int_eq(frame_encode_reply(got, arena, &again), ERR_OK);
    assert_span_eq(again, bytes);
}
END_TEST

/* The answer, the struct in it and its field, and what the field is changed to. */
#define SET(answer, object, field, ...)                                                            \
    &(answer), &(object).field, sizeof((object).field), &(__typeof__((object).field))              \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static const struct {
    void *answer;
    void *field;
    size_t bytes;
    const void *value;
} CHANGES[] = {
    {SET(hello, hello, checkpoint, long_note + NOTE_BYTES_MAX + 1)}, /* "" */
    {SET(hello, hello, checkpoint, long_note)},
    {SET(hello, hello, n_consistency, MERKLE_CONSISTENCY_MAX + 1)},
    {SET(hello, hello, consistency, short_hash)},
    {SET(hello, hello, time, 0)},
    {SET(hello, hello, time, TIME_MS_MAX + 1)},
    {SET(submit, submit, n_results, 0)},
    {SET(submit, submit, n_results, BATCH_MAX + 1)},
    {SET(submit, submit, checkpoint, long_note)},
    {SET(submit, submit, checkpoint, long_note + NOTE_BYTES_MAX + 1)}, /* and results' */
    {SET(submit, results[1], entry.len, 0)},
    {SET(submit, results[1], entry.len, ENTRY_BYTES_MAX + 1)},
    {SET(submit, results[1], leaf, MERKLE_LEAVES_MAX)},
    {SET(submit, results[1], n_path, MERKLE_LEVELS_MAX + 1)},
    {SET(submit, results[1], path, short_hash)},
    {SET(submit, results[1], checkpoint, long_note)},
    {SET(fetch, fetch, n_items, FETCH_CREDIT_MAX + 1)},
    {SET(fetch, fetch, checkpoint, long_note + NOTE_BYTES_MAX + 1)},
    {SET(fetch, fetch, n_consistency, MERKLE_CONSISTENCY_MAX + 1)},
    {SET(fetch, fetch, head.len, 0)},
    {SET(fetch, fetch, head.len, HEAD_BYTES_MAX + 1)},
    {SET(fetch, fetch, head_sig.len, 65)},
    {SET(fetch, items[1], slot, NULL)},
    {SET(fetch, slot, lane, 0)},
    {SET(fetch, slot, number, 0)},
    {SET(fetch, items[1], entry.len, 0)},
    {SET(fetch, items[1], entry.len, ENTRY_BYTES_MAX + 1)},
    {SET(fetch, items[1], leaf, MERKLE_LEAVES_MAX)},
    {SET(fetch, items[1], path, short_hash)},
    {SET(fetch, items[1], n_path, MERKLE_LEVELS_MAX + 1)},
    {SET(fetch, items[1], wrap.len, 0)}, /* a body without wrap */
    {SET(fetch, items[1], wrap.len, 81)},
    {SET(fetch, items[1], body.len, 0)}, /* a tombstone with a wrap */
    {SET(fetch, items[1], body.len, 1024)},
    {SET(fetch, items[1], n_wrap_path, BATCH_PATH_MAX + 1)},
    {SET(fetch, items[1], wrap_path, short_hash)},
    {SET(acknowledge, acknowledge, leaf, MERKLE_LEAVES_MAX)},
    {SET(publish, publish, leaf, MERKLE_LEAVES_MAX)},
    {SET(publish, publish, number, 0)},
    {SET(documents, documents, n_items, 1025)},
    {SET(documents, documents, checkpoint, long_note)},
    {SET(documents, document_items[0], document.len, 0)},
    {SET(documents, document_items[0], document.len, DOCUMENT_BYTES_MAX + 1)},
    {SET(documents, document_items[0], entry.len, 0)},
    {SET(documents, document_items[0], n_path, MERKLE_LEVELS_MAX + 1)},
    {SET(checkpoint, checkpoint, published, long_note + NOTE_BYTES_MAX + 1)},
    {SET(checkpoint, checkpoint, witnessed, long_note)},
    {SET(checkpoint, checkpoint, n_consistency, MERKLE_CONSISTENCY_MAX + 1)},
    {SET(checkpoint, checkpoint, n_witnessed_consistency, MERKLE_CONSISTENCY_MAX + 1)},
    {SET(cosign, cosign, cosignatures, WITNESSES_MAX + 1)},
    {SET(entries, entries, n_entries, ENTRIES_MAX + 1)},
    {SET(entries, entries, entries, bad_entries)},
    {SET(entries, entries, checkpoint, long_note)},
    {SET(track, track_item, receipt.len, 0)},
    {SET(track, track_item, receipt.len, RECEIPT_BYTES_MAX + 1)},
    {SET(track, track_item, signature, NULL)},
    {SET(track, track_item, leaf, MERKLE_LEAVES_MAX)},
    {SET(track, signature, count, 0)},
    {SET(status, status, n_mailboxes, MEMBERS_MAX + 1)},
    {SET(status, status, tree_size, MERKLE_LEAVES_MAX + 1)},
    {SET(status, mailbox, member, note)},
    {SET(put_chunk, put_chunk, next, ATTACHMENT_CHUNKS_MAX + 1)},
    {SET(get_chunk, get_chunk, data.len, 0)},
    {SET(get_chunk, get_chunk, data.len, ATTACHMENT_CHUNK_BYTES + ATTACHMENT_CHUNK_EXTRA + 1)},
    {SET(get_chunk, get_chunk, n_path, ATTACHMENT_PATH_MAX + 1)},
    {SET(get_chunk, get_chunk, path, short_hash)},
    {SET(error, error, code, 0)},
    {SET(error, error, sentence, long_line)},
};

enum { CHANGES_COUNT = sizeof CHANGES / sizeof CHANGES[0] };

START_TEST(a_reply_out_of_bounds_is_refused)
{
    Denrei__V1__Reply *got = (void *)bytes_of;

    /* Lists grow into these, and paths of more than the bound need as many hashes. */
    checkpoint.consistency = checkpoint.witnessed_consistency = hashes;
    fetch.consistency = document_items[0].path = hashes;
    memcpy(CHANGES[_i].field, CHANGES[_i].value, CHANGES[_i].bytes);
    ck_assert_int_eq(frame_decode_reply(encoded(CHANGES[_i].answer), arena, &got), ERR_FORMAT);
    ck_assert_ptr_null(got);
}
END_TEST

/* By the descriptors, so that a field that is added later is not forgotten. */
START_TEST(every_proof_of_every_answer_is_made_of_hashes_and_bounded)
{
    const ProtobufCMessage *answer = ANSWERS[_i].answer;
    const ProtobufCMessageDescriptor *type = answer->descriptor;
    Denrei__V1__Reply *got = NULL;

    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        if (field->label != PROTOBUF_C_LABEL_REPEATED || field->type != PROTOBUF_C_TYPE_BYTES ||
            strcmp(field->name, "entries") == 0)
            continue;
        ProtobufCBinaryData **list = (void *)((uint8_t *)ANSWERS[_i].answer + field->offset);
        size_t *count = (void *)((uint8_t *)ANSWERS[_i].answer + field->quantifier_offset);
        /* A chunk's path is bounded by what an attachment can be. */
        size_t most = type == &denrei__v1__get_chunk_reply__descriptor ? ATTACHMENT_PATH_MAX
                                                                       : MERKLE_CONSISTENCY_MAX;
        *list = hashes;
        *count = most;
        ck_assert_int_eq(frame_decode_reply(encoded(ANSWERS[_i].answer), arena, &got), ERR_OK);
        *list = short_hash;
        ck_assert_int_eq(frame_decode_reply(encoded(ANSWERS[_i].answer), arena, &got), ERR_FORMAT);
        *list = hashes;
        *count = most + 1;
        ck_assert_int_eq(frame_decode_reply(encoded(ANSWERS[_i].answer), arena, &got), ERR_FORMAT);
        *count = 0;
    }
}
END_TEST

START_TEST(a_tombstone_and_a_refusal_need_no_more_than_they_have)
{
    Denrei__V1__Reply *got = NULL;

    items[3].wrap.len = items[3].body.len = items[3].n_wrap_path = 0;
    ck_assert_int_eq(frame_decode_reply(encoded(&fetch), arena, &got), ERR_OK);
    fetch.n_items = 0;
    ck_assert_int_eq(frame_decode_reply(encoded(&fetch), arena, &got), ERR_OK);

    results[1].code = REFUSAL_STALE;
    results[1].entry.len = results[1].n_path = 0;
    results[0].checkpoint = note;
    submit.checkpoint = wire_put_text("");
    ck_assert_int_eq(frame_decode_reply(encoded(&submit), arena, &got), ERR_OK);
}
END_TEST

START_TEST(a_reply_without_answer_or_over_the_frame_is_refused)
{
    static uint8_t large[FRAME_BYTES_MAX + 1];
    static const uint8_t id_only[] = {0x08, 0x01};
    Denrei__V1__Reply reply = DENREI__V1__REPLY__INIT, *got = NULL;
    struct span bytes = {0};

    ck_assert_int_eq(frame_decode_reply((struct span){NULL, 0}, arena, &got), ERR_FORMAT);
    ck_assert_int_eq(frame_decode_reply((struct span){id_only, 2}, arena, &got), ERR_FORMAT);
    ck_assert_int_eq(frame_decode_reply((struct span){large, sizeof large}, arena, &got),
                     ERR_FORMAT);

    document_items[0].document = (ProtobufCBinaryData){FRAME_BYTES_MAX, large};
    reply.answer_case = DENREI__V1__REPLY__ANSWER_DOCUMENTS;
    reply.documents = &documents;
    ck_assert_int_eq(frame_encode_reply(&reply, arena, &bytes), ERR_FULL);
    ck_assert_ptr_null(bytes.data);
}
END_TEST

START_TEST(an_error_has_its_codes_sentence_or_its_own)
{
    struct span bytes;
    Denrei__V1__Reply *got = NULL;

    ck_assert_int_eq(frame_error(9, REFUSAL_RATE, NULL, arena, &bytes), ERR_OK);
    ck_assert_int_eq(frame_decode_reply(bytes, arena, &got), ERR_OK);
    ck_assert_uint_eq(got->request_id, 9);
    ck_assert_int_eq(got->answer_case, DENREI__V1__REPLY__ANSWER_ERROR);
    ck_assert_uint_eq(got->error->code, REFUSAL_RATE);
    ck_assert_str_eq(got->error->sentence, refusal_text(REFUSAL_RATE));
    ck_assert_int_eq(frame_error(0, REFUSAL_RATE, "wait 3 seconds", arena, &bytes), ERR_OK);
    ck_assert_int_eq(frame_decode_reply(bytes, arena, &got), ERR_OK);
    ck_assert_str_eq(got->error->sentence, "wait 3 seconds");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("frame_reply");
    TCase *tcase = tcase_create("frame_reply");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, example_teardown);
    tcase_add_loop_test(tcase, a_reply_of_each_answer_survives_encoding, 0, ANSWERS_COUNT);
    tcase_add_loop_test(tcase, a_reply_out_of_bounds_is_refused, 0, CHANGES_COUNT);
    tcase_add_loop_test(tcase, every_proof_of_every_answer_is_made_of_hashes_and_bounded, 0,
                        ANSWERS_COUNT);
    tcase_add_test(tcase, a_tombstone_and_a_refusal_need_no_more_than_they_have);
    tcase_add_test(tcase, a_reply_without_answer_or_over_the_frame_is_refused);
    tcase_add_test(tcase, an_error_has_its_codes_sentence_or_its_own);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
