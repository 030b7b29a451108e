#include "keys/held.h"

#include <stdlib.h>
#include <string.h>

enum {
    ARENA_FACTOR = 12,  /* what a document needs when decoded, by its size */
    DOCUMENTS_FIRST = 4 /* room that a list of documents begins with */
};

void
held_free(struct held **held)
{
    if (*held != NULL)
        arena_free(&(*held)->arena);
    free(*held);
    *held = NULL;
}

void
held_list_clear(struct held_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        held_free(&list->list[i]);
    free(list->list);
    *list = (struct held_list){0};
}

enum err
held_list_make_room(struct held_list *list)
{
    size_t room = list->room == 0 ? DOCUMENTS_FIRST : 2 * list->room;
    struct held **grown = NULL;

    if (list->count < list->room)
        return ERR_OK;
    grown = realloc(list->list, room * sizeof *grown);
    if (grown == NULL)
        return ERR_NOMEM;
    list->list = grown;
    list->room = room;
    return ERR_OK;
}

void
held_list_insert(struct held_list *list, size_t place, struct held *held)
{
    memmove(&list->list[place + 1], &list->list[place], (list->count - place) * sizeof held);
    list->list[place] = held;
    list->count++;
}

size_t
held_list_place(const struct held_list *list, uint64_t version)
{
    size_t low = 0, high = list->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->list[middle]->version < version)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct held *
held_list_in_force(const struct held_list *list, uint64_t leaf)
{
    for (size_t i = list->count; i > 0; i--) {
        struct held *held = list->list[i - 1];
        if (leaf == TRUST_UNLOGGED || (held->leaf != TRUST_UNLOGGED && held->leaf < leaf))
            return held;
    }
    return NULL;
}

enum err
held_new(const struct hash *federation, Denrei__V1__DocumentType type, struct span bytes,
         struct held **out)
{
    size_t room = bytes.len * ARENA_FACTOR + ARENA_EXTRA_BYTES;
    struct held *held = calloc(1, sizeof *held);
    struct hash own;
    enum err err = ERR_OK;

    *out = NULL;
    if (held == NULL)
        return ERR_NOMEM;
    if (bytes.len > DOCUMENT_BYTES_MAX) {
        err = ERR_FORMAT;
        goto done;
    }
    err = arena_new(room < ARENA_BYTES_MAX ? room : ARENA_BYTES_MAX, &held->arena);
    if (err != ERR_OK)
        goto done;
    held->bytes = (struct span){arena_copy(held->arena, bytes.data, bytes.len), bytes.len};
    err = held->bytes.data == NULL ? ERR_NOMEM
                                   : document_decode(held->bytes, held->arena, &held->document);
    if (err != ERR_OK)
        goto done;
    own = directory_federation(held->document.body);
    if (federation == NULL)
        federation = &own;
    if (type == DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY)
        err = directory_decode(held->document.body, held->arena, &held->directory);
    else
        err = roster_decode(federation, held->document.body, held->arena, &held->roster);
    if (err != ERR_OK)
        goto done;
    held->version = type == DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY ? held->directory.version
                                                                          : held->roster.version;
    held->hash = document_hash(federation, type, held->document.body);
    held->leaf = TRUST_UNLOGGED;
    *out = held;
    held = NULL; /* now the caller's */

done:
    held_free(&held);
    return err;
}

enum err
held_list_set_leaf(struct held_list *list, size_t place, uint64_t leaf)
{
    struct held *held = list->list[place];

    if (leaf == TRUST_UNLOGGED || held->leaf != TRUST_UNLOGGED)
        return ERR_OK;
    for (size_t i = 0; i < list->count; i++) {
        uint64_t other = list->list[i]->leaf;
        if (other != TRUST_UNLOGGED && (i < place ? other >= leaf : other <= leaf))
            return ERR_STALE;
    }
    held->leaf = leaf;
    return ERR_OK;
}
