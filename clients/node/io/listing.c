#include "clients/node/io/listing.h"

#include "proto/field.h"
#include "proto/io/clock.h"

static const struct term_column LIST_COLUMNS[] = {
    {.title = "ID"},
    {.title = "KIND"},
    {.title = "FROM"},
    {.title = "PRIORITY"},
    {.title = "STATE"},
    {.title = "ACCEPTED"},
    {.title = "LEAF", .right = true},
};

enum err
listing_table_new(struct term_table **out)
{
    return term_table_new(stdout, LIST_COLUMNS, sizeof LIST_COLUMNS / sizeof LIST_COLUMNS[0], out);
}

static enum err
list_row(struct term_table *table, const struct presented *presented)
{
    const struct record *record = &presented->record;
    struct message_id_text id = message_id_text(&record->id);
    struct time_text time = clock_local_text(record->time_ms);
    const char *priority =
        field_enum_word(&denrei__v1__priority__descriptor, (int)presented->header.priority);
    char leaf[24];

    id.text[MESSAGE_ID_SHORT_LEN] = '\0';
    snprintf(leaf, sizeof leaf, "%llu", (unsigned long long)record->leaf);
    const char *const cells[] = {id.text,
                                 presented->kind == NULL ? "?" : presented->kind->name,
                                 record->sender,
                                 priority,
                                 node_state_word(record->state),
                                 time.text,
                                 leaf};
    return term_table_add(table, cells);
}

enum err
listing_json(const struct presented *presented, struct arena *arena)
{
    json_t *json = NULL;
    enum err err = present_json(presented, arena, &json);

    if (err != ERR_OK)
        return err;
    json_dumpf(json, stdout, JSON_COMPACT);
    fputc('\n', stdout);
    json_decref(json);
    return ERR_OK;
}

enum err
listing_print(const struct listing *listing, uint64_t *after, struct term_table *table)
{
    struct record record;
    struct presented presented;
    enum err err = ERR_OK;

    while (err == ERR_OK && !term_is_closed()) {
        err = records_next(listing->records, *after, &record);
        if (err != ERR_OK)
            break;
        *after = record.leaf;
        arena_reset(listing->arena);
        err = present_decode(&record, listing->arena, &presented);
        if (err != ERR_OK || (listing->kind != NULL && presented.kind != listing->kind))
            continue;
        err =
            table == NULL ? listing_json(&presented, listing->arena) : list_row(table, &presented);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}
