/* contacts: the directory as people read it. */
#include "clients/officer/io/commands.h"
#include "clients/officer/io/print.h"
#include "proto/field.h"
#include "proto/io/clock.h"
#include "proto/io/exit.h"
#include "proto/io/term.h"

#include <stdio.h>
#include <string.h>

enum { KINDS_BYTES = 256 };

static void
write_kinds(uint32_t kinds, char out[KINDS_BYTES])
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < kind_count() && len < KINDS_BYTES; i++)
        if ((kinds >> kind_at(i)->number & 1) != 0)
            len += (size_t)snprintf(out + len, KINDS_BYTES - len, "%s%s", len == 0 ? "" : ", ",
                                    kind_at(i)->word);
}

/* Whether a message would reach it now, and if not, why. */
static const char *
reach_word(const struct desk *desk, const struct member *member)
{
    const struct roster *roster =
        trust_roster(state_trust(desk->state), member->id, TRUST_UNLOGGED);

    if (member->may_receive == 0)
        return "receives nothing";
    if (roster == NULL)
        return "no roster";
    if (roster->expires_ms <= desk->now_ms)
        return "roster expired";
    if (roster->mailboxes_count == 0)
        return "no mailbox";
    return roster->mailboxes[0].secrets_count == 0 ? "nobody to read it" : "ready";
}

static enum err
print_members(const struct desk *desk, const struct directory *directory)
{
    static const struct term_column columns[] = {
        {.title = "MEMBER"},  {.title = "NAME", .may_wrap = true},     {.title = "LOCAL NAME"},
        {.title = "COUNTRY"}, {.title = "RECEIVES", .may_wrap = true}, {.title = "STATE"},
    };
    struct term_table *table = NULL;

    enum err err = term_table_new(stdout, columns, sizeof columns / sizeof columns[0], &table);
    for (size_t i = 0; err == ERR_OK && i < directory->members_count; i++) {
        const struct member *member = &directory->members[i];
        char kinds[KINDS_BYTES];
        write_kinds(member->may_receive, kinds);
        const char *const cells[] = {member->id,      member->name, member->local_name,
                                     member->country, kinds,        reach_word(desk, member)};
        err = term_table_add(table, cells);
    }
    if (err == ERR_OK)
        err = term_table_print(table);
    term_table_free(&table);
    return err;
}

static void
write_list(const char *const *names, size_t count, char *out, size_t size)
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < count && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, "%s%s", i == 0 ? "" : ", ", names[i]);
}

static enum err
print_groups(const struct directory *directory)
{
    static const struct term_column columns[] = {{.title = "GROUP"},
                                                 {.title = "MEMBERS", .may_wrap = true}};
    struct term_table *table = NULL;
    char members[2048];

    enum err err = term_table_new(stdout, columns, 2, &table);
    for (size_t i = 0; err == ERR_OK && i < directory->groups_count; i++) {
        const struct group *group = &directory->groups[i];
        write_list(group->members, group->members_count, members, sizeof members);
        err = term_table_add(table, (const char *const[]){group->id, members});
    }
    if (err == ERR_OK)
        err = term_table_print(table);
    term_table_free(&table);
    return err;
}

static enum err
print_bases(const struct directory *directory)
{
    static const struct term_column columns[] = {{.title = "LEGAL BASIS"},
                                                 {.title = "TITLE", .may_wrap = true},
                                                 {.title = "BETWEEN", .may_wrap = true},
                                                 {.title = "KINDS"}};
    struct term_table *table = NULL;
    char members[2048], kinds[KINDS_BYTES];

    enum err err = term_table_new(stdout, columns, 4, &table);
    for (size_t i = 0; err == ERR_OK && i < directory->legal_bases_count; i++) {
        const struct legal_basis *basis = &directory->legal_bases[i];
        write_list(basis->members, basis->members_count, members, sizeof members);
        write_kinds(basis->kinds, kinds);
        err = term_table_add(table, (const char *const[]){basis->id, basis->title, members, kinds});
    }
    if (err == ERR_OK)
        err = term_table_print(table);
    term_table_free(&table);
    return err;
}

/* ---- JSON */

static json_t *
names_json(const char *const *names, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(names[i]));
    return list;
}

static json_t *
kinds_json(uint32_t kinds)
{
    json_t *list = json_array();

    for (size_t i = 0; i < kind_count(); i++)
        if ((kinds >> kind_at(i)->number & 1) != 0)
            json_array_append_new(list, json_string(kind_at(i)->name));
    return list;
}

static enum err
contacts_json(const struct desk *desk, const struct directory *directory)
{
    json_t *members = json_array(), *groups = json_array(), *bases = json_array();

    for (size_t i = 0; i < directory->members_count; i++) {
        const struct member *member = &directory->members[i];
        json_array_append_new(
            members, json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:s}", "id", member->id, "name",
                               member->name, "local_name", member->local_name, "country",
                               member->country, "sends", kinds_json(member->may_send), "receives",
                               kinds_json(member->may_receive), "state", reach_word(desk, member)));
    }
    for (size_t i = 0; i < directory->groups_count; i++)
        json_array_append_new(groups,
                              json_pack("{s:s, s:o}", "id", directory->groups[i].id, "members",
                                        names_json(directory->groups[i].members,
                                                   directory->groups[i].members_count)));
    for (size_t i = 0; i < directory->legal_bases_count; i++) {
        const struct legal_basis *basis = &directory->legal_bases[i];
        json_array_append_new(bases, json_pack("{s:s, s:s, s:o, s:o}", "id", basis->id, "title",
                                               basis->title, "members",
                                               names_json(basis->members, basis->members_count),
                                               "kinds", kinds_json(basis->kinds)));
    }
    return print_json(json_pack("{s:i, s:I, s:o, s:o, s:o}", "schema", 1, "directory_version",
                                (json_int_t)directory->version, "members", members, "groups",
                                groups, "legal_bases", bases));
}

int
command_contacts(void *data, const struct args_words *words)
{
    struct problems problems = {0};
    struct desk desk = {.options = data, .problems = &problems};

    (void)words;
    enum err err = desk_open(&desk);
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    const struct directory *directory = trust_directory(state_trust(desk.state), TRUST_UNLOGGED);
    if (desk.options->json) {
        err = contacts_json(&desk, directory);
    } else {
        err = print_members(&desk, directory);
        putchar('\n');
        if (err == ERR_OK)
            err = print_groups(directory);
        putchar('\n');
        if (err == ERR_OK)
            err = print_bases(directory);
    }
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    if (directory->expires_ms <= desk.now_ms)
        fprintf(stderr, "denrei: the directory expired %s: get a newer one\n",
                clock_local_text(directory->expires_ms).text);
    desk_close(&desk);
    return EXIT_DONE;
}
