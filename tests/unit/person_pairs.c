#include "tests/unit/person_pairs.h"

#include "clients/node/name_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cut `text` at `mark`; what follows, NULL if nothing does. */
static char *
cut(char *text, const char *mark)
{
    char *at = text == NULL ? NULL : strstr(text, mark);

    if (at == NULL)
        return NULL;
    *at = '\0';
    return at + strlen(mark);
}

/* NAME [| NAME ...] [; BIRTH [; NATIONALITY [; SEX]]] */
static bool
read_person(char *text, struct person_query *out)
{
    struct problems problems = {0};
    char *birth = cut(text, "; ");
    char *nationality = cut(birth, "; ");
    char *sex = cut(nationality, "; ");
    char *more = cut(text, " | ");
    const struct person_words words = {
        .full = text, .birth = birth, .nationality = nationality, .sex = sex};

    if (text == NULL || person_ask(&words, out, &problems) != ERR_OK)
        return false;
    for (char *next = more; next != NULL; next = more) {
        more = cut(next, " | ");
        if (person_ask_also(next, out, &problems) != ERR_OK)
            return false;
    }
    return true;
}

static bool
shares_key(struct name_spoken *left, const struct person_facts *left_facts,
           struct name_spoken *right, const struct person_facts *right_facts)
{
    struct name_keys l, r;

    name_key_make(left, left_facts->births, left_facts->births_count, &l);
    name_key_make(right, right_facts->births, right_facts->births_count, &r);
    for (size_t i = 0; i < l.count; i++) {
        for (size_t k = 0; k < r.count; k++) {
            if (l.list[i] == r.list[k])
                return true;
        }
    }
    return false;
}

/* The best of the pairs of spellings: of those in characters, and of the others. */
struct best {
    unsigned characters, sounds;
    bool left_han, right_han;
};

static void
take_forms(const struct person_pair *pair, size_t l, size_t r, struct best *best, bool *is_keyed,
           bool *is_even)
{
    static struct name_spoken left, right;
    struct name_match match, back;
    struct person_match person;
    bool is_left_han = pair->left.forms[l].writing == NAME_HAN;
    bool is_right_han = pair->right.forms[r].writing == NAME_HAN;

    name_spoken_init(&left, &pair->left.forms[l]);
    name_spoken_init(&right, &pair->right.forms[r]);
    name_compare(&left, &right, &match);
    name_compare(&right, &left, &back);
    person_compare_facts(match.score, &pair->left.facts, &pair->right.facts, &person);
    best->left_han = best->left_han || is_left_han;
    best->right_han = best->right_han || is_right_han;
    unsigned *score = is_left_han && is_right_han ? &best->characters : &best->sounds;
    *score = person.score > *score ? person.score : *score;
    *is_even = *is_even && match.score == back.score;
    *is_keyed = *is_keyed || shares_key(&left, &pair->left.facts, &right, &pair->right.facts);
}

unsigned
person_pairs_score(const struct person_pair *pair, bool *is_keyed, bool *is_even)
{
    struct best best = {0, 0, false, false};

    *is_keyed = false;
    *is_even = true;
    for (size_t l = 0; l < pair->left.forms_count; l++) {
        for (size_t r = 0; r < pair->right.forms_count; r++)
            take_forms(pair, l, r, &best, is_keyed, is_even);
    }
    if (best.left_han && best.right_han) {
        struct person_match doubted = {.score = best.sounds};
        person_doubt_characters(&doubted);
        best.sounds = doubted.score;
    }
    return best.sounds > best.characters ? best.sounds : best.characters;
}

bool
person_pairs_next(void *file, unsigned *line, struct person_pair *out)
{
    char text[PERSON_PAIRS_TEXT_BYTES];

    do {
        if (fgets(text, sizeof text, file) == NULL)
            return false;
        (*line)++;
        text[strcspn(text, "\r\n")] = '\0';
    } while (text[0] == '#' || text[0] == '\0');
    memcpy(out->text, text, sizeof text);
    char *left = cut(text, "\t");
    char *right = cut(left, "\t");
    (void)cut(right, "\t");
    out->is_same = strcmp(text, "same") == 0;
    if ((!out->is_same && strcmp(text, "other") != 0) || !read_person(left, &out->left) ||
        !read_person(right, &out->right)) {
        fprintf(stderr, "line %u is no pair of persons: %s\n", *line, out->text);
        exit(EXIT_FAILURE);
    }
    return true;
}
