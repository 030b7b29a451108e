#include "proto/wire.h"

#include "proto/limits.h"

#include <string.h>

enum {
    VARINT_BYTES_MAX = 10,
    ONEOFS_MAX = 4, /* groups in one message type of ours */
    WIRE_TYPE_VARINT = 0,
    WIRE_TYPE_LENGTH = 2
};

#define EACH_BYTE UINT64_C(0x0101010101010101)
#define EACH_TOP  UINT64_C(0x8080808080808080)

/* Bytes not read yet: from `at` up to `end`. */
struct cursor {
    const uint8_t *at;
    const uint8_t *end;
};

/* A message whose fields are being read. */
struct frame {
    const ProtobufCMessageDescriptor *type;
    const uint8_t *end;
    unsigned field; /* index of the last field read; fields of a descriptor ascend by number */
    uint32_t last_number;
    unsigned oneof_count;
    unsigned oneofs[ONEOFS_MAX]; /* the groups that have a member already, by their offset */
};

struct check {
    struct cursor in;
    size_t fields; /* read so far, elements of packed fields included */
    size_t depth;
    struct frame stack[WIRE_DEPTH_MAX]; /* no recursion: the peer chooses how deep it nests */
};

static bool
read_varint_tail(struct cursor *in, uint64_t *out)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < VARINT_BYTES_MAX && in->at + i < in->end; i++) {
        uint8_t byte = in->at[i];
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if ((byte & 0x80) != 0)
            continue;
        if (i > 0 && byte == 0)
            return false; /* not the shortest */
        if (i == VARINT_BYTES_MAX - 1 && byte > 1)
            return false; /* more than 64 bits */
        in->at += i + 1;
        *out = value;
        return true;
    }
    return false;
}

static inline bool
read_varint(struct cursor *in, uint64_t *out)
{
    if (in->at < in->end && *in->at < 0x80) { /* nearly all tags, enums, lengths, counts */
        *out = *in->at++;
        return true;
    }
    return read_varint_tail(in, out);
}

/* How many bytes the sequence at `at` takes, 0 if it is none (RFC 3629, section 4). */
static size_t
sequence_len(const uint8_t *at, size_t left)
{
    uint8_t lowest = 0x80, highest = 0xbf;
    size_t len = 0;

    if (at[0] < 0x80)
        return at[0] != 0 ? 1 : 0;
    if (at[0] >= 0xc2 && at[0] <= 0xdf)
        len = 2;
    else if (at[0] >= 0xe0 && at[0] <= 0xef)
        len = 3;
    else if (at[0] >= 0xf0 && at[0] <= 0xf4)
        len = 4;
    if (len == 0 || len > left)
        return 0;
    if (at[0] == 0xe0)
        lowest = 0xa0; /* else overlong */
    if (at[0] == 0xed)
        highest = 0x9f; /* else a surrogate */
    if (at[0] == 0xf0)
        lowest = 0x90;
    if (at[0] == 0xf4)
        highest = 0x8f; /* else above U+10FFFF */
    if (at[1] < lowest || at[1] > highest)
        return 0;
    for (size_t i = 2; i < len; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    return len;
}

bool
wire_is_utf8(struct span text)
{
    size_t i = 0;

    while (i < text.len) {
        uint64_t word = 0;
        if (text.len - i >= sizeof word) {
            memcpy(&word, text.data + i, sizeof word);
            /* No byte above 0x7f, and, since none is, no borrow unless one is zero. */
            if (((word | (word - EACH_BYTE)) & EACH_TOP) == 0) {
                i += sizeof word;
                continue;
            }
        }
        size_t len = sequence_len(text.data + i, text.len - i);
        if (len == 0)
            return false;
        i += len;
    }
    return true;
}

static bool
is_varint_type(ProtobufCType type)
{
    return type == PROTOBUF_C_TYPE_INT32 || type == PROTOBUF_C_TYPE_INT64 ||
           type == PROTOBUF_C_TYPE_UINT32 || type == PROTOBUF_C_TYPE_UINT64 ||
           type == PROTOBUF_C_TYPE_BOOL || type == PROTOBUF_C_TYPE_ENUM;
}

/* Whether `value` is one that `field` can hold and that its encoder would write so. */
static bool
is_in_range(const ProtobufCFieldDescriptor *field, uint64_t value)
{
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        return value <= 1;
    if (field->type == PROTOBUF_C_TYPE_UINT32)
        return value <= UINT32_MAX;
    if (field->type == PROTOBUF_C_TYPE_INT32)
        return value == (uint64_t)(int64_t)(int32_t)(uint32_t)value;
    if (field->type == PROTOBUF_C_TYPE_ENUM)
        return value != 0 && value <= INT32_MAX &&
               protobuf_c_enum_descriptor_get_value(field->descriptor, (int)value) != NULL;
    return true;
}

/* Elements of a packed field; each counts, for each takes up to eight bytes of the arena. */
static bool
check_packed(struct check *check, const ProtobufCFieldDescriptor *field, struct span payload)
{
    struct cursor in = {payload.data, payload.data + payload.len};
    uint64_t value = 0;

    if (payload.len == 0)
        return false;
    while (in.at < in.end) {
        if (check->fields++ >= WIRE_FIELDS_MAX)
            return false;
        if (!read_varint(&in, &value) || !is_in_range(field, value))
            return false;
    }
    return true;
}

static bool
push(struct check *check, const ProtobufCMessageDescriptor *type, const uint8_t *end)
{
    if (check->depth == WIRE_DEPTH_MAX)
        return false;
    struct frame *frame = &check->stack[check->depth++];
    frame->type = type;
    frame->end = end;
    frame->field = 0;
    frame->last_number = 0;
    frame->oneof_count = 0;
    return true;
}

/* Note that the oneof of `field` has its member; false if it had one already. */
static bool
take_oneof(struct frame *frame, const ProtobufCFieldDescriptor *field)
{
    for (unsigned i = 0; i < frame->oneof_count; i++) {
        if (frame->oneofs[i] == field->quantifier_offset)
            return false;
    }
    if (frame->oneof_count == ONEOFS_MAX)
        return false;
    frame->oneofs[frame->oneof_count++] = field->quantifier_offset;
    return true;
}

/* The field with `number`, which must ascend, or stay where a field may repeat; NULL if wrong. */
static const ProtobufCFieldDescriptor *
next_field(struct frame *frame, uint32_t number)
{
    const ProtobufCMessageDescriptor *type = frame->type;

    while (frame->field < type->n_fields && type->fields[frame->field].id < number)
        frame->field++;
    if (frame->field == type->n_fields || type->fields[frame->field].id != number)
        return NULL;

    const ProtobufCFieldDescriptor *field = &type->fields[frame->field];
    if (number == frame->last_number &&
        (field->label != PROTOBUF_C_LABEL_REPEATED || is_varint_type(field->type)))
        return NULL;
    frame->last_number = number;
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 && !take_oneof(frame, field))
        return NULL;
    return field;
}

/* Whether zero or empty may stand for `field`: it is an element, or a member of a oneof. */
static bool
may_be_empty(const ProtobufCFieldDescriptor *field)
{
    return field->label == PROTOBUF_C_LABEL_REPEATED ||
           (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

static bool
check_length_delimited(struct check *check, const ProtobufCFieldDescriptor *field)
{
    struct frame *frame = &check->stack[check->depth - 1];
    uint64_t len = 0;

    if (!read_varint(&check->in, &len) || len > (size_t)(frame->end - check->in.at))
        return false;
    struct span payload = {check->in.at, (size_t)len};

    if (field->label == PROTOBUF_C_LABEL_REPEATED && is_varint_type(field->type)) {
        check->in.at += len;
        return check_packed(check, field, payload);
    }
    if (len == 0 && !may_be_empty(field))
        return false;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return push(check, field->descriptor, payload.data + payload.len);
    check->in.at += len;
    return field->type == PROTOBUF_C_TYPE_BYTES ||
           (field->type == PROTOBUF_C_TYPE_STRING && wire_is_utf8(payload));
}

static bool
check_field(struct check *check)
{
    struct frame *frame = &check->stack[check->depth - 1];
    uint64_t tag = 0, value = 0;

    check->in.end = frame->end;
    if (check->fields++ >= WIRE_FIELDS_MAX || !read_varint(&check->in, &tag) || tag > UINT32_MAX)
        return false;

    const ProtobufCFieldDescriptor *field = next_field(frame, (uint32_t)tag >> 3);
    if (field == NULL)
        return false;
    if ((tag & 7) == WIRE_TYPE_LENGTH)
        return check_length_delimited(check, field);

    /* A repeated number comes packed only, so here it is a single one. */
    return (tag & 7) == WIRE_TYPE_VARINT && field->label != PROTOBUF_C_LABEL_REPEATED &&
           is_varint_type(field->type) && read_varint(&check->in, &value) &&
           (value != 0 || may_be_empty(field)) && is_in_range(field, value);
}

enum err
wire_check(const ProtobufCMessageDescriptor *type, struct span wire)
{
    struct check check;

    if (wire.len == 0)
        return ERR_OK;
    check.in = (struct cursor){wire.data, wire.data + wire.len};
    check.fields = 0;
    check.depth = 0;
    if (!push(&check, type, check.in.end))
        return ERR_FORMAT;
    while (check.depth > 0) {
        if (check.in.at == check.stack[check.depth - 1].end)
            check.depth--;
        else if (!check_field(&check))
            return ERR_FORMAT;
    }
    return ERR_OK;
}

static void *
allocate(void *arena, size_t bytes)
{
    return arena_alloc(arena, bytes);
}

static void
release(void *, void *)
{
    /* The arena is reset as a whole. */
}

enum err
wire_decode(const ProtobufCMessageDescriptor *type, struct span wire, struct arena *arena,
            ProtobufCMessage **out)
{
    ProtobufCAllocator allocator = {.alloc = allocate, .free = release, .allocator_data = arena};
    enum err err = ERR_OK;

    *out = NULL;
    err = wire_check(type, wire);
    if (err != ERR_OK)
        return err;
    /* What passed the check is valid protobuf, so only the arena can fail it. */
    *out = protobuf_c_message_unpack(type, &allocator, wire.len, wire.data);
    return *out != NULL ? ERR_OK : ERR_NOMEM;
}

enum err
wire_encode(const ProtobufCMessage *message, struct arena *arena, struct span *out)
{
    size_t len = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = arena_alloc(arena, len);

    if (bytes == NULL)
        return ERR_NOMEM;
    *out = (struct span){bytes, protobuf_c_message_pack(message, bytes)};
    return ERR_OK;
}
