/*
 * Goal: the time of a quorum is taken from cosignatures alone, under the directory in force; a
 * relay that shows none, or one that counts no longer, leaves the witnesses free to make a new one.
 * Method: checkpoints of a small log, cosigned by none, one or both of two witnesses.
 */
#include "clients/io/witnessed.h"
#include "tests/unit/clients/client_case.h"

static Denrei__V1__CheckpointReply reply;
static struct merkle_head published;
static uint64_t size;

static void
setup(void)
{
    client_setup();
    client_take_documents();
    size = logged->count;
    published = head_at(size);
    denrei__v1__checkpoint_reply__init(&reply);
}

/* A checkpoint of the first `entries` with so many cosignatures, proven to be part of all. */
static void
show(uint64_t entries, size_t witnesses)
{
    ProtobufCBinaryData *path = need(arena_alloc(arena, 64 * sizeof *path));

    logged->count = entries;
    char *note = fed_log_checkpoint(logged, witnesses);
    logged->count = size;
    notes[notes_count++] = note;
    reply.witnessed = note;
    reply.witnessed_consistency = path;
    reply.n_witnessed_consistency = 0;
    if (entries < size)
        consistency_of(entries, 0, size, true, path, &reply.n_witnessed_consistency);
}

static enum err
check(uint64_t *time_ms)
{
    struct witnessed witnessed = {99, 99};
    enum err err = witnessed_check(own, &reply, &published, arena, &witnessed);

    ck_assert_uint_eq(witnessed.size == 0, witnessed.time_ms == 0);
    ck_assert_uint_le(witnessed.size, size);
    *time_ms = witnessed.time_ms;
    return err;
}

START_TEST(a_quorum_says_when_it_saw_the_log)
{
    uint64_t time_ms = 0;

    show(size, 2);
    ck_assert_int_eq(check(&time_ms), ERR_OK);
    ck_assert_uint_eq(time_ms, logged->time_ms / 1000 * 1000);
    show(size - 1, 2); /* a newer one may be published already */
    ck_assert_int_eq(check(&time_ms), ERR_OK);
    ck_assert_uint_eq(time_ms, logged->time_ms / 1000 * 1000);
}
END_TEST

START_TEST(without_a_quorum_of_the_directory_there_is_no_time_and_no_error)
{
    uint64_t time_ms = 0;

    ck_assert_int_eq(check(&time_ms), ERR_OK); /* the relay shows none */
    ck_assert_uint_eq(time_ms, 0);
    show(size, 1); /* as after a directory with another second witness */
    ck_assert_int_eq(check(&time_ms), ERR_OK);
    ck_assert_uint_eq(time_ms, 0);
    show(size, 0);
    ck_assert_int_eq(check(&time_ms), ERR_OK);
    ck_assert_uint_eq(time_ms, 0);
}
END_TEST

START_TEST(a_false_signature_and_another_history_are_errors)
{
    uint64_t time_ms = 0;

    show(size, 2);
    char *last = strrchr(reply.witnessed, '=');
    last[-4] = last[-4] == 'A' ? 'B' : 'A';
    ck_assert_int_eq(check(&time_ms), ERR_SIGNATURE);
    reply.witnessed = wire_put_text("no checkpoint");
    ck_assert_int_eq(check(&time_ms), ERR_FORMAT);
    show(size - 1, 2);
    reply.witnessed_consistency[0] = flipped(reply.witnessed_consistency[0], 3);
    ck_assert_int_eq(check(&time_ms), ERR_PROOF);
    show(size, 2);
    published = head_at(size - 1); /* it runs ahead of what is published */
    ck_assert_int_eq(check(&time_ms), ERR_STALE);
    ck_assert_uint_eq(time_ms, 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("witnessed");
    TCase *tcase = tcase_create("witnessed");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, client_teardown);
    tcase_add_test(tcase, a_quorum_says_when_it_saw_the_log);
    tcase_add_test(tcase, without_a_quorum_of_the_directory_there_is_no_time_and_no_error);
    tcase_add_test(tcase, a_false_signature_and_another_history_are_errors);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
