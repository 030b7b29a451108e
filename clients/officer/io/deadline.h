/*
 * deadline.h - what runs out for a message: who must act, and by when.
 *
 * Host.
 */
#ifndef CLIENTS_OFFICER_IO_DEADLINE_H
#define CLIENTS_OFFICER_IO_DEADLINE_H

#include "clients/officer/io/desk.h"

struct deadline {
    const char *member; /* who must act; NULL: nothing runs */
    uint64_t due_ms;    /* 0: no day is set */
    bool is_overdue;
};

/*
 * The deadline that runs in the thread of a message with `header`: of an MLA case, what is due
 * first.  out->member is NULL where nothing runs, or it is not known here.  Errors as store.h says.
 */
enum err deadline_find(struct desk *desk, const struct header *header, struct deadline *out);

#endif /* CLIENTS_OFFICER_IO_DEADLINE_H */
