// SPDX-License-Identifier: MIT
#include "cli/stop_question.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/messages.h"
#include "crash/crash.h"
#include "io/source.h"
#include "kb/stop_text.h"

enum { STANDARD_INPUT = 0 };

static bool read_number(const char *text, bool decimal, uint64_t *ret)
{
    size_t size = strlen(text);
    return decimal ? bt_parse_u64(text, size, ret) : bt_parse_hex(text, size, ret);
}

static bool read_code(const struct bt_kb *kb, const struct bt_options *options, uint32_t *ret)
{
    const char *text = options->arguments[0];
    uint64_t value;
    if (read_number(text, options->decimal, &value) && value <= UINT32_MAX) {
        *ret = (uint32_t)value;
        return true;
    }
    return bt_stop_by_name(kb, text, strlen(text), ret);
}

// CODE [P1 [P2 [P3 [P4]]]], each a word of its own.
static bool read_words(const struct bt_kb *kb, const struct bt_options *options,
                       struct bt_stop_question *ret)
{
    if (options->argument_count > 1 + BT_COUNT(ret->parameters) ||
        !read_code(kb, options, &ret->code))
        return false;
    for (size_t i = 1; i < options->argument_count; i++) {
        if (!read_number(options->arguments[i], options->decimal, &ret->parameters[i - 1]))
            return false;
    }
    ret->parameter_count = (unsigned)options->argument_count - 1;
    return true;
}

static int read_text(const struct bt_kb *kb, const char *text, size_t size,
                     struct bt_stop_question *ret)
{
    struct bt_stop_text found;
    if (!bt_stop_text_best(kb, text, size, &found))
        return bt_usage_error("explain", "no stop code was found in the text");
    if (found.repaired)
        bt_message("the code was written with wrong digits; read as 0x%08X", found.code);
    ret->code = found.code;
    // Parameters are counted from the first: one that is not known ends them.
    while (ret->parameter_count < found.count && found.known[ret->parameter_count]) {
        ret->parameters[ret->parameter_count] = found.parameters[ret->parameter_count];
        ret->parameter_count++;
    }
    return BT_EXIT_OK;
}

static int read_joined(const struct bt_kb *kb, const struct bt_options *options,
                       struct bt_stop_question *ret)
{
    static const char stop[] = "STOP";
    struct bt_buf text;
    bt_buf_init(&text, BT_LIMIT_TEXT);
    bt_buf_text(&text, stop);
    for (size_t i = 0; i < options->argument_count; i++) {
        bt_buf_char(&text, ' ');
        bt_buf_text(&text, options->arguments[i]);
    }
    // "7F (0x8, 0, 0, 0)" is a stop here, though not in the middle of other text.
    struct bt_stop_text found;
    size_t skip =
        bt_stop_text_best(kb, text.data + strlen(stop), text.size - strlen(stop), &found)
            ? strlen(stop)
            : 0;
    int exit_status = read_text(kb, text.data + skip, text.size - skip, ret);
    bt_buf_fini(&text);
    return exit_status;
}

static int read_standard_input(const struct bt_kb *kb, struct bt_stop_question *ret)
{
    struct bt_source *source = NULL;
    struct bt_span bytes = {0};
    struct bt_error err = {.message = "out of memory"};
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    enum bt_status status =
        arena != NULL ? bt_source_open_stream(STANDARD_INPUT, &source, &err) : BT_E_NOMEM;
    if (status == BT_OK)
        status = bt_source_view(source, 0, BT_LIMIT_TEXT, arena, &bytes, &err);
    int exit_status = BT_EXIT_INPUT;
    if (status == BT_OK)
        exit_status =
            read_text(kb, bytes.size != 0 ? (const char *)bytes.data : "", bytes.size, ret);
    else
        bt_message_about("standard input", err.message);
    bt_source_close(source);
    bt_arena_free(arena);
    return exit_status;
}

static int read_machine(const struct bt_options *options, struct bt_stop_question *ret)
{
    enum bt_arch arch;
    uint64_t build = 0;
    if (options->architecture != NULL && !bt_arch_find(options->architecture, &arch))
        return bt_usage_error("explain", "unknown architecture \"%s\"", options->architecture);
    if (options->build != NULL &&
        (!bt_parse_u64(options->build, strlen(options->build), &build) || build > UINT32_MAX))
        return bt_usage_error("explain", "\"%s\" is no build number", options->build);
    ret->architecture = options->architecture;
    ret->build = (uint32_t)build;
    return BT_EXIT_OK;
}

int bt_read_stop_question(const struct bt_kb *kb, const struct bt_options *options,
                          struct bt_stop_question *ret)
{
    *ret = (struct bt_stop_question){0};
    int exit_status = read_machine(options, ret);
    if (exit_status != BT_EXIT_OK)
        return exit_status;
    if (options->argument_count == 1 && strcmp(options->arguments[0], "-") == 0)
        return read_standard_input(kb, ret);
    struct bt_stop_question words = *ret;
    if (!read_words(kb, options, &words))
        return read_joined(kb, options, ret);
    *ret = words;
    return BT_EXIT_OK;
}
