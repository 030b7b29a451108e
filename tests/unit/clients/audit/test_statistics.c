/*
 * Goal: what a replay shows is counted by month, member and kind; a hit is answered by its
 * recipient alone, in time or late, and unanswered only once its deadline has passed. Method:
 * outcomes made by hand, as the auditor gives them.
 */
#include "clients/audit/statistics.h"
#include "proto/limits.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MARCH_MS UINT64_C(1709812800000) /* 2024-03-07T12:00:00Z */

static struct statistics *statistics;
static struct trust *no_trust;
static const char *to[2];

static void
setup(void)
{
    ck_assert_int_eq(statistics_new(&statistics), ERR_OK);
}

static void
teardown(void)
{
    statistics_free(&statistics);
    statistics_free(&statistics);
}

static struct audit_outcome
message(const char *from, const char *recipient, Denrei__V1__Kind kind, uint64_t time_ms,
        uint8_t hash)
{
    struct audit_outcome outcome = {.is_decoded = true,
                                    .has_header = true,
                                    .subject = "",
                                    .trust = no_trust,
                                    .message_hash = {{hash}}};

    to[0] = recipient;
    outcome.entry.type = DENREI__V1__LOG_ENTRY__EVENT_MESSAGE;
    outcome.entry.time_ms = time_ms;
    outcome.header = (struct header){.kind = kind,
                                     .action = DENREI__V1__ACTION__ACTION_NEW,
                                     .from = from,
                                     .to = to,
                                     .to_count = 1,
                                     .group = "",
                                     .legal_basis = ""};
    return outcome;
}

static void
take(const struct audit_outcome *outcome)
{
    ck_assert_int_eq(statistics_take(statistics, outcome), ERR_OK);
}

static const struct statistics_row *
row(size_t index)
{
    ck_assert_uint_lt(index, statistics_count(statistics));
    return statistics_at(statistics, index);
}

START_TEST(messages_are_counted_by_month_member_and_kind)
{
    struct audit_outcome outcome =
        message("jp.mofa", "kr.moj", DENREI__V1__KIND__KIND_LOST_PASSPORT, MARCH_MS, 1);

    take(&outcome);
    take(&outcome);
    outcome.header.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    take(&outcome);
    outcome.header.action = DENREI__V1__ACTION__ACTION_UPDATE;
    outcome.entry.time_ms -= 30 * DAY_MS;
    take(&outcome);
    outcome.fault = AUDIT_SIGNATURE; /* what is wrong is not counted */
    take(&outcome);
    ck_assert_uint_eq(statistics_count(statistics), 4);
    ck_assert_str_eq(row(0)->month, "2024-02");
    ck_assert(row(0)->updates == 1 && row(0)->sent == 0);
    ck_assert_str_eq(row(2)->month, "2024-03");
    ck_assert_str_eq(row(2)->member, "jp.mofa");
    ck_assert(row(2)->sent == 2 && row(2)->withdrawals == 1 && row(2)->received == 0);
    ck_assert_str_eq(row(3)->member, "kr.moj");
    ck_assert(row(3)->sent == 0 && row(3)->received == 3);
}
END_TEST

START_TEST(refusals_are_counted_with_those_that_have_no_entry)
{
    struct audit_outcome outcome = {.is_decoded = true, .subject = ""};

    outcome.entry.type = DENREI__V1__LOG_ENTRY__EVENT_REFUSAL;
    outcome.entry.time_ms = MARCH_MS;
    outcome.entry.refusal.member = "jp.npa";
    outcome.entry.refusal.more = 4;
    take(&outcome);
    ck_assert_uint_eq(row(0)->refused, 5);
    ck_assert_int_eq(row(0)->kind, DENREI__V1__KIND__KIND_UNSPECIFIED);
}
END_TEST

/* hit_answer_ms with no basis does not look at the directory, so that none is needed. */
static void
report(uint64_t time_ms, uint8_t hash)
{
    struct audit_outcome outcome =
        message("kr.moj", "jp.mofa", DENREI__V1__KIND__KIND_SCREENING_HIT, time_ms, hash);

    take(&outcome);
}

static void
reply(const char *from, uint64_t time_ms, uint8_t hash, uint8_t to_hash)
{
    struct audit_outcome outcome =
        message(from, "xx.other", DENREI__V1__KIND__KIND_SCREENING_HIT, time_ms, hash);

    outcome.header.has_in_reply_to = true;
    outcome.header.in_reply_to = (struct message_ref){.from = "", .hash = {{to_hash}}};
    take(&outcome);
}

START_TEST(hits_are_answered_in_time_late_or_not_at_all)
{
    const struct statistics_hits *hits = NULL;
    size_t count = 0;

    report(MARCH_MS, 1);
    report(MARCH_MS, 2);
    report(MARCH_MS, 3);
    report(MARCH_MS, 4);
    reply("jp.mofa", MARCH_MS + HIT_ANSWER_MS, 11, 1);
    reply("kr.moj", MARCH_MS + 1, 12, 2);   /* what was done since, no answer */
    reply("jp.mofa", MARCH_MS + 2, 13, 12); /* the answer to that is one */
    reply("kr.moj", MARCH_MS + 1, 14, 4);   /* nobody but the owner answers */
    ck_assert_int_eq(statistics_sum_hits(statistics, &hits, &count), ERR_OK);
    ck_assert(count == 1 && hits[0].reported == 4 && hits[0].in_time == 2 && hits[0].open == 2);
    reply("jp.mofa", MARCH_MS + HIT_ANSWER_MS + 1, 15, 3);
    ck_assert_int_eq(statistics_sum_hits(statistics, &hits, &count), ERR_OK);
    ck_assert_str_eq(hits[0].owner, "jp.mofa");
    ck_assert(hits[0].late == 1 && hits[0].unanswered == 1 && hits[0].open == 0);
}
END_TEST

START_TEST(many_hits_are_told_apart)
{
    const struct statistics_hits *hits = NULL;
    size_t count = 0;

    for (unsigned i = 0; i < 3000; i++) {
        struct audit_outcome outcome =
            message("kr.moj", "jp.mofa", DENREI__V1__KIND__KIND_SCREENING_HIT, MARCH_MS, 0);
        memcpy(outcome.message_hash.bytes, &i, sizeof i);
        outcome.message_hash.bytes[31] = 1;
        take(&outcome);
    }
    ck_assert_int_eq(statistics_sum_hits(statistics, &hits, &count), ERR_OK);
    ck_assert(count == 1 && hits[0].reported == 3000 && hits[0].open == 3000);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("statistics");
    TCase *tcase = tcase_create("statistics");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, messages_are_counted_by_month_member_and_kind);
    tcase_add_test(tcase, refusals_are_counted_with_those_that_have_no_entry);
    tcase_add_test(tcase, hits_are_answered_in_time_late_or_not_at_all);
    tcase_add_test(tcase, many_hits_are_told_apart);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
