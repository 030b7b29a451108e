#include "clients/node/name_compare.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    JOIN_MAX = 3,
    EDGES_MAX = 128,
    PART_WEIGHT = 20,
    PARTICLE_WEIGHT = 3,
    INCOMPLETE_MAX = 62 /* a whole family or given name is missing */
};

void
name_spoken_init(struct name_spoken *spoken, const struct name_form *form)
{
    spoken->form = form;
    spoken->has_tongues = false;
    for (size_t i = 0; i < form->parts_count; i++)
        name_voice_init(&spoken->voices[i], form, i, i + 1);
}

/* ---- pairing */

struct pairing {
    struct name_spoken *left, *right;
    struct name_tongues tongues;
    struct name_pair edges[EDGES_MAX];
    size_t edges_count;
};

/* The role of a part: 0 family, 1 given, 2 not known. */
static unsigned
role_of(const struct name_form *form, size_t part)
{
    return !form->is_divided ? 2 : part < form->family_count ? 0 : 1;
}

static bool
is_light(const struct name_form *form, size_t part)
{
    if (!name_form_is_particle(form->parts[part]))
        return false;
    if (!form->is_divided)
        return form->parts_count > 2;
    return part < form->family_count ? form->family_count > 1
                                     : form->parts_count - form->family_count > 1;
}

static unsigned
weight_of(const struct name_form *form, size_t part)
{
    return is_light(form, part) ? PARTICLE_WEIGHT : PART_WEIGHT;
}

static void
add_edge(struct pairing *pairing, struct name_pair pair, struct name_voice *left,
         struct name_voice *right)
{
    enum name_rule rule = NAME_RULE_NONE;
    struct name_tongues tongues = pairing->tongues;

    tongues.chinese_family = role_of(pairing->left->form, pair.left) == 0 &&
                             role_of(pairing->right->form, pair.right) == 0;
    unsigned score = name_part_compare(left, right, &tongues, &rule);

    bool is_joined = pair.left_count + pair.right_count > 2;
    if (score < NAME_PART_AGREES || pairing->edges_count == EDGES_MAX ||
        (is_joined && rule == NAME_RULE_TYPO))
        return;
    pair.score = (uint8_t)score;
    pair.rule = (uint8_t)rule;
    pairing->edges[pairing->edges_count++] = pair;
}

/* Joining parts of the family with parts of the given name makes no name. */
static bool
is_one_role(const struct name_form *form, size_t from, size_t count)
{
    return role_of(form, from) == role_of(form, from + count - 1);
}

static bool
can_be_long_enough(size_t one, size_t joined)
{
    return one + 4 >= joined && joined + 4 >= one;
}

/* Two or three parts of `many` against single parts of `one`. */
static void
add_joins(struct pairing *pairing, struct name_spoken *many, struct name_spoken *one, bool is_left)
{
    struct name_voice joined;

    for (size_t count = 2; count <= JOIN_MAX && count <= many->form->parts_count; count++) {
        for (size_t from = 0; from + count <= many->form->parts_count; from++) {
            size_t len = 0;
            bool is_made = false;
            for (size_t i = from; i < from + count; i++)
                len += many->voices[i].len;
            if (!is_one_role(many->form, from, count))
                continue;
            for (size_t i = 0; i < one->form->parts_count; i++) {
                if (!can_be_long_enough(one->voices[i].len, len))
                    continue;
                if (!is_made)
                    name_voice_init(&joined, many->form, from, from + count);
                is_made = true;
                struct name_pair pair = {(uint8_t)(is_left ? from : i),
                                         (uint8_t)(is_left ? count : 1),
                                         (uint8_t)(is_left ? i : from),
                                         (uint8_t)(is_left ? 1 : count),
                                         0,
                                         0};
                add_edge(pairing, pair, is_left ? &joined : &one->voices[i],
                         is_left ? &one->voices[i] : &joined);
            }
        }
    }
}

static void
find_edges(struct pairing *pairing)
{
    pairing->edges_count = 0;
    for (size_t l = 0; l < pairing->left->form->parts_count; l++) {
        for (size_t r = 0; r < pairing->right->form->parts_count; r++)
            add_edge(pairing, (struct name_pair){(uint8_t)l, 1, (uint8_t)r, 1, 0, 0},
                     &pairing->left->voices[l], &pairing->right->voices[r]);
    }
    if (pairing->left->form->parts_count > 1)
        add_joins(pairing, pairing->left, pairing->right, true);
    if (pairing->right->form->parts_count > 1)
        add_joins(pairing, pairing->right, pairing->left, false);
}

/*
 * How good an edge is: its score, whether it keeps family with family, and is no particle.  The
 * order must not depend on which name is on the left.
 */
static unsigned
value_of(const struct pairing *pairing, const struct name_pair *pair)
{
    const struct name_form *left = pairing->left->form, *right = pairing->right->form;
    unsigned l = role_of(left, pair->left), r = role_of(right, pair->right);
    unsigned value = (unsigned)pair->score * 8;

    value -=
        (unsigned)pair->left_count + pair->right_count - 2; /* what need not be joined is not */
    value += l == r || l == 2 || r == 2 ? 12 : 0;
    value += is_light(left, pair->left) || is_light(right, pair->right) ? 0 : 4;
    return value;
}

static unsigned
mask_of(uint8_t from, uint8_t count)
{
    return ((1U << count) - 1) << from;
}

/* The best edges first, each part in one of them. */
static void
choose(struct pairing *pairing, struct name_match *out, unsigned *left_used, unsigned *right_used)
{
    *left_used = *right_used = 0;
    out->pairs_count = 0;
    for (;;) { /* ends: each round uses up a part */
        const struct name_pair *best = NULL;
        unsigned best_value = 0;
        for (size_t i = 0; i < pairing->edges_count; i++) {
            const struct name_pair *edge = &pairing->edges[i];
            if ((mask_of(edge->left, edge->left_count) & *left_used) != 0 ||
                (mask_of(edge->right, edge->right_count) & *right_used) != 0)
                continue;
            unsigned value = value_of(pairing, edge);
            if (best == NULL || value > best_value) {
                best = edge;
                best_value = value;
            }
        }
        if (best == NULL || out->pairs_count == NAME_PARTS_MAX)
            return;
        out->pairs[out->pairs_count++] = *best;
        *left_used |= mask_of(best->left, best->left_count);
        *right_used |= mask_of(best->right, best->right_count);
    }
}

/* ---- scoring */

/* Sums of a pairing, in weights. */
struct sums {
    unsigned matched;
    unsigned quality; /* weight times score */
    unsigned lowest;
    unsigned left_over, right_over;
    unsigned parts;
    bool crosses; /* family with given */
    bool keeps;   /* family with family, or given with given */
};

static unsigned
pair_weight(const struct pairing *pairing, const struct name_pair *pair)
{
    unsigned left = 0, right = 0;

    for (size_t i = 0; i < pair->left_count; i++)
        left += weight_of(pairing->left->form, pair->left + i);
    for (size_t i = 0; i < pair->right_count; i++)
        right += weight_of(pairing->right->form, pair->right + i);
    return left < right ? left : right;
}

static unsigned
left_over(const struct name_form *form, unsigned used)
{
    unsigned sum = 0;

    for (size_t i = 0; i < form->parts_count; i++)
        sum += (used & (1U << i)) != 0 ? 0 : weight_of(form, i);
    return sum;
}

/* Whether all of the family name, or all of the given name, of `form` is unmatched. */
static bool
lacks_role(const struct name_form *form, unsigned used)
{
    unsigned all = (1U << form->parts_count) - 1;
    unsigned family = (1U << form->family_count) - 1;

    if (!form->is_divided)
        return false;
    return (used & family) == 0 || (used & all & ~family) == 0;
}

static struct sums
add_up(const struct pairing *pairing, const struct name_match *match)
{
    struct sums sums = {.lowest = 100};

    for (size_t i = 0; i < match->pairs_count; i++) {
        const struct name_pair *pair = &match->pairs[i];
        unsigned weight = pair_weight(pairing, pair);
        unsigned l = role_of(pairing->left->form, pair->left);
        unsigned r = role_of(pairing->right->form, pair->right);
        sums.matched += weight;
        sums.quality += weight * pair->score;
        sums.parts += weight >= PART_WEIGHT ? 1 : 0;
        sums.lowest = pair->score < sums.lowest ? pair->score : sums.lowest;
        sums.crosses = sums.crosses || l + r == 1;
        sums.keeps = sums.keeps || (l == r && l != 2);
    }
    return sums;
}

/* What is missing on one side only: a middle name costs little, a syllable is another name. */
static unsigned
omission_cost(const struct pairing *pairing, unsigned omitted)
{
    bool is_cut = pairing->left->form->is_cut || pairing->right->form->is_cut;

    if (omitted == 0 || is_cut)
        return 0;
    if (omitted < PART_WEIGHT)
        return 1;
    if (pairing->tongues.korean || pairing->tongues.chinese)
        return 24;
    return omitted < 2 * PART_WEIGHT ? 5 : omitted < 3 * PART_WEIGHT ? 8 : 10;
}

static unsigned
score_of(const struct pairing *pairing, const struct sums *sums, const struct name_match *match,
         bool is_incomplete)
{
    bool is_single =
        pairing->left->form->parts_count == 1 && pairing->right->form->parts_count == 1;
    unsigned conflict = sums->left_over < sums->right_over ? sums->left_over : sums->right_over;
    unsigned omitted = sums->left_over + sums->right_over - 2 * conflict;

    if (sums->matched == 0)
        return 0;
    unsigned score = sums->quality / sums->matched;
    unsigned cost = 100 * conflict / (sums->matched + conflict);
    cost += omission_cost(pairing, omitted);
    cost += match->is_swapped ? 2 : 0;
    cost += sums->lowest < 84 ? (84 - sums->lowest) / 3 : 0;
    score = score > cost ? score - cost : 0;
    bool is_alone = sums->parts < 2 && !is_single && match->pairs_count < 2 &&
                    match->pairs[0].left_count == match->pairs[0].right_count;
    if ((is_incomplete || is_alone) && score > INCOMPLETE_MAX)
        score = INCOMPLETE_MAX;
    return score;
}

/* ---- characters */

/* All of it as one text, the given name first with `is_turned`. */
static void
write_whole(const struct name_form *form, bool is_turned, char *out, size_t room)
{
    size_t middle = form->is_divided && is_turned ? form->family_count : 0;

    name_form_join(form, middle, form->parts_count, out, room);
    size_t len = strlen(out);
    name_form_join(form, 0, middle, out + len, room - len);
}

static void
compare_characters(const struct name_form *left, const struct name_form *right,
                   struct name_match *out)
{
    char texts[4][NAME_PARTS_MAX * NAME_PART_BYTES];

    memset(out, 0, sizeof *out);
    write_whole(left, false, texts[0], sizeof texts[0]);
    write_whole(right, false, texts[1], sizeof texts[1]);
    write_whole(left, true, texts[2], sizeof texts[2]);
    write_whole(right, true, texts[3], sizeof texts[3]);
    if (strcmp(texts[0], texts[1]) == 0)
        out->score = 100;
    else if (strcmp(texts[2], texts[1]) == 0 || strcmp(texts[0], texts[3]) == 0)
        out->score = 97;
    out->is_swapped = out->score == 97;
    out->has_conflict = out->score == 0;
    if (out->score > 0) {
        out->pairs[0] = (struct name_pair){
            0, left->parts_count, 0, right->parts_count, (uint8_t)out->score, NAME_RULE_CHARACTERS};
        out->pairs_count = 1;
    }
}

void
name_compare(struct name_spoken *left, struct name_spoken *right, struct name_match *out)
{
    struct pairing pairing = {.left = left, .right = right};
    unsigned left_used = 0, right_used = 0;
    bool has_characters = left->form->writing == NAME_HAN || left->form->writing == NAME_OTHER;

    memset(out, 0, sizeof *out);
    if (has_characters || right->form->writing == NAME_HAN || right->form->writing == NAME_OTHER) {
        if (left->form->writing == right->form->writing)
            compare_characters(left->form, right->form, out);
        return;
    }
    pairing.tongues = name_spoken_common(left, right);
    find_edges(&pairing);
    choose(&pairing, out, &left_used, &right_used);
    struct sums sums = add_up(&pairing, out);
    sums.left_over = left_over(left->form, left_used);
    sums.right_over = left_over(right->form, right_used);
    out->is_swapped = sums.crosses && !sums.keeps;
    out->has_omission = sums.left_over != sums.right_over;
    out->has_conflict = sums.left_over > 0 && sums.right_over > 0;
    out->score = score_of(&pairing, &sums, out,
                          lacks_role(left->form, left_used) || lacks_role(right->form, right_used));
}

/* ---- words */

__attribute__((format(printf, 3, 4))) static void
say(char *out, size_t room, const char *format, ...)
{
    size_t len = strlen(out);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(out + len, room - len, format, args);
    va_end(args);
}

/* Parts as capitals, with blanks between them. */
static void
say_parts(char *out, size_t room, const struct name_form *form, size_t from, size_t count)
{
    for (size_t i = from; i < from + count && i < form->parts_count; i++) {
        size_t start = strlen(out) + (i > from ? 1 : 0);
        say(out, room, "%s%s", i > from ? " " : "", form->parts[i]);
        for (size_t k = start; out[k] != '\0'; k++)
            out[k] = out[k] >= 'a' && out[k] <= 'z' ? (char)(out[k] - 'a' + 'A') : out[k];
    }
}

static void
say_pair(char *out, size_t room, const struct name_pair *pair, const struct name_form *left,
         const struct name_form *right)
{
    static const char *const ROLES[] = {"family name", "given name", "name"};
    unsigned role = role_of(left, pair->left);

    if (role == 2)
        role = role_of(right, pair->right);
    if (pair->rule == NAME_RULE_CHARACTERS)
        role = 2;
    say(out, room, "%s%s %s", out[0] == '\0' ? "" : "; ", ROLES[role],
        name_part_rule_words((enum name_rule)pair->rule));
    if (pair->rule == NAME_RULE_SAME || pair->rule == NAME_RULE_CHARACTERS)
        return;
    say(out, room, ": ");
    say_parts(out, room, left, pair->left, pair->left_count);
    say(out, room, " / ");
    say_parts(out, room, right, pair->right, pair->right_count);
}

void
name_compare_words(const struct name_match *match, const struct name_form *left,
                   const struct name_form *right, char *out, size_t room)
{
    bool all_same = match->pairs_count > 0 && !match->has_omission && !match->has_conflict;

    out[0] = '\0';
    for (size_t i = 0; i < match->pairs_count; i++)
        all_same = all_same && match->pairs[i].rule == NAME_RULE_SAME;
    if (all_same)
        say(out, room, "the whole name is the same");
    for (size_t i = 0; i < match->pairs_count && !all_same; i++)
        say_pair(out, room, &match->pairs[i], left, right);
    if (match->is_swapped)
        say(out, room, "; family and given name are exchanged");
    if (match->has_conflict)
        say(out, room, "; other parts differ");
    else if (match->has_omission)
        say(out, room, "; not all parts are on both sides");
}
