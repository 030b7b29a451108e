/*
 * Goal: whatever entries a log holds, the auditor judges each and goes on: the tree counts every
 * one, nothing crashes, and no forged entry passes as a message.
 * Input: entries as an entry bundle has them (u16 length, bytes), each with the document that the
 * two bytes of its place in the input choose; they follow the genesis and the documents of a fixed
 * federation.
 */
#include "clients/audit/audit.h"
#include "tests/unit/federation_log.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct fed_log *sound; /* genesis and documents */

static void
step(struct audit *audit, struct span entry, struct span document)
{
    struct log_entry peeked;
    struct audit_outcome outcome;
    uint64_t before = audit_tree(audit)->leaf_count;

    if (!audit_peek_document(audit, entry, &peeked))
        document = (struct span){NULL, 0};
    const struct audit_event event = {entry, document};
    audit_step(audit, &event, &outcome);
    assert(outcome.leaf == before && audit_tree(audit)->leaf_count == before + 1);
    assert(outcome.fault < AUDIT_FAULT_COUNT && outcome.subject != NULL);
    assert(outcome.is_decoded || outcome.fault != AUDIT_SOUND);
    assert(!outcome.has_header || outcome.is_decoded);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct audit *audit = NULL;
    size_t at = 0;

    if (sound == NULL)
        sound = fed_log_new(fed_usual(2));
    if (audit_new(sound->fed->directory, &audit) != ERR_OK)
        return 0;
    for (size_t i = 0; i < sound->count; i++)
        step(audit, sound->list[i].entry, sound->list[i].document);
    while (len - at >= 2) { /* ends: `at` grows */
        size_t bytes = (size_t)data[at] << 8 | data[at + 1];
        struct span document = sound->list[data[at + 1] % sound->count].document;
        at += 2;
        if (bytes > len - at)
            bytes = len - at;
        step(audit, (struct span){data + at, bytes}, document);
        at += bytes;
    }
    audit_free(&audit);
    return 0;
}
