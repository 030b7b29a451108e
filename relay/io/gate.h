/*
 * gate.h - the passes now in force, shared by the threads that admit and verify and the one that
 * renews them.
 *
 * Host.  Every function may be called from any thread.
 */
#ifndef RELAY_IO_GATE_H
#define RELAY_IO_GATE_H

#include "proto/io/net.h"
#include "relay/passes.h"

enum { GATE_USER_BYTES = 2 * HASH_BYTES + 1 };

struct gate;

/* A closed gate: nobody passes.  On ERR_OK the caller must gate_free *out.  ERR_NOMEM: no memory.
 */
enum err gate_new(struct gate **out);

/* Free *gate and set it to NULL; a NULL *gate is left alone. */
void gate_free(struct gate **gate);

/*
 * Let `passes`, now the gate's, take the place of those before, which are returned and are the
 * caller's; NULL at first.
 */
struct passes *gate_renew(struct gate *gate, struct passes *passes);

/* Borrow the passes: they stay as they are until gate_leave. */
const struct passes *gate_enter(struct gate *gate);
void gate_leave(struct gate *gate);

/* For net_server: `context` is the gate; the user is the credential hash in hex. */
bool gate_lookup(void *context, const struct public_key *client_key,
                 char user_id[NET_USER_ID_MAX + 1]);

/* A credential hash as user id, and back.  ERR_FORMAT: not one. */
void gate_user(const struct hash *credential, char out[GATE_USER_BYTES]);
enum err gate_credential(const char *user_id, struct hash *out);

#endif /* RELAY_IO_GATE_H */
