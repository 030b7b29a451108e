#include "clients/audit/io/export.h"
#include "clients/audit/io/job.h"
#include "clients/audit/io/prove.h"
#include "clients/audit/io/show.h"
#include "clients/audit/io/statistics_show.h"
#include "clients/io/init.h"
#include "keys/document.h"
#include "keys/io/load.h"
#include "proto/io/args.h"
#include "proto/io/clock.h"
#include "proto/io/disk.h"
#include "proto/io/exit.h"
#include "proto/io/harden.h"
#include "proto/io/report.h"
#include "proto/kind.h"

#include <stdlib.h>
#include <string.h>

static const char PROGRAM[] = "denrei-audit";

enum { WITNESS_WAIT_MS = 10000 };

struct options {
    const char *state;
    const char *bundle;
    const char *key;
    const char *relay;
    const char *from;
    const char *root;
    const char *member;
    const char *kind;
    const char *out;
    bool no_answer;
    uint64_t by_ms;
    uint64_t since_ms;
    uint64_t until_ms;
    int passphrase_fd; /* LOAD_ASK: ask on the terminal */
    bool json;
};

static int
fail(const struct options *options, enum err err, const struct problems *problems)
{
    return report_error(PROGRAM, err, problems, options->json);
}

static struct job_options
job_options(const struct options *options)
{
    return (struct job_options){
        .state = options->state,
        .from = options->from,
        .root = options->root,
        .passphrase_fd = options->passphrase_fd,
    };
}

static enum err
open_root(const struct options *options, struct job *job, struct problems *problems)
{
    const struct job_options wanted = job_options(options);

    return job_open_root(&wanted, job, problems);
}

static enum err
open_job(const struct options *options, struct job *job, struct problems *problems)
{
    const struct job_options wanted = job_options(options);

    return job_open(&wanted, job, problems);
}

/* ---- init */

static int
command_init(void *data, const struct args_words *words)
{
    const struct options *options = data;
    const struct init_command command = {
        .program = PROGRAM,
        .next = "denrei-audit verify",
        .purposes = STATE_AUDIT,
        .state = options->state,
        .bundle = options->bundle,
        .key = options->key,
        .relay = options->relay,
        .passphrase_fd = options->passphrase_fd,
        .json = options->json,
    };

    (void)words;
    return init_client(&command);
}

/* ---- replay and verify */

struct shown {
    struct show_filter filter;
    struct term_table *table; /* NULL: lines of JSON */
    uint64_t count;
};

static enum err
show_each(void *context, const struct audit_outcome *outcome, struct span entry)
{
    struct shown *shown = context;

    (void)entry;
    if (term_is_closed())
        return ERR_CANCELLED;
    if (!show_passes(&shown->filter, outcome))
        return ERR_OK;
    shown->count++;
    return shown->table == NULL ? show_json(outcome) : show_row(shown->table, outcome);
}

static enum err
make_filter(const struct options *options, struct show_filter *filter, struct problems *problems)
{
    *filter = (struct show_filter){
        .member = options->member,
        .kind = options->kind == NULL ? NULL : kind_find_name(options->kind),
        .since_ms = options->since_ms,
        .until_ms = options->until_ms,
    };
    if (options->kind == NULL || filter->kind != NULL)
        return ERR_OK;
    kind_report_unknown(problems, "--kind", options->kind);
    return ERR_USAGE;
}

/* The faults go to standard error, whatever the output's form. */
static int
end_replay(const struct options *options, const struct replay_report *report,
           const struct problems *problems)
{
    if (replay_is_sound(report))
        return EXIT_DONE;
    fail(options, ERR_PROOF, problems);
    if (report->faults > REPLAY_FAULTS_MAX)
        fprintf(stderr, "%s: %llu faults in all\n", PROGRAM, (unsigned long long)report->faults);
    return EXIT_VERIFY;
}

/* What the filter left out was judged as well, and nothing shown is not the same as nobody there.
 */
static int
tell_shown(const struct options *options, const struct shown *shown,
           const struct replay_report *report, struct problems *problems)
{
    if (shown->count == 0 && report->lacks_member) {
        problems_add(problems, "--member",
                     report->nearest[0] == '\0' ? "replay without it names all members"
                                                : report->nearest,
                     "the log knows no member %s", options->member);
        return fail(options, ERR_UNKNOWN, problems);
    }
    fflush(stdout); /* the list first, where both go to one place */
    if (!options->json)
        fprintf(stderr, "%llu of %llu entries shown; all of them were judged, and are sound.\n",
                (unsigned long long)shown->count, (unsigned long long)report->entries);
    return EXIT_DONE;
}

static int
command_replay(void *data, const struct args_words *words)
{
    const struct options *options = data;
    struct problems problems = {0};
    struct job job = {.root = {NULL, 0}};
    struct shown shown = {.table = NULL};
    struct replay_report report = {0};
    int code = EXIT_DONE;

    (void)words;
    enum err err = make_filter(options, &shown.filter, &problems);
    if (err == ERR_OK)
        err = open_job(options, &job, &problems);
    if (err == ERR_OK && !options->json)
        err = show_table_new(&shown.table);
    if (err == ERR_OK) {
        const struct replay_options replay = {.source = job.source,
                                              .root_file = job.root,
                                              .each = show_each,
                                              .context = &shown,
                                              .member = options->member};
        err = replay_run(&replay, &report, &problems);
    }
    if (shown.table != NULL && (err == ERR_OK || err == ERR_FORMAT)) {
        enum err printed = term_table_print(shown.table);
        err = err == ERR_OK ? printed : err;
    }
    if (err == ERR_OK && replay_is_sound(&report))
        code = tell_shown(options, &shown, &report, &problems);
    else if (err == ERR_OK)
        code = end_replay(options, &report, &problems);
    else if (err != ERR_CANCELLED) /* the reader of standard output has gone */
        code = fail(options, err == ERR_FORMAT ? ERR_PROOF : err, &problems);
    term_table_free(&shown.table);
    job_close(&job);
    return code;
}

static int
command_statistics(void *data, const struct args_words *words)
{
    const struct options *options = data;
    struct problems problems = {0};
    struct job job = {.root = {NULL, 0}};
    struct replay_report report = {0};

    (void)words;
    enum err err = open_job(options, &job, &problems);
    if (err == ERR_OK)
        err = statistics_print(&job, options->json, &report, &problems);
    job_close(&job);
    return err == ERR_OK ? end_replay(options, &report, &problems)
                         : fail(options, err == ERR_FORMAT ? ERR_PROOF : err, &problems);
}

static int
command_verify(void *data, const struct args_words *words)
{
    const struct options *options = data;
    struct problems problems = {0};
    struct job job = {.root = {NULL, 0}};
    struct replay_report report;
    int code = EXIT_FAILED;

    (void)words;
    enum err err = open_job(options, &job, &problems);
    if (err == ERR_OK) {
        const struct replay_options replay = {
            .source = job.source, .root_file = job.root, .what = "verifying"};
        err = replay_run(&replay, &report, &problems);
    }
    if (err == ERR_OK && options->json)
        err = show_report_json(&report, &problems);
    else if (err == ERR_OK)
        show_report(&report);
    if (err == ERR_OK)
        code = end_replay(options, &report, &problems);
    else
        code = fail(options, err == ERR_FORMAT ? ERR_PROOF : err, &problems);
    job_close(&job);
    return code;
}

/* ---- export, prove, check */

static int
command_export(void *data, const struct args_words *words)
{
    const struct options *options = data;
    struct problems problems = {0};
    struct job job = {.witness_wait_ms = WITNESS_WAIT_MS};
    uint64_t entries = 0;
    enum err err = open_job(options, &job, &problems);

    if (err == ERR_OK)
        err = export_write(job.source, words->words[0], &entries, &problems);
    job_close(&job);
    if (err != ERR_OK)
        return fail(options, err, &problems);
    fprintf(stderr, "Exported %llu entries to %s.  Next: denrei-audit verify --from %s\n",
            (unsigned long long)entries, words->words[0], words->words[0]);
    return EXIT_DONE;
}

static int
command_prove(void *data, const struct args_words *words)
{
    const struct options *options = data;
    struct problems problems = {0};
    struct job job = {.witness_wait_ms = WITNESS_WAIT_MS};
    struct message_id_range range;
    uint64_t leaf = 0;
    enum err err = message_id_parse(words->words[0], &range);

    if (err != ERR_OK) {
        problems_add(&problems, words->words[0],
                     "copy the first digits of an id from `denrei-audit replay`",
                     "this is not a message id, nor the first digits of one");
        return fail(options, ERR_USAGE, &problems);
    }
    const struct prove_absence absence = {.member = options->member, .by_ms = options->by_ms};
    if (options->no_answer != (options->by_ms != 0) ||
        (options->member != NULL && !options->no_answer)) {
        problems_add(&problems, "--no-answer", "give both: --no-answer --by 2026-12-01T00:00:00Z",
                     "that there was no answer is proved by a time");
        return fail(options, ERR_USAGE, &problems);
    }
    err = open_job(options, &job, &problems);
    if (err == ERR_OK)
        err = prove_write(job.source, job.root, &range, options->no_answer ? &absence : NULL,
                          options->out, &leaf, &problems);
    job_close(&job);
    if (err != ERR_OK)
        return fail(options, err, &problems);
    fprintf(stderr,
            "Wrote %s, which proves entry %llu%s.  Next: denrei-audit check %s --root ROOT-FILE\n",
            options->out, (unsigned long long)leaf,
            options->no_answer ? ", and that it had no answer by then" : "", options->out);
    return EXIT_DONE;
}

static enum err
load_evidence(const char *path, uint8_t **bytes, size_t *len, struct problems *problems)
{
    enum err err = disk_read(path, ARENA_BYTES_MAX / 2, bytes, len);

    if (err != ERR_OK)
        problems_add(problems, path, "give the file that `denrei-audit prove` wrote",
                     "the evidence cannot be read: %s",
                     disk_why(err, path, ARENA_BYTES_MAX / 2).text);
    return err;
}

static int
command_check(void *data, const struct args_words *words)
{
    const struct options *options = data;
    struct problems problems = {0};
    struct job job = {.root = {NULL, 0}};
    struct evidence *evidence = calloc(1, sizeof *evidence);
    struct arena *arena = NULL;
    const char *fault = "";
    uint8_t *bytes = NULL;
    size_t len = 0;
    enum err err = evidence == NULL ? ERR_NOMEM : ERR_OK;

    if (err == ERR_OK)
        err = open_root(options, &job, &problems);
    if (err == ERR_OK)
        err = load_evidence(words->words[0], &bytes, &len, &problems);
    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &arena);
    if (err == ERR_OK) {
        err = evidence_check(job.root, (struct span){bytes, len}, arena, evidence, &fault);
        if (err != ERR_OK) {
            problems_add(&problems, words->words[0], "do not rely on it", "nothing is proved: %s",
                         fault);
            err = ERR_PROOF;
        }
    }
    if (err == ERR_OK && options->json)
        err = show_evidence_json(evidence);
    else if (err == ERR_OK)
        show_evidence(evidence);
    if (evidence != NULL)
        trust_free(&evidence->trust);
    free(evidence);
    free(bytes);
    arena_free(&arena);
    job_close(&job);
    return err == ERR_OK ? EXIT_DONE : fail(options, err, &problems);
}

/* ---- the command line */

#define OPTION(word, type, field, value_name, text)                                                \
    {                                                                                              \
        .name = word, .kind = type, .offset = offsetof(struct options, field),                     \
        .value = value_name, .help = text                                                          \
    }
#define REQUIRED(word, field, value_name, text)                                                    \
    {                                                                                              \
        .name = word, .kind = ARGS_STRING, .offset = offsetof(struct options, field),              \
        .value = value_name, .help = text, .required = true                                        \
    }
#define SOURCE                                                                                     \
    OPTION("from", ARGS_STRING, from, "DIR", "read an export instead of asking the relay"),        \
        OPTION("root", ARGS_STRING, root, "FILE", "the root file or a bundle, with --from"),       \
        OPTION("passphrase-fd", ARGS_FD, passphrase_fd, "N",                                       \
               "read the passphrase from descriptor N")

static const struct args_option COMMON[] = {
    OPTION("state", ARGS_STRING, state, "DIR", "the auditor's state directory (or DENREI_STATE)"),
    OPTION("json", ARGS_FLAG, json, NULL, "print JSON, errors too"),
};

static const struct args_option INIT_OPTIONS[] = {
    REQUIRED("bundle", bundle, "FILE", "the installation bundle"),
    REQUIRED("key", key, "FILE", "the auditor's key file; it stays where it is"),
    OPTION("relay", ARGS_STRING, relay, "ENDPOINT", "one relay of the directory"),
    OPTION("passphrase-fd", ARGS_FD, passphrase_fd, "N", "read the passphrase from descriptor N"),
};

static const struct args_option REPLAY_OPTIONS[] = {
    SOURCE,
    OPTION("member", ARGS_STRING, member, "ID", "only entries from, to or about this member"),
    OPTION("kind", ARGS_STRING, kind, "KIND", "only messages of this kind"),
    OPTION("since", ARGS_TIME, since_ms, "TIME", "only entries from this time on (RFC 3339)"),
    OPTION("until", ARGS_TIME, until_ms, "TIME", "only entries before this time"),
};

static const struct args_option SOURCE_OPTIONS[] = {SOURCE};

static const struct args_option PROVE_OPTIONS[] = {
    SOURCE,
    REQUIRED("out", out, "FILE", "write the evidence there"),
    OPTION("no-answer", ARGS_FLAG, no_answer, NULL, "prove also that it was not answered"),
    OPTION("by", ARGS_TIME, by_ms, "TIME", "with --no-answer: the deadline (RFC 3339)"),
    OPTION("member", ARGS_STRING, member, "ID", "with --no-answer: by whom (the recipient)"),
};

static const struct args_option CHECK_OPTIONS[] = {
    OPTION("root", ARGS_STRING, root, "FILE", "the root file or a bundle"),
};

#define OPTIONS(table) .options = table, .options_len = sizeof(table) / sizeof(table)[0]

static const struct args_command COMMANDS[] = {
    {.name = "init",
     .arguments = "",
     .summary = "set the auditor up from its bundle and its key",
     .examples = "denrei-audit init --bundle a.bundle --key auditor.key --state ~/audit",
     OPTIONS(INIT_OPTIONS),
     .run = command_init},
    {.name = "replay",
     .arguments = "",
     .summary = "list who sent what kind to whom and when, judging every entry",
     .examples = "denrei-audit replay --member jp.mofa --since 2026-01-01T00:00:00Z\n"
                 "denrei-audit replay --from export --root root.bundle --json",
     OPTIONS(REPLAY_OPTIONS),
     .run = command_replay},
    {.name = "verify",
     .arguments = "",
     .summary = "verify everything: hashes, tree, signatures, authority, receipts, witnesses",
     .examples = "denrei-audit verify\ndenrei-audit verify --from export --root root.bundle",
     OPTIONS(SOURCE_OPTIONS),
     .run = command_verify},
    {.name = "statistics",
     .arguments = "",
     .summary = "count messages and answered hits by month, member and kind",
     .examples = "denrei-audit statistics\ndenrei-audit statistics --json --from export",
     OPTIONS(SOURCE_OPTIONS),
     .run = command_statistics},
    {.name = "prove",
     .arguments = "MESSAGE-ID",
     .summary = "write a file that convinces a third party of one message",
     .examples = "denrei-audit prove 0193a5b2-c3d4 --out m.evidence --from export\n"
                 "denrei-audit prove 0193a5b2-c3d4 --no-answer --by 2026-12-01T00:00:00Z --out n",
     .words_min = 1,
     .words_max = 1,
     OPTIONS(PROVE_OPTIONS),
     .run = command_prove},
    {.name = "check",
     .arguments = "FILE",
     .summary = "check an evidence file with the root file alone",
     .examples = "denrei-audit check m.evidence --root root.bundle",
     .words_min = 1,
     .words_max = 1,
     OPTIONS(CHECK_OPTIONS),
     .run = command_check},
    {.name = "export",
     .arguments = "DIR",
     .summary = "write the log as a C2SP tlog-tiles directory",
     .examples = "denrei-audit export /srv/log",
     .words_min = 1,
     .words_max = 1,
     OPTIONS(SOURCE_OPTIONS),
     .run = command_export},
};

static const struct args_program AUDIT = {
    .name = PROGRAM,
    .summary = "The auditor: replays the log and proves what happened.",
    .examples = "denrei-audit verify --state ~/audit\n"
                "denrei-audit replay --from export --root root.bundle",
    .notes =
        "Exit codes: 0 done or proved, 1 failed, 2 wrong usage, 3 refused, 4 no connection,\n"
        "5 not verified.\n"
        "The state directory is --state or DENREI_STATE; its file `config` has in the section\n"
        "[client] the settings `key` (path of the key file) and `relay` (one endpoint).",
    .common = COMMON,
    .common_len = sizeof COMMON / sizeof COMMON[0],
    .commands = COMMANDS,
    .commands_len = sizeof COMMANDS / sizeof COMMANDS[0],
};

int
main(int argc, char **argv)
{
    struct options options = {.passphrase_fd = LOAD_ASK};

    if (harden_process() != ERR_OK)
        return EXIT_FAILED;
    term_init();
    int code = args_run(&AUDIT, argc, argv, &options);
    return report_end(PROGRAM, code, options.json);
}
