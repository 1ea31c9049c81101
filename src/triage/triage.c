// SPDX-License-Identifier: MIT
#include "triage/triage.h"

#include <string.h>

#include "base/limits.h"
#include "digest/digest.h"
#include "dump/dump.h"
#include "kb/kb.h"
#include "rules/rules.h"
#include "symbols/symbols.h"
#include "triage/beside.h"
#include "triage/image_facts.h"
#include "triage/naming.h"
#include "triage/told_exception.h"
#include "triage/told_stop.h"
#include "verdict/explain.h"
#include "verdict/threads.h"
#include "verdict/verdict.h"
#include "windows/kernel_view.h"
#include "windows/memory_facts.h"

// Lives in its own arena, with everything that it points to except the knowledge.
struct bt_triage {
    struct bt_arena *arena;
    struct bt_crash *crash;
    struct bt_symbols *symbols; // borrowed; NULL: none
    bool brief;                 // no reasons of articles that do not fit
    bool threads;               // walk all stacks
    struct bt_result result;
};

static enum bt_status make_triage(const struct bt_kb *kb, struct bt_triage **ret,
                                  struct bt_error *err)
{
    struct bt_triage *triage;
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    if (arena == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    enum bt_status status = bt_arena_alloc(arena, 1, sizeof *triage, &triage, err);
    if (status != BT_OK) {
        bt_arena_free(arena);
        return status;
    }
    triage->arena = arena;
    triage->result.kb_version = bt_kb_version(kb);
    triage->result.kb_articles = bt_kb_article_count(kb);
    *ret = triage;
    return BT_OK;
}

void bt_triage_free(struct bt_triage *triage)
{
    if (triage != NULL)
        bt_arena_free(triage->arena);
}

const struct bt_result *bt_triage_result(const struct bt_triage *triage)
{
    return &triage->result;
}

// Hands a result over, or frees it where the work on it failed.
static enum bt_status finish(struct bt_triage *triage, enum bt_status status,
                             struct bt_triage **ret)
{
    if (status == BT_OK)
        *ret = triage;
    else
        bt_triage_free(triage);
    return status;
}

// A copy of a text that may be NULL.
static enum bt_status keep(struct bt_triage *triage, const char *text, const char **ret,
                           struct bt_error *err)
{
    return text != NULL ? bt_arena_text(triage->arena, text, strlen(text), ret, err) : BT_OK;
}

static enum bt_status set_place(struct bt_triage *triage, const struct bt_place *place,
                                struct bt_error *err)
{
    struct bt_input *input = &triage->result.input;
    input->size = place->size;
    BT_TRY(keep(triage, place->path, &input->path, err));
    BT_TRY(keep(triage, place->container, &input->container, err));
    return keep(triage, place->member, &input->member, err);
}

static enum bt_problem_code problem_of_status(enum bt_status status)
{
    switch (status) {
    case BT_E_TRUNCATED:
        return BT_PROBLEM_TRUNCATED;
    case BT_E_CORRUPT:
        return BT_PROBLEM_CORRUPT;
    case BT_E_UNSUPPORTED:
        return BT_PROBLEM_UNSUPPORTED;
    case BT_E_LIMIT:
        return BT_PROBLEM_LIMIT;
    default:
        return BT_PROBLEM_IO;
    }
}

// Whether a failure is one of this process and not of the input.
static bool is_ours(enum bt_status status)
{
    return status == BT_E_NOMEM || status == BT_E_INTERNAL;
}

static enum bt_status hand_up(enum bt_status status, const struct bt_error *reason,
                              struct bt_error *err)
{
    if (err != NULL)
        *err = *reason;
    return status;
}

static void set_problem(struct bt_triage *triage, enum bt_read_status status,
                        const struct bt_error *reason)
{
    bt_crash_problem(triage->crash, triage->arena, status, problem_of_status(reason->status),
                     reason->offset, "%s", reason->message);
}

// The memory of a whole machine holds the kernel's own lists; a small dump copies of a few
// things.
static bool has_page_tables(const struct bt_crash *crash)
{
    return crash->format == BT_FORMAT_KERNEL_FULL ||
           crash->format == BT_FORMAT_KERNEL_SUMMARY ||
           crash->format == BT_FORMAT_KERNEL_BITMAP || crash->format == BT_FORMAT_KERNEL_RANGES;
}

static struct bt_kernel_input kernel_input(const struct bt_dump *dump)
{
    const struct bt_kernel_parts *parts = &dump->kernel;
    return (struct bt_kernel_input){
        .memory = dump->memory,
        .debugger_data = parts->debugger_data,
        .loaded_modules = parts->loaded_modules,
        .active_processes = parts->active_processes,
        .debugger_bytes = parts->debugger_bytes,
        .prcb = parts->prcb,
        .process = parts->process,
        .thread = parts->thread,
    };
}

static enum bt_status describe_windows(struct bt_triage *triage, struct bt_dump *dump,
                                       struct bt_error *err)
{
    if (triage->crash->format == BT_FORMAT_USER_MINIDUMP)
        return BT_OK;
    struct bt_kernel_input input = kernel_input(dump);
    if (!has_page_tables(triage->crash))
        return bt_windows_describe(&input, triage->arena, triage->crash, err);
    struct bt_crash_context context = {.known = dump->has_context, .registers = dump->context};
    BT_TRY(bt_memory_facts_read(&input, triage->arena, triage->crash, &context, err));
    dump->has_context = context.known;
    dump->context = context.registers;
    return BT_OK;
}

// Everything that follows from the facts of a crash.
static enum bt_status judge(const struct bt_kb *kb, struct bt_triage *triage,
                            const struct bt_dump *dump, struct bt_error *err)
{
    struct bt_result *result = &triage->result;
    struct bt_kernel_input kernel = kernel_input(dump);
    struct bt_scene scene = {
        .kb = kb,
        .crash = triage->crash,
        .memory = dump->memory,
        .kernel = &kernel,
        .context = dump->has_context ? &dump->context : NULL,
        .stop = &result->stop,
        .arena = triage->arena,
        .symbols = triage->symbols,
    };
    struct bt_evidence_base evidence = {0};
    BT_TRY(bt_name_facts(kb, triage->arena, triage->crash, err));
    BT_TRY(bt_explain_stop(&scene, &result->stop, err));
    BT_TRY(bt_verdict_gather(&scene, &evidence, result, err));
    if (triage->threads)
        BT_TRY(bt_threads_walk(&scene, dump->thread_contexts, err));
    BT_TRY(bt_explain_exception(&scene, result, err));
    BT_TRY(
        bt_rules_match(kb, triage->crash, triage->brief, triage->arena, &result->matches, err));
    return bt_verdict_conclude(&scene, &evidence, result, err);
}

// Symbol files that were not used, and why.
static void note_symbol_problems(struct bt_triage *triage)
{
    const char *problem;
    for (size_t i = 0;
         triage->symbols != NULL && (problem = bt_symbols_problem(triage->symbols, i)) != NULL;
         i++)
        bt_note(triage->crash, triage->arena, "symbols-refused", BT_NO_OFFSET, "%s", problem);
}

static void note_paged_out(struct bt_triage *triage, const struct bt_memory *memory)
{
    unsigned count;
    if (memory == NULL || memory->count_paged_out == NULL ||
        (count = memory->count_paged_out(memory)) == 0)
        return;
    bt_note(
        triage->crash, triage->arena, "pages-paged-out", BT_NO_OFFSET,
        "missing because Windows had moved them to the page file: %u of the pages that were "
        "looked for",
        count);
}

// The pipeline after reading. What was read stays when a later step runs into a limit: the
// problem says so.
static enum bt_status understand(const struct bt_kb *kb, struct bt_triage *triage,
                                 struct bt_dump *dump, struct bt_error *err)
{
    struct bt_error reason = {.status = BT_OK};
    if (triage->crash->status == BT_READ_UNREADABLE) {
        triage->result.verdict.reason = "nothing could be read";
        return BT_OK;
    }
    enum bt_status status = describe_windows(triage, dump, &reason);
    if (triage->symbols != NULL)
        bt_symbols_begin(triage->symbols);
    if (status == BT_OK && triage->symbols != NULL)
        status = bt_image_facts_read(triage->symbols, triage->arena, triage->crash, &reason);
    if (status == BT_OK)
        status = judge(kb, triage, dump, &reason);
    note_symbol_problems(triage);
    note_paged_out(triage, dump->memory);
    if (status == BT_OK)
        return BT_OK;
    if (is_ours(status))
        return hand_up(status, &reason, err);
    set_problem(triage, BT_READ_PARTIAL, &reason);
    return BT_OK;
}

static enum bt_status hash_input(struct bt_triage *triage, struct bt_source *source,
                                 struct bt_error *err)
{
    uint64_t size;
    uint8_t digest[BT_DIGEST_MAX];
    char text[BT_DIGEST_TEXT_SIZE];
    BT_TRY(bt_source_size(source, &size, err));
    BT_TRY(bt_digest_reader(BT_DIGEST_SHA256, bt_source_reader(source), size, digest, err));
    bt_digest_text(BT_DIGEST_SHA256, digest, text);
    return bt_arena_text(triage->arena, text, strlen(text), &triage->result.input.sha256, err);
}

// What the record says of the input itself. A stream has no size until it is read to its end.
static enum bt_status describe_input(struct bt_triage *triage, struct bt_source *source,
                                     const struct bt_triage_options *options,
                                     struct bt_error *err)
{
    struct bt_input *input = &triage->result.input;
    struct bt_error reason;
    if (input->size == 0)
        input->size = bt_source_file_size(source);
    if (input->container == NULL)
        input->container = bt_source_container(source);
    if (input->size == 0 && bt_source_size(source, &input->size, &reason) != BT_OK)
        input->size = 0;
    if (options == NULL || !options->hash)
        return BT_OK;
    enum bt_status status = hash_input(triage, source, &reason);
    if (status == BT_OK)
        return BT_OK;
    if (is_ours(status))
        return hand_up(status, &reason, err);
    bt_note(triage->crash, triage->arena, "no-hash", reason.offset, "no SHA-256: %s",
            reason.message);
    return BT_OK;
}

// What files beside the dump say of its machine, before anything is judged.
static enum bt_status join_side_files(struct bt_triage *triage, const struct bt_place *place,
                                      const struct bt_triage_options *options,
                                      struct bt_error *err)
{
    const char *list = options != NULL ? options->update_list : NULL;
    const char *path = place->member != NULL ? place->member : place->path;
    if (list != NULL)
        BT_TRY(bt_join_update_list(list, triage->crash, triage->arena, err));
    if (place->side == NULL)
        return BT_OK;
    return bt_side_files_join(place->side, path, list == NULL, triage->crash, triage->arena,
                              err);
}

// What Windows itself has reported, where there is a report.
static enum bt_status join_error_report(struct bt_triage *triage, const struct bt_place *place,
                                        const struct bt_triage_options *options,
                                        struct bt_error *err)
{
    const char *report = options != NULL ? options->error_report : NULL;
    const char *path = triage->result.input.path;
    if (report == NULL && place->side != NULL &&
        bt_side_files_lack(place->side, path, bt_error_report_name))
        return BT_OK;
    return bt_join_error_report(report, path, triage->crash, triage->arena,
                                &triage->result.signature, err);
}

static enum bt_status read_input(const struct bt_kb *kb, struct bt_triage *triage,
                                 struct bt_source *source, const struct bt_place *place,
                                 const struct bt_triage_options *options, struct bt_error *err)
{
    struct bt_dump dump = {0};
    struct bt_error reason = {.status = BT_OK};
    triage->symbols = options != NULL ? options->symbols : NULL;
    triage->brief = options != NULL && options->fitting_only;
    triage->threads = options != NULL && options->threads;
    enum bt_status status = bt_dump_read(source, triage->arena, &dump, &reason);
    if (is_ours(status))
        return hand_up(status, &reason, err);
    if (dump.crash == NULL)
        BT_TRY(bt_arena_alloc(triage->arena, 1, sizeof *dump.crash, &dump.crash, err));
    triage->crash = dump.crash;
    triage->result.crash = dump.crash;
    if (status != BT_OK)
        set_problem(triage, BT_READ_UNREADABLE, &reason);
    BT_TRY(describe_input(triage, source, options, err));
    BT_TRY(join_side_files(triage, place, options, err));
    BT_TRY(understand(kb, triage, &dump, err));
    return join_error_report(triage, place, options, err);
}

enum bt_status bt_triage_source(const struct bt_kb *kb, struct bt_source *source,
                                const struct bt_place *place,
                                const struct bt_triage_options *options, struct bt_triage **ret,
                                struct bt_error *err)
{
    struct bt_triage *triage;
    BT_TRY(make_triage(kb, &triage, err));
    enum bt_status status = set_place(triage, place, err);
    if (status == BT_OK)
        status = read_input(kb, triage, source, place, options, err);
    return finish(triage, status, ret);
}

// A result of which only the problem is known.
static enum bt_status fill_nothing(struct bt_triage *triage, const struct bt_place *place,
                                   enum bt_read_status status, enum bt_problem_code code,
                                   uint64_t offset, const char *message, struct bt_error *err)
{
    BT_TRY(set_place(triage, place, err));
    BT_TRY(bt_arena_alloc(triage->arena, 1, sizeof *triage->crash, &triage->crash, err));
    triage->result.crash = triage->crash;
    triage->result.verdict.reason = "nothing could be read";
    bt_crash_problem(triage->crash, triage->arena, status, code, offset, "%s", message);
    return BT_OK;
}

enum bt_status bt_triage_unopened(const struct bt_kb *kb, const struct bt_place *place,
                                  const struct bt_error *reason, struct bt_triage **ret,
                                  struct bt_error *err)
{
    struct bt_triage *triage;
    BT_TRY(make_triage(kb, &triage, err));
    return finish(triage,
                  fill_nothing(triage, place, BT_READ_UNREADABLE,
                               problem_of_status(reason->status), reason->offset,
                               reason->message, err),
                  ret);
}

enum bt_status bt_triage_stopped(const struct bt_kb *kb, const struct bt_place *place,
                                 enum bt_read_status status, enum bt_problem_code code,
                                 const char *message, struct bt_triage **ret,
                                 struct bt_error *err)
{
    struct bt_triage *triage;
    BT_TRY(make_triage(kb, &triage, err));
    return finish(triage, fill_nothing(triage, place, status, code, BT_NO_OFFSET, message, err),
                  ret);
}

// What an open that ended with `status` leads to: triage of the source, or a result that says
// why there is none.
static enum bt_status triage_opened(const struct bt_kb *kb, struct bt_source *source,
                                    const struct bt_place *place, enum bt_status status,
                                    const struct bt_error *reason,
                                    const struct bt_triage_options *options,
                                    struct bt_triage **ret, struct bt_error *err)
{
    if (status != BT_OK)
        return is_ours(status) ? hand_up(status, reason, err)
                               : bt_triage_unopened(kb, place, reason, ret, err);
    status = bt_triage_source(kb, source, place, options, ret, err);
    bt_source_close(source);
    return status;
}

enum bt_status bt_triage_file(const struct bt_kb *kb, const char *path,
                              const struct bt_triage_options *options, struct bt_triage **ret,
                              struct bt_error *err)
{
    struct bt_source *source = NULL;
    struct bt_side_files *side;
    struct bt_error reason;
    BT_TRY(bt_side_files_new(&side, err));
    enum bt_status status = bt_side_files_look_beside(side, path, err);
    if (status == BT_OK) {
        const struct bt_place place = {.path = path, .side = side};
        status = bt_source_open(path, &source, &reason);
        status = triage_opened(kb, source, &place, status, &reason, options, ret, err);
    }
    bt_side_files_free(side);
    return status;
}

enum bt_status bt_triage_bytes(const struct bt_kb *kb, const void *data, size_t size,
                               const char *name, const struct bt_triage_options *options,
                               struct bt_triage **ret, struct bt_error *err)
{
    struct bt_source *source;
    struct bt_span bytes = {.data = data, .size = size};
    BT_TRY(bt_source_open_memory(bytes, &source, err));
    const struct bt_place place = {.path = name};
    return triage_opened(kb, source, &place, BT_OK, NULL, options, ret, err);
}

enum bt_status bt_triage_stream(const struct bt_kb *kb, int fd, const char *name,
                                const struct bt_triage_options *options, struct bt_triage **ret,
                                struct bt_error *err)
{
    struct bt_source *source = NULL;
    struct bt_error reason;
    enum bt_status status = bt_source_open_stream(fd, &source, &reason);
    const struct bt_place place = {.path = name};
    return triage_opened(kb, source, &place, status, &reason, options, ret, err);
}

// The crash of a machine of which only the stop is known.
static enum bt_status fill_stop(const struct bt_kb *kb, struct bt_triage *triage,
                                const struct bt_stop_question *question, struct bt_error *err)
{
    struct bt_dump nothing = {0};
    BT_TRY(bt_arena_alloc(triage->arena, 1, sizeof *triage->crash, &triage->crash, err));
    triage->result.crash = triage->crash;
    BT_TRY(bt_told_stop(kb, question, triage->arena, triage->crash, err));
    return understand(kb, triage, &nothing, err);
}

enum bt_status bt_triage_stop(const struct bt_kb *kb, const struct bt_stop_question *question,
                              struct bt_triage **ret, struct bt_error *err)
{
    struct bt_triage *triage;
    if (question->parameter_count > BT_COUNT(question->parameters))
        return BT_FAIL(err, BT_E_SYNTAX, BT_NO_OFFSET, "a stop has at most four parameters");
    BT_TRY(make_triage(kb, &triage, err));
    return finish(triage, fill_stop(kb, triage, question, err), ret);
}

static enum bt_status fill_exception(const struct bt_kb *kb, struct bt_triage *triage,
                                     const struct bt_exception_question *question,
                                     struct bt_error *err)
{
    struct bt_dump nothing = {0};
    BT_TRY(bt_arena_alloc(triage->arena, 1, sizeof *triage->crash, &triage->crash, err));
    triage->result.crash = triage->crash;
    BT_TRY(bt_told_exception(question, triage->arena, triage->crash, err));
    return understand(kb, triage, &nothing, err);
}

enum bt_status bt_triage_exception(const struct bt_kb *kb,
                                   const struct bt_exception_question *question,
                                   struct bt_triage **ret, struct bt_error *err)
{
    struct bt_triage *triage;
    BT_TRY(make_triage(kb, &triage, err));
    return finish(triage, fill_exception(kb, triage, question, err), ret);
}
