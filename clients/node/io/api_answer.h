/*
 * api_answer.h - what the screening API answers to a request, apart from HTTP's transport.
 *
 * Host.  A worker belongs to one thread at a time.  What cannot be screened is never an answer that
 * looks like "clear": a malformed question is an error, and a failing store says CANNOT_SAY.
 */
#ifndef CLIENTS_NODE_IO_API_ANSWER_H
#define CLIENTS_NODE_IO_API_ANSWER_H

#include "clients/node/io/screening.h"
#include "proto/bytes.h"

enum { API_BODY_BYTES_MAX = 1 << 20, API_TRAVELLERS_MAX = 1000 };

struct api_worker;

/* Open the node's data for one worker.  Errors as screening_open; the caller api_worker_close. */
enum err api_worker_open(const char *dir, struct problems *problems, struct api_worker **out);
void api_worker_close(struct api_worker **worker);

struct api_request {
    const char *method;
    const char *path;
    struct span body;
};

struct api_response {
    unsigned status;   /* of HTTP */
    char *body;        /* JSON; the caller must free() it; NULL: there was no memory */
    const char *allow; /* with 405 the methods that would do, else NULL */
};

/*
 * Answer `request`: POST /v1/screen with one question or {"travellers":[..]}, GET /v1/health.
 * `now_ms` is the time of day.
 */
struct api_response api_answer(struct api_worker *worker, const struct api_request *request,
                               uint64_t now_ms);

/* The answer to a request that is refused before it is looked at: {"schema":1,"error":{..}}. */
struct api_response api_refuse(unsigned status, const char *code, const char *message,
                               const char *hint);

#endif /* CLIENTS_NODE_IO_API_ANSWER_H */
