/* case print: the letter of request as a PDF. */
#include "clients/officer/io/commands.h"
#include "clients/officer/io/letter_pdf.h"
#include "clients/officer/io/print.h"
#include "clients/officer/io/read.h"
#include "proto/io/disk.h"
#include "proto/io/exit.h"
#include "proto/io/term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A request, received or one's own, opened. */
struct request {
    struct header header;
    ProtobufCMessage *content;
    struct hash hash;
    bool is_logged;
    uint64_t leaf;
};

static enum err
open_received(struct desk *desk, const struct store_received *row, struct request *out)
{
    struct received *received = NULL;
    enum err err = read_sound(desk, row, &received, &out->content);

    if (err != ERR_OK)
        return err;
    out->header = received->header;
    out->hash = received->ref.hash;
    out->is_logged = true;
    out->leaf = row->leaf;
    return ERR_OK;
}

static enum err
open_sent(struct desk *desk, const struct store_sent *sent, struct request *out)
{
    struct span content = {NULL, 0};

    if (sent->copy.len == 0)
        return read_tell_ended(desk, &sent->id);
    enum err err = header_decode(sent->header, desk->arena, &out->header);
    if (err == ERR_OK)
        err = desk_open_copy(desk, sent, desk->arena, &content);
    if (err == ERR_OK)
        err = read_own(&out->header, content, desk->arena, &out->content);
    out->hash = sent->hash;
    out->is_logged = sent->stage == STORE_ACCEPTED;
    out->leaf = sent->leaf;
    return err;
}

static enum err
open_request(struct desk *desk, const char *id, struct request *out)
{
    struct store_found found = {0};
    enum err err = desk_find(desk, id, &found);

    if (err != ERR_OK)
        return err;
    err = desk_unlock(desk);
    if (err == ERR_OK)
        err = found.is_sent ? open_sent(desk, &found.sent, out)
                            : open_received(desk, &found.received, out);
    if (err != ERR_OK)
        return err;
    if (out->header.kind != DENREI__V1__KIND__KIND_MLA ||
        ((const Denrei__V1__Mla *)out->content)->step_case != DENREI__V1__MLA__STEP_REQUEST) {
        problems_add(desk->problems, id, "give the id of the request that began the case",
                     "this is no request for mutual legal assistance");
        return ERR_USAGE;
    }
    return ERR_OK;
}

static enum err
choose_language(const struct desk *desk, enum language *out)
{
    const char *word = desk->options->language;

    *out = term_language();
    if (word == NULL)
        return ERR_OK;
    if (strcmp(word, "en") != 0 && strcmp(word, "ja") != 0) {
        problems_add(desk->problems, "--language", "give en or ja", "\"%s\" is neither", word);
        return ERR_USAGE;
    }
    *out = strcmp(word, "ja") == 0 ? LANGUAGE_JA : LANGUAGE_EN;
    return ERR_OK;
}

static enum err
make_pdf(struct desk *desk, const struct request *request, uint8_t **pdf, size_t *pdf_len)
{
    const struct directory *directory = trust_directory(state_trust(desk->state), TRUST_UNLOGGED);
    const struct legal_basis *basis =
        directory_find_legal_basis(directory, request->header.legal_basis);
    struct letter_source source = {
        .content = (const Denrei__V1__Mla *)request->content,
        .header = &request->header,
        .hash = request->hash,
        .is_logged = request->is_logged,
        .leaf = request->leaf,
        .from = directory_find_member(directory, request->header.from),
        .to = directory_find_member(directory, request->header.to[0]),
        .basis_title = basis == NULL ? "" : basis->title,
        .treaty = treaty_find(request->header.legal_basis),
    };
    struct letter letter;
    enum err err = choose_language(desk, &source.language);

    if (err == ERR_OK)
        err = letter_write(&source, desk->arena, &letter);
    if (err == ERR_OK)
        err = letter_pdf(&letter, request->header.created_at_ms, desk->problems, pdf, pdf_len);
    return err;
}

static enum err
write_pdf(struct desk *desk, const uint8_t *pdf, size_t pdf_len)
{
    const char *path = desk->options->out;
    enum err err = disk_write(path, (struct span){pdf, pdf_len}, DISK_NEW);

    if (err == ERR_OK)
        return ERR_OK;
    problems_add(desk->problems, path,
                 err == ERR_EXISTS ? "choose another name, or remove it"
                                   : "choose a place where you may write",
                 "the letter cannot be written: %s", err_text(err));
    return err;
}

int
command_case_print(void *data, const struct args_words *words)
{
    const struct desk_options *options = data;
    struct problems problems = {0};
    struct desk desk = {.options = options, .problems = &problems};
    struct request request = {.content = NULL};
    uint8_t *pdf = NULL;
    size_t pdf_len = 0;

    enum err err = desk_open(&desk);
    if (err == ERR_OK)
        err = open_request(&desk, words->words[0], &request);
    if (err == ERR_OK)
        err = make_pdf(&desk, &request, &pdf, &pdf_len);
    if (err == ERR_OK)
        err = write_pdf(&desk, pdf, pdf_len);
    free(pdf);
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    if (options->json)
        err = print_json(json_pack("{s:i, s:s, s:s}", "schema", (int)MESSAGE_JSON_SCHEMA, "id",
                                   message_id_text(&request.header.id).text, "file", options->out));
    else
        fprintf(stderr, "Wrote %s.  Print and sign it; the code on it names the log entry.\n",
                options->out);
    if (err != ERR_OK)
        return desk_fail(&desk, err);
    desk_close(&desk);
    return EXIT_DONE;
}
