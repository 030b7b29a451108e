/* init, status, flush, publish. */
#include "clients/io/init.h"
#include "clients/officer/io/commands.h"
#include "clients/officer/io/print.h"
#include "clients/officer/io/relay_status.h"
#include "proto/io/clock.h"
#include "proto/io/disk.h"
#include "proto/io/exit.h"
#include "proto/io/report.h"

#include <assert.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- init */

int
command_init(void *data, const struct args_words *words)
{
    const struct desk_options *options = data;
    const struct init_command command = {
        .program = DESK_PROGRAM,
        .next = "denrei status",
        .purposes = STATE_DENREI,
        .state = options->state,
        .bundle = options->bundle,
        .key = options->key,
        .relay = options->relay,
        .passphrase_fd = options->passphrase_fd,
        .json = options->json,
    };

    (void)words;
    return init_client(&command);
}

/* ---- status */

struct status {
    enum err reached; /* what became of connecting */
    uint64_t waiting;
    uint64_t unread;
    struct received_position position;
    struct head mailbox;
    const struct directory *directory;
    const struct roster *roster;
    const struct credential *credential;
};

static enum err
get_status(struct desk *desk, struct status *out)
{
    const struct trust *trust = state_trust(desk->state);
    struct status status = {.reached = out->reached,
                            .directory = trust_directory(trust, TRUST_UNLOGGED),
                            .roster = trust_roster(trust, desk_member(desk), TRUST_UNLOGGED),
                            .credential = trust_credential(
                                trust, &state_self(desk->state)->credential, TRUST_UNLOGGED)};

    enum err err = store_counts(desk->store, &status.waiting, &status.unread);
    if (err == ERR_OK)
        err = store_mailbox(desk->store, &status.mailbox);
    if (err != ERR_OK)
        return store_error(err, desk->problems);
    err = store_position(desk->store, &status.position, desk->problems);
    if (err == ERR_OK)
        *out = status;
    return err;
}

static const char *
relay_word(const struct desk *desk, const struct status *status)
{
    if (desk->connect != NULL)
        return connect_endpoint(desk->connect);
    if (desk->options->offline)
        return "not asked (--offline)";
    return status->reached == ERR_CONNECT || status->reached == ERR_TIMEOUT ? "not reached"
                                                                            : "no session";
}

static void
print_end(const char *label, const char *what, uint64_t version, uint64_t end_ms, uint64_t now_ms)
{
    printf("%-12s%s %llu, %s %s\n", label, what, (unsigned long long)version,
           end_ms <= now_ms ? "EXPIRED" : "valid until", clock_local_text(end_ms).text);
}

static void
print_status(const struct desk *desk, const struct status *status)
{
    assert(status->directory != NULL);
    const struct state_self *self = state_self(desk->state);
    struct session session;

    state_begin_session(desk->state, &session);
    printf("%-12s%s/%s of %s\n", "Officer", self->member, self->local_id,
           status->directory->federation_name);
    if (status->credential == NULL)
        printf("%-12sREVOKED: it is not in the roster any more\n", "Credential");
    else
        printf("%-12s%s %s\n", "Credential",
               status->credential->not_after_ms <= desk->now_ms ? "EXPIRED" : "valid until",
               clock_local_text(status->credential->not_after_ms).text);
    print_end("Directory", "version", status->directory->version, status->directory->expires_ms,
              desk->now_ms);
    if (status->roster == NULL)
        printf("%-12snone in force\n", "Roster");
    else
        print_end("Roster", "version", status->roster->version, status->roster->expires_ms,
                  desk->now_ms);
    printf("%-12s%s\n", "Relay", relay_word(desk, status));
    printf("%-12s%llu entries seen, %llu documents\n", "Log",
           (unsigned long long)session.head.leaf_count, (unsigned long long)session.documents);
    printf("%-12s%llu of %llu fetched, %llu unread\n", "Mailbox",
           (unsigned long long)(status->position.flash + status->position.rest),
           (unsigned long long)(status->mailbox.flash_last + status->mailbox.rest_last),
           (unsigned long long)status->unread);
    printf("%-12s%llu waiting\n", "Outbox", (unsigned long long)status->waiting);
}

static enum err
status_json(const struct desk *desk, const struct status *status)
{
    assert(status->directory != NULL);
    const struct state_self *self = state_self(desk->state);
    struct session session;

    state_begin_session(desk->state, &session);
    return print_json(json_pack(
        "{s:i, s:s, s:s, s:b, s:I, s:s, s:I, s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I}", "schema", 1,
        "member", self->member, "credential", self->local_id, "in_force",
        status->credential != NULL, "directory_version", (json_int_t)status->directory->version,
        "directory_expires_at", time_text_utc(status->directory->expires_ms).text, "roster_version",
        (json_int_t)(status->roster == NULL ? 0 : status->roster->version), "roster_expires_at",
        time_text_utc(status->roster == NULL ? 0 : status->roster->expires_ms).text, "relay",
        relay_word(desk, status), "connected", desk->connect != NULL, "log_size",
        (json_int_t)session.head.leaf_count, "fetched",
        (json_int_t)(status->position.flash + status->position.rest), "mailbox",
        (json_int_t)(status->mailbox.flash_last + status->mailbox.rest_last), "unread",
        (json_int_t)status->unread, "waiting", (json_int_t)status->waiting));
}

int
command_status(void *data, const struct args_words *words)
{
    const struct desk_options *options = data;
    struct problems problems = {0};
    struct desk desk = {.options = options, .problems = &problems};
    struct status status = {0};

    (void)words;
    enum err err = desk_open(&desk);
    if (err == ERR_OK && !options->offline)
        status.reached = desk_connect(&desk);
    if (err == ERR_OK)
        err = get_status(&desk, &status);
    bool is_operator =
        err == ERR_OK && state_self(desk.state)->purpose == DENREI__V1__PURPOSE__PURPOSE_OPERATOR;
    if (err == ERR_OK && options->json && (!is_operator || desk.connect == NULL))
        err = status_json(&desk, &status);
    else if (err == ERR_OK && !options->json)
        print_status(&desk, &status);
    if (err == ERR_OK && is_operator && desk.connect != NULL)
        err = relay_status_show(&desk); /* an operator asks for the relay's */
    if (err != ERR_OK || status.reached != ERR_OK)
        return desk_fail(&desk, err != ERR_OK ? err : status.reached);
    desk_close(&desk);
    return EXIT_DONE;
}

/* ---- flush */

/* Try to connect until it works or `deadline_ms` is past; the last problems are told. */
static enum err
connect_until(struct desk *desk, uint64_t deadline_ms)
{
    for (unsigned attempt = 1;; attempt++) {
        *desk->problems = (struct problems){0};
        enum err err = desk_connect(desk);
        uint64_t wait_ms = session_retry_ms(attempt, randombytes_random());
        uint64_t now_ms = clock_boot_ms();
        if ((err != ERR_CONNECT && err != ERR_TIMEOUT) || now_ms >= deadline_ms)
            return err;
        if (wait_ms > deadline_ms - now_ms)
            wait_ms = deadline_ms - now_ms;
        poll(NULL, 0, (int)wait_ms);
    }
}

int
command_flush(void *data, const struct args_words *words)
{
    const struct desk_options *options = data;
    struct problems problems = {0};
    struct desk desk = {.options = options, .problems = &problems};
    uint64_t before = 0, waiting = 0, unread = 0;

    (void)words;
    enum err err = desk_open(&desk);
    if (err == ERR_OK)
        err = store_error(store_counts(desk.store, &before, &unread), &problems);
    if (err == ERR_OK)
        err = connect_until(&desk, clock_boot_ms() + options->wait_ms);
    if (err == ERR_OK)
        err = store_error(store_counts(desk.store, &waiting, &unread), &problems);
    if (err == ERR_OK && options->json)
        err = print_json(json_pack("{s:i, s:I, s:I}", "schema", 1, "sent",
                                   (json_int_t)(before - waiting), "waiting", (json_int_t)waiting));
    else if (err == ERR_OK)
        fprintf(stderr, "%llu left the outbox, %llu wait.\n",
                (unsigned long long)(before - waiting), (unsigned long long)waiting);
    if (err != ERR_OK && before > 0 && !options->json) {
        if (store_counts(desk.store, &waiting, &unread) != ERR_OK) /* some may have left */
            waiting = before;
        fprintf(stderr, "%llu %s.\n", (unsigned long long)waiting, waiting == 1 ? "waits" : "wait");
    }
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    if (problems.count > 0)
        return desk_fail(&desk, ERR_REFUSED); /* some were refused: why is in the problems */
    desk_close(&desk);
    return EXIT_DONE;
}

/* ---- publish */

struct to_publish {
    struct span bytes;
    Denrei__V1__DocumentType type;
    const char *member; /* of a roster */
    uint64_t version;
};

static enum err
decode_document(struct desk *desk, struct span bytes, struct to_publish *out)
{
    struct document document;
    struct directory directory;
    struct roster roster;

    enum err err = document_decode(bytes, desk->arena, &document);
    if (err != ERR_OK)
        return err;
    out->bytes = bytes;
    if (directory_decode(document.body, desk->scratch, &directory) == ERR_OK) {
        out->type = DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY;
        out->version = directory.version;
        return ERR_OK;
    }
    err = roster_decode(trust_federation(state_trust(desk->state)), document.body, desk->arena,
                        &roster);
    if (err != ERR_OK)
        return err;
    out->type = DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER;
    out->member = roster.member;
    out->version = roster.version;
    return ERR_OK;
}

static enum err
read_document(struct desk *desk, const char *path, struct to_publish *out)
{
    struct span copy = {0};
    uint8_t *bytes = NULL;
    size_t len = 0;

    enum err err = disk_read(path, DOCUMENT_BYTES_MAX, &bytes, &len);
    if (err != ERR_OK) {
        problems_add(desk->problems, path, "give a signed directory or roster",
                     "it cannot be read: %s", disk_why(err, path, DOCUMENT_BYTES_MAX).text);
        return err;
    }
    copy = (struct span){arena_copy(desk->arena, bytes, len), len};
    free(bytes);
    err = copy.data == NULL ? ERR_NOMEM : decode_document(desk, copy, out);
    if (err != ERR_OK)
        problems_add(desk->problems, path, "give a signed directory or roster of this federation",
                     "it is no signed document: %s", err_text(err));
    return err;
}

static enum err
publish(struct desk *desk, const struct to_publish *document, Denrei__V1__Reply **reply)
{
    Denrei__V1__PublishCall call = DENREI__V1__PUBLISH_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;

    call.type = document->type;
    call.document = wire_put(document->bytes.data, document->bytes.len);
    request.call_case = DENREI__V1__REQUEST__CALL_PUBLISH;
    request.publish = &call;
    return connect_call(desk->connect, &request, CONNECT_TIMEOUT_MS, desk->arena, reply,
                        desk->problems);
}

/* Which version is in force, as far as the log was seen. */
static uint64_t
version_in_force(const struct trust *trust, const struct to_publish *document)
{
    if (document->type == DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY)
        return trust_directory(trust, TRUST_UNLOGGED)->version;
    const struct roster *roster = trust_roster(trust, document->member, TRUST_UNLOGGED);
    return roster == NULL ? 0 : roster->version;
}

static void
print_published(const struct desk *desk, const struct to_publish *document, bool is_new,
                const Denrei__V1__PublishReply *reply)
{
    uint64_t in_force = version_in_force(state_trust(desk->state), document);
    bool is_roster = document->type == DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER;

    printf("%s version %llu%s%s is document %llu, log entry %llu: ",
           is_roster ? "the roster" : "the directory", (unsigned long long)document->version,
           is_roster ? " of " : "", is_roster ? document->member : "",
           (unsigned long long)reply->number, (unsigned long long)reply->leaf);
    if (is_new)
        puts("it acts from now on");
    else if (in_force > document->version)
        printf("it was there already, and version %llu has taken its place\n",
               (unsigned long long)in_force);
    else
        puts("it was there already");
}

int
command_publish(void *data, const struct args_words *words)
{
    const struct desk_options *options = data;
    struct problems problems = {0};
    struct desk desk = {.options = options, .problems = &problems};
    struct to_publish document = {.member = ""};
    Denrei__V1__Reply *reply = NULL;

    enum err err = desk_open(&desk);
    if (err == ERR_OK)
        err = read_document(&desk, words->words[0], &document);
    if (err == ERR_OK)
        err = desk_connect(&desk);
    if (err == ERR_OK)
        err = publish(&desk, &document, &reply);
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    /* Connecting took all documents that the log had then. */
    bool is_new = reply->publish->number > connect_session(desk.connect)->documents;
    if (options->json)
        err = print_json(json_pack("{s:i, s:I, s:I, s:b}", "schema", 1, "leaf",
                                   (json_int_t)reply->publish->leaf, "number",
                                   (json_int_t)reply->publish->number, "new", is_new));
    else
        print_published(&desk, &document, is_new, reply->publish);
    /* Take it at once, so that the next command knows it; a new roster may end this session. */
    if (err == ERR_OK && connect_note_documents(desk.connect, reply->publish->number) &&
        connect_refresh(desk.connect, &problems) != ERR_OK)
        desk_disconnect(&desk);
    desk_close(&desk);
    return EXIT_DONE;
}
