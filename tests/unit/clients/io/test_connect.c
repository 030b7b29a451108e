/*
 * Goal: no reply of a relay makes a client believe, wait for or store what it must not.
 * Method: the real client over real sockets, against a relay that changes one thing in an honest
 * answer (relay_case.h).
 */
#include "../relay_case.h"
#include "proto/refusal.h"

/* ---- replies that nobody asked for */

static size_t strays;

static bool
send_strays(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    (void)request;
    for (size_t i = 0; i < strays; i++) {
        Denrei__V1__Reply stray = *reply;
        stray.request_id = reply->request_id + 1000 + i;
        relay_send(&stray);
    }
    return true;
}

START_TEST(replies_that_nobody_awaits_are_passed_over_but_not_for_ever)
{
    relay.twist = send_strays;
    strays = 7;
    ck_assert_int_eq(relay_connect(), ERR_OK);
    strays = 100;
    ck_assert_int_eq(relay_connect(), ERR_FORMAT);
    ck_assert_uint_eq(problems.count, 1);
}
END_TEST

/* A frame of a few bytes an item, which decodes to more than any client has room for. */
static bool
send_bomb(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    static Denrei__V1__FetchItem item;
    static Denrei__V1__FetchItem *items[65000];
    static Denrei__V1__FetchReply fetch;

    denrei__v1__fetch_item__init(&item);
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++)
        items[i] = &item;
    denrei__v1__fetch_reply__init(&fetch);
    fetch.items = items;
    fetch.n_items = sizeof items / sizeof items[0];
    (void)request;
    reply->answer_case = DENREI__V1__REPLY__ANSWER_FETCH;
    reply->fetch = &fetch;
    return true;
}

START_TEST(a_reply_that_decodes_to_more_than_there_is_room_for_is_the_relays_fault)
{
    relay.twist = send_bomb;
    ck_assert_int_eq(relay_connect(), ERR_FORMAT);
    relay.twist = NULL;
    ck_assert_int_eq(relay_connect(), ERR_OK);
}
END_TEST

/* ---- another history */

static bool (*lie)(Denrei__V1__Reply *reply);

/* Lie in the answer to each Hello. */
static bool
twist_hello(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    return request->call_case != DENREI__V1__REQUEST__CALL_HELLO || lie(reply);
}

/* The same log but for one entry, which its key signs as well. */
static bool
show_fork(Denrei__V1__Reply *reply)
{
    struct fed_logged *one = &logged->list[3];
    const struct span real = one->entry;

    one->entry = logged->list[2].entry;
    reply->hello->checkpoint = note_at(relay_size());
    one->entry = real;
    return true;
}

static bool
show_less(Denrei__V1__Reply *reply)
{
    reply->hello->checkpoint = note_at(relay_size() - 1);
    return true;
}

static bool
break_proof(Denrei__V1__Reply *reply)
{
    reply->hello->consistency[0] = flipped(reply->hello->consistency[0], 3);
    return true;
}

static bool
sign_by_stranger(Denrei__V1__Reply *reply)
{
    struct identity *log = fed->log;

    fed->log = fed->witnesses[0];
    reply->hello->checkpoint = note_at(relay_size());
    fed->log = log;
    return true;
}

static bool
show_garbage(Denrei__V1__Reply *reply)
{
    static char text[] = "\x1b[2J\n1\n\n";

    reply->hello->checkpoint = text;
    return true;
}

static const struct {
    const char *name;
    bool (*lie)(Denrei__V1__Reply *reply);
    enum err err;
    bool is_evidence; /* two checkpoints of the log are kept */
} HISTORIES[] = {
    {"a fork", show_fork, ERR_PROOF, true},
    {"a log that went back", show_less, ERR_PROOF, true},
    {"a proof that does not lead there", break_proof, ERR_PROOF, true},
    {"a checkpoint by another key", sign_by_stranger, ERR_SIGNATURE, false},
    {"no checkpoint", show_garbage, ERR_FORMAT, false},
};

static size_t
count_evidence(void)
{
    char command[96];
    unsigned count = 0;

    snprintf(command, sizeof command, "ls %s | grep -c '^evidence-'", client_dir);
    FILE *list = popen(command, "r");
    ck_assert_ptr_nonnull(list);
    ck_assert_int_eq(fscanf(list, "%u", &count), 1);
    (void)pclose(list);
    return count;
}

START_TEST(another_history_than_was_seen_is_refused_with_evidence)
{
    ck_assert_int_eq(relay_connect(), ERR_OK);
    const struct merkle_head seen = state.head;
    if (HISTORIES[_i].lie != show_less) /* which is less than was seen */
        (void)fed_log_document(logged, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, "kr.moj", 2,
                               fed_issue(fed, fed_member(fed, "kr.moj"), NULL));
    lie = HISTORIES[_i].lie;
    relay.twist = twist_hello;
    const enum err err = relay_connect();
    ck_assert_msg(err == HISTORIES[_i].err, "%s: %s", HISTORIES[_i].name, err_name(err));
    ck_assert_uint_eq(count_evidence(), HISTORIES[_i].is_evidence ? 2 : 0);
    ck_assert_uint_eq(state.head.leaf_count, seen.leaf_count);
    ck_assert(hash_is_equal(&state.head.root, &seen.root));
    ck_assert_uint_eq(state.documents, 5);
}
END_TEST

/* ---- documents */

static bool
twist_documents(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    return request->call_case != DENREI__V1__REQUEST__CALL_DOCUMENTS || lie(reply);
}

static bool
swap_documents(Denrei__V1__Reply *reply)
{
    Denrei__V1__DocumentsItem **items = reply->documents->items;
    Denrei__V1__DocumentsItem *first = items[1];

    items[1] = items[2];
    items[2] = first;
    return true;
}

static bool
repeat_document(Denrei__V1__Reply *reply)
{
    reply->documents->items[2] = reply->documents->items[1];
    return true;
}

/* An earlier document under the entry of a later one. */
static bool
replay_document(Denrei__V1__Reply *reply)
{
    reply->documents->items[3]->document = reply->documents->items[2]->document;
    return true;
}

static bool
move_document(Denrei__V1__Reply *reply)
{
    reply->documents->items[3]->leaf--;
    return true;
}

static bool
give_no_document(Denrei__V1__Reply *reply)
{
    reply->documents->n_items = 0;
    return true;
}

/* More than there are: the next call has nothing to give. */
static bool
promise_documents(Denrei__V1__Reply *reply)
{
    reply->documents->documents = UINT64_MAX;
    return true;
}

static const struct {
    const char *name;
    bool (*lie)(Denrei__V1__Reply *reply);
    enum err err;
} DOCUMENTS[] = {
    {"documents in another order", swap_documents, ERR_CONFLICT},
    {"a document twice", repeat_document, ERR_CONFLICT},
    {"a document in another's place", replay_document, ERR_CONFLICT},
    {"a document at another leaf", move_document, ERR_PROOF},
    {"no document, though there are some", give_no_document, ERR_FORMAT},
    {"more documents than there are", promise_documents, ERR_FORMAT},
};

START_TEST(documents_out_of_their_places_are_refused_and_nothing_of_them_is_kept)
{
    lie = DOCUMENTS[_i].lie;
    relay.twist = twist_documents;
    const enum err err = relay_connect();
    ck_assert_msg(err == DOCUMENTS[_i].err, "%s: %s", DOCUMENTS[_i].name, err_name(err));
    ck_assert_uint_eq(state.documents, 0);
    ck_assert_uint_eq(state.head.leaf_count, 0);
    relay.twist = NULL;
    ck_assert_int_eq(relay_connect(), ERR_OK);
    ck_assert_uint_eq(state.documents, 5);
}
END_TEST

START_TEST(a_log_whose_rosters_are_older_than_the_bundles_is_refused)
{
    struct fed_member *moj = fed_member(fed, "kr.moj");
    const struct span roster = fed_issue(fed, moj, "c1"); /* which revokes its node */

    fed_need(trust_apply(state.trust, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, roster,
                         TRUST_UNLOGGED),
             "the bundle's roster");
    ck_assert_int_eq(relay_connect(), ERR_STALE);
    ck_assert_uint_eq(state.documents, 0);
    ck_assert_uint_eq(trust_newest_roster(state.trust, moj->id)->version, 2);
    (void)fed_log_document(logged, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, moj->id, 2, roster);
    ck_assert_int_eq(relay_connect(), ERR_OK);
    ck_assert_uint_eq(trust_newest_roster(state.trust, moj->id)->version, 2);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("connect");
    TCase *tcase = tcase_create("connect");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, relay_setup, relay_teardown);
    tcase_add_test(tcase, replies_that_nobody_awaits_are_passed_over_but_not_for_ever);
    tcase_add_test(tcase, a_reply_that_decodes_to_more_than_there_is_room_for_is_the_relays_fault);
    tcase_add_loop_test(tcase, another_history_than_was_seen_is_refused_with_evidence, 0,
                        sizeof HISTORIES / sizeof HISTORIES[0]);
    tcase_add_loop_test(tcase,
                        documents_out_of_their_places_are_refused_and_nothing_of_them_is_kept, 0,
                        sizeof DOCUMENTS / sizeof DOCUMENTS[0]);
    tcase_add_test(tcase, a_log_whose_rosters_are_older_than_the_bundles_is_refused);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
