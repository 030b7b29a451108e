/*
 * Goal: content is decoded strictly and judged by its kind with all that the header and the
 * directory say of it: what the rules ask for is what really stands there.
 * Method: headers of the federation of federation.h; for each part of the context one rule that
 * speaks when that part alone is changed.
 */
#include "client_case.h"
#include "clients/received.h"
#include "proto/lost_passport.pb-c.h"
#include "proto/mla.pb-c.h"
#include "proto/wire.h"

static const uint8_t CONTENT[] = {0x0a, 0x00}; /* LostPassport with an empty document */
static const struct span lost = {CONTENT, sizeof CONTENT};
static const char *const TO[] = {"kr.moj", "th.dsi"};

static struct header header;
static struct problems problems;

static void
setup(void)
{
    struct fed_member *mofa = NULL;

    client_setup();
    client_take_documents();
    mofa = fed_member(fed, "jp.mofa");
    header = fed_header(fed, mofa, &mofa->credentials[0], TO, 2, 1);
}

static bool
is_told(const char *path, const char *wrong)
{
    for (size_t i = 0; i < problems.count; i++)
        if (strcmp(problems.list[i].path.text, path) == 0 &&
            strstr(problems.list[i].wrong, wrong) != NULL)
            return true;
    return false;
}

/* What is wrong with `content` is in `problems`. */
static enum err
check_in(struct span content, const char *thread_from, ProtobufCMessage **message)
{
    problems = (struct problems){0};
    *message = NULL;
    return received_check_content(own, &header, TRUST_UNLOGGED, thread_from, content, arena,
                                  message, &problems);
}

static enum err
check(struct span content)
{
    ProtobufCMessage *message = NULL;

    return check_in(content, "", &message);
}

/* A step of an MLA case with nothing in it but its reference. */
static struct span
mla_step(Denrei__V1__Mla__StepCase step)
{
    Denrei__V1__Mla mla = DENREI__V1__MLA__INIT;
    Denrei__V1__MlaRequest request = DENREI__V1__MLA_REQUEST__INIT;
    Denrei__V1__MlaAnswer answer = DENREI__V1__MLA_ANSWER__INIT;
    struct span bytes;

    mla.reference = wire_put_text("A-1");
    mla.step_case = step;
    if (step == DENREI__V1__MLA__STEP_REQUEST)
        mla.request = &request;
    else
        mla.answer = &answer;
    fed_need(wire_encode(&mla.base, arena, &bytes), "step");
    return bytes;
}

/* A report of one document of `state`, with nothing else in it. */
static struct span
lost_of(const char *state)
{
    Denrei__V1__LostPassport report = DENREI__V1__LOST_PASSPORT__INIT;
    Denrei__V1__LostDocument document = DENREI__V1__LOST_DOCUMENT__INIT;
    Denrei__V1__LostDocument *documents = &document;
    struct span bytes;

    document.issuing_state = wire_put_text(state);
    report.n_documents = 1;
    report.documents = &documents;
    fed_need(wire_encode(&report.base, arena, &bytes), "report");
    return bytes;
}

static void
be_mla(void)
{
    header.kind = DENREI__V1__KIND__KIND_MLA;
    header.legal_basis = "treaty";
    header.to_count = 1;
}

START_TEST(content_that_breaks_the_kinds_rules_is_told_and_decoded)
{
    ProtobufCMessage *message = NULL;

    ck_assert_int_eq(check_in(lost, "", &message), ERR_POLICY);
    ck_assert(is_told("documents[0].number", "missing"));
    ck_assert_ptr_nonnull(message);
}
END_TEST

START_TEST(content_that_is_no_message_of_the_kind_is_refused)
{
    ProtobufCMessage *message = NULL;

    ck_assert_int_eq(check_in((struct span){(const uint8_t *)"\xff", 1}, "", &message), ERR_FORMAT);
    ck_assert_ptr_null(message);
    header.kind = (Denrei__V1__Kind)7; /* has no rules yet */
    ck_assert_int_eq(check(lost), ERR_FORMAT);
}
END_TEST

START_TEST(a_withdrawal_has_no_content)
{
    header.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    ck_assert_int_eq(check((struct span){0}), ERR_OK);
    ck_assert_int_eq(check(lost), ERR_POLICY);
}
END_TEST

START_TEST(handling_and_times_of_the_header_are_judged)
{
    header.group = "@all";
    (void)check(lost);
    ck_assert(!is_told("tlp", ""));
    ck_assert(!is_told("expires_at", ""));
    header.tlp = DENREI__V1__TLP__TLP_RED;
    (void)check(lost);
    ck_assert(is_told("tlp", "RED"));
    header.group = "";
    (void)check(lost);
    ck_assert(!is_told("tlp", ""));
    header.expires_at_ms = header.created_at_ms + 3700 * DAY_MS;
    (void)check(lost);
    ck_assert(is_told("expires_at", "kept for at most"));
    be_mla();
    header.tlp = DENREI__V1__TLP__TLP_CLEAR;
    header.use_restriction = DENREI__V1__USE_RESTRICTION__USE_H3;
    header.group = "@all";
    (void)check(mla_step(DENREI__V1__MLA__STEP_REQUEST));
    ck_assert(is_told("tlp", "widest label is"));
    ck_assert(is_told("request.handling_note", "H3"));
    ck_assert(is_told("group", "cannot be sent"));
}
END_TEST

START_TEST(the_directory_says_whose_documents_a_member_reports_and_what_it_is)
{
    (void)check(lost_of("JPN"));
    ck_assert(!is_told("documents[0].issuing_state", ""));
    (void)check(lost_of("KOR"));
    ck_assert(is_told("documents[0].issuing_state", "jp.mofa has no authority"));
    be_mla();
    (void)check(mla_step(DENREI__V1__MLA__STEP_REQUEST));
    ck_assert(!is_told("request", "central authority"));
    header.from = "jp.nobody"; /* of whom the directory says nothing */
    (void)check(mla_step(DENREI__V1__MLA__STEP_REQUEST));
    ck_assert(is_told("request", "central authority"));
}
END_TEST

START_TEST(thread_recipient_and_legal_basis_reach_the_rules)
{
    const struct span request = mla_step(DENREI__V1__MLA__STEP_REQUEST);
    const struct span answer = mla_step(DENREI__V1__MLA__STEP_ANSWER);
    ProtobufCMessage *message = NULL;

    be_mla();
    header.legal_basis = "";
    (void)check(request);
    ck_assert(is_told("legal_basis", "rests on"));
    header.to_count = 2;
    (void)check(request);
    ck_assert(is_told("to", "at most 1 recipient"));
    header.to_count = 1;
    (void)check(answer);
    ck_assert(is_told("in_reply_to", "replies to a message of its case"));
    header.has_in_reply_to = true;
    header.in_reply_to = (struct message_ref){.from = "kr.moj"};
    (void)check_in(answer, "kr.moj", &message);
    ck_assert(!is_told("in_reply_to", ""));
    ck_assert(!is_told("answer", ""));
    (void)check_in(answer, "jp.mofa", &message);
    ck_assert(is_told("answer", "made the request"));
    header.in_reply_to.from = "jp.mofa";
    (void)check_in(answer, "kr.moj", &message);
    ck_assert(is_told("in_reply_to", "its own message"));
    header.in_reply_to.from = "th.dsi";
    (void)check_in(answer, "kr.moj", &message);
    ck_assert(is_told("in_reply_to", "th.dsi is a party"));
}
END_TEST

START_TEST(the_recipient_holds_a_request_against_its_treaty)
{
    be_mla();
    (void)check(mla_step(DENREI__V1__MLA__STEP_REQUEST));
    ck_assert(is_told("request.purpose", "missing"));
    ck_assert(!is_told("request.purpose", "UNTOC"));
    header.legal_basis = "treaty.jp-kr.2007";
    (void)check(mla_step(DENREI__V1__MLA__STEP_REQUEST));
    ck_assert(is_told("request.purpose", "UNTOC Art. 18(15)(f)"));
    ck_assert(is_told("to", "of the same state")); /* the countries are the directory's */
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("received_content");
    TCase *tcase = tcase_create("received_content");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, client_teardown);
    tcase_add_test(tcase, content_that_breaks_the_kinds_rules_is_told_and_decoded);
    tcase_add_test(tcase, content_that_is_no_message_of_the_kind_is_refused);
    tcase_add_test(tcase, a_withdrawal_has_no_content);
    tcase_add_test(tcase, handling_and_times_of_the_header_are_judged);
    tcase_add_test(tcase, the_directory_says_whose_documents_a_member_reports_and_what_it_is);
    tcase_add_test(tcase, thread_recipient_and_legal_basis_reach_the_rules);
    tcase_add_test(tcase, the_recipient_holds_a_request_against_its_treaty);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
