/*
 * tool.h - what the commands of denrei-keys share: options, files, documents, output.
 *
 * Host.  Touches files, the terminal and standard output.  A command is `int tool_NOUN_VERB`,
 * called by proto/io/args; it returns the exit code.
 */
#ifndef KEYS_IO_TOOL_H
#define KEYS_IO_TOOL_H

#include "keys/bundle.h"
#include "keys/keyfile.h"
#include "proto/io/args.h"
#include "proto/problem.h"

#include <jansson.h>
#include <stdio.h>

enum {
    TOOL_SCHEMA = 1,
    TOOL_HEX_BYTES = 2 * HASH_BYTES + 1,
    TOOL_DAYS_REQUEST = 365, /* validity where none is said */
    TOOL_DAYS_ROSTER = 7,
};

#define TOOL_NONE UINT64_MAX /* a number that was not given */

/* All options of all commands; `file` words come apart. */
struct tool_options {
    bool json;
    const char *out;
    int passphrase_fd; /* LOAD_ASK: ask on the terminal */
    bool no_passphrase;
    const char *holder;
    const char *member;
    const char *id;
    const char *purpose;
    struct args_list kinds;
    uint64_t valid_days;
    uint64_t days;
    const char *federation;
    const char *out_key;
    const char *out_request;
    bool witness;
    const char *key;
    const char *authority;
    const char *previous;
    struct args_list directories;
    struct args_list rosters;
    struct args_list add;
    uint64_t suspect_since;
};

/* The defaults. */
struct tool_options tool_options_default(void);

/* What a command works with; begins with tool_begin and ends with tool_end. */
struct tool {
    const struct tool_options *options;
    struct arena *arena;
    struct problems problems;
    bool has_input;    /* standard input was read... */
    struct span input; /* ...and is this */
};

/* Make `tool` ready.  ERR_NOMEM: no memory. */
enum err tool_begin(struct tool *tool, const struct tool_options *options);

/* Tell what went wrong, if anything, free `tool`, and return the exit code. */
int tool_end(struct tool *tool, enum err err);

/* A whole command between those two: `run` on the file that the first word names. */
int tool_run_on_file(const struct tool_options *options, const struct args_words *words,
                     enum err (*run)(struct tool *tool, const char *path, bool is_check),
                     bool is_check);

/* ---- files */

/*
 * Read the file at `path` into the tool's arena.  "-" is standard input, the same each time.
 * Errors as disk_read says, told.
 */
enum err tool_read(struct tool *tool, const char *path, size_t bytes_max, struct span *out);

/*
 * Refuse, and tell, where `path` is taken.  ERR_EXISTS: it is.
 */
enum err tool_check_free(struct tool *tool, const char *path);

/* Write a public file (mode 0644).  Errors as disk_write says, told. */
enum err tool_write(struct tool *tool, const char *path, struct span content);

/*
 * Write a new key file (mode 0600) under the passphrase that the options ask for, or none.
 * ERR_USAGE: no passphrase, or two ways given.  Else as load_new_passphrase, keyfile_encode and
 * disk_write say, told.
 */
enum err tool_write_keyfile(struct tool *tool, const char *path, const struct keyfile *keyfile);

/* Open the key file at `path` (load.h); ERR_KEY, told: it has no key of `use`. */
enum err tool_load_keyfile(struct tool *tool, const char *path, Denrei__V1__KeyUse use,
                           struct keyfile *out);

/* ---- what a file is */

enum tool_file {
    TOOL_FILE_UNKNOWN,
    TOOL_FILE_KEY,
    TOOL_FILE_PUBLIC,
    TOOL_FILE_DIRECTORY,
    TOOL_FILE_ROSTER,
    TOOL_FILE_REQUEST,
    TOOL_FILE_BUNDLE,
    TOOL_FILE_VERIFIERS,
};

/* What `bytes` are by their form alone; nothing is verified. */
enum tool_file tool_recognise(struct tool *tool, struct span bytes);

/* Cut the next line, without its line feed, off the front of `rest`, which is not empty. */
struct span tool_next_line(struct span *rest);

/* "a directory"; never NULL. */
const char *tool_file_text(enum tool_file file);

/* A signed document, and the message in its body for printing. */
struct tool_document {
    struct span bytes;
    struct document document;
    ProtobufCMessage *message; /* Directory or Roster */
};

/*
 * Read the document of `file` (a directory or a roster) at `path`.
 * ERR_FORMAT: it is something else, told.  Else as tool_read says.
 */
enum err tool_read_document(struct tool *tool, const char *path, enum tool_file file,
                            struct tool_document *out);

/* A directory from a file, decoded and checked alone. */
struct tool_directory {
    struct tool_document file;
    struct directory directory;
};

/* As tool_read_document.  ERR_FORMAT, ERR_KEY: as directory_decode; told. */
enum err tool_read_directory(struct tool *tool, const char *path, struct tool_directory *out);

/*
 * The federation of a directory: its own body's hash if it is the first, else what --federation
 * says.  ERR_USAGE: it does not say.  Else as tool_load_federation.  All told.
 */
enum err tool_directory_federation(struct tool *tool, const struct tool_directory *read,
                                   struct hash *out);

/* Read a request.  As tool_read_document. */
enum err tool_read_request(struct tool *tool, const char *path, struct span *out);

/*
 * Trust from the directories in the files at `paths` (at least one), each a directory or a bundle,
 * versions in order.  The caller must trust_free *out.
 * ERR_FORMAT: a file is neither.  Else as trust_new and trust_apply say.  All told.
 */
enum err tool_load_trust(struct tool *tool, const struct args_list *paths, struct trust **out);

/* The federation that the root file, or bundle, at `path` begins.  Errors told. */
enum err tool_load_federation(struct tool *tool, const char *path, struct hash *out);

/* ---- output */

struct tool_hex {
    char text[TOOL_HEX_BYTES];
};

/* A hash in hex. */
struct tool_hex tool_hex(const struct hash *hash);

/* Print a JSON object with its schema number and free it.  `object` NULL: no memory was had. */
void tool_put_json(json_t *object);

/* "  LABEL  TEXT\n", the text escaped. */
void tool_put_field(const char *label, const char *text);

/* A time as people read it, with its distance to now where it lies ahead or behind. */
void tool_put_time(const char *label, uint64_t time_ms);

/* Words with commas between them; room for all kinds, or all roles. */
struct tool_words {
    char text[512];
};

/* The words of a set of kinds, or of roles: "LOST_PASSPORT, MLA"; "none". */
struct tool_words tool_kind_words(uint32_t kinds);
struct tool_words tool_role_words(const Denrei__V1__Role *roles, size_t count);

/* The word of a purpose ("OFFICER"); never NULL. */
const char *tool_purpose_word(Denrei__V1__Purpose purpose);

/* To standard error: what was done and what comes next; nothing with --json. */
void tool_say(const struct tool *tool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Print a directory, roster or credential (tool_print.c); `hash` may be NULL. */
void tool_print_directory(const struct directory *directory, const struct hash *hash);
void tool_print_roster(const struct roster *roster, const struct hash *hash);
void tool_print_credential(const struct credential *credential, bool verified);

/*
 * Verify the file at `path` and print what is in it; with `is_check` also tell whether it is in
 * force.  Errors told.
 */
enum err tool_show_directory(struct tool *tool, const char *path);
enum err tool_show_request(struct tool *tool, const char *path, bool is_check);
enum err tool_show_roster(struct tool *tool, const char *path, bool is_check);
enum err tool_show_bundle(struct tool *tool, const char *path, bool is_check);

/* A time as JSON has it: RFC 3339, UTC. */
json_t *tool_json_time(uint64_t time_ms);

/*
 * Their JSON, NULL if there is no memory.  A directory is its message, by the names of the readable
 * form; `hash` NULL, and `verified` false, for what was only decoded.
 */
json_t *tool_json_directory(struct tool *tool, const ProtobufCMessage *message);
json_t *tool_json_roster(const struct roster *roster, const struct hash *hash);
json_t *tool_json_credential(const struct credential *credential, bool verified);

/* ---- commands (tool_*.c): each is what its line in denrei_keys_main.c says */

int tool_root_new(void *options, const struct args_words *words);
int tool_authority_new(void *options, const struct args_words *words);
int tool_relay_new(void *options, const struct args_words *words);
int tool_witness_new(void *options, const struct args_words *words);
int tool_public(void *options, const struct args_words *words);
int tool_directory_draft(void *options, const struct args_words *words);
int tool_directory_sign(void *options, const struct args_words *words);
int tool_directory_show(void *options, const struct args_words *words);
int tool_directory_check(void *options, const struct args_words *words);
int tool_directory_compare(void *options, const struct args_words *words);
int tool_request_new(void *options, const struct args_words *words);
int tool_request_show(void *options, const struct args_words *words);
int tool_request_check(void *options, const struct args_words *words);
int tool_roster_issue(void *options, const struct args_words *words);
int tool_roster_renew(void *options, const struct args_words *words);
int tool_roster_add(void *options, const struct args_words *words);
int tool_roster_revoke(void *options, const struct args_words *words);
int tool_roster_rotate(void *options, const struct args_words *words);
int tool_roster_show(void *options, const struct args_words *words);
int tool_roster_check(void *options, const struct args_words *words);
int tool_bundle_make(void *options, const struct args_words *words);
int tool_bundle_show(void *options, const struct args_words *words);
int tool_bundle_check(void *options, const struct args_words *words);
int tool_show(void *options, const struct args_words *words);
int tool_vkey(void *options, const struct args_words *words);

#endif /* KEYS_IO_TOOL_H */
