/* Texts of kinds that must not speak of a person. */
#include "proto/kind_rule.h"

#include <string.h>

/* What announces a person's data. */
static const char *const labels[] = {"name", "names",    "surname",       "holder",   "bearer",
                                     "born", "forename", "date of birth", "birthday", "birthdate"};
static const char *const japanese_labels[] = {"氏名", "名義人", "姓名", "生年月日"};

/* Whether `text` has `label` as words of their own, followed by a colon or an equals sign. */
static bool
has_label(const char *text, const char *label)
{
    const size_t len = strlen(label);

    for (const char *at = strcasestr(text, label); at != NULL; at = strcasestr(at + 1, label)) {
        const char *after = at + len;
        after += strspn(after, " \t");
        if ((*after == ':' || *after == '=' || strncmp(after, "：", strlen("：")) == 0) &&
            (at == text || strchr(" \t\n,;.(", at[-1]) != NULL))
            return true;
    }
    return false;
}

void
kind_rule_non_nominal(const struct kind_place *place, const char *field, const char *text,
                      const char *whose)
{
    bool is_nominal = false;

    if (!kind_rule_has(text))
        return;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        is_nominal = is_nominal || has_label(text, labels[i]);
    for (size_t i = 0; i < sizeof japanese_labels / sizeof japanese_labels[0]; i++)
        is_nominal = is_nominal || strstr(text, japanese_labels[i]) != NULL;
    if (is_nominal)
        kind_rule_add(place, field, "leave out what tells who it is; give that by telephone",
                      "it speaks of %s, and this kind has no personal data of theirs", whose);
    else if (strstr(text, "<<") != NULL)
        kind_rule_add(place, field, "leave the machine-readable zone out",
                      "it has a machine-readable zone, and with it the name of %s", whose);
}
