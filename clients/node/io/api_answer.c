#include "clients/node/io/api_answer.h"

#include "clients/message_json.h"
#include "clients/node/api_query.h"
#include "clients/node/io/screening_show.h"
#include "proto/date_text.h"
#include "proto/limits.h"
#include "proto/time_text.h"

#include <stdlib.h>
#include <string.h>

enum {
    HTTP_DONE = 200,
    HTTP_MALFORMED = 400,
    HTTP_NOT_FOUND = 404,
    HTTP_METHOD = 405,
    HTTP_FAILED = 500,
    HTTP_UNAVAILABLE = 503
};

struct api_worker {
    struct screening *screening;
    struct arena *arena;
    uint64_t refreshed_ms;
    struct api_query query;
    struct screening_answer answer;
};

enum err
api_worker_open(const char *dir, struct problems *problems, struct api_worker **out)
{
    struct api_worker *worker = calloc(1, sizeof *worker);
    enum err err = worker == NULL ? ERR_NOMEM : ERR_OK;

    *out = NULL;
    if (err == ERR_OK)
        err = screening_open(dir, problems, &worker->screening);
    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &worker->arena);
    if (err == ERR_OK)
        *out = worker;
    else
        api_worker_close(&worker);
    return err;
}

void
api_worker_close(struct api_worker **worker)
{
    if (*worker == NULL)
        return;
    arena_free(&(*worker)->arena);
    screening_close(&(*worker)->screening);
    free(*worker);
    *worker = NULL;
}

/* ---- errors */

static json_t *
error_json(const char *code, const struct problem *problem)
{
    return json_pack("{s:i, s:{s:s, s:s, s:s, s:s}}", "schema", (int)MESSAGE_JSON_SCHEMA, "error",
                     "code", code, "message", problem->wrong, "hint", problem->cure, "field",
                     problem->path.text);
}

/* Takes `json` over. */
static struct api_response
respond(unsigned status, json_t *json)
{
    struct api_response response = {.status = json == NULL ? HTTP_FAILED : status};

    if (json != NULL)
        response.body = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return response;
}

struct api_response
api_refuse(unsigned status, const char *code, const char *message, const char *hint)
{
    struct problems problems = {0};

    problems_add(&problems, "", hint, "%s", message);
    return respond(status, error_json(code, &problems.list[0]));
}

/* ---- screening */

static const struct problem *
first(const struct problems *problems)
{
    static const struct problem UNKNOWN = {.wrong = "it failed"};

    return problems->count > 0 ? &problems->list[0] : &UNKNOWN;
}

/* The answer to one question.  A question that cannot be asked gives an error object. */
static enum err
screen_one(struct api_worker *worker, const json_t *json, uint64_t now_ms, json_t **out)
{
    struct api_query *query = &worker->query;
    struct problems problems = {0};
    enum err err = api_query_read(json, date_text_from_ms(now_ms).year, query, &problems);

    *out = NULL;
    if (err == ERR_OK) {
        const struct screening_question question = {
            .document = query->has_document ? &query->document : NULL,
            .person = query->has_person ? &query->person : NULL};
        arena_reset(worker->arena);
        err = screening_ask(worker->screening, &question, now_ms, &worker->answer);
        if (err == ERR_OK)
            err = screening_json(worker->screening, &worker->answer, worker->arena, out);
        if (err != ERR_OK)
            err = screening_tell(err, &problems);
    }
    if (err == ERR_OK && query->has_document) {
        json_object_set_new(*out, "number", json_string(query->document.number.text));
        json_object_set_new(*out, "state", json_string(query->document.state));
    } else if (err != ERR_OK) {
        *out = error_json(err_name(err), first(&problems));
        if (*out != NULL) /* lest an integrator take an error for "clear" */
            json_object_set_new(*out, "verdict",
                                json_string(screening_verdict_word(SCREEN_CANNOT_SAY)));
    }
    if (*out != NULL && query->reference[0] != '\0')
        json_object_set_new(*out, "reference", json_string(query->reference));
    return *out == NULL ? ERR_NOMEM : err;
}

static unsigned
status_of(enum err err)
{
    if (err == ERR_OK)
        return HTTP_DONE;
    return err == ERR_FORMAT || err == ERR_RANGE ? HTTP_MALFORMED : HTTP_UNAVAILABLE;
}

static struct api_response
screen_many(struct api_worker *worker, const json_t *travellers, uint64_t now_ms)
{
    size_t count = json_array_size(travellers);
    json_t *answers = json_array();

    if (count == 0 || count > API_TRAVELLERS_MAX) {
        json_decref(answers);
        return api_refuse(HTTP_MALFORMED, "RANGE", "travellers is no list of 1 to 1000 questions",
                          "divide the request");
    }
    for (size_t i = 0; i < count && answers != NULL; i++) {
        json_t *answer = NULL;
        (void)screen_one(worker, json_array_get(travellers, i), now_ms, &answer);
        if (answer == NULL || json_array_append_new(answers, answer) != 0) {
            json_decref(answers);
            answers = NULL; /* no answer rather than one in the wrong place */
        }
    }
    return respond(HTTP_DONE, answers == NULL
                                  ? NULL
                                  : json_pack("{s:i, s:o}", "schema", (int)MESSAGE_JSON_SCHEMA,
                                              "answers", answers));
}

static struct api_response
screen(struct api_worker *worker, struct span body, uint64_t now_ms)
{
    json_error_t error;
    json_t *json = json_loadb((const char *)body.data, body.len, JSON_REJECT_DUPLICATES, &error);
    json_t *travellers = json_object_get(json, "travellers");
    struct api_response response;

    if (json == NULL)
        return api_refuse(HTTP_MALFORMED, "FORMAT", "the body is not JSON",
                          "send one JSON object; each name once");
    if (travellers != NULL && json_object_size(json) == 1) {
        response = screen_many(worker, travellers, now_ms);
    } else {
        json_t *answer = NULL;
        enum err err = screen_one(worker, json, now_ms, &answer);
        response = respond(status_of(err), answer);
    }
    json_decref(json);
    return response;
}

/* ---- health */

static struct api_response
health(struct api_worker *worker, uint64_t now_ms)
{
    const struct screening_question nothing = {.document = NULL};
    struct screening_answer *answer = &worker->answer;
    struct problems problems = {0};
    enum err err = screening_ask(worker->screening, &nothing, now_ms, answer);

    if (err != ERR_OK) {
        err = screening_tell(err, &problems);
        return respond(HTTP_UNAVAILABLE, error_json(err_name(err), first(&problems)));
    }
    bool is_fresh = answer->verdict == SCREEN_CLEAR;
    return respond(is_fresh ? HTTP_DONE : HTTP_UNAVAILABLE,
                   json_pack("{s:i, s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:s}", "schema",
                             (int)MESSAGE_JSON_SCHEMA, "version", DENREI_VERSION, "member",
                             state_self(screening_state(worker->screening))->member, "status",
                             is_fresh ? "FRESH" : "CANNOT_SAY", "reason", answer->reason,
                             "complete_to_flash", (json_int_t)answer->view.flash_stored,
                             "complete_to_rest", (json_int_t)answer->view.rest_stored, "as_of",
                             time_text_utc(answer->view.head_time_ms).text, "witnessed_at",
                             time_text_utc(answer->view.witnessed_time_ms).text));
}

/* ---- requests */

/* The federation's documents of now, once a minute.  What was known before stays on error. */
static void
refresh(struct api_worker *worker, uint64_t now_ms)
{
    struct problems problems = {0};

    if (now_ms >= worker->refreshed_ms && now_ms - worker->refreshed_ms < MINUTE_MS)
        return;
    worker->refreshed_ms = now_ms;
    if (screening_refresh(worker->screening, &problems) != ERR_OK)
        return;
}

static struct api_response
refuse_method(const char *allow)
{
    struct api_response response = api_refuse(HTTP_METHOD, "USAGE", "the path has no such method",
                                              "openapi.json lists paths and methods");

    response.allow = allow;
    return response;
}

struct api_response
api_answer(struct api_worker *worker, const struct api_request *request, uint64_t now_ms)
{
    bool is_get = strcmp(request->method, "GET") == 0;

    refresh(worker, now_ms);
    if (strcmp(request->path, "/v1/health") == 0)
        return is_get ? health(worker, now_ms) : refuse_method("GET");
    if (strcmp(request->path, "/v1/screen") == 0)
        return strcmp(request->method, "POST") == 0 ? screen(worker, request->body, now_ms)
                                                    : refuse_method("POST");
    return api_refuse(HTTP_NOT_FOUND, "NOT_FOUND", "there is no such path",
                      "use POST /v1/screen or GET /v1/health");
}
