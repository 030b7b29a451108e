/* Documents as people read them.  All text in them is a peer's, so it goes through term_put. */
#include "keys/io/tool.h"
#include "keys/public_text.h"
#include "proto/io/term.h"
#include "proto/time_text.h"

#include <inttypes.h>
#include <string.h>

static void
put_text(const char *text)
{
    term_put(stdout, (struct span){(const uint8_t *)text, strlen(text)});
}

static void
heading(const char *text)
{
    term_style(stdout, TERM_BOLD);
    fputs(text, stdout);
    term_style(stdout, TERM_PLAIN);
    putchar('\n');
}

/* "  first, second" of texts in an array. */
static void
put_list(const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fputs(i > 0 ? ", " : "", stdout);
        put_text(texts[i]);
    }
}

static void
put_key(const char *label, Denrei__V1__KeyUse use, const struct public_key *key)
{
    char text[PUBLIC_BASE64_BYTES + PUBLIC_FINGERPRINT_BYTES + 8];

    snprintf(text, sizeof text, "%s  %s", public_text_base64(key).text,
             public_text_fingerprint(use, key).text);
    tool_put_field(label, text);
}

static void
put_hash(const char *label, const struct hash *hash)
{
    tool_put_field(label, tool_hex(hash).text);
}

static void
put_number(const char *label, uint64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, number);
    tool_put_field(label, text);
}

/* ---- directory */

static void
print_members(const struct directory *directory)
{
    static const struct term_column COLUMNS[] = {
        {.title = "member"},
        {.title = "name", .may_wrap = true},
        {.title = "roles", .may_wrap = true},
        {.title = "sends", .may_wrap = true},
        {.title = "receives", .may_wrap = true},
        {.title = "issues", .may_wrap = true},
    };
    struct term_table *table = NULL;

    if (term_table_new(stdout, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0], &table) != ERR_OK)
        return;
    for (size_t i = 0; i < directory->members_count; i++) {
        const struct member *member = &directory->members[i];
        struct tool_words roles = tool_role_words(member->roles, member->roles_count);
        struct tool_words sends = tool_kind_words(member->may_send);
        struct tool_words receives = tool_kind_words(member->may_receive);
        char issues[256] = "";
        for (size_t k = 0; k < member->issuing_states_count; k++) {
            size_t len = strlen(issues);
            snprintf(issues + len, sizeof issues - len, "%s%s", k > 0 ? ", " : "",
                     member->issuing_states[k]);
        }
        const char *cells[] = {member->id, member->name,  roles.text,
                               sends.text, receives.text, issues};
        if (term_table_add(table, cells) != ERR_OK)
            break;
    }
    if (term_table_print(table) != ERR_OK)
        fputs("  (no memory for the table)\n", stdout);
    term_table_free(&table);
}

static void
print_groups(const struct directory *directory)
{
    for (size_t i = 0; i < directory->groups_count; i++) {
        printf("  %-12s ", directory->groups[i].id);
        put_list(directory->groups[i].members, directory->groups[i].members_count);
        putchar('\n');
    }
    for (size_t i = 0; i < directory->legal_bases_count; i++) {
        const struct legal_basis *basis = &directory->legal_bases[i];
        printf("  %s: ", basis->id);
        put_text(basis->title);
        printf(" (%s) between ", tool_kind_words(basis->kinds).text);
        put_list(basis->members, basis->members_count);
        putchar('\n');
    }
}

static void
print_infrastructure(const struct directory *directory)
{
    heading("Log, relays, witnesses");
    tool_put_field("origin", directory->log_origin);
    put_key("log", DENREI__V1__KEY_USE__KEY_USE_LOG, &directory->log_key);
    for (size_t i = 0; i < directory->relays_count; i++) {
        tool_put_field("relay", directory->relays[i].endpoint);
        put_key("  transport", DENREI__V1__KEY_USE__KEY_USE_TRANSPORT,
                &directory->relays[i].transport_key);
        put_key("  relay key", DENREI__V1__KEY_USE__KEY_USE_RELAY, &directory->relays[i].relay_key);
    }
    for (size_t i = 0; i < directory->witnesses_count; i++) {
        tool_put_field("witness", directory->witnesses[i].name);
        put_key("  key", DENREI__V1__KEY_USE__KEY_USE_WITNESS, &directory->witnesses[i].key);
    }
    put_number("quorum", directory->witness_quorum);
    for (size_t i = 0; i < directory->voided_keys_count; i++)
        put_key("VOIDED", DENREI__V1__KEY_USE__KEY_USE_AUTHORITY, &directory->voided_keys[i]);
}

void
tool_print_directory(const struct directory *directory, const struct hash *hash)
{
    heading("Directory");
    tool_put_field("name", directory->federation_name);
    put_number("version", directory->version);
    if (hash != NULL)
        put_hash("hash", hash);
    if (directory->has_previous)
        put_hash("previous", &directory->previous);
    tool_put_time("valid from", directory->not_before_ms);
    tool_put_time("until", directory->expires_ms);
    printf("  %-12s %" PRIu32 " of %zu root holders must sign\n", "threshold",
           directory->root_threshold, directory->roots_count);
    for (size_t i = 0; i < directory->roots_count; i++) {
        tool_put_field("root", directory->roots[i].holder);
        put_key("  key", DENREI__V1__KEY_USE__KEY_USE_ROOT, &directory->roots[i].key);
    }
    heading("Members");
    print_members(directory);
    if (directory->groups_count + directory->legal_bases_count > 0)
        heading("Groups and legal bases");
    print_groups(directory);
    print_infrastructure(directory);
}

/* ---- roster and credential */

void
tool_print_credential(const struct credential *credential, bool verified)
{
    char id[MEMBER_ID_MAX + LOCAL_ID_MAX + 2];

    snprintf(id, sizeof id, "%s/%s", credential->member, credential->local_id);
    heading("Credential");
    tool_put_field("of", id);
    tool_put_field("purpose", tool_purpose_word(credential->purpose));
    tool_put_field("may send", tool_kind_words(credential->kinds).text);
    tool_put_time("valid from", credential->not_before_ms);
    tool_put_time("until", credential->not_after_ms);
    put_key("signing", DENREI__V1__KEY_USE__KEY_USE_SIGNING, &credential->signing_key);
    put_key("encryption", DENREI__V1__KEY_USE__KEY_USE_ENCRYPTION, &credential->encryption_key);
    put_key("transport", DENREI__V1__KEY_USE__KEY_USE_TRANSPORT, &credential->transport_key);
    if (verified)
        put_hash("hash", &credential->hash);
}

static void
print_credentials(const struct roster *roster, const struct hash *hash)
{
    static const struct term_column COLUMNS[] = {
        {.title = "id"},    {.title = "purpose"}, {.title = "may send", .may_wrap = true},
        {.title = "until"}, {.title = "hash"},
    };
    struct term_table *table = NULL;

    if (term_table_new(stdout, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0], &table) != ERR_OK)
        return;
    for (size_t i = 0; i < roster->credentials_count; i++) {
        const struct credential *credential = &roster->credentials[i];
        struct tool_words kinds = tool_kind_words(credential->kinds);
        struct time_text until = time_text_utc(credential->not_after_ms);
        struct tool_hex hex = tool_hex(&credential->hash);
        const char *cells[] = {credential->local_id, tool_purpose_word(credential->purpose),
                               kinds.text, until.text, hex.text};
        hex.text[hash == NULL ? 0 : 16] = '\0';
        if (term_table_add(table, cells) != ERR_OK)
            break;
    }
    if (term_table_print(table) != ERR_OK)
        fputs("  (no memory for the table)\n", stdout);
    term_table_free(&table);
}

void
tool_print_roster(const struct roster *roster, const struct hash *hash)
{
    heading("Roster");
    tool_put_field("member", roster->member);
    put_number("version", roster->version);
    if (hash != NULL)
        put_hash("hash", hash);
    if (hash != NULL && roster->has_previous)
        put_hash("previous", &roster->previous);
    tool_put_time("issued", roster->issued_ms);
    tool_put_time("until", roster->expires_ms);
    heading("Credentials");
    print_credentials(roster, hash);
    if (hash == NULL)
        return; /* only its head and credentials were decoded */
    heading("Mailbox keys");
    for (size_t i = 0; i < roster->mailboxes_count; i++) {
        const struct mailbox_key *mailbox = &roster->mailboxes[i];
        char text[128];
        char holders[48] = "held by no credential";
        if (mailbox->secrets_count > 0)
            snprintf(holders, sizeof holders, "for %zu credential%s", mailbox->secrets_count,
                     mailbox->secrets_count == 1 ? "" : "s");
        snprintf(text, sizeof text, "%s, %s%s", public_text_base64(&mailbox->public_key).text,
                 holders, i == 0 ? ", current" : "");
        char label[16];
        snprintf(label, sizeof label, "%" PRIu32, mailbox->generation);
        tool_put_field(label, text);
    }
    for (size_t i = 0; i < roster->suspects_count; i++) {
        char text[TOOL_HEX_BYTES + 48];
        snprintf(text, sizeof text, "%s since leaf %" PRIu64,
                 tool_hex(&roster->suspects[i].credential).text, roster->suspects[i].since_leaf);
        tool_put_field("SUSPECT", text);
    }
}
