/*
 * trust.h - every directory and roster of the federation, by the place in the log at which each
 * took effect.  Sender, relay, node and auditor share it: authority is judged by leaf order.
 *
 * Pure.  Keeps its own copies; memory grows with the documents and is freed by trust_free.
 * One writer; readers on other threads use an older generation or a lock of their host.
 */
#ifndef KEYS_TRUST_H
#define KEYS_TRUST_H

#include "keys/roster.h"

struct trust;

/*
 * Begin with the root file: `document` is the first directory's SignedDocument.  It counts as
 * in force at every leaf until its own leaf is known.
 * On ERR_OK the caller owns *out and must trust_free it.  Errors: directory_decode's and
 * directory_check_next's.
 */
enum err trust_new(struct span document, struct trust **out);

/* Free *trust and set it to NULL; a NULL *trust is left alone. */
void trust_free(struct trust **trust);

/*
 * Take the document that the log holds at `leaf`, or TRUST_UNLOGGED for one from a bundle that the
 * log has not been seen to hold.  The same document again is ERR_OK and changes nothing but its
 * leaf.  Directories come in the order of their versions.  The first roster known of a member may
 * have any version; a bundle's rosters may be newer than what the log shows afterwards, up to them.
 * A roster's signature is judged by the directory in force at its leaf.  Expired documents are
 * taken as well: what expired is for policy_check to say.
 * ERR_FORMAT, ERR_SIGNATURE, ERR_UNKNOWN, ERR_NOMEM: as directory_check_next, roster_find_signers
 * and the decoders say; ERR_FORMAT also for another type.  ERR_STALE: not the next version, another
 * document of the same version (a fork), or out of the log's order.  ERR_KEY: a key is weak,
 * voided, or stands in the federation already for another use or owner.  On an error nothing has
 * changed.
 */
enum err trust_apply(struct trust *trust, Denrei__V1__DocumentType type, struct span document,
                     uint64_t leaf);

#define TRUST_UNLOGGED UINT64_MAX /* newest: in force now, leaf not known yet */

/* The federation's hash (directory_federation of the root file), borrowed. */
const struct hash *trust_federation(const struct trust *trust);

/*
 * What is in force for an entry at `leaf`: the newest document at a smaller leaf; TRUST_UNLOGGED
 * asks for the newest of all.  A directory is never NULL.  A roster is NULL if there is none, if
 * the directory in force does not know the member, or if it voids every authority key that signed
 * it.
 */
const struct directory *trust_directory(const struct trust *trust, uint64_t leaf);
const struct roster *trust_roster(const struct trust *trust, const char *member, uint64_t leaf);

/* The newest roster of `member`, in force or not: what its next one follows; NULL if none. */
const struct roster *trust_newest_roster(const struct trust *trust, const char *member);

/* Document hash of the newest directory, or of `member`'s newest roster; NULL if none. */
const struct hash *trust_directory_hash(const struct trust *trust);
const struct hash *trust_roster_hash(const struct trust *trust, const char *member);

/* The credential in force at `leaf`; NULL if none or revoked. */
const struct credential *trust_credential(const struct trust *trust, const struct hash *hash,
                                          uint64_t leaf);

/*
 * The first leaf since which the credential is under suspicion, as the newest roster of its member
 * that mentions it says; UINT64_MAX if none does.
 */
uint64_t trust_suspect_since(const struct trust *trust, const struct hash *credential);

/* The SignedDocument of a directory by version, of a member's newest roster; empty if none. */
struct span trust_directory_document(const struct trust *trust, uint64_t version);
struct span trust_roster_document(const struct trust *trust, const char *member);

#endif /* KEYS_TRUST_H */
