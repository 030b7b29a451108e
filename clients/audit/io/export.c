#include "clients/audit/io/export.h"

#include "clients/audit/tiles.h"
#include "proto/io/disk.h"
#include "proto/io/term.h"
#include "proto/record.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One export being written. */
struct export
{
    struct source *source;
    const char *dir;
    struct tiles *tiles;
    struct arena *arena;
    uint8_t *bundle; /* TILE_BUNDLE_MAX */
    size_t bundle_len;
};

/*
 * Write `name` below the export.  What a full tile, a bundle or a document holds never changes, so
 * one that is there must be the same.
 */
static enum err
write_file(const struct export *export, const char *name, struct span content)
{
    char path[DISK_PATH_BYTES];
    uint8_t *there = NULL;
    size_t len = 0;
    enum err err = disk_join(export->dir, name, path);

    if (err != ERR_OK)
        return err;
    err = disk_read(path, content.len, &there, &len);
    if (err == ERR_OK) {
        bool is_same = len == content.len && memcmp(there, content.data, len) == 0;
        free(there);
        return is_same ? ERR_OK : ERR_CONFLICT;
    }
    if (err != ERR_NOT_FOUND)
        return err == ERR_RANGE ? ERR_CONFLICT : err;
    char *slash = strrchr(path, '/');
    *slash = '\0';
    err = disk_make_dir(path);
    *slash = '/';
    return err == ERR_OK ? disk_write(path, content, DISK_PUBLISH) : err;
}

static enum err
write_bundle(struct export *export, uint64_t leaf)
{
    char name[TILE_PATH_MAX + 1];
    const struct tile_ref ref = {
        .level = TILE_LEVEL_ENTRIES,
        .width = (unsigned)(leaf % TILE_WIDTH) + 1,
        .number = leaf / TILE_WIDTH,
    };

    tile_path_format(&ref, name);
    enum err err = write_file(export, name, (struct span){export->bundle, export->bundle_len});
    export->bundle_len = 0;
    return err;
}

static enum err
write_document(const struct export *export, const struct hash *hash)
{
    char name[sizeof "documents/" + 2 * HASH_BYTES] = "documents/";
    struct span document = source_document(export->source, hash);

    if (document.data == NULL)
        return ERR_NOT_FOUND;
    sodium_bin2hex(name + strlen(name), 2 * HASH_BYTES + 1, hash->bytes, HASH_BYTES);
    return write_file(export, name, document);
}

static enum err
write_entry(struct export *export, uint64_t leaf, struct span bytes)
{
    struct log_entry entry;
    struct hash hash = merkle_leaf_hash(bytes);
    enum err err = tiles_append(export->tiles, &hash);

    if (err == ERR_OK)
        err = tile_bundle_append(bytes, export->bundle, TILE_BUNDLE_MAX, &export->bundle_len);
    arena_reset(export->arena);
    if (err == ERR_OK && entry_decode(bytes, export->arena, &entry) == ERR_OK &&
        entry.type == DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT)
        err = write_document(export, &entry.document.hash);
    if (err == ERR_OK &&
        (leaf % TILE_WIDTH == TILE_WIDTH - 1 || leaf + 1 == source_size(export->source)))
        err = write_bundle(export, leaf);
    return err;
}

static enum err
write_tiles(const struct export *export)
{
    struct tile_ref ref = {.width = 0};
    enum err err = ERR_OK;

    while (err == ERR_OK && tile_next_new(0, source_size(export->source), &ref)) {
        char name[TILE_PATH_MAX + 1];
        const struct hash *hashes = tiles_find(export->tiles, &ref);
        tile_path_format(&ref, name);
        err = hashes == NULL
                  ? ERR_CORRUPT
                  : write_file(export, name,
                               (struct span){hashes->bytes, (size_t)ref.width * HASH_BYTES});
    }
    return err;
}

static enum err
write_all(struct export *export, struct problems *problems)
{
    struct term_progress progress;
    char path[DISK_PATH_BYTES];
    enum err err = ERR_OK;

    term_progress_begin(&progress, "exporting", source_size(export->source));
    while (err == ERR_OK) { /* ends: the source has as many entries as its checkpoint says */
        struct span entry = {NULL, 0};
        uint64_t leaf = source_leaf(export->source);
        err = source_next(export->source, &entry, problems);
        if (err == ERR_OK)
            err = write_entry(export, leaf, entry);
        term_progress_update(&progress, leaf);
    }
    term_progress_end(&progress);
    if (err != ERR_NOT_FOUND || source_leaf(export->source) != source_size(export->source))
        return err;
    err = write_tiles(export);
    if (err == ERR_OK)
        err = disk_join(export->dir, "checkpoint", path);
    return err == ERR_OK ? disk_write(path, source_checkpoint(export->source), DISK_PUBLISH) : err;
}

enum err
export_write(struct source *source, const char *dir, uint64_t *entries, struct problems *problems)
{
    struct export export = {.source = source, .dir = dir};
    enum err err = disk_make_dir(dir);

    if (err == ERR_OK)
        err = tiles_new(&export.tiles);
    if (err == ERR_OK)
        err = arena_new(4 * (size_t)ENTRY_BYTES_MAX + ARENA_EXTRA_BYTES, &export.arena);
    if (err == ERR_OK) {
        export.bundle = malloc(TILE_BUNDLE_MAX);
        err = export.bundle == NULL ? ERR_NOMEM : write_all(&export, problems);
    }
    if (err == ERR_OK)
        *entries = source_size(source);
    else if (problems_is_empty(problems))
        problems_add(problems, dir,
                     err == ERR_CONFLICT ? "export to an empty directory"
                                         : "check the directory and its disk",
                     "the export cannot be written: %s",
                     err == ERR_CONFLICT ? "what is there is not of this log" : err_text(err));
    free(export.bundle);
    arena_free(&export.arena);
    tiles_free(&export.tiles);
    return err;
}
