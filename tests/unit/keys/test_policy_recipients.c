/*
 * Goal: a message goes to exactly those whom its group, its legal basis and, after a first version,
 * that version's recipients allow; a withdrawal goes to whoever had it and can still be told.
 * Method: changes to the members and groups of a federation, and to a header that was allowed.
 */
#include "tests/unit/keys/policy_case.h"

#include <stdlib.h>

START_TEST(group_is_expanded_exactly)
{
    header.group = "@all"; /* aa.one, bb.two, cc.three; the sender is left out */
    assert_answer(REFUSAL_NONE, "");
    header.to_count = 1;
    assert_answer(REFUSAL_GROUP, "cc.three");
    header.to_count = 2;
    to[0] = "aa.one";
    assert_answer(REFUSAL_GROUP, "aa.one");
    to[0] = "bb.two";
    to[2] = "dd.four";
    versions[2] = 1;
    header.to_count = 3;
    assert_answer(REFUSAL_GROUP, "dd.four");
    header.to_count = 2;
    header.group = "@none";
    assert_answer(REFUSAL_GROUP, "@none");
    header.group = "@all";
    kind.may_go_to_group = false;
    assert_answer(REFUSAL_GROUP, "@all");
}
END_TEST

START_TEST(group_goes_to_those_who_can_have_it_and_the_sender_expands_it_so)
{
    struct member members[WORLD_MEMBERS];
    const char **list = NULL;
    size_t count = 0;

    memcpy(members, world.members, sizeof members);
    members[1].may_receive = ALERT;
    apply_members(members);
    header.group = "@all";
    assert_answer(REFUSAL_GROUP, "bb.two");
    ck_assert_int_eq(policy_expand_group(trust, "@all", "aa.one", header.kind, &place, world.arena,
                                         &list, &count),
                     ERR_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(list[0], "cc.three");
    header.to = list;
    header.to_count = count;
    assert_answer(REFUSAL_NONE, "");
    ck_assert_int_eq(policy_expand_group(trust, "@none", "aa.one", header.kind, &place, world.arena,
                                         &list, &count),
                     ERR_UNKNOWN);
    ck_assert_int_eq(policy_expand_group(trust, "@all", "cc.three", DENREI__V1__KIND__KIND_MLA,
                                         &place, world.arena, &list, &count),
                     ERR_OK);
    ck_assert_str_eq(list[0], "aa.one");
    place.now_ms += ROSTER_MS_MAX; /* nobody has a roster any more */
    ck_assert_int_eq(policy_expand_group(trust, "@all", "aa.one", header.kind, &place, world.arena,
                                         &list, &count),
                     ERR_NOT_FOUND);
    struct arena *none = NULL;
    ck_assert_int_eq(arena_new(0, &none), ERR_OK);
    ck_assert_int_eq(
        policy_expand_group(trust, "@all", "aa.one", header.kind, &place, none, &list, &count),
        ERR_NOMEM);
    arena_free(&none);
}
END_TEST

START_TEST(legal_basis_stands_between_sender_and_all_recipients)
{
    header.kind = DENREI__V1__KIND__KIND_MLA;
    kind.needs_legal_basis = true;
    assert_answer(REFUSAL_LEGAL_BASIS, "");
    header.legal_basis = "treaty.1900";
    assert_answer(REFUSAL_LEGAL_BASIS, "treaty.1900");
    header.legal_basis = "treaty.2007"; /* aa.one and bb.two */
    assert_answer(REFUSAL_LEGAL_BASIS, "cc.three");
    header.to_count = 1;
    assert_answer(REFUSAL_NONE, "");
    header.kind = DENREI__V1__KIND__KIND_SUSPECT_ALERT; /* another kind */
    assert_answer(REFUSAL_LEGAL_BASIS, "treaty.2007");
    header.kind = DENREI__V1__KIND__KIND_MLA;
    header.from = "cc.three";
    header.credential = node_c.hash;
    assert_answer(REFUSAL_LEGAL_BASIS, "cc.three");
    header.legal_basis = "";
    kind.needs_legal_basis = false;
    assert_answer(REFUSAL_NONE, "");
}
END_TEST

/* What was sent under a basis to members that could have it must be ended though they are gone. */
START_TEST(a_withdrawal_outlives_the_basis_and_the_right_to_receive)
{
    struct member members[WORLD_MEMBERS];

    memcpy(members, world.members, sizeof members);
    members[2].may_receive = 0;
    apply_members(members);
    assert_answer(REFUSAL_KIND_RECEIVE, "cc.three");
    header.action = DENREI__V1__ACTION__ACTION_UPDATE;
    assert_answer(REFUSAL_KIND_RECEIVE, "cc.three");
    header.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    assert_answer(REFUSAL_NONE, "");
    to[1] = "dd.four"; /* but a stranger can be told nothing */
    assert_answer(REFUSAL_RECIPIENT, "dd.four");
    to[1] = "cc.three";

    kind.needs_legal_basis = true;
    header.legal_basis = ""; /* it is not in the directory any more */
    assert_answer(REFUSAL_NONE, "");
    header.legal_basis = "treaty.2007"; /* nor does it cover all of them */
    assert_answer(REFUSAL_NONE, "");
    header.legal_basis = "case-4711"; /* and never is it free text */
    assert_answer(REFUSAL_LEGAL_BASIS, "case-4711");
    header.action = DENREI__V1__ACTION__ACTION_NEW;
    header.legal_basis = "";
    assert_answer(REFUSAL_LEGAL_BASIS, "");
    header.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    header.credential = node_b.hash; /* it is still its sender's alone */
    assert_answer(REFUSAL_SENDER, "aa.one");
}
END_TEST

START_TEST(who_had_a_message_is_told_what_becomes_of_it)
{
    static const char *const had[] = {"bb.two", "cc.three"}, *const one[] = {"bb.two"},
                             *const left[] = {"bb.two", "dd.four"};

    header.action = DENREI__V1__ACTION__ACTION_UPDATE;
    ck_assert(policy_covers(trust, &header, TRUST_UNLOGGED, had, 2));
    ck_assert(policy_covers(trust, &header, TRUST_UNLOGGED, one, 1)); /* and cc.three now as well */
    ck_assert(!policy_covers(trust, &header, TRUST_UNLOGGED, left, 2));
    header.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    ck_assert(policy_covers(trust, &header, TRUST_UNLOGGED, had, 2));
    ck_assert(!policy_covers(trust, &header, TRUST_UNLOGGED, one, 1)); /* cc.three never had it */
    header.to_count = 1;
    ck_assert(!policy_covers(trust, &header, TRUST_UNLOGGED, had, 2)); /* cc.three can be told */
    ck_assert(policy_covers(trust, &header, TRUST_UNLOGGED, left, 2)); /* dd.four cannot */
    ck_assert(policy_covers(trust, &header, 4, had, 2)); /* nor could cc.three, then */
    header.action = DENREI__V1__ACTION__ACTION_UPDATE;
    ck_assert(!policy_covers(trust, &header, TRUST_UNLOGGED, left, 2));
    ck_assert(policy_can_reach(trust, "cc.three", TRUST_UNLOGGED));
    ck_assert(!policy_can_reach(trust, "cc.three", 4));
    ck_assert(!policy_can_reach(trust, "dd.four", TRUST_UNLOGGED));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("policy_recipients");
    TCase *tcase = tcase_create("policy_recipients");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, group_is_expanded_exactly);
    tcase_add_test(tcase, group_goes_to_those_who_can_have_it_and_the_sender_expands_it_so);
    tcase_add_test(tcase, legal_basis_stands_between_sender_and_all_recipients);
    tcase_add_test(tcase, a_withdrawal_outlives_the_basis_and_the_right_to_receive);
    tcase_add_test(tcase, who_had_a_message_is_told_what_becomes_of_it);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
