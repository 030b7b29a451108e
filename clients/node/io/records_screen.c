#include "clients/node/io/records_inner.h"

#include "proto/date_text.h"
#include "proto/document_number.h"

#include <string.h>

/* What is found on the way. */
struct finds {
    const struct record_query *query;
    struct record_match *matches;
    size_t count;
    size_t rows; /* of the last statement */
};

static enum err
read_match(sqlite3_stmt *row, struct finds *finds)
{
    struct record_match *match = &finds->matches[finds->count];
    struct span number = {NULL, 0}, state = {NULL, 0};
    uint64_t place = 0;
    enum err err = db_get_u64(row, 0, &match->leaf);

    if (err == ERR_OK)
        err = db_get_u64(row, 1, &place);
    if (err == ERR_OK)
        err = db_get_text(row, 2, DOCUMENT_NUMBER_BYTES - 1, &number);
    if (err == ERR_OK)
        err = db_get_text(row, 3, STATE_CODE_BYTES - 1, &state);
    if (err != ERR_OK)
        return err;
    match->place = (size_t)place;
    if (confusion_compare(finds->query->asked, (const char *)number.data, (const char *)state.data,
                          &match->grade))
        finds->count++;
    return ERR_OK;
}

/* Read the rows of a statement that is bound; those that are alike go behind those found already.
 */
static enum err
read_matches(sqlite3_stmt *rows, struct finds *finds)
{
    enum err err = ERR_OK;

    finds->rows = 0;
    while (err == ERR_OK && finds->count < RECORDS_FOUND_MAX) {
        err = db_step(rows);
        if (err == ERR_OK)
            err = read_match(rows, finds);
        if (err == ERR_OK)
            finds->rows++;
    }
    db_reset(rows);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- ranges of blanks, as blocks of 10^k numbers: "TR12345**" stands for TR1234500 to TR1234599.
 * A range falls into few of them, and a number can lie in BLOCKS of them only, so that a look-up
 * costs the same however many ranges there are. */

enum { BLOCK_DIGITS_MAX = 6, BLOCKS = BLOCK_DIGITS_MAX + 1 };

static_assert(DOCUMENT_RANGE_MAX == 1000000); /* 10^BLOCK_DIGITS_MAX */

/* The block of 10^`digits` numbers around `number`; false: the number does not end in so many. */
static bool
block_of(const char *number, size_t digits, struct document_number *out)
{
    size_t len = strlen(number);

    if (digits > len || len >= sizeof out->text)
        return false;
    memcpy(out->text, number, len + 1);
    for (size_t i = len - digits; i < len; i++) {
        if (number[i] < '0' || number[i] > '9')
            return false;
        out->text[i] = '*';
    }
    return true;
}

/* Whether the block of 10^`digits` that begins with `first` ends at or before `last`. */
static bool
fits(const char *first, size_t digits, const char *last)
{
    struct document_number end;
    size_t len = strlen(first);

    if (digits > len || len >= sizeof end.text)
        return false;
    memcpy(end.text, first, len + 1);
    for (size_t i = len - digits; i < len; i++) {
        if (first[i] != '0')
            return false;
        end.text[i] = '9';
    }
    return strcmp(end.text, last) <= 0; /* as long, the same letters: compares as numbers do */
}

/* Add 10^`digits` to the digits at the end of `number`; false: they were all nines. */
static bool
advance(char *number, size_t digits)
{
    size_t i = strlen(number) - digits;

    while (i > 0 && number[i - 1] == '9')
        number[--i] = '0';
    if (i == 0 || number[i - 1] < '0' || number[i - 1] > '8')
        return false;
    number[i - 1]++;
    return true;
}

/* ---- looking up */

enum { ROWS_MAX = 2 * RECORDS_FOUND_MAX }; /* that one look-up by skeleton reads */

/* The very same documents, where others are so many that they may have displaced these. */
static enum err
find_same(struct records *records, enum records_statement which, const char *skeleton,
          const char *number, struct finds *finds)
{
    sqlite3_stmt *same = records->statements[which];
    enum err err =
        DB_BIND(same, db_text(skeleton), db_text(number), db_text(finds->query->asked->state),
                db_u64(finds->query->now_ms), db_u64(RECORDS_FOUND_MAX));

    return err == ERR_OK ? read_matches(same, finds) : err;
}

static enum err
find_documents(struct records *records, const struct document_number *skeleton, struct finds *finds)
{
    sqlite3_stmt *alike = records->statements[RECORDS_ALIKE];
    enum err err =
        DB_BIND(alike, db_text(skeleton->text), db_u64(finds->query->now_ms), db_u64(ROWS_MAX));

    if (err == ERR_OK)
        err = read_matches(alike, finds);
    if (err != ERR_OK || (finds->rows < ROWS_MAX && finds->count < RECORDS_FOUND_MAX))
        return err;
    finds->count = 0;
    return find_same(records, RECORDS_DOCUMENT, skeleton->text, finds->query->asked->number.text,
                     finds);
}

static enum err
find_blocks(struct records *records, const struct document_number *skeleton, struct finds *finds)
{
    sqlite3_stmt *find = records->statements[RECORDS_ALIKE_BLOCK];
    struct document_number blocks[BLOCKS], block;
    struct db_value values[BLOCKS + 2];
    const size_t before = finds->count;
    bool is_there[BLOCKS];

    for (size_t i = 0; i < BLOCKS; i++) {
        is_there[i] = block_of(skeleton->text, i, &blocks[i]);
        values[i] = is_there[i] ? db_text(blocks[i].text) : db_null();
    }
    values[BLOCKS] = db_u64(finds->query->now_ms);
    values[BLOCKS + 1] = db_u64(ROWS_MAX);
    enum err err = db_bind(find, values, BLOCKS + 2);
    if (err == ERR_OK)
        err = read_matches(find, finds);
    if (err != ERR_OK || (finds->rows < ROWS_MAX && finds->count < RECORDS_FOUND_MAX))
        return err;
    finds->count = before;
    for (size_t i = 0; i < BLOCKS && err == ERR_OK; i++) {
        if (is_there[i] && block_of(finds->query->asked->number.text, i, &block))
            err = find_same(records, RECORDS_BLOCK, blocks[i].text, block.text, finds);
    }
    return err;
}

enum err
records_find_lost(struct records *records, const struct record_query *query,
                  struct record_match matches[RECORDS_FOUND_MAX], size_t *count)
{
    struct finds finds = {.query = query, .matches = matches};
    struct document_number skeleton;

    confusion_skeleton(&query->asked->number, &skeleton);
    enum err err = find_documents(records, &skeleton, &finds);
    if (err == ERR_OK && finds.count < RECORDS_FOUND_MAX)
        err = find_blocks(records, &skeleton, &finds);
    if (err == ERR_OK)
        *count = finds.count;
    return err;
}

enum err
records_screen(struct records *records, const struct record_query *query,
               struct record_match matches[RECORDS_FOUND_MAX], size_t *count,
               struct screen_view *view)
{
    enum err err = records_hold(records, view);

    if (err == ERR_OK)
        err = records_find_lost(records, query, matches, count);
    records_release(records);
    return err;
}

/* ---- entering */

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

/* Where an entry of the index leads, and until when it counts. */
struct entry {
    const char *state;
    uint64_t leaf;
    size_t place;
    uint64_t until_ms;
};

static enum err
put(struct records *records, enum records_statement which, const char *number,
    const struct entry *entry)
{
    sqlite3_stmt *statement = records->statements[which];
    struct document_number exact = {{0}}, skeleton;

    if (strlen(number) >= sizeof exact.text)
        return ERR_FORMAT;
    memcpy(exact.text, number, strlen(number));
    confusion_skeleton(&exact, &skeleton);
    enum err err =
        DB_BIND(statement, db_text(skeleton.text), db_text(number), db_text(entry->state),
                db_u64(entry->leaf), db_u64(entry->place), db_u64(entry->until_ms));

    return err == ERR_OK ? db_run(statement) : err;
}

/* From the first number on, always the largest block that begins there and fits. */
static enum err
put_range(struct records *records, const char *first, const char *last, const struct entry *entry)
{
    struct document_number at;
    struct document_number block;
    bool has_more = true;
    enum err err = document_number_is_normal(first) ? ERR_OK : ERR_FORMAT;

    if (err == ERR_OK)
        memcpy(at.text, first, strlen(first) + 1);
    while (err == ERR_OK && has_more && strcmp(at.text, last) <= 0) {
        size_t digits = 0; /* ends: each round goes on by 10^digits, up to `last` */
        while (digits < BLOCK_DIGITS_MAX && fits(at.text, digits + 1, last))
            digits++;
        err = block_of(at.text, digits, &block) ? ERR_OK : ERR_FORMAT;
        if (err == ERR_OK)
            err = put(records, RECORDS_PUT_BLOCK, block.text, entry);
        has_more = advance(at.text, digits);
    }
    return err;
}

enum err
records_index_lost(struct records *records, uint64_t leaf, uint64_t expires_ms,
                   const Denrei__V1__LostPassport *content)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < content->n_documents && err == ERR_OK; i++) {
        const Denrei__V1__LostDocument *document = content->documents[i];
        const struct entry entry = {document->issuing_state, leaf, i,
                                    until_ms(document, expires_ms)};
        err = document->last_number[0] == '\0'
                  ? put(records, RECORDS_PUT_DOCUMENT, document->number, &entry)
                  : put_range(records, document->number, document->last_number, &entry);
    }
    return err;
}
