/*
 * language.h - the languages that the programs speak.
 *
 * Pure.
 */
#ifndef PROTO_LANGUAGE_H
#define PROTO_LANGUAGE_H

enum language { LANGUAGE_EN, LANGUAGE_JA };

#endif /* PROTO_LANGUAGE_H */
