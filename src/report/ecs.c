// SPDX-License-Identifier: MIT
//
// The Elastic Common Schema has no field set for crashes: what it has names for goes there, the
// rest under "bugtriage", with the same names as in a record.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/stable_hash.h"
#include "report/formats.h"
#include "report/json_writer.h"

static const char ECS_VERSION[] = "8.11.0"; // every field used here is older

static void write_text(struct bt_json *json, const char *key, const char *text)
{
    if (text != NULL) // a field without a value is left out, as the schema wants it
        bt_json_text(json, key, text);
}

static const char *stop_or_exception_name(const struct bt_result *r)
{
    return r->crash->stop.present ? r->stop.name : r->exception_name;
}

static void write_code(struct bt_json *json, const char *key, const struct bt_crash *crash)
{
    if (crash->stop.present)
        bt_json_code(json, key, crash->stop.code);
    else if (crash->exception.present)
        bt_json_code(json, key, crash->exception.code);
}

static void write_event(struct bt_json *json, const struct bt_result *r)
{
    static const char *kernel[] = {"host", "driver"};
    static const char *user[] = {"process"};
    static const char *type[] = {"info"};
    bool stop = r->crash->stop.present;
    bt_json_object(json, "event");
    bt_json_text(json, "kind", "event");
    bt_json_texts(json, "category", stop ? kernel : user,
                  stop ? BT_COUNT(kernel) : BT_COUNT(user));
    bt_json_texts(json, "type", type, BT_COUNT(type));
    bt_json_text(json, "module", "bugtriage");
    bt_json_text(json, "dataset", "bugtriage.crash");
    bt_json_text(json, "outcome",
                 r->crash->status >= BT_READ_UNREADABLE ? "failure" : "success");
    write_code(json, "code", r->crash);
    bt_json_end_object(json);
}

static void write_stack(struct bt_json *json, const struct bt_crash *crash, size_t limit)
{
    struct bt_buf text;
    if (crash->frame_count == 0)
        return;
    bt_buf_init(&text, limit);
    for (size_t i = 0; i < crash->frame_count; i++) {
        const struct bt_frame *f = &crash->frames[i];
        bt_buf_printf(&text, "0x%016" PRIx64, f->address);
        if (f->module != NULL)
            bt_buf_printf(&text, " %s+0x%" PRIx64, f->module->name,
                          f->address - f->module->base);
        if (f->function != NULL)
            bt_buf_printf(&text, " %s+0x%" PRIx64, f->function, f->function_offset);
        bt_buf_char(&text, '\n');
    }
    bt_json_text(json, "stack_trace", bt_buf_cstr(&text));
    bt_buf_fini(&text);
}

static void write_error(struct bt_json *json, const struct bt_result *r)
{
    const struct bt_crash *crash = r->crash;
    bt_json_object(json, "error");
    write_code(json, "code", crash);
    write_text(json, "type", stop_or_exception_name(r));
    write_text(json, "message",
               crash->problem.code != BT_PROBLEM_NONE ? crash->problem.message
               : crash->stop.present                  ? r->stop.description
                                                      : r->exception_meaning);
    write_text(json, "id", r->signature.failure_id_hash);
    write_stack(json, crash, json->out->limit);
    bt_json_end_object(json);
}

// The names that the schema's own examples use.
static const char *ecs_architecture(enum bt_arch arch)
{
    switch (arch) {
    case BT_ARCH_X64:
        return "x86_64";
    case BT_ARCH_ARM64:
        return "aarch64";
    default:
        return bt_arch_name(arch);
    }
}

static void write_host(struct bt_json *json, const struct bt_crash *crash)
{
    const struct bt_system *system = &crash->system;
    char build[16];
    snprintf(build, sizeof build, "%" PRIu32, system->build.value);
    bt_json_object(json, "host");
    write_text(json, "name", crash->machine.name);
    write_text(json, "architecture", ecs_architecture(system->arch));
    bt_json_object(json, "os");
    write_text(json, "type", bt_platform_name(system->platform));
    write_text(json, "family", bt_platform_name(system->platform));
    write_text(json, "name", system->name);
    write_text(json, "version", system->version);
    write_text(json, "kernel", system->build.known ? build : NULL);
    bt_json_end_object(json);
    bt_json_end_object(json);
}

static void write_process(struct bt_json *json, const struct bt_process *process)
{
    if (process->name == NULL && !process->pid.known)
        return;
    bt_json_object(json, "process");
    write_text(json, "name", process->name);
    if (process->pid.known)
        bt_json_number(json, "pid", process->pid.value);
    bt_json_end_object(json);
}

static void write_file(struct bt_json *json, const struct bt_input *input)
{
    if (input->path == NULL)
        return;
    bt_json_object(json, "file");
    bt_json_text(json, "path", input->path);
    bt_json_number(json, "size", input->size);
    if (input->sha256 != NULL) {
        bt_json_object(json, "hash");
        bt_json_text(json, "sha256", input->sha256);
        bt_json_end_object(json);
    }
    bt_json_end_object(json);
}

static void write_culprit(struct bt_json *json, const struct bt_culprit *culprit)
{
    char version[BT_FILE_VERSION_TEXT_SIZE];
    if (culprit->module == NULL)
        return;
    bt_json_object(json, "dll");
    bt_json_text(json, "name", culprit->module);
    bt_json_object(json, "pe");
    if (culprit->version.known) {
        bt_file_version_text(culprit->version.value, version);
        bt_json_text(json, "file_version", version);
    }
    write_text(json, "company", culprit->company);
    bt_json_end_object(json);
    bt_json_end_object(json);
}

static void write_articles(struct bt_json *json, const struct bt_match_list *matches)
{
    bt_json_array(json, "articles");
    for (size_t i = 0; i < matches->fitting; i++) {
        const struct bt_match *match = &matches->items[i];
        bt_json_object(json, NULL);
        bt_json_text(json, "article", match->article);
        bt_json_text(json, "title", match->title);
        bt_json_text(json, "verdict", bt_fit_name(match->fit));
        if (match->fix.present)
            bt_json_text(json, "fix_status", bt_fix_status_name(match->fix.status));
        bt_json_end_object(json);
    }
    bt_json_end_array(json);
}

static void write_own(struct bt_json *json, const struct bt_result *r)
{
    const struct bt_crash *crash = r->crash;
    bt_json_object(json, "bugtriage");
    bt_json_text(json, "status", bt_read_status_name(crash->status));
    if (crash->problem.code != BT_PROBLEM_NONE)
        bt_json_text(json, "problem", bt_problem_name(crash->problem.code));
    write_text(json, "format", bt_format_name(crash->format));
    write_text(json, "member", r->input.member);
    write_text(json, "kb_version", r->kb_version);
    if (crash->stop.present) {
        bt_json_array(json, "parameters");
        for (unsigned i = 0; i < crash->stop.parameter_count && i < 4; i++)
            bt_json_hex(json, NULL, crash->stop.parameters[i]);
        bt_json_end_array(json);
    }
    bt_json_object(json, "signature");
    write_text(json, "group", r->signature.group);
    write_text(json, "exact", r->signature.exact);
    write_text(json, "failure_bucket_id", r->signature.failure_bucket_id);
    write_text(json, "wer_report_folder", r->signature.wer_report_folder);
    bt_json_end_object(json);
    write_text(json, "confidence",
               r->verdict.culprit.module != NULL
                   ? bt_confidence_name(r->verdict.culprit.confidence)
                   : NULL);
    write_text(json, "reason", r->verdict.reason);
    write_articles(json, &r->matches);
    bt_json_end_object(json);
}

void bt_report_ecs(const struct bt_result *result, const struct bt_report_options *options,
                   struct bt_buf *out)
{
    const struct bt_opt64 time = result->crash->time;
    struct bt_json json;
    (void)options;
    bt_json_init(&json, out, 0, 0);
    bt_json_object(&json, NULL);
    if (time.known && bt_filetime_is_plausible(time.value))
        bt_json_opt_time(&json, "@timestamp", time);
    bt_json_object(&json, "ecs");
    bt_json_text(&json, "version", ECS_VERSION);
    bt_json_end_object(&json);
    write_event(&json, result);
    write_error(&json, result);
    write_host(&json, result->crash);
    write_process(&json, &result->crash->process);
    write_file(&json, &result->input);
    write_culprit(&json, &result->verdict.culprit);
    write_own(&json, result);
    bt_json_end_object(&json);
}

// The identity of the document is the content of the dump: loading it again replaces it. All
// files that are empty have one content, and there are many of them: what could not be read is
// known by its place too.
static void write_identity(struct bt_json *json, const struct bt_result *r)
{
    struct bt_buf id;
    bt_buf_init(&id, BT_LIMIT_PATH + 4096);
    if (r->crash->status >= BT_READ_UNREADABLE && r->input.path != NULL) {
        bt_buf_text(&id, r->input.path);
        if (r->input.member != NULL)
            bt_buf_printf(&id, "/%s", r->input.member);
        uint64_t place = bt_stable_hash(bt_buf_cstr(&id), id.size);
        bt_buf_clear(&id);
        bt_buf_printf(&id, "%s-%016" PRIx64, r->input.sha256 != NULL ? r->input.sha256 : "",
                      place);
        bt_json_text(json, "_id", bt_buf_cstr(&id));
    } else {
        write_text(json, "_id", r->input.sha256);
    }
    bt_buf_fini(&id);
}

void bt_report_es_bulk(const struct bt_result *result, const struct bt_report_options *options,
                       struct bt_buf *out)
{
    struct bt_json json;
    bt_json_init(&json, out, 0, 0);
    bt_json_object(&json, NULL);
    bt_json_object(&json, "index");
    write_identity(&json, result);
    bt_json_end_object(&json);
    bt_json_end_object(&json);
    bt_buf_char(out, '\n');
    bt_report_ecs(result, options, out);
}
