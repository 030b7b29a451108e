/*
 * relay_status.h - what the relay says of itself to an operator's credential.
 *
 * Host.  Prints to standard output.
 */
#ifndef CLIENTS_OFFICER_IO_RELAY_STATUS_H
#define CLIENTS_OFFICER_IO_RELAY_STATUS_H

#include "clients/officer/io/desk.h"

/*
 * Ask the connected relay for its status and print it, as text or JSON.
 * ERR_REFUSED: the credential is no operator's.  Else as connect_call.
 */
enum err relay_status_show(struct desk *desk);

#endif /* CLIENTS_OFFICER_IO_RELAY_STATUS_H */
