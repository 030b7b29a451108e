/*
 * state_inner.h - the parts of a client's state that state.c, state_store.c and state_setup.c
 * share.
 *
 * Host.  For these files only.
 */
#ifndef CLIENTS_IO_STATE_INNER_H
#define CLIENTS_IO_STATE_INNER_H

#include "clients/io/state.h"

#include "proto/io/disk.h"

struct state {
    char dir[DISK_PATH_BYTES];
    char key_path[DISK_PATH_BYTES];
    char relay[ENDPOINT_MAX + 1]; /* "": any */
    enum state_purposes purposes; /* of the program that opens it */
    int lock;
    sqlite3 *db;
    struct state_self self;
    struct trust *trust;
    struct trust *bundle; /* the bundle's, while the first documents are taken from the log */
    struct merkle_head head;
    uint64_t documents;
    struct merkle_head head_before; /* the last two as they were when the transaction began */
    uint64_t documents_before;
};

/* Open (or with `is_new` make) the database of the state directory; sets state->db. */
enum err state_open_db(struct state *state, enum state_mode mode, bool is_new,
                       struct problems *problems);

/* Called for each stored document in order; stops at the first error. */
typedef enum err state_each(void *context, Denrei__V1__DocumentType type, struct span bytes,
                            uint64_t leaf);

/* The bundle's documents, leaf TRUST_UNLOGGED; and those taken from the log. */
enum err state_each_bundle(struct state *state, state_each *each, void *context,
                           struct problems *problems);
enum err state_each_document(struct state *state, state_each *each, void *context,
                             struct problems *problems);

/* Keep a document of the bundle; `position` counts them from 0, in the order they follow. */
enum err state_put_bundle(struct state *state, uint64_t position, Denrei__V1__DocumentType type,
                          struct span bytes, struct problems *problems);

/* Who the client is, and the federation that it was set up in. */
enum err state_put_self(struct state *state, const struct hash *federation,
                        struct problems *problems);
enum err state_get_self(struct state *state, struct hash *federation, struct problems *problems);

/* Read the view into state->head and state->documents. */
enum err state_get_view(struct state *state, struct problems *problems);

/* The program that a credential of `purpose` is for: "denrei-node". */
const char *state_program(Denrei__V1__Purpose purpose);

/*
 * Tell that the directory is no state of this program, and whose it is if it is another's.
 * Returns ERR_NOT_FOUND, or ERR_USAGE if it is another's.
 */
enum err state_tell_missing(const struct state *state, struct problems *problems);

/* Read `config`: endpoint and key path of `state`. */
enum err state_read_config(struct state *state, struct problems *problems);

/* Whether `keyfile` holds the credential of state->self. */
bool state_key_is(const struct state *state, const struct keyfile *keyfile);

#endif /* CLIENTS_IO_STATE_INNER_H */
