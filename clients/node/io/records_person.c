#include "clients/node/io/records_person.h"

#include "clients/node/io/records_inner.h"
#include "clients/node/name_key.h"

#include <string.h>

enum {
    OF_KEY_MAX = 96,    /* forms of a key that are taken whatever their year */
    OF_YEARS_MAX = 128, /* and of those in a range of years */
    YEARS_MAX = 3       /* of birth, for which a form is entered; more count as unknown */
};

/* ---- entering */

/* Years of birth under which a form is found; 0 stands for an unknown one. */
static size_t
years_of(const struct person_facts *facts, uint64_t years[YEARS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < facts->births_count; i++) {
        size_t known = 0;
        while (known < count && years[known] != facts->births[i].year)
            known++;
        if (known == YEARS_MAX || facts->births[i].year == 0) {
            years[0] = 0;
            return 1;
        }
        if (known == count)
            years[count++] = facts->births[i].year;
    }
    if (count == 0)
        years[count++] = 0;
    return count;
}

/* Run a statement for each key and year of a form. */
static enum err
run_keys(struct records *records, enum records_statement which, uint64_t id,
         const struct name_form *form, const struct person_facts *facts)
{
    sqlite3_stmt *statement = records->statements[which];
    struct name_spoken spoken;
    struct name_keys keys;
    uint64_t years[YEARS_MAX];
    size_t years_count = years_of(facts, years);
    enum err err = ERR_OK;

    name_spoken_init(&spoken, form);
    name_key_make(&spoken, facts->births, facts->births_count, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        for (size_t k = 0; k < years_count && err == ERR_OK; k++) {
            err = DB_BIND(statement, db_u64(keys.list[i]), db_u64(years[k]), db_u64(id));
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

static void
add_candidate(struct record_candidates *out, uint64_t id)
{
    for (size_t i = 0; i < out->count; i++) {
        if (out->ids[i] == id)
            return;
    }
    if (out->count == RECORDS_PERSONS_MAX)
        out->has_more = true;
    else
        out->ids[out->count++] = id;
}

/* Years from `first` to `last`, at most `room` forms of them; *found says how many there were. */
struct years {
    uint64_t first, last;
    size_t room;
};

static enum err
take_years(struct records *records, uint64_t key, const struct years *years,
           struct record_candidates *out, size_t *found)
{
    sqlite3_stmt *find = records->statements[RECORDS_PERSON_KEY];
    enum err err =
        DB_BIND(find, db_u64(key), db_u64(years->first), db_u64(years->last), db_u64(years->room));

    *found = 0;
    while (err == ERR_OK && *found < years->room) {
        uint64_t id = 0;
        err = db_step(find);
        if (err == ERR_OK)
            err = db_get_u64(find, 0, &id);
        if (err != ERR_OK)
            break;
        add_candidate(out, id);
        (*found)++;
    }
    db_reset(find);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Of a key with many forms, those born when the traveller was, or one year or one digit apart. */
static enum err
take_near_years(struct records *records, uint64_t key, const struct person_facts *facts,
                struct record_candidates *out)
{
    struct years years = {0, 0, OF_YEARS_MAX};
    size_t found = 0;
    enum err err = take_years(records, key, &years, out, &found);

    for (size_t i = 0; i < facts->births_count && err == ERR_OK; i++) {
        uint64_t year = facts->births[i].year;
        if (year < 100)
            continue;
        years = (struct years){year - 1, year + 1, OF_YEARS_MAX};
        err = take_years(records, key, &years, out, &found);
        out->has_more = out->has_more || found == OF_YEARS_MAX;
        for (uint64_t decade = 10; decade <= 20 && err == ERR_OK; decade += 10) {
            years = (struct years){year - decade, year - decade, OF_YEARS_MAX / 4};
            err = take_years(records, key, &years, out, &found);
            years = (struct years){year + decade, year + decade, OF_YEARS_MAX / 4};
            if (err == ERR_OK)
                err = take_years(records, key, &years, out, &found);
        }
    }
    return err;
}

static bool
has_year(const struct person_facts *facts)
{
    for (size_t i = 0; i < facts->births_count; i++) {
        if (facts->births[i].year != 0)
            return true;
    }
    return false;
}

enum err
records_find_persons(struct records *records, struct name_spoken *spoken,
                     const struct person_facts *facts, struct record_candidates *out)
{
    const struct years all = {0, INT64_MAX, OF_KEY_MAX};
    struct name_keys keys;
    enum err err = ERR_OK;

    name_key_make(spoken, facts->births, facts->births_count, &keys);
    for (size_t i = 0; i < keys.count && err == ERR_OK; i++) {
        /* Those with the date of birth first: they are few, and the surest. */
        size_t at = i < keys.by_birth ? keys.count - keys.by_birth + i : i - keys.by_birth;
        size_t found = 0;
        if (out->count == RECORDS_PERSONS_MAX)
            break;
        err = take_years(records, keys.list[at], &all, out, &found);
        if (err != ERR_OK || found < OF_KEY_MAX)
            continue;
        if (has_year(facts))
            err = take_near_years(records, keys.list[at], facts, out);
        else
            out->has_more = true;
    }
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
