#include "clients/officer/io/read.h"

enum err
read_tell_ended(struct desk *desk, const struct id *id)
{
    problems_add(desk->problems, message_id_text(id).text, "ask its sender for it",
                 "its content has ended, and its attachments with it");
    return ERR_NOT_FOUND;
}

enum err
read_sound(struct desk *desk, const struct store_received *row, struct received **out,
           ProtobufCMessage **content)
{
    struct received *received = arena_alloc(desk->arena, sizeof *received);
    struct problems found = {0};

    if (received == NULL)
        return ERR_NOMEM;
    if (row->item.len == 0)
        return read_tell_ended(desk, &row->ref.id);
    enum err err = read_item(desk, row, received);
    if (err != ERR_OK)
        return err;
    if (received->is_tombstone)
        return read_tell_ended(desk, &row->ref.id);
    if (received->refusal == REFUSAL_NONE)
        err = read_content(desk, received, content, &found);
    if (err != ERR_OK || received->refusal != REFUSAL_NONE) {
        problems_add(desk->problems, message_id_text(&row->ref.id).text,
                     "see what is wrong with it: denrei show ID",
                     "the message may not count, and is not used");
        return err == ERR_OK || err == ERR_POLICY ? ERR_SIGNATURE : err;
    }
    *out = received;
    return ERR_OK;
}
