/*
 * Goal: ids are valid UUIDv7, text and digits lead back to them.
 * Method: a known id of RFC 9562 (appendix A.6), and ranges checked digit by digit.
 */
#include "proto/message_id.h"

#include <check.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* RFC 9562, A.6: 2022-02-22T14:22:22.000-05:00. */
static const char vector[] = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
static const uint64_t vector_ms = 0x017F22E279B0;

START_TEST(a_new_id_has_time_version_and_variant)
{
    struct id id = message_id_new(vector_ms);
    struct message_id_text text = message_id_text(&id);

    ck_assert_int_eq(strncmp(text.text, vector, 15), 0);
    ck_assert_int_eq(id.bytes[6] >> 4, 7);
    ck_assert_int_eq(id.bytes[8] >> 6, 2);
}
END_TEST

START_TEST(two_new_ids_of_one_moment_differ)
{
    struct id a = message_id_new(vector_ms), b = message_id_new(vector_ms);
    struct id c = message_id_thread_new(), d = message_id_thread_new();

    ck_assert_mem_ne(a.bytes, b.bytes, sizeof a.bytes);
    ck_assert_mem_ne(c.bytes, d.bytes, sizeof c.bytes);
}
END_TEST

START_TEST(text_in_place_of_random_bytes_is_seen)
{
    struct id id = {"CASE42"};

    ck_assert(message_id_is_text(&id));
    memcpy(id.bytes, "MOJ-2024-MLA-042", ID_BYTES);
    ck_assert(message_id_is_text(&id));
    id.bytes[15] = 0xff;
    ck_assert(!message_id_is_text(&id));
    id = (struct id){"CASE\0\1"};
    ck_assert(!message_id_is_text(&id));
    id = message_id_thread_new();
    ck_assert(!message_id_is_text(&id));
}
END_TEST

START_TEST(the_text_of_an_id_reads_back_as_that_id_alone)
{
    struct message_id_range range;

    ck_assert_int_eq(message_id_parse(vector, &range), ERR_OK);
    ck_assert_mem_eq(range.low.bytes, range.high.bytes, sizeof range.low.bytes);
    ck_assert_str_eq(message_id_text(&range.low).text, vector);
    ck_assert_int_eq(message_id_parse("017F22E279B07CC398C4DC0C0C07398F", &range), ERR_OK);
    ck_assert_str_eq(message_id_text(&range.high).text, vector);
}
END_TEST

START_TEST(every_beginning_of_an_id_gives_a_range_that_holds_it)
{
    struct message_id_range whole, range;
    char text[MESSAGE_ID_TEXT_BYTES];

    ck_assert_int_eq(message_id_parse(vector, &whole), ERR_OK);
    for (size_t len = 1; len < sizeof vector; len++) {
        snprintf(text, sizeof text, "%.*s", (int)len, vector);
        ck_assert_int_eq(message_id_parse(text, &range), ERR_OK);
        ck_assert_int_le(memcmp(range.low.bytes, whole.low.bytes, 16), 0);
        ck_assert_int_ge(memcmp(range.high.bytes, whole.low.bytes, 16), 0);
    }
    ck_assert_int_eq(message_id_parse("017f22e27", &range), ERR_OK);
    ck_assert_str_eq(message_id_text(&range.low).text, "017f22e2-7000-0000-0000-000000000000");
    ck_assert_str_eq(message_id_text(&range.high).text, "017f22e2-7fff-ffff-ffff-ffffffffffff");
}
END_TEST

START_TEST(what_is_no_id_is_refused_and_changes_nothing)
{
    static const char *const wrong[] = {
        "", "-", "xyz", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", "017f 22", "@sltd"};
    struct message_id_range range, before;

    memset(&range, 0x5a, sizeof range);
    before = range;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_int_eq(message_id_parse(wrong[i], &range), ERR_FORMAT);
    ck_assert_mem_eq(&range, &before, sizeof range);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("message_id");
    TCase *tcase = tcase_create("message_id");
    SRunner *runner = srunner_create(suite);

    if (sodium_init() < 0)
        return EXIT_FAILURE;
    tcase_add_test(tcase, a_new_id_has_time_version_and_variant);
    tcase_add_test(tcase, two_new_ids_of_one_moment_differ);
    tcase_add_test(tcase, text_in_place_of_random_bytes_is_seen);
    tcase_add_test(tcase, the_text_of_an_id_reads_back_as_that_id_alone);
    tcase_add_test(tcase, every_beginning_of_an_id_gives_a_range_that_holds_it);
    tcase_add_test(tcase, what_is_no_id_is_refused_and_changes_nothing);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
