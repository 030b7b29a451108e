/*
 * How long a node takes to screen one document with a million on record (limit: 10 microseconds).
 * Included: how far the data are proven, the look-up among single documents and ranges of blanks,
 * the verdict.  Not included: start of the program, and printing.
 */
#include "clients/node/io/records.h"
#include "proto/date_text.h"
#include "proto/hash.h"
#include "proto/io/clock.h"
#include "proto/io/disk.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    MESSAGES = 1000,
    DOCUMENTS = 1000, /* in each message */
    RANGES = 200,     /* of blanks, of one state and one series */
    LOOKUPS = 200000,
    NUMBER_BYTES = 16
};

#define LIMIT_US 10.0
#define NOW_MS   UINT64_C(1750000000000)

static struct records *records;
static uint64_t took_ns[LOOKUPS];

static void
need(enum err err, const char *what)
{
    if (err == ERR_OK)
        return;
    fprintf(stderr, "screen: %s: %s\n", what, err_text(err));
    exit(EXIT_FAILURE);
}

static uint64_t
now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* The same numbers each time, spread over all that there are. */
static uint32_t
spread(uint32_t i)
{
    return (uint32_t)((uint64_t)i * 7368787 % 10000019) % 10000000;
}

static void
name_document(char out[NUMBER_BYTES], const char *series, uint32_t number)
{
    snprintf(out, NUMBER_BYTES, "%s%07u", series, number % 10000000);
}

static void
put_message(uint64_t leaf, const Denrei__V1__LostPassport *content)
{
    static const uint8_t HEADER[200];
    struct record record = {.leaf = leaf,
                            .slot = {DENREI__V1__LANE__LANE_REST, leaf},
                            .sender = "jp.mofa",
                            .state = RECORD_LIVE,
                            .time_ms = NOW_MS,
                            .received_ms = NOW_MS,
                            .expires_ms = NOW_MS + YEAR_MS,
                            .header = {HEADER, sizeof HEADER},
                            .content = {HEADER, sizeof HEADER}};

    bytes_put_u64(record.id.bytes, leaf);
    need(records_put(records, &record), "put");
    need(records_index_lost(records, leaf, record.expires_ms, content), "index");
}

static void
fill(void)
{
    static Denrei__V1__LostDocument documents[DOCUMENTS];
    static Denrei__V1__LostDocument *list[DOCUMENTS];
    static char first[DOCUMENTS][NUMBER_BYTES], last[DOCUMENTS][NUMBER_BYTES];
    Denrei__V1__LostPassport content = DENREI__V1__LOST_PASSPORT__INIT;

    content.documents = list;
    for (uint32_t m = 0; m <= MESSAGES; m++) { /* the last one has the ranges */
        bool is_ranges = m == MESSAGES;
        content.n_documents = is_ranges ? RANGES : DOCUMENTS;
        for (uint32_t i = 0; i < content.n_documents; i++) {
            documents[i] = (Denrei__V1__LostDocument)DENREI__V1__LOST_DOCUMENT__INIT;
            uint32_t number = is_ranges ? i * 40000 : spread(m * DOCUMENTS + i);
            name_document(first[i], "TR", number);
            name_document(last[i], "TR", number + 999);
            documents[i].number = first[i];
            if (is_ranges)
                documents[i].last_number = last[i];
            documents[i].issuing_state = (char *)(uintptr_t) "JPN";
            list[i] = &documents[i];
        }
        if (m % 50 == 0)
            need(records_begin(records), "begin");
        put_message(m + 1, &content);
        if (m % 50 == 49 || is_ranges)
            need(records_commit(records), "commit");
    }
}

static int
compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return a < b ? -1 : a > b ? 1 : 0;
}

/* Returns how many were hits. */
static size_t
look_up(const char *series, size_t count)
{
    struct record_match matches[RECORDS_FOUND_MAX];
    struct screen_query asked = {.state = "JPN"};
    size_t hits = 0;

    for (size_t i = 0; i < count; i++) {
        struct screen_view view;
        const char *reason = NULL;
        const struct record_query query = {&asked, NOW_MS};
        size_t found = 0;
        name_document(asked.number.text, series, spread((uint32_t)(i * 977)));
        uint64_t start = now_ns();
        need(records_screen(records, &query, matches, &found, &view), "screen");
        view.has_witnesses = true;
        hits += screen_judge(found, &view, NOW_MS, &reason) == SCREEN_HIT ? 1 : 0;
        took_ns[i] = now_ns() - start;
    }
    qsort(took_ns, count, sizeof took_ns[0], compare);
    return hits;
}

static void
report(const char *name, size_t count, size_t hits)
{
    double p50 = (double)took_ns[count / 2] / 1000, p99 = (double)took_ns[count * 99 / 100] / 1000;

    printf("%-28s p50 %6.2f us (%4.2f of the limit)  p99 %6.2f us (%4.2f)  %zu of %zu hits\n", name,
           p50, p50 / LIMIT_US, p99, p99 / LIMIT_US, hits, count);
}

int
main(void)
{
    char dir[] = "/tmp/denrei-bench-XXXXXX";
    char command[64];
    const struct screen_view view = {
        .head_time_ms = NOW_MS, .witnessed_time_ms = NOW_MS, .tree_size = 1};

    if (sodium_init() < 0 || mkdtemp(dir) == NULL)
        return EXIT_FAILURE;
    need(records_open(dir, true, &records), "open");
    uint64_t start = now_ns();
    fill();
    need(records_begin(records), "begin");
    need(records_put_view(records, &view), "view");
    need(records_commit(records), "commit");
    printf("%d documents and %d ranges on record, stored in %.1f s; limit %.0f us a document\n",
           MESSAGES * DOCUMENTS, (int)RANGES, (double)(now_ns() - start) / 1e9, LIMIT_US);
    (void)look_up("TR", LOOKUPS); /* once to warm up */
    report("look-up, hits and misses", LOOKUPS, look_up("TR", LOOKUPS));
    report("look-up, all misses", LOOKUPS, look_up("TX", LOOKUPS));
    records_close(&records);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
