/*
 * replay.h - a whole log from a source through the auditor, and what is wrong with it.
 *
 * Host.
 */
#ifndef CLIENTS_AUDIT_IO_REPLAY_H
#define CLIENTS_AUDIT_IO_REPLAY_H

#include "clients/audit/docket.h"
#include "clients/audit/io/source.h"

enum { REPLAY_FAULTS_MAX = 20 }; /* told one by one; all are counted */

/* Called for every entry; what is not ERR_OK ends the replay with that error. */
typedef enum err replay_each(void *context, const struct audit_outcome *outcome, struct span entry);

struct replay_options {
    struct source *source;
    struct span root_file;
    replay_each *each; /* NULL: none */
    void *context;
    const char *what;   /* of the progress line; NULL: none */
    const char *member; /* asked about; NULL: none */
};

/* What a replay found. */
struct replay_report {
    uint64_t entries;
    uint64_t messages;
    uint64_t documents;
    uint64_t receipts; /* entries with delivery receipts */
    uint64_t refusals;
    uint64_t faults;
    bool is_signed;      /* the checkpoint, by the log's key */
    bool is_root_right;  /* the entries lead to the checkpoint's root */
    bool is_time_right;  /* no entry claims a time after the quorum saw it (5 minutes of skew) */
    bool has_wrong_leaf; /* an entry is not the one that the export's tiles hash */
    uint64_t wrong_leaf; /* the first such */
    size_t witnesses;    /* that the directory names */
    size_t cosigners;    /* of them, that cosigned */
    uint32_t quorum;
    struct docket_report cases; /* of mutual legal assistance, by their headers */
    uint64_t witnessed_ms;      /* since when a quorum has seen it; 0: no quorum */
    uint64_t elapsed_ms;
    bool lacks_member; /* no directory of the log has the member that was asked about */
    char nearest[PROBLEM_TEXT_BYTES]; /* the members nearest to it, as a question; "" if none */
};

/*
 * Replay to the source's checkpoint and judge everything; each fault is added to `problems` with
 * its leaf.  ERR_OK: the replay ran to its end, whatever it found.
 * ERR_FORMAT: an entry cannot be read; `problems` says which.  Else what the source failed with.
 */
enum err replay_run(const struct replay_options *options, struct replay_report *report,
                    struct problems *problems);

/* Whether nothing is wrong; a missing quorum is told apart and is no fault. */
bool replay_is_sound(const struct replay_report *report);

#endif /* CLIENTS_AUDIT_IO_REPLAY_H */
