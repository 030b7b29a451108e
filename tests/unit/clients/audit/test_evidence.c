/*
 * Goal: evidence convinces exactly when root file, documents, log, signature, authority and
 * receipts all hold; no altered byte passes, even where the relay itself wrote what is wrong.
 * Method: evidence made from the log of replayed.h as `denrei-audit prove` makes it, then altered
 * piece by piece; then every byte of the file.
 */
#include "replayed.h"

#include "clients/audit/evidence.h"
#include "clients/audit/tiles.h"
#include "proto/frame.h"
#include "proto/wire.h"

enum { ITEMS_MAX = 16 };

static struct arena *made;    /* of the evidence */
static struct arena *checked; /* of its check */
static struct tiles *tiles;
static Denrei__V1__Evidence wire;
static Denrei__V1__EvidenceItem *documents[ITEMS_MAX];
static Denrei__V1__EvidenceItem *deliveries[ITEMS_MAX];
static struct evidence evidence;
static char *note;

static Denrei__V1__EvidenceItem *
item_of(uint64_t leaf)
{
    Denrei__V1__EvidenceItem *item = arena_alloc(made, sizeof *item);
    const struct fed_logged *entry = &logged->list[leaf];
    struct hash *path = arena_alloc(made, MERKLE_LEVELS_MAX * sizeof *path);
    size_t len = 0;

    denrei__v1__evidence_item__init(item);
    item->entry = wire_put(entry->entry.data, entry->entry.len);
    item->document = wire_put(entry->document.data, entry->document.len);
    item->leaf = leaf;
    ck_assert_int_eq(tiles_inclusion(tiles, leaf, path, &len), ERR_OK);
    item->n_path = len;
    if (len > 0)
        ck_assert_int_eq(frame_put_hashes(path, len, made, &item->path), ERR_OK);
    return item;
}

/* The evidence for the message at `message`, with the receipts at `delivery` if it is not 0. */
static void
make(uint64_t message, uint64_t delivery)
{
    tiles_free(&tiles);
    free(note);
    ck_assert_int_eq(tiles_new(&tiles), ERR_OK);
    for (size_t i = 0; i < logged->count; i++) {
        struct hash leaf = merkle_leaf_hash(logged->list[i].entry);
        ck_assert_int_eq(tiles_append(tiles, &leaf), ERR_OK);
    }
    wire = (Denrei__V1__Evidence)DENREI__V1__EVIDENCE__INIT;
    wire.documents = documents;
    wire.deliveries = deliveries;
    for (size_t i = 0; i < logged->count; i++)
        if (logged->list[i].document.data != NULL)
            documents[wire.n_documents++] = item_of(i);
    wire.message = item_of(message);
    if (delivery != 0)
        deliveries[wire.n_deliveries++] = item_of(delivery);
    note = fed_log_checkpoint(logged, 2);
    wire.checkpoint = note;
}

static enum err
check_bytes(struct span root_file, struct span bytes, const char **fault)
{
    arena_reset(checked);
    trust_free(&evidence.trust);
    enum err err = evidence_check(root_file, bytes, checked, &evidence, fault);
    ck_assert(err == ERR_OK ? evidence.trust != NULL : evidence.trust == NULL);
    return err;
}

static struct span
encoded(void)
{
    struct span bytes;

    ck_assert_int_eq(wire_encode(&wire.base, made, &bytes), ERR_OK);
    return bytes;
}

/* What the check says; a refusal must say why. */
static enum err
check(void)
{
    const char *fault = NULL;
    enum err err = check_bytes(fed->directory, encoded(), &fault);

    ck_assert_int_eq(fault[0] == '\0', err == ERR_OK);
    return err;
}

static void
setup_evidence(void)
{
    setup();
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &made), ERR_OK);
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &checked), ERR_OK);
    make(first_leaf, first_leaf + 1);
}

static void
teardown_evidence(void)
{
    trust_free(&evidence.trust);
    tiles_free(&tiles);
    free(note);
    note = NULL;
    arena_free(&made);
    arena_free(&checked);
    teardown();
}

START_TEST(evidence_proves_the_message_its_place_and_its_receipts)
{
    ck_assert_int_eq(check(), ERR_OK);
    ck_assert_uint_eq(evidence.leaf, first_leaf);
    ck_assert_mem_eq(evidence.header.id.bytes, first.id.bytes, ID_BYTES);
    ck_assert_mem_eq(evidence.message_hash.bytes, first.hash.bytes, HASH_BYTES);
    ck_assert_uint_eq(evidence.deliveries_count, 1);
    ck_assert_str_eq(evidence.deliveries[0].receipt.member, "kr.moj");
    ck_assert_uint_eq(evidence.deliveries[0].leaf, first_leaf + 1);
    ck_assert_uint_eq(evidence.checkpoint.cosigners, 2);
    ck_assert_uint_eq(evidence.quorum, 2);
    ck_assert_uint_eq(evidence.witnesses, 2);
}
END_TEST

START_TEST(evidence_from_a_longer_log_and_a_batch_proves_too)
{
    struct header headers[64];
    struct message_ref refs[64];

    for (size_t i = 0; i < 64; i++)
        headers[i] = new_header(100 + i);
    uint64_t leaf = fed_log_batch(logged, headers, 64, sender->signing, refs);
    for (size_t i = 0; i < 300; i++)
        (void)add_receipt(moj, &refs[i % 64], DENREI__V1__DELIVERY_STATUS__DELIVERY_APPLIED);
    make(leaf + 41, leaf + 64 + 41);
    ck_assert_int_eq(check(), ERR_OK);
    ck_assert_uint_eq(evidence.deliveries_count, 1);
    ck_assert_mem_eq(evidence.message_hash.bytes, refs[41].hash.bytes, HASH_BYTES);
}
END_TEST

START_TEST(receipts_of_other_messages_in_a_batch_prove_nothing_about_this_one)
{
    struct header header = new_header(2);
    struct message_ref other;

    (void)add_message(&header, &other);
    uint64_t leaf = add_receipt(moj, &other, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
    make(first_leaf, leaf);
    ck_assert_int_eq(check(), ERR_OK);
    ck_assert_uint_eq(evidence.deliveries_count, 0);
}
END_TEST

START_TEST(no_altered_byte_passes)
{
    enum { STRIDE = 29 }; /* prime, so that over all runs every field is met */
    const struct span bytes = encoded();
    uint8_t *altered = malloc(bytes.len);
    const char *fault = "";

    memcpy(altered, bytes.data, bytes.len);
    for (size_t i = (size_t)_i; i < bytes.len; i += STRIDE) {
        altered[i] ^= (uint8_t)(1U << (i % 8));
        enum err err = check_bytes(fed->directory, (struct span){altered, bytes.len}, &fault);
        /* A cosignature that names somebody else is not counted; all else must fail. */
        if (err == ERR_OK)
            ck_assert_msg(evidence.checkpoint.cosigners < 2, "byte %zu of %zu", i, bytes.len);
        altered[i] = bytes.data[i];
    }
    free(altered);
}
END_TEST

START_TEST(evidence_that_is_cut_or_grown_is_refused)
{
    const struct span bytes = encoded();
    uint8_t *grown = calloc(1, bytes.len + 1);
    const char *fault = "";

    memcpy(grown, bytes.data, bytes.len);
    for (size_t len = 0; len < bytes.len; len += 101)
        ck_assert_int_ne(check_bytes(fed->directory, (struct span){grown, len}, &fault), ERR_OK);
    ck_assert_int_eq(check_bytes(fed->directory, (struct span){grown, bytes.len + 1}, &fault),
                     ERR_FORMAT);
    ck_assert_str_eq(fault, "this is not an evidence file");
    free(grown);
}
END_TEST

START_TEST(documents_must_be_all_in_order_and_those_of_the_log)
{
    Denrei__V1__EvidenceItem *kept = documents[2];

    wire.n_documents--; /* th.dsi's roster: a recipient without a mailbox */
    ck_assert_int_eq(check(), ERR_POLICY);
    wire.n_documents++;
    documents[2] = documents[3];
    documents[3] = kept;
    ck_assert_int_eq(check(), ERR_FORMAT);
    documents[3] = documents[2];
    ck_assert_int_eq(check(), ERR_FORMAT);
    documents[2] = kept;
    ck_assert_int_eq(check(), ERR_OK);
}
END_TEST

START_TEST(a_document_that_its_entry_does_not_name_is_refused)
{
    struct span forged = fed_issue_by(fed, mofa, moj->authority);

    documents[2]->document = wire_put(forged.data, forged.len);
    ck_assert_int_eq(check(), ERR_FORMAT);
}
END_TEST

START_TEST(a_forged_document_that_the_relay_logged_is_refused)
{
    struct span forged = fed_issue_by(fed, mofa, moj->authority);

    (void)add_roster("jp.mofa", 2, forged);
    make(first_leaf, first_leaf + 1);
    ck_assert_int_eq(check(), ERR_SIGNATURE);
}
END_TEST

START_TEST(a_place_that_the_checkpoint_does_not_cover_is_refused)
{
    Denrei__V1__EvidenceItem *item = _i == 0   ? wire.message
                                     : _i == 1 ? documents[1]
                                               : deliveries[0];

    item->leaf++;
    ck_assert_int_eq(check(), ERR_PROOF);
    item->leaf--;
    item->path[0].data[0] ^= 1;
    ck_assert_int_eq(check(), ERR_PROOF);
    item->path[0].data[0] ^= 1;
    item->n_path--;
    ck_assert_int_eq(check(), ERR_PROOF);
    item->n_path++;
    ck_assert_int_eq(check(), ERR_OK);
}
END_TEST

START_TEST(a_checkpoint_of_another_key_log_or_tree_is_refused)
{
    struct identity *log_key = fed->log;
    const char *fault = "";

    free(note);
    fed->log = fed->relay;
    note = fed_log_checkpoint(logged, 2);
    fed->log = log_key;
    wire.checkpoint = note;
    ck_assert_int_eq(check(), ERR_SIGNATURE);

    free(note);
    (void)add_receipt(dsi, &first, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
    note = fed_log_checkpoint(logged, 2); /* one entry more than the paths were made for */
    wire.checkpoint = note;
    ck_assert_int_eq(check(), ERR_PROOF);

    wire.checkpoint = (char *)(uintptr_t) "no note";
    ck_assert_int_eq(check(), ERR_FORMAT);
    make(first_leaf, 0);
    note[strlen("denrei")] = '-';
    ck_assert_int_eq(check(), ERR_UNKNOWN);
    ck_assert_int_eq(check_bytes((struct span){NULL, 0}, encoded(), &fault), ERR_FORMAT);
    ck_assert_str_eq(fault, "the root file does not verify");
}
END_TEST

START_TEST(the_same_evidence_proves_nothing_to_another_federation)
{
    struct fed *other = fed_usual(0);
    const char *fault = "";

    ck_assert_int_ne(check_bytes(other->directory, encoded(), &fault), ERR_OK);
    fed_free(&other);
}
END_TEST

START_TEST(a_message_by_the_wrong_key_credential_or_rule_is_refused)
{
    struct header header = new_header(2);
    const struct identity *signing = sender->signing;
    static const enum err rows[] = {ERR_SIGNATURE, ERR_POLICY, ERR_POLICY};

    if (_i == 0)
        signing = moj->credentials[0].signing;
    if (_i == 1) {
        (void)add_roster("jp.mofa", 2, fed_issue(fed, mofa, "c0"));
        header.roster_version = 2;
    }
    if (_i == 2)
        header.kind = DENREI__V1__KIND__KIND_MLA; /* without a legal basis */
    make(fed_log_message(logged, &header, signing, NULL), 0);
    ck_assert_int_eq(check(), rows[_i]);
}
END_TEST

START_TEST(receipts_by_no_recipient_or_no_credential_are_refused)
{
    const struct fed_member *member = _i == 0 ? mofa : moj;
    struct fed_credential signer = member->credentials[1];
    struct delivery_receipt receipt = fed_receipt(logged, member, &signer, &first,
                                                  DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
    static const enum err rows[] = {ERR_POLICY, ERR_SIGNATURE, ERR_SIGNATURE, ERR_POLICY};

    if (_i == 1)
        signer.signing = dsi->credentials[1].signing;
    if (_i == 2)
        receipt.member = "th.dsi";
    if (_i == 3) { /* th.dsi's node, which is in force, for kr.moj */
        signer = dsi->credentials[1];
        receipt.credential = signer.credential.hash;
    }
    make(first_leaf, fed_log_receipts(logged, member, &signer, &receipt, 1));
    ck_assert_int_eq(check(), rows[_i]);
}
END_TEST

START_TEST(entries_of_the_wrong_type_are_refused)
{
    make(first_leaf + 1, 0);
    ck_assert_int_eq(check(), ERR_FORMAT);
    make(first_leaf, first_leaf);
    ck_assert_int_eq(check(), ERR_FORMAT);
    make(first_leaf, 0);
    wire.message = NULL;
    ck_assert_int_eq(check(), ERR_FORMAT);
}
END_TEST

START_TEST(a_full_arena_is_no_verdict)
{
    struct arena *small = NULL;
    const struct span bytes = encoded();
    const char *fault = NULL;

    ck_assert_int_eq(arena_new(bytes.len / 2, &small), ERR_OK);
    ck_assert_int_eq(evidence_check(fed->directory, bytes, small, &evidence, &fault), ERR_NOMEM);
    ck_assert_ptr_null(evidence.trust);
    arena_free(&small);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("evidence");
    TCase *tcase = tcase_create("evidence");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup_evidence, teardown_evidence);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, evidence_proves_the_message_its_place_and_its_receipts);
    tcase_add_test(tcase, evidence_from_a_longer_log_and_a_batch_proves_too);
    tcase_add_test(tcase, receipts_of_other_messages_in_a_batch_prove_nothing_about_this_one);
    tcase_add_loop_test(tcase, no_altered_byte_passes, 0, 2);
    tcase_add_test(tcase, evidence_that_is_cut_or_grown_is_refused);
    tcase_add_test(tcase, documents_must_be_all_in_order_and_those_of_the_log);
    tcase_add_test(tcase, a_document_that_its_entry_does_not_name_is_refused);
    tcase_add_test(tcase, a_forged_document_that_the_relay_logged_is_refused);
    tcase_add_loop_test(tcase, a_place_that_the_checkpoint_does_not_cover_is_refused, 0, 3);
    tcase_add_test(tcase, a_checkpoint_of_another_key_log_or_tree_is_refused);
    tcase_add_test(tcase, the_same_evidence_proves_nothing_to_another_federation);
    tcase_add_loop_test(tcase, a_message_by_the_wrong_key_credential_or_rule_is_refused, 0, 3);
    tcase_add_loop_test(tcase, receipts_by_no_recipient_or_no_credential_are_refused, 0, 4);
    tcase_add_test(tcase, entries_of_the_wrong_type_are_refused);
    tcase_add_test(tcase, a_full_arena_is_no_verdict);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
