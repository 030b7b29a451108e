#include "clients/audit/io/source_inner.h"

#include "proto/hash.h"
#include "proto/io/clock.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { CHECKPOINT_POLL_MS = 100, PUBLISH_WAIT_MS = 5000 };

/* Keep one document of a reply. */
static enum err
keep(struct source *source, const Denrei__V1__DocumentsItem *item)
{
    struct source_kept *wider =
        realloc(source->documents, (source->documents_count + 1) * sizeof *source->documents);
    const struct span bytes = {item->document.data, item->document.len};

    if (wider == NULL)
        return ERR_NOMEM;
    source->documents = wider;
    struct source_kept *kept = &source->documents[source->documents_count];
    kept->bytes = malloc(bytes.len > 0 ? bytes.len : 1);
    if (kept->bytes == NULL)
        return ERR_NOMEM;
    memcpy(kept->bytes, bytes.data, bytes.len);
    kept->len = bytes.len;
    kept->hash = hash_spans(&bytes, 1);
    source->documents_count++;
    return ERR_OK;
}

/* All documents of the log; whether they are those that the log names is judged at the replay. */
static enum err
read_documents(struct source *source, struct problems *problems)
{
    uint64_t wanted = 1; /* the root file at least; each reply says how many there are */

    while (source->documents_count < wanted) {
        Denrei__V1__DocumentsCall call = DENREI__V1__DOCUMENTS_CALL__INIT;
        Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
        Denrei__V1__Reply *reply = NULL;

        arena_reset(source->arena);
        call.after = source->documents_count;
        request.call_case = DENREI__V1__REQUEST__CALL_DOCUMENTS;
        request.documents = &call;
        enum err err = connect_call(source->connect, &request, CONNECT_TIMEOUT_MS, source->arena,
                                    &reply, problems);
        if (err == ERR_OK && reply->documents->n_items == 0)
            err = ERR_FORMAT;
        for (size_t i = 0; err == ERR_OK && i < reply->documents->n_items; i++)
            err = keep(source, reply->documents->items[i]);
        if (err != ERR_OK)
            return err;
        wanted = reply->documents->documents;
    }
    return ERR_OK;
}

static enum err
ask_entries(struct source *source, struct problems *problems)
{
    Denrei__V1__EntriesCall call = DENREI__V1__ENTRIES_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Reply *reply = NULL;

    source->reply = NULL;
    source->reply_index = 0;
    arena_reset(source->arena);
    call.from_leaf = source->leaf;
    call.count = ENTRIES_MAX;
    request.call_case = DENREI__V1__REQUEST__CALL_ENTRIES;
    request.entries = &call;
    enum err err = connect_call(source->connect, &request, CONNECT_TIMEOUT_MS, source->arena,
                                &reply, problems);
    if (err == ERR_OK)
        source->reply = reply->entries;
    return err;
}

/* What one Checkpoint call shows, both checked. */
struct shown {
    struct merkle_head published;
    struct merkle_head witnessed; /* of no leaves: none */
    const char *published_note;
    const char *witnessed_note;
};

static enum err
ask_checkpoint(struct source *source, struct shown *out, struct problems *problems)
{
    Denrei__V1__CheckpointCall call = DENREI__V1__CHECKPOINT_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Reply *reply = NULL;
    struct shown shown = {.witnessed_note = ""};

    arena_reset(source->arena);
    call.size = connect_session(source->connect)->head.leaf_count;
    request.call_case = DENREI__V1__REQUEST__CALL_CHECKPOINT;
    request.checkpoint = &call;
    enum err err = connect_call(source->connect, &request, CONNECT_TIMEOUT_MS, source->arena,
                                &reply, problems);
    if (err != ERR_OK)
        return err;
    const Denrei__V1__CheckpointReply *answer = reply->checkpoint;
    err =
        connect_take_published(source->connect, answer, source->arena, &shown.published, problems);
    if (err == ERR_OK && answer->witnessed[0] != '\0') {
        err = session_check_signed(connect_session(source->connect), answer->witnessed,
                                   &shown.witnessed);
        if (err == ERR_OK)
            err = session_check_extends(&shown.witnessed, &shown.published,
                                        answer->witnessed_consistency,
                                        answer->n_witnessed_consistency, source->arena);
    }
    if (err != ERR_OK)
        return err;
    shown.published_note = answer->published;
    shown.witnessed_note = answer->witnessed;
    *out = shown;
    return ERR_OK;
}

/*
 * Ask until what was accepted before is published, which the relay does once a second, and for so
 * long until a quorum has cosigned it.
 */
static enum err
await_checkpoint(struct source *source, uint64_t witness_wait_ms, struct shown *out,
                 struct problems *problems)
{
    const struct session *session = connect_session(source->connect);
    bool has_witnesses = trust_directory(session->trust, TRUST_UNLOGGED)->witnesses_count > 0;
    const uint64_t wanted = session->head.leaf_count;
    const uint64_t began_ms = clock_boot_ms();

    for (;;) { /* ends: both waits are bounded */
        enum err err = ask_checkpoint(source, out, problems);
        if (err != ERR_OK)
            return err;
        uint64_t waited_ms = clock_boot_ms() - began_ms;
        bool is_published = out->published.leaf_count >= wanted;
        if (is_published &&
            (!has_witnesses || out->witnessed.leaf_count >= wanted || waited_ms >= witness_wait_ms))
            return ERR_OK;
        if (!is_published && waited_ms >= PUBLISH_WAIT_MS) {
            problems_add(problems, connect_endpoint(source->connect),
                         "try again; if it stays so, tell the operator",
                         "the relay does not publish what its last checkpoint covers");
            return ERR_TIMEOUT;
        }
        poll(NULL, 0, CHECKPOINT_POLL_MS);
    }
}

/* The checkpoint that bounds the replay: the log may grow meanwhile. */
static enum err
take_checkpoint(struct source *source, uint64_t witness_wait_ms, struct problems *problems)
{
    const uint64_t wanted = connect_session(source->connect)->head.leaf_count;
    struct shown shown;
    enum err err = await_checkpoint(source, witness_wait_ms, &shown, problems);

    if (err != ERR_OK)
        return err;
    bool is_witnessed = witness_wait_ms > 0 && shown.witnessed.leaf_count >= wanted;
    source->size = is_witnessed ? shown.witnessed.leaf_count : shown.published.leaf_count;
    source->checkpoint =
        (uint8_t *)strdup(is_witnessed ? shown.witnessed_note : shown.published_note);
    if (source->checkpoint == NULL)
        return ERR_NOMEM;
    source->checkpoint_len = strlen((const char *)source->checkpoint);
    return ERR_OK;
}

enum err
source_open_relay(struct connect *connect, uint64_t witness_wait_ms, struct problems *problems,
                  struct source **out)
{
    struct source *source = calloc(1, sizeof *source);
    enum err err = source == NULL ? ERR_NOMEM : arena_new(ARENA_BYTES_MAX, &source->arena);

    *out = NULL;
    if (err == ERR_OK) {
        source->connect = connect;
        err = take_checkpoint(source, witness_wait_ms, problems);
    }
    if (err == ERR_OK) { /* after the checkpoint, so that none is missing that it covers */
        source->reply = NULL;
        err = read_documents(source, problems);
    }
    if (err != ERR_OK) {
        source_close(&source);
        return err;
    }
    *out = source;
    return ERR_OK;
}

enum err
source_relay_next(struct source *source, struct span *entry, struct problems *problems)
{
    if (source->reply == NULL || source->reply_index == source->reply->n_entries) {
        enum err err = ask_entries(source, problems);
        if (err != ERR_OK)
            return err;
        if (source->reply->n_entries == 0) {
            problems_add(problems, connect_endpoint(source->connect),
                         "keep the checkpoint as evidence and tell the operator",
                         "the relay does not give entry %llu, which its checkpoint covers",
                         (unsigned long long)source->leaf);
            return ERR_FORMAT;
        }
    }
    ProtobufCBinaryData data = source->reply->entries[source->reply_index];
    *entry = (struct span){data.data, data.len};
    source->reply_index++;
    source->leaf++;
    return ERR_OK;
}
