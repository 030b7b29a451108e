#include "clients/node/paxlst.h"

#include "clients/node/edifact.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Where in the message a segment stands; the meaning of LOC and DTM follows from it. */
enum group { OUTSIDE, HEAD, FLIGHT, PASSENGER, DOCUMENT, SKIPPED };

struct parser {
    struct edifact edifact;
    struct arena *arena;
    struct problems *problems;
    struct passenger_list list;
    struct date_text today;
    enum group group;
    size_t messages;
    uint64_t message_first;  /* segment number of UNH */
    size_t passengers_first; /* of the message, in the list */
    size_t crew_first;
    size_t crew;
    enum err err; /* of memory or bounds: reading stops */
};

/* ---- what is wrong */

static void
tell(struct parser *parser, const struct edifact_segment *segment, const char *wrong)
{
    const char *tag = segment->tag[0] == '\0' ? "malformed" : segment->tag;

    parser->list.is_complete = false;
    problems_add(parser->problems,
                 problem_path("segment %llu (%s)", (unsigned long long)segment->number, tag).text,
                 "ask the carrier for a corrected list; the rest of it is screened", "%s", wrong);
}

/* Copy a text; the empty one costs nothing. */
static const char *
keep(struct parser *parser, const char *text)
{
    if (text[0] == '\0')
        return "";
    const char *copy = arena_copy(parser->arena, text, strlen(text));
    if (copy == NULL) {
        parser->err = ERR_NOMEM;
        return "";
    }
    return copy;
}

/* The traveller whom the segments speak of, in the groups PASSENGER and DOCUMENT. */
static struct passenger *
current(struct parser *parser)
{
    assert(parser->list.count > 0);
    return &parser->list.passengers[parser->list.count - 1];
}

/* Tell what is wrong, and that the traveller whom it concerns is not screened in full. */
static void
damage(struct parser *parser, const struct edifact_segment *segment, const char *wrong)
{
    bool has_traveller = parser->group == PASSENGER || parser->group == DOCUMENT;

    tell(parser, segment, wrong);
    if (has_traveller && current(parser)->damage[0] == '\0')
        current(parser)->damage = keep(parser, wrong);
}

/* ---- dates: YYMMDD or CCYYMMDD, 00 where a part is unknown; times YYMMDDHHMM (format 201) */

static bool
read_digits(const char *text, size_t count, unsigned *out)
{
    unsigned value = 0;

    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    *out = value;
    return true;
}

/*
 * Read a date of `len` digits.  Of a year's last two digits a birth takes the latest year that is
 * not ahead, the end of a document one of this century.
 */
static bool
read_date(const struct parser *parser, const char *text, size_t len, bool is_birth,
          struct date_text *out)
{
    unsigned year = 0;
    unsigned month = 0;
    unsigned day = 0;

    if ((len != 6 && len != 8) || !read_digits(text, len - 4, &year) ||
        !read_digits(text + len - 4, 2, &month) || !read_digits(text + len - 2, 2, &day))
        return false;
    if (len == 6)
        year += is_birth && 2000 + year > parser->today.year ? 1900 : 2000;
    *out = (struct date_text){(uint16_t)year, (uint8_t)month, month == 0 ? 0 : (uint8_t)day};
    return date_text_is_real(*out);
}

static void
take_date(struct parser *parser, const struct edifact_segment *segment, bool is_birth,
          const char **out)
{
    const char *text = edifact_value(segment, 1, 2);
    char written[DATE_TEXT_BYTES];
    struct date_text date;

    if (text[strspn(text, "0")] == '\0')
        return; /* not stated */
    if (!read_date(parser, text, strlen(text), is_birth, &date)) {
        damage(parser, segment,
               is_birth ? "the date of birth is no date of the form YYMMDD"
                        : "the date of the document is no date of the form YYMMDD");
        return;
    }
    date_text_format(date, written);
    *out = keep(parser, written);
}

static void
take_time(struct parser *parser, const struct edifact_segment *segment, const char **out)
{
    const char *text = edifact_value(segment, 1, 2);
    size_t len = strlen(text);
    struct date_text date;
    unsigned hour = 0;
    unsigned minute = 0;
    char day[DATE_TEXT_BYTES];
    char written[DATE_TEXT_BYTES + 6];

    if ((*out)[0] != '\0')
        return; /* of several legs the first one's */
    if ((len != 10 && len != 12) || !read_date(parser, text, len - 4, false, &date) ||
        !date_text_is_complete(date) || !read_digits(text + len - 4, 2, &hour) ||
        !read_digits(text + len - 2, 2, &minute) || hour > 23 || minute > 59) {
        tell(parser, segment, "the time of the flight is none of the form YYMMDDHHMM");
        return;
    }
    date_text_format(date, day);
    snprintf(written, sizeof written, "%sT%02u:%02u", day, hour, minute);
    *out = keep(parser, written);
}

/* ---- segments of travellers */

static void
add_passenger(struct parser *parser, const struct edifact_segment *segment, bool is_crew)
{
    struct passenger_list *list = &parser->list;
    char given[EDIFACT_SEGMENT_BYTES] = "";
    size_t len = 0;

    if (list->count == list->capacity) {
        parser->err = ERR_FULL;
        return;
    }
    for (size_t i = 2; i <= 5; i++) { /* C080: family name, then given names */
        const char *part = edifact_value(segment, 4, i);
        if (part[0] != '\0')
            len +=
                (size_t)snprintf(given + len, sizeof given - len, "%s%s", len > 0 ? " " : "", part);
    }
    list->passengers[list->count] =
        (struct passenger){.place = list->count + 1,
                           .source = segment->number,
                           .family = keep(parser, edifact_value(segment, 4, 1)),
                           .given = keep(parser, given),
                           .birth = "",
                           .sex = "",
                           .nationality = "",
                           .seat = "",
                           .locator = "",
                           .is_crew = is_crew,
                           .damage = ""};
    list->count++;
    parser->crew += is_crew ? 1 : 0;
    parser->group = PASSENGER;
    if (current(parser)->family[0] == '\0')
        damage(parser, segment, "the traveller has no family name");
}

/* NAD: a passenger (FL), crew member (FM) or one in transit (DDT, DDU); else a contact. */
static void
on_nad(struct parser *parser, const struct edifact_segment *segment)
{
    const char *role = edifact_value(segment, 1, 1);
    bool is_crew = strcmp(role, "FM") == 0 || strcmp(role, "DDT") == 0;

    if (is_crew || strcmp(role, "FL") == 0 || strcmp(role, "DDU") == 0)
        add_passenger(parser, segment, is_crew);
    else if (parser->group == PASSENGER || parser->group == DOCUMENT)
        damage(parser, segment, "the role of the party is none of FL, FM, DDT and DDU");
}

static void
on_att(struct parser *parser, const struct edifact_segment *segment)
{
    const char *sex = edifact_value(segment, 3, 1);

    if (parser->group != PASSENGER || strcmp(edifact_value(segment, 1, 1), "2") != 0)
        return;
    if (strcmp(sex, "M") == 0 || strcmp(sex, "F") == 0)
        current(parser)->sex = keep(parser, sex);
    else if (strcmp(sex, "U") == 0 || strcmp(sex, "X") == 0)
        current(parser)->sex = "X";
    else if (sex[0] != '\0')
        damage(parser, segment, "the sex is none of M, F, U and X");
}

static void
on_doc(struct parser *parser, const struct edifact_segment *segment)
{
    const char *number = edifact_value(segment, 2, 1);

    if (parser->group != PASSENGER && parser->group != DOCUMENT)
        return;
    struct passenger *passenger = current(parser);
    parser->group = DOCUMENT;
    if (passenger->documents_count == PASSENGER_DOCUMENTS_MAX) {
        damage(parser, segment, "the traveller has more than four documents");
        return;
    }
    passenger->documents[passenger->documents_count++] =
        (struct passenger_document){.type = keep(parser, edifact_value(segment, 1, 1)),
                                    .number = keep(parser, number),
                                    .state = "",
                                    .expiry = ""};
}

/* The document that the segments after DOC speak of; NULL outside of one. */
static struct passenger_document *
current_document(struct parser *parser)
{
    if (parser->group != DOCUMENT || current(parser)->documents_count == 0)
        return NULL;
    return &current(parser)->documents[current(parser)->documents_count - 1];
}

static void
on_nat(struct parser *parser, const struct edifact_segment *segment)
{
    if (parser->group == PASSENGER && strcmp(edifact_value(segment, 1, 1), "2") == 0)
        current(parser)->nationality = keep(parser, edifact_value(segment, 2, 1));
}

static void
on_rff(struct parser *parser, const struct edifact_segment *segment)
{
    const char *use = edifact_value(segment, 1, 1);

    if (parser->group != PASSENGER)
        return;
    if (strcmp(use, "AVF") == 0)
        current(parser)->locator = keep(parser, edifact_value(segment, 1, 2));
    else if (strcmp(use, "SEA") == 0)
        current(parser)->seat = keep(parser, edifact_value(segment, 1, 2));
}

/* ---- segments of the flight, and those whose meaning depends on where they stand */

static void
on_tdt(struct parser *parser, const struct edifact_segment *segment)
{
    parser->group = FLIGHT;
    if (parser->list.flight[0] == '\0' && strcmp(edifact_value(segment, 1, 1), "20") == 0)
        parser->list.flight = keep(parser, edifact_value(segment, 2, 1));
}

static void
on_loc(struct parser *parser, const struct edifact_segment *segment)
{
    struct passenger_document *document = current_document(parser);
    const char *use = edifact_value(segment, 1, 1);
    const char *place = edifact_value(segment, 2, 1);

    if (document != NULL && strcmp(use, "91") == 0)
        document->state = keep(parser, place);
    else if (parser->group == FLIGHT && strcmp(use, "125") == 0 && parser->list.from[0] == '\0')
        parser->list.from = keep(parser, place);
    else if (parser->group == FLIGHT && strcmp(use, "87") == 0 && parser->list.to[0] == '\0')
        parser->list.to = keep(parser, place);
}

static void
on_dtm(struct parser *parser, const struct edifact_segment *segment)
{
    struct passenger_document *document = current_document(parser);
    const char *use = edifact_value(segment, 1, 1);

    if (document != NULL && strcmp(use, "36") == 0)
        take_date(parser, segment, false, &document->expiry);
    else if (parser->group == PASSENGER && strcmp(use, "329") == 0)
        take_date(parser, segment, true, &current(parser)->birth);
    else if (parser->group == FLIGHT && strcmp(use, "189") == 0)
        take_time(parser, segment, &parser->list.departs);
    else if (parser->group == FLIGHT && strcmp(use, "232") == 0)
        take_time(parser, segment, &parser->list.arrives);
}

/* ---- the message around them, and its counts */

static void
on_unh(struct parser *parser, const struct edifact_segment *segment)
{
    if (parser->group != OUTSIDE)
        tell(parser, segment, "a message begins within another one, whose end is missing");
    parser->message_first = segment->number;
    parser->passengers_first = parser->list.count;
    parser->crew_first = parser->crew;
    if (strcmp(edifact_value(segment, 2, 1), "PAXLST") != 0) {
        parser->group = SKIPPED;
        tell(parser, segment, "the message is not a PAXLST and is not read");
        return;
    }
    parser->group = HEAD;
    parser->messages++;
}

/* Whether the count that a segment states is `count`; an absent one says nothing. */
static bool
agrees(const char *stated, uint64_t count)
{
    char text[24];

    snprintf(text, sizeof text, "%llu", (unsigned long long)count);
    while (stated[0] == '0' && stated[1] != '\0')
        stated++;
    return stated[0] == '\0' || strcmp(stated, text) == 0;
}

/* CNT: 42 is how many passengers the list has, 41 how many of the crew. */
static void
on_cnt(struct parser *parser, const struct edifact_segment *segment)
{
    const char *use = edifact_value(segment, 1, 1);
    const char *stated = edifact_value(segment, 1, 2);
    size_t crew = parser->crew - parser->crew_first;
    size_t all = parser->list.count - parser->passengers_first;
    size_t count = strcmp(use, "41") == 0 ? crew : all - crew;

    parser->group = HEAD; /* behind the travellers */
    if ((strcmp(use, "41") == 0 || strcmp(use, "42") == 0) && !agrees(stated, count) &&
        !agrees(stated, all))
        tell(parser, segment, "the list does not have as many travellers as it says");
}

static void
on_unt(struct parser *parser, const struct edifact_segment *segment)
{
    uint64_t segments = segment->number - parser->message_first + 1;

    if (parser->group == OUTSIDE)
        tell(parser, segment, "a message ends that did not begin");
    else if (parser->group != SKIPPED && !agrees(edifact_value(segment, 1, 1), segments))
        tell(parser, segment, "the message does not have as many segments as it says");
    parser->group = OUTSIDE;
}

static void
take(struct parser *parser, const struct edifact_segment *segment)
{
    static const struct {
        char tag[4];
        void (*on)(struct parser *parser, const struct edifact_segment *segment);
    } SEGMENTS[] = {
        {"NAD", on_nad}, {"ATT", on_att}, {"DTM", on_dtm}, {"LOC", on_loc}, {"NAT", on_nat},
        {"RFF", on_rff}, {"DOC", on_doc}, {"TDT", on_tdt}, {"CNT", on_cnt},
    };

    if (segment->problem != NULL) {
        damage(parser, segment, segment->problem);
        return;
    }
    if (strcmp(segment->tag, "UNH") == 0) {
        on_unh(parser, segment);
    } else if (strcmp(segment->tag, "UNT") == 0) {
        on_unt(parser, segment);
    } else if (parser->group != OUTSIDE && parser->group != SKIPPED) {
        for (size_t i = 0; i < sizeof SEGMENTS / sizeof SEGMENTS[0]; i++) {
            if (strcmp(segment->tag, SEGMENTS[i].tag) == 0)
                SEGMENTS[i].on(parser, segment);
        }
    }
}

bool
paxlst_is_likely(struct span text)
{
    size_t at = 0;

    while (at < text.len && memchr(" \t\r\n", text.data[at], 4) != NULL)
        at++;
    return text.len - at >= 3 &&
           (memcmp(text.data + at, "UNA", 3) == 0 || memcmp(text.data + at, "UNB", 3) == 0);
}

enum err
paxlst_parse(struct span text, struct date_text today, struct arena *arena,
             struct passenger_list *out, struct problems *problems)
{
    struct parser *parser = arena_alloc(arena, sizeof *parser);
    const struct edifact_segment *segment = NULL;
    const char *last = "";

    if (parser == NULL)
        return ERR_NOMEM;
    *parser = (struct parser){.arena = arena, .problems = problems, .today = today};
    parser->list = (struct passenger_list){.flight = "",
                                           .from = "",
                                           .to = "",
                                           .departs = "",
                                           .arrives = "",
                                           .capacity = PASSENGERS_MAX,
                                           .is_complete = true};
    parser->list.passengers = arena_alloc(arena, PASSENGERS_MAX * sizeof(struct passenger));
    if (parser->list.passengers == NULL)
        return ERR_NOMEM;
    enum err err = edifact_init(&parser->edifact, text, problems);
    if (err != ERR_OK)
        return err;
    while (parser->err == ERR_OK && (segment = edifact_next(&parser->edifact)) != NULL) {
        take(parser, segment);
        last = strcmp(segment->tag, "UNZ") == 0 ? "UNZ" : "";
    }
    if (parser->err != ERR_OK)
        return parser->err;
    if (parser->messages == 0) {
        problems_add(problems, "", "give the carrier's list of passengers",
                     "there is no PAXLST message in the file");
        return ERR_FORMAT;
    }
    if (parser->group != OUTSIDE || last[0] == '\0') {
        parser->list.is_complete = false;
        problems_add(problems, "end of file", "ask the carrier for the whole list",
                     "the list is cut off: its trailer is missing");
    }
    *out = parser->list;
    return ERR_OK;
}
