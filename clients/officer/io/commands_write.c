/* template, send, reply, update, withdraw. */
#include "clients/officer/io/commands.h"
#include "clients/officer/io/compose.h"
#include "proto/attachment.h"
#include "proto/io/exit.h"
#include "proto/io/report.h"
#include "proto/json_message.h"
#include "proto/template.h"
#include "proto/wire.h"

#include <stdio.h>
#include <string.h>

int
command_template(void *data, const struct args_words *words)
{
    const struct desk_options *options = data;
    static char form[TEMPLATE_BYTES];
    struct problems problems = {0};
    const struct kind_type *kind = NULL;
    char title[256];

    enum err err = compose_kind(words->words[0], &kind, &problems);
    if (err == ERR_OK) {
        snprintf(title, sizeof title, "%s: %s", kind->name, kind->summary);
        err = template_write(kind->content, title, form, sizeof form);
    }
    if (err != ERR_OK)
        return report_error(DESK_PROGRAM, err, &problems, options->json);
    fputs(form, stdout);
    return EXIT_DONE;
}

int
command_send(void *data, const struct args_words *words)
{
    struct problems problems = {0};
    struct desk desk = {.options = data, .problems = &problems};
    const struct kind_type *kind = NULL;
    struct order order = {0};
    struct span content = {0};

    enum err err = compose_kind(words->words[0], &kind, &problems);
    if (err == ERR_OK)
        err = desk_open(&desk);
    if (err == ERR_OK) {
        order = compose_new_order(&desk, kind);
        err = compose_options(&desk, &order);
    }
    if (err == ERR_OK && order.names_count == 0) {
        problems_add(&problems, "--to", "name members, or one group: --to kr.moj, --to @sltd",
                     "no recipient is named");
        err = ERR_USAGE;
    }
    if (err == ERR_OK)
        err = compose_content(&desk, kind, NULL, words->words + 1, words->len - 1, &content);
    return err == ERR_OK ? compose_send(&desk, &order, content) : desk_fail(&desk, err);
}

/* ---- messages that follow on others */

static enum err
fill_from(struct desk *desk, const struct header *header, struct order *order)
{
    *order = compose_new_order(desk, kind_find(header->kind));
    if (order->kind == NULL)
        return ERR_UNKNOWN;
    order->thread_id = header->thread_id;
    order->tlp = header->tlp;
    order->use_restriction = header->use_restriction;
    order->legal_basis = header->legal_basis;
    return store_error(store_thread_from(desk->store, &header->thread_id, desk_member(desk),
                                         desk->arena, &order->thread_from),
                       desk->problems);
}

enum err
compose_reply(struct desk *desk, const char *text, struct order *order)
{
    struct header *header = arena_alloc(desk->arena, sizeof *header);
    struct store_found found;

    if (header == NULL)
        return ERR_NOMEM;
    enum err err = desk_find(desk, text, &found);
    if (err == ERR_OK)
        err = header_decode(found.is_sent ? found.sent.header : found.received.header, desk->arena,
                            header);
    if (err == ERR_OK)
        err = fill_from(desk, header, order);
    if (err != ERR_OK)
        return err;
    if (found.is_sent && found.sent.stage != STORE_ACCEPTED) {
        problems_add(desk->problems, text, "denrei flush",
                     "it was not accepted yet, so nothing can follow on it");
        return ERR_CONFLICT;
    }
    order->has_in_reply_to = true;
    order->in_reply_to = found.is_sent ? (struct message_ref){.from = desk_member(desk),
                                                              .id = found.sent.id,
                                                              .hash = found.sent.hash}
                                       : found.received.ref;
    order->names =
        found.is_sent ? (const char *const *)header->to : (const char *const *)&header->from;
    order->names_count = found.is_sent ? header->to_count : 1;
    return ERR_OK;
}

int
command_reply(void *data, const struct args_words *words)
{
    struct problems problems = {0};
    struct desk desk = {.options = data, .problems = &problems};
    struct order order = {0};
    struct span content = {0};

    enum err err = desk_open(&desk);
    if (err == ERR_OK)
        err = compose_reply(&desk, words->words[0], &order);
    if (err == ERR_OK)
        err = compose_options(&desk, &order);
    if (err == ERR_OK)
        err = compose_content(&desk, order.kind, NULL, words->words + 1, words->len - 1, &content);
    return err == ERR_OK ? compose_send(&desk, &order, content) : desk_fail(&desk, err);
}

/* The newest of the chain, which alone may be updated or withdrawn. */
static enum err
find_head(struct desk *desk, const char *text, struct store_sent *head, struct header *header)
{
    struct store_found found;

    enum err err = desk_find(desk, text, &found);
    if (err != ERR_OK)
        return err;
    if (!found.is_sent) {
        problems_add(desk->problems, text, "answer it instead: denrei reply ID",
                     "it is not a message of yours");
        return ERR_POLICY;
    }
    err = store_error(store_head(desk->store, &found.sent.id, desk->arena, head), desk->problems);
    if (err == ERR_OK)
        err = header_decode(head->header, desk->arena, header);
    if (err != ERR_OK)
        return err;
    if (head->stage != STORE_ACCEPTED) {
        problems_add(desk->problems, message_id_text(&head->id).text,
                     head->stage == STORE_WAITING ? "denrei flush" : "send it anew",
                     "it was not accepted, so nothing can follow on it");
        return ERR_CONFLICT;
    }
    if (header->action == DENREI__V1__ACTION__ACTION_WITHDRAW) {
        problems_add(desk->problems, text,
                     "nothing can follow on it: send a new message if need be",
                     "it has been withdrawn already");
        return ERR_CONFLICT;
    }
    return ERR_OK;
}

static enum err
plan_change(struct desk *desk, const char *text, Denrei__V1__Action action, struct order *order,
            struct store_sent *head)
{
    struct header *header = arena_alloc(desk->arena, sizeof *header);

    if (header == NULL)
        return ERR_NOMEM;
    enum err err = find_head(desk, text, head, header);
    if (err == ERR_OK)
        err = fill_from(desk, header, order);
    if (err != ERR_OK)
        return err;
    order->action = action;
    /* What is out of date is acted on until this comes: it overtakes all that is not FLASH. */
    order->priority = DENREI__V1__PRIORITY__PRIORITY_FLASH;
    order->has_in_reply_to = header->has_in_reply_to;
    order->in_reply_to = header->in_reply_to;
    order->has_supersedes = true;
    order->supersedes =
        (struct message_ref){.from = desk_member(desk), .id = head->id, .hash = head->hash};
    order->original = (const char *const *)header->to;
    order->original_count = header->to_count;
    /* A withdrawal is for who had it: a group may have changed, or have members that nothing new
     * can be sent to now. */
    bool is_group = header->group[0] != '\0' && action != DENREI__V1__ACTION__ACTION_WITHDRAW;
    order->names = is_group ? (const char *const *)&header->group : (const char *const *)header->to;
    order->names_count = is_group ? 1 : header->to_count;
    return ERR_OK;
}

static enum err
old_content(struct desk *desk, const struct store_sent *head, const struct kind_type *kind,
            json_t **out)
{
    ProtobufCMessage *message = NULL;
    struct span content = {0};

    enum err err = desk_open_copy(desk, head, desk->arena, &content);
    if (err == ERR_OK)
        err = wire_decode(kind->content, content, desk->arena, &message);
    if (err == ERR_OK)
        err = json_message_encode(message, desk->arena, out);
    if (err != ERR_OK)
        return err;
    /* An attachment belongs to one message alone. */
    const struct attachment_list files = attachment_files(message);
    if (files.count > 0 && desk->options->attach.len == 0)
        fprintf(stderr,
                "denrei: the %zu attached files of the earlier version do not go with this one; "
                "attach them again if they are to\n",
                files.count);
    if (files.count > 0)
        (void)json_object_del(*out, attachment_field(kind->content)->name);
    return ERR_OK;
}

int
command_update(void *data, const struct args_words *words)
{
    struct problems problems = {0};
    struct desk desk = {.options = data, .problems = &problems};
    struct order order = {0};
    struct store_sent head = {0};
    struct span content = {0};
    json_t *base = NULL;

    enum err err = desk_open(&desk);
    if (err == ERR_OK)
        err = plan_change(&desk, words->words[0], DENREI__V1__ACTION__ACTION_UPDATE, &order, &head);
    if (err == ERR_OK)
        err = compose_options(&desk, &order);
    if (err == ERR_OK && words->len < 2) {
        problems_add(&problems, "content", "denrei update ID documents[0].status=RECOVERED",
                     "say what changes: a file with the whole content, or FIELD=VALUE pairs");
        err = ERR_USAGE;
    }
    if (err == ERR_OK && strchr(words->words[1], '=') != NULL)
        err = old_content(&desk, &head, order.kind, &base);
    if (err == ERR_OK)
        err = compose_content(&desk, order.kind, base, words->words + 1, words->len - 1, &content);
    return err == ERR_OK ? compose_send(&desk, &order, content) : desk_fail(&desk, err);
}

int
command_withdraw(void *data, const struct args_words *words)
{
    struct problems problems = {0};
    struct desk desk = {.options = data, .problems = &problems};
    struct order order = {0};
    struct store_sent head = {0};
    struct span content = {0};

    enum err err = desk_open(&desk);
    if (err == ERR_OK)
        err =
            plan_change(&desk, words->words[0], DENREI__V1__ACTION__ACTION_WITHDRAW, &order, &head);
    if (err == ERR_OK)
        err = compose_options(&desk, &order);
    /* A withdrawal is FLASH whatever the options say. */
    order.priority = DENREI__V1__PRIORITY__PRIORITY_FLASH;
    return err == ERR_OK ? compose_send(&desk, &order, content) : desk_fail(&desk, err);
}
