/*
 * mla_thread.h - a case as its messages in the order of the log: what each did to it, where it
 * stands, who must act next and by when.
 *
 * Pure.  The order of the log counts, not that of arrival, so that both parties and every auditor
 * judge the same.
 */
#ifndef PROTO_MLA_THREAD_H
#define PROTO_MLA_THREAD_H

#include "proto/bytes.h"
#include "proto/denrei.pb-c.h"
#include "proto/mla_case.h"
#include "proto/treaty.h"

enum { MLA_DUTIES_MAX = 4 };

/* A message of the case. */
struct mla_entry {
    struct id id;
    unsigned party; /* enum mla_party of its sender; 0: neither party's */
    Denrei__V1__Action action;
    bool has_in_reply_to;
    struct id in_reply_to;
    unsigned in_reply_to_party; /* of whom that is */
    struct id supersedes;       /* with UPDATE and WITHDRAW */
    bool is_unread;             /* its content is not known here */
    bool is_reply;              /* of read content: it replies to a question */
    uint32_t steps;             /* of content that is read and no reply: as mla_step_of says */
    uint64_t time_ms;           /* when the relay logged it; 0: it waits to be sent */
    uint64_t due_ms;            /* the day that its content names; 0: none */
    bool is_void;               /* its recipient refused it */
};

enum mla_effect {
    MLA_EFFECT_STEP = 1,   /* it took a step */
    MLA_EFFECT_CORRECTION, /* an update of a step: the state stays */
    MLA_EFFECT_VOID,       /* refused by its recipient: nothing */
    MLA_EFFECT_IMPOSSIBLE  /* the state did not allow it, or not of this party: nothing */
};

/* What became of one entry. */
struct mla_judgement {
    enum mla_effect effect;
    uint32_t steps;  /* what it was or, where it is not read, may have been; bits */
    uint32_t before; /* the states before it and after it: bits 1 << state */
    uint32_t after;
};

/* What one party owes. */
struct mla_duty {
    enum mla_party party;
    uint32_t steps;  /* any of these will do; bits */
    uint64_t due_ms; /* 0: no day is set */
};

struct mla_thread {
    struct mla_case now;
    struct mla_duty duties[MLA_DUTIES_MAX]; /* the first due first */
    size_t duties_count;
    uint64_t last_ms; /* of the last step that counted */
};

/*
 * Judge `count` entries, which are in the order of the log, those that wait to be sent last.
 * `unseen` are the parties whose messages may be missing (bits of enum mla_party).  `judgements`
 * has room for `count`.  Duties are told where one situation is possible; `treaty` may be NULL.
 */
void mla_thread_judge(const struct mla_entry *entries, size_t count, unsigned unseen,
                      const struct treaty *treaty, struct mla_judgement *judgements,
                      struct mla_thread *out);

/*
 * "CONSULTING", or several with "|" where it is not known which; cut where it does not fit.
 */
enum { MLA_STATES_TEXT_BYTES = 320 };
void mla_states_text(uint32_t states, char out[MLA_STATES_TEXT_BYTES]);

/* "closure, question on progress"; "nothing" for none. */
enum { MLA_STEPS_TEXT_BYTES = 480 };
void mla_steps_text(uint32_t steps, char out[MLA_STEPS_TEXT_BYTES]);

/* Whether nothing moves any more in all of `states`. */
bool mla_states_are_ended(uint32_t states);

#endif /* PROTO_MLA_THREAD_H */
