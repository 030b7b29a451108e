#include "keys/io/load.h"

#include "proto/io/disk.h"
#include "proto/io/term.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROMPT_BYTES = TERM_ESCAPED_BYTES(KEYFILE_LABEL_MAX) + 64 };

/* ---- passphrases */

/* `whose`: the label of the key file; a program may need the passphrases of two. */
static enum err
tell_passphrase(enum err err, const char *whose, struct problems *problems)
{
    if (err == ERR_NOT_FOUND)
        problems_add(problems, "passphrase",
                     "give it on a descriptor (--passphrase-fd 3 3<FILE), or run on a terminal",
                     "there is no terminal to ask for the passphrase of %s on", whose);
    else if (err == ERR_RANGE)
        problems_add(problems, "passphrase", "use a shorter one", "the passphrase is too long");
    else if (err == ERR_FORMAT)
        problems_add(problems, "passphrase",
                     "put it there as a line, one for each key file that has a passphrase",
                     "the descriptor holds no passphrase for %s", whose);
    else if (err == ERR_CANCELLED)
        problems_add(problems, "passphrase", "", "interrupted; nothing was changed");
    else
        problems_add(problems, "passphrase", "", "it could not be read: %s", err_text(err));
    return err;
}

/* Ask "WHAT for LABEL: "; the label comes from a file and is escaped. */
static enum err
ask(const char *what, const char *label, char *out, size_t *out_len)
{
    char safe[TERM_ESCAPED_BYTES(KEYFILE_LABEL_MAX)], prompt[PROMPT_BYTES];

    term_escape((struct span){(const uint8_t *)label, strlen(label)}, safe, sizeof safe);
    snprintf(prompt, sizeof prompt, "%s for %s: ", what, safe);
    return term_ask_passphrase(prompt, out, LOAD_PASSPHRASE_BYTES, out_len);
}

static enum err
ask_twice(const char *label, char *out, size_t *out_len, struct problems *problems)
{
    char *again = sodium_malloc(LOAD_PASSPHRASE_BYTES); /* secret */
    size_t again_len = 0;
    enum err err = ERR_OK;

    if (again == NULL)
        return ERR_NOMEM;
    err = ask("New passphrase", label, out, out_len);
    if (err == ERR_OK)
        err = ask("The same again", label, again, &again_len);
    if (err != ERR_OK) {
        err = tell_passphrase(err, label, problems);
    } else if (*out_len != again_len || sodium_memcmp(out, again, again_len) != 0) {
        problems_add(problems, "passphrase", "try again", "the two passphrases differ");
        err = ERR_USAGE;
    }
    sodium_free(again);
    return err;
}

enum err
load_new_passphrase(const char *label, int passphrase_fd, char *out, size_t *out_len,
                    struct problems *problems)
{
    enum err err = ERR_OK;

    if (passphrase_fd == LOAD_ASK) {
        err = ask_twice(label, out, out_len, problems);
    } else {
        err = term_read_passphrase(passphrase_fd, out, LOAD_PASSPHRASE_BYTES, out_len);
        if (err != ERR_OK)
            err = tell_passphrase(err, label, problems);
    }
    if (err == ERR_OK && *out_len == 0) {
        problems_add(problems, "passphrase",
                     "give one, or say --no-passphrase to rely on the file's mode alone",
                     "the passphrase is empty");
        err = ERR_USAGE;
    }
    return err;
}

/* ---- key files */

static enum err
tell_keyfile(enum err err, const char *path, struct problems *problems)
{
    if (err == ERR_NOT_FOUND)
        problems_add(problems, path, "check the path", "there is no such key file");
    else if (err == ERR_PERMISSION && !disk_is_file(path))
        problems_add(problems, path, "name the key file itself",
                     disk_is_dir(path) ? "this is a directory" : "this is no plain file");
    else if (err == ERR_PERMISSION)
        problems_add(problems, path,
                     "make it a plain file of your own with chmod 600; if others may have read it, "
                     "have the key revoked and make a new one",
                     "others can read the key file, or you cannot");
    else if (err == ERR_FORMAT || err == ERR_RANGE)
        problems_add(problems, path, "use a file that denrei-keys made", "this is not a key file");
    else if (err == ERR_PASSPHRASE)
        problems_add(problems, path, "try again; a lost passphrase cannot be recovered",
                     "wrong passphrase, or the key file was altered");
    else
        problems_add(problems, path, "", "the key file could not be opened: %s", err_text(err));
    return err;
}

static enum err
decode(const char *path, struct span text, int passphrase_fd, struct keyfile *out,
       struct problems *problems)
{
    char label[KEYFILE_LABEL_MAX + 1];
    char *passphrase = NULL; /* secret */
    size_t passphrase_len = 0;
    bool needs_passphrase = false;
    enum err err = keyfile_peek(text, &needs_passphrase, label);

    if (err != ERR_OK)
        return tell_keyfile(err, path, problems);
    passphrase = sodium_malloc(LOAD_PASSPHRASE_BYTES);
    if (passphrase == NULL)
        return ERR_NOMEM;
    if (needs_passphrase) {
        err = passphrase_fd == LOAD_ASK
                  ? ask("Passphrase", label, passphrase, &passphrase_len)
                  : term_read_passphrase(passphrase_fd, passphrase, LOAD_PASSPHRASE_BYTES,
                                         &passphrase_len);
        if (err != ERR_OK) {
            err = tell_passphrase(err, label, problems);
            goto done;
        }
    }
    err = keyfile_decode(text, (struct span){(const uint8_t *)passphrase, passphrase_len}, out);
    if (err != ERR_OK)
        err = tell_keyfile(err, path, problems);

done:
    sodium_free(passphrase); /* wipes */
    return err;
}

enum err
load_keyfile(const char *path, int passphrase_fd, struct keyfile *out, struct problems *problems)
{
    uint8_t *text = NULL; /* secret if plain */
    size_t text_len = 0;
    enum err err = ERR_OK;

    *out = (struct keyfile){0};
    err = disk_read_secret(path, KEYFILE_BYTES_MAX, &text, &text_len);
    if (err != ERR_OK)
        return tell_keyfile(err, path, problems);
    err = decode(path, (struct span){text, text_len}, passphrase_fd, out, problems);
    sodium_free(text);
    return err;
}

/* ---- bundles */

static enum err
tell_bundle(enum err err, const char *path, size_t wrong, size_t directories,
            struct problems *problems)
{
    bool is_directory = wrong < directories;
    size_t number = is_directory ? wrong + 1 : wrong - directories + 1;

    problems_add(problems, path, "get a new bundle from whoever runs the federation",
                 "%s %zu of the bundle does not hold: %s", is_directory ? "directory" : "roster",
                 number, err_text(err));
    return err;
}

enum err
load_bundle_bytes(struct span bytes, const char *path, struct trust **out,
                  struct problems *problems)
{
    static const char CURE[] = "use the file that denrei-keys bundle make wrote";
    struct bundle bundle = {0};
    struct arena *arena = NULL;
    size_t wrong = 0;
    enum err err = arena_new(ARENA_BYTES_MAX, &arena);

    *out = NULL;
    if (err != ERR_OK)
        return err;
    err = bundle_decode(bytes, arena, &bundle);
    if (err != ERR_OK) {
        problems_add(problems, path, CURE, "this is not an installation bundle");
        goto done;
    }
    err = bundle_open(&bundle, out, &wrong);
    if (err == ERR_FORMAT && wrong == 0)
        problems_add(problems, path, CURE, "this is not an installation bundle");
    else if (err != ERR_OK)
        err = tell_bundle(err, path, wrong, bundle.directories_count, problems);

done:
    arena_free(&arena);
    return err;
}

enum err
load_bundle(const char *path, struct trust **out, struct problems *problems)
{
    uint8_t *bytes = NULL;
    size_t len = 0;
    enum err err = disk_read(path, BUNDLE_BYTES_MAX, &bytes, &len);

    *out = NULL;
    if (err != ERR_OK) {
        problems_add(problems, path, "give the file that denrei-keys bundle make wrote",
                     "the bundle cannot be read: %s", disk_why(err, path, BUNDLE_BYTES_MAX).text);
        return err;
    }
    err = load_bundle_bytes((struct span){bytes, len}, path, out, problems);
    free(bytes);
    return err;
}
