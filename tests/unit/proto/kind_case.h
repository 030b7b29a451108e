/*
 * kind_case.h - what the tests of the kinds share: a good message as JSON, changes to it, and what
 * its rules say then.  Content goes through JSON and strict wire, as it does in a program.
 */
#ifndef TESTS_UNIT_PROTO_KIND_CASE_H
#define TESTS_UNIT_PROTO_KIND_CASE_H

#include "proto/json_message.h"
#include "proto/json_read.h"
#include "proto/kind.h"
#include "proto/limits.h"
#include "proto/wire.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

/* One rule broken: lines `path=value` to set and `-path` to remove, and the one problem of it. */
struct kind_case {
    const char *changes;
    const char *path;
    const char *wrong; /* part of what must be said */
    size_t count;      /* of all problems; 0 means 1 */
};

static struct kind_context context;
static struct problems problems;
static const Denrei__V1__Role central_authority[] = {DENREI__V1__ROLE__ROLE_CENTRAL_AUTHORITY};
static const char *const japan[] = {"JPN", "UTO"};

/* 2024-03-07T12:00:00Z; to one recipient, for a year. */
static void
kind_case_setup(void)
{
    context = (struct kind_context){.action = DENREI__V1__ACTION__ACTION_NEW,
                                    .use_restriction = DENREI__V1__USE_RESTRICTION__USE_H1,
                                    .tlp = DENREI__V1__TLP__TLP_AMBER,
                                    .sender = "jp.mofa",
                                    .roles = central_authority,
                                    .roles_count = 1,
                                    .states = japan,
                                    .states_count = 2,
                                    .created_at_ms = UINT64_C(1709812800000),
                                    .expires_at_ms = UINT64_C(1709812800000) + 366 * DAY_MS,
                                    .legal_basis = "jp-kr-2006",
                                    .recipients_count = 1,
                                    .recipient = "kr.moj",
                                    .in_reply_to_from = "",
                                    .thread_from = ""};
    problems = (struct problems){0};
}

static void
kind_case_remove(json_t *tree, const char *path)
{
    char names[128] = "";
    char *rest = names;

    ck_assert_uint_lt(strlen(path), sizeof names);
    strcpy(names, path);
    for (char *dot = strchr(rest, '.'); dot != NULL; dot = strchr(rest, '.')) {
        *dot = '\0';
        tree = json_object_get(tree, rest);
        rest = dot + 1;
    }
    ck_assert_msg(json_object_del(tree, rest) == 0, "%s", path);
}

static void
kind_case_change(const struct kind_type *kind, json_t *tree, const char *changes)
{
    char line[8192];

    while (*changes != '\0') {
        const size_t len = strcspn(changes, "\n");
        ck_assert_uint_lt(len, sizeof line);
        memcpy(line, changes, len);
        line[len] = '\0';
        changes += len + (changes[len] == '\n');
        if (line[0] == '-')
            kind_case_remove(tree, line + 1);
        else
            ck_assert_msg(json_read_pair(kind->content, line, tree, &problems) == ERR_OK, "%s",
                          line);
    }
}

/* Validate `good` with `changes`; `problems` has what is wrong. */
static void
kind_case_validate(const struct kind_type *kind, const char *good, const char *changes)
{
    struct span text = {(const uint8_t *)good, strlen(good)}, wire = {NULL, 0};
    ProtobufCMessage *message = NULL, *content = NULL;
    struct arena *arena = NULL;
    json_t *tree = NULL;

    problems = (struct problems){0};
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
    ck_assert_msg(json_read_text(text, &tree, &problems) == ERR_OK, "%s %s",
                  problems.list[0].path.text, problems.list[0].wrong);
    kind_case_change(kind, tree, changes);
    ck_assert_msg(json_message_decode(kind->content, tree, arena, &message, &problems) == ERR_OK,
                  "%s: %s %s", changes, problems.list[0].path.text, problems.list[0].wrong);
    ck_assert_int_eq(wire_encode(message, arena, &wire), ERR_OK);
    ck_assert_int_eq(wire_decode(kind->content, wire, arena, &content), ERR_OK);
    kind_validate(kind, content, &context, &problems);
    json_decref(tree);
    arena_free(&arena);
}

static void
kind_case_assert_good(const struct kind_type *kind, const char *good, const char *changes)
{
    kind_case_validate(kind, good, changes);
    ck_assert_msg(problems.count == 0, "\"%s\" makes %s: %s", changes, problems.list[0].path.text,
                  problems.list[0].wrong);
}

static void
kind_case_assert(const struct kind_type *kind, const char *good, const struct kind_case *row)
{
    bool is_said = false;

    kind_case_validate(kind, good, row->changes);
    for (size_t i = 0; i < problems.count; i++) {
        ck_assert_msg(problems.list[i].cure[0] != '\0', "%s", problems.list[i].wrong);
        is_said = is_said || (strcmp(problems.list[i].path.text, row->path) == 0 &&
                              strstr(problems.list[i].wrong, row->wrong) != NULL);
    }
    ck_assert_msg(is_said, "\"%s\" makes %zu problems, first %s: %s", row->changes, problems.count,
                  problems.list[0].path.text, problems.list[0].wrong);
    ck_assert_msg(problems.count == (row->count == 0 ? 1 : row->count),
                  "\"%s\" makes %zu problems, the second %s: %s", row->changes, problems.count,
                  problems.list[1].path.text, problems.list[1].wrong);
}

static int
kind_case_run(SRunner *runner)
{
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

#endif /* TESTS_UNIT_PROTO_KIND_CASE_H */
