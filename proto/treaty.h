/*
 * treaty.h - treaty profiles: what a treaty, a convention or the diplomatic channel asks of a
 * request for mutual legal assistance and of the answers to it.
 *
 * Pure.  A profile is a readable file, proto/treaties/ID.profile, of the legal basis ID of the
 * directory.  The build reads the files with treaty_parse and makes of them the table that
 * treaty_find looks in, so that a file with an error ends the build, and no file is read later.
 */
#ifndef PROTO_TREATY_H
#define PROTO_TREATY_H

#include "proto/arena.h"
#include "proto/bytes.h"
#include "proto/mla.pb-c.h"
#include "proto/problem.h"
#include "proto/trust.pb-c.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TREATY_BYTES_MAX = 256 << 10, /* of a profile's file */
    TREATY_DAYS_MAX = 3650
};

/* A rule: the article that wants it, and what it says in both languages. */
struct treaty_rule {
    const char *article; /* "Art. 3(1)(5)", or that of a general rule: "UNTOC Art. 18(15)(a)" */
    const char *text;    /* English */
    const char *text_ja; /* Japanese */
};

/* A state or territory that the treaty binds, and the languages of requests to it. */
struct treaty_party {
    const char *country; /* three-letter code as in the directory; "*": every other one */
    const char *name, *name_ja;
    const char *const *languages; /* ISO 639; none: any that the party accepts */
    size_t languages_count;
    const char *const *urgent_languages; /* in urgent cases as well */
    size_t urgent_languages_count;
    const char *article; /* on the languages */
};

/* An authority of a party, between which requests go. */
struct treaty_authority {
    const char *country;        /* as the party's */
    Denrei__V1__Role role;      /* of the member in the directory that it is */
    bool may_send, may_receive; /* requests */
    const char *name, *name_ja;
    const char *article;
};

/* When a part of a request must be there; measures are those of its assistance. */
enum treaty_need {
    TREATY_OPTIONAL,
    TREATY_MANDATORY,
    TREATY_FOR,    /* if one of the measures is asked for (in an assistance: by that one) */
    TREATY_EXCEPT, /* unless nothing but these measures is asked for */
    TREATY_URGENT  /* if the request is urgent */
};

/* A part of a request, in the order in which an officer is asked for the parts. */
struct treaty_content {
    const char *path; /* of mla.proto, without indexes: "request.offences.provisions" */
    enum treaty_need need;
    uint32_t measures; /* bit m: MlaMeasure m; 0 unless TREATY_FOR or TREATY_EXCEPT */
    struct treaty_rule rule;
};

/* A ground on which the treaty lets a request be refused. */
struct treaty_refusal {
    Denrei__V1__MlaGround ground;
    bool is_mandatory; /* "shall be refused", not "may be refused" */
    struct treaty_rule rule;
};

/* What runs from a request or a question; the days are counted from when it was accepted. */
enum treaty_deadline {
    TREATY_ACKNOWLEDGE, /* the requested party acknowledges a request */
    TREATY_ANSWER,      /* the requested party answers or refuses it finally */
    TREATY_REPLY,       /* either party replies to a question */
    TREATY_DEADLINES
};

struct treaty_days {
    uint32_t days; /* 1 to TREATY_DAYS_MAX; 0: the treaty has no such rule */
    struct treaty_rule rule;
};

/* How the requested party judges that the facts would be an offence under its own law. */
enum treaty_dual { TREATY_DUAL_NONE, TREATY_DUAL_DISCRETIONARY, TREATY_DUAL_MANDATORY };

struct treaty {
    const char *id;
    const char *title, *title_ja;
    const char *in_force; /* YYYY-MM-DD, "" where that differs from party to party */
    uint32_t channels;    /* bit c: MlaChannel c */
    const struct treaty_party *parties;
    size_t parties_count; /* 1 or more */
    const struct treaty_authority *authorities;
    size_t authorities_count; /* 1 or more */
    const struct treaty_content *contents;
    size_t contents_count; /* 1 or more */
    const struct treaty_refusal *refusals;
    size_t refusals_count;           /* 1 or more */
    struct treaty_days confirmation; /* an urgent request is confirmed in writing within so long */
    struct treaty_days deadlines[TREATY_DEADLINES];
    struct treaty_rule use; /* limitation of use */
    enum treaty_dual dual;
    struct treaty_rule dual_rule;
    const char *const *sources; /* where the texts are from */
    size_t sources_count;
    const char *const *checks; /* what somebody with the treaty's text should still check */
    size_t checks_count;
    const char *file_text; /* the profile as it was read */
};

/* ---- the profiles of this build */

size_t treaty_count(void);
const struct treaty *treaty_at(size_t index);

/*
 * The profile of a legal basis: the one of the same id, else the one whose id, with a '.' after
 * it, is the longest that `legal_basis` begins with (convention.untoc.jp-th has the profile
 * convention.untoc, for many legal bases rest on one convention); NULL if there is none.
 */
const struct treaty *treaty_find(const char *legal_basis);

/* ---- looking things up in a profile */

/* The party with the code `country`, else the one for every other country; NULL if none. */
const struct treaty_party *treaty_find_party(const struct treaty *treaty, const char *country);

/* The ground's row; NULL if the treaty does not allow it. */
const struct treaty_refusal *treaty_find_refusal(const struct treaty *treaty,
                                                 Denrei__V1__MlaGround ground);

/* The row of a part; NULL if the profile does not name it. */
const struct treaty_content *treaty_find_content(const struct treaty *treaty, const char *path);

/* Whether some authority of `country` with one of `roles` may send (or receive) requests. */
bool treaty_may(const struct treaty *treaty, const char *country, const Denrei__V1__Role *roles,
                size_t roles_count, bool is_sending);

/*
 * The last millisecond of what must be done by `deadline` when it began at `begun_ms`: the end of
 * that day, UTC; 0 if the profile has no such rule.
 */
uint64_t treaty_deadline_ms(const struct treaty *treaty, enum treaty_deadline deadline,
                            uint64_t begun_ms);

/* ---- reading a profile */

/*
 * Read `text`, the profile's file; `name` is the file's, as problems tell it ("NAME, line 7").  On
 * ERR_OK *out and all it points to live in `arena`; otherwise it is NULL.
 * ERR_FORMAT: `problems` has every line that is wrong, or lacks, with the remedy.
 * ERR_NOMEM:  the arena is full.
 */
enum err treaty_parse(const char *name, struct span text, struct arena *arena,
                      const struct treaty **out, struct problems *problems);

/* The generated table. */
extern const struct treaty *const denrei_treaties[];
extern const size_t denrei_treaties_count;

#endif /* PROTO_TREATY_H */
