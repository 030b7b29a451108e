/*
 * Goal: a directory that breaks a rule is refused with its place.
 * Method: one rule broken at a time on a good directory; every pair of keys.
 */
#include "tests/unit/keys/world.h"

#include "proto/message.h"
#include "proto/note.h"
#include "proto/wire.h"

#include <stdlib.h>

static struct world world;
static struct directory broken; /* a copy to be spoilt */
static struct member broken_members[WORLD_MEMBERS];

static void
setup(void)
{
    world_begin(&world);
    broken = world.directory;
    memcpy(broken_members, world.members, sizeof broken_members);
    broken.members = broken_members;
}

static void
teardown(void)
{
    world_end(&world);
}

/* The broken directory is refused as a struct and cannot be encoded; the problem is at `path`. */
static void
assert_refused(enum err want, const char *path)
{
    struct problems problems = {0};
    struct span body = {NULL, 7};

    ck_assert_int_eq(directory_check(&broken, &problems), want);
    ck_assert_uint_ge(problems.count, 1);
    ck_assert_str_eq(problems.list[0].path.text, path);
    ck_assert_int_eq(directory_encode(&broken, world.arena, &body), want);
    ck_assert_uint_eq(body.len, 7);
}

START_TEST(directory_comes_back_as_it_was)
{
    struct span body, again;
    struct directory back;

    ck_assert_int_eq(directory_encode(&world.directory, world.arena, &body), ERR_OK);
    ck_assert_int_eq(directory_decode(body, world.arena, &back), ERR_OK);
    ck_assert_int_eq(directory_encode(&back, world.arena, &again), ERR_OK);
    ck_assert_uint_eq(again.len, body.len);
    ck_assert_mem_eq(again.data, body.data, body.len);
    ck_assert_str_eq(back.members[1].id, "bb.two");
    ck_assert_uint_eq(back.members[1].may_send, EVERY_KIND);
    ck_assert(back.members[2].audits_all);
    ck_assert_uint_eq(back.groups[0].members_count, WORLD_MEMBERS);
    ck_assert_str_eq(back.legal_bases[0].members[1], "bb.two");
    ck_assert_uint_eq(back.witness_quorum, 1);
}
END_TEST

START_TEST(everything_is_found_by_its_id_and_nothing_else)
{
    const struct directory *directory = &world.directory;

    for (size_t i = 0; i < WORLD_MEMBERS; i++)
        ck_assert_ptr_eq(directory_find_member(directory, WORLD_IDS[i]), &world.members[i]);
    ck_assert_ptr_null(directory_find_member(directory, "aa.on"));
    ck_assert_ptr_null(directory_find_member(directory, ""));
    ck_assert_ptr_eq(directory_find_group(directory, "@all"), &world.group);
    ck_assert_ptr_null(directory_find_group(directory, "all"));
    ck_assert_ptr_eq(directory_find_legal_basis(directory, "treaty.2007"), &world.basis);
    ck_assert_ptr_null(directory_find_legal_basis(directory, "treaty"));
    ck_assert(directory_covers(&world.basis, "aa.one"));
    ck_assert(!directory_covers(&world.basis, "cc.three"));
    ck_assert(directory_has_role(&world.members[2], DENREI__V1__ROLE__ROLE_RELAY_OPERATOR));
    ck_assert(!directory_has_role(&world.members[0], DENREI__V1__ROLE__ROLE_RELAY_OPERATOR));
    ck_assert(!directory_is_voided(directory, &world.authority_keys[0]));
}
END_TEST

START_TEST(version_name_and_dates_are_bounded)
{
    broken.version = 0;
    assert_refused(ERR_FORMAT, "version");
    broken.version = 2;
    assert_refused(ERR_FORMAT, "version"); /* names nothing before it */
    broken.version = 1;
    broken.has_previous = true;
    assert_refused(ERR_FORMAT, "version");
    broken.has_previous = false;
    broken.federation_name = "two\nlines";
    assert_refused(ERR_FORMAT, "federation_name");
    broken.federation_name = "Test";
    broken.expires_ms = broken.not_before_ms;
    assert_refused(ERR_FORMAT, "expires");
    broken.expires_ms = broken.not_before_ms + DIRECTORY_MS_MAX + 1;
    assert_refused(ERR_FORMAT, "expires");
    broken.not_before_ms = TIME_MS_MAX;
    broken.expires_ms = TIME_MS_MAX + 1;
    assert_refused(ERR_FORMAT, "expires");
}
END_TEST

START_TEST(roots_and_threshold_are_bounded)
{
    broken.root_threshold = 0;
    assert_refused(ERR_FORMAT, "root_threshold");
    broken.root_threshold = 4;
    assert_refused(ERR_FORMAT, "root_threshold");
    broken.root_threshold = 2;
    broken.roots_count = 0;
    assert_refused(ERR_FORMAT, "roots");
    broken.roots_count = WORLD_ROOTS;
    world.roots[1].holder = "";
    assert_refused(ERR_FORMAT, "roots[1].holder");
}
END_TEST

START_TEST(members_are_ordered_and_well_formed)
{
    static const Denrei__V1__Role TWICE[] = {2, 2};
    static const char *const NOWHERE[] = {"XYZ"}, *const STATELESS[] = {"XXA"},
                             *const UNORDERED[] = {"KOR", "JPN"};
    struct member *member = &broken_members[0], good = *member;

    broken.members_count = 0;
    broken.groups_count = broken.legal_bases_count = broken.witnesses_count = 0;
    broken.witness_quorum = 0;
    assert_refused(ERR_FORMAT, "members");
    broken.members_count = WORLD_MEMBERS;

    member->id = "Bad";
    assert_refused(ERR_FORMAT, "members[Bad].id");
    member->id = "bb.two";
    assert_refused(ERR_FORMAT, "members[bb.two].id"); /* twice */
    *member = good;
    member->name = "";
    assert_refused(ERR_FORMAT, "members[aa.one].name");
    *member = good;
    member->local_name = "\x1b[2J";
    assert_refused(ERR_FORMAT, "members[aa.one].local_name");
    *member = good;
    member->country = "JAP";
    assert_refused(ERR_FORMAT, "members[aa.one].country");
    *member = good;
    member->roles = TWICE;
    member->roles_count = 2;
    assert_refused(ERR_FORMAT, "members[aa.one].roles");
    *member = good;
    member->authority_keys_count = 0;
    assert_refused(ERR_FORMAT, "members[aa.one].authority_keys");
    *member = good;
    member->issuing_states = NOWHERE;
    member->issuing_states_count = 1;
    assert_refused(ERR_FORMAT, "members[aa.one].issuing_states");
    member->issuing_states = STATELESS; /* a nationality, issues nothing */
    assert_refused(ERR_FORMAT, "members[aa.one].issuing_states");
    member->issuing_states = UNORDERED;
    member->issuing_states_count = 2;
    assert_refused(ERR_FORMAT, "members[aa.one].issuing_states");
}
END_TEST

START_TEST(groups_and_legal_bases_are_of_known_members)
{
    static const char *const UNKNOWN[] = {"aa.one", "dd.four"}, *const TWICE[] = {"aa.one",
                                                                                  "aa.one"};
    char name[MEMBER_ID_MAX + 2] = {0};

    world.group.members = UNKNOWN;
    world.group.members_count = 2;
    assert_refused(ERR_FORMAT, "groups[@all].members: dd.four");
    world.group.members = TWICE;
    assert_refused(ERR_FORMAT, "groups[@all].members");
    world.group.members_count = 0;
    assert_refused(ERR_FORMAT, "groups[@all].members");
    world.group = (struct group){"all", WORLD_IDS, 3};
    assert_refused(ERR_FORMAT, "groups[all].id");
    world.group.id = "@bb"; /* too short for a member's id after the sign */
    assert_refused(ERR_FORMAT, "groups[@bb].id");
    memset(name, 'g', MEMBER_ID_MAX + 1);
    name[0] = '@';
    world.group.id = name;
    ck_assert(!message_is_group_id(name));
    ck_assert_int_eq(directory_check(&broken, NULL), ERR_FORMAT);
    name[MEMBER_ID_MAX] = '\0';
    ck_assert(message_is_group_id(name));
    ck_assert_int_eq(directory_check(&broken, NULL), ERR_OK);
    world.group.id = "@all";
    world.basis.members_count = 1;
    assert_refused(ERR_FORMAT, "legal_bases[treaty.2007].members");
    world.basis.members_count = 2;
    world.basis.kinds = 0;
    assert_refused(ERR_FORMAT, "legal_bases[treaty.2007].kinds");
    world.basis.kinds = MLA;
    world.basis.title = "";
    assert_refused(ERR_FORMAT, "legal_bases[treaty.2007].title");
    world.basis.title = "Treaty";
    world.basis.answer_hours = 721;
    assert_refused(ERR_FORMAT, "legal_bases[treaty.2007].answer_hours");
    world.basis.answer_hours = 720;
    world.basis.id = "T";
    assert_refused(ERR_FORMAT, "legal_bases[T].id");
}
END_TEST

START_TEST(endpoints_are_tcp_with_a_port)
{
    static const struct {
        const char *endpoint;
        enum err want;
    } rows[] = {
        {"tcp://relay.example:7700", ERR_OK},
        {"tcp://192.0.2.1:1", ERR_OK},
        {"tcp://[2001:db8::1]:65535", ERR_OK},
        {"ipc://relay:1", ERR_FORMAT},
        {"tcp://relay.example", ERR_FORMAT},
        {"tcp://:7700", ERR_FORMAT},
        {"tcp://a:0", ERR_FORMAT},
        {"tcp://a:65536", ERR_FORMAT},
        {"tcp://a:07700", ERR_FORMAT},
        {"tcp://a:7700;x", ERR_FORMAT},
        {"tcp://a b:7700", ERR_FORMAT},
        {"tcp://[zz]:7700", ERR_FORMAT},
        {"tcp://*:7700", ERR_FORMAT},
        {"", ERR_FORMAT},
        {"tcp://", ERR_FORMAT},
        {"tcp", ERR_FORMAT},
    };

    world.relay.endpoint = rows[_i].endpoint;
    ck_assert_int_eq(directory_check(&broken, NULL), rows[_i].want);
}
END_TEST

START_TEST(log_and_witnesses_keep_their_rules)
{
    char origin[NOTE_NAME_MAX + 2] = {0};

    broken.log_origin = "has space";
    assert_refused(ERR_FORMAT, "log.origin");
    broken.log_origin = "has+plus";
    assert_refused(ERR_FORMAT, "log.origin");
    broken.log_origin = "";
    assert_refused(ERR_FORMAT, "log.origin");
    memset(origin, 'o', NOTE_NAME_MAX + 1); /* no key of a note has so long a name */
    broken.log_origin = origin;
    assert_refused(ERR_FORMAT, "log.origin");
    origin[NOTE_NAME_MAX] = '\0';
    ck_assert_int_eq(directory_check(&broken, NULL), ERR_OK);
    broken.log_origin = "test.example/log";
    broken.relays_count = 0;
    assert_refused(ERR_FORMAT, "relays");
    broken.relays_count = 1;
    world.witness.name = "cc.three/witness"; /* it operates the relay */
    assert_refused(ERR_FORMAT, "witnesses[0].name");
    world.witness.name = "bb.two";
    assert_refused(ERR_FORMAT, "witnesses[0].name");
    world.witness.name = "dd.four/witness";
    assert_refused(ERR_FORMAT, "witnesses[0].name");
    world.witness.name = "bb.two/witness";
    broken.witness_quorum = 0;
    assert_refused(ERR_FORMAT, "witness_quorum");
    broken.witness_quorum = 2;
    assert_refused(ERR_FORMAT, "witness_quorum");
    broken.witnesses_count = 0;
    broken.witness_quorum = 1;
    assert_refused(ERR_FORMAT, "witness_quorum");
}
END_TEST

START_TEST(quorum_is_more_than_half)
{
    struct witness witnesses[2] = {world.witness,
                                   {"aa.one/witness", world_key(&world, WITNESS, 1)}};

    broken.witnesses = witnesses;
    broken.witnesses_count = 2;
    broken.witness_quorum = 1; /* half would let two halves each have their own history */
    assert_refused(ERR_FORMAT, "witness_quorum");
    broken.witness_quorum = 2;
    ck_assert_int_eq(directory_check(&broken, NULL), ERR_OK);
    witnesses[1].name = witnesses[0].name;
    assert_refused(ERR_FORMAT, "witnesses[1].name");
}
END_TEST

/* Every place of a key, by number. */
enum { PLACES = 10 };

static struct public_key *
place_of(int number)
{
    static struct public_key voided;
    struct public_key *places[PLACES] = {
        &world.roots[0].key,      &world.roots[1].key,
        &world.authority_keys[0], &world.authority_keys[1],
        &broken.log_key,          &world.relay.transport_key,
        &world.relay.relay_key,   &world.witness.key,
        &world.roots[2].key,      &voided,
    };

    voided = world_key(&world, AUTHORITY, 50);
    broken.voided_keys = &voided;
    broken.voided_keys_count = 1;
    return places[number];
}

START_TEST(no_key_stands_in_two_places_for_every_pair)
{
    struct public_key *first = place_of(_i / PLACES), *second = place_of(_i % PLACES);

    ck_assert_int_eq(directory_check(&broken, NULL), ERR_OK);
    if (first == second)
        return;
    *second = *first;
    ck_assert_int_eq(directory_check(&broken, NULL), ERR_KEY);
}
END_TEST

START_TEST(weak_key_is_refused_in_every_place)
{
    struct public_key *place = place_of(_i);

    *place = (struct public_key){{0}};
    ck_assert_int_eq(directory_check(&broken, NULL), ERR_KEY);
}
END_TEST

START_TEST(malformed_bodies_are_refused)
{
    struct span body;
    struct directory out;
    ProtobufCMessage *message = NULL;
    struct arena *small = NULL;

    ck_assert_int_eq(directory_encode(&world.directory, world.arena, &body), ERR_OK);
    ck_assert_int_eq(directory_decode((struct span){NULL, 0}, world.arena, &out), ERR_FORMAT);
    ck_assert_int_eq(directory_decode((struct span){body.data, body.len - 1}, world.arena, &out),
                     ERR_FORMAT);
    ck_assert_int_eq(arena_new(200, &small), ERR_OK);
    ck_assert_int_eq(directory_decode(body, small, &out), ERR_NOMEM);
    ck_assert_int_eq(directory_encode(&world.directory, small, &body), ERR_NOMEM);
    arena_free(&small);

    ck_assert_int_eq(wire_decode(&denrei__v1__directory__descriptor, body, world.arena, &message),
                     ERR_OK);
    Denrei__V1__Directory *wire = (Denrei__V1__Directory *)message;
    wire->roots[1]->public_key.len = 31;
    ck_assert_int_eq(wire_encode(message, world.arena, &body), ERR_OK);
    ck_assert_int_eq(directory_decode(body, world.arena, &out), ERR_FORMAT);
    wire->roots[1]->public_key.len = 32;
    wire->log = NULL;
    ck_assert_int_eq(wire_encode(message, world.arena, &body), ERR_OK);
    ck_assert_int_eq(directory_decode(body, world.arena, &out), ERR_FORMAT);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("directory");
    TCase *tcase = tcase_create("directory");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, directory_comes_back_as_it_was);
    tcase_add_test(tcase, everything_is_found_by_its_id_and_nothing_else);
    tcase_add_test(tcase, version_name_and_dates_are_bounded);
    tcase_add_test(tcase, roots_and_threshold_are_bounded);
    tcase_add_test(tcase, members_are_ordered_and_well_formed);
    tcase_add_test(tcase, groups_and_legal_bases_are_of_known_members);
    tcase_add_loop_test(tcase, endpoints_are_tcp_with_a_port, 0, 16);
    tcase_add_test(tcase, log_and_witnesses_keep_their_rules);
    tcase_add_test(tcase, quorum_is_more_than_half);
    tcase_add_loop_test(tcase, no_key_stands_in_two_places_for_every_pair, 0, PLACES * PLACES);
    tcase_add_loop_test(tcase, weak_key_is_refused_in_every_place, 0, PLACES);
    tcase_add_test(tcase, malformed_bodies_are_refused);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
