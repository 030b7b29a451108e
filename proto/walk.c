#include "proto/walk.h"

#include "proto/attached.pb-c.h"
#include "proto/field.h"

#include <assert.h>
#include <string.h>

void
walk_init(struct walk *walk, const ProtobufCMessage *message)
{
    walk->depth = 1;
    walk->levels[0] = (struct walk_level){.message = message};
}

static enum walk_event
leave(struct walk *walk, struct walk_step *step)
{
    walk->depth--;
    if (walk->depth == 0)
        return WALK_END;
    struct walk_level *level = &walk->levels[walk->depth - 1];
    step->parent = level->message->descriptor;
    step->field = &level->message->descriptor->fields[level->field];
    step->index = level->index - 1;
    step->count = field_count(level->message, step->field);
    step->value = NULL;
    step->depth = walk->depth - 1;
    return WALK_LEAVE;
}

/* What opens an attachment, and names its ciphertext, is for programs: it is neither printed nor
 * put into JSON. */
static bool
is_key(const ProtobufCMessageDescriptor *type, const ProtobufCFieldDescriptor *field)
{
    return type == &denrei__v1__attached_file__descriptor && field->type == PROTOBUF_C_TYPE_BYTES;
}

enum walk_event
walk_next(struct walk *walk, struct walk_step *step)
{
    struct walk_level *level = &walk->levels[walk->depth - 1];
    const ProtobufCMessageDescriptor *type = level->message->descriptor;

    while (level->field < type->n_fields &&
           (is_key(type, &type->fields[level->field]) ||
            level->index >= field_count(level->message, &type->fields[level->field]))) {
        level->field++;
        level->index = 0;
    }
    if (level->field == type->n_fields)
        return leave(walk, step);

    const ProtobufCFieldDescriptor *field = &type->fields[level->field];
    step->parent = type;
    step->field = field;
    step->index = level->index;
    step->count = field_count(level->message, field);
    step->value = field_value(level->message, field, level->index);
    step->depth = walk->depth - 1;
    level->index++;
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return WALK_VALUE;

    assert(walk->depth < WIRE_DEPTH_MAX);
    struct walk_level *inner = &walk->levels[walk->depth++];
    *inner = (struct walk_level){0};
    memcpy(&inner->message, step->value, sizeof inner->message);
    return WALK_ENTER;
}
