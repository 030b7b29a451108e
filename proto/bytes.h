/*
 * bytes.h - fixed-size byte values as structs, a borrowed run of bytes, and numbers as bytes.
 *
 * Pure.
 */
#ifndef PROTO_BYTES_H
#define PROTO_BYTES_H

#include <stddef.h>
#include <stdint.h>

enum {
    HASH_BYTES = 32,      /* SHA-256 digest, BLAKE2b-256 commitment */
    KEY_BYTES = 32,       /* Ed25519 or X25519 public key */
    SEED_BYTES = 32,      /* secret that a key pair is made from */
    SIGNATURE_BYTES = 64, /* Ed25519 */
    ID_BYTES = 16         /* message id (UUIDv7), thread id */
};

struct hash {
    uint8_t bytes[HASH_BYTES];
};

struct public_key {
    uint8_t bytes[KEY_BYTES];
};

struct sig {
    uint8_t bytes[SIGNATURE_BYTES];
};

struct id {
    uint8_t bytes[ID_BYTES];
};

/* Borrowed bytes; data may be NULL when len is 0. */
struct span {
    const uint8_t *data;
    size_t len;
};

/* Write `value` big-endian. */
void bytes_put_u32(uint8_t out[4], uint32_t value);
void bytes_put_u64(uint8_t out[8], uint64_t value);

/* The number that stands big-endian at `bytes`. */
uint32_t bytes_get_u32(const uint8_t bytes[4]);
uint64_t bytes_get_u64(const uint8_t bytes[8]);

#endif /* PROTO_BYTES_H */
