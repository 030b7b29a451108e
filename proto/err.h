/*
 * err.h - the one error type of the project.
 *
 * Every function that can fail returns `enum err`.  The type carries
 * [[nodiscard]], so a forgotten check does not compile.
 */
#ifndef PROTO_ERR_H
#define PROTO_ERR_H

enum [[nodiscard]] err{
    ERR_OK = 0,     /* done */
    ERR_NOMEM,      /* memory (guarded, or of an arena) could not be had */
    ERR_FORMAT,     /* bytes from outside do not parse */
    ERR_FULL,       /* a fixed bound was reached; nothing was changed */
    ERR_RANGE,      /* a number from outside lies where it cannot lie */
    ERR_PROOF,      /* a Merkle proof does not lead to the expected root */
    ERR_SIGNATURE,  /* a signature does not verify, or too few do */
    ERR_KEY,        /* a key is malformed, weak, or of another use */
    ERR_PASSPHRASE, /* a key file does not open: wrong passphrase, or altered */
    ERR_EXPIRED,    /* a document, credential or message is past its time, or not yet valid */
    ERR_STALE,      /* a document version that is not the current one */
    ERR_POLICY,     /* the rules do not allow it */
    ERR_UNKNOWN,    /* a member, credential, kind or suite that is not known here */
    ERR_NOT_FOUND,  /* the thing asked for does not exist */
    ERR_EXISTS,     /* the thing to be made exists already */
    ERR_CONFLICT,   /* same id, other bytes */
    ERR_COMMITMENT, /* a key does not match its commitment, or a body its hash */
    ERR_PERMISSION, /* the system refused access, or a file is open to others */
    ERR_IO,         /* the system failed to read or write */
    ERR_NOSPACE,    /* the disk is full */
    ERR_CORRUPT,    /* a store does not hold what it must hold */
    ERR_BUSY,       /* somebody else holds the lock */
    ERR_TIMEOUT,    /* nothing came in time */
    ERR_CANCELLED,  /* a signal asked to stop */
    ERR_CONNECT,    /* the peer cannot be reached, or ended the session */
    ERR_REFUSED,    /* the peer answered with a refusal */
    ERR_USAGE,      /* the command line or the configuration is wrong */
    ERR_COUNT};

/* A short English text for `err`, without a full stop; never NULL. */
const char *err_text(enum err err);

/* Its name without the prefix, for JSON ("NOT_FOUND"): stable, unlike the text; never NULL. */
const char *err_name(enum err err);

#endif /* PROTO_ERR_H */
