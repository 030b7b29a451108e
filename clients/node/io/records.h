/*
 * records.h - what a node keeps: messages, positions, receipts to be signed off, hooks to be run,
 * and the index that screening looks into: `node.db` in the state directory.
 *
 * Host.  Writing functions belong into a transaction of records_begin and records_commit, so that
 * a message, its position and its receipt are kept together or not at all.
 */
#ifndef CLIENTS_NODE_IO_RECORDS_H
#define CLIENTS_NODE_IO_RECORDS_H

#include "clients/node/confusion.h"
#include "clients/node/imported.h"
#include "clients/node/node.h"
#include "clients/node/screen.h"
#include "proto/lost_passport.pb-c.h"
#include "proto/message_id.h"

enum {
    RECORDS_FOUND_MAX = 64,
    RECORDS_RECEIPTS_MAX = 128 /* all of a full fetch, an update having two */
};

struct records;

/* What a message in force whose content is not here would be about. */
enum record_missing { RECORD_MISSES_NOTHING, RECORD_MISSES_DOCUMENTS, RECORD_MISSES_PERSON };

/* One stored message; spans are borrowed until the next call on the same records. */
struct record {
    uint64_t leaf;
    struct slot slot;
    const char *sender;
    struct id id;
    struct hash hash;
    enum record_state state;
    uint32_t reason; /* a refusal code with REFUSED and UNREADABLE */
    uint64_t time_ms;
    uint64_t received_ms;
    uint64_t expires_ms;         /* for records_put alone; readers take it from the header */
    enum record_missing missing; /* for records_put alone: counted in the view until it ends */
    struct span header;
    struct span content; /* empty when erased */
};

/*
 * Open `node.db` in the state directory `dir`, made with `may_write` where it is missing.  On
 * ERR_OK the caller must records_close *out, else it is NULL.
 * ERR_NOT_FOUND: without `may_write`, and it is not there: the node has not run yet.
 * Else as db_open says.
 */
enum err records_open(const char *dir, bool may_write, struct records **out);

/* Close it and set *records to NULL; NULL is left alone. */
void records_close(struct records **records);

/*
 * Begin, commit or give up a transaction; each ends what was lent by reading.  Where content was
 * erased, the commit also empties the write-ahead log, as soon as no reader needs it.
 * ERR_NOSPACE: the disk is full; ERR_BUSY: another process writes; nothing was changed.  A commit
 * that fails in another way ends the process (S2).
 */
enum err records_begin(struct records *records);
enum err records_commit(struct records *records);
void records_rollback(struct records *records);

/* ---- writing, in a transaction */

/* Store a message.  ERR_EXISTS: its leaf, slot or (sender, id) is there.  Else as db.h says. */
enum err records_put(struct records *records, const struct record *record);

/*
 * Enter a lost passport's documents, or their ranges, into the index under `leaf`, each until the
 * end of its review date, or until `expires_ms`.  ERR_FORMAT: a number that the kind's rules
 * refuse.
 */
enum err records_index_lost(struct records *records, uint64_t leaf, uint64_t expires_ms,
                            const Denrei__V1__LostPassport *content);

/* End a message: its state changes, its index entries go; `erase` overwrites its content. */
enum err records_end(struct records *records, uint64_t leaf, enum record_state state, bool erase);

/* End what has expired at `now_ms`; *count says how many. */
enum err records_expire(struct records *records, uint64_t now_ms, size_t *count);

/* Remember that (sender, id) ends when it comes, by the message at `leaf` that came before it. */
enum err records_put_stop(struct records *records, const struct message_ref *ref, uint64_t leaf,
                          enum record_state state);

/* Remember the member that began a thread; one that is remembered stays. */
enum err records_put_thread(struct records *records, const struct id *thread, const char *beginner);

/* Remember that the message at `leaf` replies to our own member's message `id`. */
enum err records_put_reply(struct records *records, const struct id *id, uint64_t leaf);

/* A received message of an MLA case. */
struct record_step {
    uint64_t leaf;
    bool is_unread; /* as mla_thread.h says, and the next two */
    bool is_reply;
    uint32_t steps;
    uint64_t time_ms;   /* for readers alone, as the next two */
    bool is_void;       /* it was refused, or could not be read */
    struct span header; /* in the reader's arena */
};

/* Remember the step that the stored message at step->leaf takes in the case of its thread. */
enum err records_put_step(struct records *records, const struct id *thread,
                          const struct record_step *step);

/* Queue a serialised DeliveryReceipt for the next acknowledgement. */
enum err records_put_receipt(struct records *records, struct span receipt);

/* Forget the queued receipts up to `sequence`: the relay has them, or never takes them. */
enum err records_drop_receipts(struct records *records, uint64_t sequence);

/* Have the hook run for the message at `leaf` not before `due_ms`; `attempts` were made. */
enum err records_put_hook(struct records *records, uint64_t leaf, uint64_t attempts,
                          uint64_t due_ms);
enum err records_drop_hook(struct records *records, uint64_t leaf);

/* Keep how far the data are proven; what is missing is counted, and has_witnesses not kept. */
enum err records_put_view(struct records *records, const struct screen_view *view);

/*
 * Enter a new generation of the imported list `name`, which replaces the one before; *generation is
 * its number, never given before.  The file of that number must be there before the commit.
 */
enum err records_put_import(struct records *records, const char *name, uint64_t *generation);

/* Forget the imported list `name`.  ERR_NOT_FOUND: there is none. */
enum err records_drop_import(struct records *records, const char *name);

/* ---- reading */

/* ERR_NOT_FOUND: there is none.  The other errors as db.h says. */
enum err records_find(struct records *records, const char *sender, const struct id *id,
                      struct record *out);
enum err records_at(struct records *records, uint64_t leaf, struct record *out);

/* The first message whose leaf is above `after`; ERR_NOT_FOUND: there is none. */
enum err records_next(struct records *records, uint64_t after, struct record *out);

/* Leaves of the messages whose id lies in `range`, at most `room` of them. */
enum err records_find_prefix(struct records *records, const struct message_id_range *range,
                             uint64_t *leaves, size_t room, size_t *count);

/* The stop that waits for (sender, id), if one does. */
enum err records_find_stop(struct records *records, const char *sender, const struct id *id,
                           uint64_t *leaf, enum record_state *state);

/* The member that began a thread.  ERR_NOT_FOUND: not known.  The other errors as db.h says. */
enum err records_find_thread(struct records *records, const struct id *thread,
                             char beginner[MEMBER_ID_MAX + 1]);

/* Leaves of the messages that reply to our own member's message `id`, at most `room` of them. */
enum err records_replies(struct records *records, const struct id *id, uint64_t *leaves,
                         size_t room, size_t *count);

/* The steps of a thread in the order of the log, the first `room` of them. */
enum err records_steps(struct records *records, const struct id *thread, struct arena *arena,
                       struct record_step *out, size_t room, size_t *count);

/* A queued receipt. */
struct record_receipt {
    uint64_t sequence; /* ascends */
    struct span bytes; /* serialised DeliveryReceipt */
};

/* Queued receipts, oldest first, at most RECORDS_RECEIPTS_MAX; their bytes lie in `arena`. */
enum err records_receipts(struct records *records, struct arena *arena,
                          struct record_receipt receipts[RECORDS_RECEIPTS_MAX], size_t *count);

/* The next hook that is due at `now_ms`; else ERR_NOT_FOUND, and *next_ms when one will be. */
enum err records_next_hook(struct records *records, uint64_t now_ms, uint64_t *leaf,
                           uint64_t *attempts, uint64_t *next_ms);

/* How far the data are proven; all zero before the first fetch.  The caller sets has_witnesses. */
enum err records_view(struct records *records, struct screen_view *out);

enum { RECORDS_IMPORTS_MAX = 16 };

/* An imported list; imports.h knows its file. */
struct record_import {
    uint64_t generation;
    char name[IMPORTED_SOURCE_BYTES];
};

/* The imported lists, the newest generation last.  Errors as db.h says. */
enum err records_imports(struct records *records, struct record_import list[RECORDS_IMPORTS_MAX],
                         size_t *count);

/* A document on record: which message, which of its documents, and how alike it is. */
struct record_match {
    uint64_t leaf;
    size_t place;
    struct confusion_grade grade;
};

/* What is looked up, and when. */
struct record_query {
    const struct screen_query *asked;
    uint64_t now_ms;
};

/*
 * records_view, and until records_release everything that is read is of the same moment as *view.
 * Not within a transaction.  Errors as db.h says; then nothing is held.
 */
enum err records_hold(struct records *records, struct screen_view *view);
void records_release(struct records *records);

/*
 * The documents on record that are, or may be confused with, what is asked for (confusion.h): those
 * of single numbers, of each number the newest first, then those of ranges; at most
 * RECORDS_FOUND_MAX of them, among which the very same are never missing.  Errors as db.h says.
 */
enum err records_find_lost(struct records *records, const struct record_query *query,
                           struct record_match matches[RECORDS_FOUND_MAX], size_t *count);

/* records_hold, records_find_lost and records_release in one. */
enum err records_screen(struct records *records, const struct record_query *query,
                        struct record_match matches[RECORDS_FOUND_MAX], size_t *count,
                        struct screen_view *view);

#endif /* CLIENTS_NODE_IO_RECORDS_H */
