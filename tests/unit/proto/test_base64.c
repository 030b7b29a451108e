/*
 * Goal: base64 of RFC 4648 is decoded, and no byte of it can be another.
 */
#include "proto/base64.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(the_vectors_of_rfc_4648_are_decoded)
{
    static const char *const rows[][2] = {{"", ""},
                                          {"Zg==", "f"},
                                          {"Zm8=", "fo"},
                                          {"Zm9v", "foo"},
                                          {"Zm9vYg==", "foob"},
                                          {"Zm9vYmE=", "fooba"},
                                          {"Zm9vYmFy", "foobar"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t out[8];
        size_t len = 99;
        struct span text = {(const uint8_t *)rows[i][0], strlen(rows[i][0])};
        ck_assert(base64_decode(text, out, sizeof out, &len));
        ck_assert_uint_eq(len, strlen(rows[i][1]));
        ck_assert(memcmp(out, rows[i][1], len) == 0);
    }
}
END_TEST

START_TEST(another_spelling_or_no_base64_is_refused)
{
    static const char *const rows[] = {"Zg",   "Zg=",    "Zh==",  "Zm9=", "Zm9v=", "Z",
                                       "====", "Zm9v\n", " Zm9v", "Zm-v", "Zm_v",  "Zm9vYmFyYmFy"};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t out[8];
        size_t len = 99;
        struct span text = {(const uint8_t *)rows[i], strlen(rows[i])};
        ck_assert_msg(!base64_decode(text, out, sizeof out, &len), "%s", rows[i]);
        ck_assert_uint_eq(len, 99);
    }
}
END_TEST

START_TEST(every_byte_is_one_letter_or_none)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t text[4] = {'A', 'A', 'A', 'A'}, out[3];
    size_t len = 0;

    for (int byte = 0; byte < 256; byte++) {
        text[3] = (uint8_t)byte;
        const char *letter = byte != 0 ? strchr(letters, byte) : NULL;
        bool is_taken = base64_decode((struct span){text, 4}, out, sizeof out, &len) && len == 3;
        ck_assert_msg(is_taken == (letter != NULL), "byte %02x", byte);
        if (letter != NULL)
            ck_assert_int_eq(out[2], (int)(letter - letters));
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("base64");
    TCase *tcase = tcase_create("base64");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, the_vectors_of_rfc_4648_are_decoded);
    tcase_add_test(tcase, another_spelling_or_no_base64_is_refused);
    tcase_add_test(tcase, every_byte_is_one_letter_or_none);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
