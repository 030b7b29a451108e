#include "clients/node/io/records_inner.h"

#include "proto/date_text.h"

#include <string.h>

/* Read (leaf, place) rows after those found already. */
static enum err
read_matches(sqlite3_stmt *rows, struct record_match *matches, size_t *count)
{
    enum err err = ERR_OK;

    while (err == ERR_OK && *count < RECORDS_FOUND_MAX) {
        uint64_t place = 0;
        struct record_match *match = &matches[*count];
        err = db_step(rows);
        if (err == ERR_OK)
            err = db_get_u64(rows, 0, &match->leaf);
        if (err == ERR_OK)
            err = db_get_u64(rows, 1, &place);
        if (err != ERR_OK)
            break;
        match->place = (size_t)place;
        (*count)++;
    }
    db_reset(rows);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

struct number_shape
records_shape(const char *number)
{
    struct number_shape shape = {.prefix_len = strlen(number)};

    while (shape.prefix_len > 0 && number[shape.prefix_len - 1] >= '0' &&
           number[shape.prefix_len - 1] <= '9') {
        shape.prefix_len--;
        shape.digits_len++;
    }
    return shape;
}

enum err
records_screen(struct records *records, const char *number, const char *state, uint64_t now_ms,
               struct record_match matches[RECORDS_FOUND_MAX], size_t *count)
{
    sqlite3_stmt *exact = records->statements[RECORDS_DOCUMENT];
    sqlite3_stmt *range = records->statements[RECORDS_RANGE];
    struct number_shape shape = records_shape(number);
    size_t found = 0;
    enum err err =
        DB_BIND(exact, db_text(number), db_text(state), db_u64(now_ms), db_u64(RECORDS_FOUND_MAX));

    if (err == ERR_OK)
        err = read_matches(exact, matches, &found);
    if (err == ERR_OK)
        err = DB_BIND(range, db_text(state),
                      db_text_span((struct span){(const uint8_t *)number, shape.prefix_len}),
                      db_u64(shape.digits_len), db_text(number), db_u64(now_ms),
                      db_u64(RECORDS_FOUND_MAX));
    if (err == ERR_OK)
        err = read_matches(range, matches, &found);
    if (err == ERR_OK)
        *count = found;
    return err;
}

enum err
records_count(struct records *records, uint64_t *documents)
{
    sqlite3_stmt *counted = records->statements[RECORDS_COUNT];

    db_reset(counted);
    enum err err = db_step(counted);
    if (err == ERR_OK)
        err = db_get_u64(counted, 0, documents);
    db_reset(counted);
    return err;
}

/* A record that its owner wanted to review is in force until that day is over
 * (lost_passport.proto).
 */
static uint64_t
until_ms(const Denrei__V1__LostDocument *document, uint64_t expires_ms)
{
    struct date_text review;

    if (date_text_parse(document->review_date, &review) != ERR_OK || !date_text_is_complete(review))
        return expires_ms; /* none; the kind's rules let no other text pass */
    uint64_t end_ms = date_text_to_ms(review) + DAY_MS;
    return end_ms < expires_ms ? end_ms : expires_ms;
}

static enum err
put_document(struct records *records, uint64_t leaf, size_t place, uint64_t expires_ms,
             const Denrei__V1__LostDocument *document)
{
    const struct db_value until = db_u64(until_ms(document, expires_ms));
    sqlite3_stmt *put = records->statements[RECORDS_PUT_DOCUMENT];
    enum err err = ERR_OK;

    if (document->last_number[0] == '\0') {
        err = DB_BIND(put, db_text(document->number), db_text(document->issuing_state),
                      db_u64(leaf), db_u64(place), until);
        return err == ERR_OK ? db_run(put) : err;
    }
    struct number_shape shape = records_shape(document->number);
    put = records->statements[RECORDS_PUT_RANGE];
    err = DB_BIND(put, db_text(document->issuing_state),
                  db_text_span((struct span){(const uint8_t *)document->number, shape.prefix_len}),
                  db_u64(shape.digits_len), db_text(document->number),
                  db_text(document->last_number), db_u64(leaf), db_u64(place), until);
    return err == ERR_OK ? db_run(put) : err;
}

enum err
records_index_lost(struct records *records, uint64_t leaf, uint64_t expires_ms,
                   const Denrei__V1__LostPassport *content)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < content->n_documents && err == ERR_OK; i++)
        err = put_document(records, leaf, i, expires_ms, content->documents[i]);
    return err;
}
