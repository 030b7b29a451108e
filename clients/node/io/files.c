#include "clients/node/io/files.h"

#include "clients/io/download.h"
#include "clients/node/io/present.h"
#include "proto/file_type.h"
#include "proto/io/clock.h"
#include "proto/io/disk.h"
#include "proto/io/log.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NAME_BYTES = MEMBER_ID_MAX + MESSAGE_ID_TEXT_BYTES + 16,
    CHUNKS_PER_STEP = 64, /* about 64 MiB */
    RETRY_MS = 60000,
};

struct files {
    const char *dir;
    struct records *records;
    struct arena *arena;  /* of the message */
    struct arena *frames; /* of requests */
    uint64_t after;       /* leaf up to which nothing is missing */
    uint64_t retry_ms;    /* by clock_boot_ms: not before */
    uint64_t again_ms;    /* likewise: then from the beginning; 0: nothing was passed over */
};

enum err
files_open(const char *dir, struct records *records, struct files **out)
{
    struct files *files = calloc(1, sizeof *files);

    *out = NULL;
    if (files == NULL)
        return ERR_NOMEM;
    files->dir = dir;
    files->records = records;
    enum err err = disk_make_dir(dir);
    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &files->arena);
    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &files->frames);
    if (err != ERR_OK) {
        files_close(&files);
        return err;
    }
    *out = files;
    return ERR_OK;
}

void
files_close(struct files **files)
{
    if (*files != NULL) {
        arena_free(&(*files)->arena);
        arena_free(&(*files)->frames);
    }
    free(*files);
    *files = NULL;
}

/* ---- fetching */

/* The name is of our own making: nothing that a peer wrote but ids that were checked. */
static enum err
make_path(const struct files *files, const struct record *record, size_t index,
          const Denrei__V1__AttachedFile *file, char out[DISK_PATH_BYTES])
{
    const struct file_type *type = file_type_find(file->media_type);
    const char *ending = type == NULL ? "bin" : type->endings;
    char name[NAME_BYTES];

    snprintf(name, sizeof name, "%s_%s_%u.%.*s", record->sender, message_id_text(&record->id).text,
             (unsigned)index + 1, (int)strcspn(ending, " "), ending);
    return disk_join(files->dir, name, out);
}

/* What became of one file. */
enum outcome { FETCHED, PASSED_OVER, MORE, LATER };

static enum err
judge(struct files *files, const struct record *record, size_t index, enum err err,
      struct connect *connect, const struct problems *told, enum outcome *out)
{
    bool is_ended = err == ERR_REFUSED && connect_refusal(connect) == REFUSAL_NOT_FOUND;
    bool is_ours = err == ERR_NOSPACE || err == ERR_IO || err == ERR_PERMISSION ||
                   err == ERR_BUSY || err == ERR_NOT_FOUND || err == ERR_NOMEM;
    bool is_sender = err == ERR_COMMITMENT || err == ERR_FORMAT;

    if (err != ERR_REFUSED && err != ERR_PROOF && !is_ours && !is_sender)
        return err;
    log_event(LOG_LEVEL_WARN, "attachment", "msg=%s from=%s number=%zu why=%s do=%s",
              log_id(record->id.bytes).text, record->sender, index + 1,
              told->count > 0 ? told->list[told->count - 1].wrong : err_text(err),
              told->count > 0 ? told->list[told->count - 1].cure : "");
    *out = is_ours ? LATER : PASSED_OVER;
    if (is_ours)
        files->retry_ms = clock_boot_ms() + RETRY_MS;
    else if (!is_ended && !is_sender && files->again_ms == 0)
        files->again_ms = clock_boot_ms() + RETRY_MS; /* it must not keep back the others */
    return ERR_OK;
}

static enum err
fetch_one(struct files *files, struct connect *connect, const struct record *record,
          const struct attachment *attachment, size_t index, const Denrei__V1__AttachedFile *file,
          enum outcome *out)
{
    struct problems problems = {0};
    char path[DISK_PATH_BYTES];
    struct stat info;

    *out = PASSED_OVER;
    enum err err = make_path(files, record, index, file, path);
    if (err != ERR_OK || lstat(path, &info) == 0)
        return err;
    const struct download download = {.connect = connect,
                                      .program = "denrei-node",
                                      .is_quiet = true,
                                      .chunks_max = CHUNKS_PER_STEP,
                                      .from = record->sender,
                                      .id = record->id,
                                      .index = (uint32_t)index,
                                      .attachment = attachment,
                                      .file = file,
                                      .arena = files->frames,
                                      .problems = &problems};
    err = download_fetch(&download, path);
    *out = err == ERR_FULL ? MORE : FETCHED;
    if (err == ERR_FULL)
        return ERR_OK;
    if (err == ERR_OK)
        log_event(LOG_LEVEL_INFO, "attachment", "msg=%s from=%s number=%zu bytes=%llu file=%s",
                  log_id(record->id.bytes).text, record->sender, index + 1,
                  (unsigned long long)file->bytes, strrchr(path, '/') + 1);
    return err == ERR_OK ? ERR_OK : judge(files, record, index, err, connect, &problems, out);
}

/* All files of a message; *out: what became of the last. */
static enum err
fetch_message(struct files *files, struct connect *connect, const struct record *record,
              enum outcome *out)
{
    const struct attachment *attachments = NULL;
    struct presented presented;
    size_t count = 0;

    *out = PASSED_OVER;
    if (record->state != RECORD_LIVE || record->content.len == 0)
        return ERR_OK;
    enum err err = present_decode(record, files->arena, &presented);
    if (err != ERR_OK || presented.content == NULL)
        return err;
    const struct attachment_list list = attachment_files(presented.content);
    err = attachment_seals(presented.content, files->arena, &attachments, &count);
    for (size_t i = 0; err == ERR_OK && i < count && *out != MORE && *out != LATER; i++)
        err = fetch_one(files, connect, record, &attachments[i], i, list.files[i], out);
    return err;
}

/* What is lent by reading ends with the next reading, and a fetch is long. */
static enum err
copy_record(struct files *files, struct record *record)
{
    const char *sender = arena_copy(files->arena, record->sender, strlen(record->sender));
    uint8_t *header = arena_alloc(files->arena, record->header.len + 1);
    uint8_t *content = arena_alloc(files->arena, record->content.len + 1);

    if (sender == NULL || header == NULL || content == NULL)
        return ERR_NOMEM;
    memcpy(header, record->header.data, record->header.len);
    if (record->content.len > 0)
        memcpy(content, record->content.data, record->content.len);
    record->sender = sender;
    record->header.data = header;
    record->content.data = content;
    return ERR_OK;
}

/* Once all was gone through: what the relay could not serve rightly then, it may now. */
static void
start_again(struct files *files)
{
    if (files->again_ms == 0 || clock_boot_ms() < files->again_ms)
        return;
    files->again_ms = 0;
    files->after = 0;
}

enum err
files_fetch(struct files *files, struct connect *connect, bool *is_pending,
            struct problems *problems)
{
    enum { MESSAGES_PER_STEP = 256 };
    enum outcome outcome = PASSED_OVER;
    struct record record;

    (void)problems;
    *is_pending = false;
    if (clock_boot_ms() < files->retry_ms)
        return ERR_OK;
    for (size_t i = 0; i < MESSAGES_PER_STEP; i++) {
        arena_reset(files->arena);
        enum err err = records_next(files->records, files->after, &record);
        if (err == ERR_NOT_FOUND) {
            start_again(files);
            return ERR_OK;
        }
        if (err == ERR_OK)
            err = copy_record(files, &record);
        if (err == ERR_OK)
            err = fetch_message(files, connect, &record, &outcome);
        if (err != ERR_OK)
            return err;
        if (outcome == LATER)
            return ERR_OK;
        *is_pending = true;
        if (outcome == MORE)
            return ERR_OK;
        files->after = record.leaf;
    }
    return ERR_OK;
}

/* ---- removing */

/* Whether the message that the file belongs to is in force. */
static enum err
is_wanted(struct files *files, const char *name, bool *out)
{
    char sender[MEMBER_ID_MAX + 1] = "", text[MESSAGE_ID_TEXT_BYTES] = "";
    const char *id = strchr(name, '_');
    struct message_id_range range;
    struct record record;

    *out = true; /* a file that is not ours stays */
    if (id == NULL || (size_t)(id - name) > MEMBER_ID_MAX ||
        strlen(id) < 1 + MESSAGE_ID_TEXT_BYTES || id[MESSAGE_ID_TEXT_BYTES] != '_')
        return ERR_OK;
    memcpy(sender, name, (size_t)(id - name));
    memcpy(text, id + 1, MESSAGE_ID_TEXT_BYTES - 1);
    if (!message_is_member_id(sender) || message_id_parse(text, &range) != ERR_OK)
        return ERR_OK;
    enum err err = records_find(files->records, sender, &range.low, &record);
    *out = err == ERR_OK && record.state == RECORD_LIVE;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
files_sweep(struct files *files)
{
    const struct dirent *entry = NULL;
    enum err err = ERR_OK;
    bool wanted = true;

    DIR *dir = opendir(files->dir);
    while (dir != NULL && err == ERR_OK && (entry = readdir(dir)) != NULL) {
        err = is_wanted(files, entry->d_name, &wanted);
        if (err != ERR_OK || wanted)
            continue;
        bool is_removed = unlinkat(dirfd(dir), entry->d_name, 0) == 0;
        log_event(is_removed ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "attachment", "file=%s %s=%s",
                  entry->d_name, is_removed ? "removed" : "not-removed", "its message has ended");
    }
    if (dir != NULL)
        closedir(dir);
    return err;
}
