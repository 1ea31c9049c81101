// SPDX-License-Identifier: MIT
#include "batch/job.h"

#include <string.h>

#include "base/limits.h"
#include "base/span.h"
#include "batch/job_names.h"
#include "dump/dump.h"
#include "io/contents.h"
#include "report/redact.h"
#include "triage/triage.h"

enum { STANDARD_INPUT = 0 };

// An item on its way: 16 bytes of header, then the message, NUL-terminated, then the text.
//   0  u32  bits: passed over, unopened, matched, recorded
//   4  u32  bt_read_status
//   8  u32  bytes of the message with its NUL
//   12 u32  bytes of the text
enum { HEADER = 16 };
enum { BIT_PASSED_OVER = 1, BIT_UNOPENED = 2, BIT_MATCHED = 4, BIT_RECORDED = 8 };

// Packed dumps up to this size are unpacked whole before they are read, so that a checksum that
// does not fit is noticed: small ones are read nearly whole anyway.
static const uint64_t CHECKED_WHOLE = UINT64_C(2) << 20;

void bt_job_question(const struct bt_job_input *input, struct bt_buf *out)
{
    bt_buf_clear(out);
    bt_buf_char(out, input->named ? 'n' : 'f');
    bt_buf_text(out, input->path);
}

enum bt_status bt_job_prepare(void *context, struct bt_error *err)
{
    const struct bt_job *job = context;
    return job->sandboxed ? bt_sandbox_enter(&job->sandbox, err) : BT_OK;
}

static void add_u32(struct bt_buf *out, uint32_t value)
{
    const unsigned char bytes[] = {(unsigned char)value, (unsigned char)(value >> 8),
                                   (unsigned char)(value >> 16), (unsigned char)(value >> 24)};
    bt_buf_add(out, bytes, sizeof bytes);
}

static void add_item(struct bt_buf *out, const struct bt_job_item *item)
{
    size_t message = strlen(item->message) + 1;
    add_u32(out, (item->passed_over ? BIT_PASSED_OVER : 0u) |
                     (item->unopened ? BIT_UNOPENED : 0u) | (item->matched ? BIT_MATCHED : 0u) |
                     (item->recorded ? BIT_RECORDED : 0u));
    add_u32(out, item->status);
    add_u32(out, (uint32_t)message);
    add_u32(out, (uint32_t)item->size);
    bt_buf_add(out, item->message, message);
    bt_buf_add(out, item->text, item->size);
}

enum bt_status bt_job_next_item(const char *answer, size_t size, size_t *position,
                                struct bt_job_item *ret, struct bt_error *err)
{
    struct bt_span whole = {.data = (const uint8_t *)answer, .size = size};
    struct bt_span head, message, text;
    if (*position == size)
        return BT_ABSENT;
    BT_TRY(bt_span_sub(whole, *position, HEADER, &head, err));
    uint32_t bits = bt_span_u32(head, 0);
    uint32_t status = bt_span_u32(head, 4);
    uint64_t message_size = bt_span_u32(head, 8);
    uint64_t text_size = bt_span_u32(head, 12);
    BT_TRY(bt_span_sub(whole, *position + HEADER, message_size, &message, err));
    BT_TRY(bt_span_sub(whole, *position + HEADER + message_size, text_size, &text, err));
    if (status > BT_READ_CRASHED || message_size == 0 || message.data[message_size - 1] != 0)
        return BT_FAIL(err, BT_E_CORRUPT, *position, "the reader sent nonsense");
    *ret = (struct bt_job_item){
        .passed_over = (bits & BIT_PASSED_OVER) != 0,
        .recorded = (bits & BIT_RECORDED) != 0,
        .status = (enum bt_read_status)status,
        .unopened = (bits & BIT_UNOPENED) != 0,
        .matched = (bits & BIT_MATCHED) != 0,
        .message = (const char *)message.data,
        .text = (const char *)text.data,
        .size = text.size,
    };
    *position += HEADER + (size_t)message_size + (size_t)text_size;
    return BT_OK;
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
    struct bt_side_files *inside; // of an archive, NULL
    size_t files, encrypted;      // seen in an archive
    size_t items;                 // in the answer
    uint64_t bytes;               // of their texts
    struct bt_error *err;
};

static enum bt_status add_to_answer(struct work *w, const struct bt_job_item *item)
{
    w->items++;
    w->bytes += item->size;
    add_item(w->answer, item);
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
    place.side = content->member != NULL ? w->inside : job->side;
    struct bt_triage *triage;
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
    if (!named && !bt_dump_is_one(content->head))
        return BT_OK;
    return triage_content(w, content, true);
}

static enum bt_status work_on_content(struct work *w, const struct bt_content *content)
{
    if (content->container != NULL && content->source != NULL && bt_dump_is_one(content->head))
        (void)bt_source_has(content->source, CHECKED_WHOLE, 1);
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
    if (!w->input->named && w->items == 0 && !bt_is_named_like_an_archive(w->input->path) &&
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

// Before the next file of an archive: what was found so far goes out, so that a file that
// cannot be worked on costs no other its record.
static enum bt_status start_member(struct work *w)
{
    if (w->reply != NULL)
        w->reply->flush(w->reply);
    bt_arena_free(w->arena);
    w->arena = bt_arena_new(BT_LIMIT_ARENA);
    return w->arena != NULL ? BT_OK
                            : BT_FAIL(w->err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
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

// Whether a failure is one of this process and not of the input.
static bool is_ours(enum bt_status status)
{
    return status == BT_E_NOMEM || status == BT_E_INTERNAL;
}

// What passing over a file costs: nothing where the archive can be read at any place.
static uint64_t cost_of(const struct bt_content *content)
{
    bool direct = content->container != NULL && (strcmp(content->container, "zip") == 0 ||
                                                 strcmp(content->container, "tar") == 0);
    return direct ? 0 : content->size;
}

// Lists and logs in an archive may stand behind the dumps that they tell of. So an archive is
// gone through twice, as far as that does not take long.
static enum bt_status collect_inside(struct work *w)
{
    struct bt_contents *contents;
    struct bt_content content;
    uint64_t cost = 0;
    BT_TRY(bt_side_files_new(&w->inside, w->err));
    if (bt_contents_open(w->input->path, &contents, NULL) != BT_OK)
        return BT_OK;
    enum bt_status status = BT_OK;
    while (status == BT_OK && cost <= BT_LIMIT_ARCHIVE_AHEAD) {
        enum bt_status next = bt_contents_next(contents, &content, NULL);
        if (next == BT_ABSENT)
            break;
        if (next != BT_OK || content.source == NULL || content.member == NULL)
            continue;
        cost += cost_of(&content);
        if (bt_is_side_file_name(content.member))
            status = bt_side_files_add(w->inside, content.member, content.source, w->err);
    }
    bt_contents_close(contents);
    return status;
}

// Looks for what lies beside the first dump: in its archive, or in its folder.
static enum bt_status look_beside(struct work *w, const struct bt_content *first)
{
    if (w->input->named && strcmp(w->input->path, "-") == 0)
        return BT_OK;
    if (first->member != NULL)
        return collect_inside(w);
    if (w->job->side == NULL)
        BT_TRY(bt_side_files_new(&w->job->side, w->err));
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
        if (w->bytes > BT_LIMIT_ARCHIVE_ANSWER)
            return add_too_much(w, contents);
        if (content.member != NULL)
            BT_TRY(start_member(w));
        BT_TRY(status == BT_OK ? work_on_content(w, &content)
                               : add_failure(w, contents, &content, &reason));
    }
    return w->items == 0 ? add_nothing(w, contents) : BT_OK;
}

static enum bt_status work_on_input(struct work *w)
{
    const struct bt_content unopened = {0};
    struct bt_contents *contents;
    struct bt_error reason;
    bool standard_input = w->input->named && strcmp(w->input->path, "-") == 0;
    enum bt_status status = standard_input
                                ? bt_contents_open_stream(STANDARD_INPUT, &contents, &reason)
                                : bt_contents_open(w->input->path, &contents, &reason);
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
    status = work_on_contents(w, contents);
    bt_contents_close(contents);
    bt_side_files_free(w->inside);
    w->inside = NULL;
    return status;
}

// The result for an input that could not be worked on to the end.
static enum bt_status add_stopped(struct work *w, enum bt_read_status status,
                                  const char *message)
{
    const struct bt_place place = {.path = w->input->path};
    struct bt_triage *triage;
    BT_TRY(bt_triage_stopped(w->job->kb, &place, status, BT_PROBLEM_LIMIT, message, &triage,
                             w->err));
    return add_and_free(w, triage, true);
}

void bt_job_failed(struct bt_job *job, const struct bt_job_input *input,
                   enum bt_read_status status, const char *message, struct bt_buf *answer)
{
    struct bt_error err;
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    struct work work = {
        .job = job, .input = input, .arena = arena, .answer = answer, .err = &err};
    size_t before = answer->size;
    if (arena == NULL || add_stopped(&work, status, message) != BT_OK) {
        // Not even that: an item without text, so that the input is at least counted.
        bt_buf_cut(answer, before);
        add_item(answer, &(struct bt_job_item){.status = status, .message = message});
    }
    bt_arena_free(arena);
}

void bt_job_work(void *context, const char *question, size_t size, struct bt_pool_reply *reply)
{
    struct bt_buf *answer = reply->answer;
    struct bt_job *job = context;
    struct bt_error err;
    if (size < 1)
        return;
    const struct bt_job_input input = {.path = &question[1], .named = question[0] == 'n'};
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
        bt_job_failed(job, &input, BT_READ_CRASHED, err.message, answer);
    }
    bt_arena_free(work.arena);
}
