// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "report/text_parts.h"

enum { SHORT_CANDIDATES = 4 }; // runners-up that are named without --explain

// A minidump without an exception, for example one that a task manager was asked for.
static bool is_snapshot(const struct bt_crash *crash)
{
    return !crash->stop.present && !crash->exception.present;
}

// How long the process had run, and in which of its threads it happened.
static void add_life(const struct bt_crash *crash, struct bt_buf *line)
{
    char text[BT_TIME_TEXT_SIZE];
    if (line->size == 0)
        return;
    if (crash->process.uptime.known) {
        uint64_t seconds = crash->process.uptime.value / BT_TICKS_PER_SECOND;
        bt_duration_text(seconds, text);
        bt_buf_printf(line, ", %s after its start", seconds != 0 ? text : "less than 1 s");
    }
    const struct bt_thread *thread = bt_crashing_thread(crash);
    if (thread != NULL && thread->name != NULL)
        bt_buf_printf(line, ", thread \"%s\"", thread->name);
}

static const char *describe_live(const struct bt_crash *crash)
{
    static const uint32_t breakpoint = 0x80000003;
    if (crash->format != BT_FORMAT_USER_MINIDUMP)
        return "a live dump: Windows saved this and went on";
    return crash->exception.code == breakpoint ? "the program was stopped to be looked at"
                                               : "this dump was asked for: the program went on";
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
    add_life(crash, &line);
    if (crash->processor.known)
        bt_buf_printf(&line, "%son processor %" PRIu32, line.size != 0 ? " " : "",
                      crash->processor.value);
    if (line.size != 0)
        bt_text_line(
            page, live || crash->generated_by_tool || is_snapshot(crash) ? "Taken" : "Crashed",
            bt_buf_cstr(&line));
    bt_buf_fini(&line);
}

// Breakpad and Crashpad put the build of macOS there, "24G517"; Crashpad also whole sentences.
static bool is_apple_build(const struct bt_system *system)
{
    return (system->platform == BT_PLATFORM_MACOS || system->platform == BT_PLATFORM_IOS) &&
           system->build_lab != NULL && strlen(system->build_lab) <= 12;
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
    if (system->distribution != NULL)
        bt_buf_printf(line, " (%s)", system->distribution);
    else if (is_apple_build(system))
        bt_buf_printf(line, " (%s)", system->build_lab);
}

// What files beside the dump say of its machine.
static void write_machine(struct bt_page *page, const struct bt_machine *machine)
{
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    if (machine->name != NULL)
        bt_buf_printf(&line, "%s: ", machine->name);
    if (machine->updates_source != NULL) {
        bt_buf_printf(&line, "%zu update%s listed in %s", machine->update_count,
                      machine->update_count == 1 ? " is" : "s are", machine->updates_source);
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

static void write_system(struct bt_page *page, const struct bt_system *system, bool user)
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
    bool windows = system->platform == BT_PLATFORM_WINDOWS ||
                   (system->platform == BT_PLATFORM_UNKNOWN && !user);
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

// "APPCRASH: shop.exe, 2.1.3.4, 4aeac1f0, prices.dll, ...": to look for in the machine's log.
static void write_event(struct bt_page *page, const struct bt_signature *signature)
{
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    bt_buf_printf(&line, "%s:", signature->event_name);
    for (size_t i = 0; i < signature->event_count; i++)
        bt_buf_printf(&line, "%s %s", i != 0 ? "," : "", signature->event_parameters[i]);
    bt_text_line(page, "WER", bt_buf_cstr(&line));
    bt_buf_fini(&line);
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
    if (signature->event_name != NULL)
        write_event(page, signature);
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
        bt_text_line(page, "No crash", describe_live(crash));
    write_when(page, crash, live);
    write_system(page, &crash->system, crash->format == BT_FORMAT_USER_MINIDUMP);
    write_machine(page, &crash->machine);
    // Without a dump there is nothing to blame a module by, but for a report that names one.
    bool asked_for = crash->format == BT_FORMAT_USER_MINIDUMP && live;
    if ((result->input.path != NULL && !is_snapshot(crash) && !asked_for) ||
        crash->reported_fault.module != NULL ||
        (crash->modules_reported && result->verdict.culprit.module != NULL))
        write_verdict(page, &result->verdict, options->explain);
    write_vendor(page, &result->signature);
    if (!options->stack)
        bt_text_call_chain(page, crash);
    bt_text_process(page, result, options->explain);
    for (size_t i = 0; i < result->object_count; i++)
        bt_text_line(page, result->objects[i].label, result->objects[i].text);
    for (size_t i = 0; i < result->instruction_count; i++)
        bt_text_line(page, i == 0 ? "Code" : "", result->instruction[i]);
    write_checks(page, result, options->explain);
    if (options->explain)
        write_signature(page, &result->signature);
}
