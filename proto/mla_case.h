/*
 * mla_case.h - the life of a case of mutual legal assistance: its states, its steps, and which
 * party may take which step when (UNTOC Article 18(14) to (26)).
 *
 * Pure.  The table in mla_case.c is the only place that knows the order.  Not everybody knows every
 * step: an auditor sees who sent when, not what; a node sees nothing of what its own member sent.
 * So a case is the set of the situations that it can be in by all that is known.  Who knows
 * everything has a set of one.
 */
#ifndef PROTO_MLA_CASE_H
#define PROTO_MLA_CASE_H

#include "proto/err.h"
#include "proto/mla.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

enum mla_state {
    MLA_STATE_NONE = 0, /* there is no request yet */
    MLA_STATE_SUBMITTED,
    MLA_STATE_RELAYED, /* in the relay's log */
    MLA_STATE_RECEIVED,
    MLA_STATE_ACCEPTED,
    MLA_STATE_CLARIFICATION_REQUESTED,
    MLA_STATE_SUPPLEMENTED,
    MLA_STATE_POSTPONED,
    MLA_STATE_CONSULTING, /* before a refusal or postponement */
    MLA_STATE_IN_EXECUTION,
    MLA_STATE_PARTIALLY_EXECUTED,
    MLA_STATE_EXECUTED,
    MLA_STATE_CLOSED,
    MLA_STATE_REFUSED,
    MLA_STATE_WITHDRAWN,
    MLA_STATE_TRANSFERRED, /* another authority is competent */
    MLA_STATES
};

/* What holds beside the state; flags to add. */
enum mla_flag {
    MLA_FLAG_CONSULTED = 1, /* a consultation that the requesting party has not replied to */
    MLA_FLAG_STATUS = 2,    /* a question on progress waits for its reply */
    MLA_FLAG_USE = 4,       /* a question on another use waits for its reply */
    MLA_FLAG_EVIDENCE = 8,  /* an answer has been given, in part at least */
    MLA_FLAG_URGENT = 16,   /* the written confirmation of an urgent request is owed */
    MLA_FLAGS_ALL = 31
};

enum mla_step {
    MLA_STEP_REQUEST = 0,
    MLA_STEP_URGENT_REQUEST, /* a request whose written confirmation is to follow */
    MLA_STEP_RELAY,          /* the relay's: it is in the log */
    MLA_STEP_CONFIRMATION,
    MLA_STEP_ACKNOWLEDGEMENT,
    MLA_STEP_ACCEPTANCE,
    MLA_STEP_CLARIFICATION, /* a question, MORE_INFORMATION */
    MLA_STEP_SUPPLEMENT,    /* the reply to it */
    MLA_STEP_CONSULTATION,  /* a question, CONSULTATION */
    MLA_STEP_CONSULTATION_REPLY,
    MLA_STEP_POSTPONEMENT,
    MLA_STEP_EXECUTION,
    MLA_STEP_PARTIAL_ANSWER,
    MLA_STEP_FINAL_ANSWER,
    MLA_STEP_PARTIAL_REFUSAL, /* the rest will be executed */
    MLA_STEP_REFUSAL,
    MLA_STEP_TRANSFER, /* a refusal, WRONG_AUTHORITY */
    MLA_STEP_CLOSURE,
    MLA_STEP_WITHDRAWAL,   /* the action WITHDRAW on the request */
    MLA_STEP_STATUS_QUERY, /* a question, PROGRESS */
    MLA_STEP_STATUS_REPLY, /* the reply to it */
    MLA_STEP_USE_REQUEST,  /* a question, USE_CONSENT */
    MLA_STEP_USE_REPLY,    /* the reply to it */
    MLA_STEPS
};

enum mla_party { MLA_REQUESTING = 1, MLA_REQUESTED = 2, MLA_RELAY = 4 };

#define MLA_STEP_BIT(step) (UINT32_C(1) << (step))
#define MLA_STEPS_ALL      ((UINT32_C(1) << MLA_STEPS) - 1)

/* One situation. */
struct mla_situation {
    enum mla_state state;
    unsigned flags;
};

/* The situations that are possible: of each state, bit f stands for that state with the flags f. */
struct mla_case {
    uint32_t possible[MLA_STATES];
};

/* No request yet. */
void mla_case_begin(struct mla_case *of);

/*
 * Take one of `steps` (bits MLA_STEP_BIT), by `party`: situations that allow none of them cannot
 * have been, and go.  ERR_POLICY: no situation allows any; nothing is changed.
 */
enum err mla_case_take(struct mla_case *of, uint32_t steps, enum mla_party party);

/* Any number of steps by `parties` (added), which nobody saw here, may have been taken. */
void mla_case_miss(struct mla_case *of, unsigned parties);

/* The steps that `party` may take now: bits. */
uint32_t mla_case_steps(const struct mla_case *of, enum mla_party party);

/* The one situation that is possible, or false where there are several. */
bool mla_case_sole(const struct mla_case *of, struct mla_situation *out);

/* The states that are possible: bits 1 << state. */
uint32_t mla_case_states(const struct mla_case *of);

/* Whose step it is; a step is one party's alone. */
enum mla_party mla_step_party(enum mla_step step);

/* The words: "CLARIFICATION_REQUESTED"; "acknowledgement"; never NULL. */
const char *mla_state_name(enum mla_state state);
const char *mla_step_name(enum mla_step step);
const char *mla_party_name(enum mla_party party);

/*
 * The step that content takes: bits.  A reply is the step by what it replies to: `asked` are the
 * steps that message may have been (MLA_STEPS_ALL: not known).  0: none, as an empty one.
 */
uint32_t mla_step_of(const Denrei__V1__Mla *mla, uint32_t asked);

/*
 * The steps that a message can be whose content is not known, sent by `party`: a request exactly
 * when it replies to nothing, and a reply only to one of the `asked`.
 */
uint32_t mla_step_unread(enum mla_party party, bool has_in_reply_to, uint32_t asked);

/* The question that a reply answers, as a bit; 0: the step is no reply. */
uint32_t mla_step_asked(enum mla_step step);

#endif /* PROTO_MLA_CASE_H */
