/*
 * message_json.h - a message as JSON for other programs: what the log says of it, its header, its
 * content.  The same in `denrei`, `denrei-node` and what a node hands to hooks.
 *
 * Pure.
 */
#ifndef CLIENTS_MESSAGE_JSON_H
#define CLIENTS_MESSAGE_JSON_H

#include "proto/kind.h"
#include "proto/record.h"

#include <jansson.h>

enum { MESSAGE_JSON_SCHEMA = 1 };

/* What is known of a message besides its header. */
struct message_facts {
    uint64_t leaf;
    uint64_t time_ms;                /* when the relay says it accepted; 0: not accepted yet */
    const struct slot *slot;         /* of the reader's mailbox; NULL for one's own messages */
    const struct hash *hash;         /* message hash; NULL if not known */
    const char *state;               /* a word in capitals, LIVE; "" if none */
    const char *reason;              /* name of a refusal; "" if none */
    const ProtobufCMessage *content; /* NULL when there is none to show */
};

/*
 * {"schema":1,"id":..,"kind":..,"from":..,"to":[..],...,"content":{..}}; the caller must
 * json_decref *out.  `arena` is scratch.
 * ERR_NOMEM: no memory, or the arena is full.
 */
enum err message_json(const struct header *header, const struct message_facts *facts,
                      struct arena *arena, json_t **out);

/* {"from":..,"id":..} of a reference; NULL without memory. */
json_t *message_json_ref(const struct message_ref *ref);

#endif /* CLIENTS_MESSAGE_JSON_H */
