#include "clients/officer/io/print.h"

#include "clients/io/reading.h"
#include "clients/officer/io/deadline.h"
#include "proto/field.h"
#include "proto/io/clock.h"
#include "proto/io/term.h"

#include <stdio.h>
#include <string.h>

enum err
print_json(json_t *tree)
{
    if (tree == NULL)
        return ERR_NOMEM;
    int failed = json_dumpf(tree, stdout, JSON_COMPACT);
    json_decref(tree);
    if (failed != 0 && !term_is_closed())
        return ERR_IO;
    putchar('\n');
    return ERR_OK;
}

void
print_names(const struct header *header, char out[PRINT_NAMES_BYTES])
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < header->to_count && len < PRINT_NAMES_BYTES - 1; i++) {
        int more =
            snprintf(out + len, PRINT_NAMES_BYTES - len, "%s%s", i == 0 ? "" : ", ", header->to[i]);
        len += more < 0 ? 0 : (size_t)more;
    }
    if (len < PRINT_NAMES_BYTES - 1 && header->group[0] != '\0')
        snprintf(out + len, PRINT_NAMES_BYTES - len, " (%s)", header->group);
}

/* ---- where a message stands */

const char *
print_stage(const struct print_standing *standing)
{
    if (standing->next_action == DENREI__V1__ACTION__ACTION_WITHDRAW)
        return "withdrawn";
    if (standing->next_action == DENREI__V1__ACTION__ACTION_UPDATE)
        return "updated";
    if (standing->sent.stage == STORE_ACCEPTED)
        return "accepted";
    return standing->sent.stage == STORE_REFUSED ? "refused" : "waiting";
}

const char *
print_action(const struct header *header)
{
    if (header->action == DENREI__V1__ACTION__ACTION_UPDATE)
        return "update";
    if (header->action == DENREI__V1__ACTION__ACTION_WITHDRAW)
        return "withdrawal";
    return header->has_in_reply_to ? "reply" : "";
}

static bool
is_same(const struct store_sent *a, const struct store_sent *b)
{
    return memcmp(&a->id, &b->id, sizeof a->id) == 0;
}

/* The message of one's own that has taken the place of this one, once the relay accepted it. */
static enum err
find_next(struct desk *desk, struct print_standing *standing)
{
    struct store_sent head;
    struct header header;

    enum err err = store_head(desk->store, &standing->sent.id, desk->arena, &head);
    if (err != ERR_OK)
        return store_error(err, desk->problems);
    if (is_same(&head, &standing->sent))
        return ERR_OK;
    err = header_decode(head.header, desk->arena, &header);
    /* While it waits, what it follows on stands in its place; that was accepted. */
    if (err == ERR_OK && head.stage != STORE_ACCEPTED) {
        err = store_sent(desk->store, &header.supersedes.id, desk->arena, &head);
        if (err != ERR_OK)
            return store_error(err, desk->problems);
        err = header_decode(head.header, desk->arena, &header);
    }
    if (err != ERR_OK || is_same(&head, &standing->sent))
        return err;
    standing->next_action = header.action;
    standing->next = head.id;
    standing->next_ms = head.accepted_ms;
    return ERR_OK;
}

struct noting {
    struct officer_recipient *recipients;
    size_t count;
};

static void
note(void *context, const struct delivery_receipt *receipt)
{
    struct noting *noting = context;

    officer_note_receipt(noting->recipients, noting->count, receipt);
}

enum err
print_standing_of(struct desk *desk, const struct store_sent *sent, struct print_standing *out)
{
    struct print_standing standing = {.sent = *sent};

    enum err err = header_decode(sent->header, desk->arena, &standing.header);
    if (err != ERR_OK)
        return err;
    size_t count = standing.header.to_count;
    standing.recipients = arena_alloc(desk->arena, count * sizeof *standing.recipients);
    if (standing.recipients == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        standing.recipients[i].member = standing.header.to[i];
    struct noting noting = {standing.recipients, count};
    err = store_each_said(desk->store, &sent->id, note, &noting);
    if (err != ERR_OK)
        return store_error(err, desk->problems);
    err = find_next(desk, &standing);
    if (err == ERR_OK)
        *out = standing;
    return err;
}

enum { CELL_BYTES = 96 };

static void
write_cell(char out[CELL_BYTES], const char *what, uint64_t time_ms, const char *otherwise)
{
    if (time_ms == 0)
        snprintf(out, CELL_BYTES, "%s", otherwise);
    else
        snprintf(out, CELL_BYTES, "%s %s", what, clock_local_text(time_ms).text);
}

enum { READ_COLUMN = 2, APPLIED_COLUMN, REFUSED_COLUMN };

/* Where nobody has a time in a column, a narrow terminal can do without it. */
static void
keep_columns(const struct print_standing *standing, struct term_column *columns)
{
    for (size_t i = 0; i < standing->header.to_count; i++) {
        const struct officer_recipient *row = &standing->recipients[i];
        if (row->read_ms != 0)
            columns[READ_COLUMN].may_go = 0;
        if (row->applied_ms != 0)
            columns[APPLIED_COLUMN].may_go = 0;
        if (row->failed_ms != 0)
            columns[REFUSED_COLUMN].may_go = 0;
    }
}

static enum err
put_recipients(const struct print_standing *standing)
{
    struct term_column columns[] = {
        {.title = "RECIPIENT"},
        {.title = "DELIVERED", .may_wrap = true},
        [READ_COLUMN] = {.title = "READ", .may_wrap = true, .may_go = 1},
        [APPLIED_COLUMN] = {.title = "APPLIED", .may_wrap = true, .may_go = 3},
        [REFUSED_COLUMN] = {.title = "REFUSED", .may_wrap = true, .may_go = 2},
    };
    struct term_table *table = NULL;

    keep_columns(standing, columns);
    enum err err = term_table_new(stdout, columns, sizeof columns / sizeof columns[0], &table);
    for (size_t i = 0; err == ERR_OK && i < standing->header.to_count; i++) {
        const struct officer_recipient *row = &standing->recipients[i];
        char delivered[CELL_BYTES], read[CELL_BYTES], applied[CELL_BYTES], failed[CELL_BYTES];
        write_cell(delivered, "delivered", row->delivered_ms, "not delivered yet");
        write_cell(read, "read", row->read_ms, "-");
        write_cell(applied, "applied", row->applied_ms, "-");
        write_cell(failed, refusal_name(row->reason), row->failed_ms, "-");
        const char *const cells[] = {row->member, delivered, read, applied, failed};
        err = term_table_add(table, cells);
    }
    if (err == ERR_OK)
        err = term_table_print(table);
    term_table_free(&table);
    return err;
}

static json_t *
time_json(uint64_t time_ms)
{
    return time_ms == 0 ? json_null() : json_string(time_text_utc(time_ms).text);
}

/* Add what runs out in its thread, if anything does. */
static enum err
add_deadline(struct desk *desk, const struct print_standing *standing, json_t *json)
{
    struct deadline deadline;
    enum err err = deadline_find(desk, &standing->header, &deadline);

    if (err != ERR_OK || deadline.member == NULL)
        return err;
    json_t *due = json_pack("{s:s, s:o, s:b}", "member", deadline.member, "at",
                            time_json(deadline.due_ms), "overdue", (int)deadline.is_overdue);
    return json_object_set_new(json, "due", due) == 0 ? ERR_OK : ERR_NOMEM;
}

static enum err
put_deadline(struct desk *desk, const struct print_standing *standing)
{
    struct deadline deadline;
    char value[PRINT_NAMES_BYTES];
    enum err err = deadline_find(desk, &standing->header, &deadline);

    if (err != ERR_OK || deadline.member == NULL || deadline.due_ms == 0)
        return err;
    snprintf(value, sizeof value, "%s  %s%s", reading_time(deadline.due_ms).text, deadline.member,
             deadline.is_overdue ? "  OVERDUE" : "");
    reading_put(stdout, PHRASE_DUE, value);
    return ERR_OK;
}

enum err
print_standing_json(struct desk *desk, const struct print_standing *standing, json_t **out)
{
    const struct store_sent *sent = &standing->sent;
    struct message_facts facts = {
        .leaf = sent->leaf,
        .time_ms = sent->accepted_ms,
        .hash = &sent->hash,
        .state = print_stage(standing),
        .reason = sent->refusal == REFUSAL_NONE ? "" : refusal_name(sent->refusal)};

    enum err err = message_json(&standing->header, &facts, desk->arena, out);
    if (err != ERR_OK)
        return err;
    if (standing->next_action != DENREI__V1__ACTION__ACTION_UNSPECIFIED)
        json_object_set_new(*out, "superseded_by",
                            json_string(message_id_text(&standing->next).text));
    json_t *list = json_array();
    for (size_t i = 0; i < standing->header.to_count; i++) {
        const struct officer_recipient *row = &standing->recipients[i];
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:o, s:o, s:o, s:s}", "member", row->member, "delivered_at",
                            time_json(row->delivered_ms), "read_at", time_json(row->read_ms),
                            "applied_at", time_json(row->applied_ms), "refused_at",
                            time_json(row->failed_ms), "reason",
                            row->failed_ms == 0 ? "" : refusal_name(row->reason)));
    }
    err = json_object_set_new(*out, "recipients", list) == 0 ? add_deadline(desk, standing, *out)
                                                             : ERR_NOMEM;
    if (err == ERR_OK)
        return ERR_OK;
    json_decref(*out);
    *out = NULL;
    return err;
}

/* Of what was not accepted. */
static void
put_stage(const struct print_standing *standing)
{
    const enum refusal code = (enum refusal)standing->sent.refusal;
    char value[DESCRIPTION_BYTES_MAX];

    snprintf(
        value, sizeof value, "%s%s%s",
        reading(standing->sent.stage == STORE_REFUSED ? PHRASE_IS_NOT_SENT : PHRASE_IS_WAITING),
        code == REFUSAL_NONE ? "" : ": ", code == REFUSAL_NONE ? "" : refusal_text(code));
    reading_put(stdout, PHRASE_STAGE, value);
}

enum err
print_standing(struct desk *desk, const struct print_standing *standing)
{
    const struct store_sent *sent = &standing->sent;
    json_t *tree = NULL;

    if (desk->options->json) {
        enum err err = print_standing_json(desk, standing, &tree);
        return err == ERR_OK ? print_json(tree) : err;
    }
    reading_put_header(stdout, &standing->header, state_trust(desk->state));
    if (sent->stage == STORE_ACCEPTED)
        reading_put_format(stdout, PHRASE_ACCEPTED, PHRASE_LOG_ENTRY,
                           reading_time(sent->accepted_ms).text, (unsigned long long)sent->leaf);
    else
        put_stage(standing);
    if (standing->next_action != DENREI__V1__ACTION__ACTION_UNSPECIFIED)
        reading_put_format(stdout,
                           standing->next_action == DENREI__V1__ACTION__ACTION_WITHDRAW
                               ? PHRASE_WITHDRAWN_AT
                               : PHRASE_UPDATED_AT,
                           PHRASE_AT_BY, reading_time(standing->next_ms).text,
                           message_id_text(&standing->next).text);
    enum err err = put_deadline(desk, standing);
    if (err != ERR_OK)
        return err;
    putchar('\n');
    return put_recipients(standing);
}
