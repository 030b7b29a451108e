/*
 * A hostile officer: holds a real credential, skips every check of the client, and sends the relay
 * what it should refuse.  Prints the relay's answer.
 *
 *     hostile MODE STATE-DIR [TO [KIND [FROM ID HASH]]]
 *
 * Exit status: 0 the relay refused, with its reason printed; 1 it accepted; 2 this program failed.
 * TO is the recipient (kr.moj), KIND the message's kind (the first that the credential may send).
 * FROM, ID and HASH are another member's message, for the modes that withdraw it.  Key files must
 * be plain.
 */
#include "clients/io/connect.h"
#include "clients/officer/officer.h"
#include "proto/envelope.h"
#include "proto/io/clock.h"
#include "proto/io/exit.h"
#include "proto/io/harden.h"
#include "proto/io/term.h"
#include "proto/message_id.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One way to be hostile; NULL where the message is not changed at that point. */
struct mode {
    const char *name;
    void (*change_header)(struct header *header);       /* before sealing and signing */
    void (*change_envelope)(struct envelope *envelope); /* after signing */
    unsigned times;                                     /* how often it is submitted */
};

static void
must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "hostile: %s\n", what);
        exit(2);
    }
}

/* ---- changes; bytes in arenas are writable, whatever the span says */

static void
flip(struct span bytes, size_t at)
{
    uint8_t changed = (uint8_t)(bytes.data[at] ^ 1);

    memcpy((void *)(uintptr_t)(bytes.data + at), &changed, 1);
}

static void
alter_body(struct envelope *envelope)
{
    flip(envelope->body, envelope->body.len / 2);
}

/* Another recipient, of a well-formed name. */
static void
alter_header(struct envelope *envelope)
{
    static const char NEEDLE[] = "kr.moj";
    const uint8_t *at = memmem(envelope->header.data, envelope->header.len, NEEDLE, 6);

    must(at != NULL, "the recipient is not in the header");
    flip(envelope->header, (size_t)(at - envelope->header.data) + 5); /* kr.mok */
}

static void
alter_seal(struct envelope *envelope)
{
    flip(envelope->seal, envelope->seal.len - 1);
}

static void
alter_signature(struct envelope *envelope)
{
    envelope->signature.sig.bytes[3] ^= 1;
}

static void
alter_wrap(struct envelope *envelope)
{
    flip((struct span){envelope->wraps, WRAP_BYTES}, 40);
}

static void
claim_other_kind(struct header *header)
{
    header->kind = header->kind == DENREI__V1__KIND__KIND_MLA ? DENREI__V1__KIND__KIND_SUSPECT_ALERT
                                                              : DENREI__V1__KIND__KIND_MLA;
    header->legal_basis = "";
}

static void
claim_other_sender(struct header *header)
{
    header->from = strcmp(header->from, "jp.npa") == 0 ? "jp.mofa" : "jp.npa";
}

static void
claim_old_versions(struct header *header)
{
    header->directory_version++;
}

static void
claim_far_future(struct header *header)
{
    header->created_at_ms += HOUR_MS;
    header->deliver_until_ms = header->created_at_ms + DAY_MS;
    header->expires_at_ms += HOUR_MS;
}

/* ---- what the rows of the kinds forbid */

static void
claim_group(struct header *header)
{
    header->group = "@police";
}

static void
claim_public(struct header *header)
{
    header->tlp = DENREI__V1__TLP__TLP_CLEAR;
}

static void
claim_any_use(struct header *header)
{
    header->use_restriction = DENREI__V1__USE_RESTRICTION__USE_H0;
}

static void
claim_no_basis(struct header *header)
{
    header->legal_basis = "";
}

static void
claim_long_life(struct header *header)
{
    const struct kind_type *kind = kind_find(header->kind);

    header->expires_at_ms = header->created_at_ms + (kind->retention_days_max + 1) * DAY_MS;
}

static void
claim_case_number(struct header *header)
{
    static const char NUMBER[ID_BYTES] = "MOJ-2026-MLA-042";

    memcpy(header->thread_id.bytes, NUMBER, ID_BYTES);
}

/* Another member's message: its id as if it were one's own, or oneself as if one were its sender.
 */
static struct message_ref victim;

static void
withdraw_as_own(struct header *header)
{
    header->action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    header->priority = DENREI__V1__PRIORITY__PRIORITY_FLASH;
    header->has_supersedes = true;
    header->supersedes = victim;
    header->supersedes.from = header->from;
}

static void
withdraw_as_its_sender(struct header *header)
{
    withdraw_as_own(header);
    header->from = victim.from;
    header->supersedes.from = victim.from;
}

static const struct mode MODES[] = {
    {"withdraw-as-own", withdraw_as_own, NULL, 1},
    {"withdraw-as-its-sender", withdraw_as_its_sender, NULL, 1},
    {"honest", NULL, NULL, 1},
    {"repeat", NULL, NULL, 2},
    {"altered-body", NULL, alter_body, 1},
    {"altered-header", NULL, alter_header, 1},
    {"altered-seal", NULL, alter_seal, 1},
    {"altered-signature", NULL, alter_signature, 1},
    {"altered-wrap", NULL, alter_wrap, 1},
    {"other-kind", claim_other_kind, NULL, 1},
    {"other-sender", claim_other_sender, NULL, 1},
    {"other-versions", claim_old_versions, NULL, 1},
    {"far-future", claim_far_future, NULL, 1},
    {"to-group", claim_group, NULL, 1},
    {"label-too-wide", claim_public, NULL, 1},
    {"any-use", claim_any_use, NULL, 1},
    {"no-basis", claim_no_basis, NULL, 1},
    {"kept-too-long", claim_long_life, NULL, 1},
    {"case-number", claim_case_number, NULL, 1},
};

/* ---- one message */

struct hostile {
    struct state *state;
    struct keyfile key;
    struct net *net;
    struct connect *connect;
    struct arena *arena;
};

/* `word`, or the first kind that the credential may send. */
static const struct kind_type *
choose_kind(const struct credential *credential, const char *word)
{
    if (word != NULL)
        return kind_find_name(word);
    for (size_t i = 0; i < kind_count(); i++)
        if (credential->kinds >> kind_at(i)->number & 1)
            return kind_at(i);
    return NULL;
}

/* A basis of the directory for the kind between the two; "" if there is none. */
static const char *
choose_basis(const struct trust *trust, const struct kind_type *kind, const char *from,
             const char *to)
{
    const struct directory *directory = trust_directory(trust, TRUST_UNLOGGED);

    for (size_t i = 0; i < directory->legal_bases_count; i++) {
        const struct legal_basis *basis = &directory->legal_bases[i];
        if (basis->kinds >> kind->number & 1 && directory_covers(basis, from) &&
            directory_covers(basis, to))
            return basis->id;
    }
    return "";
}

static void
compose(struct hostile *hostile, const struct mode *mode, const char *to, const char *kind_word,
        struct envelope *envelope)
{
    const struct trust *trust = state_trust(hostile->state);
    const struct state_self *self = state_self(hostile->state);
    const struct credential *credential =
        trust_credential(trust, &self->credential, TRUST_UNLOGGED);
    struct problems problems = {0};
    struct header header;
    const struct kind_type *kind = NULL;
    uint64_t now_ms = clock_now_ms();

    must(credential != NULL, "no credential in force");
    kind = choose_kind(credential, kind_word);
    must(kind != NULL, "the credential may send nothing");
    const struct order order = {
        .kind = kind,
        .action = DENREI__V1__ACTION__ACTION_NEW,
        .id = message_id_new(now_ms),
        .thread_id = message_id_thread_new(),
        .from = self->member,
        .credential = self->credential,
        .names = &to,
        .names_count = 1,
        .priority = DENREI__V1__PRIORITY__PRIORITY_ROUTINE,
        .tlp = DENREI__V1__TLP__TLP_AMBER,
        .use_restriction = DENREI__V1__USE_RESTRICTION__USE_H1,
        .legal_basis = choose_basis(trust, kind, self->member, to),
        .now_ms = now_ms,
        .lifetime_ms = DAY_MS,
        .thread_from = "",
    };
    must(order_make_header(trust, &order, hostile->arena, &header, &problems) == ERR_OK,
         problems.count > 0 ? problems.list[0].wrong : "no header");
    if (mode->change_header != NULL)
        mode->change_header(&header);
    const struct span nothing = {NULL, 0}; /* nobody is meant to open it */
    must(order_seal(trust, &header, nothing,
                    keyfile_find(&hostile->key, DENREI__V1__KEY_USE__KEY_USE_SIGNING),
                    hostile->arena, envelope) == ERR_OK,
         "it cannot be sealed");
    if (mode->change_envelope != NULL)
        mode->change_envelope(envelope);
}

/* Whether the relay refused; its reason is printed. */
static bool
submit(struct hostile *hostile, const struct envelope *envelope)
{
    Denrei__V1__SubmitCall call = DENREI__V1__SUBMIT_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Envelope *wire = NULL;
    Denrei__V1__Reply *reply = NULL;
    struct problems problems = {0};

    must(envelope_to_wire(envelope, hostile->arena, &wire) == ERR_OK, "no wire form");
    call.envelopes = &wire;
    call.n_envelopes = 1;
    request.call_case = DENREI__V1__REQUEST__CALL_SUBMIT;
    request.submit = &call;
    enum err err = connect_call(hostile->connect, &request, CONNECT_TIMEOUT_MS, hostile->arena,
                                &reply, &problems);
    if (err == ERR_REFUSED) {
        printf("refused: %s\n", problems.list[0].wrong);
        return true;
    }
    must(err == ERR_OK && reply->submit->n_results == 1, "no answer");
    const Denrei__V1__SubmitResult *result = reply->submit->results[0];
    if (result->code == REFUSAL_NONE) {
        printf("accepted at %llu\n", (unsigned long long)result->leaf);
        return false;
    }
    printf("refused: %s: %s\n", refusal_name(result->code), refusal_text(result->code));
    return true;
}

static void
take_victim(char **words)
{
    struct message_id_range range;
    size_t len = 0;

    victim.from = words[0];
    must(message_id_parse(words[1], &range) == ERR_OK, "ID is no message id");
    victim.id = range.low;
    must(sodium_hex2bin(victim.hash.bytes, HASH_BYTES, words[2], strlen(words[2]), NULL, &len,
                        NULL) == 0 &&
             len == HASH_BYTES,
         "HASH is no hash");
}

int
main(int argc, char **argv)
{
    struct hostile hostile = {.state = NULL};
    struct problems problems = {0};
    struct envelope envelope;
    const struct mode *mode = NULL;
    bool refused = false;

    must(harden_process() == ERR_OK, "cannot start");
    term_init();
    for (size_t i = 0; argc > 2 && i < sizeof MODES / sizeof MODES[0]; i++)
        if (strcmp(argv[1], MODES[i].name) == 0)
            mode = &MODES[i];
    must(mode != NULL, "usage: hostile MODE STATE-DIR [TO [KIND [FROM ID HASH]]]");
    if (argc > 7)
        take_victim(argv + 5);
    must(arena_new(ARENA_BYTES_MAX, &hostile.arena) == ERR_OK, "no memory");
    enum err err = state_open(argv[2], STATE_WRITE, STATE_ANY, &problems, &hostile.state);
    if (err == ERR_OK)
        err = state_load_key(hostile.state, -1, &hostile.key, &problems);
    if (err == ERR_OK)
        err = net_new(&hostile.net);
    if (err == ERR_OK)
        err = connect_open(hostile.net, hostile.state, &hostile.key, CONNECT_TIMEOUT_MS, &problems,
                           &hostile.connect);
    if (err == ERR_REFUSED)
        printf("refused: %s\n", problems.list[0].wrong);
    else
        must(err == ERR_OK, problems.count > 0 ? problems.list[0].wrong : err_text(err));
    refused = err == ERR_REFUSED;
    if (!refused)
        compose(&hostile, mode, argc > 3 ? argv[3] : "kr.moj", argc > 4 ? argv[4] : NULL,
                &envelope);
    for (unsigned i = 0; i < mode->times && !refused; i++)
        refused = submit(&hostile, &envelope);
    connect_close(&hostile.connect);
    net_free(&hostile.net);
    keyfile_clear(&hostile.key);
    state_close(&hostile.state);
    arena_free(&hostile.arena);
    return refused ? EXIT_DONE : EXIT_FAILED;
}
