/*
 * report.h - see proto/io/report.h, which denrei-keys and the relay use too.
 *
 * Host.
 */
#ifndef CLIENTS_IO_REPORT_H
#define CLIENTS_IO_REPORT_H

#include "proto/io/report.h"

#endif /* CLIENTS_IO_REPORT_H */
