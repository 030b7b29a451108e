#include "clients/order.h"

#include "clients/received.h"
#include "proto/attachment.h"
#include "proto/nearest.h"
#include "proto/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- recipients */

/* The nearest names as a question; `cure` stays where there are none. */
static void
write_nearest(const struct nearest *nearest, char cure[PROBLEM_TEXT_BYTES])
{
    if (nearest->count == 0)
        return;
    int len = snprintf(cure, PROBLEM_TEXT_BYTES, "did you mean %s", nearest->names[0]);
    for (size_t i = 1; i < nearest->count && len > 0 && len < PROBLEM_TEXT_BYTES; i++)
        len += snprintf(cure + len, PROBLEM_TEXT_BYTES - (size_t)len, "%s%s",
                        i + 1 == nearest->count ? " or " : ", ", nearest->names[i]);
    if (len > 0 && len < PROBLEM_TEXT_BYTES - 1)
        snprintf(cure + len, PROBLEM_TEXT_BYTES - (size_t)len, "?");
}

static void
tell_nearest(const struct nearest *nearest, const char *what, struct problems *problems)
{
    char cure[PROBLEM_TEXT_BYTES] = "`denrei contacts` lists them";

    write_nearest(nearest, cure);
    problems_add(problems, "to", cure, "the directory has no %s %s", what, nearest->word);
}

static void
tell_unknown(const struct directory *directory, const char *name, struct problems *problems)
{
    struct nearest nearest;

    nearest_init(&nearest, name);
    if (name[0] != '@')
        for (size_t i = 0; i < directory->members_count; i++)
            nearest_offer(&nearest, directory->members[i].id);
    for (size_t i = 0; i < directory->groups_count; i++)
        nearest_offer(&nearest, directory->groups[i].id);
    tell_nearest(&nearest, name[0] == '@' ? "group" : "member", problems);
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum err
check_members(const struct directory *directory, const struct order *order,
              struct problems *problems)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < order->names_count; i++) {
        const char *name = order->names[i];
        if (name[0] == '@') {
            problems_add(problems, "to", "send to the group alone, or name its members",
                         "%s is a group: it cannot stand beside other recipients", name);
            err = ERR_POLICY;
        } else if (strcmp(name, order->from) == 0) {
            problems_add(problems, "to", "leave it out", "%s is the sender", name);
            err = ERR_POLICY;
        } else if (directory_find_member(directory, name) == NULL) {
            tell_unknown(directory, name, problems);
            err = ERR_UNKNOWN;
        }
    }
    return err;
}

/* Whether `name` had what is withdrawn, and cannot be told any more: it has left the federation. */
static bool
has_left(const struct trust *trust, const struct order *order, const char *name)
{
    bool had_it = false;

    for (size_t i = 0; i < order->original_count && !had_it; i++)
        had_it = strcmp(order->original[i], name) == 0;
    return had_it && order->action == DENREI__V1__ACTION__ACTION_WITHDRAW &&
           !policy_can_reach(trust, name, TRUST_UNLOGGED);
}

/* The order without those who have left. */
static enum err
drop_left(const struct trust *trust, struct order *order, struct arena *arena,
          struct problems *problems)
{
    const char **names = arena_alloc(arena, (order->names_count + 1) * sizeof *names);
    size_t count = 0;

    if (names == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < order->names_count; i++) {
        if (!has_left(trust, order, order->names[i]))
            names[count++] = order->names[i];
    }
    if (count == 0 && order->names_count > 0) {
        problems_add(problems, "to", "nothing needs to be done: it ends for them when it expires",
                     "nobody that had it is in the federation any more");
        return ERR_POLICY;
    }
    order->names = names;
    order->names_count = count;
    return ERR_OK;
}

static enum err
take_members(const struct trust *trust, const struct order *whole, struct arena *arena,
             struct header *header, struct problems *problems)
{
    const char **to = arena_alloc(arena, (whole->names_count + 1) * sizeof *to);
    struct order kept = *whole;
    const struct order *order = &kept;
    size_t count = 0;

    if (to == NULL)
        return ERR_NOMEM;
    enum err err = drop_left(trust, &kept, arena, problems);
    if (err == ERR_OK)
        err = check_members(trust_directory(trust, TRUST_UNLOGGED), order, problems);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < order->names_count; i++)
        to[i] = order->names[i];
    qsort(to, order->names_count, sizeof *to, compare_names);
    for (size_t i = 0; i < order->names_count; i++)
        if (count == 0 || strcmp(to[count - 1], to[i]) != 0)
            to[count++] = to[i];
    if (count == 0 || count > RECIPIENTS_MAX) {
        problems_add(problems, "to", "name 1 to 256 members or one group with --to",
                     count == 0 ? "no recipient is named" : "%zu recipients are too many", count);
        return ERR_POLICY;
    }
    header->to = to;
    header->to_count = count;
    return ERR_OK;
}

static enum err
take_group(const struct trust *trust, const struct order *order, struct arena *arena,
           struct header *header, struct problems *problems)
{
    uint64_t now_ms = order->group_ms == 0 ? order->now_ms : order->group_ms;
    struct policy_place place = policy_place_make(order->kind, TRUST_UNLOGGED, now_ms);
    const char *group = order->names[0];

    enum err err = policy_expand_group(trust, group, order->from, order->kind->number, &place,
                                       arena, &header->to, &header->to_count);
    if (err == ERR_UNKNOWN)
        tell_unknown(trust_directory(trust, TRUST_UNLOGGED), group, problems);
    else if (err == ERR_NOT_FOUND || err == ERR_FULL) {
        problems_add(problems, "to", "`denrei contacts` shows who may receive what",
                     err == ERR_FULL ? "%s has too many members for one message"
                                     : "nobody of %s may receive this kind now",
                     group);
        return ERR_POLICY;
    }
    header->group = group;
    return err;
}

bool
order_is_group_current(const struct trust *trust, const struct header *header, uint64_t now_ms,
                       struct arena *arena)
{
    const struct kind_type *kind = kind_find(header->kind);
    const char **to = NULL;
    size_t count = 0;

    if (header->group[0] == '\0')
        return true;
    if (kind == NULL)
        return false;
    const struct policy_place place = policy_place_make(kind, TRUST_UNLOGGED, now_ms);
    if (policy_expand_group(trust, header->group, header->from, header->kind, &place, arena, &to,
                            &count) != ERR_OK ||
        count != header->to_count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(to[i], header->to[i]) != 0)
            return false;
    }
    return true;
}

/* Who has the original must get what ends or replaces it; the relay refuses anything less. */
static enum err
check_original(const struct trust *trust, const struct order *order, const struct header *header,
               struct problems *problems)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < order->original_count; i++) {
        if (header_is_to(header, order->original[i]) || has_left(trust, order, order->original[i]))
            continue;
        problems_add(problems, "to",
                     header->group[0] == '\0'
                         ? "name it as well, or leave --to out"
                         : "name all that had it, or withdraw it without --to and send it anew",
                     "%s had the original, and would not get this", order->original[i]);
        err = ERR_POLICY;
    }
    if (err == ERR_OK && order->original_count > 0 &&
        !policy_covers(trust, header, TRUST_UNLOGGED, order->original, order->original_count)) {
        problems_add(problems, "to", "leave --to out",
                     "a withdrawal goes to those who had the message, and to nobody else");
        err = ERR_POLICY;
    }
    return err;
}

/* ---- header */

static enum err
take_versions(const struct trust *trust, struct arena *arena, struct header *header,
              struct problems *problems)
{
    const struct roster *own = trust_roster(trust, header->from, TRUST_UNLOGGED);
    uint64_t *versions = arena_alloc(arena, header->to_count * sizeof *versions);
    enum err err = ERR_OK;

    if (versions == NULL)
        return ERR_NOMEM;
    if (own == NULL) {
        problems_add(problems, "from", "ask the authority of your member to issue one",
                     "%s has no roster in force", header->from);
        return ERR_POLICY;
    }
    for (size_t i = 0; i < header->to_count; i++) {
        const struct roster *roster = trust_roster(trust, header->to[i], TRUST_UNLOGGED);
        if (roster == NULL || roster->mailboxes_count == 0) {
            problems_add(problems, "to", "it must issue one before it can be written to",
                         "%s has no roster with a mailbox in force", header->to[i]);
            err = ERR_POLICY;
        } else {
            versions[i] = roster->version;
        }
    }
    header->directory_version = trust_directory(trust, TRUST_UNLOGGED)->version;
    header->roster_version = own->version;
    header->recipient_roster_versions = versions;
    return err;
}

static void
take_times(const struct order *order, struct header *header)
{
    uint64_t longest_ms = (uint64_t)order->kind->retention_days_max * DAY_MS;
    uint64_t lifetime_ms = order->lifetime_ms == 0 ? longest_ms : order->lifetime_ms;
    uint64_t deliver_ms = lifetime_ms < ORDER_DELIVER_MS ? lifetime_ms : ORDER_DELIVER_MS;

    header->created_at_ms = order->now_ms;
    header->expires_at_ms = order->now_ms + lifetime_ms;
    header->deliver_until_ms =
        order->now_ms + (deliver_ms < DELIVER_MS_MIN ? DELIVER_MS_MIN : deliver_ms);
}

/* All but whom it goes to and the versions in force. */
static struct header
begin_header(const struct order *order)
{
    struct header header = {.id = order->id,
                            .kind = order->kind->number,
                            .action = order->action,
                            .from = order->from,
                            .credential = order->credential,
                            .priority = order->priority,
                            .tlp = order->tlp,
                            .use_restriction = order->use_restriction,
                            .has_in_reply_to = order->has_in_reply_to,
                            .in_reply_to = order->in_reply_to,
                            .has_supersedes = order->has_supersedes,
                            .supersedes = order->supersedes,
                            .thread_id = order->thread_id,
                            .legal_basis = order->legal_basis,
                            .group = ""};

    take_times(order, &header);
    return header;
}

enum err
order_make_header(const struct trust *trust, const struct order *order, struct arena *arena,
                  struct header *out, struct problems *problems)
{
    struct header header = begin_header(order);

    /* The basis may have ended; what rested on it can be withdrawn all the same. */
    if (order->action == DENREI__V1__ACTION__ACTION_WITHDRAW &&
        directory_find_legal_basis(trust_directory(trust, TRUST_UNLOGGED), order->legal_basis) ==
            NULL)
        header.legal_basis = "";
    enum err err = order->names_count == 1 && order->names[0][0] == '@'
                       ? take_group(trust, order, arena, &header, problems)
                       : take_members(trust, order, arena, &header, problems);
    if (err == ERR_OK)
        err = check_original(trust, order, &header, problems);
    if (err != ERR_OK)
        return err;
    err = take_versions(trust, arena, &header, problems);
    if (err != ERR_OK)
        return err;
    *out = header;
    return ERR_OK;
}

/* ---- checking */

static const char *
path_of(enum refusal code)
{
    switch ((int)code) {
    case REFUSAL_CREDENTIAL:
    case REFUSAL_SENDER:
        return "from";
    case REFUSAL_RECIPIENT:
    case REFUSAL_KIND_RECEIVE:
        return "to";
    case REFUSAL_KIND_SEND:
        return "kind";
    case REFUSAL_LEGAL_BASIS:
        return "legal_basis";
    case REFUSAL_GROUP:
        return "group";
    case REFUSAL_TIMES:
        return "expires_at";
    default:
        return "";
    }
}

static bool
is_basis_fit(const struct legal_basis *basis, const struct header *header)
{
    if ((basis->kinds >> header->kind & 1) == 0 || !directory_covers(basis, header->from))
        return false;
    for (size_t i = 0; i < header->to_count; i++)
        if (!directory_covers(basis, header->to[i]))
            return false;
    return true;
}

/* The bases that would do, so that the officer need not search the directory. */
static void
tell_legal_bases(const struct trust *trust, const struct header *header, struct problems *problems)
{
    const struct directory *directory = trust_directory(trust, TRUST_UNLOGGED);
    char cure[PROBLEM_TEXT_BYTES] = "name one with --legal-basis:";
    struct nearest nearest;
    size_t fitting = 0;
    bool is_known = header->legal_basis[0] == '\0';

    nearest_init(&nearest, header->legal_basis);
    for (size_t i = 0; i < directory->legal_bases_count; i++) {
        const struct legal_basis *basis = &directory->legal_bases[i];
        size_t len = strlen(cure);
        is_known = is_known || strcmp(basis->id, header->legal_basis) == 0;
        if (!is_basis_fit(basis, header))
            continue;
        nearest_offer(&nearest, basis->id);
        if (len + strlen(basis->id) + 2 < sizeof cure) {
            snprintf(cure + len, sizeof cure - len, " %s", basis->id);
            fitting++;
        }
    }
    if (fitting == 0)
        snprintf(cure, sizeof cure,
                 "the directory has none for this kind between all of them; use the diplomatic "
                 "channel, or send to fewer members");
    if (!is_known) {
        write_nearest(&nearest, cure);
        problems_add(problems, "legal_basis", cure, "the directory has no legal basis %s",
                     header->legal_basis);
        return;
    }
    problems_add(problems, "legal_basis", cure, "%s%s%s", refusal_text(REFUSAL_LEGAL_BASIS),
                 header->legal_basis[0] == '\0' ? "" : ": ", header->legal_basis);
}

/* Turn a policy's answer into a problem; nothing for REFUSAL_NONE. */
static void
tell_policy(const struct trust *trust, const struct header *header, struct policy_answer answer,
            struct problems *problems)
{
    if (answer.code == REFUSAL_NONE)
        return;
    if (answer.code == REFUSAL_LEGAL_BASIS) {
        tell_legal_bases(trust, header, problems);
        return;
    }
    problems_add(problems, path_of(answer.code), refusal_remedy(answer.code), "%s%s%s",
                 refusal_text(answer.code), answer.subject[0] == '\0' ? "" : ": ", answer.subject);
}

enum err
order_check(const struct trust *trust, const struct order *order, const struct header *header,
            struct span content, struct arena *arena, struct problems *problems)
{
    struct policy_place place = policy_place_make(order->kind, TRUST_UNLOGGED, order->now_ms);
    struct policy_answer answer = policy_check(trust, header, &place);
    ProtobufCMessage *message = NULL;

    /* What the kind's own row forbids is told in detail with the content. */
    if (answer.code != REFUSAL_HANDLING &&
        (answer.code != REFUSAL_GROUP || order->kind->may_go_to_group))
        tell_policy(trust, header, answer, problems);
    enum err err = received_check_content(trust, header, TRUST_UNLOGGED, order->thread_from,
                                          content, arena, &message, problems);
    if (err != ERR_OK && err != ERR_POLICY)
        return err;
    return answer.code == REFUSAL_NONE ? err : ERR_POLICY;
}

enum err
order_check_content(const struct trust *trust, const struct order *order, struct span content,
                    struct arena *arena, struct problems *problems)
{
    const char **to = arena_alloc(arena, (order->names_count + 1) * sizeof *to);
    struct header header = begin_header(order);
    ProtobufCMessage *message = NULL;

    if (to == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < order->names_count; i++)
        to[i] = ""; /* rules about a recipient pass over one that is not known */
    header.to = to;
    header.to_count = order->names_count;
    if (order->names_count == 1 && order->names[0][0] == '@')
        header.group = order->names[0];
    return received_check_content(trust, &header, TRUST_UNLOGGED, order->thread_from, content,
                                  arena, &message, problems);
}

/* What the seal is to name: the files that the content speaks of. */
static enum err
find_attachments(const struct header *header, struct span content, struct arena *arena,
                 const struct attachment **out, size_t *count)
{
    const struct kind_type *kind = kind_find(header->kind);
    ProtobufCMessage *message = NULL;

    *out = NULL;
    *count = 0;
    if (content.len > CONTENT_BYTES_MAX)
        return ERR_RANGE;
    if (kind == NULL || content.len == 0)
        return ERR_OK;
    enum err err = wire_decode(kind->content, content, arena, &message);
    if (err == ERR_FORMAT)
        return ERR_OK; /* it names no files; whether it may go is order_check's to say */
    return err == ERR_OK ? attachment_seals(message, arena, out, count) : err;
}

enum err
order_seal(const struct trust *trust, const struct header *header, struct span content,
           const struct identity *signing, struct arena *arena, struct envelope *out)
{
    struct public_key *keys = arena_alloc(arena, header->to_count * sizeof *keys);
    const struct attachment *attachments = NULL;
    struct envelope envelope;
    struct span bytes;
    size_t count = 0;

    if (keys == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < header->to_count; i++) {
        const struct roster *roster = trust_roster(trust, header->to[i], TRUST_UNLOGGED);
        if (roster == NULL || roster->mailboxes_count == 0)
            return ERR_POLICY;
        keys[i] = roster->mailboxes[0].public_key;
    }
    enum err err = header_encode(header, arena, &bytes);
    if (err != ERR_OK)
        return err;
    err = find_attachments(header, content, arena, &attachments, &count);
    if (err == ERR_OK)
        err = envelope_seal_attached(trust_federation(trust), bytes, content, attachments, count,
                                     keys, header->to_count, arena, &envelope);
    if (err != ERR_OK)
        return err;
    envelope_sign(trust_federation(trust), identity_secret(signing), &envelope, 1);
    *out = envelope;
    return ERR_OK;
}
