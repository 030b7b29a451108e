#include "proto/err.h"

#include <assert.h>
#include <stddef.h>

static const char *const TEXTS[ERR_COUNT] = {
    [ERR_OK] = "done",
    [ERR_NOMEM] = "out of memory",
    [ERR_FORMAT] = "malformed",
    [ERR_FULL] = "a limit was reached",
    [ERR_RANGE] = "a number is out of range",
    [ERR_PROOF] = "a log proof is wrong",
    [ERR_SIGNATURE] = "a signature does not verify",
    [ERR_KEY] = "a key is not usable here",
    [ERR_PASSPHRASE] = "wrong passphrase, or the key file was altered",
    [ERR_EXPIRED] = "expired or not yet valid",
    [ERR_STALE] = "not the current version",
    [ERR_POLICY] = "not allowed",
    [ERR_UNKNOWN] = "unknown",
    [ERR_NOT_FOUND] = "not found",
    [ERR_EXISTS] = "exists already",
    [ERR_CONFLICT] = "the same id was used for other content",
    [ERR_COMMITMENT] = "content does not match its commitment",
    [ERR_PERMISSION] = "permission denied",
    [ERR_IO] = "input or output failed",
    [ERR_NOSPACE] = "no space left on the disk",
    [ERR_CORRUPT] = "damaged",
    [ERR_BUSY] = "in use by another process",
    [ERR_TIMEOUT] = "timed out",
    [ERR_CANCELLED] = "interrupted",
    [ERR_CONNECT] = "cannot be reached",
    [ERR_REFUSED] = "refused",
    [ERR_USAGE] = "wrong usage",
};

static const char *const NAMES[ERR_COUNT] = {
    [ERR_OK] = "OK",
    [ERR_NOMEM] = "NOMEM",
    [ERR_FORMAT] = "FORMAT",
    [ERR_FULL] = "FULL",
    [ERR_RANGE] = "RANGE",
    [ERR_PROOF] = "PROOF",
    [ERR_SIGNATURE] = "SIGNATURE",
    [ERR_KEY] = "KEY",
    [ERR_PASSPHRASE] = "PASSPHRASE",
    [ERR_EXPIRED] = "EXPIRED",
    [ERR_STALE] = "STALE",
    [ERR_POLICY] = "POLICY",
    [ERR_UNKNOWN] = "UNKNOWN",
    [ERR_NOT_FOUND] = "NOT_FOUND",
    [ERR_EXISTS] = "EXISTS",
    [ERR_CONFLICT] = "CONFLICT",
    [ERR_COMMITMENT] = "COMMITMENT",
    [ERR_PERMISSION] = "PERMISSION",
    [ERR_IO] = "IO",
    [ERR_NOSPACE] = "NOSPACE",
    [ERR_CORRUPT] = "CORRUPT",
    [ERR_BUSY] = "BUSY",
    [ERR_TIMEOUT] = "TIMEOUT",
    [ERR_CANCELLED] = "CANCELLED",
    [ERR_CONNECT] = "CONNECT",
    [ERR_REFUSED] = "REFUSED",
    [ERR_USAGE] = "USAGE",
};

const char *
err_text(enum err err)
{
    assert(err < ERR_COUNT);
    return TEXTS[err];
}

const char *
err_name(enum err err)
{
    assert(err < ERR_COUNT);
    return NAMES[err];
}
