/*
 * node_commands.h - the commands of `denrei-node`, each taking `struct node_options` and its words
 * and returning the exit code; and what they begin with.
 *
 * Host.
 */
#ifndef CLIENTS_NODE_IO_NODE_COMMANDS_H
#define CLIENTS_NODE_IO_NODE_COMMANDS_H

#include "clients/io/state.h"
#include "clients/node/io/records.h"
#include "proto/io/args.h"

#define NODE_PROGRAM "denrei-node"

struct node_options {
    const char *state;
    const char *bundle;
    const char *key;
    const char *relay;
    const char *exec;
    const char *attachments;
    const char *out;
    const char *kind;
    const char *mrz;
    const char *file;
    const char *list;
    struct args_list names;
    const char *birth;
    const char *nationality;
    const char *sex;
    uint64_t score_min;
    const char *level;
    const char *witness_key;
    const char *listen;
    const char *token_file;
    const char *place; /* of a hit, as the next ones; hit_report.h */
    const char *place_type;
    const char *country;
    const char *conveyance;
    const char *office;
    const char *email;
    const char *phone;
    const char *note;
    const char *reason;
    const char *to;
    struct args_list action;
    struct args_list allow_user;
    uint64_t met_ms;
    uint64_t timeout_ms;
    uint64_t threads;
    int passphrase_fd; /* LOAD_ASK: ask on the terminal */
    uint64_t after;
    const char *source;
    const char *rejects;
    struct args_list skip_columns;
    uint64_t as_of;   /* ms; 0: not given */
    uint64_t max_age; /* ms; 0: not given */
    bool json;
    bool once;
    bool dry_run;
    bool add;
    bool allow_smaller;
    bool open;
    bool report_hits;
};

/* The command line: every command, its options and its help. */
extern const struct args_program node_program;

/* An open state with its records; begins as zeros and is given back by node_close. */
struct node {
    struct state *state;
    struct records *records;
    struct arena *arena;
};

/* Open the node's state and records.  Errors as state_open and records_open, told in `problems`. */
enum err node_open(const struct node_options *options, enum state_mode mode, struct node *node,
                   struct problems *problems);

/* Close all that is open. */
void node_close(struct node *node);

/* The message whose id begins with `text`.  ERR_NOT_FOUND, ERR_CONFLICT, ERR_USAGE: told. */
enum err node_find_record(const struct node *node, const char *text, struct record *record,
                          struct problems *problems);

/* Log from the level that the user chose.  ERR_USAGE: there is no such level. */
enum err node_set_log_level(const struct node_options *options, struct problems *problems);

/* Tell the problems; returns the exit code. */
int node_fail(const struct node_options *options, enum err err, const struct problems *problems);

/* Setting up, receiving. */
int node_command_init(void *data, const struct args_words *words);
int node_command_run(void *data, const struct args_words *words);

/* Reading. */
int node_command_list(void *data, const struct args_words *words);
int node_command_show(void *data, const struct args_words *words);
int node_command_attachment(void *data, const struct args_words *words);
int node_command_follow(void *data, const struct args_words *words);

/* Screening. */
int node_command_screen(void *data, const struct args_words *words);
int node_command_serve(void *data, const struct args_words *words);

/* Lists of documents from elsewhere. */
int node_command_import(void *data, const struct args_words *words);
int node_command_import_list(void *data, const struct args_words *words);
int node_command_import_drop(void *data, const struct args_words *words);
int node_command_import_erase(void *data, const struct args_words *words);

/* Hits. */
int node_command_hit_list(void *data, const struct args_words *words);
int node_command_hit_show(void *data, const struct args_words *words);
int node_command_hit_report(void *data, const struct args_words *words);
int node_command_hit_follow_up(void *data, const struct args_words *words);
int node_command_hit_dismiss(void *data, const struct args_words *words);
int node_command_hit_post(void *data, const struct args_words *words);

#endif /* CLIENTS_NODE_IO_NODE_COMMANDS_H */
