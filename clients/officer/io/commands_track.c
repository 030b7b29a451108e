/* track and receipt. */
#include "clients/officer/io/commands.h"
#include "clients/officer/io/print.h"
#include "proto/io/clock.h"
#include "proto/io/disk.h"
#include "proto/io/exit.h"
#include "proto/io/term.h"
#include "proto/tlog_proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- track */

static void
count_said(const struct print_standing *standing, unsigned *delivered, unsigned *read,
           unsigned *failed)
{
    *delivered = *read = *failed = 0;
    for (size_t i = 0; i < standing->header.to_count; i++) {
        const struct officer_recipient *row = &standing->recipients[i];
        *delivered += officer_has_reached(row, 1, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
        *read += officer_has_reached(row, 1, DENREI__V1__DELIVERY_STATUS__DELIVERY_READ);
        *failed += row->failed_ms != 0;
    }
}

/* "@sltd", "kr.moj", "kr.moj +2": tables have little room. */
static void
write_short_names(const struct header *header, char *out, size_t size)
{
    if (header->group[0] != '\0')
        snprintf(out, size, "%s", header->group);
    else if (header->to_count == 1)
        snprintf(out, size, "%s", header->to[0]);
    else
        snprintf(out, size, "%s +%zu", header->to[0], header->to_count - 1);
}

static enum err
add_row(struct term_table *table, const struct print_standing *standing)
{
    const struct kind_type *kind = kind_find(standing->header.kind);
    struct message_id_text id = message_id_text(&standing->sent.id);
    char names[PRINT_NAMES_BYTES], counts[3][32];
    unsigned delivered, read, failed;

    count_said(standing, &delivered, &read, &failed);
    write_short_names(&standing->header, names, sizeof names);
    id.text[MESSAGE_ID_SHORT_LEN] = '\0';
    snprintf(counts[0], sizeof counts[0], "%u/%zu", delivered, standing->header.to_count);
    snprintf(counts[1], sizeof counts[1], "%u/%zu", read, standing->header.to_count);
    snprintf(counts[2], sizeof counts[2], "%u", failed);
    struct time_text time = clock_local_text(standing->header.created_at_ms);
    const char *const cells[] = {id.text,
                                 time.text,
                                 kind == NULL ? "?" : kind->word,
                                 print_action(&standing->header),
                                 names,
                                 print_stage(standing),
                                 counts[0],
                                 counts[1],
                                 counts[2]};
    return term_table_add(table, cells);
}

static enum err
print_list(struct desk *desk, struct term_table *table)
{
    struct store_sent sent;
    struct print_standing standing;
    json_t *tree = NULL;

    for (uint64_t i = 0; i < desk->options->limit && !term_is_closed(); i++) {
        arena_reset(desk->arena);
        enum err err = store_sent_at(desk->store, i, desk->arena, &sent);
        if (err == ERR_NOT_FOUND)
            return ERR_OK;
        if (err == ERR_OK)
            err = print_standing_of(desk, &sent, &standing);
        if (err != ERR_OK)
            return store_error(err, desk->problems);
        if (table != NULL)
            err = add_row(table, &standing);
        else if ((err = print_standing_json(desk, &standing, &tree)) == ERR_OK)
            err = print_json(tree);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

static enum err
track_all(struct desk *desk)
{
    static const struct term_column columns[] = {
        {.title = "ID"},
        {.title = "CREATED", .short_columns = CLOCK_MINUTE_CHARS, .may_go = 1},
        {.title = "KIND"},
        {.title = "WHAT", .may_go = 2},
        {.title = "TO", .may_wrap = true},
        {.title = "STAGE"},
        {.title = "DELIVERED", .right = true},
        {.title = "READ", .right = true},
        {.title = "REFUSED", .right = true},
    };
    struct term_table *table = NULL;

    if (desk->options->json)
        return print_list(desk, NULL);
    enum err err = term_table_new(stdout, columns, sizeof columns / sizeof columns[0], &table);
    if (err == ERR_OK)
        err = print_list(desk, table);
    if (err == ERR_OK)
        err = term_table_print(table);
    term_table_free(&table);
    return err;
}

/* Ask about the newest that were accepted; older ones are asked about by their ids. */
static enum err
ask_recent(struct desk *desk)
{
    struct id ids[TRACK_MAX];
    struct store_sent sent;
    size_t count = 0;

    for (uint64_t i = 0; i < desk->options->limit && count < TRACK_MAX; i++) {
        arena_reset(desk->arena);
        enum err err = store_sent_at(desk->store, i, desk->arena, &sent);
        if (err == ERR_NOT_FOUND)
            break;
        if (err != ERR_OK)
            return store_error(err, desk->problems);
        if (sent.stage == STORE_ACCEPTED)
            ids[count++] = sent.id;
    }
    return count == 0 ? ERR_OK : carry_track(desk, ids, count);
}

static enum err
find_sent(struct desk *desk, const char *text, struct store_sent *out)
{
    struct store_found found;

    enum err err = store_find(desk->store, text, desk->arena, &found, desk->problems);
    if (err == ERR_OK && !found.is_sent) {
        problems_add(desk->problems, text, "denrei show ID",
                     "it is a message that you received, not one that you sent");
        return ERR_NOT_FOUND;
    }
    if (err == ERR_OK)
        *out = found.sent;
    return err;
}

static enum err
track_one(struct desk *desk, const char *text)
{
    struct print_standing standing;
    struct store_sent sent;

    enum err err = find_sent(desk, text, &sent);
    if (err == ERR_OK && desk->connect != NULL && sent.stage == STORE_ACCEPTED)
        err = carry_track(desk, &sent.id, 1);
    if (err == ERR_OK)
        err = print_standing_of(desk, &sent, &standing);
    return err == ERR_OK ? print_standing(desk, &standing) : err;
}

int
command_track(void *data, const struct args_words *words)
{
    const struct desk_options *options = data;
    struct problems problems = {0};
    struct desk desk = {.options = options, .problems = &problems};
    enum err asked = ERR_OK;

    enum err err = desk_open(&desk);
    if (err == ERR_OK && !options->offline)
        asked = desk_connect(&desk);
    if (err == ERR_OK && words->len == 0) {
        if (asked == ERR_OK && !options->offline)
            asked = ask_recent(&desk);
        err = track_all(&desk);
    } else if (err == ERR_OK) {
        err = track_one(&desk, words->words[0]);
    }
    if (err != ERR_OK || asked != ERR_OK)
        return desk_fail(&desk, err != ERR_OK ? err : asked);
    desk_close(&desk);
    return EXIT_DONE;
}

/* ---- receipt */

static enum err
write_file(struct desk *desk, const char *path, struct span content)
{
    enum err err = disk_write(path, content, DISK_REPLACE);

    if (err != ERR_OK)
        problems_add(desk->problems, path, "name a file in a directory of yours",
                     "it cannot be written: %s",
                     disk_is_dir(path) ? "it is a directory" : err_text(err));
    return err;
}

static enum err
export_proof(struct desk *desk, const struct receipt *receipt)
{
    static char text[TLOG_PROOF_BYTES_MAX + 1];
    struct tlog_proof proof = {
        .index = receipt->leaf,
        .path_len = receipt->path_len,
        .checkpoint = {(const uint8_t *)receipt->checkpoint, strlen(receipt->checkpoint)}};
    size_t len = 0;

    if (receipt->path_len > MERKLE_LEVELS_MAX)
        return ERR_RANGE;
    for (size_t i = 0; i < receipt->path_len; i++)
        proof.path[i] = receipt->path[i];
    enum err err = tlog_proof_format(&proof, text, sizeof text, &len);
    if (err == ERR_OK)
        err = write_file(desk, desk->options->export, (struct span){(const uint8_t *)text, len});
    return err;
}

static enum err
print_receipt(struct desk *desk, const struct store_sent *sent, const struct receipt *receipt)
{
    if (desk->options->json)
        return print_json(json_pack(
            "{s:i, s:s, s:I, s:s, s:b, s:s}", "schema", 1, "id", message_id_text(&sent->id).text,
            "leaf", (json_int_t)receipt->leaf, "accepted_at", time_text_utc(sent->accepted_ms).text,
            "verified", true, "checkpoint", receipt->checkpoint));
    printf("%s is entry %llu of the log, accepted %s.\n", message_id_text(&sent->id).text,
           (unsigned long long)receipt->leaf, clock_local_text(sent->accepted_ms).text);
    printf("Verified offline: the entry holds this message's header and seal; its inclusion proof "
           "leads to the checkpoint; the checkpoint is signed by the log's key.\n");
    return ERR_OK;
}

static enum err
receipt_of(struct desk *desk, const char *text)
{
    const struct directory *directory = trust_directory(state_trust(desk->state), TRUST_UNLOGGED);
    struct store_sent sent;
    struct receipt receipt;

    enum err err = find_sent(desk, text, &sent);
    if (err != ERR_OK)
        return err;
    if (sent.stage != STORE_ACCEPTED) {
        problems_add(desk->problems, text, "denrei flush", "it was not accepted, so it has none");
        return ERR_NOT_FOUND;
    }
    err = receipt_decode(sent.receipt, desk->arena, &receipt);
    if (err == ERR_OK)
        err = receipt_check(trust_federation(state_trust(desk->state)), &receipt, &sent.hash,
                            directory->log_origin, &directory->log_key, desk->arena);
    if (err != ERR_OK) {
        problems_add(desk->problems, text, "tell your auditor",
                     "the receipt does not prove that the message is in the log: %s",
                     err_text(err));
        return err;
    }
    if (desk->options->export != NULL)
        err = export_proof(desk, &receipt);
    if (err == ERR_OK && desk->options->leaf != NULL)
        err = write_file(desk, desk->options->leaf, receipt.entry);
    return err == ERR_OK ? print_receipt(desk, &sent, &receipt) : err;
}

static enum err
read_file(struct desk *desk, const char *path, size_t bytes_max, uint8_t **out, size_t *len)
{
    enum err err = disk_read(path, bytes_max, out, len);

    if (err != ERR_OK)
        problems_add(desk->problems, path, "check the path", "it cannot be read: %s",
                     disk_why(err, path, bytes_max).text);
    return err;
}

/* A proof from a file, about a leaf from a file, under the log key of the directory. */
static enum err
check_files(struct desk *desk)
{
    const struct directory *directory = trust_directory(state_trust(desk->state), TRUST_UNLOGGED);
    struct checkpoint_verified verified;
    struct checkpoint_policy policy = {0};
    struct note_key key;
    uint8_t *proof = NULL, *leaf = NULL;
    size_t proof_len = 0, leaf_len = 0;
    uint64_t index = 0;

    enum err err = read_file(desk, desk->options->check, TLOG_PROOF_BYTES_MAX, &proof, &proof_len);
    if (err == ERR_OK)
        err = read_file(desk, desk->options->leaf, ENTRY_BYTES_MAX, &leaf, &leaf_len);
    if (err == ERR_OK)
        err = note_key_make(directory->log_origin, NOTE_ED25519, &directory->log_key, &key);
    if (err != ERR_OK)
        goto done;
    policy.log = &key;
    struct hash hash = merkle_leaf_hash((struct span){leaf, leaf_len});
    err = tlog_proof_verify((struct span){proof, proof_len}, &hash, &policy, &index, &verified);
    if (err != ERR_OK) {
        problems_add(desk->problems, desk->options->check,
                     "give the files that `denrei receipt ID --export FILE --leaf FILE` wrote",
                     "it does not prove that %s is in the log: %s", desk->options->leaf,
                     err_text(err));
        err = err == ERR_FORMAT || err == ERR_FULL ? err : ERR_PROOF;
    } else if (desk->options->json) {
        err =
            print_json(json_pack("{s:i, s:b, s:I, s:I}", "schema", 1, "verified", true, "leaf",
                                 (json_int_t)index, "size", (json_int_t)verified.head.leaf_count));
    } else {
        printf("%s is entry %llu of %s (%llu entries at that checkpoint)\n", desk->options->leaf,
               (unsigned long long)index, directory->log_origin,
               (unsigned long long)verified.head.leaf_count);
    }

done:
    free(proof);
    free(leaf);
    return err;
}

int
command_receipt(void *data, const struct args_words *words)
{
    const struct desk_options *options = data;
    struct problems problems = {0};
    struct desk desk = {.options = options, .problems = &problems};
    enum err err = ERR_OK;

    if ((words->len == 1) == (options->check != NULL) ||
        (options->check != NULL && options->leaf == NULL)) {
        problems_add(&problems, "receipt",
                     "denrei receipt ID, or denrei receipt --check FILE "
                     "--leaf FILE",
                     "name one message, or a proof and its leaf");
        err = ERR_USAGE;
    }
    if (err == ERR_OK)
        err = desk_open(&desk);
    if (err == ERR_OK)
        err = words->len == 1 ? receipt_of(&desk, words->words[0]) : check_files(&desk);
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    desk_close(&desk);
    return EXIT_DONE;
}
