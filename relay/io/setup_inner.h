/*
 * setup_inner.h - what the parts of setup share; included by relay/io/setup*.c only.
 *
 * Host.
 */
#ifndef RELAY_IO_SETUP_INNER_H
#define RELAY_IO_SETUP_INNER_H

#include "relay/io/setup.h"

/* Add `why`, or err's text, as a problem at `path` and return `err`. */
enum err setup_tell(struct problems *problems, enum err err, const char *path, const char *wrong,
                    const char *cure);

/* Write `dir`'s settings for a new relay. */
enum err setup_config_write(const struct setup_new *new, const char *listen,
                            struct problems *problems);

/* The limits that the settings give. */
struct relay_settings setup_settings(const struct setup_config *config);

/* The keys of the file; ERR_KEY: it lacks one, or they are not those of `directory`. */
enum err setup_keys(const struct keyfile *key, const struct directory *directory,
                    struct relay_keys *out, struct problems *problems);

#endif /* RELAY_IO_SETUP_INNER_H */
