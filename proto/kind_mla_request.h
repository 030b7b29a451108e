/*
 * kind_mla_request.h - the rules on the contents of an MLA request.
 *
 * Pure.  For kind_mla.c alone.  UNTOC Article 18(15); Japan's Act on International Assistance in
 * Investigation and the Ministry of Justice's list of contents.
 */
#ifndef PROTO_KIND_MLA_REQUEST_H
#define PROTO_KIND_MLA_REQUEST_H

#include "proto/kind_rule.h"
#include "proto/mla.pb-c.h"

/* Add what is missing or wrong in `request`, which lies at `place`. */
void kind_mla_check_request(const struct kind_place *place, const Denrei__V1__MlaRequest *request);

#endif /* PROTO_KIND_MLA_REQUEST_H */
