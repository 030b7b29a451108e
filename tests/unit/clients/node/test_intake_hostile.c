/*
 * Goal: whatever a relay serves or a member sends, a node stores only what holds, signs nothing
 * that blames somebody else, keeps evidence, and goes on with the next honest answer.
 * Method: as test_intake.c, with one lie in an honest answer, or one hostile content.
 */
#include "intake_case.h"

#include <unistd.h>

/* ---- what a hostile relay serves */

static void (*change_fetch)(Denrei__V1__FetchReply *reply);

static bool
twist_fetch(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    if (request->call_case == DENREI__V1__REQUEST__CALL_FETCH)
        change_fetch(reply->fetch);
    return true;
}

static void
alter_body(Denrei__V1__FetchReply *reply)
{
    reply->items[1]->body = flipped(reply->items[1]->body, 20);
}

static void
swap_wraps(Denrei__V1__FetchReply *reply)
{
    const ProtobufCBinaryData wrap = reply->items[0]->wrap;

    reply->items[0]->wrap = reply->items[1]->wrap;
    reply->items[1]->wrap = wrap;
}

/* The second recipient's wrap of the same message. */
static void
take_others_wrap(Denrei__V1__FetchReply *reply)
{
    reply->items[0]->wrap.data += WRAP_BYTES;
}

static void
leave_out_first(Denrei__V1__FetchReply *reply)
{
    reply->items++;
    reply->n_items--;
}

static void
repeat_first(Denrei__V1__FetchReply *reply)
{
    reply->items[1] = reply->items[0];
}

static void
renumber(Denrei__V1__FetchReply *reply)
{
    reply->items[0]->slot->number = 2;
}

static void
change_lane(Denrei__V1__FetchReply *reply)
{
    reply->items[0]->slot->lane = DENREI__V1__LANE__LANE_FLASH;
}

static void
move_leaf(Denrei__V1__FetchReply *reply)
{
    reply->items[0]->leaf++;
}

static void
serve_document(Denrei__V1__FetchReply *reply)
{
    const struct fed_logged *first = &logged->list[1];

    reply->items[0]->entry = wire_put(first->entry.data, first->entry.len);
    reply->items[0]->leaf = 1;
    reply->items[0]->n_path = 0;
    path_of(1, 0, relay_size(), reply->items[0]->path, &reply->items[0]->n_path);
}

/* A mailbox of less, while the reply shows the opposite. */
static void
lie_in_head(Denrei__V1__FetchReply *reply)
{
    struct head head = relay_head();

    head.rest_last = 1;
    relay_sign_head(reply, &head);
}

static void
give_others_head(Denrei__V1__FetchReply *reply)
{
    struct head head = relay_head();

    head.member = "th.dsi";
    relay_sign_head(reply, &head);
}

static void
sign_head_beyond_the_log(Denrei__V1__FetchReply *reply)
{
    struct head head = relay_head();

    head.tree_size++;
    relay_sign_head(reply, &head);
}

static void
forge_head(Denrei__V1__FetchReply *reply)
{
    reply->head_sig = flipped(reply->head_sig, 9);
}

static const struct {
    const char *name;
    void (*change)(Denrei__V1__FetchReply *reply);
    enum err err;
} LIES[] = {
    {"altered body", alter_body, ERR_COMMITMENT},
    {"swapped wraps", swap_wraps, ERR_PROOF},
    {"wrap of another recipient", take_others_wrap, ERR_PROOF},
    {"first message left out", leave_out_first, ERR_CONFLICT},
    {"first message twice", repeat_first, ERR_CONFLICT},
    {"wrong number", renumber, ERR_CONFLICT},
    {"wrong lane", change_lane, ERR_CONFLICT},
    {"wrong leaf", move_leaf, ERR_PROOF},
    {"a document as a message", serve_document, ERR_FORMAT},
    {"head that ends before what is served", lie_in_head, ERR_CONFLICT},
    {"head of another member", give_others_head, ERR_CONFLICT},
    {"head beyond the log", sign_head_beyond_the_log, ERR_CONFLICT},
    {"head by nobody", forge_head, ERR_SIGNATURE},
};

static bool
has_evidence(void)
{
    char path[128];

    snprintf(path, sizeof path, "%s/evidence-fetch-1.bin", client_dir);
    return access(path, R_OK) == 0;
}

START_TEST(a_mailbox_that_does_not_hold_stores_nothing_and_leaves_evidence)
{
    size_t stored = 0;

    change_fetch = LIES[_i].change;
    relay.twist = twist_fetch;
    (void)send_message(0);
    (void)send_message(1);
    ck_assert_int_eq(relay_connect(), ERR_OK);
    ck_assert_msg(fetch(&stored) == LIES[_i].err, "%s", LIES[_i].name);
    ck_assert_uint_eq(stored, 0);
    ck_assert_uint_eq(queued(), 0); /* nothing is signed that blames the sender */
    ck_assert_uint_eq(intake_view(intake)->rest_stored, 0);
    ck_assert_msg(has_evidence(), "%s", LIES[_i].name);
    relay.twist = NULL;
    ck_assert_int_eq(relay_connect(), ERR_OK);
    ck_assert_int_eq(fetch(&stored), ERR_OK);
    ck_assert_uint_eq(stored, 2);
}
END_TEST

static void
serve_nothing(Denrei__V1__FetchReply *reply)
{
    reply->n_items = 0;
}

static void
shrink_mailbox(Denrei__V1__FetchReply *reply)
{
    struct head head = relay_head();

    head.rest_last = 0;
    reply->n_items = 0;
    relay_sign_head(reply, &head);
}

START_TEST(a_relay_that_holds_back_is_seen_and_cannot_take_its_head_back)
{
    size_t stored = 0;

    (void)send_message(0);
    (void)send_message(1);
    relay.twist = twist_fetch;
    change_fetch = serve_nothing; /* though its head says that there are two */
    ck_assert_int_eq(relay_connect(), ERR_OK);
    ck_assert_int_eq(fetch(&stored), ERR_CONFLICT);
    ck_assert_uint_eq(intake_view(intake)->rest_last, 2); /* so that no document looks clear */
    ck_assert(has_evidence());
    change_fetch = shrink_mailbox;
    ck_assert_int_eq(relay_connect(), ERR_OK);
    ck_assert_int_eq(fetch(&stored), ERR_CONFLICT);
    ck_assert_uint_eq(intake_view(intake)->rest_last, 2);
}
END_TEST

/* A relay that shows no documents but the first ones. */
static bool
hide_documents(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    const uint64_t first = 5; /* the directory and four rosters */

    if (request->call_case == DENREI__V1__REQUEST__CALL_HELLO)
        reply->hello->documents = first;
    if (request->call_case == DENREI__V1__REQUEST__CALL_FETCH)
        reply->fetch->documents = first;
    if (request->call_case == DENREI__V1__REQUEST__CALL_DOCUMENTS) {
        reply->documents->documents = first;
        reply->documents->n_items = first;
    }
    return true;
}

START_TEST(a_message_under_documents_that_the_relay_hides_is_not_judged)
{
    struct fed_member *hidden = fed_member(fed, _i == 0 ? "kr.moj" : "th.dsi");
    size_t stored = 0;

    (void)fed_add_credential(fed, hidden, DENREI__V1__PURPOSE__PURPOSE_NODE);
    (void)fed_log_document(logged, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, hidden->id, 2,
                           fed_issue(fed, hidden, NULL));
    (void)send_message(0);
    relay.twist = hide_documents;
    ck_assert_int_eq(relay_connect(), ERR_OK);
    ck_assert_int_eq(fetch(&stored), ERR_CONFLICT);
    ck_assert_uint_eq(queued(), 0); /* nothing is signed that blames the sender */
    ck_assert(has_evidence());
    relay.twist = NULL;
    ck_assert_int_eq(relay_connect(), ERR_OK);
    ck_assert_int_eq(fetch(&stored), ERR_OK);
    ck_assert_uint_eq(stored, 1);
}
END_TEST

/* ---- what a hostile sender sends */

START_TEST(content_that_decodes_to_more_than_there_is_room_for_is_refused_and_holds_up_nothing)
{
    static uint8_t many[2 * 65000]; /* each 0a 00: an empty document of a lost passport */
    size_t stored = 0;
    struct record record;

    for (size_t i = 0; i < sizeof many; i += 2)
        many[i] = 0x0a;
    logged->content = (struct span){many, sizeof many};
    const uint64_t leaf = send_message(0);
    logged->content.len = 64;
    (void)send_message(1);
    ck_assert_int_eq(relay_connect(), ERR_OK);
    ck_assert_int_eq(fetch(&stored), ERR_OK);
    ck_assert_uint_eq(stored, 2);
    ck_assert_int_eq(records_at(records, leaf, &record), ERR_OK);
    ck_assert_int_eq(record.state, RECORD_REFUSED);
    ck_assert_uint_eq(record.reason, REFUSAL_CONTENT);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("intake_hostile");
    TCase *tcase = tcase_create("intake_hostile");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, intake_setup, intake_teardown);
    tcase_add_test(
        tcase, content_that_decodes_to_more_than_there_is_room_for_is_refused_and_holds_up_nothing);
    tcase_add_loop_test(tcase, a_mailbox_that_does_not_hold_stores_nothing_and_leaves_evidence, 0,
                        sizeof LIES / sizeof LIES[0]);
    tcase_add_test(tcase, a_relay_that_holds_back_is_seen_and_cannot_take_its_head_back);
    tcase_add_loop_test(tcase, a_message_under_documents_that_the_relay_hides_is_not_judged, 0, 2);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
