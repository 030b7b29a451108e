#include "clients/officer/io/enclose.h"

#include "clients/io/attach.h"
#include "proto/wire.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The files of the command line. */
struct names {
    const char *list[ATTACHMENTS_MAX];
    size_t count;
};

static enum err
add_name(struct desk *desk, struct names *names, const char *name)
{
    if (names->count == ATTACHMENTS_MAX) {
        problems_add(desk->problems, "--attach", "send the others with a second message",
                     "more than %d files are named", (int)ATTACHMENTS_MAX);
        return ERR_USAGE;
    }
    names->list[names->count++] = name;
    return ERR_OK;
}

/* --attach a.jpg,b.pdf --attach c.pdf; a comma may as well be part of a file's name. */
static enum err
split_names(struct desk *desk, struct names *names)
{
    const struct args_list *list = &desk->options->attach;
    enum err err = ERR_OK;

    *names = (struct names){.count = 0};
    for (size_t i = 0; err == ERR_OK && i < list->len; i++) {
        if (access(list->items[i], F_OK) == 0) {
            err = add_name(desk, names, list->items[i]);
            continue;
        }
        char *rest = arena_copy(desk->arena, list->items[i], strlen(list->items[i]));
        if (rest == NULL)
            return ERR_NOMEM;
        for (char *name = strsep(&rest, ","); err == ERR_OK && name != NULL;
             name = strsep(&rest, ","))
            err = add_name(desk, names, name);
    }
    return err;
}

/* One file: its entry, and with `is_final` its key, its hash and its ciphertext. */
static enum err
enclose_one(struct desk *desk, const struct order *order, const char *path, uint32_t index,
            bool is_final, Denrei__V1__AttachedFile *entry)
{
    struct attachment_key *key = arena_alloc(desk->arena, sizeof *key);
    struct hash *hash = arena_alloc(desk->arena, sizeof *hash);
    struct attach_file file;
    struct progress progress;

    if (key == NULL || hash == NULL)
        return ERR_NOMEM;
    memset(key, 0, sizeof *key);
    memset(hash, 0, sizeof *hash);
    enum err err = attach_open(path, order->kind->attachments, &file, desk->problems);
    if (err != ERR_OK)
        return err;
    if (is_final) {
        *key = attachment_draw_key();
        progress_begin(&progress, DESK_PROGRAM, "encrypting attachment", file.bytes,
                       desk->options->json);
        err = attach_encrypt(&file, key, state_dir(desk->state), &order->id, index, &progress, hash,
                             desk->problems);
        progress_end(&progress);
    }
    attach_close(&file);
    if (err != ERR_OK)
        return err;
    denrei__v1__attached_file__init(entry);
    entry->name = wire_put_text(file.name);
    entry->media_type = wire_put_text(file.type->media);
    entry->bytes = file.bytes;
    entry->hash = wire_put(hash->bytes, sizeof hash->bytes);
    entry->key = wire_put(key->bytes, sizeof key->bytes);
    return ERR_OK;
}

static enum err
enclose(struct desk *desk, const struct order *order, bool is_final, struct span *content)
{
    Denrei__V1__AttachedFile *entries = NULL, **list = NULL;
    ProtobufCMessage *message = NULL;
    struct names names;

    if (desk->options->attach.len == 0)
        return ERR_OK;
    if (order->kind->attachments == 0) {
        problems_add(desk->problems, "--attach", "leave it out", "no file goes with a %s",
                     order->kind->word);
        return ERR_USAGE;
    }
    enum err err = split_names(desk, &names);
    if (err == ERR_OK)
        err = wire_decode(order->kind->content, *content, desk->arena, &message);
    if (err != ERR_OK)
        return err;
    entries = arena_alloc(desk->arena, names.count * sizeof *entries);
    list = arena_alloc(desk->arena, names.count * sizeof *list);
    if (entries == NULL || list == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < names.count; i++) {
        enum err one = enclose_one(desk, order, names.list[i], (uint32_t)i, is_final, &entries[i]);
        list[i] = &entries[i];
        if (one != ERR_OK && is_final)
            return one; /* what is wrong with a file was told of all before */
        err = err == ERR_OK ? one : err;
    }
    if (err != ERR_OK)
        return err;
    attachment_set_files(message, list, names.count);
    err = wire_encode(message, desk->arena, content);
    if (err == ERR_OK && content->len > CONTENT_BYTES_MAX) {
        problems_add(desk->problems, "content", "send it as several messages",
                     "with its attachments it has more than %d bytes", (int)CONTENT_BYTES_MAX);
        return ERR_RANGE;
    }
    return err;
}

enum err
enclose_look(struct desk *desk, const struct order *order, struct span *content)
{
    return enclose(desk, order, false, content);
}

enum err
enclose_encrypt(struct desk *desk, const struct order *order, struct span *content)
{
    enum err err = enclose(desk, order, true, content);

    if (err != ERR_OK && desk->options->attach.len > 0)
        outbox_remove(state_dir(desk->state), &order->id);
    return err;
}
