/* Attachments, as the writer decides on them; their bytes are moved by the thread of chunks. */
#include "relay/io/answer_inner.h"
#include "relay/io/writer_inner.h"

#include "proto/attachment.h"
#include "proto/hash.h"
#include "proto/io/log.h"

#include <string.h>

static struct chunks_name
name_of(const char *member, const struct id *id, uint32_t index)
{
    struct chunks_name name = {.id = *id, .index = index};

    memcpy(name.member, member, strnlen(member, MEMBER_ID_MAX));
    return name;
}

/* A message as the log has it: what is asked about its attachments. */
struct found {
    struct relay_known known;
    struct seal seal;
    uint64_t keep_until_ms;
};

static enum refusal
find_message(struct writer *writer, const char *from, const struct id *id, struct found *out)
{
    struct log_entry entry;

    arena_reset(writer->steps);
    enum refusal code = writer_find_known(writer, from, id, writer->steps, &out->known);
    if (code != REFUSAL_NONE || !out->known.is_found)
        return code;
    code = writer_read_header(&out->known, writer->steps);
    if (code != REFUSAL_NONE)
        return code;
    enum err err = entry_decode(out->known.entry, writer->steps, &entry);
    if (err == ERR_OK)
        err = seal_decode(entry.message.seal, writer->steps, &out->seal);
    out->keep_until_ms = header_keep_until_ms(out->known.header);
    return answer_refusal(err);
}

/* ---- the calls */

void
writer_judge_put(struct writer *writer, struct work *work)
{
    const Denrei__V1__PutChunkCall *call = work->request->put_chunk;
    struct attachment attachment = {.bytes = call->bytes};
    struct found found;
    struct id id;

    work->code = wire_get_id(call->message_id, &id) == ERR_OK &&
                         wire_get_hash(call->hash, &attachment.hash) == ERR_OK
                     ? find_message(writer, work->caller.member, &id, &found)
                     : REFUSAL_MALFORMED;
    if (work->code != REFUSAL_NONE)
        return;
    if (found.known.is_found) {
        /* Its receipt was lost: the client asks, and then submits again. */
        const struct attachment *sealed = call->attachment < found.seal.attachments_count
                                              ? &found.seal.attachments[call->attachment]
                                              : NULL;
        if (sealed == NULL || sealed->bytes != attachment.bytes ||
            !hash_is_equal(&sealed->hash, &attachment.hash))
            work->code = REFUSAL_CONFLICT;
        return;
    }
    work->chunk_name = name_of(work->caller.member, &id, call->attachment);
    work->chunk = call->chunk;
    work->code =
        chunks_admit(writer->parts.chunks, &work->chunk_name, &attachment, &writer->free_bytes);
    work->is_for_chunks = work->code == REFUSAL_NONE;
    if (work->code != REFUSAL_NONE)
        log_event(LOG_LEVEL_WARN, "attachment.refused", "code=%s member=%s bytes=%llu",
                  refusal_name(work->code), work->caller.member,
                  (unsigned long long)attachment.bytes);
}

void
writer_judge_get(struct writer *writer, struct work *work)
{
    const Denrei__V1__GetChunkCall *call = work->request->get_chunk;
    struct found found;
    struct id id;

    work->code = wire_get_id(call->message_id, &id) == ERR_OK
                     ? find_message(writer, call->from, &id, &found)
                     : REFUSAL_MALFORMED;
    if (work->code != REFUSAL_NONE)
        return;
    /* That a message exists is no stranger's to know: it is not found. */
    if (!found.known.is_found ||
        (strcmp(call->from, work->caller.member) != 0 &&
         !header_is_to(found.known.header, work->caller.member)) ||
        call->attachment >= found.seal.attachments_count ||
        call->chunk >= attachment_chunks(found.seal.attachments[call->attachment].bytes) ||
        writer->now_ms >= found.keep_until_ms) {
        work->code = REFUSAL_NOT_FOUND;
        return;
    }
    work->chunk_name = name_of(call->from, &id, call->attachment);
    work->chunk = call->chunk;
    work->is_for_chunks = true;
}

/* ---- with the message */

bool
writer_has_attachments(struct writer *writer, const struct checked_message *checked)
{
    if (!checked->is_signed)
        return false;
    for (size_t i = 0; i < checked->seal.attachments_count; i++) {
        const struct chunks_name name =
            name_of(checked->header.from, &checked->header.id, (uint32_t)i);
        if (!chunks_is_whole(writer->parts.chunks, &name, &checked->seal.attachments[i]))
            return false;
    }
    return true;
}

void
writer_keep_attachments(struct writer *writer, const struct checked_message *checked)
{
    for (size_t i = 0; i < checked->seal.attachments_count; i++) {
        const struct chunks_name name =
            name_of(checked->header.from, &checked->header.id, (uint32_t)i);
        chunks_keep(writer->parts.chunks, &name);
    }
}

void
writer_erase_attachments(struct writer *writer, const struct header *header, struct span seal)
{
    struct seal decoded;

    /* What is not erased now is found by the sweep: the body says that it may go. */
    if (seal_decode(seal, writer->steps, &decoded) != ERR_OK)
        return;
    for (size_t i = 0; i < decoded.attachments_count && writer->erased_count < WRITER_ERASED_MAX;
         i++)
        writer->erased[writer->erased_count++] = name_of(header->from, &header->id, (uint32_t)i);
}

void
writer_finish_erasing(struct writer *writer)
{
    for (size_t i = 0; i < writer->erased_count; i++)
        chunks_erase(writer->parts.chunks, &writer->erased[i]);
    writer->erased_count = 0;
}

/* ---- what is left over */

/* Whether an accepted message still has this attachment. */
static enum refusal
is_wanted(struct writer *writer, const struct found *found, uint32_t index, bool *out)
{
    *out = false;
    if (index >= found->seal.attachments_count)
        return REFUSAL_NONE;
    return answer_refusal(
        store_has_body(writer->parts.store, found->known.leaf, found->keep_until_ms, out));
}

static void
sweep_one(struct writer *writer, const struct chunks_name *name, uint64_t modified_ms)
{
    bool is_old = writer->now_ms > modified_ms + CHUNKS_ORPHAN_MS;
    struct found found;
    bool wanted = false;

    if (find_message(writer, name->member, &name->id, &found) != REFUSAL_NONE)
        return;
    if (found.known.is_found) {
        if (is_wanted(writer, &found, name->index, &wanted) != REFUSAL_NONE || wanted)
            return;
    } else if (!is_old) {
        chunks_adopt(writer->parts.chunks, name);
        return;
    }
    log_event(LOG_LEVEL_INFO, "attachment.swept", "member=%s msg=%s number=%u why=%s", name->member,
              log_id(name->id.bytes + 12).text, (unsigned)name->index + 1,
              found.known.is_found ? "its message has ended" : "it was never submitted");
    chunks_erase(writer->parts.chunks, name);
}

static void
report_uploads(struct writer *writer)
{
    const struct chunks_counts counts = chunks_count(writer->parts.chunks);

    if (counts.uploads > 0)
        log_event(LOG_LEVEL_INFO, "attachment.uploads", "waiting=%llu bytes=%llu",
                  (unsigned long long)counts.uploads, (unsigned long long)counts.bytes);
}

void
writer_sweep(struct writer *writer, size_t files_max)
{
    struct chunks_name name;
    uint64_t modified_ms = 0;

    if (writer->parts.chunks == NULL)
        return;
    if (!writer->is_sweeping && writer->now_ms < writer->swept_ms + HOUR_MS)
        return;
    writer->is_sweeping = true;
    for (size_t i = 0; i < files_max; i++) {
        if (!chunks_next(writer->parts.chunks, &name, &modified_ms)) {
            writer->is_sweeping = false;
            writer->swept_ms = writer->now_ms;
            report_uploads(writer);
            return;
        }
        sweep_one(writer, &name, modified_ms);
    }
}
