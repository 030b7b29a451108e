/* TECHNIQUE_BULLETIN: a technique, its marks, and no person. */
#include "proto/file_type.h"
#include "proto/kind_rule.h"
#include "proto/kind_table.h"
#include "proto/technique_bulletin.pb-c.h"

#include <string.h>

enum {
    TITLE_CHARS_MAX = 200,
    DESCRIPTION_CHARS_MAX = 10000,
    MARK_CHARS_MAX = 300,
    MARKS_MAX = 32,
    STATES_MAX = 32,
    ROUTES_MAX = 16,
    VIA_MAX = 8,
    MEANS_CHARS_MAX = 200
};

static void
check_states(const struct kind_place *place, const char *field, char *const *codes, size_t count,
             size_t max)
{
    kind_rule_count(place, field, count, 0, max);
    for (size_t i = 0; i < count && i < max; i++) {
        const struct kind_place item = kind_place_item(place, field, i);
        kind_rule_state(&item, "", codes[i], KIND_STATE_COUNTRY, true);
    }
}

static void
check_route(const struct kind_place *place, const Denrei__V1__TechniqueRoute *route)
{
    kind_rule_state(place, "from", route->from, KIND_STATE_COUNTRY, true);
    check_states(place, "via", route->via, route->n_via, VIA_MAX);
    kind_rule_state(place, "to", route->to, KIND_STATE_COUNTRY, true);
    kind_rule_text(place, "means", route->means, MEANS_CHARS_MAX, KIND_TEXT_OPTIONAL);
}

/* Marks and remedies are texts of which each could speak of a person. */
static void
check_marks(const struct kind_place *place, const char *field, char *const *texts, size_t count,
            size_t min)
{
    kind_rule_count(place, field, count, min, MARKS_MAX);
    kind_rule_texts(place, field, texts, count, MARKS_MAX, MARK_CHARS_MAX, KIND_TEXT_OPTIONAL);
    for (size_t i = 0; i < count && i < MARKS_MAX; i++) {
        const struct kind_place item = kind_place_item(place, field, i);
        kind_rule_non_nominal(&item, "", texts[i], "a person");
    }
}

static void
check_seen(const struct kind_place *place, const Denrei__V1__TechniqueBulletin *bulletin)
{
    struct date_text first;
    struct date_text last;
    bool has_first = kind_rule_date(place, "first_seen", bulletin->first_seen,
                                    KIND_DATE_PARTIAL | KIND_DATE_PAST, &first);
    bool has_last = kind_rule_date(place, "last_seen", bulletin->last_seen,
                                   KIND_DATE_PARTIAL | KIND_DATE_PAST, &last);

    if (has_first && has_last)
        kind_rule_order(place, "last_seen", first, last,
                        "it was last seen after it was first seen");
}

static bool
asks_for_warning(const Denrei__V1__TechniqueBulletin *bulletin)
{
    for (size_t i = 0; i < bulletin->n_actions; i++) {
        if (bulletin->actions[i] == DENREI__V1__TECHNIQUE_ACTION__TECHNIQUE_ACTION_WARN_PUBLIC)
            return true;
    }
    return false;
}

static void
check_technique_bulletin(const ProtobufCMessage *content, const struct kind_context *context,
                         struct problems *problems)
{
    const Denrei__V1__TechniqueBulletin *bulletin = (const Denrei__V1__TechniqueBulletin *)content;
    const struct kind_place place = kind_place_content(context, problems);

    kind_rule_reference(&place, "reference", bulletin->reference, false);
    kind_rule_reference(&place, "purple_notice", bulletin->purple_notice, false);
    kind_rule_text(&place, "title", bulletin->title, TITLE_CHARS_MAX, KIND_TEXT_MANDATORY);
    kind_rule_choices(&place, "fields", (const int *)bulletin->fields, bulletin->n_fields, 1,
                      "RECRUITMENT");
    kind_rule_text(&place, "description", bulletin->description, DESCRIPTION_CHARS_MAX,
                   KIND_TEXT_MANDATORY | KIND_TEXT_LINES);
    kind_rule_non_nominal(&place, "title", bulletin->title, "a person");
    kind_rule_non_nominal(&place, "description", bulletin->description, "a person");
    check_marks(&place, "indicators", bulletin->indicators, bulletin->n_indicators, 1);
    check_marks(&place, "countermeasures", bulletin->countermeasures, bulletin->n_countermeasures,
                0);
    check_states(&place, "states", bulletin->states, bulletin->n_states, STATES_MAX);
    kind_rule_count(&place, "routes", bulletin->n_routes, 0, ROUTES_MAX);
    for (size_t i = 0; i < bulletin->n_routes && i < ROUTES_MAX; i++) {
        const struct kind_place item = kind_place_item(&place, "routes", i);
        check_route(&item, bulletin->routes[i]);
    }
    check_seen(&place, bulletin);
    kind_rule_choices(&place, "actions", (const int *)bulletin->actions, bulletin->n_actions, 1,
                      "TRAIN_STAFF");
    if (asks_for_warning(bulletin) && context->tlp != DENREI__V1__TLP__TLP_CLEAR &&
        context->tlp != DENREI__V1__TLP__TLP_GREEN)
        kind_rule_add(&place, "actions", "send it as TLP GREEN or CLEAR, or do not ask for it",
                      "the public cannot be warned of what this handling label keeps from it");
    kind_rule_contact(&place, "contact", bulletin->contact);
    kind_rule_handling(&place, "handling_note", bulletin->handling_note);
}

const struct kind_type kind_technique_bulletin = {
    .number = DENREI__V1__KIND__KIND_TECHNIQUE_BULLETIN,
    .name = "TECHNIQUE_BULLETIN",
    .word = "technique-bulletin",
    .summary = "a technique of trafficking or forgery, and how it is recognised",
    .content = &denrei__v1__technique_bulletin__descriptor,
    .retention_days_max = KIND_TEN_YEARS_DAYS,
    .may_go_to_group = true,
    .attachments = FILE_TYPE_IMAGE | FILE_TYPE_DOCUMENT,
    .check = check_technique_bulletin,
};
