#include "clients/node/io/api_access.h"

#include "proto/bytes.h"
#include "proto/io/disk.h"

#include <pwd.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = API_TOKENS_MAX * (API_TOKEN_BYTES_MAX + 64) };

struct api_access {
    uint8_t key[crypto_generichash_KEYBYTES]; /* of the hashes, drawn at start */
    struct hash tokens[API_TOKENS_MAX];
    size_t tokens_count;
    uid_t users[ARGS_LIST_MAX + 1];
    size_t users_count;
};

static struct hash
hash_token(const struct api_access *access, struct span token)
{
    struct hash hash;

    crypto_generichash(hash.bytes, sizeof hash.bytes, token.data, token.len, access->key,
                       sizeof access->key);
    return hash;
}

static bool
is_token(struct span token)
{
    if (token.len < API_TOKEN_BYTES_MIN || token.len > API_TOKEN_BYTES_MAX)
        return false;
    for (size_t i = 0; i < token.len; i++) {
        uint8_t byte = token.data[i];
        bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        if (!is_letter && !(byte >= '0' && byte <= '9') && memchr("-._~+/=", byte, 7) == NULL)
            return false;
    }
    return true;
}

static enum err
take_line(struct api_access *access, struct span line, uint64_t number, const char *path,
          struct problems *problems)
{
    while (line.len > 0 && memchr(" \t\r", line.data[line.len - 1], 3) != NULL)
        line.len--;
    if (line.len == 0 || line.data[0] == '#')
        return ERR_OK;
    if (!is_token(line)) { /* whose text is a secret and is not shown */
        problems_add(problems, problem_path("%s, line %llu", path, (unsigned long long)number).text,
                     "put one token a line, 32 to 256 letters and digits: openssl rand -hex 32",
                     "this is no token");
        return ERR_FORMAT;
    }
    if (access->tokens_count == API_TOKENS_MAX) {
        problems_add(problems, path, "remove those that are not used", "it has more than %d tokens",
                     API_TOKENS_MAX);
        return ERR_FULL;
    }
    access->tokens[access->tokens_count++] = hash_token(access, line);
    return ERR_OK;
}

static enum err
read_tokens(struct api_access *access, const char *path, struct problems *problems)
{
    uint8_t *text = NULL; /* secret */
    size_t len = 0;
    uint64_t number = 1;
    enum err err = disk_read_secret(path, FILE_BYTES_MAX, &text, &len);

    if (err != ERR_OK)
        problems_add(problems, path, "let it be a file of yours that nobody else can read (0600)",
                     "the tokens cannot be read: %s", err_text(err));
    for (size_t at = 0; err == ERR_OK && at < len; number++) {
        const uint8_t *end = memchr(text + at, '\n', len - at);
        size_t line = end == NULL ? len - at : (size_t)(end - (text + at));
        err = take_line(access, (struct span){text + at, line}, number, path, problems);
        at += line + 1;
    }
    if (err == ERR_OK && access->tokens_count == 0) {
        problems_add(problems, path, "put one token a line: openssl rand -hex 32",
                     "there is no token in it");
        err = ERR_FORMAT;
    }
    sodium_free(text); /* wiped with it */
    return err;
}

static enum err
find_users(struct api_access *access, const struct args_list *users, struct problems *problems)
{
    access->users[access->users_count++] = geteuid();
    for (size_t i = 0; i < users->len; i++) {
        const struct passwd *entry = getpwnam(users->items[i]);
        if (entry == NULL) {
            problems_add(problems, "--allow-user", "name a user of this machine",
                         "there is no user \"%s\"", users->items[i]);
            return ERR_UNKNOWN;
        }
        access->users[access->users_count++] = entry->pw_uid;
    }
    return ERR_OK;
}

enum err
api_access_new(const char *path, const struct args_list *users, struct problems *problems,
               struct api_access **out)
{
    struct api_access *access = sodium_malloc(sizeof *access);
    enum err err = access == NULL ? ERR_NOMEM : ERR_OK;

    *out = NULL;
    if (err == ERR_OK) {
        memset(access, 0, sizeof *access);
        crypto_generichash_keygen(access->key);
        err = find_users(access, users, problems);
    }
    if (err == ERR_OK && path != NULL)
        err = read_tokens(access, path, problems);
    if (err == ERR_OK)
        *out = access;
    else
        api_access_free(&access);
    return err;
}

void
api_access_free(struct api_access **access)
{
    sodium_free(*access);
    *access = NULL;
}

bool
api_access_has_tokens(const struct api_access *access)
{
    return access->tokens_count > 0;
}

/* All tokens are compared, so that the time tells nothing. */
static bool
has_token(const struct api_access *access, struct span token)
{
    struct hash hash = hash_token(access, token);
    int found = 0;

    for (size_t i = 0; i < access->tokens_count; i++)
        found |= sodium_memcmp(hash.bytes, access->tokens[i].bytes, sizeof hash.bytes) == 0;
    return found != 0;
}

static bool
is_user(const struct api_access *access, int fd)
{
    struct ucred peer = {0};
    socklen_t len = sizeof peer;
    int family = 0;
    socklen_t family_len = sizeof family;

    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &family_len) != 0 || family != AF_UNIX ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 || len != sizeof peer)
        return false;
    for (size_t i = 0; i < access->users_count; i++) {
        if (peer.uid == access->users[i])
            return true;
    }
    return false;
}

bool
api_access_check(const struct api_access *access, const char *authorization, int fd)
{
    static const char SCHEME[] = "Bearer ";

    if (authorization == NULL)
        return is_user(access, fd);
    if (strncmp(authorization, SCHEME, sizeof SCHEME - 1) != 0)
        return false;
    const char *token = authorization + sizeof SCHEME - 1;
    return has_token(access, (struct span){(const uint8_t *)token, strlen(token)});
}
