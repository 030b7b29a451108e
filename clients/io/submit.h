/*
 * submit.h - a sealed message's way to the relay: submitted as it is, sealed again where the relay
 * knows newer versions, and its receipt verified.  The same for an officer and for a node.
 *
 * Host.  The caller keeps the message on disk, sealed, before the first attempt; so whatever stops
 * it, the same message goes again, and the relay answers with the first receipt.
 */
#ifndef CLIENTS_IO_SUBMIT_H
#define CLIENTS_IO_SUBMIT_H

#include "clients/io/connect.h"
#include "clients/order.h"

/* A message as it is sealed now; all is borrowed. */
struct submit_message {
    struct id id;
    struct span header;
    struct hash hash; /* message hash */
    struct span envelope;
    const char *thread_from; /* member that began its thread, "" if not known */
};

/* Who submits, and where messages are kept. */
struct submit {
    struct state *state; /* all is borrowed */
    struct connect *connect;
    const struct keyfile *key;
    struct arena *arena;
    struct problems *problems;
    const char *program; /* named in the lines that show how far attachments are */
    bool is_quiet;       /* no such lines */
    /* The content of a message that is to be sealed again; *out lies in `arena`. */
    enum err (*content)(void *context, const struct submit_message *message, struct arena *arena,
                        struct span *out);
    /* Keep the message as it is sealed now, in the place of its earlier seal. */
    enum err (*keep)(void *context, const struct submit_message *message);
    void *context;
};

/* What the relay said. */
struct submit_answer {
    uint32_t code;       /* REFUSAL_NONE: accepted, and the rest is set */
    struct span receipt; /* verified; lies in the arena */
    uint64_t leaf;
    uint64_t time_ms; /* of the log entry */
};

/*
 * Seal `content` under `header` with the signing key of `key`; *out lies in `arena`, its
 * thread_from is "". ERR_KEY: the key file has no signing key.  Else as order_seal.
 */
enum err submit_seal(const struct trust *trust, const struct keyfile *key,
                     const struct header *header, struct span content, struct arena *arena,
                     struct submit_message *out);

/*
 * Seal and keep a message that has a header alone, made earlier: under the versions of now, with
 * its id and times.  Errors as submit_send.
 */
enum err submit_seal_first(const struct submit *submit, struct submit_message *message);

/*
 * Submit `message` over the connection.  A refusal that may be due to old versions has newer
 * documents fetched and the message sealed again, with its id and times, up to three times in all.
 * Its attachments go first, from the outbox, and are taken out of it by the caller when all is
 * done. ERR_OK: the relay answered, see *out; on a refusal `problems` says why and what to do.
 * ERR_SIGNATURE, ERR_PROOF, ERR_CONFLICT: the receipt proves nothing.  ERR_NOT_FOUND, ERR_CORRUPT:
 * an attachment is not in the outbox as it was sealed.  Else as connect_call, as
 * order_make_header, and what the functions of `submit` return.
 */
enum err submit_send(const struct submit *submit, struct submit_message *message,
                     struct submit_answer *out);

#endif /* CLIENTS_IO_SUBMIT_H */
