#include "clients/node/api_query.h"

#include "proto/nearest.h"

#include <stdio.h>
#include <string.h>

static const char *const MEMBERS[] = {"number", "state", "mrz", "reference"};

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

enum err
api_query_read(const json_t *json, struct api_query *out, struct problems *problems)
{
    size_t before = problems_total(problems);

    *out = (struct api_query){.has_document = false};
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
    if (err == ERR_OK && !out->has_document)
        problems_add(problems, "", "give number and state, or mrz", "no document is named");
    if (err != ERR_OK)
        return err;
    return problems_total(problems) == before ? ERR_OK : ERR_FORMAT;
}
