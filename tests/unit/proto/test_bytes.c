/* Goal: a number and its big-endian bytes are one thing.  Method: known bytes, and back. */
#include "proto/bytes.h"

#include <check.h>
#include <stdlib.h>

START_TEST(numbers_are_written_with_the_highest_byte_first)
{
    static const uint8_t expected[8] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    uint8_t bytes[8] = {0};

    bytes_put_u64(bytes, UINT64_C(0x0123456789abcdef));
    ck_assert_mem_eq(bytes, expected, sizeof bytes);
    bytes_put_u32(bytes, UINT32_C(0x89abcdef));
    ck_assert_mem_eq(bytes, expected + 4, 4);
}
END_TEST

START_TEST(every_number_comes_back_as_it_was_written)
{
    static const uint64_t numbers[] = {0,         1,          0xff,           0x100,     INT32_MAX,
                                       INT64_MAX, UINT32_MAX, UINT64_MAX - 1, UINT64_MAX};
    uint8_t bytes[8];

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        bytes_put_u64(bytes, numbers[i]);
        ck_assert_uint_eq(bytes_get_u64(bytes), numbers[i]);
        bytes_put_u32(bytes, (uint32_t)numbers[i]);
        ck_assert_uint_eq(bytes_get_u32(bytes), (uint32_t)numbers[i]);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("bytes");
    TCase *tcase = tcase_create("bytes");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, numbers_are_written_with_the_highest_byte_first);
    tcase_add_test(tcase, every_number_comes_back_as_it_was_written);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
