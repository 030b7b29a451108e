/*
 * stored.h - a node's records in a folder of their own, and lost passports to put there.
 */
#ifndef TESTS_UNIT_CLIENTS_NODE_STORED_H
#define TESTS_UNIT_CLIENTS_NODE_STORED_H

#include "clients/node/io/records.h"
#include "proto/io/disk.h"
#include "proto/wire.h"
#include "tests/unit/proto/example.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/denrei-node-XXXXXX";
static struct records *records;

static inline void
stored_setup(void)
{
    umask(077);
    example_setup();
    ck_assert_ptr_nonnull(mkdtemp(dir));
    ck_assert_int_eq(records_open(dir, true, &records), ERR_OK);
}

static inline void
remove_dir(void)
{
    char command[64];

    snprintf(command, sizeof command, "rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
}

static inline void
stored_teardown(void)
{
    records_close(&records);
    ck_assert_ptr_null(records);
    records_close(&records);
    example_teardown();
    remove_dir();
}

/* A document's record; `last` is "" for a single one. */
static inline Denrei__V1__LostDocument
lost_document(const char *number, const char *last, const char *state)
{
    Denrei__V1__LostDocument document = DENREI__V1__LOST_DOCUMENT__INIT;

    document.number = (char *)(uintptr_t)number;
    document.last_number = (char *)(uintptr_t)last;
    document.issuing_state = (char *)(uintptr_t)state;
    document.type = DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_PASSPORT;
    document.status = DENREI__V1__LOST_STATUS__LOST_STATUS_STOLEN;
    document.additional_info = (char *)(uintptr_t) "cover torn, unmistakable";
    return document;
}

/* Message number `leaf` with the header of example.h and `content`; bytes lie in the arena. */
static inline struct record
record_with(uint64_t leaf, const ProtobufCMessage *content)
{
    struct header header = example_header();
    struct record record = {.leaf = leaf,
                            .slot = {DENREI__V1__LANE__LANE_REST, leaf},
                            .sender = "jp.npa",
                            .hash = example_hash((uint8_t)leaf),
                            .state = RECORD_LIVE,
                            .time_ms = EXAMPLE_TIME_MS + leaf,
                            .received_ms = EXAMPLE_TIME_MS + 1000 + leaf,
                            .expires_ms = header.expires_at_ms};

    bytes_put_u32(header.id.bytes + 12, (uint32_t)leaf);
    record.id = header.id;
    ck_assert_int_eq(header_encode(&header, arena, &record.header), ERR_OK);
    if (content != NULL)
        ck_assert_int_eq(wire_encode(content, arena, &record.content), ERR_OK);
    return record;
}

/* Store the documents as message number `leaf`, in force until `expires_ms`. */
static inline void
store_until(uint64_t leaf, uint64_t expires_ms, Denrei__V1__LostDocument *documents, size_t count)
{
    Denrei__V1__LostPassport content = DENREI__V1__LOST_PASSPORT__INIT;
    Denrei__V1__HitInstructions instructions = DENREI__V1__HIT_INSTRUCTIONS__INIT;
    Denrei__V1__LostDocument *list[64];

    for (size_t i = 0; i < count; i++)
        list[i] = &documents[i];
    content.documents = list;
    content.n_documents = count;
    content.instructions = &instructions;
    instructions.note = (char *)(uintptr_t) "call us";
    struct record record = record_with(leaf, &content.base);
    record.expires_ms = expires_ms;
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_put(records, &record), ERR_OK);
    ck_assert_int_eq(records_index_lost(records, leaf, expires_ms, &content), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
}

static inline void
store_one(uint64_t leaf, const char *number, const char *last, const char *state)
{
    Denrei__V1__LostDocument document = lost_document(number, last, state);

    store_until(leaf, EXAMPLE_TIME_MS + 90 * DAY_MS, &document, 1);
}

/* How many bytes a file of the store has; 0 if it is not there. */
static inline size_t
file_bytes(const char *name)
{
    char path[DISK_PATH_BYTES];
    struct stat status;

    ck_assert_int_eq(disk_join(dir, name, path), ERR_OK);
    return stat(path, &status) == 0 ? (size_t)status.st_size : 0;
}

/* Whether a file of the store holds `text` anywhere. */
static inline bool
file_has(const char *name, const char *text)
{
    char path[DISK_PATH_BYTES];
    uint8_t *bytes = NULL;
    size_t len = 0;

    ck_assert_int_eq(disk_join(dir, name, path), ERR_OK);
    if (disk_read(path, 64 << 20, &bytes, &len) != ERR_OK)
        return false;
    bool has = memmem(bytes, len, text, strlen(text)) != NULL;
    free(bytes);
    return has;
}

#endif /* TESTS_UNIT_CLIENTS_NODE_STORED_H */
