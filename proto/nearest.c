#include "proto/nearest.h"

#include <stdint.h>
#include <string.h>

enum { PREFIX_MIN = 3 };

static char
fold(char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return (char)(letter - 'A' + 'a');
    return letter == '-' || letter == ' ' ? '_' : letter;
}

static uint8_t
least(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;

    return (uint8_t)(ab < c ? ab : c);
}

/* Optimal string alignment: insertions, deletions, changes and swaps that turn `a` into `b`. */
static size_t
distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    uint8_t rows[3][NEAREST_WORD_BYTES_MAX + 1] = {0};
    uint8_t *before = rows[0], *last = rows[1], *row = rows[2];

    for (size_t j = 0; j <= b_len; j++)
        last[j] = (uint8_t)j;
    for (size_t i = 1; i <= a_len; i++) {
        row[0] = (uint8_t)i;
        for (size_t j = 1; j <= b_len; j++) {
            unsigned change = fold(a[i - 1]) == fold(b[j - 1]) ? 0 : 1;
            row[j] = least(last[j] + 1U, row[j - 1] + 1U, last[j - 1] + change);
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
                fold(a[i - 2]) == fold(b[j - 1]))
                row[j] = least(row[j], before[j - 2] + 1U, UINT8_MAX);
        }
        uint8_t *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[b_len];
}

void
nearest_init(struct nearest *nearest, const char *word)
{
    *nearest = (struct nearest){.word = word};
}

void
nearest_offer(struct nearest *nearest, const char *name)
{
    size_t word_len = strlen(nearest->word), name_len = strlen(name);
    size_t longer = word_len > name_len ? word_len : name_len;

    if (longer > NEAREST_WORD_BYTES_MAX)
        return;
    size_t apart = distance(nearest->word, word_len, name, name_len);
    if (word_len >= PREFIX_MIN && word_len < name_len &&
        distance(nearest->word, word_len, name, word_len) == 0)
        apart = 1; /* somebody stopped typing */
    if (apart > longer / 3)
        return;

    size_t place = nearest->count;
    while (place > 0 && apart < nearest->distances[place - 1])
        place--;
    if (place == NEAREST_MAX)
        return;
    if (nearest->count < NEAREST_MAX)
        nearest->count++;
    for (size_t i = nearest->count - 1; i > place; i--) {
        nearest->names[i] = nearest->names[i - 1];
        nearest->distances[i] = nearest->distances[i - 1];
    }
    nearest->names[place] = name;
    nearest->distances[place] = apart;
}
