/* The settings of a relay. */
#include "relay/io/server.h"
#include "relay/io/setup_inner.h"

#include "proto/io/config.h"
#include "proto/io/disk.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct config_key KEYS[] = {
    {"relay", "listen", CONFIG_STRING, offsetof(struct setup_config, listen), 0, 0, NULL, true,
     "Where clients connect: tcp://ADDRESS:PORT; * as address or port means any."},
    {"relay", "key", CONFIG_STRING, offsetof(struct setup_config, key), 0, 0, NULL, true,
     "The relay's key file: transport, relay and log key."},
    {"relay", "highwater", CONFIG_STRING, offsetof(struct setup_config, highwater), 0, 0, NULL,
     true, "The high-water file; never restore it from a backup together with the store."},
    {"relay", "verifiers", CONFIG_U64, offsetof(struct setup_config, verifiers), 1,
     SERVER_VERIFIERS_MAX, "2", false, "Threads that verify signatures."},
    {"relay", "log_level", CONFIG_STRING, offsetof(struct setup_config, log_level), 0, 0, "info",
     false, "error, warn, info or debug."},
    {"limits", "reserve_mib", CONFIG_U64, offsetof(struct setup_config, reserve_mib), 1, 1 << 20,
     "256", false, "Below so much free disk no new message is accepted; reading goes on."},
    {"limits", "upload_mib", CONFIG_U64, offsetof(struct setup_config, upload_mib), 1, 1 << 20,
     "4096", false, "Disk that one member's unfinished uploads of attachments may take."},
    {"limits", "messages_per_second", CONFIG_U64,
     offsetof(struct setup_config, messages_per_second), 1, 1000000, "2000", false,
     "Messages that one member may send, in the long run."},
    {"limits", "messages_burst", CONFIG_U64, offsetof(struct setup_config, messages_burst), 1,
     10000000, "20000", false, "Messages that one member may send at once."},
    {"limits", "requests_per_second", CONFIG_U64,
     offsetof(struct setup_config, requests_per_second), 1, 1000000, "2000", false,
     "Requests of any kind that one member may make, in the long run."},
    {"limits", "requests_burst", CONFIG_U64, offsetof(struct setup_config, requests_burst), 1,
     10000000, "20000", false, "Requests that one member may make at once."},
};
enum {
    KEYS_LEN = sizeof KEYS / sizeof KEYS[0],
    KEYS_REQUIRED = 3 /* the first of them */
};

enum err
setup_tell(struct problems *problems, enum err err, const char *path, const char *wrong,
           const char *cure)
{
    problems_add(problems, path, cure, "%s", wrong == NULL ? err_text(err) : wrong);
    return err;
}

static enum err
tell_missing(const char *dir, struct problems *problems)
{
    char path[DISK_PATH_BYTES];

    if (disk_join(dir, SETUP_CLIENT, path) == ERR_OK && disk_is_file(path))
        return setup_tell(problems, ERR_USAGE, dir,
                          "this is the state directory of a client: denrei, denrei-node or "
                          "denrei-audit",
                          "name the relay's own directory with --state");
    return setup_tell(problems, ERR_NOT_FOUND, dir,
                      disk_is_dir(dir)
                          ? "this is not a relay's state directory: it has no " SETUP_CONFIG
                          : "there is no such directory",
                      "make a relay there first with denreid init");
}

enum err
setup_config_read(const char *dir, struct setup_config *out, struct problems *problems)
{
    char path[DISK_PATH_BYTES];
    char why[CONFIG_WHY_BYTES] = "";

    memset(out, 0, sizeof *out);
    enum err err = disk_join(dir, SETUP_CONFIG, path);
    if (err == ERR_OK)
        err = config_read(path, KEYS, KEYS_LEN, out, why);
    if (err == ERR_OK)
        return ERR_OK;
    if (err == ERR_NOT_FOUND)
        return tell_missing(dir, problems);
    return setup_tell(problems, err, path, why[0] == '\0' ? NULL : why,
                      "correct the settings; `denreid config` explains them");
}

void
setup_config_free(struct setup_config *config)
{
    config_free(KEYS, KEYS_LEN, config);
}

void
setup_config_help(FILE *file)
{
    config_help(file, KEYS, KEYS_LEN);
}

/* An absolute path, so that the relay may be started from anywhere. */
static enum err
absolute(const char *path, char out[DISK_PATH_BYTES])
{
    char *resolved = realpath(path, NULL);
    size_t len = resolved == NULL ? SIZE_MAX : strlen(resolved);

    if (len >= DISK_PATH_BYTES) {
        free(resolved);
        return ERR_RANGE;
    }
    memcpy(out, resolved, len + 1);
    free(resolved);
    return ERR_OK;
}

/* As `denreid config` prints them, with `values` for those that must be given. */
static void
put_settings(FILE *file, const char *const values[KEYS_REQUIRED])
{
    const char *section = "";

    for (size_t i = 0; i < KEYS_LEN; i++) {
        if (strcmp(section, KEYS[i].section) != 0)
            fprintf(file, "%s[%s]\n", i > 0 ? "\n" : "", KEYS[i].section);
        section = KEYS[i].section;
        fprintf(file, "# %s\n", KEYS[i].help);
        assert(KEYS[i].required == (i < KEYS_REQUIRED));
        if (i < KEYS_REQUIRED)
            fprintf(file, "%s = %s\n", KEYS[i].name, values[i]);
        else
            fprintf(file, "#%s = %s\n", KEYS[i].name, KEYS[i].fallback);
    }
}

enum err
setup_config_write(const struct setup_new *new, const char *listen, struct problems *problems)
{
    char path[DISK_PATH_BYTES], key[DISK_PATH_BYTES], highwater[DISK_PATH_BYTES];
    char *text = NULL;
    size_t len = 0;

    enum err err = disk_join(new->dir, SETUP_CONFIG, path);
    if (err == ERR_OK)
        err = absolute(new->key, key);
    if (err == ERR_OK)
        err = absolute(new->highwater, highwater);
    if (err != ERR_OK)
        return setup_tell(problems, err, new->dir, NULL, "");
    FILE *file = open_memstream(&text, &len);
    if (file == NULL)
        return ERR_NOMEM;
    put_settings(file, (const char *const[KEYS_REQUIRED]){listen, key, highwater});
    bool is_whole = ferror(file) == 0;
    is_whole = fclose(file) == 0 && is_whole;
    err = is_whole ? disk_write(path, (struct span){(const uint8_t *)text, len}, DISK_NEW)
                   : ERR_NOMEM;
    free(text);
    return err == ERR_OK ? ERR_OK : setup_tell(problems, err, path, NULL, "");
}

struct relay_settings
setup_settings(const struct setup_config *config)
{
    return (struct relay_settings){
        .messages = {config->messages_per_second, config->messages_burst},
        .requests = {config->requests_per_second, config->requests_burst},
    };
}
