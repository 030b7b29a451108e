/*
 * Goal: an auditor who reads the log from the relay finds it sound only if it is what the relay
 * signed, whole, and of a time that the witnesses bear out.
 * Method: the real replay over sockets, against a relay that tells one lie (relay_case.h).
 */
#include "../relay_case.h"
#include "clients/audit/io/replay.h"

#include <unistd.h>

static struct replay_report report;

static void
setup(void)
{
    static const char *const TO[] = {"jp.mofa", "th.dsi"};

    relay_setup_for("jp.audit", 0);
    struct fed_member *moj = fed_member(fed, "kr.moj");
    for (uint64_t i = 1; i <= 3; i++) {
        const struct header header = fed_header(fed, moj, &moj->credentials[0], TO, 2, i);
        (void)fed_log_message(logged, &header, moj->credentials[0].signing, NULL);
    }
    relay.witnesses = FED_WITNESSES;
    ck_assert_int_eq(relay_connect(), ERR_OK);
}

static const char *member; /* asked about */

static enum err
replay(void)
{
    struct replay_options options = {.root_file = fed->directory, .member = member};

    report = (struct replay_report){.entries = 0};
    problems = (struct problems){0};
    enum err err = source_open_relay(client, 0, &problems, &options.source);
    if (err == ERR_OK)
        err = replay_run(&options, &report, &problems);
    source_close(&options.source);
    return err;
}

START_TEST(an_honest_relays_log_is_sound)
{
    ck_assert_int_eq(replay(), ERR_OK);
    ck_assert(replay_is_sound(&report));
    ck_assert_uint_eq(report.entries, logged->count);
    ck_assert_uint_eq(report.messages, 3);
    ck_assert_uint_gt(report.witnessed_ms, 0);
}
END_TEST

START_TEST(a_member_that_the_log_does_not_know_is_told_with_the_nearest)
{
    member = "kr.moj";
    ck_assert_int_eq(replay(), ERR_OK);
    ck_assert(!report.lacks_member);
    member = "kr.mooj";
    ck_assert_int_eq(replay(), ERR_OK);
    ck_assert(report.lacks_member);
    ck_assert_str_eq(report.nearest, "did you mean kr.moj?");
    member = NULL;
    ck_assert_int_eq(replay(), ERR_OK);
    ck_assert(!report.lacks_member);
}
END_TEST

START_TEST(an_entry_that_claims_a_time_after_the_witnesses_saw_it_is_not_sound)
{
    struct log_entry entry = {.type = DENREI__V1__LOG_ENTRY__EVENT_RELAY_EVENT,
                              .relay_event = DENREI__V1__RELAY_EVENT_CODE__RELAY_EVENT_START};

    logged->time_ms += 1000 - logged->time_ms % 1000; /* cosigned in whole seconds */
    entry.time_ms = logged->time_ms + CLOCK_SKEW_MS;
    (void)fed_log_add(logged, &entry);
    ck_assert_int_eq(replay(), ERR_OK);
    ck_assert(replay_is_sound(&report));
    entry.time_ms++;
    (void)fed_log_add(logged, &entry);
    ck_assert_int_eq(replay(), ERR_OK);
    ck_assert_uint_eq(report.faults, 0);
    ck_assert(!report.is_time_right);
    ck_assert(!replay_is_sound(&report));
    ck_assert_uint_eq(problems.count, 1);
}
END_TEST

/* ---- entries that are not those of the log */

static void (*change_entries)(Denrei__V1__EntriesReply *reply);

static bool
twist_entries(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    if (request->call_case == DENREI__V1__REQUEST__CALL_ENTRIES)
        change_entries(reply->entries);
    return true;
}

static void
swap_two(Denrei__V1__EntriesReply *reply)
{
    const size_t last = reply->n_entries - 1;
    const ProtobufCBinaryData entry = reply->entries[last];

    reply->entries[last] = reply->entries[last - 1];
    reply->entries[last - 1] = entry;
}

static void
leave_out_one(Denrei__V1__EntriesReply *reply)
{
    reply->entries[reply->n_entries - 2] = reply->entries[reply->n_entries - 1];
}

static void
alter_one(Denrei__V1__EntriesReply *reply)
{
    reply->entries[reply->n_entries - 1] = flipped(reply->entries[reply->n_entries - 1], 40);
}

START_TEST(entries_that_are_not_those_of_the_log_are_not_sound)
{
    static void (*const CHANGES[])(Denrei__V1__EntriesReply *) = {swap_two, leave_out_one,
                                                                  alter_one};

    change_entries = CHANGES[_i];
    relay.twist = twist_entries;
    ck_assert_int_eq(replay(), ERR_OK);
    ck_assert(!replay_is_sound(&report));
    ck_assert(!report.is_root_right);
}
END_TEST

static void
give_none(Denrei__V1__EntriesReply *reply)
{
    reply->n_entries = 0;
}

/* More than the checkpoint covers: they are of no interest, and do no harm. */
static void
give_more(Denrei__V1__EntriesReply *reply)
{
    ProtobufCBinaryData *more =
        need(arena_alloc(arena, 2 * reply->n_entries * sizeof reply->entries[0]));

    for (size_t i = 0; i < 2 * reply->n_entries; i++)
        more[i] = reply->entries[i % reply->n_entries];
    reply->entries = more;
    reply->n_entries *= 2;
}

START_TEST(a_relay_that_gives_none_is_told_and_one_that_gives_more_gains_nothing)
{
    relay.twist = twist_entries;
    change_entries = give_none;
    ck_assert_int_eq(replay(), ERR_FORMAT);
    ck_assert(!problems_is_empty(&problems));
    ck_assert_int_eq(relay_connect(), ERR_OK);
    change_entries = give_more;
    ck_assert_int_eq(replay(), ERR_OK);
    ck_assert(replay_is_sound(&report));
    ck_assert_uint_eq(report.entries, logged->count);
}
END_TEST

/* ---- documents and checkpoints */

static bool
give_no_documents(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    if (request->call_case == DENREI__V1__REQUEST__CALL_DOCUMENTS)
        reply->documents->n_items = 0;
    return true;
}

static bool
alter_document(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    if (request->call_case == DENREI__V1__REQUEST__CALL_DOCUMENTS)
        reply->documents->items[2]->document = flipped(reply->documents->items[2]->document, 60);
    return true;
}

START_TEST(documents_that_are_missing_or_altered_are_told)
{
    relay.twist = give_no_documents;
    ck_assert_int_eq(replay(), ERR_FORMAT);
    ck_assert_int_eq(relay_connect(), ERR_OK); /* has them all: asks for none */
    relay.twist = alter_document;
    ck_assert_int_eq(replay(), ERR_OK);
    ck_assert(!replay_is_sound(&report));
    ck_assert_uint_gt(report.faults, 0);
}
END_TEST

static bool
publish_a_fork(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    struct fed_logged *one = &logged->list[3];
    const struct span real = one->entry;

    if (request->call_case != DENREI__V1__REQUEST__CALL_CHECKPOINT)
        return true;
    one->entry = logged->list[2].entry;
    reply->checkpoint->published = reply->checkpoint->witnessed = note_at(relay_size());
    one->entry = real;
    return true;
}

START_TEST(two_histories_of_one_size_are_evidence)
{
    char path[96];

    relay.twist = publish_a_fork;
    ck_assert_int_eq(replay(), ERR_PROOF);
    snprintf(path, sizeof path, "%s/evidence-%zu.txt", client_dir, logged->count);
    ck_assert_int_eq(access(path, R_OK), 0);
    snprintf(path, sizeof path, "%s/evidence-%zu-seen.txt", client_dir, logged->count);
    ck_assert_int_eq(access(path, R_OK), 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("replay");
    TCase *tcase = tcase_create("replay");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, relay_teardown);
    tcase_add_test(tcase, an_honest_relays_log_is_sound);
    tcase_add_test(tcase, a_member_that_the_log_does_not_know_is_told_with_the_nearest);
    tcase_add_test(tcase, an_entry_that_claims_a_time_after_the_witnesses_saw_it_is_not_sound);
    tcase_add_loop_test(tcase, entries_that_are_not_those_of_the_log_are_not_sound, 0, 3);
    tcase_add_test(tcase, a_relay_that_gives_none_is_told_and_one_that_gives_more_gains_nothing);
    tcase_add_test(tcase, documents_that_are_missing_or_altered_are_told);
    tcase_add_test(tcase, two_histories_of_one_size_are_evidence);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
