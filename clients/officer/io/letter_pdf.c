#include "clients/officer/io/letter_pdf.h"

#include "proto/time_text.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

/* A4 in points (1/72 inch). */
#define PAGE_WIDTH    595.28
#define PAGE_HEIGHT   841.89
#define MARGIN        70.0
#define BOTTOM        (PAGE_HEIGHT - 64.0)
#define FOOT          (PAGE_HEIGHT - 44.0)
#define TEXT_WIDTH    (PAGE_WIDTH - 2 * MARGIN)
#define INDENT        14.0
#define CODE_WIDTH    76.0
#define SIGNATURE_GAP 26.0
#define GREY          0.35

/* One font family has Latin and the three East Asian scripts; others fontconfig finds. */
static const char FAMILY[] = "Noto Serif CJK JP, Noto Serif, serif";

enum { BODY_BYTES_FIRST = 64 << 10 };

struct bytes {
    uint8_t *data;
    size_t len, room;
};

/* The first pass counts pages on the same surface that the second draws on: layout is the same. */
struct page {
    cairo_t *cairo;
    PangoLayout *layout;
    const struct letter *letter;
    struct problems *problems;
    double y;
    int number;
    int total; /* 0 in the first pass */
    bool is_drawing;
    enum err err;
};

/* ---- output */

static cairo_status_t
collect(void *user, const unsigned char *data, unsigned len)
{
    struct bytes *bytes = user;

    if (bytes->len + len > bytes->room) {
        size_t room = bytes->room == 0 ? BODY_BYTES_FIRST : bytes->room;
        while (room < bytes->len + len)
            room *= 2;
        uint8_t *grown = realloc(bytes->data, room);
        if (grown == NULL)
            return CAIRO_STATUS_NO_MEMORY;
        bytes->data = grown;
        bytes->room = room;
    }
    memcpy(bytes->data + bytes->len, data, len);
    bytes->len += len;
    return CAIRO_STATUS_SUCCESS;
}

/* ---- text */

static void
set_text(struct page *page, const char *text, double points, bool is_bold, double width,
         PangoAlignment alignment)
{
    PangoFontDescription *font = pango_font_description_from_string(FAMILY);

    pango_font_description_set_absolute_size(font, points * PANGO_SCALE);
    pango_font_description_set_weight(font, is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(page->layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(page->layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(page->layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(page->layout, alignment);
    pango_layout_set_text(page->layout, text, -1);
    if (pango_layout_get_unknown_glyphs_count(page->layout) > 0 && page->err == ERR_OK) {
        problems_add(page->problems, "letter",
                     "install fonts for it (fonts-noto-cjk, fonts-noto-core), then print again",
                     "no font here has a character of \"%s\"", text);
        page->err = ERR_NOT_FOUND;
    }
}

static void
draw_foot(struct page *page)
{
    char number[64];

    snprintf(number, sizeof number,
             page->letter->language == LANGUAGE_JA ? "%d / %d ページ" : "Page %d of %d",
             page->number, page->total);
    cairo_set_source_rgb(page->cairo, GREY, GREY, GREY);
    set_text(page, page->letter->mark, 8, false, TEXT_WIDTH, PANGO_ALIGN_LEFT);
    cairo_move_to(page->cairo, MARGIN, FOOT);
    pango_cairo_show_layout(page->cairo, page->layout);
    set_text(page, number, 8, false, TEXT_WIDTH, PANGO_ALIGN_RIGHT);
    cairo_move_to(page->cairo, MARGIN, FOOT);
    pango_cairo_show_layout(page->cairo, page->layout);
    cairo_set_source_rgb(page->cairo, 0, 0, 0);
}

static void
begin_page(struct page *page)
{
    if (page->number > 0 && page->is_drawing)
        cairo_show_page(page->cairo);
    page->number++;
    page->y = MARGIN;
    if (page->is_drawing)
        draw_foot(page);
}

/* Go on to the next page unless `height` fits on this one. */
static void
need(struct page *page, double height)
{
    if (page->y + height > BOTTOM && page->y > MARGIN)
        begin_page(page);
}

/* Put the layout line by line, so that a long text goes on over pages. */
static void
put_layout(struct page *page, double x)
{
    PangoLayoutIter *lines = pango_layout_get_iter(page->layout);

    do {
        PangoRectangle area;
        pango_layout_iter_get_line_extents(lines, NULL, &area);
        double height = (double)area.height / PANGO_SCALE;
        int top = 0;
        int bottom = 0;
        pango_layout_iter_get_line_yrange(lines, &top, &bottom);
        int baseline = pango_layout_iter_get_baseline(lines);
        if (page->y + height > BOTTOM) {
            /* The foot needs the layout: it is drawn with a copy of its own. */
            PangoLayout *kept = page->layout;
            page->layout = pango_cairo_create_layout(page->cairo);
            begin_page(page);
            g_object_unref(page->layout);
            page->layout = kept;
        }
        if (page->is_drawing) {
            cairo_move_to(page->cairo, x + (double)area.x / PANGO_SCALE,
                          page->y + (double)(baseline - top) / PANGO_SCALE);
            pango_cairo_show_layout_line(page->cairo, pango_layout_iter_get_line_readonly(lines));
        }
        page->y += (double)(bottom - top) / PANGO_SCALE;
    } while (pango_layout_iter_next_line(lines));
    pango_layout_iter_free(lines);
}

static void
put(struct page *page, const char *text, double points, bool is_bold, double indent,
    PangoAlignment alignment)
{
    set_text(page, text, points, is_bold, TEXT_WIDTH - indent, alignment);
    put_layout(page, MARGIN + indent);
}

/* An article beside or below its label, in grey. */
static void
put_note(struct page *page, const char *note, double indent)
{
    if (note[0] == '\0')
        return;
    cairo_set_source_rgb(page->cairo, GREY, GREY, GREY);
    put(page, note, 7.5, false, indent, PANGO_ALIGN_LEFT);
    cairo_set_source_rgb(page->cairo, 0, 0, 0);
}

/* ---- paragraphs */

static void
put_section(struct page *page, const struct letter_paragraph *paragraph)
{
    need(page, 48);
    page->y += 8;
    put(page, paragraph->label, 10.5, true, 0, PANGO_ALIGN_LEFT);
    put_note(page, paragraph->note, INDENT);
    if (paragraph->text[0] != '\0')
        put(page, paragraph->text, 10.5, false, INDENT, PANGO_ALIGN_LEFT);
}

static void
put_item(struct page *page, const struct letter_paragraph *paragraph)
{
    double indent = INDENT * (double)paragraph->depth;

    need(page, 30);
    page->y += 3;
    put(page, paragraph->label, 9, true, indent, PANGO_ALIGN_LEFT);
    put_note(page, paragraph->note, indent);
    if (paragraph->text[0] != '\0')
        put(page, paragraph->text, 10.5, false, indent, PANGO_ALIGN_LEFT);
}

/* A line to sign on. */
static void
put_signature(struct page *page, const struct letter_paragraph *paragraph)
{
    need(page, SIGNATURE_GAP + 24);
    page->y += SIGNATURE_GAP;
    if (page->is_drawing) {
        cairo_set_line_width(page->cairo, 0.6);
        cairo_move_to(page->cairo, MARGIN + TEXT_WIDTH / 2, page->y);
        cairo_line_to(page->cairo, MARGIN + TEXT_WIDTH, page->y);
        cairo_stroke(page->cairo);
    }
    page->y += 2;
    put(page, paragraph->text, 8.5, false, TEXT_WIDTH / 2, PANGO_ALIGN_LEFT);
}

static void
put_paragraph(struct page *page, const struct letter_paragraph *paragraph)
{
    switch (paragraph->style) {
    case LETTER_SENDER:
        put(page, paragraph->text, 12, true, 0, PANGO_ALIGN_LEFT);
        break;
    case LETTER_RIGHT:
        put(page, paragraph->text, 10.5, false, 0, PANGO_ALIGN_RIGHT);
        break;
    case LETTER_ADDRESS:
        put(page, paragraph->text, 11, false, 0, PANGO_ALIGN_LEFT);
        break;
    case LETTER_TITLE:
        page->y += 18;
        put(page, paragraph->text, 14, true, 0, PANGO_ALIGN_CENTER);
        page->y += 6;
        break;
    case LETTER_TEXT:
        need(page, 40);
        page->y += 10;
        put(page, paragraph->text, 10.5, false, 0, PANGO_ALIGN_LEFT);
        break;
    case LETTER_SECTION:
        put_section(page, paragraph);
        break;
    case LETTER_ITEM:
        put_item(page, paragraph);
        break;
    case LETTER_SIGNATURE:
        put_signature(page, paragraph);
        break;
    }
}

/* ---- the code */

static void
put_code(struct page *page, const QRcode *code)
{
    double module = CODE_WIDTH / code->width;

    need(page, CODE_WIDTH + 24);
    page->y += 16;
    for (int row = 0; row < code->width && page->is_drawing; row++) {
        for (int column = 0; column < code->width; column++) {
            if ((code->data[row * code->width + column] & 1) != 0)
                cairo_rectangle(page->cairo, MARGIN + column * module, page->y + row * module,
                                module, module);
        }
    }
    cairo_fill(page->cairo);
    set_text(page, page->letter->record, 8.5, false, TEXT_WIDTH - CODE_WIDTH - INDENT,
             PANGO_ALIGN_LEFT);
    if (page->is_drawing) {
        cairo_move_to(page->cairo, MARGIN + CODE_WIDTH + INDENT, page->y);
        pango_cairo_show_layout(page->cairo, page->layout);
    }
    page->y += CODE_WIDTH;
}

static void
put_letter(struct page *page, const QRcode *code)
{
    page->number = 0;
    begin_page(page);
    for (size_t i = 0; i < page->letter->count && page->err == ERR_OK; i++)
        put_paragraph(page, &page->letter->paragraphs[i]);
    put_code(page, code);
}

static void
set_metadata(cairo_surface_t *surface, const struct letter *letter, uint64_t created_at_ms)
{
    const struct time_text time = time_text_utc(created_at_ms);

    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, letter->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, letter->mark);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Denrei " DENREI_VERSION);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, time.text);
}

/* ERR_OK, or what is wrong with the surface or with the letter's characters. */
static enum err
draw(const struct letter *letter, const QRcode *code, uint64_t created_at_ms,
     struct problems *problems, struct bytes *bytes)
{
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(collect, bytes, PAGE_WIDTH, PAGE_HEIGHT);
    struct page page = {.letter = letter, .problems = problems};

    page.cairo = cairo_create(surface);
    page.layout = pango_cairo_create_layout(page.cairo);
    pango_context_set_language(
        pango_layout_get_context(page.layout),
        pango_language_from_string(letter->language == LANGUAGE_JA ? "ja" : "en"));
    set_metadata(surface, letter, created_at_ms);
    put_letter(&page, code);
    page.total = page.number;
    page.is_drawing = true;
    if (page.err == ERR_OK)
        put_letter(&page, code);
    g_object_unref(page.layout);
    cairo_destroy(page.cairo);
    cairo_surface_finish(surface);
    if (page.err == ERR_OK && cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
        page.err = cairo_surface_status(surface) == CAIRO_STATUS_NO_MEMORY ? ERR_NOMEM : ERR_IO;
    cairo_surface_destroy(surface);
    return page.err;
}

enum err
letter_pdf(const struct letter *letter, uint64_t created_at_ms, struct problems *problems,
           uint8_t **out, size_t *out_len)
{
    struct bytes bytes = {.data = NULL};
    QRcode *code = QRcode_encodeString(letter->proof, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    enum err err = code == NULL ? ERR_IO : ERR_OK;

    *out = NULL;
    if (err == ERR_OK)
        err = draw(letter, code, created_at_ms, problems, &bytes);
    if (err == ERR_OK) {
        *out = bytes.data;
        *out_len = bytes.len;
        bytes.data = NULL;
    }
    free(bytes.data);
    QRcode_free(code);
    return err;
}
