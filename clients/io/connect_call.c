/* Requests and their replies, and what failed, in words. */
#include "clients/io/connect_inner.h"

#include "proto/io/clock.h"

/* Replies that nobody awaits: an honest relay sends none on a connection. */
enum { STRAYS_MAX = 8 };

/* ---- telling what failed */

enum err
connect_tell_link(enum err err, const char *endpoint, struct problems *problems)
{
    if (err == ERR_CONNECT || err == ERR_TIMEOUT)
        problems_add(problems, endpoint,
                     "check that the relay runs and that the network lets you reach it", "%s",
                     err == ERR_TIMEOUT ? "the relay does not answer in time"
                                        : "nobody listens there, or the connection broke");
    else if (err == ERR_KEY)
        problems_add(problems, endpoint,
                     "do not go on: ask the relay's operator; if it has a new key, get a newer "
                     "directory with it",
                     "what answers does not hold the key that the directory gives for this relay");
    else if (err == ERR_REFUSED)
        problems_add(problems, endpoint,
                     "ask your key authority whether your credential is in the current roster, and "
                     "whether that roster has been published",
                     "the relay does not admit this key");
    else if (err == ERR_CANCELLED)
        problems_add(problems, "", "", "interrupted");
    else
        problems_add(problems, endpoint, "", "cannot talk to the relay: %s", err_text(err));
    return err;
}

enum err
connect_tell_log(enum err err, const char *endpoint, struct problems *problems)
{
    const char *const cure = "do not go on: tell your auditor and the other members; what "
                             "was seen is kept in the state directory";

    if (err == ERR_PROOF)
        problems_add(problems, endpoint, cure,
                     "the relay shows a history that contradicts what it showed before");
    else if (err == ERR_STALE) {
        problems_add(problems, endpoint, cure,
                     "the relay's log is shorter than what it showed before: it went back");
        return ERR_PROOF;
    } else if (err == ERR_SIGNATURE)
        problems_add(problems, endpoint,
                     "do not go on: ask the relay's operator; a log never changes its key",
                     "the log's checkpoint is not signed by the key that the directory gives");
    else
        problems_add(problems, endpoint, "tell the relay's operator: the relay is broken",
                     "the relay's answer makes no sense: %s", err_text(err));
    return err;
}

/* ---- one request */

/* A relay that sends what was not asked for must neither hold us for ever nor fill our memory. */
static enum err
receive_reply(struct connect *connect, uint64_t deadline_ms, struct arena *arena,
              Denrei__V1__Reply **out)
{
    struct net_frame frame;
    enum err err = ERR_NOT_FOUND;

    net_frame_init(&frame);
    for (size_t i = 0; err == ERR_NOT_FOUND && i < STRAYS_MAX; i++) {
        err = net_client_receive(connect->client, deadline_ms, &frame);
        if (err == ERR_OK)
            err = session_take(&connect->session, frame.content, arena, out);
        if (err == ERR_NOMEM)
            err = ERR_FORMAT; /* what a request may be answered with has room */
    }
    net_frame_free(&frame);
    return err == ERR_NOT_FOUND ? ERR_FORMAT : err;
}

static enum err
tell_refusal(struct connect *connect, const Denrei__V1__ErrorReply *error,
             struct problems *problems)
{
    const char *sentence = error->sentence[0] != '\0' ? error->sentence : refusal_text(error->code);

    connect->refusal = error->code;
    problems_add(problems, refusal_name(error->code), refusal_remedy(error->code),
                 "the relay refuses: %s", sentence);
    /* A relay that goes down judges nothing: it is as if it were away already. */
    return error->code == REFUSAL_STOPPING ? ERR_CONNECT : ERR_REFUSED;
}

enum err
connect_send(struct connect *connect, Denrei__V1__Request *request, uint64_t timeout_ms,
             struct arena *arena, struct problems *problems)
{
    uint64_t deadline_ms = clock_boot_ms() + timeout_ms;
    struct span frame;

    enum err err = session_ask(&connect->session, request, deadline_ms, arena, &frame);
    if (err != ERR_OK) {
        problems_add(problems, "", "", "the request cannot be made: %s", err_text(err));
        return err;
    }
    err = net_client_send(connect->client, frame);
    if (err == ERR_OK)
        return ERR_OK;
    session_forget(&connect->session);
    return connect_tell_link(err, connect->endpoint, problems);
}

enum err
connect_receive(struct connect *connect, struct arena *arena, Denrei__V1__Reply **out,
                struct problems *problems)
{
    Denrei__V1__Reply *reply = NULL;

    enum err err = receive_reply(connect, session_deadline_ms(&connect->session), arena, &reply);
    if (err == ERR_TIMEOUT)
        (void)session_expire(&connect->session, clock_boot_ms());
    if (err != ERR_OK) {
        session_forget(&connect->session);
        if (err == ERR_FORMAT)
            return connect_tell_log(err, connect->endpoint, problems);
        /* A link that broke says more than a reply that did not come. */
        if (err == ERR_TIMEOUT && net_client_link(connect->client) != NET_LINK_UP)
            err = ERR_CONNECT;
        return connect_tell_link(err, connect->endpoint, problems);
    }
    *out = reply;
    if (reply->answer_case == DENREI__V1__REPLY__ANSWER_ERROR)
        return tell_refusal(connect, reply->error, problems);
    return ERR_OK;
}

bool
connect_is_awaiting(const struct connect *connect)
{
    return session_deadline_ms(&connect->session) != UINT64_MAX;
}

enum err
connect_call(struct connect *connect, Denrei__V1__Request *request, uint64_t timeout_ms,
             struct arena *arena, Denrei__V1__Reply **out, struct problems *problems)
{
    Denrei__V1__Reply *reply = NULL;

    enum err err = connect_send(connect, request, timeout_ms, arena, problems);
    if (err == ERR_OK)
        err = connect_receive(connect, arena, &reply, problems);
    if (err == ERR_OK)
        *out = reply;
    return err;
}
