/*
 * Load on a real relay: it makes a federation and a state directory, starts denreid, opens CURVE
 * sessions and submits, one frame outstanding for each sender, then prints throughput, latency to
 * the receipt, and the relay's memory.
 *
 *   load DENREID DIR [SECONDS [MODE]]      DIR must not exist; 3 seconds of each mode if not given
 *
 * Included in a figure: CURVE both ways, decoding, the signature's verification, the hashes of body
 * and wraps, policy, the log entry, one commit with fsync for each batch, the high-water file's
 * fdatasync, the signed checkpoint, and the receipt with its inclusion path, which is decoded here.
 * Not included: sealing.  Each sender's body was sealed once; headers and signatures are each
 * message's own, made before the clock starts.
 */
#include "proto/frame.h"
#include "proto/hash.h"
#include "proto/io/clock.h"
#include "proto/io/harden.h"
#include "proto/refusal.h"
#include "tests/bench/relay_process.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <time.h>
#include <zmq.h>

enum {
    SENDERS = 64,
    SENDER_MEMBERS = 8,
    CONTENT_BYTES = 1000, /* a body of 1 KiB with its padding */
    REPLY_TIMEOUT_MS = 10000,
    FRAME_ARENA_BYTES = 4 << 20,
};

/* How the load comes, and how much of it is made in advance. */
struct mode {
    const char *name;
    size_t senders, batch;
    size_t per_second; /* messages that are made for each second */
    double target;     /* messages a second, for the ratio */
};

static const struct mode MODES[] = {
    {"1x1", 1, 1, 6000, 2000},
    {"64x1", 64, 1, 25000, 10000},
    {"8x64", 8, 64, 70000, 40000},
};

struct frame {
    uint8_t *data;
    size_t len;
};

struct sender {
    struct fed_member *member;
    struct fed_credential *credential;
    struct envelope sealed; /* body, wraps and seal of all its messages */
    struct net_client *client;
    struct frame *frames;
    size_t frames_count, next;
    uint64_t sent_ns;
};

static struct fed *fed;
static struct fed_member *receiver;
static struct sender senders[SENDERS];
static struct arena *frame_arena;
static uint64_t ids;
static char endpoint[NET_ENDPOINT_BYTES];

static uint64_t
now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* ---- the federation */

static void
make_federation(void)
{
    static const char *const IDS[SENDER_MEMBERS] = {"a0.send", "a1.send", "a2.send", "a3.send",
                                                    "a4.send", "a5.send", "a6.send", "a7.send"};

    fed = fed_new(clock_now_ms());
    for (size_t i = 0; i < SENDER_MEMBERS; i++)
        (void)fed_add_member(fed, IDS[i]);
    receiver = fed_add_member(fed, "zz.receive");
    fed_found(fed, 0);
    for (size_t i = 0; i < SENDERS; i++) {
        senders[i].member = &fed->members[i % SENDER_MEMBERS];
        senders[i].credential =
            fed_add_credential(fed, senders[i].member, DENREI__V1__PURPOSE__PURPOSE_OFFICER);
    }
    (void)fed_add_credential(fed, receiver, DENREI__V1__PURPOSE__PURPOSE_NODE);
    for (size_t i = 0; i < fed->members_count; i++)
        (void)fed_issue(fed, &fed->members[i], NULL);
}

/* ---- messages made in advance */

static struct frame
make_frame(struct sender *sender, size_t batch)
{
    const char *const to[] = {receiver->id};
    struct envelope list[BATCH_MAX];
    Denrei__V1__Envelope *wire[BATCH_MAX];
    Denrei__V1__SubmitCall call = DENREI__V1__SUBMIT_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    struct span bytes;

    arena_reset(frame_arena);
    for (size_t i = 0; i < batch; i++) {
        arena_reset(fed->scratch);
        const struct header header =
            fed_header(fed, sender->member, sender->credential, to, 1, ++ids);
        list[i] = sender->sealed;
        fed_need(header_encode(&header, frame_arena, &list[i].header), "header");
    }
    envelope_sign(&fed->federation, identity_secret(sender->credential->signing), list, batch);
    for (size_t i = 0; i < batch; i++)
        fed_need(envelope_to_wire(&list[i], frame_arena, &wire[i]), "envelope");
    call.n_envelopes = batch;
    call.envelopes = wire;
    request.request_id = ids;
    request.call_case = DENREI__V1__REQUEST__CALL_SUBMIT;
    request.submit = &call;
    fed_need(frame_encode_request(&request, frame_arena, &bytes), "frame");
    struct frame frame = {malloc(bytes.len), bytes.len};
    if (frame.data == NULL)
        fed_need(ERR_NOMEM, "frame");
    memcpy(frame.data, bytes.data, bytes.len);
    return frame;
}

static void
make_frames(const struct mode *mode, unsigned seconds)
{
    size_t each = mode->per_second * seconds / mode->senders / mode->batch + 1;

    for (size_t i = 0; i < mode->senders; i++) {
        struct sender *sender = &senders[i];
        sender->frames = calloc(each, sizeof *sender->frames);
        if (sender->frames == NULL)
            fed_need(ERR_NOMEM, "frames");
        for (size_t k = 0; k < each; k++)
            sender->frames[k] = make_frame(sender, mode->batch);
        sender->frames_count = each;
        sender->next = 0;
    }
}

static void
free_frames(const struct mode *mode)
{
    for (size_t i = 0; i < mode->senders; i++) {
        for (size_t k = 0; k < senders[i].frames_count; k++)
            free(senders[i].frames[k].data);
        free(senders[i].frames);
    }
}

static void
seal_bodies(void)
{
    static const uint8_t CONTENT[CONTENT_BYTES];
    const char *const to[] = {receiver->id};

    for (size_t i = 0; i < SENDERS; i++) {
        const struct header header =
            fed_header(fed, senders[i].member, senders[i].credential, to, 1, ++ids);
        senders[i].sealed =
            fed_seal(fed, &header, (struct span){CONTENT, sizeof CONTENT}, fed->arena);
    }
}

/* What every figure stands on: a small write and its sync, twice a batch. */
static void
print_sync(const char *dir)
{
    enum { SYNCS = 200 };
    char path[DISK_PATH_BYTES];
    const uint8_t block[512] = {0};

    fed_need(disk_join(dir, "sync", path), dir);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        fed_need(ERR_IO, path);
    uint64_t start_ns = now_ns();
    for (int i = 0; i < SYNCS; i++)
        if (pwrite(fd, block, sizeof block, 0) != (ssize_t)sizeof block || fdatasync(fd) != 0)
            fed_need(ERR_IO, path);
    printf("disk: a write of 512 bytes with fdatasync takes %.0f us; each batch has two\n",
           (double)(now_ns() - start_ns) / SYNCS / 1e3);
    close(fd);
    unlink(path);
}

/* ---- sessions and the measurement */

static void
open_sessions(struct net *net)
{
    for (size_t i = 0; i < SENDERS; i++) {
        const struct net_client_config config = {
            .endpoint = endpoint,
            .server_key = identity_public_key(fed->transport)->bytes,
            .secret_key = identity_secret(senders[i].credential->transport)};
        fed_need(net_client_open(net, &config, &senders[i].client), "client");
    }
    for (size_t i = 0; i < SENDERS; i++)
        fed_need(net_client_wait_link(senders[i].client, clock_boot_ms() + REPLY_TIMEOUT_MS),
                 "session");
}

static bool
send_next(struct sender *sender)
{
    if (sender->next == sender->frames_count)
        return false;
    const struct frame *frame = &sender->frames[sender->next++];
    sender->sent_ns = now_ns();
    fed_need(net_client_send(sender->client, (struct span){frame->data, frame->len}), "send");
    return true;
}

/* Decode the reply and see that every message was accepted. */
static void
check_reply(struct span content, size_t batch)
{
    Denrei__V1__Reply *reply = NULL;

    arena_reset(frame_arena);
    fed_need(frame_decode_reply(content, frame_arena, &reply), "reply");
    if (reply->answer_case == DENREI__V1__REPLY__ANSWER_ERROR) {
        fprintf(stderr, "load: refused: %s\n", reply->error->sentence);
        exit(EXIT_FAILURE);
    }
    if (reply->answer_case != DENREI__V1__REPLY__ANSWER_SUBMIT || reply->submit->n_results != batch)
        fed_need(ERR_FORMAT, "reply");
    for (size_t i = 0; i < batch; i++) {
        if (reply->submit->results[i]->code == REFUSAL_NONE)
            continue;
        fprintf(stderr, "load: refused: %s\n", refusal_text(reply->submit->results[i]->code));
        exit(EXIT_FAILURE);
    }
}

struct figures {
    uint64_t *latencies_ns;
    size_t frames, room;
    size_t outstanding;
    double relay_cpu, load_cpu; /* seconds before */
};

static void
take_replies(struct sender *sender, const struct mode *mode, uint64_t end_ns,
             struct figures *figures)
{
    struct net_frame frame;

    net_frame_init(&frame);
    while (net_client_receive(sender->client, 0, &frame) == ERR_OK) {
        uint64_t now = now_ns();
        check_reply(frame.content, mode->batch);
        if (figures->frames < figures->room)
            figures->latencies_ns[figures->frames++] = now - sender->sent_ns;
        figures->outstanding--;
        if (now < end_ns && send_next(sender))
            figures->outstanding++;
    }
    net_frame_free(&frame);
}

static int
compare_u64(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return left < right ? -1 : left > right;
}

/* Processor time of process `pid` so far, all threads, in seconds. */
static double
read_cpu_seconds(pid_t pid)
{
    char path[64], line[1024] = "";
    unsigned long user = 0, system = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (file != NULL && fgets(line, sizeof line, file) != NULL) {
        const char *rest = strrchr(line, ')'); /* the name before it may hold anything */
        if (rest == NULL || sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                                   &user, &system) != 2)
            user = 0;
    }
    if (file != NULL)
        fclose(file);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* A line of /proc/PID/status in KiB. */
static unsigned long
read_memory_kib(pid_t pid, const char *name)
{
    char path[64], line[256];
    unsigned long kib = 0;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            kib = strtoul(line + strlen(name) + 1, NULL, 10);
    if (file != NULL)
        fclose(file);
    return kib;
}

static void
print_figures(const struct mode *mode, struct figures *figures, double seconds, pid_t pid)
{
    double messages = (double)(figures->frames * mode->batch);
    double rate = messages / seconds;
    double relay_cpu = read_cpu_seconds(pid) - figures->relay_cpu;
    double load_cpu = read_cpu_seconds(getpid()) - figures->load_cpu;

    qsort(figures->latencies_ns, figures->frames, sizeof *figures->latencies_ns, compare_u64);
    double p50 = (double)figures->latencies_ns[figures->frames / 2] / 1e6;
    double p99 = (double)figures->latencies_ns[figures->frames * 99 / 100] / 1e6;
    printf("relay %-5s %9.0f messages/s  (%.2f of the least, %.0f)  receipt p50 %.2f ms, "
           "p99 %.2f ms  processor %.1f us a message in the relay, %.1f here  "
           "memory %.1f MiB (highest %.1f, limit 64)\n",
           mode->name, rate, rate / mode->target, mode->target, p50, p99,
           relay_cpu / messages * 1e6, load_cpu / messages * 1e6,
           (double)read_memory_kib(pid, "VmRSS") / 1024,
           (double)read_memory_kib(pid, "VmHWM") / 1024);
}

static void
measure(const struct mode *mode, unsigned seconds, pid_t pid)
{
    zmq_pollitem_t items[SENDERS] = {0};
    struct figures figures = {.room = mode->per_second * seconds};

    make_frames(mode, seconds);
    figures.latencies_ns = calloc(figures.room, sizeof *figures.latencies_ns);
    if (figures.latencies_ns == NULL)
        fed_need(ERR_NOMEM, "latencies");
    figures.relay_cpu = read_cpu_seconds(pid);
    figures.load_cpu = read_cpu_seconds(getpid());
    uint64_t start_ns = now_ns();
    uint64_t end_ns = start_ns + seconds * UINT64_C(1000000000);
    for (size_t i = 0; i < mode->senders; i++) {
        items[i] =
            (zmq_pollitem_t){.socket = net_client_socket(senders[i].client), .events = ZMQ_POLLIN};
        figures.outstanding += send_next(&senders[i]) ? 1 : 0;
    }
    while (figures.outstanding > 0) {
        if (zmq_poll(items, (int)mode->senders, REPLY_TIMEOUT_MS) == 0)
            fed_need(ERR_TIMEOUT, "reply");
        for (size_t i = 0; i < mode->senders; i++)
            if (items[i].revents != 0)
                take_replies(&senders[i], mode, end_ns, &figures);
    }
    print_figures(mode, &figures, (double)(now_ns() - start_ns) / 1e9, pid);
    free(figures.latencies_ns);
    free_frames(mode);
}

int
main(int argc, char **argv)
{
    unsigned seconds = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 3;
    struct net *net = NULL;
    FILE *log = NULL;
    int status = 0;

    if (argc < 3) {
        fprintf(stderr, "usage: load DENREID DIR [SECONDS [MODE]]\n");
        return 2;
    }
    fed_need(harden_process(), "process");
    fed_need(arena_new(FRAME_ARENA_BYTES, &frame_arena), "arena");
    make_federation();
    relay_write_files(fed, argv[2]);
    seal_bodies();
    print_sync(argv[2]);
    pid_t pid = relay_start(argv[1], argv[2], endpoint, &log);
    fed_need(net_new(&net), "network");
    open_sessions(net);
    for (size_t i = 0; i < sizeof MODES / sizeof MODES[0]; i++)
        if (argc < 5 || strcmp(argv[4], MODES[i].name) == 0)
            measure(&MODES[i], seconds, pid);
    for (size_t i = 0; i < SENDERS; i++)
        net_client_free(&senders[i].client);
    net_free(&net);
    kill(pid, SIGTERM);
    waitpid(pid, &status, 0);
    fclose(log);
    arena_free(&frame_arena);
    fed_free(&fed);
    return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
