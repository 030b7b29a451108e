/*
 * Goal: whatever a person writes, as JSON or as pairs, is refused with a problem or becomes a
 * message in strict wire, which comes back from its own JSON as the same bytes.
 * Input: a byte that chooses type and form, then JSON text, or one pair a line.
 */
#include "proto/json_message.h"
#include "proto/json_read.h"
#include "proto/limits.h"
#include "proto/wire.h"

#include "proto/denrei.pb-c.h"
#include "proto/lost_passport.pb-c.h"
#include "proto/mla.pb-c.h"
#include "proto/suspect_alert.pb-c.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const ProtobufCMessageDescriptor *const types[] = {
    &denrei__v1__lost_passport__descriptor,
    &denrei__v1__suspect_alert__descriptor,
    &denrei__v1__mla__descriptor,
    &denrei__v1__request__descriptor,
};

enum { TYPES = sizeof types / sizeof types[0], PAIRS_MAX = 64 };

static struct arena *arena;

/* Problems go to JSON as well, so they are UTF-8 whatever they quote. */
static void
check_problems(const struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *problem = &problems->list[i];
        const char *const texts[] = {problem->path.text, problem->wrong, problem->cure};
        for (size_t j = 0; j < 3; j++)
            assert(wire_is_utf8((struct span){(const uint8_t *)texts[j], strlen(texts[j])}));
    }
}

/* The tree of the pairs in `input`; wrong ones are left out. */
static json_t *
read_pairs(const ProtobufCMessageDescriptor *type, struct span input, struct problems *problems)
{
    json_t *tree = json_object();
    char *pairs = arena_copy(arena, input.data, input.len);
    char *rest = NULL;
    int count = 0;

    if (pairs == NULL)
        return tree;
    for (char *pair = strtok_r(pairs, "\n", &rest); pair != NULL && count < PAIRS_MAX;
         pair = strtok_r(NULL, "\n", &rest), count++) {
        size_t before = problems_total(problems);
        enum err err = json_read_pair(type, pair, tree, problems);
        assert((err == ERR_OK) == (problems_total(problems) == before));
    }
    return tree;
}

static void
check_tree(const ProtobufCMessageDescriptor *type, json_t *tree)
{
    ProtobufCMessage *message = NULL, *again = NULL;
    struct problems problems = {0};
    struct span wire = {0}, wire_again = {0};
    json_t *printed = NULL;

    enum err err = json_message_decode(type, tree, arena, &message, &problems);
    assert((err == ERR_OK) == problems_is_empty(&problems));
    check_problems(&problems);
    if (err != ERR_OK)
        return;
    assert(wire_encode(message, arena, &wire) == ERR_OK);
    assert(wire_check(type, wire) == ERR_OK);
    assert(json_message_encode(message, arena, &printed) == ERR_OK);
    assert(json_message_decode(type, printed, arena, &again, &problems) == ERR_OK);
    assert(wire_encode(again, arena, &wire_again) == ERR_OK);
    assert(wire.len == wire_again.len && !memcmp(wire.data, wire_again.data, wire.len));
    json_decref(printed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct problems problems = {0};
    json_t *tree = NULL;

    if (arena == NULL && arena_new(ARENA_BYTES_MAX, &arena) != ERR_OK)
        return 0;
    if (len == 0)
        return 0;
    const ProtobufCMessageDescriptor *type = types[data[0] % TYPES];
    struct span input = {data + 1, len - 1};

    if (data[0] / TYPES % 2 == 0) {
        enum err err = json_read_text(input, &tree, &problems);
        assert((err == ERR_OK) == problems_is_empty(&problems));
    } else {
        tree = read_pairs(type, input, &problems);
    }
    check_problems(&problems);
    if (tree != NULL)
        check_tree(type, tree);
    json_decref(tree);
    arena_reset(arena);
    return 0;
}
