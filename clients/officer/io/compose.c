#include "clients/officer/io/compose.h"

#include "clients/io/reading.h"
#include "clients/io/submit.h"
#include "clients/officer/io/casework.h"
#include "clients/officer/io/enclose.h"
#include "clients/officer/io/print.h"
#include "clients/received.h"
#include "proto/attachment.h"
#include "proto/io/clock.h"
#include "proto/io/disk.h"
#include "proto/io/exit.h"
#include "proto/io/report.h"
#include "proto/json_message.h"
#include "proto/json_read.h"
#include "proto/wire.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POLL_MS = 250 };

enum err
compose_kind(const char *text, const struct kind_type **out, struct problems *problems)
{
    *out = kind_find_name(text);
    if (*out != NULL)
        return ERR_OK;
    kind_report_unknown(problems, "kind", text);
    return ERR_USAGE;
}

/* ---- content */

static enum err
read_tree(struct desk *desk, const char *path, json_t **out)
{
    bool is_stream = strcmp(path, "-") == 0;
    uint8_t *text = NULL;
    size_t len = 0;

    enum err err = is_stream ? disk_read_stream(STDIN_FILENO, JSON_TEXT_BYTES_MAX, &text, &len)
                             : disk_read(path, JSON_TEXT_BYTES_MAX, &text, &len);
    if (err != ERR_OK) {
        problems_add(desk->problems, is_stream ? "standard input" : path,
                     "give a file with JSON, - for standard input, or FIELD=VALUE pairs",
                     "it cannot be read: %s",
                     disk_why(err, is_stream ? NULL : path, JSON_TEXT_BYTES_MAX).text);
        return err;
    }
    struct problems found = {0};
    err = json_read_text((struct span){text, len}, out, &found);
    for (size_t i = 0; i < found.count; i++) {
        struct problem_path where =
            problem_path("%s, %s", is_stream ? "standard input" : path, found.list[i].path.text);
        problems_add(desk->problems, where.text, found.list[i].cure, "%s", found.list[i].wrong);
    }
    free(text);
    return err;
}

static enum err
read_pairs(struct desk *desk, const struct kind_type *kind, const char *const *words, size_t count,
           json_t *tree)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < count; i++) {
        enum err one = json_read_pair(kind->content, words[i], tree, desk->problems);
        err = err == ERR_OK ? one : err;
    }
    return err;
}

enum err
compose_content(struct desk *desk, const struct kind_type *kind, json_t *base,
                const char *const *words, size_t count, struct span *out)
{
    ProtobufCMessage *message = NULL;
    json_t *tree = base;
    enum err err = ERR_OK;

    if (count == 0 && base == NULL) {
        struct problem_path form = problem_path("denrei template %s", kind->word);
        problems_add(desk->problems, "content", form.text,
                     "nothing is said: give a file with JSON, - for standard input, or FIELD=VALUE "
                     "pairs; a form to fill in is printed by");
        return ERR_USAGE;
    }
    if (count > 0 && strchr(words[0], '=') == NULL) {
        json_decref(tree);
        tree = NULL;
        err = read_tree(desk, words[0], &tree);
        words++;
        count--;
    } else if (tree == NULL) {
        tree = json_object();
    }
    if (err == ERR_OK && tree == NULL)
        err = ERR_NOMEM;
    if (err == ERR_OK)
        err = read_pairs(desk, kind, words, count, tree);
    const ProtobufCFieldDescriptor *files = attachment_field(kind->content);
    if (err == ERR_OK && files != NULL && json_object_get(tree, files->name) != NULL) {
        problems_add(desk->problems, files->name,
                     "take it out of the content and name the files: --attach FILE",
                     "attached files cannot be written as text");
        err = ERR_FORMAT;
    }
    if (err == ERR_OK)
        err = json_message_decode(kind->content, tree, desk->arena, &message, desk->problems);
    if (err == ERR_OK)
        err = wire_encode(message, desk->arena, out);
    json_decref(tree);
    if (err == ERR_OK && out->len > CONTENT_BYTES_MAX) {
        problems_add(desk->problems, "content", "send it as several messages",
                     "%zu bytes are too many: a message has at most %d", out->len,
                     CONTENT_BYTES_MAX);
        return ERR_RANGE;
    }
    return err;
}

struct order
compose_new_order(const struct desk *desk, const struct kind_type *kind)
{
    return (struct order){.kind = kind,
                          .action = DENREI__V1__ACTION__ACTION_NEW,
                          .id = message_id_new(desk->now_ms),
                          .thread_id = message_id_thread_new(),
                          .from = desk_member(desk),
                          .credential = state_self(desk->state)->credential,
                          .priority = DENREI__V1__PRIORITY__PRIORITY_ROUTINE,
                          .tlp = DENREI__V1__TLP__TLP_AMBER,
                          .use_restriction = kind != NULL && kind->needs_use_restriction
                                                 ? DENREI__V1__USE_RESTRICTION__USE_H1
                                                 : DENREI__V1__USE_RESTRICTION__USE_H0,
                          .legal_basis = "",
                          .now_ms = desk->now_ms,
                          .thread_from = desk_member(desk)};
}

/* ---- options */

/* --to a,b --to c: the names of all of them. */
static enum err
split_names(struct desk *desk, struct order *order)
{
    const struct args_list *list = &desk->options->to;
    size_t count = 0, used = 0;

    for (size_t i = 0; i < list->len; i++, count++)
        for (const char *at = strchr(list->items[i], ','); at != NULL; at = strchr(at + 1, ','))
            count++;
    if (count == 0)
        return ERR_OK;
    const char **names = arena_alloc(desk->arena, count * sizeof *names);
    for (size_t i = 0; i < list->len && names != NULL; i++) {
        char *rest = arena_copy(desk->arena, list->items[i], strlen(list->items[i]));
        if (rest == NULL)
            return ERR_NOMEM;
        for (char *name = strsep(&rest, ","); name != NULL; name = strsep(&rest, ",")) {
            name += strspn(name, " ");
            if (name[0] != '\0' && used < count)
                names[used++] = name;
        }
    }
    if (names == NULL)
        return ERR_NOMEM;
    order->names = names;
    order->names_count = used;
    return ERR_OK;
}

/* What the option itself forbids is told by its name, before any rule is asked. */
static void
check_lifetime(struct desk *desk, const struct order *order)
{
    uint64_t lifetime_ms = desk->options->lifetime_ms;
    uint32_t days_max = order->kind->retention_days_max;
    struct problem_path cure = problem_path("use %ud or less", (unsigned)days_max);

    if (lifetime_ms > days_max * DAY_MS)
        problems_add(desk->problems, "--expires", cure.text, "a %s lives for %u days at most",
                     order->kind->word, (unsigned)days_max);
    else if (lifetime_ms != 0 && lifetime_ms < DELIVER_MS_MIN)
        problems_add(desk->problems, "--expires",
                     "use 1h or more: recipients need time to fetch it",
                     "a message lives for an hour at least");
}

enum err
compose_options(struct desk *desk, struct order *order)
{
    const struct desk_options *options = desk->options;
    size_t before = desk->problems->count;

    if (options->priority != NULL)
        order->priority = officer_priority(options->priority, desk->problems);
    if (options->tlp != NULL)
        order->tlp = officer_tlp(options->tlp, desk->problems);
    if (options->use != NULL)
        order->use_restriction = officer_use(options->use, desk->problems);
    if (options->legal_basis != NULL)
        order->legal_basis = options->legal_basis;
    if (options->lifetime_ms != 0)
        order->lifetime_ms = options->lifetime_ms;
    check_lifetime(desk, order);
    if (options->wait != NULL && strcmp(options->wait, "delivered") != 0 &&
        strcmp(options->wait, "read") != 0)
        problems_add(desk->problems, "--wait", "use delivered or read",
                     "one cannot wait for \"%s\"", options->wait);
    if (desk->problems->count != before)
        return ERR_USAGE;
    return split_names(desk, order);
}

/* ---- checking */

static enum err
check_once(struct desk *desk, const struct order *order, struct span content, struct header *out)
{
    const struct trust *trust = state_trust(desk->state);

    enum err err = order_make_header(trust, order, desk->arena, out, desk->problems);
    /* What is wrong with the content as well is told now, not when the names are mended. */
    if (err == ERR_UNKNOWN || err == ERR_POLICY)
        (void)order_check_content(trust, order, content, desk->arena, desk->problems);
    if (err != ERR_OK)
        return err;
    return order_check(trust, order, out, content, desk->arena, desk->problems);
}

/* What is refused here may be due to a roster that is older than the relay's: fetch, ask again. */
static enum err
check_fresh(struct desk *desk, const struct order *order, struct span content, struct header *out)
{
    enum err err = check_once(desk, order, content, out);
    if ((err != ERR_POLICY && err != ERR_UNKNOWN) || desk->options->dry_run ||
        desk->options->offline)
        return err;
    const struct problems told = *desk->problems;
    if (desk_connect(desk) != ERR_OK) {
        *desk->problems = told;
        return err;
    }
    *desk->problems = (struct problems){0};
    return check_once(desk, order, content, out);
}

/* A name that the directory does not have is a slip on the command line, as an unknown kind is. */
static enum err
check(struct desk *desk, const struct order *order, struct span content, struct header *out)
{
    enum err err = check_fresh(desk, order, content, out);

    return err == ERR_UNKNOWN ? ERR_USAGE : err;
}

/* ---- sending */

static enum err
put_away(struct desk *desk, const struct order *order, const struct header *header,
         struct span content)
{
    struct store_sent sent = {.id = header->id, .thread_from = order->thread_from};
    const struct identity *signing = NULL;
    struct submit_message message;

    enum err err = desk_unlock(desk);
    if (err == ERR_OK) /* tells where there is none */
        err = desk_identity(desk, DENREI__V1__KEY_USE__KEY_USE_SIGNING, &signing);
    if (err == ERR_OK)
        err = submit_seal(state_trust(desk->state), &desk->key, header, content, desk->arena,
                          &message);
    if (err == ERR_OK)
        err = desk_seal_copy(desk, content, &sent.copy);
    if (err != ERR_OK)
        return err;
    sent.envelope = message.envelope;
    sent.header = message.header;
    sent.hash = message.hash;
    err = officer_store_begin(desk->store, desk->problems);
    if (err != ERR_OK)
        return err;
    err = store_add_sent(desk->store, &sent, header, desk->problems);
    if (err == ERR_OK)
        err = casework_put(desk, header, content);
    if (err == ERR_OK)
        return officer_store_commit(desk->store, desk->problems);
    officer_store_rollback(desk->store);
    return err;
}

/* Read anew where the message stands; a long wait must not fill the arena. */
static enum err
look(struct desk *desk, const struct id *id, struct print_standing *standing)
{
    struct store_sent sent;

    arena_reset(desk->arena);
    enum err err = store_error(store_sent(desk->store, id, desk->arena, &sent), desk->problems);
    return err == ERR_OK ? print_standing_of(desk, &sent, standing) : err;
}

/* Wait until all recipients have it, or have read it; ERR_TIMEOUT if they have not in time. */
static enum err
wait_for(struct desk *desk, const struct id *id, struct print_standing *standing)
{
    Denrei__V1__DeliveryStatus wanted = strcmp(desk->options->wait, "read") == 0
                                            ? DENREI__V1__DELIVERY_STATUS__DELIVERY_READ
                                            : DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED;
    uint64_t deadline_ms = clock_boot_ms() + desk->options->timeout_ms;

    for (;;) {
        enum err err = carry_track(desk, id, 1);
        if (err == ERR_OK)
            err = look(desk, id, standing);
        if (err != ERR_OK)
            return err;
        const struct officer_recipient *rows = standing->recipients;
        size_t count = standing->header.to_count;
        if (officer_has_reached(rows, count, wanted))
            return ERR_OK;
        /* Who has refused it will not have it later. */
        if (clock_boot_ms() >= deadline_ms || officer_has_failed(rows, count))
            return ERR_TIMEOUT;
        poll(NULL, 0, POLL_MS);
    }
}

static void
tell_waiting(struct desk *desk, const struct store_sent *sent)
{
    struct message_id_text id = message_id_text(&sent->id);
    struct print_standing standing;

    if (!desk->options->json) {
        fprintf(stderr,
                "denrei: %s is stored and waits; it was not accepted yet. It goes with the next "
                "command, or with: denrei flush\n",
                id.text);
        return;
    }
    enum err err = look(desk, &sent->id, &standing);
    if (err == ERR_OK)
        err = print_standing(desk, &standing);
    if (err != ERR_OK)
        report_error(DESK_PROGRAM, err, desk->problems, true);
}

/* Whoever writes to a group counts on all of it: who of it gets nothing is told, and why. */
static void
tell_left_out(const struct desk *desk, const struct header *header)
{
    const struct trust *trust = state_trust(desk->state);
    const struct group *group =
        directory_find_group(trust_directory(trust, TRUST_UNLOGGED), header->group);

    for (size_t i = 0; group != NULL && i < group->members_count; i++) {
        const char *member = group->members[i];
        enum refusal code =
            policy_check_recipient(trust, member, header->kind, TRUST_UNLOGGED, clock_now_ms());
        if (code != REFUSAL_NONE && strcmp(member, header->from) != 0)
            fprintf(stderr, "denrei: %s of %s does not get it: %s\n", member, group->id,
                    code == REFUSAL_KIND_RECEIVE ? "it may not receive this kind"
                    : code == REFUSAL_EXPIRED    ? "its roster has expired"
                                                 : "it has no roster with a mailbox in force");
    }
}

static void
tell_accepted(const struct print_standing *standing)
{
    struct message_id_text id = message_id_text(&standing->sent.id);
    char names[PRINT_NAMES_BYTES];

    print_names(&standing->header, names);
    printf("%s\taccepted\t%s\tlog entry %llu\n", id.text,
           clock_local_text(standing->sent.accepted_ms).text,
           (unsigned long long)standing->sent.leaf);
    fprintf(stderr, "Sent to %s; the receipt is kept and was verified.\n  -> denrei track %.*s\n",
            names, MESSAGE_ID_SHORT_LEN, id.text);
}

static int
tell_sent(struct desk *desk, const struct id *id)
{
    struct print_standing standing;
    bool is_late = false;

    enum err err = look(desk, id, &standing);
    if (err == ERR_OK && desk->options->wait != NULL) {
        err = wait_for(desk, id, &standing);
        is_late = err == ERR_TIMEOUT;
        err = is_late ? ERR_OK : err;
    }
    if (err == ERR_OK && (desk->options->json || desk->options->wait != NULL))
        err = print_standing(desk, &standing);
    else if (err == ERR_OK)
        tell_accepted(&standing);
    if (err != ERR_OK)
        return desk_fail(desk, err);
    if (!desk->options->json)
        tell_left_out(desk, &standing.header);
    if (is_late)
        fprintf(stderr, "denrei: not all recipients have it\n");
    desk_close(desk);
    return is_late ? EXIT_NOTHING : EXIT_DONE;
}

static int
deliver(struct desk *desk, const struct id *id)
{
    struct store_sent sent;
    enum store_stage stage = STORE_WAITING;
    bool was_connected = desk->connect != NULL;
    enum err carried = desk->options->offline ? ERR_CONNECT : desk_connect(desk);

    /* Connecting carries all that waits; a connection made earlier has not carried this one. */
    if (carried == ERR_OK && was_connected)
        carried = carry_message(desk, id, &stage);
    enum err err = store_error(store_sent(desk->store, id, desk->arena, &sent), desk->problems);
    if (err != ERR_OK)
        return desk_fail(desk, err);
    if (sent.stage == STORE_ACCEPTED)
        return tell_sent(desk, id);
    if (sent.stage == STORE_REFUSED)
        return desk_fail(desk, ERR_REFUSED);
    if (desk->problems->count > 0)
        report_error(DESK_PROGRAM, carried == ERR_OK ? ERR_REFUSED : carried, desk->problems,
                     desk->options->json);
    int code = carried == ERR_OK || carried == ERR_REFUSED || carried == ERR_CONNECT ||
                       carried == ERR_TIMEOUT || carried == ERR_CANCELLED
                   ? EXIT_CONNECT
                   : exit_code(carried);
    tell_waiting(desk, &sent);
    desk_close(desk);
    return code;
}

static int
print_plan(struct desk *desk, const struct header *header, struct span content)
{
    const struct kind_type *kind = kind_find(header->kind);
    ProtobufCMessage *message = NULL;
    json_t *tree = NULL;

    enum err err = wire_decode(kind->content, content, desk->arena, &message);
    if (err == ERR_OK && desk->options->json) {
        struct message_facts facts = {.state = "dry-run", .reason = "", .content = message};
        err = message_json(header, &facts, desk->arena, &tree);
        if (err == ERR_OK)
            err = print_json(tree);
    } else if (err == ERR_OK) {
        reading_put_header(stdout, header, state_trust(desk->state));
        putchar('\n');
        reading_put_content(stdout, message, 0);
        tell_left_out(desk, header);
        fprintf(stderr, "Nothing was sent: this was a dry run; all rules are met.\n");
    }
    if (err != ERR_OK)
        return desk_fail(desk, err);
    desk_close(desk);
    return EXIT_DONE;
}

int
compose_send(struct desk *desk, struct order *order, struct span content)
{
    struct header header;

    enum err err = enclose_look(desk, order, &content);
    if (err == ERR_OK)
        err = check(desk, order, content, &header);
    if (err == ERR_OK)
        err = casework_check(desk, &header, content);
    if (err != ERR_OK)
        return desk_fail(desk, err);
    if (desk->options->dry_run)
        return print_plan(desk, &header, content);
    err = enclose_encrypt(desk, order, &content);
    if (err == ERR_OK)
        err = put_away(desk, order, &header, content);
    if (err != ERR_OK)
        return desk_fail(desk, err);
    return deliver(desk, &header.id);
}
