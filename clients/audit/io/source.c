#include "clients/audit/io/source_inner.h"

#include "proto/checkpoint.h"
#include "proto/hash.h"
#include "proto/io/disk.h"
#include "proto/tile.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
source_close(struct source **source)
{
    if (*source == NULL)
        return;
    for (size_t i = 0; i < (*source)->documents_count; i++)
        free((*source)->documents[i].bytes);
    free((*source)->documents);
    free((*source)->checkpoint);
    free((*source)->bundle);
    free((*source)->document);
    free((*source)->tile);
    arena_free(&(*source)->arena);
    free(*source);
    *source = NULL;
}

struct span
source_checkpoint(const struct source *source)
{
    return (struct span){source->checkpoint, source->checkpoint_len};
}

uint64_t
source_size(const struct source *source)
{
    return source->size;
}

uint64_t
source_leaf(const struct source *source)
{
    return source->leaf;
}

/* The size that a checkpoint names; who signed it is judged by the caller. */
static enum err
read_size(struct source *source)
{
    struct note note;
    struct checkpoint checkpoint;
    enum err err = note_parse(source_checkpoint(source), &note);

    if (err == ERR_OK)
        err = checkpoint_parse(note.text, &checkpoint);
    if (err == ERR_OK)
        source->size = checkpoint.head.leaf_count;
    return err == ERR_OK ? ERR_OK : ERR_FORMAT;
}

enum err
source_open_export(const char *dir, struct problems *problems, struct source **out)
{
    char path[DISK_PATH_BYTES];
    struct source *source = calloc(1, sizeof *source);
    enum err err = source == NULL ? ERR_NOMEM : disk_join(dir, "checkpoint", path);

    *out = NULL;
    if (err == ERR_OK)
        err = disk_read(path, NOTE_BYTES_MAX, &source->checkpoint, &source->checkpoint_len);
    if (err == ERR_OK)
        err = read_size(source);
    if (err != ERR_OK) {
        if (disk_is_dir(dir))
            problems_add(problems, dir, "make one with `denrei-audit export DIR`",
                         "this is no export of a log: its checkpoint is %s",
                         err == ERR_NOT_FOUND ? "missing" : err_text(err));
        else
            problems_add(problems, dir, "give the directory that `denrei-audit export` wrote",
                         "there is no such directory");
        source_close(&source);
        return err;
    }
    source->dir = dir;
    *out = source;
    return ERR_OK;
}

/* The tile or bundle with the first leaf of which `leaf` is one, as wide as the log makes it. */
static struct tile_ref
tile_at(const struct source *source, unsigned level, uint64_t leaf)
{
    uint64_t number = leaf / TILE_WIDTH;
    uint64_t left = source->size - number * TILE_WIDTH;

    return (struct tile_ref){
        .level = level,
        .width = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH,
        .number = number,
    };
}

static enum err
read_tile_file(const struct source *source, const struct tile_ref *ref, size_t bytes_max,
               uint8_t **out, size_t *out_len)
{
    char name[TILE_PATH_MAX + 1];
    char path[DISK_PATH_BYTES];

    tile_path_format(ref, name);
    enum err err = disk_join(source->dir, name, path);
    return err == ERR_OK ? disk_read(path, bytes_max, out, out_len) : err;
}

static enum err
export_next(struct source *source, struct span *entry, struct problems *problems)
{
    struct tile_ref ref = tile_at(source, TILE_LEVEL_ENTRIES, source->leaf);
    enum err err = ERR_OK;

    if (source->leaf % TILE_WIDTH == 0) {
        size_t len = 0;
        free(source->bundle);
        source->bundle = NULL;
        err = read_tile_file(source, &ref, TILE_BUNDLE_MAX, &source->bundle, &len);
        source->rest = (struct span){source->bundle, len};
    }
    if (err == ERR_OK)
        err = tile_bundle_next(&source->rest, entry);
    /* A bundle ends with its last entry; what follows was put there. */
    if (err == ERR_OK && source->leaf % TILE_WIDTH == ref.width - 1 && source->rest.len > 0)
        err = ERR_FORMAT;
    if (err != ERR_OK) {
        char name[TILE_PATH_MAX + 1];
        tile_path_format(&ref, name);
        problems_add(problems, name, "get the export again, or keep this one as evidence",
                     "entry %llu cannot be read: the file is %s", (unsigned long long)source->leaf,
                     err == ERR_NOT_FOUND ? "missing" : "cut or altered");
        return err == ERR_NOMEM ? ERR_NOMEM : ERR_FORMAT;
    }
    source->leaf++;
    return ERR_OK;
}

enum err
source_next(struct source *source, struct span *entry, struct problems *problems)
{
    if (source->leaf == source->size)
        return ERR_NOT_FOUND;
    return source->dir != NULL ? export_next(source, entry, problems)
                               : source_relay_next(source, entry, problems);
}

enum err
source_tile_hash(struct source *source, uint64_t leaf, struct hash *out)
{
    struct tile_ref ref = tile_at(source, 0, leaf);
    size_t offset = (size_t)(leaf % TILE_WIDTH) * HASH_BYTES;

    if (source->dir == NULL)
        return ERR_NOT_FOUND;
    if (source->tile == NULL || source->tile_number != ref.number) {
        free(source->tile);
        source->tile = NULL;
        enum err err =
            read_tile_file(source, &ref, TILE_WIDTH * HASH_BYTES, &source->tile, &source->tile_len);
        if (err != ERR_OK)
            return ERR_NOT_FOUND;
        source->tile_number = ref.number;
    }
    if (source->tile_len < offset + HASH_BYTES)
        return ERR_NOT_FOUND;
    memcpy(out->bytes, source->tile + offset, HASH_BYTES);
    return ERR_OK;
}

struct span
source_document(struct source *source, const struct hash *hash)
{
    char name[sizeof "documents/" + 2 * HASH_BYTES] = "documents/";
    char path[DISK_PATH_BYTES];
    size_t len = 0;

    for (size_t i = 0; i < source->documents_count; i++)
        if (hash_is_equal(&source->documents[i].hash, hash))
            return (struct span){source->documents[i].bytes, source->documents[i].len};
    if (source->dir == NULL)
        return (struct span){NULL, 0};
    sodium_bin2hex(name + strlen(name), 2 * HASH_BYTES + 1, hash->bytes, HASH_BYTES);
    free(source->document);
    source->document = NULL;
    if (disk_join(source->dir, name, path) != ERR_OK ||
        disk_read(path, DOCUMENT_BYTES_MAX, &source->document, &len) != ERR_OK)
        return (struct span){NULL, 0};
    return (struct span){source->document, len};
}
