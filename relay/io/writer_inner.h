/*
 * writer_inner.h - what the parts of the writer share; included by relay/io/writer*.c only.
 *
 * Host.
 */
#ifndef RELAY_IO_WRITER_INNER_H
#define RELAY_IO_WRITER_INNER_H

#include "relay/io/answer.h"
#include "relay/io/writer.h"

/* A Fetch that waits for news. */
struct waiting {
    struct net_session session;
    struct hash credential;
    const struct mailbox *mailbox; /* of its member; the relay keeps it */
    struct answer_fetch fetch;
    uint64_t documents;   /* newest when it came */
    uint64_t deadline_ms; /* clock_boot_ms */
};

struct writer {
    struct writer_parts parts;
    struct writer_settings settings;
    uint64_t now_ms; /* of the batch */
    uint64_t started_ms;
    uint64_t wall_ms, boot_ms; /* both clocks at one moment */
    uint64_t sessions;         /* open ones, as the last tick said */
    uint64_t traffic_ms;       /* of the last line about traffic */
    struct relay_counts told;  /* by it */
    bool is_full;
    bool is_stopping;
    bool is_trust_changed;
    bool has_erased;     /* bodies that the store's journal may still hold */
    uint64_t emptied_ms; /* when it was last emptied */
    struct arena *steps;
    struct arena *answers;
    struct relay_effects effects;
    size_t waiting_count;
    struct waiting waiting[WRITER_WAITING_MAX];
};

/* Step the machine and do its effects. */
void writer_step(struct writer *writer, const struct relay_event *event, struct arena *arena,
                 struct applied *applied);

/* Judge a request: admission, then the call's own event; the work has the outcome. */
void writer_judge(struct writer *writer, struct work *work);

/* What time brings: publishing, late records, erasures, the disk's free space. */
void writer_tick(struct writer *writer);

#endif /* RELAY_IO_WRITER_INNER_H */
