/*
 * Goal: a session takes exactly the replies that it awaits; its view of the log only ever grows by
 * what is proven; documents come in order; and a receipt counts only if it proves.
 * Method: the log of client_case.h, whose proofs are made by the recursion of RFC 6962; then one
 * deliberate change for each error, after which the session must be as before.
 */
#include "client_case.h"

static struct session session;

static void
setup(void)
{
    static const struct merkle_head nothing;

    client_setup();
    session_init(&session, own, &nothing, 0);
}

/* ---- requests and replies */

static uint64_t
ask(uint64_t deadline_ms)
{
    Denrei__V1__HelloCall call = DENREI__V1__HELLO_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    struct span frame;

    call.checkpoint_size = 5;
    request.call_case = DENREI__V1__REQUEST__CALL_HELLO;
    request.hello = &call;
    ck_assert_int_eq(session_ask(&session, &request, deadline_ms, arena, &frame), ERR_OK);
    ck_assert_uint_gt(frame.len, 0);
    return request.request_id;
}

static struct span
answer(uint64_t request_id, bool is_hello)
{
    Denrei__V1__HelloReply hello = DENREI__V1__HELLO_REPLY__INIT;
    Denrei__V1__AcknowledgeReply acknowledge = DENREI__V1__ACKNOWLEDGE_REPLY__INIT;
    Denrei__V1__Reply reply = DENREI__V1__REPLY__INIT;
    struct span frame;

    reply.request_id = request_id;
    hello.checkpoint = note_at(1);
    hello.documents = 1;
    hello.time = 1;
    acknowledge.leaf = 1;
    if (is_hello) {
        reply.answer_case = DENREI__V1__REPLY__ANSWER_HELLO;
        reply.hello = &hello;
    } else {
        reply.answer_case = DENREI__V1__REPLY__ANSWER_ACKNOWLEDGE;
        reply.acknowledge = &acknowledge;
    }
    ck_assert_int_eq(frame_encode_reply(&reply, arena, &frame), ERR_OK);
    return frame;
}

START_TEST(a_reply_answers_the_request_with_its_number_once)
{
    uint64_t first = ask(100), second = ask(200);
    Denrei__V1__Reply *reply = NULL;

    ck_assert_uint_ne(first, second);
    ck_assert_int_eq(session_take(&session, answer(second, true), arena, &reply), ERR_OK);
    ck_assert_uint_eq(reply->request_id, second);
    ck_assert_int_eq(session_take(&session, answer(second, true), arena, &reply), ERR_NOT_FOUND);
    ck_assert_int_eq(session_take(&session, answer(first, true), arena, &reply), ERR_OK);
    ck_assert_int_eq(session_take(&session, answer(77, true), arena, &reply), ERR_NOT_FOUND);
}
END_TEST

START_TEST(an_answer_to_another_question_is_refused_and_the_request_still_awaits_its_own)
{
    uint64_t id = ask(100);
    Denrei__V1__Reply *reply = NULL;

    ck_assert_int_eq(session_take(&session, answer(id, false), arena, &reply), ERR_FORMAT);
    ck_assert_int_eq(session_take(&session, answer(id, true), arena, &reply), ERR_OK);
}
END_TEST

START_TEST(an_error_answers_any_request)
{
    uint64_t id = ask(100);
    Denrei__V1__Reply *reply = NULL;
    struct span frame;

    ck_assert_int_eq(frame_error(id, REFUSAL_RATE, NULL, arena, &frame), ERR_OK);
    ck_assert_int_eq(session_take(&session, frame, arena, &reply), ERR_OK);
    ck_assert_int_eq(reply->answer_case, DENREI__V1__REPLY__ANSWER_ERROR);
    ck_assert_uint_eq(reply->error->code, REFUSAL_RATE);
}
END_TEST

START_TEST(bytes_that_are_no_reply_are_refused)
{
    Denrei__V1__Reply *reply = NULL;

    ask(100);
    ck_assert_int_eq(
        session_take(&session, (struct span){(const uint8_t *)"\xff\xff", 2}, arena, &reply),
        ERR_FORMAT);
    ck_assert_uint_eq(session_deadline_ms(&session), 100);
}
END_TEST

START_TEST(deadlines_pass_one_after_the_other)
{
    ck_assert_uint_eq(session_deadline_ms(&session), UINT64_MAX);
    ask(200);
    uint64_t first = ask(100);
    Denrei__V1__Reply *reply = NULL;

    ck_assert_uint_eq(session_deadline_ms(&session), 100);
    ck_assert_uint_eq(session_expire(&session, 99), 0);
    ck_assert_uint_eq(session_expire(&session, 100), 1);
    ck_assert_int_eq(session_take(&session, answer(first, true), arena, &reply), ERR_NOT_FOUND);
    ck_assert_uint_eq(session_deadline_ms(&session), 200);
    session_forget(&session);
    ck_assert_uint_eq(session_deadline_ms(&session), UINT64_MAX);
}
END_TEST

START_TEST(more_requests_than_the_bound_are_refused)
{
    Denrei__V1__StatusCall call = DENREI__V1__STATUS_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    struct span frame;

    for (int i = 0; i < SESSION_CALLS_MAX; i++)
        ask(100);
    request.call_case = DENREI__V1__REQUEST__CALL_STATUS;
    request.status = &call;
    ck_assert_int_eq(session_ask(&session, &request, 100, arena, &frame), ERR_FULL);
    ck_assert_uint_eq(session_expire(&session, 100), SESSION_CALLS_MAX);
    ck_assert_int_eq(session_ask(&session, &request, 100, arena, &frame), ERR_OK);
}
END_TEST

START_TEST(retries_wait_longer_and_longer_up_to_the_bound)
{
    ck_assert_uint_eq(session_retry_ms(1, 0), SESSION_RETRY_MS_MIN);
    ck_assert_uint_eq(session_retry_ms(2, 0), 2 * SESSION_RETRY_MS_MIN);
    ck_assert_uint_eq(session_retry_ms(1000, 0), SESSION_RETRY_MS_MAX);
    for (unsigned attempt = 1; attempt < 20; attempt++)
        for (uint32_t random = 0; random < 100; random++) {
            uint64_t wait_ms = session_retry_ms(attempt, random * 42949672u);
            ck_assert_uint_le(wait_ms, session_retry_ms(attempt, 0));
            ck_assert_uint_ge(2 * wait_ms, session_retry_ms(attempt, 0));
        }
}
END_TEST

/* ---- checkpoints */

START_TEST(the_view_grows_by_what_is_proven)
{
    struct merkle_head head;

    for (uint64_t older = 0; older < logged->count; older++)
        for (uint64_t size = older == 0 ? 1 : older; size <= logged->count; size++) {
            struct session_proof proof = proof_at(older, size);
            struct merkle_head kept = {0};
            if (older > 0)
                kept = head_at(older);
            session_init(&session, own, &kept, 0);
            ck_assert_int_eq(session_advance(&session, &proof, arena, &head), ERR_OK);
            ck_assert_uint_eq(session.head.leaf_count, size);
            struct hash root = root_of(0, size);
            ck_assert(hash_is_equal(&head.root, &root));
            client_teardown();
            client_setup();
        }
}
END_TEST

static void
expect_unmoved(const struct session_proof *proof, enum err wanted)
{
    struct session before = session;
    struct merkle_head head;

    ck_assert_int_eq(session_advance(&session, proof, arena, &head), wanted);
    ck_assert_mem_eq(&before.head, &session.head, sizeof before.head);
}

START_TEST(a_checkpoint_that_does_not_extend_the_view_is_refused)
{
    struct merkle_head kept = head_at(3);

    session_init(&session, own, &kept, 0);
    struct session_proof proof = proof_at(3, 5);
    proof.consistency_len--;
    expect_unmoved(&proof, ERR_PROOF);
    proof = proof_at(3, 5);
    ProtobufCBinaryData *path =
        need(arena_copy(arena, proof.consistency, proof.consistency_len * sizeof *path));
    path[0] = flipped(path[0], 3);
    proof.consistency = path;
    expect_unmoved(&proof, ERR_PROOF);
    proof = proof_at(0, 2);
    expect_unmoved(&proof, ERR_STALE);
    session.head.root.bytes[0] ^= 1;
    proof = proof_at(3, 3);
    expect_unmoved(&proof, ERR_PROOF);
}
END_TEST

START_TEST(a_checkpoint_that_the_log_has_not_signed_is_refused)
{
    struct session_proof proof = proof_at(0, 4);
    char *text = need(arena_copy(arena, proof.checkpoint, strlen(proof.checkpoint)));

    proof.checkpoint = text;
    text[strlen(FED_ORIGIN) + 1] = '5'; /* another size under the same signature */
    expect_unmoved(&proof, ERR_SIGNATURE);
    text[0] ^= 1;
    expect_unmoved(&proof, ERR_FORMAT);
    proof.checkpoint = "";
    expect_unmoved(&proof, ERR_FORMAT);
}
END_TEST

/* ---- documents: the leaf of document n is n */

START_TEST(documents_are_taken_in_order_and_make_the_trust)
{
    uint64_t size = logged->count;
    struct merkle_head head = head_at(size);
    struct session_document document;

    session.documents_seen = size - 1;
    for (uint64_t leaf = 1; leaf < size; leaf++) {
        ck_assert(session_is_behind(&session));
        ck_assert_int_eq(
            session_take_document(&session, &head, document_at(leaf, size), arena, &document),
            ERR_OK);
        ck_assert_uint_eq(document.number, leaf);
        ck_assert_uint_eq(document.leaf, leaf);
        ck_assert_uint_eq(document.bytes.len, logged->list[leaf].document.len);
    }
    ck_assert(!session_is_behind(&session));
    ck_assert_ptr_nonnull(trust_roster(own, "th.dsi", TRUST_UNLOGGED));
}
END_TEST

static void
expect_untaken(const struct merkle_head *head, const Denrei__V1__DocumentsItem *item,
               enum err wanted)
{
    struct session_document document = {.number = 99};

    ck_assert_int_eq(session_take_document(&session, head, item, arena, &document), wanted);
    ck_assert_uint_eq(session.documents, 1);
    ck_assert_uint_eq(document.number, 99);
    ck_assert_ptr_null(trust_roster(own, "jp.audit", TRUST_UNLOGGED));
}

START_TEST(a_document_that_the_log_does_not_hold_so_is_refused)
{
    uint64_t size = logged->count;
    struct merkle_head head = head_at(size);
    struct session_document document;
    Denrei__V1__DocumentsItem *item = document_at(1, size);

    ck_assert_int_eq(session_take_document(&session, &head, item, arena, &document), ERR_OK);
    expect_untaken(&head, document_at(3, size), ERR_CONFLICT); /* one is left out */
    item = document_at(2, size);
    item->document = flipped(item->document, item->document.len - 1);
    expect_untaken(&head, item, ERR_CONFLICT);
    item = document_at(2, size);
    item->leaf = 3;
    expect_untaken(&head, item, ERR_PROOF);
    item = document_at(2, size);
    item->n_path--;
    expect_untaken(&head, item, ERR_PROOF);
    item = document_at(2, size);
    head.root.bytes[5] ^= 1;
    expect_untaken(&head, item, ERR_PROOF);
    item = document_at(2, size);
    item->entry = wire_put(logged->list[0].entry.data, logged->list[0].entry.len);
    expect_untaken(&head, item, ERR_FORMAT); /* the genesis */
    item->entry.len--;
    expect_untaken(&head, item, ERR_FORMAT);
}
END_TEST

START_TEST(a_logged_document_that_trust_refuses_is_refused)
{
    /* The roster of kr.moj once more as the next document: not its next version. */
    uint64_t leaf = fed_log_document(logged, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY, "", 2,
                                     fed->rosters[2]);
    struct merkle_head head = head_at(logged->count);
    struct session_document document;

    session.documents = leaf - 1;
    ck_assert_int_ne(
        session_take_document(&session, &head, document_at(leaf, logged->count), arena, &document),
        ERR_OK);
    ck_assert_uint_eq(session.documents, leaf - 1);
}
END_TEST

/* ---- submitting */

static struct message_ref message;

/* A reply that accepts the message at `leaf`. */
static Denrei__V1__SubmitReply *
accepting(uint64_t leaf)
{
    Denrei__V1__SubmitReply *reply = need(arena_alloc(arena, sizeof *reply));
    Denrei__V1__SubmitResult *result = need(arena_alloc(arena, sizeof *result));
    Denrei__V1__SubmitResult **list = need(arena_alloc(arena, sizeof(void *)));
    ProtobufCBinaryData *path = need(arena_alloc(arena, 64 * sizeof *path));

    denrei__v1__submit_reply__init(reply);
    denrei__v1__submit_result__init(result);
    *list = result;
    reply->results = list;
    reply->n_results = 1;
    reply->checkpoint = note_at(logged->count);
    result->entry = wire_put(logged->list[leaf].entry.data, logged->list[leaf].entry.len);
    result->leaf = leaf;
    result->path = path;
    path_of(leaf, 0, logged->count, path, &result->n_path);
    return reply;
}

static uint64_t
add_message(uint64_t id)
{
    struct fed_member *member = fed_member(fed, "jp.mofa");
    struct header header =
        fed_header(fed, member, &member->credentials[0], (const char *const[]){"kr.moj"}, 1, id);

    client_take_documents(); /* who may sign is known from them */
    return fed_log_message(logged, &header, member->credentials[0].signing, &message);
}

START_TEST(a_receipt_that_proves_is_accepted)
{
    uint64_t leaf = add_message(1);
    Denrei__V1__SubmitReply *reply = accepting(leaf);
    struct receipt receipt;

    ck_assert_int_eq(session_check_result(&session, reply, 0, &message.hash, arena, &receipt),
                     ERR_OK);
    ck_assert_uint_eq(receipt.leaf, leaf);
    ck_assert_str_eq(receipt.checkpoint, reply->checkpoint);
}
END_TEST

START_TEST(a_receipt_under_a_checkpoint_that_is_not_the_views_is_refused)
{
    uint64_t leaf = add_message(1);
    Denrei__V1__SubmitReply *reply = accepting(leaf);
    struct message_ref first = message;
    struct receipt receipt = {.leaf = 99};

    reply->results[0]->checkpoint = reply->checkpoint;
    ck_assert_int_eq(session_check_result(&session, reply, 0, &first.hash, arena, &receipt),
                     ERR_OK);
    receipt.leaf = 99;
    add_message(2);
    reply->checkpoint = note_at(logged->count); /* is proven to extend the view, the other is not */
    ck_assert_int_eq(session_check_result(&session, reply, 0, &first.hash, arena, &receipt),
                     ERR_PROOF);
    ck_assert_uint_eq(receipt.leaf, 99);
}
END_TEST

START_TEST(a_receipt_that_proves_nothing_is_refused)
{
    uint64_t leaf = add_message(1);
    Denrei__V1__SubmitReply *reply = accepting(leaf);
    struct receipt receipt = {.leaf = 99};
    struct hash other = message.hash;

    other.bytes[0] ^= 1;
    ck_assert_int_eq(session_check_result(&session, reply, 0, &other, arena, &receipt),
                     ERR_CONFLICT);
    reply->results[0]->leaf--;
    ck_assert_int_eq(session_check_result(&session, reply, 0, &message.hash, arena, &receipt),
                     ERR_PROOF);
    reply = accepting(leaf);
    reply->checkpoint[strlen(reply->checkpoint) - 10] ^= 1;
    ck_assert_int_ne(session_check_result(&session, reply, 0, &message.hash, arena, &receipt),
                     ERR_OK);
    reply = accepting(leaf);
    reply->results[0]->code = REFUSAL_STALE;
    ck_assert_int_eq(session_check_result(&session, reply, 0, &message.hash, arena, &receipt),
                     ERR_REFUSED);
    ck_assert_uint_eq(receipt.leaf, 99);
}
END_TEST

static void
add_tests(TCase *tcase)
{
    tcase_add_test(tcase, a_reply_answers_the_request_with_its_number_once);
    tcase_add_test(tcase,
                   an_answer_to_another_question_is_refused_and_the_request_still_awaits_its_own);
    tcase_add_test(tcase, an_error_answers_any_request);
    tcase_add_test(tcase, bytes_that_are_no_reply_are_refused);
    tcase_add_test(tcase, deadlines_pass_one_after_the_other);
    tcase_add_test(tcase, more_requests_than_the_bound_are_refused);
    tcase_add_test(tcase, retries_wait_longer_and_longer_up_to_the_bound);
    tcase_add_test(tcase, the_view_grows_by_what_is_proven);
    tcase_add_test(tcase, a_checkpoint_that_does_not_extend_the_view_is_refused);
    tcase_add_test(tcase, a_checkpoint_that_the_log_has_not_signed_is_refused);
    tcase_add_test(tcase, documents_are_taken_in_order_and_make_the_trust);
    tcase_add_test(tcase, a_document_that_the_log_does_not_hold_so_is_refused);
    tcase_add_test(tcase, a_logged_document_that_trust_refuses_is_refused);
    tcase_add_test(tcase, a_receipt_that_proves_is_accepted);
    tcase_add_test(tcase, a_receipt_under_a_checkpoint_that_is_not_the_views_is_refused);
    tcase_add_test(tcase, a_receipt_that_proves_nothing_is_refused);
}

int
main(void)
{
    Suite *suite = suite_create("session");
    TCase *tcase = tcase_create("session");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, client_teardown);
    add_tests(tcase);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
