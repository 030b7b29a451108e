#include "clients/node/confusion.h"

#include <stdio.h>
#include <string.h>

enum {
    KEY_BASE = 37,
    KEY_HIGH_CHARS = 12, /* 37^12 < 2^63 */
    KEY_LOW_CHARS = DOCUMENT_NUMBER_BYTES - 1 - KEY_HIGH_CHARS,
    SCORE_FIRST = 80,       /* one confusion */
    SCORE_FIRST_FITS = 90,  /* and the record fits the printed check digit too */
    SCORE_FIRST_UNFIT = 65, /* and it does not */
    SCORE_STEP = 10,
    SCORE_STEP_SMALL = 5,
    SCORE_OTHER_CODE = 15 /* less, where the record is under another code of the same issuer */
};

char
confusion_class(char c)
{
    static const char classes[26] = {
        ['B' - 'A'] = '8', ['D' - 'A'] = '0', ['G' - 'A'] = '6', ['I' - 'A'] = '1',
        ['L' - 'A'] = '1', ['O' - 'A'] = '0', ['Q' - 'A'] = '0', ['S' - 'A'] = '5',
        ['V' - 'A'] = 'U', ['Z' - 'A'] = '2',
    };

    if (c < 'A' || c > 'Z' || classes[c - 'A'] == 0)
        return c;
    return classes[c - 'A'];
}

void
confusion_skeleton(const struct document_number *number, struct document_number *out)
{
    struct document_number skeleton = {{0}};

    for (size_t i = 0; number->text[i] != '\0'; i++)
        skeleton.text[i] = confusion_class(number->text[i]);
    *out = skeleton;
}

/* 1 to 36, so that what ends sorts before what goes on. */
static uint64_t
digit_of(char c)
{
    c = confusion_class(c);
    return c >= 'A' ? (uint64_t)(c - 'A') + 11 : (uint64_t)(c - '0') + 1;
}

struct confusion_key
confusion_key(const char *number, size_t len)
{
    struct confusion_key key = {0, 0};

    for (size_t i = 0; i < KEY_HIGH_CHARS; i++)
        key.high = key.high * KEY_BASE + (i < len ? digit_of(number[i]) : 0);
    if (len <= KEY_HIGH_CHARS)
        return key;
    for (size_t i = KEY_HIGH_CHARS; i < KEY_HIGH_CHARS + KEY_LOW_CHARS; i++)
        key.low = key.low * KEY_BASE + (i < len ? digit_of(number[i]) : 0);
    return key;
}

int
confusion_key_compare(struct confusion_key left, struct confusion_key right)
{
    if (left.high != right.high)
        return left.high < right.high ? -1 : 1;
    return (left.low > right.low) - (left.low < right.low);
}

/* ---- grading */

struct difference {
    size_t count;
    char list[96];                    /* "O for 0 at place 3, B for 8 at place 5" */
    char read[DOCUMENT_NUMBER_BYTES]; /* the recorded number, its '*' as asked */
};

/* False: they are not alike. */
static bool
find_differences(const char *asked, const char *recorded, struct difference *out)
{
    size_t used = 0;
    size_t i = 0;

    for (; asked[i] != '\0' && recorded[i] != '\0'; i++) {
        const char class = confusion_class(asked[i]);
        const char on_record = recorded[i] != '*' ? recorded[i] : class;
        if (on_record < '0' || (recorded[i] == '*' && on_record > '9') ||
            confusion_class(on_record) != class)
            return false;
        out->read[i] = on_record;
        if (asked[i] == on_record)
            continue;
        out->count++;
        if (used < sizeof out->list)
            used += (size_t)snprintf(out->list + used, sizeof out->list - used,
                                     "%s%c for %c at place %zu", used == 0 ? "" : ", ", on_record,
                                     asked[i], i + 1);
    }
    return asked[i] == recorded[i];
}

/* What the zone's own check digit makes of the recorded number. */
enum fit { FIT_UNKNOWN, FIT_BOTH, FIT_ASKED };

static enum fit
find_fit(const struct screen_query *query, const struct difference *difference)
{
    const struct mrz_digit *digit = &query->mrz.digits[MRZ_CHECK_NUMBER];

    if (!query->has_mrz || digit->found < '0' || digit->found > '9')
        return FIT_UNKNOWN;
    return document_number_check_digit(difference->read, strlen(difference->read)) == digit->found
               ? FIT_BOTH
               : FIT_ASKED;
}

static unsigned
score_of(size_t confusions, enum fit fit)
{
    const unsigned more = (unsigned)confusions - 1;

    if (fit == FIT_BOTH)
        return SCORE_FIRST_FITS - more * SCORE_STEP_SMALL;
    if (fit == FIT_ASKED)
        return SCORE_FIRST_UNFIT - more * SCORE_STEP_SMALL;
    return SCORE_FIRST - more * SCORE_STEP;
}

static const char *
fit_text(enum fit fit)
{
    if (fit == FIT_BOTH)
        return "; it fits the check digit in the zone";
    return fit == FIT_ASKED ? "; it does not fit the check digit in the zone" : "";
}

bool
confusion_compare(const struct screen_query *query, const char *number, const char *state,
                  struct confusion_grade *out)
{
    struct difference difference = {.count = 0};
    const bool is_same_state = strcmp(query->state, state) == 0;
    char other[64] = "";

    if (!is_same_state && strcmp(state_code_issuer(query->state), state_code_issuer(state)) != 0)
        return false;
    if (!find_differences(query->number.text, number, &difference) ||
        difference.count > CONFUSION_MAX)
        return false;
    out->score = FINDING_EXACT;
    if (!is_same_state) {
        out->score -= SCORE_OTHER_CODE;
        snprintf(other, sizeof other, "; on record under %s, a code of the same issuer", state);
    }
    if (difference.count == 0) {
        snprintf(out->reason, sizeof out->reason, "%s%s",
                 is_same_state ? "number and issuing state are the same" : "the number is the same",
                 other);
        return true;
    }
    const enum fit fit = find_fit(query, &difference);
    out->score -= FINDING_EXACT - score_of(difference.count, fit);
    snprintf(out->reason, sizeof out->reason, "the number on record has %s%s%s", difference.list,
             fit_text(fit), other);
    return true;
}
