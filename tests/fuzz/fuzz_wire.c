/*
 * Goal: whatever bytes come, wire_check refuses them or wire_decode yields a message that encodes
 * to the same bytes and can be printed.
 * Input: a byte that chooses the type, then the wire.
 */
#include "proto/json_message.h"
#include "proto/limits.h"
#include "proto/text.h"
#include "proto/wire.h"

#include "proto/denrei.pb-c.h"
#include "proto/lost_passport.pb-c.h"
#include "proto/mla.pb-c.h"
#include "proto/suspect_alert.pb-c.h"
#include "proto/trust.pb-c.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const ProtobufCMessageDescriptor *const types[] = {
    &denrei__v1__header__descriptor,        &denrei__v1__request__descriptor,
    &denrei__v1__reply__descriptor,         &denrei__v1__log_entry__descriptor,
    &denrei__v1__envelope__descriptor,      &denrei__v1__directory__descriptor,
    &denrei__v1__roster__descriptor,        &denrei__v1__lost_passport__descriptor,
    &denrei__v1__suspect_alert__descriptor, &denrei__v1__mla__descriptor,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct arena *arena;
    ProtobufCMessage *message = NULL;
    struct text_line line = {0};
    struct span again = {0};
    struct text text;
    json_t *tree = NULL;

    if (arena == NULL && arena_new(ARENA_BYTES_MAX, &arena) != ERR_OK)
        return 0;
    if (len == 0)
        return 0;
    const ProtobufCMessageDescriptor *type = types[data[0] % (sizeof types / sizeof types[0])];
    struct span wire = {data + 1, len - 1};

    enum err checked = wire_check(type, wire), decoded = wire_decode(type, wire, arena, &message);
    assert(checked == decoded); /* an arena this large holds what so few bytes say */
    if (decoded == ERR_OK) {
        assert(wire_encode(message, arena, &again) == ERR_OK);
        assert(again.len == wire.len &&
               (wire.len == 0 || !memcmp(again.data, wire.data, wire.len)));
        text_init(&text, message, LANGUAGE_JA);
        while (text_next(&text, &line))
            assert(wire_is_utf8(line.value));
        assert(json_message_encode(message, arena, &tree) == ERR_OK);
        json_decref(tree);
    }
    arena_reset(arena);
    return 0;
}
