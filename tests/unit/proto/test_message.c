/*
 * Goal: headers survive encoding, and nothing out of bounds is decoded.
 * Method: one valid header, and a table of single changes, each of which must be refused by the
 * decoder and, where a struct can hold it, by the encoder; every truncation and every flipped bit.
 */
#include "example.h"
#include "proto/wire.h"

#include <stdlib.h>

static const char *REVERSED[] = {"kr.police", "jp.mofa", "th.dsi"};
static const char *TWICE[] = {"jp.mofa", "jp.mofa", "th.dsi"};
static const char *CAPITAL[] = {"Jp.mofa", "kr.police", "th.dsi"};
static const uint64_t ZERO_VERSION[] = {3, 0, 5};

static void
assert_ref_eq(const struct message_ref *got, const struct message_ref *want)
{
    ck_assert_str_eq(got->from, want->from);
    ck_assert_mem_eq(got->id.bytes, want->id.bytes, ID_BYTES);
    ck_assert_mem_eq(got->hash.bytes, want->hash.bytes, HASH_BYTES);
}

static void
assert_header_eq(const struct header *got, const struct header *want)
{
    ck_assert_mem_eq(got->id.bytes, want->id.bytes, ID_BYTES);
    ck_assert_int_eq(got->kind, want->kind);
    ck_assert_int_eq(got->action, want->action);
    ck_assert_str_eq(got->from, want->from);
    ck_assert_mem_eq(got->credential.bytes, want->credential.bytes, HASH_BYTES);
    ck_assert_uint_eq(got->to_count, want->to_count);
    for (size_t i = 0; i < want->to_count; i++) {
        ck_assert_str_eq(got->to[i], want->to[i]);
        ck_assert_uint_eq(got->recipient_roster_versions[i], want->recipient_roster_versions[i]);
    }
    ck_assert_str_eq(got->group, want->group);
    ck_assert_int_eq(got->priority, want->priority);
    ck_assert_int_eq(got->tlp, want->tlp);
    ck_assert_int_eq(got->use_restriction, want->use_restriction);
    ck_assert_uint_eq(got->created_at_ms, want->created_at_ms);
    ck_assert_uint_eq(got->deliver_until_ms, want->deliver_until_ms);
    ck_assert_uint_eq(got->expires_at_ms, want->expires_at_ms);
    ck_assert_mem_eq(got->thread_id.bytes, want->thread_id.bytes, ID_BYTES);
    ck_assert_str_eq(got->legal_basis, want->legal_basis);
    ck_assert_uint_eq(got->directory_version, want->directory_version);
    ck_assert_uint_eq(got->roster_version, want->roster_version);
    ck_assert_int_eq(got->has_in_reply_to, want->has_in_reply_to);
    ck_assert_int_eq(got->has_supersedes, want->has_supersedes);
    if (want->has_in_reply_to)
        assert_ref_eq(&got->in_reply_to, &want->in_reply_to);
    if (want->has_supersedes)
        assert_ref_eq(&got->supersedes, &want->supersedes);
}

/* A valid withdrawal, with every field there is. */
static struct header
full_header(void)
{
    struct header header = example_header();

    header.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    header.priority = DENREI__V1__PRIORITY__PRIORITY_FLASH;
    header.has_in_reply_to = true;
    header.in_reply_to = (struct message_ref){"us.state", example_id(4), example_hash(5)};
    header.has_supersedes = true;
    header.supersedes = (struct message_ref){"jp.npa", example_id(6), example_hash(7)};
    return header;
}

static struct span
encoded(const struct header *header)
{
    struct span bytes = {0};

    ck_assert_int_eq(header_encode(header, arena, &bytes), ERR_OK);
    return bytes;
}

START_TEST(a_header_survives_encoding)
{
    struct header headers[] = {example_header(), full_header(), example_header()};
    struct header got;

    headers[2].group = "";
    headers[2].legal_basis = "";
    headers[2].to_count = 1;
    for (size_t i = 0; i < 3; i++) {
        struct span bytes = encoded(&headers[i]);
        ck_assert_int_eq(header_decode(bytes, arena, &got), ERR_OK);
        assert_header_eq(&got, &headers[i]);
        assert_span_eq(encoded(&got), bytes);
    }
}
END_TEST

START_TEST(the_largest_header_and_seal_fit_their_bounds_and_an_entry)
{
    static char names[RECIPIENTS_MAX][MEMBER_ID_MAX + 1];
    static const char *to[RECIPIENTS_MAX];
    static uint64_t versions[RECIPIENTS_MAX];
    struct attachment attachments[ATTACHMENTS_MAX];
    struct header header = full_header();
    struct seal seal = {.body_bytes = BODY_BYTES_MAX, .attachments = attachments};
    struct span bytes;

    for (size_t i = 0; i < RECIPIENTS_MAX; i++) {
        memset(names[i], 'z', MEMBER_ID_MAX);
        names[i][0] = (char)('a' + i / 16);
        names[i][1] = (char)('a' + i % 16);
        to[i] = names[i];
        versions[i] = UINT64_MAX;
    }
    header.from = names[255];
    header.supersedes.from = names[255];
    header.in_reply_to.from = names[255];
    header.legal_basis = names[255];
    header.to = to;
    header.to_count = RECIPIENTS_MAX;
    header.recipient_roster_versions = versions;
    header.directory_version = header.roster_version = UINT64_MAX;
    bytes = encoded(&header);
    ck_assert_uint_le(bytes.len, HEADER_BYTES_MAX);
    ck_assert_int_eq(header_decode(bytes, arena, &header), ERR_OK);

    for (size_t i = 0; i < ATTACHMENTS_MAX; i++)
        attachments[i] = (struct attachment){example_hash(1), UINT64_MAX};
    seal.attachments_count = ATTACHMENTS_MAX;
    ck_assert_int_eq(seal_encode(&seal, arena, &bytes), ERR_OK);
    ck_assert_uint_le(bytes.len, SEAL_BYTES_MAX);
    ck_assert_int_eq(seal_decode(bytes, arena, &seal), ERR_OK);
}
END_TEST

/* A field of struct header and what it is changed to. */
#define SET(field, ...)                                                                            \
    offsetof(struct header, field), sizeof(((struct header *)NULL)->field),                        \
        &(__typeof__(((struct header *)NULL)->field))                                              \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* Single changes of a valid header that encoder and decoder must refuse. */
static const struct {
    struct header (*base)(void);
    size_t offset, bytes;
    const void *value;
} CHANGES[] = {
    {full_header, SET(id.bytes[6], 0x41)}, /* UUIDv4 */
    {full_header, SET(id.bytes[8], 0xc1)}, /* another variant */
    {full_header, SET(kind, 0)},
    {full_header, SET(kind, 99)},
    {full_header, SET(action, 0)},
    {example_header, SET(from, "")},
    {example_header, SET(from, "jp/npa")},
    {full_header, SET(from, "us.state")}, /* supersedes another's message */
    {full_header, SET(to_count, 0)},
    {full_header, SET(to, REVERSED)},
    {full_header, SET(to, TWICE)},
    {full_header, SET(to, CAPITAL)},
    {full_header, SET(group, "sltd")},
    {full_header, SET(group, "@")},
    {full_header, SET(priority, 0)},
    {full_header, SET(priority, DENREI__V1__PRIORITY__PRIORITY_URGENT)}, /* of a withdrawal */
    {full_header, SET(tlp, 0)},
    {full_header, SET(use_restriction, 0)},
    {full_header, SET(created_at_ms, 0)},
    {full_header, SET(created_at_ms, UINT64_MAX - DAY_MS)},
    {full_header, SET(deliver_until_ms, EXAMPLE_TIME_MS + HOUR_MS - 1)},
    {full_header, SET(deliver_until_ms, EXAMPLE_TIME_MS + 30 * DAY_MS + 1)},
    {full_header, SET(deliver_until_ms, EXAMPLE_TIME_MS - 1)},
    {full_header, SET(expires_at_ms, EXAMPLE_TIME_MS)},
    {full_header, SET(expires_at_ms, TIME_MS_MAX + 1)},
    {full_header, SET(has_supersedes, false)},
    {example_header, SET(action, DENREI__V1__ACTION__ACTION_UPDATE)}, /* of nothing */
    {full_header, SET(action, DENREI__V1__ACTION__ACTION_NEW)},       /* with supersedes */
    {full_header, SET(supersedes.from, "us.state")},
    {full_header, SET(supersedes.id.bytes[6], 0)},
    {full_header, SET(in_reply_to.from, "x")},
    {full_header, SET(legal_basis, "Art. 18")},
    {full_header, SET(directory_version, 0)},
    {full_header, SET(roster_version, 0)},
    {full_header, SET(recipient_roster_versions, ZERO_VERSION)},
};

enum { CHANGES_COUNT = sizeof CHANGES / sizeof CHANGES[0] };

/* The bytes of any header, valid or not. */
static struct span
packed(const struct header *header)
{
    Denrei__V1__Header wire = DENREI__V1__HEADER__INIT;
    Denrei__V1__MessageRef reply = wire_put_ref(&header->in_reply_to);
    Denrei__V1__MessageRef supersedes = wire_put_ref(&header->supersedes);
    struct span bytes = {0};

    wire.suite = SUITE;
    wire.message_id = wire_put(header->id.bytes, ID_BYTES);
    wire.kind = header->kind;
    wire.action = header->action;
    wire.from = wire_put_text(header->from);
    wire.sender_credential = wire_put(header->credential.bytes, HASH_BYTES);
    wire.n_to = header->to_count;
    wire.to = (void *)header->to;
    wire.group = wire_put_text(header->group);
    wire.priority = header->priority;
    wire.tlp = header->tlp;
    wire.use_restriction = header->use_restriction;
    wire.created_at = header->created_at_ms;
    wire.deliver_until = header->deliver_until_ms;
    wire.expires_at = header->expires_at_ms;
    wire.in_reply_to = header->has_in_reply_to ? &reply : NULL;
    wire.supersedes = header->has_supersedes ? &supersedes : NULL;
    wire.thread_id = wire_put(header->thread_id.bytes, ID_BYTES);
    wire.legal_basis = wire_put_text(header->legal_basis);
    wire.directory_version = header->directory_version;
    wire.roster_version = header->roster_version;
    wire.n_recipient_roster_versions = header->to_count;
    wire.recipient_roster_versions = (void *)(uintptr_t)header->recipient_roster_versions;
    ck_assert_int_eq(wire_encode(&wire.base, arena, &bytes), ERR_OK);
    return bytes;
}

START_TEST(a_header_with_one_thing_wrong_is_refused_and_changes_nothing)
{
    struct header header = CHANGES[_i].base(), out, before;
    struct span bytes = {0};

    memcpy((uint8_t *)&header + CHANGES[_i].offset, CHANGES[_i].value, CHANGES[_i].bytes);
    memset(&out, 0x5a, sizeof out);
    before = out;
    ck_assert_int_eq(header_decode(packed(&header), arena, &out), ERR_FORMAT);
    ck_assert_mem_eq(&out, &before, sizeof out);
    ck_assert_int_eq(header_encode(&header, arena, &bytes), ERR_FORMAT);
    ck_assert_ptr_null(bytes.data);
}
END_TEST

/* Decode `bytes`, let `edit` change the wire form, encode it again. */
static struct span
edited(struct span bytes, void (*edit)(Denrei__V1__Header *wire))
{
    ProtobufCMessage *base = NULL;
    struct span out = {0};

    ck_assert_int_eq(wire_decode(&denrei__v1__header__descriptor, bytes, arena, &base), ERR_OK);
    edit((void *)base);
    ck_assert_int_eq(wire_encode(base, arena, &out), ERR_OK);
    return out;
}

static void
edit_suite(Denrei__V1__Header *wire)
{
    wire->suite = 2;
}

static void
edit_id(Denrei__V1__Header *wire)
{
    wire->message_id.len--;
}

static void
edit_credential(Denrei__V1__Header *wire)
{
    wire->sender_credential.len--;
}

static void
edit_thread(Denrei__V1__Header *wire)
{
    wire->thread_id.len = 0;
}

static void
edit_versions(Denrei__V1__Header *wire)
{
    wire->n_recipient_roster_versions--;
}

static void
edit_reference(Denrei__V1__Header *wire)
{
    wire->supersedes->message_hash.len--;
}

START_TEST(another_suite_and_wrong_lengths_are_refused)
{
    static const struct {
        void (*edit)(Denrei__V1__Header *wire);
        enum err want;
    } rows[] = {
        {edit_suite, ERR_UNKNOWN}, {edit_id, ERR_FORMAT},       {edit_credential, ERR_FORMAT},
        {edit_thread, ERR_FORMAT}, {edit_versions, ERR_FORMAT}, {edit_reference, ERR_FORMAT},
    };
    struct header header = full_header();

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span bytes = edited(encoded(&header), rows[i].edit);
        ck_assert_int_eq(header_decode(bytes, arena, &header), rows[i].want);
    }
}
END_TEST

START_TEST(a_truncated_or_altered_header_is_refused_or_is_another_valid_one)
{
    struct header header = full_header(), got;
    struct span bytes = encoded(&header), again = {0};
    uint8_t copy[1024];

    ck_assert_uint_lt(bytes.len, sizeof copy);
    for (size_t len = 0; len < bytes.len; len++)
        ck_assert_int_ne(header_decode((struct span){bytes.data, len}, arena, &got), ERR_OK);
    for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
        struct arena *scratch = NULL;
        ck_assert_int_eq(arena_new(1 << 16, &scratch), ERR_OK);
        memcpy(copy, bytes.data, bytes.len);
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (header_decode((struct span){copy, bytes.len}, scratch, &got) == ERR_OK) {
            ck_assert_int_eq(header_encode(&got, scratch, &again), ERR_OK);
            assert_span_eq(again, (struct span){copy, bytes.len});
        }
        arena_free(&scratch);
    }
}
END_TEST

START_TEST(a_full_arena_is_reported_at_every_size)
{
    struct header header = full_header(), got;
    struct span bytes = encoded(&header);
    enum err err = ERR_NOMEM;

    for (size_t size = 0; err == ERR_NOMEM; size += 16) {
        struct arena *small = NULL;
        ck_assert_uint_lt(size, 1 << 16);
        ck_assert_int_eq(arena_new(size, &small), ERR_OK);
        err = header_decode(bytes, small, &got);
        arena_free(&small);
    }
    ck_assert_int_eq(err, ERR_OK);
}
END_TEST

START_TEST(ids_of_members_and_groups_follow_their_grammar)
{
    static const struct {
        const char *text;
        bool is_member, is_group;
    } rows[] = {
        {"jp.npa", true, false},  {"a-1", true, false},     {"ab", false, false},
        {"", false, false},       {".jp", false, false},    {"jp.", false, false},
        {"-jp", false, false},    {"jp-", false, false},    {"jp npa", false, false},
        {"jp_npa", false, false}, {"JP.npa", false, false}, {"jp.\xc3\xa9x", false, false},
        {"@sltd", false, true},   {"@eu", false, true},     {"@e", false, false},
        {"@", false, false},      {"@-sltd", false, false}, {"@@sltd", false, false},
        {"s@ltd", false, false},  {"@sltd.", false, false},
    };
    char longest[MEMBER_ID_MAX + 2];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_int_eq(message_is_member_id(rows[i].text), rows[i].is_member);
        ck_assert_int_eq(message_is_group_id(rows[i].text), rows[i].is_group);
    }
    memset(longest, 'a', sizeof longest);
    longest[MEMBER_ID_MAX + 1] = '\0';
    ck_assert(!message_is_member_id(longest));
    longest[MEMBER_ID_MAX] = '\0';
    ck_assert(message_is_member_id(longest));
}
END_TEST

START_TEST(a_header_tells_its_recipients_and_how_long_its_body_is_kept)
{
    struct header header = example_header();

    ck_assert_uint_eq(header_find_recipient(&header, "jp.mofa"), 0);
    ck_assert_uint_eq(header_find_recipient(&header, "th.dsi"), 2);
    ck_assert_uint_eq(header_find_recipient(&header, "jp.npa"), 3); /* the sender is none */
    ck_assert(header_is_to(&header, "kr.police"));
    ck_assert(!header_is_to(&header, "kr.polic"));
    ck_assert_uint_eq(header_keep_until_ms(&header), header.deliver_until_ms);
    header.expires_at_ms = header.deliver_until_ms - 1;
    ck_assert_uint_eq(header_keep_until_ms(&header), header.expires_at_ms);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("message");
    TCase *tcase = tcase_create("message");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, example_setup, example_teardown);
    tcase_add_test(tcase, a_header_survives_encoding);
    tcase_add_test(tcase, the_largest_header_and_seal_fit_their_bounds_and_an_entry);
    tcase_add_loop_test(tcase, a_header_with_one_thing_wrong_is_refused_and_changes_nothing, 0,
                        CHANGES_COUNT);
    tcase_add_test(tcase, another_suite_and_wrong_lengths_are_refused);
    tcase_add_test(tcase, a_truncated_or_altered_header_is_refused_or_is_another_valid_one);
    tcase_add_test(tcase, a_full_arena_is_reported_at_every_size);
    tcase_add_test(tcase, ids_of_members_and_groups_follow_their_grammar);
    tcase_add_test(tcase, a_header_tells_its_recipients_and_how_long_its_body_is_kept);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
