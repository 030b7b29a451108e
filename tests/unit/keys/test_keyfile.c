/*
 * Goal: a key file gives back what it was made of, only to its passphrase, and no altered one
 * opens. Method: both forms; every line altered; costs below and above the bounds.
 */
#include "tests/unit/keys/world.h"

#include "keys/keyfile.h"

#include <stdlib.h>

static struct world world;
static struct keyfile keyfile; /* borrows its identities from the world */
static const struct span PASSPHRASE = {(const uint8_t *)"correct horse", 13};
static const struct span NONE = {NULL, 0};

static void
setup(void)
{
    world_begin(&world);
    keyfile = (struct keyfile){.label = "aa.one/o1", .keys_count = 3, .credential_len = 4};
    memcpy(keyfile.credential, "cred", 4);
    for (size_t i = 0; i < 3; i++) {
        static const Denrei__V1__KeyUse USES[] = {SIGNING, ENCRYPTION, TRANSPORT};
        ck_assert_int_eq(
            identity_from_seed(USES[i], (const uint8_t[32]){(uint8_t)i}, &keyfile.keys[i]), ERR_OK);
    }
}

static void
teardown(void)
{
    keyfile_clear(&keyfile);
    keyfile_clear(&keyfile);
    world_end(&world);
}

static struct span
encode(struct span passphrase)
{
    struct span text;

    ck_assert_int_eq(keyfile_encode(&keyfile, passphrase, world.arena, &text), ERR_OK);
    return text;
}

static void
assert_same(const struct keyfile *back)
{
    ck_assert_str_eq(back->label, keyfile.label);
    ck_assert_uint_eq(back->keys_count, 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(identity_use(back->keys[i]), identity_use(keyfile.keys[i]));
        ck_assert_mem_eq(identity_secret(back->keys[i]), identity_secret(keyfile.keys[i]), 32);
    }
    ck_assert_uint_eq(back->credential_len, 4);
    ck_assert_mem_eq(back->credential, "cred", 4);
}

START_TEST(plain_file_comes_back_and_says_that_it_is_plain)
{
    struct span text = encode(NONE);
    struct keyfile back;
    bool needs_passphrase = true;
    char label[KEYFILE_LABEL_MAX + 1];

    ck_assert_int_eq(keyfile_peek(text, &needs_passphrase, label), ERR_OK);
    ck_assert(!needs_passphrase);
    ck_assert_str_eq(label, "aa.one/o1");
    ck_assert_int_eq(strncmp((const char *)text.data, "denrei-key v1 aa.one/o1 plain\n", 30), 0);
    ck_assert_int_eq(keyfile_decode(text, NONE, &back), ERR_OK);
    assert_same(&back);
    ck_assert_ptr_eq(keyfile_find(&back, ENCRYPTION), back.keys[1]);
    ck_assert_ptr_null(keyfile_find(&back, ROOT));
    keyfile_clear(&back);
    ck_assert_uint_eq(back.keys_count, 0);
}
END_TEST

START_TEST(passphrase_opens_and_a_wrong_one_does_not)
{
    struct span text = encode(PASSPHRASE), again = encode(PASSPHRASE);
    struct keyfile back;
    bool needs_passphrase = false;
    char label[KEYFILE_LABEL_MAX + 1];

    ck_assert_int_eq(keyfile_peek(text, &needs_passphrase, label), ERR_OK);
    ck_assert(needs_passphrase);
    ck_assert_int_eq(keyfile_decode(text, PASSPHRASE, &back), ERR_OK);
    assert_same(&back);
    keyfile_clear(&back);
    ck_assert_int_eq(keyfile_decode(text, (struct span){PASSPHRASE.data, 12}, &back),
                     ERR_PASSPHRASE);
    ck_assert_uint_eq(back.keys_count, 0);
    /* Salt and nonce are fresh. */
    ck_assert(text.len != again.len || memcmp(text.data, again.data, text.len) != 0);
}
END_TEST

/* A copy of the text in which the first `from` is `into`, of equal length. */
static struct span
replace(struct span text, const char *from, const char *into)
{
    char *copy = arena_copy(world.arena, text.data, text.len);
    char *place = strstr(copy, from);

    ck_assert_ptr_nonnull(place);
    ck_assert_uint_eq(strlen(from), strlen(into));
    memcpy(place, into, strlen(into));
    return (struct span){(const uint8_t *)copy, text.len};
}

START_TEST(label_of_an_encrypted_file_cannot_be_changed)
{
    struct keyfile back;

    ck_assert_int_eq(
        keyfile_decode(replace(encode(PASSPHRASE), "aa.one", "bb.two"), PASSPHRASE, &back),
        ERR_PASSPHRASE);
    ck_assert_int_eq(keyfile_decode(replace(encode(NONE), "aa.one", "bb.two"), NONE, &back),
                     ERR_FORMAT);
}
END_TEST

START_TEST(cost_out_of_bounds_is_refused_before_it_is_paid)
{
    static const struct {
        const char *cost;
        enum err want;
    } rows[] = {
        {"argon2id 3 268435456 ", ERR_PASSPHRASE}, /* in bounds: paid, and in vain */
        {"argon2id 2 268435456 ", ERR_FORMAT},       {"argon2id 5 268435456 ", ERR_FORMAT},
        {"argon2id 3 268435455 ", ERR_FORMAT},       {"argon2id 3 1073741825 ", ERR_FORMAT},
        {"argon2id 3 999999999999999 ", ERR_FORMAT}, {"argon2id 03 268435456 ", ERR_FORMAT},
        {"argon2id -3 268435456 ", ERR_FORMAT},      {"argon2i 3 268435456 ", ERR_FORMAT},
    };
    static const char REST[] = "AAAAAAAAAAAAAAAAAAAAAA== AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
                               "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
    char text[256];
    struct keyfile back;

    snprintf(text, sizeof text, "denrei-key v1 x passphrase\n%s%s", rows[_i].cost, REST);
    ck_assert_int_eq(
        keyfile_decode((struct span){(const uint8_t *)text, strlen(text)}, PASSPHRASE, &back),
        rows[_i].want);
}
END_TEST

START_TEST(malformed_files_are_refused)
{
    static const char *const TEXTS[] = {
        "",
        "denrei-key v1 x plain",         /* no line */
        "denrei-key v2 x plain\nAAAA\n", /* another version */
        "denrei-key v1 plain\nAAAA\n",   /* no label */
        "denrei-key v1  plain\nAAAA\n",
        "denrei-key v1 x open\nAAAA\n",
        "denrei-key v1 x\x01y plain\nAAAA\n",
        "denrei-key v1 x\xff plain\nAAAA\n",
        "denrei-key v1 x plain\n", /* nothing in it */
        "denrei-key v1 x plain\nAA*A\n",
        "denrei-key v1 x plain\nAAAA\n",
        "denrei-key v1 x passphrase\n",
        "denrei-key v1 x passphrase\nargon2id 3 268435456 AAAA AAAA\nAAAA\n",
    };
    struct keyfile back;

    ck_assert_int_eq(keyfile_decode((struct span){(const uint8_t *)TEXTS[_i], strlen(TEXTS[_i])},
                                    PASSPHRASE, &back),
                     ERR_FORMAT);
    ck_assert_uint_eq(back.keys_count, 0);
}
END_TEST

START_TEST(file_that_is_too_large_is_refused)
{
    static uint8_t text[KEYFILE_BYTES_MAX + 1];
    struct keyfile back;
    struct span good = encode(NONE);

    memset(text, '\n', sizeof text);
    memcpy(text, good.data, good.len);
    ck_assert_int_eq(keyfile_decode((struct span){text, sizeof text}, NONE, &back), ERR_FORMAT);
}
END_TEST

START_TEST(keys_out_of_order_no_key_or_no_label_are_not_written)
{
    struct keyfile bad = keyfile;
    struct span text = {NULL, 7};

    bad.keys[0] = keyfile.keys[1];
    bad.keys[1] = keyfile.keys[0];
    ck_assert_int_eq(keyfile_encode(&bad, NONE, world.arena, &text), ERR_FORMAT);
    bad.keys[1] = bad.keys[0];
    ck_assert_int_eq(keyfile_encode(&bad, NONE, world.arena, &text), ERR_FORMAT);
    bad.keys_count = 0;
    ck_assert_int_eq(keyfile_encode(&bad, NONE, world.arena, &text), ERR_FORMAT);
    bad = keyfile;
    bad.label[0] = '\0';
    ck_assert_int_eq(keyfile_encode(&bad, NONE, world.arena, &text), ERR_FORMAT);
    bad.label[0] = '\n';
    ck_assert_int_eq(keyfile_encode(&bad, NONE, world.arena, &text), ERR_FORMAT);
    ck_assert_uint_eq(text.len, 7);
    struct arena *small = NULL;
    ck_assert_int_eq(arena_new(64, &small), ERR_OK);
    ck_assert_int_eq(keyfile_encode(&keyfile, NONE, small, &text), ERR_NOMEM);
    arena_free(&small);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("keyfile");
    TCase *tcase = tcase_create("keyfile");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_set_timeout(tcase, 120); /* Argon2id is slow on purpose, more so under a sanitizer */
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, plain_file_comes_back_and_says_that_it_is_plain);
    tcase_add_test(tcase, passphrase_opens_and_a_wrong_one_does_not);
    tcase_add_test(tcase, label_of_an_encrypted_file_cannot_be_changed);
    tcase_add_loop_test(tcase, cost_out_of_bounds_is_refused_before_it_is_paid, 0, 9);
    tcase_add_loop_test(tcase, malformed_files_are_refused, 0, 13);
    tcase_add_test(tcase, file_that_is_too_large_is_refused);
    tcase_add_test(tcase, keys_out_of_order_no_key_or_no_label_are_not_written);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
