/*
 * inbox.h - which received messages an officer asks to see.
 *
 * Pure.
 */
#ifndef CLIENTS_OFFICER_INBOX_H
#define CLIENTS_OFFICER_INBOX_H

#include "proto/kind.h"
#include "proto/message.h"
#include "proto/message_id.h"
#include "proto/problem.h"

/* What is asked for as it was written; NULL, 0 or false where nothing is. */
struct inbox_words {
    const char *kind, *from, *priority;
    const char *thread, *id; /* their first digits */
    bool unread;
    uint64_t since_ms, until_ms; /* when the relay accepted it; until is exclusive */
};

/* The same, read; borrows the texts. */
struct inbox_filter {
    const struct kind_type *kind;  /* NULL: all */
    const char *from;              /* NULL: all */
    Denrei__V1__Priority priority; /* 0: all */
    bool has_thread, has_id, is_unread;
    struct message_id_range thread, id;
    uint64_t since_ms, until_ms; /* until 0: no end */
};

/* ERR_USAGE: a word means nothing; `problems` has each with its option, and the nearest. */
enum err inbox_filter_read(const struct inbox_words *words, struct inbox_filter *out,
                           struct problems *problems);

/* Whether a message, accepted at `time_ms`, is asked for. */
bool inbox_filter_takes(const struct inbox_filter *filter, const struct header *header,
                        uint64_t time_ms, bool is_read);

#endif /* CLIENTS_OFFICER_INBOX_H */
