/*
 * Goal: an officer believes that a message was accepted, refused, delivered or that the mailbox is
 * empty only as far as the relay's answer proves it; what is refused for now is not lost.
 * Method: the real store and connection, against a relay that tells one lie (relay_case.h).
 */
#include "carry_case.h"
#include "clients/acknowledge.h"
#include "proto/io/report.h"

#include <unistd.h>

/* ---- accepted */

START_TEST(a_message_whose_receipt_proves_is_accepted)
{
    ck_assert_int_eq(carry(), ERR_OK);
    ck_assert_int_eq(stage(), STORE_ACCEPTED);
}
END_TEST

static void
alter_signature(struct envelope *envelope)
{
    envelope->signature.sig.bytes[7] ^= 1;
}

static void
sign_as_stranger(struct envelope *envelope)
{
    const struct fed_member *moj = fed_member(fed, "kr.moj");

    envelope_sign(&fed->federation, identity_secret(moj->credentials[0].signing), envelope, 1);
}

static bool
show_other_message(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    static const char *const TO[] = {"th.dsi"};
    struct header header = fed_header(fed, mofa, &mofa->credentials[0], TO, 1, 78);

    if (request->call_case != DENREI__V1__REQUEST__CALL_SUBMIT)
        return true;
    Denrei__V1__SubmitResult *result = reply->submit->results[0];
    result->leaf = fed_log_message(logged, &header, mofa->credentials[0].signing, NULL);
    const struct span entry = logged->list[result->leaf].entry;
    result->entry = wire_put(entry.data, entry.len);
    result->n_path = 0;
    path_of(result->leaf, 0, relay_size(), result->path, &result->n_path);
    reply->submit->checkpoint = note_at(relay_size());
    reply->submit->n_consistency = 0;
    reply->submit->consistency = relay_consistency(request->submit->checkpoint_size, relay_size(),
                                                   &reply->submit->n_consistency);
    return true;
}

/* A side of the log that nobody else sees, with a signature of the log's key all the same. */
static bool
fork_log(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    struct fed_logged *first = &logged->list[2];

    if (request->call_case != DENREI__V1__REQUEST__CALL_SUBMIT)
        return true;
    Denrei__V1__SubmitResult *result = reply->submit->results[0];
    const struct span real = first->entry;
    first->entry = logged->list[3].entry;
    result->n_path = 0;
    path_of(result->leaf, 0, relay_size(), result->path, &result->n_path);
    reply->submit->checkpoint = note_at(relay_size());
    reply->submit->n_consistency = 0;
    reply->submit->consistency = relay_consistency(request->submit->checkpoint_size, relay_size(),
                                                   &reply->submit->n_consistency);
    first->entry = real;
    return true;
}

static bool
go_back(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    if (request->call_case == DENREI__V1__REQUEST__CALL_SUBMIT) {
        reply->submit->checkpoint = note_at(2);
        reply->submit->n_consistency = 0;
    }
    return true;
}

static bool
answer_twice(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    if (request->call_case == DENREI__V1__REQUEST__CALL_SUBMIT) {
        Denrei__V1__SubmitResult **two = need(arena_alloc(arena, 2 * sizeof *two));
        two[0] = two[1] = reply->submit->results[0];
        reply->submit->results = two;
        reply->submit->n_results = 2;
    }
    return true;
}

static const struct {
    const char *name;
    void (*alter)(struct envelope *envelope);
    bool (*twist)(const Denrei__V1__Request *request, Denrei__V1__Reply *reply);
    enum err err;
} RECEIPTS[] = {
    {"logged with a broken signature", alter_signature, NULL, ERR_SIGNATURE},
    {"logged with another's signature", sign_as_stranger, NULL, ERR_SIGNATURE},
    {"receipt of another message", NULL, show_other_message, ERR_CONFLICT},
    {"receipt at another leaf", NULL, move_receipt, ERR_PROOF},
    {"receipt in another history", NULL, fork_log, ERR_PROOF},
    {"receipt in a log that went back", NULL, go_back, ERR_PROOF},
    {"two answers to one message", NULL, answer_twice, ERR_FORMAT},
};

START_TEST(a_receipt_that_proves_nothing_leaves_the_message_waiting)
{
    relay.alter = RECEIPTS[_i].alter;
    relay.twist = RECEIPTS[_i].twist;
    const enum err err = carry();
    ck_assert_msg(err == RECEIPTS[_i].err, "%s: %s", RECEIPTS[_i].name, err_name(err));
    ck_assert_int_eq(stage(), STORE_WAITING);
    ck_assert(!problems_is_empty(&problems));
}
END_TEST

START_TEST(a_reason_of_any_number_is_told_and_only_those_for_now_keep_it_waiting)
{
    relay.twist = refuse_message;
    code = REFUSAL_RATE;
    ck_assert_int_eq(carry(), ERR_REFUSED);
    ck_assert_int_eq(stage(), STORE_WAITING);
    code = UINT32_MAX;
    ck_assert_int_eq(carry(), ERR_OK);
    ck_assert_int_eq(stage(), STORE_REFUSED);
}
END_TEST

/* ---- delivered */

static struct fed_member *speaker;
static struct delivery_receipt said;
static size_t said_count;

static void
count_said(void *context, const struct delivery_receipt *receipt)
{
    (void)context;
    (void)receipt;
    said_count++;
}

/* Show what `speaker` says, truly signed by its node. */
static bool
show_said(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    Denrei__V1__TrackItem *item = need(arena_alloc(arena, sizeof *item));
    Denrei__V1__AcknowledgeCall *call = NULL;
    struct signature signature = {.count = 1};

    if (request->call_case != DENREI__V1__REQUEST__CALL_TRACK)
        return true;
    fed_need(
        acknowledge_make(&fed->federation, &said, 1, speaker->credentials[1].signing, arena, &call),
        "receipt");
    fed_need(wire_get_sig(call->sig, &signature.sig), "sig");
    denrei__v1__track_item__init(item);
    item->receipt = call->receipts[0];
    item->leaf = relay_size() - 1;
    fed_need(signature_to_wire(&signature, arena, &item->signature), "signature");
    reply->track->items = need(arena_copy(arena, &item, sizeof item));
    reply->track->n_items = 1;
    return true;
}

static enum err
track(void)
{
    relay.twist = show_said;
    enum err err = carry_track(&desk, &ref.id, 1);
    said_count = 0;
    ck_assert_int_eq(store_each_said(desk.store, &ref.id, count_said, NULL), ERR_OK);
    return err;
}

static void
have_it_said_by(const char *member)
{
    ck_assert_int_eq(carry(), ERR_OK);
    speaker = fed_member(fed, member);
    said = fed_receipt(logged, speaker, &speaker->credentials[1], &ref,
                       DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
}

START_TEST(what_a_recipient_signed_of_the_message_is_kept)
{
    have_it_said_by("kr.moj");
    ck_assert_int_eq(track(), ERR_OK);
    ck_assert_uint_eq(said_count, 1);
}
END_TEST

START_TEST(what_was_signed_of_another_message_or_by_no_recipient_is_refused)
{
    have_it_said_by("kr.moj");
    said.message.hash.bytes[5] ^= 1;
    ck_assert_int_eq(track(), ERR_CONFLICT);
    said.message.hash = ref.hash;
    said.message.id.bytes[12] ^= 1;
    ck_assert_int_eq(track(), ERR_CONFLICT);
    said.message.id = ref.id;
    said.message.from = "kr.moj";
    ck_assert_int_eq(track(), ERR_CONFLICT);
    said.message.from = mofa->id;
    speaker = mofa; /* no recipient, though its receipt is well signed */
    said.member = mofa->id;
    said.credential = mofa->credentials[1].credential.hash;
    ck_assert_int_eq(track(), ERR_CONFLICT);
    ck_assert_uint_eq(said_count, 0);
}
END_TEST

/* ---- received */

static void
send_to_mofa(uint64_t number)
{
    static const char *const TO[] = {"jp.mofa"};
    struct fed_member *moj = fed_member(fed, "kr.moj");
    struct header header = fed_header(fed, moj, &moj->credentials[0], TO, 1, number);

    (void)fed_log_message(logged, &header, moj->credentials[0].signing, NULL);
}

static bool
hold_back(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    if (request->call_case == DENREI__V1__REQUEST__CALL_FETCH)
        reply->fetch->n_items = 0;
    return true;
}

static bool
alter_body(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    if (request->call_case == DENREI__V1__REQUEST__CALL_FETCH && reply->fetch->n_items > 0)
        reply->fetch->items[0]->body = flipped(reply->fetch->items[0]->body, 30);
    return true;
}

START_TEST(a_mailbox_that_is_held_back_or_altered_is_told_and_fetched_later)
{
    size_t count = 0;

    send_to_mofa(1);
    relay.twist = hold_back;
    ck_assert_int_eq(carry_fetch(&desk, &count), ERR_CONFLICT);
    relay.twist = alter_body;
    ck_assert_int_eq(carry_fetch(&desk, &count), ERR_COMMITMENT);
    ck_assert_uint_eq(count, 0);
    relay.twist = NULL;
    ck_assert_int_eq(carry_fetch(&desk, &count), ERR_OK);
    ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(a_relay_that_is_always_wrong_does_not_fill_the_disk)
{
    char path[64];
    size_t count = 0;

    send_to_mofa(1);
    relay.twist = hold_back;
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(carry_fetch(&desk, &count), ERR_CONFLICT);
    snprintf(path, sizeof path, "%s/evidence-fetch-16.bin", client_dir);
    ck_assert_int_eq(access(path, R_OK), 0);
    snprintf(path, sizeof path, "%s/evidence-fetch-17.bin", client_dir);
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

static bool
refuse_receipts(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    if (request->call_case == DENREI__V1__REQUEST__CALL_ACKNOWLEDGE)
        relay_refuse(reply, code, NULL);
    return true;
}

static size_t
count_due(void)
{
    struct store_due due[8];
    size_t count = 0;

    ck_assert_int_eq(store_each_due(desk.store, 8, desk.arena, due, &count), ERR_OK);
    return count;
}

START_TEST(receipts_wait_while_the_relay_takes_none_and_go_when_it_never_will)
{
    size_t count = 0;

    send_to_mofa(1);
    send_to_mofa(2);
    relay.twist = refuse_receipts;
    code = REFUSAL_CLOCK;
    ck_assert_int_eq(carry_fetch(&desk, &count), ERR_OK);
    ck_assert_uint_eq(count_due(), 2);
    code = REFUSAL_NOT_FOUND;
    ck_assert_int_eq(carry_due(&desk), ERR_OK);
    ck_assert_uint_eq(count_due(), 0);
    ck_assert(problems_is_empty(&problems));
}
END_TEST

/* ---- what a relay says */

static bool
say_escapes(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    if (request->call_case == DENREI__V1__REQUEST__CALL_FETCH)
        relay_refuse(reply, 4000000000U,
                     "\x1b[2J\x1b]0;owned\x07\nroot# \xe2\x80\xae"
                     "desrever");
    return true;
}

START_TEST(a_relays_sentence_sends_nothing_to_the_terminal_but_its_letters)
{
    char path[64], told[2048] = "";
    size_t count = 0;

    relay.twist = say_escapes;
    ck_assert_int_eq(carry_fetch(&desk, &count), ERR_REFUSED);
    snprintf(path, sizeof path, "%s/told", client_dir);
    ck_assert_ptr_nonnull(freopen(path, "w+", stderr));
    (void)report_error("denrei", ERR_REFUSED, &problems, false);
    rewind(stderr);
    ck_assert_uint_gt(fread(told, 1, sizeof told - 1, stderr), 0);
    ck_assert_ptr_nonnull(strstr(told, "owned"));
    ck_assert_ptr_null(strchr(told, '\x1b'));
    ck_assert_ptr_null(strchr(told, '\a'));
    ck_assert_ptr_null(strstr(told, "\nroot#"));
    ck_assert_ptr_null(strstr(told, "\xe2\x80\xae"));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("carry");
    TCase *tcase = tcase_create("carry");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_message_whose_receipt_proves_is_accepted);
    tcase_add_loop_test(tcase, a_receipt_that_proves_nothing_leaves_the_message_waiting, 0,
                        sizeof RECEIPTS / sizeof RECEIPTS[0]);
    tcase_add_test(tcase, a_reason_of_any_number_is_told_and_only_those_for_now_keep_it_waiting);
    tcase_add_test(tcase, what_a_recipient_signed_of_the_message_is_kept);
    tcase_add_test(tcase, what_was_signed_of_another_message_or_by_no_recipient_is_refused);
    tcase_add_test(tcase, a_mailbox_that_is_held_back_or_altered_is_told_and_fetched_later);
    tcase_add_test(tcase, a_relay_that_is_always_wrong_does_not_fill_the_disk);
    tcase_add_test(tcase, receipts_wait_while_the_relay_takes_none_and_go_when_it_never_will);
    tcase_add_test(tcase, a_relays_sentence_sends_nothing_to_the_terminal_but_its_letters);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
