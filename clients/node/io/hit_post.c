#include "clients/node/io/hit_post.h"

#include "proto/io/config.h"
#include "proto/io/disk.h"

#include <stddef.h>

#define TEXT(group, key, field, text)                                                              \
    {                                                                                              \
        .section = group, .name = key, .kind = CONFIG_STRING,                                      \
        .offset = offsetof(struct hit_post, field), .help = text                                   \
    }

static const struct config_key KEYS[] = {
    TEXT("post", "type", type, "AIRPORT, SEAPORT, LAND_BORDER, MISSION, PASSENGER_LIST, INLAND."),
    TEXT("post", "place", place, "The border post, port or mission."),
    TEXT("post", "country", country, "Its country, ICAO code."),
    TEXT("contact", "office", office, "The office that an owner calls."),
    TEXT("contact", "email", email, "Its e-mail address; this or the telephone is needed."),
    TEXT("contact", "phone", phone, "Its telephone, international form."),
    TEXT("contact", "hours", hours, "Hours in which it answers."),
    {.section = "report",
     .name = "automatic",
     .kind = CONFIG_BOOL,
     .offset = offsetof(struct hit_post, report_hits),
     .fallback = "no",
     .help = "Whether `denrei-node run` reports each new hit to its owner by itself."},
    {.section = "report",
     .name = "score",
     .kind = CONFIG_U64,
     .offset = offsetof(struct hit_post, score_min),
     .min = 1,
     .max = 100,
     .fallback = "100",
     .help = "Only hits that are at least so sure; the others wait for a person."},
};

enum { KEYS_LEN = sizeof KEYS / sizeof KEYS[0] };

enum err
hit_post_read(const char *dir, struct hit_post *out, struct problems *problems)
{
    char path[DISK_PATH_BYTES], why[CONFIG_WHY_BYTES] = "";

    *out = (struct hit_post){.score_min = 100};
    enum err err = disk_join(dir, "post.conf", path);
    if (err == ERR_OK)
        err = config_read(path, KEYS, KEYS_LEN, out, why);
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    if (err != ERR_OK)
        problems_add(problems, path, "`denrei-node hit post` prints a file that explains itself",
                     "%s", why[0] == '\0' ? err_text(err) : why);
    return err;
}

void
hit_post_free(struct hit_post *post)
{
    config_free(KEYS, KEYS_LEN, post);
}

void
hit_post_help(FILE *file)
{
    config_help(file, KEYS, KEYS_LEN);
}
