/*
 * officer.h - the core of `denrei`: how far a message got, and the words of its options.  What an
 * officer's order becomes is order.h's.
 *
 * Pure.
 */
#ifndef CLIENTS_OFFICER_OFFICER_H
#define CLIENTS_OFFICER_OFFICER_H

#include "clients/order.h"
#include "keys/policy.h"
#include "keys/trust.h"
#include "proto/kind.h"
#include "proto/message.h"
#include "proto/problem.h"
#include "proto/record.h"

/* ---- where a message stands */

/* What one recipient has said; 0 where it has not. */
struct officer_recipient {
    const char *member; /* borrowed */
    uint64_t delivered_ms;
    uint64_t read_ms;
    uint64_t applied_ms;
    uint64_t failed_ms; /* UNREADABLE or REFUSED */
    uint32_t reason;    /* of the failure */
};

/*
 * Note a receipt that was checked, at its member's row; the earliest time of each status stays.
 * Receipts of members that are not among the recipients are left out.
 */
void officer_note_receipt(struct officer_recipient *recipients, size_t count,
                          const struct delivery_receipt *receipt);

/*
 * Whether every recipient has reached `status` (DELIVERED or READ); what was read or applied was
 * delivered.  A recipient that failed has reached nothing.
 */
bool officer_has_reached(const struct officer_recipient *recipients, size_t count,
                         Denrei__V1__DeliveryStatus status);

/* Whether some recipient refused the message or could not read it. */
bool officer_has_failed(const struct officer_recipient *recipients, size_t count);

/* ---- words for enum values, in small letters: "flash", "amber", "h1" */

/* The value whose word is `text`; 0 if none, and `problems` has the list. */
Denrei__V1__Priority officer_priority(const char *text, struct problems *problems);
Denrei__V1__Tlp officer_tlp(const char *text, struct problems *problems);
Denrei__V1__UseRestriction officer_use(const char *text, struct problems *problems);

#endif /* CLIENTS_OFFICER_OFFICER_H */
