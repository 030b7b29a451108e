#include "proto/refusal.h"

static const struct {
    const char *name;
    const char *text;
    const char *remedy;
} ROWS[REFUSAL_COUNT] = {
    [REFUSAL_NONE] = {"NONE", "accepted", "nothing to do"},
    [REFUSAL_MALFORMED] = {"MALFORMED", "the bytes do not parse",
                           "use the same version of Denrei at both ends"},
    [REFUSAL_SUITE] = {"SUITE", "the cryptographic suite is unknown", "update Denrei"},
    [REFUSAL_SIGNATURE] = {"SIGNATURE", "the signature does not verify: the message was altered",
                           "send it again from the original"},
    [REFUSAL_SENDER] = {"SENDER", "the sender is not the member of this session",
                        "send with a credential of the member named as sender"},
    [REFUSAL_CREDENTIAL] = {"CREDENTIAL",
                            "the credential is unknown, revoked, expired or of another purpose",
                            "ask your key authority for a credential in the current roster"},
    [REFUSAL_RECIPIENT] = {"RECIPIENT", "a recipient is not a member or has no mailbox",
                           "see `denrei contacts` for the members"},
    [REFUSAL_KIND_SEND] = {"KIND_SEND", "the directory does not grant this kind to the sender",
                           "ask the federation for the right, or let an entitled member send it"},
    [REFUSAL_KIND_RECEIVE] = {"KIND_RECEIVE", "a recipient may not receive this kind",
                              "see `denrei contacts` for who may receive it"},
    [REFUSAL_LEGAL_BASIS] = {"LEGAL_BASIS", "no legal basis covers this kind between these members",
                             "name one that `denrei contacts` lists for both"},
    [REFUSAL_GROUP] = {"GROUP", "the kind goes to no group, or the group has other members",
                       "name the members, or refresh the directory and send again"},
    [REFUSAL_TIMES] = {"TIMES", "a time of the message is out of its bounds",
                       "check this computer's clock and the expiry"},
    [REFUSAL_STALE] = {"STALE", "the message names a directory or roster that is no longer current",
                       "it is sealed again by the next send or flush"},
    [REFUSAL_EXPIRED] = {"EXPIRED", "the directory or a roster has expired",
                         "the key authority must publish a new one"},
    [REFUSAL_CONFLICT] = {"CONFLICT", "this id was used for another message",
                          "send the content as a new message"},
    [REFUSAL_SUPERSEDES] = {"SUPERSEDES",
                            "what is superseded is not the sender's own latest version",
                            "take the id of the latest version, see `denrei track`"},
    [REFUSAL_BODY] = {"BODY", "the body does not match what was sealed",
                      "send it again from the original"},
    [REFUSAL_WRAPS] = {"WRAPS", "the wrapped keys do not match the recipients",
                       "seal and send again"},
    [REFUSAL_COMMITMENT] = {"COMMITMENT", "the content key does not match its commitment",
                            "keep the message as evidence and tell the sender's authority"},
    [REFUSAL_CONTENT] = {"CONTENT", "the content breaks the rules of its kind",
                         "the sender must correct and send again"},
    [REFUSAL_THREAD] = {"THREAD", "the message does not fit its thread",
                        "reply to a message that both sides have"},
    [REFUSAL_UNWITNESSED] = {"UNWITNESSED", "too few witnesses have seen the log lately",
                             "wait; the operator must see to the witnesses"},
    [REFUSAL_RATE] = {"RATE", "too much was asked at once", "wait a little and try again"},
    [REFUSAL_NO_SPACE] = {"NO_SPACE", "the relay's disk is nearly full",
                          "wait; the operator must make room"},
    [REFUSAL_NOT_FOUND] = {"NOT_FOUND", "there is no such thing here", "check the id"},
    [REFUSAL_NOT_ALLOWED] = {"NOT_ALLOWED", "this credential's purpose does not allow it",
                             "use a credential of the right purpose"},
    [REFUSAL_DOCUMENT] = {"DOCUMENT",
                          "the document does not verify or does not follow the last one",
                          "check it with `denrei-keys show`"},
    [REFUSAL_CHECKPOINT] = {"CHECKPOINT", "it does not fit the published checkpoint",
                            "fetch the checkpoint again"},
    [REFUSAL_TOO_LARGE] = {"TOO_LARGE", "it is larger than allowed", "send less at once"},
    [REFUSAL_STOPPING] = {"STOPPING", "the relay is shutting down", "try again in a moment"},
    [REFUSAL_CLOCK] = {"CLOCK", "the relay's clock is not to be trusted",
                       "wait; the operator must set the clock"},
    [REFUSAL_ATTACHMENT] = {"ATTACHMENT", "an attachment is not there whole, or not as sealed",
                            "it is sent again by the next send or flush"},
    [REFUSAL_QUOTA] = {"QUOTA", "your agency's unfinished uploads take all the room allowed",
                       "finish the others first (denrei flush); what is left of them goes after a "
                       "day"},
    [REFUSAL_HANDLING] = {"HANDLING",
                          "handling label, use or recipients are wider than the kind allows",
                          "choose a narrower label, or name fewer members"},
    [REFUSAL_CASE] = {"CASE", "the state of the case does not allow this step by its sender",
                      "see `denrei case show` for who may do what now"},
};

bool
refusal_is_temporary(uint32_t code)
{
    return code == REFUSAL_RATE || code == REFUSAL_NO_SPACE || code == REFUSAL_STOPPING ||
           code == REFUSAL_UNWITNESSED || code == REFUSAL_CLOCK || code == REFUSAL_EXPIRED ||
           code == REFUSAL_STALE || code == REFUSAL_ATTACHMENT || code == REFUSAL_QUOTA;
}

const char *
refusal_name(uint32_t code)
{
    return code < REFUSAL_COUNT ? ROWS[code].name : "UNKNOWN";
}

const char *
refusal_text(uint32_t code)
{
    return code < REFUSAL_COUNT ? ROWS[code].text
                                : "refused for a reason this version does not know";
}

const char *
refusal_remedy(uint32_t code)
{
    return code < REFUSAL_COUNT ? ROWS[code].remedy : "update Denrei";
}
