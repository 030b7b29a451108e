#include "clients/node/io/records_person.h"

#include "clients/node/io/records_inner.h"
#include "clients/node/name_key.h"

#include <string.h>

enum {
    OF_KEY_MAX = 20000, /* entries of a key that are looked at: more are too many to compare */
    OF_SLIP_MAX = 2000, /* of a key for slips */
    BIRTHS_MAX = 3      /* dates under which a form is entered; more count as unknown */
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

/* Take the forms of `key` whose date of birth leaves a name score enough. */
static enum err
take_key(struct records *records, uint64_t key, size_t entries_max,
         const struct record_person_query *query, struct record_candidates *out)
{
    sqlite3_stmt *find = records->statements[RECORDS_PERSON_KEY];
    uint64_t last = UINT64_MAX;
    unsigned keeps = 0;
    size_t found = 0;
    enum err err = DB_BIND(find, db_u64(key), db_u64(entries_max));

    while (err == ERR_OK && !(out->has_more && out->count == RECORDS_PERSONS_MAX)) {
        uint64_t id = 0, birth = 0;
        err = db_step(find);
        if (err == ERR_OK)
            err = db_get_u64(find, 0, &id);
        if (err == ERR_OK)
            err = db_get_u64(find, 1, &birth);
        if (err != ERR_OK)
            break;
        if (birth != last) /* entries come in the order of their dates */
            keeps = person_birth_keeps(query->facts, birth_of(birth));
        last = birth;
        found++;
        if (keeps >= query->score_min)
            add_candidate(out, id);
    }
    db_reset(find);
    out->has_more = out->has_more || (found == entries_max && entries_max == OF_KEY_MAX);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
records_find_persons(struct records *records, struct name_spoken *spoken,
                     const struct record_person_query *query, struct record_candidates *out)
{
    struct name_keys keys;
    enum err err = ERR_OK;

    name_key_make(spoken, query->facts->births, query->facts->births_count, &keys);
    /* Those with the date of birth come first: they are few, and the surest. */
    size_t plain = keys.count - keys.by_slip;
    for (size_t i = 0; i < plain && err == ERR_OK; i++)
        err = take_key(records, keys.list[i], OF_KEY_MAX, query, out);
    bool has_more = out->has_more;
    for (size_t i = plain; i < keys.count && err == ERR_OK; i++)
        err = take_key(records, keys.list[i], OF_SLIP_MAX, query, out);
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
