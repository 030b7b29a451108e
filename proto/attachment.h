/*
 * attachment.h - a file that goes with a message: its size in chunks, their Merkle tree, their
 * encryption, and its entry in the message's content (DESIGN section 6).
 *
 * Pure, except that attachment_draw_key draws from libsodium's generator.
 *
 * A file is padded with zeros to the Padmé of its size, cut into chunks of ATTACHMENT_CHUNK_BYTES
 * (the last may be shorter), and each is encrypted in libsodium's secretstream
 * (XChaCha20-Poly1305), the last with the tag FINAL.  It is named by the RFC 6962 root over the
 * chunks' ciphertexts.  Key and root travel in the content, which the seal binds to the header; so
 * all recipients have the same key, and a chunk is checked against the root before it is decrypted.
 */
#ifndef PROTO_ATTACHMENT_H
#define PROTO_ATTACHMENT_H

#include "proto/attached.pb-c.h"
#include "proto/message.h"
#include "proto/problem.h"

#include <sodium.h>

enum {
    ATTACHMENT_KEY_BYTES = crypto_secretstream_xchacha20poly1305_KEYBYTES +
                           crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    ATTACHMENT_SEALED_MAX = ATTACHMENT_CHUNK_BYTES + ATTACHMENT_CHUNK_EXTRA, /* of one chunk */
};

/* ---- sizes */

/* Bytes of ciphertext of a file of `bytes`, 1 to ATTACHMENT_BYTES_MAX. */
uint64_t attachment_sealed_bytes(uint64_t bytes);

/* How many chunks have `sealed_bytes` together; 0 if no file gives so many. */
uint32_t attachment_chunks(uint64_t sealed_bytes);

/* Bytes of chunk number `chunk` of a possible size; 0 if there are not so many chunks. */
size_t attachment_chunk_len(uint64_t sealed_bytes, uint32_t chunk);

/* ---- the tree over the chunks */

/* The root over the `count` (1 to ATTACHMENT_CHUNKS_MAX) leaf hashes at `leaves`. */
struct hash attachment_root(const struct hash *leaves, uint32_t count);

/* Write the path of leaf `index` (below `count`) and return its length. */
size_t attachment_path(const struct hash *leaves, uint32_t count, uint32_t index,
                       struct hash path[ATTACHMENT_PATH_MAX]);

/*
 * Check that `data` is chunk number `chunk` of the attachment that the seal names; its leaf hash
 * goes to *leaf (may be NULL).
 * ERR_RANGE: there is no such chunk, or it has another length.  ERR_PROOF: it is another chunk.
 */
enum err attachment_check_chunk(const struct attachment *attachment, uint32_t chunk,
                                struct span data, const struct hash *path, size_t path_len,
                                struct hash *leaf);

/* ---- encryption */

struct attachment_key {
    uint8_t bytes[ATTACHMENT_KEY_BYTES]; /* secret */
};

/* A file on its way through encryption, in either direction; attachment_end wipes it. */
struct attachment_stream {
    crypto_secretstream_xchacha20poly1305_state state; /* secret */
    uint64_t bytes;                                    /* of the file */
    uint64_t sealed_bytes;
    uint32_t next; /* chunk */
};

/* Draw a fresh key. */
struct attachment_key attachment_draw_key(void);

/* Begin at the first chunk of a file of `bytes` (1 to ATTACHMENT_BYTES_MAX). */
void attachment_begin(struct attachment_stream *stream, const struct attachment_key *key,
                      uint64_t bytes);

/* Wipe it. */
void attachment_end(struct attachment_stream *stream);

/* How many bytes of the file the next chunk holds: 0 in one of padding alone. */
size_t attachment_next_len(const struct attachment_stream *stream);

/*
 * Encrypt the next chunk, of which there must be one.  `plain` has room for ATTACHMENT_CHUNK_BYTES
 * and holds attachment_next_len of the file; what follows is overwritten with padding.  `sealed`
 * has room for ATTACHMENT_SEALED_MAX; returns the bytes put there.
 * The same key over the same bytes gives the same chunks, which is how a file half received goes
 * on: what is there is encrypted again, up to where it stops.
 */
size_t attachment_seal(struct attachment_stream *stream, uint8_t *plain, uint8_t *sealed);

/*
 * Decrypt the next chunk.  `plain` has room for ATTACHMENT_CHUNK_BYTES; *len bytes of the file are
 * put there, 0 from one of padding alone.
 * ERR_RANGE: no chunk is left, or the length is another.  ERR_COMMITMENT: it does not decrypt here.
 * ERR_FORMAT: it is marked as the last and is not, or the other way round, or padding is not zero.
 * The stream is at an end after an error.
 */
enum err attachment_open(struct attachment_stream *stream, struct span sealed, uint8_t *plain,
                         size_t *len);

/* ---- entries in a message's content */

struct attachment_list {
    Denrei__V1__AttachedFile *const *files; /* borrowed from the content */
    size_t count;
};

/* The field of `type` that holds attached files; NULL if a message of it can have none. */
const ProtobufCFieldDescriptor *attachment_field(const ProtobufCMessageDescriptor *type);

/* The files of `content`, in their order; none if its type has no field for them. */
struct attachment_list attachment_files(const ProtobufCMessage *content);

/* Let `content`, whose type has the field, have these files; it borrows the array. */
void attachment_set_files(ProtobufCMessage *content, Denrei__V1__AttachedFile **files,
                          size_t count);

/*
 * What the seal must say of the files of `content`.  *out lies in `arena`.
 * ERR_FORMAT: an entry has no hash or a size out of bounds.  ERR_NOMEM: arena full.
 */
enum err attachment_seals(const ProtobufCMessage *content, struct arena *arena,
                          const struct attachment **out, size_t *count);

/* The key in a file's entry.  ERR_FORMAT: it has another length. */
enum err attachment_get_key(const Denrei__V1__AttachedFile *file, struct attachment_key *out);

/* Add a problem where the files of `content` and the seal's attachments are not the same. */
void attachment_check_seal(const ProtobufCMessage *content, const struct seal *seal,
                           struct problems *problems);

#endif /* PROTO_ATTACHMENT_H */
