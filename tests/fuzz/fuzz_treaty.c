/*
 * A profile from anybody's editor: read, or refused with a line and a remedy; what was read can be
 * looked up in.  A form of a request the same way.
 */
#include "proto/treaty.h"

#include "clients/officer/mla_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
use_profile(const struct treaty *treaty)
{
    char *out = malloc(MLA_FORM_BYTES);
    const struct mla_page page = {.treaty = treaty, .command = "x", .language = LANGUAGE_JA};
    const struct problems none = {0};
    json_t *tree = json_object();

    if (out != NULL && tree != NULL &&
        mla_form_write(&page, tree, NULL, &none, out, MLA_FORM_BYTES) == ERR_OK) {
        json_t *read = NULL;
        struct problems problems = {0};
        const struct span text = {(const uint8_t *)out, strlen(out)};
        if (mla_form_read(text, &read, &problems) != ERR_OK || json_object_size(read) != 0)
            abort(); /* a form of nothing says nothing */
        json_decref(read);
    }
    json_decref(tree);
    free(out);
    for (int ground = 0; ground < 32; ground++)
        (void)treaty_find_refusal(treaty, (Denrei__V1__MlaGround)ground);
    (void)treaty_deadline_ms(treaty, TREATY_ANSWER, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct span text = {data, size};
    const struct treaty *treaty = NULL;
    struct problems problems = {0};
    struct arena *arena = NULL;
    json_t *tree = NULL;

    if (arena_new(1 << 20, &arena) != ERR_OK)
        return 0;
    const enum err err = treaty_parse("x", text, arena, &treaty, &problems);
    if ((err == ERR_OK) != (treaty != NULL) || (err == ERR_FORMAT) == problems_is_empty(&problems))
        abort();
    for (size_t i = 0; i < problems.count; i++) {
        if (problems.list[i].wrong[0] == '\0' || problems.list[i].cure[0] == '\0')
            abort();
    }
    if (treaty != NULL)
        use_profile(treaty);
    arena_free(&arena);
    problems = (struct problems){0};
    if ((mla_form_read(text, &tree, &problems) == ERR_OK) != (tree != NULL))
        abort();
    json_decref(tree);
    return 0;
}
