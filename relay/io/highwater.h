/*
 * highwater.h - the largest tree that the relay has answered for, in a file outside the store's
 * folder (DESIGN section 10): a store behind it was restored from a backup, and going on from it
 * would fork the log.
 *
 * Host.  A file of two halves of 512 bytes, written in turn, so that a torn write leaves the other.
 */
#ifndef RELAY_IO_HIGHWATER_H
#define RELAY_IO_HIGHWATER_H

#include "proto/merkle.h"

struct highwater;

/*
 * Make the file, which must not exist, for an empty tree.
 * ERR_EXISTS: there is one.  Else as disk_write says.
 */
enum err highwater_create(const char *path);

/*
 * Open the file and lock it.  On ERR_OK the caller must highwater_close *out, else it is NULL.
 * ERR_CORRUPT: neither half is whole.  ERR_BUSY: another relay has it.  Else as disk_err says.
 */
enum err highwater_open(const char *path, struct highwater **out);

/*
 * As highwater_open for a file that is gone: it is made by the first highwater_note.  Until then
 * the head is that of an empty log.
 * ERR_NOMEM.
 */
enum err highwater_prepare(const char *path, struct highwater **out);

/* Close the file and set *highwater to NULL; a NULL *highwater is left alone. */
void highwater_close(struct highwater **highwater);

/* What it holds: the state before, or what was last noted. */
const struct merkle_head *highwater_head(const struct highwater *highwater);

/* Note `head` on stable storage; if that fails, the process ends. */
void highwater_note(struct highwater *highwater, const struct merkle_head *head);

#endif /* RELAY_IO_HIGHWATER_H */
