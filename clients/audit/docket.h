/*
 * docket.h - MLA cases as an auditor sees them: whose message, in which thread, in what order, in
 * reply to what, and what recipients refused.
 *
 * Pure.  No content is read, so a message is every step of its sender that it can have been.  What
 * none of them makes right is told, and whether its recipient refused it: that the parties broke
 * the order of a case is their fault, and none of the log.
 */
#ifndef CLIENTS_AUDIT_DOCKET_H
#define CLIENTS_AUDIT_DOCKET_H

#include "clients/audit/audit.h"

struct docket;

/* What was found. */
struct docket_report {
    uint64_t cases;
    uint64_t messages;   /* of them */
    uint64_t refused;    /* messages that a recipient refused or could not read */
    uint64_t impossible; /* that no content makes right, and that nobody refused */
};

/* On ERR_OK the caller must docket_free *out.  ERR_NOMEM. */
enum err docket_new(struct docket **out);

/* Free *docket and set it to NULL; NULL is left alone. */
void docket_free(struct docket **docket);

/* Take an entry that the auditor judged; faulty ones are left out.  ERR_NOMEM: it is not taken. */
enum err docket_take(struct docket *docket, const struct audit_outcome *outcome,
                     struct arena *arena);

/*
 * Judge all cases.  `each` is called for every message that counts among `impossible`: its leaf,
 * its sender, and the states that its case could be in before it (bits, mla_case.h).
 * ERR_NOMEM: no memory; *out is untouched.
 */
enum err docket_judge(struct docket *docket,
                      void (*each)(void *context, uint64_t leaf, const char *from, uint32_t states),
                      void *context, struct docket_report *out);

#endif /* CLIENTS_AUDIT_DOCKET_H */
