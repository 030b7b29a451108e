#include "keys/bundle.h"

#include "proto/message.h"
#include "proto/wire.h"

static enum err
get_spans(const ProtobufCBinaryData *data, size_t count, struct arena *arena,
          const struct span **out)
{
    struct span *spans = arena_alloc(arena, count * sizeof *spans);

    if (spans == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        spans[i] = wire_get_span(data[i]);
    *out = spans;
    return ERR_OK;
}

enum err
bundle_decode(struct span bytes, struct arena *arena, struct bundle *out)
{
    ProtobufCMessage *message = NULL;
    struct bundle bundle = {0};
    enum err err = ERR_OK;

    if (bytes.len > BUNDLE_BYTES_MAX)
        return ERR_FORMAT;
    err = wire_decode(&denrei__v1__bundle__descriptor, bytes, arena, &message);
    if (err != ERR_OK)
        return err;
    const Denrei__V1__Bundle *wire = (const Denrei__V1__Bundle *)message;
    if (wire->n_directories == 0 || wire->n_directories > BUNDLE_DIRECTORIES_MAX ||
        wire->n_rosters > MEMBERS_MAX)
        return ERR_FORMAT;
    bundle.directories_count = wire->n_directories;
    bundle.rosters_count = wire->n_rosters;
    err = get_spans(wire->directories, wire->n_directories, arena, &bundle.directories);
    if (err == ERR_OK)
        err = get_spans(wire->rosters, wire->n_rosters, arena, &bundle.rosters);
    if (err != ERR_OK)
        return err;
    *out = bundle;
    return ERR_OK;
}

static enum err
put_spans(const struct span *spans, size_t count, struct arena *arena, ProtobufCBinaryData **out)
{
    ProtobufCBinaryData *data = arena_alloc(arena, count * sizeof *data);

    if (data == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        data[i] = wire_put(spans[i].data, spans[i].len);
    *out = data;
    return ERR_OK;
}

enum err
bundle_encode(const struct bundle *bundle, struct arena *arena, struct span *out)
{
    Denrei__V1__Bundle wire = DENREI__V1__BUNDLE__INIT;
    struct span bytes = {NULL, 0};
    enum err err = ERR_OK;

    if (bundle->directories_count == 0 || bundle->directories_count > BUNDLE_DIRECTORIES_MAX ||
        bundle->rosters_count > MEMBERS_MAX)
        return ERR_FORMAT;
    wire.n_directories = bundle->directories_count;
    wire.n_rosters = bundle->rosters_count;
    err = put_spans(bundle->directories, bundle->directories_count, arena, &wire.directories);
    if (err == ERR_OK)
        err = put_spans(bundle->rosters, bundle->rosters_count, arena, &wire.rosters);
    if (err == ERR_OK)
        err = wire_encode(&wire.base, arena, &bytes);
    if (err != ERR_OK)
        return err;
    if (bytes.len > BUNDLE_BYTES_MAX)
        return ERR_FORMAT;
    *out = bytes;
    return ERR_OK;
}

enum err
bundle_open(const struct bundle *bundle, struct trust **out, size_t *wrong)
{
    struct trust *trust = NULL;
    size_t done = 0;
    enum err err = trust_new(bundle->directories[0], &trust);

    *out = NULL;
    for (size_t i = 1; err == ERR_OK && i < bundle->directories_count; i++) {
        done++;
        err = trust_apply(trust, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY,
                          bundle->directories[i], TRUST_UNLOGGED);
    }
    for (size_t i = 0; err == ERR_OK && i < bundle->rosters_count; i++) {
        done++;
        err = trust_apply(trust, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, bundle->rosters[i],
                          TRUST_UNLOGGED);
    }
    if (err != ERR_OK) {
        if (wrong != NULL)
            *wrong = done;
        trust_free(&trust);
        return err;
    }
    *out = trust;
    return ERR_OK;
}
