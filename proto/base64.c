#include "proto/base64.h"

#include <sodium.h>

bool
base64_decode(struct span text, uint8_t *out, size_t out_bytes, size_t *out_len)
{
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] >= 0x80)
            return false;
    }
    if (sodium_base642bin(out, out_bytes, (const char *)text.data, text.len, NULL, &len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return false;
    *out_len = len;
    return true;
}
