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

const char *
err_text(enum err err)
{
    assert(err < ERR_COUNT);
    return TEXTS[err];
}
