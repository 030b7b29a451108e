/*
 * Goal: a passenger list of a carrier is read traveller by traveller as the implementation guide
 * says; whatever is malformed is named and costs nobody else the screening.
 * Method: a list with every segment that matters; one damage after the other in it, the travellers
 * counted and compared; every place cut off.
 */
#include "clients/node/edifact.h"
#include "clients/node/paxlst.h"
#include "proto/limits.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD                                                                                       \
    "UNA:+.? '\n"                                                                                  \
    "UNB+UNOA:4+NH:ZZ+JPAPIS:ZZ+261124:0930+REF0001++APIS'\n"                                      \
    "UNG+PAXLST+NH:ZZ+JPAPIS:ZZ+261124:0930+1+UN+D:05B'\n"                                         \
    "UNH+PAX1+PAXLST:D:05B:UN:IATA+NH863/261124/1310+01:F'\n"                                      \
    "BGM+745'\n"                                                                                   \
    "NAD+MS+++ALL NIPPON HELP DESK'\n"                                                             \
    "COM+81 3 5555 0100:TE'\n"                                                                     \
    "TDT+20+NH863'\n"                                                                              \
    "LOC+125+HND'\n"                                                                               \
    "DTM+189:2611241310:201'\n"                                                                    \
    "LOC+87+GMP'\n"                                                                                \
    "DTM+232:2611241530:201'\n"
#define FIRST                                                                                      \
    "NAD+FL+++O?'NEIL:MARY:ANN'\n"                                                                 \
    "ATT+2++F'\n"                                                                                  \
    "DTM+329:850307'\n"                                                                            \
    "LOC+178+HND'\n"                                                                               \
    "NAT+2+IRL'\n"                                                                                 \
    "RFF+AVF:TYVWZ9'\n"                                                                            \
    "RFF+SEA:12C'\n"                                                                               \
    "DOC+P:110:111+PA1234567'\n"                                                                   \
    "DTM+36:310520'\n"                                                                             \
    "LOC+91+IRL'\n"                                                                                \
    "DOC+V:110:111+VZ76543'\n"                                                                     \
    "LOC+91+JPN'\n"
#define SECOND                                                                                     \
    "NAD+FL+++TANAKA:HANAKO'\n"                                                                    \
    "ATT+2++F'\n"                                                                                  \
    "DTM+329:000000'\n"                                                                            \
    "NAT+2+JPN'\n"                                                                                 \
    "DOC+P+TR1234567'\n"                                                                           \
    "LOC+91+JPN'\n"
#define TAIL                                                                                       \
    "CNT+42:2'\n"                                                                                  \
    "UNT+29+PAX1'\n"                                                                               \
    "UNE+1+1'\n"                                                                                   \
    "UNZ+1+REF0001'\n"

static const struct date_text TODAY = {2026, 11, 24};

static struct arena *arena;
static struct problems problems;
static struct passenger_list list;

static void
setup(void)
{
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
    problems = (struct problems){0};
    list = (struct passenger_list){.count = 99};
}

static void
teardown(void)
{
    arena_free(&arena);
}

static enum err
parse(const char *text)
{
    return paxlst_parse((struct span){(const uint8_t *)text, strlen(text)}, TODAY, arena, &list,
                        &problems);
}

/* ---- what is right */

START_TEST(every_field_of_a_traveller_is_read)
{
    ck_assert_int_eq(parse(HEAD FIRST "NAD+FM+++LEE:MINHO'DTM+329:19790101'DOC+C+9988'" TAIL),
                     ERR_OK);
    const struct passenger *first = &list.passengers[0];
    ck_assert_str_eq(list.flight, "NH863");
    ck_assert_str_eq(list.from, "HND");
    ck_assert_str_eq(list.to, "GMP");
    ck_assert_str_eq(list.departs, "2026-11-24T13:10");
    ck_assert_str_eq(list.arrives, "2026-11-24T15:30");
    ck_assert_uint_eq(list.count, 2);
    ck_assert_str_eq(first->family, "O'NEIL");
    ck_assert_str_eq(first->given, "MARY ANN");
    ck_assert_str_eq(first->birth, "1985-03-07");
    ck_assert_str_eq(first->sex, "F");
    ck_assert_str_eq(first->nationality, "IRL");
    ck_assert_str_eq(first->seat, "12C");
    ck_assert_str_eq(first->locator, "TYVWZ9");
    ck_assert_uint_eq(first->documents_count, 2);
    ck_assert_str_eq(first->documents[0].number, "PA1234567");
    ck_assert_str_eq(first->documents[0].state, "IRL");
    ck_assert_str_eq(first->documents[0].expiry, "2031-05-20");
    ck_assert_str_eq(first->documents[1].type, "V");
    ck_assert_str_eq(first->documents[1].state, "JPN");
    ck_assert(list.passengers[1].is_crew);
    ck_assert_str_eq(list.passengers[1].birth, "1979-01-01");
}
END_TEST

START_TEST(a_sound_list_has_no_problem_and_is_complete)
{
    ck_assert_int_eq(parse(HEAD FIRST SECOND TAIL), ERR_OK);
    ck_assert_str_eq(list.passengers[1].birth, "");
    ck_assert_msg(problems_is_empty(&problems), "%s: %s", problems.list[0].path.text,
                  problems.list[0].wrong);
    ck_assert(list.is_complete);
    ck_assert_uint_eq(list.count, 2);
    ck_assert_uint_eq(list.passengers[1].place, 2);
}
END_TEST

START_TEST(a_two_digit_year_of_birth_is_never_ahead)
{
    ck_assert_int_eq(parse(HEAD "NAD+FL+++A:B'DTM+329:260101'NAD+FL+++C:D'DTM+329:270101'" TAIL),
                     ERR_OK);
    ck_assert_str_eq(list.passengers[0].birth, "2026-01-01");
    ck_assert_str_eq(list.passengers[1].birth, "1927-01-01");
}
END_TEST

START_TEST(other_service_characters_are_taken_from_una)
{
    ck_assert_int_eq(parse("UNA=*.# ~UNB*UNOA=4*A*B*261124=1*R~UNH*1*PAXLST=D=05B=UN~TDT*20*X1~"
                           "NAD*FL***A#~B#*:JR=C~DOC*P*12345~LOC*91*UTO~UNT*6*1~UNZ*1*R~"),
                     ERR_OK);
    ck_assert(list.is_complete);
    ck_assert_str_eq(list.passengers[0].family, "A~B*:JR");
    ck_assert_str_eq(list.passengers[0].given, "C");
    ck_assert_str_eq(list.passengers[0].documents[0].state, "UTO");
}
END_TEST

START_TEST(latin_1_is_read_only_where_it_is_declared)
{
    static const char body[] = "UNH+1+PAXLST:D'TDT+20+X1'NAD+FL+++M\xDCLLER:J'UNT+4+1'UNZ+1+R'";
    char text[256];

    snprintf(text, sizeof text, "UNB+UNOC:3+A+B+1+R'%s", body);
    ck_assert_int_eq(parse(text), ERR_OK);
    ck_assert_str_eq(list.passengers[0].family, "MÜLLER");
    snprintf(text, sizeof text, "UNB+UNOA:3+A+B+1+R'%s", body);
    ck_assert_int_eq(parse(text), ERR_OK);
    ck_assert_uint_eq(list.count, 0);
    ck_assert(!list.is_complete);
    ck_assert_ptr_nonnull(strstr(problems.list[0].wrong, "character set"));
}
END_TEST

/* ---- what is wrong */

struct damage {
    const char *text;
    const char *path;
    const char *wrong; /* a part of what is said */
    size_t travellers; /* that are read all the same */
    size_t damaged;    /* of them, marked */
};

static const struct damage damages[] = {
    {HEAD FIRST "N4D+XX'" SECOND TAIL, "segment 24 (malformed)", "tag", 2, 1},
    {HEAD FIRST "DTM+329" SECOND TAIL, "segment 24 (DTM)", "", 0, 0},
    {HEAD "NAD+FL+++:MARY'" SECOND TAIL, "segment 12 (NAD)", "no family name", 2, 1},
    {HEAD "NAD+FL+++X:Y'DTM+329:851307'" SECOND TAIL, "segment 13 (DTM)", "date of birth", 2, 1},
    {HEAD "NAD+FL+++X:Y'DTM+329:8503'" SECOND TAIL, "segment 13 (DTM)", "date of birth", 2, 1},
    {HEAD "NAD+FL+++X:Y'ATT+2++Q'" SECOND TAIL, "segment 13 (ATT)", "sex", 2, 1},
    {HEAD "NAD+FL+++X:Y'DOC+P+1'DTM+36:319920'" SECOND TAIL, "segment 14 (DTM)", "document", 2, 1},
    {HEAD "NAD+FL+++X:Y'DOC+P+1'DOC+P+2'DOC+P+3'DOC+P+4'DOC+P+5'" SECOND TAIL, "segment 17 (DOC)",
     "four", 2, 1},
    {HEAD "NAD+FL+++X:Y'NAD+QQ+++Z'" SECOND TAIL, "segment 13 (NAD)", "role", 2, 1},
    {HEAD "NAD+FL+++X:\x01Y'" SECOND TAIL, "segment 12 (malformed)", "control", 1, 0},
    {HEAD FIRST SECOND "CNT+42:3'UNT+29+PAX1'UNZ+1+R'", "segment 30 (CNT)", "as many travellers", 2,
     0},
    {HEAD FIRST SECOND "CNT+42:2'UNT+28+PAX1'UNZ+1+R'", "segment 31 (UNT)", "as many segments", 2,
     0},
    {HEAD FIRST SECOND "CNT+42:2'", "end of file", "cut off", 2, 0},
    {HEAD FIRST SECOND "UNT+28+PAX1'", "end of file", "cut off", 2, 0},
    {HEAD FIRST "UNH+2+PAXLST:D'" SECOND TAIL, "segment 24 (UNH)", "within another", 2, 0},
    {HEAD FIRST SECOND "UNT+28+PAX1'UNT+1+X'UNZ+1+R'", "segment 31 (UNT)", "did not begin", 2, 0},
    {HEAD FIRST SECOND "UNT+28+PAX1'UNH+2+CUSRES:D'UNT+2+2'UNZ+1+R'", "segment 31 (UNH)",
     "not a PAXLST", 2, 0},
    {"UNB+UNOA:4'UNH+1+PAXLST:D'TDT+20+X'DTM+189:2611241360:201'UNT+4+1'UNZ+1+R'",
     "segment 4 (DTM)", "time of the flight", 0, 0},
};

START_TEST(what_is_malformed_is_named_and_the_rest_is_read)
{
    const struct damage *row = &damages[_i];

    if (row->travellers == 0 && row->wrong[0] == '\0') { /* joins the next segment */
        ck_assert_int_eq(parse(row->text), ERR_OK);
        ck_assert(!list.is_complete);
        return;
    }
    ck_assert_int_eq(parse(row->text), ERR_OK);
    ck_assert(!list.is_complete);
    ck_assert_uint_ge(problems.count, 1);
    ck_assert_str_eq(problems.list[0].path.text, row->path);
    ck_assert_ptr_nonnull(strstr(problems.list[0].wrong, row->wrong));
    ck_assert_str_ne(problems.list[0].cure, "");
    ck_assert_uint_eq(list.count, row->travellers);
    size_t damaged = 0;
    for (size_t i = 0; i < list.count; i++)
        damaged += list.passengers[i].damage[0] != '\0';
    ck_assert_uint_eq(damaged, row->damaged);
    if (list.count == 2) { /* the other traveller is whole */
        ck_assert_str_eq(list.passengers[1].family, "TANAKA");
        ck_assert_str_eq(list.passengers[1].documents[0].number, "TR1234567");
    }
}
END_TEST

START_TEST(a_list_cut_off_anywhere_is_never_complete)
{
    static const char whole[] = HEAD FIRST SECOND TAIL;

    for (size_t len = 0; len < sizeof whole - 3; len++) {
        struct passenger_list cut = {.is_complete = false};
        arena_reset(arena);
        problems = (struct problems){0};
        enum err err =
            paxlst_parse((struct span){(const uint8_t *)whole, len}, TODAY, arena, &cut, &problems);
        ck_assert(err == ERR_OK || err == ERR_FORMAT);
        ck_assert_msg(!cut.is_complete, "complete with %zu bytes", len);
        ck_assert_uint_ge(problems.count, 1);
    }
}
END_TEST

START_TEST(what_is_no_passenger_list_is_refused_and_nothing_is_set)
{
    static const char *const texts[] = {
        "",
        "family_name,given_names\nA,B\n",
        "UNA:::: 'UNB+UNOA:4'",
        "UNAABCD 'UNB+UNOA:4'",
        "UNB+UNOA:4+A+B'UNH+1+CUSRES:D'UNT+2+1'UNZ+1+R'",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        problems = (struct problems){0};
        arena_reset(arena);
        ck_assert_int_eq(parse(texts[i]), ERR_FORMAT);
        ck_assert_uint_ge(problems.count, 1);
        ck_assert_uint_eq(list.count, 99);
    }
}
END_TEST

START_TEST(too_many_travellers_are_refused)
{
    static const char one[] = "NAD+FL+++A:B'";
    size_t room = 200 + (PASSENGERS_MAX + 1) * (sizeof one - 1);
    char *text = malloc(room);

    ck_assert_ptr_nonnull(text);
    size_t len = (size_t)snprintf(text, room, "UNB+UNOA:4'UNH+1+PAXLST:D'TDT+20+X1'");
    for (size_t i = 0; i <= PASSENGERS_MAX; i++) {
        memcpy(text + len, one, sizeof one);
        len += sizeof one - 1;
    }
    ck_assert_int_eq(parse(text), ERR_FULL);
    ck_assert_uint_eq(list.count, 99);
    free(text);
}
END_TEST

START_TEST(an_arena_that_is_full_is_told)
{
    struct arena *small = NULL;
    static const char text[] = HEAD FIRST SECOND TAIL;

    ck_assert_int_eq(arena_new(4096, &small), ERR_OK);
    ck_assert_int_eq(paxlst_parse((struct span){(const uint8_t *)text, strlen(text)}, TODAY, small,
                                  &list, &problems),
                     ERR_NOMEM);
    arena_free(&small);
}
END_TEST

/* ---- the segments beneath */

START_TEST(a_segment_beyond_every_bound_is_malformed_and_the_next_one_is_read)
{
    char text[EDIFACT_SEGMENT_BYTES * 2];
    struct edifact edifact;
    size_t len = (size_t)snprintf(text, sizeof text, "UNB+A'FTX+");

    memset(text + len, 'x', EDIFACT_SEGMENT_BYTES);
    len += EDIFACT_SEGMENT_BYTES;
    len += (size_t)snprintf(text + len, sizeof text - len, "'ABC+1");
    for (size_t i = 0; i < EDIFACT_ELEMENTS_MAX; i++)
        text[len++] = '+';
    len += (size_t)snprintf(text + len, sizeof text - len, "'ABC+1");
    for (size_t i = 0; i < EDIFACT_COMPONENTS_MAX; i++)
        text[len++] = ':';
    len += (size_t)snprintf(text + len, sizeof text - len, "'XYZ++7:8'");
    ck_assert_int_eq(edifact_init(&edifact, (struct span){(const uint8_t *)text, len}, &problems),
                     ERR_OK);
    ck_assert_str_eq(edifact_next(&edifact)->tag, "UNB");
    for (size_t i = 0; i < 3; i++) {
        const struct edifact_segment *segment = edifact_next(&edifact);
        ck_assert_ptr_nonnull(segment->problem);
        ck_assert_str_eq(segment->tag, "");
    }
    const struct edifact_segment *last = edifact_next(&edifact);
    ck_assert_str_eq(last->tag, "XYZ");
    ck_assert_uint_eq(last->number, 5);
    ck_assert_str_eq(edifact_value(last, 1, 1), "");
    ck_assert_str_eq(edifact_value(last, 2, 1), "7");
    ck_assert_str_eq(edifact_value(last, 2, 2), "8");
    ck_assert_str_eq(edifact_value(last, 2, 3), "");
    ck_assert_str_eq(edifact_value(last, 3, 1), "");
    ck_assert_ptr_null(edifact_next(&edifact));
}
END_TEST

START_TEST(a_list_is_told_from_a_table)
{
    ck_assert(paxlst_is_likely((struct span){(const uint8_t *)"\r\nUNA:", 6}));
    ck_assert(paxlst_is_likely((struct span){(const uint8_t *)"UNB+", 4}));
    ck_assert(!paxlst_is_likely((struct span){(const uint8_t *)"UN", 2}));
    ck_assert(!paxlst_is_likely((struct span){(const uint8_t *)"number,state", 12}));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("paxlst");
    TCase *tcase = tcase_create("paxlst");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, every_field_of_a_traveller_is_read);
    tcase_add_test(tcase, a_sound_list_has_no_problem_and_is_complete);
    tcase_add_test(tcase, a_two_digit_year_of_birth_is_never_ahead);
    tcase_add_test(tcase, other_service_characters_are_taken_from_una);
    tcase_add_test(tcase, latin_1_is_read_only_where_it_is_declared);
    tcase_add_loop_test(tcase, what_is_malformed_is_named_and_the_rest_is_read, 0,
                        sizeof damages / sizeof damages[0]);
    tcase_add_test(tcase, a_list_cut_off_anywhere_is_never_complete);
    tcase_add_test(tcase, what_is_no_passenger_list_is_refused_and_nothing_is_set);
    tcase_add_test(tcase, too_many_travellers_are_refused);
    tcase_add_test(tcase, an_arena_that_is_full_is_told);
    tcase_add_test(tcase, a_segment_beyond_every_bound_is_malformed_and_the_next_one_is_read);
    tcase_add_test(tcase, a_list_is_told_from_a_table);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
