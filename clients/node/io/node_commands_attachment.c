/* attachment: one file of a message, while the node does not run. */
#include "clients/io/download.h"
#include "clients/node/io/node_commands.h"
#include "clients/node/io/present.h"
#include "proto/io/exit.h"

#include <stdio.h>
#include <stdlib.h>

/* The number, from 1, of the file that is wanted; one alone needs none. */
static enum err
choose(const struct attachment_list *list, const struct args_words *words, uint32_t *out,
       struct problems *problems)
{
    char *end = NULL;
    unsigned long wanted = words->len > 1 ? strtoul(words->words[1], &end, 10) : 1;
    bool is_number = words->len < 2 || (end != words->words[1] && *end == '\0');

    if (list->count == 0) {
        problems_add(problems, words->words[0], "",
                     "no file goes with this message, or it has "
                     "ended");
        return ERR_NOT_FOUND;
    }
    if (!is_number || wanted == 0 || wanted > list->count || (words->len < 2 && list->count > 1)) {
        problems_add(problems, "N", "see `denrei-node show ID` for what they are",
                     "say which: the message has %zu attachments, numbered from 1", list->count);
        return ERR_USAGE;
    }
    *out = (uint32_t)wanted - 1;
    return ERR_OK;
}

static enum err
fetch(const struct node_options *options, const struct node *node,
      const struct presented *presented, uint32_t index, struct problems *problems)
{
    const struct attachment_list list = attachment_files(presented->content);
    const struct attachment *attachments = NULL;
    struct keyfile key = {.keys_count = 0};
    struct connect *connect = NULL;
    struct arena *frames = NULL;
    struct net *net = NULL;
    size_t count = 0;

    enum err err = attachment_seals(presented->content, node->arena, &attachments, &count);
    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &frames);
    if (err == ERR_OK)
        err = state_load_key(node->state, options->passphrase_fd, &key, problems);
    if (err == ERR_OK)
        err = net_new(&net);
    if (err == ERR_OK)
        err = connect_open(net, node->state, &key, CONNECT_TIMEOUT_MS, problems, &connect);
    if (err == ERR_OK) {
        const struct download download = {.connect = connect,
                                          .program = NODE_PROGRAM,
                                          .is_quiet = options->json,
                                          .from = presented->header.from,
                                          .id = presented->header.id,
                                          .index = index,
                                          .attachment = &attachments[index],
                                          .file = list.files[index],
                                          .arena = frames,
                                          .problems = problems};
        err = download_fetch(&download, options->out);
    }
    connect_close(&connect);
    net_free(&net);
    keyfile_clear(&key);
    arena_free(&frames);
    return err;
}

int
node_command_attachment(void *data, const struct args_words *words)
{
    const struct node_options *options = data;
    struct problems problems = {0};
    struct node node = {.state = NULL};
    struct record record;
    struct presented presented;
    uint32_t index = 0;

    enum err err = node_open(options, STATE_WRITE, &node, &problems);
    if (err == ERR_BUSY)
        problems_add(&problems, "attachment", "start it with `denrei-node run --attachments DIR`",
                     "while the node runs, it alone speaks to the relay");
    if (err == ERR_OK)
        err = node_find_record(&node, words->words[0], &record, &problems);
    if (err == ERR_OK)
        err = present_decode(&record, node.arena, &presented);
    if (err == ERR_OK) {
        struct attachment_list list = {.count = 0};
        if (presented.content != NULL)
            list = attachment_files(presented.content);
        err = choose(&list, words, &index, &problems);
    }
    if (err == ERR_OK)
        err = fetch(options, &node, &presented, index, &problems);
    node_close(&node);
    if (err != ERR_OK)
        return node_fail(options, err, &problems);
    printf("%s\n", options->out);
    return EXIT_DONE;
}
