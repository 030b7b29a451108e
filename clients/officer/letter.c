#include "clients/officer/letter.h"

#include "proto/date_text.h"
#include "proto/message_id.h"
#include "proto/text.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 2048, PATH_BYTES = 256 };

/* A letter that is being written. */
struct writer {
    const struct letter_source *source;
    struct arena *arena;
    struct letter letter;
    enum err err; /* the first that came up */
};

/* The words of the form. */
enum words {
    WORDS_TITLE,
    WORDS_REFERENCE,
    WORDS_DATE,
    WORDS_OPENING,
    WORDS_OPENING_PLAIN,
    WORDS_USE,
    WORDS_ANNEXES,
    WORDS_CLOSING,
    WORDS_PLACE,
    WORDS_SIGNATURE,
    WORDS_NAME,
    WORDS_MARK,
    WORDS_MARK_UNLOGGED,
    WORDS_RECORD,
    WORDS_RECORD_UNLOGGED,
    WORDS_COUNT
};

static const struct {
    const char *en, *ja;
} WORDS[WORDS_COUNT] = {
    [WORDS_TITLE] = {"Request for Mutual Legal Assistance in Criminal Matters",
                     "刑事に関する共助の請求書"},
    [WORDS_REFERENCE] = {"Our reference: %s", "整理番号 %s"},
    [WORDS_DATE] = {"%u-%02u-%02u", "%u年%u月%u日"},
    [WORDS_OPENING] = {"%s presents its compliments to %s and, under the %s, requests assistance "
                       "in the criminal matter that is set out below.",
                       "%sは、%sに対し、%sに基づき、下記の刑事事件について共助を請求します。"},
    [WORDS_OPENING_PLAIN] = {"%s presents its compliments to %s and requests assistance in the "
                             "criminal matter that is set out below.",
                             "%sは、%sに対し、下記の刑事事件について共助を請求します。"},
    [WORDS_USE] = {"Use of what is provided", "提供された証拠等の使用"},
    [WORDS_ANNEXES] = {"Files sent with this request", "添付電子ファイル"},
    [WORDS_CLOSING] = {"The requesting authority avails itself of this opportunity to renew the "
                       "assurances of its highest consideration.",
                       "共助の実施について御高配を賜りますようお願い申し上げます。"},
    [WORDS_PLACE] = {"Place and date", "場所及び日付"},
    [WORDS_SIGNATURE] = {"Signature and seal", "署名及び公印"},
    [WORDS_NAME] = {"Name and office", "氏名及び官職"},
    [WORDS_MARK] = {"Message %s, log entry %llu", "電文番号 %s、ログ番号 %llu"},
    [WORDS_MARK_UNLOGGED] = {"Message %s, not sent yet", "電文番号 %s（未送信）"},
    [WORDS_RECORD] =
        {"This letter is what message %s says. Entry %llu of the relay's log proves "
         "who sent it, when, and that it was not altered.",
         "この書面は電文 %s の内容です。発信者、発信の時期及び改変のないことは、中継記録"
         "の第 %llu 号により証明されます。"},
    [WORDS_RECORD_UNLOGGED] =
        {"This letter is what message %s says. It has not been sent: no log "
         "entry proves it yet.",
         "この書面は電文 %s の内容です。未送信のため、中継記録による証明はまだあ"
         "りません。"},
};

static const char *
words(const struct writer *writer, enum words which)
{
    return writer->source->language == LANGUAGE_JA ? WORDS[which].ja : WORDS[which].en;
}

/* ---- paragraphs */

static const char *
keep(struct writer *writer, struct span text)
{
    if (text.len == 0)
        return "";
    const char *copy = arena_copy(writer->arena, text.data, text.len);
    if (copy == NULL)
        writer->err = writer->err == ERR_OK ? ERR_NOMEM : writer->err;
    return copy == NULL ? "" : copy;
}

/* The words are ours, and the table has no other formats. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static const char *
phrase_with(struct writer *writer, enum words which, ...)
{
    char line[LINE_BYTES];
    va_list arguments;

    va_start(arguments, which);
    vsnprintf(line, sizeof line, words(writer, which), arguments);
    va_end(arguments);
    return keep(writer, (struct span){(const uint8_t *)line, strlen(line)});
}
#pragma GCC diagnostic pop

static void
add(struct writer *writer, struct letter_paragraph paragraph)
{
    if (writer->letter.count == LETTER_PARAGRAPHS_MAX) {
        writer->err = writer->err == ERR_OK ? ERR_FULL : writer->err;
        return;
    }
    paragraph.label = paragraph.label == NULL ? "" : paragraph.label;
    paragraph.text = paragraph.text == NULL ? "" : paragraph.text;
    paragraph.note = paragraph.note == NULL ? "" : paragraph.note;
    writer->letter.paragraphs[writer->letter.count++] = paragraph;
}

static void
add_text(struct writer *writer, enum letter_style style, const char *text)
{
    add(writer, (struct letter_paragraph){.style = style, .text = text});
}

/* ---- who writes to whom */

static const char *
member_name(const struct writer *writer, const struct member *member, const char *id)
{
    if (member == NULL)
        return id;
    return writer->source->language == LANGUAGE_JA && strcmp(member->country, "JPN") == 0
               ? member->local_name
               : member->name;
}

/* The authority of the treaty that the member is; NULL: none. */
static const struct treaty_authority *
find_authority(const struct letter_source *source, const struct member *member, bool is_sending)
{
    const struct treaty *treaty = source->treaty;

    for (size_t i = 0; treaty != NULL && member != NULL && i < treaty->authorities_count; i++) {
        const struct treaty_authority *authority = &treaty->authorities[i];
        bool is_able = is_sending ? authority->may_send : authority->may_receive;
        if (is_able && strcmp(authority->country, member->country) == 0 &&
            directory_has_role(member, authority->role))
            return authority;
    }
    return NULL;
}

static const char *
authority_name(const struct writer *writer, const struct treaty_authority *authority)
{
    return writer->source->language == LANGUAGE_JA ? authority->name_ja : authority->name;
}

static void
add_head(struct writer *writer)
{
    const struct letter_source *source = writer->source;
    const struct date_text day = date_text_from_ms(source->header->created_at_ms);
    const struct treaty_authority *receiver = find_authority(source, source->to, false);
    const char *from = member_name(writer, source->from, source->header->from);
    const char *to = member_name(writer, source->to, source->header->to[0]);
    const char *title = source->basis_title;

    if (source->treaty != NULL)
        title = source->language == LANGUAGE_JA ? source->treaty->title_ja : source->treaty->title;
    add_text(writer, LETTER_SENDER, source->content->request->requesting_authority);
    add_text(writer, LETTER_SENDER, from);
    add_text(writer, LETTER_RIGHT,
             phrase_with(writer, WORDS_DATE, (unsigned)day.year, (unsigned)day.month,
                         (unsigned)day.day));
    add_text(writer, LETTER_RIGHT,
             phrase_with(writer, WORDS_REFERENCE, source->content->reference));
    if (receiver != NULL)
        add_text(writer, LETTER_ADDRESS, authority_name(writer, receiver));
    add_text(writer, LETTER_ADDRESS, to);
    add_text(writer, LETTER_TITLE, writer->letter.title);
    add_text(writer, LETTER_TEXT,
             title[0] == '\0' ? phrase_with(writer, WORDS_OPENING_PLAIN, from, to)
                              : phrase_with(writer, WORDS_OPENING, from, to, title));
}

/* ---- what is asked */

/* The article that wants what stands at `path`, whose indexes do not matter. */
static const char *
article_of(const struct writer *writer, const char *path)
{
    char plain[PATH_BYTES] = "request.";
    size_t len = strlen(plain);

    if (writer->source->treaty == NULL)
        return "";
    for (; *path != '\0' && len + 1 < sizeof plain; path++) {
        if (*path == '[')
            path += strcspn(path, "]");
        else
            plain[len++] = *path;
        if (*path == '\0')
            break;
    }
    plain[len] = '\0';
    const struct treaty_content *content = treaty_find_content(writer->source->treaty, plain);
    return content == NULL ? "" : content->rule.article;
}

/* A heading of the letter's own number. */
static const char *
number_label(struct writer *writer, const char *label, size_t number)
{
    char line[LINE_BYTES];

    snprintf(line, sizeof line, "%zu. %s", number, label);
    return keep(writer, (struct span){(const uint8_t *)line, strlen(line)});
}

/*
 * All that the request says, in the order of its fields.  The original goes along with the text,
 * since it tells the path of each value, which finds the article.
 */
static size_t
add_request(struct writer *writer)
{
    const ProtobufCMessage *request = &writer->source->content->request->base;
    struct text text;
    struct text original;
    struct text_line line;
    struct text_line path;
    size_t number = 0;

    text_init(&text, request, writer->source->language);
    text_init_original(&original, request);
    while (writer->err == ERR_OK && text_next(&text, &line)) {
        const char *label =
            keep(writer, (struct span){(const uint8_t *)line.label, strlen(line.label)});
        const char *article = "";
        if (!line.is_group && text_next(&original, &path))
            article = article_of(writer, path.label);
        if (line.depth == 0)
            label = number_label(writer, label, ++number);
        add(writer,
            (struct letter_paragraph){.style = line.depth == 0 ? LETTER_SECTION : LETTER_ITEM,
                                      .depth = line.depth,
                                      .label = label,
                                      .text = keep(writer, line.value),
                                      .note = article});
    }
    return number;
}

static void
add_annexes(struct writer *writer, size_t number)
{
    const Denrei__V1__Mla *content = writer->source->content;

    if (content->n_attachments == 0)
        return;
    add(writer, (struct letter_paragraph){
                    .style = LETTER_SECTION,
                    .label = number_label(writer, words(writer, WORDS_ANNEXES), number)});
    for (size_t i = 0; i < content->n_attachments; i++)
        add(writer, (struct letter_paragraph){.style = LETTER_ITEM,
                                              .depth = 1,
                                              .label = content->attachments[i]->name,
                                              .text = content->attachments[i]->caption});
}

static void
add_end(struct writer *writer, size_t number)
{
    const struct treaty *treaty = writer->source->treaty;

    if (treaty != NULL)
        add(writer, (struct letter_paragraph){
                        .style = LETTER_SECTION,
                        .label = number_label(writer, words(writer, WORDS_USE), number),
                        .text = writer->source->language == LANGUAGE_JA ? treaty->use.text_ja
                                                                        : treaty->use.text,
                        .note = treaty->use.article});
    add_text(writer, LETTER_TEXT, words(writer, WORDS_CLOSING));
    add_text(writer, LETTER_SIGNATURE, words(writer, WORDS_PLACE));
    add_text(writer, LETTER_SIGNATURE, words(writer, WORDS_SIGNATURE));
    add_text(writer, LETTER_SIGNATURE, words(writer, WORDS_NAME));
}

/* ---- the proof */

static void
write_proof(struct writer *writer)
{
    const struct letter_source *source = writer->source;
    const struct message_id_text id = message_id_text(&source->header->id);
    const unsigned long long leaf = source->leaf;
    char hash[2 * HASH_BYTES + 1];
    char line[LINE_BYTES];

    sodium_bin2hex(hash, sizeof hash, source->hash.bytes, HASH_BYTES);
    if (source->is_logged) {
        writer->letter.mark = phrase_with(writer, WORDS_MARK, id.text, leaf);
        writer->letter.record = phrase_with(writer, WORDS_RECORD, id.text, leaf);
        snprintf(line, sizeof line, "denrei:%s/%s?leaf=%llu&hash=%s", source->header->from, id.text,
                 leaf, hash);
    } else {
        writer->letter.mark = phrase_with(writer, WORDS_MARK_UNLOGGED, id.text);
        writer->letter.record = phrase_with(writer, WORDS_RECORD_UNLOGGED, id.text);
        snprintf(line, sizeof line, "denrei:%s/%s?hash=%s", source->header->from, id.text, hash);
    }
    writer->letter.proof = keep(writer, (struct span){(const uint8_t *)line, strlen(line)});
}

enum err
letter_write(const struct letter_source *source, struct arena *arena, struct letter *out)
{
    struct writer writer = {.source = source, .arena = arena};

    if (source->content->step_case != DENREI__V1__MLA__STEP_REQUEST)
        return ERR_FORMAT;
    writer.letter = (struct letter){.language = source->language, .title = ""};
    writer.letter.title = words(&writer, WORDS_TITLE);
    writer.letter.paragraphs =
        arena_alloc(arena, LETTER_PARAGRAPHS_MAX * sizeof(struct letter_paragraph));
    if (writer.letter.paragraphs == NULL)
        return ERR_NOMEM;
    write_proof(&writer);
    add_head(&writer);
    size_t number = add_request(&writer);
    if (source->content->n_attachments > 0)
        add_annexes(&writer, ++number);
    add_end(&writer, number + 1);
    if (writer.err == ERR_OK)
        *out = writer.letter;
    return writer.err;
}
