/*
 * Goal: what a transaction of the state did not keep, memory has not either: a client that
 * connects again follows on what is on disk, and checks its bundle again.
 * Method: a real database, the steps of a first connection that fails.
 */
#include "clients/io/state_inner.h"
#include "proto/hash.h"
#include "proto/io/log.h"
#include "tests/unit/federation.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static char dir[] = "/tmp/denrei-state-XXXXXX";
static struct fed *fed;
static struct fed_member *member;
static struct state state;
static struct problems problems;

static void
set_up(void)
{
    ck_assert_ptr_nonnull(mkdtemp(dir));
    fed = fed_new(FED_NOW_MS);
    member = fed_add_member(fed, "aa.send");
    (void)fed_add_member(fed, "bb.receive"); /* a legal basis is between two */
    fed_found(fed, 0);
    (void)fed_add_credential(fed, member, DENREI__V1__PURPOSE__PURPOSE_NODE);
    const struct span roster = fed_issue(fed, member, NULL);
    snprintf(state.dir, sizeof state.dir, "%s", dir);
    ck_assert_int_eq(state_open_db(&state, STATE_WRITE, true, &problems), ERR_OK);
    ck_assert_int_eq(state_put_bundle(&state, 0, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY,
                                      fed->directory, &problems),
                     ERR_OK);
    ck_assert_int_eq(trust_new(fed->directory, &state.trust), ERR_OK);
    ck_assert_int_eq(trust_apply(state.trust, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, roster,
                                 TRUST_UNLOGGED),
                     ERR_OK);
}

static void
tear_down(void)
{
    char command[64];

    trust_free(&state.trust);
    trust_free(&state.bundle);
    db_close(&state.db);
    fed_free(&fed);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
}

/* A first connection up to its first document and checkpoint. */
static void
take_first_document(void)
{
    const struct session_document document = {.number = 1,
                                              .leaf = 1,
                                              .type = DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY,
                                              .bytes = fed->directory};
    struct session session;

    ck_assert_int_eq(state_restart_trust(&state, &problems), ERR_OK);
    state_begin_session(&state, &session);
    ck_assert_int_eq(state_begin(&state, &problems), ERR_OK);
    session.head = (struct merkle_head){.leaf_count = 9, .root = {{9}}};
    ck_assert_int_eq(state_keep_view(&state, &session, "a note", &problems), ERR_OK);
    ck_assert_int_eq(state_keep_document(&state, &document, &problems), ERR_OK);
}

START_TEST(a_first_connection_that_failed_leaves_nothing_in_memory_either)
{
    struct session session;

    take_first_document();
    ck_assert_ptr_null(trust_newest_roster(state.trust, member->id));
    state_rollback(&state);
    state_begin_session(&state, &session);
    ck_assert_uint_eq(session.documents,
                      0); /* so the next one is the first, and checks the bundle */
    ck_assert_uint_eq(session.head.leaf_count, 0);
    ck_assert_ptr_nonnull(trust_newest_roster(state.trust, member->id));
    ck_assert_int_eq(state_get_view(&state, &problems), ERR_OK);
    ck_assert_uint_eq(state.documents, 0);
}
END_TEST

START_TEST(what_was_committed_stays_and_the_next_rollback_goes_back_to_it)
{
    struct session session;

    take_first_document();
    ck_assert_int_eq(state_check_bundle(&state, &problems), ERR_STALE); /* lacks the roster */
    ck_assert_int_eq(trust_apply(state.trust, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER,
                                 fed->rosters[member - fed->members], 2),
                     ERR_OK);
    ck_assert_int_eq(state_check_bundle(&state, &problems), ERR_OK);
    ck_assert_int_eq(state_commit(&state, &problems), ERR_OK);
    state_begin_session(&state, &session);
    ck_assert_uint_eq(session.documents, 1);
    ck_assert_int_eq(state_begin(&state, &problems), ERR_OK);
    session.head.leaf_count = 10;
    ck_assert_int_eq(state_keep_view(&state, &session, "a newer note", &problems), ERR_OK);
    state_rollback(&state);
    state_begin_session(&state, &session);
    ck_assert_uint_eq(session.documents, 1);
    ck_assert_uint_eq(session.head.leaf_count, 9);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("state");
    TCase *tcase = tcase_create("state");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_first_connection_that_failed_leaves_nothing_in_memory_either);
    tcase_add_test(tcase, what_was_committed_stays_and_the_next_rollback_goes_back_to_it);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
