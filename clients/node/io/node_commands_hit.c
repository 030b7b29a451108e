/* hit list, show, report, follow-up, dismiss, post. */
#include "clients/node/io/hit_carry.h"
#include "clients/node/io/hit_report.h"
#include "clients/node/io/hit_show.h"
#include "clients/node/io/node_commands.h"
#include "proto/io/clock.h"
#include "proto/io/exit.h"
#include "proto/io/report.h"
#include "proto/refusal.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACTIONS_BYTES = 512, POLL_MS = 100 };

/* What these commands begin with; given back by desk_close. */
struct hit_desk {
    const struct node_options *options;
    struct problems problems;
    struct node node;
    struct hits *hits;
    struct hit_post post;
    const char *dir;
};

static void
desk_close(struct hit_desk *desk)
{
    hit_post_free(&desk->post);
    hits_close(&desk->hits);
    node_close(&desk->node);
}

static int
desk_fail(struct hit_desk *desk, enum err err)
{
    int code = node_fail(desk->options, err, &desk->problems);

    desk_close(desk);
    return code;
}

static enum err
desk_open(struct hit_desk *desk, bool may_write)
{
    enum err err = state_find(desk->options->state, &desk->dir, &desk->problems);

    if (err == ERR_OK)
        err = node_open(desk->options, STATE_READ, &desk->node, &desk->problems);
    if (err == ERR_OK)
        err = hit_post_read(desk->dir, &desk->post, &desk->problems);
    if (err != ERR_OK)
        return err;
    err = hits_open(desk->dir, may_write, &desk->hits);
    if (err != ERR_NOT_FOUND)
        return state_tell_db("hits.db", err, &desk->problems);
    problems_add(&desk->problems, desk->dir, "`denrei-node screen` notes what it finds",
                 "there was no hit yet");
    return err;
}

static enum err
find_hit(struct hit_desk *desk, const char *word, struct hit *out)
{
    char *end = NULL;

    errno = 0;
    unsigned long long number = strtoull(word, &end, 10);
    if (word[0] < '0' || word[0] > '9' || *end != '\0' || errno != 0) {
        problems_add(&desk->problems, word, "`denrei-node hit list` shows the numbers",
                     "this is not the number of a hit");
        return ERR_USAGE;
    }
    enum err err = hits_find(desk->hits, number, desk->node.arena, out);
    if (err == ERR_NOT_FOUND)
        problems_add(&desk->problems, word, "`denrei-node hit list` shows the numbers",
                     "there is no such hit");
    else
        err = state_tell_db("hits.db", err, &desk->problems);
    return err;
}

static struct hit_show
show_of(const struct hit_desk *desk)
{
    return (struct hit_show){.state = desk->node.state,
                             .records = desk->node.records,
                             .hits = desk->hits,
                             .arena = desk->node.arena,
                             .now_ms = clock_now_ms()};
}

/* ---- list, show, dismiss, post */

int
node_command_hit_list(void *data, const struct args_words *words)
{
    struct hit_desk desk = {.options = data};

    (void)words;
    enum err err = desk_open(&desk, false);
    if (err == ERR_OK) {
        const struct hit_show show = show_of(&desk);
        err = hit_print_list(&show, desk.options->open, desk.options->json);
        err = state_tell_db("node.db or hits.db", err, &desk.problems);
    } else if (err == ERR_NOT_FOUND && desk.node.records != NULL) {
        desk_close(&desk);
        return EXIT_DONE; /* no hit yet */
    }
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    desk_close(&desk);
    return EXIT_DONE;
}

int
node_command_hit_show(void *data, const struct args_words *words)
{
    static struct hit_standing standing; /* large */
    struct hit_desk desk = {.options = data};

    enum err err = desk_open(&desk, false);
    if (err == ERR_OK)
        err = find_hit(&desk, words->words[0], &standing.hit);
    if (err == ERR_OK) {
        const struct hit_show show = show_of(&desk);
        err = hit_gather(&show, &standing);
        if (err == ERR_OK)
            err = hit_print(&show, &standing, desk.options->json);
        err = state_tell_db("node.db or hits.db", err, &desk.problems);
    }
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    desk_close(&desk);
    return EXIT_DONE;
}

int
node_command_hit_dismiss(void *data, const struct args_words *words)
{
    struct hit_desk desk = {.options = data};
    const char *why = desk.options->reason;
    struct hit hit = {.number = 0};

    enum err err = desk_open(&desk, true);
    if (err == ERR_OK)
        err = find_hit(&desk, words->words[0], &hit);
    if (err == ERR_OK && (strspn(why, " \t") == strlen(why) || strlen(why) > HITS_WHY_BYTES_MAX)) {
        problems_add(&desk.problems, "--reason", "say in a sentence why the hit is false",
                     "a hit is never dismissed without a reason, of at most %d bytes",
                     HITS_WHY_BYTES_MAX);
        err = ERR_USAGE;
    }
    if (err == ERR_OK) {
        err = hits_dismiss(desk.hits, hit.number, why, clock_now_ms());
        if (err == ERR_CONFLICT)
            problems_add(&desk.problems, words->words[0],
                         hit.has_report ? "tell the owner: denrei-node hit follow-up"
                                        : "nothing is left to do",
                         hit.has_report ? "it was reported: the owner will answer"
                                        : "it was dismissed already");
        else
            err = state_tell_db("hits.db", err, &desk.problems);
    }
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    if (!desk.options->json)
        printf("Hit %llu is dismissed; the reason is kept.\n", (unsigned long long)hit.number);
    desk_close(&desk);
    return EXIT_DONE;
}

int
node_command_hit_post(void *data, const struct args_words *words)
{
    (void)data;
    (void)words;
    hit_post_help(stdout);
    return EXIT_DONE;
}

/* ---- sending */

/* Carry what waits ourselves; ERR_BUSY: a node runs and does it. */
static enum err
carry(struct hit_desk *desk, struct problems *problems)
{
    struct keyfile key = {.keys_count = 0};
    struct connect *connect = NULL;
    struct state *state = NULL;
    struct net *net = NULL;

    enum err err = state_open(desk->dir, STATE_WRITE, STATE_NODE, problems, &state);
    if (err == ERR_OK)
        err = state_load_key(state, desk->options->passphrase_fd, &key, problems);
    if (err == ERR_OK)
        err = net_new(&net);
    if (err == ERR_OK)
        err = connect_open(net, state, &key, CONNECT_TIMEOUT_MS, problems, &connect);
    if (err == ERR_OK) {
        const struct hit_carry work = {.state = state,
                                       .connect = connect,
                                       .key = &key,
                                       .hits = desk->hits,
                                       .arena = desk->node.arena,
                                       .problems = problems};
        err = hit_carry_waiting(&work, NULL);
    }
    connect_close(&connect);
    net_free(&net);
    keyfile_clear(&key);
    state_close(&state);
    return err;
}

/* Ask until it is no more waiting, or time is up. */
static enum err
look(struct hit_desk *desk, const struct id *id, uint64_t wait_ms, struct hits_sent *sent)
{
    uint64_t end_ms = clock_boot_ms() + wait_ms;

    for (;;) {
        arena_reset(desk->node.arena);
        enum err err = hits_sent_find(desk->hits, id, desk->node.arena, sent);
        if (err != ERR_OK)
            return state_tell_db("hits.db", err, &desk->problems);
        if (sent->stage != HITS_WAITING || clock_boot_ms() >= end_ms)
            return ERR_OK;
        poll(NULL, 0, POLL_MS);
    }
}

static void
tell_sent(const struct hit_desk *desk, const struct hits_sent *sent, const char *owner)
{
    const struct directory *directory =
        trust_directory(state_trust(desk->node.state), TRUST_UNLOGGED);
    struct message_id_text id = message_id_text(&sent->id);
    struct header header = {.legal_basis = ""};
    uint64_t due_ms = 0;

    if (header_decode(sent->header, desk->node.arena, &header) == ERR_OK)
        due_ms = sent->accepted_ms + hit_answer_ms(directory, header.legal_basis);
    if (desk->options->json) {
        printf("{\"schema\":1,\"hit\":%llu,\"id\":\"%s\",\"stage\":\"%s\"",
               (unsigned long long)sent->hit, id.text,
               sent->stage == HITS_ACCEPTED ? "ACCEPTED" : "WAITING");
        if (sent->stage == HITS_ACCEPTED)
            printf(",\"leaf\":%llu,\"deadline\":\"%s\"", (unsigned long long)sent->leaf,
                   time_text_utc(due_ms).text);
        printf("}\n");
        return;
    }
    if (sent->stage != HITS_ACCEPTED) {
        printf("%s\twaiting\n", id.text);
        fprintf(stderr,
                "denrei-node: the report is stored and waits; it goes when `denrei-node run` is "
                "connected, or with the next report.\n");
        return;
    }
    printf("%s\taccepted\t%s\tlog entry %llu\n", id.text, clock_local_text(sent->accepted_ms).text,
           (unsigned long long)sent->leaf);
    fprintf(stderr,
            "Reported to %s alone; it is to answer by %s.\n  -> denrei-node hit show %llu\n", owner,
            clock_local_text(due_ms).text, (unsigned long long)sent->hit);
}

/* A running node carries it within seconds; else we do. */
static int
deliver(struct hit_desk *desk, const struct id *id, const char *owner)
{
    struct problems problems = {0};
    struct hits_sent sent;

    enum err carried = carry(desk, &problems);
    enum err err = look(desk, id, carried == ERR_BUSY ? desk->options->timeout_ms : 0, &sent);
    if (err != ERR_OK)
        return desk_fail(desk, err);
    if (sent.stage == HITS_REFUSED) {
        desk->problems = problems;
        if (problems_is_empty(&problems))
            problems_add(&desk->problems, message_id_text(id).text, refusal_remedy(sent.refusal),
                         "the relay refuses it: %s", refusal_text(sent.refusal));
        return desk_fail(desk, ERR_REFUSED);
    }
    if (sent.stage == HITS_WAITING && carried != ERR_OK && carried != ERR_BUSY)
        report_error(NODE_PROGRAM, carried, &problems, desk->options->json);
    tell_sent(desk, &sent, owner);
    desk_close(desk);
    return sent.stage == HITS_ACCEPTED ? EXIT_DONE : EXIT_CONNECT;
}

/* --action A --action B,C as one text. */
static enum err
join_actions(struct hit_desk *desk, char out[ACTIONS_BYTES], const char **actions)
{
    const struct args_list *list = &desk->options->action;
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < list->len; i++) {
        size_t more = strlen(list->items[i]);
        if (len + more + 2 > ACTIONS_BYTES) {
            problems_add(&desk->problems, "--action", "name each action once",
                         "these are too many actions");
            return ERR_USAGE;
        }
        len += (size_t)snprintf(out + len, ACTIONS_BYTES - len, "%s%s", len == 0 ? "" : ",",
                                list->items[i]);
    }
    *actions = list->len == 0 ? NULL : out;
    return ERR_OK;
}

typedef enum err put_message(const struct hit_report *report, const struct hit *hit,
                             const struct hit_told *told, struct id *id);

static int
send(void *data, const struct args_words *words, put_message *put)
{
    struct hit_desk desk = {.options = data};
    const struct node_options *options = data;
    struct hit_told told = {.place = options->place,
                            .type = options->place_type,
                            .country = options->country,
                            .conveyance = options->conveyance,
                            .office = options->office,
                            .email = options->email,
                            .phone = options->phone,
                            .note = options->note,
                            .to = options->to,
                            .met_ms = options->met_ms,
                            .pairs = words->words + 1,
                            .pairs_count = words->len - 1};
    char actions[ACTIONS_BYTES], owner[MEMBER_ID_MAX + 1] = "";
    struct hit hit;
    struct id id;

    enum err err = desk_open(&desk, true);
    if (err == ERR_OK)
        err = find_hit(&desk, words->words[0], &hit);
    if (err == ERR_OK)
        err = join_actions(&desk, actions, &told.actions);
    if (err == ERR_OK) {
        const struct hit_report report = {.state = desk.node.state,
                                          .records = desk.node.records,
                                          .hits = desk.hits,
                                          .post = &desk.post,
                                          .arena = desk.node.arena,
                                          .problems = &desk.problems,
                                          .now_ms = clock_now_ms()};
        snprintf(owner, sizeof owner, "%s",
                 hit.record.owner[0] != '\0' || told.to == NULL ? hit.record.owner : told.to);
        err = put(&report, &hit, &told, &id);
    }
    return err == ERR_OK ? deliver(&desk, &id, owner) : desk_fail(&desk, err);
}

int
node_command_hit_report(void *data, const struct args_words *words)
{
    return send(data, words, hit_report_put);
}

int
node_command_hit_follow_up(void *data, const struct args_words *words)
{
    return send(data, words, hit_follow_up_put);
}
