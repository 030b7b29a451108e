/* attachment: a file that came with a message, or went with one's own. */
#include "clients/io/download.h"
#include "clients/officer/io/commands.h"
#include "clients/officer/io/read.h"
#include "proto/attachment.h"
#include "proto/io/exit.h"
#include "proto/io/report.h"
#include "proto/io/term.h"
#include "proto/record.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A message's files, with what is needed to fetch them. */
struct holder {
    const char *from;
    struct id id;
    struct seal seal;
    ProtobufCMessage *content;
};

static enum err
hold_received(struct desk *desk, const struct store_received *row, struct holder *out)
{
    struct received *received = NULL;
    enum err err = read_sound(desk, row, &received, &out->content);

    if (err != ERR_OK)
        return err;
    out->from = received->ref.from;
    out->id = received->ref.id;
    out->seal = received->seal;
    return ERR_OK;
}

/* Of one's own the seal is in the log entry that the receipt holds. */
static enum err
hold_sent(struct desk *desk, const struct store_sent *sent, struct holder *out)
{
    struct span content = {0};
    struct receipt receipt;
    struct log_entry entry;
    struct header *header = arena_alloc(desk->arena, sizeof *header);

    if (header == NULL)
        return ERR_NOMEM;
    if (sent->stage != STORE_ACCEPTED) {
        problems_add(desk->problems, message_id_text(&sent->id).text, "denrei flush",
                     "it was not accepted yet: its files are only here");
        return ERR_CONFLICT;
    }
    if (sent->copy.len == 0)
        return read_tell_ended(desk, &sent->id);
    enum err err = receipt_decode(sent->receipt, desk->arena, &receipt);
    if (err == ERR_OK)
        err = entry_decode(receipt.entry, desk->arena, &entry);
    if (err == ERR_OK)
        err = header_decode(entry.message.header, desk->arena, header);
    if (err == ERR_OK)
        err = seal_decode(entry.message.seal, desk->arena, &out->seal);
    if (err == ERR_OK)
        err = desk_open_copy(desk, sent, desk->arena, &content);
    if (err == ERR_OK)
        err = read_own(header, content, desk->arena, &out->content);
    out->from = desk_member(desk);
    out->id = sent->id;
    return err;
}

/* The number, from 1, of the file that is wanted; one alone needs none. */
static enum err
choose(struct desk *desk, const struct holder *holder, const char *number, uint32_t *out)
{
    const struct attachment_list list = attachment_files(holder->content);
    char *end = NULL;

    if (list.count == 0) {
        problems_add(desk->problems, message_id_text(&holder->id).text, "",
                     "no file goes with this message");
        return ERR_NOT_FOUND;
    }
    unsigned long wanted = number == NULL ? 1 : strtoul(number, &end, 10);
    bool is_number = number == NULL || (end != number && *end == '\0' && number[0] != '-');
    if ((number == NULL && list.count > 1) || !is_number || wanted == 0 || wanted > list.count) {
        problems_add(desk->problems, "N", "see `denrei show ID` for what they are",
                     list.count == 1 ? "there is one attachment: its number is %zu"
                                     : "say which: the message has attachments 1 to %zu",
                     list.count);
        return ERR_USAGE;
    }
    *out = (uint32_t)wanted - 1;
    return ERR_OK;
}

/* Peer text is the name: shown, never used. */
static void
tell_done(const struct desk *desk, const Denrei__V1__AttachedFile *file)
{
    if (desk->options->json) {
        printf("{\"schema\":1,\"file\":");
        json_t *path = json_string(desk->options->out);
        char *text = path == NULL ? NULL : json_dumps(path, JSON_ENCODE_ANY);
        printf("%s,\"media_type\":\"%s\",\"bytes\":%llu}\n", text == NULL ? "\"\"" : text,
               file->media_type, (unsigned long long)file->bytes);
        free(text);
        json_decref(path);
        return;
    }
    printf("%s\t%s\t%llu\n", desk->options->out, file->media_type, (unsigned long long)file->bytes);
    fputs("The file that its sender named \"", stderr);
    term_put(stderr, (struct span){(const uint8_t *)file->name, strlen(file->name)});
    fputs("\"; every chunk was verified.\n", stderr);
}

static enum err
fetch(struct desk *desk, const struct holder *holder, uint32_t index)
{
    const struct attachment_list list = attachment_files(holder->content);
    struct problems found = {0};

    attachment_check_seal(holder->content, &holder->seal, &found);
    if (found.count > 0) {
        *desk->problems = found;
        return ERR_COMMITMENT;
    }
    enum err err = desk_connect(desk);
    if (err != ERR_OK)
        return err;
    const struct download download = {.connect = desk->connect,
                                      .program = DESK_PROGRAM,
                                      .is_quiet = desk->options->json,
                                      .from = holder->from,
                                      .id = holder->id,
                                      .index = index,
                                      .attachment = &holder->seal.attachments[index],
                                      .file = list.files[index],
                                      .arena = desk->scratch,
                                      .problems = desk->problems};
    err = download_fetch(&download, desk->options->out);
    if (err == ERR_OK)
        tell_done(desk, list.files[index]);
    return err;
}

int
command_attachment(void *data, const struct args_words *words)
{
    const struct desk_options *options = data;
    struct problems problems = {0};
    struct desk desk = {.options = options, .problems = &problems};
    struct store_found found = {0};
    struct holder holder = {0};
    uint32_t index = 0;

    enum err err = desk_open(&desk);
    if (err == ERR_OK)
        err = desk_find(&desk, words->words[0], &found);
    if (err == ERR_OK)
        err = found.is_sent ? hold_sent(&desk, &found.sent, &holder)
                            : hold_received(&desk, &found.received, &holder);
    if (err == ERR_OK)
        err = choose(&desk, &holder, words->len > 1 ? words->words[1] : NULL, &index);
    if (err == ERR_OK)
        err = fetch(&desk, &holder, index);
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    desk_close(&desk);
    return EXIT_DONE;
}
