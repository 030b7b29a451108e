/*
 * mla_content.h - what the content of an MLA message says about time.
 *
 * Pure.
 */
#ifndef PROTO_MLA_CONTENT_H
#define PROTO_MLA_CONTENT_H

#include "proto/mla.pb-c.h"

#include <stdint.h>

/*
 * The end, UTC, of the day that a step names: until when a question wants its reply, an answer can
 * be expected, a postponement lasts, or an urgent request is to be confirmed in writing; 0: none.
 */
uint64_t mla_content_due_ms(const Denrei__V1__Mla *mla);

#endif /* PROTO_MLA_CONTENT_H */
