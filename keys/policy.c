#include "keys/policy.h"

#include "proto/kind_header.h"
#include "proto/message_id.h"

#include <string.h>

/* What the single rules look at. */
struct question {
    const struct trust *trust;
    const struct header *header;
    const struct policy_place *place;
    const struct directory *directory;
    bool is_withdrawal; /* a withdrawal must reach its readers */
};

struct policy_place
policy_place_make(const struct kind_type *kind, uint64_t leaf, uint64_t now_ms)
{
    return (struct policy_place){.leaf = leaf, .now_ms = now_ms, .kind = kind};
}

static const struct policy_answer ALLOWED = {REFUSAL_NONE, ""};

static struct policy_answer
refuse(enum refusal code, const char *subject)
{
    return (struct policy_answer){code, subject};
}

static bool
has_kind(uint32_t kinds, Denrei__V1__Kind kind)
{
    return ((kinds >> kind) & 1) != 0;
}

/* ---- the sender */

static struct policy_answer
check_sender(const struct question *question)
{
    const struct header *header = question->header;
    const struct credential *credential =
        trust_credential(question->trust, &header->credential, question->place->leaf);

    if (credential == NULL)
        return refuse(REFUSAL_CREDENTIAL, header->from);
    if (strcmp(credential->member, header->from) != 0)
        return refuse(REFUSAL_SENDER, header->from);
    if (!credential_receives(credential) ||
        !credential_is_valid_at(credential, question->place->now_ms))
        return refuse(REFUSAL_CREDENTIAL, credential->local_id);

    const struct member *member = directory_find_member(question->directory, header->from);
    if (member == NULL || !has_kind(member->may_send, header->kind))
        return refuse(REFUSAL_KIND_SEND, header->from);
    if (!has_kind(credential->kinds, header->kind))
        return refuse(REFUSAL_KIND_SEND, credential->local_id);
    return ALLOWED;
}

/* ---- what the kind's row asks */

static struct policy_answer
check_kind(const struct question *question)
{
    const struct header *header = question->header;
    const struct kind_facts facts = {.tlp = header->tlp,
                                     .use_restriction = header->use_restriction,
                                     .recipients_count = header->to_count,
                                     .is_group = header->group[0] != '\0',
                                     .has_legal_basis =
                                         header->legal_basis[0] != '\0' || question->is_withdrawal,
                                     .created_at_ms = header->created_at_ms,
                                     .expires_at_ms = header->expires_at_ms};
    enum refusal code = kind_header_judge(question->place->kind, &facts);

    return code == REFUSAL_NONE ? ALLOWED
                                : refuse(code, code == REFUSAL_GROUP ? header->group : "");
}

/*
 * A header stays in the log for ever and has no text but ids of the directory.  The thread's id is
 * random: one that can be read would be a case number in disguise.
 */
static struct policy_answer
check_thread(const struct question *question)
{
    return message_id_is_text(&question->header->thread_id) ? refuse(REFUSAL_THREAD, "") : ALLOWED;
}

/*
 * A kind with one recipient is a talk between two: a case, a hit and its answers.  What a third
 * sent is not replied to behind its back.
 */
static struct policy_answer
check_reply(const struct question *question)
{
    const struct header *header = question->header;
    const char *asked = header->in_reply_to.from;

    if (!header->has_in_reply_to || question->place->kind->recipients_max != 1 ||
        strcmp(asked, header->from) == 0 || header_is_to(header, asked))
        return ALLOWED;
    return refuse(REFUSAL_THREAD, asked);
}

/* ---- times and versions */

static struct policy_answer
check_times(const struct question *question)
{
    const struct header *header = question->header;
    uint64_t now_ms = question->place->now_ms;

    /* Order and distance of the first two were checked when the header was decoded. */
    if (header->created_at_ms > now_ms + CLOCK_SKEW_MS || header->deliver_until_ms <= now_ms ||
        header->expires_at_ms <= now_ms)
        return refuse(REFUSAL_TIMES, "");
    return ALLOWED;
}

static struct policy_answer
check_directory(const struct question *question)
{
    const struct directory *directory = question->directory;
    uint64_t now_ms = question->place->now_ms;

    if (question->header->directory_version != directory->version)
        return refuse(REFUSAL_STALE, "");
    if (!question->is_withdrawal &&
        (now_ms < directory->not_before_ms || now_ms >= directory->expires_ms))
        return refuse(REFUSAL_EXPIRED, "");
    return ALLOWED;
}

static struct policy_answer
check_roster(const struct question *question, const char *member, uint64_t version_named)
{
    const struct roster *roster = trust_roster(question->trust, member, question->place->leaf);

    if (roster == NULL)
        return refuse(REFUSAL_RECIPIENT, member);
    if (version_named != roster->version)
        return refuse(REFUSAL_STALE, member);
    /* Not yet issued is no fault: the relay's clock may lie a little behind the authority's. */
    if (!question->is_withdrawal && question->place->now_ms >= roster->expires_ms)
        return refuse(REFUSAL_EXPIRED, member);
    return ALLOWED;
}

/* ---- recipients */

/* Whether `member` can have messages of `kind` at all, whatever expired. */
static enum refusal
check_mailbox(const struct trust *trust, const struct directory *directory, const char *member,
              Denrei__V1__Kind kind, uint64_t leaf)
{
    const struct member *entry = directory_find_member(directory, member);
    const struct roster *roster = trust_roster(trust, member, leaf);

    if (entry == NULL || roster == NULL || roster->mailboxes_count == 0 ||
        roster->mailboxes[0].secrets_count == 0)
        return REFUSAL_RECIPIENT;
    return has_kind(entry->may_receive, kind) ? REFUSAL_NONE : REFUSAL_KIND_RECEIVE;
}

enum refusal
policy_check_recipient(const struct trust *trust, const char *member, Denrei__V1__Kind kind,
                       uint64_t leaf, uint64_t now_ms)
{
    enum refusal code = check_mailbox(trust, trust_directory(trust, leaf), member, kind, leaf);

    if (code == REFUSAL_NONE && now_ms >= trust_roster(trust, member, leaf)->expires_ms)
        return REFUSAL_EXPIRED;
    return code;
}

static struct policy_answer
check_recipients(const struct question *question)
{
    const struct header *header = question->header;

    for (size_t i = 0; i < header->to_count; i++) {
        enum refusal code = check_mailbox(question->trust, question->directory, header->to[i],
                                          header->kind, question->place->leaf);
        /* Who may not receive the kind any more still has what is withdrawn. */
        if (code == REFUSAL_KIND_RECEIVE && question->is_withdrawal)
            code = REFUSAL_NONE;
        if (code != REFUSAL_NONE)
            return refuse(code, header->to[i]);
        struct policy_answer answer =
            check_roster(question, header->to[i], header->recipient_roster_versions[i]);
        if (answer.code != REFUSAL_NONE)
            return answer;
    }
    return ALLOWED;
}

/* Whether a group's member is one that a message to the group goes to. */
static bool
is_reached(const struct trust *trust, const char *member, const char *from, Denrei__V1__Kind kind,
           const struct policy_place *place)
{
    return strcmp(member, from) != 0 &&
           policy_check_recipient(trust, member, kind, place->leaf, place->now_ms) == REFUSAL_NONE;
}

static struct policy_answer
check_group(const struct question *question)
{
    const struct header *header = question->header;
    const struct group *group = directory_find_group(question->directory, header->group);
    size_t matched = 0;

    if (header->group[0] == '\0')
        return ALLOWED;
    if (group == NULL)
        return refuse(REFUSAL_GROUP, header->group);
    /* Both ascend, so they are equal when each reached member is the next of `to`. */
    for (size_t i = 0; i < group->members_count; i++) {
        if (!is_reached(question->trust, group->members[i], header->from, header->kind,
                        question->place))
            continue;
        int order =
            matched == header->to_count ? 1 : strcmp(header->to[matched], group->members[i]);
        if (order != 0) /* one too many, or one is missing */
            return refuse(REFUSAL_GROUP, order < 0 ? header->to[matched] : group->members[i]);
        matched++;
    }
    return matched == header->to_count ? ALLOWED : refuse(REFUSAL_GROUP, header->to[matched]);
}

enum err
policy_expand_group(const struct trust *trust, const char *group, const char *from,
                    Denrei__V1__Kind kind, const struct policy_place *place, struct arena *arena,
                    const char ***to, size_t *to_count)
{
    const struct group *entry = directory_find_group(trust_directory(trust, place->leaf), group);
    const char **list = NULL;
    size_t count = 0;

    if (entry == NULL)
        return ERR_UNKNOWN;
    list = arena_alloc(arena, entry->members_count * sizeof *list);
    if (list == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < entry->members_count; i++) {
        if (is_reached(trust, entry->members[i], from, kind, place))
            list[count++] = entry->members[i];
    }
    if (count == 0)
        return ERR_NOT_FOUND;
    if (count > RECIPIENTS_MAX)
        return ERR_FULL;
    *to = list;
    *to_count = count;
    return ERR_OK;
}

static struct policy_answer
check_legal_basis(const struct question *question)
{
    const struct header *header = question->header;
    const struct legal_basis *basis =
        directory_find_legal_basis(question->directory, header->legal_basis);

    if (header->legal_basis[0] == '\0')
        return ALLOWED; /* where the kind needs none: check_kind */
    /* A withdrawal says nothing but that something ended, to those who had it under a basis that
     * may have ended too; only its id, if any, must be one of the directory, never free text. */
    if (question->is_withdrawal)
        return basis == NULL ? refuse(REFUSAL_LEGAL_BASIS, header->legal_basis) : ALLOWED;
    if (basis == NULL || !has_kind(basis->kinds, header->kind))
        return refuse(REFUSAL_LEGAL_BASIS, header->legal_basis);
    if (!directory_covers(basis, header->from))
        return refuse(REFUSAL_LEGAL_BASIS, header->from);
    for (size_t i = 0; i < header->to_count; i++) {
        if (!directory_covers(basis, header->to[i]))
            return refuse(REFUSAL_LEGAL_BASIS, header->to[i]);
    }
    return ALLOWED;
}

/* ---- all of them */

static struct policy_answer
check_own_roster(const struct question *question)
{
    return check_roster(question, question->header->from, question->header->roster_version);
}

struct policy_answer
policy_check(const struct trust *trust, const struct header *header,
             const struct policy_place *place)
{
    static struct policy_answer (*const RULES[])(const struct question *) = {
        check_sender,    check_kind,       check_thread, check_reply,      check_times,
        check_directory, check_own_roster, check_group,  check_recipients, check_legal_basis,
    };
    struct question question = {
        .trust = trust,
        .header = header,
        .place = place,
        .directory = trust_directory(trust, place->leaf),
        .is_withdrawal = header->action == DENREI__V1__ACTION__ACTION_WITHDRAW,
    };

    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++) {
        struct policy_answer answer = RULES[i](&question);
        if (answer.code != REFUSAL_NONE)
            return answer;
    }
    return ALLOWED;
}

bool
policy_can_reach(const struct trust *trust, const char *member, uint64_t leaf)
{
    /* May it receive any kind at all, or none: what it had can be withdrawn. */
    return check_mailbox(trust, trust_directory(trust, leaf), member,
                         DENREI__V1__KIND__KIND_UNSPECIFIED, leaf) != REFUSAL_RECIPIENT;
}

bool
policy_covers(const struct trust *trust, const struct header *header, uint64_t leaf,
              const char *const *original, size_t original_count)
{
    const bool is_withdrawal = header->action == DENREI__V1__ACTION__ACTION_WITHDRAW;
    size_t told = 0;

    for (size_t i = 0; i < original_count; i++) {
        if (header_is_to(header, original[i]))
            told++;
        else if (!is_withdrawal || policy_can_reach(trust, original[i], leaf))
            return false;
    }
    return !is_withdrawal || told == header->to_count;
}

enum refusal
policy_check_receipt(const struct trust *trust, const struct hash *credential, const char *member,
                     uint64_t leaf)
{
    const struct credential *found = trust_credential(trust, credential, leaf);

    if (found == NULL || strcmp(found->member, member) != 0 || !credential_receives(found))
        return REFUSAL_CREDENTIAL;
    return REFUSAL_NONE;
}
