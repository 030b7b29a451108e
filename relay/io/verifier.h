/*
 * verifier.h - what each thread of the verifying pool does with a request: decode it and judge
 * what needs no state.
 *
 * Host.
 */
#ifndef RELAY_IO_VERIFIER_H
#define RELAY_IO_VERIFIER_H

#include "proto/io/queue.h"
#include "relay/io/gate.h"
#include "relay/io/work.h"

/* Shared by the threads, and borrowed. */
struct verifier {
    struct hash federation;
    struct gate *gate;
    struct queue *in;  /* QUEUE_WAITED */
    struct queue *out; /* the writer's */
};

/* For pthread_create: work until `in` is closed; `verifier` is a struct verifier. */
void *verifier_run(void *verifier);

/* The request id at the beginning of a frame, 0 if there is none: for answers to what is not
 * decoded. */
uint64_t verifier_peek_id(struct span frame);

#endif /* RELAY_IO_VERIFIER_H */
