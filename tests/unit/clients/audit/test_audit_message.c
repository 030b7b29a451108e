/*
 * Goal: the auditor names the leaf and the fault of every message, receipt, refusal, access and
 * erasure that the relay should not have written, and no later one for it.
 * Method: as in test_audit.c.
 */
#include "replayed.h"

/* ---- AUDIT_SIGNATURE */

START_TEST(a_message_signed_by_another_key_is_named)
{
    struct header header = new_header(2);
    uint64_t leaf = fed_log_message(logged, &header, moj->credentials[0].signing, NULL);

    add_honest();
    (void)want(leaf, AUDIT_SIGNATURE);
}
END_TEST

START_TEST(a_message_of_a_batch_that_was_altered_is_named)
{
    struct header headers[2] = {new_header(2), new_header(3)};
    uint64_t leaf = fed_log_batch(logged, headers, 2, sender->signing, NULL) + 1;
    struct arena *arena = NULL;
    struct log_entry entry;

    /* The first one's signature is known by then; the second one borrows it with its own path. */
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
    ck_assert_int_eq(entry_decode(logged->list[leaf].entry, arena, &entry), ERR_OK);
    uint8_t *seal = arena_copy(arena, entry.message.seal.data, entry.message.seal.len);
    seal[10] ^= 1; /* of the body's hash */
    entry.message.seal.data = seal;
    fed_log_drop(logged);
    ck_assert_uint_eq(fed_log_add(logged, &entry), leaf);
    arena_free(&arena);
    add_honest();
    (void)want(leaf, AUDIT_SIGNATURE);
}
END_TEST

START_TEST(receipts_that_their_credential_did_not_sign_are_named)
{
    struct fed_credential forged = moj->credentials[1];
    struct delivery_receipt receipt =
        fed_receipt(logged, moj, &forged, &first, DENREI__V1__DELIVERY_STATUS__DELIVERY_APPLIED);

    forged.signing = dsi->credentials[1].signing;
    uint64_t leaf = fed_log_receipts(logged, moj, &forged, &receipt, 1);
    add_honest();
    (void)want(leaf, AUDIT_SIGNATURE);
}
END_TEST

/* ---- AUDIT_AUTHORITY */

START_TEST(a_message_by_a_credential_that_is_not_in_force_is_named)
{
    struct fed_credential *unknown =
        fed_add_credential(fed, mofa, DENREI__V1__PURPOSE__PURPOSE_OFFICER);
    struct header header = fed_header(fed, mofa, unknown, TO, 2, 2);
    uint64_t leaf = fed_log_message(logged, &header, unknown->signing, NULL);

    add_honest();
    ck_assert_int_eq(want(leaf, AUDIT_AUTHORITY), REFUSAL_CREDENTIAL);
}
END_TEST

START_TEST(a_message_after_its_credentials_revocation_is_named)
{
    struct header header = new_header(2);
    uint64_t leaf = 0;

    (void)add_roster("jp.mofa", 2, fed_issue(fed, mofa, "c0"));
    header.roster_version = 2;
    leaf = add_message(&header, NULL);
    ck_assert_int_eq(want(leaf, AUDIT_AUTHORITY), REFUSAL_CREDENTIAL);
}
END_TEST

START_TEST(a_message_against_a_rule_of_the_policy_is_named_with_the_rule)
{
    struct header header = new_header(2);
    static const enum refusal rows[] = {REFUSAL_STALE,     REFUSAL_STALE, REFUSAL_LEGAL_BASIS,
                                        REFUSAL_KIND_SEND, REFUSAL_TIMES, REFUSAL_GROUP,
                                        REFUSAL_SENDER};

    if (_i == 0)
        header.directory_version = 2;
    if (_i == 1)
        header.roster_version = 2;
    if (_i == 2)
        header.kind = DENREI__V1__KIND__KIND_MLA; /* without a legal basis */
    if (_i == 3)
        header.kind = DENREI__V1__KIND__KIND_SUSPECT_ALERT;
    if (_i == 4)
        header.expires_at_ms = header.created_at_ms + 20 * YEAR_MS;
    if (_i == 5)
        header.group = "@sltd";
    if (_i == 6)
        header.from = "th.dsi"; /* signed by jp.mofa's officer */
    uint64_t leaf = add_message(&header, NULL);
    add_honest();
    ck_assert_int_eq(want(leaf, AUDIT_AUTHORITY), rows[_i]);
}
END_TEST

START_TEST(receipts_and_accesses_by_the_wrong_purpose_are_named)
{
    const struct fed_member *audit = fed_member(fed, "jp.audit");
    const struct fed_credential *auditor = &audit->credentials[0];
    uint64_t leaf = 0;

    if (_i == 0) { /* an auditor receives nothing */
        struct delivery_receipt receipt = fed_receipt(
            logged, audit, auditor, &first, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
        leaf = fed_log_receipts(logged, audit, auditor, &receipt, 1);
        ck_assert_int_eq(want(leaf, AUDIT_AUTHORITY), REFUSAL_CREDENTIAL);
        return;
    }
    struct log_entry access = {.type = DENREI__V1__LOG_ENTRY__EVENT_ACCESS,
                               .access = {"jp.mofa", sender->credential.hash, 0, 5}};
    if (_i == 2)
        access.access.credential = auditor->credential.hash; /* of another member */
    leaf = fed_log_add(logged, &access);
    ck_assert_int_eq(want(leaf, AUDIT_AUTHORITY), REFUSAL_NOT_ALLOWED);
}
END_TEST

/* ---- AUDIT_REPEAT */

START_TEST(the_same_message_twice_is_named)
{
    struct header header = new_header(1);
    uint64_t leaf = add_message(&header, NULL);

    add_honest();
    (void)want(leaf, AUDIT_REPEAT);
}
END_TEST

START_TEST(receipts_that_bring_nothing_but_delivered_again_are_named)
{
    uint64_t leaf = add_receipt(moj, &first, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);

    (void)add_receipt(moj, &first, DENREI__V1__DELIVERY_STATUS__DELIVERY_APPLIED);
    (void)add_receipt(dsi, &first, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
    (void)want(leaf, AUDIT_REPEAT);
}
END_TEST

START_TEST(a_second_delivered_beside_something_new_is_sound)
{
    const struct fed_credential *officer = &moj->credentials[0];
    const struct delivery_receipt receipts[] = {
        fed_receipt(logged, moj, officer, &first, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED),
        fed_receipt(logged, moj, officer, &first, DENREI__V1__DELIVERY_STATUS__DELIVERY_READ),
    };

    (void)fed_log_receipts(logged, moj, officer, receipts, 2);
    (void)want(NOWHERE, AUDIT_SOUND);
}
END_TEST

/* ---- AUDIT_SLOT */

START_TEST(a_mailbox_number_that_is_left_out_or_repeated_is_named_once)
{
    struct header header = new_header(2);
    size_t member = (size_t)(dsi - fed->members);

    if (_i == 0)
        logged->last[member][1]++;
    else
        logged->last[member][1]--;
    uint64_t leaf = add_message(&header, NULL);
    add_honest();
    (void)want(leaf, AUDIT_SLOT);
}
END_TEST

START_TEST(the_wrong_lane_or_too_few_numbers_are_named)
{
    struct header header = new_header(2);
    uint64_t leaf = add_message(&header, NULL);
    struct arena *arena = NULL;
    struct log_entry entry;
    struct slot slots[2];

    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
    ck_assert_int_eq(entry_decode(logged->list[leaf].entry, arena, &entry), ERR_OK);
    memcpy(slots, entry.message.slots, sizeof slots);
    slots[0].lane = DENREI__V1__LANE__LANE_FLASH;
    slots[0].number = 1;
    entry.message.slots = _i == 0 ? slots : slots + 1;
    entry.message.slots_count = _i == 0 ? 2 : 1;
    fed_log_drop(logged);
    (void)fed_log_add(logged, &entry);
    arena_free(&arena);
    (void)want(leaf, AUDIT_SLOT);
}
END_TEST

/* ---- AUDIT_REFERENCE */

START_TEST(an_update_must_follow_the_latest_version_of_its_own_message)
{
    struct message_ref older = first;
    struct header header = following(2, DENREI__V1__ACTION__ACTION_UPDATE, &first);

    if (_i == 0)
        header.supersedes.id.bytes[15] ^= 1; /* unknown */
    if (_i == 1)
        header.supersedes.hash.bytes[0] ^= 1; /* of other bytes */
    if (_i == 2) {                            /* superseded already */
        (void)add_message(&header, &older);
        header = following(3, DENREI__V1__ACTION__ACTION_UPDATE, &first);
    }
    if (_i == 3) { /* kr.moj would never hear of it */
        static const char *const FEWER[] = {"th.dsi"};
        struct header fewer = fed_header(fed, mofa, sender, FEWER, 1, 2);
        fewer.action = header.action;
        fewer.has_supersedes = true;
        fewer.supersedes = first;
        header = fewer;
    }
    if (_i == 4) { /* an MLA has one recipient, and so has what it claims to follow on */
        static const char *const ONE[] = {"kr.moj"};
        struct header alone = fed_header(fed, mofa, sender, ONE, 1, 3);
        (void)add_message(&alone, &older);
        alone = fed_header(fed, mofa, sender, ONE, 1, 2);
        alone.action = header.action;
        alone.has_supersedes = true;
        alone.supersedes = older;
        header = alone;
        header.kind = DENREI__V1__KIND__KIND_MLA;
        header.legal_basis = "treaty";
    }
    if (_i == 5) { /* what was withdrawn is over */
        older = first;
        header = following(2, DENREI__V1__ACTION__ACTION_WITHDRAW, &first);
        (void)add_message(&header, &older);
        header = following(3, DENREI__V1__ACTION__ACTION_UPDATE, &older);
    }
    uint64_t leaf = add_message(&header, NULL);
    add_honest();
    (void)want(leaf, AUDIT_REFERENCE);
}
END_TEST

/* A reply by kr.moj to what jp.mofa told it and th.dsi, in its thread. */
static struct header
reply_of(const struct fed_member *member)
{
    static const char *const BACK[] = {"jp.mofa"};
    struct header header = fed_header(fed, member, &member->credentials[0], BACK, 1, 2);

    header.thread_id = new_header(1).thread_id;
    header.has_in_reply_to = true;
    header.in_reply_to = first;
    return header;
}

START_TEST(a_reply_to_nothing_or_in_another_thread_is_named)
{
    struct header header = reply_of(moj);

    if (_i == 0)
        header.in_reply_to.hash.bytes[0] ^= 1;
    if (_i == 1)
        header.thread_id.bytes[0] ^= 1;
    uint64_t leaf = fed_log_message(logged, &header, moj->credentials[0].signing, NULL);
    if (_i == 2)
        (void)want(NOWHERE, AUDIT_SOUND);
    else
        (void)want(leaf, AUDIT_REFERENCE);
}
END_TEST

START_TEST(a_reply_to_what_its_sender_never_had_is_named)
{
    static const char *const ALONE[] = {"th.dsi"};
    struct header header = fed_header(fed, mofa, sender, ALONE, 1, 3);

    (void)add_message(&header, &first);
    struct header reply = reply_of(moj); /* of whom it was kept */
    reply.thread_id = header.thread_id;
    uint64_t leaf = fed_log_message(logged, &reply, moj->credentials[0].signing, NULL);
    (void)want(leaf, AUDIT_REFERENCE);
}
END_TEST

START_TEST(receipts_for_what_one_never_got_are_named)
{
    const struct fed_credential *node = &moj->credentials[1];
    struct delivery_receipt receipt =
        fed_receipt(logged, moj, node, &first, DENREI__V1__DELIVERY_STATUS__DELIVERY_APPLIED);
    const struct fed_member *member = moj;

    if (_i == 0)
        receipt.message.hash.bytes[0] ^= 1; /* no such message */
    if (_i == 1) {                          /* not addressed to it */
        member = mofa;
        node = &mofa->credentials[1];
        receipt = fed_receipt(logged, member, node, &first, receipt.status);
    }
    if (_i == 2)
        receipt.member = "th.dsi"; /* speaks for another member */
    if (_i == 3)
        receipt.credential = moj->credentials[0].credential.hash; /* for another credential */
    uint64_t leaf = fed_log_receipts(logged, member, node, &receipt, 1);
    add_honest();
    (void)want(leaf, AUDIT_REFERENCE);
}
END_TEST

START_TEST(a_refusal_of_nobody_is_named)
{
    struct log_entry refusal = {.type = DENREI__V1__LOG_ENTRY__EVENT_REFUSAL,
                                .refusal = {.code = REFUSAL_KIND_SEND,
                                            .member = "xx.nobody",
                                            .message_id = first.id,
                                            .message_hash = first.hash}};

    (void)want(fed_log_add(logged, &refusal), AUDIT_REFERENCE);
}
END_TEST

START_TEST(an_access_to_what_was_not_yet_written_is_named)
{
    struct log_entry access = {
        .type = DENREI__V1__LOG_ENTRY__EVENT_ACCESS,
        .access = {"jp.audit", fed_member(fed, "jp.audit")->credentials[0].credential.hash, 0,
                   logged->count + 1}};

    (void)want(fed_log_add(logged, &access), AUDIT_REFERENCE);
}
END_TEST

START_TEST(an_erasure_before_its_time_or_of_the_wrong_thing_is_named)
{
    const char *missing[] = {"jp.mofa", "th.dsi"};
    uint64_t late_ms = fed->now_ms + 2 * DAY_MS;
    struct message_ref message = first;
    uint64_t leaf = 0;

    if (_i == 0) /* still to be delivered */
        leaf = add_erasure(&message, first_leaf, missing + 1, 1, 0);
    if (_i == 1)
        leaf = add_erasure(&message, first_leaf + 1, missing + 1, 1, late_ms);
    if (_i == 2) { /* twice */
        (void)add_erasure(&message, first_leaf, missing + 1, 1, late_ms);
        leaf = add_erasure(&message, first_leaf, missing + 1, 1, late_ms);
    }
    if (_i == 3) /* th.dsi never acknowledged, which is kept quiet */
        leaf = add_erasure(&message, first_leaf, NULL, 0, late_ms);
    if (_i == 4) /* kr.moj is said not to have acknowledged, but did */
        leaf = add_erasure(&message, first_leaf, (const char *[]){"kr.moj", "th.dsi"}, 2, late_ms);
    if (_i == 5) /* somebody else is named */
        leaf = add_erasure(&message, first_leaf, missing, 2, late_ms);
    if (_i == 6) {
        message.hash.bytes[0] ^= 1;
        leaf = add_erasure(&message, first_leaf, missing + 1, 1, late_ms);
    }
    (void)want(leaf, AUDIT_REFERENCE);
}
END_TEST

START_TEST(an_erasure_before_its_time_is_sound_for_what_was_withdrawn_and_for_nothing_else)
{
    const char *missing[] = {"th.dsi"};
    struct message_ref update = first;
    struct header header = following(2, DENREI__V1__ACTION__ACTION_UPDATE, &first);

    (void)add_message(&header, &update);
    if (_i == 0) { /* replaced, but what it said is still to be delivered */
        (void)want(add_erasure(&first, first_leaf, missing, 1, 0), AUDIT_REFERENCE);
        return;
    }
    header = following(3, DENREI__V1__ACTION__ACTION_WITHDRAW, &update);
    (void)add_message(&header, NULL);
    (void)add_erasure(&first, first_leaf, missing, 1, 0); /* with all that it had replaced */
    (void)want(NOWHERE, AUDIT_SOUND);
}
END_TEST

START_TEST(an_erasure_at_its_time_that_names_the_silent_is_sound)
{
    const char *missing[] = {"th.dsi"};

    (void)add_erasure(&first, first_leaf, missing, 1, fed->now_ms + DAY_MS);
    (void)want(NOWHERE, AUDIT_SOUND);
}
END_TEST

static TCase *
message_case(void)
{
    TCase *tcase = tcase_create("messages and receipts");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_message_signed_by_another_key_is_named);
    tcase_add_test(tcase, a_message_of_a_batch_that_was_altered_is_named);
    tcase_add_test(tcase, receipts_that_their_credential_did_not_sign_are_named);
    tcase_add_test(tcase, a_message_by_a_credential_that_is_not_in_force_is_named);
    tcase_add_test(tcase, a_message_after_its_credentials_revocation_is_named);
    tcase_add_loop_test(tcase, a_message_against_a_rule_of_the_policy_is_named_with_the_rule, 0, 7);
    tcase_add_loop_test(tcase, receipts_and_accesses_by_the_wrong_purpose_are_named, 0, 3);
    tcase_add_test(tcase, the_same_message_twice_is_named);
    tcase_add_test(tcase, receipts_that_bring_nothing_but_delivered_again_are_named);
    tcase_add_loop_test(tcase, a_mailbox_number_that_is_left_out_or_repeated_is_named_once, 0, 2);
    tcase_add_loop_test(tcase, the_wrong_lane_or_too_few_numbers_are_named, 0, 2);
    tcase_add_loop_test(tcase, an_update_must_follow_the_latest_version_of_its_own_message, 0, 6);
    tcase_add_loop_test(tcase, a_reply_to_nothing_or_in_another_thread_is_named, 0, 3);
    tcase_add_test(tcase, a_reply_to_what_its_sender_never_had_is_named);
    tcase_add_loop_test(
        tcase, an_erasure_before_its_time_is_sound_for_what_was_withdrawn_and_for_nothing_else, 0,
        2);
    tcase_add_loop_test(tcase, receipts_for_what_one_never_got_are_named, 0, 4);
    tcase_add_test(tcase, a_refusal_of_nobody_is_named);
    tcase_add_test(tcase, an_access_to_what_was_not_yet_written_is_named);
    tcase_add_loop_test(tcase, an_erasure_before_its_time_or_of_the_wrong_thing_is_named, 0, 7);
    tcase_add_test(tcase, a_second_delivered_beside_something_new_is_sound);
    tcase_add_test(tcase, an_erasure_at_its_time_that_names_the_silent_is_sound);
    return tcase;
}

int
main(void)
{
    Suite *suite = suite_create("audit_message");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, message_case());
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
