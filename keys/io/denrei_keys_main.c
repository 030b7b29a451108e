/* denrei-keys: create, certify, rotate and revoke keys; make and sign the directory. */
#include "keys/io/tool.h"
#include "proto/io/exit.h"
#include "proto/io/harden.h"
#include "proto/io/report.h"
#include "proto/io/term.h"

#define AT(field)    offsetof(struct tool_options, field)
#define COUNT(array) (sizeof(array) / sizeof *(array))

#define OPTION_OUT                                                                                 \
    {                                                                                              \
        "out", 'o', ARGS_STRING, AT(out), "FILE", "write to FILE", true                            \
    }
#define OPTION_PASSPHRASE_FD                                                                       \
    {                                                                                              \
        "passphrase-fd", 0, ARGS_FD, AT(passphrase_fd), "FD",                                      \
            "read the passphrase's line from descriptor FD", false                                 \
    }
#define OPTION_NO_PASSPHRASE                                                                       \
    {                                                                                              \
        "no-passphrase", 0, ARGS_FLAG, AT(no_passphrase), NULL,                                    \
            "protect the key file by its mode alone", false                                        \
    }
#define OPTION_MEMBER                                                                              \
    {                                                                                              \
        "member", 'm', ARGS_STRING, AT(member), "ID", "member of the directory: jp.mofa", true     \
    }
#define OPTION_FEDERATION(is_required)                                                             \
    {                                                                                              \
        "federation", 'f', ARGS_STRING, AT(federation), "FILE",                                    \
            "the federation's first directory, or a bundle", is_required                           \
    }
#define OPTION_DIRECTORY                                                                           \
    {                                                                                              \
        "directory", 'd', ARGS_LIST, AT(directories), "FILE",                                      \
            "directory, each version from the first on; or a bundle", true                         \
    }
#define OPTION_AUTHORITY                                                                           \
    {                                                                                              \
        "authority", 'a', ARGS_STRING, AT(authority), "FILE", "the authority's key file", true     \
    }
#define OPTION_PREVIOUS(help_text, is_required)                                                    \
    {                                                                                              \
        "previous", 'p', ARGS_STRING, AT(previous), "FILE", help_text, is_required                 \
    }
#define OPTION_DAYS                                                                                \
    {                                                                                              \
        "days", 0, ARGS_U64, AT(days), "N", "valid for N days (1 to 7; without this: 7)", false    \
    }

static const struct args_option COMMON[] = {
    {"json", 0, ARGS_FLAG, AT(json), NULL, "print JSON, errors too", false},
};

static const struct args_option ROOT_NEW[] = {
    {"holder", 0, ARGS_STRING, AT(holder), "NAME", "who holds it", true},
    OPTION_OUT,
    OPTION_PASSPHRASE_FD,
    OPTION_NO_PASSPHRASE,
};

static const struct args_option MEMBER_NEW[] = {
    OPTION_MEMBER,
    OPTION_OUT,
    OPTION_PASSPHRASE_FD,
    OPTION_NO_PASSPHRASE,
};

static const struct args_option RELAY_NEW[] = {
    OPTION_OUT,
    OPTION_PASSPHRASE_FD,
    OPTION_NO_PASSPHRASE,
};

static const struct args_option PUBLIC[] = {
    {"out", 'o', ARGS_STRING, AT(out), "FILE", "write to FILE, not to standard output", false},
    OPTION_PASSPHRASE_FD,
};

static const struct args_option DIRECTORY_DRAFT[] = {
    OPTION_OUT,
    OPTION_PREVIOUS("the version before; without it, this is the first", false),
    OPTION_FEDERATION(false),
};

static const struct args_option DIRECTORY_SIGN[] = {
    {"key", 'k', ARGS_STRING, AT(key), "FILE", "key file of one root key holder", true},
    OPTION_FEDERATION(false),
    OPTION_PASSPHRASE_FD,
};

static const struct args_option DIRECTORY_SHOW[] = {
    OPTION_FEDERATION(false),
};

static const struct args_option REQUEST_NEW[] = {
    OPTION_MEMBER,
    {"id", 0, ARGS_STRING, AT(id), "ID", "its name in the member: o17", true},
    {"purpose", 0, ARGS_STRING, AT(purpose), "PURPOSE", "officer, node, auditor or operator", true},
    {"kinds", 0, ARGS_LIST, AT(kinds), "KIND,...", "kinds of message that it may send", false},
    {"valid-days", 0, ARGS_U64, AT(valid_days), "N", "valid for N days (without this: 365)", false},
    OPTION_FEDERATION(true),
    {"out-key", 0, ARGS_STRING, AT(out_key), "FILE", "write the secret key file to FILE", true},
    {"out-request", 0, ARGS_STRING, AT(out_request), "FILE", "write the request to FILE", true},
    {"witness", 0, ARGS_FLAG, AT(witness), NULL, "make a witness key in the same file", false},
    OPTION_PASSPHRASE_FD,
    OPTION_NO_PASSPHRASE,
};

static const struct args_option REQUEST_SHOW[] = {
    OPTION_FEDERATION(true),
};

static const struct args_option ROSTER_ISSUE[] = {
    OPTION_MEMBER,
    OPTION_AUTHORITY,
    OPTION_DIRECTORY,
    {"add", 0, ARGS_LIST, AT(add), "FILE", "request to be certified", false},
    OPTION_PREVIOUS("the roster before; without it, this is the first", false),
    OPTION_DAYS,
    OPTION_OUT,
    OPTION_PASSPHRASE_FD,
};

static const struct args_option ROSTER_NEXT[] = {
    OPTION_PREVIOUS("the roster before", true),
    OPTION_AUTHORITY,
    OPTION_DIRECTORY,
    OPTION_DAYS,
    {"out", 'o', ARGS_STRING, AT(out), "FILE", "write to FILE; the one before may be replaced",
     true},
    OPTION_PASSPHRASE_FD,
};

static const struct args_option ROSTER_REVOKE[] = {
    OPTION_PREVIOUS("the roster before", true),
    OPTION_AUTHORITY,
    OPTION_DIRECTORY,
    {"suspect-since", 0, ARGS_U64, AT(suspect_since), "LEAF",
     "it was in wrong hands since LEAF of the log", false},
    OPTION_DAYS,
    {"out", 'o', ARGS_STRING, AT(out), "FILE", "write to FILE; the one before may be replaced",
     true},
    OPTION_PASSPHRASE_FD,
};

static const struct args_option ROSTER_SHOW[] = {
    OPTION_DIRECTORY,
    OPTION_PREVIOUS("the roster before, that it must follow", false),
};

static const struct args_option BUNDLE_MAKE[] = {
    OPTION_DIRECTORY,
    {"roster", 'r', ARGS_LIST, AT(rosters), "FILE", "newest roster of a member", false},
    OPTION_OUT,
};

static const struct args_option VKEY[] = {
    OPTION_DIRECTORY,
};

#define SIGNED_ONE "denrei-keys directory sign root.dir --key sato.key\n"
#define NEXT_ROSTER                                                                                \
    " --previous mofa.roster --authority mofa.key --directory root.dir --out mofa.roster\n"

static const struct args_command COMMANDS[] = {
    {"root new", "", "make a root key holder's key",
     "denrei-keys root new --holder Sato "
     "--out sato.key > sato.pub\n",
     NULL, ROOT_NEW, COUNT(ROOT_NEW), 0, 0, tool_root_new},
    {"authority new", "", "make a member's authority key and mailbox seed",
     "denrei-keys authority new --member jp.mofa --out mofa.key > mofa.pub\n", NULL, MEMBER_NEW,
     COUNT(MEMBER_NEW), 0, 0, tool_authority_new},
    {"relay new", "", "make a relay's keys: transport, relay, log",
     "denrei-keys relay new --out relay.key --no-passphrase > relay.pub\n", NULL, RELAY_NEW,
     COUNT(RELAY_NEW), 0, 0, tool_relay_new},
    {"witness new", "", "make a member's witness key",
     "denrei-keys witness new --member kr.moj --out witness.key > witness.pub\n", NULL, MEMBER_NEW,
     COUNT(MEMBER_NEW), 0, 0, tool_witness_new},
    {"public", "FILE", "print a key file's public keys", "denrei-keys public mofa.key\n", NULL,
     PUBLIC, COUNT(PUBLIC), 1, 1, tool_public},
    {"directory draft", "FILE.json", "make a directory, unsigned, from a readable description",
     "denrei-keys directory draft federation.json --out root.dir\n"
     "denrei-keys directory draft federation.json --previous root.dir --out second.dir\n",
     "The description is JSON with the names of the Directory message.  A key is base64 or the "
     "path of a file of public keys, as seen from the description.  valid_days stands for "
     "not_before and expires, which may be RFC 3339 texts.",
     DIRECTORY_DRAFT, COUNT(DIRECTORY_DRAFT), 1, 1, tool_directory_draft},
    {"directory sign", "FILE", "add one root key holder's signature", SIGNED_ONE, NULL,
     DIRECTORY_SIGN, COUNT(DIRECTORY_SIGN), 1, 1, tool_directory_sign},
    {"directory show", "FILE", "print a directory", "denrei-keys directory show root.dir\n", NULL,
     DIRECTORY_SHOW, COUNT(DIRECTORY_SHOW), 1, 1, tool_directory_show},
    {"directory check", "FILE...", "check every version, first to last: signatures, order, dates",
     "denrei-keys directory check root.dir second.dir\n", NULL, NULL, 0, 1, ARGS_LIST_MAX,
     tool_directory_check},
    {"directory compare", "OLD NEW", "say what changed",
     "denrei-keys directory compare root.dir second.dir\n", NULL, NULL, 0, 2, 2,
     tool_directory_compare},
    {"request new", "", "make a credential's keys and its request, on the holder's machine",
     "denrei-keys request new --member jp.mofa --id o17 --purpose officer --kinds lost-passport "
     "--federation root.dir --out-key o17.key --out-request o17.request\n",
     NULL, REQUEST_NEW, COUNT(REQUEST_NEW), 0, 0, tool_request_new},
    {"request show", "FILE", "print a request",
     "denrei-keys request show o17.request --federation root.dir\n", NULL, REQUEST_SHOW,
     COUNT(REQUEST_SHOW), 1, 1, tool_request_show},
    {"request check", "FILE", "check a request before it is certified",
     "denrei-keys request check o17.request --federation root.dir\n", NULL, REQUEST_SHOW,
     COUNT(REQUEST_SHOW), 1, 1, tool_request_check},
    {"roster issue", "", "make a member's roster",
     "denrei-keys roster issue --member jp.mofa --authority mofa.key --directory root.dir "
     "--add o17.request --out mofa.roster\n",
     NULL, ROSTER_ISSUE, COUNT(ROSTER_ISSUE), 0, 0, tool_roster_issue},
    {"roster renew", "", "make the next roster, unchanged", "denrei-keys roster renew" NEXT_ROSTER,
     NULL, ROSTER_NEXT, COUNT(ROSTER_NEXT), 0, 0, tool_roster_renew},
    {"roster add", "REQUEST...", "make the next roster with more credentials",
     "denrei-keys roster add n1.request" NEXT_ROSTER, NULL, ROSTER_NEXT, COUNT(ROSTER_NEXT), 1,
     ARGS_LIST_MAX, tool_roster_add},
    {"roster revoke", "ID", "make the next roster without a credential, with a new mailbox key",
     "denrei-keys roster revoke o17 --suspect-since 1042" NEXT_ROSTER, NULL, ROSTER_REVOKE,
     COUNT(ROSTER_REVOKE), 1, 1, tool_roster_revoke},
    {"roster rotate", "", "make the next roster with a new mailbox key",
     "denrei-keys roster rotate" NEXT_ROSTER, NULL, ROSTER_NEXT, COUNT(ROSTER_NEXT), 0, 0,
     tool_roster_rotate},
    {"roster show", "FILE", "print a roster",
     "denrei-keys roster show mofa.roster --directory root.dir\n", NULL, ROSTER_SHOW,
     COUNT(ROSTER_SHOW), 1, 1, tool_roster_show},
    {"roster check", "FILE", "check a roster: signature, order, dates",
     "denrei-keys roster check mofa.roster --directory root.dir\n", NULL, ROSTER_SHOW,
     COUNT(ROSTER_SHOW), 1, 1, tool_roster_check},
    {"bundle make", "", "make an installation bundle",
     "denrei-keys bundle make --directory root.dir --roster mofa.roster --roster npa.roster "
     "--out federation.bundle\n",
     NULL, BUNDLE_MAKE, COUNT(BUNDLE_MAKE), 0, 0, tool_bundle_make},
    {"bundle show", "FILE", "print what is in a bundle",
     "denrei-keys bundle show federation.bundle\n", NULL, NULL, 0, 1, 1, tool_bundle_show},
    {"bundle check", "FILE", "check a bundle, dates too",
     "denrei-keys bundle check federation.bundle\n", NULL, NULL, 0, 1, 1, tool_bundle_check},
    {"show", "FILE", "print any file that denrei-keys makes", "denrei-keys show o17.request\n",
     NULL, DIRECTORY_SHOW, COUNT(DIRECTORY_SHOW), 1, 1, tool_show},
    {"vkey", "", "print the verifier keys of log and witnesses, log first",
     "denrei-keys vkey --directory root.dir\n", NULL, VKEY, COUNT(VKEY), 0, 0, tool_vkey},
};

static const struct args_program PROGRAM = {
    .name = "denrei-keys",
    .summary = "Create, certify, rotate and revoke keys; make and sign the directory.",
    .examples = "denrei-keys root new --holder Sato --out sato.key > sato.pub\n"
                "denrei-keys directory draft federation.json --out root.dir\n" SIGNED_ONE,
    .notes = "Secret key files have mode 0600 and are never overwritten.  Passphrases are asked "
             "for on the terminal, or read from a descriptor: --passphrase-fd 3 3<FILE.",
    .common = COMMON,
    .common_len = COUNT(COMMON),
    .commands = COMMANDS,
    .commands_len = COUNT(COMMANDS),
};

int
main(int argc, char **argv)
{
    struct tool_options options = tool_options_default();

    if (harden_process() != ERR_OK)
        return EXIT_FAILED;
    term_init();
    int code = args_run(&PROGRAM, argc, argv, &options);
    return report_end(PROGRAM.name, code, options.json);
}
