#include "clients/node/passenger_csv.h"

#include "clients/node/csv_table.h"

#include <string.h>

enum {
    FAMILY,
    GIVEN,
    BIRTH,
    SEX,
    NATIONALITY,
    NUMBER,
    STATE,
    TYPE,
    EXPIRY,
    SEAT,
    LOCATOR,
    FLIGHT,
    FROM,
    TO,
    DEPARTS,
    COLUMNS
};

static const struct csv_column COLUMN_NAMES[COLUMNS] = {
    [FAMILY] = {"family_name", "family|surname|last_name"},
    [GIVEN] = {"given_names", "given_name|given|first_name|forename"},
    [BIRTH] = {"date_of_birth", "birth|birth_date|dob"},
    [SEX] = {"sex", "gender"},
    [NATIONALITY] = {"nationality", ""},
    [NUMBER] = {"document_number", "number|passport_number|passport"},
    [STATE] = {"issuing_state", "state|issuing_country|country_of_issue"},
    [TYPE] = {"document_type", "type"},
    [EXPIRY] = {"date_of_expiry", "expiry|expires"},
    [SEAT] = {"seat", "seat_number"},
    [LOCATOR] = {"locator", "pnr|record_locator"},
    [FLIGHT] = {"flight", "flight_number"},
    [FROM] = {"from", "departure_airport|origin"},
    [TO] = {"to", "arrival_airport|destination"},
    [DEPARTS] = {"departs", "departure|departure_time"},
};

struct reading {
    struct passenger_list list;
    struct arena *arena;
    struct problems *problems;
    enum err err;
};

static const char *
keep(struct reading *reading, const char *text)
{
    size_t blanks = strspn(text, " \t");
    size_t len = strlen(text + blanks);

    while (len > 0 && (text[blanks + len - 1] == ' ' || text[blanks + len - 1] == '\t'))
        len--;
    if (len == 0)
        return "";
    const char *copy = arena_copy(reading->arena, text + blanks, len);
    if (copy == NULL)
        reading->err = ERR_NOMEM;
    return copy == NULL ? "" : copy;
}

static void
tell(struct reading *reading, const struct csv_row *row, struct passenger *passenger,
     const char *wrong)
{
    reading->list.is_complete = false;
    problems_add(reading->problems, problem_path("line %llu", (unsigned long long)row->line).text,
                 "correct the row and screen it again; the others are screened", "%s", wrong);
    if (passenger->damage[0] == '\0')
        passenger->damage = keep(reading, wrong);
}

static void
check_birth(struct reading *reading, const struct csv_row *row, struct passenger *passenger)
{
    struct date_text date;

    if (passenger->birth[0] == '\0' || date_text_parse(passenger->birth, &date) == ERR_OK)
        return;
    tell(reading, row, passenger,
         "the date of birth is none of the forms YYYY-MM-DD, YYYY-MM and YYYY");
    passenger->birth = "";
}

static void
check_sex(struct reading *reading, const struct csv_row *row, struct passenger *passenger)
{
    static const char *const KNOWN[] = {"", "M", "F", "X"};

    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        if (strcmp(passenger->sex, KNOWN[i]) == 0)
            return;
    }
    tell(reading, row, passenger, "the sex is none of M, F and X");
    passenger->sex = "";
}

/* What is said of the flight in the first row that says it. */
static void
take_flight(struct reading *reading, const struct csv_row *row)
{
    struct passenger_list *list = &reading->list;
    const struct {
        const char **out;
        int column;
    } texts[] = {
        {&list->flight, FLIGHT}, {&list->from, FROM}, {&list->to, TO}, {&list->departs, DEPARTS}};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if ((*texts[i].out)[0] == '\0')
            *texts[i].out = keep(reading, row->values[texts[i].column]);
    }
}

static enum err
take_row(void *user, const struct csv_row *row)
{
    struct reading *reading = user;
    struct passenger_list *list = &reading->list;

    if (list->count == list->capacity)
        return ERR_FULL;
    struct passenger *passenger = &list->passengers[list->count];
    *passenger = (struct passenger){.place = list->count + 1,
                                    .source = row->line,
                                    .family = keep(reading, row->values[FAMILY]),
                                    .given = keep(reading, row->values[GIVEN]),
                                    .birth = keep(reading, row->values[BIRTH]),
                                    .sex = keep(reading, row->values[SEX]),
                                    .nationality = keep(reading, row->values[NATIONALITY]),
                                    .seat = keep(reading, row->values[SEAT]),
                                    .locator = keep(reading, row->values[LOCATOR]),
                                    .damage = ""};
    list->count++;
    take_flight(reading, row);
    struct passenger_document document = {.type = keep(reading, row->values[TYPE]),
                                          .number = keep(reading, row->values[NUMBER]),
                                          .state = keep(reading, row->values[STATE]),
                                          .expiry = keep(reading, row->values[EXPIRY])};
    if (document.number[0] != '\0')
        passenger->documents[passenger->documents_count++] = document;
    if (row->problem != NULL)
        tell(reading, row, passenger, row->problem);
    else if (passenger->family[0] == '\0' && passenger->documents_count == 0)
        tell(reading, row, passenger, "the row has neither a family name nor a document number");
    check_birth(reading, row, passenger);
    check_sex(reading, row, passenger);
    return reading->err;
}

enum err
passenger_csv_parse(struct span text, struct arena *arena, struct passenger_list *out,
                    struct problems *problems)
{
    static const struct csv_columns COLUMNS_WANTED = {COLUMN_NAMES, COLUMNS};
    struct reading reading = {.arena = arena, .problems = problems};

    reading.list = (struct passenger_list){.flight = "",
                                           .from = "",
                                           .to = "",
                                           .departs = "",
                                           .arrives = "",
                                           .capacity = PASSENGERS_MAX,
                                           .is_complete = true};
    reading.list.passengers = arena_alloc(arena, PASSENGERS_MAX * sizeof(struct passenger));
    if (reading.list.passengers == NULL)
        return ERR_NOMEM;
    enum err err = csv_table_read(text, &COLUMNS_WANTED, take_row, &reading, problems);
    if (err == ERR_OK && reading.list.count == 0) {
        problems_add(problems, "", "put one traveller in each row",
                     "no row follows the one that names the columns");
        err = ERR_FORMAT;
    }
    if (err == ERR_OK)
        *out = reading.list;
    return err;
}
