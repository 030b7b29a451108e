#include "clients/officer/io/relay_status.h"

#include "clients/officer/io/print.h"
#include "proto/io/clock.h"
#include "proto/io/term.h"

#include <stdio.h>

static enum err
ask(struct desk *desk, const Denrei__V1__StatusReply **out)
{
    Denrei__V1__StatusCall call = DENREI__V1__STATUS_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Reply *reply = NULL;

    request.call_case = DENREI__V1__REQUEST__CALL_STATUS;
    request.status = &call;
    enum err err = connect_call(desk->connect, &request, CONNECT_TIMEOUT_MS, desk->arena, &reply,
                                desk->problems);
    if (err == ERR_OK)
        *out = reply->status;
    return err;
}

static enum err
print_mailboxes(const Denrei__V1__StatusReply *status)
{
    static const struct term_column COLUMNS[] = {
        {.title = "MEMBER"},
        {.title = "FLASH", .right = true},
        {.title = "REST", .right = true},
        {.title = "NOT ACKNOWLEDGED", .right = true},
    };
    struct term_table *table = NULL;
    enum err err = term_table_new(stdout, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0], &table);

    for (size_t i = 0; i < status->n_mailboxes && err == ERR_OK; i++) {
        const Denrei__V1__StatusMailbox *mailbox = status->mailboxes[i];
        char flash[24], rest[24], waiting[24];
        snprintf(flash, sizeof flash, "%llu", (unsigned long long)mailbox->flash_last);
        snprintf(rest, sizeof rest, "%llu", (unsigned long long)mailbox->rest_last);
        snprintf(waiting, sizeof waiting, "%llu", (unsigned long long)mailbox->unacknowledged);
        const char *const cells[] = {mailbox->member, flash, rest, waiting};
        err = term_table_add(table, cells);
    }
    if (err == ERR_OK)
        err = term_table_print(table);
    term_table_free(&table);
    return err;
}

static enum err
print_text(const Denrei__V1__StatusReply *status)
{
    printf("\n%-12s%llu entries, %llu documents, directory version %llu\n", "Log",
           (unsigned long long)status->tree_size, (unsigned long long)status->documents,
           (unsigned long long)status->directory_version);
    if (status->witnessed_size == 0)
        printf("%-12snone yet\n", "Witnessed");
    else
        printf("%-12s%llu entries at %s\n", "Witnessed", (unsigned long long)status->witnessed_size,
               clock_local_text(status->witnessed_at).text);
    printf("%-12s%s; since then %llu accepted, %llu refused; %u %s for news\n", "Started",
           clock_local_text(status->started_at).text, (unsigned long long)status->accepted,
           (unsigned long long)status->refused, status->sessions,
           status->sessions == 1 ? "session waits" : "sessions wait");
    return print_mailboxes(status);
}

static enum err
print_as_json(const Denrei__V1__StatusReply *status)
{
    json_t *mailboxes = json_array();

    for (size_t i = 0; i < status->n_mailboxes; i++)
        json_array_append_new(
            mailboxes,
            json_pack("{s:s, s:I, s:I, s:I}", "member", status->mailboxes[i]->member, "flash_last",
                      (json_int_t)status->mailboxes[i]->flash_last, "rest_last",
                      (json_int_t)status->mailboxes[i]->rest_last, "unacknowledged",
                      (json_int_t)status->mailboxes[i]->unacknowledged));
    return print_json(json_pack(
        "{s:i, s:I, s:I, s:I, s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:o}", "schema", 1, "tree_size",
        (json_int_t)status->tree_size, "documents", (json_int_t)status->documents,
        "directory_version", (json_int_t)status->directory_version, "time",
        time_text_utc(status->time).text, "started_at", time_text_utc(status->started_at).text,
        "witnessed_size", (json_int_t)status->witnessed_size, "witnessed_at",
        time_text_utc(status->witnessed_at).text, "sessions_waiting", (json_int_t)status->sessions,
        "accepted", (json_int_t)status->accepted, "refused", (json_int_t)status->refused,
        "mailboxes", mailboxes));
}

enum err
relay_status_show(struct desk *desk)
{
    const Denrei__V1__StatusReply *status = NULL;
    enum err err = ask(desk, &status);

    if (err != ERR_OK)
        return err;
    return desk->options->json ? print_as_json(status) : print_text(status);
}
