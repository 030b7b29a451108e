/*
 * track.h - what recipients have signed of a member's own messages, as the relay passes it on.
 *
 * Host.
 */
#ifndef CLIENTS_IO_TRACK_H
#define CLIENTS_IO_TRACK_H

#include "clients/io/connect.h"
#include "proto/limits.h"
#include "proto/message.h"
#include "proto/record.h"

/* A message that is asked about; borrowed. */
struct track_asked {
    struct header header;
    struct hash hash; /* message hash */
};

/*
 * Ask about `count` messages (1 to TRACK_MAX) and call `each` for every receipt, once it is proven
 * to be one of their recipients'; the first error of `each` ends it.  `arena` holds the reply.
 * ERR_CONFLICT, ERR_FORMAT, ERR_SIGNATURE, ERR_POLICY: the relay shows a receipt that does not
 * verify, which `problems` says.  Else as connect_call.
 */
enum err track_ask(struct connect *connect, const struct trust *trust,
                   const struct track_asked *asked, size_t count, struct arena *arena,
                   enum err (*each)(void *context, const struct delivery_receipt *receipt),
                   void *context, struct problems *problems);

#endif /* CLIENTS_IO_TRACK_H */
