/* The rules on attached files, the same for every kind that has them. */
#include "proto/attachment.h"
#include "proto/file_type.h"
#include "proto/kind_rule.h"
#include "proto/limits.h"

#include <stdio.h>
#include <string.h>

enum { NAME_CHARS_MAX = 120, CAPTION_CHARS_MAX = 200 };

/* A name is shown and may be proposed to save under, never followed: no folders, nothing hidden. */
static void
check_name(const struct kind_place *place, const char *name)
{
    kind_rule_text(place, "name", name, NAME_CHARS_MAX, KIND_TEXT_MANDATORY);
    if (strpbrk(name, "/\\") != NULL || name[0] == '.')
        kind_rule_add(place, "name", "name the file alone, without folders, not hidden",
                      "\"%s\" is a path or a hidden name", name);
}

static void
check_type(const struct kind_type *kind, const struct kind_place *place,
           const Denrei__V1__AttachedFile *file)
{
    const struct file_type *type = file_type_find(file->media_type);
    const struct file_type *claimed = file_type_of_name(file->name);
    char list[160], cure[PROBLEM_TEXT_BYTES];

    file_type_list(kind->attachments, list, sizeof list);
    snprintf(cure, sizeof cure, "with %s goes: %s", kind->name, list);
    if (type == NULL)
        kind_rule_add(place, "media_type", cure, "a file of type \"%s\" cannot be attached",
                      file->media_type);
    else if ((type->class & kind->attachments) == 0)
        kind_rule_add(place, "media_type", cure, "%s does not go with it", type->name);
    else if (claimed != type)
        kind_rule_add(place, "name", "give the file the ending of what it is",
                      "\"%s\" is %s, which its name does not say", file->name, type->name);
}

static void
check_file(const struct kind_type *kind, const struct kind_place *place,
           const Denrei__V1__AttachedFile *file)
{
    check_name(place, file->name);
    check_type(kind, place, file);
    if (file->bytes == 0 || file->bytes > ATTACHMENT_BYTES_MAX)
        kind_rule_add(place, "bytes", "attach a file of 1 byte to 1 GiB",
                      "%llu bytes cannot be attached", (unsigned long long)file->bytes);
    kind_rule_text(place, "caption", file->caption, CAPTION_CHARS_MAX, KIND_TEXT_OPTIONAL);
    if (file->hash.len != HASH_BYTES || file->key.len != ATTACHMENT_KEY_BYTES)
        kind_rule_add(place, "", "attach files with --attach", "the file's key or hash is missing");
}

void
kind_rule_attachments(const struct kind_type *kind, const struct kind_place *place,
                      const ProtobufCMessage *content)
{
    const struct attachment_list list = attachment_files(content);

    kind_rule_count(place, "attachments", list.count, 0, ATTACHMENTS_MAX);
    for (size_t i = 0; i < list.count && i < ATTACHMENTS_MAX; i++) {
        const struct kind_place item = kind_place_item(place, "attachments", i);
        check_file(kind, &item, list.files[i]);
        for (size_t k = 0; k < i; k++)
            if (strcmp(list.files[k]->name, list.files[i]->name) == 0)
                kind_rule_add(&item, "name", "give each file a name of its own",
                              "attachments[%zu] has the same name", k);
    }
}
