/*
 * enclose.h - the files that the officer names with --attach, as part of a message.
 *
 * Host.
 */
#ifndef CLIENTS_OFFICER_IO_ENCLOSE_H
#define CLIENTS_OFFICER_IO_ENCLOSE_H

#include "clients/officer/io/desk.h"
#include "clients/order.h"

/*
 * Look at the files named with --attach and put an entry for each into *content, whose encoding is
 * then made anew: with empty keys, so that all else can be checked before anything long begins.
 * Does nothing where none is named.
 * ERR_USAGE: the kind takes none, or too many are named.  ERR_RANGE: the content is too large.
 * Else as attach_open.
 */
enum err enclose_look(struct desk *desk, const struct order *order, struct span *content);

/* The same, and encrypt each file into the outbox under its key.  Errors as attach_encrypt. */
enum err enclose_encrypt(struct desk *desk, const struct order *order, struct span *content);

#endif /* CLIENTS_OFFICER_IO_ENCLOSE_H */
