// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <bugtriage/version.h>

#include "report/json_parts.h"
#include "report/report.h"

static void write_tool(struct bt_json *json, const struct bt_result *result)
{
    bt_json_object(json, "tool");
    bt_json_text(json, "version", bt_version());
    bt_json_object(json, "kb");
    bt_json_text(json, "version", result->kb_version);
    bt_json_number(json, "articles", result->kb_articles);
    bt_json_end_object(json);
    bt_json_end_object(json);
}

static void write_input(struct bt_json *json, const struct bt_result *result)
{
    const struct bt_input *input = &result->input;
    if (input->path == NULL) { // a stop code that was typed in
        bt_json_null(json, "input");
        return;
    }
    bt_json_object(json, "input");
    bt_json_text(json, "path", input->path);
    bt_json_text(json, "member", input->member);
    bt_json_number(json, "size", input->size);
    bt_json_text(json, "sha256", input->sha256);
    bt_json_text(json, "container", input->container);
    bt_json_text(json, "format", bt_format_name(result->crash->format));
    bt_json_text(json, "architecture", bt_arch_name(result->crash->system.arch));
    bt_json_end_object(json);
}

static void write_offset(struct bt_json *json, uint64_t offset)
{
    if (offset == BT_NO_OFFSET)
        bt_json_null(json, "offset");
    else
        bt_json_number(json, "offset", offset);
}

static void write_problem(struct bt_json *json, const struct bt_problem *problem)
{
    if (problem->code == BT_PROBLEM_NONE) {
        bt_json_null(json, "problem");
        return;
    }
    bt_json_object(json, "problem");
    bt_json_text(json, "code", bt_problem_name(problem->code));
    bt_json_text(json, "message", problem->message);
    write_offset(json, problem->offset);
    bt_json_end_object(json);
}

static void write_warning(struct bt_json *json, const struct bt_note *note)
{
    bt_json_object(json, NULL);
    bt_json_text(json, "code", note->code);
    bt_json_text(json, "message", note->message);
    write_offset(json, note->offset);
    bt_json_end_object(json);
}

static void write_warnings(struct bt_json *json, const struct bt_notes *notes)
{
    bt_json_array(json, "warnings");
    for (size_t i = 0; i < notes->count; i++)
        write_warning(json, &notes->items[i]);
    if (notes->dropped != 0) {
        char message[64];
        snprintf(message, sizeof message, "%zu more warnings are not listed", notes->dropped);
        write_warning(json, &(struct bt_note){.code = "more-warnings",
                                              .message = message,
                                              .offset = BT_NO_OFFSET});
    }
    bt_json_end_array(json);
}

static void write_system(struct bt_json *json, const struct bt_system *system,
                         const struct bt_memory_use *use)
{
    bt_json_object(json, "system");
    bt_json_text(json, "platform", bt_platform_name(system->platform));
    bt_json_text(json, "name", system->name);
    bt_json_opt_number(json, "build", system->build);
    bt_json_opt_number(json, "revision", system->revision);
    bt_json_text(json, "version", system->version);
    bt_json_opt_number(json, "service_pack", system->service_pack);
    bt_json_text(json, "product", bt_product_type_name(system->product_type));
    bt_json_text(json, "architecture", bt_arch_name(system->arch));
    bt_json_opt_number(json, "processors", system->processors);
    bt_json_text(json, "processor_name", system->processor_name);
    bt_json_text(json, "build_lab", system->build_lab);
    bt_json_text(json, "distribution", system->distribution);
    bt_json_text(json, "time_zone", system->time_zone);
    if (system->has_utc_offset)
        bt_json_signed(json, "utc_offset_minutes", system->utc_offset);
    else
        bt_json_null(json, "utc_offset_minutes");
    bt_json_memory_use(json, use);
    bt_json_end_object(json);
}

static void write_frame(struct bt_json *json, const struct bt_frame *frame, size_t number)
{
    const char *module = frame->module != NULL     ? frame->module->name
                         : frame->unloaded != NULL ? frame->unloaded->name
                                                   : NULL;
    bt_va base = frame->module != NULL     ? frame->module->base
                 : frame->unloaded != NULL ? frame->unloaded->base
                                           : 0;
    bt_json_object(json, NULL);
    bt_json_number(json, "frame", number);
    bt_json_hex(json, "address", frame->address);
    bt_json_text(json, "module", module);
    if (module != NULL)
        bt_json_hex(json, "offset", frame->address - base);
    else
        bt_json_null(json, "offset");
    bt_json_text(json, "function", frame->function);
    bt_json_text(json, "origin", bt_name_origin_name(frame->origin));
    bt_json_text(json, "file", frame->file);
    if (frame->line != 0)
        bt_json_number(json, "line", frame->line);
    else
        bt_json_null(json, "line");
    bt_json_text(json, "trust", bt_trust_name(frame->trust));
    bt_json_bool(json, "inlined", frame->inlined);
    bt_json_bool(json, "interrupted", frame->interrupted);
    bt_json_bool(json, "other_stack", frame->other_stack);
    bt_json_bool(json, "unloaded", frame->module == NULL && frame->unloaded != NULL);
    bt_json_end_object(json);
}

static void write_stack(struct bt_json *json, const struct bt_frame *frames, size_t count)
{
    bt_json_array(json, "stack");
    for (size_t i = 0; i < count; i++)
        write_frame(json, &frames[i], i);
    bt_json_end_array(json);
}

// Null unless all stacks were asked for: a process may have a thousand.
static void write_threads(struct bt_json *json, const struct bt_crash *crash)
{
    if (!crash->threads_walked) {
        bt_json_null(json, "threads");
        return;
    }
    bt_json_array(json, "threads");
    for (size_t i = 0; i < crash->thread_count; i++) {
        const struct bt_thread *thread = &crash->threads[i];
        bt_json_object(json, NULL);
        bt_json_number(json, "id", thread->id);
        bt_json_text(json, "name", thread->name);
        bt_json_bool(json, "crashed",
                     crash->crashing_thread.known && crash->crashing_thread.value == i);
        write_stack(json, thread->frames, thread->frame_count);
        bt_json_end_object(json);
    }
    bt_json_end_array(json);
}

// The debug file of a module as symbol servers name it: GUID and age.
static void write_pdb(struct bt_json *json, const struct bt_module *module)
{
    static const uint8_t unknown[16];
    const uint8_t *g = module->pdb_guid;
    char id[64];
    if (module->pdb_name == NULL && module->build_id == NULL) {
        bt_json_null(json, "pdb");
        bt_json_null(json, "debug_id");
        return;
    }
    bool known = memcmp(g, unknown, sizeof unknown) != 0;
    if (known)
        snprintf(
            id, sizeof id,
            "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x-%" PRIx32,
            g[3], g[2], g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12],
            g[13], g[14], g[15], module->pdb_age);
    bt_json_text(json, "pdb", module->pdb_name);
    bt_json_text(json, "debug_id", known ? id : module->build_id);
}

static void write_module(struct bt_json *json, const struct bt_module *module)
{
    bt_json_object(json, NULL);
    bt_json_text(json, "name", module->name);
    bt_json_text(json, "path", module->path);
    bt_json_hex(json, "base", module->base);
    bt_json_number(json, "size", module->size);
    bt_json_opt_code(json, "timestamp", module->timestamp);
    bt_json_opt_code(json, "checksum", module->checksum);
    bt_json_opt_version(json, "version", module->file_version);
    bt_json_text(json, "company", module->company);
    write_pdb(json, module);
    bt_json_end_object(json);
}

static void write_modules(struct bt_json *json, const struct bt_crash *crash)
{
    bt_json_array(json, "modules");
    for (size_t i = 0; i < crash->module_count; i++)
        write_module(json, &crash->modules[i]);
    bt_json_end_array(json);

    bt_json_array(json, "unloaded_modules");
    for (size_t i = 0; i < crash->unloaded_count; i++) {
        const struct bt_unloaded_module *module = &crash->unloaded[i];
        bt_json_object(json, NULL);
        bt_json_text(json, "name", module->name);
        bt_json_hex(json, "base", module->base);
        if (module->end != 0)
            bt_json_hex(json, "end", module->end);
        else
            bt_json_null(json, "end");
        bt_json_opt_time(json, "time", module->time);
        bt_json_end_object(json);
    }
    bt_json_end_array(json);
}

// What files beside the dump say.
static void write_machine(struct bt_json *json, const struct bt_machine *machine)
{
    if (machine->updates_source == NULL && machine->event_source == NULL) {
        bt_json_null(json, "machine");
        return;
    }
    bt_json_object(json, "machine");
    bt_json_text(json, "name", machine->name);
    if (machine->updates_source != NULL) {
        bt_json_object(json, "updates");
        bt_json_text(json, "source", machine->updates_source);
        bt_json_number(json, "count", machine->update_count);
        bt_json_end_object(json);
    } else {
        bt_json_null(json, "updates");
    }
    if (machine->event_source != NULL) {
        bt_json_object(json, "event");
        bt_json_text(json, "source", machine->event_source);
        bt_json_number(json, "line", machine->event_line);
        bt_json_text(json, "report_id", machine->event_report_id);
        bt_json_text(json, "dump", machine->event_dump);
        bt_json_end_object(json);
    } else {
        bt_json_null(json, "event");
    }
    bt_json_end_object(json);
}

void bt_report_json(const struct bt_result *result, const struct bt_report_options *options,
                    struct bt_buf *out)
{
    const struct bt_crash *crash = result->crash;
    struct bt_json json;
    bt_json_init(&json, out, options->indent, options->nesting);
    bt_json_object(&json, NULL);
    bt_json_text(&json, "schema", "bugtriage.record/1");
    write_tool(&json, result);
    write_input(&json, result);
    bt_json_text(&json, "status", bt_read_status_name(crash->status));
    write_problem(&json, &crash->problem);
    write_warnings(&json, &crash->notes);
    bt_json_crash(&json, result);
    write_system(&json, &crash->system, &crash->memory_use);
    write_machine(&json, &crash->machine);
    bt_json_verdict(&json, result);
    bt_json_matches(&json, &result->matches, options->all);
    write_stack(&json, crash->frames, crash->frame_count);
    write_threads(&json, crash);
    write_modules(&json, crash);
    bt_json_attached(&json, crash);
    bt_json_end_object(&json);
}
