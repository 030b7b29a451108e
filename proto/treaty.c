#include "proto/treaty.h"

#include "proto/date_text.h"
#include "proto/limits.h"

#include <assert.h>
#include <string.h>

size_t
treaty_count(void)
{
    return denrei_treaties_count;
}

const struct treaty *
treaty_at(size_t index)
{
    assert(index < denrei_treaties_count);
    return denrei_treaties[index];
}

const struct treaty *
treaty_find(const char *legal_basis)
{
    const struct treaty *found = NULL;
    size_t found_len = 0;

    for (size_t i = 0; i < denrei_treaties_count; i++) {
        const char *id = denrei_treaties[i]->id;
        const size_t len = strlen(id);
        const bool is_begin = strncmp(legal_basis, id, len) == 0;
        if (is_begin && (legal_basis[len] == '\0' || legal_basis[len] == '.') && len > found_len) {
            found = denrei_treaties[i];
            found_len = len;
        }
    }
    return found;
}

const struct treaty_party *
treaty_find_party(const struct treaty *treaty, const char *country)
{
    const struct treaty_party *other = NULL;

    for (size_t i = 0; i < treaty->parties_count; i++) {
        if (strcmp(treaty->parties[i].country, country) == 0)
            return &treaty->parties[i];
        if (strcmp(treaty->parties[i].country, "*") == 0)
            other = &treaty->parties[i];
    }
    return other;
}

const struct treaty_refusal *
treaty_find_refusal(const struct treaty *treaty, Denrei__V1__MlaGround ground)
{
    for (size_t i = 0; i < treaty->refusals_count; i++) {
        if (treaty->refusals[i].ground == ground)
            return &treaty->refusals[i];
    }
    return NULL;
}

const struct treaty_content *
treaty_find_content(const struct treaty *treaty, const char *path)
{
    for (size_t i = 0; i < treaty->contents_count; i++) {
        if (strcmp(treaty->contents[i].path, path) == 0)
            return &treaty->contents[i];
    }
    return NULL;
}

bool
treaty_may(const struct treaty *treaty, const char *country, const Denrei__V1__Role *roles,
           size_t roles_count, bool is_sending)
{
    const struct treaty_party *party = treaty_find_party(treaty, country);

    for (size_t i = 0; i < treaty->authorities_count && party != NULL; i++) {
        const struct treaty_authority *authority = &treaty->authorities[i];
        const bool is_its =
            strcmp(authority->country, party->country) == 0 || strcmp(authority->country, "*") == 0;
        if (!is_its || !(is_sending ? authority->may_send : authority->may_receive))
            continue;
        for (size_t j = 0; j < roles_count; j++) {
            if (roles[j] == authority->role)
                return true;
        }
    }
    return false;
}

uint64_t
treaty_deadline_ms(const struct treaty *treaty, enum treaty_deadline deadline, uint64_t begun_ms)
{
    const uint32_t days = treaty->deadlines[deadline].days;

    if (days == 0 || begun_ms > TIME_MS_MAX)
        return 0;
    return date_text_to_ms(date_text_add_days(date_text_from_ms(begun_ms), days)) + DAY_MS - 1;
}
