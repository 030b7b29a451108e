#include "clients/node/io/api_server.h"

#include "clients/node/io/api_answer.h"
#include "clients/node/io/api_listen.h"
#include "proto/io/clock.h"
#include "proto/io/log.h"
#include "proto/io/loop.h"
#include "proto/io/queue.h"

#include <microhttpd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    HEADER_BYTES_MAX_API = 32 << 10, /* a connection's memory for its headers */
    BODY_BYTES_FIRST = 4096,
    STATUS_UNAUTHORIZED = 401,
    STATUS_TOO_LARGE = 413,
    STATUS_FAILED = 500
};

struct server {
    const struct api_server_options *options;
    struct queue *workers; /* those that no thread uses */
    size_t threads;
    struct MHD_Daemon *daemon;
    int listening;
    int signals;
    atomic_ullong answered, refused;
};

/* A request that is coming in. */
struct pending {
    uint8_t *body;
    size_t len, room;
    unsigned refusal; /* a status; 0: none */
};

/* ---- answers */

static enum MHD_Result
send_response(struct MHD_Connection *connection, struct api_response *answer)
{
    static const char NOTHING[] = "{\"schema\":1,\"error\":{\"code\":\"NOMEM\"}}";
    bool has_body = answer->body != NULL;
    struct MHD_Response *response =
        has_body ? MHD_create_response_from_buffer(strlen(answer->body), answer->body,
                                                   MHD_RESPMEM_MUST_FREE)
                 : MHD_create_response_from_buffer(sizeof NOTHING - 1, (char *)(uintptr_t)NOTHING,
                                                   MHD_RESPMEM_PERSISTENT);

    if (response == NULL) {
        free(answer->body);
        return MHD_NO;
    }
    MHD_add_response_header(response, "Content-Type", "application/json");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    if (answer->allow != NULL)
        MHD_add_response_header(response, "Allow", answer->allow);
    if (answer->status == STATUS_UNAUTHORIZED)
        MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
    enum MHD_Result result =
        MHD_queue_response(connection, has_body ? answer->status : STATUS_FAILED, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result
refuse(struct server *server, struct MHD_Connection *connection, unsigned status)
{
    struct api_response answer =
        status == STATUS_UNAUTHORIZED
            ? api_refuse(status, "PERMISSION", "the request has no token that is known here",
                         "send \"Authorization: Bearer TOKEN\" with a token of --token-file")
            : api_refuse(status, "RANGE", "the body is larger than 1 MiB", "divide the request");

    if (atomic_fetch_add(&server->refused, 1) % 1000 == 0) /* the first, then sparingly */
        log_event(LOG_LEVEL_WARN, "api-refused", "status=%u count=%llu", status,
                  (unsigned long long)atomic_load(&server->refused));
    return send_response(connection, &answer);
}

static enum MHD_Result
answer(struct server *server, struct MHD_Connection *connection, const struct api_request *request)
{
    void *worker = NULL;

    if (queue_wait(server->workers, &worker, 1) == 0)
        return MHD_NO; /* the server ends */
    struct api_response response = api_answer(worker, request, clock_now_ms());
    if (queue_push(server->workers, worker) != ERR_OK)
        api_worker_close((struct api_worker **)&worker);
    atomic_fetch_add(&server->answered, 1);
    return send_response(connection, &response);
}

/* ---- requests */

static unsigned
check_access(const struct server *server, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const char *authorization =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");

    if (info == NULL || !api_access_check(server->options->access, authorization, info->connect_fd))
        return STATUS_UNAUTHORIZED;
    return 0;
}

static void
take_body(struct pending *pending, const char *bytes, size_t len)
{
    if (pending->refusal != 0)
        return;
    if (len > API_BODY_BYTES_MAX - pending->len) {
        pending->refusal = STATUS_TOO_LARGE;
        return;
    }
    if (len > pending->room - pending->len) {
        size_t room = pending->room == 0 ? BODY_BYTES_FIRST : pending->room;
        while (room < pending->len + len)
            room *= 2;
        uint8_t *body = realloc(pending->body, room);
        if (body == NULL) {
            pending->refusal = STATUS_TOO_LARGE;
            return;
        }
        pending->body = body;
        pending->room = room;
    }
    memcpy(pending->body + pending->len, bytes, len);
    pending->len += len;
}

/* MHD calls it when the headers are there, for each part of the body, and at its end. */
static enum MHD_Result
on_request(void *user, struct MHD_Connection *connection, const char *path, const char *method,
           const char *version, const char *bytes, size_t *len, void **context)
{
    struct server *server = user;
    struct pending *pending = *context;

    (void)version;
    if (pending == NULL) {
        pending = calloc(1, sizeof *pending);
        if (pending == NULL)
            return MHD_NO;
        pending->refusal = check_access(server, connection);
        *context = pending;
        return MHD_YES;
    }
    if (*len > 0) { /* of a refused request too: the answer comes when all of it was sent */
        take_body(pending, bytes, *len);
        *len = 0;
        return MHD_YES;
    }
    if (pending->refusal != 0)
        return refuse(server, connection, pending->refusal);
    const struct api_request request = {
        .method = method, .path = path, .body = {pending->body, pending->len}};
    return answer(server, connection, &request);
}

static void
on_end(void *user, struct MHD_Connection *connection, void **context,
       enum MHD_RequestTerminationCode code)
{
    struct pending *pending = *context;

    (void)user;
    (void)connection;
    (void)code;
    if (pending != NULL)
        free(pending->body);
    free(pending);
    *context = NULL;
}

/* ---- the server */

static size_t
count_threads(size_t wanted)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t count = wanted > 0 ? wanted : processors > 0 ? (size_t)processors : 1;

    return count > API_THREADS_MAX ? API_THREADS_MAX : count;
}

static enum err
open_workers(struct server *server, struct problems *problems)
{
    enum err err = queue_new(server->threads, QUEUE_WAITED, &server->workers);

    for (size_t i = 0; i < server->threads && err == ERR_OK; i++) {
        struct api_worker *worker = NULL;
        err = api_worker_open(server->options->dir, problems, &worker);
        if (err == ERR_OK)
            err = queue_push(server->workers, worker);
    }
    return err;
}

static void
close_workers(struct server *server)
{
    void *worker = NULL;

    while (server->workers != NULL && queue_take(server->workers, &worker, 1) == 1)
        api_worker_close((struct api_worker **)&worker);
    queue_free(&server->workers);
}

static enum err
open_server(struct server *server, struct problems *problems)
{
    const struct api_server_options *options = server->options;
    bool is_local = false;
    enum err err = api_listen(options->listen, problems, &server->listening, &is_local);

    if (err == ERR_OK && !is_local && !api_access_has_tokens(options->access)) {
        problems_add(problems, "--token-file", "give a file with a token, or listen on unix:PATH",
                     "an address can be reached by every user of the machine");
        return ERR_USAGE;
    }
    if (err == ERR_OK)
        err = loop_open_signals(&server->signals); /* before any thread is made */
    if (err == ERR_OK)
        err = open_workers(server, problems);
    if (err != ERR_OK)
        return err;
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET,
        server->listening, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)server->threads,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)API_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)API_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES_MAX_API,
        MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);
    if (server->daemon == NULL) {
        problems_add(problems, options->listen, "see whether the system has threads and memory",
                     "the server cannot be started");
        return ERR_IO;
    }
    return ERR_OK;
}

static enum err
wait_for_signal(const struct server *server)
{
    struct loop_source source = {.fd = server->signals};
    int number = 0;

    while (number != SIGTERM && number != SIGINT) {
        enum err err = loop_wait(&source, 1, UINT64_MAX);
        if (err != ERR_OK && err != ERR_CANCELLED)
            return err;
        number = loop_take_signal(server->signals);
    }
    return ERR_OK;
}

enum err
api_serve(const struct api_server_options *options, struct problems *problems)
{
    struct server server = {.options = options,
                            .threads = count_threads(options->threads),
                            .listening = -1,
                            .signals = -1};
    enum err err = open_server(&server, problems);
    bool has_started = err == ERR_OK;

    if (has_started) {
        log_event(LOG_LEVEL_INFO, "serving", "at=%s port=%u threads=%zu", options->listen,
                  api_listen_port(server.listening), server.threads);
        err = wait_for_signal(&server);
    }
    if (server.daemon != NULL)
        MHD_stop_daemon(server.daemon); /* closes the listening socket */
    else if (server.listening >= 0)
        close(server.listening);
    if (server.listening >= 0)
        api_unlisten(options->listen);
    close_workers(&server);
    if (server.signals >= 0)
        close(server.signals);
    if (has_started)
        log_event(LOG_LEVEL_INFO, "stopped", "answered=%llu refused=%llu",
                  (unsigned long long)atomic_load(&server.answered),
                  (unsigned long long)atomic_load(&server.refused));
    return err;
}
