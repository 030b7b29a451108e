#include "proto/kind.h"

#include "proto/kind_header.h"
#include "proto/kind_rule.h"
#include "proto/kind_table.h"
#include "proto/limits.h"
#include "proto/nearest.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define KIND_TABLE_ENTRY(row) &(row),
static const struct kind_type *const table[] = {KIND_TABLE(KIND_TABLE_ENTRY)};
#undef KIND_TABLE_ENTRY

static const size_t table_count = sizeof table / sizeof table[0];

size_t
kind_count(void)
{
    return table_count;
}

const struct kind_type *
kind_at(size_t index)
{
    assert(index < table_count);
    return table[index];
}

const struct kind_type *
kind_find(Denrei__V1__Kind number)
{
    for (size_t i = 0; i < table_count; i++) {
        if (table[i]->number == number)
            return table[i];
    }
    return NULL;
}

const struct kind_type *
kind_find_name(const char *text)
{
    for (size_t i = 0; i < table_count; i++) {
        if (strcasecmp(text, table[i]->name) == 0 || strcasecmp(text, table[i]->word) == 0)
            return table[i];
    }
    return NULL;
}

const struct kind_type *
kind_suggest(const char *text)
{
    struct nearest nearest;

    nearest_init(&nearest, text);
    for (size_t i = 0; i < table_count; i++)
        nearest_offer(&nearest, table[i]->word);
    return nearest.count == 0 ? NULL : kind_find_name(nearest.names[0]);
}

void
kind_report_unknown(struct problems *problems, const char *path, const char *text)
{
    const struct kind_type *near = kind_suggest(text);
    char cure[PROBLEM_TEXT_BYTES];

    if (near != NULL) {
        snprintf(cure, sizeof cure, "did you mean %s?", near->word);
    } else {
        size_t len = (size_t)snprintf(cure, sizeof cure, "the kinds are:");
        for (size_t i = 0; i < table_count && len < sizeof cure; i++)
            len += (size_t)snprintf(cure + len, sizeof cure - len, " %s", table[i]->word);
    }
    problems_add(problems, path, cure, "there is no kind \"%s\"", text);
}

/* What the row asks of the header; policy_check asks the same of every message. */
static void
check_header(const struct kind_type *kind, const struct kind_context *context,
             struct problems *problems)
{
    const struct kind_facts facts = {.tlp = context->tlp,
                                     .use_restriction = context->use_restriction,
                                     .recipients_count = context->recipients_count,
                                     .is_group = context->is_group,
                                     /* what it rested on may have ended before it is withdrawn */
                                     .has_legal_basis =
                                         context->legal_basis[0] != '\0' ||
                                         context->action == DENREI__V1__ACTION__ACTION_WITHDRAW,
                                     .created_at_ms = context->created_at_ms,
                                     .expires_at_ms = context->expires_at_ms};

    kind_header_report(kind, &facts, problems);
}

void
kind_validate(const struct kind_type *kind, const ProtobufCMessage *content,
              const struct kind_context *context, struct problems *problems)
{
    assert(content->descriptor == kind->content);
    if (context->created_at_ms > TIME_MS_MAX || context->expires_at_ms > TIME_MS_MAX) {
        problems_add(problems, "expires_at", "give a time in this era",
                     "the calendar ends with the year 9999");
        return; /* nothing else can be compared with such a day */
    }
    const struct kind_place place = kind_place_content(context, problems);
    check_header(kind, context, problems);
    if (context->action != DENREI__V1__ACTION__ACTION_WITHDRAW) {
        kind->check(content, context, problems);
        kind_rule_attachments(kind, &place, content);
    } else if (protobuf_c_message_get_packed_size(content) != 0) {
        kind_rule_add(&place, "", "leave all fields out: the header says what is withdrawn",
                      "a withdrawal has no content");
    }
}
