/*
 * compose.h - an order of the officer, carried through: content read, checked, sealed, stored,
 * sent, and told.
 *
 * Host.
 */
#ifndef CLIENTS_OFFICER_IO_COMPOSE_H
#define CLIENTS_OFFICER_IO_COMPOSE_H

#include "clients/officer/io/desk.h"
#include "clients/officer/officer.h"

#include <jansson.h>

/*
 * The kind whose word is `text`.
 * ERR_USAGE: none; `problems` has the nearest.
 */
enum err compose_kind(const char *text, const struct kind_type **out, struct problems *problems);

/*
 * Make content of `kind` from `words`: a file or `-`, then FIELD=VALUE pairs, over `base` (NULL:
 * nothing).  Takes `base`.
 * ERR_USAGE: no words and no base.  ERR_FORMAT, ERR_NOT_FOUND: `problems` has where.
 */
enum err compose_content(struct desk *desk, const struct kind_type *kind, json_t *base,
                         const char *const *words, size_t count, struct span *out);

/* What every new message begins with: ROUTINE, AMBER, H0, a thread of its own. */
struct order compose_new_order(const struct desk *desk, const struct kind_type *kind);

/*
 * Begin the order of a reply to the message whose id begins with `text`: its kind, thread, handling
 * and legal basis, to whom it came from (to its recipients, where it is one's own).
 * Errors as desk_find; ERR_CONFLICT: one's own that was not accepted yet.
 */
enum err compose_reply(struct desk *desk, const char *text, struct order *order);

/* Take recipients, handling and life from the options into `order`, over what it has. */
enum err compose_options(struct desk *desk, struct order *order);

/*
 * Check the order and its content, then with --dry-run print what would go, else seal, store, send
 * and print where it stands.  Returns the exit code and closes the desk.
 */
int compose_send(struct desk *desk, struct order *order, struct span content);

#endif /* CLIENTS_OFFICER_IO_COMPOSE_H */
