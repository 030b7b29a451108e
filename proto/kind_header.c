#include "proto/kind_header.h"

#include "proto/field.h"
#include "proto/limits.h"

#include <assert.h>
#include <stdio.h>

enum { LIMIT_BYTES = 48 };

/* A rule, and its sentence: the kind's name, `wrong`, and what `limit` writes. */
struct rule {
    bool (*is_broken)(const struct kind_type *kind, const struct kind_facts *facts);
    enum refusal code;
    const char *path;
    const char *wrong;
    void (*limit)(const struct kind_type *kind, char out[LIMIT_BYTES]); /* NULL: none */
    const char *cure;
};

static bool
has_no_recipient(const struct kind_type *kind, const struct kind_facts *facts)
{
    (void)kind;
    return facts->recipients_count == 0;
}

static bool
has_too_many_recipients(const struct kind_type *kind, const struct kind_facts *facts)
{
    return kind->recipients_max > 0 && !facts->is_group &&
           facts->recipients_count > kind->recipients_max;
}

static bool
is_group_forbidden(const struct kind_type *kind, const struct kind_facts *facts)
{
    return facts->is_group && (!kind->may_go_to_group || kind->is_of_victims);
}

static bool
is_red_to_group(const struct kind_type *kind, const struct kind_facts *facts)
{
    (void)kind;
    return facts->is_group && facts->tlp == DENREI__V1__TLP__TLP_RED;
}

/* The labels are numbered from the widest on. */
static_assert(DENREI__V1__TLP__TLP_CLEAR < DENREI__V1__TLP__TLP_GREEN &&
              DENREI__V1__TLP__TLP_GREEN < DENREI__V1__TLP__TLP_AMBER &&
              DENREI__V1__TLP__TLP_AMBER < DENREI__V1__TLP__TLP_AMBER_STRICT &&
              DENREI__V1__TLP__TLP_AMBER_STRICT < DENREI__V1__TLP__TLP_RED);

static bool
is_label_too_wide(const struct kind_type *kind, const struct kind_facts *facts)
{
    return facts->tlp < kind->tlp_widest;
}

static bool
is_use_too_wide(const struct kind_type *kind, const struct kind_facts *facts)
{
    return kind->needs_use_restriction &&
           facts->use_restriction == DENREI__V1__USE_RESTRICTION__USE_H0;
}

static bool
lacks_legal_basis(const struct kind_type *kind, const struct kind_facts *facts)
{
    return kind->needs_legal_basis && !facts->has_legal_basis;
}

static bool
is_kept_too_long(const struct kind_type *kind, const struct kind_facts *facts)
{
    return facts->expires_at_ms > facts->created_at_ms + kind->retention_days_max * DAY_MS;
}

static void
write_recipients(const struct kind_type *kind, char out[LIMIT_BYTES])
{
    snprintf(out, LIMIT_BYTES, " %u recipient%s", (unsigned)kind->recipients_max,
             kind->recipients_max == 1 ? "" : "s");
}

static void
write_label(const struct kind_type *kind, char out[LIMIT_BYTES])
{
    const char *word = field_enum_word(&denrei__v1__tlp__descriptor, (int)kind->tlp_widest);

    snprintf(out, LIMIT_BYTES, " %s", word == NULL ? "?" : word);
}

static void
write_days(const struct kind_type *kind, char out[LIMIT_BYTES])
{
    snprintf(out, LIMIT_BYTES, " %u days", (unsigned)kind->retention_days_max);
}

static const struct rule RULES[] = {
    {has_no_recipient, REFUSAL_RECIPIENT, "to", "has no recipient", NULL,
     "name at least one member"},
    {is_group_forbidden, REFUSAL_GROUP, "group", "cannot be sent to a group", NULL,
     "name the members that it is for"},
    {is_red_to_group, REFUSAL_GROUP, "tlp",
     "with the label RED is for named recipients alone, and a group is wider", NULL,
     "name the members that it is for, or choose AMBER_STRICT"},
    {is_label_too_wide, REFUSAL_HANDLING, "tlp", "speaks of people: its widest label is",
     write_label, "choose that label or a narrower one"},
    {is_use_too_wide, REFUSAL_HANDLING, "use_restriction",
     "is not for every lawful use, as H0 would allow", NULL,
     "choose H1 or H2, or H3 and say in the content what use is allowed"},
    {lacks_legal_basis, REFUSAL_LEGAL_BASIS, "legal_basis",
     "rests on a legal basis between the parties", NULL,
     "name the treaty, convention or arrangement by its id in the directory"},
    {has_too_many_recipients, REFUSAL_HANDLING, "to", "goes to at most", write_recipients,
     "send one message to each party"},
    {is_kept_too_long, REFUSAL_TIMES, "expires_at", "is kept for at most", write_days,
     "let it expire earlier; an UPDATE can prolong it"},
};

enum refusal
kind_header_judge(const struct kind_type *kind, const struct kind_facts *facts)
{
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++) {
        if (RULES[i].is_broken(kind, facts))
            return RULES[i].code;
    }
    return REFUSAL_NONE;
}

void
kind_header_report(const struct kind_type *kind, const struct kind_facts *facts,
                   struct problems *problems)
{
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++) {
        const struct rule *rule = &RULES[i];
        char limit[LIMIT_BYTES] = "";
        if (!rule->is_broken(kind, facts))
            continue;
        if (rule->limit != NULL)
            rule->limit(kind, limit);
        problems_add(problems, rule->path, rule->cure, "%s %s%s", kind->name, rule->wrong, limit);
    }
}
