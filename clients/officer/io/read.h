/*
 * read.h - what commands that read a message share: it is verified and opened again each time.
 *
 * Host.
 */
#ifndef CLIENTS_OFFICER_IO_READ_H
#define CLIENTS_OFFICER_IO_READ_H

#include "clients/officer/io/desk.h"
#include "clients/received.h"

/* Verify the stored item of a received message anew.  ERR_CORRUPT: it is not what was stored. */
enum err read_item(struct desk *desk, const struct store_received *row, struct received *received);

/*
 * Open it and check its content: what is wrong with that goes to `found`, as ERR_POLICY.
 * Errors as received_open and received_check_content.
 */
enum err read_content(struct desk *desk, const struct received *received,
                      ProtobufCMessage **content, struct problems *found);

/*
 * Both, of a received message that may count and whose content is right; they lie in the desk's
 * arena.  ERR_NOT_FOUND: its content has ended.  ERR_SIGNATURE: it may not count.  `problems` says
 * so.  Else as the two above.
 */
enum err read_sound(struct desk *desk, const struct store_received *row, struct received **out,
                    ProtobufCMessage **content);

/* Tell that the content of the message `id` has ended, with its files; returns ERR_NOT_FOUND. */
enum err read_tell_ended(struct desk *desk, const struct id *id);

/* The content of one's own copy; ERR_UNKNOWN if another version of Denrei wrote it. */
enum err read_own(const struct header *header, struct span content, struct arena *arena,
                  ProtobufCMessage **out);

#endif /* CLIENTS_OFFICER_IO_READ_H */
