/* The rules that a directory must keep by itself (directory.h, directory_check). */
#include "keys/directory.h"
#include "proto/message.h"
#include "proto/note.h"
#include "proto/state_code.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEYS_MAX = ROOTS_MAX + MEMBERS_MAX * AUTHORITY_KEYS_MAX + 1 + 2 * RELAYS_MAX + WITNESSES_MAX +
               VOIDED_KEYS_MAX
};

static const char WITNESS_SUFFIX[] = "/witness";

/* The sentences below have these in words. */
static_assert(ROOTS_MAX == 16 && MEMBERS_MAX == 512 && AUTHORITY_KEYS_MAX == 4 &&
              GROUPS_MAX == 128);
static_assert(LEGAL_BASES_MAX == 256 && RELAYS_MAX == 8 && WITNESSES_MAX == 32);
static_assert(VOIDED_KEYS_MAX == 256 && DIRECTORY_MS_MAX == 366 * DAY_MS);

/* Says what is wrong, and is the error of it. */
static enum err
wrong(struct problems *problems, struct problem_path path, const char *what, const char *cure)
{
    if (problems != NULL)
        problems_add(problems, path.text, cure, "%s", what);
    return ERR_FORMAT;
}

/* The first error counts; the later ones are for the reader. */
static void
note(enum err *err, enum err next)
{
    if (*err == ERR_OK)
        *err = next;
}

static bool
is_ascending(const char *const *texts, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (strcmp(texts[i - 1], texts[i]) >= 0)
            return false;
    }
    return true;
}

static bool
issues_documents(const char *code)
{
    const struct state_code *state = state_code_find(code);

    return state != NULL && state_code_issues(state);
}

static bool
is_port(const char *digits)
{
    size_t len = strspn(digits, "0123456789");
    unsigned port = 0;

    if (len == 0 || len > 5 || digits[len] != '\0' || digits[0] == '0')
        return false;
    for (size_t i = 0; i < len; i++)
        port = port * 10 + (unsigned)(digits[i] - '0');
    return port <= UINT16_MAX;
}

/* tcp://host:port, the host a name, an IPv4 address, or an IPv6 address in brackets. */
static bool
is_endpoint(const char *endpoint)
{
    static const char SCHEME[] = "tcp://";

    if (strlen(endpoint) > ENDPOINT_MAX || strncmp(endpoint, SCHEME, sizeof SCHEME - 1) != 0)
        return false;
    const char *host = endpoint + sizeof SCHEME - 1;
    const char *colon = strrchr(endpoint, ':');
    size_t len = (size_t)(colon - host);
    if (colon <= host || !is_port(colon + 1))
        return false;
    if (host[0] == '[')
        return len > 2 && host[len - 1] == ']' &&
               strspn(host + 1, "0123456789abcdefABCDEF:.") == len - 2;
    return strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == len;
}

/* A signed note's key name has no space and no plus sign (LOG.md); ours is printable ASCII. */
static bool
is_origin(const char *origin)
{
    size_t len = strlen(origin);

    for (size_t i = 0; i < len; i++) {
        if (origin[i] <= ' ' || origin[i] > '~' || origin[i] == '+')
            return false;
    }
    return len > 0 && len <= NOTE_NAME_MAX;
}

/* One that a header can name, whose name could be a member's. */
static bool
is_group_id(const char *id)
{
    return message_is_group_id(id) && message_is_member_id(id + 1);
}

static enum err
check_dates(const struct directory *directory, struct problems *problems)
{
    enum err err = ERR_OK;

    if (directory->version == 0 || directory->has_previous != (directory->version > 1))
        note(&err, wrong(problems, problem_path("version"),
                         "versions count from 1, and each but the first names the one before",
                         "draft it with --previous, or without for the first"));
    if (!document_is_line(directory->federation_name, DIRECTORY_NAME_MAX))
        note(&err, wrong(problems, problem_path("federation_name"),
                         "the federation has no usable name", "give a name of one line"));
    if (directory->not_before_ms >= directory->expires_ms || directory->expires_ms > TIME_MS_MAX ||
        directory->expires_ms - directory->not_before_ms > DIRECTORY_MS_MAX)
        note(&err, wrong(problems, problem_path("expires"),
                         "a directory is valid for more than nothing and at most 366 days",
                         "set valid_days, or expires, within a year of not_before"));
    return err;
}

static enum err
check_roots(const struct directory *directory, struct problems *problems)
{
    enum err err = ERR_OK;

    if (directory->roots_count == 0 || directory->roots_count > ROOTS_MAX)
        note(&err, wrong(problems, problem_path("roots"), "a directory has 1 to 16 root keys",
                         "list each holder with the public key"));
    if (directory->root_threshold == 0 || directory->root_threshold > directory->roots_count)
        note(&err, wrong(problems, problem_path("root_threshold"),
                         "the threshold is not between 1 and the number of roots",
                         "say how many holders must sign, such as 2 of 3"));
    for (size_t i = 0; i < directory->roots_count; i++) {
        if (!document_is_line(directory->roots[i].holder, DIRECTORY_NAME_MAX))
            note(&err, wrong(problems, problem_path("roots[%zu].holder", i),
                             "the holder has no usable name", "give a name of one line"));
    }
    return err;
}

static enum err
check_member_lists(const struct member *member, struct problems *problems)
{
    enum err err = ERR_OK;

    if (member->authority_keys_count == 0 || member->authority_keys_count > AUTHORITY_KEYS_MAX)
        note(&err, wrong(problems, problem_path("members[%s].authority_keys", member->id),
                         "a member has 1 to 4 authority keys",
                         "make one with denrei-keys authority new"));
    for (size_t k = 1; k < member->roles_count; k++) {
        if (member->roles[k - 1] >= member->roles[k])
            note(&err, wrong(problems, problem_path("members[%s].roles", member->id),
                             "a role stands twice or out of order", "list each role once"));
    }
    for (size_t k = 0; k < member->issuing_states_count; k++) {
        if (!issues_documents(member->issuing_states[k]))
            note(&err,
                 wrong(problems, problem_path("members[%s].issuing_states", member->id),
                       "not a code of ICAO Doc 9303",
                       "use the code of a state that issues documents, such as JPN (Germany: D)"));
    }
    if (!is_ascending(member->issuing_states, member->issuing_states_count))
        note(&err, wrong(problems, problem_path("members[%s].issuing_states", member->id),
                         "a state stands twice or out of order", "list each state once"));
    return err;
}

static enum err
check_member(const struct member *member, struct problems *problems)
{
    enum err err = ERR_OK;

    if (!message_is_member_id(member->id))
        note(&err, wrong(problems, problem_path("members[%s].id", member->id), "not a member id",
                         "use 3 to 64 of a-z 0-9 . - such as jp.mofa"));
    if (!document_is_line(member->name, DIRECTORY_NAME_MAX))
        note(&err, wrong(problems, problem_path("members[%s].name", member->id),
                         "the member has no usable name", "give its name in English"));
    if (member->local_name[0] != '\0' && !document_is_line(member->local_name, DIRECTORY_NAME_MAX))
        note(&err,
             wrong(problems, problem_path("members[%s].local_name", member->id),
                   "not one line of text", "give its name in its own language, or leave it out"));
    if (member->country[0] != '\0' && state_code_find(member->country) == NULL)
        note(&err, wrong(problems, problem_path("members[%s].country", member->id),
                         "not a code of ICAO Doc 9303",
                         "use a code such as JPN (Germany: D), or leave it out"));
    note(&err, check_member_lists(member, problems));
    return err;
}

static enum err
check_members(const struct directory *directory, struct problems *problems)
{
    enum err err = ERR_OK;

    if (directory->members_count == 0 || directory->members_count > MEMBERS_MAX)
        note(&err,
             wrong(problems, problem_path("members"), "a directory has 1 to 512 members", ""));
    for (size_t i = 0; i < directory->members_count; i++) {
        note(&err, check_member(&directory->members[i], problems));
        if (i > 0 && strcmp(directory->members[i - 1].id, directory->members[i].id) >= 0)
            note(&err, wrong(problems, problem_path("members[%s].id", directory->members[i].id),
                             "the member stands twice or out of order", "list each member once"));
    }
    return err;
}

/* Members of a group or legal basis: known, ascending, `count_min` to DIRECTORY_LIST_MAX. */
static enum err
check_named_members(const struct directory *directory, const char *const *members, size_t count,
                    size_t count_min, struct problem_path path, struct problems *problems)
{
    enum err err = ERR_OK;

    if (count < count_min || count > DIRECTORY_LIST_MAX || !is_ascending(members, count))
        note(&err, wrong(problems, path, "too few or too many members, or one twice",
                         "list each member once"));
    for (size_t i = 0; i < count; i++) {
        if (directory_find_member(directory, members[i]) == NULL)
            note(&err,
                 wrong(problems, problem_path("%s: %s", path.text, members[i]),
                       "not a member of this directory", "add it under members, or correct it"));
    }
    return err;
}

static enum err
check_groups(const struct directory *directory, struct problems *problems)
{
    enum err err = ERR_OK;

    if (directory->groups_count > GROUPS_MAX)
        note(&err, wrong(problems, problem_path("groups"), "more than 128 groups", ""));
    for (size_t i = 0; i < directory->groups_count; i++) {
        const struct group *group = &directory->groups[i];
        if (!is_group_id(group->id))
            note(&err, wrong(problems, problem_path("groups[%s].id", group->id), "not a group id",
                             "use @ and 3 to 63 of a-z 0-9 . - such as @sltd"));
        if (i > 0 && strcmp(directory->groups[i - 1].id, group->id) >= 0)
            note(&err, wrong(problems, problem_path("groups[%s].id", group->id),
                             "the group stands twice or out of order", "list each group once"));
        note(&err, check_named_members(directory, group->members, group->members_count, 1,
                                       problem_path("groups[%s].members", group->id), problems));
    }
    return err;
}

static enum err
check_legal_bases(const struct directory *directory, struct problems *problems)
{
    enum err err = ERR_OK;

    if (directory->legal_bases_count > LEGAL_BASES_MAX)
        note(&err, wrong(problems, problem_path("legal_bases"), "more than 256 legal bases", ""));
    for (size_t i = 0; i < directory->legal_bases_count; i++) {
        const struct legal_basis *basis = &directory->legal_bases[i];
        if (!message_is_member_id(basis->id))
            note(&err, wrong(problems, problem_path("legal_bases[%s].id", basis->id), "not an id",
                             "use 3 to 64 of a-z 0-9 . - such as jp-kr.mla.2007"));
        if (i > 0 && strcmp(directory->legal_bases[i - 1].id, basis->id) >= 0)
            note(&err, wrong(problems, problem_path("legal_bases[%s].id", basis->id),
                             "the legal basis stands twice or out of order", "list each once"));
        if (!document_is_line(basis->title, DIRECTORY_NAME_MAX))
            note(&err, wrong(problems, problem_path("legal_bases[%s].title", basis->id),
                             "the legal basis has no usable title", "give a title of one line"));
        if (basis->kinds == 0)
            note(&err, wrong(problems, problem_path("legal_bases[%s].kinds", basis->id),
                             "the legal basis covers no kind", "list the kinds it covers"));
        if (basis->answer_hours > ANSWER_HOURS_MAX)
            note(&err, wrong(problems, problem_path("legal_bases[%s].answer_hours", basis->id),
                             "more than 30 days to answer a hit", "use 1 to 720"));
        note(&err,
             check_named_members(directory, basis->members, basis->members_count, 2,
                                 problem_path("legal_bases[%s].members", basis->id), problems));
    }
    return err;
}

static enum err
check_relays(const struct directory *directory, struct problems *problems)
{
    enum err err = ERR_OK;

    if (!is_origin(directory->log_origin))
        note(&err, wrong(problems, problem_path("log.origin"), "not an origin of a log",
                         "use a name like denrei.example/log: no space, no plus sign"));
    if (directory->relays_count == 0 || directory->relays_count > RELAYS_MAX)
        note(&err, wrong(problems, problem_path("relays"), "a directory has 1 to 8 relays", ""));
    for (size_t i = 0; i < directory->relays_count; i++) {
        if (!is_endpoint(directory->relays[i].endpoint))
            note(&err, wrong(problems, problem_path("relays[%zu].endpoint", i), "not an endpoint",
                             "use tcp://host:port"));
    }
    return err;
}

/* "<member>/witness" of a member that does not operate the relay (DESIGN section 9). */
static bool
is_witness_name(const struct directory *directory, const char *name)
{
    char id[MEMBER_ID_MAX + 1];
    size_t len = strlen(name), suffix = sizeof WITNESS_SUFFIX - 1;

    if (len <= suffix || len - suffix > MEMBER_ID_MAX ||
        strcmp(name + len - suffix, WITNESS_SUFFIX) != 0)
        return false;
    memcpy(id, name, len - suffix);
    id[len - suffix] = '\0';
    const struct member *member = directory_find_member(directory, id);
    return member != NULL && !directory_has_role(member, DENREI__V1__ROLE__ROLE_RELAY_OPERATOR);
}

static enum err
check_witnesses(const struct directory *directory, struct problems *problems)
{
    enum err err = ERR_OK;
    uint32_t quorum = directory->witness_quorum;

    if (directory->witnesses_count > WITNESSES_MAX)
        note(&err, wrong(problems, problem_path("witnesses"), "more than 32 witnesses", ""));
    for (size_t i = 0; i < directory->witnesses_count; i++) {
        const char *name = directory->witnesses[i].name;
        bool is_twice = false;
        for (size_t k = 0; k < i; k++)
            is_twice = is_twice || strcmp(directory->witnesses[k].name, name) == 0;
        if (is_twice || !is_witness_name(directory, name))
            note(&err, wrong(problems, problem_path("witnesses[%zu].name", i),
                             "not a member's witness, a relay operator's, or there twice",
                             "use MEMBER/witness, such as kr.moj/witness"));
    }
    if (directory->witnesses_count == 0
            ? quorum != 0
            : quorum <= directory->witnesses_count / 2 || quorum > directory->witnesses_count)
        note(&err, wrong(problems, problem_path("witness_quorum"),
                         "the quorum is not more than half of the witnesses, or more than all",
                         "with 3 witnesses say 2 or 3"));
    return err;
}

/* ---- keys: usable, and each once */

struct key_list {
    size_t count;
    struct public_key keys[KEYS_MAX];
};

static int
compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, KEY_BYTES);
}

static enum err
add_key(struct key_list *list, Denrei__V1__KeyUse use, const struct public_key *key,
        struct problem_path path, struct problems *problems)
{
    if (list->count == KEYS_MAX)
        return ERR_FORMAT; /* then a list is over its bound, which was said */
    list->keys[list->count++] = *key;
    if (identity_check_public_key(use, key) == ERR_OK)
        return ERR_OK;
    if (problems != NULL)
        problems_add(problems, path.text, "make a new one", "%s", "the public key is not usable");
    return ERR_KEY;
}

static enum err
add_keys(struct key_list *list, const struct directory *directory, struct problems *problems)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < directory->roots_count; i++)
        note(&err, add_key(list, DENREI__V1__KEY_USE__KEY_USE_ROOT, &directory->roots[i].key,
                           problem_path("roots[%zu].public_key", i), problems));
    for (size_t i = 0; i < directory->members_count; i++) {
        for (size_t k = 0; k < directory->members[i].authority_keys_count; k++)
            note(&err, add_key(list, DENREI__V1__KEY_USE__KEY_USE_AUTHORITY,
                               &directory->members[i].authority_keys[k],
                               problem_path("members[%s].authority_keys[%zu]",
                                            directory->members[i].id, k),
                               problems));
    }
    note(&err, add_key(list, DENREI__V1__KEY_USE__KEY_USE_LOG, &directory->log_key,
                       problem_path("log.public_key"), problems));
    for (size_t i = 0; i < directory->relays_count; i++) {
        const struct relay_key *relay = &directory->relays[i];
        note(&err, add_key(list, DENREI__V1__KEY_USE__KEY_USE_TRANSPORT, &relay->transport_key,
                           problem_path("relays[%zu].transport_key", i), problems));
        note(&err, add_key(list, DENREI__V1__KEY_USE__KEY_USE_RELAY, &relay->relay_key,
                           problem_path("relays[%zu].relay_key", i), problems));
    }
    for (size_t i = 0; i < directory->witnesses_count; i++)
        note(&err, add_key(list, DENREI__V1__KEY_USE__KEY_USE_WITNESS, &directory->witnesses[i].key,
                           problem_path("witnesses[%zu].public_key", i), problems));
    return err;
}

static enum err
check_voided(const struct directory *directory, struct key_list *list, struct problems *problems)
{
    enum err err = ERR_OK;

    if (directory->voided_keys_count > VOIDED_KEYS_MAX)
        return wrong(problems, problem_path("voided_keys"), "more than 256 voided keys", "");
    for (size_t i = 0; i < directory->voided_keys_count; i++) {
        const struct public_key *key = &directory->voided_keys[i];
        if (i > 0 && compare_keys(key - 1, key) >= 0)
            note(&err, wrong(problems, problem_path("voided_keys[%zu]", i),
                             "the key stands twice or out of order", "list each voided key once"));
        note(&err, add_key(list, DENREI__V1__KEY_USE__KEY_USE_AUTHORITY, key,
                           problem_path("voided_keys[%zu]", i), problems));
    }
    return err;
}

static enum err
check_keys(const struct directory *directory, struct problems *problems)
{
    struct key_list *list = malloc(sizeof *list);
    enum err err = ERR_OK;

    if (list == NULL)
        return ERR_NOMEM;
    list->count = 0;
    note(&err, add_keys(list, directory, problems));
    note(&err, check_voided(directory, list, problems));
    qsort(list->keys, list->count, KEY_BYTES, compare_keys);
    for (size_t i = 1; i < list->count; i++) {
        if (compare_keys(&list->keys[i - 1], &list->keys[i]) != 0)
            continue;
        if (problems != NULL)
            problems_add(problems, "", "make a key for each use and each owner", "%s",
                         "one public key stands in two places");
        note(&err, ERR_KEY);
    }
    free(list);
    return err;
}

enum err
directory_check(const struct directory *directory, struct problems *problems)
{
    enum err err = ERR_OK;

    note(&err, check_dates(directory, problems));
    note(&err, check_roots(directory, problems));
    note(&err, check_members(directory, problems));
    note(&err, check_groups(directory, problems));
    note(&err, check_legal_bases(directory, problems));
    note(&err, check_relays(directory, problems));
    note(&err, check_witnesses(directory, problems));
    note(&err, check_keys(directory, problems));
    return err;
}
