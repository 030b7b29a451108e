#include "clients/node/io/hit_show.h"

#include "clients/message_json.h"
#include "clients/node/io/present.h"
#include "proto/io/clock.h"
#include "proto/io/term.h"
#include "proto/json_message.h"
#include "proto/message_id.h"
#include "proto/refusal.h"
#include "proto/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- gathering */

static enum err
read_step(struct span content, struct arena *arena, const Denrei__V1__ScreeningHit **out)
{
    ProtobufCMessage *message = NULL;

    *out = NULL;
    if (content.len == 0)
        return ERR_OK;
    enum err err = wire_decode(&denrei__v1__screening_hit__descriptor, content, arena, &message);
    if (err == ERR_OK)
        *out = (const Denrei__V1__ScreeningHit *)message;
    return err == ERR_FORMAT ? ERR_CORRUPT : err;
}

/* A reply counts that came from whom the report went to. */
static enum err
take_answer(const struct hit_show *show, uint64_t leaf, const struct header *report,
            struct hit_standing *standing)
{
    const Denrei__V1__ScreeningHit *step = NULL;
    struct presented presented;
    struct record record;

    enum err err = records_at(show->records, leaf, &record);
    if (err == ERR_OK)
        err = present_decode(&record, show->arena, &presented);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    if (presented.content == NULL ||
        presented.header.kind != DENREI__V1__KIND__KIND_SCREENING_HIT ||
        !header_is_to(report, presented.header.from) || standing->answers_count == HIT_ANSWERS_MAX)
        return ERR_OK;
    step = (const Denrei__V1__ScreeningHit *)presented.content;
    standing->answers[standing->answers_count++] = leaf;
    hit_course_take(&standing->course, step, record.time_ms, leaf);
    return ERR_OK;
}

static enum err
take_answers(const struct hit_show *show, const struct hits_sent *sent,
             struct hit_standing *standing)
{
    uint64_t leaves[HIT_ANSWERS_MAX];
    struct header header;
    size_t count = 0;

    enum err err = header_decode(sent->header, show->arena, &header);
    if (err != ERR_OK)
        return err == ERR_FORMAT ? ERR_CORRUPT : err;
    err = records_replies(show->records, &sent->id, leaves, HIT_ANSWERS_MAX, &count);
    for (size_t i = 0; i < count && err == ERR_OK; i++)
        err = take_answer(show, leaves[i], &header, standing);
    return err;
}

static enum err
take_report(const struct hit_show *show, const struct hits_sent *sent,
            struct hit_standing *standing)
{
    const struct directory *directory = trust_directory(state_trust(show->state), TRUST_UNLOGGED);
    struct header header;

    enum err err = header_decode(sent->header, show->arena, &header);
    if (err != ERR_OK)
        return err == ERR_FORMAT ? ERR_CORRUPT : err;
    standing->course =
        hit_course_begin(sent->accepted_ms, hit_answer_ms(directory, header.legal_basis));
    standing->course.notified_ms = sent->delivered_ms;
    return ERR_OK;
}

static enum err
look_at_record(const struct hit_show *show, struct hit_standing *standing)
{
    struct record record;

    if (!standing->hit.record.has_message)
        return ERR_OK;
    enum err err = records_at(show->records, standing->hit.record.leaf, &record);
    if (err == ERR_OK)
        standing->is_record_ended = record.state != RECORD_LIVE;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static int
compare_leaves(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

enum err
hit_gather(const struct hit_show *show, struct hit_standing *standing)
{
    const struct hit *hit = &standing->hit;

    standing->course = (struct hit_course){.reported_ms = 0};
    standing->is_record_ended = false;
    standing->answers_count = 0;
    enum err err = read_step(hit->draft, show->arena, &standing->draft);
    if (err == ERR_OK)
        err = look_at_record(show, standing);
    if (err == ERR_OK)
        err = hits_sent_of(show->hits, hit->number, show->arena, standing->sent,
                           &standing->sent_count);
    for (size_t i = 0; i < standing->sent_count && err == ERR_OK; i++) {
        const struct hits_sent *sent = &standing->sent[i];
        if (sent->stage != HITS_ACCEPTED)
            continue;
        if (hit->has_report && memcmp(sent->id.bytes, hit->report.bytes, ID_BYTES) == 0)
            err = take_report(show, sent, standing);
        if (err == ERR_OK)
            err = take_answers(show, sent, standing);
    }
    if (err != ERR_OK)
        return err;
    qsort(standing->answers, standing->answers_count, sizeof standing->answers[0], compare_leaves);
    standing->state = hit->dismissed_ms != 0 ? HIT_STATE_DISMISSED
                      : !hit->has_report     ? HIT_STATE_FOUND
                                             : hit_course_state(&standing->course, show->now_ms);
    return ERR_OK;
}

/* ---- words */

/* What was met, in few words: our own spelling of a number, or the subject. */
static void
write_subject(const struct hit_standing *standing, char *out, size_t out_bytes)
{
    const Denrei__V1__HitReport *report = standing->draft == NULL ? NULL : standing->draft->report;

    if (report == NULL)
        snprintf(out, out_bytes, "(ended)");
    else if (report->document != NULL)
        snprintf(out, out_bytes, "%s %s", report->document->number,
                 report->document->issuing_state);
    else
        snprintf(out, out_bytes, "person, score %u", (unsigned)report->score);
}

/* Until when somebody must act; 0: nobody need. */
static uint64_t
due_ms(const struct hit_standing *standing)
{
    switch (standing->state) {
    case HIT_STATE_REPORTED:
    case HIT_STATE_NOTIFIED:
    case HIT_STATE_MORE_TIME:
    case HIT_STATE_NO_REPLY:
        return standing->course.deadline_ms;
    case HIT_STATE_FOUND:
    case HIT_STATE_DISMISSED:
    case HIT_STATE_WAITING:
    case HIT_STATE_CONFIRMED:
    case HIT_STATE_NOT_CONFIRMED:
    case HIT_STATE_CORRECTED:
    case HIT_STATE_RECOVERED:
        break;
    }
    return 0;
}

/* ---- JSON */

static json_t *
time_json(uint64_t time_ms)
{
    return time_ms == 0 ? NULL : json_string(time_text_utc(time_ms).text);
}

static enum err
standing_json(const struct hit_show *show, const struct hit_standing *standing, json_t **out)
{
    const struct hit *hit = &standing->hit;
    json_t *found = NULL;
    enum err err = standing->draft == NULL
                       ? ERR_OK
                       : json_message_encode(&standing->draft->base, show->arena, &found);

    if (err != ERR_OK)
        return err;
    *out = json_pack(
        "{s:i, s:I, s:s, s:s, s:s*, s:s*, s:o*, s:o*, s:o*, s:o*, s:o*, s:b, s:o*}", "schema",
        (int)MESSAGE_JSON_SCHEMA, "hit", (json_int_t)hit->number, "state",
        hit_state_word(standing->state), "owner", hit->record.owner, "message",
        hit->record.has_message ? message_id_text(&hit->record.ref.id).text : NULL, "report",
        hit->has_report ? message_id_text(&hit->report).text : NULL, "looked_at",
        time_json(hit->looked_ms), "reported_at", time_json(standing->course.reported_ms),
        "deadline", time_json(due_ms(standing)), "answered_at",
        time_json(standing->course.answered_ms), "dismissed_at", time_json(hit->dismissed_ms),
        "record_ended", standing->is_record_ended, "found", found);
    if (*out == NULL)
        return ERR_NOMEM;
    if (hit->why[0] != '\0')
        json_object_set_new(*out, "why", json_string(hit->why));
    if (standing->course.answered_ms != 0)
        json_object_set_new(*out, "late", json_boolean(hit_course_is_late(&standing->course)));
    return ERR_OK;
}

static enum err
put_answers_json(const struct hit_show *show, const struct hit_standing *standing, json_t *json)
{
    json_t *answers = json_array();
    enum err err = answers == NULL ? ERR_NOMEM : ERR_OK;

    for (size_t i = 0; i < standing->answers_count && err == ERR_OK; i++) {
        struct presented presented;
        struct record record;
        json_t *answer = NULL;
        err = records_at(show->records, standing->answers[i], &record);
        if (err == ERR_OK)
            err = present_decode(&record, show->arena, &presented);
        if (err == ERR_OK)
            err = present_json(&presented, show->arena, &answer);
        if (err == ERR_OK && json_array_append_new(answers, answer) != 0)
            err = ERR_NOMEM;
    }
    if (err == ERR_OK && json_object_set(json, "answers", answers) != 0)
        err = ERR_NOMEM;
    json_decref(answers);
    return err;
}

/* What was said to the owner: the report, and what followed. */
static enum err
put_sent_json(const struct hit_show *show, const struct hit_standing *standing, json_t *json)
{
    static const char *const WORDS[] = {"", "WAITING", "ACCEPTED", "REFUSED"};
    json_t *list = json_array();
    enum err err = list == NULL ? ERR_NOMEM : ERR_OK;

    for (size_t i = 0; i < standing->sent_count && err == ERR_OK; i++) {
        const struct hits_sent *sent = &standing->sent[i];
        const Denrei__V1__ScreeningHit *step = NULL;
        json_t *content = NULL;
        err = read_step(sent->content, show->arena, &step);
        if (err == ERR_OK && step != NULL)
            err = json_message_encode(&step->base, show->arena, &content);
        if (err != ERR_OK)
            break;
        json_t *one = json_pack("{s:s, s:s, s:s, s:o*}", "id", message_id_text(&sent->id).text,
                                "stage", WORDS[sent->stage], "reason",
                                sent->refusal == REFUSAL_NONE ? "" : refusal_name(sent->refusal),
                                "content", content);
        if (one == NULL || json_array_append_new(list, one) != 0)
            err = ERR_NOMEM;
    }
    if (err == ERR_OK && json_object_set(json, "sent", list) != 0)
        err = ERR_NOMEM;
    json_decref(list);
    return err;
}

static enum err
print_json(const struct hit_show *show, const struct hit_standing *standing, bool has_answers)
{
    json_t *json = NULL;

    enum err err = standing_json(show, standing, &json);
    if (err == ERR_OK && has_answers)
        err = put_sent_json(show, standing, json);
    if (err == ERR_OK && has_answers)
        err = put_answers_json(show, standing, json);
    if (err == ERR_OK) {
        json_dumpf(json, stdout, JSON_COMPACT);
        putchar('\n');
    }
    json_decref(json);
    return err;
}

/* ---- the table */

static enum err
add_row(const struct hit_standing *standing, struct term_table *table)
{
    char number[24], subject[160];
    uint64_t due = due_ms(standing);
    struct time_text looked = clock_local_text(standing->hit.looked_ms);
    struct time_text deadline = {""};

    if (due != 0)
        deadline = clock_local_text(due);
    snprintf(number, sizeof number, "%llu", (unsigned long long)standing->hit.number);
    write_subject(standing, subject, sizeof subject);
    const char *cells[] = {number,
                           looked.text,
                           subject,
                           standing->hit.record.owner,
                           hit_state_word(standing->state),
                           deadline.text,
                           standing->is_record_ended ? "record ended" : ""};
    return term_table_add(table, cells);
}

enum err
hit_print_list(const struct hit_show *show, bool is_open_only, bool json)
{
    static const struct term_column COLUMNS[] = {
        {.title = "HIT", .right = true},
        {.title = "LOOKED UP"},
        {.title = "WHAT"},
        {.title = "OWNER"},
        {.title = "STATE"},
        {.title = "ANSWER DUE"},
        {.title = "NOTE", .may_go = 1},
    };
    static struct hit_standing standing; /* large, and one is shown after the other */
    struct term_table *table = NULL;
    uint64_t number = UINT64_MAX;
    enum err err = ERR_OK;

    if (!json)
        err = term_table_new(stdout, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0], &table);
    while (err == ERR_OK && !term_is_closed()) {
        arena_reset(show->arena);
        err = hits_before(show->hits, number, show->arena, &standing.hit);
        if (err == ERR_OK)
            err = hit_gather(show, &standing);
        if (err != ERR_OK)
            break;
        number = standing.hit.number;
        if (is_open_only && standing.state != HIT_STATE_FOUND && due_ms(&standing) == 0)
            continue;
        err = json ? print_json(show, &standing, false) : add_row(&standing, table);
    }
    if (err == ERR_NOT_FOUND)
        err = table == NULL ? ERR_OK : term_table_print(table);
    term_table_free(&table);
    return err;
}

/* ---- one hit */

static void
print_state(const struct hit_standing *standing)
{
    const struct hit *hit = &standing->hit;
    const struct hit_course *course = &standing->course;

    printf("Hit %llu  %s: %s\n", (unsigned long long)hit->number, hit_state_word(standing->state),
           hit_state_text(standing->state));
    printf("  Owner:      %s\n", hit->record.owner[0] == '\0' ? "not known" : hit->record.owner);
    if (hit->record.has_message)
        printf("  Record:     %s\n", message_id_text(&hit->record.ref.id).text);
    printf("  Looked up:  %s\n", clock_local_text(hit->looked_ms).text);
    if (hit->dismissed_ms != 0) {
        printf("  Dismissed:  %s: ", clock_local_text(hit->dismissed_ms).text);
        term_put(stdout, (struct span){(const uint8_t *)hit->why, strlen(hit->why)});
        putchar('\n');
    }
    if (standing->is_record_ended)
        printf("  The record has ended since: its owner withdrew or replaced it, or it expired.\n");
    if (course->reported_ms != 0)
        printf("  Reported:   %s\n", clock_local_text(course->reported_ms).text);
    if (course->notified_ms != 0)
        printf("  Delivered:  %s\n", clock_local_text(course->notified_ms).text);
    if (course->reported_ms != 0)
        printf("  Answer due: %s\n", clock_local_text(course->deadline_ms).text);
    if (course->answered_ms != 0)
        printf("  Answered:   %s%s\n", clock_local_text(course->answered_ms).text,
               hit_course_is_late(course) ? " (late)" : "");
}

static void
print_sent(const struct hits_sent *sent)
{
    static const char *const WORDS[] = {"", "waits", "accepted", "refused"};

    printf("\nSent  %s  %s%s%s\n", message_id_text(&sent->id).text, WORDS[sent->stage],
           sent->refusal == REFUSAL_NONE ? "" : ": ",
           sent->refusal == REFUSAL_NONE ? "" : refusal_text(sent->refusal));
}

static enum err
print_answer(const struct hit_show *show, uint64_t leaf)
{
    struct presented presented;
    struct record record;

    enum err err = records_at(show->records, leaf, &record);
    if (err == ERR_OK)
        err = present_decode(&record, show->arena, &presented);
    if (err != ERR_OK)
        return err;
    printf("\n%s answered at %s, log entry %llu\n", presented.header.from,
           clock_local_text(record.time_ms).text, (unsigned long long)leaf);
    if (presented.content != NULL)
        present_content(stdout, presented.content, 2);
    return ERR_OK;
}

enum err
hit_print(const struct hit_show *show, const struct hit_standing *standing, bool json)
{
    enum err err = ERR_OK;

    if (json)
        return print_json(show, standing, true);
    print_state(standing);
    if (standing->sent_count == 0 && standing->draft != NULL)
        present_content(stdout, &standing->draft->base, 2);
    for (size_t i = 0; i < standing->sent_count && err == ERR_OK; i++) {
        const Denrei__V1__ScreeningHit *step = NULL;
        print_sent(&standing->sent[i]);
        err = read_step(standing->sent[i].content, show->arena, &step);
        if (err == ERR_OK && step != NULL)
            present_content(stdout, &step->base, 2);
    }
    for (size_t i = 0; i < standing->answers_count && err == ERR_OK; i++)
        err = print_answer(show, standing->answers[i]);
    return err;
}
