#include "clients/officer/io/commands.h"
#include "keys/io/load.h"
#include "proto/io/exit.h"
#include "proto/io/harden.h"
#include "proto/io/report.h"
#include "proto/io/term.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#define OPTION(word, type, field, value_name, text)                                                \
    {                                                                                              \
        .name = word, .kind = type, .offset = offsetof(struct desk_options, field),                \
        .value = value_name, .help = text                                                          \
    }
#define OPTIONS(table) .options = (table), .options_len = sizeof(table) / sizeof(table)[0]

static const struct args_option COMMON[] = {
    OPTION("state", ARGS_STRING, state, "DIR", "the officer's state directory (or DENREI_STATE)"),
    OPTION("json", ARGS_FLAG, json, NULL, "print JSON, errors too"),
    OPTION("passphrase-fd", ARGS_FD, passphrase_fd, "N",
           "read the key's passphrase from descriptor N"),
};

static const struct args_option INIT[] = {
    {.name = "bundle",
     .kind = ARGS_STRING,
     .offset = offsetof(struct desk_options, bundle),
     .value = "FILE",
     .help = "the installation bundle",
     .required = true},
    {.name = "key",
     .kind = ARGS_STRING,
     .offset = offsetof(struct desk_options, key),
     .value = "FILE",
     .help = "the officer's key file; it stays where it is",
     .required = true},
    OPTION("relay", ARGS_STRING, relay, "ENDPOINT", "use only this relay of the directory"),
};

#define HANDLING                                                                                   \
    OPTION("priority", ARGS_STRING, priority, "WORD", "routine, urgent or flash"),                 \
        OPTION("tlp", ARGS_STRING, tlp, "WORD", "clear, green, amber, amber-strict or red"),       \
        OPTION("use", ARGS_STRING, use, "WORD", "use restriction: h0, h1, h2 or h3"),              \
        OPTION("legal-basis", ARGS_STRING, legal_basis, "ID", "legal basis of the directory"),     \
        OPTION("expires", ARGS_DURATION, lifetime_ms, "TIME",                                      \
               "when the record ends, from now: 90d (without it the kind's longest)")
#define DELIVERY                                                                                   \
    OPTION("dry-run", ARGS_FLAG, dry_run, NULL, "show what would go, and what is wrong"),          \
        OPTION("offline", ARGS_FLAG, offline, NULL, "only store it; a later command sends it"),    \
        OPTION("wait", ARGS_STRING, wait, "WHAT", "wait until delivered or read by all"),          \
        OPTION("timeout", ARGS_DURATION, timeout_ms, "TIME", "how long to wait (60s)")
#define ATTACH OPTION("attach", ARGS_LIST, attach, "FILE[,FILE]...", "files that go with it")
#define TO     OPTION("to", ARGS_LIST, to, "NAME[,NAME]...", "members, or one @group")

static const struct args_option SEND[] = {TO, ATTACH, HANDLING, DELIVERY};
static const struct args_option MLA_NEW[] = {
    TO,
    ATTACH,
    ATTACH,
    HANDLING,
    DELIVERY,
    OPTION("edit", ARGS_FLAG, edit, NULL, "fill the form in with your editor (EDITOR)"),
    OPTION("save", ARGS_STRING, save, "FILE",
           "keep the draft there, or go on with it (else mla-MEMBER.draft)"),
};
static const struct args_option CHANGE[] = {TO, ATTACH, HANDLING, DELIVERY};
static const struct args_option WITHDRAW[] = {TO, DELIVERY};

#define REQUIRED(word, type, field, value_name, text)                                              \
    {                                                                                              \
        .name = word, .kind = type, .offset = offsetof(struct desk_options, field),                \
        .value = value_name, .help = text, .required = true                                        \
    }
#define NOTE OPTION("note", ARGS_STRING, note, "TEXT", "more on it")

static const struct args_option HIT_LIST[] = {
    OPTION("all", ARGS_FLAG, all, NULL, "also those that were answered"),
    OPTION("offline", ARGS_FLAG, offline, NULL, "only what is here already"),
};
static const struct args_option HIT_CONFIRM[] = {
    OPTION("action", ARGS_LIST, action, "ACTION", "what is asked now: SEIZE_DOCUMENT, ..."), NOTE,
    DELIVERY};
static const struct args_option HIT_REJECT[] = {
    REQUIRED("reason", ARGS_STRING, reason, "WORD",
             "OTHER_DOCUMENT, OTHER_PERSON, RECORD_IN_ERROR, RECORD_WITHDRAWN, ..."),
    NOTE, DELIVERY};
static const struct args_option HIT_CORRECT[] = {
    REQUIRED("note", ARGS_STRING, note, "TEXT", "what was wrong"),
    OPTION("hit-stands", ARGS_FLAG, hit_stands, NULL, "the hit stands under the right data"),
    DELIVERY};
static const struct args_option HIT_RECOVERED[] = {
    REQUIRED("on", ARGS_STRING, on, "DATE", "the day when it came back"), NOTE, DELIVERY};
static const struct args_option HIT_MORE_TIME[] = {
    REQUIRED("until", ARGS_TIME, until_ms, "TIME", "until when you answer"),
    REQUIRED("reason", ARGS_STRING, reason, "TEXT", "why it takes longer"), DELIVERY};

static const struct args_option INBOX[] = {
    OPTION("unread", ARGS_FLAG, inbox.unread, NULL, "only what was not shown yet"),
    OPTION("kind", ARGS_STRING, inbox.kind, "KIND", "only this kind"),
    OPTION("from", ARGS_STRING, inbox.from, "MEMBER", "only from this member"),
    OPTION("priority", ARGS_STRING, inbox.priority, "WORD", "only routine, urgent or flash"),
    OPTION("thread", ARGS_STRING, inbox.thread, "ID", "only threads that begin so"),
    OPTION("id", ARGS_STRING, inbox.id, "ID", "only ids that begin so"),
    OPTION("since", ARGS_TIME, inbox.since_ms, "TIME",
           "accepted then or later: 2026-01-31T00:00:00Z"),
    OPTION("until", ARGS_TIME, inbox.until_ms, "TIME", "accepted before"),
    OPTION("all", ARGS_FLAG, all, NULL, "also what expired or was withdrawn"),
    OPTION("limit", ARGS_U64, limit, "N", "at most so many, newest first (50)"),
    OPTION("offline", ARGS_FLAG, offline, NULL, "do not ask the relay"),
};
static const struct args_option CASE_LIST[] = {
    OPTION("all", ARGS_FLAG, all, NULL, "also those that have ended"),
    OPTION("limit", ARGS_U64, limit, "N", "at most so many, newest first (50)"),
    OPTION("offline", ARGS_FLAG, offline, NULL, "do not ask the relay"),
};
static const struct args_option CASE_SHOW[] = {
    OPTION("offline", ARGS_FLAG, offline, NULL, "do not ask the relay"),
};
static const struct args_option SHOW[] = {
    OPTION("no-receipt", ARGS_FLAG, no_receipt, NULL, "do not tell the sender that it was read"),
    OPTION("offline", ARGS_FLAG, offline, NULL, "tell the sender later"),
};
static const struct args_option ATTACHMENT[] = {
    {.name = "out",
     .kind = ARGS_STRING,
     .offset = offsetof(struct desk_options, out),
     .value = "FILE",
     .help = "the file to make; one that exists is not overwritten",
     .required = true},
};
static const struct args_option TRACK[] = {
    OPTION("limit", ARGS_U64, limit, "N", "at most so many, newest first (50)"),
    OPTION("offline", ARGS_FLAG, offline, NULL, "do not ask the relay"),
};
static const struct args_option CASE_PRINT[] = {
    {.name = "out",
     .kind = ARGS_STRING,
     .offset = offsetof(struct desk_options, out),
     .value = "FILE",
     .help = "the PDF to write; it must not exist",
     .required = true},
    OPTION("language", ARGS_STRING, language, "WORD", "en or ja (the locale's)"),
    OPTION("offline", ARGS_FLAG, offline, NULL, "do not ask the relay"),
};
static const struct args_option RECEIPT[] = {
    OPTION("verify", ARGS_FLAG, verify, NULL, "verify it offline (always done)"),
    OPTION("export", ARGS_STRING, export, "FILE", "write the proof as a .tlog-proof file"),
    OPTION("leaf", ARGS_STRING, leaf, "FILE", "write (with --check: read) the log entry's bytes"),
    OPTION("check", ARGS_STRING, check, "FILE", "check a .tlog-proof file instead"),
};
static const struct args_option FLUSH[] = {
    OPTION("wait", ARGS_DURATION, wait_ms, "TIME", "try again for so long: 30s"),
};
static const struct args_option STATUS[] = {
    OPTION("offline", ARGS_FLAG, offline, NULL, "do not ask the relay"),
};

static const struct args_command COMMANDS[] = {
    {.name = "init",
     .arguments = "",
     .summary = "set up from the installation bundle and the officer's key",
     .examples = "denrei init --bundle mofa.bundle --key o17.key --state ~/denrei",
     OPTIONS(INIT),
     .run = command_init},
    {.name = "send",
     .arguments = "KIND [FILE|-] [FIELD=VALUE]...",
     .summary = "compose, check, seal and send a message",
     .examples = "denrei send lost-passport lost.json --to @sltd\n"
                 "denrei send mla request.json --to kr.moj --legal-basis jp-kr.mlat --dry-run",
     .notes = "The message is stored before the first attempt; if the relay is away it waits\n"
              "(exit code 4), and the next command sends it, once.",
     OPTIONS(SEND),
     .words_min = 1,
     .words_max = 256,
     .run = command_send},
    {.name = "mla new",
     .arguments = "[FILE|-] [FIELD=VALUE]...",
     .summary = "make a request for mutual legal assistance, led by its treaty",
     .examples = "denrei mla new --to kr.moj\n"
                 "denrei mla new --to kr.moj --legal-basis treaty.jp-kr.2007 --edit",
     .notes = "On a terminal it asks part by part, with the article that wants each, and checks\n"
              "every answer at once; with --edit it opens a form in the editor; FILE is such a\n"
              "form, or JSON.  What was answered is kept in the draft until it is sent.",
     OPTIONS(MLA_NEW),
     .words_max = 256,
     .run = command_mla_new},
    {.name = "mla profiles",
     .arguments = "[ID | check FILE]",
     .summary = "list the treaty profiles, show one, or check a file",
     .examples = "denrei mla profiles\ndenrei mla profiles treaty.jp-kr.2007\n"
                 "denrei mla profiles check treaty.jp-xx.2030.profile",
     .words_max = 2,
     .run = command_mla_profiles},
    {.name = "case list",
     .arguments = "",
     .summary = "the board of MLA cases: states, who must act and by when",
     .examples = "denrei case list\ndenrei case list --all --json",
     OPTIONS(CASE_LIST),
     .run = command_case_list},
    {.name = "case show",
     .arguments = "ID",
     .summary = "a case's history, and who may send what now",
     .examples = "denrei case show 0193a5b2-c3d4",
     .notes = "ID is that of any of its messages.",
     OPTIONS(CASE_SHOW),
     .words_min = 1,
     .words_max = 1,
     .run = command_case_show},
    {.name = "template",
     .arguments = "KIND",
     .summary = "print a form to fill in",
     .examples = "denrei template lost-passport > lost.json",
     .words_min = 1,
     .words_max = 1,
     .run = command_template},
    {.name = "inbox",
     .arguments = "",
     .summary = "fetch and list received messages",
     .examples = "denrei inbox\ndenrei inbox --unread --kind mla --from kr.moj --json",
     OPTIONS(INBOX),
     .run = command_inbox},
    {.name = "show",
     .arguments = "ID",
     .summary = "verify, open and print a message, and tell its sender",
     .examples = "denrei show 0193a5b2-c3d4",
     OPTIONS(SHOW),
     .words_min = 1,
     .words_max = 1,
     .run = command_show},
    {.name = "attachment",
     .arguments = "ID [N]",
     .summary = "fetch a file that came with a message, verified",
     .examples = "denrei attachment 0193a5b2-c3d4 --out face.jpg\n"
                 "denrei attachment 0193a5b2-c3d4 2 --out answer.pdf",
     .notes = "After an interruption the same command goes on where it stopped.",
     OPTIONS(ATTACHMENT),
     .words_min = 1,
     .words_max = 2,
     .run = command_attachment},
    {.name = "reply",
     .arguments = "ID [FILE|-] [FIELD=VALUE]...",
     .summary = "answer in the thread of a message",
     .examples = "denrei reply 0193a5b2-c3d4 answer.json",
     OPTIONS(CHANGE),
     .words_min = 1,
     .words_max = 256,
     .run = command_reply},
    {.name = "hit list",
     .arguments = "",
     .summary = "hits on your records, with the deadline of each",
     .examples = "denrei hit list\ndenrei hit list --all --json",
     OPTIONS(HIT_LIST),
     .run = command_hit_list},
    {.name = "hit confirm",
     .arguments = "ID [FIELD=VALUE]...",
     .summary = "confirm a hit: it is what is on record",
     .examples = "denrei hit confirm 0193a5b2-c3d4 --action SEIZE_DOCUMENT",
     OPTIONS(HIT_CONFIRM),
     .words_min = 1,
     .words_max = 64,
     .run = command_hit_confirm},
    {.name = "hit reject",
     .arguments = "ID [FIELD=VALUE]...",
     .summary = "do not confirm a hit, and say why",
     .examples = "denrei hit reject 0193a5b2-c3d4 --reason other-person",
     OPTIONS(HIT_REJECT),
     .words_min = 1,
     .words_max = 64,
     .run = command_hit_reject},
    {.name = "hit correct",
     .arguments = "ID FIELD=VALUE...",
     .summary = "correct the record that was met",
     .examples = "denrei hit correct 0193a5b2-c3d4 --note 'a slip in the last digit' \\\n"
                 "    corrected.document.number=TR1234568 corrected.document.issuing_state=JPN",
     OPTIONS(HIT_CORRECT),
     .words_min = 1,
     .words_max = 64,
     .run = command_hit_correct},
    {.name = "hit recovered",
     .arguments = "ID [FIELD=VALUE]...",
     .summary = "say that the document has come back",
     .examples = "denrei hit recovered 0193a5b2-c3d4 --on 2024-03-09",
     OPTIONS(HIT_RECOVERED),
     .words_min = 1,
     .words_max = 64,
     .run = command_hit_recovered},
    {.name = "hit more-time",
     .arguments = "ID",
     .summary = "ask for more time to answer",
     .examples = "denrei hit more-time 0193a5b2-c3d4 --until 2024-03-08T18:00:00+09:00 \\\n"
                 "    --reason 'the file is on paper'",
     OPTIONS(HIT_MORE_TIME),
     .words_min = 1,
     .words_max = 1,
     .run = command_hit_more_time},
    {.name = "update",
     .arguments = "ID [FILE|-] [FIELD=VALUE]...",
     .summary = "replace a message of one's own",
     .examples = "denrei update 0193a5b2-c3d4 documents[0].status=RECOVERED "
                 "documents[0].recovered_on=2024-04-01",
     OPTIONS(CHANGE),
     .words_min = 1,
     .words_max = 256,
     .run = command_update},
    {.name = "withdraw",
     .arguments = "ID",
     .summary = "end a message of one's own, at all recipients",
     .examples = "denrei withdraw 0193a5b2-c3d4",
     OPTIONS(WITHDRAW),
     .words_min = 1,
     .words_max = 1,
     .run = command_withdraw},
    {.name = "track",
     .arguments = "[ID]",
     .summary = "where sent messages stand, recipient by recipient",
     .examples = "denrei track\ndenrei track 0193a5b2-c3d4",
     OPTIONS(TRACK),
     .words_max = 1,
     .run = command_track},
    {.name = "receipt",
     .arguments = "[ID]",
     .summary = "verify a receipt offline, or export it for others",
     .examples = "denrei receipt 0193a5b2-c3d4 --export m.tlog-proof --leaf m.leaf\n"
                 "denrei receipt --check m.tlog-proof --leaf m.leaf",
     OPTIONS(RECEIPT),
     .words_max = 1,
     .run = command_receipt},
    {.name = "case print",
     .arguments = "ID",
     .summary = "the letter of request of a case, as a PDF to sign",
     .examples = "denrei case print 0193a5b2-c3d4 --out request.pdf --language ja",
     OPTIONS(CASE_PRINT),
     .words_min = 1,
     .words_max = 1,
     .run = command_case_print},
    {.name = "contacts",
     .arguments = "",
     .summary = "the directory: members, groups, legal bases",
     .examples = "denrei contacts",
     .run = command_contacts},
    {.name = "flush",
     .arguments = "",
     .summary = "send what waits",
     .examples = "denrei flush --wait 30s",
     OPTIONS(FLUSH),
     .run = command_flush},
    {.name = "publish",
     .arguments = "FILE",
     .summary = "carry a signed directory or roster to the relay",
     .examples = "denrei publish jp.mofa.roster",
     .words_min = 1,
     .words_max = 1,
     .run = command_publish},
    {.name = "status",
     .arguments = "",
     .summary = "who, which directory and roster, which relay, what waits",
     .examples = "denrei status",
     OPTIONS(STATUS),
     .run = command_status},
};

static const struct args_program DENREI = {
    .name = DESK_PROGRAM,
    .summary = "An officer's desk: compose, send, track, read and answer messages.",
    .examples = "denrei send lost-passport lost.json --to @sltd\ndenrei inbox",
    .notes =
        "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused, 4 no connection (what was to\n"
        "be sent is stored), 5 not verified, 7 not within --timeout.\n"
        "The state directory is --state or DENREI_STATE; its file `config` has in the section\n"
        "[client] the settings `key` (path of the key file) and `relay` (one endpoint).",
    .common = COMMON,
    .common_len = sizeof COMMON / sizeof COMMON[0],
    .commands = COMMANDS,
    .commands_len = sizeof COMMANDS / sizeof COMMANDS[0],
};

/* At once, and safe at any moment: every change of the stores is one transaction. */
static void
on_signal(int number)
{
    static const char text[] =
        "\ndenrei: interrupted; what was stored stays, and goes with: denrei flush\n";

    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(128 + number);
    _exit(128 + number);
}

static void
catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int
main(int argc, char **argv)
{
    struct desk_options options = {.passphrase_fd = LOAD_ASK, .limit = 50, .timeout_ms = 60000};

    if (harden_process() != ERR_OK)
        return EXIT_FAILED;
    term_init();
    catch_signals();
    int code = args_run(&DENREI, argc, argv, &options);
    return report_end(DESK_PROGRAM, code, options.json);
}
