/*
 * refusal.h - the stable codes of what the relay or a recipient refuses, and their sentences.
 *
 * Pure.  Codes go over the wire, into the log and into JSON: a number is never reused.
 */
#ifndef PROTO_REFUSAL_H
#define PROTO_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

enum refusal {
    REFUSAL_NONE = 0,
    REFUSAL_MALFORMED = 1,    /* bytes do not parse, or a field is out of its bounds */
    REFUSAL_SUITE = 2,        /* unknown suite */
    REFUSAL_SIGNATURE = 3,    /* the signature does not verify */
    REFUSAL_SENDER = 4,       /* `from` is not the session's member */
    REFUSAL_CREDENTIAL = 5,   /* credential unknown, revoked, expired, or of another purpose */
    REFUSAL_RECIPIENT = 6,    /* a recipient is not a member, or cannot receive at all */
    REFUSAL_KIND_SEND = 7,    /* the directory or the credential does not grant the kind */
    REFUSAL_KIND_RECEIVE = 8, /* a recipient may not receive the kind */
    REFUSAL_LEGAL_BASIS = 9,  /* none, unknown, or not between these members for this kind */
    REFUSAL_GROUP = 10,       /* group unknown, or `to` is not the group's members */
    REFUSAL_TIMES = 11,       /* created_at, deliver_until or expires_at out of bounds */
    REFUSAL_STALE = 12,       /* not the current directory or roster versions */
    REFUSAL_EXPIRED = 13,     /* the directory or a roster has expired */
    REFUSAL_CONFLICT = 14,    /* same id with other bytes */
    REFUSAL_SUPERSEDES = 15,  /* not the sender's own message, or not its current head */
    REFUSAL_BODY = 16,        /* body does not match the seal */
    REFUSAL_WRAPS = 17,       /* wraps do not match the seal or the recipients */
    REFUSAL_COMMITMENT = 18,  /* the content key does not match the commitment */
    REFUSAL_CONTENT = 19,     /* the opened content breaks the kind's rules */
    REFUSAL_THREAD = 20,      /* in_reply_to or thread_id do not fit */
    REFUSAL_UNWITNESSED = 21, /* no quorum of witnesses for too long */
    REFUSAL_RATE = 22,        /* too much at once: wait and try again */
    REFUSAL_NO_SPACE = 23,    /* the relay's disk is nearly full */
    REFUSAL_NOT_FOUND = 24,   /* no such message, leaf or document */
    REFUSAL_NOT_ALLOWED = 25, /* the credential's purpose does not allow this call */
    REFUSAL_DOCUMENT = 26,    /* a published document does not verify or does not follow on */
    REFUSAL_CHECKPOINT = 27,  /* a cosignature or size does not fit the published checkpoint */
    REFUSAL_TOO_LARGE = 28,   /* more than the bound of limits.h */
    REFUSAL_STOPPING = 29,    /* the relay is shutting down */
    REFUSAL_CLOCK = 30,       /* the relay's clock is not to be trusted */
    REFUSAL_ATTACHMENT = 31,  /* a chunk of an attachment is missing, or not what was sealed */
    REFUSAL_QUOTA = 32,       /* the member's unfinished uploads take all that is allowed */
    REFUSAL_HANDLING = 33, /* handling label, use restriction or recipients too wide for the kind */
    REFUSAL_CASE = 34,     /* the state of its case does not allow this step by its sender */
    REFUSAL_COUNT
};

/*
 * Whether the code is the relay's state or the versions of the moment, not a fault of what was
 * sent: the very same, or a message sealed again, may pass later.
 */
bool refusal_is_temporary(uint32_t code);

/* Name in capitals without the prefix, for logs and JSON ("STALE"); "UNKNOWN" for other numbers. */
const char *refusal_name(uint32_t code);

/* One English sentence of what was wrong, without a full stop. */
const char *refusal_text(uint32_t code);

/* One English sentence of what to do next, without a full stop. */
const char *refusal_remedy(uint32_t code);

#endif /* PROTO_REFUSAL_H */
