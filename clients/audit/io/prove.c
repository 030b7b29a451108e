#include "clients/audit/io/prove.h"

#include "clients/audit/evidence.h"
#include "clients/audit/io/prove_absence.h"
#include "clients/audit/tiles.h"
#include "proto/frame.h"
#include "proto/io/disk.h"
#include "proto/time_text.h"
#include "proto/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROVE_DOCUMENTS_MAX = 4096, CANDIDATES_MAX = 3 };

/* What is collected while the log goes by; all kept bytes lie in `kept`. */
struct prove {
    struct source *source;
    const struct message_id_range *range;
    struct span root_file;
    struct tiles *tiles;
    struct arena *kept;
    struct arena *arena; /* of one entry */
    struct problems *problems;
    Denrei__V1__EvidenceItem *documents[PROVE_DOCUMENTS_MAX];
    size_t documents_count;
    Denrei__V1__EvidenceItem *deliveries[EVIDENCE_DELIVERIES_MAX];
    size_t deliveries_count;
    Denrei__V1__EvidenceItem *message;
    size_t found;
    struct id ids[CANDIDATES_MAX];       /* of the first messages found; the first one is kept */
    const struct prove_absence *absence; /* NULL: not asked for */
    struct absence_builder *builder;
};

static enum err
keep(struct prove *prove, struct span entry, uint64_t leaf, Denrei__V1__EvidenceItem **out)
{
    Denrei__V1__EvidenceItem *item = arena_alloc(prove->kept, sizeof *item);
    void *copy = arena_copy(prove->kept, entry.data, entry.len);

    if (item == NULL || copy == NULL)
        return ERR_NOMEM;
    denrei__v1__evidence_item__init(item);
    item->entry = wire_put(copy, entry.len);
    item->leaf = leaf;
    *out = item;
    return ERR_OK;
}

static enum err
keep_document(struct prove *prove, struct span entry, uint64_t leaf, const struct hash *hash)
{
    struct span bytes = source_document(prove->source, hash);
    void *copy = arena_copy(prove->kept, bytes.data, bytes.len);

    if (copy == NULL || prove->documents_count == PROVE_DOCUMENTS_MAX)
        return ERR_NOMEM;
    Denrei__V1__EvidenceItem **item = &prove->documents[prove->documents_count];
    enum err err = keep(prove, entry, leaf, item);
    if (err != ERR_OK)
        return err;
    (*item)->document = wire_put(copy, bytes.len);
    prove->documents_count++;
    return ERR_OK;
}

static enum err
keep_message(struct prove *prove, struct span entry, uint64_t leaf,
             const struct entry_message *message)
{
    struct header header;

    if (header_decode(message->header, prove->arena, &header) != ERR_OK ||
        memcmp(header.id.bytes, prove->range->low.bytes, ID_BYTES) < 0 ||
        memcmp(header.id.bytes, prove->range->high.bytes, ID_BYTES) > 0)
        return ERR_OK;
    if (prove->found < CANDIDATES_MAX)
        prove->ids[prove->found] = header.id;
    prove->found++;
    if (prove->found > 1)
        return ERR_OK;
    if (prove->absence != NULL)
        absence_builder_begin(prove->builder, &header, prove->absence);
    return keep(prove, entry, leaf, &prove->message);
}

/* Receipts come after their message, so it is known by then. */
static enum err
keep_delivery(struct prove *prove, struct span entry, uint64_t leaf,
              const struct entry_delivery *delivery)
{
    for (size_t i = 0; i < delivery->receipts_count && prove->found > 0; i++) {
        struct delivery_receipt receipt;
        if (delivery_receipt_decode(delivery->receipts[i], prove->arena, &receipt) != ERR_OK ||
            memcmp(receipt.message.id.bytes, prove->ids[0].bytes, ID_BYTES) != 0)
            continue;
        if (prove->deliveries_count == EVIDENCE_DELIVERIES_MAX)
            return ERR_OK;
        enum err err = keep(prove, entry, leaf, &prove->deliveries[prove->deliveries_count]);
        if (err == ERR_OK)
            prove->deliveries_count++;
        return err;
    }
    return ERR_OK;
}

static enum err
keep_entry(struct prove *prove, struct span bytes, uint64_t leaf)
{
    struct log_entry entry;

    arena_reset(prove->arena);
    if (entry_decode(bytes, prove->arena, &entry) != ERR_OK)
        return ERR_OK;
    if (entry.type == DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT)
        return keep_document(prove, bytes, leaf, &entry.document.hash);
    if (entry.type == DENREI__V1__LOG_ENTRY__EVENT_MESSAGE)
        return keep_message(prove, bytes, leaf, &entry.message);
    if (entry.type == DENREI__V1__LOG_ENTRY__EVENT_DELIVERY)
        return keep_delivery(prove, bytes, leaf, &entry.delivery);
    return ERR_OK;
}

static enum err
take_entry(struct prove *prove, struct span bytes, uint64_t leaf)
{
    struct hash hash = merkle_leaf_hash(bytes);
    enum err err = tiles_append(prove->tiles, &hash);

    if (err == ERR_OK)
        err = keep_entry(prove, bytes, leaf);
    if (err != ERR_OK || prove->absence == NULL)
        return err;
    if (prove->found > 0)
        return absence_builder_take(prove->builder, bytes, prove->problems);
    absence_builder_skip(prove->builder, &hash);
    return ERR_OK;
}

/* None or several are as the id says that was asked for. */
static enum err
tell_found(const struct prove *prove)
{
    char cure[PROBLEM_TEXT_BYTES] = "give more digits:";

    if (prove->found == 0) {
        problems_add(prove->problems, "MESSAGE-ID", "`denrei-audit replay` lists the messages",
                     "there is no such message in the log");
        return ERR_NOT_FOUND;
    }
    for (size_t i = 0; i < prove->found && i < CANDIDATES_MAX; i++) {
        size_t len = strlen(cure);
        snprintf(cure + len, sizeof cure - len, " %s", message_id_text(&prove->ids[i]).text);
    }
    problems_add(prove->problems, "MESSAGE-ID", cure, "several messages begin so");
    return ERR_CONFLICT;
}

static enum err
read_log(struct prove *prove)
{
    enum err err = ERR_OK;

    while (err == ERR_OK) { /* ends: the source has as many entries as its checkpoint says */
        struct span entry = {NULL, 0};
        uint64_t leaf = source_leaf(prove->source);
        err = source_next(prove->source, &entry, prove->problems);
        if (err == ERR_OK)
            err = take_entry(prove, entry, leaf);
        else if (err == ERR_NOT_FOUND)
            break;
    }
    if (err != ERR_NOT_FOUND)
        return err;
    if (prove->found == 1)
        return ERR_OK;
    return tell_found(prove);
}

/* ---- paths and file */

static enum err
add_path(struct prove *prove, Denrei__V1__EvidenceItem *item)
{
    struct hash *path = arena_alloc(prove->kept, MERKLE_LEVELS_MAX * sizeof *path);
    size_t len = 0;

    if (path == NULL)
        return ERR_NOMEM;
    enum err err = tiles_inclusion(prove->tiles, item->leaf, path, &len);
    if (err == ERR_OK && len > 0)
        err = frame_put_hashes(path, len, prove->kept, &item->path); /* borrows the path */
    item->n_path = len;
    return err;
}

/* A log that is not sound gives no evidence: better told to who asks than to a court. */
static enum err
check_evidence(const struct prove *prove, struct span bytes)
{
    struct evidence *evidence = calloc(1, sizeof *evidence);
    struct arena *arena = NULL;
    const char *fault = "";
    enum err err = evidence == NULL ? ERR_NOMEM : arena_new(ARENA_BYTES_MAX, &arena);

    if (err == ERR_OK)
        err = evidence_check(prove->root_file, bytes, arena, evidence, &fault);
    if (err == ERR_EXISTS) {
        problems_add(prove->problems, evidence->absence.member,
                     "denrei-audit prove MESSAGE-ID proves what was sent",
                     "it did answer: entry %llu, logged %s, is its message in this thread",
                     (unsigned long long)evidence->absence.answer_leaf,
                     time_text_utc(evidence->absence.answer_ms).text);
        err = ERR_PROOF;
    } else if (err == ERR_TIMEOUT) {
        problems_add(prove->problems, "--by", "wait until a quorum of witnesses has cosigned later",
                     "%s", fault);
        err = ERR_PROOF;
    } else if (err != ERR_OK && err != ERR_NOMEM) {
        problems_add(prove->problems, "", "run `denrei-audit verify` on this log",
                     "the log does not prove the message: %s", fault);
        err = ERR_PROOF;
    }
    if (evidence != NULL)
        trust_free(&evidence->trust);
    arena_free(&arena);
    free(evidence);
    return err;
}

static enum err
write_evidence(struct prove *prove, const char *path)
{
    Denrei__V1__Evidence evidence = DENREI__V1__EVIDENCE__INIT;
    struct span note = source_checkpoint(prove->source);
    struct span bytes = {NULL, 0};
    enum err err = add_path(prove, prove->message);

    for (size_t i = 0; i < prove->documents_count && err == ERR_OK; i++)
        err = add_path(prove, prove->documents[i]);
    for (size_t i = 0; i < prove->deliveries_count && err == ERR_OK; i++)
        err = add_path(prove, prove->deliveries[i]);
    if (err != ERR_OK)
        return err;
    evidence.documents = prove->documents;
    evidence.n_documents = prove->documents_count;
    evidence.message = prove->message;
    evidence.deliveries = prove->deliveries;
    evidence.n_deliveries = prove->deliveries_count;
    evidence.checkpoint = arena_copy(prove->kept, note.data, note.len);
    if (evidence.checkpoint == NULL)
        return ERR_NOMEM;
    if (prove->absence != NULL)
        err = absence_builder_end(prove->builder, prove->tiles, prove->kept, &evidence.absence);
    if (err != ERR_OK)
        return err;
    err = wire_encode(&evidence.base, prove->kept, &bytes);
    if (err == ERR_OK)
        err = check_evidence(prove, bytes);
    return err == ERR_OK ? disk_write(path, bytes, DISK_NEW) : err;
}

enum err
prove_write(struct source *source, struct span root_file, const struct message_id_range *range,
            const struct prove_absence *absence, const char *path, uint64_t *leaf,
            struct problems *problems)
{
    struct prove *prove = calloc(1, sizeof *prove);
    enum err err = ERR_OK;

    if (prove == NULL)
        return ERR_NOMEM;
    prove->source = source;
    prove->range = range;
    prove->root_file = root_file;
    prove->problems = problems;
    prove->absence = absence;
    err = tiles_new(&prove->tiles);
    if (err == ERR_OK && absence != NULL)
        err = absence_builder_new(&prove->builder);
    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &prove->kept);
    if (err == ERR_OK)
        err = arena_new(4 * (size_t)ENTRY_BYTES_MAX + ARENA_EXTRA_BYTES, &prove->arena);
    if (err == ERR_OK)
        err = read_log(prove);
    if (err == ERR_OK)
        err = write_evidence(prove, path);
    if (err == ERR_OK)
        *leaf = prove->message->leaf;
    else if (problems_is_empty(problems))
        problems_add(problems, path,
                     err == ERR_EXISTS ? "choose a new name" : "check the directory and its disk",
                     "the evidence cannot be written: %s",
                     disk_is_dir(path) ? "it is a directory" : err_text(err));
    arena_free(&prove->kept);
    arena_free(&prove->arena);
    tiles_free(&prove->tiles);
    absence_builder_free(&prove->builder);
    free(prove);
    return err;
}
