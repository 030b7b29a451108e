/*
 * Goal: SHA-256 over parts is that of all of them, and no two uses or federations share a domain.
 * Method: published vectors (FIPS 180-4's examples), every split of a text, every pair of uses.
 */
#include "proto/hash.h"

#include <check.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static void
assert_hex(const struct hash *hash, const char *expected)
{
    char hex[2 * HASH_BYTES + 1];

    ck_assert_str_eq(sodium_bin2hex(hex, sizeof hex, hash->bytes, HASH_BYTES), expected);
}

static struct span
span_of(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

START_TEST(published_vectors_hold)
{
    static const struct {
        const char *text, *hash;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span text = span_of(rows[i].text);
        struct hash hash = hash_spans(&text, 1);
        assert_hex(&hash, rows[i].hash);
    }
    struct hash none = hash_spans(NULL, 0);
    assert_hex(&none, rows[0].hash);
}
END_TEST

START_TEST(parts_hash_as_the_whole_wherever_it_is_cut)
{
    struct span text = span_of("authority is judged by leaf order, never by clock");
    struct hash whole = hash_spans(&text, 1);

    for (size_t cut = 0; cut <= text.len; cut++) {
        struct span parts[] = {{text.data, cut}, {text.data + cut, text.len - cut}};
        struct hash joined = hash_spans(parts, 2);
        ck_assert(hash_is_equal(&joined, &whole));
    }
    struct hash other = whole;
    other.bytes[HASH_BYTES - 1] ^= 1;
    ck_assert(!hash_is_equal(&other, &whole));
}
END_TEST

START_TEST(no_domain_begins_with_another)
{
    const struct hash federations[] = {{{1}}, {{2}}};

    for (enum domain_use a = 0; a < DOMAIN_COUNT; a++) {
        for (enum domain_use b = 0; b < DOMAIN_COUNT; b++) {
            struct domain left = domain_make(a, &federations[0]);
            struct domain right = domain_make(b, &federations[0]);
            struct domain elsewhere = domain_make(b, &federations[1]);
            size_t len = left.len < right.len ? left.len : right.len;
            ck_assert_int_eq(memcmp(left.bytes, right.bytes, len) == 0, a == b);
            ck_assert_int_ne(memcmp(left.bytes, elsewhere.bytes, len), 0);
            ck_assert_uint_le(left.len, DOMAIN_BYTES_MAX);
        }
    }
}
END_TEST

START_TEST(a_frame_is_domain_length_and_body)
{
    const struct hash federation = {{7}};
    const struct domain domain = domain_make(DOMAIN_HEAD, &federation);
    uint8_t out[DOMAIN_FRAME_BYTES + 3];

    ck_assert_uint_eq(domain_frame(DOMAIN_HEAD, &federation, span_of("abc"), out), domain.len + 7);
    ck_assert_mem_eq(out, domain.bytes, domain.len);
    ck_assert_mem_eq(out + domain.len, "\0\0\0\3abc", 7);
    ck_assert_uint_eq(domain_frame(DOMAIN_HEAD, &federation, (struct span){NULL, 0}, out),
                      domain.len + 4);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("hash");
    TCase *tcase = tcase_create("hash");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, published_vectors_hold);
    tcase_add_test(tcase, parts_hash_as_the_whole_wherever_it_is_cut);
    tcase_add_test(tcase, no_domain_begins_with_another);
    tcase_add_test(tcase, a_frame_is_domain_length_and_body);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
