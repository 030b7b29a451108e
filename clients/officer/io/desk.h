/*
 * desk.h - what every command of `denrei` works at: options, state, store, key and connection, each
 * opened when it is first needed; and the carrying of messages between the store and the relay.
 *
 * Host.
 */
#ifndef CLIENTS_OFFICER_IO_DESK_H
#define CLIENTS_OFFICER_IO_DESK_H

#include "clients/io/connect.h"
#include "clients/io/state.h"
#include "clients/officer/inbox.h"
#include "clients/officer/io/store.h"
#include "proto/io/args.h"

#define DESK_PROGRAM "denrei"

struct desk_options {
    const char *state, *bundle, *key, *relay;
    int passphrase_fd; /* LOAD_ASK: ask on the terminal */
    bool json;
    bool offline;
    /* composing */
    struct args_list to;
    const char *priority, *tlp, *use, *legal_basis;
    uint64_t lifetime_ms; /* 0: the kind's longest */
    struct args_list attach;
    bool dry_run;
    const char *save; /* a request's draft; NULL: a name by its recipient */
    bool edit;        /* the request's form in the user's editor */
    const char *wait; /* "delivered" or "read" */
    uint64_t timeout_ms;
    /* reading */
    struct inbox_words inbox;
    bool no_receipt;
    bool all;
    uint64_t limit;
    const char *out;
    /* answers to hits */
    struct args_list action;
    const char *reason, *note, *on;
    uint64_t until_ms;
    bool hit_stands;
    const char *language; /* of a letter */
    /* receipts */
    const char *export, *leaf, *check;
    bool verify;
    uint64_t wait_ms;
};

struct desk {
    const struct desk_options *options;
    struct problems *problems; /* borrowed */
    struct state *state;
    struct store *store;
    struct keyfile key;
    bool has_key;
    struct net *net;
    struct connect *connect; /* NULL: not connected */
    struct arena *arena;     /* of the command */
    struct arena *scratch;   /* of carrying: reset with every request */
    uint64_t now_ms;
};

/* Begins as `struct desk desk = {0}` with options and problems set. */

/*
 * Open state and store; waits a few seconds for another command to end.
 * Errors as state_open and officer_store_open.
 */
enum err desk_open(struct desk *desk);

/* Open the key file, unless it is open.  Errors as state_load_key. */
enum err desk_unlock(struct desk *desk);

/*
 * Connect, unless connected, then send what waits: receipts that are due and messages.  That one
 * of them is refused is no error here.  Errors as connect_open.
 */
enum err desk_connect(struct desk *desk);

/* Forget a connection that failed. */
void desk_disconnect(struct desk *desk);

/* Close everything; accepts a desk that was never opened. */
void desk_close(struct desk *desk);

/* Tell the problems and close; returns the exit code. */
int desk_fail(struct desk *desk, enum err err);

/* The member that the officer is of; borrowed. */
const char *desk_member(const struct desk *desk);

/* The key of `use`; the key file is open.  ERR_KEY: it has none. */
enum err desk_identity(struct desk *desk, Denrei__V1__KeyUse use, const struct identity **out);

/*
 * Find the message whose id begins with `text`; one that is not here yet is looked for in the
 * mailbox, unless --offline is set or the relay is away.  Errors as store_find.
 */
enum err desk_find(struct desk *desk, const char *text, struct store_found *out);

/* ---- copies of sent content, sealed to the officer */

/*
 * Seal `content` to the officer's encryption key; *out lies in desk->arena.
 * ERR_KEY: the key file has none that can be sealed to.  ERR_NOMEM: arena full.
 */
enum err desk_seal_copy(struct desk *desk, struct span content, struct span *out);

/* ERR_NOT_FOUND: the copy ended.  ERR_KEY: sealed to another key. */
enum err desk_open_copy(struct desk *desk, const struct store_sent *sent, struct arena *arena,
                        struct span *out);

/* ---- carrying (carry.c); each needs desk_connect */

/*
 * Submit one waiting message as it was sealed; if versions have changed and the relay refuses it,
 * sealed again.  Its row says what came of it; *stage as well.
 * ERR_OK: the relay has judged it (accepted or refused).  ERR_REFUSED: not now; it waits.
 * Else the connection's error: it waits.
 */
enum err carry_message(struct desk *desk, const struct id *id, enum store_stage *stage);

/* Submit all that waits; stops when the connection fails. */
enum err carry_waiting(struct desk *desk);

/* Have the relay take the receipts that are due. */
enum err carry_due(struct desk *desk);

/*
 * Fetch what the mailbox has, store it, and acknowledge it as delivered.  *count is how many came.
 * Errors as connect_call; ERR_PROOF, ERR_CONFLICT and the like when the relay serves what it must
 * not.
 */
enum err carry_fetch(struct desk *desk, size_t *count);

/* Ask what recipients said of these messages, and store it. */
enum err carry_track(struct desk *desk, const struct id *ids, size_t count);

#endif /* CLIENTS_OFFICER_IO_DESK_H */
