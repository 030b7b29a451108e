/*
 * answer_inner.h - what the parts of answer share; included by relay/io/answer*.c only.
 *
 * Host.
 */
#ifndef RELAY_IO_ANSWER_INNER_H
#define RELAY_IO_ANSWER_INNER_H

#include "relay/io/answer.h"

enum {
    /* Of entries, bodies and documents in one reply; paths and framing fit in what is left. */
    ANSWER_CONTENT_MAX = FRAME_BYTES_MAX - (128 << 10),
};

/*
 * Each fills the answer of `reply` and returns a code if it cannot; what the store has not is
 * REFUSAL_NOT_FOUND.
 */
enum refusal answer_messages(const struct answer_context *context, const struct answer_fetch *fetch,
                             Denrei__V1__Reply *reply);
enum refusal answer_documents(const struct answer_context *context, const struct work *work,
                              Denrei__V1__Reply *reply);
enum refusal answer_entries(const struct answer_context *context, const struct work *work,
                            Denrei__V1__Reply *reply);
enum refusal answer_track(const struct answer_context *context, const struct work *work,
                          Denrei__V1__Reply *reply);
enum refusal answer_status(const struct answer_context *context, Denrei__V1__Reply *reply);

/* An inclusion path to the sealed tree, and a consistency proof; the process ends if the store
 * fails.  REFUSAL_CHECKPOINT: `older` is larger than `newer`.  REFUSAL_TOO_LARGE: arena full. */
enum refusal answer_path(const struct answer_context *context, uint64_t leaf, size_t *count,
                         ProtobufCBinaryData **out);
enum refusal answer_consistency(const struct answer_context *context, uint64_t older,
                                uint64_t newer, size_t *count, ProtobufCBinaryData **out);

/* The latest signed checkpoint, for a reply's field. */
char *answer_checkpoint(const struct answer_context *context);

/* End the process unless `err` is ERR_OK, ERR_NOT_FOUND or ERR_NOMEM; the refusal it means. */
enum refusal answer_refusal(enum err err);

#endif /* RELAY_IO_ANSWER_INNER_H */
