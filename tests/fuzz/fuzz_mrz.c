/*
 * Goal: whatever text comes, mrz_parse refuses it and says why, or reads what can be written again
 * into fields that keep their bounds.
 * Input: the text.
 */
#include "proto/mrz.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { TEXT_BYTES_MAX = 512 };

static void
check_zone(const struct mrz *mrz, const struct problems *problems)
{
    size_t wrong = 0;

    for (enum mrz_check check = 0; check < MRZ_CHECK_COUNT; check++)
        wrong += !mrz->digits[check].is_right;
    assert(wrong == mrz->wrong_count && wrong == problems->count);
    assert(document_number_is_normal(mrz->number.text));
    assert(strlen(mrz->family) > 0 && strlen(mrz->family) + strlen(mrz->given) < MRZ_NAME_BYTES);
    assert(strlen(mrz->issuing_state) <= 3 && strlen(mrz->nationality) <= 3);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct problems problems = {0};
    char text[TEXT_BYTES_MAX];
    struct mrz mrz;

    if (len >= sizeof text)
        return 0;
    memcpy(text, data, len);
    text[len] = '\0';
    if (mrz_parse(text, &mrz, &problems) == ERR_OK)
        check_zone(&mrz, &problems);
    else
        assert(problems.count > 0 && problems.list[0].cure[0] != '\0');
    return 0;
}
