/*
 * files.h - the attachments of messages in force, fetched by a running node into a folder: each as
 * `SENDER_ID_N.ENDING`, whole or not at all, and removed when its message ends.
 *
 * Host.  The folder is the truth: what is missing is fetched, what no message in force has is
 * removed; so nothing but the folder must be kept, whatever interrupts.
 */
#ifndef CLIENTS_NODE_IO_FILES_H
#define CLIENTS_NODE_IO_FILES_H

#include "clients/io/connect.h"
#include "clients/node/io/records.h"

struct files;

/*
 * Begin with `dir`, made if it is missing; all is borrowed.  On ERR_OK the caller must files_close
 * *out, else it is NULL.  Errors as disk_make_dir; ERR_NOMEM.
 */
enum err files_open(const char *dir, struct records *records, struct files **out);

/* Free *files and set it to NULL; NULL is left alone. */
void files_close(struct files **files);

/*
 * Fetch some of what is missing, so much that other work need not wait for long; *is_pending says
 * whether there is more.  What cannot be fetched is logged: for good it is passed over, for now it
 * is tried again after a minute.  Errors as connect_call, after which the connection is of no use,
 * and as records_next.
 */
enum err files_fetch(struct files *files, struct connect *connect, bool *is_pending,
                     struct problems *problems);

/* Remove the files of messages that have ended.  Errors as records_find. */
enum err files_sweep(struct files *files);

#endif /* CLIENTS_NODE_IO_FILES_H */
