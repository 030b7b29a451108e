/*
 * Goal: whatever a list's first row, its rows, or the pages of a list's file hold, they are
 * refused, or read into records that keep their bounds and are written as they were read. Input:
 * 'p' and a page, or the first row and a row, divided by a line feed; fields by commas.
 */
#include "clients/node/doclist.h"
#include "clients/node/import_row.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { TEXT_BYTES_MAX = 4096 };

static void
check_record(const struct imported *record)
{
    uint8_t bytes[IMPORTED_BYTES_MAX], again[IMPORTED_BYTES_MAX];
    struct imported back;
    size_t len = imported_encode(record, bytes);

    assert(document_number_is_normal(record->number.text));
    enum err err = imported_decode((struct span){bytes, len}, &back);
    assert(err == ERR_OK);
    assert(imported_encode(&back, again) == len && memcmp(bytes, again, len) == 0);
}

/* Divide at commas, with a NUL behind each field; returns how many. */
static size_t
divide(char *text, struct span *fields)
{
    size_t count = 0;

    for (char *at = text; count < IMPORT_FIELDS_MAX; count++) {
        char *end = strchr(at, ',');
        size_t len = end == NULL ? strlen(at) : (size_t)(end - at);
        fields[count] = (struct span){(const uint8_t *)at, len};
        if (end == NULL)
            return count + 1;
        *end = '\0';
        at = end + 1;
    }
    return count;
}

static void
check_rows(char *text)
{
    static struct import_layout layout;
    const struct date_text today = {2026, 11, 24};
    struct span fields[IMPORT_FIELDS_MAX];
    struct problems problems = {0};
    struct imported record;
    struct import_fault fault;
    char *row = strchr(text, '\n');

    if (row == NULL)
        return;
    *row++ = '\0';
    memset(&layout, 0, sizeof layout);
    size_t count = divide(text, fields);
    if (import_layout_read(fields, count, NULL, 0, today, &layout, &problems) != ERR_OK) {
        assert(problems.count > 0 && problems.list[0].cure[0] != '\0');
        return;
    }
    count = divide(row, fields);
    if (import_row_read(&layout, fields, count, &record, &fault) == IMPORT_REJECTED)
        assert(fault.wrong[0] != '\0' && fault.cure[0] != '\0');
    else
        check_record(&record);
}

static void
check_page(const uint8_t *data, size_t len)
{
    struct doclist_page page = {{0}};
    struct doclist_header header;
    struct doclist_cursor cursor;
    struct imported_key key;
    struct imported record;
    struct span bytes;
    unsigned child = 0;

    memcpy(page.bytes, data, len < sizeof page.bytes ? len : sizeof page.bytes);
    if (doclist_child(&page, (struct confusion_key){1, 2}, &child) == ERR_OK)
        assert(child < DOCLIST_FANOUT);
    if (doclist_cursor_begin(&page, &cursor) == ERR_OK) {
        while (doclist_cursor_next(&cursor, &bytes, &key) == ERR_OK) {
            if (imported_decode(bytes, &record) == ERR_OK)
                check_record(&record);
        }
    }
    doclist_seal(&page, page.bytes + 16, 0); /* the fuzzer cannot make the check */
    if (doclist_get_header(&page, &header) == ERR_OK)
        assert(doclist_shape(header.data_pages).levels <= DOCLIST_LEVELS_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char text[TEXT_BYTES_MAX];

    if (len == 0 || len >= sizeof text)
        return 0;
    if (data[0] == 'p') {
        check_page(data + 1, len - 1);
        return 0;
    }
    memcpy(text, data, len);
    text[len] = '\0';
    check_rows(text);
    return 0;
}
