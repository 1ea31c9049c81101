// SPDX-License-Identifier: MIT
#include "report/json_parts.h"

#include <string.h>

static void write_culprit(struct bt_json *json, const char *key,
                          const struct bt_culprit *culprit)
{
    bt_json_object(json, key);
    bt_json_text(json, "module", culprit->module);
    if (culprit->has_offset)
        bt_json_hex(json, "offset", culprit->offset);
    else
        bt_json_null(json, "offset");
    bt_json_text(json, "function", culprit->function);
    bt_json_text(json, "company", culprit->company);
    bt_json_text(json, "product", culprit->product);
    bt_json_opt_version(json, "version", culprit->version);
    bt_json_text(json, "confidence", bt_confidence_name(culprit->confidence));
    bt_json_text(json, "method", culprit->method);
    bt_json_text(json, "reason", culprit->reason);
    bt_json_bool(json, "unloaded", culprit->unloaded);
    bt_json_end_object(json);
}

static void write_event(struct bt_json *json, const struct bt_signature *signature)
{
    if (signature->event_name == NULL) {
        bt_json_null(json, "event");
        return;
    }
    bt_json_object(json, "event");
    bt_json_text(json, "name", signature->event_name);
    bt_json_array(json, "parameters");
    for (size_t i = 0; i < signature->event_count; i++)
        bt_json_text(json, NULL, signature->event_parameters[i]);
    bt_json_end_array(json);
    bt_json_end_object(json);
}

static void write_signature(struct bt_json *json, const struct bt_signature *signature)
{
    bt_json_object(json, "signature");
    bt_json_text(json, "group", signature->group);
    bt_json_text(json, "exact", signature->exact);
    bt_json_text(json, "failure_bucket_id", signature->failure_bucket_id);
    bt_json_text(json, "failure_id_hash", signature->failure_id_hash);
    bt_json_text(json, "wer_report_folder", signature->wer_report_folder);
    write_event(json, signature);
    bt_json_text(json, "vendor_bucket", signature->vendor_bucket);
    bt_json_text(json, "vendor_hash", signature->vendor_hash);
    bt_json_end_object(json);
}

void bt_json_verdict(struct bt_json *json, const struct bt_result *result)
{
    const struct bt_verdict *verdict = &result->verdict;
    bt_json_object(json, "verdict");
    if (verdict->culprit.module != NULL)
        write_culprit(json, "culprit", &verdict->culprit);
    else
        bt_json_null(json, "culprit");
    bt_json_text(json, "reason", verdict->reason);
    bt_json_array(json, "candidates");
    for (size_t i = 0; i < verdict->candidate_count; i++)
        write_culprit(json, NULL, &verdict->candidates[i]);
    bt_json_end_array(json);
    bt_json_end_object(json);
    write_signature(json, &result->signature);
}

static void write_evidence(struct bt_json *json, const struct bt_match *match)
{
    bt_json_array(json, "evidence");
    for (size_t i = 0; i < match->evidence_count; i++) {
        const struct bt_evidence *evidence = &match->evidence[i];
        bt_json_object(json, NULL);
        bt_json_text(json, "fact", evidence->fact);
        bt_json_text(json, "result", bt_truth_name(evidence->result));
        bt_json_text(json, "detail", evidence->detail);
        bt_json_bool(json, "decides", evidence->decides);
        bt_json_end_object(json);
    }
    bt_json_end_array(json);
}

// A published file date: with a clock time only where the article gave one.
static void write_published_date(struct bt_json *json, const struct bt_fix_file *file)
{
    char text[BT_TIME_TEXT_SIZE];
    if (!file->date.known) {
        bt_json_null(json, "date");
        return;
    }
    bt_filetime_iso(file->date.value, text);
    if (file->date_only)
        text[strlen("yyyy-mm-dd")] = '\0';
    bt_json_text(json, "date", text);
}

static void write_file(struct bt_json *json, const struct bt_fix_file *file)
{
    bt_json_object(json, NULL);
    bt_json_text(json, "name", file->name);
    bt_json_text(json, "platform", bt_arch_name(file->platform));
    bt_json_opt_version(json, "fixed_version", file->fixed_version);
    bt_json_opt_number(json, "size", file->size);
    write_published_date(json, file);
    bt_json_opt_version(json, "found_version", file->found_version);
    bt_json_opt_time(json, "found_date", file->found_date);
    bt_json_text(json, "state", bt_file_state_name(file->state));
    bt_json_text(json, "note", file->note);
    bt_json_end_object(json);
}

// What a list of the machine's updates says.
static void write_listed(struct bt_json *json, const struct bt_fix *fix)
{
    if (fix->listed == BT_LISTED_UNKNOWN) {
        bt_json_null(json, "listed");
        return;
    }
    bt_json_object(json, "listed");
    bt_json_text(json, "state", bt_listed_name(fix->listed));
    bt_json_text(json, "update", fix->listed_update);
    if (fix->listed_line != 0)
        bt_json_number(json, "line", fix->listed_line);
    else
        bt_json_null(json, "line");
    bt_json_end_object(json);
}

static void write_fix(struct bt_json *json, const struct bt_fix *fix)
{
    if (!fix->present) {
        bt_json_null(json, "fix");
        return;
    }
    bt_json_object(json, "fix");
    bt_json_text(json, "kind", fix->kind);
    bt_json_text(json, "status", bt_fix_status_name(fix->status));
    bt_json_text(json, "note", fix->status_note);
    bt_json_array(json, "files");
    for (size_t i = 0; i < fix->file_count; i++)
        write_file(json, &fix->files[i]);
    bt_json_end_array(json);
    bt_json_text(json, "prerequisites", fix->prerequisites);
    bt_json_text(json, "restart", fix->restart);
    bt_json_text(json, "replaces", fix->replaces);
    write_listed(json, fix);
    bt_json_end_object(json);
}

static void write_match(struct bt_json *json, const struct bt_match *match)
{
    bt_json_object(json, NULL);
    bt_json_text(json, "article", match->article);
    bt_json_text(json, "title", match->title);
    bt_json_text(json, "url", match->url);
    bt_json_text(json, "verdict", bt_fit_name(match->fit));
    bt_json_text(json, "capped", match->capped);
    bt_json_bool(json, "tied", match->tied);
    write_evidence(json, match);
    bt_json_texts(json, "ask", match->ask, match->ask_count);
    bt_json_text(json, "symptoms", match->symptoms);
    bt_json_text(json, "cause", match->cause);
    bt_json_text(json, "resolution", match->resolution);
    bt_json_text(json, "workaround", match->workaround);
    write_fix(json, &match->fix);
    bt_json_texts(json, "related", match->related, match->related_count);
    bt_json_text(json, "base", match->base);
    bt_json_text(json, "source", match->source);
    bt_json_end_object(json);
}

void bt_json_matches(struct bt_json *json, const struct bt_match_list *matches, bool all)
{
    size_t count = all ? matches->count : matches->fitting;
    bt_json_array(json, "matches");
    for (size_t i = 0; i < count; i++)
        write_match(json, &matches->items[i]);
    bt_json_end_array(json);
}
