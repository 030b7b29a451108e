/*
 * Lists of documents at the size of the world: how fast a CSV is imported (wanted: 200,000 records
 * a second), how much disk 100 million documents take (at most 8 GB), and how long a look-up takes
 * among them, warm (p50 under 10 microseconds, p99 under 100).
 * DENREI_BENCH_DOCUMENTS: how many (100000000).  DENREI_BENCH_DIR: where (/var/tmp).
 * Import: a second process writes the CSV into a pipe; included: reading, rules, sorting, writing,
 * syncing.  Look-up: included: how far the data are proven, messages in node.db, ranges of blanks,
 * the list, the grading of what is alike, in one thread.  Not included: start of the program,
 * printing.
 */
#include "clients/node/io/doclist_sort.h"
#include "clients/node/io/import_list.h"
#include "clients/node/io/screening_imports.h"
#include "proto/io/clock.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOOKUPS = 1000000, SERIES = 10000000, STATES = 40, PIPE_BYTES = 1 << 20 };

static uint64_t took_ns[LOOKUPS];
static struct screening_answer answer;

static void
need(enum err err, const char *what)
{
    if (err == ERR_OK)
        return;
    fprintf(stderr, "documents: %s: %s\n", what, err_text(err));
    exit(EXIT_FAILURE);
}

static uint64_t
now_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* Document i: numbers in series, as states give them. */
static void
name_document(uint64_t i, char number[DOCUMENT_NUMBER_BYTES], char state[STATE_CODE_BYTES])
{
    static const char *const codes[STATES] = {
        "JPN", "KOR", "CHN", "USA", "GBR", "FRA", "D",   "ITA", "ESP", "NLD",
        "BEL", "CHE", "AUT", "POL", "UKR", "RUS", "TUR", "IND", "PAK", "BGD",
        "THA", "VNM", "PHL", "IDN", "MYS", "SGP", "AUS", "NZL", "CAN", "MEX",
        "BRA", "ARG", "CHL", "PER", "COL", "ZAF", "NGA", "EGY", "MAR", "KEN"};
    const unsigned series = (unsigned)(i / SERIES) % 26;

    snprintf(number, DOCUMENT_NUMBER_BYTES, "T%c%07llu", 'A' + (char)series,
             (unsigned long long)(i % SERIES));
    snprintf(state, STATE_CODE_BYTES, "%s", codes[i * 7919 % STATES]);
}

/* All numbers below `count`, each once, in no order. */
static uint64_t
shuffle(uint64_t i, uint64_t mask)
{
    i = (i * 0x9e3779b1U) & mask;
    i ^= (i >> 13) & mask;
    return (i * 0x85ebca6bU) & mask;
}

static void
write_csv(int fd, uint64_t count)
{
    char number[DOCUMENT_NUMBER_BYTES], state[STATE_CODE_BYTES];
    FILE *file = fdopen(fd, "w");
    uint64_t mask = 1;

    while (mask < count)
        mask = mask << 1 | 1;
    setvbuf(file, NULL, _IOFBF, PIPE_BYTES);
    fputs("din,issuing_country,type,fraud_type,theft_reporting_country,date_of_issue,"
          "date_of_expiry,stolen_on,national_reference\n",
          file);
    for (uint64_t i = 0; i <= mask; i++) {
        uint64_t at = shuffle(i, mask);
        if (at >= count)
            continue;
        name_document(at, number, state);
        fprintf(file,
                "%s,%s,PASSPORT,STOLEN,FRA,2021-05-20,2031-05-20,2026-03-07,NCB-2026-%08llu\n",
                number, state, (unsigned long long)at);
    }
    if (fclose(file) != 0)
        _exit(EXIT_FAILURE);
}

static void
import(const char *dir, uint64_t count)
{
    struct import_list_result result;
    struct problems problems = {0};
    struct rusage usage;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        exit(EXIT_FAILURE);
    (void)fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
    uint64_t start = now_ns(CLOCK_MONOTONIC);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        write_csv(ends[1], count);
        _exit(EXIT_SUCCESS);
    }
    close(ends[1]);
    const struct import_list_options options = {.dir = dir,
                                                .name = "world",
                                                .fd = ends[0],
                                                .now_ms = clock_now_ms(),
                                                .sort_bytes = DOCLIST_SORT_BYTES};
    need(import_list_run(&options, &result, &problems), "import");
    double seconds = (double)(now_ns(CLOCK_MONOTONIC) - start) / 1e9;
    double busy = (double)now_ns(CLOCK_PROCESS_CPUTIME_ID) / 1e9;
    close(ends[0]);
    waitpid(child, NULL, 0);
    getrusage(RUSAGE_SELF, &usage);
    printf(
        "import of %llu documents: %.1f s, %.0f a second (%.2f of the 200,000 wanted); %.1f s of "
        "one processor, %.0f a second of it; memory %.0f MiB\n",
        (unsigned long long)result.header.records, seconds, (double)count / seconds,
        (double)count / seconds / 200000, busy, (double)count / busy,
        (double)usage.ru_maxrss / 1024);
}

/* Its size; and all of it is read once, so that it is warm. */
static void
measure_file(const char *dir, const char *name, uint64_t generation, uint64_t count)
{
    static char buffer[1 << 20];
    char path[DISK_PATH_BYTES];
    struct stat status;

    need(imports_path(dir, name, generation, path), "path");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0)
        exit(EXIT_FAILURE);
    while (read(fd, buffer, sizeof buffer) > 0)
        ;
    close(fd);
    double bytes = (double)status.st_size;
    printf("disk: %.2f GB, %.1f bytes a document, %.2f GB for 100 million (limit 8)\n", bytes / 1e9,
           bytes / (double)count, bytes / (double)count / 10);
}

static int
compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return a < b ? -1 : a > b ? 1 : 0;
}

struct bench {
    struct records *records;
    struct imports imports;
    struct doclist_walk walk;
    uint64_t count;
    uint64_t now_ms;
};

static void
ask(struct bench *bench, const char *dir, const struct screen_query *query)
{
    static struct record_match matches[RECORDS_FOUND_MAX];
    const struct record_query wanted = {query, bench->now_ms};
    const char *reason = "";
    size_t found = 0;

    answer.findings_count = 0;
    need(records_hold(bench->records, &answer.view), "hold");
    need(imports_refresh(&bench->imports, dir, bench->records, &answer.view), "refresh");
    need(records_find_lost(bench->records, &wanted, matches, &found), "find");
    screening_find_imports(&bench->imports, &bench->walk, query, bench->now_ms, &answer);
    records_release(bench->records);
    answer.verdict = screen_judge(answer.findings_count, &answer.view, bench->now_ms, &reason);
}

static void
look_up(struct bench *bench, const char *dir, const char *what, char prefix, char zero)
{
    size_t hits = 0;

    for (size_t i = 0; i < LOOKUPS; i++) {
        struct screen_query query = {.has_mrz = false};
        name_document(i * 104729 % bench->count, query.number.text, query.state);
        query.number.text[0] = prefix;
        for (char *at = query.number.text; *at != '\0' && zero != '0'; at++) {
            if (*at == '0') {
                *at = zero;
                break;
            }
        }
        uint64_t start = now_ns(CLOCK_MONOTONIC);
        ask(bench, dir, &query);
        took_ns[i] = now_ns(CLOCK_MONOTONIC) - start;
        hits += answer.findings_count > 0 ? 1 : 0;
    }
    qsort(took_ns, LOOKUPS, sizeof took_ns[0], compare);
    printf("look-up, %-22s p50 %6.2f us (limit 10)  p99 %6.2f us (limit 100)  %zu of %d hits\n",
           what, (double)took_ns[LOOKUPS / 2] / 1000, (double)took_ns[LOOKUPS / 100 * 99] / 1000,
           hits, LOOKUPS);
}

static void
look_all_up(const char *dir, uint64_t count)
{
    struct bench bench = {.count = count, .now_ms = clock_now_ms()};
    struct rusage usage;

    need(records_open(dir, true, &bench.records), "open");
    need(records_hold(bench.records, &answer.view), "hold");
    need(imports_refresh(&bench.imports, dir, bench.records, &answer.view), "refresh");
    records_release(bench.records);
    measure_file(dir, "world", bench.imports.list[0].id.generation, count);
    look_up(&bench, dir, "hits (first round)", 'T', '0');
    look_up(&bench, dir, "hits", 'T', '0');
    look_up(&bench, dir, "misses", 'X', '0');
    look_up(&bench, dir, "hits with O for a 0", 'T', 'O');
    getrusage(RUSAGE_SELF, &usage);
    printf("memory of the process, peak: %.0f MiB; the list is in the page cache\n",
           (double)usage.ru_maxrss / 1024);
    imports_close(&bench.imports);
    records_close(&bench.records);
}

int
main(void)
{
    const char *wanted = getenv("DENREI_BENCH_DOCUMENTS");
    const char *where = getenv("DENREI_BENCH_DIR");
    uint64_t count = wanted == NULL ? 100000000 : strtoull(wanted, NULL, 10);
    char dir[256], command[300];

    snprintf(dir, sizeof dir, "%s/denrei-bench-XXXXXX", where == NULL ? "/var/tmp" : where);
    if (count == 0 || sodium_init() < 0 || mkdtemp(dir) == NULL)
        return EXIT_FAILURE;
    setvbuf(stdout, NULL, _IOLBF, 0);
    /* In a process of its own, so that the memory of each half is told apart. */
    pid_t child = fork();
    if (child == 0) {
        import(dir, count);
        exit(EXIT_SUCCESS);
    }
    int status = 0;
    if (child > 0 && waitpid(child, &status, 0) == child && status == 0)
        look_all_up(dir, count);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command) == 0 && status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
