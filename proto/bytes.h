/*
 * bytes.h - fixed-size byte values as structs, and a borrowed run of bytes.
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

#endif /* PROTO_BYTES_H */
