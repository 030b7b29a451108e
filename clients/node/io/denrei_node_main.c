#include "clients/node/io/node_commands.h"
#include "keys/io/load.h"
#include "proto/io/exit.h"
#include "proto/io/harden.h"
#include "proto/io/report.h"
#include "proto/io/term.h"

int
main(int argc, char **argv)
{
    struct node_options options = {.passphrase_fd = LOAD_ASK, .timeout_ms = 10000};

    if (harden_process() != ERR_OK)
        return EXIT_FAILED;
    term_init();
    int code = args_run(&node_program, argc, argv, &options);
    return report_end(NODE_PROGRAM, code, options.json);
}
