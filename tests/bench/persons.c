/*
 * Persons: how long a look-up takes with a million on record (limit: p99 10 ms), and how many of a
 * set of pairs are found at a false-hit rate of 1 in 1,000 travellers.
 *
 * persons [PAIRS [COUNT [TRAVELLERS]]]: PAIRS is a file in the form of tests/vectors/persons.tsv;
 * COUNT persons are on record, a million without it, and TRAVELLERS, as many without it, are held
 * against the persons of the file.
 *
 * A false hit is a traveller, of whom nobody on record is the same, with at least one hit.  First
 * travellers with name, date of birth, nationality and sex are held against the synthetic persons
 * on record.  Then travellers are held against the left persons of the file: by name alone, and
 * with a date of birth each (given to both sides of a pair that has none).  The score at which one
 * traveller in 1,000 is a false hit gives the recall: pairs that reach it.
 * Included in a look-up: keys, index, comparing, ranking.  Not included: start, and printing.
 */
#include "clients/node/io/screening_person.h"
#include "proto/io/clock.h"
#include "tests/bench/people.h"
#include "tests/unit/person_pairs.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    LOOKUPS = 5000,
    BATCH = 50000,
    PAIRS_MAX = 20000,
    ROOM = 8,
    LEAST = 70, /* score from which false hits are counted */
    FILL_SEED = 1,
    STRANGER_SEED = 1000000007
};

#define LIMIT_MS 10.0
#define NOW_MS   UINT64_C(1790000000000)

static struct screening_persons *persons;
static uint64_t took_ns[LOOKUPS], worked_ns[LOOKUPS];
static struct person_pair *pairs;
static size_t pairs_count;

static void
need(enum err err, const char *what)
{
    if (err == ERR_OK)
        return;
    fprintf(stderr, "persons: %s: %s\n", what, err_text(err));
    exit(EXIT_FAILURE);
}

static uint64_t
read_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static void
ask(const struct people_one *one, bool has_facts, struct person_query *out)
{
    struct problems problems = {0};
    const char sex[2] = {one->sex, '\0'};
    const struct person_words words = {.family = one->family,
                                       .given = one->given,
                                       .birth = has_facts ? one->birth : NULL,
                                       .nationality = has_facts ? one->nationality : NULL,
                                       .sex = has_facts ? sex : NULL};

    need(person_ask(&words, out, &problems), one->family);
}

static uint64_t
now_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

/* ---- on record */

static void
put(struct records *records, uint64_t leaf, const struct person_query *query)
{
    struct record_person person = {
        .leaf = leaf, .until_ms = NOW_MS + YEAR_MS, .facts = query->facts};

    for (size_t i = 0; i < query->forms_count; i++) {
        person.form = query->forms[i];
        need(records_put_person(records, &person), "put");
    }
}

static void
fill(struct records *records, uint64_t count)
{
    static struct person_query query;
    struct people_one one;
    uint64_t seed = FILL_SEED;

    for (uint64_t i = 0; i < count; i++) {
        if (i % BATCH == 0)
            need(records_begin(records), "begin");
        people_make(&seed, &one);
        ask(&one, true, &query);
        put(records, i + 1, &query);
        if (i % BATCH == BATCH - 1 || i + 1 == count)
            need(records_commit(records), "commit");
    }
}

/* ---- looking up */

static int
compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return a < b ? -1 : a > b ? 1 : 0;
}

/* What a look-up said. */
struct outcome {
    unsigned score;  /* the best, 0 if none reaches the least asked for */
    bool is_bounded; /* not all names alike were compared */
    bool is_homonym; /* the best has the very same name */
};

static struct outcome
look_up(struct records *records, const struct person_query *query, unsigned score_min)
{
    static struct finding findings[ROOM];
    struct outcome outcome = {0, false, false};
    struct screen_view view;
    size_t count = 0;

    need(records_hold(records, &view), "hold");
    need(screening_find_persons(persons, records, query, score_min, NOW_MS, findings, ROOM, &count,
                                &outcome.is_bounded),
         "look-up");
    records_release(records);
    if (count > 0) {
        outcome.score = findings[0].score;
        outcome.is_homonym = strstr(findings[0].reason, "whole name is the same") != NULL;
    }
    return outcome;
}

/* A letter of the given name left out. */
static void
slip(struct people_one *one)
{
    size_t len = strlen(one->given), at = len / 2;

    if (len > 3)
        memmove(one->given + at, one->given + at + 1, len - at);
}

static void
time_look_ups(struct records *records, const char *name, uint64_t seed, bool has_facts,
              bool has_slip)
{
    static struct person_query query;
    struct people_one one;
    size_t hits = 0, bounded = 0, homonyms = 0;

    for (size_t i = 0; i < LOOKUPS; i++) {
        people_make(&seed, &one);
        if (has_slip)
            slip(&one);
        uint64_t start = now_ns(), start_work = read_ns(CLOCK_THREAD_CPUTIME_ID);
        ask(&one, has_facts, &query);
        struct outcome outcome = look_up(records, &query, PERSON_SCORE_DEFAULT);
        worked_ns[i] = read_ns(CLOCK_THREAD_CPUTIME_ID) - start_work;
        took_ns[i] = now_ns() - start;
        hits += outcome.score > 0 ? 1 : 0;
        homonyms += outcome.is_homonym ? 1 : 0;
        bounded += outcome.is_bounded ? 1 : 0;
    }
    qsort(took_ns, LOOKUPS, sizeof took_ns[0], compare);
    qsort(worked_ns, LOOKUPS, sizeof worked_ns[0], compare);
    double p50 = (double)took_ns[LOOKUPS / 2] / 1e6,
           p99 = (double)took_ns[LOOKUPS * 99 / 100] / 1e6;
    printf("%-30s p50 %5.2f ms  p99 %5.2f ms (%4.2f of the limit; on the processor %5.2f ms)  "
           "hits %5.2f %% (%5.2f %% with the same name)  not all compared %5.2f %%\n",
           name, p50, p99, p99 / LIMIT_MS, (double)worked_ns[LOOKUPS * 99 / 100] / 1e6,
           100.0 * (double)hits / LOOKUPS, 100.0 * (double)homonyms / LOOKUPS,
           100.0 * (double)bounded / LOOKUPS);
}

static void
bench_look_up(const char *dir, uint64_t count)
{
    struct records *records = NULL;
    struct stat status;
    char path[128];
    uint64_t start = now_ns();

    need(records_open(dir, true, &records), "open");
    fill(records, count);
    snprintf(path, sizeof path, "%s/node.db", dir);
    records_close(&records);
    long long bytes = stat(path, &status) == 0 ? (long long)status.st_size : 0;
    printf("%llu persons on record in %.0f s, %lld MiB; limit p99 %.0f ms\n",
           (unsigned long long)count, (double)(now_ns() - start) / 1e9, bytes >> 20, LIMIT_MS);
    start = now_ns();
    need(records_open(dir, false, &records), "open");
    printf("opened in %.1f ms\n", (double)(now_ns() - start) / 1e6);
    time_look_ups(records, "on record, as it is (cold)", FILL_SEED, true, false);
    time_look_ups(records, "on record, as it is", FILL_SEED, true, false);
    time_look_ups(records, "on record, a letter left out", FILL_SEED, true, true);
    time_look_ups(records, "on no list: false hits", STRANGER_SEED, true, false);
    time_look_ups(records, "on no list, by name alone", STRANGER_SEED, false, false);
    records_close(&records);
}

/* ---- recall at a rate of false hits */

static void
read_pairs(const char *path)
{
    FILE *file = fopen(path, "r");
    unsigned line = 0;

    pairs = calloc(PAIRS_MAX, sizeof *pairs);
    if (file == NULL || pairs == NULL) {
        fprintf(stderr, "persons: %s cannot be read\n", path);
        exit(EXIT_FAILURE);
    }
    while (pairs_count < PAIRS_MAX && person_pairs_next(file, &line, &pairs[pairs_count]))
        pairs_count++;
    fclose(file);
}

/* A date of birth for both sides of a pair that has none. */
static void
give_births(void)
{
    uint64_t seed = 77;

    for (size_t i = 0; i < pairs_count; i++) {
        struct people_one one;
        struct date_text birth;
        people_make(&seed, &one);
        need(date_text_parse(one.birth, &birth), one.birth);
        if (pairs[i].left.facts.births_count > 0 || pairs[i].right.facts.births_count > 0)
            continue;
        pairs[i].left.facts.births[0] = pairs[i].right.facts.births[0] = birth;
        pairs[i].left.facts.births_count = pairs[i].right.facts.births_count = 1;
    }
}

static void
report_recall(const char *name, const uint64_t *scores, uint64_t count)
{
    uint64_t hits = 0;
    size_t same = 0, found = 0, found_default = 0, other = 0, wrong = 0;
    unsigned least = FINDING_EXACT + 1;
    uint64_t hits_default = 0;

    while (least > LEAST && hits + scores[least - 1] <= count / 1000)
        hits += scores[--least];
    for (unsigned i = PERSON_SCORE_DEFAULT; i <= FINDING_EXACT; i++)
        hits_default += scores[i];
    for (size_t i = 0; i < pairs_count; i++) {
        bool is_keyed = false, is_even = false;
        unsigned score = person_pairs_score(&pairs[i], &is_keyed, &is_even);
        same += pairs[i].is_same ? 1 : 0;
        found += pairs[i].is_same && is_keyed && score >= least ? 1 : 0;
        found_default += pairs[i].is_same && is_keyed && score >= PERSON_SCORE_DEFAULT ? 1 : 0;
        other += pairs[i].is_same ? 0 : 1;
        wrong += !pairs[i].is_same && score >= PERSON_SCORE_DEFAULT ? 1 : 0;
    }
    printf("%s: 1 in 1,000 of %llu travellers is a false hit at score %u: recall %.1f %% of %zu\n",
           name, (unsigned long long)count, least, 100.0 * (double)found / (double)same, same);
    printf("    at the default score of %d: false hits %.2f in 1,000, recall %.1f %%, of %zu pairs"
           " of other persons %zu hit\n",
           (int)PERSON_SCORE_DEFAULT, 1000.0 * (double)hits_default / (double)count,
           100.0 * (double)found_default / (double)same, other, wrong);
}

static void
bench_recall(const char *dir, const char *name, bool has_facts, uint64_t count)
{
    static struct person_query query;
    uint64_t scores[FINDING_EXACT + 1] = {0};
    struct records *records = NULL;
    struct people_one one;
    uint64_t seed = STRANGER_SEED;
    uint64_t homonyms = 0;

    need(records_open(dir, true, &records), "open");
    need(records_begin(records), "begin");
    for (size_t i = 0; i < pairs_count; i++)
        put(records, i + 1, &pairs[i].left);
    need(records_commit(records), "commit");
    for (uint64_t i = 0; i < count; i++) {
        people_make(&seed, &one);
        ask(&one, has_facts, &query);
        struct outcome outcome = look_up(records, &query, LEAST);
        scores[outcome.is_homonym ? 0 : outcome.score]++;
        homonyms += outcome.is_homonym ? 1 : 0;
    }
    scores[0] = 0; /* nobody, and who has the very same name: that is no error of matching */
    records_close(&records);
    report_recall(name, scores, count);
    printf("    beside these %.2f in 1,000 have the very name of somebody on the list\n",
           1000.0 * (double)homonyms / (double)count);
}

int
main(int argc, char **argv)
{
    char dir[] = "/tmp/denrei-bench-XXXXXX";
    char lists[2][64];
    char command[64];
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;

    uint64_t travellers = argc > 3 ? strtoull(argv[3], NULL, 10) : count;

    if (sodium_init() < 0 || mkdtemp(dir) == NULL || count == 0 || travellers == 0)
        return EXIT_FAILURE;
    need(screening_persons_new(&persons), "memory");
    setvbuf(stdout, NULL, _IOLBF, 0);
    read_pairs(argc > 1 ? argv[1] : "tests/vectors/persons.tsv");
    for (size_t i = 0; i < 2; i++) {
        snprintf(lists[i], sizeof lists[i], "%s/%zu", dir, i);
        if (mkdir(lists[i], 0700) != 0)
            return EXIT_FAILURE;
    }
    bench_look_up(dir, count);
    bench_recall(lists[0], "by name alone", false, travellers);
    give_births();
    bench_recall(lists[1], "with a date of birth", true, travellers);
    screening_persons_free(&persons);
    free(pairs);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
