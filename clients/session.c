#include "clients/session.h"

#include "proto/batch.h"
#include "proto/checkpoint.h"
#include "proto/hash.h"

#include <assert.h>
#include <string.h>

void
session_init(struct session *session, struct trust *trust, const struct merkle_head *head,
             uint64_t documents)
{
    *session = (struct session){
        .trust = trust, .head = *head, .documents = documents, .documents_seen = documents};
}

/* ---- requests and replies */

static struct session_call *
find_call(struct session *session, uint64_t request_id)
{
    for (size_t i = 0; i < SESSION_CALLS_MAX; i++)
        if (session->calls[i].request_id == request_id)
            return &session->calls[i];
    return NULL;
}

enum err
session_ask(struct session *session, Denrei__V1__Request *request, uint64_t deadline_ms,
            struct arena *arena, struct span *out)
{
    struct session_call *call = find_call(session, 0);

    if (call == NULL)
        return ERR_FULL;
    request->request_id = session->request_id_last + 1;
    enum err err = frame_encode_request(request, arena, out);
    if (err != ERR_OK)
        return err;
    session->request_id_last = request->request_id;
    *call = (struct session_call){
        .request_id = request->request_id, .type = request->call_case, .deadline_ms = deadline_ms};
    return ERR_OK;
}

enum err
session_take(struct session *session, struct span frame, struct arena *arena,
             Denrei__V1__Reply **out)
{
    Denrei__V1__Reply *reply = NULL;

    enum err err = frame_decode_reply(frame, arena, &reply);
    if (err != ERR_OK)
        return err;
    struct session_call *call =
        reply->request_id == 0 ? NULL : find_call(session, reply->request_id);
    if (call == NULL)
        return ERR_NOT_FOUND;
    /* An answer has the field number of its call. */
    if (reply->answer_case != DENREI__V1__REPLY__ANSWER_ERROR &&
        (int)reply->answer_case != (int)call->type)
        return ERR_FORMAT;
    *call = (struct session_call){0};
    *out = reply;
    return ERR_OK;
}

uint64_t
session_deadline_ms(const struct session *session)
{
    uint64_t earliest_ms = UINT64_MAX;

    for (size_t i = 0; i < SESSION_CALLS_MAX; i++) {
        const struct session_call *call = &session->calls[i];
        if (call->request_id != 0 && call->deadline_ms < earliest_ms)
            earliest_ms = call->deadline_ms;
    }
    return earliest_ms;
}

size_t
session_expire(struct session *session, uint64_t now_ms)
{
    size_t expired = 0;

    for (size_t i = 0; i < SESSION_CALLS_MAX; i++) {
        struct session_call *call = &session->calls[i];
        if (call->request_id != 0 && call->deadline_ms <= now_ms) {
            *call = (struct session_call){0};
            expired++;
        }
    }
    return expired;
}

void
session_forget(struct session *session)
{
    memset(session->calls, 0, sizeof session->calls);
}

uint64_t
session_retry_ms(unsigned attempt, uint32_t random)
{
    uint64_t wait_ms = SESSION_RETRY_MS_MIN;

    for (unsigned i = 1; i < attempt && wait_ms < SESSION_RETRY_MS_MAX; i++)
        wait_ms *= 2;
    if (wait_ms > SESSION_RETRY_MS_MAX)
        wait_ms = SESSION_RETRY_MS_MAX;
    return wait_ms - random % (wait_ms / 2 + 1);
}

/* ---- checkpoints */

enum err
session_check_signed(const struct session *session, const char *checkpoint, struct merkle_head *out)
{
    const struct directory *directory = trust_directory(session->trust, TRUST_UNLOGGED);
    struct note_key key;
    struct checkpoint_verified verified;

    enum err err = note_key_make(directory->log_origin, NOTE_ED25519, &directory->log_key, &key);
    if (err != ERR_OK)
        return ERR_FORMAT; /* a directory that was decoded has a usable key: another's fault */
    struct checkpoint_policy policy = {.log = &key};
    struct span note = {(const uint8_t *)checkpoint, strlen(checkpoint)};
    err = checkpoint_verify(note, &policy, &verified);
    if (err == ERR_SIGNATURE)
        return err;
    if (err != ERR_OK)
        return ERR_FORMAT;
    *out = verified.head;
    return ERR_OK;
}

enum err
session_check_extends(const struct merkle_head *older, const struct merkle_head *newer,
                      const ProtobufCBinaryData *path, size_t path_len, struct arena *arena)
{
    const struct hash *hashes = NULL;

    if (newer->leaf_count < older->leaf_count)
        return ERR_STALE;
    if (older->leaf_count == 0)
        return ERR_OK;
    enum err err = frame_get_hashes(path, path_len, arena, &hashes);
    if (err != ERR_OK)
        return err;
    return merkle_check_consistency(older, newer, hashes, path_len);
}

enum err
session_advance(struct session *session, const struct session_proof *proof, struct arena *arena,
                struct merkle_head *out)
{
    struct merkle_head head;

    enum err err = session_check_signed(session, proof->checkpoint, &head);
    if (err != ERR_OK)
        return err;
    err = session_check_extends(&session->head, &head, proof->consistency, proof->consistency_len,
                                arena);
    if (err != ERR_OK)
        return err;
    session->head = head;
    if (out != NULL)
        *out = head;
    return ERR_OK;
}

enum err
session_check_entry(const struct merkle_head *head, struct span entry, uint64_t leaf,
                    const ProtobufCBinaryData *path, size_t path_len, struct arena *arena)
{
    struct hash leaf_hash = merkle_leaf_hash(entry);
    const struct hash *hashes = NULL;

    enum err err = frame_get_hashes(path, path_len, arena, &hashes);
    if (err != ERR_OK)
        return err;
    err = merkle_check_inclusion(&leaf_hash, leaf, head->leaf_count, hashes, path_len, &head->root);
    return err == ERR_OK ? ERR_OK : ERR_PROOF;
}

/* ---- documents */

bool
session_is_behind(const struct session *session)
{
    return session->documents_seen > session->documents;
}

enum err
session_take_document(struct session *session, const struct merkle_head *head,
                      const Denrei__V1__DocumentsItem *item, struct arena *arena,
                      struct session_document *out)
{
    struct span entry_bytes = wire_get_span(item->entry);
    struct span document = wire_get_span(item->document);
    struct log_entry entry;

    enum err err = entry_decode(entry_bytes, arena, &entry);
    if (err != ERR_OK)
        return err;
    if (entry.type != DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT)
        return ERR_FORMAT;
    struct hash hash = hash_spans(&document, 1);
    if (entry.document.number != session->documents + 1 ||
        !hash_is_equal(&hash, &entry.document.hash))
        return ERR_CONFLICT;
    err = session_check_entry(head, entry_bytes, item->leaf, item->path, item->n_path, arena);
    if (err != ERR_OK)
        return err;
    err = trust_apply(session->trust, entry.document.type, document, item->leaf);
    if (err != ERR_OK)
        return err;
    session->documents = entry.document.number;
    if (session->documents_seen < session->documents)
        session->documents_seen = session->documents;
    *out = (struct session_document){.number = entry.document.number,
                                     .leaf = item->leaf,
                                     .type = entry.document.type,
                                     .bytes = document};
    return ERR_OK;
}

/* ---- submitting */

/*
 * Whether recipients will take what the log holds for this message: signed, and with a number in
 * each one's mailbox.  A relay could log the message without either, and show it as accepted.
 */
static enum err
check_logged(const struct session *session, const struct receipt *receipt,
             const struct hash *message_hash, struct arena *arena)
{
    const struct hash *federation = trust_federation(session->trust);
    struct log_entry entry;
    struct header header;
    struct hash root;

    enum err err = entry_decode(receipt->entry, arena, &entry);
    if (err == ERR_OK)
        err = header_decode(entry.message.header, arena, &header);
    if (err != ERR_OK)
        return err;
    if (entry.message.slots_count != header.to_count)
        return ERR_PROOF;
    const struct credential *credential =
        trust_credential(session->trust, &header.credential, receipt->leaf);
    const struct signature *signature = &entry.message.signature;
    if (credential == NULL || batch_root(message_hash, signature, &root) != ERR_OK)
        return ERR_SIGNATURE;
    return batch_verify(federation, false, signature->count, &root, &signature->sig,
                        &credential->signing_key);
}

enum err
session_check_result(const struct session *session, const Denrei__V1__SubmitReply *reply,
                     size_t index, const struct hash *message_hash, struct arena *arena,
                     struct receipt *out)
{
    assert(index < reply->n_results);
    const Denrei__V1__SubmitResult *result = reply->results[index];
    const struct directory *directory = trust_directory(session->trust, TRUST_UNLOGGED);
    const struct hash *path = NULL;

    if (result->code != REFUSAL_NONE)
        return ERR_REFUSED;
    enum err err = frame_get_hashes(result->path, result->n_path, arena, &path);
    if (err != ERR_OK)
        return err;
    /* Of another checkpoint nobody has shown that it belongs to the history that we follow: a relay
     * could give receipts on a side of the log that nobody else sees. */
    if (result->checkpoint[0] != '\0' && strcmp(result->checkpoint, reply->checkpoint) != 0)
        return ERR_PROOF;
    struct receipt receipt = {.entry = wire_get_span(result->entry),
                              .leaf = result->leaf,
                              .path = path,
                              .path_len = result->n_path,
                              .checkpoint = reply->checkpoint};
    err = receipt_check(trust_federation(session->trust), &receipt, message_hash,
                        directory->log_origin, &directory->log_key, arena);
    if (err == ERR_OK)
        err = check_logged(session, &receipt, message_hash, arena);
    if (err != ERR_OK)
        return err;
    *out = receipt;
    return ERR_OK;
}
