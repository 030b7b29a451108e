#include "clients/node/api_query.h"

#include "proto/nearest.h"

#include <stdio.h>
#include <string.h>

static const char *const MEMBERS[] = {"number",      "state",    "mrz",           "family_name",
                                      "given_names", "name",     "date_of_birth", "nationality",
                                      "sex",         "reference"};

enum { MEMBERS_COUNT = sizeof MEMBERS / sizeof MEMBERS[0] };

static bool
is_member(const char *name)
{
    for (size_t i = 0; i < MEMBERS_COUNT; i++) {
        if (strcmp(name, MEMBERS[i]) == 0)
            return true;
    }
    return false;
}

static void
report_unknown(const char *name, struct problems *problems)
{
    struct nearest nearest;
    char cure[PROBLEM_TEXT_BYTES];

    nearest_init(&nearest, name);
    for (size_t i = 0; i < MEMBERS_COUNT; i++)
        nearest_offer(&nearest, MEMBERS[i]);
    snprintf(cure, sizeof cure, "did you mean \"%s\"?", nearest.names[0]);
    problems_add(problems, name,
                 nearest.count > 0 ? cure : "leave it out; openapi.json lists the members",
                 "there is no such member");
}

/* Whether every member is known, and a text. */
static bool
check_members(const json_t *json, struct problems *problems)
{
    size_t before = problems_total(problems);
    const char *name = NULL;
    json_t *value = NULL;

    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        if (!is_member(name))
            report_unknown(name, problems);
        else if (!json_is_string(value) ||
                 strlen(json_string_value(value)) != json_string_length(value))
            problems_add(problems, name, "give a text without NUL characters", "it is not a text");
    }
    return problems_total(problems) == before;
}

static const char *
text_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));

    return text == NULL ? "" : text;
}

static void
take_reference(const json_t *json, struct api_query *out, struct problems *problems)
{
    const char *reference = text_of(json, "reference");

    if (strlen(reference) >= sizeof out->reference)
        problems_add(problems, "reference", "give at most 64 bytes", "it is too long");
    else
        memcpy(out->reference, reference, strlen(reference) + 1);
}

static enum err
take_document(const json_t *json, struct api_query *out, struct problems *problems)
{
    const char *number = text_of(json, "number");
    const char *state = text_of(json, "state");
    const char *zone = text_of(json, "mrz");
    enum err err = ERR_OK;

    if (zone[0] != '\0' && (number[0] != '\0' || state[0] != '\0')) {
        problems_add(problems, "mrz", "give the zone alone, or number and state",
                     "it stands beside a number or state");
        return ERR_FORMAT;
    }
    if (zone[0] != '\0')
        err = screen_ask_mrz(zone, &out->document, problems);
    else if (number[0] != '\0' || state[0] != '\0')
        err = screen_ask_number(number, state, &out->document, problems);
    else
        return ERR_OK;
    out->has_document = err == ERR_OK;
    return err;
}

/* The person by name; without one, the holder of the zone. */
static enum err
take_person(const json_t *json, unsigned year, struct api_query *out, struct problems *problems)
{
    const struct person_words words = {.family = text_of(json, "family_name"),
                                       .given = text_of(json, "given_names"),
                                       .full = text_of(json, "name"),
                                       .birth = text_of(json, "date_of_birth"),
                                       .nationality = text_of(json, "nationality"),
                                       .sex = text_of(json, "sex")};
    bool has_name = words.family[0] != '\0' || words.given[0] != '\0' || words.full[0] != '\0';
    bool has_facts = words.birth[0] != '\0' || words.nationality[0] != '\0' || words.sex[0] != '\0';
    enum err err = ERR_OK;

    if (has_facts && !has_name) {
        problems_add(problems, "name", "give name, or family_name and given_names",
                     "nobody is named");
        return ERR_FORMAT;
    }
    if (has_name)
        err = person_ask(&words, &out->person, problems);
    else if (out->has_document && out->document.has_mrz)
        person_ask_mrz(&out->document.mrz, year, &out->person);
    else
        return ERR_OK;
    out->has_person = err == ERR_OK;
    return err;
}

enum err
api_query_read(const json_t *json, unsigned year, struct api_query *out, struct problems *problems)
{
    size_t before = problems_total(problems);

    out->has_document = out->has_person = false;
    out->reference[0] = '\0';
    if (!json_is_object(json)) {
        problems_add(problems, "",
                     "give an object like {\"number\":\"TR1234567\",\"state\":\"JPN\"}",
                     "this is not a JSON object");
        return ERR_FORMAT;
    }
    take_reference(json, out, problems);
    if (!check_members(json, problems))
        return ERR_FORMAT;
    enum err err = take_document(json, out, problems);
    if (err == ERR_OK)
        err = take_person(json, year, out, problems);
    if (err == ERR_OK && !out->has_document && !out->has_person)
        problems_add(problems, "", "give number and state, mrz, or a name",
                     "no document and no person is named");
    if (err != ERR_OK)
        return err;
    return problems_total(problems) == before ? ERR_OK : ERR_FORMAT;
}
