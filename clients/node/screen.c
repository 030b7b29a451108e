#include "clients/node/screen.h"

#include "proto/limits.h"

#include <string.h>

/* In any case, as people type. */
static const struct state_code *
find_state(const char *text)
{
    char capitals[STATE_CODE_BYTES] = "";

    if (strlen(text) >= sizeof capitals)
        return NULL;
    for (size_t i = 0; text[i] != '\0'; i++)
        capitals[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
    return state_code_find(capitals);
}

enum err
screen_ask_number(const char *number, const char *state, struct screen_query *out,
                  struct problems *problems)
{
    struct screen_query query = {.has_mrz = false};
    const struct state_code *code = find_state(state);
    enum err err = document_number_normalise(number, &query.number);

    if (err != ERR_OK)
        problems_add(problems, "number", "Type the number as it stands on the document.",
                     "\"%s\" is not a document number: letters and digits only, at most %d.",
                     number, DOCUMENT_NUMBER_BYTES - 1);
    if (code == NULL || !state_code_issues(code)) {
        const struct state_code *near = state_code_suggest(state);
        problems_add(problems, "state",
                     "Give the issuing state as the three-letter code of ICAO Doc 9303-3.",
                     "\"%s\" is no issuing state%s%s%s", state,
                     near == NULL ? "" : "; did you mean ", near == NULL ? "" : near->code,
                     near == NULL ? "." : "?");
        err = ERR_FORMAT;
    }
    if (err != ERR_OK)
        return ERR_FORMAT;
    memcpy(query.state, code->code, strlen(code->code) + 1);
    *out = query;
    return ERR_OK;
}

enum err
screen_ask_mrz(const char *text, struct screen_query *out, struct problems *problems)
{
    struct screen_query query = {.has_mrz = true};
    enum err err = mrz_parse(text, &query.mrz, problems);

    if (err != ERR_OK)
        return ERR_FORMAT;
    query.number = query.mrz.number;
    memcpy(query.state, query.mrz.issuing_state, sizeof query.state);
    *out = query;
    return query.mrz.wrong_count == 0 ? ERR_OK : ERR_RANGE;
}

bool
screen_is_old(uint64_t time_ms, uint64_t life_ms, uint64_t now_ms)
{
    return time_ms == 0 || now_ms > time_ms + life_ms || time_ms > now_ms + CLOCK_SKEW_MS;
}

uint64_t
screen_proven_ms(const struct screen_view *view, uint64_t now_ms)
{
    uint64_t told_ms = view->has_witnesses ? view->witnessed_time_ms : view->head_time_ms;

    return told_ms < now_ms ? told_ms : now_ms;
}

const char *
screen_staleness(const struct screen_view *view, uint64_t now_ms)
{
    if (view->head_time_ms == 0)
        return "the node has not heard from the relay yet";
    if (screen_is_old(view->head_time_ms, HEAD_FRESH_MS, now_ms))
        return "the node has not heard from the relay for more than 10 minutes";
    if (view->has_witnesses && view->witnessed_time_ms == 0)
        return "no quorum of witnesses has confirmed the log yet";
    if (view->has_witnesses && screen_is_old(view->witnessed_time_ms, WITNESS_FRESH_MS, now_ms))
        return "no quorum of witnesses has confirmed the log for more than 10 minutes";
    return "";
}

enum screen_verdict
screen_judge(size_t hits, const struct screen_view *view, uint64_t now_ms, const char **reason)
{
    *reason = "";
    if (hits > 0)
        return SCREEN_HIT;
    if (view->flash_stored < view->flash_last || view->rest_stored < view->rest_last)
        *reason = "messages are waiting in the mailbox that are not stored yet";
    else if (screen_staleness(view, now_ms)[0] != '\0')
        *reason = screen_staleness(view, now_ms);
    else if (view->missing > 0)
        *reason = "messages on documents came that this node cannot read, or came too late for";
    else if (view->missing_persons > 0)
        *reason = "alerts on persons came that this node cannot read, or came too late for";
    return (*reason)[0] == '\0' ? SCREEN_CLEAR : SCREEN_CANNOT_SAY;
}
