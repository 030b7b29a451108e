/*
 * Write a log of COUNT made-up entries as a tlog-tiles directory, as a relay and an auditor would:
 * in batches, with a checkpoint of half the size kept, two witnesses, and the proof of one leaf.
 * It gives the verifier in Go a tree of more levels than a short demonstration has.
 *
 *     make_export DIR COUNT    DIR exists and is empty
 */
#include "proto/tlog_proof.h"
#include "proto/tree.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WITNESSES = 2, BATCH = 700, NOTE_ROOM = 4096, NAME_ROOM = 128 };

#define COSIGNED_AT_MS UINT64_C(1767139200000)

static struct note_key log_key, witnesses[WITNESSES];
static uint8_t log_secret[NOTE_SECRET_KEY_BYTES], secrets[WITNESSES][NOTE_SECRET_KEY_BYTES];

static void
must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "make_export: %s\n", what);
        exit(1);
    }
}

static void
write_file(const char *path, const void *data, size_t len)
{
    char folder[NAME_ROOM];

    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = strchr(folder, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        must(mkdir(folder, 0777) == 0 || errno == EEXIST, folder);
        *slash = '/';
    }
    FILE *file = fopen(path, "wb");
    must(file != NULL, path);
    must(fwrite(data, 1, len, file) == len, path);
    must(fclose(file) == 0, path);
}

static struct span
entry_of(uint64_t index)
{
    static char text[NAME_ROOM];
    int len = snprintf(text, sizeof text, "entry %" PRIu64 "\n", index);

    return (struct span){(const uint8_t *)text, index % 5 == 0 ? 0 : (size_t)len};
}

/* Nothing is read back: what is written belongs to the last batch. */
static enum err
read_nothing(void *context, const struct tile_ref *ref, struct hash *hashes)
{
    (void)context, (void)ref, (void)hashes;
    return ERR_NOT_FOUND;
}

static void
write_tile(struct tree *tree, const struct tile_ref *ref)
{
    static uint8_t bundle[TILE_BUNDLE_MAX];
    struct tile_ref entries = *ref;
    const struct hash *hashes = NULL;
    char name[TILE_PATH_MAX + 1], path[NAME_ROOM];
    size_t len = 0;

    must(tree_tile(tree, ref, &hashes) == ERR_OK, "tree_tile");
    tile_path_format(ref, name);
    snprintf(path, sizeof path, "export/%s", name);
    write_file(path, hashes, ref->width * sizeof hashes[0]);
    if (ref->level > 0)
        return;
    entries.level = TILE_LEVEL_ENTRIES;
    for (uint64_t i = 0; i < ref->width; i++)
        must(tile_bundle_append(entry_of(ref->number * TILE_WIDTH + i), bundle, sizeof bundle,
                                &len) == ERR_OK,
             "tile_bundle_append");
    tile_path_format(&entries, name);
    snprintf(path, sizeof path, "export/%s", name);
    write_file(path, bundle, len);
}

static size_t
sign_head(const struct merkle_head *head, char out[NOTE_ROOM])
{
    char text[CHECKPOINT_OURS_MAX + 1];
    struct note_line lines[1 + WITNESSES];
    struct span span = {(const uint8_t *)text, checkpoint_format(log_key.name, head, text)};
    size_t len = 0;

    must(note_sign(span, &log_key, log_secret, &lines[0]) == ERR_OK, "note_sign");
    for (size_t i = 0; i < WITNESSES; i++)
        must(checkpoint_cosign(span, &witnesses[i], secrets[i], COSIGNED_AT_MS, &lines[1 + i]) ==
                 ERR_OK,
             "checkpoint_cosign");
    must(note_format(span, lines, 1 + WITNESSES, out, NOTE_ROOM, &len) == ERR_OK, "note_format");
    return len;
}

static void
make_keys(void)
{
    const char *names[WITNESSES] = {"jp.npa/witness", "kr.moj/witness"};
    char vkey[NOTE_VKEY_MAX + 1] = "", path[NAME_ROOM];
    uint8_t seed[SEED_BYTES] = {0};
    struct public_key public_key;

    crypto_sign_seed_keypair(public_key.bytes, log_secret, seed);
    must(note_key_make("log.example/denrei", NOTE_ED25519, &public_key, &log_key) == ERR_OK, "key");
    write_file("log.vkey", vkey, note_key_format(&log_key, vkey));
    for (size_t i = 0; i < WITNESSES; i++) {
        seed[0]++;
        crypto_sign_seed_keypair(public_key.bytes, secrets[i], seed);
        must(note_key_make(names[i], NOTE_COSIGNATURE, &public_key, &witnesses[i]) == ERR_OK,
             "key");
        snprintf(path, sizeof path, "witness-%zu.vkey", i);
        write_file(path, vkey, note_key_format(&witnesses[i], vkey));
    }
}

static void
write_proof(struct tree *tree, uint64_t index, struct span checkpoint)
{
    static char text[TLOG_PROOF_BYTES_MAX + 1];
    struct tlog_proof proof = {.index = index, .checkpoint = checkpoint};
    struct span leaf = entry_of(index);
    size_t len = 0;

    must(tree_inclusion(tree, index, tree_leaf_count(tree), proof.path, &proof.path_len) == ERR_OK,
         "tree_inclusion");
    must(tlog_proof_format(&proof, text, sizeof text, &len) == ERR_OK, "tlog_proof_format");
    write_file("receipt.tlog-proof", text, len);
    write_file("receipt.leaf", leaf.data, leaf.len);
}

int
main(int argc, char **argv)
{
    struct tile_reader reader = {NULL, read_nothing};
    struct tree *tree = NULL;
    struct merkle empty;
    char note[NOTE_ROOM], path[NAME_ROOM];
    uint64_t written = 0;
    size_t len = 0;

    must(argc == 3 && sodium_init() >= 0 && chdir(argv[1]) == 0, "usage: make_export DIR COUNT");
    uint64_t count = strtoull(argv[2], NULL, 10);
    merkle_init(&empty);
    struct merkle_head head = {0, merkle_root(&empty)};
    must(tree_new(&head, &reader, &tree) == ERR_OK, "tree_new");
    make_keys();
    for (uint64_t i = 0; i < count; i++) {
        struct hash leaf = merkle_leaf_hash(entry_of(i));
        must(tree_append(tree, &leaf) == ERR_OK, "tree_append");
        if (i + 1 < count && (i + 1) % BATCH != 0 && i + 1 != count / 2)
            continue;
        struct tile_ref ref = {.width = 0};
        while (tile_next_new(written, i + 1, &ref))
            write_tile(tree, &ref);
        written = i + 1;
        head = tree_head(tree);
        len = sign_head(&head, note);
        if (i + 1 == count / 2) {
            snprintf(path, sizeof path, "export/checkpoint.%" PRIu64, i + 1);
            write_file(path, note, len);
        }
    }
    len = sign_head(&head, note);
    write_file("export/checkpoint", note, len);
    if (count > 0)
        write_proof(tree, count - 1 - (count - 1) / 1000, (struct span){(uint8_t *)note, len});
    tree_free(&tree);
    return 0;
}
