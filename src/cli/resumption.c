// SPDX-License-Identifier: MIT
#include "cli/resumption.h"

#include <stdlib.h>
#include <string.h>

#include "batch/text_file.h"
#include "cli/cli.h"
#include "cli/messages.h"
#include "cli/output.h"

enum { CHUNK = 256 * 1024 };

static enum bt_status copy_bytes(struct bt_text_file *from, int to, struct bt_error *err)
{
    char *chunk = malloc(CHUNK);
    size_t got;
    if (chunk == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    enum bt_status status;
    while ((status = bt_text_file_read(from, chunk, CHUNK, &got, err)) == BT_OK) {
        status = bt_output_put(to, chunk, got, err);
        if (status != BT_OK)
            break;
    }
    free(chunk);
    return status == BT_ABSENT ? BT_OK : status;
}

static enum bt_status copy_file(const char *from, const char *to, struct bt_error *err)
{
    struct bt_text_file *file;
    int fd;
    BT_TRY(bt_text_file_open(from, &file, err));
    enum bt_status status = bt_output_create(to, true, &fd, err);
    if (status == BT_OK) {
        status = copy_bytes(file, fd, err);
        enum bt_status finished = bt_output_finish(fd, err);
        status = status != BT_OK ? status : finished;
    }
    bt_text_file_close(file);
    return status;
}

// FILE.part with everything that FILE has: the file that the run goes on in. It appears all at
// once, so that a run that is killed here leaves nothing half done.
static enum bt_status make_part(const char *path, const char *part, struct bt_error *err)
{
    char *copy = bt_output_part_name(part);
    if (copy == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    enum bt_status status = copy_file(path, copy, err);
    if (status == BT_OK)
        status = bt_output_rename(copy, part, err);
    if (status != BT_OK)
        bt_output_remove(copy);
    free(copy);
    return status;
}

// Finds or makes FILE.part and reads it. Where there is neither it nor FILE, this is the first
// run.
static enum bt_status read_part(const char *path, const char *part,
                                struct bt_resumption *resumption, struct bt_error *err)
{
    if (!bt_output_exists(part)) {
        if (!bt_output_exists(path))
            return BT_OK;
        BT_TRY(make_part(path, part, err));
    }
    resumption->in_place = true;
    return bt_resume_add(resumption->resume, part, &resumption->keep, err);
}

static enum bt_status start_in_place(const char *path, struct bt_resumption *resumption,
                                     struct bt_error *err)
{
    char *part = bt_output_part_name(path);
    if (part == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    enum bt_status status = read_part(path, part, resumption, err);
    free(part);
    return status;
}

int bt_resumption_start(const struct bt_options *options, struct bt_resumption *ret)
{
    struct bt_error err;
    struct bt_resumption resumption = {0};
    uint64_t whole;
    bool same = options->resume != NULL && options->output != NULL &&
                strcmp(options->resume, options->output) == 0;
    *ret = resumption;
    if (options->resume == NULL)
        return BT_GO_ON;
    if (same && !options->format->records)
        return bt_usage_error("", "only --format ndjson can go on in its own output");
    if (same && bt_output_is_compressed(options->output))
        return bt_usage_error("",
                              "a compressed file cannot be continued: name another with -o");
    enum bt_status status = bt_resume_new(&resumption.resume, &err);
    if (status == BT_OK)
        status = same ? start_in_place(options->output, &resumption, &err)
                      : bt_resume_add(resumption.resume, options->resume, &whole, &err);
    if (status == BT_OK) {
        *ret = resumption;
        return BT_GO_ON;
    }
    bt_message_about(options->resume, err.message);
    bt_resumption_end(&resumption);
    return BT_EXIT_OUTPUT;
}

void bt_resumption_end(struct bt_resumption *resumption)
{
    bt_resume_free(resumption->resume);
    resumption->resume = NULL;
}
