#include "proto/note.h"

#include "proto/base64.h"
#include "proto/hash.h"
#include "proto/wire.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    KEY_ID_BYTES = 4,
    TYPED_KEY_BYTES = 1 + KEY_BYTES,
    DIGITS_MAX = 19 /* nineteen nines fit 64 bits; longer exceeds INT64_MAX */
};

static_assert(NOTE_SECRET_KEY_BYTES == crypto_sign_SECRETKEYBYTES);
static_assert((size_t)SIGNATURE_BYTES <= (size_t)NOTE_SIGNATURE_KEPT);
static_assert(NOTE_KEY_BASE64 + 1 ==
              sodium_base64_ENCODED_LEN(TYPED_KEY_BYTES, sodium_base64_VARIANT_ORIGINAL));
static_assert(NOTE_BLOB_BASE64 + 1 == sodium_base64_ENCODED_LEN(KEY_ID_BYTES + NOTE_SIGNATURE_KEPT,
                                                                sodium_base64_VARIANT_ORIGINAL));

/* An em dash (U+2014) and a space begin a signature line. */
static const char DASH[] = "\xe2\x80\x94 ";
enum { DASH_LEN = sizeof DASH - 1 };

static const uint8_t *
find_byte(struct span text, char byte)
{
    return text.len == 0 ? NULL : memchr(text.data, byte, text.len);
}

/* Whether the bytes at the start of `text` are a space beyond ASCII (Unicode White_Space). */
static bool
is_wide_space(struct span text)
{
    static const char *const spaces[] = {
        "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\xa8",
        "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
    };

    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
        size_t len = strlen(spaces[i]);
        if (text.len >= len && memcmp(text.data, spaces[i], len) == 0)
            return true;
    }
    return text.len >= 3 && text.data[0] == 0xe2 && text.data[1] == 0x80 && text.data[2] >= 0x80 &&
           text.data[2] <= 0x8a; /* U+2000 to U+200A */
}

static bool
is_name(struct span name)
{
    if (name.len == 0 || !wire_is_utf8(name))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] <= ' ' || name.data[i] == '+' ||
            is_wide_space((struct span){name.data + i, name.len - i}))
            return false;
    }
    return true;
}

/* Whether a note can hold `text`: UTF-8 of whole lines, with no other control character. */
static bool
is_note_text(struct span text)
{
    if (text.len == 0 || text.data[text.len - 1] != '\n' || !wire_is_utf8(text))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < ' ' && text.data[i] != '\n')
            return false;
    }
    return true;
}

static void
put_typed_key(const struct note_key *key, uint8_t out[TYPED_KEY_BYTES])
{
    out[0] = (uint8_t)key->type;
    memcpy(out + 1, key->public_key.bytes, KEY_BYTES);
}

static uint32_t
compute_id(const struct note_key *key)
{
    uint8_t typed[TYPED_KEY_BYTES];
    struct span parts[] = {{(const uint8_t *)key->name, strlen(key->name)},
                           {(const uint8_t *)"\n", 1},
                           {typed, sizeof typed}};

    put_typed_key(key, typed);
    return bytes_get_u32(hash_spans(parts, 3).bytes);
}

enum err
note_key_make(const char *name, enum note_type type, const struct public_key *public_key,
              struct note_key *out)
{
    struct note_key key = {.type = type, .public_key = *public_key};
    size_t name_len = strlen(name);

    assert(type == NOTE_ED25519 || type == NOTE_COSIGNATURE);
    if (name_len > NOTE_NAME_MAX || !is_name((struct span){(const uint8_t *)name, name_len}))
        return ERR_FORMAT;
    if (crypto_core_ed25519_is_valid_point(public_key->bytes) != 1)
        return ERR_KEY;
    memcpy(key.name, name, name_len);
    key.id = compute_id(&key);
    *out = key;
    return ERR_OK;
}

/* Cut the first two `+` only: base64 may hold more of them. */
enum err
note_key_parse(struct span vkey, struct note_key *out)
{
    uint8_t typed[NOTE_BLOB_MAX]; /* an unknown algorithm's key may be long */
    char name[NOTE_NAME_MAX + 1] = {0}, hex[NOTE_KEY_ID_HEX + 1];
    struct public_key public_key;
    struct note_key key;
    size_t typed_len = 0;

    if (vkey.len > 0 && vkey.data[vkey.len - 1] == '\n')
        vkey.len--;
    const uint8_t *plus = find_byte(vkey, '+');
    size_t name_len = plus == NULL ? 0 : (size_t)(plus - vkey.data);
    size_t key_at = name_len + 1 + NOTE_KEY_ID_HEX + 1;
    if (name_len == 0 || name_len > NOTE_NAME_MAX || vkey.len <= key_at ||
        vkey.data[key_at - 1] != '+' || memchr(vkey.data, '\0', name_len) != NULL)
        return ERR_FORMAT;
    struct span base64 = {vkey.data + key_at, vkey.len - key_at};
    if (!base64_decode(base64, typed, sizeof typed, &typed_len) || typed_len == 0)
        return ERR_FORMAT;
    if (typed[0] != NOTE_ED25519 && typed[0] != NOTE_COSIGNATURE)
        return ERR_UNKNOWN;
    if (typed_len != TYPED_KEY_BYTES)
        return ERR_FORMAT;

    memcpy(name, vkey.data, name_len);
    memcpy(public_key.bytes, typed + 1, KEY_BYTES);
    enum err err = note_key_make(name, (enum note_type)typed[0], &public_key, &key);
    if (err != ERR_OK)
        return err;
    snprintf(hex, sizeof hex, "%08x", (unsigned)key.id);
    if (memcmp(hex, vkey.data + name_len + 1, NOTE_KEY_ID_HEX) != 0)
        return ERR_FORMAT;
    *out = key;
    return ERR_OK;
}

size_t
note_key_format(const struct note_key *key, char out[NOTE_VKEY_MAX + 1])
{
    uint8_t typed[TYPED_KEY_BYTES];
    char base64[NOTE_KEY_BASE64 + 1];

    put_typed_key(key, typed);
    sodium_bin2base64(base64, sizeof base64, typed, sizeof typed, sodium_base64_VARIANT_ORIGINAL);
    int len = snprintf(out, NOTE_VKEY_MAX + 1, "%s+%08x+%s", key->name, (unsigned)key->id, base64);
    assert(len > 0 && len <= NOTE_VKEY_MAX);
    return (size_t)len;
}

bool
note_is_by(const struct note_signature *signature, const struct note_key *key)
{
    return signature->key_id == key->id && signature->name.len == strlen(key->name) &&
           memcmp(signature->name.data, key->name, signature->name.len) == 0;
}

enum err
note_line_parse(struct span line, struct note_signature *out)
{
    uint8_t blob[NOTE_BLOB_MAX];
    size_t blob_len = 0;

    if (line.len <= DASH_LEN || memcmp(line.data, DASH, DASH_LEN) != 0 ||
        line.data[line.len - 1] != '\n')
        return ERR_FORMAT;
    struct span rest = {line.data + DASH_LEN, line.len - DASH_LEN - 1};
    const uint8_t *space = find_byte(rest, ' ');
    if (space == NULL)
        return ERR_FORMAT;
    struct span name = {rest.data, (size_t)(space - rest.data)};
    struct span base64 = {space + 1, rest.len - name.len - 1};
    if (!is_name(name) || !base64_decode(base64, blob, sizeof blob, &blob_len) ||
        blob_len <= KEY_ID_BYTES)
        return ERR_FORMAT;

    *out = (struct note_signature){
        .line = line,
        .name = name,
        .key_id = bytes_get_u32(blob),
        .bytes_len = blob_len - KEY_ID_BYTES,
    };
    if (out->bytes_len <= sizeof out->bytes)
        memcpy(out->bytes, blob + KEY_ID_BYTES, out->bytes_len);
    return ERR_OK;
}

/* The length of the text: up to the last empty line, for the text may hold others. 0 if none. */
static size_t
find_text_end(struct span note)
{
    for (size_t end = note.len; end >= 2; end--) {
        if (note.data[end - 1] == '\n' && note.data[end - 2] == '\n')
            return end - 1;
    }
    return 0;
}

enum err
note_parse(struct span note, struct note *out)
{
    if (note.len > NOTE_BYTES_MAX)
        return ERR_FULL;
    if (!is_note_text(note))
        return ERR_FORMAT;
    out->text = (struct span){note.data, find_text_end(note)};
    out->signatures_len = 0;
    if (out->text.len == 0)
        return ERR_FORMAT;

    struct span rest = {note.data + out->text.len + 1, note.len - out->text.len - 1}, line;
    while (note_take_line(&rest, &line)) { /* to the end, for the note ends with a newline */
        line.len++;
        if (out->signatures_len == NOTE_SIGNATURES_MAX)
            return ERR_FULL;
        enum err err = note_line_parse(line, &out->signatures[out->signatures_len]);
        if (err != ERR_OK)
            return err;
        out->signatures_len++;
    }
    return out->signatures_len == 0 ? ERR_FORMAT : ERR_OK;
}

enum err
note_verify(struct span text, const struct note_signature *signature, const struct note_key *key)
{
    if (key->type != NOTE_ED25519 || !note_is_by(signature, key))
        return ERR_UNKNOWN;
    if (signature->bytes_len != SIGNATURE_BYTES ||
        crypto_sign_verify_detached(signature->bytes, text.data, text.len, key->public_key.bytes) !=
            0)
        return ERR_SIGNATURE;
    return ERR_OK;
}

void
note_line_make(const struct note_key *key, struct span bytes, struct note_line *out)
{
    uint8_t blob[KEY_ID_BYTES + NOTE_SIGNATURE_KEPT];
    char base64[NOTE_BLOB_BASE64 + 1];

    assert(bytes.len <= NOTE_SIGNATURE_KEPT);
    bytes_put_u32(blob, key->id);
    memcpy(blob + KEY_ID_BYTES, bytes.data, bytes.len);
    sodium_bin2base64(base64, sizeof base64, blob, KEY_ID_BYTES + bytes.len,
                      sodium_base64_VARIANT_ORIGINAL);
    int len = snprintf(out->text, sizeof out->text, "%s%s %s\n", DASH, key->name, base64);
    assert(len > 0 && len <= NOTE_LINE_MAX);
    out->len = (size_t)len;
}

enum err
note_sign(struct span text, const struct note_key *key,
          const uint8_t secret_key[NOTE_SECRET_KEY_BYTES], struct note_line *out)
{
    uint8_t signature[SIGNATURE_BYTES];

    assert(key->type == NOTE_ED25519);
    if (!is_note_text(text))
        return ERR_FORMAT;
    crypto_sign_detached(signature, NULL, text.data, text.len, secret_key);
    note_line_make(key, (struct span){signature, sizeof signature}, out);
    return ERR_OK;
}

static char *
put_bytes(char *at, const void *data, size_t len)
{
    memcpy(at, data, len);
    return at + len;
}

enum err
note_format(struct span text, const struct note_line *lines, size_t count, char *out,
            size_t out_max, size_t *out_len)
{
    size_t len = 0;

    assert(count > 0);
    if (!is_note_text(text))
        return ERR_FORMAT;
    if (count > NOTE_SIGNATURES_MAX || text.len > NOTE_BYTES_MAX)
        return ERR_FULL;
    len = text.len + 1;
    for (size_t i = 0; i < count; i++)
        len += lines[i].len;
    if (len > NOTE_BYTES_MAX || len >= out_max)
        return ERR_FULL;

    char *at = put_bytes(out, text.data, text.len);
    at = put_bytes(at, "\n", 1);
    for (size_t i = 0; i < count; i++)
        at = put_bytes(at, lines[i].text, lines[i].len);
    *at = '\0';
    *out_len = len;
    return ERR_OK;
}

static bool
is_same_signer(const struct note_signature *a, const struct note_signature *b)
{
    return a->key_id == b->key_id && a->name.len == b->name.len &&
           memcmp(a->name.data, b->name.data, a->name.len) == 0;
}

enum err
note_add(struct span note, struct span line, char *out, size_t out_max, size_t *out_len)
{
    struct note parsed;
    struct note_signature added;
    size_t len = 0, kept = 0;
    enum err err = note_parse(note, &parsed);

    if (err == ERR_OK)
        err = note_line_parse(line, &added);
    if (err != ERR_OK)
        return err;
    len = parsed.text.len + 1 + line.len;
    for (size_t i = 0; i < parsed.signatures_len; i++) {
        if (is_same_signer(&parsed.signatures[i], &added))
            continue;
        len += parsed.signatures[i].line.len;
        kept++;
    }
    if (kept == NOTE_SIGNATURES_MAX || len > NOTE_BYTES_MAX || len >= out_max)
        return ERR_FULL;

    char *at = put_bytes(out, parsed.text.data, parsed.text.len + 1);
    for (size_t i = 0; i < parsed.signatures_len; i++) {
        if (!is_same_signer(&parsed.signatures[i], &added))
            at = put_bytes(at, parsed.signatures[i].line.data, parsed.signatures[i].line.len);
    }
    at = put_bytes(at, line.data, line.len);
    *at = '\0';
    *out_len = len;
    return ERR_OK;
}

bool
note_take_line(struct span *rest, struct span *line)
{
    const uint8_t *newline = find_byte(*rest, '\n');

    if (newline == NULL)
        return false;
    *line = (struct span){rest->data, (size_t)(newline - rest->data)};
    *rest = (struct span){newline + 1, rest->len - line->len - 1};
    return true;
}

enum err
note_parse_number(struct span digits, uint64_t most, uint64_t *out)
{
    uint64_t value = 0;

    assert(most <= INT64_MAX);
    if (digits.len == 0 || (digits.len > 1 && digits.data[0] == '0'))
        return ERR_FORMAT;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return ERR_FORMAT;
        if (i < DIGITS_MAX)
            value = value * 10 + (uint64_t)(digits.data[i] - '0');
    }
    if (digits.len > DIGITS_MAX || value > most)
        return ERR_RANGE;
    *out = value;
    return ERR_OK;
}

enum err
note_parse_hash(struct span base64, struct hash *out)
{
    struct hash hash = {{0}};
    size_t len = 0;

    if (base64.len != NOTE_HASH_BASE64 || !base64_decode(base64, hash.bytes, HASH_BYTES, &len) ||
        len != HASH_BYTES)
        return ERR_FORMAT;
    *out = hash;
    return ERR_OK;
}

void
note_format_hash(const struct hash *hash, char out[NOTE_HASH_BASE64 + 1])
{
    sodium_bin2base64(out, NOTE_HASH_BASE64 + 1, hash->bytes, HASH_BYTES,
                      sodium_base64_VARIANT_ORIGINAL);
}
