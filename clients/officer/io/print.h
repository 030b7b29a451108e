/*
 * print.h - messages, receipts and where they stand, for people and for other programs.
 *
 * Host.  Writes to standard output.  Peer text is escaped.
 */
#ifndef CLIENTS_OFFICER_IO_PRINT_H
#define CLIENTS_OFFICER_IO_PRINT_H

#include "clients/message_json.h"
#include "clients/officer/io/desk.h"
#include "clients/officer/officer.h"

/* One line of JSON; takes the tree.  ERR_NOMEM: it is NULL.  ERR_IO: it cannot be written. */
enum err print_json(json_t *tree);

/* "jp.npa, kr.moj (@sltd)"; cut if it is longer than the buffer. */
enum { PRINT_NAMES_BYTES = 256 };
void print_names(const struct header *header, char out[PRINT_NAMES_BYTES]);

/* Where the message of a sent row stands; filled by print_standing_of. */
struct print_standing {
    struct store_sent sent;
    struct header header;
    struct officer_recipient *recipients; /* header.to_count of them */
    Denrei__V1__Action next_action;       /* UPDATE or WITHDRAW that took its place, or 0 */
    struct id next;                       /* its id */
    uint64_t next_ms;                     /* when it was accepted */
};

/* In one word: "waiting", "refused", "accepted", "updated" or "withdrawn". */
const char *print_stage(const struct print_standing *standing);

/* The words of actions and replies in a table: "update", "withdrawal", "reply" or "". */
const char *print_action(const struct header *header);

/* Read a row and what recipients said of it, into the desk's arena. */
enum err print_standing_of(struct desk *desk, const struct store_sent *sent,
                           struct print_standing *out);

/* Print it with a line for each recipient, or as JSON. */
enum err print_standing(struct desk *desk, const struct print_standing *standing);

/* The JSON of it; the caller must json_decref *out. */
enum err print_standing_json(struct desk *desk, const struct print_standing *standing,
                             json_t **out);

#endif /* CLIENTS_OFFICER_IO_PRINT_H */
