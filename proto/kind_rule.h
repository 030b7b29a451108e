/*
 * kind_rule.h - the rules that fields of all kinds share: presence, length, dates, states, numbers.
 *
 * Pure.  Each adds what is wrong to the problems of its place, and says what to do.  A place is
 * where a message lies in the content; its path is written only when there is a problem.  Texts
 * have passed strict wire, so they are UTF-8 without NUL; NULL and "" are absent.
 */
#ifndef PROTO_KIND_RULE_H
#define PROTO_KIND_RULE_H

#include "proto/date_text.h"
#include "proto/kind.h"
#include "proto/person.pb-c.h"

enum { KIND_RULE_DEPTH_MAX = 8 };

/* Where a message lies; built on the stack, each in the one it lies in. */
struct kind_place {
    const struct kind_context *context;
    struct problems *problems;
    struct date_text today;      /* the day of created_at, UTC */
    const struct kind_place *up; /* NULL: this is the content itself */
    const char *field;           /* of the message above */
    size_t index;                /* in a repeated field, else SIZE_MAX */
};

/* What a text must be; flags to add. */
enum kind_text {
    KIND_TEXT_OPTIONAL = 0,
    KIND_TEXT_MANDATORY = 1, /* present, and more than blanks */
    KIND_TEXT_LINES = 2      /* line breaks and tabs are allowed */
};

/* What a date must be; flags to add. */
enum kind_date {
    KIND_DATE_OPTIONAL = 0,
    KIND_DATE_MANDATORY = 1,
    KIND_DATE_PARTIAL = 2, /* 2024-03 and 2024 will do */
    KIND_DATE_PAST = 4,    /* not after today (a day is allowed for time zones) */
    KIND_DATE_FUTURE = 8   /* not before today (a day is allowed for time zones) */
};

/* The place of the content itself. */
struct kind_place kind_place_content(const struct kind_context *context, struct problems *problems);

/* The place of a message in a field of the one at `up`. */
struct kind_place kind_place_field(const struct kind_place *up, const char *field);
struct kind_place kind_place_item(const struct kind_place *up, const char *field, size_t index);

/* Add a problem with `field` of the message at `place`; with "" of the message itself. */
void kind_rule_add(const struct kind_place *place, const char *field, const char *cure,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Whether a text is there. */
bool kind_rule_has(const char *text);

/* The character that `text`, valid UTF-8 and not at its end, begins with; returns what follows. */
const char *kind_rule_next_point(const char *text, uint32_t *out);

/* A text of at most `chars_max` characters; no control, format or directional characters. */
void kind_rule_text(const struct kind_place *place, const char *field, const char *text,
                    size_t chars_max, unsigned flags);

/* Each of `count` texts, none empty; `count` at most `count_max`. */
void kind_rule_texts(const struct kind_place *place, const char *field, char *const *texts,
                     size_t count, size_t count_max, size_t chars_max, unsigned flags);

/*
 * A text that must not speak of a person: no "name:", "born:" and the like, no machine-readable
 * zone; `whose` is "the holder".  What is written in free words is the sender's to leave out.
 */
void kind_rule_non_nominal(const struct kind_place *place, const char *field, const char *text,
                           const char *whose);

/* A reference: at most 64 of letters, digits and -_./ in ASCII. */
void kind_rule_reference(const struct kind_place *place, const char *field, const char *text,
                         bool is_mandatory);

/* A date; true and *out if there is one and it is a date, though a rule may be broken. */
bool kind_rule_date(const struct kind_place *place, const char *field, const char *text,
                    unsigned flags, struct date_text *out);

/* A review date: today or later, at most `years` ahead, not after expires_at. */
void kind_rule_review_date(const struct kind_place *place, const char *field, const char *text,
                           uint32_t years, bool is_mandatory);

/* `later` is not before `earlier`, both given; `what` says how it should be. */
void kind_rule_order(const struct kind_place *place, const char *field, struct date_text earlier,
                     struct date_text later, const char *what);

/* A state's code: that of an issuer, a country, or a nationality. */
enum kind_state { KIND_STATE_ISSUER, KIND_STATE_COUNTRY, KIND_STATE_NATIONALITY };
void kind_rule_state(const struct kind_place *place, const char *field, const char *text,
                     enum kind_state use, bool is_mandatory);

/* At most `max` different nationalities. */
void kind_rule_nationalities(const struct kind_place *place, const char *field, char *const *codes,
                             size_t count, size_t max);

/* A language: two or three small letters.  Languages: at most `max` different ones. */
void kind_rule_language(const struct kind_place *place, const char *field, const char *text,
                        bool is_mandatory);
void kind_rule_languages(const struct kind_place *place, const char *field, char *const *texts,
                         size_t count, size_t max);

/* An enum that must be given; `example` shows a value. */
void kind_rule_choice(const struct kind_place *place, const char *field, int value,
                      const char *example);

/* Enum values, at least `min`, each once (wire keeps them below 64). */
void kind_rule_choices(const struct kind_place *place, const char *field, const int *values,
                       size_t count, size_t min, const char *example);

/* How many items a repeated field has. */
void kind_rule_count(const struct kind_place *place, const char *field, size_t count, size_t min,
                     size_t max);

/* H3 in the header asks for a note that says what use is allowed. */
void kind_rule_handling(const struct kind_place *place, const char *field, const char *text);

/* Whether the sender has `role`. */
bool kind_rule_has_role(const struct kind_context *context, Denrei__V1__Role role);

/* Parts of person.proto, by all that is said there.  A contact that must be there may be NULL. */
void kind_rule_names(const struct kind_place *place, const char *field,
                     Denrei__V1__PersonName *const *names, size_t count, size_t min, size_t max);
void kind_rule_documents(const struct kind_place *place, const char *field,
                         Denrei__V1__PersonDocument *const *documents, size_t count, size_t max);
void kind_rule_contact(const struct kind_place *place, const char *field,
                       const Denrei__V1__Contact *contact);

/* A document's number for its type, and its check digit if one is given. */
void kind_rule_document_number(const struct kind_place *place, const char *number,
                               const char *check_digit, Denrei__V1__TravelDocumentType type);

/* The files attached to `content`, which stands at `place`: names, types that go with the kind. */
void kind_rule_attachments(const struct kind_type *kind, const struct kind_place *place,
                           const ProtobufCMessage *content);

#endif /* PROTO_KIND_RULE_H */
