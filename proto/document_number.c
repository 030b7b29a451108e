#include "proto/document_number.h"

#include <string.h>

/* The full-width forms of ASCII are U+FF01 to U+FF5E; the ideographic blank is U+3000. */
static const char *
read_ascii(const char *text, char *out)
{
    const uint8_t *bytes = (const uint8_t *)text;
    uint32_t point = 0;

    if (bytes[0] < 0x80) {
        *out = text[0];
        return text + 1;
    }
    if ((bytes[0] & 0xf0) != 0xe0 || (bytes[1] & 0xc0) != 0x80 || (bytes[2] & 0xc0) != 0x80)
        return NULL;
    point = (bytes[0] & 0x0fU) << 12 | (bytes[1] & 0x3fU) << 6 | (bytes[2] & 0x3fU);
    if (point >= 0xff01 && point <= 0xff5e)
        *out = (char)(point - 0xff01 + '!');
    else if (point == 0x3000 || point == 0x2010 || point == 0x2212)
        *out = ' '; /* a blank, a hyphen, a minus: they go */
    else
        return NULL;
    return text + 3;
}

static bool
is_normal(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

enum err
document_number_normalise(const char *text, struct document_number *out)
{
    struct document_number number = {0};
    size_t len = 0;

    while (*text != '\0') {
        char c = 0;
        text = read_ascii(text, &c);
        if (text == NULL)
            return ERR_FORMAT;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (strchr(" \t-./<", c) != NULL)
            continue;
        if (!is_normal(c))
            return ERR_FORMAT;
        if (len + 1 == DOCUMENT_NUMBER_BYTES)
            return ERR_FULL;
        number.text[len++] = c;
    }
    if (len == 0)
        return ERR_FORMAT;
    *out = number;
    return ERR_OK;
}

bool
document_number_is_normal(const char *text)
{
    size_t len = 0;

    for (; text[len] != '\0'; len++) {
        if (!is_normal(text[len]) || len + 1 == DOCUMENT_NUMBER_BYTES)
            return false;
    }
    return len > 0;
}

char
document_number_check_digit(const char *text, size_t len)
{
    static const unsigned weights[3] = {7, 3, 1};
    unsigned sum = 0;

    for (size_t i = 0; i < len; i++) {
        const char c = text[i];
        const unsigned value = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                               : c >= 'A' && c <= 'Z' ? (unsigned)(c - 'A') + 10
                                                      : 0;
        sum = (sum + value * weights[i % 3]) % 10;
    }
    return (char)('0' + sum);
}

/* Where the run of digits at the end begins; the length if there is none. */
static size_t
find_digits(const char *number, size_t len)
{
    size_t at = len;

    while (at > 0 && number[at - 1] >= '0' && number[at - 1] <= '9')
        at--;
    return at;
}

enum err
document_number_count_range(const char *first, const char *last, uint32_t *out)
{
    const size_t len = strlen(first), at = find_digits(first, len);
    uint64_t distance = 0;

    if (!document_number_is_normal(first) || !document_number_is_normal(last))
        return ERR_FORMAT;
    if (strlen(last) != len || at == len || find_digits(last, len) != at ||
        memcmp(first, last, at) != 0)
        return ERR_FORMAT;
    if (memcmp(first, last, len) > 0)
        return ERR_RANGE;
    /* Horner's rule over the differences: never negative from the first nonzero one on. */
    for (size_t i = at; i < len; i++) {
        distance = distance * 10 + (uint64_t)last[i] - (uint64_t)first[i];
        if (distance > UINT64_MAX / 100)
            return ERR_FULL;
    }
    if (distance >= DOCUMENT_RANGE_MAX)
        return ERR_FULL;
    *out = (uint32_t)distance + 1;
    return ERR_OK;
}
