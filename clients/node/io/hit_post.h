/*
 * hit_post.h - where a node's hits are met and whom an owner calls there: `post.conf` in the state
 * directory, which need not exist.
 *
 * Host.
 */
#ifndef CLIENTS_NODE_IO_HIT_POST_H
#define CLIENTS_NODE_IO_HIT_POST_H

#include "proto/err.h"
#include "proto/problem.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What the file says; NULL where it says nothing. */
struct hit_post {
    char *type; /* AIRPORT */
    char *place;
    char *country;
    char *office;
    char *email;
    char *phone;
    char *hours;
    bool report_hits;   /* report each hit by itself */
    uint64_t score_min; /* that are at least so sure */
};

/*
 * Read the file in the state directory `dir`; without one *out says nothing.  The caller must
 * hit_post_free it.
 * ERR_USAGE: a line is wrong, which `problems` says.  Else as disk_err says.
 */
enum err hit_post_read(const char *dir, struct hit_post *out, struct problems *problems);

/* Free what was read. */
void hit_post_free(struct hit_post *post);

/* Print a file that explains itself. */
void hit_post_help(FILE *file);

#endif /* CLIENTS_NODE_IO_HIT_POST_H */
