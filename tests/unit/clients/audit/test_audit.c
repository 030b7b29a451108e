/*
 * Goal: the auditor finds a sound log sound, and names the leaf and the fault of every document,
 * genesis and time that the relay should not have written; one wrong entry does not make later
 * ones look wrong.
 * Method: a small log with real keys, directory, rosters and messages; then one deliberate change
 * for each fault.  Messages and receipts: test_audit_message.c.
 */
#include "replayed.h"

/* ---- sound logs */

START_TEST(a_log_with_every_kind_of_entry_is_sound)
{
    const char *missing[] = {"th.dsi"};
    struct message_ref update;
    struct log_entry refusal = {.type = DENREI__V1__LOG_ENTRY__EVENT_REFUSAL,
                                .refusal = {.code = REFUSAL_KIND_SEND,
                                            .member = "kr.moj",
                                            .message_id = first.id,
                                            .message_hash = first.hash}};
    struct log_entry access = {
        .type = DENREI__V1__LOG_ENTRY__EVENT_ACCESS,
        .access = {"jp.audit", fed_member(fed, "jp.audit")->credentials[0].credential.hash, 0, 5}};
    struct log_entry start = {.type = DENREI__V1__LOG_ENTRY__EVENT_RELAY_EVENT,
                              .relay_event = DENREI__V1__RELAY_EVENT_CODE__RELAY_EVENT_START};
    struct header header = following(2, DENREI__V1__ACTION__ACTION_UPDATE, &first);

    (void)add_message(&header, &update);
    header = following(3, DENREI__V1__ACTION__ACTION_WITHDRAW, &update);
    (void)add_message(&header, NULL);
    (void)add_erasure(&first, first_leaf, missing, 1, 0);
    header = fed_header(fed, moj, &moj->credentials[0], (const char *const[]){"jp.mofa"}, 1, 4);
    header.thread_id = new_header(1).thread_id;
    header.has_in_reply_to = true;
    header.in_reply_to = first;
    (void)fed_log_message(logged, &header, moj->credentials[0].signing, NULL);
    (void)fed_log_add(logged, &refusal);
    (void)fed_log_add(logged, &access);
    (void)fed_log_add(logged, &start);
    (void)want(NOWHERE, AUDIT_SOUND);
}
END_TEST

START_TEST(a_batch_of_messages_under_one_signature_is_sound)
{
    struct header headers[64];

    for (size_t i = 0; i < 64; i++)
        headers[i] = new_header(100 + i);
    (void)fed_log_batch(logged, headers, 64, sender->signing, NULL);
    (void)want(NOWHERE, AUDIT_SOUND);
}
END_TEST

START_TEST(the_tree_is_that_of_all_entries)
{
    struct audit *audit = NULL;
    struct merkle tree;
    struct audit_outcome outcome;

    merkle_init(&tree);
    ck_assert_int_eq(audit_new(fed->directory, &audit), ERR_OK);
    for (size_t i = 0; i < logged->count; i++) {
        const struct audit_event event = {logged->list[i].entry, logged->list[i].document};
        struct hash leaf = merkle_leaf_hash(event.entry);
        ck_assert_int_eq(merkle_append(&tree, &leaf), ERR_OK);
        audit_step(audit, &event, &outcome);
        struct hash got = merkle_root(audit_tree(audit)), wanted = merkle_root(&tree);
        ck_assert_mem_eq(got.bytes, wanted.bytes, HASH_BYTES);
    }
    ck_assert_uint_eq(trust_newest_roster(audit_trust(audit), "kr.moj")->version, 1);
    audit_free(&audit);
}
END_TEST

START_TEST(a_message_that_only_a_new_roster_allows_is_sound_behind_it)
{
    struct fed_credential *late = fed_add_credential(fed, mofa, DENREI__V1__PURPOSE__PURPOSE_NODE);
    struct span roster = fed_issue(fed, mofa, NULL);

    (void)fed_log_document(logged, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, "jp.mofa", 2,
                           roster);
    struct header header = fed_header(fed, mofa, late, TO, 2, 2);
    (void)fed_log_message(logged, &header, late->signing, NULL);
    (void)want(NOWHERE, AUDIT_SOUND);
}
END_TEST

START_TEST(another_federations_root_file_is_no_root_of_this_log)
{
    struct fed *other = fed_usual(0);
    struct audit *audit = NULL;
    struct audit_outcome outcome;
    const struct audit_event event = {logged->list[0].entry, {NULL, 0}};

    ck_assert_int_eq(audit_new(other->directory, &audit), ERR_OK);
    audit_step(audit, &event, &outcome);
    ck_assert_int_eq(outcome.fault, AUDIT_GENESIS);
    audit_free(&audit);
    fed_free(&other);
}
END_TEST

START_TEST(a_root_file_that_does_not_verify_makes_no_auditor)
{
    struct audit *audit = (struct audit *)&audit;
    uint8_t *bytes = malloc(fed->directory.len);

    memcpy(bytes, fed->directory.data, fed->directory.len);
    bytes[fed->directory.len - 1] ^= 1; /* of the root's signature */
    ck_assert_int_eq(audit_new((struct span){bytes, fed->directory.len}, &audit), ERR_SIGNATURE);
    ck_assert_ptr_null(audit);
    ck_assert_int_eq(audit_new((struct span){bytes, 7}, &audit), ERR_FORMAT);
    ck_assert_ptr_null(audit);
    free(bytes);
}
END_TEST

/* ---- AUDIT_MALFORMED, AUDIT_TIME, AUDIT_GENESIS */

START_TEST(an_entry_that_does_not_decode_is_named)
{
    struct log_entry start = {.type = DENREI__V1__LOG_ENTRY__EVENT_RELAY_EVENT,
                              .relay_event = DENREI__V1__RELAY_EVENT_CODE__RELAY_EVENT_START};
    uint64_t leaf = fed_log_add(logged, &start);

    logged->list[leaf].entry.len--;
    add_honest();
    (void)want(leaf, AUDIT_MALFORMED);
}
END_TEST

START_TEST(a_header_that_does_not_decode_is_named)
{
    static const uint8_t TEXT[] = "no header";
    struct slot slot = {DENREI__V1__LANE__LANE_REST, 1};
    struct log_entry entry = {
        .type = DENREI__V1__LOG_ENTRY__EVENT_MESSAGE,
        .message = {{TEXT, sizeof TEXT}, {TEXT, sizeof TEXT}, {.count = 1}, &slot, 1}};

    uint64_t leaf = fed_log_add(logged, &entry);
    add_honest();
    (void)want(leaf, AUDIT_MALFORMED);
}
END_TEST

START_TEST(a_time_before_the_last_one_is_named_once)
{
    struct log_entry start = {.type = DENREI__V1__LOG_ENTRY__EVENT_RELAY_EVENT,
                              .relay_event = DENREI__V1__RELAY_EVENT_CODE__RELAY_EVENT_START,
                              .time_ms = FED_NOW_MS};
    uint64_t leaf = fed_log_add(logged, &start);

    add_honest();
    (void)want(leaf, AUDIT_TIME);
}
END_TEST

START_TEST(a_second_genesis_is_named)
{
    struct log_entry genesis = {.type = DENREI__V1__LOG_ENTRY__EVENT_GENESIS,
                                .genesis = {fed->federation, FED_ORIGIN}};
    uint64_t leaf = fed_log_add(logged, &genesis);

    add_honest();
    (void)want(leaf, AUDIT_GENESIS);
}
END_TEST

START_TEST(a_log_that_begins_with_anything_else_is_named)
{
    struct audit *audit = NULL;
    struct audit_outcome outcome;
    const struct audit_event event = {logged->list[1].entry, logged->list[1].document};

    ck_assert_int_eq(audit_new(fed->directory, &audit), ERR_OK);
    audit_step(audit, &event, &outcome);
    ck_assert_int_eq(outcome.fault, AUDIT_GENESIS);
    audit_free(&audit);
}
END_TEST

START_TEST(a_genesis_of_another_origin_is_named)
{
    struct audit *audit = NULL;
    struct audit_outcome outcome;
    struct log_entry genesis = {.type = DENREI__V1__LOG_ENTRY__EVENT_GENESIS,
                                .genesis = {fed->federation, "denrei.example/other"}};
    uint64_t leaf = fed_log_add(logged, &genesis);
    const struct audit_event event = {logged->list[leaf].entry, {NULL, 0}};

    ck_assert_int_eq(audit_new(fed->directory, &audit), ERR_OK);
    audit_step(audit, &event, &outcome);
    ck_assert_int_eq(outcome.fault, AUDIT_GENESIS);
    audit_free(&audit);
}
END_TEST

/* ---- AUDIT_DOCUMENT */

START_TEST(a_document_that_is_missing_or_altered_is_named)
{
    uint64_t leaf = add_roster("jp.mofa", 2, fed_issue(fed, mofa, NULL));
    struct span *document = &logged->list[leaf].document;

    if (_i == 0) {
        free((void *)(uintptr_t)document->data);
        *document = (struct span){(const uint8_t *)calloc(1, 1), 0};
    } else {
        ((uint8_t *)(uintptr_t)document->data)[document->len / 2] ^= 1;
    }
    (void)want(leaf, AUDIT_DOCUMENT);
}
END_TEST

START_TEST(a_good_document_that_is_not_the_one_logged_is_named)
{
    struct span logged_one = fed_issue_by(fed, mofa, mofa->authority);
    struct span good = fed_issue_by(fed, mofa, mofa->authority); /* sealed anew: other bytes */
    uint64_t leaf = add_roster("jp.mofa", 2, logged_one);

    struct span *document = &logged->list[leaf].document;
    void *wider = realloc((void *)(uintptr_t)document->data, good.len);
    ck_assert_ptr_nonnull(wider);
    document->data = memcpy(wider, good.data, good.len);
    document->len = good.len;
    (void)want(leaf, AUDIT_DOCUMENT);
}
END_TEST

START_TEST(a_roster_by_another_members_authority_is_named)
{
    uint64_t leaf = add_roster("jp.mofa", 2, fed_issue_by(fed, mofa, moj->authority));

    add_honest();
    (void)want(leaf, AUDIT_DOCUMENT);
}
END_TEST

START_TEST(a_roster_that_skips_a_version_is_named)
{
    (void)fed_issue(fed, mofa, NULL);
    uint64_t leaf = add_roster("jp.mofa", 3, fed_issue(fed, mofa, NULL));

    (void)want(leaf, AUDIT_DOCUMENT);
}
END_TEST

START_TEST(an_entry_that_misnames_its_document_is_named)
{
    static const struct {
        const char *member;
        uint64_t version;
    } rows[] = {{"kr.moj", 2}, {"kr.moj", 1}, {"jp.mofa", 3}, {"jp.npa", 2}};
    uint64_t leaf = add_roster(rows[_i].member, rows[_i].version, fed_issue(fed, mofa, NULL));

    (void)want(leaf, AUDIT_DOCUMENT);
}
END_TEST

START_TEST(a_gap_in_the_documents_numbers_is_named_once)
{
    logged->documents++;
    uint64_t leaf = add_roster("jp.mofa", 2, fed_issue(fed, mofa, NULL));

    (void)add_roster("kr.moj", 2, fed_issue(fed, moj, NULL));
    (void)want(leaf, AUDIT_DOCUMENT);
}
END_TEST

START_TEST(every_fault_has_its_text)
{
    for (int i = 0; i < AUDIT_FAULT_COUNT; i++)
        ck_assert_uint_gt(strlen(audit_fault_text((enum audit_fault)i)), 0);
}
END_TEST

static TCase *
sound_case(void)
{
    TCase *tcase = tcase_create("sound");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_log_with_every_kind_of_entry_is_sound);
    tcase_add_test(tcase, a_batch_of_messages_under_one_signature_is_sound);
    tcase_add_test(tcase, the_tree_is_that_of_all_entries);
    tcase_add_test(tcase, a_message_that_only_a_new_roster_allows_is_sound_behind_it);
    tcase_add_test(tcase, every_fault_has_its_text);
    return tcase;
}

static TCase *
frame_case(void)
{
    TCase *tcase = tcase_create("genesis, time, documents");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, another_federations_root_file_is_no_root_of_this_log);
    tcase_add_test(tcase, a_root_file_that_does_not_verify_makes_no_auditor);
    tcase_add_test(tcase, an_entry_that_does_not_decode_is_named);
    tcase_add_test(tcase, a_header_that_does_not_decode_is_named);
    tcase_add_test(tcase, a_time_before_the_last_one_is_named_once);
    tcase_add_test(tcase, a_second_genesis_is_named);
    tcase_add_test(tcase, a_log_that_begins_with_anything_else_is_named);
    tcase_add_test(tcase, a_genesis_of_another_origin_is_named);
    tcase_add_loop_test(tcase, a_document_that_is_missing_or_altered_is_named, 0, 2);
    tcase_add_test(tcase, a_good_document_that_is_not_the_one_logged_is_named);
    tcase_add_test(tcase, a_roster_by_another_members_authority_is_named);
    tcase_add_test(tcase, a_roster_that_skips_a_version_is_named);
    tcase_add_loop_test(tcase, an_entry_that_misnames_its_document_is_named, 0, 4);
    tcase_add_test(tcase, a_gap_in_the_documents_numbers_is_named_once);
    return tcase;
}

int
main(void)
{
    Suite *suite = suite_create("audit");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, sound_case());
    suite_add_tcase(suite, frame_case());
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
