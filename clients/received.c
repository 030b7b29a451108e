#include "clients/received.h"

#include "proto/attachment.h"
#include "proto/wire.h"

#include <string.h>

/* ---- checking */

static enum err
check_signature(const struct trust *trust, const struct received *received,
                const struct signature *signature, struct batch_cache *cache)
{
    const struct credential *credential =
        trust_credential(trust, &received->header.credential, received->leaf);

    if (credential == NULL)
        return ERR_UNKNOWN;
    return batch_cache_verify(cache, trust_federation(trust), false, &received->ref.hash, signature,
                              &credential->hash, &credential->signing_key);
}

static void
judge(const struct trust *trust, const struct signature *signature, struct batch_cache *cache,
      struct received *received)
{
    struct policy_place place =
        policy_place_make(received->kind, received->leaf, received->time_ms);
    enum err err = check_signature(trust, received, signature, cache);

    received->subject = "";
    received->is_suspect =
        received->leaf >= trust_suspect_since(trust, &received->header.credential);
    if (err == ERR_UNKNOWN) {
        received->refusal = REFUSAL_CREDENTIAL;
        return;
    }
    if (err != ERR_OK) {
        received->refusal = REFUSAL_SIGNATURE;
        return;
    }
    struct policy_answer answer = policy_check(trust, &received->header, &place);
    received->refusal = answer.code;
    received->subject = answer.subject;
}

static enum err
take_sealed_parts(const struct hash *federation, const Denrei__V1__FetchItem *item,
                  const struct entry_message *logged, size_t index, struct arena *arena,
                  struct received *received)
{
    const struct hash *path = NULL;

    received->is_tombstone = item->wrap.len == 0;
    received->served = (struct served){.header = logged->header,
                                       .seal = logged->seal,
                                       .index = index,
                                       .count = received->header.to_count};
    if (received->is_tombstone)
        return item->body.len == 0 && item->n_wrap_path == 0 ? ERR_OK : ERR_FORMAT;
    if (item->body.len == 0)
        return ERR_FORMAT;
    enum err err = frame_get_hashes(item->wrap_path, item->n_wrap_path, arena, &path);
    if (err != ERR_OK)
        return err;
    received->served.wrap = wire_get_span(item->wrap);
    received->served.wrap_path = path;
    received->served.wrap_path_len = item->n_wrap_path;
    received->served.body = wire_get_span(item->body);
    /* Before anything is stored or signed: what the relay altered must not be laid at the sender's
     * door, and must not take the place of the message. */
    return envelope_check_served(federation, &received->served, &received->seal);
}

static uint64_t
newest_version(const struct trust *trust, const char *member)
{
    const struct roster *roster = trust_newest_roster(trust, member);

    return roster == NULL ? 0 : roster->version;
}

/*
 * Whether the message was made under documents that are not known here.  The relay took it by the
 * current ones, and had to show these first: else we would judge by old ones, and blame the sender.
 */
static bool
lacks_documents(const struct trust *trust, const struct header *header)
{
    if (header->directory_version > trust_directory(trust, TRUST_UNLOGGED)->version ||
        header->roster_version > newest_version(trust, header->from))
        return true;
    for (size_t i = 0; i < header->to_count; i++)
        if (header->recipient_roster_versions[i] > newest_version(trust, header->to[i]))
            return true;
    return false;
}

enum err
received_check(const struct trust *trust, const char *member, const Denrei__V1__FetchItem *item,
               struct batch_cache *cache, struct arena *arena, struct received *out)
{
    struct span entry_bytes = wire_get_span(item->entry);
    struct received received = {.leaf = item->leaf};
    struct log_entry entry;

    enum err err = entry_decode(entry_bytes, arena, &entry);
    if (err != ERR_OK)
        return err;
    if (entry.type != DENREI__V1__LOG_ENTRY__EVENT_MESSAGE || item->slot == NULL)
        return ERR_FORMAT;
    const struct entry_message *logged = &entry.message;
    if ((err = header_decode(logged->header, arena, &received.header)) != ERR_OK ||
        (err = seal_decode(logged->seal, arena, &received.seal)) != ERR_OK)
        return err;
    size_t index = header_find_recipient(&received.header, member);
    if (index == received.header.to_count)
        return ERR_CONFLICT;
    if (lacks_documents(trust, &received.header))
        return ERR_CONFLICT;
    received.kind = kind_find(received.header.kind);
    if (received.kind == NULL || logged->slots_count != received.header.to_count)
        return ERR_FORMAT;
    received.slot = logged->slots[index];
    if (received.slot.lane != item->slot->lane || received.slot.number != item->slot->number)
        return ERR_CONFLICT;
    err = take_sealed_parts(trust_federation(trust), item, logged, index, arena, &received);
    if (err != ERR_OK)
        return err;
    received.time_ms = entry.time_ms;
    received.ref = (struct message_ref){
        .from = received.header.from,
        .id = received.header.id,
        .hash = envelope_message_hash(trust_federation(trust), logged->header, logged->seal)};
    judge(trust, &logged->signature, cache, &received);
    *out = received;
    return ERR_OK;
}

/* ---- numbers */

bool
received_is_next(const struct received_position *position, const struct slot *slot)
{
    uint64_t last = slot->lane == DENREI__V1__LANE__LANE_FLASH ? position->flash : position->rest;

    return slot->number == last + 1;
}

void
received_advance(struct received_position *position, const struct slot *slot)
{
    if (slot->lane == DENREI__V1__LANE__LANE_FLASH)
        position->flash = slot->number;
    else
        position->rest = slot->number;
}

static enum err
verify_head(const struct trust *trust, struct span bytes, const struct sig *sig)
{
    const struct directory *directory = trust_directory(trust, TRUST_UNLOGGED);

    for (size_t i = 0; i < directory->relays_count; i++)
        if (head_verify(trust_federation(trust), bytes, sig, &directory->relays[i].relay_key) ==
            ERR_OK)
            return ERR_OK;
    return ERR_SIGNATURE;
}

enum err
received_check_head(const struct trust *trust, const char *member, const struct merkle_head *head,
                    const struct received_position *least, const Denrei__V1__FetchReply *reply,
                    struct arena *arena, struct head *out)
{
    struct span bytes = wire_get_span(reply->head);
    struct head mailbox;
    struct sig sig;

    enum err err = head_decode(bytes, arena, &mailbox);
    if (err != ERR_OK)
        return err;
    if ((err = wire_get_sig(reply->head_sig, &sig)) != ERR_OK ||
        (err = verify_head(trust, bytes, &sig)) != ERR_OK)
        return err;
    if (strcmp(mailbox.member, member) != 0 || mailbox.tree_size > head->leaf_count ||
        mailbox.flash_last < least->flash || mailbox.rest_last < least->rest)
        return ERR_CONFLICT;
    *out = mailbox;
    return ERR_OK;
}

bool
received_is_within(const struct received *received, const struct head *mailbox)
{
    const uint64_t last = received->slot.lane == DENREI__V1__LANE__LANE_FLASH ? mailbox->flash_last
                                                                              : mailbox->rest_last;

    return received->leaf >= mailbox->tree_size || received->slot.number <= last;
}

bool
received_is_held_back(const Denrei__V1__FetchReply *reply, const struct head *mailbox,
                      const struct received_position *position)
{
    return reply->n_items == 0 &&
           (mailbox->flash_last > position->flash || mailbox->rest_last > position->rest);
}

struct received_position
received_furthest(const struct received_position *position, uint64_t flash_last, uint64_t rest_last)
{
    return (struct received_position){
        .flash = position->flash > flash_last ? position->flash : flash_last,
        .rest = position->rest > rest_last ? position->rest : rest_last};
}

/* ---- opening */

static const struct mailbox_key *
find_mailbox(const struct trust *trust, const char *member, uint64_t leaf)
{
    const struct roster *then = trust_roster(trust, member, leaf);
    const struct roster *now = trust_roster(trust, member, TRUST_UNLOGGED);

    if (then == NULL || now == NULL || then->mailboxes_count == 0)
        return NULL;
    /* Sealed to the key that was current then; sealed to us, perhaps a newer credential, now. */
    for (size_t i = 0; i < now->mailboxes_count; i++)
        if (now->mailboxes[i].generation == then->mailboxes[0].generation)
            return &now->mailboxes[i];
    return NULL;
}

enum err
received_open(const struct trust *trust, const struct received *received,
              const struct received_reader *reader, struct arena *arena, struct span *content)
{
    const char *member = received->header.to[received->served.index];
    const struct mailbox_key *mailbox = find_mailbox(trust, member, received->leaf);
    struct identity *pair = NULL;

    if (mailbox == NULL)
        return ERR_NOT_FOUND;
    enum err err = roster_open_mailbox(mailbox, reader->credential, reader->encryption, &pair);
    if (err != ERR_OK)
        goto done;
    struct box_keys keys = {.public_key = *identity_public_key(pair),
                            .secret_key = identity_secret(pair)};
    err = envelope_open(trust_federation(trust), &received->served, &keys, arena, content);

done:
    identity_free(&pair);
    return err;
}

enum refusal
received_reason(enum err err)
{
    if (err == ERR_COMMITMENT)
        return REFUSAL_COMMITMENT;
    return err == ERR_FORMAT ? REFUSAL_CONTENT : REFUSAL_WRAPS;
}

/* ---- content */

static struct kind_context
make_context(const struct trust *trust, const struct header *header, uint64_t leaf,
             const char *thread_from)
{
    const struct directory *directory = trust_directory(trust, leaf);
    const struct member *sender = directory_find_member(directory, header->from);
    const struct member *recipient =
        header->to_count == 1 ? directory_find_member(directory, header->to[0]) : NULL;
    struct kind_context context = {.action = header->action,
                                   .use_restriction = header->use_restriction,
                                   .tlp = header->tlp,
                                   .sender = header->from,
                                   .created_at_ms = header->created_at_ms,
                                   .expires_at_ms = header->expires_at_ms,
                                   .legal_basis = header->legal_basis,
                                   .recipients_count = header->to_count,
                                   .recipient = header->to_count == 1 ? header->to[0] : "",
                                   .is_group = header->group[0] != '\0',
                                   .has_in_reply_to = header->has_in_reply_to,
                                   .in_reply_to_from =
                                       header->has_in_reply_to ? header->in_reply_to.from : "",
                                   .thread_from = thread_from};

    if (sender != NULL) {
        context.roles = sender->roles;
        context.roles_count = sender->roles_count;
        context.states = sender->issuing_states;
        context.states_count = sender->issuing_states_count;
        context.sender_country = sender->country;
    }
    if (recipient != NULL) {
        context.recipient_country = recipient->country;
        context.recipient_roles = recipient->roles;
        context.recipient_roles_count = recipient->roles_count;
    }
    return context;
}

enum err
received_check_content(const struct trust *trust, const struct header *header, uint64_t leaf,
                       const char *thread_from, struct span content, struct arena *arena,
                       ProtobufCMessage **out, struct problems *problems)
{
    const struct kind_type *kind = kind_find(header->kind);
    struct kind_context context = make_context(trust, header, leaf, thread_from);
    ProtobufCMessage *message = NULL;
    size_t before = problems_total(problems);

    if (kind == NULL)
        return ERR_FORMAT;
    /* A sender can make content that decodes to more than anybody has room for.  Whatever the kinds
     * allow takes a fraction of the arena, so that what does not fit is wrong, now and always. */
    if (wire_decode(kind->content, content, arena, &message) != ERR_OK)
        return ERR_FORMAT;
    kind_validate(kind, message, &context, problems);
    *out = message;
    return problems_total(problems) == before ? ERR_OK : ERR_POLICY;
}

enum err
received_check_attachments(const struct received *received, const ProtobufCMessage *content,
                           struct problems *problems)
{
    size_t before = problems_total(problems);

    attachment_check_seal(content, &received->seal, problems);
    return problems_total(problems) == before ? ERR_OK : ERR_POLICY;
}
