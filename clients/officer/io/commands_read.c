/* inbox and show. */
#include "clients/io/reading.h"
#include "clients/officer/io/commands.h"
#include "clients/officer/io/print.h"
#include "clients/officer/io/read.h"
#include "clients/received.h"
#include "proto/hash.h"
#include "proto/io/clock.h"
#include "proto/io/exit.h"
#include "proto/io/report.h"
#include "proto/io/term.h"
#include "proto/wire.h"

#include <stdio.h>
#include <string.h>

/* ---- inbox */

static enum phrase
state_phrase(const struct store_received *row)
{
    static const enum phrase ends[] = {
        [STORE_TOMBSTONE] = PHRASE_IS_TOMBSTONE,
        [STORE_WITHDRAWN] = PHRASE_IS_WITHDRAWN,
        [STORE_EXPIRED] = PHRASE_IS_EXPIRED,
        [STORE_UPDATED] = PHRASE_IS_UPDATED,
    };

    if (row->refusal != REFUSAL_NONE)
        return PHRASE_IS_REFUSED;
    if (row->end != STORE_ALIVE)
        return ends[row->end];
    return row->read_ms == 0 ? PHRASE_IS_UNREAD : PHRASE_IS_READ;
}

/* For tables and other programs: the same in every language. */
static const char *
state_word(const struct store_received *row)
{
    return phrase(state_phrase(row), LANGUAGE_EN);
}

static enum err
add_row(struct term_table *table, const struct store_received *row, const struct header *header)
{
    const struct kind_type *kind = kind_find(header->kind);
    struct message_id_text id = message_id_text(&row->ref.id);
    struct time_text time = clock_local_text(row->time_ms);
    const char *priority = header->priority == DENREI__V1__PRIORITY__PRIORITY_FLASH    ? "FLASH"
                           : header->priority == DENREI__V1__PRIORITY__PRIORITY_URGENT ? "URGENT"
                                                                                       : "";

    id.text[MESSAGE_ID_SHORT_LEN] = '\0';
    const char *const cells[] = {id.text,
                                 time.text,
                                 row->ref.from,
                                 kind == NULL ? "?" : kind->word,
                                 print_action(header),
                                 priority,
                                 state_word(row)};
    return term_table_add(table, cells);
}

static enum err
print_row_json(struct desk *desk, const struct store_received *row, const struct header *header,
               const ProtobufCMessage *content)
{
    struct message_facts facts = {
        .leaf = row->leaf,
        .time_ms = row->time_ms,
        .slot = &row->slot,
        .hash = &row->ref.hash,
        .state = state_word(row),
        .reason = row->refusal == REFUSAL_NONE ? "" : refusal_name(row->refusal),
        .content = content,
    };
    json_t *tree = NULL;

    enum err err = message_json(header, &facts, desk->arena, &tree);
    return err == ERR_OK ? print_json(tree) : err;
}

static bool
is_shown(const struct desk *desk, const struct inbox_filter *filter,
         const struct store_received *row, const struct header *header)
{
    return (desk->options->all || row->end == STORE_ALIVE || row->end == STORE_UPDATED) &&
           inbox_filter_takes(filter, header, row->time_ms, row->read_ms != 0);
}

static enum err
print_rows(struct desk *desk, const struct inbox_filter *filter, struct term_table *table)
{
    struct store_received row;
    struct header header;
    uint64_t shown = 0;

    for (uint64_t i = 0; shown < desk->options->limit && !term_is_closed(); i++) {
        arena_reset(desk->arena);
        enum err err = store_received_at(desk->store, i, desk->arena, &row);
        if (err == ERR_NOT_FOUND)
            return ERR_OK;
        if (err == ERR_OK)
            err = header_decode(row.header, desk->arena, &header);
        if (err != ERR_OK)
            return store_error(err, desk->problems);
        if (!is_shown(desk, filter, &row, &header))
            continue;
        shown++;
        err = table == NULL ? print_row_json(desk, &row, &header, NULL)
                            : add_row(table, &row, &header);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

static enum err
print_inbox(struct desk *desk, const struct inbox_filter *filter)
{
    static const struct term_column columns[] = {
        {.title = "ID"},
        {.title = "ACCEPTED", .short_columns = CLOCK_MINUTE_CHARS},
        {.title = "FROM"},
        {.title = "KIND"},
        {.title = "WHAT", .may_go = 1},
        {.title = "PRIORITY"},
        {.title = "STATE"},
    };
    struct term_table *table = NULL;

    if (desk->options->json)
        return print_rows(desk, filter, NULL);
    enum err err = term_table_new(stdout, columns, sizeof columns / sizeof columns[0], &table);
    if (err == ERR_OK)
        err = print_rows(desk, filter, table);
    if (err == ERR_OK)
        err = term_table_print(table);
    term_table_free(&table);
    return err;
}

/* How fresh what was shown is: "nothing" and "not known" must not look alike. */
static void
tell_freshness(struct desk *desk, bool is_fetched)
{
    struct head mailbox;

    if (store_mailbox(desk->store, &mailbox) != ERR_OK || desk->options->json)
        return;
    if (mailbox.time_ms == 0)
        fprintf(stderr, "The mailbox was never fetched: this is incomplete.\n");
    else if (mailbox.time_ms > desk->now_ms + CLOCK_SKEW_MS)
        fprintf(stderr, "Perhaps incomplete: the relay's clock, or this computer's, is wrong.\n");
    else if (!is_fetched || desk->now_ms > mailbox.time_ms + HEAD_FRESH_MS)
        fprintf(stderr, "Incomplete since %s: what came after that is not fetched yet.\n",
                clock_local_text(mailbox.time_ms).text);
}

int
command_inbox(void *data, const struct args_words *words)
{
    const struct desk_options *options = data;
    struct problems problems = {0};
    struct desk desk = {.options = options, .problems = &problems};
    struct inbox_filter filter = {0};
    enum err fetched = ERR_OK;
    size_t count = 0;

    (void)words;
    enum err err = inbox_filter_read(&options->inbox, &filter, &problems);
    if (err == ERR_OK)
        err = desk_open(&desk);
    if (err == ERR_OK && !options->offline) {
        fetched = desk_connect(&desk);
        if (fetched == ERR_OK)
            fetched = carry_fetch(&desk, &count);
    }
    /* What is here is shown in any case; that it may be incomplete is told, by the exit code too.
     */
    if (err == ERR_OK)
        err = print_inbox(&desk, &filter);
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    tell_freshness(&desk, !options->offline && fetched == ERR_OK);
    if (fetched != ERR_OK)
        return desk_fail(&desk, fetched);
    desk_close(&desk);
    return EXIT_DONE;
}

/* ---- show */

static enum err
add_receipt(struct desk *desk, const struct store_received *row, Denrei__V1__DeliveryStatus status,
            enum refusal reason)
{
    struct delivery_receipt receipt = {.message = row->ref,
                                       .member = desk_member(desk),
                                       .credential = state_self(desk->state)->credential,
                                       .status = status,
                                       .reason = (uint32_t)reason,
                                       .time_ms = desk->now_ms};
    struct span bytes;

    if (desk->options->no_receipt || row->read_ms != 0)
        return ERR_OK;
    enum err err = delivery_receipt_encode(&receipt, desk->arena, &bytes);
    if (err == ERR_OK)
        err = officer_store_begin(desk->store, desk->problems);
    if (err != ERR_OK)
        return err;
    err = store_add_due(desk->store, bytes, desk->problems);
    if (err == ERR_OK)
        err = store_set_read(desk->store, row, desk->now_ms, desk->problems);
    if (err == ERR_OK)
        return officer_store_commit(desk->store, desk->problems);
    officer_store_rollback(desk->store);
    return err;
}

enum err
read_item(struct desk *desk, const struct store_received *row, struct received *received)
{
    ProtobufCMessage *item = NULL;
    struct batch_cache cache;

    batch_cache_init(&cache);
    enum err err = wire_decode(&denrei__v1__fetch_item__descriptor, row->item, desk->arena, &item);
    if (err == ERR_OK)
        err = received_check(state_trust(desk->state), desk_member(desk),
                             (const Denrei__V1__FetchItem *)item, &cache, desk->arena, received);
    if (err == ERR_OK && !hash_is_equal(&received->ref.hash, &row->ref.hash))
        err = ERR_CORRUPT;
    return err == ERR_OK || err == ERR_NOMEM ? err : store_error(ERR_CORRUPT, desk->problems);
}

enum err
read_content(struct desk *desk, const struct received *received, ProtobufCMessage **content,
             struct problems *found)
{
    const struct trust *trust = state_trust(desk->state);
    struct received_reader reader = {.credential = &state_self(desk->state)->credential};
    const char *thread_from = "";
    struct span bytes;

    enum err err = desk_unlock(desk);
    if (err == ERR_OK)
        err = desk_identity(desk, DENREI__V1__KEY_USE__KEY_USE_ENCRYPTION, &reader.encryption);
    if (err == ERR_OK)
        err = store_error(store_thread_from(desk->store, &received->header.thread_id,
                                            desk_member(desk), desk->arena, &thread_from),
                          desk->problems);
    if (err == ERR_OK)
        err = received_open(trust, received, &reader, desk->arena, &bytes);
    if (err != ERR_OK)
        return err;
    err = received_check_content(trust, &received->header, received->leaf, thread_from, bytes,
                                 desk->arena, content, found);
    return err == ERR_OK ? received_check_attachments(received, *content, found) : err;
}

static void
print_provenance(struct desk *desk, const struct store_received *row,
                 const struct received *received)
{
    const struct credential *credential =
        trust_credential(state_trust(desk->state), &received->header.credential, row->leaf);

    reading_put_header(stdout, &received->header, state_trust(desk->state));
    reading_put_format(stdout, PHRASE_ACCEPTED, PHRASE_LOG_ENTRY, reading_time(row->time_ms).text,
                       (unsigned long long)row->leaf);
    if (received->refusal == REFUSAL_NONE && credential != NULL)
        reading_put_format(stdout, PHRASE_SIGNED, PHRASE_SIGNED_BY, credential->member,
                           credential->local_id);
    if (received->refusal != REFUSAL_NONE)
        reading_put_format(stdout, PHRASE_REFUSED, PHRASE_REFUSED_WHY,
                           refusal_text(received->refusal), received->subject);
    if (received->is_suspect)
        reading_put(stdout, PHRASE_SUSPECT, reading(PHRASE_SUSPECT_WHY));
    if (row->end == STORE_UPDATED)
        reading_put(stdout, PHRASE_UPDATED, reading(PHRASE_UPDATED_WHY));
    putchar('\n');
}

static void
print_content_problems(const struct problems *found)
{
    for (size_t i = 0; i < found->count; i++) {
        fputs("denrei: content: ", stderr);
        term_put(stderr, (struct span){(const uint8_t *)found->list[i].path.text,
                                       strlen(found->list[i].path.text)});
        fputs(": ", stderr);
        term_put(stderr, (struct span){(const uint8_t *)found->list[i].wrong,
                                       strlen(found->list[i].wrong)});
        fputc('\n', stderr);
    }
}

/* Its end is all that can be shown. */
static enum err
show_ended(struct desk *desk, const struct store_received *row)
{
    struct header header;

    enum err err = header_decode(row->header, desk->arena, &header);
    if (err != ERR_OK)
        return err;
    if (desk->options->json)
        return print_row_json(desk, row, &header, NULL);
    reading_put_header(stdout, &header, state_trust(desk->state));
    reading_put_format(stdout, PHRASE_ACCEPTED, PHRASE_LOG_ENTRY, reading_time(row->time_ms).text,
                       (unsigned long long)row->leaf);
    reading_put_format(stdout, PHRASE_STATE, PHRASE_NO_CONTENT, reading(state_phrase(row)));
    return ERR_OK;
}

static enum err
tell_unreadable(struct desk *desk, const struct store_received *row, enum err err)
{
    if (err == ERR_NOT_FOUND) {
        problems_add(desk->problems, message_id_text(&row->ref.id).text,
                     "ask the authority of your member to renew the roster, then try again",
                     "the member's mailbox key of that time is not sealed to your credential");
        return ERR_KEY;
    }
    enum err told = add_receipt(desk, row, DENREI__V1__DELIVERY_STATUS__DELIVERY_UNREADABLE,
                                received_reason(err));
    problems_add(desk->problems, message_id_text(&row->ref.id).text,
                 "tell the sender; the log proves what was sent", "the content does not open: %s",
                 err_text(err));
    return told == ERR_OK ? err : told;
}

/* *is_right: it may count, and its content meets the rules of its kind. */
static enum err
show_received(struct desk *desk, const struct store_received *row, bool *is_right)
{
    struct problems found = {0};
    ProtobufCMessage *content = NULL;
    struct received received = {0};

    if (row->item.len == 0)
        return show_ended(desk, row);
    enum err err = read_item(desk, row, &received);
    if (err != ERR_OK)
        return err;
    if (received.refusal == REFUSAL_NONE && !received.is_tombstone)
        err = read_content(desk, &received, &content, &found);
    bool is_wrong = err == ERR_POLICY || (err == ERR_FORMAT && content == NULL);
    if (received.refusal == REFUSAL_NONE) /* what its case made of it */
        received.refusal = (enum refusal)row->refusal;
    if (err != ERR_OK && !is_wrong)
        return desk->problems->count > 0 ? err : tell_unreadable(desk, row, err);
    if (desk->options->json)
        err = print_row_json(desk, row, &received.header, content);
    else {
        print_provenance(desk, row, &received);
        if (content != NULL) {
            reading_put_content(stdout, content, 0);
            putchar('\n');
        }
        reading_put_original(stdout, &received.header, content);
        err = ERR_OK;
    }
    print_content_problems(&found);
    *is_right = received.refusal == REFUSAL_NONE && !is_wrong;
    if (err != ERR_OK || received.refusal != REFUSAL_NONE || received.is_tombstone)
        return err;
    return add_receipt(desk, row,
                       is_wrong ? DENREI__V1__DELIVERY_STATUS__DELIVERY_REFUSED
                                : DENREI__V1__DELIVERY_STATUS__DELIVERY_READ,
                       is_wrong ? REFUSAL_CONTENT : REFUSAL_NONE);
}

/* A message of one's own whose content has ended: where it stands, and that. */
static enum err
show_sent_ended(struct desk *desk, const struct print_standing *standing)
{
    enum err err = print_standing(desk, standing);

    if (err == ERR_OK && !desk->options->json)
        printf("\n%s\n", reading(standing->header.action == DENREI__V1__ACTION__ACTION_WITHDRAW
                                     ? PHRASE_WITHDRAWAL_EMPTY
                                     : PHRASE_CONTENT_ENDED));
    return err;
}

enum err
read_own(const struct header *header, struct span content, struct arena *arena,
         ProtobufCMessage **out)
{
    const struct kind_type *kind = kind_find(header->kind);

    return kind == NULL ? ERR_UNKNOWN : wire_decode(kind->content, content, arena, out);
}

static enum err
show_sent(struct desk *desk, const struct store_sent *sent)
{
    struct print_standing standing;
    ProtobufCMessage *message = NULL;
    struct span content = {NULL, 0};
    json_t *tree = NULL;

    enum err err = print_standing_of(desk, sent, &standing);
    if (err == ERR_OK && sent->copy.len == 0)
        return show_sent_ended(desk, &standing);
    if (err == ERR_OK)
        err = desk_open_copy(desk, sent, desk->arena, &content);
    if (err == ERR_OK)
        err = read_own(&standing.header, content, desk->arena, &message);
    if (err != ERR_OK)
        return err;
    if (!desk->options->json) {
        err = print_standing(desk, &standing);
        putchar('\n');
        reading_put_content(stdout, message, 0);
        putchar('\n');
        reading_put_original(stdout, &standing.header, message);
        return err;
    }
    struct message_facts facts = {.leaf = sent->leaf,
                                  .time_ms = sent->accepted_ms,
                                  .hash = &sent->hash,
                                  .state = print_stage(&standing),
                                  .reason = "",
                                  .content = message};
    err = message_json(&standing.header, &facts, desk->arena, &tree);
    return err == ERR_OK ? print_json(tree) : err;
}

int
command_show(void *data, const struct args_words *words)
{
    const struct desk_options *options = data;
    struct problems problems = {0};
    struct desk desk = {.options = options, .problems = &problems};
    struct store_found found = {0};
    bool is_right = true;

    enum err err = desk_open(&desk);
    if (err == ERR_OK)
        err = desk_find(&desk, words->words[0], &found);
    if (err == ERR_OK)
        err = found.is_sent ? show_sent(&desk, &found.sent)
                            : show_received(&desk, &found.received, &is_right);
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    bool is_owed = !found.is_sent && found.received.read_ms == 0 && !options->no_receipt;
    err = is_owed && !options->offline ? desk_connect(&desk) : ERR_OK;
    if (err == ERR_CONNECT || err == ERR_TIMEOUT) {
        /* The receipt is stored, and goes with the next command. */
        if (!options->json)
            fprintf(stderr, "denrei: the relay is away; the sender learns that it was read with "
                            "the next command, or with: denrei flush\n");
        err = ERR_OK;
    }
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    desk_close(&desk);
    return is_right ? EXIT_DONE : EXIT_VERIFY;
}
