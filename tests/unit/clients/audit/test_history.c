/*
 * Goal: the auditor's memory finds each message by sender and id, judges what refers to it, and
 * takes mailbox numbers in order; what does not fit changes nothing.
 * Method: single cases, then so many messages that the table grows several times.
 */
#include "clients/audit/history.h"
#include "tests/unit/proto/example.h"

#include <stdlib.h>

static struct history *history;

static void
setup(void)
{
    example_setup();
    ck_assert_int_eq(history_new(&history), ERR_OK);
}

static void
teardown(void)
{
    history_free(&history);
    ck_assert_ptr_null(history);
    history_free(&history);
    example_teardown();
}

static struct header
numbered(uint32_t number)
{
    struct header header = example_header();

    bytes_put_u32(header.id.bytes + 12, number);
    return header;
}

static struct history_message *
add(const struct header *header, uint8_t fill, uint64_t leaf)
{
    struct hash hash = example_hash(fill);

    ck_assert_int_eq(history_add(history, header, &hash, leaf), ERR_OK);
    return history_find(history, header->from, &header->id);
}

static uint16_t
party(const char *member)
{
    uint16_t number = 0;

    ck_assert_int_eq(history_party(history, member, &number), ERR_OK);
    return number;
}

START_TEST(a_message_is_found_by_sender_and_id_and_by_its_hash)
{
    struct header header = numbered(1);
    struct message_ref ref = {header.from, header.id, example_hash(7)};
    const struct history_message *message = add(&header, 7, 42);

    ck_assert_ptr_nonnull(message);
    ck_assert_uint_eq(message->leaf, 42);
    ck_assert_int_eq(message->kind, header.kind);
    ck_assert_uint_eq(message->keep_until_ms, header.deliver_until_ms);
    ck_assert_ptr_eq(history_find_ref(history, &ref), message);
    ref.hash = example_hash(8);
    ck_assert_ptr_null(history_find_ref(history, &ref));
    ck_assert_ptr_null(history_find(history, "jp.mofa", &header.id));
    header.id.bytes[15] ^= 1;
    ck_assert_ptr_null(history_find(history, header.from, &header.id));
}
END_TEST

START_TEST(a_body_may_go_at_the_earlier_of_delivery_and_expiry)
{
    struct header header = numbered(1);

    header.expires_at_ms = header.deliver_until_ms - 1;
    ck_assert_uint_eq(add(&header, 7, 42)->keep_until_ms, header.expires_at_ms);
}
END_TEST

START_TEST(the_same_message_again_is_refused_and_changes_nothing)
{
    struct header header = numbered(1);
    struct hash other = example_hash(8);

    (void)add(&header, 7, 42);
    ck_assert_int_eq(history_add(history, &header, &other, 43), ERR_EXISTS);
    const struct history_message *message = history_find(history, header.from, &header.id);
    ck_assert_uint_eq(message->leaf, 42);
    ck_assert_uint_eq(message->hash.bytes[0], 7);
}
END_TEST

START_TEST(many_messages_are_all_found_while_the_table_grows)
{
    enum { MANY = 5000 };

    for (uint32_t i = 0; i < MANY; i++) {
        struct header header = numbered(i);
        *history_deliveries(history, add(&header, (uint8_t)i, i), party("kr.police")) = (uint8_t)i;
    }
    for (uint32_t i = 0; i < MANY; i++) {
        struct header header = numbered(i);
        const struct history_message *message = history_find(history, header.from, &header.id);
        ck_assert_ptr_nonnull(message);
        ck_assert_uint_eq(message->leaf, i);
        ck_assert_uint_eq(message->hash.bytes[0], (uint8_t)i);
        ck_assert_uint_eq(*history_deliveries(history, message, party("kr.police")), (uint8_t)i);
        ck_assert_uint_eq(*history_deliveries(history, message, party("th.dsi")), 0);
    }
    struct header unknown = numbered(MANY);
    ck_assert_ptr_null(history_find(history, unknown.from, &unknown.id));
}
END_TEST

START_TEST(only_recipients_have_deliveries)
{
    struct header header = numbered(1);
    const struct history_message *message = add(&header, 7, 42);

    for (size_t i = 0; i < header.to_count; i++)
        ck_assert_ptr_nonnull(history_deliveries(history, message, party(header.to[i])));
    ck_assert_ptr_null(history_deliveries(history, message, party(header.from)));
    ck_assert_ptr_null(history_deliveries(history, message, party("us.doj")));
}
END_TEST

START_TEST(a_message_knows_its_recipients_in_their_order)
{
    struct header header = numbered(1);
    const struct history_message *message = add(&header, 7, 42);
    const char *got[RECIPIENTS_MAX];

    ck_assert_uint_eq(history_recipients(history, message, got), header.to_count);
    for (size_t i = 0; i < header.to_count; i++)
        ck_assert_str_eq(got[i], header.to[i]);
}
END_TEST

START_TEST(the_silent_are_exactly_those_without_a_receipt)
{
    static const char *const ALL[] = {"jp.mofa", "kr.police", "th.dsi", "us.doj"};
    static const char *const OTHERS[] = {"jp.mofa", "us.doj"};
    struct header header = numbered(1);
    const struct history_message *message = add(&header, 7, 42);

    ck_assert(history_is_unacknowledged(history, message, ALL, 3));
    ck_assert(!history_is_unacknowledged(history, message, ALL, 4));
    ck_assert(!history_is_unacknowledged(history, message, ALL, 2));
    *history_deliveries(history, message, party("kr.police")) = 2;
    ck_assert(!history_is_unacknowledged(history, message, ALL, 3));
    ck_assert(!history_is_unacknowledged(history, message, OTHERS, 2));
    ck_assert(
        history_is_unacknowledged(history, message, (const char *const[]){"jp.mofa", "th.dsi"}, 2));
    *history_deliveries(history, message, party("jp.mofa")) = 2;
    *history_deliveries(history, message, party("th.dsi")) = 2;
    ck_assert(history_is_unacknowledged(history, message, NULL, 0));
}
END_TEST

START_TEST(numbers_of_a_lane_come_without_a_gap_and_one_gap_is_one_error)
{
    static const struct {
        uint64_t number;
        enum err want;
    } rows[] = {{1, ERR_OK},    {2, ERR_OK}, {2, ERR_PROOF}, {1, ERR_PROOF},
                {5, ERR_PROOF}, {6, ERR_OK}, {0, ERR_PROOF}, {7, ERR_OK}};
    struct slot slot = {DENREI__V1__LANE__LANE_REST, 1};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        slot.number = rows[i].number;
        ck_assert_int_eq(history_take_slot(history, party("jp.mofa"), &slot), rows[i].want);
    }
    slot = (struct slot){DENREI__V1__LANE__LANE_FLASH, 1};
    ck_assert_int_eq(history_take_slot(history, party("jp.mofa"), &slot), ERR_OK);
    ck_assert_int_eq(history_take_slot(history, party("th.dsi"), &slot), ERR_OK);
}
END_TEST

START_TEST(more_members_than_there_is_room_for_are_refused)
{
    char id[MEMBER_ID_MAX + 2];
    uint16_t number = 0;

    for (unsigned i = 0; i < HISTORY_PARTIES_MAX; i++) {
        snprintf(id, sizeof id, "m%u", i);
        ck_assert_uint_eq(party(id), i);
    }
    ck_assert_uint_eq(party("m7"), 7);
    ck_assert_int_eq(history_party(history, "one.more", &number), ERR_FULL);
    struct header header = numbered(1);
    struct hash hash = example_hash(7);
    ck_assert_int_eq(history_add(history, &header, &hash, 42), ERR_FULL);
    ck_assert_ptr_null(history_find(history, header.from, &header.id));
}
END_TEST

START_TEST(a_member_id_that_is_too_long_is_refused)
{
    char id[MEMBER_ID_MAX + 2];
    uint16_t number = 0;

    memset(id, 'a', sizeof id);
    id[MEMBER_ID_MAX + 1] = '\0';
    ck_assert_int_eq(history_party(history, id, &number), ERR_FULL);
    id[MEMBER_ID_MAX] = '\0';
    ck_assert_int_eq(history_party(history, id, &number), ERR_OK);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("history");
    TCase *tcase = tcase_create("history");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, a_message_is_found_by_sender_and_id_and_by_its_hash);
    tcase_add_test(tcase, a_body_may_go_at_the_earlier_of_delivery_and_expiry);
    tcase_add_test(tcase, the_same_message_again_is_refused_and_changes_nothing);
    tcase_add_test(tcase, many_messages_are_all_found_while_the_table_grows);
    tcase_add_test(tcase, only_recipients_have_deliveries);
    tcase_add_test(tcase, a_message_knows_its_recipients_in_their_order);
    tcase_add_test(tcase, the_silent_are_exactly_those_without_a_receipt);
    tcase_add_test(tcase, numbers_of_a_lane_come_without_a_gap_and_one_gap_is_one_error);
    tcase_add_test(tcase, more_members_than_there_is_room_for_are_refused);
    tcase_add_test(tcase, a_member_id_that_is_too_long_is_refused);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
