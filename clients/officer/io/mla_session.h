/*
 * mla_session.h - a request for mutual legal assistance while it is being made: its parties and
 * profile, its answers so far, and the draft that they are kept in.
 *
 * Host.  The desk is closed meanwhile, so that other commands can work with the state directory.
 */
#ifndef CLIENTS_OFFICER_IO_MLA_SESSION_H
#define CLIENTS_OFFICER_IO_MLA_SESSION_H

#include "clients/officer/io/desk.h"
#include "clients/officer/mla_form.h"
#include "proto/io/disk.h"
#include "proto/kind.h"

#include <jansson.h>

enum { MLA_COMMAND_BYTES = 2 * DISK_PATH_BYTES + 512 };

struct mla_session {
    const struct desk_options *options;
    struct problems *problems; /* borrowed: what ends the command */
    struct arena *arena;       /* of the session */
    struct arena *scratch;     /* of one check */
    const struct treaty *treaty;
    const struct treaty_party *requested; /* of the profile; NULL: it does not say */
    bool is_profile_general; /* the legal basis has none: UNTOC's leads, general rules hold */
    struct kind_context context;
    const char *to;                  /* the member that is asked */
    json_t *tree;                    /* always decodes */
    char draft[DISK_PATH_BYTES];     /* "": none is kept */
    char command[MLA_COMMAND_BYTES]; /* that goes on with the draft */
    enum language language;
};

/* Begins as {0} with options and problems set. */

/*
 * Look up who is asked, the legal basis and its profile, in the directory of the state directory.
 * ERR_USAGE: --to names none or several, or no legal basis can be told.  Else as desk_open.
 */
enum err mla_session_open(struct mla_session *session);

/* Free what it has; the draft stays. */
void mla_session_close(struct mla_session *session);

/*
 * Begin with what is in the draft, if there is one.
 * ERR_FORMAT: it is no form and no JSON.  ERR_IO and the like: it cannot be read.
 */
enum err mla_session_load(struct mla_session *session, const char *path);

/* Fill in what the profile leaves no choice of: the channel.  ERR_NOMEM. */
enum err mla_session_begin(struct mla_session *session);

/* Take FIELD=VALUE pairs into the answers.  ERR_FORMAT: told in the problems. */
enum err mla_session_pairs(struct mla_session *session, const char *const *words, size_t count);

/*
 * Check the answers as the message's recipient would; what is wrong goes to `found`.  The message
 * lives until the next check; NULL if there is none.
 */
const Denrei__V1__Mla *mla_session_check(struct mla_session *session, struct problems *found);

/* Keep the answers in the draft.  Errors as disk_write, told in the problems. */
enum err mla_session_save(struct mla_session *session);

#endif /* CLIENTS_OFFICER_IO_MLA_SESSION_H */
