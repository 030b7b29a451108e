#include "clients/node/io/records_person.h"

#include "clients/node/io/records_inner.h"
#include "clients/node/name_key.h"

#include <string.h>

enum {
    OF_KEY_MAX = 256,    /* entries of a key that are looked at whatever their dates */
    OF_RANGE_MAX = 2000, /* and of those in a range of dates */
    DECADES = 3,         /* by which a year is wrong where one digit is */
    BIRTHS_MAX = 3       /* dates under which a form is entered; more count as unknown */
};

/* ---- entering */

/* A date as a number, YYYYMMDD, with 0 for what is not known. */
static uint64_t
birth_number(struct date_text date)
{
    return (uint64_t)date.year * 10000 + (uint64_t)date.month * 100 + date.day;
}

static struct date_text
birth_of(uint64_t number)
{
    return (struct date_text){(uint16_t)(number / 10000 % 10000), (uint8_t)(number / 100 % 100),
                              (uint8_t)(number % 100)};
}

/* Dates of birth under which a form is found; 0 stands for an unknown one. */
static size_t
births_of(const struct person_facts *facts, uint64_t births[BIRTHS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < facts->births_count; i++) {
        uint64_t number = birth_number(facts->births[i]);
        size_t known = 0;
        while (known < count && births[known] != number)
            known++;
        if (known == BIRTHS_MAX || number == 0) {
            births[0] = 0;
            return 1;
        }
        if (known == count)
            births[count++] = number;
    }
    if (count == 0)
        births[count++] = 0;
    return count;
}

/* Run a statement for each key and date of a form. */
static enum err
run_keys(struct records *records, enum records_statement which, uint64_t id,
         const struct name_form *form, const struct person_facts *facts)
{
    sqlite3_stmt *statement = records->statements[which];
    struct name_spoken spoken;
    struct name_keys keys;
    uint64_t births[BIRTHS_MAX];
    size_t births_count = births_of(facts, births);
    enum err err = ERR_OK;

    name_spoken_init(&spoken, form);
    name_key_make(&spoken, facts->births, facts->births_count, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        for (size_t k = 0; k < births_count && err == ERR_OK; k++) {
            err = DB_BIND(statement, db_u64(keys.list[i]), db_u64(births[k]), db_u64(id));
            if (err == ERR_OK)
                err = db_run(statement);
        }
    }
    return err;
}

enum err
records_put_person(struct records *records, const struct record_person *person)
{
    sqlite3_stmt *put = records->statements[RECORDS_PUT_PERSON];
    uint8_t form[NAME_FORM_BYTES_MAX];
    uint8_t facts[PERSON_FACTS_BYTES_MAX];
    size_t form_len = name_form_encode(&person->form, form);
    size_t facts_len = person_facts_encode(&person->facts, facts);
    enum err err =
        DB_BIND(put, db_u64(person->leaf), db_u64(person->until_ms), db_u64(person->form.writing),
                db_bytes(form, form_len), db_bytes(facts, facts_len));

    if (err == ERR_OK)
        err = db_run(put);
    if (err != ERR_OK)
        return err;
    uint64_t id = (uint64_t)sqlite3_last_insert_rowid(records->db);
    return run_keys(records, RECORDS_PUT_PERSON_KEY, id, &person->form, &person->facts);
}

static enum err
put_name(struct records *records, const Denrei__V1__PersonName *name, struct record_person *person)
{
    struct name_form forms[PERSON_NAME_FORMS];
    size_t count = person_name_read(name, forms);
    enum err err = ERR_OK;

    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        person->form = forms[i];
        err = records_put_person(records, person);
    }
    return err;
}

enum err
records_index_person(struct records *records, uint64_t leaf, uint64_t expires_ms,
                     const Denrei__V1__SuspectAlert *content)
{
    struct record_person person = {.leaf = leaf, .until_ms = expires_ms};
    enum err err = ERR_OK;

    person_facts_read(content, &person.facts);
    for (size_t i = 0; i < content->n_names && err == ERR_OK; i++)
        err = put_name(records, content->names[i], &person);
    for (size_t i = 0; i < content->n_aliases && err == ERR_OK; i++)
        err = put_name(records, content->aliases[i], &person);
    return err;
}

/* ---- taking out */

/* The first form of `leaf` that is still there. */
static enum err
first_of(struct records *records, uint64_t leaf, uint64_t *id)
{
    sqlite3_stmt *find = records->statements[RECORDS_PERSON_OF];
    enum err err = DB_BIND(find, db_u64(leaf));

    if (err == ERR_OK)
        err = db_step(find);
    if (err == ERR_OK)
        err = db_get_u64(find, 0, id);
    db_reset(find);
    return err;
}

enum err
records_drop_person(struct records *records, uint64_t leaf)
{
    sqlite3_stmt *drop = records->statements[RECORDS_DROP_PERSON];
    enum err err = ERR_OK;

    while (err == ERR_OK) { /* ends: each round takes one of them out */
        struct record_person person;
        uint64_t id = 0;
        err = first_of(records, leaf, &id);
        if (err == ERR_OK)
            err = records_person_at(records, id, &person);
        if (err == ERR_OK) /* the keys are made again, as they were made from the same form */
            err = run_keys(records, RECORDS_DROP_PERSON_KEY, id, &person.form, &person.facts);
        if (err == ERR_OK)
            err = DB_BIND(drop, db_u64(id));
        if (err == ERR_OK)
            err = db_run(drop);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- looking up */

/* Whether it is new; ids lie at places that follow from them, 0 is free (no form has it). */
static bool
is_new(struct record_candidates *out, uint64_t id)
{
    size_t at = (size_t)(id * UINT64_C(0x9E3779B97F4A7C15) >> 32) % RECORDS_SEEN;

    while (out->seen[at] != 0 && out->seen[at] != id)
        at = (at + 1) % RECORDS_SEEN; /* ends: more are never seen than half of it */
    if (out->seen[at] == id)
        return false;
    out->seen[at] = id;
    return true;
}

static void
add_candidate(struct record_candidates *out, uint64_t id)
{
    if (out->count == RECORDS_PERSONS_MAX)
        out->has_more = true;
    else if (is_new(out, id))
        out->ids[out->count++] = id;
}

/* Dates of birth from `first` to `last`, as numbers. */
struct range {
    uint64_t first, last;
    size_t room;  /* for so many entries */
    size_t found; /* there were */
};

/* What a search goes on with. */
struct search {
    struct records *records;
    const struct record_person_query *query;
    struct record_candidates *out;
    uint64_t key;
    bool is_bounded; /* a range had more entries than there was room for */
};

/* Take the forms of the key in `range` whose date of birth leaves a name score enough. */
static enum err
take_range(struct search *search, struct range *range)
{
    sqlite3_stmt *find = search->records->statements[RECORDS_PERSON_KEY];
    uint64_t last = UINT64_MAX;
    unsigned keeps = 0;
    enum err err = DB_BIND(find, db_u64(search->key), db_u64(range->first), db_u64(range->last),
                           db_u64(range->room));

    range->found = 0;
    while (err == ERR_OK) {
        uint64_t id = 0, birth = 0;
        err = db_step(find);
        if (err == ERR_OK)
            err = db_get_u64(find, 0, &id);
        if (err == ERR_OK)
            err = db_get_u64(find, 1, &birth);
        if (err != ERR_OK)
            break;
        if (birth != last) /* entries come in the order of their dates */
            keeps = person_birth_keeps(search->query->facts, birth_of(birth));
        last = birth;
        range->found++;
        if (keeps >= search->query->score_min)
            add_candidate(search->out, id);
    }
    db_reset(find);
    search->is_bounded = search->is_bounded || range->found == range->room;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
take_year(struct search *search, uint64_t first, uint64_t last)
{
    struct range range = {first * 10000, last * 10000 + 9999, OF_RANGE_MAX, 0};

    return take_range(search, &range);
}

static enum err
take_day(struct search *search, uint64_t year, uint64_t day)
{
    struct range range = {year * 10000 + day, year * 10000 + day, OF_RANGE_MAX, 0};

    return take_range(search, &range);
}

/*
 * Of a key with many entries, those whose date can count beside `birth`: its year; the same day in
 * a year with another digit; in the next years those of whom no more is known than the year.
 */
static enum err
take_around(struct search *search, struct date_text birth, bool has_slips)
{
    uint64_t year = birth.year, day = (uint64_t)birth.month * 100 + birth.day;
    bool is_vague = birth.day == 0 || day == 101;
    enum err err = is_vague ? take_year(search, year - 1, year + 1) : take_year(search, year, year);

    if (is_vague || !has_slips)
        return err;
    for (uint64_t next = year - 1; next <= year + 1 && err == ERR_OK; next += 2) {
        err = take_day(search, next, 0);
        if (err == ERR_OK)
            err = take_day(search, next, 101);
        if (err == ERR_OK && next / 10 != year / 10)
            err = take_day(search, next, day);
    }
    for (uint64_t other = year / 10 * 10; other <= year / 10 * 10 + 9 && err == ERR_OK; other++)
        err = other == year ? ERR_OK : take_day(search, other, day);
    for (uint64_t decade = 10; decade <= 10 * DECADES && err == ERR_OK; decade += 10) {
        err = take_day(search, year + decade, day);
        if (err == ERR_OK)
            err = take_day(search, year - decade, day);
    }
    uint64_t turned = year / 100 * 100 + year % 10 * 10 + year / 10 % 10;
    return err == ERR_OK && turned != year ? take_day(search, turned, day) : err;
}

/* All entries of the key, or those whose dates can count where it has many. */
static enum err
take_key(struct search *search, uint64_t key, bool has_slips)
{
    const struct person_facts *facts = search->query->facts;
    struct range all = {0, INT64_MAX, OF_KEY_MAX, 0};
    bool was_bounded = search->is_bounded;

    search->key = key;
    enum err err = take_range(search, &all);
    if (err != ERR_OK || all.found < OF_KEY_MAX)
        return err;
    bool has_year = facts->births_count > 0;
    for (size_t i = 0; i < facts->births_count; i++)
        has_year = has_year && facts->births[i].year > 10 * DECADES;
    if (!has_year) { /* every year counts */
        all.room = OF_RANGE_MAX;
        return take_range(search, &all);
    }
    search->is_bounded = was_bounded;
    err = take_year(search, 0, 0);
    for (size_t i = 0; i < facts->births_count && err == ERR_OK; i++)
        err = take_around(search, facts->births[i], has_slips);
    return err;
}

enum err
records_find_persons(struct records *records, struct name_spoken *spoken,
                     const struct record_person_query *query, struct record_candidates *out)
{
    struct search search = {.records = records, .query = query, .out = out};
    struct name_keys keys;
    enum err err = ERR_OK;

    name_key_make(spoken, query->facts->births, query->facts->births_count, &keys);
    /* Those with the date of birth come first: they are few, and the surest. */
    size_t plain = keys.count - keys.by_slip;
    for (size_t i = 0; i < plain && err == ERR_OK; i++)
        err = take_key(&search, keys.list[i], true);
    bool has_more = out->has_more || search.is_bounded;
    for (size_t i = plain; i < keys.count && err == ERR_OK; i++)
        err = take_key(&search, keys.list[i], false);
    out->has_more = has_more; /* slips are looked for as far as there is room */
    return err;
}

enum err
records_person_at(struct records *records, uint64_t id, struct record_person *out)
{
    sqlite3_stmt *at = records->statements[RECORDS_PERSON_AT];
    struct span form = {NULL, 0}, facts = {NULL, 0};
    enum err err = DB_BIND(at, db_u64(id));

    if (err == ERR_OK)
        err = db_step(at);
    if (err == ERR_OK)
        err = db_get_u64(at, 0, &out->leaf);
    if (err == ERR_OK)
        err = db_get_u64(at, 1, &out->until_ms);
    if (err == ERR_OK)
        err = db_get_blob(at, 2, NAME_FORM_BYTES_MAX, &form);
    if (err == ERR_OK)
        err = db_get_blob(at, 3, PERSON_FACTS_BYTES_MAX, &facts);
    if (err == ERR_OK && name_form_decode(form, &out->form) != form.len)
        err = ERR_CORRUPT;
    if (err == ERR_OK)
        err = person_facts_decode(facts, &out->facts);
    db_reset(at);
    return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

enum err
records_person_has_han(struct records *records, uint64_t leaf, bool *out)
{
    sqlite3_stmt *find = records->statements[RECORDS_PERSON_HAN];
    enum err err = DB_BIND(find, db_u64(leaf), db_u64(NAME_HAN));

    if (err == ERR_OK)
        err = db_step(find);
    db_reset(find);
    *out = err == ERR_OK;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}
