#include "clients/audit/docket.h"

#include "proto/mla_thread.h"

#include <stdlib.h>
#include <string.h>

/* A message of a case; member ids are copied, for headers are gone with their step. */
struct paper {
    struct id thread, id, in_reply_to, supersedes;
    struct hash hash;
    uint64_t leaf, time_ms;
    Denrei__V1__Action action;
    bool has_in_reply_to, is_void;
    uint16_t to_count;
    char from[MEMBER_ID_MAX + 1], to[MEMBER_ID_MAX + 1], in_reply_to_from[MEMBER_ID_MAX + 1];
};

struct docket {
    struct paper *papers;
    size_t count, room;
};

enum { FIRST_ROOM = 64 };

enum err
docket_new(struct docket **out)
{
    *out = calloc(1, sizeof **out);
    return *out == NULL ? ERR_NOMEM : ERR_OK;
}

void
docket_free(struct docket **docket)
{
    if (*docket == NULL)
        return;
    free((*docket)->papers);
    free(*docket);
    *docket = NULL;
}

static void
copy_member(char out[MEMBER_ID_MAX + 1], const char *member)
{
    size_t len = strnlen(member, MEMBER_ID_MAX);

    memcpy(out, member, len);
    out[len] = '\0';
}

static enum err
add_paper(struct docket *docket, const struct audit_outcome *outcome)
{
    const struct header *header = &outcome->header;

    if (docket->count == docket->room) {
        size_t room = docket->room * 2 + FIRST_ROOM;
        struct paper *wider = realloc(docket->papers, room * sizeof *wider);
        if (wider == NULL)
            return ERR_NOMEM;
        docket->papers = wider;
        docket->room = room;
    }
    struct paper *paper = &docket->papers[docket->count++];
    *paper = (struct paper){.thread = header->thread_id,
                            .id = header->id,
                            .in_reply_to = header->in_reply_to.id,
                            .supersedes = header->supersedes.id,
                            .hash = outcome->message_hash,
                            .leaf = outcome->leaf,
                            .time_ms = outcome->entry.time_ms,
                            .action = header->action,
                            .has_in_reply_to = header->has_in_reply_to,
                            .to_count = (uint16_t)header->to_count};
    copy_member(paper->from, header->from);
    copy_member(paper->to, header->to[0]);
    copy_member(paper->in_reply_to_from, header->has_in_reply_to ? header->in_reply_to.from : "");
    return ERR_OK;
}

/* Newest first: a receipt follows soon on its message. */
static void
note_refusal(struct docket *docket, const struct delivery_receipt *receipt)
{
    for (size_t i = docket->count; i > 0; i--) {
        struct paper *paper = &docket->papers[i - 1];
        if (memcmp(paper->hash.bytes, receipt->message.hash.bytes, HASH_BYTES) == 0) {
            paper->is_void = true;
            return;
        }
    }
}

enum err
docket_take(struct docket *docket, const struct audit_outcome *outcome, struct arena *arena)
{
    const struct entry_delivery *delivery = &outcome->entry.delivery;

    if (outcome->fault != AUDIT_SOUND || !outcome->is_decoded)
        return ERR_OK;
    if (outcome->has_header)
        return outcome->header.kind == DENREI__V1__KIND__KIND_MLA ? add_paper(docket, outcome)
                                                                  : ERR_OK;
    if (outcome->entry.type != DENREI__V1__LOG_ENTRY__EVENT_DELIVERY)
        return ERR_OK;
    for (size_t i = 0; i < delivery->receipts_count; i++) {
        struct delivery_receipt receipt;
        if (delivery_receipt_decode(delivery->receipts[i], arena, &receipt) == ERR_OK &&
            (receipt.status == DENREI__V1__DELIVERY_STATUS__DELIVERY_REFUSED ||
             receipt.status == DENREI__V1__DELIVERY_STATUS__DELIVERY_UNREADABLE))
            note_refusal(docket, &receipt);
    }
    return ERR_OK;
}

/* ---- judging */

static int
compare_papers(const void *a, const void *b)
{
    const struct paper *left = a, *right = b;
    int order = memcmp(left->thread.bytes, right->thread.bytes, ID_BYTES);

    if (order != 0)
        return order;
    return left->leaf < right->leaf ? -1 : left->leaf > right->leaf;
}

/* The parties are those of the first message, a request. */
static unsigned
party_of(const struct paper *first, const char *member)
{
    if (first->has_in_reply_to || first->to_count != 1)
        return 0;
    if (strcmp(member, first->from) == 0)
        return MLA_REQUESTING;
    return strcmp(member, first->to) == 0 ? MLA_REQUESTED : 0;
}

static struct mla_entry
make_entry(const struct paper *first, const struct paper *paper)
{
    const bool is_between = paper->to_count == 1 && party_of(first, paper->to) != 0;

    return (struct mla_entry){
        .id = paper->id,
        .party = is_between ? party_of(first, paper->from) : 0,
        .action = paper->action,
        .has_in_reply_to = paper->has_in_reply_to,
        .in_reply_to = paper->in_reply_to,
        .in_reply_to_party = party_of(first, paper->in_reply_to_from),
        .supersedes = paper->supersedes,
        .is_unread = true,
        .time_ms = paper->time_ms,
        .is_void = paper->is_void,
    };
}

static enum err
judge_case(const struct paper *papers, size_t count,
           void (*each)(void *context, uint64_t leaf, const char *from, uint32_t states),
           void *context, struct docket_report *report)
{
    struct mla_entry *entries = calloc(count, sizeof *entries);
    struct mla_judgement *judgements = calloc(count, sizeof *judgements);
    struct mla_thread thread;
    enum err err = entries == NULL || judgements == NULL ? ERR_NOMEM : ERR_OK;

    for (size_t i = 0; i < count && err == ERR_OK; i++)
        entries[i] = make_entry(&papers[0], &papers[i]);
    if (err == ERR_OK)
        mla_thread_judge(entries, count, 0, NULL, judgements, &thread);
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        report->messages++;
        if (judgements[i].effect == MLA_EFFECT_VOID)
            report->refused++;
        if (judgements[i].effect != MLA_EFFECT_IMPOSSIBLE)
            continue;
        report->impossible++;
        if (each != NULL)
            each(context, papers[i].leaf, papers[i].from, judgements[i].before);
    }
    free(entries);
    free(judgements);
    return err;
}

enum err
docket_judge(struct docket *docket,
             void (*each)(void *context, uint64_t leaf, const char *from, uint32_t states),
             void *context, struct docket_report *out)
{
    struct docket_report report = {.cases = 0};
    enum err err = ERR_OK;

    if (docket->count > 0)
        qsort(docket->papers, docket->count, sizeof *docket->papers, compare_papers);
    for (size_t at = 0; at < docket->count && err == ERR_OK;) {
        size_t end = at + 1;
        while (end < docket->count && memcmp(docket->papers[at].thread.bytes,
                                             docket->papers[end].thread.bytes, ID_BYTES) == 0)
            end++;
        report.cases++;
        err = judge_case(&docket->papers[at], end - at, each, context, &report);
        at = end;
    }
    if (err == ERR_OK)
        *out = report;
    return err;
}
