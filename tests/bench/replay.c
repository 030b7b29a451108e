/*
 * How fast an auditor replays a log with full verification (limit: 15,000 messages a second and
 * core).  Included: decoding, leaf hash and tree, signature, references, numbers, policy.  Not
 * included: reading the log.
 */
#include "clients/audit/audit.h"
#include "tests/unit/federation_log.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MESSAGES = 20480, BATCH = 64 };

#define LIMIT_PER_SECOND 15000.0

static const char *const TO[] = {"kr.moj", "th.dsi"};

static double
processor_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct fed_log *
make(struct fed *fed, size_t batch)
{
    struct fed_log *log = fed_log_new(fed);
    const struct fed_member *member = fed_member(fed, "jp.mofa");
    const struct fed_credential *sender = &member->credentials[0];
    struct header headers[BATCH];

    for (size_t i = 0; i < MESSAGES; i += batch) {
        arena_reset(fed->scratch);
        for (size_t k = 0; k < batch; k++)
            headers[k] = fed_header(fed, member, sender, TO, 2, i + k);
        (void)fed_log_batch(log, headers, batch, sender->signing, NULL);
    }
    return log;
}

static void
replay(const char *name, struct fed *fed, size_t batch)
{
    struct fed_log *log = make(fed, batch);
    struct audit *audit = NULL;
    size_t faults = 0;

    fed_need(audit_new(fed->directory, &audit), "audit");
    double start = processor_seconds();
    for (size_t i = 0; i < log->count; i++) {
        const struct audit_event event = {log->list[i].entry, log->list[i].document};
        struct audit_outcome outcome;
        audit_step(audit, &event, &outcome);
        faults += outcome.fault != AUDIT_SOUND ? 1 : 0;
    }
    double seconds = processor_seconds() - start;
    double rate = MESSAGES / seconds;
    printf("%-28s %8.0f messages/s and core (%4.2f of the limit of %.0f), %.1f us each, %zu "
           "faults\n",
           name, rate, rate / LIMIT_PER_SECOND, LIMIT_PER_SECOND, seconds * 1e6 / MESSAGES, faults);
    audit_free(&audit);
    fed_log_free(&log);
}

/* What libsodium alone needs for one signature: the most that a replay can reach. */
static void
verify_alone(void)
{
    enum { TIMES = 5000 };
    uint8_t seed[32] = {1}, text[100] = {0}, secret[64];
    struct public_key key;
    struct sig sig;

    crypto_sign_seed_keypair(key.bytes, secret, seed);
    crypto_sign_detached(sig.bytes, NULL, text, sizeof text, secret);
    double start = processor_seconds();
    for (size_t i = 0; i < TIMES; i++)
        if (crypto_sign_verify_detached(sig.bytes, text, sizeof text, key.bytes) != 0)
            exit(EXIT_FAILURE);
    double seconds = processor_seconds() - start;
    printf("%-28s %8.0f signatures/s and core, %.1f us each\n", "libsodium's verify alone",
           TIMES / seconds, seconds * 1e6 / TIMES);
}

int
main(void)
{
    struct fed *fed = fed_usual(2);

    printf("%d messages to two recipients each\n", (int)MESSAGES);
    verify_alone();
    replay("replay, signed one by one", fed, 1);
    replay("replay, signed 64 at a time", fed, BATCH);
    fed_free(&fed);
    return EXIT_SUCCESS;
}
