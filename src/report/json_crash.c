// SPDX-License-Identifier: MIT
#include "report/json_parts.h"

void bt_json_place(struct bt_json *json, const struct bt_crash *crash, bt_va address)
{
    const struct bt_module *module = bt_module_at(crash, address);
    bt_json_text(json, "module", module != NULL ? module->name : NULL);
    if (module != NULL)
        bt_json_hex(json, "offset", address - module->base);
    else
        bt_json_null(json, "offset");
}

static void write_parameter(struct bt_json *json, const struct bt_parameter *parameter)
{
    bt_json_object(json, NULL);
    if (parameter->known)
        bt_json_hex(json, "value", parameter->value);
    else
        bt_json_null(json, "value");
    bt_json_text(json, "role", parameter->role);
    bt_json_text(json, "kind", parameter->kind);
    bt_json_text(json, "meaning", parameter->meaning);
    bt_json_text(json, "status", parameter->status);
    bt_json_text(json, "module", parameter->module);
    if (parameter->module != NULL)
        bt_json_hex(json, "offset", parameter->offset);
    else
        bt_json_null(json, "offset");
    bt_json_text(json, "function", parameter->function);
    bt_json_bool(json, "unloaded", parameter->unloaded);
    bt_json_text(json, "hint", parameter->hint);
    bt_json_end_object(json);
}

static void write_stop(struct bt_json *json, const struct bt_result *result)
{
    const struct bt_stop *stop = &result->crash->stop;
    const struct bt_stop_meaning *meaning = &result->stop;
    if (!stop->present) {
        bt_json_null(json, "stop");
        return;
    }
    bt_json_object(json, "stop");
    bt_json_code(json, "code", stop->code);
    bt_json_code(json, "raw", stop->raw);
    bt_json_text(json, "name", meaning->name);
    bt_json_text(json, "description", meaning->description);
    bt_json_text(json, "category", meaning->category);
    bt_json_text(json, "subcode", meaning->subcode);
    bt_json_array(json, "parameters");
    for (size_t i = 0; i < BT_COUNT(meaning->parameters); i++)
        write_parameter(json, &meaning->parameters[i]);
    bt_json_end_array(json);
    bt_json_texts(json, "checks", meaning->checks, meaning->check_count);
    bt_json_end_object(json);
}

// What the innermost frame is called, where that is the place meant.
static const char *function_at(const struct bt_crash *crash, bt_va address)
{
    if (crash->frame_count == 0 || crash->frames[0].address != address)
        return NULL;
    return crash->frames[0].function;
}

// A report in words names the module itself.
static void write_exception_place(struct bt_json *json, const struct bt_crash *crash)
{
    const struct bt_reported_fault *fault = &crash->reported_fault;
    if (fault->module == NULL) {
        bt_va at = bt_exception_instruction(crash);
        const struct bt_unloaded_module *gone = bt_unloaded_at(crash, at);
        if (bt_module_at(crash, at) != NULL || gone == NULL) {
            bt_json_place(json, crash, at);
        } else {
            bt_json_text(json, "module", gone->name);
            bt_json_hex(json, "offset", at - gone->base);
        }
        return;
    }
    bt_json_text(json, "module", fault->module->name);
    bt_json_opt_hex(json, "offset", fault->offset);
}

static void write_exception(struct bt_json *json, const struct bt_result *result)
{
    const struct bt_exception *exception = &result->crash->exception;
    if (!exception->present) {
        bt_json_null(json, "exception");
        return;
    }
    bt_json_object(json, "exception");
    if (exception->code_unknown)
        bt_json_null(json, "code");
    else
        bt_json_code(json, "code", exception->code);
    bt_json_text(json, "name", result->exception_name);
    if (exception->address == 0 && result->crash->format == BT_FORMAT_NONE)
        bt_json_null(json, "address");
    else
        bt_json_hex(json, "address", exception->address);
    bt_json_text(json, "meaning", result->exception_meaning);
    bt_json_text(json, "access", result->exception_access);
    bt_json_opt_hex(json, "target", result->exception_target);
    bt_json_text(json, "hint", result->exception_hint);
    write_exception_place(json, result->crash);
    bt_va instruction = bt_exception_instruction(result->crash);
    bt_json_text(json, "function", function_at(result->crash, instruction));
    if (instruction == 0 && result->crash->format == BT_FORMAT_NONE)
        bt_json_null(json, "instruction_address");
    else
        bt_json_hex(json, "instruction_address", instruction);
    bt_json_array(json, "parameters");
    for (size_t i = 0; i < exception->parameter_count; i++)
        write_parameter(json, &result->exception_parameters[i]);
    bt_json_end_array(json);
    bt_json_end_object(json);
}

static void write_objects(struct bt_json *json, const struct bt_result *result)
{
    bt_json_array(json, "objects");
    for (size_t i = 0; i < result->object_count; i++) {
        bt_json_object(json, NULL);
        bt_json_text(json, "label", result->objects[i].label);
        bt_json_text(json, "text", result->objects[i].text);
        bt_json_end_object(json);
    }
    bt_json_end_array(json);
}

void bt_json_crash(struct bt_json *json, const struct bt_result *result)
{
    const struct bt_crash *crash = result->crash;
    // A program that was looked at while it ran has a time and a name, too.
    bool running =
        crash->format == BT_FORMAT_USER_MINIDUMP && crash->status != BT_READ_UNREADABLE;
    if (!crash->stop.present && !crash->exception.present && !running) {
        bt_json_null(json, "crash");
        return;
    }
    bt_json_object(json, "crash");
    bt_json_opt_time(json, "time", crash->time);
    bt_json_seconds(json, "uptime_seconds",
                    crash->uptime.known ? crash->uptime : crash->process.uptime);
    bt_json_bool(json, "live", crash->live || result->stop.live);
    write_stop(json, result);
    write_exception(json, result);
    bt_json_process(json, crash);
    bt_json_opt_number(json, "processor", crash->processor);
    write_objects(json, result);
    bt_json_texts(json, "instruction", result->instruction, result->instruction_count);
    bt_json_end_object(json);
}
