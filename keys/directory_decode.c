/* A directory from its wire form: lengths and counts, so that nothing is read beyond them. */
#include "keys/directory.h"
#include "proto/wire.h"

static enum err
get_keys(const ProtobufCBinaryData *wire, size_t count, struct arena *arena,
         const struct public_key **out)
{
    struct public_key *keys = arena_alloc(arena, count * sizeof *keys);

    if (keys == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        if (wire_get_key(wire[i], &keys[i]) != ERR_OK)
            return ERR_FORMAT;
    }
    *out = keys;
    return ERR_OK;
}

static enum err
get_member(const Denrei__V1__Member *wire, struct arena *arena, struct member *out)
{
    if (document_get_kinds(wire->may_send, wire->n_may_send, &out->may_send) != ERR_OK ||
        document_get_kinds(wire->may_receive, wire->n_may_receive, &out->may_receive) != ERR_OK ||
        wire->n_authority_keys > AUTHORITY_KEYS_MAX || wire->n_roles > ROLES_MAX ||
        wire->n_issuing_states > DIRECTORY_LIST_MAX)
        return ERR_FORMAT;
    out->id = wire->id;
    out->name = wire->name;
    out->local_name = wire->local_name;
    out->country = wire->country;
    out->roles = wire->roles;
    out->roles_count = wire->n_roles;
    out->issuing_states = (const char *const *)wire->issuing_states;
    out->issuing_states_count = wire->n_issuing_states;
    out->audits_all = wire->audits_all != 0;
    out->authority_keys_count = wire->n_authority_keys;
    return get_keys(wire->authority_keys, wire->n_authority_keys, arena, &out->authority_keys);
}

static enum err
get_members(const Denrei__V1__Directory *wire, struct arena *arena, struct directory *out)
{
    struct member *members = NULL;

    if (wire->n_members > MEMBERS_MAX)
        return ERR_FORMAT;
    members = arena_alloc(arena, wire->n_members * sizeof *members);
    if (members == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < wire->n_members; i++) {
        enum err err = get_member(wire->members[i], arena, &members[i]);
        if (err != ERR_OK)
            return err;
    }
    out->members = members;
    out->members_count = wire->n_members;
    return ERR_OK;
}

static enum err
get_groups(const Denrei__V1__Directory *wire, struct arena *arena, struct directory *out)
{
    struct group *groups = NULL;

    if (wire->n_groups > GROUPS_MAX)
        return ERR_FORMAT;
    groups = arena_alloc(arena, wire->n_groups * sizeof *groups);
    if (groups == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < wire->n_groups; i++) {
        groups[i].id = wire->groups[i]->id;
        groups[i].members = (const char *const *)wire->groups[i]->members;
        groups[i].members_count = wire->groups[i]->n_members;
    }
    out->groups = groups;
    out->groups_count = wire->n_groups;
    return ERR_OK;
}

static enum err
get_legal_bases(const Denrei__V1__Directory *wire, struct arena *arena, struct directory *out)
{
    struct legal_basis *bases = NULL;

    if (wire->n_legal_bases > LEGAL_BASES_MAX)
        return ERR_FORMAT;
    bases = arena_alloc(arena, wire->n_legal_bases * sizeof *bases);
    if (bases == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < wire->n_legal_bases; i++) {
        const Denrei__V1__LegalBasis *basis = wire->legal_bases[i];
        if (document_get_kinds(basis->kinds, basis->n_kinds, &bases[i].kinds) != ERR_OK)
            return ERR_FORMAT;
        bases[i].id = basis->id;
        bases[i].title = basis->title;
        bases[i].members = (const char *const *)basis->members;
        bases[i].members_count = basis->n_members;
        bases[i].answer_hours = basis->answer_hours;
    }
    out->legal_bases = bases;
    out->legal_bases_count = wire->n_legal_bases;
    return ERR_OK;
}

static enum err
get_roots(const Denrei__V1__Directory *wire, struct arena *arena, struct directory *out)
{
    struct root_key *roots = NULL;

    if (wire->n_roots > ROOTS_MAX)
        return ERR_FORMAT;
    roots = arena_alloc(arena, wire->n_roots * sizeof *roots);
    if (roots == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < wire->n_roots; i++) {
        roots[i].holder = wire->roots[i]->holder;
        if (wire_get_key(wire->roots[i]->public_key, &roots[i].key) != ERR_OK)
            return ERR_FORMAT;
    }
    out->roots = roots;
    out->roots_count = wire->n_roots;
    out->root_threshold = wire->root_threshold;
    return ERR_OK;
}

static enum err
get_relays(const Denrei__V1__Directory *wire, struct arena *arena, struct directory *out)
{
    struct relay_key *relays = NULL;

    if (wire->n_relays > RELAYS_MAX || wire->log == NULL ||
        wire_get_key(wire->log->public_key, &out->log_key) != ERR_OK)
        return ERR_FORMAT;
    relays = arena_alloc(arena, wire->n_relays * sizeof *relays);
    if (relays == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < wire->n_relays; i++) {
        relays[i].endpoint = wire->relays[i]->endpoint;
        if (wire_get_key(wire->relays[i]->transport_key, &relays[i].transport_key) != ERR_OK ||
            wire_get_key(wire->relays[i]->relay_key, &relays[i].relay_key) != ERR_OK)
            return ERR_FORMAT;
    }
    out->log_origin = wire->log->origin;
    out->relays = relays;
    out->relays_count = wire->n_relays;
    return ERR_OK;
}

static enum err
get_witnesses(const Denrei__V1__Directory *wire, struct arena *arena, struct directory *out)
{
    struct witness *witnesses = NULL;

    if (wire->n_witnesses > WITNESSES_MAX)
        return ERR_FORMAT;
    witnesses = arena_alloc(arena, wire->n_witnesses * sizeof *witnesses);
    if (witnesses == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < wire->n_witnesses; i++) {
        witnesses[i].name = wire->witnesses[i]->name;
        if (wire_get_key(wire->witnesses[i]->public_key, &witnesses[i].key) != ERR_OK)
            return ERR_FORMAT;
    }
    out->witnesses = witnesses;
    out->witnesses_count = wire->n_witnesses;
    out->witness_quorum = wire->witness_quorum;
    return ERR_OK;
}

static enum err
get_head(const Denrei__V1__Directory *wire, struct arena *arena, struct directory *out)
{
    out->version = wire->version;
    out->has_previous = wire->previous.len > 0;
    if (out->has_previous && wire_get_hash(wire->previous, &out->previous) != ERR_OK)
        return ERR_FORMAT;
    out->federation_name = wire->federation_name;
    out->not_before_ms = wire->not_before;
    out->expires_ms = wire->expires;
    if (wire->n_voided_keys > VOIDED_KEYS_MAX)
        return ERR_FORMAT;
    out->voided_keys_count = wire->n_voided_keys;
    return get_keys(wire->voided_keys, wire->n_voided_keys, arena, &out->voided_keys);
}

enum err
directory_decode_explained(struct span body, struct arena *arena, struct directory *out,
                           struct problems *problems)
{
    static enum err (*const PARTS[])(const Denrei__V1__Directory *, struct arena *,
                                     struct directory *) = {
        get_head, get_roots, get_members, get_groups, get_legal_bases, get_relays, get_witnesses,
    };
    ProtobufCMessage *message = NULL;
    struct directory directory = {0};
    enum err err = ERR_OK;

    err = wire_decode(&denrei__v1__directory__descriptor, body, arena, &message);
    for (size_t i = 0; err == ERR_OK && i < sizeof PARTS / sizeof PARTS[0]; i++)
        err = PARTS[i]((const Denrei__V1__Directory *)message, arena, &directory);
    if (err == ERR_OK)
        err = directory_check(&directory, problems);
    if (err != ERR_OK)
        return err;
    *out = directory;
    return ERR_OK;
}

enum err
directory_decode(struct span body, struct arena *arena, struct directory *out)
{
    return directory_decode_explained(body, arena, out, NULL);
}
