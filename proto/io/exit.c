#include "proto/io/exit.h"

int
exit_code(enum err err)
{
    switch (err) {
    case ERR_OK:
        return EXIT_DONE;
    case ERR_USAGE:
        return EXIT_USAGE;
    case ERR_POLICY:
    case ERR_REFUSED:
    case ERR_STALE:
    case ERR_EXPIRED:
        return EXIT_POLICY;
    case ERR_CONNECT:
    case ERR_TIMEOUT:
        return EXIT_CONNECT;
    case ERR_PROOF:
    case ERR_SIGNATURE:
    case ERR_KEY:
    case ERR_COMMITMENT:
    case ERR_CORRUPT:
        return EXIT_VERIFY;
    case ERR_NOMEM:
    case ERR_FORMAT:
    case ERR_FULL:
    case ERR_RANGE:
    case ERR_PASSPHRASE:
    case ERR_UNKNOWN:
    case ERR_NOT_FOUND:
    case ERR_EXISTS:
    case ERR_CONFLICT:
    case ERR_PERMISSION:
    case ERR_IO:
    case ERR_NOSPACE:
    case ERR_BUSY:
    case ERR_CANCELLED:
    case ERR_COUNT:
        break;
    }
    return EXIT_FAILED;
}
