#include "clients/audit/io/replay.h"

#include "keys/log_keys.h"
#include "proto/hash.h"
#include "proto/io/clock.h"
#include "proto/io/term.h"
#include "proto/mla_thread.h"
#include "proto/nearest.h"

#include <stdio.h>

enum { PROGRESS_EVERY = 256 };

static void
count(struct replay_report *report, const struct audit_outcome *outcome)
{
    report->entries++;
    if (!outcome->is_decoded)
        return;
    switch (outcome->entry.type) {
    case DENREI__V1__LOG_ENTRY__EVENT_MESSAGE:
        report->messages++;
        break;
    case DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT:
        report->documents++;
        break;
    case DENREI__V1__LOG_ENTRY__EVENT_DELIVERY:
        report->receipts++;
        break;
    case DENREI__V1__LOG_ENTRY__EVENT_REFUSAL:
        report->refusals++;
        break;
    case DENREI__V1__LOG_ENTRY__EVENT_GENESIS:
    case DENREI__V1__LOG_ENTRY__EVENT_ERASURE:
    case DENREI__V1__LOG_ENTRY__EVENT_RELAY_EVENT:
    case DENREI__V1__LOG_ENTRY__EVENT_ACCESS:
    case DENREI__V1__LOG_ENTRY__EVENT__NOT_SET:
    case _DENREI__V1__LOG_ENTRY__EVENT__CASE_IS_INT_SIZE:
        break;
    }
}

static void
tell_fault(const struct audit_outcome *outcome, struct replay_report *report,
           struct problems *problems)
{
    char path[32];
    const char *refusal = outcome->fault == AUDIT_AUTHORITY ? refusal_text(outcome->refusal) : "";

    report->faults++;
    if (report->faults > REPLAY_FAULTS_MAX)
        return;
    snprintf(path, sizeof path, "entry %llu", (unsigned long long)outcome->leaf);
    problems_add(problems, path, "", "%s%s%s%s%s", audit_fault_text(outcome->fault),
                 refusal[0] == '\0' ? "" : ": ", refusal,
                 outcome->subject[0] == '\0' ? "" : "; it is about ", outcome->subject);
}

/* An export carries each entry's hash a second time, which tells where it was changed. */
static void
compare_tile(struct source *source, struct span entry, uint64_t leaf, struct replay_report *report,
             struct problems *problems)
{
    struct hash tile;
    struct hash own = merkle_leaf_hash(entry);
    char path[32];

    if (source_tile_hash(source, leaf, &tile) != ERR_OK || hash_is_equal(&tile, &own))
        return;
    if (!report->has_wrong_leaf) {
        report->has_wrong_leaf = true;
        report->wrong_leaf = leaf;
        snprintf(path, sizeof path, "entry %llu", (unsigned long long)leaf);
        problems_add(problems, path, "", "its bytes are not those that the log's tree holds");
    }
}

/* A case whose order its parties broke, and neither refused: no fault of the log. */
static void
tell_case(void *context, uint64_t leaf, const char *from, uint32_t states)
{
    char path[32], text[MLA_STATES_TEXT_BYTES];

    snprintf(path, sizeof path, "entry %llu", (unsigned long long)leaf);
    mla_states_text(states, text);
    problems_add(context, path, "ask both parties of the case",
                 "%s could take no step in its case here (%.200s), and it was not refused", from,
                 text);
}

static enum err
read_all(const struct replay_options *options, struct audit *audit, struct docket *docket,
         struct arena *arena, struct replay_report *report, struct problems *problems)
{
    struct term_progress progress;
    enum err err = ERR_OK;

    term_progress_begin(&progress, options->what == NULL ? "" : options->what,
                        source_size(options->source));
    while (err == ERR_OK) { /* ends: the source has as many entries as its checkpoint says */
        struct audit_event event = {.document = {NULL, 0}};
        struct audit_outcome outcome;
        struct log_entry entry;
        uint64_t leaf = source_leaf(options->source);
        err = source_next(options->source, &event.entry, problems);
        if (err != ERR_OK)
            break;
        if (audit_peek_document(audit, event.entry, &entry))
            event.document = source_document(options->source, &entry.document.hash);
        audit_step(audit, &event, &outcome);
        count(report, &outcome);
        arena_reset(arena);
        err = docket_take(docket, &outcome, arena);
        if (err != ERR_OK)
            break;
        compare_tile(options->source, event.entry, leaf, report, problems);
        if (outcome.fault != AUDIT_SOUND)
            tell_fault(&outcome, report, problems);
        if (options->each != NULL)
            err = options->each(options->context, &outcome, event.entry);
        if (options->what != NULL && leaf % PROGRESS_EVERY == 0)
            term_progress_update(&progress, leaf);
    }
    term_progress_end(&progress);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* An entry's time is the relay's claim; that of the quorum which saw the entry bounds it. */
static void
judge_time(const struct audit *audit, struct replay_report *report, struct problems *problems)
{
    report->is_time_right =
        report->witnessed_ms == 0 || audit_time_ms(audit) <= report->witnessed_ms + CLOCK_SKEW_MS;
    if (!report->is_time_right)
        problems_add(problems, "checkpoint", "",
                     "its last entry claims %s, and a quorum of witnesses saw it at %s already",
                     time_text_utc(audit_time_ms(audit)).text,
                     time_text_utc(report->witnessed_ms).text);
}

static void
judge_checkpoint(const struct replay_options *options, const struct audit *audit,
                 struct replay_report *report, struct problems *problems)
{
    const struct directory *directory = trust_directory(audit_trust(audit), TRUST_UNLOGGED);
    struct checkpoint_verified verified;
    struct log_keys keys;
    struct hash root = merkle_root(audit_tree(audit));

    if (log_keys_make(directory, &keys) != ERR_OK)
        return;
    struct checkpoint_policy policy = log_keys_policy(&keys, 0);
    report->witnesses = keys.witnesses_count;
    report->quorum = keys.quorum;
    if (checkpoint_verify(source_checkpoint(options->source), &policy, &verified) != ERR_OK) {
        problems_add(problems, "checkpoint", "", "it is not signed by this federation's log");
        return;
    }
    report->is_signed = true;
    report->cosigners = verified.cosigners;
    if (keys.quorum > 0)
        report->witnessed_ms = checkpoint_time_ms(&verified, keys.quorum);
    judge_time(audit, report, problems);
    report->is_root_right =
        verified.head.leaf_count == report->entries && hash_is_equal(&verified.head.root, &root);
    if (!report->is_root_right)
        problems_add(problems, "checkpoint", "",
                     "the entries do not lead to the root that the log signed");
}

/* Who has left since is in an earlier directory. */
static bool
was_member(const struct trust *trust, uint64_t entries, const char *member)
{
    const struct directory *directory = trust_directory(trust, TRUST_UNLOGGED), *last = directory;
    bool is_found = directory_find_member(directory, member) != NULL;

    for (uint64_t leaf = 0; leaf < entries && !is_found; leaf++) {
        directory = trust_directory(trust, leaf);
        if (directory != last)
            is_found = directory_find_member(directory, member) != NULL;
        last = directory;
    }
    return is_found;
}

/* A slip in a member's id must not look like a member that did nothing. */
static void
look_for_member(const struct replay_options *options, const struct audit *audit,
                struct replay_report *report)
{
    const struct directory *directory = trust_directory(audit_trust(audit), TRUST_UNLOGGED);
    struct nearest nearest;

    if (options->member == NULL || was_member(audit_trust(audit), report->entries, options->member))
        return;
    report->lacks_member = true;
    nearest_init(&nearest, options->member);
    for (size_t i = 0; i < directory->members_count; i++)
        nearest_offer(&nearest, directory->members[i].id);
    if (nearest.count > 0)
        snprintf(report->nearest, sizeof report->nearest, "did you mean %s?", nearest.names[0]);
}

enum err
replay_run(const struct replay_options *options, struct replay_report *report,
           struct problems *problems)
{
    struct audit *audit = NULL;
    struct docket *docket = NULL;
    struct arena *arena = NULL;
    uint64_t started_ms = clock_boot_ms();
    enum err err = audit_new(options->root_file, &audit);

    *report = (struct replay_report){.entries = 0};
    if (err != ERR_OK) {
        problems_add(problems, "root file", "use the root file of this federation",
                     "the root file does not verify: %s", err_text(err));
        return err;
    }
    err = docket_new(&docket);
    if (err == ERR_OK)
        err = arena_new(2 * (size_t)ENTRY_BYTES_MAX, &arena);
    if (err == ERR_OK)
        err = read_all(options, audit, docket, arena, report, problems);
    if (err == ERR_OK)
        err = docket_judge(docket, tell_case, problems, &report->cases);
    if (err == ERR_OK) {
        judge_checkpoint(options, audit, report, problems);
        look_for_member(options, audit, report);
    }
    report->elapsed_ms = clock_boot_ms() - started_ms;
    docket_free(&docket);
    arena_free(&arena);
    audit_free(&audit);
    return err;
}

bool
replay_is_sound(const struct replay_report *report)
{
    return report->faults == 0 && report->is_signed && report->is_root_right &&
           report->is_time_right && !report->has_wrong_leaf;
}
