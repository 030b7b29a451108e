/*
 * policy_case.h - what the tests of the policy share: a federation of three members with a header
 * that is allowed, and changes to them.
 */
#ifndef TESTS_UNIT_KEYS_POLICY_CASE_H
#define TESTS_UNIT_KEYS_POLICY_CASE_H

#include "tests/unit/keys/world.h"

#include "keys/policy.h"

static struct world world;
static struct trust *trust;
static struct credential sender, node_b, node_c, auditor;
static struct roster rosters[WORLD_MEMBERS];
static struct span roster_bytes[WORLD_MEMBERS];
static struct header header;
static struct policy_place place;
static struct kind_type kind; /* the row that the place names */
static const char *to[RECIPIENTS_MAX];
static uint64_t versions[RECIPIENTS_MAX];

static inline void
apply_rosters(void)
{
    static struct credential of_a[2];

    of_a[0] = auditor;
    of_a[1] = sender;
    rosters[0] = world_roster(&world, 0, of_a, 2);
    rosters[1] = world_roster(&world, 1, &node_b, 1);
    rosters[2] = world_roster(&world, 2, &node_c, 1);
    for (unsigned i = 0; i < WORLD_MEMBERS; i++) {
        roster_bytes[i] = world_sign_roster(&world, &rosters[i], 1U << i);
        ck_assert_int_eq(trust_apply(trust, ROSTER, roster_bytes[i], 2 + i), ERR_OK);
    }
}

static inline void
setup(void)
{
    world_begin(&world);
    ck_assert_int_eq(trust_new(world.root_file, &trust), ERR_OK);
    auditor = world_credential(&world, 0, "a1", AUDITOR, 1);
    sender = world_credential(&world, 0, "o1", OFFICER, 2);
    node_b = world_credential(&world, 1, "n1", NODE, 3);
    node_c = world_credential(&world, 2, "n1", NODE, 4);
    apply_rosters();
    to[0] = "bb.two";
    to[1] = "cc.three";
    versions[0] = versions[1] = 1;
    header = (struct header){
        .kind = DENREI__V1__KIND__KIND_LOST_PASSPORT,
        .action = DENREI__V1__ACTION__ACTION_NEW,
        .from = "aa.one",
        .credential = sender.hash,
        .to = to,
        .to_count = 2,
        .group = "",
        .created_at_ms = NOW_MS,
        .deliver_until_ms = NOW_MS + DAY_MS,
        .expires_at_ms = NOW_MS + 30 * DAY_MS,
        .legal_basis = "",
        .directory_version = 1,
        .roster_version = 1,
        .recipient_roster_versions = versions,
    };
    place = (struct policy_place){
        .leaf = TRUST_UNLOGGED,
        .now_ms = NOW_MS,
        .kind = &kind,
    };
    kind = (struct kind_type){.name = "TEST", .retention_days_max = 30, .may_go_to_group = true};
}

static inline void
teardown(void)
{
    trust_free(&trust);
    world_end(&world);
}

static inline void
assert_answer(enum refusal code, const char *subject)
{
    struct policy_answer answer = policy_check(trust, &header, &place);

    ck_assert_int_eq(answer.code, code);
    ck_assert_str_eq(answer.subject, subject);
}

/* Take a second directory in which `members` stand, at leaf 10; headers name it from now on. */
static inline void
apply_members(const struct member *members)
{
    struct directory second = world_next(&world, &world.directory, world.root_file);

    second.members = members;
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world_directory(&world, &second, 3), 10),
                     ERR_OK);
    header.directory_version = 2;
}

#endif /* TESTS_UNIT_KEYS_POLICY_CASE_H */
