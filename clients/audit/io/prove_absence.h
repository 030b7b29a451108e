/*
 * prove_absence.h - collecting what proves that there was no answer, while the log goes by.
 *
 * Host.  For prove.c alone.
 */
#ifndef CLIENTS_AUDIT_IO_PROVE_ABSENCE_H
#define CLIENTS_AUDIT_IO_PROVE_ABSENCE_H

#include "clients/audit/absence.h"
#include "clients/audit/io/prove.h"
#include "clients/audit/tiles.h"

struct absence_builder;

/* On ERR_OK the caller must absence_builder_free *out.  ERR_NOMEM. */
enum err absence_builder_new(struct absence_builder **out);

/* Free it and set it to NULL; NULL is left alone. */
void absence_builder_free(struct absence_builder **builder);

/* Pass an entry that stands before the message. */
void absence_builder_skip(struct absence_builder *builder, const struct hash *leaf_hash);

/* The message is found; its entry is taken next. */
void absence_builder_begin(struct absence_builder *builder, const struct header *header,
                           const struct prove_absence *absence);

/*
 * Take the message's entry, or one after it; those after the deadline are left out.
 * ERR_RANGE: too many for one proof; `problems` says so.
 */
enum err absence_builder_take(struct absence_builder *builder, struct span entry,
                              struct problems *problems);

/* Make the proof from what was taken; *out and all in it lie in `arena`.  ERR_NOMEM. */
enum err absence_builder_end(struct absence_builder *builder, struct tiles *tiles,
                             struct arena *arena, Denrei__V1__EvidenceAbsence **out);

#endif /* CLIENTS_AUDIT_IO_PROVE_ABSENCE_H */
