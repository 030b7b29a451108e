/*
 * intake_case.h - a node's intake with records of its own, before the relay of relay_case.h, and
 * messages to it.
 */
#ifndef TESTS_UNIT_CLIENTS_NODE_INTAKE_CASE_H
#define TESTS_UNIT_CLIENTS_NODE_INTAKE_CASE_H

#include "../relay_case.h"
#include "clients/node/io/intake.h"
#include "proto/refusal.h"

static struct records *records;
static struct intake *intake;
static struct message_ref refs[8]; /* of the messages sent, by their number from 0 */

static inline void
intake_setup(void)
{
    relay_setup();
    fed_need(records_open(client_dir, true, &records), "records");
    fed_need(intake_open((struct state *)&state, records, &key, false, &intake), "intake");
}

static inline void
intake_teardown(void)
{
    intake_close(&intake);
    records_close(&records);
    relay_teardown();
}

/* Log message `number` (from 0) of kr.moj to jp.mofa and th.dsi; its leaf. */
static inline uint64_t
send_message(uint64_t number)
{
    static const char *const TO[] = {"jp.mofa", "th.dsi"};
    struct fed_member *moj = fed_member(fed, "kr.moj");
    struct header header = fed_header(fed, moj, &moj->credentials[0], TO, 2, number + 1);

    return fed_log_message(logged, &header, moj->credentials[0].signing, &refs[number]);
}

static inline enum err
fetch(size_t *stored)
{
    return intake_fetch(intake, client, 0, stored, &problems);
}

static inline size_t
queued(void)
{
    struct record_receipt receipts[RECORDS_RECEIPTS_MAX];
    struct arena *memory = NULL;
    size_t count = 0;

    fed_need(arena_new(1 << 20, &memory), "arena");
    ck_assert_int_eq(records_receipts(records, memory, receipts, &count), ERR_OK);
    arena_free(&memory);
    return count;
}

#endif /* TESTS_UNIT_CLIENTS_NODE_INTAKE_CASE_H */
