/* hit list, confirm, reject, correct, recovered, more-time: the owner's side of a hit. */
#include "clients/hit.h"
#include "clients/message_json.h"
#include "clients/officer/io/commands.h"
#include "clients/officer/io/compose.h"
#include "clients/officer/io/print.h"
#include "clients/officer/io/read.h"
#include "proto/hash.h"
#include "proto/io/clock.h"
#include "proto/io/exit.h"
#include "proto/io/term.h"
#include "proto/screening_hit.pb-c.h"
#include "proto/wire.h"

#include <stdio.h>
#include <string.h>

/* ---- where a report stands */

/* A report that was received, and what this officer answered. */
struct reported {
    struct store_received row;
    struct received received;
    const Denrei__V1__ScreeningHit *content;
    struct hit_course course;
    const char *record; /* what became of the record: "", "withdrawn", "updated", "not yours" */
};

/* Whether a received row is a report that can be read; its content then. */
static enum err
read_report(struct desk *desk, const struct store_received *row, struct reported *out, bool *is_one)
{
    struct problems ignored = {0};
    ProtobufCMessage *content = NULL;
    struct header header;

    *is_one = false;
    enum err err = header_decode(row->header, desk->arena, &header);
    if (err != ERR_OK || header.kind != DENREI__V1__KIND__KIND_SCREENING_HIT ||
        row->item.len == 0 || row->refusal != 0)
        return err;
    err = read_item(desk, row, &out->received);
    if (err != ERR_OK || out->received.refusal != REFUSAL_NONE || out->received.is_tombstone)
        return err;
    err = read_content(desk, &out->received, &content, &ignored);
    if (err != ERR_OK && err != ERR_POLICY && err != ERR_FORMAT)
        return err;
    if (err != ERR_OK) /* wrong content: `show` says what is wrong, and it is no report */
        return ERR_OK;
    out->row = *row;
    out->content = (const Denrei__V1__ScreeningHit *)content;
    *is_one = out->content->step_case == DENREI__V1__SCREENING_HIT__STEP_REPORT;
    return ERR_OK;
}

/* One's own answers to this report. */
static enum err
take_answers(struct desk *desk, struct reported *reported)
{
    enum err err = ERR_OK;

    for (uint64_t i = 0; err == ERR_OK; i++) {
        ProtobufCMessage *message = NULL;
        struct store_sent sent;
        struct header header;
        struct span content;
        err = store_sent_in_thread(desk->store, &reported->received.header.thread_id, i,
                                   desk->arena, &sent);
        if (err == ERR_OK)
            err = header_decode(sent.header, desk->arena, &header);
        if (err != ERR_OK)
            break;
        if (header.kind != DENREI__V1__KIND__KIND_SCREENING_HIT || sent.stage != STORE_ACCEPTED ||
            !header.has_in_reply_to ||
            !hash_is_equal(&header.in_reply_to.hash, &reported->row.ref.hash) || sent.copy.len == 0)
            continue;
        err = desk_open_copy(desk, &sent, desk->arena, &content);
        if (err == ERR_OK)
            err =
                wire_decode(&denrei__v1__screening_hit__descriptor, content, desk->arena, &message);
        if (err == ERR_OK)
            hit_course_take(&reported->course, (const Denrei__V1__ScreeningHit *)message,
                            sent.accepted_ms, sent.leaf);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* The record that was met: one's own, and whether it still stands. */
static enum err
look_at_record(struct desk *desk, struct reported *reported)
{
    const struct header *header = &reported->received.header;
    struct store_sent record, head;
    struct header last;

    reported->record = header->has_in_reply_to ? "of another officer" : "listed";
    if (!header->has_in_reply_to)
        return ERR_OK;
    enum err err = store_sent(desk->store, &header->in_reply_to.id, desk->arena, &record);
    if (err == ERR_OK && !hash_is_equal(&record.hash, &header->in_reply_to.hash))
        return ERR_OK;
    if (err == ERR_OK)
        err = store_head(desk->store, &record.id, desk->arena, &head);
    if (err == ERR_OK)
        err = header_decode(head.header, desk->arena, &last);
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    if (err == ERR_OK)
        reported->record = last.action == DENREI__V1__ACTION__ACTION_WITHDRAW      ? "withdrawn"
                           : memcmp(head.id.bytes, record.id.bytes, ID_BYTES) != 0 ? "updated"
                                                                                   : "in force";
    return err;
}

static enum err
gather(struct desk *desk, const struct store_received *row, struct reported *out, bool *is_one)
{
    const struct directory *directory = trust_directory(state_trust(desk->state), TRUST_UNLOGGED);

    enum err err = read_report(desk, row, out, is_one);
    if (err != ERR_OK || !*is_one)
        return err;
    out->course =
        hit_course_begin(row->time_ms, hit_answer_ms(directory, out->received.header.legal_basis));
    out->course.notified_ms = row->time_ms; /* it is here */
    err = take_answers(desk, out);
    return err == ERR_OK ? look_at_record(desk, out) : err;
}

/* ---- hit list */

static void
write_subject(const struct reported *reported, char *out, size_t out_bytes)
{
    const Denrei__V1__HitReport *report = reported->content->report;

    if (report->document != NULL)
        snprintf(out, out_bytes, "%s %s", report->document->number,
                 report->document->issuing_state);
    else
        snprintf(out, out_bytes, "person, score %u", (unsigned)report->score);
}

static enum err
add_row(const struct reported *reported, uint64_t now_ms, struct term_table *table)
{
    struct message_id_text id = message_id_text(&reported->row.ref.id);
    const Denrei__V1__HitMeeting *meeting = reported->content->report->meeting;
    char subject[160], place[TERM_ESCAPED_BYTES(200)];
    struct time_text due = clock_local_text(reported->course.deadline_ms);

    id.text[MESSAGE_ID_SHORT_LEN] = '\0';
    write_subject(reported, subject, sizeof subject);
    term_escape((struct span){(const uint8_t *)meeting->place, strlen(meeting->place)}, place,
                sizeof place);
    const char *cells[] = {id.text,
                           reported->received.header.from,
                           subject,
                           place,
                           hit_state_word(hit_course_state(&reported->course, now_ms)),
                           reported->course.answer == 0 ? due.text : "",
                           reported->record};
    return term_table_add(table, cells);
}

static enum err
print_one_json(const struct reported *reported, uint64_t now_ms, struct arena *arena)
{
    const struct hit_course *course = &reported->course;
    struct message_facts facts = {.leaf = reported->row.leaf,
                                  .time_ms = reported->row.time_ms,
                                  .slot = &reported->row.slot,
                                  .hash = &reported->row.ref.hash,
                                  .state = hit_state_word(hit_course_state(course, now_ms)),
                                  .reason = "",
                                  .content = &reported->content->base};
    json_t *tree = NULL;

    enum err err = message_json(&reported->received.header, &facts, arena, &tree);
    if (err != ERR_OK)
        return err;
    json_object_set_new(tree, "deadline", json_string(time_text_utc(course->deadline_ms).text));
    json_object_set_new(tree, "record", json_string(reported->record));
    if (course->answered_ms != 0) {
        json_object_set_new(tree, "answered_at",
                            json_string(time_text_utc(course->answered_ms).text));
        json_object_set_new(tree, "late", json_boolean(hit_course_is_late(course)));
    }
    return print_json(tree);
}

static enum err
list_all(struct desk *desk, struct term_table *table)
{
    struct store_received row;
    struct reported reported;
    uint64_t now_ms = clock_now_ms();
    enum err err = ERR_OK;

    for (uint64_t i = 0; err == ERR_OK && !term_is_closed(); i++) {
        bool is_one = false;
        arena_reset(desk->arena);
        err = store_received_at(desk->store, i, desk->arena, &row);
        if (err == ERR_OK)
            err = gather(desk, &row, &reported, &is_one);
        if (err != ERR_OK || !is_one || (!desk->options->all && reported.course.answer != 0))
            continue;
        err = table == NULL ? print_one_json(&reported, now_ms, desk->arena)
                            : add_row(&reported, now_ms, table);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

int
command_hit_list(void *data, const struct args_words *words)
{
    static const struct term_column COLUMNS[] = {
        {.title = "ID"},
        {.title = "FROM"},
        {.title = "WHAT"},
        {.title = "WHERE", .may_wrap = true},
        {.title = "STATE"},
        {.title = "ANSWER DUE"},
        {.title = "RECORD", .may_go = 1},
    };
    struct problems problems = {0};
    struct desk desk = {.options = data, .problems = &problems};
    struct term_table *table = NULL;
    size_t count = 0;

    (void)words;
    enum err err = desk_open(&desk);
    if (err == ERR_OK && !desk.options->offline) {
        err = desk_connect(&desk);
        if (err == ERR_OK)
            err = carry_fetch(&desk, &count);
    }
    if (err == ERR_OK && !desk.options->json)
        err = term_table_new(stdout, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0], &table);
    if (err == ERR_OK)
        err = list_all(&desk, table);
    if (err == ERR_OK && table != NULL)
        err = term_table_print(table);
    term_table_free(&table);
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    desk_close(&desk);
    return EXIT_DONE;
}

/* ---- answers */

/* The order of an answer to the report whose id begins with `text`. */
static enum err
plan_answer(struct desk *desk, const char *text, struct order *order)
{
    struct store_found found;
    struct reported reported;
    bool is_one = false;

    enum err err = desk_find(desk, text, &found);
    if (err == ERR_OK && !found.is_sent)
        err = read_report(desk, &found.received, &reported, &is_one);
    if (err != ERR_OK)
        return err;
    if (!is_one) {
        problems_add(desk->problems, text, "`denrei hit list` shows the reports",
                     "it is not the report of a hit that can be answered");
        return ERR_POLICY;
    }
    err = compose_reply(desk, text, order);
    order->priority = DENREI__V1__PRIORITY__PRIORITY_FLASH; /* somebody waits at a counter */
    return err;
}

/* {"confirmed":{}}, or the like, with `note` in it. */
static json_t *
new_step(const struct desk_options *options, const char *name, json_t **step)
{
    json_t *tree = json_object();

    *step = json_object();
    if (tree == NULL || json_object_set_new(tree, name, *step) != 0)
        return NULL;
    if (options->note != NULL)
        json_object_set_new(*step, "note", json_string(options->note));
    return tree;
}

typedef bool fill_step(const struct desk_options *options, json_t *step);

static int
answer(void *data, const struct args_words *words, const char *name, fill_step *fill)
{
    struct problems problems = {0};
    struct desk desk = {.options = data, .problems = &problems};
    struct order order = {0};
    struct span content = {0};
    json_t *step = NULL, *tree = NULL;

    enum err err = desk_open(&desk);
    if (err == ERR_OK)
        err = plan_answer(&desk, words->words[0], &order);
    if (err == ERR_OK)
        err = compose_options(&desk, &order);
    if (err == ERR_OK) {
        tree = new_step(desk.options, name, &step);
        if (tree == NULL || !fill(desk.options, step)) {
            problems_add(&problems, name, "type it in UTF-8", "what is told is not UTF-8");
            json_decref(tree);
            err = ERR_FORMAT;
        }
    }
    if (err == ERR_OK)
        err = compose_content(&desk, order.kind, tree, words->words + 1, words->len - 1, &content);
    return err == ERR_OK ? compose_send(&desk, &order, content) : desk_fail(&desk, err);
}

static bool
put(json_t *step, const char *name, const char *text)
{
    return text == NULL || json_object_set_new(step, name, json_string(text)) == 0;
}

/* What is asked now; unless it is said, to be asked before anything is done. */
static bool
fill_confirmed(const struct desk_options *options, json_t *step)
{
    json_t *actions = json_array();

    for (size_t i = 0; i < options->action.len; i++)
        if (json_array_append_new(actions, json_string(options->action.items[i])) != 0)
            break;
    if (options->action.len == 0)
        json_array_append_new(actions, json_string("CONTACT_OWNER"));
    bool is_whole = options->action.len == 0 || json_array_size(actions) == options->action.len;
    return json_object_set_new(step, "actions", actions) == 0 && is_whole;
}

static bool
fill_rejected(const struct desk_options *options, json_t *step)
{
    return put(step, "reason", options->reason);
}

static bool
fill_corrected(const struct desk_options *options, json_t *step)
{
    return !options->hit_stands || json_object_set_new(step, "hit_stands", json_true()) == 0;
}

static bool
fill_recovered(const struct desk_options *options, json_t *step)
{
    return put(step, "recovered_on", options->on);
}

static bool
fill_more_time(const struct desk_options *options, json_t *step)
{
    return put(step, "reason", options->reason) &&
           put(step, "until", time_text_utc(options->until_ms).text);
}

int
command_hit_confirm(void *data, const struct args_words *words)
{
    return answer(data, words, "confirmed", fill_confirmed);
}

int
command_hit_reject(void *data, const struct args_words *words)
{
    return answer(data, words, "not_confirmed", fill_rejected);
}

int
command_hit_correct(void *data, const struct args_words *words)
{
    return answer(data, words, "corrected", fill_corrected);
}

int
command_hit_recovered(void *data, const struct args_words *words)
{
    return answer(data, words, "recovered", fill_recovered);
}

int
command_hit_more_time(void *data, const struct args_words *words)
{
    return answer(data, words, "more_time", fill_more_time);
}
