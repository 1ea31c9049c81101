// SPDX-License-Identifier: MIT
#include "batch/job.h"

#include <string.h>

#include "base/limits.h"
#include "base/span.h"
#include "base/text.h"
#include "report/redact.h"
#include "triage/triage.h"

enum { STANDARD_INPUT = 0 };

// An item on its way: 16 bytes of header, then the message, NUL-terminated, then the text.
//   0  u32  bits: passed over, unopened, matched
//   4  u32  bt_read_status
//   8  u32  bytes of the message with its NUL
//   12 u32  bytes of the text
enum { HEADER = 16 };
enum { BIT_PASSED_OVER = 1, BIT_UNOPENED = 2, BIT_MATCHED = 4 };

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
                     (item->unopened ? BIT_UNOPENED : 0u) | (item->matched ? BIT_MATCHED : 0u));
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

// Below a directory, dumps are recognised by their content; only a name that says "dump" makes
// an empty or damaged file worth a record.
static bool is_named_like_a_dump(const char *path)
{
    static const char *const suffixes[] = {".dmp",    ".mdmp",    ".hdmp",    ".kdmp",
                                           ".dmp.gz", ".mdmp.gz", ".hdmp.gz", ".kdmp.gz"};
    for (size_t i = 0; i < BT_COUNT(suffixes); i++) {
        if (bt_iends_with(path, suffixes[i]))
            return true;
    }
    return false;
}

// A result without what tells who and where; the result itself where that was not asked for.
static enum bt_status redact(const struct bt_job *job, struct bt_arena *arena,
                             const struct bt_result **result, struct bt_error *err)
{
    return job->redact ? bt_redact_result(*result, arena, result, err) : BT_OK;
}

// Makes the bytes of one result, and adds the item to the answer.
static enum bt_status add_result(const struct bt_job *job, const struct bt_job_input *input,
                                 const struct bt_result *result, struct bt_arena *arena,
                                 struct bt_buf *answer, struct bt_error *err)
{
    struct bt_buf text;
    BT_TRY(redact(job, arena, &result, err));
    const struct bt_crash *crash = result->crash;
    bool unreadable = crash->status >= BT_READ_UNREADABLE;
    bool problem = crash->problem.code != BT_PROBLEM_NONE && crash->problem.message != NULL;
    struct bt_job_item item = {
        .passed_over = !input->named && unreadable && !is_named_like_a_dump(input->path),
        .status = crash->status,
        .unopened = unreadable && crash->problem.code == BT_PROBLEM_IO,
        .matched = result->matches.fitting != 0,
        .message = unreadable && problem ? crash->problem.message : "",
    };
    bt_buf_init(&text, answer->limit);
    if (!item.passed_over)
        job->format->write(result, &job->report, &text);
    enum bt_status status = bt_buf_status(&text, err);
    item.text = bt_buf_cstr(&text);
    item.size = text.size;
    if (status == BT_OK)
        add_item(answer, &item);
    bt_buf_fini(&text);
    return status == BT_OK ? bt_buf_status(answer, err) : status;
}

static enum bt_status triage_input(const struct bt_job *job, const struct bt_job_input *input,
                                   struct bt_arena *arena, struct bt_buf *answer,
                                   struct bt_error *err)
{
    const struct bt_triage_options options = {.hash = job->hash || job->format->hashes,
                                              .symbols = job->symbols,
                                              .error_report = job->error_report};
    struct bt_triage *triage;
    bool standard_input = input->named && strcmp(input->path, "-") == 0;
    BT_TRY(standard_input
               ? bt_triage_stream(job->kb, STANDARD_INPUT, input->path, &options, &triage, err)
               : bt_triage_file(job->kb, input->path, &options, &triage, err));
    enum bt_status status =
        add_result(job, input, bt_triage_result(triage), arena, answer, err);
    bt_triage_free(triage);
    return status;
}

// The result for an input that could not be worked on to the end.
static enum bt_status add_failure(const struct bt_job *job, const struct bt_job_input *input,
                                  enum bt_read_status status, const char *message,
                                  struct bt_arena *arena, struct bt_buf *answer,
                                  struct bt_error *err)
{
    struct bt_triage *triage;
    BT_TRY(bt_triage_stopped(job->kb, input->path, status, message, &triage, err));
    const struct bt_job_input named = {.path = input->path, .named = true};
    enum bt_status st = add_result(job, &named, bt_triage_result(triage), arena, answer, err);
    bt_triage_free(triage);
    return st;
}

void bt_job_failed(const struct bt_job *job, const struct bt_job_input *input,
                   enum bt_read_status status, const char *message, struct bt_buf *answer)
{
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    size_t before = answer->size;
    if (arena == NULL ||
        add_failure(job, input, status, message, arena, answer, NULL) != BT_OK) {
        // Not even that: an item without text, so that the input is at least counted.
        bt_buf_cut(answer, before);
        add_item(answer, &(struct bt_job_item){.status = status, .message = message});
    }
    bt_arena_free(arena);
}

void bt_job_work(void *context, const char *question, size_t size, struct bt_buf *answer)
{
    const struct bt_job *job = context;
    struct bt_error err;
    if (size < 1)
        return;
    const struct bt_job_input input = {.path = &question[1], .named = question[0] == 'n'};
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    size_t before = answer->size;
    bt_error_set(&err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    if (arena == NULL || triage_input(job, &input, arena, answer, &err) != BT_OK) {
        bt_buf_cut(answer, before);
        bt_job_failed(job, &input, BT_READ_CRASHED, err.message, answer);
    }
    bt_arena_free(arena);
}
