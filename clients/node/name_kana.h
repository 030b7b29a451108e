/*
 * name_kana.h - Japanese names: kana as passports spell it, and one form for all that a name in
 * Latin letters can be where it is Japanese.
 *
 * Pure.  Passport Hepburn (Passport Act enforcement regulations): long o and u are not written, or
 * by request as OH, OU, OO, UU; n before b, m and p is m; a geminate before ch is t.
 */
#ifndef CLIENTS_NODE_NAME_KANA_H
#define CLIENTS_NODE_NAME_KANA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Spell kana in small Latin letters as a passport does, at most `room` bytes with the NUL; what is
 * no kana is passed over.
 */
void name_kana_spell(const uint32_t *points, size_t count, char *out, size_t room);

/*
 * Whether `latin` (letters a to z) can be a Japanese name; then `out`, of `room` bytes, is its one
 * form: sato for satou, satoh and satoo; jun before any letter; shi, chi, tsu, fu, ji and zu for
 * si, ti, tu, hu, zi and du.
 */
bool name_kana_read(const char *latin, char *out, size_t room);

#endif /* CLIENTS_NODE_NAME_KANA_H */
