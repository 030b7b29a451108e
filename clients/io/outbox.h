/*
 * outbox.h - the ciphertexts of attachments that wait to be sent: `outbox` in the state directory,
 * one file each (proto/io/chunk_file.h), so that every attempt sends the same bytes.
 *
 * Host.  A file belongs to a message that is stored and waits; what belongs to none is left over
 * from a command that was interrupted.
 */
#ifndef CLIENTS_IO_OUTBOX_H
#define CLIENTS_IO_OUTBOX_H

#include "proto/io/chunk_file.h"
#include "proto/io/disk.h"

/* Make the directory, unless it is there.  Errors as disk_make_dir. */
enum err outbox_make(const char *state_dir);

/* The path of attachment `index` of the message.  ERR_RANGE: too long. */
enum err outbox_path(const char *state_dir, const struct id *id, uint32_t index,
                     char out[DISK_PATH_BYTES]);

/* Remove the files of a message; that there is none is no error. */
void outbox_remove(const char *state_dir, const struct id *id);

/* Remove the files of all messages that do not wait, as `is_waiting` says. */
void outbox_sweep(const char *state_dir, bool (*is_waiting)(void *context, const struct id *id),
                  void *context);

#endif /* CLIENTS_IO_OUTBOX_H */
