/*
 * Goal: whatever content strict wire lets through, the kinds' rules judge it without a crash, say
 * the same twice, and speak UTF-8 with a cure for each problem.
 * Input: a byte that chooses the kind, one that chooses the context, then the wire.
 */
#include "proto/kind.h"
#include "proto/limits.h"
#include "proto/wire.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const Denrei__V1__Role roles[] = {DENREI__V1__ROLE__ROLE_CENTRAL_AUTHORITY,
                                         DENREI__V1__ROLE__ROLE_FOREIGN_MINISTRY};
static const char *const states[] = {"JPN"};

static struct kind_context
make_context(uint8_t bits)
{
    struct kind_context context = {.action = (Denrei__V1__Action)(1 + (bits & 3) % 3),
                                   .use_restriction = DENREI__V1__USE_RESTRICTION__USE_H3,
                                   .tlp = DENREI__V1__TLP__TLP_AMBER,
                                   .sender = "jp.mofa",
                                   .roles = roles,
                                   .roles_count = bits >> 2 & 1,
                                   .states = states,
                                   .states_count = bits >> 3 & 1,
                                   .created_at_ms = UINT64_C(1709812800000),
                                   .expires_at_ms = UINT64_C(1709812800000) + 366 * DAY_MS,
                                   .legal_basis = "a-b",
                                   .recipients_count = 1,
                                   .recipient = "kr.moj",
                                   .is_group = (bits >> 4 & 1) != 0,
                                   .has_in_reply_to = (bits >> 5 & 1) != 0,
                                   .in_reply_to_from = (bits >> 6 & 1) != 0 ? "jp.mofa" : "kr.moj",
                                   .thread_from = (bits >> 7 & 1) != 0 ? "jp.mofa" : ""};

    if (!context.has_in_reply_to)
        context.in_reply_to_from = "";
    return context;
}

static bool
is_utf8(const char *text)
{
    return wire_is_utf8((struct span){(const uint8_t *)text, strlen(text)});
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct arena *arena;
    static struct problems problems, again;
    ProtobufCMessage *content = NULL;

    if (len < 2 || (arena == NULL && arena_new(ARENA_BYTES_MAX, &arena) != ERR_OK))
        return 0;
    const struct kind_type *kind = kind_at(data[0] % kind_count());
    const struct kind_context context = make_context(data[1]);
    if (wire_decode(kind->content, (struct span){data + 2, len - 2}, arena, &content) == ERR_OK) {
        memset(&problems, 0, sizeof problems);
        memset(&again, 0, sizeof again);
        kind_validate(kind, content, &context, &problems);
        kind_validate(kind, content, &context, &again);
        assert(memcmp(&problems, &again, sizeof problems) == 0);
        for (size_t i = 0; i < problems.count; i++)
            assert(is_utf8(problems.list[i].wrong) && problems.list[i].cure[0] != '\0');
    }
    arena_reset(arena);
    return 0;
}
