// SPDX-License-Identifier: MIT
//
// What a user minidump tells of its process beside the crash.
#include "report/json_parts.h"

void bt_json_seconds(struct bt_json *json, const char *key, struct bt_opt64 ticks)
{
    if (ticks.known)
        bt_json_number(json, key, ticks.value / BT_TICKS_PER_SECOND);
    else
        bt_json_null(json, key);
}

static void write_assertion(struct bt_json *json, const struct bt_assertion *assertion)
{
    if (assertion->kind == NULL) {
        bt_json_null(json, "assertion");
        return;
    }
    bt_json_object(json, "assertion");
    bt_json_text(json, "kind", assertion->kind);
    bt_json_text(json, "expression", assertion->expression);
    bt_json_text(json, "function", assertion->function);
    bt_json_text(json, "file", assertion->file);
    if (assertion->line != 0)
        bt_json_number(json, "line", assertion->line);
    else
        bt_json_null(json, "line");
    bt_json_end_object(json);
}

void bt_json_process(struct bt_json *json, const struct bt_crash *crash)
{
    const struct bt_process *process = &crash->process;
    const struct bt_thread *thread = bt_crashing_thread(crash);
    bt_json_object(json, "process");
    bt_json_text(json, "name", process->name);
    bt_json_opt_number64(json, "pid", process->pid);
    bt_json_text(json, "command_line", process->command_line);
    bt_json_opt_time(json, "created", process->created);
    bt_json_seconds(json, "user_seconds", process->user_time);
    bt_json_seconds(json, "kernel_seconds", process->kernel_time);
    bt_json_opt_number64(json, "committed", process->committed);
    bt_json_opt_number64(json, "committed_peak", process->committed_peak);
    bt_json_opt_number(json, "handles", process->handle_count);
    bt_json_text(json, "integrity", bt_integrity_name(process->integrity));
    bt_json_end_object(json);
    bt_json_object(json, "thread");
    bt_json_opt_number64(json, "id", process->thread_id);
    bt_json_text(json, "name", thread != NULL ? thread->name : NULL);
    bt_json_end_object(json);
    write_assertion(json, &crash->assertion);
}

void bt_json_memory_use(struct bt_json *json, const struct bt_memory_use *use)
{
    if (!use->physical.known && !use->available.known && !use->committed.known &&
        !use->commit_limit.known) {
        bt_json_null(json, "memory");
        return;
    }
    bt_json_object(json, "memory");
    bt_json_opt_number64(json, "physical", use->physical);
    bt_json_opt_number64(json, "available", use->available);
    bt_json_opt_number64(json, "committed", use->committed);
    bt_json_opt_number64(json, "commit_limit", use->commit_limit);
    bt_json_end_object(json);
}

static void write_annotation(struct bt_json *json, const struct bt_annotation *annotation)
{
    bt_json_object(json, NULL);
    bt_json_text(json, "source", annotation->source);
    bt_json_text(json, "module", annotation->module);
    bt_json_text(json, "key", annotation->key);
    bt_json_text(json, "value", annotation->value);
    bt_json_end_object(json);
}

void bt_json_attached(struct bt_json *json, const struct bt_crash *crash)
{
    bt_json_text(json, "comment", crash->comment);
    bt_json_array(json, "annotations");
    for (size_t i = 0; i < crash->annotation_count; i++)
        write_annotation(json, &crash->annotations[i]);
    bt_json_end_array(json);
    bt_json_array(json, "handles");
    for (size_t i = 0; i < crash->named_handle_count; i++) {
        const struct bt_handle *handle = &crash->handles[i];
        bt_json_object(json, NULL);
        bt_json_hex(json, "value", handle->value);
        bt_json_text(json, "type", handle->type);
        bt_json_text(json, "name", handle->name);
        bt_json_end_object(json);
    }
    bt_json_end_array(json);
}
