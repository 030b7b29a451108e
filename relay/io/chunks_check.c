/* The files of attachments against the seals that name them. */
#include "relay/io/chunks_inner.h"

#include "proto/hash.h"
#include "proto/merkle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct chunk_file file;
    uint8_t room[ATTACHMENT_SEALED_MAX];
};

/* Each chunk by the leaf hashes, which lead to the root or are wrong themselves. */
static void
check_file(struct reading *reading, const char *path, const struct attachment *attachment,
           uint32_t number, void (*tell)(void *, uint32_t, uint32_t), void *context)
{
    size_t len = 0;

    if (chunk_file_open(path, false, &reading->file) != ERR_OK) {
        tell(context, number, 0);
        return;
    }
    const struct chunk_file *file = &reading->file;
    bool is_right = file->attachment.bytes == attachment->bytes;
    struct hash root = {0};
    if (is_right)
        root = attachment_root(file->leaves, file->chunks);
    if (!is_right || !hash_is_equal(&root, &attachment->hash))
        tell(context, number, 0);
    for (uint32_t i = 0; is_right && i < file->chunks; i++) {
        enum err err = chunk_file_get(file, i, reading->room, &len);
        struct hash leaf = {0};
        if (err == ERR_OK)
            leaf = merkle_leaf_hash((struct span){reading->room, len});
        if (err != ERR_OK || !hash_is_equal(&leaf, &file->leaves[i]))
            tell(context, number, i + 1);
    }
    chunk_file_close(&reading->file);
}

enum err
chunks_check(const char *dir, const char *from, const struct id *id, const struct seal *seal,
             void (*tell)(void *context, uint32_t attachment, uint32_t chunk), void *context)
{
    char path[DISK_PATH_BYTES], name[sizeof CHUNKS_DIR + CHUNKS_NAME_BYTES];
    struct reading *reading = malloc(sizeof *reading);

    if (reading == NULL)
        return ERR_NOMEM;
    for (uint32_t i = 0; i < seal->attachments_count; i++) {
        struct chunks_name file = {.id = *id, .index = i};
        memcpy(file.member, from, strnlen(from, MEMBER_ID_MAX));
        memcpy(name, CHUNKS_DIR "/", sizeof CHUNKS_DIR);
        chunks_file_name(&file, name + sizeof CHUNKS_DIR);
        if (disk_join(dir, name, path) != ERR_OK)
            tell(context, i + 1, 0);
        else
            check_file(reading, path, &seal->attachments[i], i + 1, tell, context);
    }
    free(reading);
    return ERR_OK;
}
