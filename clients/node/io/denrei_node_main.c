#include "clients/io/init.h"
#include "clients/node/io/listing.h"
#include "clients/node/io/run.h"
#include "clients/node/io/screen_command.h"
#include "keys/io/load.h"
#include "proto/field.h"
#include "proto/io/args.h"
#include "proto/io/clock.h"
#include "proto/io/exit.h"
#include "proto/io/harden.h"
#include "proto/io/log.h"
#include "proto/io/report.h"
#include "proto/io/term.h"

#include <poll.h>
#include <string.h>

static const char PROGRAM[] = "denrei-node";

static const struct args_program NODE;

enum { FOLLOW_POLL_MS = 300, PREFIX_MATCHES_MAX = 8, CANDIDATES_SHOWN_MAX = 3 };

struct options {
    const char *state;
    const char *bundle;
    const char *key;
    const char *relay;
    const char *exec;
    const char *kind;
    const char *mrz;
    const char *file;
    const char *level;
    const char *witness_key;
    int passphrase_fd; /* LOAD_ASK: ask on the terminal */
    uint64_t after;
    bool json;
    bool once;
};

/* ---- what every command begins with */

/* An open state with its records; a plain value, given back by node_close. */
struct node {
    struct state *state;
    struct records *records;
    struct arena *arena;
};

static void
node_close(struct node *node)
{
    arena_free(&node->arena);
    records_close(&node->records);
    state_close(&node->state);
}

static enum err
node_open(const struct options *options, enum state_mode mode, struct node *node,
          struct problems *problems)
{
    const char *dir = NULL;
    enum err err = state_find(options->state, &dir, problems);

    if (err == ERR_OK)
        err = state_open(dir, mode, STATE_NODE, problems, &node->state);
    if (err != ERR_OK)
        return err;
    err = records_open(dir, mode == STATE_WRITE, &node->records);
    if (err == ERR_NOT_FOUND) {
        problems_add(problems, dir, "start the node with `denrei-node run`, then ask again",
                     "the node has not run yet, so it has no records");
        return err;
    }
    if (err != ERR_OK)
        return state_tell_db("node.db", err, problems);
    return arena_new(ARENA_BYTES_MAX, &node->arena);
}

static int
fail(const struct options *options, enum err err, const struct problems *problems)
{
    return report_error(PROGRAM, err, problems, options->json);
}

/* ---- init */

static int
command_init(void *data, const struct args_words *words)
{
    const struct options *options = data;
    const struct init_command command = {
        .program = PROGRAM,
        .next = "denrei-node run",
        .purposes = STATE_NODE,
        .state = options->state,
        .bundle = options->bundle,
        .key = options->key,
        .relay = options->relay,
        .passphrase_fd = options->passphrase_fd,
        .json = options->json,
    };

    (void)words;
    return init_client(&command);
}

/* ---- run */

/* The witness key of a file of its own joins the node's keys. */
static enum err
take_witness_key(const struct options *options, struct keyfile *key, struct problems *problems)
{
    struct keyfile file = {.keys_count = 0};
    size_t i = 0;
    enum err err = load_keyfile(options->witness_key, options->passphrase_fd, &file, problems);

    while (i < file.keys_count &&
           identity_use(file.keys[i]) != DENREI__V1__KEY_USE__KEY_USE_WITNESS)
        i++;
    if (err == ERR_OK && (i == file.keys_count || key->keys_count == KEYFILE_KEYS_MAX)) {
        problems_add(problems, options->witness_key, "make one with `denrei-keys witness new`",
                     "this is not the key file of a witness");
        err = ERR_KEY;
    }
    if (err == ERR_OK) {
        key->keys[key->keys_count++] = file.keys[i];
        file.keys[i] = file.keys[--file.keys_count]; /* the key is now the other file's */
        file.keys[file.keys_count] = NULL;
    }
    keyfile_clear(&file);
    return err;
}

static enum err
run_open(const struct options *options, struct node *node, struct keyfile *key,
         struct problems *problems)
{
    enum log_level level = LOG_LEVEL_INFO;
    enum err err = options->level == NULL ? ERR_OK : log_level_parse(options->level, &level);

    if (err != ERR_OK) {
        problems_add(problems, "--log-level", "use error, warn, info or debug",
                     "there is no level \"%s\"", options->level);
        return ERR_USAGE;
    }
    log_set_level(level);
    err = node_open(options, STATE_WRITE, node, problems);
    if (err == ERR_OK)
        err = state_load_key(node->state, options->passphrase_fd, key, problems);
    if (err == ERR_OK && options->witness_key != NULL)
        err = take_witness_key(options, key, problems);
    return err;
}

static int
command_run(void *data, const struct args_words *words)
{
    const struct options *options = data;
    struct problems problems = {0};
    struct node node = {.state = NULL};
    struct keyfile key = {.keys_count = 0};

    (void)words;
    enum err err = run_open(options, &node, &key, &problems);
    if (err == ERR_OK) {
        const struct run_options run = {
            .state = node.state,
            .records = node.records,
            .key = &key,
            .hook = options->exec,
        };
        if (!harden_can_lock_memory())
            log_event(LOG_LEVEL_WARN, "memory-not-locked", "do=%s",
                      "raise the limit of locked memory (LimitMEMLOCK)");
        log_event(LOG_LEVEL_INFO, "start", "version=%s member=%s credential=%s state=%s",
                  DENREI_VERSION, state_self(node.state)->member, state_self(node.state)->local_id,
                  state_dir(node.state));
        err = run_node(&run, &problems);
    }
    keyfile_clear(&key);
    node_close(&node);
    return err == ERR_OK ? EXIT_DONE : fail(options, err, &problems);
}

/* ---- list, show, follow */

static enum err
make_listing(const struct options *options, const struct node *node, struct listing *listing,
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

static int
command_list(void *data, const struct args_words *words)
{
    const struct options *options = data;
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
    return err == ERR_OK ? EXIT_DONE : fail(options, err, &problems);
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

static enum err
find_one(const struct node *node, const char *text, struct record *record,
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

static int
command_show(void *data, const struct args_words *words)
{
    const struct options *options = data;
    struct problems problems = {0};
    struct node node = {.state = NULL};
    struct record record;
    struct presented presented;
    enum err err = node_open(options, STATE_READ, &node, &problems);

    if (err == ERR_OK)
        err = find_one(&node, words->words[0], &record, &problems);
    if (err == ERR_OK)
        err = present_decode(&record, node.arena, &presented);
    if (err == ERR_OK && options->json)
        err = listing_json(&presented, node.arena);
    else if (err == ERR_OK)
        present_text(stdout, &presented);
    node_close(&node);
    return err == ERR_OK ? EXIT_DONE : fail(options, err, &problems);
}

static int
command_follow(void *data, const struct args_words *words)
{
    const struct options *options = data;
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
    return err == ERR_OK ? EXIT_DONE : fail(options, err, &problems);
}

/* ---- screen */

static int
command_screen(void *data, const struct args_words *words)
{
    const struct options *options = data;
    struct problems problems = {0};
    struct screening *screening = NULL;
    const char *dir = NULL;
    int code = EXIT_USAGE;

    if ((options->mrz != NULL) + (options->file != NULL) + (words->len > 0) != 1 ||
        (words->len > 0 && words->len != 2))
        return args_usage(&NODE, "screen", "give NUMBER and STATE, or --mrz, or --file",
                          options->json);
    enum err err = state_find(options->state, &dir, &problems);
    if (err == ERR_OK)
        err = screening_open(dir, &problems, &screening);
    const struct screen_options screen = {
        .screening = screening,
        .program = PROGRAM,
        .json = options->json,
    };
    if (err != ERR_OK) {
        fail(options, err, &problems);
        code = EXIT_CANNOT_SAY; /* no data must not look like no match */
    } else if (options->mrz != NULL) {
        code = screen_mrz(&screen, options->mrz);
    } else if (options->file != NULL) {
        code = screen_file(&screen, options->file);
    } else {
        code = screen_number(&screen, words->words[0], words->words[1]);
    }
    screening_close(&screening);
    return code;
}

/* ---- the command line */

#define OPTION(word, type, field, value_name, text)                                                \
    {                                                                                              \
        .name = word, .kind = type, .offset = offsetof(struct options, field),                     \
        .value = value_name, .help = text                                                          \
    }

static const struct args_option COMMON[] = {
    OPTION("state", ARGS_STRING, state, "DIR", "the node's state directory (or DENREI_STATE)"),
    OPTION("json", ARGS_FLAG, json, NULL, "print JSON, errors too"),
};

#define PASSPHRASE                                                                                 \
    OPTION("passphrase-fd", ARGS_FD, passphrase_fd, "N", "read the passphrase from descriptor N")

static const struct args_option INIT_OPTIONS[] = {
    {.name = "bundle",
     .kind = ARGS_STRING,
     .offset = offsetof(struct options, bundle),
     .value = "FILE",
     .help = "the installation bundle",
     .required = true},
    {.name = "key",
     .kind = ARGS_STRING,
     .offset = offsetof(struct options, key),
     .value = "FILE",
     .help = "the node's key file; it stays where it is",
     .required = true},
    OPTION("relay", ARGS_STRING, relay, "ENDPOINT", "one relay of the directory"),
    PASSPHRASE,
};

static const struct args_option RUN_OPTIONS[] = {
    OPTION("exec", ARGS_STRING, exec, "PROGRAM", "run it for each new message, JSON on its input"),
    OPTION("witness-key", ARGS_STRING, witness_key, "FILE", "cosign checkpoints with this key"),
    OPTION("log-level", ARGS_STRING, level, "LEVEL", "error, warn, info or debug"),
    PASSPHRASE,
};

static const struct args_option LIST_OPTIONS[] = {
    OPTION("kind", ARGS_STRING, kind, "KIND", "only messages of this kind"),
    OPTION("after", ARGS_U64, after, "LEAF", "only messages after this log entry"),
};

static const struct args_option FOLLOW_OPTIONS[] = {
    OPTION("kind", ARGS_STRING, kind, "KIND", "only messages of this kind"),
    OPTION("after", ARGS_U64, after, "LEAF", "begin after this log entry"),
    OPTION("once", ARGS_FLAG, once, NULL, "end after what is there now"),
};

static const struct args_option SCREEN_OPTIONS[] = {
    OPTION("mrz", ARGS_STRING, mrz, "ZONE", "a machine-readable zone (TD1, TD2, TD3)"),
    OPTION("file", ARGS_STRING, file, "FILE", "many: NUMBER STATE or a zone on each line; -"),
};

#define OPTIONS(table) .options = table, .options_len = sizeof(table) / sizeof(table)[0]

static const struct args_command COMMANDS[] = {
    {.name = "init",
     .arguments = "",
     .summary = "set the node up from its bundle and its key",
     .examples = "denrei-node init --bundle kr.bundle --key node.key --state /var/lib/denrei-node",
     OPTIONS(INIT_OPTIONS),
     .run = command_init},
    {.name = "run",
     .arguments = "",
     .summary = "receive, acknowledge and witness until it is stopped",
     .examples = "denrei-node run --state /var/lib/denrei-node\n"
                 "denrei-node run --exec /usr/local/bin/notify",
     OPTIONS(RUN_OPTIONS),
     .run = command_run},
    {.name = "list",
     .arguments = "",
     .summary = "list the stored messages",
     .examples = "denrei-node list --kind lost-passport\ndenrei-node list --json",
     OPTIONS(LIST_OPTIONS),
     .run = command_list},
    {.name = "show",
     .arguments = "ID",
     .summary = "show one message",
     .examples = "denrei-node show 0193a5b2-c3d4",
     .words_min = 1,
     .words_max = 1,
     .run = command_show},
    {.name = "follow",
     .arguments = "",
     .summary = "print each message as a line of JSON, as they come",
     .examples = "denrei-node follow --after 1200\ndenrei-node follow --once",
     OPTIONS(FOLLOW_OPTIONS),
     .run = command_follow},
    {.name = "screen",
     .arguments = "[NUMBER STATE]",
     .summary = "look a travel document up: exit 0 clear, 10 hit, 11 cannot say",
     .examples = "denrei-node screen TR1234567 JPN\n"
                 "denrei-node screen --mrz \"$(cat zone.txt)\"\n"
                 "denrei-node screen --file passengers.txt",
     .words_max = 2,
     OPTIONS(SCREEN_OPTIONS),
     .run = command_screen},
};

static const struct args_program NODE = {
    .name = PROGRAM,
    .summary = "A partner agency's node: receives around the clock, screens travellers.",
    .examples = "denrei-node run --state /var/lib/denrei-node\ndenrei-node screen TR1234567 JPN",
    .notes =
        "Exit codes: 0 done or clear, 1 failed, 2 wrong usage, 3 refused, 4 no connection,\n"
        "5 not verified, 10 hit, 11 cannot say.\n"
        "The state directory is --state or DENREI_STATE; its file `config` has in the section\n"
        "[client] the settings `key` (path of the key file) and `relay` (one endpoint).",
    .common = COMMON,
    .common_len = sizeof COMMON / sizeof COMMON[0],
    .commands = COMMANDS,
    .commands_len = sizeof COMMANDS / sizeof COMMANDS[0],
};

int
main(int argc, char **argv)
{
    struct options options = {.passphrase_fd = LOAD_ASK};

    if (harden_process() != ERR_OK)
        return EXIT_FAILED;
    term_init();
    int code = args_run(&NODE, argc, argv, &options);
    return report_end(PROGRAM, code, options.json);
}
