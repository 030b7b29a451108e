#include "clients/node/io/node_commands.h"

#include <stddef.h>

#define OPTION(word, type, field, value_name, text)                                                \
    {                                                                                              \
        .name = word, .kind = type, .offset = offsetof(struct node_options, field),                \
        .value = value_name, .help = text                                                          \
    }

static const struct args_option COMMON[] = {
    OPTION("state", ARGS_STRING, state, "DIR", "the node's state directory (or DENREI_STATE)"),
    OPTION("json", ARGS_FLAG, json, NULL, "print JSON, errors too"),
};

#define PASSPHRASE                                                                                 \
    OPTION("passphrase-fd", ARGS_FD, passphrase_fd, "N", "read the passphrase from descriptor N")

static const struct args_option INIT_OPTIONS[] = {
    {.name = "bundle",
     .kind = ARGS_STRING,
     .offset = offsetof(struct node_options, bundle),
     .value = "FILE",
     .help = "the installation bundle",
     .required = true},
    {.name = "key",
     .kind = ARGS_STRING,
     .offset = offsetof(struct node_options, key),
     .value = "FILE",
     .help = "the node's key file; it stays where it is",
     .required = true},
    OPTION("relay", ARGS_STRING, relay, "ENDPOINT", "one relay of the directory"),
    PASSPHRASE,
};

static const struct args_option RUN_OPTIONS[] = {
    OPTION("exec", ARGS_STRING, exec, "NODE_PROGRAM",
           "run it for each new message, JSON on its input"),
    OPTION("attachments", ARGS_STRING, attachments, "DIR", "fetch attached files into this folder"),
    OPTION("witness-key", ARGS_STRING, witness_key, "FILE", "cosign checkpoints with this key"),
    OPTION("report-hits", ARGS_FLAG, report_hits, NULL, "report each new hit to its owner"),
    OPTION("log-level", ARGS_STRING, level, "LEVEL", "error, warn, info or debug"),
    PASSPHRASE,
};

static const struct args_option LIST_OPTIONS[] = {
    OPTION("kind", ARGS_STRING, kind, "KIND", "only messages of this kind"),
    OPTION("after", ARGS_U64, after, "LEAF", "only messages after this log entry"),
};

static const struct args_option ATTACHMENT_OPTIONS[] = {
    {.name = "out",
     .kind = ARGS_STRING,
     .offset = offsetof(struct node_options, out),
     .value = "FILE",
     .help = "the file to make; one that exists is not overwritten",
     .required = true},
    PASSPHRASE,
};

static const struct args_option FOLLOW_OPTIONS[] = {
    OPTION("kind", ARGS_STRING, kind, "KIND", "only messages of this kind"),
    OPTION("after", ARGS_U64, after, "LEAF", "begin after this log entry"),
    OPTION("once", ARGS_FLAG, once, NULL, "end after what is there now"),
};

static const struct args_option SCREEN_OPTIONS[] = {
    OPTION("mrz", ARGS_STRING, mrz, "ZONE", "a machine-readable zone (TD1, TD2, TD3)"),
    OPTION("file", ARGS_STRING, file, "FILE", "many: NUMBER STATE or a zone on each line; -"),
    OPTION("list", ARGS_STRING, list, "FILE", "a passenger list: PAXLST or CSV; -"),
    OPTION("name", ARGS_LIST, names, "NAME", "a person: \"FAMILY, GIVEN\"; again, other spellings"),
    OPTION("birth", ARGS_STRING, birth, "DATE", "with --name: 1985-03-07, 1985-03 or 1985"),
    OPTION("nationality", ARGS_STRING, nationality, "CODE", "with --name: an ICAO code"),
    OPTION("sex", ARGS_STRING, sex, "SEX", "with --name: M, F or X"),
    OPTION("score", ARGS_U64, score_min, "N", "persons are a hit from this score on (84)"),
};

static const struct args_option SERVE_OPTIONS[] = {
    {.name = "listen",
     .kind = ARGS_STRING,
     .offset = offsetof(struct node_options, listen),
     .value = "WHERE",
     .help = "unix:PATH, 127.0.0.1:PORT or [::1]:PORT",
     .required = true},
    OPTION("token-file", ARGS_STRING, token_file, "FILE", "tokens that may ask, one a line"),
    OPTION("allow-user", ARGS_LIST, allow_user, "NAME", "a user who may ask by the local socket"),
    OPTION("threads", ARGS_U64, threads, "N", "how many answer at once (one a processor)"),
    OPTION("log-level", ARGS_STRING, level, "LEVEL", "error, warn, info or debug"),
};

static const struct args_option IMPORT_OPTIONS[] = {
    OPTION("source", ARGS_STRING, source, "NAME", "name of the list; else that of the file"),
    OPTION("dry-run", ARGS_FLAG, dry_run, NULL, "check all rows, write nothing"),
    OPTION("rejects", ARGS_STRING, rejects, "FILE", "new file for rejected rows"),
    OPTION("skip-column", ARGS_LIST, skip_columns, "NAME", "a column to pass over; repeatable"),
    OPTION("as-of", ARGS_TIME, as_of, "TIME", "when the list was exported; else now"),
    OPTION("max-age", ARGS_DURATION, max_age, "TIME", "older data say nothing; at first 7d"),
    OPTION("add", ARGS_FLAG, add, NULL, "keep what the list has, too"),
    OPTION("allow-smaller", ARGS_FLAG, allow_smaller, NULL, "the list may shrink by half and more"),
};

static const struct args_option HIT_LIST_OPTIONS[] = {
    OPTION("open", ARGS_FLAG, open, NULL, "only those that somebody must act on"),
};

#define HIT_DONE                                                                                   \
    OPTION("action", ARGS_LIST, action, "ACTION,...",                                              \
           "what was done: SEIZED, HOLDER_INTERVIEWED, RELEASED, ..."),                            \
        OPTION("note", ARGS_STRING, note, "TEXT", "more on it"),                                   \
        OPTION("timeout", ARGS_DURATION, timeout_ms, "TIME",                                       \
               "how long to wait for the running node to send it (10s)"),                          \
        PASSPHRASE

static const struct args_option HIT_REPORT_OPTIONS[] = {
    HIT_DONE,
    OPTION("place", ARGS_STRING, place, "TEXT", "where it was met (or in post.conf)"),
    OPTION("type", ARGS_STRING, place_type, "TYPE", "AIRPORT, SEAPORT, LAND_BORDER, ..."),
    OPTION("country", ARGS_STRING, country, "CODE", "the country of that place"),
    OPTION("conveyance", ARGS_STRING, conveyance, "TEXT", "flight, ship or train"),
    OPTION("at", ARGS_TIME, met_ms, "TIME", "when it was met (when it was looked up)"),
    OPTION("office", ARGS_STRING, office, "TEXT", "whom the owner calls (or in post.conf)"),
    OPTION("email", ARGS_STRING, email, "ADDRESS", "its e-mail address"),
    OPTION("phone", ARGS_STRING, phone, "NUMBER", "its telephone"),
    OPTION("to", ARGS_STRING, to, "MEMBER", "the owner, where a list does not say it"),
};

static const struct args_option HIT_FOLLOW_UP_OPTIONS[] = {HIT_DONE};

static const struct args_option HIT_DISMISS_OPTIONS[] = {
    {.name = "reason",
     .kind = ARGS_STRING,
     .offset = offsetof(struct node_options, reason),
     .value = "TEXT",
     .help = "why it is false; it is kept",
     .required = true},
};

#define OPTIONS(table) .options = table, .options_len = sizeof(table) / sizeof(table)[0]

static const struct args_command COMMANDS[] = {
    {.name = "init",
     .arguments = "",
     .summary = "set the node up from its bundle and its key",
     .examples = "denrei-node init --bundle kr.bundle --key node.key --state /var/lib/denrei-node",
     OPTIONS(INIT_OPTIONS),
     .run = node_command_init},
    {.name = "run",
     .arguments = "",
     .summary = "receive, acknowledge and witness until it is stopped",
     .examples = "denrei-node run --state /var/lib/denrei-node\n"
                 "denrei-node run --exec /usr/local/bin/notify",
     OPTIONS(RUN_OPTIONS),
     .run = node_command_run},
    {.name = "list",
     .arguments = "",
     .summary = "list the stored messages",
     .examples = "denrei-node list --kind lost-passport\ndenrei-node list --json",
     OPTIONS(LIST_OPTIONS),
     .run = node_command_list},
    {.name = "show",
     .arguments = "ID",
     .summary = "show one message",
     .examples = "denrei-node show 0193a5b2-c3d4",
     .words_min = 1,
     .words_max = 1,
     .run = node_command_show},
    {.name = "attachment",
     .arguments = "ID [N]",
     .summary = "fetch a file of a message, verified, while the node does not run",
     .examples = "denrei-node attachment 0193a5b2-c3d4 1 --out face.jpg",
     OPTIONS(ATTACHMENT_OPTIONS),
     .words_min = 1,
     .words_max = 2,
     .run = node_command_attachment},
    {.name = "follow",
     .arguments = "",
     .summary = "print each message as a line of JSON, as they come",
     .examples = "denrei-node follow --after 1200\ndenrei-node follow --once",
     OPTIONS(FOLLOW_OPTIONS),
     .run = node_command_follow},
    {.name = "import",
     .arguments = "FILE",
     .summary = "take a list of lost and stolen documents (CSV; -) in place of the one before",
     .examples = "denrei-node import sltd.csv --as-of 2026-11-24T02:00:00Z\n"
                 "zcat sltd.csv.gz | denrei-node import - --source sltd",
     .words_min = 1,
     .words_max = 1,
     OPTIONS(IMPORT_OPTIONS),
     .run = node_command_import},
    {.name = "import list",
     .arguments = "",
     .summary = "list the imported lists",
     .examples = "denrei-node import list\ndenrei-node import list --json",
     .run = node_command_import_list},
    {.name = "import drop",
     .arguments = "NAME",
     .summary = "remove an imported list",
     .examples = "denrei-node import drop sltd",
     .words_min = 1,
     .words_max = 1,
     .run = node_command_import_drop},
    {.name = "import erase",
     .arguments = "",
     .summary = "erase from the lists what is past its review date",
     .examples = "denrei-node import erase",
     .run = node_command_import_erase},
    {.name = "screen",
     .arguments = "[NUMBER STATE]",
     .summary = "look a document or a person up: exit 0 clear, 10 hit, 11 cannot say",
     .examples = "denrei-node screen TR1234567 JPN\n"
                 "denrei-node screen --mrz \"$(cat zone.txt)\"\n"
                 "denrei-node screen --name 'OHNO, TARO' --birth 1985-03-07 --nationality JPN\n"
                 "denrei-node screen --file numbers.txt\n"
                 "denrei-node screen --list NH863.paxlst",
     .words_max = 2,
     OPTIONS(SCREEN_OPTIONS),
     .run = node_command_screen},
    {.name = "serve",
     .arguments = "",
     .summary = "answer the border application's questions over HTTP",
     .examples = "denrei-node serve --listen unix:/run/denrei/screen.sock --allow-user border\n"
                 "denrei-node serve --listen 127.0.0.1:8420 --token-file tokens",
     .notes = "POST /v1/screen and GET /v1/health, as openapi.json describes them.",
     OPTIONS(SERVE_OPTIONS),
     .run = node_command_serve},
    {.name = "hit list",
     .arguments = "",
     .summary = "list what screening found, and where it stands",
     .examples = "denrei-node hit list\ndenrei-node hit list --open --json",
     OPTIONS(HIT_LIST_OPTIONS),
     .run = node_command_hit_list},
    {.name = "hit show",
     .arguments = "N",
     .summary = "show a hit, its report and the owner's answers",
     .examples = "denrei-node hit show 3",
     .words_min = 1,
     .words_max = 1,
     .run = node_command_hit_show},
    {.name = "hit report",
     .arguments = "N [FIELD=VALUE]...",
     .summary = "report a hit to the owner of the record, and to nobody else",
     .examples = "denrei-node hit report 3 --action SEIZED --conveyance KE704\n"
                 "denrei-node hit report 3 --place 'Incheon, Terminal 1' --type airport "
                 "--country KOR \\\n    --office 'Border post' --phone '+82 32 555 0100'",
     .notes = "Place and contact that do not change stand in the file post.conf of the state\n"
              "directory; `denrei-node hit post` prints one that explains itself.",
     .words_min = 1,
     .words_max = 64,
     OPTIONS(HIT_REPORT_OPTIONS),
     .run = node_command_hit_report},
    {.name = "hit follow-up",
     .arguments = "N [FIELD=VALUE]...",
     .summary = "tell the owner what was done since",
     .examples = "denrei-node hit follow-up 3 --action DOCUMENT_RETURNED --note 'to the embassy'",
     .words_min = 1,
     .words_max = 64,
     OPTIONS(HIT_FOLLOW_UP_OPTIONS),
     .run = node_command_hit_follow_up},
    {.name = "hit dismiss",
     .arguments = "N",
     .summary = "remember that a hit is false, and why",
     .examples = "denrei-node hit dismiss 3 --reason 'the number was mistyped'",
     .words_min = 1,
     .words_max = 1,
     OPTIONS(HIT_DISMISS_OPTIONS),
     .run = node_command_hit_dismiss},
    {.name = "hit post",
     .arguments = "",
     .summary = "print a post.conf that explains itself",
     .examples = "denrei-node hit post > /var/lib/denrei-node/post.conf",
     .run = node_command_hit_post},
};

const struct args_program node_program = {
    .name = NODE_PROGRAM,
    .summary = "A partner agency's node: receives around the clock, screens travellers.",
    .examples = "denrei-node run --state /var/lib/denrei-node\ndenrei-node screen TR1234567 JPN",
    .notes =
        "Exit codes: 0 done or clear, 1 failed, 2 wrong usage, 3 refused, 4 no connection,\n"
        "5 not verified, 6 partly done, 10 hit, 11 cannot say.\n"
        "The state directory is --state or DENREI_STATE; its file `config` has in the section\n"
        "[client] the settings `key` (path of the key file) and `relay` (one endpoint).",
    .common = COMMON,
    .common_len = sizeof COMMON / sizeof COMMON[0],
    .commands = COMMANDS,
    .commands_len = sizeof COMMANDS / sizeof COMMANDS[0],
};
