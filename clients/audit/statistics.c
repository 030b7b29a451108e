#include "clients/audit/statistics.h"

#include "clients/hit.h"
#include "proto/hash.h"
#include "proto/limits.h"
#include "proto/time_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MIN = 1024 };

/* A hit, by its report. */
struct hit {
    uint64_t reported_ms;
    uint64_t deadline_ms;
    uint64_t answered_ms; /* 0: not yet */
    char owner[MEMBER_ID_MAX + 1];
};

/* A message of a hit: by its hash, which hit it belongs to.  Open addressing; hashes are spread. */
struct slot_of_hit {
    struct hash hash;
    size_t hit; /* plus 1; 0: free */
};

struct statistics {
    struct statistics_row *rows; /* ascending */
    size_t rows_count, rows_room;
    struct hit *hits;
    size_t hits_count, hits_room;
    struct slot_of_hit *slots;
    size_t slots_used, slots_room; /* a power of two */
    struct statistics_hits *sums;
    uint64_t time_ms; /* of the last entry */
};

/* ---- memory */

enum err
statistics_new(struct statistics **out)
{
    *out = calloc(1, sizeof **out);
    return *out == NULL ? ERR_NOMEM : ERR_OK;
}

void
statistics_free(struct statistics **statistics)
{
    if (*statistics == NULL)
        return;
    free((*statistics)->rows);
    free((*statistics)->hits);
    free((*statistics)->slots);
    free((*statistics)->sums);
    free(*statistics);
    *statistics = NULL;
}

/* Make room for one more of `bytes` each. */
static enum err
make_room(void **list, size_t count, size_t *room, size_t bytes)
{
    if (count < *room)
        return ERR_OK;
    size_t wanted = *room == 0 ? 64 : 2 * *room;
    void *grown = reallocarray(*list, wanted, bytes);
    if (grown == NULL)
        return ERR_NOMEM;
    *list = grown;
    *room = wanted;
    return ERR_OK;
}

/* ---- rows */

static void
write_month(uint64_t time_ms, char out[STATISTICS_MONTH_BYTES])
{
    struct time_text text = time_text_utc(time_ms);

    memcpy(out, text.text, STATISTICS_MONTH_BYTES - 1);
    out[STATISTICS_MONTH_BYTES - 1] = '\0';
}

static int
compare_rows(const struct statistics_row *a, const struct statistics_row *b)
{
    int order = strcmp(a->month, b->month);

    if (order == 0)
        order = strcmp(a->member, b->member);
    return order != 0 ? order : (a->kind > b->kind) - (a->kind < b->kind);
}

/* The row of a member and kind in the month of `time_ms`, made where it is missing. */
static enum err
find_row(struct statistics *statistics, uint64_t time_ms, const char *member, Denrei__V1__Kind kind,
         struct statistics_row **out)
{
    struct statistics_row wanted = {.kind = kind};
    size_t low = 0, high = statistics->rows_count;

    write_month(time_ms, wanted.month);
    strncpy(wanted.member, member, MEMBER_ID_MAX);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_rows(&statistics->rows[middle], &wanted);
        if (order == 0) {
            *out = &statistics->rows[middle];
            return ERR_OK;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    enum err err = make_room((void **)&statistics->rows, statistics->rows_count,
                             &statistics->rows_room, sizeof *statistics->rows);
    if (err != ERR_OK)
        return err;
    memmove(&statistics->rows[low + 1], &statistics->rows[low],
            (statistics->rows_count - low) * sizeof *statistics->rows);
    statistics->rows[low] = wanted;
    statistics->rows_count++;
    *out = &statistics->rows[low];
    return ERR_OK;
}

/* ---- hits */

static struct slot_of_hit *
find_slot(const struct statistics *statistics, const struct hash *hash)
{
    uint64_t at = 0;

    memcpy(&at, hash->bytes, sizeof at);
    for (;;) { /* ends: at most half of the slots are used */
        struct slot_of_hit *slot = &statistics->slots[at & (statistics->slots_room - 1)];
        if (slot->hit == 0 || hash_is_equal(&slot->hash, hash))
            return slot;
        at++;
    }
}

static enum err
grow_slots(struct statistics *statistics)
{
    struct slot_of_hit *old = statistics->slots;
    size_t old_room = statistics->slots_room;

    if (old_room > 2 * (statistics->slots_used + 1))
        return ERR_OK;
    statistics->slots_room = old_room == 0 ? SLOTS_MIN : 2 * old_room;
    statistics->slots = calloc(statistics->slots_room, sizeof *statistics->slots);
    if (statistics->slots == NULL) {
        statistics->slots = old;
        statistics->slots_room = old_room;
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < old_room; i++)
        if (old[i].hit != 0)
            *find_slot(statistics, &old[i].hash) = old[i];
    free(old);
    return ERR_OK;
}

/* Which hit a message belongs to: NULL if it is of none. */
static struct hit *
hit_of(const struct statistics *statistics, const struct message_ref *ref)
{
    const struct slot_of_hit *slot =
        statistics->slots == NULL ? NULL : find_slot(statistics, &ref->hash);

    return slot == NULL || slot->hit == 0 ? NULL : &statistics->hits[slot->hit - 1];
}

static enum err
add_hit(struct statistics *statistics, const struct audit_outcome *outcome)
{
    const struct header *header = &outcome->header;
    const struct directory *directory =
        header->legal_basis[0] == '\0' ? NULL : trust_directory(outcome->trust, outcome->leaf);
    struct hit hit = {.reported_ms = outcome->entry.time_ms};

    enum err err = make_room((void **)&statistics->hits, statistics->hits_count,
                             &statistics->hits_room, sizeof *statistics->hits);
    if (err != ERR_OK)
        return err;
    assert(statistics->hits != NULL); /* make_room */
    hit.deadline_ms = hit.reported_ms + hit_answer_ms(directory, header->legal_basis);
    strncpy(hit.owner, header->to[0], MEMBER_ID_MAX);
    statistics->hits[statistics->hits_count++] = hit;
    return ERR_OK;
}

static enum err
take_hit(struct statistics *statistics, const struct audit_outcome *outcome)
{
    const struct header *header = &outcome->header;
    struct hit *hit = header->has_in_reply_to ? hit_of(statistics, &header->in_reply_to) : NULL;
    size_t number = hit == NULL ? 0 : (size_t)(hit - statistics->hits) + 1;

    enum err err = grow_slots(statistics);
    if (err == ERR_OK && hit == NULL) {
        err = add_hit(statistics, outcome);
        number = statistics->hits_count;
    } else if (err == ERR_OK && hit->answered_ms == 0 && strcmp(header->from, hit->owner) == 0) {
        hit->answered_ms = outcome->entry.time_ms;
    }
    if (err != ERR_OK)
        return err;
    struct slot_of_hit *slot = find_slot(statistics, &outcome->message_hash);
    statistics->slots_used += slot->hit == 0;
    *slot = (struct slot_of_hit){outcome->message_hash, number};
    return ERR_OK;
}

/* ---- counting */

static enum err
take_message(struct statistics *statistics, const struct audit_outcome *outcome)
{
    const struct header *header = &outcome->header;
    uint64_t time_ms = outcome->entry.time_ms;
    struct statistics_row *row = NULL;

    enum err err = find_row(statistics, time_ms, header->from, header->kind, &row);
    if (err != ERR_OK)
        return err;
    row->sent += header->action == DENREI__V1__ACTION__ACTION_NEW;
    row->updates += header->action == DENREI__V1__ACTION__ACTION_UPDATE;
    row->withdrawals += header->action == DENREI__V1__ACTION__ACTION_WITHDRAW;
    for (size_t i = 0; i < header->to_count && err == ERR_OK; i++) {
        err = find_row(statistics, time_ms, header->to[i], header->kind, &row);
        if (err == ERR_OK)
            row->received++;
    }
    if (err == ERR_OK && header->kind == DENREI__V1__KIND__KIND_SCREENING_HIT &&
        header->action == DENREI__V1__ACTION__ACTION_NEW)
        err = take_hit(statistics, outcome);
    return err;
}

enum err
statistics_take(struct statistics *statistics, const struct audit_outcome *outcome)
{
    struct statistics_row *row = NULL;

    if (!outcome->is_decoded || outcome->fault != AUDIT_SOUND)
        return ERR_OK;
    statistics->time_ms = outcome->entry.time_ms;
    if (outcome->has_header)
        return take_message(statistics, outcome);
    if (outcome->entry.type != DENREI__V1__LOG_ENTRY__EVENT_REFUSAL)
        return ERR_OK;
    enum err err = find_row(statistics, outcome->entry.time_ms, outcome->entry.refusal.member,
                            DENREI__V1__KIND__KIND_UNSPECIFIED, &row);
    if (err == ERR_OK)
        row->refused += 1 + (uint64_t)outcome->entry.refusal.more;
    return err;
}

size_t
statistics_count(const struct statistics *statistics)
{
    return statistics->rows_count;
}

const struct statistics_row *
statistics_at(const struct statistics *statistics, size_t index)
{
    return &statistics->rows[index];
}

/* ---- summing hits */

static int
compare_sums(const void *a, const void *b)
{
    const struct statistics_hits *left = a, *right = b;
    int order = strcmp(left->month, right->month);

    return order != 0 ? order : strcmp(left->owner, right->owner);
}

/* One hit as a row of its own, which are then added up. */
static struct statistics_hits
sum_of(const struct hit *hit, uint64_t now_ms)
{
    struct statistics_hits sum = {.reported = 1};

    write_month(hit->reported_ms, sum.month);
    memcpy(sum.owner, hit->owner, sizeof sum.owner);
    sum.in_time = hit->answered_ms != 0 && hit->answered_ms <= hit->deadline_ms;
    sum.late = hit->answered_ms > hit->deadline_ms;
    sum.unanswered = hit->answered_ms == 0 && now_ms > hit->deadline_ms;
    sum.open = hit->answered_ms == 0 && now_ms <= hit->deadline_ms;
    return sum;
}

enum err
statistics_sum_hits(struct statistics *statistics, const struct statistics_hits **out,
                    size_t *count)
{
    struct statistics_hits *sums = calloc(statistics->hits_count + 1, sizeof *sums);
    size_t used = 0;

    if (sums == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < statistics->hits_count; i++)
        sums[i] = sum_of(&statistics->hits[i], statistics->time_ms);
    qsort(sums, statistics->hits_count, sizeof *sums, compare_sums);
    for (size_t i = 0; i < statistics->hits_count; i++) {
        if (used == 0 || compare_sums(&sums[used - 1], &sums[i]) != 0) {
            sums[used++] = sums[i];
            continue;
        }
        sums[used - 1].reported += sums[i].reported;
        sums[used - 1].in_time += sums[i].in_time;
        sums[used - 1].late += sums[i].late;
        sums[used - 1].unanswered += sums[i].unanswered;
        sums[used - 1].open += sums[i].open;
    }
    free(statistics->sums);
    statistics->sums = sums;
    *out = sums;
    *count = used;
    return ERR_OK;
}
