#include "clients/audit/io/show.h"

#include "proto/field.h"
#include "proto/io/clock.h"
#include "proto/kind.h"
#include "proto/message_id.h"

#include <sodium.h>
#include <stdio.h>

enum { VERDICT_SCHEMA = 1 };

/* ---- a log */

void
show_report(const struct replay_report *report)
{
    bool is_sound = replay_is_sound(report);

    term_style(stdout, is_sound ? TERM_GREEN : TERM_RED);
    printf("%s", is_sound ? "SOUND" : "NOT SOUND");
    term_style(stdout, TERM_PLAIN);
    printf(": entries %llu (messages %llu, receipts %llu, documents %llu, refusals %llu)\n",
           (unsigned long long)report->entries, (unsigned long long)report->messages,
           (unsigned long long)report->receipts, (unsigned long long)report->documents,
           (unsigned long long)report->refusals);
    printf("Tree:       %s\n", !report->is_signed      ? "no checkpoint of this log's key"
                               : report->is_root_right ? "leads to the root that the log signed"
                                                       : "does not lead to the signed root");
    if (report->has_wrong_leaf)
        printf("Changed:    entry %llu\n", (unsigned long long)report->wrong_leaf);
    if (report->is_signed && !report->is_time_right)
        printf("Times:      the last entry claims one after the witnesses saw it\n");
    printf("Faults:     %llu\n", (unsigned long long)report->faults);
    if (report->cases.cases > 0)
        printf(
            "Cases:      %llu (messages %llu, of which %llu refused by their recipients); by their "
            "headers %llu out of order and not refused\n",
            (unsigned long long)report->cases.cases, (unsigned long long)report->cases.messages,
            (unsigned long long)report->cases.refused,
            (unsigned long long)report->cases.impossible);
    if (report->witnesses == 0)
        printf("Witnesses:  the directory names none\n");
    else if (report->witnessed_ms == 0)
        printf("Witnesses:  %zu of %zu cosigned this checkpoint; %u are needed for a quorum\n",
               report->cosigners, report->witnesses, report->quorum);
    else
        printf("Witnesses:  %zu of %zu cosigned, a quorum since %s\n", report->cosigners,
               report->witnesses, clock_local_text(report->witnessed_ms).text);
}

enum err
show_report_json(const struct replay_report *report, const struct problems *problems)
{
    json_t *faults = json_array();
    json_t *cases =
        json_pack("{s:I, s:I, s:I, s:I}", "cases", (json_int_t)report->cases.cases, "messages",
                  (json_int_t)report->cases.messages, "refused", (json_int_t)report->cases.refused,
                  "out_of_order", (json_int_t)report->cases.impossible);

    for (size_t i = 0; i < problems->count; i++)
        json_array_append_new(faults, json_pack("{s:s, s:s}", "where", problems->list[i].path.text,
                                                "what", problems->list[i].wrong));
    return show_print(json_pack(
        "{s:i, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:b, s:I, s:I, s:I, s:o, s:o}",
        "schema", (int)VERDICT_SCHEMA, "sound", (int)replay_is_sound(report), "entries",
        (json_int_t)report->entries, "messages", (json_int_t)report->messages, "receipt_entries",
        (json_int_t)report->receipts, "documents", (json_int_t)report->documents, "refusals",
        (json_int_t)report->refusals, "faults", (json_int_t)report->faults, "checkpoint_signed",
        (int)report->is_signed, "root_right", (int)report->is_root_right, "times_right",
        (int)report->is_time_right, "witnesses", (json_int_t)report->witnesses, "cosigners",
        (json_int_t)report->cosigners, "quorum", (json_int_t)report->quorum, "cases", cases,
        "problems", faults));
}

/* ---- one message */

static const char *
status_word(const struct evidence_delivery *delivery)
{
    const char *word =
        field_enum_word(&denrei__v1__delivery_status__descriptor, (int)delivery->receipt.status);

    return word == NULL ? "?" : word;
}

void
show_evidence(const struct evidence *evidence)
{
    const struct header *header = &evidence->header;
    const struct kind_type *kind = kind_find(header->kind);
    const struct credential *credential =
        trust_credential(evidence->trust, &header->credential, evidence->leaf);
    char hash[2 * HASH_BYTES + 1];

    printf("Proved: message %s, a %s from %s", message_id_text(&header->id).text,
           kind == NULL ? "?" : kind->name, header->from);
    if (credential != NULL)
        printf(" (credential %s)", credential->local_id);
    printf(", to");
    for (size_t i = 0; i < header->to_count; i++)
        printf(" %s", header->to[i]);
    printf("\n  is entry %llu of the log, signed by that credential, which was in force there, and "
           "allowed by the directory.\n",
           (unsigned long long)evidence->leaf);
    printf("  Message hash %s\n",
           sodium_bin2hex(hash, sizeof hash, evidence->message_hash.bytes, HASH_BYTES));
    printf("  The sender says that it made it at %s, the relay that it took it at %s.\n",
           clock_local_text(header->created_at_ms).text, clock_local_text(evidence->time_ms).text);
    for (size_t i = 0; i < evidence->deliveries_count; i++)
        printf("Proved: %s signed %s%s%s%s, entry %llu; it says at %s.\n",
               evidence->deliveries[i].receipt.member, status_word(&evidence->deliveries[i]),
               evidence->deliveries[i].receipt.reason == 0 ? "" : " (",
               evidence->deliveries[i].receipt.reason == 0
                   ? ""
                   : refusal_name(evidence->deliveries[i].receipt.reason),
               evidence->deliveries[i].receipt.reason == 0 ? "" : ")",
               (unsigned long long)evidence->deliveries[i].leaf,
               clock_local_text(evidence->deliveries[i].receipt.time_ms).text);
    if (evidence->quorum > 0 && evidence->checkpoint.cosigners >= evidence->quorum)
        printf("Proved: %zu of %zu witnesses saw a log with these entries by %s.\n",
               evidence->checkpoint.cosigners, evidence->witnesses,
               clock_local_text(checkpoint_time_ms(&evidence->checkpoint, evidence->quorum)).text);
    else
        printf("Not proved: that a quorum of witnesses saw this log (%zu of %u needed): it rests "
               "on the relay's signature alone.\n",
               evidence->checkpoint.cosigners, evidence->quorum);
    if (evidence->has_absence)
        printf(
            "Proved: %s sent no message in its thread by %s: none is among the entries %llu to "
            "%llu, all that the log held until then.\n"
            "Not proved: that it did not answer outside of this log, nor that it had no reason.\n",
            evidence->absence.member, clock_local_text(evidence->absence.by_ms).text,
            (unsigned long long)evidence->leaf + 1, (unsigned long long)evidence->absence.end - 1);
    printf("Not proved: what the message says (its content is sealed; the message hash pins it), "
           "nor the exact times.\n");
}

enum err
show_evidence_json(const struct evidence *evidence)
{
    const struct header *header = &evidence->header;
    const struct kind_type *kind = kind_find(header->kind);
    json_t *to = json_array();
    json_t *deliveries = json_array();
    char hash[2 * HASH_BYTES + 1];

    for (size_t i = 0; i < header->to_count; i++)
        json_array_append_new(to, json_string(header->to[i]));
    for (size_t i = 0; i < evidence->deliveries_count; i++)
        json_array_append_new(
            deliveries,
            json_pack("{s:s, s:s, s:I, s:s}", "member", evidence->deliveries[i].receipt.member,
                      "status", status_word(&evidence->deliveries[i]), "leaf",
                      (json_int_t)evidence->deliveries[i].leaf, "time",
                      time_text_utc(evidence->deliveries[i].receipt.time_ms).text));
    sodium_bin2hex(hash, sizeof hash, evidence->message_hash.bytes, HASH_BYTES);
    json_t *absence = json_null();
    if (evidence->has_absence)
        absence =
            json_pack("{s:s, s:s, s:I, s:I}", "member", evidence->absence.member, "by",
                      time_text_utc(evidence->absence.by_ms).text, "from_leaf",
                      (json_int_t)evidence->leaf, "to_leaf", (json_int_t)evidence->absence.end);
    return show_print(json_pack(
        "{s:i, s:b, s:s, s:s, s:s, s:o, s:I, s:s, s:s, s:o, s:I, s:I, s:I, s:o}", "schema",
        (int)VERDICT_SCHEMA, "proved", 1, "id", message_id_text(&header->id).text, "kind",
        kind == NULL ? "" : kind->name, "from", header->from, "to", to, "leaf",
        (json_int_t)evidence->leaf, "accepted_at", time_text_utc(evidence->time_ms).text, "hash",
        hash, "deliveries", deliveries, "cosigners", (json_int_t)evidence->checkpoint.cosigners,
        "witnesses", (json_int_t)evidence->witnesses, "quorum", (json_int_t)evidence->quorum,
        "no_answer", absence));
}
