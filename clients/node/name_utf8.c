#include "clients/node/name_utf8.h"

#include <stdbool.h>

uint32_t
name_utf8_next(const char **text)
{
    static const uint32_t LEAST[] = {0, 0x80, 0x800, 0x10000};
    const uint8_t *at = (const uint8_t *)*text;
    size_t more = at[0] < 0x80 ? 0 : at[0] < 0xC2 ? 4 : at[0] < 0xE0 ? 1 : at[0] < 0xF0 ? 2 : 3;
    uint32_t point = more == 0 ? at[0] : more > 3 ? 0 : at[0] & (0x3FU >> more);

    (*text)++;
    if (more > 3 || at[0] > 0xF4)
        return NAME_UTF8_NONE;
    for (size_t i = 1; i <= more; i++) {
        if ((at[i] & 0xC0) != 0x80) /* a NUL too */
            return NAME_UTF8_NONE;
        point = point << 6 | (at[i] & 0x3FU);
    }
    if (point < LEAST[more] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
        return NAME_UTF8_NONE;
    *text += more;
    return point;
}

void
name_utf8_put(uint32_t point, char out[NAME_UTF8_BYTES])
{
    size_t more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const uint32_t FIRST[] = {0, 0xC0, 0xE0, 0xF0};

    for (size_t i = more; i > 0; i--) {
        out[i] = (char)(uint8_t)(0x80 | (point & 0x3F));
        point >>= 6;
    }
    out[0] = (char)(uint8_t)(FIRST[more] | point);
    out[more + 1] = '\0';
}

uint32_t
name_utf8_next_unit(const uint16_t *units, size_t len, size_t *at)
{
    uint32_t high = units[(*at)++];

    if (high < 0xD800 || high > 0xDFFF)
        return high;
    if (high > 0xDBFF || *at == len || units[*at] < 0xDC00 || units[*at] > 0xDFFF)
        return NAME_UTF8_NONE;
    return 0x10000 + ((high - 0xD800) << 10) + (units[(*at)++] - 0xDC00U);
}

void
name_utf8_put_unit(uint32_t point, uint16_t *units, size_t *len)
{
    bool is_long = point >= 0x10000;

    if (is_long)
        units[(*len)++] = (uint16_t)(0xD7C0 + (point >> 10));
    units[(*len)++] = (uint16_t)(is_long ? 0xDC00 + (point & 0x3FF) : point);
}
