/*
 * node.h - what a node does with a message that was served to it: keep it or not, what it ends,
 * and what it signs about it.
 *
 * Pure.  A fault of the sender is an outcome that is stored and receipted, never an error; a fault
 * of the relay was found before (received.h).
 */
#ifndef CLIENTS_NODE_NODE_H
#define CLIENTS_NODE_NODE_H

#include "clients/received.h"

enum { NODE_RECEIPTS_MAX = 2 };

/* What became of a message; the number is stored. */
enum record_state {
    RECORD_LIVE = 1,       /* in force: screening looks at it */
    RECORD_REPLACED = 2,   /* a newer version came; content erased */
    RECORD_WITHDRAWN = 3,  /* its sender withdrew it; content erased */
    RECORD_EXPIRED = 4,    /* past its time; content erased */
    RECORD_REFUSED = 5,    /* broke a rule; content not kept */
    RECORD_UNREADABLE = 6, /* could not be opened */
    RECORD_TOMBSTONE = 7,  /* came without a body: delivery had ended */
    RECORD_WITHDRAWAL = 8  /* is itself a withdrawal: it has no content */
};

/* What is known of the message besides what was served. */
struct node_knowledge {
    enum err opened;        /* of received_open; ERR_OK for a tombstone too */
    bool is_content_right;  /* the kind's rules hold */
    bool is_out_of_case;    /* the state of its case does not allow it */
    bool has_stop;          /* a message that replaces or withdraws it came before it */
    enum record_state stop; /* what that made of it */
    bool has_older;         /* the message that it supersedes is stored and in force */
    uint64_t now_ms;        /* what has certainly passed: screen_proven_ms */
};

struct node_plan {
    enum record_state state;
    uint32_t reason;    /* a refusal code with REFUSED and UNREADABLE */
    bool keeps_content; /* else it is not stored */
    bool is_missing;    /* it is in force, and the node does not have what it says */
    bool ends_older;    /* the message that it supersedes becomes `older` */
    bool puts_stop;     /* it is not here yet: remember that it becomes `older` */
    enum record_state older;
    Denrei__V1__DeliveryStatus receipts[NODE_RECEIPTS_MAX]; /* to be signed, in this order */
    size_t receipts_count;
};

/* Decide. */
struct node_plan node_decide(const struct received *received,
                             const struct node_knowledge *knowledge);

/* The word for a state in capitals, as JSON has it; never NULL. */
const char *node_state_word(enum record_state state);

#endif /* CLIENTS_NODE_NODE_H */
