// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "report/text_parts.h"

enum { PARAMETER_VALUE = 6 }; // column of a parameter's value

static void write_stop_line(struct bt_page *page, const struct bt_result *result)
{
    const struct bt_stop *stop = &result->crash->stop;
    bt_page_putf(page, BT_STYLE_STRONG, "STOP 0x%08" PRIX32, stop->code);
    if (stop->raw != stop->code)
        bt_page_putf(page, BT_STYLE_PLAIN, " (0x%08" PRIX32 ")", stop->raw);
    bt_page_put(page, BT_STYLE_PLAIN, "  ");
    if (result->stop.name != NULL)
        bt_page_put(page, BT_STYLE_STRONG, result->stop.name);
    else
        bt_page_put(page, BT_STYLE_PLAIN, "no known stop code");
    bt_page_end(page);
}

static void write_paragraph(struct bt_page *page, size_t indent, const char *text)
{
    if (text == NULL)
        return;
    bt_page_to(page, indent);
    bt_page_wrap(page, indent, text);
    bt_page_end(page);
}

// Adds " first, second" behind what there is: a colon before the first, commas between.
static void add_detail(struct bt_buf *line, bool *first, const char *text)
{
    if (text == NULL)
        return;
    if (line->size != 0)
        bt_buf_text(line, *first ? ": " : ", ");
    bt_buf_text(line, text);
    *first = false;
}

static void describe_parameter(const struct bt_parameter *parameter, bool documented,
                               struct bt_buf *line)
{
    bool first = true;
    bt_buf_text(line, parameter->role);
    add_detail(line, &first, parameter->status);
    add_detail(line, &first, parameter->meaning);
    if (parameter->module != NULL) {
        add_detail(line, &first, parameter->module);
        bt_buf_printf(line, "+0x%" PRIx64, parameter->offset);
        if (parameter->unloaded)
            bt_buf_text(line, " (no longer loaded)");
    }
    add_detail(line, &first, parameter->function);
    add_detail(line, &first, parameter->hint);
    if (line->size == 0 && documented)
        bt_buf_text(line, "reserved");
}

// Whether nothing can be said of a parameter but its value.
static bool is_reserved(const struct bt_parameter *parameter)
{
    return parameter->known && parameter->role == NULL && parameter->meaning == NULL;
}

// How many parameters from `first` on share a line: reserved ones of the same value.
static size_t count_alike(const struct bt_stop_meaning *meaning, size_t first)
{
    const struct bt_parameter *parameters = meaning->parameters;
    size_t count = 1;
    while (is_reserved(&parameters[first]) && first + count < BT_COUNT(meaning->parameters) &&
           is_reserved(&parameters[first + count]) &&
           parameters[first + count].value == parameters[first].value)
        count++;
    return count;
}

static void write_parameter(struct bt_page *page, size_t first, size_t count, const char *value,
                            size_t column, const char *text)
{
    bt_page_putf(page, BT_STYLE_DIM, "  %zu", first + 1);
    if (count > 1)
        bt_page_putf(page, BT_STYLE_DIM, "-%zu", first + count);
    bt_page_to(page, PARAMETER_VALUE);
    bt_page_put(page, BT_STYLE_PLAIN, value);
    if (*text != '\0')
        bt_page_to(page, column);
    bt_page_wrap(page, column, text);
    bt_page_end(page);
}

static void write_parameters(struct bt_page *page, const struct bt_stop_meaning *meaning)
{
    char values[BT_COUNT(meaning->parameters)][24];
    size_t widest = 0;
    for (size_t i = 0; i < BT_COUNT(values); i++) {
        const struct bt_parameter *parameter = &meaning->parameters[i];
        snprintf(values[i], sizeof values[i], "0x%" PRIx64, parameter->value);
        if (!parameter->known)
            snprintf(values[i], sizeof values[i], "-");
        widest = strlen(values[i]) > widest ? strlen(values[i]) : widest;
    }
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    for (size_t i = 0, count; i < BT_COUNT(values); i += count) {
        const struct bt_parameter *parameter = &meaning->parameters[i];
        count = count_alike(meaning, i);
        if (!parameter->known && parameter->role == NULL)
            continue;
        bt_buf_clear(&line);
        describe_parameter(parameter, meaning->name != NULL, &line);
        write_parameter(page, i, count, values[i], PARAMETER_VALUE + widest + 3,
                        bt_buf_cstr(&line));
    }
    bt_buf_fini(&line);
}

// The frame of the exception itself, where the stack begins with it.
static const struct bt_frame *find_faulting_frame(const struct bt_crash *crash)
{
    bool first =
        crash->frame_count != 0 && crash->frames[0].address == bt_exception_instruction(crash);
    return first ? &crash->frames[0] : NULL;
}

// ", null_write at crash.c:19"
static void add_function(struct bt_buf *line, const struct bt_frame *frame)
{
    if (frame == NULL || frame->function == NULL)
        return;
    bt_buf_printf(line, ", %s", frame->function);
    if (frame->file != NULL)
        bt_buf_printf(line, " at %s:%" PRIu32, bt_basename(frame->file), frame->line);
}

// Where the exception was: an address, or what a report in words tells of it.
static void add_place(const struct bt_crash *crash, struct bt_opt64 target, struct bt_buf *line)
{
    const struct bt_reported_fault *fault = &crash->reported_fault;
    const bt_va address = bt_exception_instruction(crash);
    const struct bt_module *module = bt_module_at(crash, address);
    if (fault->module != NULL) {
        bt_buf_printf(line, ", in %s", fault->module->name);
        if (fault->offset.known)
            bt_buf_printf(line, "+0x%" PRIx64, fault->offset.value);
        return;
    }
    // A meaning of several clauses would take the place for its own.
    bool clauses = memchr(bt_buf_cstr(line), ':', line->size) != NULL;
    // Without registers the address is that of the data, which was said before.
    bool is_data = crash->system.platform != BT_PLATFORM_WINDOWS && target.known &&
                   target.value == address && module == NULL &&
                   bt_crashing_thread(crash) != NULL && bt_crashing_thread(crash)->sp == 0;
    if (is_data)
        return;
    if (crash->format != BT_FORMAT_NONE || address != 0)
        bt_buf_printf(line, "%s at 0x%" PRIx64, clauses ? "," : "", address);
    const struct bt_unloaded_module *gone = bt_unloaded_at(crash, address);
    if (module == NULL && gone != NULL)
        bt_buf_printf(line, " (%s+0x%" PRIx64 ", no longer loaded)", gone->name,
                      address - gone->base);
    if (module == NULL)
        return;
    bt_buf_printf(line, " (%s+0x%" PRIx64, module->name, address - module->base);
    add_function(line, find_faulting_frame(crash));
    bt_buf_char(line, ')');
}

static void write_exception_parameters(struct bt_page *page, const struct bt_result *result)
{
    size_t count = result->crash->exception.parameter_count, widest = 0;
    char value[24];
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    for (size_t i = 0; i < count; i++) {
        size_t size = (size_t)snprintf(value, sizeof value, "0x%" PRIx64,
                                       result->exception_parameters[i].value);
        widest = size > widest ? size : widest;
    }
    for (size_t i = 0; i < count; i++) {
        const struct bt_parameter *parameter = &result->exception_parameters[i];
        snprintf(value, sizeof value, "0x%" PRIx64, parameter->value);
        bt_buf_clear(&line);
        describe_parameter(parameter, false, &line);
        write_parameter(page, i, 1, value, PARAMETER_VALUE + widest + 3, bt_buf_cstr(&line));
    }
    if (count != 0)
        bt_page_gap(page);
    bt_buf_fini(&line);
}

static void write_exception(struct bt_page *page, const struct bt_result *result)
{
    const struct bt_exception *exception = &result->crash->exception;
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    if (exception->code_unknown)
        bt_buf_text(&line, "code not told");
    else
        bt_buf_printf(&line, "0x%08" PRIX32, exception->code);
    if (result->exception_name != NULL)
        bt_buf_printf(&line, " %s", result->exception_name);
    if (result->exception_meaning != NULL)
        bt_buf_printf(&line, ", %s", result->exception_meaning);
    if (result->exception_hint != NULL)
        bt_buf_printf(&line, " (%s)", result->exception_hint);
    add_place(result->crash, result->exception_target, &line);
    bt_text_line(page, "Exception", bt_buf_cstr(&line));
    bt_buf_fini(&line);
    // A dump's own line says what the parameters say; a question about them wants each.
    if (result->input.path == NULL && !result->crash->stop.present)
        write_exception_parameters(page, result);
}

// Whether the parameters of the stop say already what the exception does.
static bool is_told_by_parameters(const struct bt_result *result)
{
    const struct bt_exception *exception = &result->crash->exception;
    const struct bt_parameter *parameters = result->stop.parameters;
    bool code = false, address = false;
    if (!result->crash->stop.present || result->exception_target.known)
        return false;
    for (size_t i = 0; i < BT_COUNT(result->stop.parameters); i++) {
        code =
            code || (parameters[i].known && (uint32_t)parameters[i].value == exception->code);
        address = address || (parameters[i].known && parameters[i].value == exception->address);
    }
    return code && address;
}

void bt_text_stop(struct bt_page *page, const struct bt_result *result)
{
    if (result->crash->stop.present) {
        write_stop_line(page, result);
        write_paragraph(page, 2, result->stop.description);
        write_parameters(page, &result->stop);
        bt_page_gap(page);
    }
    if (result->crash->exception.present && !is_told_by_parameters(result))
        write_exception(page, result);
}
