/*
 * convict.h - keeping what convicts a relay of having served a mailbox that does not hold.
 *
 * Host.
 */
#ifndef CLIENTS_IO_CONVICT_H
#define CLIENTS_IO_CONVICT_H

#include "proto/frame.h"

enum {
    CONVICT_FILES_MAX = 16, /* a relay that is wrong at every attempt must not fill the disk */
    CONVICT_NAME_BYTES = 32
};

/*
 * Write the reply, with the head that the relay signed and the entries that it served, to the next
 * `evidence-fetch-<n>.bin` in `dir`; *name is the file's.  `scratch` needs room for it.
 * ERR_EXISTS: CONVICT_FILES_MAX of them are there, and tell enough.  ERR_NOMEM: scratch full.
 * Else as disk_write.
 */
enum err convict_keep_fetch(const char *dir, const Denrei__V1__FetchReply *reply,
                            struct arena *scratch, char name[CONVICT_NAME_BYTES]);

#endif /* CLIENTS_IO_CONVICT_H */
