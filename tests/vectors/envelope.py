#!/usr/bin/env python3
"""An envelope made from the specification alone, with nothing but hashlib: the oracle for the
vectors in tests/unit/proto/test_envelope.c.  Run it to print them again."""
from hashlib import blake2b, sha256, sha512
from struct import pack, unpack

# ---------------------------------------------------------------- primitives (RFC 7748, 8032, 8439)
P = 2**255 - 19


def x25519(k, u):
    k = bytearray(k)
    k[0] &= 248
    k[31] = k[31] & 127 | 64
    k, u = int.from_bytes(k, "little"), int.from_bytes(u, "little") % 2**255
    x2, z2, x3, z3 = 1, 0, u, 1
    for t in reversed(range(255)):
        bit = k >> t & 1
        if bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        da, cb = d * a % P, c * b % P
        x3, z3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        e = (a * a - b * b) % P
        x2, z2 = a * a * b * b % P, e * (a * a + 121665 * e) % P
        if bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


BASE_U = (9).to_bytes(32, "little")
Q = 2**252 + 27742317777372353535851937790883648493
D_ED = -121665 * pow(121666, P - 2, P) % P
BASE_Y = 4 * pow(5, P - 2, P) % P


def recover_x(y):
    xx = (y * y - 1) * pow(D_ED * y * y + 1, P - 2, P)
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return x if x % 2 == 0 else P - x


def ed_add(a, b):
    (x1, y1), (x2, y2) = a, b
    m = D_ED * x1 * x2 * y1 * y2
    return ((x1 * y2 + x2 * y1) * pow(1 + m, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - m, P - 2, P) % P)


def ed_mul(n):
    point, out = (recover_x(BASE_Y), BASE_Y), (0, 1)
    while n:
        if n & 1:
            out = ed_add(out, point)
        point, n = ed_add(point, point), n >> 1
    return (out[1] | (out[0] & 1) << 255).to_bytes(32, "little")


def ed25519(seed, text):
    h = bytearray(sha512(seed).digest())
    h[0] &= 248
    h[31] = h[31] & 127 | 64
    a, prefix = int.from_bytes(h[:32], "little"), bytes(h[32:])
    public = ed_mul(a)
    r = int.from_bytes(sha512(prefix + text).digest(), "little") % Q
    big_r = ed_mul(r)
    k = int.from_bytes(sha512(big_r + public + text).digest(), "little") % Q
    return public, big_r + ((r + k * a) % Q).to_bytes(32, "little")


def rotl(x, n):
    return (x << n | x >> 32 - n) & 0xFFFFFFFF


def chacha_rounds(s):
    s = list(s)

    def quarter(a, b, c, d):
        for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = s[x] + s[y] & 0xFFFFFFFF
            s[z] = rotl(s[z] ^ s[x], n)

    for _ in range(10):
        for q in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)):
            quarter(*q)
        for q in ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(*q)
    return s


def salsa_rounds(s):
    s = list(s)
    for _ in range(10):
        for rows in (((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11)),
                     ((0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14))):
            for a, b, c, d in rows:
                s[b] ^= rotl(s[a] + s[d] & 0xFFFFFFFF, 7)
                s[c] ^= rotl(s[b] + s[a] & 0xFFFFFFFF, 9)
                s[d] ^= rotl(s[c] + s[b] & 0xFFFFFFFF, 13)
                s[a] ^= rotl(s[d] + s[c] & 0xFFFFFFFF, 18)
    return s


SIGMA = unpack("<4I", b"expand 32-byte k")


def chacha_block(key, counter, nonce12):
    s = list(SIGMA) + list(unpack("<8I", key)) + [counter] + list(unpack("<3I", nonce12))
    return pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(s, chacha_rounds(s))))


def hchacha(key, nonce16):
    s = chacha_rounds(list(SIGMA) + list(unpack("<8I", key)) + list(unpack("<4I", nonce16)))
    return pack("<8I", *s[:4], *s[12:])


def salsa_state(key, middle):
    k, m = unpack("<8I", key), unpack("<4I", middle)
    return [SIGMA[0], *k[:4], SIGMA[1], *m, SIGMA[2], *k[4:], SIGMA[3]]


def hsalsa(key, nonce16):
    s = salsa_rounds(salsa_state(key, nonce16))
    return pack("<8I", s[0], s[5], s[10], s[15], *s[6:10])


def salsa_block(key, nonce8, counter):
    s = salsa_state(key, nonce8 + pack("<Q", counter))
    return pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(s, salsa_rounds(s))))


def poly1305(key, text):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    acc = 0
    for i in range(0, len(text), 16):
        acc = (acc + int.from_bytes(text[i:i + 16] + b"\1", "little")) * r % (2**130 - 5)
    return ((acc + int.from_bytes(key[16:32], "little")) % 2**128).to_bytes(16, "little")


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def xchacha20_poly1305(key, nonce, ad, text):
    sub, nonce12 = hchacha(key, nonce[:16]), bytes(4) + nonce[16:]
    blocks = b"".join(chacha_block(sub, 1 + i, nonce12) for i in range((len(text) + 63) // 64))
    sealed = xor(text, blocks)
    pad = lambda b: b + bytes(-len(b) % 16)
    mac = pad(ad) + pad(sealed) + pack("<QQ", len(ad), len(sealed))
    return sealed + poly1305(chacha_block(sub, 0, nonce12)[:32], mac)


def box(text, nonce, public, secret):
    """crypto_box_easy for texts of up to 32 bytes: tag, then ciphertext."""
    key = hsalsa(hsalsa(x25519(secret, public), bytes(16)), nonce[:16])
    block = salsa_block(key, nonce[16:], 0)
    sealed = xor(text, block[32:])
    return poly1305(block[:32], sealed) + sealed


# ---------------------------------------------------------------- the envelope (DESIGN, section 6)
FEDERATION = bytes([0xFE] * 32)


def domain(use):
    return b"denrei/v1/" + use + b"\0" + FEDERATION


def u32(n):
    return pack(">I", n)


def varint(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value) if value else b""
    return varint(number << 3 | 2) + varint(len(value)) + value if value else b""


def example_id(fill):
    out = bytearray([fill] * 16)
    out[6], out[8] = 0x70 | fill & 15, 0x80 | fill & 63
    return bytes(out)


def leaf(*parts):
    return sha256(b"\0" + b"".join(parts)).digest()


def node(a, b):
    return sha256(b"\1" + a + b).digest()


def padme(n):
    if n <= 1024:
        return 1024
    e = n.bit_length() - 1
    mask = (1 << e - e.bit_length()) - 1
    return n + mask & ~mask


DAY, T = 86400000, 1767225600000
HEADER = b"".join((
    field(1, 1), field(2, example_id(0x11)), field(3, 1), field(4, 1), field(5, b"jp.npa"),
    field(6, bytes([0x22] * 32)), field(7, b"jp.mofa"), field(7, b"kr.police"), field(7, b"th.dsi"),
    field(8, b"@sltd"), field(9, 1), field(10, 3), field(11, 2), field(12, T), field(13, T + DAY),
    field(14, T + 90 * DAY), field(17, example_id(0x33)), field(18, b"untoc.art27"), field(19, 1),
    field(20, 2), field(21, bytes([3, 4, 5]))))
CEK = bytes(range(32))
OTHER = bytes([0x82] * 32)  # a second key that the salamander opens under
CONTENT = b"passport TK1234567 was stolen"
SECRETS = [bytes([n] * 32) for n in (1, 2, 3)]  # X25519 secret keys of the three mailboxes


def wrap(public, header_hash):
    seed = blake2b(domain(b"wrap") + public + header_hash, key=CEK, digest_size=32).digest()
    secret = sha512(seed).digest()[:32]  # crypto_box_seed_keypair
    ephemeral = x25519(secret, BASE_U)
    nonce = blake2b(ephemeral + public, digest_size=24).digest()
    return ephemeral + box(CEK, nonce, public, secret)


def salamander(header_hash):
    """A block and a tag that make one body open under CEK and under OTHER: the body is the stream
    of CEK over u32(1020) and 1020 letters x, its last 16 bytes replaced by the block.  Poly1305
    gives one linear equation modulo 2^130 - 5 in that block, up to what 2^128 cuts off."""
    p, keys = 2**130 - 5, []
    for cek in (CEK, OTHER):
        d = blake2b(domain(b"body") + header_hash, key=cek, digest_size=56).digest()
        keys.append((d, chacha_block(hchacha(d[:32], d[32:48]), 0, bytes(4) + d[48:])[:32]))
    body = xchacha20_poly1305(keys[0][0][:32], keys[0][0][32:], HEADER, u32(1020) + b"x" * 1020)[:1024]

    def mac(onetime, block):
        ad = HEADER + bytes(-len(HEADER) % 16)
        return poly1305(onetime, ad + body[:1008] + block + pack("<QQ", len(HEADER), 1024))

    r = [int.from_bytes(k[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF for _, k in keys]
    rest = []
    for i in range(2):
        ad, acc = HEADER + bytes(-len(HEADER) % 16), 0
        text = ad + body[:1008] + bytes(16) + pack("<QQ", len(HEADER), 1024)
        for at in range(0, len(text), 16):
            acc = (acc + int.from_bytes(text[at:at + 16] + b"\1", "little")) * r[i] % p
        rest.append(acc + int.from_bytes(keys[i][1][16:], "little"))
    inverse = pow(r[0] ** 2 - r[1] ** 2, p - 2, p)
    for k in range(-8, 9):
        block = (rest[1] - rest[0] + k * 2**128) * inverse % p
        if block < 2**128:
            block = block.to_bytes(16, "little")
            if mac(keys[0][1], block) == mac(keys[1][1], block):
                return block, mac(keys[0][1], block)
    raise SystemExit("no block for this pair of keys: choose another OTHER")


def main():
    header_hash = sha256(domain(b"header") + HEADER).digest()
    commitment = blake2b(domain(b"commit") + header_hash, key=CEK, digest_size=32).digest()
    derived = blake2b(domain(b"body") + header_hash, key=CEK, digest_size=56).digest()
    plain = u32(len(CONTENT)) + CONTENT
    plain += bytes(padme(len(plain)) - len(plain))
    body = xchacha20_poly1305(derived[:32], derived[32:], HEADER, plain)
    wraps = [wrap(x25519(s, BASE_U), header_hash) for s in SECRETS]
    leaves = [leaf(domain(b"wrap-leaf"), w) for w in wraps]
    root = node(node(leaves[0], leaves[1]), leaves[2])
    seal = field(1, sha256(body).digest()) + field(2, len(body)) + field(3, root) + field(4, commitment)
    message = leaf(domain(b"message"), u32(len(HEADER)), HEADER, u32(len(seal)), seal)
    public, sig = ed25519(bytes([7] * 32), domain(b"batch/message") + u32(1) + message)
    for name, value in (("HEADER", HEADER), ("HEADER_HASH", header_hash), ("SEAL", seal),
                        ("WRAP_0", wraps[0]), ("WRAP_1", wraps[1]), ("WRAP_2", wraps[2]),
                        ("BODY_START", body[:32]), ("BODY_TAG", body[-16:]),
                        ("SALAMANDER", b"".join(salamander(header_hash))), ("MESSAGE_HASH", message), ("PUBLIC_KEY", public), ("SIG", sig)):
        print(name, value.hex())


if __name__ == "__main__":
    main()
