#include "proto/checkpoint.h"

#include "proto/hash.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { TIME_BYTES = 8, COSIGNED_MAX = 64 + CHECKPOINT_TEXT_MAX };

static_assert((size_t)TIME_BYTES + SIGNATURE_BYTES == (size_t)NOTE_SIGNATURE_KEPT);

/* What a witness signs: the time and the text under a header of its own. */
struct cosigned {
    size_t len;
    uint8_t bytes[COSIGNED_MAX];
};

size_t
checkpoint_format(const char *origin, const struct merkle_head *head,
                  char out[CHECKPOINT_OURS_MAX + 1])
{
    char root[NOTE_HASH_BASE64 + 1];

    note_format_hash(&head->root, root);
    int len = snprintf(out, CHECKPOINT_OURS_MAX + 1, "%s\n%llu\n%s\n", origin,
                       (unsigned long long)head->leaf_count, root);
    assert(len > 0 && len <= CHECKPOINT_OURS_MAX);
    return (size_t)len;
}

static bool
is_extension(struct span rest)
{
    struct span line;

    while (rest.len > 0) {
        if (!note_take_line(&rest, &line) || line.len == 0)
            return false;
    }
    return true;
}

enum err
checkpoint_parse(struct span text, struct checkpoint *out)
{
    struct checkpoint parsed;
    struct span rest = text, size, root;
    struct hash empty_root = hash_spans(NULL, 0);

    if (text.len > CHECKPOINT_TEXT_MAX)
        return ERR_FULL;
    if (!note_take_line(&rest, &parsed.origin) || parsed.origin.len == 0 ||
        !note_take_line(&rest, &size) || !note_take_line(&rest, &root) || !is_extension(rest))
        return ERR_FORMAT;
    enum err err = note_parse_hash(root, &parsed.head.root);
    if (err == ERR_OK)
        err = note_parse_number(size, MERKLE_LEAVES_MAX, &parsed.head.leaf_count);
    if (err != ERR_OK)
        return err;
    if (parsed.head.leaf_count == 0 && !hash_is_equal(&parsed.head.root, &empty_root))
        return ERR_FORMAT;
    parsed.extension = rest;
    *out = parsed;
    return ERR_OK;
}

static enum err
make_cosigned(struct span text, uint64_t time_s, struct cosigned *out)
{
    if (text.len > CHECKPOINT_TEXT_MAX)
        return ERR_FULL;
    int len = snprintf((char *)out->bytes, sizeof out->bytes, "cosignature/v1\ntime %llu\n",
                       (unsigned long long)time_s);
    assert(len > 0 && (size_t)len + text.len <= sizeof out->bytes);
    memcpy(out->bytes + len, text.data, text.len);
    out->len = (size_t)len + text.len;
    return ERR_OK;
}

enum err
checkpoint_cosign(struct span text, const struct note_key *key,
                  const uint8_t secret_key[NOTE_SECRET_KEY_BYTES], uint64_t time_ms,
                  struct note_line *out)
{
    uint8_t bytes[TIME_BYTES + SIGNATURE_BYTES];
    struct checkpoint parsed;
    struct cosigned message;
    enum err err = checkpoint_parse(text, &parsed);

    assert(key->type == NOTE_COSIGNATURE);
    if (err != ERR_OK)
        return err;
    if (time_ms > TIME_MS_MAX)
        return ERR_RANGE;
    err = make_cosigned(text, time_ms / SECOND_MS, &message);
    if (err != ERR_OK)
        return err;
    bytes_put_u64(bytes, time_ms / SECOND_MS);
    crypto_sign_detached(bytes + TIME_BYTES, NULL, message.bytes, message.len, secret_key);
    note_line_make(key, (struct span){bytes, sizeof bytes}, out);
    return ERR_OK;
}

enum err
checkpoint_check_cosignature(struct span text, const struct note_signature *signature,
                             const struct note_key *key, uint64_t *time_ms)
{
    struct cosigned message;

    if (key->type != NOTE_COSIGNATURE || !note_is_by(signature, key))
        return ERR_UNKNOWN;
    if (signature->bytes_len != TIME_BYTES + SIGNATURE_BYTES)
        return ERR_SIGNATURE;
    const uint64_t time_s = bytes_get_u64(signature->bytes);
    if (time_s > TIME_MS_MAX / SECOND_MS)
        return ERR_SIGNATURE;
    enum err err = make_cosigned(text, time_s, &message);
    if (err != ERR_OK)
        return err;
    if (crypto_sign_verify_detached(signature->bytes + TIME_BYTES, message.bytes, message.len,
                                    key->public_key.bytes) != 0)
        return ERR_SIGNATURE;
    *time_ms = time_s * SECOND_MS;
    return ERR_OK;
}

/* Check every line that claims to be by the log; at least one must be. */
static enum err
check_log(const struct note *note, const struct note_key *log)
{
    size_t valid = 0;

    for (size_t i = 0; i < note->signatures_len; i++) {
        enum err err = note_verify(note->text, &note->signatures[i], log);
        if (err == ERR_UNKNOWN)
            continue;
        if (err != ERR_OK)
            return err;
        valid++;
    }
    return valid > 0 ? ERR_OK : ERR_SIGNATURE;
}

/* Check every line that claims to be by witness `which`, and keep its newest time. */
static enum err
check_witness(const struct note *note, const struct note_key *key, size_t which,
              struct checkpoint_verified *out)
{
    uint64_t time_ms = 0;

    for (size_t i = 0; i < note->signatures_len; i++) {
        enum err err =
            checkpoint_check_cosignature(note->text, &note->signatures[i], key, &time_ms);
        if (err == ERR_UNKNOWN)
            continue;
        if (err != ERR_OK)
            return err;
        out->has_cosigned[which] = true;
        if (time_ms > out->cosigned_ms[which])
            out->cosigned_ms[which] = time_ms;
    }
    return ERR_OK;
}

static void
count_cosigners(struct checkpoint_verified *verified)
{
    for (size_t i = 0; i < WITNESSES_MAX; i++) {
        if (!verified->has_cosigned[i])
            continue;
        if (verified->cosigners == 0 || verified->cosigned_ms[i] < verified->oldest_ms)
            verified->oldest_ms = verified->cosigned_ms[i];
        if (verified->cosigned_ms[i] > verified->newest_ms)
            verified->newest_ms = verified->cosigned_ms[i];
        verified->cosigners++;
    }
}

enum err
checkpoint_verify(struct span note, const struct checkpoint_policy *policy,
                  struct checkpoint_verified *out)
{
    struct checkpoint_verified verified = {.cosigners = 0};
    struct checkpoint checkpoint;
    struct note parsed;
    enum err err = note_parse(note, &parsed);

    assert(policy->log->type == NOTE_ED25519);
    assert(policy->witnesses_len <= WITNESSES_MAX);
    if (err == ERR_OK)
        err = checkpoint_parse(parsed.text, &checkpoint);
    if (err != ERR_OK)
        return err;
    if (checkpoint.origin.len != strlen(policy->log->name) ||
        memcmp(checkpoint.origin.data, policy->log->name, checkpoint.origin.len) != 0)
        return ERR_UNKNOWN;
    err = check_log(&parsed, policy->log);
    for (size_t i = 0; err == ERR_OK && i < policy->witnesses_len; i++)
        err = check_witness(&parsed, &policy->witnesses[i], i, &verified);
    if (err != ERR_OK)
        return err;

    verified.head = checkpoint.head;
    count_cosigners(&verified);
    if (verified.cosigners < policy->quorum)
        return ERR_SIGNATURE;
    *out = verified;
    return ERR_OK;
}

uint64_t
checkpoint_time_ms(const struct checkpoint_verified *verified, size_t count)
{
    uint64_t best_ms = 0;

    assert(count > 0);
    for (size_t i = 0; i < WITNESSES_MAX; i++) {
        size_t as_new = 0;
        for (size_t j = 0; j < WITNESSES_MAX; j++) {
            if (verified->has_cosigned[j] && verified->cosigned_ms[j] >= verified->cosigned_ms[i])
                as_new++;
        }
        if (verified->has_cosigned[i] && as_new >= count && verified->cosigned_ms[i] > best_ms)
            best_ms = verified->cosigned_ms[i];
    }
    return best_ms;
}
