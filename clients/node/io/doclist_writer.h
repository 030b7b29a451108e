/*
 * doclist_writer.h - writing an imported list (doclist.h) from records that come in their order.
 *
 * Host.
 */
#ifndef CLIENTS_NODE_IO_DOCLIST_WRITER_H
#define CLIENTS_NODE_IO_DOCLIST_WRITER_H

#include "clients/node/doclist.h"

struct doclist_writer;

/*
 * Begin the new file at `path`, which must not exist.  On ERR_OK the caller must
 * doclist_writer_free *out, else it is NULL.  Errors as disk_err says.
 */
enum err doclist_writer_new(const char *path, struct doclist_writer **out);

/*
 * Add a record that does not sort before the last one; one that is the same is passed over, and
 * *is_new says so.  ERR_NOSPACE: the disk is full.  ERR_FULL: more pages than a list may have.
 * Else as disk_err says.
 */
enum err doclist_writer_add(struct doclist_writer *writer, struct span record, bool *is_new);

/*
 * Write the index and the header, and bring all of it to the disk.  `about` has name, times and
 * rejected; the rest, the key too, is set here and told in *about.  After ERR_OK the file is whole
 * and stays.  Errors as disk_err says.
 */
enum err doclist_writer_finish(struct doclist_writer *writer, struct doclist_header *about);

/* Free *writer and set it to NULL; a file that was not finished goes.  NULL is left alone. */
void doclist_writer_free(struct doclist_writer **writer);

#endif /* CLIENTS_NODE_IO_DOCLIST_WRITER_H */
