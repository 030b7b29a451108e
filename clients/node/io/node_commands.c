#include "clients/node/io/node_commands.h"

#include "clients/io/init.h"
#include "clients/node/io/run.h"
#include "keys/io/load.h"
#include "proto/io/exit.h"
#include "proto/io/harden.h"
#include "proto/io/log.h"
#include "proto/io/report.h"

/* ---- what every command begins with */

void
node_close(struct node *node)
{
    arena_free(&node->arena);
    records_close(&node->records);
    state_close(&node->state);
}

enum err
node_open(const struct node_options *options, enum state_mode mode, struct node *node,
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

int
node_fail(const struct node_options *options, enum err err, const struct problems *problems)
{
    return report_error(NODE_PROGRAM, err, problems, options->json);
}

/* ---- init */

int
node_command_init(void *data, const struct args_words *words)
{
    const struct node_options *options = data;
    const struct init_command command = {
        .program = NODE_PROGRAM,
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
take_witness_key(const struct node_options *options, struct keyfile *key, struct problems *problems)
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

enum err
node_set_log_level(const struct node_options *options, struct problems *problems)
{
    enum log_level level = LOG_LEVEL_INFO;

    if (options->level != NULL && log_level_parse(options->level, &level) != ERR_OK) {
        problems_add(problems, "--log-level", "use error, warn, info or debug",
                     "there is no level \"%s\"", options->level);
        return ERR_USAGE;
    }
    log_set_level(level);
    return ERR_OK;
}

static enum err
run_open(const struct node_options *options, struct node *node, struct keyfile *key,
         struct problems *problems)
{
    enum err err = node_set_log_level(options, problems);

    if (err == ERR_OK)
        err = node_open(options, STATE_WRITE, node, problems);
    if (err == ERR_OK)
        err = state_load_key(node->state, options->passphrase_fd, key, problems);
    if (err == ERR_OK && options->witness_key != NULL)
        err = take_witness_key(options, key, problems);
    return err;
}

int
node_command_run(void *data, const struct args_words *words)
{
    const struct node_options *options = data;
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
            .attachments = options->attachments,
            .report_hits = options->report_hits,
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
    return err == ERR_OK ? EXIT_DONE : node_fail(options, err, &problems);
}
