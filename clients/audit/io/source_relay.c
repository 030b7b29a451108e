#include "clients/audit/io/source_inner.h"

#include "proto/checkpoint.h"
#include "proto/hash.h"

#include <stdlib.h>
#include <string.h>

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

/* The checkpoint of the first reply bounds the replay: the log may grow meanwhile. */
static enum err
take_checkpoint(struct source *source, struct problems *problems)
{
    struct note note;
    struct checkpoint checkpoint;
    enum err err = ask_entries(source, problems);

    if (err != ERR_OK)
        return err;
    source->checkpoint_len = strlen(source->reply->checkpoint);
    source->checkpoint = (uint8_t *)strdup(source->reply->checkpoint);
    if (source->checkpoint == NULL)
        return ERR_NOMEM;
    err = note_parse(source_checkpoint(source), &note);
    if (err == ERR_OK)
        err = checkpoint_parse(note.text, &checkpoint);
    if (err == ERR_OK)
        source->size = checkpoint.head.leaf_count;
    return err;
}

enum err
source_open_relay(struct connect *connect, struct problems *problems, struct source **out)
{
    struct source *source = calloc(1, sizeof *source);
    enum err err = source == NULL ? ERR_NOMEM : arena_new(ARENA_BYTES_MAX, &source->arena);

    *out = NULL;
    if (err == ERR_OK) {
        source->connect = connect;
        err = take_checkpoint(source, problems);
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
