#include "clients/officer/io/editor.h"

#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { SHELL_NOT_FOUND = 127, COMMAND_BYTES = 512, LINE_BYTES = 32 };

extern char **environ;

static const char *
chosen(void)
{
    const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");

    if (visual != NULL && visual[0] != '\0')
        return visual;
    return editor != NULL && editor[0] != '\0' ? editor : "vi";
}

enum err
editor_edit(const char *path, size_t line, struct problems *problems)
{
    static const char cure[] = "set EDITOR to your editor, as in: EDITOR=nano";
    const char *editor = chosen();
    char command[COMMAND_BYTES], place[LINE_BYTES];
    pid_t pid = 0;
    int status = 0;

    snprintf(place, sizeof place, "+%zu", line);
    if (snprintf(command, sizeof command, "%s \"$@\"", editor) >= (int)sizeof command) {
        problems_add(problems, "EDITOR", cure, "it is too long");
        return ERR_NOT_FOUND;
    }
    /* Name and line are arguments of the shell, and so never read as words of its language. */
    const char *arguments[] = {"sh", "-c", command, "sh", place, path, NULL};
    const int failed =
        posix_spawn(&pid, "/bin/sh", NULL, NULL, (char *const *)(uintptr_t)arguments, environ);
    if (failed != 0) {
        problems_add(problems, "EDITOR", cure, "no shell can be started: %s", strerror(failed));
        return ERR_IO;
    }
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return ERR_IO;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
        return ERR_OK;
    const bool is_missing = WIFEXITED(status) && WEXITSTATUS(status) == SHELL_NOT_FOUND;
    problems_add(problems, "EDITOR", is_missing ? cure : "start again; the file is as it was left",
                 is_missing ? "there is no program %s" : "%s ended with an error", editor);
    return is_missing ? ERR_NOT_FOUND : ERR_CANCELLED;
}
