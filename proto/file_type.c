#include "proto/file_type.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* No archives and no office files: nobody sees what they hold before they are opened. */
static const struct file_type TYPES[] = {
    {"image/jpeg", "a JPEG image", "jpg jpeg jpe", FILE_TYPE_IMAGE},
    {"image/png", "a PNG image", "png", FILE_TYPE_IMAGE},
    {"image/jp2", "a JPEG 2000 image", "jp2", FILE_TYPE_IMAGE},
    {"image/x-wsq", "a WSQ fingerprint image", "wsq", FILE_TYPE_FINGERPRINT},
    {"application/x-ansi-nist", "an ANSI/NIST fingerprint file", "an2 nist nst eft",
     FILE_TYPE_FINGERPRINT},
    {"application/pdf", "a PDF", "pdf", FILE_TYPE_DOCUMENT},
    {"text/plain", "a plain text", "txt", FILE_TYPE_DOCUMENT},
};
enum { TYPES_LEN = sizeof TYPES / sizeof TYPES[0] };

const struct file_type *
file_type_find(const char *media)
{
    for (size_t i = 0; i < TYPES_LEN; i++)
        if (strcmp(TYPES[i].media, media) == 0)
            return &TYPES[i];
    return NULL;
}

/* Whether `ending` is one of the words of `list`, in any case. */
static bool
has_ending(const char *list, const char *ending)
{
    size_t len = strlen(ending);

    for (const char *word = list; len > 0; word = strchr(word, ' ') + 1) {
        if (strcspn(word, " ") == len && strncasecmp(word, ending, len) == 0)
            return true;
        if (strchr(word, ' ') == NULL)
            return false;
    }
    return false;
}

const struct file_type *
file_type_of_name(const char *name)
{
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot != NULL && i < TYPES_LEN; i++)
        if (has_ending(TYPES[i].endings, dot + 1))
            return &TYPES[i];
    return NULL;
}

static bool
begins_with(struct span bytes, const char *start, size_t len)
{
    return bytes.len >= len && memcmp(bytes.data, start, len) == 0;
}

const struct file_type *
file_type_of_head(struct span head)
{
    /* WSQ (FBI IAFIS-IC-0110): start of image, then another marker. */
    if (begins_with(head, "\xff\xa0\xff", 3))
        return file_type_find("image/x-wsq");
    /* ANSI/NIST-ITL 1, traditional encoding: the Type-1 record begins with its length. */
    if (begins_with(head, "1.001:", 6) || begins_with(head, "1.01:", 5))
        return file_type_find("application/x-ansi-nist");
    return NULL;
}

static bool
holds(struct span bytes, const char *mark)
{
    return memmem(bytes.data, bytes.len, mark, strlen(mark)) != NULL;
}

bool
file_type_is_end(const struct file_type *type, struct span tail)
{
    if (strcmp(type->media, "image/jpeg") == 0)
        return holds(tail, "\xff\xd9"); /* cameras add what they like after it */
    if (strcmp(type->media, "image/png") == 0)
        return holds(tail, "IEND\xae\x42\x60\x82");
    if (strcmp(type->media, "image/x-wsq") == 0)
        return holds(tail, "\xff\xa1");
    if (strcmp(type->media, "application/pdf") == 0)
        return holds(tail, "%%EOF");
    return true;
}

void
file_type_list(unsigned classes, char *out, size_t out_bytes)
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < TYPES_LEN && len < out_bytes; i++)
        if ((TYPES[i].class & classes) != 0)
            len += (size_t)snprintf(out + len, out_bytes - len, "%s%s", len > 0 ? ", " : "",
                                    TYPES[i].name);
}
