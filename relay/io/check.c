#include "relay/io/check.h"

#include "keys/log_keys.h"
#include "proto/envelope.h"
#include "proto/hash.h"
#include "relay/io/apply.h"
#include "relay/io/chunks.h"
#include "relay/mailbox.h"
#include "relay/relay.h"

#include <stdlib.h>
#include <string.h>

enum {
    PROGRESS_EVERY = 1024,
    ENTRY_ARENA_BYTES = 4 << 20,
};

/* One check on its way through the log. */
struct check {
    struct store *store;
    const char *dir; /* of the attachments; NULL: they are not read */
    struct problems *problems;
    struct arena *arena;
    struct trust *trust;
    struct tree *tree;
    struct mailboxes *mailboxes;
    uint64_t slots, receipts; /* as the log has them */
    struct check_result result;
};

static void
wrong(struct check *check, uint64_t leaf, const char *what)
{
    problems_add(check->problems, problem_path("entry %llu", (unsigned long long)leaf).text, "",
                 "%s", what);
}

/* The mailbox of `member` as counted so far, with the store's number. */
static struct mailbox *
find_mailbox(struct check *check, const char *member)
{
    return mailboxes_find(check->mailboxes, member);
}

static enum err
read_mailboxes(struct check *check)
{
    struct mailbox stored;
    struct mailbox *own = NULL;
    enum err err = ERR_OK;

    for (uint32_t number = 0; err == ERR_OK && number < MAILBOXES_MAX; number++) {
        err = store_find_mailbox(check->store, number, &stored);
        if (err == ERR_OK)
            err = mailboxes_open(check->mailboxes, stored.member, &own);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Each recipient's slot is the next of its mailbox, leads to this leaf, and may be acknowledged. */
static void
check_slots(struct check *check, uint64_t leaf, const struct entry_message *message,
            const struct header *header)
{
    if (message->slots_count != header->to_count) {
        wrong(check, leaf, "it has not one mailbox number for each recipient");
        return;
    }
    for (size_t i = 0; i < header->to_count; i++) {
        struct mailbox *mailbox = find_mailbox(check, header->to[i]);
        bool is_acknowledged = false;
        uint64_t found = 0;
        if (mailbox == NULL) {
            wrong(check, leaf, "a recipient's mailbox is missing");
            return;
        }
        const struct slot slot = mailbox_add(mailbox, message->slots[i].lane);
        if (slot.number != message->slots[i].number ||
            store_find_slot(check->store, mailbox->number, slot, &found) != ERR_OK || found != leaf)
            wrong(check, leaf, "a recipient's mailbox does not lead to it");
        check->slots++;
        if (store_has_delivery(check->store, leaf, mailbox->number, &is_acknowledged) == ERR_OK &&
            is_acknowledged)
            mailbox_acknowledge(mailbox);
    }
}

struct wrong_file {
    struct check *check;
    uint64_t leaf;
};

static void
tell_file(void *context, uint32_t attachment, uint32_t chunk)
{
    const struct wrong_file *wrong_file = context;
    struct problem_path what =
        problem_path(chunk == 0 ? "attachment %u is missing, or not the one that was sealed"
                                : "chunk %u of attachment %u is damaged",
                     (unsigned)(chunk == 0 ? attachment : chunk), (unsigned)attachment);

    wrong(wrong_file->check, wrong_file->leaf, what.text);
}

static enum err
check_body(struct check *check, uint64_t leaf, const struct entry_message *message,
           const struct header *header)
{
    const struct hash *federation = trust_federation(check->trust);
    size_t wraps_len = header->to_count * WRAP_BYTES;
    struct seal seal;
    struct span data;

    enum err err =
        store_find_body(check->store, leaf, header_keep_until_ms(header), check->arena, &data);
    if (err == ERR_NOT_FOUND)
        return ERR_OK; /* erased */
    if (err == ERR_OK)
        err = seal_decode(message->seal, check->arena, &seal);
    if (err == ERR_NOMEM)
        return err;
    if (err != ERR_OK || data.len < wraps_len) {
        wrong(check, leaf, "its body is damaged");
        return ERR_OK;
    }
    const struct envelope envelope = {.header = message->header,
                                      .seal = message->seal,
                                      .wraps = data.data,
                                      .wraps_count = header->to_count,
                                      .body = {data.data + wraps_len, data.len - wraps_len}};
    if (envelope_check(federation, &envelope, &seal, header->to_count) != ERR_OK)
        wrong(check, leaf, "its body or wraps are not those that were signed");
    check->result.bodies++;
    if (check->dir == NULL || seal.attachments_count == 0)
        return ERR_OK;
    struct wrong_file wrong_file = {check, leaf};
    check->result.attachments += seal.attachments_count;
    return chunks_check(check->dir, header->from, &header->id, &seal, tell_file, &wrong_file);
}

/* The message that this one takes the place of says so. */
static void
check_superseded(struct check *check, uint64_t leaf, const struct message_ref *superseded)
{
    const struct mailbox *sender = find_mailbox(check, superseded->from);
    struct store_message stored;

    if (sender == NULL ||
        store_find_message(check->store, sender->number, &superseded->id, &stored) != ERR_OK ||
        stored.superseded_by != leaf)
        wrong(check, leaf, "the message whose place it takes does not lead to it");
}

static enum err
check_message(struct check *check, uint64_t leaf, const struct entry_message *message)
{
    struct header header;
    struct store_message stored;

    check->result.messages++;
    enum err err = header_decode(message->header, check->arena, &header);
    if (err != ERR_OK) {
        wrong(check, leaf, "its header is malformed");
        return err == ERR_NOMEM ? err : ERR_OK;
    }
    const struct mailbox *sender = find_mailbox(check, header.from);
    const struct hash hash =
        envelope_message_hash(trust_federation(check->trust), message->header, message->seal);
    if (sender == NULL ||
        store_find_message(check->store, sender->number, &header.id, &stored) != ERR_OK ||
        stored.leaf != leaf || !hash_is_equal(&stored.hash, &hash))
        wrong(check, leaf, "the index of messages does not lead to it");
    if (header.has_supersedes)
        check_superseded(check, leaf, &header.supersedes);
    check_slots(check, leaf, message, &header);
    return check_body(check, leaf, message, &header);
}

static enum err
check_document(struct check *check, uint64_t leaf, const struct entry_document *document)
{
    struct store_document stored;

    check->result.documents++;
    enum err err = store_find_document(check->store, document->number, check->arena, &stored);
    if (err == ERR_NOMEM)
        return err;
    const struct hash hash = hash_spans(&stored.bytes, err == ERR_OK ? 1 : 0);
    if (err != ERR_OK || stored.leaf != leaf || stored.type != document->type ||
        !hash_is_equal(&hash, &document->hash))
        wrong(check, leaf, "its document is missing or damaged");
    else if (trust_apply(check->trust, stored.type, stored.bytes, leaf) != ERR_OK)
        wrong(check, leaf, "its document does not follow those before");
    return ERR_OK;
}

/* Whether an earlier receipt of the batch is the same one to the index. */
static bool
is_repeated(const struct relay_delivery *keys, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (keys[i].message_leaf == keys[index].message_leaf &&
            keys[i].status == keys[index].status &&
            keys[i].credential_tag == keys[index].credential_tag)
            return true;
    return false;
}

/* What the index has of a receipt; false if it has not the receipt's message. */
static bool
find_receipt_key(struct check *check, const struct delivery_receipt *receipt,
                 struct relay_delivery *out)
{
    const struct mailbox *sender = find_mailbox(check, receipt->message.from);
    struct store_message message;

    if (sender == NULL ||
        store_find_message(check->store, sender->number, &receipt->message.id, &message) != ERR_OK)
        return false;
    *out = (struct relay_delivery){.message_leaf = message.leaf,
                                   .status = receipt->status,
                                   .credential_tag = relay_credential_tag(receipt)};
    return true;
}

/* The index leads from each receipt to this leaf, or to an earlier one with the same receipt. */
static enum err
check_delivery(struct check *check, uint64_t leaf, const struct entry_delivery *delivery)
{
    const struct mailbox *member = find_mailbox(check, delivery->member);
    struct relay_delivery keys[BATCH_MAX];

    for (size_t i = 0; i < delivery->receipts_count; i++) {
        struct delivery_receipt receipt;
        uint64_t found = 0;
        enum err err = delivery_receipt_decode(delivery->receipts[i], check->arena, &receipt);
        if (err == ERR_NOMEM)
            return err;
        if (err != ERR_OK || member == NULL || !find_receipt_key(check, &receipt, &keys[i])) {
            wrong(check, leaf, "one of its receipts is of no message");
            return ERR_OK;
        }
        if (store_find_delivery(check->store, member->number, &keys[i], &found) != ERR_OK ||
            found > leaf)
            wrong(check, leaf, "the index of receipts does not lead to it");
        if (found == leaf && !is_repeated(keys, i))
            check->receipts++;
    }
    return ERR_OK;
}

/* The hash first: what is not the leaf is not looked into. */
static enum err
check_entry(struct check *check, uint64_t leaf, struct span bytes, const struct hash *leaf_hash)
{
    const struct hash hash = merkle_leaf_hash(bytes);
    struct log_entry entry;

    if (!hash_is_equal(&hash, leaf_hash)) {
        wrong(check, leaf, "its bytes are not those of its leaf hash");
        return ERR_OK;
    }
    enum err err = entry_decode(bytes, check->arena, &entry);
    if (err != ERR_OK) {
        wrong(check, leaf, "it is malformed");
        return err == ERR_NOMEM ? err : ERR_OK;
    }
    if (entry.type == DENREI__V1__LOG_ENTRY__EVENT_MESSAGE)
        return check_message(check, leaf, &entry.message);
    if (entry.type == DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT)
        return check_document(check, leaf, &entry.document);
    if (entry.type == DENREI__V1__LOG_ENTRY__EVENT_DELIVERY)
        return check_delivery(check, leaf, &entry.delivery);
    return ERR_OK;
}

/* The leaf hashes of the tile with `leaf`, which the tree holds against its root. */
static const struct hash *
find_leaves(struct check *check, uint64_t leaf, uint64_t size)
{
    uint64_t number = leaf / TILE_WIDTH;
    uint64_t left = size - number * TILE_WIDTH;
    const struct tile_ref tile = {
        .level = 0, .width = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH, .number = number};
    const struct hash *hashes = NULL;

    if (tree_tile(check->tree, &tile, &hashes) == ERR_OK)
        return hashes;
    problems_add(check->problems, problem_path("tile %llu", (unsigned long long)number).text, "",
                 "the leaf hashes of entries %llu to %llu are damaged",
                 (unsigned long long)(number * TILE_WIDTH),
                 (unsigned long long)(number * TILE_WIDTH + tile.width - 1));
    return NULL;
}

static enum err
check_entries(struct check *check, void (*progress)(void *, uint64_t, uint64_t), void *context)
{
    uint64_t size = tree_leaf_count(check->tree);
    const struct hash *leaves = NULL;
    enum err err = ERR_OK;

    for (uint64_t leaf = 0; err == ERR_OK && leaf < size; leaf++) {
        struct span bytes = {0};
        if (leaf % PROGRESS_EVERY == 0)
            progress(context, leaf, size);
        leaves = find_leaves(check, leaf, size);
        if (leaves == NULL)
            return ERR_OK; /* told; without its hash no entry can be judged */
        arena_reset(check->arena);
        err = store_find_entry(check->store, leaf, check->arena, &bytes);
        check->result.entries++;
        if (err == ERR_OK) {
            err = check_entry(check, leaf, bytes, &leaves[leaf % TILE_WIDTH]);
        } else if (err == ERR_NOT_FOUND || err == ERR_CORRUPT) {
            wrong(check, leaf, "it is missing, or the row that holds it is damaged");
            err = ERR_OK;
        }
    }
    progress(context, size, size);
    return err;
}

/* That a signed checkpoint is one of this tree. */
static void
check_note(struct check *check, const struct checkpoint_policy *policy, struct span note,
           const char *path)
{
    struct checkpoint_verified verified;
    struct hash root;

    if (checkpoint_verify(note, policy, &verified) != ERR_OK)
        problems_add(check->problems, path, "", "it is not signed by the log");
    else if (tree_root_at(check->tree, verified.head.leaf_count, &root) != ERR_OK)
        problems_add(check->problems, path, "", "it covers more entries than there are");
    else if (!hash_is_equal(&root, &verified.head.root))
        problems_add(check->problems, path, "", "the leaves do not lead to its root");
}

static enum err
check_notes(struct check *check)
{
    struct store_published published = {.size = UINT64_MAX >> 1};
    struct log_keys keys;
    struct span note;

    enum err err = log_keys_make(trust_directory(check->trust, TRUST_UNLOGGED), &keys);
    if (err != ERR_OK)
        return err;
    const struct checkpoint_policy policy = log_keys_policy(&keys, 0);
    arena_reset(check->arena);
    err = store_find_checkpoint(check->store, check->arena, &note);
    if (err == ERR_OK)
        check_note(check, &policy, note, "the last checkpoint");
    else
        problems_add(check->problems, "the last checkpoint", "", "it is missing or damaged");
    for (;;) {
        arena_reset(check->arena);
        err = store_find_published_before(check->store, published.size, check->arena, &published);
        if (err != ERR_OK)
            break;
        check->result.published++;
        check_note(
            check, &policy, published.note,
            problem_path("published checkpoint %llu", (unsigned long long)published.size).text);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Counted numbers of the mailboxes, and that no index has rows that the log does not. */
static enum err
check_counts(struct check *check)
{
    struct store_counts counts;
    struct mailbox stored;

    enum err err = store_count(check->store, &counts);
    if (err != ERR_OK)
        return err;
    if (counts.messages != check->result.messages)
        problems_add(check->problems, "index of messages", "", "it holds %llu, the log %llu",
                     (unsigned long long)counts.messages,
                     (unsigned long long)check->result.messages);
    if (counts.slots != check->slots)
        problems_add(check->problems, "mailboxes", "", "they hold %llu numbers, the log %llu",
                     (unsigned long long)counts.slots, (unsigned long long)check->slots);
    if (counts.deliveries != check->receipts)
        problems_add(check->problems, "index of receipts", "", "it holds %llu, the log %llu",
                     (unsigned long long)counts.deliveries, (unsigned long long)check->receipts);
    if (counts.documents != check->result.documents)
        problems_add(check->problems, "documents", "", "there are %llu, in the log %llu",
                     (unsigned long long)counts.documents,
                     (unsigned long long)check->result.documents);
    if (counts.entries != check->result.entries)
        problems_add(check->problems, "entries", "", "there are %llu, leaf hashes %llu",
                     (unsigned long long)counts.entries, (unsigned long long)check->result.entries);
    for (size_t i = 0; i < mailboxes_count(check->mailboxes); i++) {
        const struct mailbox *own = mailboxes_at(check->mailboxes, i);
        err = store_find_mailbox(check->store, own->number, &stored);
        if (err != ERR_OK || stored.flash_last != own->flash_last ||
            stored.rest_last != own->rest_last || stored.unacknowledged != own->unacknowledged)
            problems_add(check->problems, problem_path("mailbox of %s", own->member).text, "",
                         "its numbers are not those of the log");
    }
    return ERR_OK;
}

static void
check_highwater(struct check *check, const struct merkle_head *head)
{
    struct hash root;

    if (head == NULL || head->leaf_count == 0)
        return;
    if (tree_root_at(check->tree, head->leaf_count, &root) != ERR_OK)
        problems_add(check->problems, "high-water file", "",
                     "the relay has answered for %llu entries, the store holds fewer",
                     (unsigned long long)head->leaf_count);
    else if (!hash_is_equal(&root, &head->root))
        problems_add(check->problems, "high-water file", "", "it is of another log");
}

/* The tree of the last checkpoint, over the store's tiles. */
static enum err
open_tree(struct check *check)
{
    const struct directory *directory = trust_directory(check->trust, TRUST_UNLOGGED);
    const struct tile_reader tiles = apply_tiles(check->store);
    struct merkle_head head;

    enum err err = apply_read_head(check->store, directory->log_origin, &directory->log_key,
                                   check->arena, &head);
    if (err != ERR_OK) {
        problems_add(check->problems, "the last checkpoint", "", "it is not the log's: %s",
                     err_text(err));
        return err;
    }
    err = tree_new(&head, &tiles, &check->tree);
    if (err != ERR_OK)
        problems_add(check->problems, "tiles", "",
                     "the hashes at the tree's right edge do not lead to the checkpoint's root: %s",
                     err_text(err));
    return err;
}

/* The trust begins with the first document, which is the root file. */
static enum err
open_check(struct check *check)
{
    struct store_document first = {0};

    enum err err = arena_new(ENTRY_ARENA_BYTES, &check->arena);
    if (err == ERR_OK)
        err = mailboxes_new(&check->mailboxes);
    if (err == ERR_OK)
        err = store_find_document(check->store, 1, check->arena, &first);
    if (err == ERR_OK)
        err = trust_new(first.bytes, &check->trust);
    if (err != ERR_OK) {
        problems_add(check->problems, "document 1", "", "the root file is missing or damaged");
        return err;
    }
    return open_tree(check);
}

enum err
check_store(struct store *store, const char *dir, const struct merkle_head *head,
            void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
            struct check_result *out, struct problems *problems)
{
    struct check check = {.store = store, .dir = dir, .problems = problems};

    enum err err = store_check_file(store);
    if (err == ERR_CORRUPT)
        problems_add(problems, "relay.db", "", "SQLite finds the file damaged");
    err = open_check(&check);
    if (err == ERR_OK)
        err = read_mailboxes(&check);
    if (err == ERR_OK)
        err = check_entries(&check, progress, context);
    if (err == ERR_OK)
        err = check_notes(&check);
    if (err == ERR_OK)
        err = check_counts(&check);
    if (err == ERR_OK)
        check_highwater(&check, head);
    *out = check.result;
    tree_free(&check.tree);
    mailboxes_free(&check.mailboxes);
    trust_free(&check.trust);
    arena_free(&check.arena);
    /* Whatever stopped the reading, what was told is damage. */
    return err != ERR_NOMEM && !problems_is_empty(problems) ? ERR_CORRUPT : err;
}
