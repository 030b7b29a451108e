/*
 * letter_pdf.h - a letter set on A4 pages as a PDF, with page numbers, and a QR code that names the
 * message and its log entry.
 *
 * Host: asks fontconfig for the fonts.  The only user of pango, cairo and libqrencode.
 */
#ifndef CLIENTS_OFFICER_IO_LETTER_PDF_H
#define CLIENTS_OFFICER_IO_LETTER_PDF_H

#include "clients/officer/letter.h"
#include "proto/problem.h"

#include <stdint.h>

/*
 * Set `letter`, written at `created_at_ms` (as the PDF says).  On ERR_OK the caller owns *out and
 * must free() it, else it is NULL.
 * ERR_NOT_FOUND: no font has a character that is in it; `problems` names the paragraph and what to
 * install.  A letter is never set with boxes in the place of characters.
 * ERR_NOMEM: no memory.  ERR_IO: cairo or libqrencode failed.
 */
enum err letter_pdf(const struct letter *letter, uint64_t created_at_ms, struct problems *problems,
                    uint8_t **out, size_t *out_len);

#endif /* CLIENTS_OFFICER_IO_LETTER_PDF_H */
