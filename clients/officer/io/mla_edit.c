/* The whole form in the user's editor, again until it is right or nothing changes any more. */
#include "clients/officer/io/editor.h"
#include "clients/officer/io/mla_dialogue.h"
#include "proto/io/disk.h"
#include "proto/json_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char MARK[] = "# !!";

/* The number in "line 12, ..."; 1 if there is none. */
static size_t
line_of(const char *path)
{
    static const char line[] = "line ";

    return strncmp(path, line, strlen(line)) == 0 ? strtoul(path + strlen(line), NULL, 10) : 1;
}

/* Put what is wrong on top of a form that cannot be read, in place of what was told there before;
 * *line is where the first of it is then. */
static enum err
annotate(const char *draft, struct span text, const struct problems *found, size_t *line)
{
    const char *from = (const char *)text.data, *end = from + text.len;
    const size_t room = text.len + found->count * (sizeof(struct problem) + 16) + 1;
    char *out = malloc(room);
    size_t len = 0, at = 1, first = line_of(found->list[0].path.text), gone = 0;

    if (out == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < found->count; i++)
        len +=
            (size_t)snprintf(out + len, room - len, "%s %s: %s -> %s\n", MARK,
                             found->list[i].path.text, found->list[i].wrong, found->list[i].cure);
    for (; from < end; at++) {
        const char *stop = memchr(from, '\n', (size_t)(end - from));
        const size_t line_len = stop == NULL ? (size_t)(end - from) : (size_t)(stop + 1 - from);
        if (line_len >= strlen(MARK) && memcmp(from, MARK, strlen(MARK)) == 0) {
            gone += at < first ? 1 : 0;
        } else {
            memcpy(out + len, from, line_len);
            len += line_len;
        }
        from += line_len;
    }
    *line = first - gone + found->count;
    const enum err err = disk_write(draft, (struct span){(uint8_t *)out, len}, DISK_REPLACE);
    free(out);
    return err;
}

/* Write the form with what is wrong; *line is where the first of it is. */
static enum err
write_form(struct mla_session *session, const struct problems *found, size_t *line)
{
    const struct mla_page page = {
        .treaty = session->treaty, .command = session->command, .language = session->language};
    struct problems unused = {0};
    char *text = malloc(MLA_FORM_BYTES);
    enum err err = ERR_NOMEM;

    *line = 1;
    if (text == NULL)
        return err;
    err = mla_form_write(&page, session->tree, mla_session_check(session, &unused), found, text,
                         MLA_FORM_BYTES);
    if (err == ERR_OK && found->count > 0)
        *line = mla_form_line(text, found->list[0].path.text);
    if (err == ERR_OK)
        err =
            disk_write(session->draft, (struct span){(uint8_t *)text, strlen(text)}, DISK_REPLACE);
    free(text);
    return err;
}

/* Read the draft back; what is wrong with it as a form goes to `found`. */
static enum err
read_form(struct mla_session *session, struct span text, struct problems *found)
{
    json_t *tree = NULL;
    const enum err err = mla_form_read(text, &tree, found);

    if (err != ERR_OK)
        return err;
    json_decref(session->tree);
    session->tree = tree;
    const enum err begun = mla_session_begin(session);
    (void)mla_session_check(session, found);
    return begun;
}

/* What ends the command: the problems with the line of the draft that each is about. */
static void
tell_all(struct mla_session *session, struct span text, const struct problems *found)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct problem *problem = &found->list[i];
        const bool has_line = strncmp(problem->path.text, "line ", 5) == 0;
        const struct problem_path place =
            has_line ? problem_path("%s, %s", session->draft, problem->path.text)
                     : problem_path("%s, line %zu, %s", session->draft,
                                    mla_form_line((const char *)text.data, problem->path.text),
                                    problem->path.text);
        problems_add(session->problems, place.text, problem->cure, "%s", problem->wrong);
    }
}

static enum err
read_draft(struct mla_session *session, uint8_t **out, size_t *len)
{
    const enum err err = disk_read(session->draft, JSON_TEXT_BYTES_MAX, out, len);

    if (err != ERR_OK)
        problems_add(session->problems, session->draft, "start again",
                     "the form cannot be read back: %s",
                     disk_why(err, session->draft, JSON_TEXT_BYTES_MAX).text);
    return err;
}

static bool
is_same(const uint8_t *left, size_t left_len, const uint8_t *right, size_t right_len)
{
    return left_len == right_len && memcmp(left, right, left_len) == 0;
}

/* One visit to the editor; *is_done when the form is whole, or the officer changed nothing. */
static enum err
visit(struct mla_session *session, size_t *line, bool *is_done)
{
    uint8_t *before = NULL, *after = NULL;
    size_t before_len = 0, after_len = 0;
    struct problems found = {0};

    enum err err = read_draft(session, &before, &before_len);
    if (err == ERR_OK)
        err = editor_edit(session->draft, *line, session->problems);
    if (err == ERR_OK)
        err = read_draft(session, &after, &after_len);
    if (err != ERR_OK)
        goto done;
    const struct span text = {after, after_len};
    const enum err read = read_form(session, text, &found);
    *is_done = found.count == 0 || is_same(before, before_len, after, after_len);
    if (read == ERR_NOMEM) {
        err = ERR_NOMEM;
    } else if (*is_done) {
        tell_all(session, text, &found);
        err = found.count == 0 ? ERR_OK : read == ERR_FORMAT ? ERR_FORMAT : ERR_POLICY;
    } else {
        err = read == ERR_FORMAT ? annotate(session->draft, text, &found, line)
                                 : write_form(session, &found, line);
    }

done:
    free(before);
    free(after);
    return err;
}

enum err
mla_edit_run(struct mla_session *session)
{
    struct problems none = {0};
    bool is_done = false;
    size_t line = 1;

    enum err err = write_form(session, &none, &line);
    if (err != ERR_OK)
        problems_add(session->problems, session->draft,
                     "give another place for the draft: --save FILE",
                     "the draft cannot be written: %s", err_text(err));
    while (err == ERR_OK && !is_done)
        err = visit(session, &line, &is_done);
    return err;
}
