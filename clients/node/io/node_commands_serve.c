#include "clients/node/io/api_server.h"
#include "clients/node/io/node_commands.h"
#include "proto/io/exit.h"

int
node_command_serve(void *data, const struct args_words *words)
{
    const struct node_options *options = data;
    struct problems problems = {0};
    struct api_access *access = NULL;
    const char *dir = NULL;

    (void)words;
    enum err err = node_set_log_level(options, &problems);
    if (err == ERR_OK)
        err = state_find(options->state, &dir, &problems);
    if (err == ERR_OK)
        err = api_access_new(options->token_file, &options->allow_user, &problems, &access);
    if (err == ERR_OK) {
        const struct api_server_options server = {.dir = dir,
                                                  .listen = options->listen,
                                                  .access = access,
                                                  .threads = (size_t)options->threads};
        err = api_serve(&server, &problems);
    }
    api_access_free(&access);
    return err == ERR_OK ? EXIT_DONE : node_fail(options, err, &problems);
}
