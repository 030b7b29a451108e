#include "proto/bytes.h"

void
bytes_put_u32(uint8_t out[4], uint32_t value)
{
    for (int i = 3; i >= 0; i--) {
        out[i] = (uint8_t)value;
        value >>= 8;
    }
}

void
bytes_put_u64(uint8_t out[8], uint64_t value)
{
    bytes_put_u32(out, (uint32_t)(value >> 32));
    bytes_put_u32(out + 4, (uint32_t)value);
}

uint32_t
bytes_get_u32(const uint8_t bytes[4])
{
    uint32_t value = 0;

    for (size_t i = 0; i < 4; i++)
        value = value << 8 | bytes[i];
    return value;
}

uint64_t
bytes_get_u64(const uint8_t bytes[8])
{
    return (uint64_t)bytes_get_u32(bytes) << 32 | bytes_get_u32(bytes + 4);
}
