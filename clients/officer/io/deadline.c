#include "clients/officer/io/deadline.h"

#include "clients/officer/io/casework.h"

enum err
deadline_find(struct desk *desk, const struct header *header, struct deadline *out)
{
    struct casework work;

    *out = (struct deadline){.member = NULL};
    if (header->kind != DENREI__V1__KIND__KIND_MLA)
        return ERR_OK;
    enum err err = casework_load(desk, &header->thread_id, desk->arena, &work);
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    if (err != ERR_OK || !work.is_begun || work.at.duties_count == 0)
        return err;
    const struct mla_duty *duty = &work.at.duties[0];
    *out = (struct deadline){.member = casework_member(&work, duty->party),
                             .due_ms = duty->due_ms,
                             .is_overdue = duty->due_ms != 0 && duty->due_ms < desk->now_ms};
    return ERR_OK;
}
