#include "keys/io/load.h"
#include "keys/public_text.h"
#include "proto/io/args.h"
#include "proto/io/clock.h"
#include "proto/io/disk.h"
#include "proto/io/exit.h"
#include "proto/io/harden.h"
#include "proto/io/log.h"
#include "proto/io/report.h"
#include "proto/io/term.h"
#include "relay/io/check.h"
#include "relay/io/server.h"
#include "relay/io/setup.h"

#include <sodium.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char PROGRAM[] = "denreid";

struct options {
    const char *state;
    const char *bundle;
    const char *key;
    const char *highwater;
    const char *listen;
    const char *level;
    int passphrase_fd; /* LOAD_ASK: ask on the terminal */
    bool accept_clock;
    bool restored;
    bool json;
};

static int
fail(const struct options *options, enum err err, const struct problems *problems)
{
    return report_error(PROGRAM, err, problems, options->json);
}

static int
command_init(void *data, const struct args_words *)
{
    const struct options *options = data;
    struct problems problems = {0};
    const struct setup_new new = {
        .dir = options->state,
        .bundle = options->bundle,
        .key = options->key,
        .highwater = options->highwater,
        .listen = options->listen,
        .passphrase_fd = options->passphrase_fd,
        .now_ms = clock_now_ms(),
    };

    log_set_level(LOG_LEVEL_WARN); /* what it takes in is what the bundle holds */
    enum err err = setup_init(&new, &problems);
    if (err != ERR_OK)
        return fail(options, err, &problems);
    fprintf(stderr, "The relay's state is in %s.  Next: denreid run --state %s\n", options->state,
            options->state);
    return EXIT_DONE;
}

/* ---- run */

/* One line that says what is served: all that a client's operator may ask for. */
static void
say_serving(void *context, const char *endpoint)
{
    const struct setup *setup = context;
    const struct identity *transport =
        keyfile_find(&setup->key, DENREI__V1__KEY_USE__KEY_USE_TRANSPORT);
    const struct directory *directory = trust_directory(relay_trust(setup->relay), TRUST_UNLOGGED);

    log_event(LOG_LEVEL_INFO, "serving",
              "endpoint=%s transport_key=%s log=%s size=%llu members=%zu directory=%llu version=%s",
              endpoint, public_text_base64(identity_public_key(transport)).text,
              directory->log_origin, (unsigned long long)ledger_size(relay_ledger(setup->relay)),
              directory->members_count, (unsigned long long)directory->version, DENREI_VERSION);
}

static enum err
set_level(const char *name, struct problems *problems)
{
    enum log_level level = LOG_LEVEL_INFO;
    enum err err = log_level_parse(name, &level);

    if (err != ERR_OK) {
        problems_add(problems, "log_level", "use error, warn, info or debug",
                     "there is no level \"%s\"", name);
        return ERR_USAGE;
    }
    log_set_level(level);
    return ERR_OK;
}

static void
tell_serving(enum err err, const char *endpoint, struct problems *problems)
{
    if (err == ERR_BUSY)
        problems_add(problems, endpoint, "stop what listens there, or choose another port",
                     "the address is in use");
    else if (err == ERR_USAGE)
        problems_add(problems, endpoint, "write tcp://ADDRESS:PORT with an address of this machine",
                     "nothing can listen there");
    else
        problems_add(problems, endpoint, "", "%s", err_text(err));
}

static enum err
serve(const struct options *options, struct setup *setup, struct problems *problems)
{
    const struct identity *transport =
        keyfile_find(&setup->key, DENREI__V1__KEY_USE__KEY_USE_TRANSPORT);
    const struct server_parts parts = {setup->relay, setup->store, setup->highwater};
    const struct server_settings settings = {
        .endpoint = options->listen != NULL ? options->listen : setup->config.listen,
        .transport_secret = identity_secret(transport),
        .verifiers = setup->config.verifiers,
        .upload_bytes = setup->config.upload_mib << 20,
        .requests = {setup->config.requests_per_second, setup->config.requests_burst},
        .writer = {.reserve_bytes = setup->config.reserve_mib << 20, .path = options->state},
    };

    enum err err = server_run(&parts, &settings, say_serving, setup);
    if (err != ERR_OK)
        tell_serving(err, settings.endpoint, problems);
    else
        log_event(LOG_LEVEL_INFO, "stopped", "size=%llu",
                  (unsigned long long)ledger_size(relay_ledger(setup->relay)));
    return err;
}

static enum err
open_setup(const struct options *options, struct setup *setup, struct problems *problems)
{
    const struct setup_open open = {.dir = options->state,
                                    .passphrase_fd = options->passphrase_fd,
                                    .is_clock_accepted = options->accept_clock,
                                    .is_restored = options->restored,
                                    .now_ms = clock_now_ms()};

    enum err err = setup_open(&open, setup, problems);
    if (err == ERR_OK)
        err =
            set_level(options->level != NULL ? options->level : setup->config.log_level, problems);
    return err;
}

static int
command_run(void *data, const struct args_words *)
{
    const struct options *options = data;
    struct problems problems = {0};
    struct setup setup;

    enum err err = open_setup(options, &setup, &problems);
    harden_raise_descriptors();
    if (err == ERR_OK && !harden_can_lock_memory())
        log_event(LOG_LEVEL_WARN, "memory", "problem=%s do=%s", "secrets may reach the swap device",
                  "raise LimitMEMLOCK");
    if (err == ERR_OK)
        err = serve(options, &setup, &problems);
    setup_close(&setup);
    return err == ERR_OK ? EXIT_DONE : fail(options, err, &problems);
}

/* ---- check */

static void
show_progress(void *context, uint64_t done, uint64_t total)
{
    struct term_progress *progress = context;

    if (done == 0)
        term_progress_begin(progress, "checking entries", total);
    term_progress_update(progress, done);
    if (done == total)
        term_progress_end(progress);
}

static enum err
check(const char *dir, const struct setup_config *config, struct check_result *result,
      struct problems *problems)
{
    struct highwater *highwater = NULL;
    struct store *store = NULL;
    struct term_progress progress;
    char path[DISK_PATH_BYTES];

    enum err err = disk_join(dir, SETUP_STORE, path);
    if (err == ERR_OK)
        err = store_open(path, STORE_READ, &store);
    if (err != ERR_OK)
        return setup_tell_store(problems, err, path,
                                "put the newest copy in its place; see AFTER A LOSS in denreid(1)");
    err = highwater_open(config->highwater, &highwater);
    if (err != ERR_OK)
        problems_add(problems, config->highwater, "", "the high-water file: %s", err_text(err));
    err = check_store(store, dir, highwater == NULL ? NULL : highwater_head(highwater),
                      show_progress, &progress, result, problems);
    highwater_close(&highwater);
    store_close(&store);
    return err;
}

static void
print_result(const struct options *options, const struct check_result *result)
{
    const unsigned long long counts[] = {result->entries,   result->messages,  result->bodies,
                                         result->documents, result->published, result->attachments};

    if (options->json)
        printf("{\"schema\":1,\"entries\":%llu,\"messages\":%llu,\"bodies\":%llu,"
               "\"documents\":%llu,\"published\":%llu,\"attachments\":%llu}\n",
               counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
    else
        printf("The store is whole: %llu entries, %llu messages (%llu with their body), "
               "%llu documents, %llu published checkpoints, %llu attachments.\n",
               counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
}

static int
command_check(void *data, const struct args_words *)
{
    const struct options *options = data;
    struct problems problems = {0};
    struct setup_config config;
    struct check_result result = {0};
    int lock = -1;

    enum err err = setup_config_read(options->state, &config, &problems);
    if (err == ERR_OK)
        err = setup_lock(options->state, &lock, &problems);
    if (err == ERR_OK)
        err = check(options->state, &config, &result, &problems);
    disk_unlock(&lock);
    setup_config_free(&config);
    if (err != ERR_OK)
        return fail(options, err, &problems);
    print_result(options, &result);
    return EXIT_DONE;
}

/* ---- load, config */

static int
command_load(void *data, const struct args_words *words)
{
    const struct options *options = data;
    struct problems problems = {0};
    struct setup setup;
    size_t added = 0, taken = 0;

    enum err err = open_setup(options, &setup, &problems);
    bool is_open = err == ERR_OK;
    while (err == ERR_OK && taken < words->len) {
        err = setup_load(&setup, words->words[taken], clock_now_ms(), &added, &problems);
        taken += err == ERR_OK;
    }
    setup_close(&setup);
    if (err != ERR_OK) {
        int code = fail(options, err, &problems);
        /* What came before the file that failed stays in the log. */
        if (is_open)
            fprintf(stderr, "%zu of %zu files were taken; %zu new documents are in the log.\n",
                    taken, words->len, added);
        return code;
    }
    fprintf(stderr, "%zu new documents are in the log.\n", added);
    return EXIT_DONE;
}

static int
command_config(void *, const struct args_words *)
{
    setup_config_help(stdout);
    return EXIT_DONE;
}

/* ---- the command line */

#define STATE_OPTION                                                                               \
    {                                                                                              \
        "state", 's', ARGS_STRING, offsetof(struct options, state), "DIR",                         \
            "the relay's state directory (or DENREI_STATE)", true                                  \
    }
#define PASSPHRASE_OPTION                                                                          \
    {                                                                                              \
        "passphrase-fd", 0, ARGS_FD, offsetof(struct options, passphrase_fd), "FD",                \
            "read the key's passphrase from this descriptor", false                                \
    }
#define CLOCK_OPTION                                                                               \
    {                                                                                              \
        "accept-clock", 0, ARGS_FLAG, offsetof(struct options, accept_clock), NULL,                \
            "the clock is right although the relay stood still for over a day", false              \
    }
#define JSON_OPTION                                                                                \
    {                                                                                              \
        "json", 0, ARGS_FLAG, offsetof(struct options, json), NULL, "print JSON", false            \
    }

static const struct args_option INIT_OPTIONS[] = {
    STATE_OPTION,
    {"bundle", 'b', ARGS_STRING, offsetof(struct options, bundle), "FILE",
     "the installation bundle", true},
    {"key", 'k', ARGS_STRING, offsetof(struct options, key), "FILE", "the relay's key file", true},
    {"highwater", 0, ARGS_STRING, offsetof(struct options, highwater), "FILE",
     "the high-water file to make, outside the state and its backups", true},
    {"listen", 'l', ARGS_STRING, offsetof(struct options, listen), "ENDPOINT",
     "where to listen (default: the directory's endpoint of this relay)", false},
    PASSPHRASE_OPTION,
    JSON_OPTION,
};

static const struct args_option RUN_OPTIONS[] = {
    STATE_OPTION,
    {"listen", 'l', ARGS_STRING, offsetof(struct options, listen), "ENDPOINT",
     "where to listen, for this run", false},
    PASSPHRASE_OPTION,
    CLOCK_OPTION,
    {"restored", 0, ARGS_FLAG, offsetof(struct options, restored), NULL,
     "the store is from a backup: write nothing until a quorum of witnesses has cosigned", false},
    {"log-level", 0, ARGS_STRING, offsetof(struct options, level), "LEVEL",
     "error, warn, info or debug", false},
    JSON_OPTION,
};

static const struct args_option CHECK_OPTIONS[] = {STATE_OPTION, JSON_OPTION};
static const struct args_option LOAD_OPTIONS[] = {STATE_OPTION, PASSPHRASE_OPTION, CLOCK_OPTION,
                                                  JSON_OPTION};

#define OPTIONS_OF(list) .options = (list), .options_len = sizeof(list) / sizeof((list)[0])

static const struct args_command COMMANDS[] = {
    {.name = "init",
     .arguments = "",
     .summary = "make a relay from its bundle and its key",
     .examples = "denreid init --state /var/lib/denreid --bundle federation.bundle \\\n"
                 "    --key relay.key --highwater /var/lib/denreid.highwater",
     .run = command_init,
     OPTIONS_OF(INIT_OPTIONS)},
    {.name = "run",
     .arguments = "",
     .summary = "serve until SIGTERM",
     .examples = "denreid run --state /var/lib/denreid",
     .run = command_run,
     OPTIONS_OF(RUN_OPTIONS)},
    {.name = "check",
     .arguments = "",
     .summary = "verify the whole store of a stopped relay",
     .examples = "denreid check --state /var/lib/denreid",
     .run = command_check,
     OPTIONS_OF(CHECK_OPTIONS)},
    {.name = "load",
     .arguments = "FILE...",
     .summary = "take signed documents or bundles into a stopped relay",
     .examples = "denreid load --state /var/lib/denreid jp.npa-7.roster",
     .words_min = 1,
     .words_max = ARGS_LIST_MAX,
     .run = command_load,
     OPTIONS_OF(LOAD_OPTIONS)},
    {.name = "config",
     .arguments = "",
     .summary = "print a settings file that explains every setting",
     .examples = "denreid config",
     .run = command_config},
};

static const struct args_program DENREID = {
    .name = PROGRAM,
    .summary = "The relay of a Denrei federation: it keeps the log and delivers messages that it "
               "cannot read.",
    .examples = "denreid init --state /var/lib/denreid --bundle federation.bundle \\\n"
                "    --key relay.key --highwater /var/lib/denreid.highwater\n"
                "denreid run --state /var/lib/denreid\n"
                "denreid check --state /var/lib/denreid",
    .notes = "Settings are in DIR/denreid.conf; `denreid config` explains them.",
    .commands = COMMANDS,
    .commands_len = sizeof COMMANDS / sizeof COMMANDS[0],
    .state_variable = "DENREI_STATE",
};

int
main(int argc, char **argv)
{
    struct options options = {.passphrase_fd = LOAD_ASK};

    if (harden_process() != ERR_OK)
        return EXIT_FAILED;
    term_init();
    int code = args_run(&DENREID, argc, argv, &options);
    return report_end(PROGRAM, code, options.json);
}
