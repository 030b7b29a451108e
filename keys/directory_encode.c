/* A directory into its wire form, which has no const: nothing here writes through it. */
#include "keys/directory.h"
#include "proto/message.h"
#include "proto/wire.h"

static char **
put_texts(const char *const *texts)
{
    return (char **)(uintptr_t)texts;
}

static ProtobufCBinaryData
put_key(const struct public_key *key)
{
    return wire_put(key->bytes, KEY_BYTES);
}

static enum err
put_keys(const struct public_key *keys, size_t count, struct arena *arena,
         ProtobufCBinaryData **out)
{
    ProtobufCBinaryData *data = arena_alloc(arena, count * sizeof *data);

    if (data == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        data[i] = put_key(&keys[i]);
    *out = data;
    return ERR_OK;
}

static enum err
put_roots(const struct directory *directory, struct arena *arena, Denrei__V1__Directory *wire)
{
    void **pointers = NULL;
    Denrei__V1__RootKey *roots =
        document_new_messages(arena, directory->roots_count, sizeof *roots, &pointers);

    if (roots == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < directory->roots_count; i++) {
        denrei__v1__root_key__init(&roots[i]);
        roots[i].holder = wire_put_text(directory->roots[i].holder);
        roots[i].public_key = put_key(&directory->roots[i].key);
    }
    wire->roots = (Denrei__V1__RootKey **)pointers;
    wire->n_roots = directory->roots_count;
    wire->root_threshold = directory->root_threshold;
    return ERR_OK;
}

static enum err
put_member(const struct member *member, struct arena *arena, Denrei__V1__Member *wire)
{
    denrei__v1__member__init(wire);
    wire->id = wire_put_text(member->id);
    wire->name = wire_put_text(member->name);
    wire->local_name = wire_put_text(member->local_name);
    wire->country = wire_put_text(member->country);
    wire->roles = (Denrei__V1__Role *)(uintptr_t)member->roles;
    wire->n_roles = member->roles_count;
    wire->issuing_states = put_texts(member->issuing_states);
    wire->n_issuing_states = member->issuing_states_count;
    wire->audits_all = member->audits_all;
    wire->n_authority_keys = member->authority_keys_count;
    if (put_keys(member->authority_keys, member->authority_keys_count, arena,
                 &wire->authority_keys) != ERR_OK ||
        document_put_kinds(member->may_send, arena, &wire->may_send, &wire->n_may_send) != ERR_OK)
        return ERR_NOMEM;
    return document_put_kinds(member->may_receive, arena, &wire->may_receive, &wire->n_may_receive);
}

static enum err
put_members(const struct directory *directory, struct arena *arena, Denrei__V1__Directory *wire)
{
    void **pointers = NULL;
    Denrei__V1__Member *members =
        document_new_messages(arena, directory->members_count, sizeof *members, &pointers);

    if (members == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < directory->members_count; i++) {
        if (put_member(&directory->members[i], arena, &members[i]) != ERR_OK)
            return ERR_NOMEM;
    }
    wire->members = (Denrei__V1__Member **)pointers;
    wire->n_members = directory->members_count;
    return ERR_OK;
}

static enum err
put_groups(const struct directory *directory, struct arena *arena, Denrei__V1__Directory *wire)
{
    void **pointers = NULL;
    Denrei__V1__Group *groups =
        document_new_messages(arena, directory->groups_count, sizeof *groups, &pointers);

    if (groups == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < directory->groups_count; i++) {
        const struct group *group = &directory->groups[i];
        denrei__v1__group__init(&groups[i]);
        groups[i].id = wire_put_text(group->id);
        groups[i].members = put_texts(group->members);
        groups[i].n_members = group->members_count;
    }
    wire->groups = (Denrei__V1__Group **)pointers;
    wire->n_groups = directory->groups_count;
    return ERR_OK;
}

static enum err
put_legal_bases(const struct directory *directory, struct arena *arena, Denrei__V1__Directory *wire)
{
    void **pointers = NULL;
    Denrei__V1__LegalBasis *bases =
        document_new_messages(arena, directory->legal_bases_count, sizeof *bases, &pointers);

    if (bases == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < directory->legal_bases_count; i++) {
        const struct legal_basis *basis = &directory->legal_bases[i];
        denrei__v1__legal_basis__init(&bases[i]);
        bases[i].id = wire_put_text(basis->id);
        bases[i].title = wire_put_text(basis->title);
        bases[i].members = put_texts(basis->members);
        bases[i].n_members = basis->members_count;
        bases[i].answer_hours = basis->answer_hours;
        if (document_put_kinds(basis->kinds, arena, &bases[i].kinds, &bases[i].n_kinds) != ERR_OK)
            return ERR_NOMEM;
    }
    wire->legal_bases = (Denrei__V1__LegalBasis **)pointers;
    wire->n_legal_bases = directory->legal_bases_count;
    return ERR_OK;
}

static enum err
put_relays(const struct directory *directory, struct arena *arena, Denrei__V1__Directory *wire)
{
    void **pointers = NULL;
    Denrei__V1__RelayKey *relays =
        document_new_messages(arena, directory->relays_count, sizeof *relays, &pointers);
    Denrei__V1__LogKey *log = arena_alloc(arena, sizeof *log);

    if (relays == NULL || log == NULL)
        return ERR_NOMEM;
    denrei__v1__log_key__init(log);
    log->origin = wire_put_text(directory->log_origin);
    log->public_key = put_key(&directory->log_key);
    for (size_t i = 0; i < directory->relays_count; i++) {
        denrei__v1__relay_key__init(&relays[i]);
        relays[i].endpoint = wire_put_text(directory->relays[i].endpoint);
        relays[i].transport_key = put_key(&directory->relays[i].transport_key);
        relays[i].relay_key = put_key(&directory->relays[i].relay_key);
    }
    wire->log = log;
    wire->relays = (Denrei__V1__RelayKey **)pointers;
    wire->n_relays = directory->relays_count;
    return ERR_OK;
}

static enum err
put_witnesses(const struct directory *directory, struct arena *arena, Denrei__V1__Directory *wire)
{
    void **pointers = NULL;
    Denrei__V1__Witness *witnesses =
        document_new_messages(arena, directory->witnesses_count, sizeof *witnesses, &pointers);

    if (witnesses == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < directory->witnesses_count; i++) {
        denrei__v1__witness__init(&witnesses[i]);
        witnesses[i].name = wire_put_text(directory->witnesses[i].name);
        witnesses[i].public_key = put_key(&directory->witnesses[i].key);
    }
    wire->witnesses = (Denrei__V1__Witness **)pointers;
    wire->n_witnesses = directory->witnesses_count;
    wire->witness_quorum = directory->witness_quorum;
    return ERR_OK;
}

static enum err
put_head(const struct directory *directory, struct arena *arena, Denrei__V1__Directory *wire)
{
    wire->version = directory->version;
    if (directory->has_previous)
        wire->previous = wire_put(directory->previous.bytes, HASH_BYTES);
    wire->federation_name = wire_put_text(directory->federation_name);
    wire->not_before = directory->not_before_ms;
    wire->expires = directory->expires_ms;
    wire->n_voided_keys = directory->voided_keys_count;
    return put_keys(directory->voided_keys, directory->voided_keys_count, arena,
                    &wire->voided_keys);
}

enum err
directory_encode(const struct directory *directory, struct arena *arena, struct span *out)
{
    static enum err (*const PARTS[])(const struct directory *, struct arena *,
                                     Denrei__V1__Directory *) = {
        put_head, put_roots, put_members, put_groups, put_legal_bases, put_relays, put_witnesses,
    };
    Denrei__V1__Directory wire = DENREI__V1__DIRECTORY__INIT;
    struct span body = {NULL, 0};
    enum err err = ERR_OK;

    err = directory_check(directory, NULL);
    for (size_t i = 0; err == ERR_OK && i < sizeof PARTS / sizeof PARTS[0]; i++)
        err = PARTS[i](directory, arena, &wire);
    if (err == ERR_OK)
        err = wire_encode(&wire.base, arena, &body);
    if (err == ERR_OK && body.len > DOCUMENT_BYTES_MAX)
        err = ERR_NOMEM;
    /* What people typed may not be UTF-8, and a role or kind may be none. */
    if (err == ERR_OK)
        err = wire_check(&denrei__v1__directory__descriptor, body);
    if (err != ERR_OK)
        return err;
    *out = body;
    return ERR_OK;
}
