#include "clients/node/io/listing.h"
#include "clients/node/io/node_commands.h"
#include "proto/io/exit.h"
#include "proto/io/term.h"

#include <poll.h>
#include <string.h>

enum { FOLLOW_POLL_MS = 300, PREFIX_MATCHES_MAX = 8, CANDIDATES_SHOWN_MAX = 3 };

static enum err
make_listing(const struct node_options *options, const struct node *node, struct listing *listing,
             struct problems *problems)
{
    *listing = (struct listing){
        .records = node->records,
        .arena = node->arena,
        .kind = options->kind == NULL ? NULL : kind_find_name(options->kind),
    };
    if (options->kind == NULL || listing->kind != NULL)
        return ERR_OK;
    kind_report_unknown(problems, "--kind", options->kind);
    return ERR_USAGE;
}

int
node_command_list(void *data, const struct args_words *words)
{
    const struct node_options *options = data;
    struct problems problems = {0};
    struct node node = {.state = NULL};
    struct term_table *table = NULL;
    struct listing listing;
    uint64_t after = options->after;

    (void)words;
    enum err err = node_open(options, STATE_READ, &node, &problems);
    if (err == ERR_OK)
        err = make_listing(options, &node, &listing, &problems);
    if (err == ERR_OK && !options->json)
        err = listing_table_new(&table);
    if (err == ERR_OK)
        err = listing_print(&listing, &after, table);
    if (err == ERR_OK && table != NULL)
        err = term_table_print(table);
    term_table_free(&table);
    node_close(&node);
    return err == ERR_OK ? EXIT_DONE : node_fail(options, err, &problems);
}

static enum err
tell_candidates(const struct node *node, const char *text, const uint64_t *leaves, size_t count,
                struct problems *problems)
{
    char cure[PROBLEM_TEXT_BYTES] = "give more digits:";
    struct record record;
    enum err err = ERR_OK;

    for (size_t i = 0; i < count && i < CANDIDATES_SHOWN_MAX && err == ERR_OK; i++) {
        size_t len = strlen(cure);
        err = records_at(node->records, leaves[i], &record);
        if (err == ERR_OK)
            snprintf(cure + len, sizeof cure - len, " %s", message_id_text(&record.id).text);
    }
    problems_add(problems, text, cure, "several messages begin so");
    return err == ERR_OK ? ERR_CONFLICT : err;
}

enum err
node_find_record(const struct node *node, const char *text, struct record *record,
                 struct problems *problems)
{
    struct message_id_range range;
    uint64_t leaves[PREFIX_MATCHES_MAX];
    size_t count = 0;
    enum err err = message_id_parse(text, &range);

    if (err != ERR_OK) {
        problems_add(problems, text, "copy the first digits of an id from `denrei-node list`",
                     "this is not a message id, nor the first digits of one");
        return ERR_USAGE;
    }
    err = records_find_prefix(node->records, &range, leaves, PREFIX_MATCHES_MAX, &count);
    if (err != ERR_OK)
        return err;
    if (count == 0) {
        problems_add(problems, text, "`denrei-node list` lists the messages",
                     "there is no such message here");
        return ERR_NOT_FOUND;
    }
    if (count > 1)
        return tell_candidates(node, text, leaves, count, problems);
    return records_at(node->records, leaves[0], record);
}

int
node_command_show(void *data, const struct args_words *words)
{
    const struct node_options *options = data;
    struct problems problems = {0};
    struct node node = {.state = NULL};
    struct record record;
    struct presented presented;
    enum err err = node_open(options, STATE_READ, &node, &problems);

    if (err == ERR_OK)
        err = node_find_record(&node, words->words[0], &record, &problems);
    if (err == ERR_OK)
        err = present_decode(&record, node.arena, &presented);
    if (err == ERR_OK && options->json)
        err = listing_json(&presented, node.arena);
    else if (err == ERR_OK)
        present_text(stdout, &presented);
    node_close(&node);
    return err == ERR_OK ? EXIT_DONE : node_fail(options, err, &problems);
}

int
node_command_follow(void *data, const struct args_words *words)
{
    const struct node_options *options = data;
    struct problems problems = {0};
    struct node node = {.state = NULL};
    struct listing listing;
    uint64_t after = options->after;

    (void)words;
    enum err err = node_open(options, STATE_READ, &node, &problems);
    if (err == ERR_OK)
        err = make_listing(options, &node, &listing, &problems);
    while (err == ERR_OK) { /* ends: interrupted, or nobody can read on */
        err = listing_print(&listing, &after, NULL);
        bool is_lost = fflush(stdout) != 0 || ferror(stdout) != 0;
        if (err != ERR_OK || options->once || is_lost || term_is_closed())
            break;
        poll(NULL, 0, FOLLOW_POLL_MS);
    }
    node_close(&node);
    return err == ERR_OK ? EXIT_DONE : node_fail(options, err, &problems);
}
