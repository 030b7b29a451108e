/*
 * records_inner.h - what records*.c share: the statements, prepared once.
 */
#ifndef CLIENTS_NODE_IO_RECORDS_INNER_H
#define CLIENTS_NODE_IO_RECORDS_INNER_H

#include "clients/node/io/records.h"
#include "proto/io/db.h"

enum records_statement {
    RECORDS_PUT,
    RECORDS_END,
    RECORDS_ERASE,
    RECORDS_EXPIRED,
    RECORDS_DROP_DOCUMENTS,
    RECORDS_DROP_BLOCKS,
    RECORDS_PUT_DOCUMENT,
    RECORDS_PUT_BLOCK,
    RECORDS_DROP_PERSON,
    RECORDS_DROP_PERSON_KEY,
    RECORDS_PUT_PERSON,
    RECORDS_PUT_PERSON_KEY,
    RECORDS_PUT_STOP,
    RECORDS_PUT_THREAD,
    RECORDS_PUT_REPLY,
    RECORDS_PUT_STEP,
    RECORDS_PUT_RECEIPT,
    RECORDS_DROP_RECEIPTS,
    RECORDS_PUT_HOOK,
    RECORDS_DROP_HOOK,
    RECORDS_PUT_VIEW,
    RECORDS_PUT_IMPORT,
    RECORDS_DROP_IMPORT,
    RECORDS_WRITING_COUNT, /* those above need a writable database */
    RECORDS_FIND = RECORDS_WRITING_COUNT,
    RECORDS_AT,
    RECORDS_NEXT,
    RECORDS_FIND_PREFIX,
    RECORDS_FIND_STOP,
    RECORDS_FIND_THREAD,
    RECORDS_REPLIES,
    RECORDS_STEPS,
    RECORDS_RECEIPTS,
    RECORDS_NEXT_HOOK,
    RECORDS_SNAPSHOT,
    RECORDS_VIEW,
    RECORDS_IMPORTS,
    RECORDS_ALIKE,
    RECORDS_ALIKE_BLOCK,
    RECORDS_DOCUMENT,
    RECORDS_BLOCK,
    RECORDS_PERSON_OF,
    RECORDS_PERSON_AT,
    RECORDS_PERSON_KEY,
    RECORDS_PERSON_HAN,
    RECORDS_STATEMENTS
};

struct records {
    sqlite3 *db;
    sqlite3_stmt *statements[RECORDS_STATEMENTS];
    bool has_erased; /* content that the write-ahead log may still hold */
    bool has_view;   /* `view` is what version `view_version` of the database has */
    unsigned view_version;
    struct screen_view view;
};

#endif /* CLIENTS_NODE_IO_RECORDS_INNER_H */
