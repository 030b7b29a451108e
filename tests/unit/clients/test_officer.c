/*
 * Goal: an officer's order becomes a header that policy allows and every recipient opens; what is
 * wrong with it is told with its place and a cure; and where a message stands follows from what
 * recipients signed.
 * Method: the federation of federation.h; orders with one deliberate mistake each.
 */
#include "client_case.h"
#include "clients/officer/officer.h"
#include "clients/received.h"
#include "proto/batch.h"
#include "proto/json_message.h"
#include "proto/json_read.h"
#include "proto/wire.h"

static struct fed_member *mofa;
static struct problems problems;
static struct order order;
static struct header header;

static const char *names[RECIPIENTS_MAX + 2];

static void
setup(void)
{
    client_setup();
    mofa = fed_member(fed, "jp.mofa");
    problems = (struct problems){0};
    names[0] = "th.dsi";
    names[1] = "kr.moj";
    order = (struct order){.kind = kind_find(DENREI__V1__KIND__KIND_LOST_PASSPORT),
                           .action = DENREI__V1__ACTION__ACTION_NEW,
                           .from = "jp.mofa",
                           .credential = mofa->credentials[0].credential.hash,
                           .names = names,
                           .names_count = 2,
                           .priority = DENREI__V1__PRIORITY__PRIORITY_ROUTINE,
                           .tlp = DENREI__V1__TLP__TLP_AMBER,
                           .use_restriction = DENREI__V1__USE_RESTRICTION__USE_H0,
                           .legal_basis = "",
                           .now_ms = FED_NOW_MS,
                           .thread_from = "jp.mofa"};
    order.id.bytes[6] = 0x70;
    order.id.bytes[8] = 0x80;
    order.id.bytes[15] = 1;
    order.thread_id.bytes[0] = 1;
}

static enum err
make(void)
{
    return order_make_header(fed->trust, &order, arena, &header, &problems);
}

static void
expect_problem(const char *path, const char *wrong, const char *cure)
{
    for (size_t i = 0; i < problems.count; i++) {
        const struct problem *problem = &problems.list[i];
        if (strcmp(problem->path.text, path) == 0 && strstr(problem->wrong, wrong) != NULL &&
            strstr(problem->cure, cure) != NULL)
            return;
    }
    for (size_t i = 0; i < problems.count; i++)
        fprintf(stderr, "told: %s: %s -> %s\n", problems.list[i].path.text, problems.list[i].wrong,
                problems.list[i].cure);
    ck_abort_msg("not told: %s: %s -> %s", path, wrong, cure);
}

/* ---- headers */

START_TEST(recipients_are_put_in_order_and_once)
{
    names[2] = "th.dsi";
    order.names_count = 3;
    ck_assert_int_eq(make(), ERR_OK);
    ck_assert_uint_eq(header.to_count, 2);
    ck_assert_str_eq(header.to[0], "kr.moj");
    ck_assert_str_eq(header.to[1], "th.dsi");
    ck_assert_str_eq(header.group, "");
    ck_assert_uint_eq(header.directory_version, 1);
    ck_assert_uint_eq(header.recipient_roster_versions[1], 1);
    ck_assert(problems_is_empty(&problems));
}
END_TEST

START_TEST(a_group_is_expanded_without_the_sender_and_who_cannot_receive)
{
    names[0] = "@all";
    order.names_count = 1;
    ck_assert_int_eq(make(), ERR_OK);
    ck_assert_str_eq(header.group, "@all");
    ck_assert_uint_eq(header.to_count, 2); /* neither jp.mofa nor the auditors */
    ck_assert_str_eq(header.to[0], "kr.moj");
}
END_TEST

START_TEST(the_header_of_an_order_passes_encoding_and_policy)
{
    struct policy_place place = policy_place_make(order.kind, TRUST_UNLOGGED, FED_NOW_MS);
    struct header again;
    struct span bytes;

    ck_assert_int_eq(make(), ERR_OK);
    ck_assert_int_eq(header_encode(&header, arena, &bytes), ERR_OK);
    ck_assert_int_eq(header_decode(bytes, arena, &again), ERR_OK);
    ck_assert_int_eq(policy_check(fed->trust, &again, &place).code, REFUSAL_NONE);
}
END_TEST

START_TEST(times_follow_from_the_wanted_life_and_stay_in_bounds)
{
    uint64_t longest_ms = (uint64_t)order.kind->retention_days_max * DAY_MS;

    ck_assert_int_eq(make(), ERR_OK);
    ck_assert_uint_eq(header.expires_at_ms, FED_NOW_MS + longest_ms);
    ck_assert_uint_eq(header.deliver_until_ms, FED_NOW_MS + DELIVER_MS_MAX);
    order.lifetime_ms = 2 * DAY_MS;
    ck_assert_int_eq(make(), ERR_OK);
    ck_assert_uint_eq(header.expires_at_ms, FED_NOW_MS + 2 * DAY_MS);
    ck_assert_uint_eq(header.deliver_until_ms, FED_NOW_MS + 2 * DAY_MS);
}
END_TEST

START_TEST(an_unknown_recipient_gets_the_nearest_names)
{
    names[0] = "kr.mooj";
    ck_assert_int_eq(make(), ERR_UNKNOWN);
    expect_problem("to", "kr.mooj", "kr.moj");
    names[0] = "@al";
    order.names_count = 1;
    ck_assert_int_eq(make(), ERR_UNKNOWN);
    expect_problem("to", "group @al", "@all");
}
END_TEST

START_TEST(recipients_that_cannot_be_are_told)
{
    names[0] = "@all";
    ck_assert_int_eq(make(), ERR_POLICY);
    expect_problem("to", "@all is a group", "alone");
    names[0] = "jp.mofa";
    ck_assert_int_eq(make(), ERR_POLICY);
    expect_problem("to", "the sender", "");
    order.names_count = 0;
    ck_assert_int_eq(make(), ERR_POLICY);
    expect_problem("to", "no recipient", "--to");
}
END_TEST

START_TEST(who_had_the_original_and_is_left_out_is_told)
{
    static const char *const had[] = {"kr.moj", "th.dsi"};

    order.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    order.original = had;
    order.original_count = 2;
    ck_assert_int_eq(make(), ERR_OK); /* both are named */
    order.names_count = 1;
    ck_assert_int_eq(make(), ERR_POLICY);
    expect_problem("to", "kr.moj had the original", "leave --to out");
    ck_assert_uint_eq(problems.count, 1);
}
END_TEST

START_TEST(a_withdrawal_goes_to_those_who_had_it_and_are_still_there)
{
    static const char *const had[] = {"kr.moj", "zz.gone"}, *const gone[] = {"zz.gone"};

    order.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    order.legal_basis = "treaty.gone";
    order.original = order.names = had;
    order.original_count = order.names_count = 2;
    ck_assert_int_eq(make(), ERR_OK);
    ck_assert_uint_eq(header.to_count, 1);
    ck_assert_str_eq(header.to[0], "kr.moj");
    ck_assert_str_eq(header.legal_basis, "");
    order.original_count = 1; /* a name that never had it is a slip */
    ck_assert_int_eq(make(), ERR_UNKNOWN);
    order.original = order.names = gone;
    order.original_count = order.names_count = 1;
    ck_assert_int_eq(make(), ERR_POLICY);
    expect_problem("to", "nobody that had it", "expires");
    order.names = names; /* th.dsi and kr.moj */
    order.names_count = 2;
    order.original = had;
    ck_assert_int_eq(make(), ERR_POLICY);
    expect_problem("to", "to nobody else", "leave --to out");
    order.action = DENREI__V1__ACTION__ACTION_UPDATE;
    order.original_count = 2;
    ck_assert_int_eq(make(), ERR_POLICY);
    expect_problem("to", "zz.gone had the original", "");
}
END_TEST

/* ---- checking */

static struct span
content_of(const char *text)
{
    ProtobufCMessage *message = NULL;
    json_t *tree = NULL;
    struct span bytes;

    ck_assert_int_eq(
        json_read_text((struct span){(const uint8_t *)text, strlen(text)}, &tree, &problems),
        ERR_OK);
    ck_assert_int_eq(json_message_decode(order.kind->content, tree, arena, &message, &problems),
                     ERR_OK);
    ck_assert_int_eq(wire_encode(message, arena, &bytes), ERR_OK);
    json_decref(tree);
    return bytes;
}

START_TEST(policy_and_content_are_told_together)
{
    ck_assert_int_eq(make(), ERR_OK);
    header.credential.bytes[0] ^= 1;
    ck_assert_int_eq(order_check(fed->trust, &order, &header, content_of("{}"), arena, &problems),
                     ERR_POLICY);
    expect_problem("from", "", "");
    expect_problem("documents", "missing", "");
}
END_TEST

START_TEST(content_is_told_although_the_recipients_are_not_known)
{
    names[0] = "kr.mooj";
    order.names_count = 1;
    ck_assert_int_eq(make(), ERR_UNKNOWN);
    ck_assert_int_eq(order_check_content(fed->trust, &order, content_of("{}"), arena, &problems),
                     ERR_POLICY);
    expect_problem("to", "kr.mooj", "kr.moj");
    expect_problem("documents", "missing", "");
    ck_assert_int_eq(order_check_content(fed->trust, &order,
                                         (struct span){(const uint8_t *)"\xff", 1}, arena,
                                         &problems),
                     ERR_FORMAT);
}
END_TEST

START_TEST(a_missing_legal_basis_is_told_with_those_that_would_do)
{
    order.kind = kind_find(DENREI__V1__KIND__KIND_MLA);
    order.names_count = 1;
    ck_assert_int_eq(make(), ERR_OK);
    ck_assert_int_eq(order_check(fed->trust, &order, &header, content_of("{\"reference\":\"A-1\"}"),
                                 arena, &problems),
                     ERR_POLICY);
    expect_problem("legal_basis", "", "treaty");
}
END_TEST

START_TEST(a_legal_basis_that_the_directory_does_not_have_gets_the_nearest)
{
    order.kind = kind_find(DENREI__V1__KIND__KIND_MLA);
    order.names_count = 1;
    order.legal_basis = "treety";
    ck_assert_int_eq(make(), ERR_OK);
    ck_assert_int_eq(order_check(fed->trust, &order, &header, content_of("{\"reference\":\"A-1\"}"),
                                 arena, &problems),
                     ERR_POLICY);
    expect_problem("legal_basis", "the directory has no legal basis treety", "did you mean treaty");
    order.legal_basis = "nothing like it";
    ck_assert_int_eq(make(), ERR_OK);
    ck_assert_int_eq(order_check(fed->trust, &order, &header, content_of("{\"reference\":\"A-1\"}"),
                                 arena, &problems),
                     ERR_POLICY);
    expect_problem("legal_basis", "no legal basis nothing like it", "--legal-basis: treaty");
}
END_TEST

START_TEST(bytes_that_are_no_content_are_refused)
{
    ck_assert_int_eq(make(), ERR_OK);
    ck_assert_int_eq(order_check(fed->trust, &order, &header,
                                 (struct span){(const uint8_t *)"\xff", 1}, arena, &problems),
                     ERR_FORMAT);
}
END_TEST

START_TEST(what_is_sealed_is_signed_and_sealed_to_each_recipient)
{
    static const uint8_t content[] = {0x0a, 0x00};
    const struct identity *signing = mofa->credentials[0].signing;
    struct envelope envelope;
    struct seal seal;
    struct hash root;

    ck_assert_int_eq(make(), ERR_OK);
    ck_assert_int_eq(order_seal(fed->trust, &header, (struct span){content, sizeof content},
                                signing, arena, &envelope),
                     ERR_OK);
    ck_assert_uint_eq(envelope.wraps_count, 2);
    ck_assert_int_eq(seal_decode(envelope.seal, arena, &seal), ERR_OK);
    ck_assert_int_eq(envelope_check(&fed->federation, &envelope, &seal, 2), ERR_OK);
    struct hash hash = envelope_message_hash(&fed->federation, envelope.header, envelope.seal);
    ck_assert_int_eq(batch_root(&hash, &envelope.signature, &root), ERR_OK);
    ck_assert_int_eq(batch_verify(&fed->federation, false, 1, &root, &envelope.signature.sig,
                                  identity_public_key(signing)),
                     ERR_OK);
}
END_TEST

START_TEST(what_cannot_be_sealed_is_refused)
{
    static uint8_t content[CONTENT_BYTES_MAX + 1];
    const struct identity *signing = mofa->credentials[0].signing;
    static const char *nobody[] = {"jp.nobody"};
    struct envelope envelope;

    ck_assert_int_eq(make(), ERR_OK);
    ck_assert_int_eq(order_seal(fed->trust, &header, (struct span){content, sizeof content},
                                signing, arena, &envelope),
                     ERR_RANGE);
    header.expires_at_ms = 0;
    ck_assert_int_eq(
        order_seal(fed->trust, &header, (struct span){content, 2}, signing, arena, &envelope),
        ERR_FORMAT);
    header.to = nobody;
    header.to_count = 1;
    ck_assert_int_eq(
        order_seal(fed->trust, &header, (struct span){content, 2}, signing, arena, &envelope),
        ERR_POLICY);
}
END_TEST

/* ---- where a message stands */

static struct officer_recipient rows[2];

static void
say(const char *member, Denrei__V1__DeliveryStatus status, uint64_t time_ms)
{
    struct delivery_receipt receipt = {
        .member = member, .status = status, .reason = REFUSAL_CONTENT, .time_ms = time_ms};

    officer_note_receipt(rows, 2, &receipt);
}

static bool
reached(Denrei__V1__DeliveryStatus status)
{
    return officer_has_reached(rows, 2, status);
}

START_TEST(a_message_is_delivered_and_read_when_all_say_so)
{
    memset(rows, 0, sizeof rows);
    rows[0].member = "kr.moj";
    rows[1].member = "th.dsi";
    ck_assert(!officer_has_reached(rows, 0, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED));
    say("kr.moj", DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED, 5);
    say("vn.mps", DENREI__V1__DELIVERY_STATUS__DELIVERY_READ, 5); /* no recipient */
    ck_assert(!reached(DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED));
    say("th.dsi", DENREI__V1__DELIVERY_STATUS__DELIVERY_READ, 7); /* read, so delivered */
    ck_assert(reached(DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED));
    ck_assert(!reached(DENREI__V1__DELIVERY_STATUS__DELIVERY_READ));
    say("kr.moj", DENREI__V1__DELIVERY_STATUS__DELIVERY_READ, 9);
    say("kr.moj", DENREI__V1__DELIVERY_STATUS__DELIVERY_READ, 8);
    ck_assert(reached(DENREI__V1__DELIVERY_STATUS__DELIVERY_READ));
    ck_assert_uint_eq(rows[0].read_ms, 8); /* the earliest stays */
    ck_assert_uint_eq(rows[0].delivered_ms, 5);
    say("kr.moj", DENREI__V1__DELIVERY_STATUS__DELIVERY_APPLIED, 11);
    ck_assert_uint_eq(rows[0].applied_ms, 11);
}
END_TEST

START_TEST(a_refusal_reaches_nothing_and_says_why)
{
    memset(rows, 0, sizeof rows);
    rows[0].member = "kr.moj";
    rows[1].member = "th.dsi";
    ck_assert(!officer_has_failed(rows, 2));
    say("kr.moj", DENREI__V1__DELIVERY_STATUS__DELIVERY_REFUSED, 5);
    ck_assert(officer_has_failed(rows, 2));
    ck_assert_uint_eq(rows[0].failed_ms, 5);
    ck_assert_uint_eq(rows[0].reason, REFUSAL_CONTENT);
    say("th.dsi", DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED, 5);
    ck_assert(!reached(DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED));
}
END_TEST

/* ---- words */

START_TEST(words_of_the_command_line_are_taken_in_any_case)
{
    ck_assert_int_eq(officer_priority("flash", &problems), DENREI__V1__PRIORITY__PRIORITY_FLASH);
    ck_assert_int_eq(officer_tlp("Amber-Strict", &problems), DENREI__V1__TLP__TLP_AMBER_STRICT);
    ck_assert_int_eq(officer_use("H2", &problems), DENREI__V1__USE_RESTRICTION__USE_H2);
    ck_assert(problems_is_empty(&problems));
    ck_assert_int_eq(officer_priority("flsh", &problems), 0);
    expect_problem("priority", "flsh", "FLASH");
}
END_TEST

static void
add_tests(TCase *tcase)
{
    tcase_add_test(tcase, recipients_are_put_in_order_and_once);
    tcase_add_test(tcase, a_group_is_expanded_without_the_sender_and_who_cannot_receive);
    tcase_add_test(tcase, the_header_of_an_order_passes_encoding_and_policy);
    tcase_add_test(tcase, times_follow_from_the_wanted_life_and_stay_in_bounds);
    tcase_add_test(tcase, an_unknown_recipient_gets_the_nearest_names);
    tcase_add_test(tcase, recipients_that_cannot_be_are_told);
    tcase_add_test(tcase, who_had_the_original_and_is_left_out_is_told);
    tcase_add_test(tcase, a_withdrawal_goes_to_those_who_had_it_and_are_still_there);
    tcase_add_test(tcase, policy_and_content_are_told_together);
    tcase_add_test(tcase, content_is_told_although_the_recipients_are_not_known);
    tcase_add_test(tcase, a_missing_legal_basis_is_told_with_those_that_would_do);
    tcase_add_test(tcase, a_legal_basis_that_the_directory_does_not_have_gets_the_nearest);
    tcase_add_test(tcase, bytes_that_are_no_content_are_refused);
    tcase_add_test(tcase, what_is_sealed_is_signed_and_sealed_to_each_recipient);
    tcase_add_test(tcase, what_cannot_be_sealed_is_refused);
    tcase_add_test(tcase, a_message_is_delivered_and_read_when_all_say_so);
    tcase_add_test(tcase, a_refusal_reaches_nothing_and_says_why);
    tcase_add_test(tcase, words_of_the_command_line_are_taken_in_any_case);
}

int
main(void)
{
    Suite *suite = suite_create("officer");
    TCase *tcase = tcase_create("officer");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, client_teardown);
    add_tests(tcase);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
