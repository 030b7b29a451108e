#include "clients/node/person.h"

#include <string.h>

static bool
is_given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

/* ---- questions */

static void
add_nationality(struct person_facts *facts, const char *code)
{
    /* Unknown and stateless tell nothing of who it is. */
    if (facts->nationalities_count == PERSON_NATIONALITIES_MAX || !is_given(code) ||
        strlen(code) >= STATE_CODE_BYTES || strcmp(code, "XXX") == 0)
        return;
    memcpy(facts->nationalities[facts->nationalities_count++], code, strlen(code) + 1);
}

/* In any case, as people type. */
static enum err
read_nationality(const char *text, struct person_facts *facts, struct problems *problems)
{
    char capitals[STATE_CODE_BYTES] = "";
    const struct state_code *code = NULL;

    for (size_t i = 0; text[i] != '\0' && strlen(text) < sizeof capitals; i++)
        capitals[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
    code = state_code_find(capitals);
    if (code == NULL || !state_code_is_nationality(code)) {
        const struct state_code *near = state_code_suggest(text);
        problems_add(problems, "nationality",
                     "give the three-letter code of ICAO Doc 9303-3, or leave it out",
                     "\"%s\" is no nationality%s%s%s", text, near == NULL ? "" : "; did you mean ",
                     near == NULL ? "" : near->code, near == NULL ? "" : "?");
        return ERR_FORMAT;
    }
    add_nationality(facts, code->code);
    return ERR_OK;
}

static enum err
read_sex(const char *text, struct person_facts *facts, struct problems *problems)
{
    static const char *const WORDS[] = {"M",      "m",      "male", "MALE", "F", "f",
                                        "female", "FEMALE", "X",    "x",    "<", "U"};

    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if (strcmp(text, WORDS[i]) == 0) {
            facts->sex = i < 4 ? 'M' : i < 8 ? 'F' : 0;
            return ERR_OK;
        }
    }
    problems_add(problems, "sex", "give M, F or X, or leave it out", "\"%s\" is no sex", text);
    return ERR_FORMAT;
}

static enum err
read_birth(const char *text, struct person_facts *facts, struct problems *problems)
{
    enum err err = date_text_parse(text, &facts->births[0]);

    if (err != ERR_OK) {
        problems_add(problems, "birth",
                     "write it like 1985-03-07; 1985-03 and 1985 will do where no more is known",
                     "\"%s\" is no date", text);
        return ERR_FORMAT;
    }
    facts->births_count = 1;
    return ERR_OK;
}

/* The language of a name in Chinese characters, where nationality tells it. */
static const char *
language_of(const struct person_facts *facts)
{
    static const char *const CHINESE[] = {"CHN", "TWN", "HKG", "MAC", "SGP"};

    for (size_t i = 0; i < sizeof CHINESE / sizeof CHINESE[0]; i++) {
        if (facts->nationalities_count > 0 && strcmp(facts->nationalities[0], CHINESE[i]) == 0)
            return "zh";
    }
    return "";
}

static bool
add_forms(struct person_query *query, const struct name_text *text)
{
    struct name_form forms[NAME_FORMS_OF_TEXT];
    size_t count = name_form_read(text, forms);

    for (size_t i = 0; i < count && query->forms_count < PERSON_FORMS_MAX; i++)
        query->forms[query->forms_count++] = forms[i];
    return count > 0;
}

/* The name field of a zone, filled to its end: 39 places in passports, 31 and 30 in cards. */
static bool
is_cut_field(const char *full)
{
    size_t len = strlen(full);

    return (len == 39 || len == 31 || len == 30) && strstr(full, "<<") != NULL &&
           full[len - 1] != '<';
}

enum err
person_ask_also(const char *full, struct person_query *query, struct problems *problems)
{
    const struct name_text text = {
        .full = full, .language = language_of(&query->facts), .is_cut = is_cut_field(full)};

    if (add_forms(query, &text))
        return ERR_OK;
    problems_add(problems, "name", "write it like \"FAMILY, GIVEN\", in any script",
                 "\"%s\" has no letters", full);
    return ERR_FORMAT;
}

enum err
person_ask(const struct person_words *words, struct person_query *out, struct problems *problems)
{
    struct person_query query = {.forms_count = 0};
    enum err err = ERR_OK;

    if (is_given(words->birth))
        err = read_birth(words->birth, &query.facts, problems);
    if (is_given(words->nationality) &&
        read_nationality(words->nationality, &query.facts, problems) != ERR_OK)
        err = ERR_FORMAT;
    if (is_given(words->sex) && read_sex(words->sex, &query.facts, problems) != ERR_OK)
        err = ERR_FORMAT;
    const struct name_text text = {
        .family = words->family, .given = words->given, .language = language_of(&query.facts)};
    bool has_name = (is_given(words->family) || is_given(words->given)) && add_forms(&query, &text);
    if (is_given(words->full))
        has_name = person_ask_also(words->full, &query, problems) == ERR_OK;
    else if (!has_name)
        problems_add(problems, "name", "write it like \"FAMILY, GIVEN\", in any script",
                     "the name has no letters");
    if (err != ERR_OK || !has_name)
        return ERR_FORMAT;
    *out = query;
    return ERR_OK;
}

void
person_ask_mrz(const struct mrz *mrz, unsigned year, struct person_query *out)
{
    const struct name_text text = {
        .family = mrz->family, .given = mrz->given, .is_cut = mrz->is_name_full};
    struct person_facts *facts = &out->facts;
    struct date_text birth = {0, mrz->birth.month, mrz->birth.day};

    memset(out, 0, sizeof *out);
    (void)add_forms(out, &text);
    add_nationality(facts, mrz->nationality);
    facts->sex = mrz->sex == 'M' || mrz->sex == 'F' ? mrz->sex : 0;
    if (!mrz->birth.has_year) {
        if (birth.month != 0)
            facts->births[facts->births_count++] = birth;
        return;
    }
    /* Nobody is born after today; a person of a hundred years is possible. */
    if (2000U + mrz->birth.year <= year) {
        birth.year = (uint16_t)(2000U + mrz->birth.year);
        facts->births[facts->births_count++] = birth;
    }
    birth.year = (uint16_t)(1900U + mrz->birth.year);
    facts->births[facts->births_count++] = birth;
}

/* ---- alerts */

void
person_facts_read(const Denrei__V1__SuspectAlert *alert, struct person_facts *out)
{
    struct person_facts facts = {.sex = 0};

    for (size_t i = 0; i < alert->n_dates_of_birth && i < PERSON_BIRTHS_MAX; i++) {
        if (date_text_parse(alert->dates_of_birth[i], &facts.births[facts.births_count]) == ERR_OK)
            facts.births_count++;
    }
    for (size_t i = 0; i < alert->n_nationalities; i++)
        add_nationality(&facts, alert->nationalities[i]);
    if (alert->sex == DENREI__V1__SEX__SEX_MALE || alert->sex == DENREI__V1__SEX__SEX_FEMALE)
        facts.sex = alert->sex == DENREI__V1__SEX__SEX_MALE ? 'M' : 'F';
    *out = facts;
}

size_t
person_name_read(const Denrei__V1__PersonName *name, struct name_form forms[PERSON_NAME_FORMS])
{
    const struct name_text text = {name->family, name->given, name->full, name->language, false};
    const struct name_text reading = {.full = name->reading, .language = name->language};
    size_t count = name_form_read(&text, forms);

    /* Beside family and given a whole name is another way to write it; alone it is in `text`. */
    if (is_given(name->reading))
        count += name_form_read(&reading, forms + count);
    return count;
}
