/*
 * Goal: whatever evidence comes, its check refuses it with a reason or yields a message that is in
 * the tree; it never crashes, leaks or reads beyond.
 * Input: evidence bytes, judged under the root file of a fixed federation; the seeds are made from
 * a sound one, so that mutations reach every step.
 */
#include "clients/audit/evidence.h"
#include "tests/unit/federation.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct fed *fed;
    static struct arena *arena;
    static struct evidence evidence;
    const char *fault = NULL;

    if (fed == NULL) {
        fed = fed_usual(2);
        fed_need(arena_new(ARENA_BYTES_MAX, &arena), "arena");
    }
    arena_reset(arena);
    enum err err =
        evidence_check(fed->directory, (struct span){data, len}, arena, &evidence, &fault);
    assert(fault != NULL);
    if (err != ERR_OK) {
        assert(evidence.trust == NULL);
        return 0;
    }
    assert(evidence.leaf < evidence.checkpoint.head.leaf_count);
    assert(evidence.answer.code == REFUSAL_NONE);
    assert(evidence.deliveries_count <= EVIDENCE_DELIVERIES_MAX);
    trust_free(&evidence.trust);
    return 0;
}
