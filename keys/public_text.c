#include "keys/public_text.h"

#include "proto/base64.h"
#include "proto/hash.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { BASE64 = sodium_base64_VARIANT_ORIGINAL };

static_assert(PUBLIC_BASE64_BYTES == sodium_base64_ENCODED_LEN(KEY_BYTES, BASE64));

static const char *const USES[] = {
    [DENREI__V1__KEY_USE__KEY_USE_UNSPECIFIED] = "unknown",
    [DENREI__V1__KEY_USE__KEY_USE_ROOT] = "root",
    [DENREI__V1__KEY_USE__KEY_USE_AUTHORITY] = "authority",
    [DENREI__V1__KEY_USE__KEY_USE_SIGNING] = "signing",
    [DENREI__V1__KEY_USE__KEY_USE_MAILBOX] = "mailbox",
    [DENREI__V1__KEY_USE__KEY_USE_ENCRYPTION] = "encryption",
    [DENREI__V1__KEY_USE__KEY_USE_TRANSPORT] = "transport",
    [DENREI__V1__KEY_USE__KEY_USE_RELAY] = "relay",
    [DENREI__V1__KEY_USE__KEY_USE_LOG] = "log",
    [DENREI__V1__KEY_USE__KEY_USE_WITNESS] = "witness",
};

enum { USES_COUNT = sizeof USES / sizeof USES[0] };

const char *
public_text_use(Denrei__V1__KeyUse use)
{
    return (unsigned)use < USES_COUNT ? USES[use] : USES[0];
}

struct public_fingerprint
public_text_fingerprint(Denrei__V1__KeyUse use, const struct public_key *key)
{
    uint8_t use_byte = (uint8_t)use;
    struct span parts[] = {{&use_byte, 1}, {key->bytes, KEY_BYTES}};
    struct hash hash = hash_spans(parts, 2);
    struct public_fingerprint out;

    sodium_bin2hex(out.text, sizeof out.text, hash.bytes, (sizeof out.text - 1) / 2);
    return out;
}

struct public_base64
public_text_base64(const struct public_key *key)
{
    struct public_base64 out;

    sodium_bin2base64(out.text, sizeof out.text, key->bytes, KEY_BYTES, BASE64);
    return out;
}

struct public_line
public_text_line(Denrei__V1__KeyUse use, const struct public_key *key, const char *label)
{
    struct public_line line;
    struct public_base64 base64 = public_text_base64(key);
    struct public_fingerprint fingerprint = public_text_fingerprint(use, key);

    snprintf(line.text, sizeof line.text, "%s %s %s %.*s", public_text_use(use), base64.text,
             fingerprint.text, KEYFILE_LABEL_MAX, label);
    return line;
}

enum err
public_text_get_base64(const char *text, struct public_key *out)
{
    struct public_key key = {{0}};
    size_t len = 0;

    if (!base64_decode((struct span){(const uint8_t *)text, strlen(text)}, key.bytes,
                       sizeof key.bytes, &len) ||
        len != KEY_BYTES)
        return ERR_FORMAT;
    *out = key;
    return ERR_OK;
}

/* One line's use and key. */
static enum err
get_line(const char *line, Denrei__V1__KeyUse *use, struct public_key *key)
{
    char word[16] = "", base64[PUBLIC_BASE64_BYTES] = "";
    char fingerprint[PUBLIC_FINGERPRINT_BYTES] = "";
    int end = 0;

    static_assert(PUBLIC_BASE64_BYTES == 45 && PUBLIC_FINGERPRINT_BYTES == 17);
    if (sscanf(line, "%15s %44s %16s%n", word, base64, fingerprint, &end) != 3 ||
        (line[end] != ' ' && line[end] != '\0') || public_text_get_base64(base64, key) != ERR_OK)
        return ERR_FORMAT;
    for (unsigned i = 1; i < USES_COUNT; i++) {
        if (strcmp(word, USES[i]) != 0)
            continue;
        *use = (Denrei__V1__KeyUse)i;
        return strcmp(public_text_fingerprint(*use, key).text, fingerprint) == 0 ? ERR_OK
                                                                                 : ERR_FORMAT;
    }
    return ERR_FORMAT;
}

enum err
public_text_find(struct span text, Denrei__V1__KeyUse use, struct public_key *out)
{
    struct public_key key, found = {{0}};
    Denrei__V1__KeyUse key_use = DENREI__V1__KEY_USE__KEY_USE_UNSPECIFIED;
    size_t found_count = 0;

    for (size_t from = 0; from < text.len;) {
        char line[PUBLIC_LINE_BYTES];
        const uint8_t *end = memchr(text.data + from, '\n', text.len - from);
        size_t len = end == NULL ? text.len - from : (size_t)(end - (text.data + from));
        if (len >= sizeof line)
            return ERR_FORMAT;
        memcpy(line, text.data + from, len);
        line[len] = '\0';
        from += len + 1;
        if (line[strspn(line, " \t\r")] == '\0' || line[0] == '#')
            continue;
        if (get_line(line, &key_use, &key) != ERR_OK)
            return ERR_FORMAT;
        if (key_use == use) {
            found = key;
            found_count++;
        }
    }
    if (found_count != 1)
        return found_count == 0 ? ERR_NOT_FOUND : ERR_CONFLICT;
    *out = found;
    return ERR_OK;
}
