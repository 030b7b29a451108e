/*
 * limits.h - every bound of the system, related by static_assert.
 */
#ifndef PROTO_LIMITS_H
#define PROTO_LIMITS_H

#include <assert.h>
#include <stdint.h>

enum {
    SUITE = 1,

    /* Identifiers (bytes without the NUL). */
    MEMBER_ID_MIN = 3, /* "jp.mofa" */
    MEMBER_ID_MAX = 64,
    LOCAL_ID_MAX = 32,  /* of a person or a machine within its member */
    ENDPOINT_MAX = 255, /* "tcp://ADDRESS:PORT" */

    /* Frames and their parts, in bytes. */
    FRAME_BYTES_MAX = 1 << 20,  /* one request or reply */
    CONTENT_BYTES_MAX = 262140, /* a serialised kind message */
    BODY_PADDED_MIN = 1024,
    BODY_PADDED_MAX = 262144,              /* Padmé of CONTENT_BYTES_MAX + 4, which is 2^18 */
    BODY_BYTES_MAX = BODY_PADDED_MAX + 16, /* with the authentication tag */
    WRAP_BYTES = 80,                       /* one recipient's encrypted key */
    ENTRY_BYTES_MAX = 65535,               /* the length in a tlog-tiles bundle has 16 bits */
    HEADER_BYTES_MAX = 20480,              /* with RECIPIENTS_MAX of the longest ids about 20,030 */
    SEAL_BYTES_MAX = 1024,                 /* with ATTACHMENTS_MAX about 900 */
    RECEIPT_BYTES_MAX = 320,               /* one serialised DeliveryReceipt, at most about 300 */
    HEAD_BYTES_MAX = 128,                  /* one serialised Head, at most about 120 */
    DOCUMENT_BYTES_MAX = 900000,           /* one signed directory or roster */
    DESCRIPTION_BYTES_MAX = 4096,          /* one line of a note, one error sentence */

    /* Attachments: a chunk's ciphertext, its path and its place fit in one frame. */
    ATTACHMENT_CHUNK_BYTES = 255 << 12, /* of the file, in one chunk */
    ATTACHMENT_CHUNK_EXTRA = 17,        /* that encryption adds to each */
    ATTACHMENT_BYTES_MAX = 1 << 30,     /* of one file */
    ATTACHMENT_CHUNKS_MAX = 1029,
    ATTACHMENT_PATH_MAX = 11, /* hashes from a chunk to the root */

    /* Counts. */
    RECIPIENTS_MAX = 256,
    BATCH_MAX = 256,    /* messages or receipts under one signature */
    BATCH_PATH_MAX = 8, /* hashes from a leaf of the batch to its root */
    ATTACHMENTS_MAX = 16,
    FETCH_CREDIT_MAX = 64, /* messages in one Fetch reply */
    ENTRIES_MAX = 1024,    /* entries, or documents, in one reply */
    TRACK_MAX = 64,        /* messages in one Track call */
    MEMBERS_MAX = 512,     /* this and what follows: per directory */
    GROUPS_MAX = 128,
    LEGAL_BASES_MAX = 256,
    CREDENTIALS_MAX = 512, /* per roster */
    MAILBOX_KEYS_MAX = 8,  /* per roster */
    ROOTS_MAX = 16,
    WITNESSES_MAX = 32,
    RELAYS_MAX = 8,

    /* Decoding (SECURITY P1, P2). */
    WIRE_DEPTH_MAX = 6,      /* messages in messages */
    WIRE_FIELDS_MAX = 65536, /* in all of one frame or document */
    ARENA_EXTRA_BYTES = 64 << 10,
    ARENA_BYTES_MAX = 8 << 20,

    FLASH_RUN_MAX = 8, /* FLASH messages before one of the rest */
};

#define SECOND_MS UINT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)
#define YEAR_MS   (366 * DAY_MS)

#define HIT_ANSWER_MS DAY_MS /* to answer a hit, where no legal basis says otherwise */
enum { ANSWER_HOURS_MAX = 30 * 24 };

#define DELIVER_MS_MIN    HOUR_MS /* from creation to the end of delivery */
#define DELIVER_MS_MAX    (30 * DAY_MS)
#define CLOCK_SKEW_MS     (5 * MINUTE_MS)  /* by which two honest clocks may differ */
#define ROSTER_MS_MAX     (7 * DAY_MS)     /* life of a roster */
#define FETCH_WAIT_MS_MAX (30 * SECOND_MS) /* a Fetch call may ask the relay to wait so long */
#define HEAD_FRESH_MS     (10 * MINUTE_MS) /* a mailbox head that is older proves nothing now */
#define WITNESS_FRESH_MS  (10 * MINUTE_MS) /* so does an older cosignature */
#define WITNESS_ALARM_MS  (15 * MINUTE_MS) /* without a quorum the relay warns */
#define WITNESS_STOP_MS   (4 * HOUR_MS)    /* and then accepts nothing more */
#define TIME_MS_MAX       UINT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */

static_assert(BATCH_MAX == 1 << BATCH_PATH_MAX);
static_assert(BODY_PADDED_MAX >= CONTENT_BYTES_MAX + 4);
static_assert(BODY_BYTES_MAX + RECIPIENTS_MAX * (WRAP_BYTES + 4) + ENTRY_BYTES_MAX <
              FRAME_BYTES_MAX);
static_assert(HEADER_BYTES_MAX + SEAL_BYTES_MAX + RECIPIENTS_MAX * 16 + 1024 < ENTRY_BYTES_MAX);
static_assert((ATTACHMENT_BYTES_MAX + ATTACHMENT_CHUNK_BYTES - 1) / ATTACHMENT_CHUNK_BYTES ==
              ATTACHMENT_CHUNKS_MAX);
static_assert(ATTACHMENT_CHUNKS_MAX <= 1 << ATTACHMENT_PATH_MAX);
static_assert(ATTACHMENT_CHUNK_BYTES + ATTACHMENT_CHUNK_EXTRA + ATTACHMENT_PATH_MAX * 34 + 256 <
              FRAME_BYTES_MAX);
static_assert(DOCUMENT_BYTES_MAX + ENTRY_BYTES_MAX < FRAME_BYTES_MAX);

#endif /* PROTO_LIMITS_H */
