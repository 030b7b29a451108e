/*
 * Goal: whatever bytes come, notes, signature lines, verifier keys and checkpoints parse within
 * their bounds or are refused, and what parsed is written as it was.
 */
#include "proto/checkpoint.h"
#include "proto/note.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_key(struct span input)
{
    struct note_key key, again;
    char text[NOTE_VKEY_MAX + 1];

    if (note_key_parse(input, &key) != ERR_OK)
        return;
    size_t len = note_key_format(&key, text);
    assert(len <= NOTE_VKEY_MAX && (len == input.len || len + 1 == input.len));
    assert(!memcmp(text, input.data, len));
    assert(note_key_parse((struct span){(const uint8_t *)text, len}, &again) == ERR_OK);
    assert(again.id == key.id && strcmp(again.name, key.name) == 0);
}

static void
check_note(struct span input)
{
    static char out[NOTE_BYTES_MAX + 1];
    static struct note note;
    struct checkpoint checkpoint;
    size_t len = 0;

    if (note_parse(input, &note) != ERR_OK)
        return;
    assert(note.signatures_len >= 1 && note.signatures_len <= NOTE_SIGNATURES_MAX);
    assert(note.text.len < input.len && note.text.data[note.text.len - 1] == '\n');
    (void)(checkpoint_parse(note.text, &checkpoint) == ERR_OK);
    for (size_t i = 0; i < note.signatures_len; i++) {
        struct note_signature signature;
        assert(note_line_parse(note.signatures[i].line, &signature) == ERR_OK);
        assert(signature.key_id == note.signatures[i].key_id);
    }
    /* The last line is replaced by itself, so the note stays what it is but for its doubles. */
    if (note_add(input, note.signatures[note.signatures_len - 1].line, out, sizeof out, &len) ==
        ERR_OK)
        assert(len <= input.len &&
               note_parse((struct span){(const uint8_t *)out, len}, &note) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct note_signature signature;
    struct checkpoint checkpoint;
    struct span input = {data, len};

    check_note(input);
    check_key(input);
    if (note_line_parse(input, &signature) == ERR_OK)
        assert(signature.line.len == len);
    (void)(checkpoint_parse(input, &checkpoint) == ERR_OK);
    return 0;
}
