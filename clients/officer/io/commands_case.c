/* case list, case show: the board of MLA cases, and the history of one. */
#include "clients/officer/io/casework.h"
#include "clients/officer/io/commands.h"
#include "clients/officer/io/print.h"
#include "proto/date_text.h"
#include "proto/io/clock.h"
#include "proto/io/exit.h"
#include "proto/io/report.h"
#include "proto/io/term.h"

#include <stdio.h>
#include <string.h>

enum { CASE_SCHEMA = 1, CELL_BYTES = 640 };

/* ---- words */

static bool
is_overdue(const struct desk *desk, const struct mla_duty *duty)
{
    return duty->due_ms != 0 && duty->due_ms < desk->now_ms;
}

/* A deadline is the end of a day, UTC: the day is what people are told. */
struct day_text {
    char text[DATE_TEXT_BYTES];
};

static struct day_text
day_text(uint64_t due_ms)
{
    struct day_text day = {""};

    date_text_format(date_text_from_ms(due_ms), day.text);
    return day;
}

/* What a message was: a step, what of it may be known, or a correction. */
static void
write_step(const struct mla_judgement *judgement, char out[CELL_BYTES])
{
    char steps[MLA_STEPS_TEXT_BYTES];
    const uint32_t one = judgement->steps;

    mla_steps_text(one, steps);
    snprintf(out, CELL_BYTES, "%s%s",
             judgement->effect == MLA_EFFECT_CORRECTION ? "correction of " : "",
             (one & (one - 1)) == 0 && one != 0 ? steps : "a step that is not known");
}

/* What an entry tried to be that the state did not allow. */
static void
write_tried(const struct casework *work, size_t at, char out[CELL_BYTES])
{
    struct mla_judgement tried = work->judgements[at];

    if (work->entries[at].steps != 0)
        tried.steps = work->entries[at].steps;
    write_step(&tried, out);
}

static const char *
effect_word(enum mla_effect effect)
{
    return effect == MLA_EFFECT_STEP         ? "applied"
           : effect == MLA_EFFECT_CORRECTION ? "corrected"
                                             : "REFUSED";
}

/* The last entry that counted; SIZE_MAX if none did. */
static size_t
last_step(const struct casework *work)
{
    for (size_t i = work->count; i > 0; i--)
        if (work->judgements[i - 1].effect == MLA_EFFECT_STEP)
            return i - 1;
    return SIZE_MAX;
}

static void
write_state(const struct casework *work, char out[MLA_STATES_TEXT_BYTES])
{
    if (work->is_begun)
        mla_states_text(mla_case_states(&work->at.now), out);
    else
        snprintf(out, MLA_STATES_TEXT_BYTES, "not known: its request is not here");
}

/* ---- JSON */

static json_t *
steps_json(uint32_t steps)
{
    json_t *list = json_array();

    for (unsigned step = 0; step < MLA_STEPS; step++)
        if ((steps >> step & 1) != 0)
            json_array_append_new(list, json_string(mla_step_name((enum mla_step)step)));
    return list;
}

static json_t *
time_json(uint64_t time_ms)
{
    return time_ms == 0 ? json_null() : json_string(time_text_utc(time_ms).text);
}

static json_t *
duties_json(const struct desk *desk, const struct casework *work)
{
    json_t *list = json_array();

    for (size_t i = 0; i < work->at.duties_count; i++) {
        const struct mla_duty *duty = &work->at.duties[i];
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:o, s:b}", "member", casework_member(work, duty->party),
                            "steps", steps_json(duty->steps), "due_at", time_json(duty->due_ms),
                            "overdue", is_overdue(desk, duty)));
    }
    return list;
}

static json_t *
may_json(const struct casework *work)
{
    return json_pack("{s:o, s:o}", "requesting",
                     steps_json(mla_case_steps(&work->at.now, MLA_REQUESTING)), "requested",
                     steps_json(mla_case_steps(&work->at.now, MLA_REQUESTED)));
}

static json_t *
case_json(const struct desk *desk, const struct casework *work)
{
    char state[MLA_STATES_TEXT_BYTES], step[CELL_BYTES] = "";
    const size_t last = last_step(work);

    write_state(work, state);
    if (last != SIZE_MAX)
        write_step(&work->judgements[last], step);
    return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:s, s:o}", "schema",
                     CASE_SCHEMA, "id", message_id_text(&work->request).text, "thread",
                     message_id_text(&work->thread).text, "requesting", work->requesting,
                     "requested", work->requested, "legal_basis", work->legal_basis, "state",
                     work->is_begun ? state : "UNKNOWN", "ended",
                     work->is_begun && mla_states_are_ended(mla_case_states(&work->at.now)),
                     "duties", duties_json(desk, work), "may_send", may_json(work), "last_step",
                     step, "last_at", time_json(work->at.last_ms));
}

static json_t *
history_json(const struct casework *work)
{
    json_t *list = json_array();

    for (size_t i = 0; i < work->count; i++) {
        char step[CELL_BYTES], state[MLA_STATES_TEXT_BYTES];
        write_tried(work, i, step);
        mla_states_text(work->judgements[i].after, state);
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "id",
                      message_id_text(&work->headers[i].id).text, "from", work->headers[i].from,
                      "step", step, "effect", effect_word(work->judgements[i].effect), "state",
                      state, "logged_at", time_json(work->steps[i].time_ms), "leaf",
                      work->steps[i].has_leaf ? json_integer((json_int_t)work->steps[i].leaf)
                                              : json_null()));
    }
    return list;
}

/* ---- list */

static void
write_duty(const struct desk *desk, const struct casework *work, char who[CELL_BYTES],
           char when[CELL_BYTES])
{
    snprintf(who, CELL_BYTES, "-");
    snprintf(when, CELL_BYTES, "-");
    if (work->at.duties_count == 0)
        return;
    const struct mla_duty *duty = &work->at.duties[0];
    snprintf(who, CELL_BYTES, "%.64s", casework_member(work, duty->party));
    if (duty->due_ms != 0)
        snprintf(when, CELL_BYTES, "%s%s", is_overdue(desk, duty) ? "OVERDUE since " : "",
                 day_text(duty->due_ms).text);
}

static enum err
add_row(struct desk *desk, const struct casework *work, struct term_table *table)
{
    char state[MLA_STATES_TEXT_BYTES], parties[CELL_BYTES], who[CELL_BYTES], when[CELL_BYTES];
    char step[CELL_BYTES] = "-";
    struct message_id_text id = message_id_text(&work->request);
    const size_t last = last_step(work);

    id.text[MESSAGE_ID_SHORT_LEN] = '\0';
    write_state(work, state);
    write_duty(desk, work, who, when);
    if (last != SIZE_MAX)
        write_step(&work->judgements[last], step);
    snprintf(parties, sizeof parties, "%.64s -> %.64s", work->requesting, work->requested);
    const char *const cells[] = {id.text, state, parties, who, when, step};
    return term_table_add(table, cells);
}

static enum err
put_cases(struct desk *desk, struct term_table *table, bool *is_late)
{
    struct id thread;
    uint64_t shown = 0;

    for (uint64_t i = 0; shown < desk->options->limit && !term_is_closed(); i++) {
        struct casework work;
        arena_reset(desk->arena);
        enum err err = store_case_at(desk->store, i, &thread);
        if (err == ERR_NOT_FOUND)
            return ERR_OK;
        if (err != ERR_OK)
            return store_error(err, desk->problems);
        err = casework_load(desk, &thread, desk->arena, &work);
        if (err == ERR_NOT_FOUND)
            continue; /* all of it still waits to be judged */
        if (err != ERR_OK)
            return err;
        if (!desk->options->all && work.is_begun &&
            mla_states_are_ended(mla_case_states(&work.at.now)))
            continue;
        shown++;
        for (size_t j = 0; j < work.at.duties_count; j++)
            *is_late = *is_late || is_overdue(desk, &work.at.duties[j]);
        err = table == NULL ? print_json(case_json(desk, &work)) : add_row(desk, &work, table);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

static enum err
print_cases(struct desk *desk)
{
    static const struct term_column columns[] = {
        {.title = "CASE"},
        {.title = "STATE"},
        {.title = "PARTIES"},
        {.title = "MUST ACT"},
        {.title = "BY", .may_wrap = true},
        {.title = "LAST STEP", .may_wrap = true, .may_go = 1},
    };
    struct term_table *table = NULL;
    bool is_late = false;

    if (desk->options->json)
        return put_cases(desk, NULL, &is_late);
    enum err err = term_table_new(stdout, columns, sizeof columns / sizeof columns[0], &table);
    if (err == ERR_OK)
        err = put_cases(desk, table, &is_late);
    if (err == ERR_OK)
        err = term_table_print(table);
    term_table_free(&table);
    if (err == ERR_OK && is_late) {
        fflush(stdout);
        term_style(stderr, TERM_RED);
        fputs("A case is OVERDUE: who must act has not, by the day that is set.\n", stderr);
        term_style(stderr, TERM_PLAIN);
    }
    return err;
}

/* News first, where the relay is there; what is known here is shown without it. */
static enum err
look(struct desk *desk)
{
    size_t count = 0;

    if (desk->options->offline)
        return ERR_OK;
    enum err err = desk_connect(desk);
    if (err == ERR_OK)
        err = carry_fetch(desk, &count);
    if (err != ERR_CONNECT && err != ERR_TIMEOUT)
        return err;
    report_error(DESK_PROGRAM, err, desk->problems, desk->options->json);
    *desk->problems = (struct problems){0};
    fputs("denrei: the relay is away; this is what was known before\n", stderr);
    return ERR_OK;
}

int
command_case_list(void *data, const struct args_words *words)
{
    struct problems problems = {0};
    struct desk desk = {.options = data, .problems = &problems};

    (void)words;
    enum err err = desk_open(&desk);
    if (err == ERR_OK)
        err = look(&desk);
    if (err == ERR_OK)
        err = print_cases(&desk);
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    desk_close(&desk);
    return EXIT_DONE;
}

/* ---- show */

/* The case that a message, given by the first digits of its id, belongs to. */
static enum err
find_case(struct desk *desk, const char *text, struct casework *work)
{
    struct store_found found;
    struct header header;

    enum err err = desk_find(desk, text, &found);
    if (err == ERR_OK)
        err = header_decode(found.is_sent ? found.sent.header : found.received.header, desk->arena,
                            &header);
    if (err != ERR_OK)
        return err;
    if (header.kind == DENREI__V1__KIND__KIND_MLA)
        err = casework_load(desk, &header.thread_id, desk->arena, work);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    if (err == ERR_NOT_FOUND || header.kind != DENREI__V1__KIND__KIND_MLA) {
        problems_add(desk->problems, text, "`denrei case list --all` lists the cases",
                     "the message is of no case");
        return ERR_NOT_FOUND;
    }
    return ERR_OK;
}

/* What recipients said of one's own steps: a refused one took no effect. */
static enum err
track(struct desk *desk, const struct casework *work)
{
    struct id ids[TRACK_MAX];
    size_t count = 0;

    for (size_t i = work->count; i > 0 && count < TRACK_MAX; i--)
        if (work->steps[i - 1].is_sent && work->steps[i - 1].has_leaf)
            ids[count++] = work->steps[i - 1].id;
    return count == 0 || desk->connect == NULL ? ERR_OK : carry_track(desk, ids, count);
}

static void
print_duties(const struct desk *desk, const struct casework *work)
{
    for (size_t i = 0; i < work->at.duties_count; i++) {
        const struct mla_duty *duty = &work->at.duties[i];
        char steps[MLA_STEPS_TEXT_BYTES];
        mla_steps_text(duty->steps, steps);
        printf("%-16s%s: %s", "Must act", casework_member(work, duty->party), steps);
        if (duty->due_ms != 0 && is_overdue(desk, duty)) {
            term_style(stdout, TERM_RED);
            printf("\n%-16sOVERDUE since %s", "", day_text(duty->due_ms).text);
            term_style(stdout, TERM_PLAIN);
        } else if (duty->due_ms != 0) {
            printf("\n%-16sby %s", "", day_text(duty->due_ms).text);
        }
        putchar('\n');
    }
}

static enum err
print_history(const struct casework *work)
{
    static const struct term_column columns[] = {
        {.title = "LOGGED", .short_columns = CLOCK_MINUTE_CHARS},
        {.title = "ENTRY", .right = true},
        {.title = "MESSAGE"},
        {.title = "FROM"},
        {.title = "STEP", .may_wrap = true},
        {.title = "STATE AFTER"},
    };
    struct term_table *table = NULL;

    enum err err = term_table_new(stdout, columns, sizeof columns / sizeof columns[0], &table);
    for (size_t i = 0; err == ERR_OK && i < work->count; i++) {
        const struct mla_judgement *judgement = &work->judgements[i];
        char leaf[32] = "-", step[CELL_BYTES], states[MLA_STATES_TEXT_BYTES];
        char state[MLA_STATES_TEXT_BYTES + 32];
        struct message_id_text id = message_id_text(&work->headers[i].id);
        struct time_text time = clock_local_text(work->steps[i].time_ms);
        id.text[MESSAGE_ID_SHORT_LEN] = '\0';
        if (work->steps[i].has_leaf)
            snprintf(leaf, sizeof leaf, "%llu", (unsigned long long)work->steps[i].leaf);
        write_tried(work, i, step);
        mla_states_text(judgement->after, states);
        const bool is_refused =
            judgement->effect == MLA_EFFECT_VOID || judgement->effect == MLA_EFFECT_IMPOSSIBLE;
        snprintf(state, sizeof state, "%s%s", is_refused ? "REFUSED, still " : "", states);
        const char *const cells[] = {work->steps[i].has_leaf ? time.text : "waits",
                                     leaf,
                                     id.text,
                                     work->headers[i].from,
                                     step,
                                     state};
        err = term_table_add(table, cells);
    }
    if (err == ERR_OK)
        err = term_table_print(table);
    term_table_free(&table);
    return err;
}

/* What the request says that tells the case apart; nothing where its content has ended. */
static void
print_request(struct desk *desk, const struct casework *work)
{
    const struct problems told = *desk->problems;
    const Denrei__V1__Mla *mla = NULL;

    if (!desk->has_key || casework_read(desk, work, 0, &mla) != ERR_OK ||
        mla->step_case != DENREI__V1__MLA__STEP_REQUEST) {
        *desk->problems = told;
        return;
    }
    printf("%-16s", "Reference");
    term_put(stdout, (struct span){(const uint8_t *)mla->reference, strlen(mla->reference)});
    printf("\n%-16s", "Subject");
    term_put_lines(stdout,
                   (struct span){(const uint8_t *)mla->request->subject_matter,
                                 strlen(mla->request->subject_matter)},
                   16);
    putchar('\n');
}

static enum err
print_case(struct desk *desk, const struct casework *work)
{
    char state[MLA_STATES_TEXT_BYTES], steps[MLA_STEPS_TEXT_BYTES];

    write_state(work, state);
    printf("%-16s%s\n%-16s%s\n", "Case", message_id_text(&work->request).text, "State", state);
    if (!work->is_begun)
        return print_history(work);
    printf("%-16s%s -> %s\n%-16s%s\n", "Parties", work->requesting, work->requested, "Legal basis",
           work->legal_basis);
    print_request(desk, work);
    print_duties(desk, work);
    for (int party = MLA_REQUESTING; party <= MLA_REQUESTED; party++) {
        mla_steps_text(mla_case_steps(&work->at.now, (enum mla_party)party), steps);
        printf("%-16s%s: ", "May send", casework_member(work, (enum mla_party)party));
        term_put_lines(stdout, (struct span){(const uint8_t *)steps, strlen(steps)}, 16);
        putchar('\n');
    }
    putchar('\n');
    return print_history(work);
}

int
command_case_show(void *data, const struct args_words *words)
{
    struct problems problems = {0};
    struct desk desk = {.options = data, .problems = &problems};
    struct casework work;

    enum err err = desk_open(&desk);
    if (err == ERR_OK)
        err = look(&desk);
    if (err == ERR_OK)
        err = find_case(&desk, words->words[0], &work);
    if (err == ERR_OK)
        err = track(&desk, &work);
    if (err == ERR_OK)
        err = casework_load(&desk, &work.thread, desk.arena, &work);
    if (err == ERR_OK && desk.options->json) {
        json_t *tree = case_json(&desk, &work);
        json_object_set_new(tree, "history", history_json(&work));
        err = print_json(tree);
    } else if (err == ERR_OK) {
        err = print_case(&desk, &work);
    }
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    desk_close(&desk);
    return EXIT_DONE;
}
