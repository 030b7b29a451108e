/* mla new, mla profiles. */
#include "clients/officer/io/commands.h"
#include "clients/officer/io/compose.h"
#include "clients/officer/io/mla_dialogue.h"
#include "proto/io/disk.h"
#include "proto/io/exit.h"
#include "proto/io/report.h"
#include "proto/io/term.h"
#include "proto/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- profiles */

/* Check a profile that somebody writes, with the reader that the build has. */
static int
check_profile(const struct desk_options *options, const char *path)
{
    struct problems problems = {0};
    const struct treaty *treaty = NULL;
    struct arena *arena = NULL;
    uint8_t *text = NULL;
    size_t len = 0;

    enum err err = disk_read(path, TREATY_BYTES_MAX, &text, &len);
    if (err != ERR_OK)
        problems_add(&problems, path, "denrei mla profiles check FILE", "it cannot be read: %s",
                     disk_why(err, path, TREATY_BYTES_MAX).text);
    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &arena);
    if (err == ERR_OK)
        err = treaty_parse(path, (struct span){text, len}, arena, &treaty, &problems);
    if (err == ERR_OK)
        printf("%s: good: %s, %zu parts, %zu grounds for refusal\n", path, treaty->id,
               treaty->contents_count, treaty->refusals_count);
    const int code =
        err == ERR_OK ? EXIT_DONE : report_error(DESK_PROGRAM, err, &problems, options->json);
    arena_free(&arena);
    free(text);
    return code;
}

static int
show_profile(const struct desk_options *options, const char *id)
{
    const struct treaty *treaty = treaty_find(id);
    struct problems problems = {0};
    struct nearest nearest;

    if (treaty != NULL) {
        fputs(treaty->file_text, stdout);
        return EXIT_DONE;
    }
    nearest_init(&nearest, id);
    for (size_t i = 0; i < treaty_count(); i++)
        nearest_offer(&nearest, treaty_at(i)->id);
    const struct problem_path cure = nearest.count > 0
                                         ? problem_path("did you mean %s?", nearest.names[0])
                                         : problem_path("denrei mla profiles lists them");
    problems_add(&problems, id, cure.text, "there is no profile of this id");
    return report_error(DESK_PROGRAM, ERR_USAGE, &problems, options->json);
}

/* `JPN KOR`; "any" stands for every other state. */
static void
list_parties(const struct treaty *treaty, char *out, size_t size)
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < treaty->parties_count && len < size; i++) {
        const char *country = treaty->parties[i].country;
        len += (size_t)snprintf(out + len, size - len, "%s%s", i == 0 ? "" : " ",
                                strcmp(country, "*") == 0 ? "any" : country);
    }
}

static enum err
list_json(void)
{
    for (size_t i = 0; i < treaty_count(); i++) {
        const struct treaty *treaty = treaty_at(i);
        json_t *object = json_pack(
            "{s:i, s:s, s:s, s:s, s:s, s:i, s:i, s:i}", "schema", REPORT_SCHEMA, "id", treaty->id,
            "title", treaty->title, "title_ja", treaty->title_ja, "in_force", treaty->in_force,
            "acknowledge_days", (int)treaty->deadlines[TREATY_ACKNOWLEDGE].days, "answer_days",
            (int)treaty->deadlines[TREATY_ANSWER].days, "confirmation_days",
            (int)treaty->confirmation.days);
        char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
        json_decref(object);
        if (text == NULL)
            return ERR_NOMEM;
        puts(text);
        free(text);
    }
    return ERR_OK;
}

static enum err
list_table(void)
{
    static const struct term_column COLUMNS[] = {{.title = "LEGAL BASIS"},
                                                 {.title = "IN FORCE"},
                                                 {.title = "ACKNOWLEDGE", .right = true},
                                                 {.title = "ANSWER", .right = true},
                                                 {.title = "PARTIES", .may_wrap = true},
                                                 {.title = "TITLE", .may_wrap = true}};
    const bool is_ja = term_language() == LANGUAGE_JA;
    struct term_table *table = NULL;

    enum err err = term_table_new(stdout, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0], &table);
    for (size_t i = 0; i < treaty_count() && err == ERR_OK; i++) {
        const struct treaty *treaty = treaty_at(i);
        char parties[256], acknowledge[24], answer[24];
        list_parties(treaty, parties, sizeof parties);
        snprintf(acknowledge, sizeof acknowledge, "%ud",
                 (unsigned)treaty->deadlines[TREATY_ACKNOWLEDGE].days);
        snprintf(answer, sizeof answer, "%ud", (unsigned)treaty->deadlines[TREATY_ANSWER].days);
        const char *cells[] = {treaty->id,  treaty->in_force,
                               acknowledge, answer,
                               parties,     is_ja ? treaty->title_ja : treaty->title};
        err = term_table_add(table, cells);
    }
    if (err == ERR_OK)
        err = term_table_print(table);
    term_table_free(&table);
    return err;
}

int
command_mla_profiles(void *data, const struct args_words *words)
{
    const struct desk_options *options = data;
    struct problems problems = {0};

    if (words->len == 2 && strcmp(words->words[0], "check") == 0)
        return check_profile(options, words->words[1]);
    if (words->len == 1 && strcmp(words->words[0], "check") != 0)
        return show_profile(options, words->words[0]);
    if (words->len > 0) {
        problems_add(&problems, words->words[0], "denrei mla profiles check FILE",
                     "give the file of one profile to check, or the id of one to show");
        return report_error(DESK_PROGRAM, ERR_USAGE, &problems, options->json);
    }
    const enum err err = options->json ? list_json() : list_table();
    return err == ERR_OK ? EXIT_DONE : report_error(DESK_PROGRAM, err, &problems, options->json);
}

/* ---- a new request */

/* Whether the draft of the session is there to go on with. */
static bool
has_draft(const struct mla_session *session)
{
    return disk_is_file(session->draft);
}

/* Fill the answers in: from a file, pairs, the draft, the terminal or the editor. */
static enum err
fill(struct mla_session *session, const struct args_words *words, bool *is_asked)
{
    const bool has_file = words->len > 0 && strchr(words->words[0], '=') == NULL;
    const size_t pairs = words->len - (has_file ? 1 : 0);
    enum err err = ERR_OK;

    *is_asked = session->options->edit || !has_file;
    if (*is_asked && !session->options->edit && !isatty(STDIN_FILENO)) {
        problems_add(session->problems, "mla new",
                     "give a file (denrei mla new FILE), or --edit for your editor",
                     "there is no terminal to ask at");
        return ERR_USAGE;
    }
    if (has_file)
        err = mla_session_load(session, words->words[0]);
    else if (has_draft(session))
        err = mla_session_load(session, session->draft);
    if (err == ERR_OK)
        err = mla_session_pairs(session, words->words + (has_file ? 1 : 0), pairs);
    if (err == ERR_OK)
        err = mla_session_begin(session);
    if (err == ERR_OK && session->options->edit)
        err = mla_edit_run(session);
    else if (err == ERR_OK && *is_asked)
        err = mla_dialogue_run(session);
    return err;
}

/* Send what was made, as `send` does. */
static int
send_request(struct mla_session *session)
{
    struct desk desk = {.options = session->options, .problems = session->problems};
    const struct kind_type *kind = kind_find(DENREI__V1__KIND__KIND_MLA);
    struct order order = {0};
    struct span content = {0};

    enum err err = desk_open(&desk);
    if (err == ERR_OK) {
        order = compose_new_order(&desk, kind);
        order.legal_basis = session->context.legal_basis;
        err = compose_options(&desk, &order);
    }
    if (err == ERR_OK)
        err = compose_content(&desk, kind, json_incref(session->tree), NULL, 0, &content);
    return err == ERR_OK ? compose_send(&desk, &order, content) : desk_fail(&desk, err);
}

/* A draft of its own name has done its work once the request is stored; a --save FILE stays. */
static void
end_draft(const struct mla_session *session, int code)
{
    const bool is_stored = code == EXIT_DONE || code == EXIT_CONNECT || code == EXIT_NOTHING;

    if (!has_draft(session))
        return;
    if (is_stored && session->options->save == NULL && !session->options->dry_run)
        unlink(session->draft);
    else
        mla_dialogue_tell_draft(session);
}

int
command_mla_new(void *data, const struct args_words *words)
{
    struct problems problems = {0};
    struct mla_session session = {.options = data, .problems = &problems};
    bool is_asked = false;
    int code = EXIT_DONE;

    enum err err = mla_session_open(&session);
    if (err == ERR_OK)
        err = fill(&session, words, &is_asked);
    /* A request from a file is kept as a draft too where one is asked for by name. */
    if (err == ERR_OK && !is_asked && session.options->save != NULL)
        err = mla_session_save(&session);
    if (err == ERR_OK) {
        code = send_request(&session);
    } else if (err == ERR_CANCELLED && problems_is_empty(&problems)) {
        code = EXIT_NOTHING;
    } else if (err == ERR_POLICY && problems_is_empty(&problems)) {
        code = EXIT_POLICY; /* the dialogue has told what is missing */
    } else {
        code = report_error(DESK_PROGRAM, err, &problems, session.options->json);
    }
    if (is_asked && session.draft[0] != '\0')
        end_draft(&session, code);
    mla_session_close(&session);
    return code;
}
