/*
 * relay_case.h - a relay over real sockets that answers a client as a test wishes: honestly out of
 * the log of client_case.h, then changed by the test's `twist`.  And a client's state and key, of
 * jp.mofa's node (a witness too) or of another credential.
 *
 * The relay runs in a thread of its own, and alone uses `arena` and `notes` while it runs; a test
 * changes the log, and what the twist reads, only between two calls of the client.
 */
#ifndef TESTS_UNIT_CLIENTS_RELAY_CASE_H
#define TESTS_UNIT_CLIENTS_RELAY_CASE_H

#include "client_case.h"
#include "clients/io/connect.h"
#include "clients/io/state_inner.h"
#include "proto/io/clock.h"
#include "proto/wire.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum { RELAY_CALLS = 16 /* more than the highest number of a call */ };

static struct {
    struct net *net;
    struct net_server *server;
    pthread_t thread;
    atomic_bool is_stopped;
    const struct net_session *session;        /* of the request that is answered */
    atomic_uint asked[RELAY_CALLS];           /* requests that came, by their call */
    uint64_t published;                       /* size of the newest published checkpoint; 0: all */
    size_t witnesses;                         /* that have cosigned it */
    void (*alter)(struct envelope *envelope); /* what is submitted, before it is logged */
    /* Change the reply; false: none is sent at all. */
    bool (*twist)(const Denrei__V1__Request *request, Denrei__V1__Reply *reply);
} relay;

static char client_dir[] = "/tmp/denrei-client-XXXXXX";
static struct state state;
static struct keyfile key;
static struct problems problems;
static struct net *net;
static struct connect *client;

/* ---- honest answers */

static inline uint64_t
relay_size(void)
{
    return logged->count;
}

static inline ProtobufCBinaryData *
relay_consistency(uint64_t older, uint64_t newer, size_t *count)
{
    ProtobufCBinaryData *path = need(arena_alloc(arena, 64 * sizeof *path));

    if (older > 0 && older < newer)
        consistency_of(older, 0, newer, true, path, count);
    return path;
}

static inline void
relay_hello(const Denrei__V1__HelloCall *call, Denrei__V1__Reply *reply)
{
    Denrei__V1__HelloReply *answer = need(arena_alloc(arena, sizeof *answer));

    denrei__v1__hello_reply__init(answer);
    answer->checkpoint = note_at(relay_size());
    answer->consistency =
        relay_consistency(call->checkpoint_size, relay_size(), &answer->n_consistency);
    answer->documents = logged->documents;
    answer->time = fed->now_ms;
    reply->hello = answer;
}

static inline void
relay_documents(const Denrei__V1__DocumentsCall *call, Denrei__V1__Reply *reply)
{
    Denrei__V1__DocumentsReply *answer = need(arena_alloc(arena, sizeof *answer));
    uint64_t number = 0;

    denrei__v1__documents_reply__init(answer);
    answer->items = need(arena_alloc(arena, logged->count * sizeof *answer->items));
    for (size_t leaf = 0; leaf < logged->count; leaf++)
        if (logged->list[leaf].document.len > 0 && ++number > call->after)
            answer->items[answer->n_items++] = document_at(leaf, relay_size());
    answer->checkpoint = note_at(relay_size());
    answer->consistency =
        relay_consistency(call->checkpoint_size, relay_size(), &answer->n_consistency);
    answer->documents = logged->documents;
    reply->documents = answer;
}

static inline void
relay_checkpoint(const Denrei__V1__CheckpointCall *call, Denrei__V1__Reply *reply)
{
    Denrei__V1__CheckpointReply *answer = need(arena_alloc(arena, sizeof *answer));
    const uint64_t size = relay.published == 0 ? relay_size() : relay.published;
    const size_t all = logged->count;

    denrei__v1__checkpoint_reply__init(answer);
    logged->count = size;
    answer->published = notes[notes_count++] = fed_log_checkpoint(logged, relay.witnesses);
    logged->count = all;
    answer->consistency = call->size < size
                              ? relay_consistency(call->size, size, &answer->n_consistency)
                              : relay_consistency(size, call->size, &answer->n_consistency);
    answer->witnessed = relay.witnesses < FED_WITNESSES ? answer->witnessed : answer->published;
    reply->checkpoint = answer;
}

/* The message at `leaf` with its place in the header's `to`; NULL if it is not to the client. */
static inline Denrei__V1__FetchItem *
relay_item(uint64_t leaf, struct slot *slot)
{
    Denrei__V1__FetchItem *item = need(arena_alloc(arena, sizeof *item));
    Denrei__V1__Slot *wire = need(arena_alloc(arena, sizeof *wire));
    struct hash *path = need(arena_alloc(arena, BATCH_PATH_MAX * sizeof *path));
    const struct fed_logged *at = &logged->list[leaf];
    struct log_entry entry;
    struct header header;
    size_t index = 0;

    fed_need(entry_decode(at->entry, arena, &entry), "entry");
    if (entry.type != DENREI__V1__LOG_ENTRY__EVENT_MESSAGE)
        return NULL;
    fed_need(header_decode(entry.message.header, arena, &header), "header");
    while (index < header.to_count && strcmp(header.to[index], state.self.member) != 0)
        index++;
    if (index == header.to_count)
        return NULL;
    denrei__v1__fetch_item__init(item);
    denrei__v1__slot__init(wire);
    *slot = entry.message.slots[index];
    wire->lane = slot->lane;
    wire->number = slot->number;
    item->slot = wire;
    item->entry = wire_put(at->entry.data, at->entry.len);
    item->leaf = leaf;
    item->path = need(arena_alloc(arena, 64 * sizeof *item->path));
    path_of(leaf, 0, relay_size(), item->path, &item->n_path);
    const struct envelope envelope = {.wraps = at->wraps.data, .wraps_count = header.to_count};
    item->n_wrap_path = envelope_wrap_path(&fed->federation, &envelope, index, path);
    fed_need(frame_put_hashes(path, item->n_wrap_path, arena, &item->wrap_path), "path");
    item->wrap = wire_put(at->wraps.data + index * WRAP_BYTES, WRAP_BYTES);
    item->body = wire_put(at->body.data, at->body.len);
    return item;
}

/* The mailbox head with these numbers, signed by the relay's key. */
static inline void
relay_sign_head(Denrei__V1__FetchReply *answer, const struct head *head)
{
    struct span bytes;
    struct sig *sig = need(arena_alloc(arena, sizeof *sig));

    fed_need(head_encode(head, arena, &bytes), "head");
    *sig = head_sign(&fed->federation, bytes, identity_secret(fed->relay));
    answer->head = wire_put(bytes.data, bytes.len);
    answer->head_sig = wire_put(sig->bytes, sizeof sig->bytes);
}

static inline struct head
relay_head(void)
{
    const uint64_t *last = logged->last[fed_member(fed, state.self.member) - fed->members];

    return (struct head){.member = state.self.member,
                         .flash_last = last[0],
                         .rest_last = last[1],
                         .tree_size = relay_size(),
                         .time_ms = logged->time_ms};
}

static inline void
relay_fetch(const Denrei__V1__FetchCall *call, Denrei__V1__Reply *reply)
{
    Denrei__V1__FetchReply *answer = need(arena_alloc(arena, sizeof *answer));
    const struct head head = relay_head();

    denrei__v1__fetch_reply__init(answer);
    answer->items = need(arena_alloc(arena, logged->count * sizeof *answer->items));
    for (size_t leaf = 0; leaf < logged->count && answer->n_items < call->credit; leaf++) {
        struct slot slot;
        Denrei__V1__FetchItem *item = relay_item(leaf, &slot);
        if (item != NULL &&
            slot.number >
                (slot.lane == DENREI__V1__LANE__LANE_FLASH ? call->flash_after : call->rest_after))
            answer->items[answer->n_items++] = item;
    }
    answer->checkpoint = note_at(relay_size());
    answer->consistency =
        relay_consistency(call->checkpoint_size, relay_size(), &answer->n_consistency);
    answer->documents = logged->documents;
    relay_sign_head(answer, &head);
    reply->fetch = answer;
}

/* Log the one envelope of the call, whatever it is. */
static inline void
relay_submit(const Denrei__V1__SubmitCall *call, Denrei__V1__Reply *reply)
{
    Denrei__V1__SubmitReply *answer = need(arena_alloc(arena, sizeof *answer));
    Denrei__V1__SubmitResult *result = need(arena_alloc(arena, sizeof *result));
    struct envelope envelope;
    struct header header;

    fed_need(envelope_from_wire(call->envelopes[0], arena, &envelope), "envelope");
    fed_need(header_decode(envelope.header, arena, &header), "header");
    if (relay.alter != NULL)
        relay.alter(&envelope);
    denrei__v1__submit_reply__init(answer);
    denrei__v1__submit_result__init(result);
    result->leaf = fed_log_envelope(logged, &header, &envelope);
    result->entry =
        wire_put(logged->list[result->leaf].entry.data, logged->list[result->leaf].entry.len);
    result->path = need(arena_alloc(arena, 64 * sizeof *result->path));
    path_of(result->leaf, 0, relay_size(), result->path, &result->n_path);
    answer->results = need(arena_copy(arena, &result, sizeof result));
    answer->n_results = 1;
    answer->checkpoint = note_at(relay_size());
    answer->consistency =
        relay_consistency(call->checkpoint_size, relay_size(), &answer->n_consistency);
    reply->submit = answer;
}

static inline void
relay_entries(const Denrei__V1__EntriesCall *call, Denrei__V1__Reply *reply)
{
    Denrei__V1__EntriesReply *answer = need(arena_alloc(arena, sizeof *answer));

    denrei__v1__entries_reply__init(answer);
    answer->entries = need(arena_alloc(arena, logged->count * sizeof *answer->entries));
    for (uint64_t leaf = call->from_leaf; leaf < relay_size(); leaf++)
        answer->entries[answer->n_entries++] =
            wire_put(logged->list[leaf].entry.data, logged->list[leaf].entry.len);
    answer->checkpoint = note_at(relay_size());
    reply->entries = answer;
}

/* Any other call is answered with all zero: the test's twist says what it needs. */
static inline void
relay_others(Denrei__V1__Reply *reply)
{
    Denrei__V1__AcknowledgeReply *acknowledge = need(arena_alloc(arena, sizeof *acknowledge));
    Denrei__V1__CosignReply *cosign = need(arena_alloc(arena, sizeof *cosign));
    Denrei__V1__TrackReply *track = need(arena_alloc(arena, sizeof *track));

    denrei__v1__acknowledge_reply__init(acknowledge);
    denrei__v1__cosign_reply__init(cosign);
    denrei__v1__track_reply__init(track);
    if (reply->answer_case == DENREI__V1__REPLY__ANSWER_ACKNOWLEDGE)
        reply->acknowledge = acknowledge;
    else if (reply->answer_case == DENREI__V1__REPLY__ANSWER_TRACK)
        reply->track = track;
    else
        reply->cosign = cosign;
}

/* Turn the reply into an error with `code`, and `sentence` if it is not NULL. */
static inline void
relay_refuse(Denrei__V1__Reply *reply, uint32_t code, const char *sentence)
{
    Denrei__V1__ErrorReply *error = need(arena_alloc(arena, sizeof *error));

    denrei__v1__error_reply__init(error);
    error->code = code;
    if (sentence != NULL)
        error->sentence = (char *)(uintptr_t)sentence;
    reply->answer_case = DENREI__V1__REPLY__ANSWER_ERROR;
    reply->error = error;
}

/* Send what is not, or not yet, the reply. */
static inline void
relay_send(const Denrei__V1__Reply *reply)
{
    struct span bytes;

    fed_need(wire_encode(&reply->base, arena, &bytes), "reply");
    (void)net_server_send(relay.server, relay.session, bytes);
}

static inline void
relay_answer(const struct net_frame *frame)
{
    Denrei__V1__Reply reply = DENREI__V1__REPLY__INIT;
    Denrei__V1__Request *request = NULL;

    arena_reset(arena);
    relay.session = &frame->session;
    fed_need(frame_decode_request(frame->content, arena, &request), "request");
    atomic_fetch_add(&relay.asked[(size_t)request->call_case % RELAY_CALLS], 1);
    reply.request_id = request->request_id;
    reply.answer_case = (Denrei__V1__Reply__AnswerCase)request->call_case;
    if (request->call_case == DENREI__V1__REQUEST__CALL_HELLO)
        relay_hello(request->hello, &reply);
    else if (request->call_case == DENREI__V1__REQUEST__CALL_DOCUMENTS)
        relay_documents(request->documents, &reply);
    else if (request->call_case == DENREI__V1__REQUEST__CALL_CHECKPOINT)
        relay_checkpoint(request->checkpoint, &reply);
    else if (request->call_case == DENREI__V1__REQUEST__CALL_FETCH)
        relay_fetch(request->fetch, &reply);
    else if (request->call_case == DENREI__V1__REQUEST__CALL_SUBMIT)
        relay_submit(request->submit, &reply);
    else if (request->call_case == DENREI__V1__REQUEST__CALL_ENTRIES)
        relay_entries(request->entries, &reply);
    else
        relay_others(&reply);
    /* Encoded as it is: frame_encode_reply would not let lies pass. */
    if (relay.twist == NULL || relay.twist(request, &reply))
        relay_send(&reply);
    while (notes_count > 0)
        free(notes[--notes_count]);
}

static inline void *
relay_run(void *unused)
{
    struct net_frame frame;

    (void)unused;
    net_frame_init(&frame);
    while (!atomic_load(&relay.is_stopped)) {
        zmq_pollitem_t item = {.socket = net_server_socket(relay.server), .events = ZMQ_POLLIN};
        (void)zmq_poll(&item, 1, 20);
        while (net_server_receive(relay.server, &frame) == ERR_OK)
            relay_answer(&frame);
    }
    net_frame_free(&frame);
    return NULL;
}

static inline unsigned
relay_asked(Denrei__V1__Request__CallCase call)
{
    return atomic_load(&relay.asked[call]);
}

/* ---- setting up */

static inline bool
relay_admit_all(void *context, const struct public_key *client_key,
                char user_id[NET_USER_ID_MAX + 1])
{
    (void)context;
    (void)client_key;
    memcpy(user_id, "client", sizeof "client");
    return true;
}

static inline void
relay_make_state(struct fed_member *member, const struct fed_credential *credential)
{
    ck_assert_ptr_nonnull(mkdtemp(client_dir));
    state.lock = -1;
    snprintf(state.dir, sizeof state.dir, "%s", client_dir);
    snprintf(state.self.member, sizeof state.self.member, "%s", member->id);
    snprintf(state.self.local_id, sizeof state.self.local_id, "%s",
             credential->credential.local_id);
    state.self.purpose = credential->credential.purpose;
    state.self.credential = credential->credential.hash;
    fed_need(state_open_db(&state, STATE_WRITE, true, &problems), "state");
    fed_need(state_put_bundle(&state, 0, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY,
                              fed->directory, &problems),
             "bundle");
    fed_need(trust_new(fed->directory, &state.trust), "trust");
    key.keys[0] = credential->signing; /* borrowed, as are the others: never keyfile_clear it */
    key.keys[1] = credential->encryption;
    key.keys[2] = credential->transport;
    key.keys[3] = fed->witnesses[1];
    key.keys_count = 4;
}

/* The usual federation, its log, the relay, and the state of the member's credential `number`. */
static inline void
relay_setup_for(const char *id, size_t number)
{
    ck_assert_int_eq(net_new(&relay.net), ERR_OK);
    ck_assert_int_eq(net_new(&net), ERR_OK);
    fed = fed_new(FED_NOW_MS);
    const struct net_server_config config = {.endpoint = "tcp://127.0.0.1:*",
                                             .secret_key = identity_secret(fed->transport),
                                             .lookup = relay_admit_all};
    ck_assert_int_eq(net_server_open(relay.net, &config, &relay.server), ERR_OK);
    fed->endpoint = net_server_endpoint(relay.server);
    fed_make_usual(fed, FED_WITNESSES);
    logged = fed_log_new(fed);
    fed_need(arena_new(ARENA_BYTES_MAX, &arena), "arena");
    struct fed_member *member = fed_member(fed, id);
    relay_make_state(member, &member->credentials[number]);
    ck_assert_int_eq(pthread_create(&relay.thread, NULL, relay_run, NULL), 0);
}

/* With the state of jp.mofa's node, which is the witness too. */
static inline void
relay_setup(void)
{
    relay_setup_for("jp.mofa", 1);
}

static inline void
relay_teardown(void)
{
    char command[64];

    connect_close(&client);
    atomic_store(&relay.is_stopped, true);
    ck_assert_int_eq(pthread_join(relay.thread, NULL), 0);
    net_server_free(&relay.server);
    net_free(&relay.net);
    net_free(&net);
    trust_free(&state.trust);
    trust_free(&state.bundle);
    db_close(&state.db);
    client_teardown();
    snprintf(command, sizeof command, "rm -rf %s", client_dir);
    ck_assert_int_eq(system(command), 0);
}

/* Connect (again); what the client says of it is in `problems`. */
static inline enum err
relay_connect(void)
{
    connect_close(&client);
    problems = (struct problems){0};
    return connect_open(net, &state, &key, CONNECT_TIMEOUT_MS, &problems, &client);
}

#endif /* TESTS_UNIT_CLIENTS_RELAY_CASE_H */
