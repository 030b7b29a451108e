/*
 * Goal: a file survives its chunks; sizes, tree and stream refuse whatever is not the file.
 * Method: sizes against an independent count; paths against merkle_check_inclusion for every leaf
 * of every small tree and of the largest; every fault of a stream provoked once.
 */
#include "proto/attachment.h"

#include "proto/envelope.h"
#include "proto/file_type.h"
#include "proto/hash.h"
#include "proto/merkle.h"
#include "proto/suspect_alert.pb-c.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = ATTACHMENT_CHUNK_BYTES, EXTRA = ATTACHMENT_CHUNK_EXTRA };

static uint8_t plain[CHUNK], opened[CHUNK], sealed[3][ATTACHMENT_SEALED_MAX];

static struct hash leaves[ATTACHMENT_CHUNKS_MAX];

static void
setup(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    for (size_t i = 0; i < ATTACHMENT_CHUNKS_MAX; i++)
        bytes_put_u64(leaves[i].bytes, i * UINT64_C(0x9e3779b97f4a7c15));
}

START_TEST(sizes_are_those_of_the_padded_file)
{
    static const uint64_t SIZES[] = {1,     1023,      1024,      1025,     50000,  CHUNK - 1,
                                     CHUNK, CHUNK + 1, 2 * CHUNK, 33 << 20, 1 << 30};

    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        uint64_t bytes = attachment_sealed_bytes(SIZES[i]), sum = 0;
        uint32_t count = attachment_chunks(bytes);
        ck_assert_uint_ge(count, 1);
        for (uint32_t k = 0; k < count; k++) {
            size_t len = attachment_chunk_len(bytes, k);
            ck_assert_uint_gt(len, EXTRA);
            ck_assert_uint_le(len, ATTACHMENT_SEALED_MAX);
            sum += len;
        }
        ck_assert_uint_eq(sum, bytes);
        ck_assert_uint_eq(bytes - count * EXTRA, envelope_padded_bytes(SIZES[i]));
        ck_assert_uint_eq(attachment_chunk_len(bytes, count), 0);
    }
    ck_assert_uint_eq(attachment_chunks(attachment_sealed_bytes(ATTACHMENT_BYTES_MAX)),
                      ATTACHMENT_CHUNKS_MAX);
}
END_TEST

START_TEST(a_size_that_no_file_gives_has_no_chunks)
{
    const uint64_t most = attachment_sealed_bytes(ATTACHMENT_BYTES_MAX);
    const uint64_t sizes[] = {0,
                              1,
                              EXTRA,
                              EXTRA + 1,        /* not padded */
                              1024 + EXTRA + 1, /* nor this */
                              ATTACHMENT_SEALED_MAX + 1,
                              ATTACHMENT_SEALED_MAX + EXTRA,
                              most - 1,
                              most + 1,
                              UINT64_MAX,
                              UINT64_MAX - ATTACHMENT_SEALED_MAX};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        ck_assert_uint_eq(attachment_chunks(sizes[i]), 0);
}
END_TEST

START_TEST(every_path_of_every_tree_leads_to_its_root)
{
    struct hash path[ATTACHMENT_PATH_MAX];

    for (uint32_t count = 1; count <= ATTACHMENT_CHUNKS_MAX; count += count < 40 ? 1 : 329) {
        struct hash root = attachment_root(leaves, count);
        for (uint32_t i = 0; i < count; i += count < 40 ? 1 : 37) {
            size_t len = attachment_path(leaves, count, i, path);
            ck_assert_uint_le(len, ATTACHMENT_PATH_MAX);
            ck_assert_int_eq(merkle_check_inclusion(&leaves[i], i, count, path, len, &root),
                             ERR_OK);
        }
    }
}
END_TEST

/* Three chunks of a file, its attachment and its leaf hashes. */
static struct attachment
seal_three(const struct attachment_key *key, uint64_t bytes, struct hash hashes[3])
{
    struct attachment attachment = {.bytes = attachment_sealed_bytes(bytes)};
    struct attachment_stream stream;

    ck_assert_uint_eq(attachment_chunks(attachment.bytes), 3);
    attachment_begin(&stream, key, bytes);
    for (uint32_t i = 0; i < 3; i++) {
        memset(plain, 'a' + (int)i, attachment_next_len(&stream));
        size_t len = attachment_seal(&stream, plain, sealed[i]);
        ck_assert_uint_eq(len, attachment_chunk_len(attachment.bytes, i));
        hashes[i] = merkle_leaf_hash((struct span){sealed[i], len});
    }
    attachment_end(&stream);
    attachment.hash = attachment_root(hashes, 3);
    return attachment;
}

static struct span
chunk_of(const struct attachment *attachment, uint32_t i)
{
    return (struct span){sealed[i], attachment_chunk_len(attachment->bytes, i)};
}

START_TEST(a_chunk_is_known_by_its_number_alone)
{
    struct attachment_key key = attachment_draw_key();
    struct hash hashes[3], path[ATTACHMENT_PATH_MAX], leaf = {0};
    struct attachment attachment = seal_three(&key, 2 * CHUNK + 5, hashes);

    for (uint32_t number = 0; number < 3; number++) {
        size_t len = attachment_path(hashes, 3, number, path);
        for (uint32_t i = 0; i < 3; i++) {
            struct span chunk = chunk_of(&attachment, i);
            enum err err = attachment_check_chunk(&attachment, number, chunk, path, len, &leaf);
            bool is_other_len = chunk.len != attachment_chunk_len(attachment.bytes, number);
            ck_assert_int_eq(err, i == number ? ERR_OK : is_other_len ? ERR_RANGE : ERR_PROOF);
        }
        ck_assert(hash_is_equal(&leaf, &hashes[number]));
        struct span cut = chunk_of(&attachment, number);
        cut.len--;
        ck_assert_int_eq(attachment_check_chunk(&attachment, number, cut, path, len, NULL),
                         ERR_RANGE);
        sealed[number][7] ^= 1;
        ck_assert_int_eq(attachment_check_chunk(&attachment, number, chunk_of(&attachment, number),
                                                path, len, NULL),
                         ERR_PROOF);
        sealed[number][7] ^= 1;
    }
    ck_assert_int_eq(
        attachment_check_chunk(&attachment, 3, chunk_of(&attachment, 0), path, 2, NULL), ERR_RANGE);
}
END_TEST

START_TEST(what_was_sealed_opens_and_padding_is_taken_off)
{
    struct attachment_key key = attachment_draw_key();
    struct hash hashes[3], again[3];
    uint64_t bytes = 2 * CHUNK + 5;
    struct attachment attachment = seal_three(&key, bytes, hashes);
    struct attachment_stream stream;
    uint64_t got = 0;
    size_t len = 0;

    attachment_begin(&stream, &key, bytes);
    for (uint32_t i = 0; i < 3; i++) {
        ck_assert_int_eq(attachment_open(&stream, chunk_of(&attachment, i), opened, &len), ERR_OK);
        memset(plain, 'a' + (int)i, len);
        ck_assert_mem_eq(opened, plain, len);
        got += len;
    }
    ck_assert_uint_eq(got, bytes);
    ck_assert_int_eq(attachment_open(&stream, chunk_of(&attachment, 0), opened, &len), ERR_RANGE);
    /* The same key over the same bytes: the same chunks. */
    struct attachment same = seal_three(&key, bytes, again);
    ck_assert(hash_is_equal(&same.hash, &attachment.hash));
    key = attachment_draw_key();
    same = seal_three(&key, bytes, again);
    ck_assert(!hash_is_equal(&same.hash, &attachment.hash));
}
END_TEST

START_TEST(chunks_out_of_their_order_do_not_open)
{
    struct attachment_key key = attachment_draw_key(), other = attachment_draw_key();
    struct hash hashes[3];
    uint64_t bytes = 2 * CHUNK + 5;
    struct attachment attachment = seal_three(&key, bytes, hashes);
    struct attachment_stream stream;
    size_t len = 99;

    attachment_begin(&stream, &key, bytes);
    ck_assert_int_eq(attachment_open(&stream, chunk_of(&attachment, 1), opened, &len),
                     ERR_COMMITMENT);
    attachment_begin(&stream, &other, bytes);
    ck_assert_int_eq(attachment_open(&stream, chunk_of(&attachment, 0), opened, &len),
                     ERR_COMMITMENT);
    attachment_begin(&stream, &key, bytes);
    ck_assert_int_eq(attachment_open(&stream, (struct span){sealed[0], 30}, opened, &len),
                     ERR_RANGE);
    ck_assert_uint_eq(len, 99);
}
END_TEST

/* A chunk of one made by hand, with this mark and this padding. */
static void
push(const struct attachment_key *key, uint8_t tag, uint8_t pad)
{
    crypto_secretstream_xchacha20poly1305_state state;

    memset(plain, 'x', 10);
    memset(plain + 10, pad, 1014);
    ck_assert_int_eq(
        crypto_secretstream_xchacha20poly1305_init_pull(
            &state, key->bytes + crypto_secretstream_xchacha20poly1305_KEYBYTES, key->bytes),
        0);
    crypto_secretstream_xchacha20poly1305_push(&state, sealed[0], NULL, plain, 1024, NULL, 0, tag);
}

START_TEST(an_end_that_is_not_marked_and_padding_that_is_not_zero_are_refused)
{
    struct attachment_key key = attachment_draw_key();
    const struct span chunk = {sealed[0], 1024 + EXTRA};
    struct attachment_stream stream;
    size_t len = 0;

    push(&key, crypto_secretstream_xchacha20poly1305_TAG_FINAL, 0);
    attachment_begin(&stream, &key, 10);
    ck_assert_int_eq(attachment_open(&stream, chunk, opened, &len), ERR_OK);
    ck_assert_uint_eq(len, 10);
    push(&key, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE, 0);
    attachment_begin(&stream, &key, 10);
    ck_assert_int_eq(attachment_open(&stream, chunk, opened, &len), ERR_FORMAT);
    push(&key, crypto_secretstream_xchacha20poly1305_TAG_FINAL, 1);
    attachment_begin(&stream, &key, 10);
    ck_assert_int_eq(attachment_open(&stream, chunk, opened, &len), ERR_FORMAT);
}
END_TEST

START_TEST(content_and_seal_agree_or_the_file_is_named)
{
    Denrei__V1__SuspectAlert alert = DENREI__V1__SUSPECT_ALERT__INIT;
    Denrei__V1__AttachedFile files[2], *list[2] = {&files[0], &files[1]};
    const struct attachment *found = NULL;
    struct problems problems = {0};
    struct arena *arena = NULL;
    size_t count = 9;

    ck_assert_int_eq(arena_new(4096, &arena), ERR_OK);
    ck_assert_int_eq(attachment_seals(&alert.base, arena, &found, &count), ERR_OK);
    ck_assert_uint_eq(count, 0);
    for (size_t i = 0; i < 2; i++) {
        denrei__v1__attached_file__init(&files[i]);
        files[i].bytes = 1000 * (i + 3);
        files[i].hash = wire_put(leaves[i].bytes, HASH_BYTES);
    }
    attachment_set_files(&alert.base, list, 2);
    ck_assert_uint_eq(attachment_files(&alert.base).count, 2);
    ck_assert_int_eq(attachment_seals(&alert.base, arena, &found, &count), ERR_OK);
    ck_assert_uint_eq(count, 2);
    struct attachment sealed_two[2] = {found[0], found[1]};
    struct seal seal = {.attachments = sealed_two, .attachments_count = 2};
    attachment_check_seal(&alert.base, &seal, &problems);
    ck_assert_uint_eq(problems.count, 0);

    seal.attachments_count = 1;
    attachment_check_seal(&alert.base, &seal, &problems);
    ck_assert_uint_eq(problems.count, 1);
    ck_assert_str_eq(problems.list[0].path.text, "attachments");
    seal.attachments_count = 2;
    sealed_two[1].hash.bytes[3] ^= 1;
    attachment_check_seal(&alert.base, &seal, &problems);
    ck_assert_str_eq(problems.list[1].path.text, "attachments[1]");
    sealed_two[1].hash.bytes[3] ^= 1;
    sealed_two[0].bytes += 1;
    attachment_check_seal(&alert.base, &seal, &problems);
    ck_assert_str_eq(problems.list[2].path.text, "attachments[0]");

    files[1].bytes = 0;
    ck_assert_int_eq(attachment_seals(&alert.base, arena, &found, &count), ERR_FORMAT);
    files[1].bytes = 1;
    files[1].hash.len = 31;
    ck_assert_int_eq(attachment_seals(&alert.base, arena, &found, &count), ERR_FORMAT);
    arena_free(&arena);
}
END_TEST

START_TEST(a_type_is_known_by_name_head_and_end)
{
    static const struct span NIST = {(const uint8_t *)"1.001:301\x1d", 10};
    static const struct span WSQ = {(const uint8_t *)"\xff\xa0\xff\xa8", 4};
    static const struct span TEXT = {(const uint8_t *)"a text\xff\xd9", 8};
    char list[200];

    ck_assert_ptr_eq(file_type_of_name("a.b.JPEG"), file_type_find("image/jpeg"));
    ck_assert_ptr_eq(file_type_of_name("x.an2"), file_type_find("application/x-ansi-nist"));
    ck_assert_ptr_null(file_type_of_name("jpg"));
    ck_assert_ptr_null(file_type_of_name("x.jp"));
    ck_assert_ptr_null(file_type_of_name("x."));
    ck_assert_ptr_null(file_type_of_name("x.zip"));
    ck_assert_ptr_null(file_type_find("application/zip"));
    ck_assert_ptr_eq(file_type_of_head(NIST), file_type_find("application/x-ansi-nist"));
    ck_assert_ptr_eq(file_type_of_head(WSQ), file_type_find("image/x-wsq"));
    ck_assert_ptr_null(file_type_of_head(TEXT));
    ck_assert(file_type_is_end(file_type_find("image/jpeg"), TEXT));
    ck_assert(!file_type_is_end(file_type_find("application/pdf"), TEXT));
    ck_assert(!file_type_is_end(file_type_find("image/png"), TEXT));
    ck_assert(file_type_is_end(file_type_find("text/plain"), TEXT));
    file_type_list(FILE_TYPE_DOCUMENT, list, sizeof list);
    ck_assert_str_eq(list, "a PDF, a plain text");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("attachment");
    TCase *tcase = tcase_create("attachment");
    int failed = 0;

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, sizes_are_those_of_the_padded_file);
    tcase_add_test(tcase, a_size_that_no_file_gives_has_no_chunks);
    tcase_add_test(tcase, every_path_of_every_tree_leads_to_its_root);
    tcase_add_test(tcase, a_chunk_is_known_by_its_number_alone);
    tcase_add_test(tcase, what_was_sealed_opens_and_padding_is_taken_off);
    tcase_add_test(tcase, chunks_out_of_their_order_do_not_open);
    tcase_add_test(tcase, an_end_that_is_not_marked_and_padding_that_is_not_zero_are_refused);
    tcase_add_test(tcase, content_and_seal_agree_or_the_file_is_named);
    tcase_add_test(tcase, a_type_is_known_by_name_head_and_end);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
