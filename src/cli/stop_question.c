// SPDX-License-Identifier: MIT
#include "cli/stop_question.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/messages.h"
#include "cli/plain_text.h"
#include "crash/crash.h"
#include "io/source.h"
#include "kb/exception_scan.h"
#include "kb/stop_text.h"

enum { STANDARD_INPUT = 0 };

static bool read_number(const char *text, bool decimal, uint64_t *ret)
{
    size_t size = strlen(text);
    return decimal ? bt_parse_u64(text, size, ret) : bt_parse_hex(text, size, ret);
}

// --- Exceptions -----------------------------------------------------------------------------

static bool is_stop(const struct bt_kb *kb, uint32_t code)
{
    struct bt_kb_stop stop;
    return bt_kb_stop_find(kb, bt_stop_base_code(code), &stop);
}

static bool is_exception(const struct bt_kb *kb, uint32_t code)
{
    struct bt_kb_status status;
    return bt_kb_status_find(kb, BT_KB_NTSTATUS, code, &status) ||
           bt_kb_status_find(kb, BT_KB_EXCEPTION, code, &status) ||
           bt_kb_status_find(kb, BT_KB_WIN32, code, &status) || code >= 0x80000000;
}

// Makes the question of what a text told, or words said.
static void ask_exception(struct bt_question *ret)
{
    const struct bt_exception_text *told = &ret->told;
    struct bt_exception_question *q = &ret->exception;
    ret->is_exception = true;
    *q = (struct bt_exception_question){
        .code = told->code,
        .code_unknown = !told->code_known,
        .flags = told->flags,
        .parameter_count = told->parameter_count,
        .platform = told->platform,
        .address = told->address.value,
        .process = told->process.name,
        .process_stamp = told->process.stamp.value,
        .process_id = told->process_id.value,
        .module = told->module.name,
        .module_stamp = told->module.stamp.value,
        .offset = told->offset.value,
        .offset_known = told->offset.known,
        .thrown = told->type,
        .thrown_by = told->method,
        .architecture = ret->stop.architecture,
        .build = ret->stop.build,
    };
    for (unsigned i = 0; i < told->parameter_count; i++)
        q->parameters[i] = told->parameters[i];
    if (told->process.version.known) {
        bt_file_version_text(told->process.version.value, ret->process_version);
        q->process_version = ret->process_version;
    }
    if (told->module.version.known) {
        bt_file_version_text(told->module.version.value, ret->module_version);
        q->module_version = ret->module_version;
    }
}

// Words behind the code. Those of a signal are its code and the address.
static bool read_exception_words(const struct bt_options *options, size_t first,
                                 struct bt_question *ret)
{
    struct bt_exception_question *q = &ret->exception;
    bool windows = strcmp(q->platform, "windows") == 0;
    size_t count = options->argument_count - first;
    if (count + q->parameter_count > (windows ? BT_COUNT(q->parameters) : 2))
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *word = options->arguments[first + i];
        uint64_t value = 0;
        uint32_t flags = 0;
        bool name = !windows && i == 0 && bt_exception_flags_by_name(word, &flags);
        if (name)
            value = flags;
        else if (!read_number(word, options->decimal, &value))
            return false;
        if (windows)
            q->parameters[q->parameter_count++] = value;
        else if (i == 0)
            q->flags = (uint32_t)value;
        else
            q->address = value;
    }
    return true;
}

// "CODE [P1 ...]" of an exception. `forced`: the user said that it is one.
static bool read_exception(const struct bt_kb *kb, const struct bt_options *options,
                           size_t first, bool forced, struct bt_question *ret)
{
    if (first >= options->argument_count)
        return false;
    const char *text = options->arguments[first];
    uint64_t code = 0;
    if (read_number(text, options->decimal, &code)) {
        if (code > UINT32_MAX ||
            (!forced && (is_stop(kb, (uint32_t)code) || !is_exception(kb, (uint32_t)code))))
            return false;
        ret->told = (struct bt_exception_text){
            .platform = "windows", .code_known = true, .code = (uint32_t)code};
    } else if (!bt_exception_by_name(kb, text, &ret->told)) {
        return false;
    }
    ask_exception(ret);
    return read_exception_words(options, first + 1, ret);
}

// --- Stops ----------------------------------------------------------------------------------

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
    struct bt_kb_status status;
    if (is_stop(kb, ret->code) && bt_kb_status_find(kb, BT_KB_NTSTATUS, ret->code, &status) &&
        ret->code > UINT16_MAX)
        bt_message("0x%08X is %s too: \"explain exception 0x%08X\"", ret->code, status.name,
                   ret->code);
    return true;
}

// --- Text -----------------------------------------------------------------------------------

// Text about a program. Text that may be about a stop as well counts only with `unclear`.
static bool read_program_text(const struct bt_kb *kb, const char *text, size_t size,
                              bool unclear, struct bt_question *ret)
{
    if (!bt_exception_text_read(kb, text, size, &ret->told) || (!ret->told.clear && !unclear))
        return false;
    ask_exception(ret);
    return true;
}

// What the text tells of the machine; options go before it.
static void read_machine_text(const char *text, size_t size, struct bt_question *question)
{
    struct bt_stop_question *ret = &question->stop;
    const struct bt_machine_text *m = &question->machine;
    bt_machine_text_read(text, size, &question->machine);
    if (ret->architecture == NULL)
        ret->architecture = m->architecture;
    if (ret->build == 0 && m->build.known)
        ret->build = m->build.value;
    ret->service_pack_known = m->service_pack.known;
    ret->service_pack = m->service_pack.value;
    ret->product_type = m->product_type;
    ret->system = m->system;
    ret->process = m->process;
    for (size_t i = 0; i < m->module_count; i++)
        question->modules[i] = (struct bt_stop_module){
            .name = m->modules[i].name,
            .version = m->modules[i].version,
            .base = m->modules[i].base,
            .size = m->modules[i].size,
            .stamp = m->modules[i].stamp,
            .blamed = m->modules[i].blamed,
        };
    ret->modules = question->modules;
    ret->module_count = m->module_count;
}

static void take_stop(const struct bt_stop_text *found, struct bt_stop_question *ret)
{
    if (found->repaired)
        bt_message("the code was written with wrong digits; read as 0x%08X", found->code);
    ret->code = found->code;
    // Parameters are counted from the first: one that is not known ends them.
    while (ret->parameter_count < found->count && found->known[ret->parameter_count]) {
        ret->parameters[ret->parameter_count] = found->parameters[ret->parameter_count];
        ret->parameter_count++;
    }
}

// One line that is nothing but a code or a name, as it would be typed behind "explain".
static bool read_alone(const struct bt_kb *kb, const char *text, size_t size,
                       struct bt_question *ret)
{
    enum { LONGEST = 160 };
    static const char stop[] = "STOP ";
    const size_t skip = strlen(stop);
    char line[sizeof stop + LONGEST];
    struct bt_stop_text found;
    while (size != 0 && bt_is_space(text[size - 1]))
        size--;
    while (size != 0 && bt_is_space(*text)) {
        text++;
        size--;
    }
    if (size == 0 || size > LONGEST || memchr(text, '\n', size) != NULL)
        return false;
    memcpy(line, stop, skip);
    memcpy(line + skip, text, size);
    line[skip + size] = '\0';
    char *word = line + skip;
    const struct bt_options alone = {.arguments = &word, .argument_count = 1};
    if (read_exception(kb, &alone, 0, false, ret))
        return true;
    ret->is_exception = false;
    if (read_words(kb, &alone, &ret->stop))
        return true;
    if (!bt_stop_text_best(kb, line, skip + size, &found))
        return false;
    take_stop(&found, &ret->stop);
    return true;
}

static int read_text(const struct bt_kb *kb, const char *text, size_t size,
                     struct bt_question *question)
{
    struct bt_stop_text found;
    if (read_program_text(kb, text, size, false, question))
        return BT_EXIT_OK;
    if (!bt_stop_text_best(kb, text, size, &found)) {
        if (read_program_text(kb, text, size, true, question))
            return BT_EXIT_OK;
        if (read_alone(kb, text, size, question))
            return BT_EXIT_OK;
        return bt_usage_error("explain", "no stop code and no exception was found in the text");
    }
    take_stop(&found, &question->stop);
    read_machine_text(text, size, question);
    return BT_EXIT_OK;
}

// Reads bytes as they were pasted.
static int read_pasted(const struct bt_kb *kb, struct bt_span bytes, struct bt_question *ret)
{
    struct bt_buf text;
    struct bt_error err = {.message = "out of memory"};
    int exit_status = BT_EXIT_INPUT;
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    bt_buf_init(&text, BT_LIMIT_TEXT);
    if (arena != NULL && bt_plain_text(bytes, arena, &text, &err) == BT_OK)
        exit_status = read_text(kb, bt_buf_cstr(&text), text.size, ret);
    else
        bt_message_about("text", err.message);
    bt_buf_fini(&text);
    bt_arena_free(arena);
    return exit_status;
}

static int read_joined(const struct bt_kb *kb, const struct bt_options *options,
                       struct bt_question *ret)
{
    static const char stop[] = "STOP ";
    struct bt_buf text;
    bt_buf_init(&text, BT_LIMIT_TEXT);
    for (size_t i = 0; i < options->argument_count; i++) {
        bt_buf_text(&text, i == 0 ? stop : " ");
        bt_buf_text(&text, options->arguments[i]);
    }
    // "7F (0x8, 0, 0, 0)" is a stop here, though not in the middle of other text.
    struct bt_stop_text found;
    const size_t skip = strlen(stop);
    struct bt_span bytes = {.data = (const uint8_t *)bt_buf_cstr(&text), .size = text.size};
    if (text.size >= skip && bt_stop_text_best(kb, text.data + skip, text.size - skip, &found))
        bytes = (struct bt_span){.data = bytes.data + skip, .size = bytes.size - skip};
    int exit_status = read_pasted(kb, bytes, ret);
    bt_buf_fini(&text);
    return exit_status;
}

static int read_standard_input(const struct bt_kb *kb, struct bt_question *ret)
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
        exit_status = read_pasted(kb, bytes, ret);
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

int bt_read_question(const struct bt_kb *kb, const struct bt_options *options,
                     struct bt_question *ret)
{
    *ret = (struct bt_question){0};
    int exit_status = read_machine(options, &ret->stop);
    if (exit_status != BT_EXIT_OK)
        return exit_status;
    if (options->argument_count == 1 && strcmp(options->arguments[0], "-") == 0)
        return read_standard_input(kb, ret);
    bool forced = bt_ieq(options->arguments[0], "exception");
    if (read_exception(kb, options, forced ? 1 : 0, forced, ret))
        return BT_EXIT_OK;
    ret->is_exception = false;
    struct bt_stop_question words = ret->stop;
    if (!read_words(kb, options, &words))
        return read_joined(kb, options, ret);
    ret->stop = words;
    return BT_EXIT_OK;
}
