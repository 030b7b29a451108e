/*
 * Goal: a message with attachments is accepted only with all of them; uploads are bounded by their
 * member's quota; what is erased is gone, and what is left over is found.
 * Method: the machine with a signed message that names an attachment, and the keeper of files over
 * a folder of its own.
 */
#include "relay/io/chunks.h"
#include "tests/unit/relay/rig.h"

#include "proto/attachment.h"
#include "proto/io/chunk_file.h"
#include "proto/io/disk.h"
#include "proto/message_id.h"

#include <unistd.h>

static struct rig *rig;
static struct chunks *chunks;
static struct queue *done;
static char dir[] = "/tmp/denrei-chunks-XXXXXX";
static struct attachment attachment;
static struct chunks_name name;
static uint64_t plenty;

static void
set_up(void)
{
    const struct chunks_settings settings = {.dir = dir, .quota_bytes = 3 << 20};

    plenty = UINT64_MAX;
    rig = rig_new(0);
    strcpy(dir + strlen(dir) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    attachment.bytes = attachment_sealed_bytes(1000000);
    memset(attachment.hash.bytes, 7, HASH_BYTES);
    name = (struct chunks_name){.member = "aa.send", .id = message_id_new(1), .index = 0};
    ck_assert_int_eq(queue_new(8, QUEUE_WAITED, &done), ERR_OK);
    ck_assert_int_eq(chunks_new(&settings, done, &chunks), ERR_OK);
}

static void
tear_down(void)
{
    char command[64];

    chunks_free(&chunks);
    queue_free(&done);
    rig_free(&rig);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
}

/* ---- the machine */

static struct rig_answer
submit(bool is_attached, Denrei__V1__Action action)
{
    struct header header = rig_header(rig);
    const struct relay_caller caller = rig_caller(rig, rig->sender, 0);
    struct relay_event event = {.type = RELAY_MESSAGE, .caller = &caller};
    struct checked_message checked;
    struct envelope envelope;
    struct public_key key;
    struct span bytes;

    if (action == DENREI__V1__ACTION__ACTION_WITHDRAW) {
        header.action = action;
        header.priority = DENREI__V1__PRIORITY__PRIORITY_FLASH;
        header.has_supersedes = true;
        header.supersedes = rig_newest(rig);
    }
    const struct roster *roster =
        trust_roster(relay_trust(rig->relay), rig->receiver->id, TRUST_UNLOGGED);
    key = roster->mailboxes[0].public_key;
    ck_assert_int_eq(header_encode(&header, rig->keep, &bytes), ERR_OK);
    ck_assert_int_eq(envelope_seal_attached(&rig->fed->federation, bytes, (struct span){NULL, 0},
                                            &attachment, 1, &key, 1, rig->keep, &envelope),
                     ERR_OK);
    envelope_sign(&rig->fed->federation, identity_secret(rig->sender->credentials[0].signing),
                  &envelope, 1);
    rig_verify(rig, &envelope, &checked);
    ck_assert_int_eq(checked.code, REFUSAL_NONE);
    event.message.checked = &checked;
    event.message.is_attached = is_attached;
    if (header.has_supersedes)
        event.message.supersedes = rig_known(rig, header.supersedes.from, &header.supersedes.id);
    return rig_step(rig, &event);
}

START_TEST(a_message_is_accepted_only_with_its_attachments)
{
    const size_t entries = rig->entries_count;

    ck_assert_int_eq(submit(false, DENREI__V1__ACTION__ACTION_NEW).code, REFUSAL_ATTACHMENT);
    ck_assert_uint_eq(rig->entries_count, entries); /* it is no fault that the log should keep */
    ck_assert_uint_eq(rig->messages_count, 0);
    ck_assert_int_eq(submit(true, DENREI__V1__ACTION__ACTION_NEW).code, REFUSAL_NONE);
    ck_assert_uint_eq(rig->messages_count, 1);
    /* A withdrawal has nothing to attach. */
    ck_assert_int_eq(submit(true, DENREI__V1__ACTION__ACTION_WITHDRAW).code, REFUSAL_MALFORMED);
}
END_TEST

/* ---- the files */

static void
path_of(const struct chunks_name *of, char out[DISK_PATH_BYTES])
{
    char hex[2 * ID_BYTES + 1];

    sodium_bin2hex(hex, sizeof hex, of->id.bytes, ID_BYTES);
    snprintf(out, DISK_PATH_BYTES, "%s/" CHUNKS_DIR "/%s_%s_%02u", dir, of->member, hex,
             (unsigned)of->index);
}

static void
make_file(const struct chunks_name *of)
{
    static struct chunk_file file;
    char path[DISK_PATH_BYTES];

    path_of(of, path);
    ck_assert_int_eq(chunk_file_create(path, &attachment, &file), ERR_OK);
    chunk_file_close(&file);
}

START_TEST(a_members_uploads_are_bounded_and_others_are_not)
{
    struct chunks_name other = name;
    struct attachment second = attachment;
    uint64_t enough = attachment.bytes, short_of = attachment.bytes - 1;

    ck_assert_int_eq(chunks_admit(chunks, &name, &attachment, &plenty), REFUSAL_NONE);
    ck_assert_int_eq(chunks_admit(chunks, &name, &attachment, &plenty), REFUSAL_NONE);
    ck_assert_uint_eq(chunks_count(chunks).bytes, attachment.bytes);
    for (other.index = 1; other.index < 3; other.index++)
        ck_assert_int_eq(chunks_admit(chunks, &other, &attachment, &plenty), REFUSAL_NONE);
    ck_assert_int_eq(chunks_admit(chunks, &other, &attachment, &plenty), REFUSAL_QUOTA);
    /* Another file in the place of one takes the place of its bytes. */
    second.hash.bytes[0] ^= 1;
    ck_assert_int_eq(chunks_admit(chunks, &name, &second, &plenty), REFUSAL_NONE);
    ck_assert_uint_eq(chunks_count(chunks).uploads, 3);
    strcpy(other.member, "bb.receive");
    ck_assert_int_eq(chunks_admit(chunks, &other, &attachment, &short_of), REFUSAL_NO_SPACE);
    ck_assert_uint_eq(short_of, attachment.bytes - 1);
    ck_assert_int_eq(chunks_admit(chunks, &other, &attachment, &enough), REFUSAL_NONE);
    ck_assert_int_eq(chunks_admit(chunks, &other, &attachment, &enough), REFUSAL_NONE);
    /* What is promised to one upload is not there for the next. */
    ck_assert_uint_eq(enough, 0);
    other.index++;
    ck_assert_int_eq(chunks_admit(chunks, &other, &attachment, &enough), REFUSAL_NO_SPACE);
    /* What has become a message's counts no more. */
    chunks_keep(chunks, &name);
    strcpy(other.member, name.member);
    ck_assert_int_eq(chunks_admit(chunks, &other, &attachment, &plenty), REFUSAL_NONE);
    ck_assert(!chunks_is_whole(chunks, &other, &attachment));
}
END_TEST

START_TEST(a_member_cannot_take_all_the_places_for_uploads)
{
    const struct attachment small = {.bytes = attachment_sealed_bytes(1)};

    for (uint8_t i = 0; i < CHUNKS_UPLOADS_EACH_MAX; i++) {
        name.id.bytes[0] = i;
        ck_assert_int_eq(chunks_admit(chunks, &name, &small, &plenty), REFUSAL_NONE);
    }
    ck_assert_int_eq(chunks_admit(chunks, &name, &attachment, &plenty), REFUSAL_NONE);
    name.id.bytes[0]++;
    ck_assert_int_eq(chunks_admit(chunks, &name, &small, &plenty), REFUSAL_QUOTA);
    strcpy(name.member, "bb.receive");
    ck_assert_int_eq(chunks_admit(chunks, &name, &small, &plenty), REFUSAL_NONE);
}
END_TEST

/* What the thread answers to chunk 0, `data`, of `of`: a refusal's code, or REFUSAL_NONE. */
static uint32_t
put_first(const struct chunks_name *to, const struct attachment *of, struct span data)
{
    Denrei__V1__PutChunkCall call = DENREI__V1__PUT_CHUNK_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    struct work work = {.type = WORK_REQUEST, .request = &request, .request_id = 1};
    Denrei__V1__Reply *reply = NULL;
    void *item = NULL;

    call.message_id = wire_put(to->id.bytes, ID_BYTES);
    call.attachment = to->index;
    call.bytes = of->bytes;
    call.hash = wire_put(of->hash.bytes, HASH_BYTES);
    call.data = wire_put(data.data, data.len);
    request.call_case = DENREI__V1__REQUEST__CALL_PUT_CHUNK;
    request.put_chunk = &call;
    work.chunk_leaf = merkle_leaf_hash(data);
    work.chunk_name = *to;
    chunks_push(chunks, &work);
    ck_assert_uint_eq(queue_wait(done, &item, 1), 1);
    ck_assert_ptr_eq(item, &work);
    ck_assert_int_eq(
        frame_decode_reply((struct span){work.reply->bytes, work.reply->len}, rig->keep, &reply),
        ERR_OK);
    work_reply_free(work.reply);
    return reply->answer_case == DENREI__V1__REPLY__ANSWER_ERROR ? reply->error->code
                                                                 : REFUSAL_NONE;
}

START_TEST(a_chunk_of_another_attachment_than_stands_in_its_place_is_refused)
{
    static uint8_t data[ATTACHMENT_SEALED_MAX];
    const struct span chunk = {data, attachment_chunk_len(attachment.bytes, 0)};
    struct attachment other = attachment;
    char path[DISK_PATH_BYTES];

    attachment.hash = merkle_leaf_hash(chunk); /* one chunk: its leaf is the root */
    other.hash.bytes[0] ^= 1;
    ck_assert_int_eq(chunks_admit(chunks, &name, &attachment, &plenty), REFUSAL_NONE);
    ck_assert_int_eq(chunks_admit(chunks, &name, &other, &plenty), REFUSAL_NONE);
    ck_assert_uint_eq(put_first(&name, &attachment, chunk), REFUSAL_CONFLICT);
    other.bytes = attachment_sealed_bytes(10);
    ck_assert_int_eq(chunks_admit(chunks, &name, &other, &plenty), REFUSAL_NONE);
    ck_assert_uint_eq(put_first(&name, &attachment, chunk), REFUSAL_CONFLICT);
    /* A chunk of another length, or one that is not of the root, ends neither relay nor check. */
    ck_assert_uint_eq(put_first(&name, &other, chunk), REFUSAL_MALFORMED);
    ck_assert_uint_eq(put_first(&name, &other, (struct span){data, other.bytes}),
                      REFUSAL_ATTACHMENT);
    ck_assert(!chunks_is_whole(chunks, &name, &other));
    path_of(&name, path);
    ck_assert_int_eq(access(path, F_OK), -1);
    ck_assert_uint_eq(chunks_count(chunks).uploads, 0);
    ck_assert_int_eq(chunks_admit(chunks, &name, &attachment, &plenty), REFUSAL_NONE);
    ck_assert_uint_eq(put_first(&name, &attachment, chunk), REFUSAL_NONE);
    ck_assert(chunks_is_whole(chunks, &name, &attachment));
}
END_TEST

START_TEST(an_upload_whose_file_cannot_be_made_takes_no_place)
{
    static uint8_t data[ATTACHMENT_SEALED_MAX];
    const struct chunks_settings settings = {
        .dir = dir, .quota_bytes = 3 << 20, .reserve_bytes = UINT64_MAX};

    chunks_free(&chunks);
    ck_assert_int_eq(chunks_new(&settings, done, &chunks), ERR_OK);
    ck_assert_int_eq(chunks_admit(chunks, &name, &attachment, &plenty), REFUSAL_NONE);
    ck_assert_uint_eq(chunks_count(chunks).uploads, 1);
    ck_assert_uint_eq(put_first(&name, &attachment, (struct span){data, 1}), REFUSAL_NO_SPACE);
    ck_assert_uint_eq(chunks_count(chunks).uploads, 0);
}
END_TEST

START_TEST(files_are_found_adopted_and_erased)
{
    struct chunks_name found;
    uint64_t modified_ms = 0;
    char path[DISK_PATH_BYTES];

    name.index = ATTACHMENTS_MAX - 1;
    make_file(&name);
    snprintf(path, sizeof path, "touch %s/" CHUNKS_DIR "/a_file_of_another", dir);
    ck_assert_int_eq(system(path), 0);
    ck_assert(chunks_next(chunks, &found, &modified_ms));
    ck_assert_str_eq(found.member, name.member);
    ck_assert_mem_eq(found.id.bytes, name.id.bytes, ID_BYTES);
    ck_assert_uint_eq(found.index, name.index);
    ck_assert_uint_gt(modified_ms, 0);
    ck_assert(!chunks_next(chunks, &found, &modified_ms));
    ck_assert(chunks_next(chunks, &found, &modified_ms)); /* over and over */
    chunks_adopt(chunks, &name);
    chunks_adopt(chunks, &name);
    ck_assert_uint_eq(chunks_count(chunks).uploads, 1);
    ck_assert_uint_eq(chunks_count(chunks).bytes, attachment.bytes);
    chunks_erase(chunks, &name);
    path_of(&name, path);
    ck_assert_int_eq(access(path, F_OK), -1);
    ck_assert_uint_eq(chunks_count(chunks).uploads, 0);
    chunks_erase(chunks, &name); /* twice does no harm */
}
END_TEST

/* ---- the check */

static uint32_t wrong_attachment, wrong_chunk, wrongs;

static void
tell(void *context, uint32_t attachment_number, uint32_t chunk)
{
    (void)context;
    wrong_attachment = attachment_number;
    wrong_chunk = chunk;
    wrongs++;
}

START_TEST(the_check_names_what_is_missing_or_damaged)
{
    static uint8_t data[ATTACHMENT_SEALED_MAX];
    static struct chunk_file file;
    const struct seal seal = {.attachments = &attachment, .attachments_count = 1};
    const struct span chunk = {data, attachment_chunk_len(attachment.bytes, 0)};
    const struct hash leaf = merkle_leaf_hash(chunk);
    char path[DISK_PATH_BYTES];

    ck_assert_int_eq(chunks_check(dir, name.member, &name.id, &seal, tell, NULL), ERR_OK);
    ck_assert_uint_eq(wrongs, 1);
    ck_assert_uint_eq(wrong_attachment, 1);
    ck_assert_uint_eq(wrong_chunk, 0);
    attachment.hash = leaf; /* one chunk: its leaf is the root */
    make_file(&name);
    path_of(&name, path);
    ck_assert_int_eq(chunk_file_open(path, true, &file), ERR_OK);
    ck_assert_int_eq(chunk_file_put(&file, 0, chunk, &leaf), ERR_OK);
    ck_assert_int_eq(chunks_check(dir, name.member, &name.id, &seal, tell, NULL), ERR_OK);
    ck_assert_uint_eq(wrongs, 1);
    data[5] ^= 1;
    ck_assert_int_eq(chunk_file_put(&file, 0, chunk, &leaf), ERR_OK);
    chunk_file_close(&file);
    ck_assert_int_eq(chunks_check(dir, name.member, &name.id, &seal, tell, NULL), ERR_OK);
    ck_assert_uint_eq(wrongs, 2);
    ck_assert_uint_eq(wrong_chunk, 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("chunks");
    TCase *tcase = tcase_create("chunks");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_message_is_accepted_only_with_its_attachments);
    tcase_add_test(tcase, a_members_uploads_are_bounded_and_others_are_not);
    tcase_add_test(tcase, a_member_cannot_take_all_the_places_for_uploads);
    tcase_add_test(tcase, a_chunk_of_another_attachment_than_stands_in_its_place_is_refused);
    tcase_add_test(tcase, an_upload_whose_file_cannot_be_made_takes_no_place);
    tcase_add_test(tcase, files_are_found_adopted_and_erased);
    tcase_add_test(tcase, the_check_names_what_is_missing_or_damaged);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
