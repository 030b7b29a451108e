/*
 * replayed.h - a small log over a federation, and what the auditor makes of each of its entries.
 */
#ifndef TESTS_UNIT_CLIENTS_AUDIT_REPLAYED_H
#define TESTS_UNIT_CLIENTS_AUDIT_REPLAYED_H

#include "clients/audit/audit.h"
#include "tests/unit/federation_log.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct fed *fed;
static struct fed_log *logged;
static struct fed_member *mofa, *moj, *dsi;
static struct fed_credential *sender; /* jp.mofa's officer */
static struct message_ref first;      /* jp.mofa to kr.moj and th.dsi */
static uint64_t first_leaf;

static const char *const TO[] = {"kr.moj", "th.dsi"};

static inline struct header
new_header(uint64_t id)
{
    return fed_header(fed, mofa, sender, TO, 2, id);
}

/* An update or withdrawal of `older`. */
static inline struct header
following(uint64_t id, Denrei__V1__Action action, const struct message_ref *older)
{
    struct header header = new_header(id);

    header.action = action;
    header.has_supersedes = true;
    header.supersedes = *older;
    if (action == DENREI__V1__ACTION__ACTION_WITHDRAW)
        header.priority = DENREI__V1__PRIORITY__PRIORITY_FLASH;
    return header;
}

static inline uint64_t
add_message(const struct header *header, struct message_ref *ref)
{
    return fed_log_message(logged, header, sender->signing, ref);
}

static inline uint64_t
add_receipt(const struct fed_member *member, const struct message_ref *message,
            Denrei__V1__DeliveryStatus status)
{
    const struct fed_credential *node = &member->credentials[1];
    struct delivery_receipt receipt = fed_receipt(logged, member, node, message, status);

    return fed_log_receipts(logged, member, node, &receipt, 1);
}

static inline uint64_t
add_erasure(const struct message_ref *message, uint64_t leaf, const char **missing, size_t count,
            uint64_t time_ms)
{
    struct log_entry entry = {.type = DENREI__V1__LOG_ENTRY__EVENT_ERASURE,
                              .time_ms = time_ms,
                              .erasure = {*message, leaf, missing, count}};

    return fed_log_add(logged, &entry);
}

static inline void
setup(void)
{
    fed = fed_usual(2);
    logged = fed_log_new(fed);
    mofa = fed_member(fed, "jp.mofa");
    moj = fed_member(fed, "kr.moj");
    dsi = fed_member(fed, "th.dsi");
    sender = &mofa->credentials[0];
    struct header header = new_header(1);
    first_leaf = add_message(&header, &first);
    (void)add_receipt(moj, &first, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
}

static inline void
teardown(void)
{
    fed_log_free(&logged);
    fed_free(&fed);
}

#define NOWHERE UINT64_MAX

/*
 * Replay everything and want `fault` at `leaf`, and no other fault; the refusal found there.
 */
static inline enum refusal
want(uint64_t leaf, enum audit_fault fault)
{
    struct audit *audit = NULL;
    enum refusal refusal = REFUSAL_NONE;

    ck_assert_int_eq(audit_new(fed->directory, &audit), ERR_OK);
    for (size_t i = 0; i < logged->count; i++) {
        const struct audit_event event = {logged->list[i].entry, logged->list[i].document};
        struct audit_outcome outcome;
        struct log_entry entry;
        ck_assert_int_eq(audit_peek_document(audit, event.entry, &entry),
                         event.document.data != NULL);
        audit_step(audit, &event, &outcome);
        ck_assert_uint_eq(outcome.leaf, i);
        ck_assert_msg(outcome.fault == (i == leaf ? fault : AUDIT_SOUND), "entry %zu: %s (%s)", i,
                      audit_fault_text(outcome.fault), refusal_text(outcome.refusal));
        if (i == leaf)
            refusal = outcome.refusal;
    }
    ck_assert_uint_eq(audit_tree(audit)->leaf_count, logged->count);
    audit_free(&audit);
    ck_assert_ptr_null(audit);
    audit_free(&audit);
    return refusal;
}

/* After the fault an honest message still counts as sound. */
static inline void
add_honest(void)
{
    struct header header = new_header(1000);

    header.created_at_ms = fed->now_ms;
    (void)add_message(&header, NULL);
}

static inline uint64_t
add_roster(const char *member, uint64_t version, struct span roster)
{
    return fed_log_document(logged, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, member, version,
                            roster);
}

#endif /* TESTS_UNIT_CLIENTS_AUDIT_REPLAYED_H */
