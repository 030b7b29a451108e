/*
 * Goal: whatever bytes come, proof files and bundles of entries are refused, or yield what is
 * within bounds and is written as it was.
 */
#include "proto/tile.h"
#include "proto/tlog_proof.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_proof(struct span input)
{
    static char out[TLOG_PROOF_BYTES_MAX + 1];
    static struct tlog_proof proof, again;
    size_t len = 0;

    if (tlog_proof_parse(input, &proof) != ERR_OK)
        return;
    assert(proof.index < MERKLE_LEAVES_MAX && proof.path_len <= MERKLE_LEVELS_MAX);
    assert(proof.checkpoint.len > 0 && proof.checkpoint.len < input.len);
    if (tlog_proof_format(&proof, out, sizeof out, &len) != ERR_OK)
        return;               /* what follows the path is no note */
    assert(len <= input.len); /* without the extra line */
    struct span written = {(const uint8_t *)out, len};
    assert(tlog_proof_parse(written, &again) == ERR_OK);
    assert(again.index == proof.index && again.path_len == proof.path_len);
    assert(memcmp(again.path, proof.path, proof.path_len * sizeof proof.path[0]) == 0);
}

static void
check_bundle(struct span input)
{
    struct span rest = input, entry;
    size_t taken = 0;

    while (tile_bundle_next(&rest, &entry) == ERR_OK) {
        taken += 2 + entry.len;
        assert(entry.len <= ENTRY_BYTES_MAX && taken + rest.len == input.len);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span input = {data, len};

    check_proof(input);
    check_bundle(input);
    return 0;
}
