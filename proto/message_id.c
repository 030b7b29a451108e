#include "proto/message_id.h"

#include <sodium.h>
#include <string.h>

enum { TEXT_SIGNS_MIN = 6 };

struct id
message_id_new(uint64_t now_ms)
{
    struct id id;

    randombytes_buf(id.bytes, sizeof id.bytes);
    for (size_t i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)(now_ms >> (40 - 8 * i));
    id.bytes[6] = (uint8_t)(0x70 | (id.bytes[6] & 0x0f)); /* version 7 */
    id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f)); /* variant of RFC 9562 */
    return id;
}

struct id
message_id_thread_new(void)
{
    struct id id;

    do
        randombytes_buf(id.bytes, sizeof id.bytes);
    while (message_id_is_text(&id));
    return id;
}

bool
message_id_is_text(const struct id *id)
{
    size_t signs = 0, zeros = 0;

    while (signs < ID_BYTES && id->bytes[signs] > ' ' && id->bytes[signs] <= '~')
        signs++;
    while (signs + zeros < ID_BYTES && id->bytes[signs + zeros] == 0)
        zeros++;
    return signs >= TEXT_SIGNS_MIN && signs + zeros == ID_BYTES;
}

struct message_id_text
message_id_text(const struct id *id)
{
    static const char digits[] = "0123456789abcdef";
    struct message_id_text out = {0};
    char *at = out.text;

    for (size_t i = 0; i < sizeof id->bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        *at++ = digits[id->bytes[i] >> 4];
        *at++ = digits[id->bytes[i] & 0x0f];
    }
    return out;
}

static int
digit_value(char sign)
{
    if (sign >= '0' && sign <= '9')
        return sign - '0';
    if (sign >= 'a' && sign <= 'f')
        return sign - 'a' + 10;
    if (sign >= 'A' && sign <= 'F')
        return sign - 'A' + 10;
    return -1;
}

enum err
message_id_parse(const char *text, struct message_id_range *out)
{
    struct message_id_range range;
    size_t digits = 0;

    memset(&range.low, 0, sizeof range.low);
    memset(&range.high, 0xff, sizeof range.high);
    for (; *text != '\0'; text++) {
        if (*text == '-')
            continue;
        int value = digit_value(*text);
        if (value < 0 || digits == 2 * sizeof range.low.bytes)
            return ERR_FORMAT;
        unsigned shift = digits % 2 == 0 ? 4 : 0;
        uint8_t *low = &range.low.bytes[digits / 2], *high = &range.high.bytes[digits / 2];
        *low = (uint8_t)(*low | value << shift);
        *high = (uint8_t)(*high & ~((0x0f ^ value) << shift));
        digits++;
    }
    if (digits == 0)
        return ERR_FORMAT;
    *out = range;
    return ERR_OK;
}
