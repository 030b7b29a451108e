/*
 * writer_inner.h - what the parts of the writer share; included by relay/io/writer*.c only.
 *
 * Host.
 */
#ifndef RELAY_IO_WRITER_INNER_H
#define RELAY_IO_WRITER_INNER_H

#include "relay/io/answer.h"
#include "relay/io/writer.h"

enum { WRITER_ERASED_MAX = 1024 };

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
    size_t erased_count; /* files of attachments that go once the batch is on disk */
    struct chunks_name erased[WRITER_ERASED_MAX];
    uint64_t free_bytes; /* of the disk, beyond the reserve, when it was last asked,
                            less the uploads admitted since */
    bool is_sweeping;    /* through the files of attachments */
    uint64_t swept_ms;   /* when it last came to the end of them */
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

/* What the store knows of the message (from, id), with its entry; and its header decoded from it.
 * Damage ends the process. */
enum refusal writer_find_known(struct writer *writer, const char *from, const struct id *id,
                               struct arena *arena, struct relay_known *out);
enum refusal writer_read_header(struct relay_known *known, struct arena *arena);

/* ---- attachments (writer_chunks.c) */

/* Judge a PutChunk or GetChunk: the work goes to the thread of chunks, or has its refusal. */
void writer_judge_put(struct writer *writer, struct work *work);
void writer_judge_get(struct writer *writer, struct work *work);

/* Whether all attachments of a message are there, whole. */
bool writer_has_attachments(struct writer *writer, const struct checked_message *checked);

/* The message was accepted: its attachments are no uploads any more. */
void writer_keep_attachments(struct writer *writer, const struct checked_message *checked);

/* Let the files of a message's attachments go with the batch that erases its body. */
void writer_erase_attachments(struct writer *writer, const struct header *header, struct span seal);

/* The batch is on disk: erase them. */
void writer_finish_erasing(struct writer *writer);

/*
 * Go through some files (or, at the start, all): one of an accepted message stays as long as its
 * body; what no message names is an upload, and goes after CHUNKS_ORPHAN_MS.
 */
void writer_sweep(struct writer *writer, size_t files_max);

/* Ask the disk how much is free; below the reserve no new message is accepted. */
void writer_check_space(struct writer *writer);

/* What time brings: publishing, late records, erasures, the disk's free space. */
void writer_tick(struct writer *writer);

#endif /* RELAY_IO_WRITER_INNER_H */
