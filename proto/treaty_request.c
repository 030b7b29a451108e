#include "proto/treaty_request.h"

#include "proto/field.h"
#include "proto/help.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { NAME_BYTES = 64, GAPS_MAX = PROBLEMS_MAX, NAMES_BYTES = 200 };

static const char ASSISTANCE[] = "request.assistance.";

bool
treaty_request_is_urgent(const Denrei__V1__MlaRequest *request)
{
    return kind_rule_has(request->urgency_reason) ||
           request->channel == DENREI__V1__MLA_CHANNEL__MLA_CHANNEL_URGENT_DIRECT;
}

static bool
is_measure_of(const Denrei__V1__MlaAssistance *assistance, uint32_t measures)
{
    return (unsigned)assistance->measure < 32 && (measures >> assistance->measure & 1) != 0;
}

/* How many of the assistances ask for one of `measures`. */
static size_t
count_measures(const Denrei__V1__MlaRequest *request, uint32_t measures)
{
    size_t count = 0;

    for (size_t i = 0; i < request->n_assistance; i++)
        count += is_measure_of(request->assistance[i], measures) ? 1 : 0;
    return count;
}

bool
treaty_request_needs(const Denrei__V1__MlaRequest *request, const struct treaty_content *content,
                     size_t item)
{
    const bool is_of_one = strncmp(content->path, ASSISTANCE, strlen(ASSISTANCE)) == 0;

    switch (content->need) {
    case TREATY_MANDATORY:
        return true;
    case TREATY_FOR:
        if (is_of_one)
            return item < request->n_assistance &&
                   is_measure_of(request->assistance[item], content->measures);
        return count_measures(request, content->measures) > 0;
    case TREATY_EXCEPT:
        return request->n_assistance == 0 ||
               count_measures(request, content->measures) < request->n_assistance;
    case TREATY_URGENT:
        return treaty_request_is_urgent(request);
    case TREATY_OPTIONAL:
    default:
        return false;
    }
}

/* ---- gaps */

/* Where a path leads: to a field of a message, or to a list on the way. */
struct end {
    const ProtobufCMessage *message;        /* NULL: it lies in a group that is not there */
    const ProtobufCMessageDescriptor *type; /* that `field` is of */
    const ProtobufCFieldDescriptor *field;
    const char *rest; /* of the path, after the field; "" at its end */
};

/* Follow `path` from `message` to its end or to the first list; the reader of profiles has seen
 * that it leads somewhere. */
static struct end
follow(const ProtobufCMessage *message, const ProtobufCMessageDescriptor *type, const char *path)
{
    struct end end = {.message = message, .rest = path};

    for (;;) {
        char name[NAME_BYTES] = "";
        const size_t len = strcspn(end.rest, ".");
        assert(len < sizeof name);
        memcpy(name, end.rest, len);
        end.type = type;
        end.field = protobuf_c_message_descriptor_get_field_by_name(type, name);
        assert(end.field != NULL);
        end.rest += len;
        if (*end.rest == '\0' || field_is_repeated(end.field))
            return end;
        end.rest++;
        type = end.field->descriptor;
        if (end.message != NULL && field_count(end.message, end.field) == 0)
            end.message = NULL;
        if (end.message != NULL)
            end.message = *(const ProtobufCMessage *const *)field_value(end.message, end.field, 0);
    }
}

/* Whether there is something: a text of blanks is nothing. */
static bool
is_filled(const struct end *end)
{
    if (end->message == NULL || field_count(end->message, end->field) == 0)
        return false;
    if (end->field->type != PROTOBUF_C_TYPE_STRING || field_is_repeated(end->field))
        return true;
    const char *text = *(const char *const *)field_value(end->message, end->field, 0);
    return text[strspn(text, " \t\n")] != '\0';
}

/* Add a gap unless it is there: a list without items is one gap, whatever its items must have. */
static void
add_gap(struct treaty_gap *gaps, size_t *count, size_t max, struct problem_path path,
        const struct treaty_content *content)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(gaps[i].path.text, path.text) == 0)
            return;
    }
    if (*count < max)
        gaps[(*count)++] = (struct treaty_gap){.path = path, .content = content};
}

static void
find_gaps(const Denrei__V1__Mla *mla, const struct treaty_content *content, struct treaty_gap *gaps,
          size_t *count, size_t max)
{
    const struct end end = follow(&mla->base, mla->base.descriptor, content->path);
    const int list_len = (int)(end.rest - content->path);

    if (*end.rest == '\0') {
        if (treaty_request_needs(mla->request, content, 0) && !is_filled(&end))
            add_gap(gaps, count, max, problem_path("%s", content->path), content);
        return;
    }
    const size_t items = end.message == NULL ? 0 : field_count(end.message, end.field);
    if (items == 0 && treaty_request_needs(mla->request, content, 0))
        add_gap(gaps, count, max, problem_path("%.*s", list_len, content->path), content);
    for (size_t i = 0; i < items; i++) {
        const ProtobufCMessage *item =
            *(const ProtobufCMessage *const *)field_value(end.message, end.field, i);
        const struct end leaf = follow(item, item->descriptor, end.rest + 1);
        if (treaty_request_needs(mla->request, content, i) && !is_filled(&leaf))
            add_gap(gaps, count, max,
                    problem_path("%.*s[%zu]%s", list_len, content->path, i, end.rest), content);
    }
}

size_t
treaty_request_gaps(const struct treaty *treaty, const Denrei__V1__Mla *mla, struct treaty_gap *out,
                    size_t max)
{
    size_t count = 0;

    for (size_t i = 0; i < treaty->contents_count && mla->request != NULL; i++)
        find_gaps(mla, &treaty->contents[i], out, &count, max);
    return count;
}

/* What a part looks like, by the help on its field; else who asks for it. */
static struct problem_path
cure_of(const struct treaty *treaty, const struct treaty_content *content)
{
    struct end end = follow(NULL, &denrei__v1__mla__descriptor, content->path);

    if (*end.rest != '\0')
        end = follow(NULL, end.field->descriptor, end.rest + 1);
    const char *example = help_find(end.type->name, end.field->name)->example;
    return example[0] != '\0' ? problem_path("write it, as in: %s", example)
                              : problem_path("write it; %s asks for it", treaty->id);
}

static void
check_parts(const struct treaty *treaty, const struct kind_place *place, const Denrei__V1__Mla *mla)
{
    struct treaty_gap gaps[GAPS_MAX];
    const size_t count = treaty_request_gaps(treaty, mla, gaps, GAPS_MAX);

    for (size_t i = 0; i < count; i++) {
        const struct treaty_rule *rule = &gaps[i].content->rule;
        const struct problem_path cure = cure_of(treaty, gaps[i].content);
        kind_rule_add(place, gaps[i].path.text, cure.text, "it is missing: %s (%s)", rule->text,
                      rule->article);
    }
}

/* ---- the rest */

/* `ja, en` */
static struct problem_path
list_languages(const char *const *languages, size_t count)
{
    struct problem_path list = {""};

    for (size_t i = 0; i < count; i++)
        list = problem_path("%s%s%s", list.text, i == 0 ? "" : ", ", languages[i]);
    return list;
}

static bool
has_language(const char *const *languages, size_t count, const char *language)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(languages[i], language) == 0)
            return true;
    }
    return false;
}

static void
check_language(const struct treaty *treaty, const struct kind_place *place,
               const Denrei__V1__MlaRequest *request)
{
    const char *country = place->context->recipient_country;
    const struct treaty_party *party =
        kind_rule_has(country) ? treaty_find_party(treaty, country) : NULL;

    if (party == NULL || party->languages_count == 0 || !kind_rule_has(request->language) ||
        has_language(party->languages, party->languages_count, request->language))
        return;
    const bool is_if_urgent =
        has_language(party->urgent_languages, party->urgent_languages_count, request->language);
    if (is_if_urgent && treaty_request_is_urgent(request))
        return;
    const struct problem_path list = list_languages(party->languages, party->languages_count);
    const struct problem_path cure =
        problem_path("send it with a translation into one of: %s", list.text);
    kind_rule_add(place, "request.language", cure.text, "%s does not accept requests in %s%s (%s)",
                  party->name, request->language, is_if_urgent ? " unless they are urgent" : "",
                  party->article);
}

static void
check_channel(const struct treaty *treaty, const struct kind_place *place,
              const Denrei__V1__MlaRequest *request)
{
    char names[NAMES_BYTES] = "write one of:";

    if (request->channel == DENREI__V1__MLA_CHANNEL__MLA_CHANNEL_UNSPECIFIED ||
        (treaty->channels >> request->channel & 1) != 0)
        return;
    for (int channel = 1; channel < 32; channel++) {
        const size_t len = strlen(names);
        if ((treaty->channels >> channel & 1) != 0)
            snprintf(names + len, sizeof names - len, " %s",
                     field_enum_word(&denrei__v1__mla_channel__descriptor, channel));
    }
    kind_rule_add(place, "request.channel", names, "under %s requests do not go by this channel",
                  treaty->id);
}

/* Who asks and who is asked must be authorities of two parties. */
static void
check_authorities(const struct treaty *treaty, const struct kind_place *place)
{
    const struct kind_context *context = place->context;
    const char *from = context->sender_country, *to = context->recipient_country;
    static const char cure[] = "denrei mla profiles ID tells the authorities; name another legal "
                               "basis if none of them is meant";

    if (!kind_rule_has(from) || !kind_rule_has(to))
        return;
    if (treaty_find_party(treaty, from) == NULL || treaty_find_party(treaty, to) == NULL)
        kind_rule_add(place, "legal_basis", cure, "%s does not bind %s and %s", treaty->id, from,
                      to);
    else if (strcmp(from, to) == 0)
        kind_rule_add(place, "to", "name the authority of another party",
                      "%s is of the same state as %s", context->recipient, context->sender);
    else if (!treaty_may(treaty, from, context->roles, context->roles_count, true))
        kind_rule_add(place, "request", cure, "%s is none of the authorities that send requests",
                      context->sender);
    else if (!treaty_may(treaty, to, context->recipient_roles, context->recipient_roles_count,
                         false))
        kind_rule_add(place, "to", cure, "%s is none of the authorities that receive requests",
                      context->recipient);
}

/* That the day is there, the profile's contents ask; here that it is early enough. */
static void
check_confirmation(const struct treaty *treaty, const struct kind_place *place,
                   const Denrei__V1__MlaRequest *request)
{
    const struct treaty_days *rule = &treaty->confirmation;
    struct date_text day = {0};
    char last[DATE_TEXT_BYTES];

    if (rule->days == 0 || !treaty_request_is_urgent(request) ||
        date_text_parse(request->written_confirmation_by, &day) != ERR_OK ||
        !date_text_is_complete(day))
        return;
    const struct date_text latest = date_text_add_days(place->today, rule->days);
    if (date_text_compare(day, latest) <= 0)
        return;
    date_text_format(latest, last);
    const struct problem_path cure = problem_path("give %s or an earlier day", last);
    kind_rule_add(place, "request.written_confirmation_by", cure.text,
                  "an urgent request is confirmed in writing within %u days (%s)",
                  (unsigned)rule->days, rule->rule.article);
}

static void
check_refusal(const struct treaty *treaty, const struct kind_place *place,
              const Denrei__V1__MlaRefusal *refusal)
{
    char names[PROBLEM_TEXT_BYTES] = "the treaty's grounds are:";

    if (refusal->ground == DENREI__V1__MLA_GROUND__MLA_GROUND_UNSPECIFIED ||
        treaty_find_refusal(treaty, refusal->ground) != NULL)
        return;
    for (size_t i = 0; i < treaty->refusals_count; i++) {
        const size_t len = strlen(names);
        snprintf(
            names + len, sizeof names - len, " %s (%s)%s",
            field_enum_word(&denrei__v1__mla_ground__descriptor, (int)treaty->refusals[i].ground),
            treaty->refusals[i].rule.article, i + 1 < treaty->refusals_count ? "," : "");
    }
    kind_rule_add(place, "refusal.ground", names, "%s does not let a request be refused for it",
                  treaty->id);
}

void
treaty_request_check(const struct treaty *treaty, const struct kind_place *place,
                     const Denrei__V1__Mla *mla)
{
    if (mla->step_case == DENREI__V1__MLA__STEP_REFUSAL)
        check_refusal(treaty, place, mla->refusal);
    if (mla->step_case != DENREI__V1__MLA__STEP_REQUEST)
        return;
    check_parts(treaty, place, mla);
    check_language(treaty, place, mla->request);
    check_channel(treaty, place, mla->request);
    check_authorities(treaty, place);
    check_confirmation(treaty, place, mla->request);
}
