/*
 * Goal: whatever bytes come as a name, its forms keep their bounds, come back from their encoding,
 * agree wholly with themselves, and compare alike from both sides.
 * Input: two names with a NUL between them.
 */
#include "clients/node/name_key.h"
#include "clients/node/person.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { TEXT_BYTES_MAX = 1024 };

static struct name_spoken spoken[2];

static size_t
read_name(const char *text, const char *language, struct name_form forms[NAME_FORMS_OF_TEXT])
{
    const struct name_text name = {.full = text, .language = language};
    size_t count = name_form_read(&name, forms);

    assert(count <= NAME_FORMS_OF_TEXT);
    for (size_t i = 0; i < count; i++) {
        uint8_t bytes[NAME_FORM_BYTES_MAX];
        struct name_form back = {0};
        struct name_keys keys;
        struct name_match match;
        assert(forms[i].parts_count > 0 && forms[i].parts_count <= NAME_PARTS_MAX);
        assert(forms[i].family_count <= forms[i].parts_count);
        size_t bytes_len = name_form_encode(&forms[i], bytes);
        assert(name_form_decode((struct span){bytes, bytes_len}, &back) == bytes_len);
        assert(back.parts_count == forms[i].parts_count && back.writing == forms[i].writing);
        name_spoken_init(&spoken[0], &forms[i]);
        name_spoken_init(&spoken[1], &back);
        name_compare(&spoken[0], &spoken[1], &match);
        assert(match.score == 100);
        name_key_make(&spoken[0], NULL, 0, &keys);
        assert(keys.count > 0 && keys.count <= NAME_KEYS_MAX);
    }
    return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct name_form left[NAME_FORMS_OF_TEXT], right[NAME_FORMS_OF_TEXT];
    char text[TEXT_BYTES_MAX];
    char words[PERSON_REASON_BYTES];
    struct name_match match, back;

    if (len + 2 > sizeof text)
        return 0;
    memcpy(text, data, len);
    text[len] = text[len + 1] = '\0';
    size_t left_count = read_name(text, "zh", left);
    size_t right_count = read_name(text + strlen(text) + (strlen(text) < len ? 1 : 0), "", right);
    if (left_count == 0 || right_count == 0)
        return 0;
    name_spoken_init(&spoken[0], &left[0]);
    name_spoken_init(&spoken[1], &right[0]);
    name_compare(&spoken[0], &spoken[1], &match);
    name_compare(&spoken[1], &spoken[0], &back);
    assert(match.score == back.score && match.score <= 100);
    name_compare_words(&match, &left[0], &right[0], words, sizeof words);
    assert(strlen(words) < sizeof words);
    return 0;
}
