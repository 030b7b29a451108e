#include "clients/node/io/hit_report.h"

#include "clients/order.h"
#include "proto/field.h"
#include "proto/json_message.h"
#include "proto/json_read.h"
#include "proto/time_text.h"
#include "proto/wire.h"

#include <stdio.h>
#include <string.h>

static const ProtobufCMessageDescriptor *const CONTENT = &denrei__v1__screening_hit__descriptor;

/* ---- the content */

/* The first of two texts that says something. */
static const char *
first_of(const char *told, const char *usual)
{
    return told != NULL ? told : usual;
}

/* Put `text` at `name` of an object, if there is one. */
static bool
put(json_t *object, const char *name, const char *text)
{
    return text == NULL || json_object_set_new(object, name, json_string(text)) == 0;
}

static enum err
put_actions(json_t *step, const char *words)
{
    json_t *list = json_array();
    const char *word = words;

    while (list != NULL && word != NULL) {
        size_t len = strcspn(word, ",");
        if (len > 0 && json_array_append_new(list, json_stringn(word, len)) != 0)
            break;
        word = word[len] == '\0' ? NULL : word + len + 1;
    }
    /* A word that is no UTF-8 makes no string: nothing of the list must be left out unsaid. */
    if (word != NULL || json_object_set_new(step, "actions", list) != 0) {
        if (word != NULL)
            json_decref(list);
        return ERR_FORMAT;
    }
    return ERR_OK;
}

static bool
put_contact(json_t *step, const struct hit_told *told, const struct hit_post *post)
{
    json_t *contact = json_object();

    return contact != NULL && put(contact, "office", first_of(told->office, post->office)) &&
           put(contact, "email", first_of(told->email, post->email)) &&
           put(contact, "phone", first_of(told->phone, post->phone)) &&
           put(contact, "hours", post->hours) && json_object_set_new(step, "contact", contact) == 0;
}

static bool
put_meeting(json_t *step, const struct hit *hit, const struct hit_told *told,
            const struct hit_post *post)
{
    json_t *meeting = json_object();
    struct time_text at = time_text_utc(told->met_ms == 0 ? hit->looked_ms : told->met_ms);

    return meeting != NULL && put(meeting, "type", first_of(told->type, post->type)) &&
           put(meeting, "place", first_of(told->place, post->place)) &&
           put(meeting, "country", first_of(told->country, post->country)) &&
           put(meeting, "conveyance", told->conveyance) && put(meeting, "at", at.text) &&
           json_object_set_new(step, "meeting", meeting) == 0;
}

/* FIELD=VALUE, then the wire. */
static enum err
finish(const struct hit_report *report, const struct hit_told *told, json_t *tree, struct span *out)
{
    ProtobufCMessage *message = NULL;
    enum err err = ERR_OK;

    for (size_t i = 0; i < told->pairs_count; i++) {
        enum err one = json_read_pair(CONTENT, told->pairs[i], tree, report->problems);
        err = err == ERR_OK ? one : err;
    }
    if (err == ERR_OK)
        err = json_message_decode(CONTENT, tree, report->arena, &message, report->problems);
    return err == ERR_OK ? wire_encode(message, report->arena, out) : err;
}

static enum err
tell_not_text(const struct hit_report *report)
{
    problems_add(report->problems, "options", "type it in UTF-8", "what is told is not UTF-8");
    return ERR_FORMAT;
}

static enum err
make_report(const struct hit_report *report, const struct hit *hit, const struct hit_told *told,
            struct span *out)
{
    ProtobufCMessage *draft = NULL;
    char reference[32];
    json_t *tree = NULL;

    enum err err = wire_decode(CONTENT, hit->draft, report->arena, &draft);
    if (err == ERR_OK)
        err = json_message_encode(draft, report->arena, &tree);
    if (err != ERR_OK)
        return err == ERR_FORMAT ? ERR_CORRUPT : err;
    json_t *step = json_object_get(tree, "report");
    snprintf(reference, sizeof reference, "HIT-%llu", (unsigned long long)hit->number);
    if (!put(tree, "reference", reference) || !put(step, "note", told->note) ||
        !put_meeting(step, hit, told, report->post) || !put_contact(step, told, report->post) ||
        put_actions(step, first_of(told->actions, "NOTHING_YET")) != ERR_OK)
        err = tell_not_text(report);
    if (err == ERR_OK)
        err = finish(report, told, tree, out);
    json_decref(tree);
    return err;
}

static enum err
make_follow_up(const struct hit_report *report, const struct hit *hit, const struct hit_told *told,
               struct span *out)
{
    char reference[32];
    json_t *tree = json_object(), *step = json_object();
    enum err err = ERR_OK;

    snprintf(reference, sizeof reference, "HIT-%llu", (unsigned long long)hit->number);
    if (tree == NULL || step == NULL || json_object_set(tree, "follow_up", step) != 0)
        err = ERR_NOMEM;
    else if (!put(tree, "reference", reference) || !put(step, "note", told->note) ||
             (told->actions != NULL && put_actions(step, told->actions) != ERR_OK))
        err = tell_not_text(report);
    if (err == ERR_OK)
        err = finish(report, told, tree, out);
    json_decref(step);
    json_decref(tree);
    return err;
}

/* ---- whom it goes to, and whether */

/* A basis between the two that covers hits: that of the record if it does, else the first. */
static const char *
find_basis(const struct directory *directory, const char *own, const char *owner,
           const char *preferred)
{
    const char *found = "";

    for (size_t i = 0; i < directory->legal_bases_count; i++) {
        const struct legal_basis *basis = &directory->legal_bases[i];
        if ((basis->kinds >> DENREI__V1__KIND__KIND_SCREENING_HIT & 1) == 0 ||
            !directory_covers(basis, own) || !directory_covers(basis, owner))
            continue;
        if (strcmp(basis->id, preferred) == 0)
            return basis->id;
        if (found[0] == '\0')
            found = basis->id;
    }
    return found;
}

/* The record must still stand: what its owner has ended is no hit any more. */
static enum err
check_record(const struct hit_report *report, const struct hit *hit)
{
    struct problem_path path = problem_path("hit %llu", (unsigned long long)hit->number);
    struct problem_path cure =
        problem_path("screen again; then: denrei-node hit dismiss %llu --reason \"record ended\"",
                     (unsigned long long)hit->number);
    struct record record;

    if (!hit->record.has_message)
        return ERR_OK;
    enum err err = records_at(report->records, hit->record.leaf, &record);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    if (record.state == RECORD_LIVE)
        return ERR_OK;
    problems_add(report->problems, path.text, cure.text, "%s",
                 record.state == RECORD_WITHDRAWN
                     ? "its owner has withdrawn the record since: there is nothing to report"
                 : record.state == RECORD_REPLACED
                     ? "its owner has put a newer record in the place of this one"
                     : "the record has expired");
    return ERR_CONFLICT;
}

static enum err
check_open(const struct hit_report *report, const struct hit *hit)
{
    struct problem_path path = problem_path("hit %llu", (unsigned long long)hit->number);
    struct problem_path show =
        problem_path("denrei-node hit show %llu", (unsigned long long)hit->number);

    if (hit->dismissed_ms == 0 && !hit->has_report && hit->draft.len > 0)
        return ERR_OK;
    problems_add(report->problems, path.text, show.text, "%s",
                 hit->has_report          ? "it was reported already"
                 : hit->dismissed_ms != 0 ? "it was dismissed as false; screen again if it was not"
                                          : "what it said has ended with its retention");
    return ERR_CONFLICT;
}

/* Only the owner is told; --to only chooses where several answer for a state. */
static enum err
find_owner(const struct hit_report *report, const struct hit *hit, const struct hit_told *told,
           const char **out)
{
    if (hit->record.owner[0] != '\0') {
        *out = hit->record.owner;
        if (told->to == NULL || strcmp(told->to, *out) == 0)
            return ERR_OK;
        problems_add(report->problems, "--to", "leave it out",
                     "the record is %s's, and a hit is its owner's matter alone", *out);
        return ERR_POLICY;
    }
    if (told->to == NULL) {
        problems_add(report->problems, "--to", "name the member that answers for the record",
                     "who owns the listed record is not clear from the directory");
        return ERR_POLICY;
    }
    *out = told->to;
    return ERR_OK;
}

/* ---- the message */

static enum err
find_beginner(const struct hit_report *report, const struct hit *hit, const char **out)
{
    char *beginner = arena_alloc(report->arena, MEMBER_ID_MAX + 1);

    *out = hit->record.has_message ? hit->record.owner : state_self(report->state)->member;
    if (beginner == NULL)
        return ERR_NOMEM;
    if (!hit->record.has_message)
        return ERR_OK;
    enum err err = records_find_thread(report->records, &hit->record.thread_id, beginner);
    if (err == ERR_OK)
        *out = beginner;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static struct order
order_of(const struct hit_report *report, const struct hit *hit, const char *const *owner)
{
    const struct trust *trust = state_trust(report->state);
    const struct state_self *self = state_self(report->state);

    return (struct order){
        .kind = kind_find(DENREI__V1__KIND__KIND_SCREENING_HIT),
        .action = DENREI__V1__ACTION__ACTION_NEW,
        .id = message_id_new(report->now_ms),
        .thread_id = hit->record.has_message ? hit->record.thread_id : message_id_thread_new(),
        .from = self->member,
        .credential = self->credential,
        .names = owner,
        .names_count = 1,
        .priority = DENREI__V1__PRIORITY__PRIORITY_FLASH, /* somebody waits at a counter */
        .tlp = DENREI__V1__TLP__TLP_AMBER,
        .use_restriction = DENREI__V1__USE_RESTRICTION__USE_H0,
        .legal_basis = find_basis(trust_directory(trust, TRUST_UNLOGGED), self->member, *owner,
                                  hit->record.legal_basis),
        .now_ms = report->now_ms,
        .has_in_reply_to = hit->record.has_message,
        .in_reply_to = hit->record.ref,
        .thread_from = self->member,
    };
}

/* Check it as the relay and the owner will, and store it. */
static enum err
put_away(const struct hit_report *report, const struct hit *hit, const struct order *order,
         struct span content, bool is_report)
{
    const struct trust *trust = state_trust(report->state);
    struct hits_sent sent = {
        .id = order->id, .hit = hit->number, .content = content, .thread_from = order->thread_from};
    struct header header;

    enum err err = order_make_header(trust, order, report->arena, &header, report->problems);
    if (err == ERR_OK)
        err = order_check(trust, order, &header, content, report->arena, report->problems);
    if (err == ERR_OK)
        err = header_encode(&header, report->arena, &sent.header);
    if (err != ERR_OK)
        return err;
    err = hits_put(report->hits, &sent, is_report);
    return err == ERR_CONFLICT || err == ERR_OK ? err
                                                : state_tell_db("hits.db", err, report->problems);
}

enum err
hit_report_put(const struct hit_report *report, const struct hit *hit, const struct hit_told *told,
               struct id *id)
{
    const char *owner = "";
    struct span content = {NULL, 0};

    /* First what its owner did, for then what it said is erased as well. */
    enum err err = hit->has_report || hit->dismissed_ms != 0 ? ERR_OK : check_record(report, hit);
    if (err == ERR_OK)
        err = check_open(report, hit);
    if (err == ERR_OK)
        err = find_owner(report, hit, told, &owner);
    if (err == ERR_OK)
        err = make_report(report, hit, told, &content);
    if (err != ERR_OK)
        return err;
    struct order order = order_of(report, hit, &owner);
    err = find_beginner(report, hit, &order.thread_from);
    if (err == ERR_OK)
        err = put_away(report, hit, &order, content, true);
    if (err == ERR_CONFLICT && problems_is_empty(report->problems))
        problems_add(report->problems, "hit", "denrei-node hit list",
                     "it was reported or dismissed by somebody else at this moment");
    if (err == ERR_OK)
        *id = order.id;
    return err;
}

enum err
hit_follow_up_put(const struct hit_report *report, const struct hit *hit,
                  const struct hit_told *told, struct id *id)
{
    struct problem_path path = problem_path("hit %llu", (unsigned long long)hit->number);
    struct span content = {NULL, 0};
    struct hits_sent sent = {.stage = HITS_WAITING};
    struct header header;
    enum err err = ERR_OK;

    if (hit->has_report)
        err = hits_sent_find(report->hits, &hit->report, report->arena, &sent);
    if (err == ERR_OK && sent.stage != HITS_ACCEPTED) {
        problems_add(report->problems, path.text, "report it first: denrei-node hit report",
                     "there is no report in the log that something could follow on");
        return ERR_CONFLICT;
    }
    if (err == ERR_OK)
        err = header_decode(sent.header, report->arena, &header);
    if (err == ERR_OK)
        err = make_follow_up(report, hit, told, &content);
    if (err != ERR_OK)
        return err;
    struct order order = order_of(report, hit, (const char *const *)header.to);
    order.thread_id = header.thread_id;
    order.thread_from = sent.thread_from;
    order.legal_basis = header.legal_basis;
    order.has_in_reply_to = true;
    order.in_reply_to = (struct message_ref){header.from, sent.id, sent.hash};
    err = put_away(report, hit, &order, content, false);
    if (err == ERR_OK)
        *id = order.id;
    return err;
}
