/*
 * Goal: whatever file is given as a passenger list, PAXLST or CSV, it is refused with a reason, or
 * read into travellers whose texts are UTF-8; and what is not complete says why.
 * Input: the file.
 */
#include "clients/node/passenger_csv.h"
#include "clients/node/paxlst.h"
#include "proto/limits.h"
#include "proto/wire.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_text(const char *text)
{
    assert(wire_is_utf8((struct span){(const uint8_t *)text, strlen(text)}));
}

static void
check_passenger(const struct passenger *passenger)
{
    struct date_text date;

    check_text(passenger->family);
    check_text(passenger->given);
    check_text(passenger->nationality);
    check_text(passenger->seat);
    check_text(passenger->locator);
    assert(passenger->birth[0] == '\0' || date_text_parse(passenger->birth, &date) == ERR_OK);
    assert(strlen(passenger->sex) <= 1);
    assert(passenger->documents_count <= PASSENGER_DOCUMENTS_MAX);
    for (size_t i = 0; i < passenger->documents_count; i++) {
        check_text(passenger->documents[i].number);
        check_text(passenger->documents[i].state);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct arena *arena;
    struct span text = {data, len};
    struct problems problems = {0};
    struct passenger_list list = {.count = 0};

    if (arena == NULL && arena_new(ARENA_BYTES_MAX, &arena) != ERR_OK)
        return 0;
    arena_reset(arena);
    enum err err = paxlst_is_likely(text) ? paxlst_parse(text, (struct date_text){2026, 11, 24},
                                                         arena, &list, &problems)
                                          : passenger_csv_parse(text, arena, &list, &problems);
    if (err == ERR_FORMAT)
        assert(problems.count > 0 && problems.list[0].cure[0] != '\0');
    if (err != ERR_OK)
        return 0;
    for (size_t i = 0; i < list.count; i++) {
        check_passenger(&list.passengers[i]);
        assert(list.passengers[i].damage[0] == '\0' || !list.is_complete);
    }
    assert(list.is_complete == problems_is_empty(&problems));
    return 0;
}
