#include "clients/officer/inbox.h"

#include "clients/officer/officer.h"

#include <string.h>

static bool
read_id(const char *option, const char *text, struct message_id_range *out,
        struct problems *problems)
{
    if (text == NULL)
        return false;
    if (message_id_parse(text, out) == ERR_OK)
        return true;
    problems_add(problems, option, "give the first digits of an id, as in 0193a5b2-c3d4",
                 "\"%s\" is no beginning of an id", text);
    return false;
}

enum err
inbox_filter_read(const struct inbox_words *words, struct inbox_filter *out,
                  struct problems *problems)
{
    const size_t before = problems->count;
    struct inbox_filter filter = {.from = words->from,
                                  .is_unread = words->unread,
                                  .since_ms = words->since_ms,
                                  .until_ms = words->until_ms};

    if (words->kind != NULL && (filter.kind = kind_find_name(words->kind)) == NULL)
        kind_report_unknown(problems, "--kind", words->kind);
    if (words->priority != NULL)
        filter.priority = officer_priority(words->priority, problems);
    filter.has_thread = read_id("--thread", words->thread, &filter.thread, problems);
    filter.has_id = read_id("--id", words->id, &filter.id, problems);
    if (words->until_ms != 0 && words->until_ms <= words->since_ms)
        problems_add(problems, "--until", "give a later time",
                     "it is not after --since, so nothing can lie between them");
    if (problems->count != before)
        return ERR_USAGE;
    *out = filter;
    return ERR_OK;
}

static bool
is_in(const struct message_id_range *range, const struct id *id)
{
    return memcmp(range->low.bytes, id->bytes, ID_BYTES) <= 0 &&
           memcmp(id->bytes, range->high.bytes, ID_BYTES) <= 0;
}

bool
inbox_filter_takes(const struct inbox_filter *filter, const struct header *header, uint64_t time_ms,
                   bool is_read)
{
    return (filter->kind == NULL || filter->kind->number == header->kind) &&
           (filter->from == NULL || strcmp(filter->from, header->from) == 0) &&
           (filter->priority == 0 || filter->priority == header->priority) &&
           (!filter->has_thread || is_in(&filter->thread, &header->thread_id)) &&
           (!filter->has_id || is_in(&filter->id, &header->id)) &&
           (!filter->is_unread || !is_read) && time_ms >= filter->since_ms &&
           (filter->until_ms == 0 || time_ms < filter->until_ms);
}
