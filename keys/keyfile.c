#include "keys/keyfile.h"

#include "proto/base64.h"
#include "proto/message.h"
#include "proto/wire.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINE_CHARS = 76,
    SALT_BYTES = crypto_pwhash_SALTBYTES,
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    KEY_FILE_KEY_BYTES = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    HEAD_BYTES = 512, /* both first lines */
    BASE64 = sodium_base64_VARIANT_ORIGINAL
};

static const char MAGIC[] = "denrei-key v1 ";
static const char WITH_PASSPHRASE[] = " passphrase";
static const char PLAIN[] = " plain";
static const char ALGORITHM[] = "argon2id ";

/* The lines before the content. */
struct head {
    char label[KEYFILE_LABEL_MAX + 1];
    bool needs_passphrase;
    unsigned long long operations;
    size_t memory_bytes;
    uint8_t salt[SALT_BYTES];
    uint8_t nonce[NONCE_BYTES];
    size_t len; /* of these lines, their line feeds included */
};

void
keyfile_clear(struct keyfile *keyfile)
{
    for (size_t i = 0; i < KEYFILE_KEYS_MAX; i++)
        identity_free(&keyfile->keys[i]);
    *keyfile = (struct keyfile){0};
}

const struct identity *
keyfile_find(const struct keyfile *keyfile, Denrei__V1__KeyUse use)
{
    for (size_t i = 0; i < keyfile->keys_count; i++) {
        if (identity_use(keyfile->keys[i]) == use)
            return keyfile->keys[i];
    }
    return NULL;
}

/* ---- the first lines */

/* The line that begins at `from`, without its line feed; false if there is no whole line. */
static bool
get_line(struct span text, size_t from, struct span *line)
{
    if (from >= text.len)
        return false;
    const uint8_t *end = memchr(text.data + from, '\n', text.len - from);
    if (end == NULL)
        return false;
    *line = (struct span){text.data + from, (size_t)(end - (text.data + from))};
    return true;
}

static bool
ends_with(struct span line, const char *suffix)
{
    size_t len = strlen(suffix);

    return line.len >= len && memcmp(line.data + line.len - len, suffix, len) == 0;
}

static enum err
get_first_line(struct span text, struct head *head)
{
    size_t magic = sizeof MAGIC - 1, suffix = 0;
    struct span line = {NULL, 0};

    if (!get_line(text, 0, &line) || line.len < magic || memcmp(line.data, MAGIC, magic) != 0)
        return ERR_FORMAT;
    head->needs_passphrase = ends_with(line, WITH_PASSPHRASE);
    if (!head->needs_passphrase && !ends_with(line, PLAIN))
        return ERR_FORMAT;
    suffix = head->needs_passphrase ? sizeof WITH_PASSPHRASE - 1 : sizeof PLAIN - 1;
    if (line.len <= magic + suffix || line.len - magic - suffix > KEYFILE_LABEL_MAX)
        return ERR_FORMAT;

    struct span label = {line.data + magic, line.len - magic - suffix};
    if (!wire_is_utf8(label))
        return ERR_FORMAT;
    memcpy(head->label, label.data, label.len);
    head->label[label.len] = '\0';
    head->len = line.len + 1;
    return document_is_line(head->label, KEYFILE_LABEL_MAX) ? ERR_OK : ERR_FORMAT;
}

/* A decimal number up to the next space, which is passed over. */
static bool
get_number(const char **at, unsigned long long *out)
{
    size_t len = strspn(*at, "0123456789");
    char *end = NULL;

    if (len == 0 || len > 12 || (*at)[len] != ' ' || (*at)[0] == '0')
        return false;
    *out = strtoull(*at, &end, 10);
    *at += len + 1;
    return true;
}

/* `bytes` in base64 up to `end_char`, which is passed over unless it is the end. */
static bool
get_base64(const char **at, char end_char, uint8_t *out, size_t bytes)
{
    size_t len = 0;
    size_t chars = sodium_base64_encoded_len(bytes, BASE64) - 1;

    if (strnlen(*at, chars + 1) < chars || (*at)[chars] != end_char ||
        !base64_decode((struct span){(const uint8_t *)*at, chars}, out, bytes, &len) ||
        len != bytes)
        return false;
    *at += chars + (end_char != '\0');
    return true;
}

/* Too little is a downgrade, too much an attack on our memory (SECURITY C7). */
static bool
is_cost_in_bounds(const struct head *head)
{
    return head->operations >= crypto_pwhash_argon2id_OPSLIMIT_MODERATE &&
           head->operations <= crypto_pwhash_argon2id_OPSLIMIT_SENSITIVE &&
           head->memory_bytes >= crypto_pwhash_argon2id_MEMLIMIT_MODERATE &&
           head->memory_bytes <= crypto_pwhash_argon2id_MEMLIMIT_SENSITIVE;
}

static enum err
get_second_line(struct span text, struct head *head)
{
    char line[HEAD_BYTES];
    struct span bytes = {NULL, 0};
    const char *at = line + sizeof ALGORITHM - 1;
    unsigned long long memory = 0;

    if (!get_line(text, head->len, &bytes) || bytes.len >= sizeof line)
        return ERR_FORMAT;
    memcpy(line, bytes.data, bytes.len);
    line[bytes.len] = '\0';
    if (strncmp(line, ALGORITHM, sizeof ALGORITHM - 1) != 0 ||
        !get_number(&at, &head->operations) || !get_number(&at, &memory) ||
        !get_base64(&at, ' ', head->salt, SALT_BYTES) ||
        !get_base64(&at, '\0', head->nonce, NONCE_BYTES) || (size_t)(at - line) != bytes.len)
        return ERR_FORMAT;
    head->memory_bytes = memory;
    head->len += bytes.len + 1;
    return is_cost_in_bounds(head) ? ERR_OK : ERR_FORMAT;
}

static enum err
get_head(struct span text, struct head *head)
{
    enum err err = ERR_OK;

    *head = (struct head){0};
    if (text.len > KEYFILE_BYTES_MAX)
        return ERR_FORMAT;
    err = get_first_line(text, head);
    if (err == ERR_OK && head->needs_passphrase)
        err = get_second_line(text, head);
    return err;
}

enum err
keyfile_peek(struct span text, bool *needs_passphrase, char label[KEYFILE_LABEL_MAX + 1])
{
    struct head head = {0};
    enum err err = get_first_line(text, &head);

    if (err != ERR_OK)
        return err;
    *needs_passphrase = head.needs_passphrase;
    memcpy(label, head.label, sizeof head.label);
    return ERR_OK;
}

/* ---- the content, encrypted or not */

static enum err
derive_key(const struct head *head, struct span passphrase, uint8_t key[KEY_FILE_KEY_BYTES])
{
    if (crypto_pwhash(key, KEY_FILE_KEY_BYTES, (const char *)passphrase.data, passphrase.len,
                      head->salt, head->operations, head->memory_bytes,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return ERR_NOMEM; /* with parameters in bounds it fails in no other way */
    return ERR_OK;
}

/* Decrypt in place: `bytes` has `*len` of ciphertext before and of plaintext after. */
static enum err
decrypt(const struct head *head, struct span text, struct span passphrase, uint8_t *bytes,
        size_t *len)
{
    uint8_t key[KEY_FILE_KEY_BYTES] = {0}; /* secret */
    unsigned long long plain_len = 0;
    enum err err = ERR_OK;

    if (*len < TAG_BYTES)
        return ERR_FORMAT;
    err = derive_key(head, passphrase, key);
    if (err == ERR_OK &&
        crypto_aead_xchacha20poly1305_ietf_decrypt(bytes, &plain_len, NULL, bytes, *len, text.data,
                                                   head->len, head->nonce, key) != 0)
        err = ERR_PASSPHRASE;
    if (err == ERR_OK)
        *len = (size_t)plain_len;
    sodium_memzero(key, sizeof key);
    return err;
}

static enum err
get_identities(const Denrei__V1__KeyFile *wire, struct keyfile *out)
{
    if (wire->n_keys == 0 || wire->n_keys > KEYFILE_KEYS_MAX)
        return ERR_FORMAT;
    for (size_t i = 0; i < wire->n_keys; i++) {
        const Denrei__V1__SecretKey *key = wire->keys[i];
        if (key->use == DENREI__V1__KEY_USE__KEY_USE_UNSPECIFIED || key->seed.len != SEED_BYTES ||
            (i > 0 && wire->keys[i - 1]->use >= key->use))
            return ERR_FORMAT;
        enum err err = identity_from_seed(key->use, key->seed.data, &out->keys[i]);
        if (err != ERR_OK)
            return err;
        out->keys_count++;
    }
    return ERR_OK;
}

/* `content` is a KeyFile message in the clear. */
static enum err
get_content(struct span content, const char *label, struct keyfile *out)
{
    struct arena *arena = NULL;
    ProtobufCMessage *message = NULL;
    struct keyfile keyfile = {0};
    enum err err = arena_new(KEYFILE_BYTES_MAX + ARENA_EXTRA_BYTES, &arena);

    if (err != ERR_OK)
        return err;
    err = wire_decode(&denrei__v1__key_file__descriptor, content, arena, &message);
    if (err != ERR_OK)
        goto done;
    const Denrei__V1__KeyFile *wire = (const Denrei__V1__KeyFile *)message;
    if (strcmp(wire->label, label) != 0 || wire->credential.len > sizeof keyfile.credential) {
        err = ERR_FORMAT;
        goto done;
    }
    err = get_identities(wire, &keyfile);
    if (err != ERR_OK)
        goto done;
    memcpy(keyfile.label, label, strlen(label));
    if (wire->credential.len > 0)
        memcpy(keyfile.credential, wire->credential.data, wire->credential.len);
    keyfile.credential_len = wire->credential.len;
    *out = keyfile;
    keyfile = (struct keyfile){0}; /* now the caller's */

done:
    keyfile_clear(&keyfile);
    arena_free(&arena); /* wipes the decoded seeds */
    return err;
}

enum err
keyfile_decode(struct span text, struct span passphrase, struct keyfile *out)
{
    struct head head;
    uint8_t *bytes = NULL; /* secret when plain or decrypted */
    const char *end = NULL;
    size_t len = 0;
    enum err err = ERR_OK;

    *out = (struct keyfile){0};
    err = get_head(text, &head);
    if (err != ERR_OK)
        return err;
    bytes = sodium_malloc(text.len);
    if (bytes == NULL)
        return ERR_NOMEM;
    const char *base64 = (const char *)text.data + head.len;
    size_t base64_len = text.len - head.len;
    if (sodium_base642bin(bytes, text.len, base64, base64_len, "\n", &len, &end, BASE64) != 0 ||
        end != base64 + base64_len) {
        err = ERR_FORMAT;
        goto done;
    }
    if (head.needs_passphrase)
        err = decrypt(&head, text, passphrase, bytes, &len);
    if (err == ERR_OK)
        err = get_content((struct span){bytes, len}, head.label, out);

done:
    sodium_free(bytes); /* wipes */
    return err;
}

/* ---- writing */

static enum err
put_content(const struct keyfile *keyfile, struct arena *arena, struct span *out)
{
    Denrei__V1__KeyFile wire = DENREI__V1__KEY_FILE__INIT;
    Denrei__V1__SecretKey keys[KEYFILE_KEYS_MAX];
    Denrei__V1__SecretKey *pointers[KEYFILE_KEYS_MAX];

    if (keyfile->keys_count == 0 || keyfile->keys_count > KEYFILE_KEYS_MAX ||
        !document_is_line(keyfile->label, KEYFILE_LABEL_MAX))
        return ERR_FORMAT;
    for (size_t i = 0; i < keyfile->keys_count; i++) {
        const struct identity *id = keyfile->keys[i];
        if (i > 0 && identity_use(keyfile->keys[i - 1]) >= identity_use(id))
            return ERR_FORMAT;
        denrei__v1__secret_key__init(&keys[i]);
        keys[i].use = identity_use(id);
        keys[i].seed = wire_put(identity_seed(id), SEED_BYTES);
        pointers[i] = &keys[i];
    }
    wire.label = wire_put_text(keyfile->label);
    wire.keys = pointers;
    wire.n_keys = keyfile->keys_count;
    wire.credential = wire_put(keyfile->credential, keyfile->credential_len);
    return wire_encode(&wire.base, arena, out);
}

/* The first lines into `text`; the length of them. */
static size_t
put_head(const struct head *head, char text[HEAD_BYTES])
{
    char salt[sodium_base64_ENCODED_LEN(SALT_BYTES, BASE64)];
    char nonce[sodium_base64_ENCODED_LEN(NONCE_BYTES, BASE64)];
    int len = 0;

    if (!head->needs_passphrase)
        len = snprintf(text, HEAD_BYTES, "%s%s%s\n", MAGIC, head->label, PLAIN);
    else
        len = snprintf(text, HEAD_BYTES, "%s%s%s\n%s%llu %zu %s %s\n", MAGIC, head->label,
                       WITH_PASSPHRASE, ALGORITHM, head->operations, head->memory_bytes,
                       sodium_bin2base64(salt, sizeof salt, head->salt, SALT_BYTES, BASE64),
                       sodium_bin2base64(nonce, sizeof nonce, head->nonce, NONCE_BYTES, BASE64));
    assert(len > 0 && len < HEAD_BYTES);
    return (size_t)len;
}

static enum err
encrypt(const struct head *head, struct span head_text, struct span passphrase, struct arena *arena,
        struct span *content)
{
    uint8_t key[KEY_FILE_KEY_BYTES] = {0}; /* secret */
    uint8_t *sealed = arena_alloc(arena, content->len + TAG_BYTES);
    unsigned long long len = 0;
    enum err err = ERR_NOMEM;

    if (sealed == NULL)
        return ERR_NOMEM;
    err = derive_key(head, passphrase, key);
    if (err == ERR_OK) {
        crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, &len, content->data, content->len,
                                                   head_text.data, head_text.len, NULL, head->nonce,
                                                   key);
        *content = (struct span){sealed, (size_t)len};
    }
    sodium_memzero(key, sizeof key);
    return err;
}

/* Head and content as one text, the content in base64 and in lines. */
static enum err
put_text(struct span head_text, struct span content, struct arena *arena, struct span *out)
{
    size_t chars = sodium_base64_encoded_len(content.len, BASE64) - 1;
    char *base64 = arena_alloc(arena, chars + 1);
    char *text = arena_alloc(arena, head_text.len + chars + chars / LINE_CHARS + 1);
    size_t len = head_text.len;

    if (base64 == NULL || text == NULL)
        return ERR_NOMEM;
    sodium_bin2base64(base64, chars + 1, content.data, content.len, BASE64);
    memcpy(text, head_text.data, head_text.len);
    for (size_t from = 0; from < chars; from += LINE_CHARS) {
        size_t piece = chars - from < LINE_CHARS ? chars - from : LINE_CHARS;
        memcpy(text + len, base64 + from, piece);
        text[len + piece] = '\n';
        len += piece + 1;
    }
    *out = (struct span){(uint8_t *)text, len};
    return ERR_OK;
}

enum err
keyfile_encode(const struct keyfile *keyfile, struct span passphrase, struct arena *arena,
               struct span *out)
{
    struct head head = {
        .needs_passphrase = passphrase.len > 0,
        .operations = crypto_pwhash_argon2id_OPSLIMIT_MODERATE,
        .memory_bytes = crypto_pwhash_argon2id_MEMLIMIT_MODERATE,
    };
    char text[HEAD_BYTES];
    struct span content = {NULL, 0};
    enum err err = put_content(keyfile, arena, &content);

    if (err != ERR_OK)
        return err;
    memcpy(head.label, keyfile->label, sizeof head.label);
    randombytes_buf(head.salt, sizeof head.salt);
    randombytes_buf(head.nonce, sizeof head.nonce);
    struct span head_text = {(const uint8_t *)text, put_head(&head, text)};
    if (head.needs_passphrase)
        err = encrypt(&head, head_text, passphrase, arena, &content);
    if (err != ERR_OK)
        return err;
    return put_text(head_text, content, arena, out);
}
