/*
 * bundle.h - the installation bundle: all that a new relay, node or officer needs to trust
 * (DESIGN section 8, first contact).
 *
 * Pure.  A bundle is not signed itself: each document in it is, and who installs one compares the
 * federation's hash with what the root holders published.
 */
#ifndef KEYS_BUNDLE_H
#define KEYS_BUNDLE_H

#include "keys/trust.h"

enum { BUNDLE_BYTES_MAX = 6 << 20, BUNDLE_DIRECTORIES_MAX = 1024 };

/* Signed documents: directories from version 1 on, and a roster each of some members. */
struct bundle {
    const struct span *directories;
    size_t directories_count;
    const struct span *rosters;
    size_t rosters_count;
};

/* Decode; borrows from `arena`.  ERR_FORMAT: malformed, or no directory.  ERR_NOMEM: arena full. */
enum err bundle_decode(struct span bytes, struct arena *arena, struct bundle *out);

/* Encode.  ERR_FORMAT: bundle_decode would refuse it.  ERR_NOMEM: arena full. */
enum err bundle_encode(const struct bundle *bundle, struct arena *arena, struct span *out);

/*
 * Verify every document of a bundle, in order.  On ERR_OK the caller owns *out and must trust_free
 * it; otherwise it is NULL and, if `wrong` is not NULL, *wrong says which document was refused:
 * directories first, counted from 0.
 * Errors: trust_new's and trust_apply's.
 */
enum err bundle_open(const struct bundle *bundle, struct trust **out, size_t *wrong);

#endif /* KEYS_BUNDLE_H */
