/* The sections of a profile and their keys are two tables; one loop reads them all. */
#include "proto/treaty_inner.h"

#include "proto/nearest.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { NAMES_BYTES = 256 };

/* What a section's argument is. */
enum argument {
    ARGUMENT_NONE,
    ARGUMENT_ID,
    ARGUMENT_PARTY,
    ARGUMENT_COUNTRY,
    ARGUMENT_PATH,
    ARGUMENT_GROUND,
    ARGUMENT_DEADLINE
};

struct key {
    const char *name;
    size_t offset; /* in the section's struct */
    enum treaty_value value;
    bool is_mandatory;
};

struct section {
    const char *name;
    enum argument argument;
    size_t min, max; /* how many a profile has; a list if max is above 1 */
    size_t offset;   /* in struct treaty: of the struct, or of a list, its count after it */
    size_t bytes;    /* of the struct */
    const struct key *keys;
    size_t keys_count;
    const char *article; /* that a profile without it misses, for the cure */
};

#define KEY(word, kind, type, field, need)                                                         \
    {                                                                                              \
        .name = word, .value = kind, .offset = offsetof(type, field), .is_mandatory = need         \
    }
#define TEXT(word, type, field) KEY(word, TREATY_VALUE_TEXT, type, field, true)
#define RULE(type, rule)                                                                           \
    TEXT("article", type, rule.article), TEXT("text", type, rule.text),                            \
        TEXT("text.ja", type, rule.text_ja)
#define KEYS(table) .keys = (table), .keys_count = sizeof(table) / sizeof(table)[0]

static const struct key TREATY_KEYS[] = {
    TEXT("title", struct treaty, title),
    TEXT("title.ja", struct treaty, title_ja),
    KEY("in-force", TREATY_VALUE_DATE, struct treaty, in_force, false),
    KEY("channels", TREATY_VALUE_CHANNELS, struct treaty, channels, true),
    KEY("source", TREATY_VALUE_TEXTS, struct treaty, sources, true),
    KEY("check", TREATY_VALUE_TEXTS, struct treaty, checks, false),
};
static const struct key PARTY_KEYS[] = {
    TEXT("name", struct treaty_party, name),
    TEXT("name.ja", struct treaty_party, name_ja),
    KEY("languages", TREATY_VALUE_LANGUAGES, struct treaty_party, languages, false),
    KEY("urgent-languages", TREATY_VALUE_LANGUAGES, struct treaty_party, urgent_languages, false),
    TEXT("article", struct treaty_party, article),
};
static const struct key AUTHORITY_KEYS[] = {
    KEY("role", TREATY_VALUE_ROLE, struct treaty_authority, role, true),
    KEY("does", TREATY_VALUE_DOES, struct treaty_authority, may_send, true),
    TEXT("name", struct treaty_authority, name),
    TEXT("name.ja", struct treaty_authority, name_ja),
    TEXT("article", struct treaty_authority, article),
};
static const struct key CONTENT_KEYS[] = {
    KEY("need", TREATY_VALUE_NEED, struct treaty_content, need, true),
    RULE(struct treaty_content, rule),
};
static const struct key REFUSAL_KEYS[] = {
    KEY("manner", TREATY_VALUE_MANNER, struct treaty_refusal, is_mandatory, true),
    RULE(struct treaty_refusal, rule),
};
static const struct key DAYS_KEYS[] = {
    KEY("days", TREATY_VALUE_DAYS, struct treaty_days, days, true),
    RULE(struct treaty_days, rule),
};
static const struct key USE_KEYS[] = {RULE(struct treaty, use)};
static const struct key DUAL_KEYS[] = {
    KEY("manner", TREATY_VALUE_DUAL, struct treaty, dual, true),
    RULE(struct treaty, dual_rule),
};

static const struct section SECTIONS[] = {
    {"treaty", ARGUMENT_ID, 1, 1, 0, sizeof(struct treaty), KEYS(TREATY_KEYS), NULL},
    {"party", ARGUMENT_PARTY, 1, 256, offsetof(struct treaty, parties), sizeof(struct treaty_party),
     KEYS(PARTY_KEYS), NULL},
    {"authority", ARGUMENT_COUNTRY, 1, 256, offsetof(struct treaty, authorities),
     sizeof(struct treaty_authority), KEYS(AUTHORITY_KEYS), "UNTOC Art. 18(13)"},
    {"content", ARGUMENT_PATH, 1, 256, offsetof(struct treaty, contents),
     sizeof(struct treaty_content), KEYS(CONTENT_KEYS), "UNTOC Art. 18(15)"},
    {"refusal", ARGUMENT_GROUND, 1, 64, offsetof(struct treaty, refusals),
     sizeof(struct treaty_refusal), KEYS(REFUSAL_KEYS), "UNTOC Art. 18(21)"},
    {"confirmation", ARGUMENT_NONE, 0, 1, offsetof(struct treaty, confirmation),
     sizeof(struct treaty_days), KEYS(DAYS_KEYS), NULL},
    {"deadline", ARGUMENT_DEADLINE, 0, TREATY_DEADLINES, offsetof(struct treaty, deadlines),
     sizeof(struct treaty_days), KEYS(DAYS_KEYS), NULL},
    {"use", ARGUMENT_NONE, 1, 1, 0, sizeof(struct treaty), KEYS(USE_KEYS), "UNTOC Art. 18(19)"},
    {"dual-criminality", ARGUMENT_NONE, 1, 1, 0, sizeof(struct treaty), KEYS(DUAL_KEYS),
     "UNTOC Art. 18(9)"},
};

enum { SECTIONS_COUNT = sizeof SECTIONS / sizeof SECTIONS[0] };

static const char *const DEADLINE_WORDS[TREATY_DEADLINES] = {"acknowledge", "answer", "reply"};

/* What every request says whatever the treaty (UNTOC 18(15)), so that no profile can forget it. */
static const char *const ESSENTIAL[][2] = {
    {"request.requesting_authority", "UNTOC Art. 18(15)(a)"},
    {"request.conducting_authority", "UNTOC Art. 18(15)(b)"},
    {"request.subject_matter", "UNTOC Art. 18(15)(b)"},
    {"request.facts", "UNTOC Art. 18(15)(c)"},
    {"request.assistance.description", "UNTOC Art. 18(15)(d)"},
    {"request.persons.names", "UNTOC Art. 18(15)(e)"},
    {"request.purpose", "UNTOC Art. 18(15)(f)"},
    {"request.language", "UNTOC Art. 18(14)"},
};

/* ---- sections */

/* How many lines after the heading `lines[0]` belong to its section. */
static size_t
section_len(const struct treaty_line *lines, size_t count)
{
    size_t len = 0;

    while (len + 1 < count && !lines[len + 1].is_section)
        len++;
    return len;
}

static const struct section *
find_section(const char *name)
{
    for (size_t i = 0; i < SECTIONS_COUNT; i++) {
        if (strcmp(SECTIONS[i].name, name) == 0)
            return &SECTIONS[i];
    }
    return NULL;
}

static const struct key *
find_key(const struct section *section, const char *name)
{
    for (size_t i = 0; i < section->keys_count; i++) {
        if (strcmp(section->keys[i].name, name) == 0)
            return &section->keys[i];
    }
    return NULL;
}

static void
add_name(char names[NAMES_BYTES], const char *name)
{
    const size_t len = strlen(names);

    snprintf(names + len, NAMES_BYTES - len, "%s%s", len == 0 ? "" : ", ", name);
}

static void
tell_unknown_section(struct treaty_reader *reader, const struct treaty_line *line)
{
    char names[NAMES_BYTES] = "";
    struct nearest nearest;

    nearest_init(&nearest, line->key);
    for (size_t i = 0; i < SECTIONS_COUNT; i++) {
        nearest_offer(&nearest, SECTIONS[i].name);
        add_name(names, SECTIONS[i].name);
    }
    const struct problem_path cure = nearest.count > 0
                                         ? problem_path("did you mean [%s]?", nearest.names[0])
                                         : problem_path("the sections are: %s", names);
    treaty_wrong(reader, line->number, cure.text, "there is no section [%s]", line->key);
}

static void
tell_unknown_key(struct treaty_reader *reader, const struct section *section,
                 const struct treaty_line *line)
{
    char names[NAMES_BYTES] = "";
    struct nearest nearest;

    nearest_init(&nearest, line->key);
    for (size_t i = 0; i < section->keys_count; i++) {
        nearest_offer(&nearest, section->keys[i].name);
        add_name(names, section->keys[i].name);
    }
    const struct problem_path cure = nearest.count > 0
                                         ? problem_path("did you mean %s?", nearest.names[0])
                                         : problem_path("its keys are: %s", names);
    treaty_wrong(reader, line->number, cure.text, "a section [%s] has no key %s", section->name,
                 line->key);
}

/* How many of the section's lines have the key of line `index`; how many of them stand before. */
static size_t
count_key(const struct treaty_line *lines, size_t len, size_t index, size_t *before)
{
    size_t count = 0;

    *before = 0;
    for (size_t i = 0; i < len; i++) {
        if (strcmp(lines[i].key, lines[index].key) != 0)
            continue;
        *before += i < index ? 1 : 0;
        count++;
    }
    return count;
}

/* Read the `len` lines of the section headed by `heading` into `element`. */
static void
read_keys(struct treaty_reader *reader, const struct section *section,
          const struct treaty_line *heading, size_t len, void *element)
{
    const struct treaty_line *lines = heading + 1;
    uint32_t seen = 0;

    for (size_t i = 0; i < len; i++) {
        const struct key *key = find_key(section, lines[i].key);
        size_t before = 0;
        if (key == NULL) {
            tell_unknown_key(reader, section, &lines[i]);
            continue;
        }
        const size_t count = count_key(lines, len, i, &before);
        seen |= UINT32_C(1) << (key - section->keys);
        if (lines[i].value[0] == '\0')
            treaty_wrong(reader, lines[i].number, "write its value, or leave the line out",
                         "%s is empty", key->name);
        else if (before > 0 && key->value != TREATY_VALUE_TEXTS)
            treaty_wrong(reader, lines[i].number, "leave one of them out",
                         "%s stands twice in the section", key->name);
        else
            treaty_put_value(reader, &lines[i], key->value, element, (char *)element + key->offset,
                             count);
    }
    for (size_t i = 0; i < section->keys_count; i++) {
        if (section->keys[i].is_mandatory && (seen >> i & 1) == 0) {
            const struct problem_path cure =
                problem_path("add a line: %s = ...", section->keys[i].name);
            treaty_wrong(reader, heading->number, cure.text, "the section [%s%s%s] lacks %s",
                         heading->key, heading->value[0] == '\0' ? "" : " ", heading->value,
                         section->keys[i].name);
        }
    }
}

static bool
take_deadline(struct treaty_reader *reader, const struct treaty_line *heading, size_t *index)
{
    for (size_t i = 0; i < TREATY_DEADLINES; i++) {
        if (strcmp(heading->value, DEADLINE_WORDS[i]) == 0) {
            *index = i;
            return true;
        }
    }
    treaty_wrong(reader, heading->number,
                 "write [deadline acknowledge], [deadline answer] or [deadline reply]",
                 "there is no deadline \"%s\"", heading->value);
    return false;
}

static bool
is_id(const char *text)
{
    const size_t len = strlen(text);

    return len >= 3 && len <= 64 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-") == len;
}

/* Take the heading's argument into `element`; *index is set where the section goes by its word. */
static bool
take_argument(struct treaty_reader *reader, const struct section *section,
              const struct treaty_line *heading, void *element, size_t *index)
{
    const char *value = heading->value;

    switch (section->argument) {
    case ARGUMENT_ID:
        ((struct treaty *)element)->id = value;
        if (!is_id(value))
            treaty_wrong(reader, heading->number, "write it as in: [treaty treaty.jp-kr.2007]",
                         "\"%s\" is no id of a legal basis", value);
        return is_id(value);
    case ARGUMENT_PARTY:
        ((struct treaty_party *)element)->country = value;
        return treaty_take_country(reader, heading, true);
    case ARGUMENT_COUNTRY:
        ((struct treaty_authority *)element)->country = value;
        return treaty_take_country(reader, heading, true);
    case ARGUMENT_PATH:
        ((struct treaty_content *)element)->path = value;
        return treaty_take_path(reader, heading);
    case ARGUMENT_GROUND:
        return treaty_take_ground(reader, heading, &((struct treaty_refusal *)element)->ground);
    case ARGUMENT_DEADLINE:
        return take_deadline(reader, heading, index);
    case ARGUMENT_NONE:
    default:
        if (value[0] != '\0')
            treaty_wrong(reader, heading->number, "leave it out", "[%s] takes nothing after it",
                         section->name);
        return value[0] == '\0';
    }
}

/* Whether an earlier heading says the same; an authority may have several sections. */
static bool
is_repeated(const struct treaty_line *lines, size_t index, const struct section *section)
{
    if (section->argument == ARGUMENT_COUNTRY)
        return false;
    for (size_t i = 0; i < index; i++) {
        if (lines[i].is_section && strcmp(lines[i].key, lines[index].key) == 0 &&
            (section->max == 1 || strcmp(lines[i].value, lines[index].value) == 0))
            return true;
    }
    return false;
}

/* How many sections `section` there are. */
static size_t
count_sections(const struct treaty_line *lines, size_t count, const struct section *section)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        found += lines[i].is_section && strcmp(lines[i].key, section->name) == 0 ? 1 : 0;
    return found;
}

/* The list of a section's structs, room for all of them; the count stays 0. */
static bool
make_lists(struct treaty_reader *reader, const struct treaty_line *lines, size_t count,
           struct treaty *treaty, char *lists[SECTIONS_COUNT])
{
    for (size_t i = 0; i < SECTIONS_COUNT; i++) {
        const struct section *section = &SECTIONS[i];
        const size_t found = count_sections(lines, count, section);
        if (found > section->max && section->argument != ARGUMENT_DEADLINE && section->max > 1) {
            treaty_wrong(reader, 0, "make the profile shorter",
                         "it has more than %zu sections [%s]", section->max, section->name);
            return false;
        }
        if (section->max == 1 || section->argument == ARGUMENT_DEADLINE)
            continue;
        lists[i] = arena_alloc(reader->arena, found * section->bytes);
        if (lists[i] == NULL) {
            reader->is_full = true;
            return false;
        }
        memcpy((char *)treaty + section->offset, &lists[i], sizeof lists[i]);
    }
    return true;
}

/* What a profile must have. */
static void
check_sections(struct treaty_reader *reader, const struct treaty_line *lines, size_t count)
{
    for (size_t i = 0; i < SECTIONS_COUNT; i++) {
        const struct section *section = &SECTIONS[i];
        const size_t found = count_sections(lines, count, section);
        if (found < section->min) {
            const struct problem_path cure =
                problem_path("add a section [%s%s]%s%s", section->name,
                             section->argument == ARGUMENT_NONE ? "" : " ...",
                             section->article == NULL ? "" : ": ",
                             section->article == NULL ? "" : section->article);
            treaty_wrong(reader, 0, cure.text, "there is no section [%s]", section->name);
        }
    }
}

static void
read_section(struct treaty_reader *reader, const struct treaty_line *lines, size_t count, size_t at,
             struct treaty *treaty, char *lists[SECTIONS_COUNT])
{
    const struct section *section = find_section(lines[at].key);
    char *base = NULL, *element = NULL;
    size_t index = 0;

    if (section == NULL) {
        tell_unknown_section(reader, &lines[at]);
        return;
    }
    if (is_repeated(lines, at, section)) {
        treaty_wrong(reader, lines[at].number, "make one section of them",
                     "there is a section [%s%s%s] above", lines[at].key,
                     lines[at].value[0] == '\0' ? "" : " ", lines[at].value);
        return;
    }
    base = (char *)treaty + section->offset;
    if (lists[section - SECTIONS] != NULL) {
        size_t *filled = (size_t *)(void *)(base + sizeof(void *));
        element = lists[section - SECTIONS] + *filled * section->bytes;
        if (!take_argument(reader, section, &lines[at], element, &index))
            return;
        (*filled)++;
    } else {
        if (!take_argument(reader, section, &lines[at], base, &index))
            return;
        element = base + index * section->bytes;
    }
    read_keys(reader, section, &lines[at], section_len(lines + at, count - at), element);
}

/* ---- the whole */

/* What the sections say of each other, and what no profile may lack. */
static void
check_whole(struct treaty_reader *reader, const struct treaty *treaty)
{
    for (size_t i = 0; i < treaty->authorities_count; i++) {
        const struct treaty_authority *authority = &treaty->authorities[i];
        bool is_party = strcmp(authority->country, "*") == 0;
        for (size_t j = 0; j < treaty->parties_count; j++)
            is_party = is_party || strcmp(treaty->parties[j].country, authority->country) == 0;
        if (!is_party)
            treaty_wrong(reader, 0, "add a section [party ...] for it",
                         "the authority of %s is of no party", authority->country);
    }
    for (size_t i = 0; i < sizeof ESSENTIAL / sizeof ESSENTIAL[0]; i++) {
        const struct problem_path cure =
            problem_path("add a section [content %s] (%s)", ESSENTIAL[i][0], ESSENTIAL[i][1]);
        bool is_there = false;
        for (size_t j = 0; j < treaty->contents_count; j++)
            is_there = is_there || strcmp(treaty->contents[j].path, ESSENTIAL[i][0]) == 0;
        if (!is_there)
            treaty_wrong(reader, 0, cure.text, "a part that every request has is not asked for: %s",
                         ESSENTIAL[i][0]);
    }
}

enum err
treaty_parse(const char *name, struct span text, struct arena *arena, const struct treaty **out,
             struct problems *problems)
{
    struct treaty_reader reader = {.name = name, .arena = arena, .problems = problems};
    struct treaty *treaty = arena_alloc(arena, sizeof *treaty);
    char *lists[SECTIONS_COUNT] = {NULL};
    struct treaty_line *lines = NULL;
    const size_t before = problems_total(problems);

    *out = NULL;
    if (treaty == NULL)
        return ERR_NOMEM;
    *treaty = (struct treaty){.in_force = ""};
    const size_t count = treaty_read_lines(&reader, text, &lines);
    if (count > 0 && !lines[0].is_section)
        treaty_wrong(&reader, lines[0].number, "begin with a section: [treaty treaty.jp-kr.2007]",
                     "this line is in no section");
    if (lines != NULL && make_lists(&reader, lines, count, treaty, lists)) {
        for (size_t i = 0; i < count; i++) {
            if (lines[i].is_section)
                read_section(&reader, lines, count, i, treaty, lists);
        }
        check_sections(&reader, lines, count);
    }
    treaty->file_text = arena_copy(arena, text.data, text.len);
    if (reader.is_full || treaty->file_text == NULL)
        return ERR_NOMEM;
    if (problems_total(problems) == before)
        check_whole(&reader, treaty);
    if (problems_total(problems) != before)
        return ERR_FORMAT;
    *out = treaty;
    return ERR_OK;
}
