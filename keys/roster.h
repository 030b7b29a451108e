/*
 * roster.h - a member's credentials and mailbox keys, signed by its authority (DESIGN section 8).
 *
 * Pure.  A decoded roster has passed every check that it can pass alone, each credential's
 * self-signature included (so decoding needs the federation).  It borrows from the arena.
 */
#ifndef KEYS_ROSTER_H
#define KEYS_ROSTER_H

#include "keys/credential.h"
#include "keys/directory.h"

enum { SEALED_BYTES = 80 /* a mailbox's secret, sealed */ };

struct sealed_secret {
    struct hash credential;
    struct span sealed; /* 80 bytes */
};

struct mailbox_key {
    uint32_t generation;
    struct public_key public_key;
    const struct sealed_secret *secrets;
    size_t secrets_count;
};

struct suspect {
    struct hash credential;
    uint64_t since_leaf;
};

struct roster {
    const char *member;
    uint64_t version;
    bool has_previous;
    struct hash previous;
    uint64_t issued_ms;
    uint64_t expires_ms;
    const struct credential *credentials;
    size_t credentials_count;
    const struct mailbox_key *mailboxes; /* descending generation: the first is current */
    size_t mailboxes_count;
    const struct suspect *suspects;
    size_t suspects_count;
};

/*
 * Decode a roster's body: versions as in a directory; life at most ROSTER_MS_MAX; credentials of
 * this member, ascending local id; at most MAILBOX_KEYS_MAX mailboxes, descending generation, each
 * sealed only to receiving credentials of this roster, the first one to all of them, and at least
 * one if there are any; suspects once each; no key twice.
 * ERR_FORMAT: malformed or against these.  ERR_SIGNATURE: a credential's self-signature.
 * ERR_KEY: a key is weak or there twice.  ERR_NOMEM: arena full, or no memory.
 */
enum err roster_decode(const struct hash *federation, struct span body, struct arena *arena,
                       struct roster *out);

/*
 * Encode; credentials by their signed_bytes.
 * ERR_FORMAT, ERR_KEY: roster_decode would refuse it.  ERR_NOMEM: arena full, or
 * DOCUMENT_BYTES_MAX passed.
 */
enum err roster_encode(const struct roster *roster, struct arena *arena, struct span *out);

/* The authority keys that signed a roster. */
struct roster_signers {
    struct public_key keys[AUTHORITY_KEYS_MAX];
    size_t count;
};

/*
 * Which of the member's authority keys in `directory` signed `document`; at least one.
 * ERR_UNKNOWN: no such member.  ERR_SIGNATURE: none signed, or a signature does not verify.
 * ERR_NOMEM: no memory.  *out is untouched on an error.
 */
enum err roster_find_signers(const struct hash *federation, const struct directory *directory,
                             const struct document *document, const char *member,
                             struct roster_signers *out);

/*
 * Check that `roster` may follow `previous`, whose document hash is `previous_hash`: same member,
 * version + 1, and that hash.  ERR_STALE: it may not.
 */
enum err roster_check_follows(const struct roster *previous, const struct hash *previous_hash,
                              const struct roster *roster);

/* NULL if there is none. */
const struct credential *roster_find_credential(const struct roster *roster,
                                                const struct hash *hash);

/*
 * Unseal the mailbox secret of `mailbox` with the credential's encryption identity.
 * *out is owned by the caller.  ERR_NOT_FOUND: not sealed to this credential.
 * ERR_KEY: it does not open, or is not the secret of the public key.
 */
enum err roster_open_mailbox(const struct mailbox_key *mailbox, const struct hash *credential,
                             const struct identity *encryption, struct identity **out);

#endif /* KEYS_ROSTER_H */
