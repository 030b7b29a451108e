#include "clients/node/imported.h"

#include <string.h>

/* Where the fixed part has what; number and reference follow it. */
enum {
    AT_NUMBER_LEN = 0,
    AT_REFERENCE_LEN = 1,
    AT_STATE = 2,
    AT_REPORTING = 4,
    AT_TYPE = 6, /* type in the upper four bits, status in the lower */
    AT_DATES = 7,
    DATE_BYTES = 3,
    DATES = 4,
    CODE_BASE = 27
};

static_assert(AT_DATES + DATES * DATE_BYTES == IMPORTED_FIXED_BYTES);

uint16_t
imported_pack_state(const char *code)
{
    unsigned packed = 0;
    size_t i = 0;

    for (; i < STATE_CODE_BYTES - 1 && code[i] != '\0'; i++)
        packed = packed * CODE_BASE + (unsigned)(code[i] - 'A') + 1;
    for (; i < STATE_CODE_BYTES - 1; i++)
        packed *= CODE_BASE;
    return (uint16_t)packed;
}

/* ERR_CORRUPT: no code packs to this. */
static enum err
unpack_state(unsigned packed, char out[STATE_CODE_BYTES])
{
    char code[STATE_CODE_BYTES] = "";

    for (size_t i = STATE_CODE_BYTES - 1; i > 0; i--) {
        unsigned digit = packed % CODE_BASE;
        packed /= CODE_BASE;
        if (digit == 0 && code[i] != '\0')
            return ERR_CORRUPT; /* a gap before a letter */
        code[i - 1] = digit == 0 ? '\0' : (char)('A' + digit - 1);
    }
    if (packed != 0)
        return ERR_CORRUPT;
    memcpy(out, code, sizeof code);
    return ERR_OK;
}

static void
put_u16(uint8_t *out, unsigned value)
{
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
}

static unsigned
get_u16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

uint32_t
imported_pack_date(struct date_text date)
{
    return (uint32_t)date.year << 9 | (uint32_t)date.month << 5 | date.day;
}

static void
put_date(uint8_t *out, struct date_text date)
{
    uint32_t packed = imported_pack_date(date);

    out[0] = (uint8_t)(packed >> 16);
    out[1] = (uint8_t)(packed >> 8);
    out[2] = (uint8_t)packed;
}

static uint32_t
get_packed_date(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 | bytes[2];
}

static enum err
get_date(const uint8_t *bytes, struct date_text *out)
{
    uint32_t packed = get_packed_date(bytes);
    struct date_text date = {.year = (uint16_t)(packed >> 9),
                             .month = (uint8_t)(packed >> 5 & 0xf),
                             .day = (uint8_t)(packed & 0x1f)};

    if (packed != 0 && !date_text_is_real(date))
        return ERR_CORRUPT;
    *out = date;
    return ERR_OK;
}

size_t
imported_encode(const struct imported *record, uint8_t out[IMPORTED_BYTES_MAX])
{
    const size_t number_len = strlen(record->number.text);
    const size_t reference_len = strlen(record->reference);

    out[AT_NUMBER_LEN] = (uint8_t)number_len;
    out[AT_REFERENCE_LEN] = (uint8_t)reference_len;
    put_u16(out + AT_STATE, imported_pack_state(record->state));
    put_u16(out + AT_REPORTING, imported_pack_state(record->reporting));
    out[AT_TYPE] = (uint8_t)((unsigned)record->type << 4 | (unsigned)record->status);
    put_date(out + AT_DATES, record->issued);
    put_date(out + AT_DATES + DATE_BYTES, record->expires);
    put_date(out + AT_DATES + 2 * DATE_BYTES, record->lost_on);
    put_date(out + AT_DATES + 3 * DATE_BYTES, record->review);
    memcpy(out + IMPORTED_FIXED_BYTES, record->number.text, number_len);
    memcpy(out + IMPORTED_FIXED_BYTES + number_len, record->reference, reference_len);
    return IMPORTED_FIXED_BYTES + number_len + reference_len;
}

enum err
imported_peek(struct span bytes, struct imported_key *out)
{
    if (bytes.len < IMPORTED_FIXED_BYTES)
        return ERR_CORRUPT;
    const size_t number_len = bytes.data[AT_NUMBER_LEN];
    const size_t reference_len = bytes.data[AT_REFERENCE_LEN];
    if (number_len == 0 || number_len >= DOCUMENT_NUMBER_BYTES ||
        reference_len >= IMPORTED_REFERENCE_BYTES ||
        bytes.len < IMPORTED_FIXED_BYTES + number_len + reference_len)
        return ERR_CORRUPT;
    out->number = (const char *)bytes.data + IMPORTED_FIXED_BYTES;
    out->number_len = number_len;
    out->state = (uint16_t)get_u16(bytes.data + AT_STATE);
    out->review = get_packed_date(bytes.data + AT_DATES + 3 * DATE_BYTES);
    out->bytes = IMPORTED_FIXED_BYTES + number_len + reference_len;
    return ERR_OK;
}

/* A text of printable ASCII without blanks, as the importer lets through. */
static enum err
get_reference(const uint8_t *bytes, size_t len, char out[IMPORTED_REFERENCE_BYTES])
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] <= ' ' || bytes[i] > '~')
            return ERR_CORRUPT;
        out[i] = (char)bytes[i];
    }
    out[len] = '\0';
    return ERR_OK;
}

enum err
imported_decode(struct span bytes, struct imported *out)
{
    struct imported record = {.state = ""};
    struct imported_key key;
    enum err err = imported_peek(bytes, &key);

    if (err != ERR_OK)
        return err;
    memcpy(record.number.text, key.number, key.number_len);
    record.type = (Denrei__V1__TravelDocumentType)(bytes.data[AT_TYPE] >> 4);
    record.status = (Denrei__V1__LostStatus)(bytes.data[AT_TYPE] & 0xf);
    if (!document_number_is_normal(record.number.text) || record.type == 0 || record.status == 0)
        return ERR_CORRUPT;
    err = unpack_state(key.state, record.state);
    if (err == ERR_OK && record.state[0] == '\0')
        err = ERR_CORRUPT;
    if (err == ERR_OK)
        err = unpack_state(get_u16(bytes.data + AT_REPORTING), record.reporting);
    if (err == ERR_OK)
        err = get_date(bytes.data + AT_DATES, &record.issued);
    if (err == ERR_OK)
        err = get_date(bytes.data + AT_DATES + DATE_BYTES, &record.expires);
    if (err == ERR_OK)
        err = get_date(bytes.data + AT_DATES + 2 * DATE_BYTES, &record.lost_on);
    if (err == ERR_OK)
        err = get_date(bytes.data + AT_DATES + 3 * DATE_BYTES, &record.review);
    if (err == ERR_OK && !date_text_is_complete(record.review))
        err = ERR_CORRUPT;
    if (err == ERR_OK)
        err = get_reference(bytes.data + IMPORTED_FIXED_BYTES + key.number_len,
                            key.bytes - IMPORTED_FIXED_BYTES - key.number_len, record.reference);
    if (err == ERR_OK)
        *out = record;
    return err;
}
