/*
 * api_access.h - who may ask the screening API: holders of a token, and local users by the
 * credentials of their socket.
 *
 * Host.  Of a token only a keyed hash is kept, and it is compared in constant time.
 */
#ifndef CLIENTS_NODE_IO_API_ACCESS_H
#define CLIENTS_NODE_IO_API_ACCESS_H

#include "proto/err.h"
#include "proto/io/args.h"
#include "proto/problem.h"

#include <sys/types.h>

enum { API_TOKENS_MAX = 64, API_TOKEN_BYTES_MIN = 32, API_TOKEN_BYTES_MAX = 256 };

struct api_access;

/*
 * Read the tokens of the secret file at `path` (NULL: none), one a line of 32 to 256 characters,
 * letters, digits and -._~+/=; lines that begin with # are comments.  `users` are names of local
 * users beside this process's own.  On ERR_OK the caller must api_access_free *out.
 * ERR_FORMAT: a line is no token, or there is none.  ERR_FULL: more than API_TOKENS_MAX.
 * ERR_UNKNOWN: no such user.  Else as disk_read_secret.
 */
enum err api_access_new(const char *path, const struct args_list *users, struct problems *problems,
                        struct api_access **out);
void api_access_free(struct api_access **access);

/* Whether there is any token. */
bool api_access_has_tokens(const struct api_access *access);

/*
 * Whether a request may pass: its Authorization header (NULL: none) has a known token, or it has
 * no such header and came by a local socket (`fd` of a connection) from a user that may.
 */
bool api_access_check(const struct api_access *access, const char *authorization, int fd);

#endif /* CLIENTS_NODE_IO_API_ACCESS_H */
