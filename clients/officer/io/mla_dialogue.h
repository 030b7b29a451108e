/*
 * mla_dialogue.h - a request is made part by part: at the terminal, or as a form in an editor.
 *
 * Host.  Speaks on standard error, so that standard output has the result alone; keeps the draft
 * after every answer.
 */
#ifndef CLIENTS_OFFICER_IO_MLA_DIALOGUE_H
#define CLIENTS_OFFICER_IO_MLA_DIALOGUE_H

#include "clients/officer/io/mla_session.h"

/*
 * Ask for the parts at the terminal until all is there and the officer wants it sent (ERR_OK).
 * ERR_CANCELLED: not now, or the input has ended; the draft is kept.  ERR_POLICY: it is not whole;
 * the draft is kept.  Else the draft cannot be written; told in the session's problems.
 */
enum err mla_dialogue_run(struct mla_session *session);

/*
 * Open the form in the editor, again at the line of the first error while there is one and the file
 * changes.  Errors as above; as editor_edit says; ERR_FORMAT and ERR_POLICY: what is wrong is told
 * in the session's problems, with lines of the draft.
 */
enum err mla_edit_run(struct mla_session *session);

/* Tell that the draft is kept, and how to go on with it. */
void mla_dialogue_tell_draft(const struct mla_session *session);

#endif /* CLIENTS_OFFICER_IO_MLA_DIALOGUE_H */
