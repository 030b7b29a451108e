#include "clients/officer/io/mla_session.h"

#include "proto/field.h"
#include "proto/io/disk.h"
#include "proto/io/term.h"
#include "proto/json_message.h"
#include "proto/json_read.h"
#include "proto/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char UNTOC[] = "convention.untoc";

/* ---- who, to whom, under what */

/* The only member that --to names. */
static enum err
find_recipient(struct mla_session *session, const struct directory *directory,
               const struct member **out)
{
    const struct args_list *to = &session->options->to;

    if (to->len != 1 || strchr(to->items[0], ',') != NULL || to->items[0][0] == '@') {
        problems_add(session->problems, "--to", "name one: --to kr.moj",
                     "a request goes to one central authority");
        return ERR_USAGE;
    }
    *out = directory_find_member(directory, to->items[0]);
    if (*out != NULL)
        return ERR_OK;
    problems_add(session->problems, "--to", "denrei contacts tells the members",
                 "the directory has no member %s", to->items[0]);
    return ERR_USAGE;
}

static bool
is_fit(const struct legal_basis *basis, const char *from, const char *to)
{
    return (basis->kinds >> DENREI__V1__KIND__KIND_MLA & 1) != 0 && directory_covers(basis, from) &&
           directory_covers(basis, to);
}

/* The legal basis that --legal-basis names, or the only one there is between the two. */
static enum err
find_basis(struct mla_session *session, const struct directory *directory, const char *from,
           const char **out)
{
    char list[PROBLEM_TEXT_BYTES] = "";
    size_t count = 0;

    *out = session->options->legal_basis;
    if (*out != NULL)
        return ERR_OK; /* whether it is between them, the policy says */
    for (size_t i = 0; i < directory->legal_bases_count; i++) {
        const struct legal_basis *basis = &directory->legal_bases[i];
        const size_t len = strlen(list);
        if (!is_fit(basis, from, session->to))
            continue;
        *out = basis->id;
        count++;
        snprintf(list + len, sizeof list - len, "%s%s", len == 0 ? "name one of: " : ", ",
                 basis->id);
    }
    if (count == 1)
        return ERR_OK;
    problems_add(session->problems, "--legal-basis",
                 count == 0 ? "denrei contacts tells the legal bases" : list,
                 count == 0 ? "the directory has none for mla between %s and %s"
                            : "there are several between %s and %s",
                 from, session->to);
    return ERR_USAGE;
}

static const char *
copy(struct mla_session *session, const char *text)
{
    return arena_copy(session->arena, text == NULL ? "" : text, strlen(text == NULL ? "" : text));
}

static const Denrei__V1__Role *
copy_roles(struct mla_session *session, const struct member *member)
{
    return arena_copy(session->arena, member->roles, member->roles_count * sizeof *member->roles);
}

/* What the rules must know of the parties, in memory that outlives the desk. */
static enum err
fill_context(struct mla_session *session, const struct desk *desk, const struct member *from,
             const struct member *to, const char *basis)
{
    const struct kind_type *kind = kind_find(DENREI__V1__KIND__KIND_MLA);
    struct kind_context *context = &session->context;

    *context = (struct kind_context){
        .action = DENREI__V1__ACTION__ACTION_NEW,
        .use_restriction = DENREI__V1__USE_RESTRICTION__USE_H0,
        .tlp = DENREI__V1__TLP__TLP_AMBER,
        .sender = copy(session, from->id),
        .roles = copy_roles(session, from),
        .roles_count = from->roles_count,
        .created_at_ms = desk->now_ms,
        .expires_at_ms = desk->now_ms + kind->retention_days_max * DAY_MS,
        .legal_basis = copy(session, basis),
        .recipients_count = 1,
        .recipient = copy(session, to->id),
        .sender_country = copy(session, from->country),
        .recipient_country = copy(session, to->country),
        .recipient_roles = copy_roles(session, to),
        .recipient_roles_count = to->roles_count,
        .in_reply_to_from = "",
        .thread_from = copy(session, from->id),
    };
    session->treaty = treaty_find(context->legal_basis == NULL ? "" : context->legal_basis);
    session->is_profile_general = session->treaty == NULL;
    if (session->treaty == NULL)
        session->treaty = treaty_find(UNTOC);
    if (session->treaty != NULL && !session->is_profile_general)
        session->requested = treaty_find_party(session->treaty, to->country);
    const bool is_full = context->sender == NULL || context->roles == NULL ||
                         context->legal_basis == NULL || context->recipient == NULL ||
                         context->sender_country == NULL || context->recipient_country == NULL ||
                         context->recipient_roles == NULL || context->thread_from == NULL;
    return is_full || session->treaty == NULL ? ERR_NOMEM : ERR_OK;
}

static enum err
look_up(struct mla_session *session, const struct desk *desk)
{
    const struct directory *directory = trust_directory(state_trust(desk->state), TRUST_UNLOGGED);
    const struct member *from = directory_find_member(directory, desk_member(desk));
    const struct member *to = NULL;
    const char *basis = NULL;

    if (from == NULL)
        return ERR_UNKNOWN;
    enum err err = find_recipient(session, directory, &to);
    if (err != ERR_OK)
        return err;
    session->to = copy(session, to->id);
    if (session->to == NULL)
        return ERR_NOMEM;
    err = find_basis(session, directory, from->id, &basis);
    return err == ERR_OK ? fill_context(session, desk, from, to, basis) : err;
}

/* --save, or a name that tells whom the draft is for. */
static void
name_draft(struct mla_session *session)
{
    const char *state = session->options->state;

    if (session->options->save != NULL)
        snprintf(session->draft, sizeof session->draft, "%s", session->options->save);
    else
        snprintf(session->draft, sizeof session->draft, "mla-%s.draft", session->to);
    snprintf(session->command, sizeof session->command,
             "denrei mla new --to %s --legal-basis %s --save %s%s%s", session->to,
             session->context.legal_basis, session->draft, state == NULL ? "" : " --state ",
             state == NULL ? "" : state);
}

enum err
mla_session_open(struct mla_session *session)
{
    struct desk desk = {.options = session->options, .problems = session->problems};

    session->language = term_language();
    session->tree = json_object();
    enum err err = arena_new(ARENA_BYTES_MAX, &session->arena);
    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &session->scratch);
    if (err == ERR_OK && session->tree == NULL)
        err = ERR_NOMEM;
    if (err == ERR_OK)
        err = desk_open(&desk);
    if (err == ERR_OK)
        err = look_up(session, &desk);
    desk_close(&desk);
    if (err == ERR_OK)
        name_draft(session);
    return err;
}

void
mla_session_close(struct mla_session *session)
{
    json_decref(session->tree);
    session->tree = NULL;
    arena_free(&session->arena);
    arena_free(&session->scratch);
}

/* ---- answers */

enum err
mla_session_begin(struct mla_session *session)
{
    static const char path[] = "request.channel";
    const uint32_t channels = session->treaty->channels;
    struct problems unused = {0};

    if (mla_form_find(session->tree, path) != NULL || (channels & (channels - 1)) != 0)
        return ERR_OK;
    for (int channel = 1; channel < 32; channel++) {
        if (channels >> channel == 1)
            return mla_form_set(session->tree, path,
                                field_enum_word(&denrei__v1__mla_channel__descriptor, channel),
                                &unused);
    }
    return ERR_OK;
}

/* A form's lines begin with '#' and '['; JSON begins with '{' after its comments. */
static bool
is_json(struct span text)
{
    size_t at = 0;

    while (at < text.len) {
        const char letter = (char)text.data[at];
        if (letter == '#' || (letter == '/' && at + 1 < text.len && text.data[at + 1] == '/')) {
            while (at < text.len && text.data[at] != '\n')
                at++;
        } else if (letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n') {
            at++;
        } else {
            return letter == '{';
        }
    }
    return false;
}

/* Whether the tree is a message of our kind, so that every later answer is judged alone. */
static enum err
check_tree(struct mla_session *session, json_t *tree, const char *path)
{
    struct problems found = {0};
    ProtobufCMessage *message = NULL;

    arena_reset(session->scratch);
    const enum err err =
        json_message_decode(&denrei__v1__mla__descriptor, tree, session->scratch, &message, &found);
    for (size_t i = 0; i < found.count; i++)
        problems_add(session->problems, problem_path("%s, %s", path, found.list[i].path.text).text,
                     found.list[i].cure, "%s", found.list[i].wrong);
    return err;
}

enum err
mla_session_load(struct mla_session *session, const char *path)
{
    const bool is_stream = strcmp(path, "-") == 0;
    const char *name = is_stream ? "standard input" : path;
    struct problems found = {0};
    uint8_t *text = NULL;
    json_t *tree = NULL;
    size_t len = 0;

    enum err err = is_stream ? disk_read_stream(STDIN_FILENO, JSON_TEXT_BYTES_MAX, &text, &len)
                             : disk_read(path, JSON_TEXT_BYTES_MAX, &text, &len);
    if (err != ERR_OK) {
        problems_add(session->problems, name,
                     "give a file with JSON or a form, or - for standard "
                     "input",
                     "it cannot be read: %s",
                     disk_why(err, is_stream ? NULL : path, JSON_TEXT_BYTES_MAX).text);
        return err;
    }
    const struct span span = {text, len};
    err = is_json(span) ? json_read_text(span, &tree, &found) : mla_form_read(span, &tree, &found);
    for (size_t i = 0; i < found.count; i++)
        problems_add(session->problems, problem_path("%s, %s", name, found.list[i].path.text).text,
                     found.list[i].cure, "%s", found.list[i].wrong);
    if (err == ERR_OK)
        err = check_tree(session, tree, name);
    if (err == ERR_OK) {
        json_decref(session->tree);
        session->tree = tree;
        tree = NULL;
    }
    json_decref(tree);
    free(text);
    return err;
}

enum err
mla_session_pairs(struct mla_session *session, const char *const *words, size_t count)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < count; i++) {
        const enum err one = json_read_pair(&denrei__v1__mla__descriptor, words[i], session->tree,
                                            session->problems);
        err = err == ERR_OK ? one : err;
    }
    return err == ERR_OK && count > 0 ? check_tree(session, session->tree, "FIELD=VALUE") : err;
}

const Denrei__V1__Mla *
mla_session_check(struct mla_session *session, struct problems *found)
{
    const struct kind_type *kind = kind_find(DENREI__V1__KIND__KIND_MLA);
    ProtobufCMessage *message = NULL;

    arena_reset(session->scratch);
    if (json_message_decode(kind->content, session->tree, session->scratch, &message, found) !=
        ERR_OK)
        return NULL;
    kind_validate(kind, message, &session->context, found);
    return (const Denrei__V1__Mla *)message;
}

enum err
mla_session_save(struct mla_session *session)
{
    const struct mla_page page = {
        .treaty = session->treaty, .command = session->command, .language = session->language};
    struct problems none = {0}, unused = {0};
    char *text = malloc(MLA_FORM_BYTES);
    enum err err = ERR_NOMEM;

    if (text == NULL)
        return err;
    err = mla_form_write(&page, session->tree, mla_session_check(session, &unused), &none, text,
                         MLA_FORM_BYTES);
    if (err == ERR_OK)
        err =
            disk_write(session->draft, (struct span){(uint8_t *)text, strlen(text)}, DISK_REPLACE);
    if (err != ERR_OK)
        problems_add(session->problems, session->draft,
                     "give another place for the draft: --save FILE",
                     "the draft cannot be written: %s", err_text(err));
    free(text);
    return err;
}
