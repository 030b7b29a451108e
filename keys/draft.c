#include "keys/draft.h"

#include "keys/public_text.h"
#include "proto/field.h"
#include "proto/json_message.h"
#include "proto/kind.h"
#include "proto/message.h"
#include "proto/time_text.h"
#include "proto/wire.h"

#include <stdlib.h>
#include <string.h>

enum { VALID_DAYS_DEFAULT = 365 };

/* A key's place in the description: a field of each object of a list, or of one object. */
struct key_place {
    const char *list;  /* member of the description */
    const char *field; /* NULL: the list's elements are keys themselves */
    bool is_object;    /* `list` is one object */
    bool is_list;      /* the field is a list of keys */
    Denrei__V1__KeyUse use;
};

static const struct key_place KEY_PLACES[] = {
    {"roots", "public_key", false, false, DENREI__V1__KEY_USE__KEY_USE_ROOT},
    {"members", "authority_keys", false, true, DENREI__V1__KEY_USE__KEY_USE_AUTHORITY},
    {"log", "public_key", true, false, DENREI__V1__KEY_USE__KEY_USE_LOG},
    {"relays", "transport_key", false, false, DENREI__V1__KEY_USE__KEY_USE_TRANSPORT},
    {"relays", "relay_key", false, false, DENREI__V1__KEY_USE__KEY_USE_RELAY},
    {"witnesses", "public_key", false, false, DENREI__V1__KEY_USE__KEY_USE_WITNESS},
    {"voided_keys", NULL, false, false, DENREI__V1__KEY_USE__KEY_USE_AUTHORITY},
};

/* ---- keys: whatever stands for one becomes its base64 */

/* What stands in place of `value`; NULL if that is to stay, or after a problem. */
static json_t *
resolve_key(const struct draft_context *context, Denrei__V1__KeyUse use, const json_t *value,
            const char *path, struct problems *problems)
{
    const char *text = json_string_value(value);
    struct public_key key;

    /* What is no text, or base64 already, is for the codec to judge. */
    if (text == NULL || text[0] == '\0' || public_text_get_base64(text, &key) == ERR_OK)
        return NULL;
    if (context->find_key(context->host, use, text, path, &key, problems) != ERR_OK)
        return NULL;
    return json_string(public_text_base64(&key).text);
}

static void
resolve_list(const struct draft_context *context, Denrei__V1__KeyUse use, json_t *list,
             const char *path, struct problems *problems)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *key = resolve_key(context, use, json_array_get(list, i),
                                  problem_path("%s[%zu]", path, i).text, problems);
        if (key != NULL)
            json_array_set_new(list, i, key);
    }
}

static void
resolve_object(const struct draft_context *context, const struct key_place *place, json_t *object,
               const char *path, struct problems *problems)
{
    struct problem_path at = problem_path("%s.%s", path, place->field);
    json_t *value = json_object_get(object, place->field);

    if (place->is_list) {
        resolve_list(context, place->use, value, at.text, problems);
        return;
    }
    json_t *key = resolve_key(context, place->use, value, at.text, problems);
    if (key != NULL)
        json_object_set_new(object, place->field, key);
}

static void
resolve_keys(const struct draft_context *context, json_t *tree, struct problems *problems)
{
    for (size_t i = 0; i < sizeof KEY_PLACES / sizeof KEY_PLACES[0]; i++) {
        const struct key_place *place = &KEY_PLACES[i];
        json_t *list = json_object_get(tree, place->list);
        if (place->is_object) {
            resolve_object(context, place, list, place->list, problems);
        } else if (place->field == NULL) {
            resolve_list(context, place->use, list, place->list, problems);
        } else {
            for (size_t k = 0; k < json_array_size(list); k++)
                resolve_object(context, place, json_array_get(list, k),
                               problem_path("%s[%zu]", place->list, k).text, problems);
        }
    }
}

/* ---- dates */

static void
resolve_time(json_t *tree, const char *name, struct problems *problems)
{
    const char *text = json_string_value(json_object_get(tree, name));
    uint64_t time_ms = 0;

    if (text == NULL || strspn(text, "0123456789") == strlen(text))
        return;
    if (time_text_parse((struct span){(const uint8_t *)text, strlen(text)}, &time_ms) != ERR_OK)
        problems_add(problems, name, "write it like 2025-01-31T00:00:00+09:00",
                     "not a moment with its zone (RFC 3339)");
    else
        json_object_set_new(tree, name, json_integer((json_int_t)time_ms));
}

static void
resolve_dates(const struct draft_context *context, json_t *tree, struct problems *problems)
{
    json_t *days = json_object_get(tree, "valid_days");
    json_int_t count = VALID_DAYS_DEFAULT;

    resolve_time(tree, "not_before", problems);
    resolve_time(tree, "expires", problems);
    if (days != NULL) {
        count = json_integer_value(days);
        if (json_object_get(tree, "expires") != NULL)
            problems_add(problems, "valid_days", "say one of them",
                         "both valid_days and expires are given");
        if (count < 1 || count > (json_int_t)(DIRECTORY_MS_MAX / DAY_MS))
            problems_add(problems, "valid_days", "say how many days it is valid, such as 365",
                         "not a number from 1 to 366");
        json_object_del(tree, "valid_days");
    }
    if (!problems_is_empty(problems))
        return;
    if (json_object_get(tree, "not_before") == NULL)
        json_object_set_new(tree, "not_before", json_integer((json_int_t)context->now_ms));
    json_int_t from = json_integer_value(json_object_get(tree, "not_before"));
    if (json_object_get(tree, "expires") == NULL && from > 0 && from <= (json_int_t)TIME_MS_MAX)
        json_object_set_new(tree, "expires", json_integer(from + count * (json_int_t)DAY_MS));
}

/* ---- version, and what no description needs to say */

static void
resolve_version(const struct draft_context *context, json_t *tree, struct problems *problems)
{
    static const char *const FILLED_IN[] = {"version", "previous"};

    for (size_t i = 0; i < sizeof FILLED_IN / sizeof FILLED_IN[0]; i++) {
        if (json_object_get(tree, FILLED_IN[i]) != NULL)
            problems_add(problems, FILLED_IN[i], "leave it out; --previous names the one before",
                         "the version is not for a description to say");
    }
    uint64_t version = context->previous == NULL ? 1 : context->previous->version + 1;
    json_object_set_new(tree, "version", json_integer((json_int_t)version));
}

/* What was voided stays voided. */
static void
keep_voided(const struct draft_context *context, json_t *tree)
{
    const struct directory *previous = context->previous;
    json_t *list = json_object_get(tree, "voided_keys");

    if (previous == NULL || previous->voided_keys_count == 0)
        return;
    if (list == NULL) {
        list = json_array();
        json_object_set_new(tree, "voided_keys", list);
    }
    for (size_t i = 0; i < previous->voided_keys_count; i++) {
        struct public_base64 key = public_text_base64(&previous->voided_keys[i]);
        bool is_there = false;
        for (size_t k = 0; k < json_array_size(list); k++) {
            const char *text = json_string_value(json_array_get(list, k));
            is_there = is_there || (text != NULL && strcmp(text, key.text) == 0);
        }
        if (!is_there)
            json_array_append_new(list, json_string(key.text));
    }
}

/* ---- order: each list as the wire form wants it */

static int
compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
compare_number(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

static int
compare_member(const void *a, const void *b)
{
    return strcmp((*(Denrei__V1__Member *const *)a)->id, (*(Denrei__V1__Member *const *)b)->id);
}

static int
compare_group(const void *a, const void *b)
{
    return strcmp((*(Denrei__V1__Group *const *)a)->id, (*(Denrei__V1__Group *const *)b)->id);
}

static int
compare_legal_basis(const void *a, const void *b)
{
    return strcmp((*(Denrei__V1__LegalBasis *const *)a)->id,
                  (*(Denrei__V1__LegalBasis *const *)b)->id);
}

static int
compare_bytes(const void *a, const void *b)
{
    const ProtobufCBinaryData *x = a, *y = b;
    int order = memcmp(x->data, y->data, x->len < y->len ? x->len : y->len);

    return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

/* qsort, which wants an array even for nothing. */
static void
sort(void *list, size_t count, size_t bytes, int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(list, count, bytes, compare);
}

static_assert(sizeof(Denrei__V1__Kind) == sizeof(int) && sizeof(Denrei__V1__Role) == sizeof(int));

static void
put_in_order(Denrei__V1__Directory *wire)
{
    for (size_t i = 0; i < wire->n_members; i++) {
        Denrei__V1__Member *member = wire->members[i];
        sort(member->roles, member->n_roles, sizeof(int), compare_number);
        sort(member->may_send, member->n_may_send, sizeof(int), compare_number);
        sort(member->may_receive, member->n_may_receive, sizeof(int), compare_number);
        sort(member->issuing_states, member->n_issuing_states, sizeof(char *), compare_text);
    }
    for (size_t i = 0; i < wire->n_groups; i++)
        sort(wire->groups[i]->members, wire->groups[i]->n_members, sizeof(char *), compare_text);
    for (size_t i = 0; i < wire->n_legal_bases; i++) {
        Denrei__V1__LegalBasis *basis = wire->legal_bases[i];
        sort(basis->members, basis->n_members, sizeof(char *), compare_text);
        sort(basis->kinds, basis->n_kinds, sizeof(int), compare_number);
    }
    sort(wire->members, wire->n_members, sizeof(void *), compare_member);
    sort(wire->groups, wire->n_groups, sizeof(void *), compare_group);
    sort(wire->legal_bases, wire->n_legal_bases, sizeof(void *), compare_legal_basis);
    sort(wire->voided_keys, wire->n_voided_keys, sizeof *wire->voided_keys, compare_bytes);
}

/* ---- all of it */

/* A list of keys whose every element has a key's length, so that decoding gets to the rules. */
static void
check_key_lengths(const Denrei__V1__Directory *wire, struct problems *problems)
{
    static const char CURE[] = "give 44 characters of base64, or the path of a public key's file";

    for (size_t i = 0; i < wire->n_roots; i++) {
        if (wire->roots[i]->public_key.len != KEY_BYTES)
            problems_add(problems, problem_path("roots[%zu].public_key", i).text, CURE,
                         "not a public key");
    }
    for (size_t i = 0; i < wire->n_members; i++) {
        for (size_t k = 0; k < wire->members[i]->n_authority_keys; k++) {
            if (wire->members[i]->authority_keys[k].len != KEY_BYTES)
                problems_add(problems,
                             problem_path("members[%s].authority_keys", wire->members[i]->id).text,
                             CURE, "not a public key");
        }
    }
    if (wire->log == NULL || wire->log->public_key.len != KEY_BYTES)
        problems_add(problems, "log.public_key", CURE, "not a public key");
    for (size_t i = 0; i < wire->n_relays; i++) {
        if (wire->relays[i]->transport_key.len != KEY_BYTES ||
            wire->relays[i]->relay_key.len != KEY_BYTES)
            problems_add(problems, problem_path("relays[%zu]", i).text, CURE,
                         "transport_key or relay_key is not a public key");
    }
    for (size_t i = 0; i < wire->n_witnesses; i++) {
        if (wire->witnesses[i]->public_key.len != KEY_BYTES)
            problems_add(problems, problem_path("witnesses[%zu].public_key", i).text, CURE,
                         "not a public key");
    }
    for (size_t i = 0; i < wire->n_voided_keys; i++) {
        if (wire->voided_keys[i].len != KEY_BYTES)
            problems_add(problems, problem_path("voided_keys[%zu]", i).text, CURE,
                         "not a public key");
    }
}

/* What no reader could judge must not be granted: a number may come before the kind's rules. */
static void
check_known(const Denrei__V1__Kind *kinds, size_t count, const char *path,
            struct problems *problems)
{
    for (size_t i = 0; i < count; i++) {
        const char *word = field_enum_word(&denrei__v1__kind__descriptor, (int)kinds[i]);
        if (kind_find(kinds[i]) == NULL)
            problems_add(problems, path, "leave it out, or use a version of Denrei that knows it",
                         "this version of Denrei has no rules for %s", word == NULL ? "?" : word);
    }
}

static void
check_kinds(const Denrei__V1__Directory *wire, struct problems *problems)
{
    for (size_t i = 0; i < wire->n_members; i++) {
        const Denrei__V1__Member *member = wire->members[i];
        check_known(member->may_send, member->n_may_send,
                    problem_path("members[%s].may_send", member->id).text, problems);
        check_known(member->may_receive, member->n_may_receive,
                    problem_path("members[%s].may_receive", member->id).text, problems);
    }
    for (size_t i = 0; i < wire->n_legal_bases; i++)
        check_known(wire->legal_bases[i]->kinds, wire->legal_bases[i]->n_kinds,
                    problem_path("legal_bases[%s].kinds", wire->legal_bases[i]->id).text, problems);
}

enum err
draft_make(json_t *tree, const struct draft_context *context, struct arena *arena,
           struct span *body, struct problems *problems)
{
    ProtobufCMessage *message = NULL;
    struct span bytes = {NULL, 0};
    struct directory directory;
    enum err err = ERR_OK;

    resolve_version(context, tree, problems);
    resolve_keys(context, tree, problems);
    resolve_dates(context, tree, problems);
    keep_voided(context, tree);
    if (!problems_is_empty(problems))
        return ERR_FORMAT;
    err = json_message_decode(&denrei__v1__directory__descriptor, tree, arena, &message, problems);
    if (err != ERR_OK)
        return err;
    Denrei__V1__Directory *wire = (Denrei__V1__Directory *)message;
    check_key_lengths(wire, problems);
    check_kinds(wire, problems);
    if (!problems_is_empty(problems))
        return ERR_FORMAT;
    put_in_order(wire);
    if (context->previous_hash != NULL)
        wire->previous = wire_put(context->previous_hash->bytes, HASH_BYTES);
    err = wire_encode(&wire->base, arena, &bytes);
    if (err == ERR_OK)
        err = directory_decode_explained(bytes, arena, &directory, problems);
    /* Through the struct and back: nothing is signed that a reader would not be shown. */
    if (err == ERR_OK)
        err = directory_encode(&directory, arena, &bytes);
    if (err != ERR_OK) {
        if (problems_is_empty(problems))
            problems_add(problems, "", "", "the directory does not hold: %s", err_text(err));
        return err;
    }
    *body = bytes;
    return ERR_OK;
}
