/*
 * treaty_generator - a host program of the build: reads the treaty profiles that are its arguments
 * with treaty_parse and prints them, as C, as the table behind proto/treaty.h.
 *
 * A profile with an error ends the build with its file, line and remedy.
 */
#include "proto/treaty.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 4 << 20 };

static void
print_text(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++) {
        const unsigned char letter = (unsigned char)*text;
        if (letter == '\n')
            printf("\\n\"\n\"");
        else if (letter == '"' || letter == '\\')
            printf("\\%c", letter);
        else if (letter < ' ' || letter > '~' || letter == '?')
            printf("\\%03o", letter);
        else
            putchar(letter);
    }
    putchar('"');
}

static void
print_item(const char *text)
{
    print_text(text == NULL ? "" : text);
    printf(", ");
}

static void
print_rule(const struct treaty_rule *rule)
{
    printf("{");
    print_item(rule->article);
    print_item(rule->text);
    print_item(rule->text_ja);
    printf("}, ");
}

static void
print_list(const char *name, size_t profile, size_t index, const char *const *texts, size_t count)
{
    if (count == 0)
        return;
    printf("static const char *const %s_%zu_%zu[] = {", name, profile, index);
    for (size_t i = 0; i < count; i++)
        print_item(texts[i]);
    printf("};\n");
}

/* A list's place in a struct: its name and count, or nothing. */
static void
print_list_place(const char *name, size_t profile, size_t index, size_t count)
{
    if (count == 0)
        printf("NULL, 0, ");
    else
        printf("%s_%zu_%zu, %zu, ", name, profile, index, count);
}

static void
print_parties(const struct treaty *treaty, size_t profile)
{
    for (size_t i = 0; i < treaty->parties_count; i++) {
        const struct treaty_party *party = &treaty->parties[i];
        print_list("languages", profile, i, party->languages, party->languages_count);
        print_list("urgent", profile, i, party->urgent_languages, party->urgent_languages_count);
    }
    printf("static const struct treaty_party parties_%zu[] = {\n", profile);
    for (size_t i = 0; i < treaty->parties_count; i++) {
        const struct treaty_party *party = &treaty->parties[i];
        printf("{");
        print_item(party->country);
        print_item(party->name);
        print_item(party->name_ja);
        print_list_place("languages", profile, i, party->languages_count);
        print_list_place("urgent", profile, i, party->urgent_languages_count);
        print_item(party->article);
        printf("},\n");
    }
    printf("};\nstatic const struct treaty_authority authorities_%zu[] = {\n", profile);
    for (size_t i = 0; i < treaty->authorities_count; i++) {
        const struct treaty_authority *authority = &treaty->authorities[i];
        printf("{");
        print_item(authority->country);
        printf("%d, %d, %d, ", (int)authority->role, authority->may_send, authority->may_receive);
        print_item(authority->name);
        print_item(authority->name_ja);
        print_item(authority->article);
        printf("},\n");
    }
    printf("};\n");
}

static void
print_rules(const struct treaty *treaty, size_t profile)
{
    printf("static const struct treaty_content contents_%zu[] = {\n", profile);
    for (size_t i = 0; i < treaty->contents_count; i++) {
        const struct treaty_content *content = &treaty->contents[i];
        printf("{");
        print_item(content->path);
        printf("%d, UINT32_C(%" PRIu32 "), ", (int)content->need, content->measures);
        print_rule(&content->rule);
        printf("},\n");
    }
    printf("};\nstatic const struct treaty_refusal refusals_%zu[] = {\n", profile);
    for (size_t i = 0; i < treaty->refusals_count; i++) {
        printf("{%d, %d, ", (int)treaty->refusals[i].ground, treaty->refusals[i].is_mandatory);
        print_rule(&treaty->refusals[i].rule);
        printf("},\n");
    }
    printf("};\n");
    print_list("sources", profile, 0, treaty->sources, treaty->sources_count);
    print_list("checks", profile, 0, treaty->checks, treaty->checks_count);
}

static void
print_days(const struct treaty_days *days)
{
    printf("{%" PRIu32 ", ", days->days);
    print_rule(&days->rule);
    printf("}, ");
}

static void
print_treaty(const struct treaty *treaty, size_t profile)
{
    print_parties(treaty, profile);
    print_rules(treaty, profile);
    printf("static const struct treaty treaty_%zu = {\n", profile);
    print_item(treaty->id);
    print_item(treaty->title);
    print_item(treaty->title_ja);
    print_item(treaty->in_force);
    printf("UINT32_C(%" PRIu32 "),\n", treaty->channels);
    printf("parties_%zu, %zu, authorities_%zu, %zu, contents_%zu, %zu, refusals_%zu, %zu,\n",
           profile, treaty->parties_count, profile, treaty->authorities_count, profile,
           treaty->contents_count, profile, treaty->refusals_count);
    print_days(&treaty->confirmation);
    printf("\n{");
    for (size_t i = 0; i < TREATY_DEADLINES; i++)
        print_days(&treaty->deadlines[i]);
    printf("},\n");
    print_rule(&treaty->use);
    printf("%d, ", (int)treaty->dual);
    print_rule(&treaty->dual_rule);
    print_list_place("sources", profile, 0, treaty->sources_count);
    print_list_place("checks", profile, 0, treaty->checks_count);
    printf("\n");
    print_text(treaty->file_text);
    printf("};\n\n");
}

/* Read and print one profile; false, and what is wrong on standard error, if it is none. */
static bool
take(const char *path, size_t profile)
{
    static uint8_t text[TREATY_BYTES_MAX + 1];
    static struct problems problems;
    const char *slash = strrchr(path, '/');
    const struct treaty *treaty = NULL;
    struct arena *arena = NULL;
    FILE *file = fopen(path, "rb");
    const size_t len = file == NULL ? 0 : fread(text, 1, sizeof text, file);
    bool is_good = false;
    char name[128];

    problems = (struct problems){0};
    if (file == NULL || ferror(file) || arena_new(ARENA_BYTES, &arena) != ERR_OK) {
        fprintf(stderr, "treaty_generator: %s cannot be read\n", path);
    } else if (treaty_parse(path, (struct span){text, len}, arena, &treaty, &problems) == ERR_OK) {
        snprintf(name, sizeof name, "%s.profile", treaty->id);
        is_good = strcmp(slash == NULL ? path : slash + 1, name) == 0;
        if (is_good)
            print_treaty(treaty, profile);
        else
            fprintf(stderr, "treaty_generator: %s: the file's name is %s\n", path, name);
    }
    for (size_t i = 0; i < problems.count; i++)
        fprintf(stderr, "%s: %s; %s\n", problems.list[i].path.text, problems.list[i].wrong,
                problems.list[i].cure);
    arena_free(&arena);
    if (file != NULL)
        fclose(file);
    return is_good;
}

int
main(int argc, char **argv)
{
    bool is_good = argc > 1;

    printf("/* Generated from the files in proto/treaties. */\n#include \"proto/treaty.h\"\n\n");
    for (int i = 1; i < argc; i++)
        is_good = take(argv[i], (size_t)i) && is_good;
    printf("const struct treaty *const denrei_treaties[] = {");
    for (int i = 1; i < argc; i++)
        printf("&treaty_%d, ", i);
    printf("};\nconst size_t denrei_treaties_count = %d;\n", argc - 1);
    return is_good && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
