/*
 * kind.h - the kinds of message: one table row each, and the rules on their content.
 *
 * Pure.  A kind's fields are its .proto message; its rules are a file kind_*.c.  Content is
 * validated by the sender before sealing and by each recipient after opening, with the same code.
 * The content of a WITHDRAW is empty (no bytes): nothing about the person or document travels
 * again.
 */
#ifndef PROTO_KIND_H
#define PROTO_KIND_H

#include "proto/denrei.pb-c.h"
#include "proto/problem.h"
#include "proto/trust.pb-c.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a kind's rules must know besides the content; all is borrowed. */
struct kind_context {
    Denrei__V1__Action action;
    Denrei__V1__UseRestriction use_restriction;
    Denrei__V1__Tlp tlp;
    const char *sender;            /* member id */
    const Denrei__V1__Role *roles; /* the sender's, from the directory */
    size_t roles_count;            /* may be 0 */
    const char *const *states;     /* whose documents the sender may report, from the directory */
    size_t states_count;           /* may be 0 */
    uint64_t created_at_ms;        /* since 1970-01-01 UTC */
    uint64_t expires_at_ms;
    const char *legal_basis; /* id from the directory, "" if none */
    size_t recipients_count;
    const char *recipient;         /* the only one; "" if there are more, or none */
    const char *sender_country;    /* from the directory; NULL or "" if not known, or none */
    const char *recipient_country; /* of the only recipient, the same way */
    const Denrei__V1__Role *recipient_roles; /* of the only recipient */
    size_t recipient_roles_count;            /* may be 0 */
    bool is_group;                           /* sent to a group */
    bool has_in_reply_to;
    const char *in_reply_to_from; /* member that sent what is replied to; "" if none */
    const char *thread_from;      /* member that began the thread; "" when not known here */
};

struct kind_type {
    Denrei__V1__Kind number;
    const char *name;    /* LOST_PASSPORT */
    const char *word;    /* lost-passport, on command lines */
    const char *summary; /* half a line of help */
    const ProtobufCMessageDescriptor *content;
    /* What it asks of a header, of whoever judges one: see kind_header.h. */
    uint32_t retention_days_max; /* expires_at - created_at */
    uint32_t recipients_max;     /* that are named; 0: RECIPIENTS_MAX */
    Denrei__V1__Tlp tlp_widest;  /* the widest handling label; 0: any */
    bool may_go_to_group;
    bool needs_legal_basis;     /* between sender and recipients */
    bool needs_use_restriction; /* not for every lawful use, as H0 would allow */
    /* What the content is. */
    bool is_alert;        /* whoever meets what it is about is to act on it */
    bool is_of_victims;   /* possible ones: so it is no alert and goes to no group */
    unsigned attachments; /* FILE_TYPE_*: what its attached files may be; 0: it has none */
    void (*check)(const ProtobufCMessage *content, const struct kind_context *context,
                  struct problems *problems); /* called by kind_validate alone */
};

/* How many kinds there are, and the row of each (`index` below the count), ascending number. */
size_t kind_count(void);
const struct kind_type *kind_at(size_t index);

/* The row of a kind; NULL if `number` is none of ours. */
const struct kind_type *kind_find(Denrei__V1__Kind number);

/* The row whose name or command word is `text` in any case (ASCII); NULL if there is none. */
const struct kind_type *kind_find_name(const char *text);

/* The row whose command word is nearest to `text`; NULL if none is near. */
const struct kind_type *kind_suggest(const char *text);

/* Add at `path` that `text` names no kind, with the nearest kind, or all of them, as the cure. */
void kind_report_unknown(struct problems *problems, const char *path, const char *text);

/*
 * Check `content`, decoded from strict wire as kind->content, under `context`; add what is wrong
 * to `problems`, nothing if all is well.  Paths are those of the content's JSON form; the header's
 * own are `to`, `group`, `tlp`, `legal_basis`, `expires_at`, `in_reply_to`.  With WITHDRAW the
 * content must be empty, and nothing else is asked of it.
 */
void kind_validate(const struct kind_type *kind, const ProtobufCMessage *content,
                   const struct kind_context *context, struct problems *problems);

#endif /* PROTO_KIND_H */
