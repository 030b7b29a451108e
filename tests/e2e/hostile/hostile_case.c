/*
 * A hostile officer in a case: answers in the thread of a message without asking whether the state
 * of the case allows it.
 *
 *     hostile_case STATE-DIR ID FILE [flash]
 *
 * ID is a message of the officer's store, FILE the content as JSON.  Prints "ID accepted at LEAF".
 * Exit status: 0 the relay took it, 1 it did not; 2 this program failed.
 */
#include "clients/io/submit.h"
#include "clients/officer/io/store.h"
#include "clients/order.h"
#include "proto/envelope.h"
#include "proto/io/clock.h"
#include "proto/io/disk.h"
#include "proto/io/harden.h"
#include "proto/io/term.h"
#include "proto/json_message.h"
#include "proto/json_read.h"
#include "proto/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
must(enum err err, const struct problems *problems, const char *what)
{
    if (err == ERR_OK)
        return;
    fprintf(stderr, "hostile_case: %s: %s\n", what,
            problems->count > 0 ? problems->list[0].wrong : err_text(err));
    exit(2);
}

static struct span
read_content(const char *path, const struct kind_type *kind, struct arena *arena)
{
    struct problems problems = {0};
    ProtobufCMessage *message = NULL;
    struct span content = {0};
    json_t *tree = NULL;
    uint8_t *text = NULL;
    size_t len = 0;

    must(disk_read(path, JSON_TEXT_BYTES_MAX, &text, &len), &problems, path);
    must(json_read_text((struct span){text, len}, &tree, &problems), &problems, path);
    must(json_message_decode(kind->content, tree, arena, &message, &problems), &problems, path);
    must(wire_encode(message, arena, &content), &problems, path);
    json_decref(tree);
    free(text);
    return content;
}

/* A reply to `found`, whatever it says. */
static struct order
make_order(const struct state *state, const struct store_found *found, struct header *asked,
           struct arena *arena, bool is_flash)
{
    struct problems problems = {0};
    const char *self = state_self(state)->member;
    uint64_t now_ms = clock_now_ms();

    must(header_decode(found->is_sent ? found->sent.header : found->received.header, arena, asked),
         &problems, "header");
    struct order order = {
        .kind = kind_find(asked->kind),
        .action = DENREI__V1__ACTION__ACTION_NEW,
        .id = message_id_new(now_ms),
        .thread_id = asked->thread_id,
        .from = self,
        .credential = state_self(state)->credential,
        .names =
            found->is_sent ? (const char *const *)asked->to : (const char *const *)&asked->from,
        .names_count = 1,
        .priority = is_flash ? DENREI__V1__PRIORITY__PRIORITY_FLASH
                             : DENREI__V1__PRIORITY__PRIORITY_ROUTINE,
        .tlp = asked->tlp,
        .use_restriction = asked->use_restriction,
        .legal_basis = asked->legal_basis,
        .now_ms = now_ms,
        .lifetime_ms = DAY_MS,
        .has_in_reply_to = true,
        .in_reply_to = found->received.ref,
        .thread_from = "",
    };
    if (found->is_sent)
        order.in_reply_to =
            (struct message_ref){.from = self, .id = found->sent.id, .hash = found->sent.hash};
    return order;
}

static int
submit(struct state *state, const struct keyfile *key, const struct envelope *envelope,
       const struct id *id, struct arena *arena)
{
    Denrei__V1__SubmitCall call = DENREI__V1__SUBMIT_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Envelope *wire = NULL;
    Denrei__V1__Reply *reply = NULL;
    struct problems problems = {0};
    struct net *net = NULL;
    struct connect *connect = NULL;

    must(net_new(&net), &problems, "network");
    must(connect_open(net, state, key, CONNECT_TIMEOUT_MS, &problems, &connect), &problems,
         "relay");
    must(envelope_to_wire(envelope, arena, &wire), &problems, "wire");
    call.envelopes = &wire;
    call.n_envelopes = 1;
    request.call_case = DENREI__V1__REQUEST__CALL_SUBMIT;
    request.submit = &call;
    must(connect_call(connect, &request, CONNECT_TIMEOUT_MS, arena, &reply, &problems), &problems,
         "submit");
    const Denrei__V1__SubmitResult *result = reply->submit->results[0];
    const bool is_taken = result->code == REFUSAL_NONE;
    if (is_taken)
        printf("%s accepted at %llu\n", message_id_text(id).text, (unsigned long long)result->leaf);
    else
        printf("refused: %s\n", refusal_name(result->code));
    connect_close(&connect);
    net_free(&net);
    return is_taken ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
    struct problems problems = {0};
    struct state *state = NULL;
    struct store *store = NULL;
    struct arena *arena = NULL;
    struct keyfile key = {0};
    struct store_found found;
    struct header asked, header;
    struct envelope envelope;

    must(argc < 4 ? ERR_USAGE : harden_process(), &problems, "hostile_case STATE-DIR ID FILE");
    term_init();
    must(arena_new(ARENA_BYTES_MAX, &arena), &problems, "memory");
    must(state_open(argv[1], STATE_WRITE, STATE_DENREI, &problems, &state), &problems, argv[1]);
    must(state_load_key(state, -1, &key, &problems), &problems, "key");
    must(officer_store_open(argv[1], clock_now_ms(), &problems, &store), &problems, argv[1]);
    must(store_find(store, argv[2], arena, &found, &problems), &problems, argv[2]);
    struct order order = make_order(state, &found, &asked, arena, argc > 4);
    must(order_make_header(state_trust(state), &order, arena, &header, &problems), &problems,
         "header");
    must(order_seal(state_trust(state), &header, read_content(argv[3], order.kind, arena),
                    keyfile_find(&key, DENREI__V1__KEY_USE__KEY_USE_SIGNING), arena, &envelope),
         &problems, "seal");
    int code = submit(state, &key, &envelope, &header.id, arena);
    officer_store_close(&store);
    keyfile_clear(&key);
    state_close(&state);
    arena_free(&arena);
    return code;
}
