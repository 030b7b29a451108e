/*
 * commands.h - the commands of `denrei`, each taking `struct desk_options` and its words and
 * returning the exit code.
 *
 * Host.
 */
#ifndef CLIENTS_OFFICER_IO_COMMANDS_H
#define CLIENTS_OFFICER_IO_COMMANDS_H

#include "clients/officer/io/desk.h"

/* Setting up, keeping in touch. */
int command_init(void *options, const struct args_words *words);
int command_status(void *options, const struct args_words *words);
int command_flush(void *options, const struct args_words *words);
int command_publish(void *options, const struct args_words *words);
int command_contacts(void *options, const struct args_words *words);

/* Writing. */
int command_template(void *options, const struct args_words *words);
int command_send(void *options, const struct args_words *words);
int command_reply(void *options, const struct args_words *words);
int command_update(void *options, const struct args_words *words);
int command_withdraw(void *options, const struct args_words *words);

/* Requests for mutual legal assistance. */
int command_mla_new(void *options, const struct args_words *words);
int command_mla_profiles(void *options, const struct args_words *words);

/* Hits on one's own records. */
int command_hit_list(void *options, const struct args_words *words);
int command_hit_confirm(void *options, const struct args_words *words);
int command_hit_reject(void *options, const struct args_words *words);
int command_hit_correct(void *options, const struct args_words *words);
int command_hit_recovered(void *options, const struct args_words *words);
int command_hit_more_time(void *options, const struct args_words *words);
/* Cases of it. */
int command_case_list(void *options, const struct args_words *words);
int command_case_show(void *options, const struct args_words *words);

/* Reading. */
int command_inbox(void *options, const struct args_words *words);
int command_show(void *options, const struct args_words *words);
int command_attachment(void *options, const struct args_words *words);
int command_track(void *options, const struct args_words *words);
int command_receipt(void *options, const struct args_words *words);

/* Cases. */
int command_case_print(void *options, const struct args_words *words);

#endif /* CLIENTS_OFFICER_IO_COMMANDS_H */
