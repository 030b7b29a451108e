/*
 * How many screenings a second the API answers on the loopback address with keep-alive (limit:
 * 10,000): the real `denrei-node serve`, a million documents on record, one in ten questions a hit.
 * Included: HTTP, the token, JSON both ways, the look-up, the owner's instructions of a hit. Client
 * and server share the processors.
 */
#include "clients/node/io/records.h"
#include "proto/io/clock.h"
#include "proto/wire.h"
#include "tests/bench/relay_process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <sys/socket.h>

enum {
    MESSAGES = 1000,
    DOCUMENTS = 1000, /* in each message */
    CONNECTIONS = 16,
    SECONDS = 5,
    REQUEST_BYTES = 64 << 10,
    REPLY_BYTES = 256 << 10,
    NUMBER_BYTES = 16
};

#define LIMIT 10000.0
#define TOKEN "benchmark-benchmark-benchmark-benchmark"

struct connection {
    int fd;
    size_t len;    /* of the reply so far */
    size_t wanted; /* 0: the length is not known yet */
    char reply[REPLY_BYTES];
};

static struct connection connections[CONNECTIONS];
static char dir[] = "/tmp/denrei-bench-XXXXXX";
static uint64_t asked;

/* ---- the node's data */

static void
put_message(struct records *records, struct fed *fed, uint64_t leaf)
{
    static char numbers[DOCUMENTS][NUMBER_BYTES];
    static Denrei__V1__LostDocument documents[DOCUMENTS];
    static Denrei__V1__LostDocument *list[DOCUMENTS];
    Denrei__V1__LostPassport content = DENREI__V1__LOST_PASSPORT__INIT;
    Denrei__V1__HitInstructions instructions = DENREI__V1__HIT_INSTRUCTIONS__INIT;
    struct fed_member *member = fed_member(fed, "jp.mofa");
    const char *to[] = {"kr.moj"};

    for (size_t i = 0; i < DOCUMENTS; i++) {
        documents[i] = (Denrei__V1__LostDocument)DENREI__V1__LOST_DOCUMENT__INIT;
        snprintf(numbers[i], NUMBER_BYTES, "TR%07u",
                 (unsigned)((leaf * DOCUMENTS + i) * 7368787 % 10000019 % 10000000));
        documents[i].number = numbers[i];
        documents[i].issuing_state = (char *)(uintptr_t) "JPN";
        documents[i].type = DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_PASSPORT;
        documents[i].status = DENREI__V1__LOST_STATUS__LOST_STATUS_STOLEN;
        list[i] = &documents[i];
    }
    content.documents = list;
    content.n_documents = DOCUMENTS;
    content.instructions = &instructions;
    instructions.note = (char *)(uintptr_t) "call us";
    struct header header = fed_header(fed, member, &member->credentials[0], to, 1, leaf);
    struct record record = {.leaf = leaf,
                            .slot = {DENREI__V1__LANE__LANE_REST, leaf},
                            .sender = "jp.mofa",
                            .id = header.id,
                            .state = RECORD_LIVE,
                            .time_ms = fed->now_ms,
                            .received_ms = fed->now_ms,
                            .expires_ms = fed->now_ms + YEAR_MS};
    fed_need(header_encode(&header, fed->scratch, &record.header), "header");
    fed_need(wire_encode(&content.base, fed->scratch, &record.content), "content");
    fed_need(records_begin(records), "begin");
    fed_need(records_put(records, &record), "put");
    fed_need(records_index_lost(records, leaf, record.expires_ms, &content), "index");
    fed_need(records_commit(records), "commit");
    arena_reset(fed->scratch);
}

static void
make_state(struct fed *fed, const char *program, const char *state)
{
    char bundle[DISK_PATH_BYTES], key[DISK_PATH_BYTES];
    struct fed_credential *node = &fed_member(fed, "kr.moj")->credentials[1];
    struct keyfile file = {.label = "kr.moj/c1", .keys_count = 3};
    struct records *records = NULL;
    struct span text;
    const struct screen_view view = {.head_time_ms = clock_now_ms() + 4 * MINUTE_MS,
                                     .tree_size = 1};

    file.keys[0] = node->signing;
    file.keys[1] = node->encryption;
    file.keys[2] = node->transport;
    file.credential_len = node->credential.signed_bytes.len;
    memcpy(file.credential, node->credential.signed_bytes.data, file.credential_len);
    relay_write_file(dir, "bundle", fed_bundle(fed));
    fed_need(keyfile_encode(&file, (struct span){0}, fed->arena, &text), "key file");
    relay_write_file(dir, "node.key", text);
    relay_write_file(dir, "tokens", (struct span){(const uint8_t *)TOKEN "\n", strlen(TOKEN "\n")});
    fed_need(disk_join(dir, "bundle", bundle), dir);
    fed_need(disk_join(dir, "node.key", key), dir);
    relay_must_run((const char *[]){program, "init", "--state", state, "--bundle", bundle, "--key",
                                    key, "--json", NULL});
    fed_need(records_open(state, true, &records), "records");
    for (uint64_t leaf = 1; leaf <= MESSAGES; leaf++)
        put_message(records, fed, leaf);
    fed_need(records_begin(records), "begin");
    fed_need(records_put_view(records, &view), "view");
    fed_need(records_commit(records), "commit");
    records_close(&records);
}

/* ---- the server */

static pid_t
serve(const char *program, const char *state, uint16_t *port)
{
    char tokens[DISK_PATH_BYTES], line[1024] = "";
    int fds[2];

    fed_need(disk_join(dir, "tokens", tokens), dir);
    if (pipe2(fds, O_CLOEXEC) != 0)
        fed_need(ERR_IO, "pipe");
    pid_t pid = relay_spawn((const char *[]){program, "serve", "--state", state, "--listen",
                                             "127.0.0.1:0", "--token-file", tokens, NULL},
                            fds[1]);
    close(fds[1]);
    FILE *log = fdopen(fds[0], "r");
    while (log != NULL && fgets(line, sizeof line, log) != NULL) {
        const char *found = strstr(line, "port=");
        if (found == NULL)
            continue;
        *port = (uint16_t)strtoul(found + 5, NULL, 10);
        return pid;
    }
    fprintf(stderr, "api: the server did not start: %s\n", line);
    exit(EXIT_FAILURE);
}

static void
connect_all(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (size_t i = 0; i < CONNECTIONS; i++) {
        connections[i].fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(connections[i].fd, (struct sockaddr *)&address, sizeof address) != 0)
            fed_need(ERR_CONNECT, "connect");
    }
}

/* ---- asking */

static void
ask(struct connection *connection, size_t batch)
{
    static char body[REQUEST_BYTES];
    static char request[REQUEST_BYTES + 512];
    size_t len = 0;

    if (batch > 1)
        len += (size_t)snprintf(body, sizeof body, "{\"travellers\":[");
    for (size_t i = 0; i < batch; i++, asked++)
        len += (size_t)snprintf(
            body + len, sizeof body - len, "%s{\"number\":\"T%c%07u\",\"state\":\"JPN\"}",
            i == 0 ? "" : ",", asked % 10 == 0 ? 'R' : 'X',
            (unsigned)((DOCUMENTS + asked % 100000) * 7368787 % 10000019 % 10000000));
    if (batch > 1)
        len += (size_t)snprintf(body + len, sizeof body - len, "]}");
    int total =
        snprintf(request, sizeof request,
                 "POST /v1/screen HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " TOKEN
                 "\r\nContent-Length: %zu\r\n\r\n%s",
                 len, body);
    if (send(connection->fd, request, (size_t)total, MSG_NOSIGNAL) != total)
        fed_need(ERR_IO, "send");
    connection->len = 0;
    connection->wanted = 0;
}

/* Take what came; whether the reply is whole. */
static bool
take(struct connection *connection, size_t *hits)
{
    ssize_t len = recv(connection->fd, connection->reply + connection->len,
                       sizeof connection->reply - 1 - connection->len, 0);

    if (len <= 0)
        fed_need(ERR_IO, "receive");
    connection->len += (size_t)len;
    connection->reply[connection->len] = '\0';
    const char *end = strstr(connection->reply, "\r\n\r\n");
    const char *length = strcasestr(connection->reply, "Content-Length:");
    if (end == NULL || length == NULL)
        return false;
    connection->wanted = (size_t)(end - connection->reply) + 4 + strtoul(length + 15, NULL, 10);
    if (connection->len < connection->wanted)
        return false;
    for (const char *at = end; (at = strstr(at, "\"verdict\":\"")) != NULL; at += 11)
        *hits += at[11] == 'H' ? 1 : 0;
    if (strncmp(connection->reply, "HTTP/1.1 200", 12) != 0)
        fed_need(ERR_REFUSED, connection->reply);
    return true;
}

static void
measure(size_t batch)
{
    struct pollfd polled[CONNECTIONS];
    uint64_t start_ms = clock_boot_ms();
    uint64_t answered = 0;
    size_t hits = 0;

    for (size_t i = 0; i < CONNECTIONS; i++) {
        polled[i] = (struct pollfd){connections[i].fd, POLLIN, 0};
        ask(&connections[i], batch);
    }
    size_t open = CONNECTIONS;
    while (open > 0) {
        if (poll(polled, CONNECTIONS, -1) < 0)
            fed_need(ERR_IO, "poll");
        for (size_t i = 0; i < CONNECTIONS; i++) {
            if ((polled[i].revents & POLLIN) == 0 || !take(&connections[i], &hits))
                continue;
            answered += batch;
            if (clock_boot_ms() - start_ms < SECONDS * SECOND_MS) {
                ask(&connections[i], batch);
            } else {
                polled[i].events = 0;
                open--;
            }
        }
    }
    double rate = (double)answered * 1000 / (double)(clock_boot_ms() - start_ms);
    printf("%3zu in a request: %8.0f screenings/s (%.2f of the limit), %zu of %llu hits\n", batch,
           rate, rate / LIMIT, hits, (unsigned long long)answered);
}

int
main(void)
{
    const char *build = getenv("B");
    char program[DISK_PATH_BYTES], state[DISK_PATH_BYTES], command[64];
    uint16_t port = 0;

    if (sodium_init() < 0 || mkdtemp(dir) == NULL)
        return EXIT_FAILURE;
    fed_need(disk_join(build == NULL ? "build" : build, "denrei-node", program), "B");
    fed_need(disk_join(dir, "state", state), dir);
    struct fed *fed = fed_new(clock_now_ms());
    fed_make_usual(fed, 0);
    make_state(fed, program, state);
    pid_t pid = serve(program, state, &port);
    connect_all(port);
    printf("%d documents on record, %d connections, limit %.0f screenings a second\n",
           MESSAGES * DOCUMENTS, (int)CONNECTIONS, LIMIT);
    measure(1);
    measure(100);
    kill(pid, SIGTERM);
    int status = 0;
    waitpid(pid, &status, 0);
    fed_free(&fed);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command) == 0 && status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
