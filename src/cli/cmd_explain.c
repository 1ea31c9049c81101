// SPDX-License-Identifier: MIT
//
// bugtriage explain CODE [P1 [P2 [P3 [P4]]]]
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/load_kb.h"
#include "cli/messages.h"
#include "cli/printer.h"
#include "triage/triage.h"

// Whether a number can be read; brackets and commas around it come from a copied parameter
// list.
static bool read_number(const char *text, bool decimal, uint64_t *ret)
{
    size_t size = strlen(text);
    if (size != 0 && *text == '(') {
        text++;
        size--;
    }
    while (size != 0 && (text[size - 1] == ',' || text[size - 1] == ')'))
        size--;
    return decimal ? bt_parse_u64(text, size, ret) : bt_parse_hex(text, size, ret);
}

static bool has_name(const struct bt_kb_stop *stop, const char *name)
{
    if (stop->name != NULL && bt_ieq(stop->name, name))
        return true;
    for (size_t i = 0; i < stop->also.count; i++) {
        if (bt_ieq(bt_kb_text(stop->also, i), name))
            return true;
    }
    return false;
}

static bool find_by_name(const struct bt_kb *kb, const char *name, uint32_t *ret)
{
    struct bt_kb_stop stop;
    for (uint64_t at = 0; bt_kb_stop_next(kb, &at, &stop);) {
        if (!has_name(&stop, name))
            continue;
        *ret = stop.code;
        return true;
    }
    return false;
}

static int read_code(const struct bt_kb *kb, const struct bt_options *options, uint32_t *ret)
{
    const char *text = options->arguments[0];
    uint64_t value;
    if (find_by_name(kb, text, ret))
        return BT_EXIT_OK;
    if (!read_number(text, options->decimal, &value))
        return bt_usage_error("explain", "\"%s\" is no stop code and no name of one", text);
    if (value > UINT32_MAX)
        return bt_usage_error("explain", "a stop code has 32 bits: \"%s\" is too large", text);
    *ret = (uint32_t)value;
    return BT_EXIT_OK;
}

static int read_question(const struct bt_kb *kb, const struct bt_options *options,
                         struct bt_stop_question *ret)
{
    enum bt_arch arch;
    uint64_t build = 0;
    *ret = (struct bt_stop_question){.architecture = options->architecture};
    if (options->argument_count > 1 + BT_COUNT(ret->parameters))
        return bt_usage_error("explain", "a stop code has at most four parameters");
    if (options->architecture != NULL && !bt_arch_find(options->architecture, &arch))
        return bt_usage_error("explain", "unknown architecture \"%s\"", options->architecture);
    if (options->build != NULL &&
        (!bt_parse_u64(options->build, strlen(options->build), &build) || build > UINT32_MAX))
        return bt_usage_error("explain", "\"%s\" is no build number", options->build);
    ret->build = (uint32_t)build;
    for (size_t i = 1; i < options->argument_count; i++) {
        if (!read_number(options->arguments[i], options->decimal, &ret->parameters[i - 1]))
            return bt_usage_error("explain", "\"%s\" is no number", options->arguments[i]);
        ret->parameter_count++;
    }
    return read_code(kb, options, &ret->code);
}

static int explain(const struct bt_kb *kb, const struct bt_options *options,
                   const struct bt_stop_question *question)
{
    struct bt_triage *triage;
    struct bt_printer printer;
    struct bt_error err;
    if (bt_triage_stop(kb, question, &triage, &err) != BT_OK) {
        bt_message("%s", err.message);
        return BT_EXIT_OUTPUT;
    }
    enum bt_status status = bt_printer_open(options, false, &printer);
    if (status == BT_OK) {
        status = bt_printer_add(&printer, bt_triage_result(triage));
        enum bt_status closed = bt_printer_close(&printer, true);
        status = status != BT_OK ? status : closed;
    }
    bt_triage_free(triage);
    return status == BT_OK || status == BT_ABSENT ? BT_EXIT_OK : BT_EXIT_OUTPUT;
}

int bt_cmd_explain(int argc, char **argv)
{
    struct bt_options options;
    struct bt_stop_question question;
    switch (bt_options_parse("explain", argc, argv, &options)) {
    case BT_OPTIONS_RUN:
        break;
    case BT_OPTIONS_DONE:
        return BT_EXIT_OK;
    case BT_OPTIONS_WRONG:
        return BT_EXIT_USAGE;
    case BT_OPTIONS_KB:
        return BT_EXIT_KB;
    }
    if (options.argument_count == 0)
        return bt_usage_error("explain", "no stop code was given");
    struct bt_kb *kb = bt_load_kb(&options);
    if (kb == NULL)
        return BT_EXIT_KB;
    int exit_status = read_question(kb, &options, &question);
    if (exit_status == BT_EXIT_OK)
        exit_status = explain(kb, &options, &question);
    bt_kb_free(kb);
    return exit_status;
}
