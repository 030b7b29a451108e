/*
 * hit_note.h - what screening answered, noted as hits.
 *
 * Host.
 */
#ifndef CLIENTS_NODE_IO_HIT_NOTE_H
#define CLIENTS_NODE_IO_HIT_NOTE_H

#include "clients/node/io/hits.h"
#include "clients/node/io/screening.h"

/*
 * Note each finding of `answer` to `question` as a hit, so that it can be reported or dismissed;
 * the findings get its number.  `arena` is scratch.
 * Errors as screening_load and hits_note; what was found stands whatever they are.
 */
enum err hit_note(struct hits *hits, struct screening *screening,
                  const struct screening_question *question, struct screening_answer *answer,
                  uint64_t now_ms, struct arena *arena);

#endif /* CLIENTS_NODE_IO_HIT_NOTE_H */
