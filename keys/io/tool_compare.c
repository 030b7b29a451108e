/* What changed from one directory to another, in words. */
#include "keys/io/tool.h"
#include "keys/public_text.h"
#include "proto/io/term.h"
#include "proto/time_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* Both sides, and what was found. */
struct comparison {
    struct tool *tool;
    struct directory old, new;
    json_t *changes; /* sentences */
};

static void __attribute__((format(printf, 2, 3)))
say(struct comparison *comparison, const char *format, ...)
{
    va_list arguments;
    char text[1024];

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    json_array_append_new(comparison->changes, json_string(text));
    if (comparison->tool->options->json)
        return;
    fputs("- ", stdout);
    term_put(stdout, (struct span){(const uint8_t *)text, strlen(text)});
    putchar('\n');
}

static void
compare_key(struct comparison *comparison, const char *what, Denrei__V1__KeyUse use,
            const struct public_key *old, const struct public_key *new)
{
    if (memcmp(old, new, KEY_BYTES) != 0)
        say(comparison, "%s: new key %s in place of %s", what,
            public_text_fingerprint(use, new).text, public_text_fingerprint(use, old).text);
}

static void
compare_text(struct comparison *comparison, const char *what, const char *old, const char *new)
{
    if (strcmp(old, new) != 0)
        say(comparison, "%s: \"%s\" in place of \"%s\"", what, new, old);
}

static const struct root_key *
find_root(const struct directory *directory, const struct public_key *key)
{
    for (size_t i = 0; i < directory->roots_count; i++) {
        if (memcmp(&directory->roots[i].key, key, KEY_BYTES) == 0)
            return &directory->roots[i];
    }
    return NULL;
}

static void
compare_roots(struct comparison *comparison)
{
    const struct directory *old = &comparison->old, *new = &comparison->new;

    for (size_t i = 0; i < old->roots_count; i++) {
        if (find_root(new, &old->roots[i].key) == NULL)
            say(comparison, "root holder %s is REMOVED", old->roots[i].holder);
    }
    for (size_t i = 0; i < new->roots_count; i++) {
        if (find_root(old, &new->roots[i].key) == NULL)
            say(comparison, "root holder %s is ADDED, key %s", new->roots[i].holder,
                public_text_fingerprint(DENREI__V1__KEY_USE__KEY_USE_ROOT, &new->roots[i].key)
                    .text);
    }
    if (old->root_threshold != new->root_threshold)
        say(comparison, "THRESHOLD: %" PRIu32 " of %zu signatures in place of %" PRIu32 " of %zu",
            new->root_threshold, new->roots_count, old->root_threshold, old->roots_count);
}

/* ---- members */

static bool
has_authority_key(const struct member *member, const struct public_key *key)
{
    for (size_t i = 0; i < member->authority_keys_count; i++) {
        if (memcmp(&member->authority_keys[i], key, KEY_BYTES) == 0)
            return true;
    }
    return false;
}

static void
compare_authority_keys(struct comparison *comparison, const struct member *old,
                       const struct member *new)
{
    for (size_t i = 0; i < old->authority_keys_count; i++) {
        if (!has_authority_key(new, &old->authority_keys[i]))
            say(comparison, "%s: authority key %s is REMOVED", new->id,
                public_text_fingerprint(DENREI__V1__KEY_USE__KEY_USE_AUTHORITY,
                                        &old->authority_keys[i])
                    .text);
    }
    for (size_t i = 0; i < new->authority_keys_count; i++) {
        if (!has_authority_key(old, &new->authority_keys[i]))
            say(comparison, "%s: authority key %s is ADDED", new->id,
                public_text_fingerprint(DENREI__V1__KEY_USE__KEY_USE_AUTHORITY,
                                        &new->authority_keys[i])
                    .text);
    }
}

static void
compare_kinds(struct comparison *comparison, const char *member, const char *verb, uint32_t old,
              uint32_t new)
{
    if ((new & ~old) != 0)
        say(comparison, "%s: MAY NOW %s %s", member, verb, tool_kind_words(new & ~old).text);
    if ((old & ~new) != 0)
        say(comparison, "%s: may no longer %s %s", member, verb, tool_kind_words(old & ~new).text);
}

static void
compare_member(struct comparison *comparison, const struct member *old, const struct member *new)
{
    struct tool_words old_roles = tool_role_words(old->roles, old->roles_count);
    struct tool_words new_roles = tool_role_words(new->roles, new->roles_count);
    char what[MEMBER_ID_MAX + 32];

    snprintf(what, sizeof what, "%s: name", new->id);
    compare_text(comparison, what, old->name, new->name);
    snprintf(what, sizeof what, "%s: local name", new->id);
    compare_text(comparison, what, old->local_name, new->local_name);
    snprintf(what, sizeof what, "%s: country", new->id);
    compare_text(comparison, what, old->country, new->country);
    snprintf(what, sizeof what, "%s: roles", new->id);
    compare_text(comparison, what, old_roles.text, new_roles.text);
    compare_kinds(comparison, new->id, "send", old->may_send, new->may_send);
    compare_kinds(comparison, new->id, "receive", old->may_receive, new->may_receive);
    compare_authority_keys(comparison, old, new);
    if (old->audits_all != new->audits_all)
        say(comparison, "%s: its auditors %s every entry", new->id,
            new->audits_all ? "MAY NOW READ" : "may no longer read");
}

struct texts {
    const char *const *list;
    size_t count;
};

/* Say, as "WHAT: ID is VERB", which of `some` are not among `others`. */
static void
say_missing(struct comparison *comparison, const char *what, const char *verb, struct texts some,
            struct texts others)
{
    for (size_t i = 0; i < some.count; i++) {
        bool is_there = false;
        for (size_t k = 0; k < others.count; k++)
            is_there = is_there || strcmp(some.list[i], others.list[k]) == 0;
        if (!is_there)
            say(comparison, "%s: %s is %s", what, some.list[i], verb);
    }
}

static void
compare_lists(struct comparison *comparison, const char *what, struct texts old, struct texts new)
{
    say_missing(comparison, what, "removed", old, new);
    say_missing(comparison, what, "added", new, old);
}

static void
compare_members(struct comparison *comparison)
{
    const struct directory *old = &comparison->old, *new = &comparison->new;

    for (size_t i = 0; i < old->members_count; i++) {
        if (directory_find_member(new, old->members[i].id) == NULL)
            say(comparison, "member %s (%s) is REMOVED", old->members[i].id, old->members[i].name);
    }
    for (size_t i = 0; i < new->members_count; i++) {
        const struct member *member = &new->members[i];
        const struct member *before = directory_find_member(old, member->id);
        char what[MEMBER_ID_MAX + 64];
        if (before == NULL) {
            say(comparison, "member %s (%s) is ADDED: sends %s; receives %s", member->id,
                member->name, tool_kind_words(member->may_send).text,
                tool_kind_words(member->may_receive).text);
            continue;
        }
        compare_member(comparison, before, member);
        snprintf(what, sizeof what, "%s: authority for documents", member->id);
        compare_lists(comparison, what,
                      (struct texts){before->issuing_states, before->issuing_states_count},
                      (struct texts){member->issuing_states, member->issuing_states_count});
    }
}

/* ---- groups and legal bases */

static void
compare_groups(struct comparison *comparison)
{
    const struct directory *old = &comparison->old, *new = &comparison->new;

    for (size_t i = 0; i < old->groups_count; i++) {
        if (directory_find_group(new, old->groups[i].id) == NULL)
            say(comparison, "group %s is removed", old->groups[i].id);
    }
    for (size_t i = 0; i < new->groups_count; i++) {
        const struct group *group = &new->groups[i];
        const struct group *before = directory_find_group(old, group->id);
        if (before == NULL)
            say(comparison, "group %s is added, members: %zu", group->id, group->members_count);
        else
            compare_lists(comparison, group->id,
                          (struct texts){before->members, before->members_count},
                          (struct texts){group->members, group->members_count});
    }
}

static void
compare_legal_bases(struct comparison *comparison)
{
    const struct directory *old = &comparison->old, *new = &comparison->new;

    for (size_t i = 0; i < old->legal_bases_count; i++) {
        if (directory_find_legal_basis(new, old->legal_bases[i].id) == NULL)
            say(comparison, "legal basis %s is removed", old->legal_bases[i].id);
    }
    for (size_t i = 0; i < new->legal_bases_count; i++) {
        const struct legal_basis *basis = &new->legal_bases[i];
        const struct legal_basis *before = directory_find_legal_basis(old, basis->id);
        if (before == NULL) {
            say(comparison, "legal basis %s (%s) is added for %s", basis->id, basis->title,
                tool_kind_words(basis->kinds).text);
            continue;
        }
        compare_text(comparison, basis->id, before->title, basis->title);
        if (before->kinds != basis->kinds)
            say(comparison, "%s: covers %s in place of %s", basis->id,
                tool_kind_words(basis->kinds).text, tool_kind_words(before->kinds).text);
        if (before->answer_hours != basis->answer_hours)
            say(comparison, "%s: a hit is answered within %u hours in place of %u (0: the usual)",
                basis->id, (unsigned)basis->answer_hours, (unsigned)before->answer_hours);
        compare_lists(comparison, basis->id, (struct texts){before->members, before->members_count},
                      (struct texts){basis->members, basis->members_count});
    }
}

/* ---- log, relays, witnesses */

static void
compare_relays(struct comparison *comparison)
{
    const struct directory *old = &comparison->old, *new = &comparison->new;

    compare_text(comparison, "log: origin", old->log_origin, new->log_origin);
    compare_key(comparison, "log", DENREI__V1__KEY_USE__KEY_USE_LOG, &old->log_key, &new->log_key);
    for (size_t i = 0; i < old->relays_count && i < new->relays_count; i++) {
        compare_text(comparison, "relay", old->relays[i].endpoint, new->relays[i].endpoint);
        compare_key(comparison, "relay: transport", DENREI__V1__KEY_USE__KEY_USE_TRANSPORT,
                    &old->relays[i].transport_key, &new->relays[i].transport_key);
        compare_key(comparison, "relay", DENREI__V1__KEY_USE__KEY_USE_RELAY,
                    &old->relays[i].relay_key, &new->relays[i].relay_key);
    }
    for (size_t i = old->relays_count; i < new->relays_count; i++)
        say(comparison, "relay %s is added", new->relays[i].endpoint);
    for (size_t i = new->relays_count; i < old->relays_count; i++)
        say(comparison, "relay %s is removed", old->relays[i].endpoint);
}

static const struct witness *
find_witness(const struct directory *directory, const char *name)
{
    for (size_t i = 0; i < directory->witnesses_count; i++) {
        if (strcmp(directory->witnesses[i].name, name) == 0)
            return &directory->witnesses[i];
    }
    return NULL;
}

static void
compare_witnesses(struct comparison *comparison)
{
    const struct directory *old = &comparison->old, *new = &comparison->new;

    for (size_t i = 0; i < old->witnesses_count; i++) {
        if (find_witness(new, old->witnesses[i].name) == NULL)
            say(comparison, "witness %s is removed", old->witnesses[i].name);
    }
    for (size_t i = 0; i < new->witnesses_count; i++) {
        const struct witness *before = find_witness(old, new->witnesses[i].name);
        if (before == NULL)
            say(comparison, "witness %s is added", new->witnesses[i].name);
        else
            compare_key(comparison, new->witnesses[i].name, DENREI__V1__KEY_USE__KEY_USE_WITNESS,
                        &before->key, &new->witnesses[i].key);
    }
    if (old->witness_quorum != new->witness_quorum)
        say(comparison, "quorum: %" PRIu32 " witnesses in place of %" PRIu32, new->witness_quorum,
            old->witness_quorum);
    for (size_t i = 0; i < new->voided_keys_count; i++) {
        if (!directory_is_voided(old, &new->voided_keys[i]))
            say(comparison, "authority key %s is VOIDED: what it signed no longer counts",
                public_text_fingerprint(DENREI__V1__KEY_USE__KEY_USE_AUTHORITY,
                                        &new->voided_keys[i])
                    .text);
    }
}

static enum err
read_side(struct tool *tool, const char *path, struct directory *out)
{
    struct tool_document file;
    enum err err = tool_read_document(tool, path, TOOL_FILE_DIRECTORY, &file);

    if (err != ERR_OK)
        return err;
    err = directory_decode(file.document.body, tool->arena, out);
    if (err != ERR_OK)
        problems_add(&tool->problems, path, "", "the directory does not hold: %s", err_text(err));
    return err;
}

static enum err
run_compare(struct tool *tool, const struct args_words *words)
{
    static void (*const PARTS[])(struct comparison *) = {
        compare_roots,       compare_members, compare_groups,
        compare_legal_bases, compare_relays,  compare_witnesses,
    };
    struct comparison comparison = {.tool = tool};
    enum err err = read_side(tool, words->words[0], &comparison.old);

    if (err == ERR_OK)
        err = read_side(tool, words->words[1], &comparison.new);
    if (err != ERR_OK)
        return err;
    comparison.changes = json_array();
    if (!tool->options->json)
        printf("From version %" PRIu64 " to version %" PRIu64 ", valid until %s:\n",
               comparison.old.version, comparison.new.version,
               time_text_utc(comparison.new.expires_ms).text);
    compare_text(&comparison, "federation", comparison.old.federation_name,
                 comparison.new.federation_name);
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++)
        PARTS[i](&comparison);
    if (tool->options->json)
        tool_put_json(json_pack("{s:I, s:I, s:O}", "from", (json_int_t)comparison.old.version, "to",
                                (json_int_t)comparison.new.version, "changes", comparison.changes));
    else if (json_array_size(comparison.changes) == 0)
        puts("  nothing but version and dates");
    json_decref(comparison.changes);
    return ERR_OK;
}

int
tool_directory_compare(void *options, const struct args_words *words)
{
    struct tool tool;
    enum err err = tool_begin(&tool, options);

    if (err == ERR_OK)
        err = run_compare(&tool, words);
    return tool_end(&tool, err);
}
