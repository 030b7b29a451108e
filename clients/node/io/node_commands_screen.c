#include "clients/node/io/list_command.h"
#include "clients/node/io/node_commands.h"
#include "clients/node/io/screen_command.h"
#include "clients/node/io/screen_person_command.h"
#include "proto/io/exit.h"

int
node_command_screen(void *data, const struct args_words *words)
{
    const struct node_options *options = data;
    struct problems problems = {0};
    struct screening *screening = NULL;
    const char *dir = NULL;
    int code = EXIT_USAGE;

    const struct screen_person_words person = {&options->names, options->birth,
                                               options->nationality, options->sex};
    bool has_facts = person.birth != NULL || person.nationality != NULL || person.sex != NULL;

    if (options->score_min > FINDING_EXACT)
        return args_usage(&node_program, "screen", "give --score as a number from 1 to 100",
                          options->json);
    if (has_facts && options->names.len == 0)
        return args_usage(&node_program, "screen", "give --name beside what is known of the person",
                          options->json);
    if ((options->names.len > 0) + (options->mrz != NULL) + (options->file != NULL) +
                (options->list != NULL) + (words->len > 0) !=
            1 ||
        (words->len > 0 && words->len != 2))
        return args_usage(&node_program, "screen",
                          "give NUMBER and STATE, or --name, --mrz, --file or --list",
                          options->json);
    enum err err = state_find(options->state, &dir, &problems);
    if (err == ERR_OK)
        err = screening_open(dir, &problems, &screening);
    const struct screen_options screen = {
        .screening = screening,
        .program = NODE_PROGRAM,
        .json = options->json,
    };
    if (err == ERR_OK && options->score_min > 0)
        screening_set_person_score(screening, (unsigned)options->score_min);
    if (err != ERR_OK) {
        node_fail(options, err, &problems);
        code = EXIT_CANNOT_SAY; /* no data must not look like no match */
    } else if (options->names.len > 0) {
        code = screen_person(&screen, &person);
    } else if (options->mrz != NULL) {
        code = screen_mrz(&screen, options->mrz);
    } else if (options->file != NULL) {
        code = screen_file(&screen, options->file);
    } else if (options->list != NULL) {
        code = list_screen(&screen, options->list);
    } else {
        code = screen_number(&screen, words->words[0], words->words[1]);
    }
    screening_close(&screening);
    return code;
}
