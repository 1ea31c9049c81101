// SPDX-License-Identifier: MIT
#include "batch/job.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "batch/inside.h"
#include "batch/job_names.h"
#include "dump/dump.h"
#include "io/contents.h"
#include "report/redact.h"
#include "triage/triage.h"

enum { STANDARD_INPUT = 0 };

// Bytes of an input between two notes on how far it was read: with the slowest packers a
// fraction of a second.
static const uint64_t NOTE_STEP = UINT64_C(4) << 20;

// Packed dumps up to this size are unpacked whole before they are read, so that a checksum that
// does not fit is noticed: small ones are read nearly whole anyway.
static const uint64_t CHECKED_WHOLE = UINT64_C(2) << 20;

enum bt_status bt_job_prepare(void *context, struct bt_error *err)
{
    const struct bt_job *job = context;
    return job->sandboxed ? bt_sandbox_enter(&job->sandbox, err) : BT_OK;
}

// A result without what tells who and where; the result itself where that was not asked for.
static enum bt_status redact(const struct bt_job *job, struct bt_arena *arena,
                             const struct bt_result **result, struct bt_error *err)
{
    return job->redact ? bt_redact_result(*result, arena, result, err) : BT_OK;
}

// What an input is worked on with.
struct work {
    struct bt_job *job;
    const struct bt_job_input *input;
    struct bt_arena *arena;      // for what is redacted, and messages; another for each member
    struct bt_pool_reply *reply; // NULL: there is an answer only
    struct bt_buf *answer;
    struct bt_inside inside; // of an archive
    size_t files, encrypted; // seen in an archive
    uint64_t steps;          // through an archive: files, and failures between them
    size_t items;            // in the answer
    uint64_t bytes;          // of their texts
    struct bt_error *err;
};

// Whether a failure is one of this process and not of the input.
static bool is_ours(enum bt_status status)
{
    return status == BT_E_NOMEM || status == BT_E_INTERNAL;
}

static void send_note(struct bt_pool_reply *reply, const struct bt_job_note *note)
{
    struct bt_buf text;
    bt_buf_init(&text, 4 * BT_LIMIT_PATH);
    bt_job_write_note(note, &text);
    if (bt_buf_status(&text, NULL) == BT_OK)
        reply->note(reply, bt_buf_cstr(&text), text.size);
    bt_buf_fini(&text);
}

// Tells how far an input was read that is unpacked.
struct meter {
    struct bt_watch watch;
    struct bt_pool_reply *reply;
    uint64_t whole, told; // bytes of the input, and where it was told last
};

static void tell_position(struct bt_watch *self, uint64_t position)
{
    struct meter *m = (struct meter *)self;
    uint64_t way = position > m->told ? position - m->told : m->told - position;
    if (way < NOTE_STEP)
        return;
    m->told = position;
    send_note(m->reply, &(struct bt_job_note){.whole = m->whole, .position = position});
}

static enum bt_status add_to_answer(struct work *w, const struct bt_job_item *item)
{
    w->items += !item->notice;
    w->bytes += item->size;
    bt_job_add_item(item, w->answer);
    return bt_buf_status(w->answer, w->err);
}

// Why an input cannot be read, for the screen; with the member, which the path does not tell.
static enum bt_status write_message(struct work *w, const struct bt_result *result,
                                    const char **ret)
{
    const struct bt_crash *crash = result->crash;
    *ret = "";
    if (crash->status < BT_READ_UNREADABLE || crash->problem.message == NULL)
        return BT_OK;
    *ret = crash->problem.message;
    if (result->input.member == NULL)
        return BT_OK;
    return bt_arena_printf(w->arena, ret, w->err, "%s: %s", result->input.member,
                           crash->problem.message);
}

// Makes the bytes of one result, and adds the item to the answer. `wanted`: also where it says
// no more than that this is no dump.
static enum bt_status add_result(struct work *w, const struct bt_result *result, bool wanted)
{
    struct bt_buf text;
    BT_TRY(redact(w->job, w->arena, &result, w->err));
    const struct bt_crash *crash = result->crash;
    bool unreadable = crash->status >= BT_READ_UNREADABLE;
    struct bt_job_item item = {
        .passed_over = unreadable && !wanted,
        .status = crash->status,
        .unopened = unreadable && crash->problem.code == BT_PROBLEM_IO,
        .matched = result->matches.fitting != 0,
    };
    BT_TRY(write_message(w, result, &item.message));
    bt_buf_init(&text, w->answer->limit);
    if (!item.passed_over)
        w->job->format->write(result, &w->job->report, &text);
    enum bt_status status = bt_buf_status(&text, w->err);
    item.text = bt_buf_cstr(&text);
    item.size = text.size;
    if (status == BT_OK)
        status = add_to_answer(w, &item);
    bt_buf_fini(&text);
    return status;
}

static enum bt_status add_and_free(struct work *w, struct bt_triage *triage, bool wanted)
{
    enum bt_status status = add_result(w, bt_triage_result(triage), wanted);
    bt_triage_free(triage);
    return status;
}

static struct bt_place place_of(const struct work *w, const struct bt_content *content)
{
    return (struct bt_place){.path = w->input->path,
                             .member = content->member,
                             .container = content->container,
                             .size = content->size};
}

static enum bt_status triage_content(struct work *w, const struct bt_content *content,
                                     bool wanted)
{
    const struct bt_job *job = w->job;
    const struct bt_triage_options options = {.hash = job->hash || job->format->hashes,
                                              .fitting_only = !job->report.all,
                                              .threads = job->threads,
                                              .symbols = job->symbols,
                                              .error_report = job->error_report,
                                              .update_list = job->update_list};
    struct bt_place place = place_of(w, content);
    place.side = content->member != NULL ? w->inside.files : job->side;
    struct bt_triage *triage;
    if (content->container != NULL)
        (void)bt_source_has(content->source, CHECKED_WHOLE, 1);
    BT_TRY(bt_triage_source(job->kb, content->source, &place, &options, &triage, w->err));
    return add_and_free(w, triage, wanted);
}

// A record of a problem and nothing else.
static enum bt_status add_problem(struct work *w, const struct bt_content *content,
                                  enum bt_problem_code code, const char *message)
{
    const struct bt_place place = place_of(w, content);
    struct bt_triage *triage;
    BT_TRY(bt_triage_stopped(w->job->kb, &place, BT_READ_UNREADABLE, code, message, &triage,
                             w->err));
    return add_and_free(w, triage, true);
}

// What was found so far goes out, so that what cannot be worked on costs no other its record.
static void send_items(struct work *w)
{
    if (w->reply != NULL)
        w->reply->flush(w->reply);
}

static enum bt_status renew_arena(struct work *w)
{
    bt_arena_free(w->arena);
    w->arena = bt_arena_new(BT_LIMIT_ARENA);
    return w->arena != NULL ? BT_OK
                            : BT_FAIL(w->err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
}

// The result for an input or a file in it that could not be worked on to the end.
static enum bt_status add_stopped(struct work *w, const struct bt_place *place,
                                  enum bt_read_status status, const char *message)
{
    struct bt_triage *triage;
    BT_TRY(bt_triage_stopped(w->job->kb, place, status, BT_PROBLEM_LIMIT, message, &triage,
                             w->err));
    return add_and_free(w, triage, true);
}

// A dump in an archive. It may end this reader; then another one goes on behind it.
static enum bt_status triage_member(struct work *w, const struct bt_content *content)
{
    size_t before = w->answer->size;
    if (w->reply != NULL)
        send_note(w->reply, &(struct bt_job_note){.begins = true,
                                                  .member = content->member,
                                                  .container = content->container,
                                                  .size = content->size,
                                                  .done = w->steps});
    enum bt_status status = triage_content(w, content, true);
    if (is_ours(status)) {
        const struct bt_place place = place_of(w, content);
        const struct bt_error reason = *w->err;
        bt_buf_cut(w->answer, before);
        BT_TRY(renew_arena(w));
        status = add_stopped(w, &place, BT_READ_CRASHED, reason.message);
    }
    if (status == BT_OK)
        send_items(w);
    return status;
}

// A list or log behind the part of an archive that was looked at before its dumps.
static enum bt_status add_late_list(struct work *w, const struct bt_content *content)
{
    struct bt_job_item item = {.notice = true};
    size_t before = bt_side_files_count(w->inside.files);
    BT_TRY(bt_side_files_add(w->inside.files, content->member, content->source, w->err));
    if (bt_side_files_count(w->inside.files) == before)
        return BT_OK;
    BT_TRY(bt_arena_printf(w->arena, &item.message, w->err,
                           "%s lies too far behind to be joined to the dumps before it: unpack "
                           "this archive and give the folder",
                           bt_basename(content->member)));
    return add_to_answer(w, &item);
}

// A file in an archive: a dump, something that is named like one, or none of our business.
static enum bt_status work_on_member(struct work *w, const struct bt_content *content)
{
    bool named = bt_is_named_like_a_dump(content->member);
    w->files++;
    w->encrypted += content->encrypted;
    if (w->job->resume != NULL &&
        bt_resume_has(w->job->resume, w->input->path, content->member))
        return add_to_answer(w, &(struct bt_job_item){.recorded = true, .message = ""});
    if (content->encrypted)
        return named ? add_problem(w, content, BT_PROBLEM_ENCRYPTED,
                                   "This file is protected with a password: unpack it and give "
                                   "the dump itself.")
                     : BT_OK;
    if (w->inside.cut && w->steps > w->inside.steps && bt_is_side_file_name(content->member))
        BT_TRY(add_late_list(w, content));
    if (!named && !bt_dump_is_one(content->head))
        return BT_OK;
    return triage_member(w, content);
}

static enum bt_status work_on_content(struct work *w, const struct bt_content *content)
{
    if (content->member != NULL)
        return work_on_member(w, content);
    return triage_content(w, content,
                          w->input->named || bt_is_named_like_a_dump(w->input->path));
}

// An archive, or a packed file, that cannot be read to its end. Below a directory, where bytes
// may look like those of an archive by accident, its name or a dump in it must agree.
static enum bt_status add_failure(struct work *w, const struct bt_contents *contents,
                                  const struct bt_content *content,
                                  const struct bt_error *reason)
{
    const struct bt_place place = place_of(w, content);
    struct bt_triage *triage;
    if (!w->input->named && w->items == 0 && w->input->done == 0 &&
        !bt_is_named_like_an_archive(w->input->path) &&
        !bt_is_named_like_a_dump(w->input->path))
        return BT_OK;
    if (bt_contents_is_locked(contents))
        return add_problem(w, content, BT_PROBLEM_ENCRYPTED,
                           "This archive is protected with a password: unpack it and give the "
                           "dump itself.");
    BT_TRY(bt_triage_unopened(w->job->kb, &place, reason, &triage, w->err));
    return add_and_free(w, triage, true);
}

// Every input has an item, also one that holds nothing.
static enum bt_status add_nothing(struct work *w, const struct bt_contents *contents)
{
    const struct bt_content none = {.size = bt_contents_file_size(contents)};
    const char *message;
    if (w->input->done != 0) // what went before this was reported
        return BT_OK;
    if (!w->input->named)
        return add_to_answer(w, &(struct bt_job_item){.passed_over = true, .message = ""});
    if (w->files == 0)
        return add_problem(w, &none, BT_PROBLEM_EMPTY, "This archive holds no files.");
    BT_TRY(bt_arena_printf(w->arena, &message, w->err,
                           "No file in this archive is a crash dump (it holds %zu)%s.",
                           w->files,
                           w->encrypted == 0 ? ""
                                             : "; some are protected with "
                                               "a password"));
    return add_problem(
        w, &none, w->encrypted == 0 ? BT_PROBLEM_NOT_A_DUMP : BT_PROBLEM_ENCRYPTED, message);
}

// An archive that has more to say than can be kept until its turn comes.
static enum bt_status add_too_much(struct work *w, const struct bt_contents *contents)
{
    const struct bt_content rest = {.size = bt_contents_file_size(contents)};
    return add_problem(
        w, &rest, BT_PROBLEM_LIMIT,
        "This archive holds too many dumps to be reported at once: unpack it and "
        "give the folder.");
}

// Looks for what lies beside the first dump: in its archive, or in its folder.
static enum bt_status look_beside(struct work *w, const struct bt_content *first)
{
    size_t above;
    if (w->input->named && strcmp(w->input->path, "-") == 0)
        return BT_OK;
    if (first->member != NULL)
        return bt_inside_collect(w->input->path, &w->inside, w->err);
    if (w->job->side == NULL)
        BT_TRY(bt_side_files_new(&w->job->side, w->err));
    if (w->input->dumps_only && !bt_side_files_above(w->input->path, &above))
        return bt_side_files_set_none(w->job->side, w->input->path, w->err);
    return bt_side_files_look_beside(w->job->side, w->input->path, w->err);
}

static enum bt_status work_on_contents(struct work *w, struct bt_contents *contents)
{
    bool looked = false;
    struct bt_content content;
    struct bt_error reason;
    enum bt_status status;
    while ((status = bt_contents_next(contents, &content, &reason)) != BT_ABSENT) {
        if (is_ours(status)) {
            *w->err = reason;
            return status;
        }
        if (!looked && status == BT_OK)
            BT_TRY(look_beside(w, &content));
        looked = true;
        if (content.member != NULL && ++w->steps <= w->input->done)
            continue;
        if (w->bytes > BT_LIMIT_ARCHIVE_ANSWER)
            return add_too_much(w, contents);
        if (content.member != NULL) {
            send_items(w);
            BT_TRY(renew_arena(w));
        }
        BT_TRY(status == BT_OK ? work_on_content(w, &content)
                               : add_failure(w, contents, &content, &reason));
    }
    return w->items == 0 ? add_nothing(w, contents) : BT_OK;
}

static enum bt_status open_input(const struct bt_job_input *input, struct bt_contents **ret,
                                 struct bt_error *err)
{
    struct bt_source *source;
    if (input->named && strcmp(input->path, "-") == 0)
        return bt_contents_open_stream(STANDARD_INPUT, ret, err);
    if (input->named)
        return bt_contents_open(input->path, ret, err);
    BT_TRY(bt_source_open_listed(input->path, &source, err));
    return bt_contents_open_source(source, ret, err);
}

static enum bt_status work_on_input(struct work *w)
{
    const struct bt_content unopened = {0};
    struct bt_contents *contents;
    struct bt_error reason;
    enum bt_status status = open_input(w->input, &contents, &reason);
    if (is_ours(status)) {
        *w->err = reason;
        return status;
    }
    if (status != BT_OK) {
        const struct bt_place place = place_of(w, &unopened);
        struct bt_triage *triage;
        BT_TRY(bt_triage_unopened(w->job->kb, &place, &reason, &triage, w->err));
        return add_and_free(w, triage, w->input->named || bt_is_named_like_a_dump(place.path));
    }
    struct meter meter = {
        .watch = {tell_position}, .reply = w->reply, .whole = bt_contents_file_size(contents)};
    if (w->reply != NULL)
        bt_contents_watch(contents, &meter.watch);
    status = work_on_contents(w, contents);
    bt_contents_close(contents);
    bt_inside_free(&w->inside);
    return status;
}

void bt_job_failed(struct bt_job *job, const struct bt_job_input *input,
                   const struct bt_job_note *where, enum bt_read_status status,
                   const char *message, struct bt_buf *answer)
{
    struct bt_error err;
    struct bt_place place = {.path = input->path};
    if (where != NULL) {
        place.member = where->member;
        place.container = where->container;
        place.size = where->size;
    }
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    struct work work = {
        .job = job, .input = input, .arena = arena, .answer = answer, .err = &err};
    size_t before = answer->size;
    if (arena == NULL || add_stopped(&work, &place, status, message) != BT_OK) {
        // Not even that: an item without text, so that the input is at least counted.
        bt_buf_cut(answer, before);
        bt_job_add_item(&(struct bt_job_item){.status = status, .message = message}, answer);
    }
    bt_arena_free(arena);
}

void bt_job_work(void *context, const char *question, size_t size, struct bt_pool_reply *reply)
{
    struct bt_buf *answer = reply->answer;
    struct bt_job *job = context;
    struct bt_error err;
    struct bt_job_input input;
    if (!bt_job_read_question(question, size, &input))
        return;
    struct work work = {.job = job,
                        .input = &input,
                        .arena = bt_arena_new(BT_LIMIT_ARENA),
                        .reply = reply,
                        .answer = answer,
                        .err = &err};
    size_t before = answer->size;
    bt_error_set(&err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    if (work.arena == NULL || work_on_input(&work) != BT_OK) {
        bt_buf_cut(answer, before);
        bt_job_failed(job, &input, NULL, BT_READ_CRASHED, err.message, answer);
    }
    bt_arena_free(work.arena);
}
