#include "proto/attachment.h"

#include "proto/envelope.h"
#include "proto/hash.h"
#include "proto/merkle.h"

#include <assert.h>
#include <string.h>

static_assert(ATTACHMENT_CHUNK_EXTRA == crypto_secretstream_xchacha20poly1305_ABYTES);

/* ---- sizes */

static uint64_t
chunks_of(uint64_t padded)
{
    return (padded + ATTACHMENT_CHUNK_BYTES - 1) / ATTACHMENT_CHUNK_BYTES;
}

uint64_t
attachment_sealed_bytes(uint64_t bytes)
{
    uint64_t padded = envelope_padded_bytes((size_t)bytes);

    assert(bytes > 0 && bytes <= ATTACHMENT_BYTES_MAX);
    return padded + chunks_of(padded) * ATTACHMENT_CHUNK_EXTRA;
}

uint32_t
attachment_chunks(uint64_t sealed_bytes)
{
    uint64_t count = (sealed_bytes + ATTACHMENT_SEALED_MAX - 1) / ATTACHMENT_SEALED_MAX;
    uint64_t extra = count * ATTACHMENT_CHUNK_EXTRA;

    if (sealed_bytes == 0 || count > ATTACHMENT_CHUNKS_MAX || sealed_bytes <= extra)
        return 0;
    uint64_t padded = sealed_bytes - extra;
    /* Padding twice is padding once, so a padded size is one that padding leaves alone. */
    if (padded > ATTACHMENT_BYTES_MAX || envelope_padded_bytes((size_t)padded) != padded ||
        chunks_of(padded) != count)
        return 0;
    return (uint32_t)count;
}

size_t
attachment_chunk_len(uint64_t sealed_bytes, uint32_t chunk)
{
    uint32_t count = attachment_chunks(sealed_bytes);

    if (chunk >= count)
        return 0;
    if (chunk + 1 < count)
        return ATTACHMENT_SEALED_MAX;
    return (size_t)(sealed_bytes - (uint64_t)chunk * ATTACHMENT_SEALED_MAX);
}

/* ---- the tree */

struct hash
attachment_root(const struct hash *leaves, uint32_t count)
{
    struct merkle tree;

    assert(count > 0 && count <= ATTACHMENT_CHUNKS_MAX);
    merkle_init(&tree);
    for (uint32_t i = 0; i < count; i++) {
        enum err err = merkle_append(&tree, &leaves[i]);
        assert(err == ERR_OK);
    }
    return merkle_root(&tree);
}

size_t
attachment_path(const struct hash *leaves, uint32_t count, uint32_t index,
                struct hash path[ATTACHMENT_PATH_MAX])
{
    struct hash level[(ATTACHMENT_CHUNKS_MAX + 1) / 2];
    const struct hash *nodes = leaves;
    size_t len = 0;

    assert(index < count && count <= ATTACHMENT_CHUNKS_MAX);
    /* Level after level; a node without a sibling goes up as it is (RFC 6962, 2.1). */
    while (count > 1) {
        uint32_t sibling = index ^ 1;
        if (sibling < count)
            path[len++] = nodes[sibling];
        for (uint32_t i = 0; i < count / 2; i++)
            level[i] = merkle_node_hash(&nodes[2 * i], &nodes[2 * i + 1]);
        if (count % 2 == 1)
            level[count / 2] = nodes[count - 1];
        nodes = level;
        count = (count + 1) / 2;
        index /= 2;
    }
    return len;
}

enum err
attachment_check_chunk(const struct attachment *attachment, uint32_t chunk, struct span data,
                       const struct hash *path, size_t path_len, struct hash *leaf)
{
    size_t len = attachment_chunk_len(attachment->bytes, chunk);

    if (len == 0 || data.len != len)
        return ERR_RANGE;
    struct hash hash = merkle_leaf_hash(data);
    enum err err = merkle_check_inclusion(&hash, chunk, attachment_chunks(attachment->bytes), path,
                                          path_len, &attachment->hash);
    if (err == ERR_OK && leaf != NULL)
        *leaf = hash;
    return err;
}

/* ---- encryption */

struct attachment_key
attachment_draw_key(void)
{
    struct attachment_key key;

    randombytes_buf(key.bytes, sizeof key.bytes);
    return key;
}

void
attachment_begin(struct attachment_stream *stream, const struct attachment_key *key, uint64_t bytes)
{
    *stream =
        (struct attachment_stream){.bytes = bytes, .sealed_bytes = attachment_sealed_bytes(bytes)};
    /* Pushing and pulling begin with the same state; only the drawing of the header differs. */
    int failed = crypto_secretstream_xchacha20poly1305_init_pull(
        &stream->state, key->bytes + crypto_secretstream_xchacha20poly1305_KEYBYTES, key->bytes);
    assert(failed == 0);
}

void
attachment_end(struct attachment_stream *stream)
{
    sodium_memzero(stream, sizeof *stream);
}

size_t
attachment_next_len(const struct attachment_stream *stream)
{
    uint64_t from = (uint64_t)stream->next * ATTACHMENT_CHUNK_BYTES;

    if (from >= stream->bytes)
        return 0;
    return stream->bytes - from < ATTACHMENT_CHUNK_BYTES ? (size_t)(stream->bytes - from)
                                                         : ATTACHMENT_CHUNK_BYTES;
}

/* What the next chunk is marked with. */
static unsigned char
next_tag(const struct attachment_stream *stream)
{
    return stream->next + 1 == attachment_chunks(stream->sealed_bytes)
               ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
               : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
}

size_t
attachment_seal(struct attachment_stream *stream, uint8_t *plain, uint8_t *sealed)
{
    size_t len = attachment_chunk_len(stream->sealed_bytes, stream->next);
    size_t file_len = attachment_next_len(stream);

    assert(len > ATTACHMENT_CHUNK_EXTRA);
    memset(plain + file_len, 0, len - ATTACHMENT_CHUNK_EXTRA - file_len);
    int failed = crypto_secretstream_xchacha20poly1305_push(&stream->state, sealed, NULL, plain,
                                                            len - ATTACHMENT_CHUNK_EXTRA, NULL, 0,
                                                            next_tag(stream));
    assert(failed == 0);
    stream->next++;
    return len;
}

enum err
attachment_open(struct attachment_stream *stream, struct span sealed, uint8_t *plain, size_t *len)
{
    size_t expected = attachment_chunk_len(stream->sealed_bytes, stream->next);
    size_t file_len = attachment_next_len(stream);
    unsigned char tag = 0;

    if (expected == 0 || sealed.len != expected)
        return ERR_RANGE;
    if (crypto_secretstream_xchacha20poly1305_pull(&stream->state, plain, NULL, &tag, sealed.data,
                                                   sealed.len, NULL, 0) != 0)
        return ERR_COMMITMENT;
    if (tag != next_tag(stream) ||
        !sodium_is_zero(plain + file_len, expected - ATTACHMENT_CHUNK_EXTRA - file_len))
        return ERR_FORMAT;
    stream->next++;
    *len = file_len;
    return ERR_OK;
}

/* ---- entries */

const ProtobufCFieldDescriptor *
attachment_field(const ProtobufCMessageDescriptor *type)
{
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        if (field->type == PROTOBUF_C_TYPE_MESSAGE && field->label == PROTOBUF_C_LABEL_REPEATED &&
            field->descriptor == &denrei__v1__attached_file__descriptor)
            return field;
    }
    return NULL;
}

struct attachment_list
attachment_files(const ProtobufCMessage *content)
{
    const ProtobufCFieldDescriptor *field = attachment_field(content->descriptor);
    struct attachment_list list = {0};

    if (field == NULL)
        return list;
    memcpy(&list.count, (const uint8_t *)content + field->quantifier_offset, sizeof list.count);
    memcpy(&list.files, (const uint8_t *)content + field->offset, sizeof list.files);
    return list;
}

void
attachment_set_files(ProtobufCMessage *content, Denrei__V1__AttachedFile **files, size_t count)
{
    const ProtobufCFieldDescriptor *field = attachment_field(content->descriptor);

    assert(field != NULL);
    memcpy((uint8_t *)content + field->quantifier_offset, &count, sizeof count);
    memcpy((uint8_t *)content + field->offset, &files, sizeof files);
}

enum err
attachment_seals(const ProtobufCMessage *content, struct arena *arena,
                 const struct attachment **out, size_t *count)
{
    const struct attachment_list list = attachment_files(content);
    struct attachment *seals = NULL;

    if (list.count > ATTACHMENTS_MAX)
        return ERR_FORMAT;
    if (list.count > 0) {
        seals = arena_alloc(arena, list.count * sizeof *seals);
        if (seals == NULL)
            return ERR_NOMEM;
    }
    for (size_t i = 0; i < list.count; i++) {
        uint64_t bytes = list.files[i]->bytes;
        if (bytes == 0 || bytes > ATTACHMENT_BYTES_MAX ||
            wire_get_hash(list.files[i]->hash, &seals[i].hash) != ERR_OK)
            return ERR_FORMAT;
        seals[i].bytes = attachment_sealed_bytes(bytes);
    }
    *out = seals;
    *count = list.count;
    return ERR_OK;
}

enum err
attachment_get_key(const Denrei__V1__AttachedFile *file, struct attachment_key *out)
{
    if (file->key.len != sizeof out->bytes)
        return ERR_FORMAT;
    memcpy(out->bytes, file->key.data, sizeof out->bytes);
    return ERR_OK;
}

void
attachment_check_seal(const ProtobufCMessage *content, const struct seal *seal,
                      struct problems *problems)
{
    const struct attachment_list list = attachment_files(content);

    if (list.count != seal->attachments_count)
        problems_add(problems, "attachments", "the sender must send it anew",
                     "the message speaks of %zu attached files, its seal of %zu", list.count,
                     seal->attachments_count);
    for (size_t i = 0; i < list.count && i < seal->attachments_count; i++) {
        const struct attachment *sealed = &seal->attachments[i];
        const Denrei__V1__AttachedFile *file = list.files[i];
        struct hash hash;
        if (wire_get_hash(file->hash, &hash) == ERR_OK && hash_is_equal(&hash, &sealed->hash) &&
            file->bytes > 0 && file->bytes <= ATTACHMENT_BYTES_MAX &&
            attachment_sealed_bytes(file->bytes) == sealed->bytes)
            continue;
        problems_add(problems, problem_path("attachments[%zu]", i).text,
                     "the sender must send it anew",
                     "the file that the message speaks of is not the one that its seal names");
    }
}
