// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "report/text_parts.h"

enum {
    SHORT_CANDIDATES = 4, // runners-up that are named without --explain
    SHORT_FRAMES = 6,     // functions of the line "Stack"
    PARAMETER_VALUE = 6,  // column of a parameter's value
};

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
        crash->frame_count != 0 && crash->frames[0].address == crash->exception.address;
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
static void add_place(const struct bt_crash *crash, struct bt_buf *line)
{
    const struct bt_reported_fault *fault = &crash->reported_fault;
    bt_va address = crash->exception.address;
    const struct bt_module *module = bt_module_at(crash, address);
    if (fault->module != NULL) {
        bt_buf_printf(line, ", in %s", fault->module->name);
        if (fault->offset.known)
            bt_buf_printf(line, "+0x%" PRIx64, fault->offset.value);
        return;
    }
    if (crash->format != BT_FORMAT_NONE || address != 0)
        bt_buf_printf(line, " at 0x%" PRIx64, address);
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
    bt_buf_printf(&line, "0x%08" PRIX32, exception->code);
    if (result->exception_name != NULL)
        bt_buf_printf(&line, " %s", result->exception_name);
    if (result->exception_meaning != NULL)
        bt_buf_printf(&line, ", %s", result->exception_meaning);
    if (result->exception_hint != NULL)
        bt_buf_printf(&line, " (%s)", result->exception_hint);
    add_place(result->crash, &line);
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

// A minidump without an exception, for example one that a task manager was asked for.
static bool is_snapshot(const struct bt_crash *crash)
{
    return !crash->stop.present && !crash->exception.present;
}

// "2009-11-02 08:14:55 UTC, after 3 d 4 h, in System (4) on processor 2"
static void write_when(struct bt_page *page, const struct bt_crash *crash, bool live)
{
    char text[BT_TIME_TEXT_SIZE];
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    if (crash->time.known && bt_filetime_is_plausible(crash->time.value)) {
        bt_filetime_text(crash->time.value, text);
        bt_buf_printf(&line, "%s UTC", text);
    }
    if (crash->uptime.known) {
        bt_duration_text(crash->uptime.value / BT_TICKS_PER_SECOND, text);
        bt_buf_printf(&line, "%safter %s", line.size != 0 ? ", " : "", text);
    }
    if (crash->process.name != NULL || crash->process.pid.known) {
        bt_buf_printf(&line, "%sin %s", line.size != 0 ? ", " : "",
                      crash->process.name != NULL ? crash->process.name : "process");
        if (crash->process.pid.known)
            bt_buf_printf(&line, " (%" PRIu64 ")", crash->process.pid.value);
    }
    if (crash->processor.known)
        bt_buf_printf(&line, "%son processor %" PRIu32, line.size != 0 ? " " : "",
                      crash->processor.value);
    if (line.size != 0)
        bt_text_line(
            page, live || crash->generated_by_tool || is_snapshot(crash) ? "Taken" : "Crashed",
            bt_buf_cstr(&line));
    bt_buf_fini(&line);
}

static void describe_system_name(const struct bt_system *system, struct bt_buf *line)
{
    static const char windows[] = "Windows ";
    if (system->name != NULL && bt_starts_with(system->name, windows))
        bt_buf_text(line, system->name + strlen(windows)); // the label says it
    else if (system->name != NULL)
        bt_buf_text(line, system->name);
    else if (system->version != NULL)
        bt_buf_printf(line, "version %s", system->version);
    bool said = system->name != NULL && strstr(system->name, " SP") != NULL;
    if (system->service_pack.known && system->service_pack.value != 0 && !said)
        bt_buf_printf(line, " SP%" PRIu32, system->service_pack.value);
}

// What files beside the dump say of its machine.
static void write_machine(struct bt_page *page, const struct bt_machine *machine)
{
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    if (machine->name != NULL)
        bt_buf_printf(&line, "%s: ", machine->name);
    if (machine->updates_source != NULL) {
        bt_buf_printf(&line, "%zu updates are listed in %s", machine->update_count,
                      machine->updates_source);
        bt_text_line(page, "Machine", bt_buf_cstr(&line));
    }
    bt_buf_clear(&line);
    if (machine->event_source != NULL) {
        bt_buf_printf(&line, "%s, line %" PRIu32, machine->event_source, machine->event_line);
        if (machine->event_dump != NULL)
            bt_buf_printf(&line, ": saved as %s", machine->event_dump);
        if (machine->event_report_id != NULL)
            bt_buf_printf(&line, ", report %s", machine->event_report_id);
        bt_text_line(page, "Event", bt_buf_cstr(&line));
    }
    bt_buf_fini(&line);
}

static void write_system(struct bt_page *page, const struct bt_system *system)
{
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    describe_system_name(system, &line);
    if (system->build.known && (system->name != NULL || system->version == NULL)) {
        bt_buf_printf(&line, "%sbuild %" PRIu32, line.size != 0 ? ", " : "",
                      system->build.value);
        if (system->revision.known)
            bt_buf_printf(&line, ".%" PRIu32, system->revision.value);
    }
    if (system->arch != BT_ARCH_UNKNOWN)
        bt_buf_printf(&line, "%s%s", line.size != 0 ? ", " : "", bt_arch_name(system->arch));
    if (system->processors.known)
        bt_buf_printf(&line, "%s%" PRIu32 " processor%s", line.size != 0 ? ", " : "",
                      system->processors.value, system->processors.value == 1 ? "" : "s");
    if (system->processor_name != NULL)
        bt_buf_printf(&line, " (%s)", system->processor_name);
    bool windows =
        system->platform == BT_PLATFORM_WINDOWS || system->platform == BT_PLATFORM_UNKNOWN;
    if (line.size != 0)
        bt_text_line(page, windows ? "Windows" : "System", bt_buf_cstr(&line));
    bt_buf_fini(&line);
}

static void describe_culprit(const struct bt_culprit *culprit, struct bt_buf *line)
{
    char version[BT_FILE_VERSION_TEXT_SIZE];
    bt_buf_text(line, culprit->module);
    if (culprit->version.known) {
        bt_file_version_text(culprit->version.value, version);
        bt_buf_printf(line, " %s", version);
    }
    if (culprit->company != NULL)
        bt_buf_printf(line, " (%s)", culprit->company);
    if (culprit->unloaded)
        bt_buf_text(line, ", no longer loaded");
    if (culprit->confidence != BT_CONFIDENCE_NONE)
        bt_buf_printf(line, ", %s confidence", bt_confidence_name(culprit->confidence));
    if (culprit->reason != NULL)
        bt_buf_printf(line, ": %s", culprit->reason);
}

static void write_candidates(struct bt_page *page, const struct bt_verdict *verdict,
                             bool explain)
{
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    for (size_t i = 0; i < verdict->candidate_count; i++) {
        if (explain) {
            bt_buf_clear(&line);
            describe_culprit(&verdict->candidates[i], &line);
            bt_text_line(page, i == 0 ? "Also" : "", bt_buf_cstr(&line));
            continue;
        }
        if (i == SHORT_CANDIDATES) {
            bt_buf_printf(&line, " and %zu more", verdict->candidate_count - i);
            break;
        }
        bt_buf_text(&line, line.size != 0 ? bt_page_separator(page) : "");
        bt_buf_text(&line, verdict->candidates[i].module);
    }
    if (!explain && line.size != 0)
        bt_text_line(page, "Also", bt_buf_cstr(&line));
    bt_buf_fini(&line);
}

static void write_verdict(struct bt_page *page, const struct bt_verdict *verdict, bool explain)
{
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    bt_text_label(page, "Culprit");
    if (verdict->culprit.module == NULL) {
        bt_buf_printf(&line, "not determined: %s",
                      verdict->reason != NULL ? verdict->reason : "nothing points at a module");
    } else {
        describe_culprit(&verdict->culprit, &line);
    }
    bt_page_wrap(page, BT_TEXT_LABEL, bt_buf_cstr(&line));
    bt_page_end(page);
    bt_buf_fini(&line);
    write_candidates(page, verdict, explain);
}

// What the vendor's server said is worth its line in every report.
static void write_vendor(struct bt_page *page, const struct bt_signature *signature)
{
    if (signature->vendor_bucket != NULL)
        bt_text_line(page, "Vendor", signature->vendor_bucket);
}

static void write_signature(struct bt_page *page, const struct bt_signature *signature)
{
    if (signature->group != NULL)
        bt_text_line(page, "Group", signature->group);
    if (signature->exact != NULL)
        bt_text_line(page, "Exact", signature->exact);
    if (signature->failure_bucket_id != NULL)
        bt_text_line(page, "Bucket", signature->failure_bucket_id);
    if (signature->failure_id_hash != NULL)
        bt_text_line(page, "Hash", signature->failure_id_hash);
    if (signature->wer_report_folder != NULL)
        bt_text_line(page, "Report", signature->wer_report_folder);
}

static void add_frame(struct bt_buf *line, const struct bt_frame *frame,
                      const struct bt_module *above)
{
    if (frame->module != NULL && (frame->module != above || frame->function == NULL))
        bt_buf_printf(line, "%s%s", frame->module->name, frame->function != NULL ? "!" : "");
    if (frame->function != NULL)
        bt_buf_text(line, frame->function);
    else if (frame->module != NULL)
        bt_buf_printf(line, "+0x%" PRIx64, frame->address - frame->module->base);
    else
        bt_buf_printf(line, "0x%" PRIx64, frame->address);
    if (frame->file != NULL)
        bt_buf_printf(line, " (%s:%" PRIu32 ")", bt_basename(frame->file), frame->line);
}

// A frame that was found by scanning counts where unwinding goes on from it.
static bool is_trusted(const struct bt_crash *crash, size_t frame)
{
    return crash->frames[frame].trust != BT_TRUST_SCAN ||
           (frame + 1 < crash->frame_count && crash->frames[frame + 1].trust != BT_TRUST_SCAN);
}

// How many frames from `first` on are the same: a function that calls itself.
static size_t count_repeats(const struct bt_crash *crash, size_t first)
{
    size_t count = 1;
    while (first + count < crash->frame_count &&
           crash->frames[first + count].address == crash->frames[first].address)
        count++;
    return count;
}

// "crash.exe!null_write (crash.c:19) < level2 (crash.c:24) < main": where functions have names,
// and as far as the stack was unwound.
static void write_call_chain(struct bt_page *page, const struct bt_crash *crash)
{
    struct bt_buf line;
    size_t named = 0, shown = 0, repeats = 0;
    bt_buf_init(&line, page->out->limit);
    for (size_t i = 0; i < crash->frame_count && shown < SHORT_FRAMES; i += repeats, shown++) {
        if (!is_trusted(crash, i))
            break;
        repeats = count_repeats(crash, i);
        bt_buf_text(&line, i != 0 ? " < " : "");
        add_frame(&line, &crash->frames[i], i != 0 ? crash->frames[i - 1].module : NULL);
        if (repeats > 1)
            bt_buf_printf(&line, " %zu times", repeats);
        named += crash->frames[i].function != NULL;
    }
    if (named > 1)
        bt_text_line(page, "Stack", bt_buf_cstr(&line));
    bt_buf_fini(&line);
}

// What to look at next: where no article says it better, or on request.
static void write_checks(struct bt_page *page, const struct bt_result *result, bool explain)
{
    bool answered =
        result->matches.fitting != 0 && result->matches.items[0].fit > BT_FIT_POSSIBLE;
    if (answered && !explain)
        return;
    for (size_t i = 0; i < result->stop.check_count; i++)
        bt_text_line(page, i == 0 ? "Check" : "", result->stop.checks[i]);
}

void bt_text_facts(struct bt_page *page, const struct bt_result *result,
                   const struct bt_report_options *options)
{
    const struct bt_crash *crash = result->crash;
    const bool live = crash->live || result->stop.live;
    if (crash->generated_by_tool)
        bt_text_line(page, "No crash", "a tool wrote this dump of a running machine");
    else if (is_snapshot(crash))
        bt_text_line(page, crash->status == BT_READ_OK ? "No crash" : "Exception",
                     crash->status == BT_READ_OK
                         ? "the dump holds no exception: it shows a program that was running"
                         : "none in the part of the dump that could be read");
    else if (live)
        bt_text_line(page, "No crash", "a live dump: Windows saved this and went on");
    write_when(page, crash, live);
    write_system(page, &crash->system);
    write_machine(page, &crash->machine);
    // Without a dump there is nothing to blame a module by, but for a report that names one.
    if ((result->input.path != NULL && !is_snapshot(crash)) ||
        crash->reported_fault.module != NULL ||
        (crash->modules_reported && result->verdict.culprit.module != NULL))
        write_verdict(page, &result->verdict, options->explain);
    write_vendor(page, &result->signature);
    if (!options->stack)
        write_call_chain(page, crash);
    for (size_t i = 0; i < result->object_count; i++)
        bt_text_line(page, result->objects[i].label, result->objects[i].text);
    for (size_t i = 0; i < result->instruction_count; i++)
        bt_text_line(page, i == 0 ? "Code" : "", result->instruction[i]);
    write_checks(page, result, options->explain);
    if (options->explain)
        write_signature(page, &result->signature);
    if (crash->comment != NULL && options->explain)
        bt_text_line(page, "Comment", crash->comment);
}
