#include "relay/mailbox.h"

#include <stdlib.h>
#include <string.h>

struct mailboxes {
    size_t count;
    struct mailbox *by_number[MAILBOXES_MAX];
    struct mailbox *by_member[MAILBOXES_MAX]; /* ascending */
    size_t changed_count;
    struct mailbox *changed[MAILBOXES_MAX];
};

enum err
mailboxes_new(struct mailboxes **out)
{
    *out = calloc(1, sizeof **out);
    return *out == NULL ? ERR_NOMEM : ERR_OK;
}

void
mailboxes_free(struct mailboxes **mailboxes)
{
    if (*mailboxes != NULL)
        for (size_t i = 0; i < (*mailboxes)->count; i++)
            free((*mailboxes)->by_number[i]);
    free(*mailboxes);
    *mailboxes = NULL;
}

/* The place of the first member that is not before `member`. */
static size_t
lower_bound(const struct mailboxes *mailboxes, const char *member)
{
    size_t low = 0;
    size_t high = mailboxes->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(mailboxes->by_member[middle]->member, member) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct mailbox *
mailboxes_find(const struct mailboxes *mailboxes, const char *member)
{
    size_t place = lower_bound(mailboxes, member);

    if (place == mailboxes->count || strcmp(mailboxes->by_member[place]->member, member) != 0)
        return NULL;
    return mailboxes->by_member[place];
}

static void
mark_changed(struct mailboxes *mailboxes, struct mailbox *mailbox)
{
    mailbox->is_changed = true;
    mailboxes->changed[mailboxes->changed_count++] = mailbox;
}

enum err
mailboxes_open(struct mailboxes *mailboxes, const char *member, struct mailbox **out)
{
    struct mailbox *mailbox = mailboxes_find(mailboxes, member);

    if (mailbox == NULL) {
        if (!message_is_member_id(member))
            return ERR_FORMAT;
        if (mailboxes->count == MAILBOXES_MAX)
            return ERR_FULL;
        mailbox = calloc(1, sizeof *mailbox);
        if (mailbox == NULL)
            return ERR_NOMEM;
        size_t place = lower_bound(mailboxes, member);
        memcpy(mailbox->member, member, strlen(member) + 1);
        mailbox->number = (uint32_t)mailboxes->count;
        memmove(&mailboxes->by_member[place + 1], &mailboxes->by_member[place],
                (mailboxes->count - place) * sizeof *mailboxes->by_member);
        mailboxes->by_member[place] = mailbox;
        mailboxes->by_number[mailboxes->count++] = mailbox;
    }
    if (!mailbox->is_changed)
        mark_changed(mailboxes, mailbox);
    *out = mailbox;
    return ERR_OK;
}

size_t
mailboxes_count(const struct mailboxes *mailboxes)
{
    return mailboxes->count;
}

struct mailbox *
mailboxes_at(const struct mailboxes *mailboxes, size_t number)
{
    return mailboxes->by_number[number];
}

struct mailbox *
mailboxes_take_changed(struct mailboxes *mailboxes)
{
    if (mailboxes->changed_count == 0)
        return NULL;
    struct mailbox *mailbox = mailboxes->changed[--mailboxes->changed_count];
    mailbox->is_changed = false;
    return mailbox;
}

struct slot
mailbox_add(struct mailbox *mailbox, Denrei__V1__Lane lane)
{
    uint64_t *last =
        lane == DENREI__V1__LANE__LANE_FLASH ? &mailbox->flash_last : &mailbox->rest_last;

    mailbox->unacknowledged++;
    return (struct slot){lane, ++*last};
}

void
mailbox_acknowledge(struct mailbox *mailbox)
{
    if (mailbox->unacknowledged > 0)
        mailbox->unacknowledged--;
}

bool
mailbox_has_news(const struct mailbox *mailbox, const struct mailbox_position *position)
{
    return mailbox->flash_last > position->flash_after || mailbox->rest_last > position->rest_after;
}

bool
mailbox_next(const struct mailbox *mailbox, struct mailbox_position *position, struct slot *out)
{
    bool has_flash = mailbox->flash_last > position->flash_after;
    bool has_rest = mailbox->rest_last > position->rest_after;

    if (has_flash && (!has_rest || position->flash_run < FLASH_RUN_MAX)) {
        if (position->flash_run < FLASH_RUN_MAX)
            position->flash_run++;
        *out = (struct slot){DENREI__V1__LANE__LANE_FLASH, ++position->flash_after};
        return true;
    }
    if (!has_rest)
        return false;
    position->flash_run = 0;
    *out = (struct slot){DENREI__V1__LANE__LANE_REST, ++position->rest_after};
    return true;
}
