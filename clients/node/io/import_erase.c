#include "clients/node/io/import_erase.h"

#include "clients/node/io/doclist_writer.h"

#include <stdio.h>

/* The records of `list` that stay; *erased counts the others. */
static enum err
copy_records(struct import_source *list, uint32_t today, struct doclist_writer *writer,
             uint64_t *erased)
{
    struct doclist_walk walk;
    enum err err = ERR_OK;

    doclist_walk_all(&walk);
    while (err == ERR_OK) { /* ends: the list does */
        struct span record = {NULL, 0};
        struct imported_key key;
        bool is_new = false;
        err = doclist_walk_next(list->file, &walk, &record, &key);
        if (err == ERR_OK && key.review < today)
            (*erased)++;
        else if (err == ERR_OK)
            err = doclist_writer_add(writer, record, &is_new);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
erase_from(const char *dir, struct records *records, struct import_source *list, uint32_t today,
           uint64_t *erased)
{
    char folder[DISK_PATH_BYTES], part[DISK_PATH_BYTES], name[IMPORTED_SOURCE_BYTES + 8];
    struct doclist_header header = list->header;
    struct doclist_writer *writer = NULL;
    uint64_t gone = 0;
    enum err err = imports_folder(dir, folder);

    snprintf(name, sizeof name, "%s.part", list->id.name);
    if (err == ERR_OK)
        err = disk_join(folder, name, part);
    if (err == ERR_OK)
        err = doclist_writer_new(part, &writer);
    if (err == ERR_OK)
        err = copy_records(list, today, writer, &gone);
    if (err == ERR_OK)
        err = doclist_writer_finish(writer, &header);
    if (err == ERR_OK)
        err = imports_put(dir, records, part, list->id.name);
    doclist_writer_free(&writer);
    if (err == ERR_OK)
        *erased += gone;
    return err;
}

enum err
import_erase(const char *dir, struct records *records, uint64_t proven_ms, uint64_t *erased,
             size_t *lost)
{
    const uint32_t today = imported_pack_date(date_text_from_ms(proven_ms));
    struct imports imports = {.count = 0};
    struct screen_view view;
    enum err err = records_view(records, &view);

    *erased = 0;
    *lost = 0;
    if (err == ERR_OK)
        err = imports_refresh(&imports, dir, records, &view);
    for (size_t i = 0; i < imports.count && err == ERR_OK; i++) {
        struct import_source *list = &imports.list[i];
        if (list->err == ERR_OK && list->header.first_review != 0 &&
            list->header.first_review < today)
            err = erase_from(dir, records, list, today, erased);
        if (list->err != ERR_OK || err == ERR_CORRUPT) {
            (*lost)++;
            err = ERR_OK;
        }
    }
    imports_close(&imports);
    return err;
}
