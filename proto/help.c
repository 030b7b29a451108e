#include "proto/help.h"

#include <stdlib.h>
#include <string.h>

static int
compare(const void *key, const void *entry)
{
    const struct help *left = key, *right = entry;
    int order = strcmp(left->type, right->type);

    return order != 0 ? order : strcmp(left->name, right->name);
}

const struct help *
help_find(const char *type, const char *name)
{
    static const struct help none = {"", "", "", "", false};
    const struct help key = {.type = type, .name = name};
    const struct help *found = bsearch(&key, denrei__v1__help, denrei__v1__help_count,
                                       sizeof denrei__v1__help[0], compare);

    return found != NULL ? found : &none;
}
