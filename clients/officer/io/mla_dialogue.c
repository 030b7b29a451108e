#include "clients/officer/io/mla_dialogue.h"

#include "clients/officer/io/mla_ask.h"
#include "proto/io/term.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- an interruption */

static char interrupted[DISK_PATH_BYTES + MLA_COMMAND_BYTES + 64];

static void
on_interrupt(int number)
{
    if (write(STDERR_FILENO, interrupted, strlen(interrupted)) < 0)
        _exit(128 + number);
    _exit(128 + number);
}

/* Until the end of the dialogue an interruption says where the draft is. */
static void
catch_interrupts(const struct mla_session *session, struct sigaction *before)
{
    struct sigaction action = {.sa_handler = on_interrupt};

    snprintf(interrupted, sizeof interrupted, "\n%s %s\n  -> %s\n",
             mla_words(MLA_WORDS_DRAFT, session->language), session->draft, session->command);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, before);
}

void
mla_dialogue_tell_draft(const struct mla_session *session)
{
    fprintf(stderr, "%s %s\n  -> %s\n", mla_words(MLA_WORDS_DRAFT, session->language),
            session->draft, session->command);
}

/* ---- lists */

static struct problem_path
list_path(const struct mla_part *part)
{
    return problem_path("%.*s", (int)part->list_len, part->path.text);
}

/* Go to the first part after the list that `part` lies in. */
static void
leave_list(struct mla_ask *dialogue, struct problem_path list)
{
    const size_t len = strlen(list.text);

    mla_ask_make_parts(dialogue);
    dialogue->at = dialogue->count;
    for (size_t i = dialogue->count; i > 0; i--) {
        const struct mla_part *part = &dialogue->parts[i - 1];
        if (part->list_len == len && strncmp(part->path.text, list.text, len) == 0)
            return;
        dialogue->at = i - 1;
    }
}

/* At the end of the list's last item: another one, or on with what follows. */
static enum mla_step
end_item(struct mla_ask *dialogue, const struct mla_part *part)
{
    const struct problem_path list = list_path(part);
    const struct help_label label = mla_ask_list_label(dialogue, part);
    bool is_more = false;

    mla_form_prune(dialogue->session->tree, list.text);
    if (json_array_size(mla_form_find(dialogue->session->tree, list.text)) > part->item) {
        if (!mla_ask_yes(dialogue, label.text, MLA_WORDS_ANOTHER, false, &is_more))
            return STEP_END;
        if (is_more && mla_form_add_item(dialogue->session->tree, list.text)) {
            mla_ask_make_parts(dialogue);
            dialogue->at++;
            return STEP_NEXT;
        }
    }
    leave_list(dialogue, list);
    return STEP_NEXT;
}

/* Whether the part begins a list that may be empty and is. */
static bool
is_list_open(const struct mla_ask *dialogue, const struct mla_part *part)
{
    return part->is_item_begin && part->item == 0 && !part->is_list_needed &&
           mla_form_find(dialogue->session->tree, list_path(part).text) == NULL;
}

/* ---- all parts */

/* Ask for the part at hand and go on from there. */
static enum mla_step
go_on(struct mla_ask *dialogue)
{
    const struct mla_part part = dialogue->parts[dialogue->at];
    bool is_any = true;

    if (is_list_open(dialogue, &part)) {
        if (!mla_ask_yes(dialogue, mla_ask_list_label(dialogue, &part).text, MLA_WORDS_ANY, false,
                         &is_any))
            return STEP_END;
        if (!is_any) {
            leave_list(dialogue, list_path(&part));
            return STEP_NEXT;
        }
    }
    const enum mla_step step = mla_ask_part(dialogue, &part);
    if (step == STEP_BACK && dialogue->at == 0) {
        fprintf(stderr, "  %s\n", mla_ask_words(dialogue, MLA_WORDS_FIRST_PART));
    } else if (step == STEP_BACK) {
        mla_ask_make_parts(dialogue);
        dialogue->at--;
    } else if (step == STEP_NEXT && part.is_item_end && part.is_last_item) {
        return end_item(dialogue, &part);
    } else if (step == STEP_NEXT) {
        mla_ask_make_parts(dialogue);
        dialogue->at++;
    }
    return step;
}

/* The part that a problem at `path` is about; the count if none is. */
static size_t
find_part(const struct mla_ask *dialogue, const char *path)
{
    size_t found = dialogue->count, found_len = 0;

    for (size_t i = 0; i < dialogue->count; i++) {
        const char *own = dialogue->parts[i].path.text;
        const size_t own_len = strlen(own), path_len = strlen(path);
        const size_t shorter = own_len < path_len ? own_len : path_len;
        if (strncmp(own, path, shorter) == 0 && shorter > found_len) {
            found = i;
            found_len = shorter;
        }
    }
    return found;
}

/* Ask for what is missing or wrong, once each; *left is what no part of the form is about. */
static enum mla_step
mend(struct mla_ask *dialogue)
{
    struct problems found = {0};
    enum mla_step step = STEP_NEXT;

    (void)mla_session_check(dialogue->session, &found);
    for (size_t i = 0; i < found.count && step != STEP_END && step != STEP_FAILED; i++) {
        mla_ask_make_parts(dialogue);
        dialogue->at = find_part(dialogue, found.list[i].path.text);
        if (dialogue->at == dialogue->count)
            continue;
        do {
            const struct mla_part part = dialogue->parts[dialogue->at];
            step = mla_ask_part(dialogue, &part);
        } while (step == STEP_AGAIN);
    }
    return step;
}

static void
tell_complete(struct mla_ask *dialogue)
{
    size_t answered = 0;
    bool is_first = true;

    mla_ask_make_parts(dialogue);
    for (size_t i = 0; i < dialogue->count; i++)
        answered += mla_form_find(dialogue->session->tree, dialogue->parts[i].path.text) != NULL;
    term_style(stderr, TERM_GREEN);
    fprintf(stderr, "\n%s: %zu/%zu\n", mla_ask_words(dialogue, MLA_WORDS_COMPLETE), answered,
            dialogue->count);
    term_style(stderr, TERM_PLAIN);
    for (size_t i = 0; i < dialogue->count; i++) {
        const struct mla_part *part = &dialogue->parts[i];
        if (part->is_needed || mla_form_find(dialogue->session->tree, part->path.text) != NULL)
            continue;
        if (is_first)
            fprintf(stderr, "%s: ", mla_ask_words(dialogue, MLA_WORDS_NOT_GIVEN));
        fprintf(stderr, "%s%s", is_first ? "" : ", ", mla_ask_label(dialogue, part).text);
        is_first = false;
    }
    fputs(is_first ? "" : "\n", stderr);
}

/* At the end: what is open, until nothing is; then whether it shall go.  ERR_OK: it shall. */
static enum err
conclude(struct mla_ask *dialogue, bool *is_back)
{
    bool is_yes = false;

    *is_back = false;
    for (;;) {
        char count[32];
        fputc('\n', stderr);
        mla_ask_make_parts(dialogue);
        const size_t open = mla_ask_tell_open(dialogue);
        if (open == 0)
            break;
        snprintf(count, sizeof count, "%s: %zu", mla_ask_words(dialogue, MLA_WORDS_NOT_COMPLETE),
                 open);
        if (!mla_ask_yes(dialogue, count, MLA_WORDS_GO_THROUGH, true, &is_yes) || !is_yes)
            return ERR_POLICY;
        const enum mla_step step = mend(dialogue);
        if (step == STEP_FAILED)
            return ERR_IO;
        if (step == STEP_END)
            return ERR_CANCELLED;
    }
    tell_complete(dialogue);
    if (!mla_ask_yes(dialogue, dialogue->session->to, MLA_WORDS_SEND, false, &is_yes))
        return ERR_CANCELLED;
    *is_back = strcmp(dialogue->line, ":back") == 0;
    return is_yes ? ERR_OK : ERR_CANCELLED;
}

static void
tell_intro(const struct mla_ask *dialogue)
{
    const struct mla_session *session = dialogue->session;
    const bool is_ja = session->language == LANGUAGE_JA;

    term_style(stderr, TERM_BOLD);
    fprintf(stderr, "%s: %s\n", mla_ask_words(dialogue, MLA_WORDS_REQUEST_TO), session->to);
    term_style(stderr, TERM_PLAIN);
    fprintf(stderr, "%s: %s\n", session->context.legal_basis,
            is_ja ? session->treaty->title_ja : session->treaty->title);
    if (session->is_profile_general)
        fprintf(stderr, "%s\n", mla_ask_words(dialogue, MLA_WORDS_GENERAL));
    fprintf(stderr, "%s\n", mla_ask_words(dialogue, MLA_WORDS_COMMANDS));
}

static enum err
run(struct mla_ask *dialogue)
{
    bool is_back = false;

    if (mla_session_save(dialogue->session) != ERR_OK)
        return ERR_IO; /* told before anything is typed in vain */
    tell_intro(dialogue);
    mla_ask_make_parts(dialogue);
    for (;;) {
        while (dialogue->at < dialogue->count) {
            const enum mla_step step = go_on(dialogue);
            if (step == STEP_FAILED)
                return ERR_IO;
            if (step == STEP_END)
                return ERR_CANCELLED;
        }
        const enum err err = conclude(dialogue, &is_back);
        if (!is_back)
            return err;
        mla_ask_make_parts(dialogue);
        dialogue->at = dialogue->count == 0 ? 0 : dialogue->count - 1;
    }
}

enum err
mla_dialogue_run(struct mla_session *session)
{
    struct mla_ask dialogue = {.session = session};
    struct sigaction before;
    enum err err = ERR_NOMEM;

    catch_interrupts(session, &before);
    dialogue.parts = malloc(MLA_PARTS_MAX * sizeof *dialogue.parts);
    dialogue.answer = calloc(1, MLA_FORM_BYTES);
    dialogue.before = calloc(1, MLA_FORM_BYTES);
    if (dialogue.parts != NULL && dialogue.answer != NULL && dialogue.before != NULL)
        err = run(&dialogue);
    free(dialogue.before);
    free(dialogue.answer);
    free(dialogue.parts);
    free(dialogue.line);
    sigaction(SIGINT, &before, NULL);
    return err;
}
