/*
 * phrase.h - the fixed words around a message that people read, in each language.
 *
 * Pure.  Field labels, enum values and kinds are not here: they stand beside the fields in the
 * .proto files (proto/help.h).
 */
#ifndef CLIENTS_PHRASE_H
#define CLIENTS_PHRASE_H

#include "proto/language.h"

enum phrase {
    PHRASE_MESSAGE,
    PHRASE_KIND,
    PHRASE_ACTION,
    PHRASE_FROM,
    PHRASE_TO,
    PHRASE_PRIORITY,
    PHRASE_HANDLING,
    PHRASE_USE,
    PHRASE_LEGAL_BASIS,
    PHRASE_THREAD,
    PHRASE_IN_REPLY_TO,
    PHRASE_SUPERSEDES,
    PHRASE_REFERENCE,
    PHRASE_CREATED,
    PHRASE_EXPIRES,
    PHRASE_ACCEPTED,
    PHRASE_LOG_ENTRY,
    PHRASE_RECEIVED,
    PHRASE_SIGNED,
    PHRASE_SIGNED_BY,
    PHRASE_REFUSED,
    PHRASE_REFUSED_WHY,
    PHRASE_SUSPECT,
    PHRASE_SUSPECT_WHY,
    PHRASE_UPDATED,
    PHRASE_UPDATED_WHY,
    PHRASE_STATE,
    PHRASE_REASON,
    PHRASE_STAGE,
    PHRASE_NO_CONTENT,
    PHRASE_WITHDRAWN_AT,
    PHRASE_UPDATED_AT,
    PHRASE_AT_BY,
    PHRASE_ORIGINAL,
    PHRASE_DUE,
    PHRASE_UNKNOWN,
    PHRASE_ANSWERS,
    PHRASE_WITHDRAWAL_EMPTY,
    PHRASE_CONTENT_ENDED,
    PHRASE_IS_TOMBSTONE,
    PHRASE_IS_WITHDRAWN,
    PHRASE_IS_EXPIRED,
    PHRASE_IS_UPDATED,
    PHRASE_IS_UNREAD,
    PHRASE_IS_READ,
    PHRASE_IS_REFUSED,
    PHRASE_IS_ACCEPTED,
    PHRASE_IS_WAITING,
    PHRASE_IS_NOT_SENT,
    PHRASE_RECORD_LIVE,
    PHRASE_RECORD_UNREADABLE,
    PHRASE_RECORD_WITHDRAWAL,
    PHRASE_STATE_WORD,
    PHRASE_COUNT
};

/* The phrase; with the same conversions (%s, %llu) in the same order in every language. */
const char *phrase(enum phrase phrase, enum language language);

#endif /* CLIENTS_PHRASE_H */
