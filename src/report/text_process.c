// SPDX-License-Identifier: MIT
//
// What a user minidump tells of its program beside the crash: which product it is, what it said
// last, what it used. Short by default: who wants the rest asks for --explain.
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "report/text_parts.h"

enum {
    MESSAGES = 3,       // shown without --explain
    MESSAGE_TEXT = 240, // bytes of one of them
    ATTACHED = 200,     // annotations that are listed on request
    MANY_HANDLES = 10000,
};

static bool is_one_of(const char *key, const char *const *names, size_t count)
{
    for (size_t i = 0; key != NULL && i < count; i++) {
        if (bt_ieq(key, names[i]))
            return true;
    }
    return false;
}

// Whether a key is one under which programs say why they ended.
static bool is_reason(const char *key)
{
    static const char *const words[] = {
        "abort",       "assert", "panic",           "fatal",   "crash_reason",
        "crashreason", "oom",    "exceptionreason", "message", "errormessage"};
    size_t size = strlen(key);
    for (size_t i = 0; i < BT_COUNT(words); i++) {
        size_t length = strlen(words[i]);
        for (size_t at = 0; at + length <= size; at++) {
            if (bt_ieq_n(key + at, words[i], length))
                return true;
        }
    }
    return false;
}

// What the program, or a library, said before it ended. Lists without keys are such texts: a
// library of Apple leaves them for the report of its crash.
static bool is_message(const struct bt_annotation *a)
{
    if (a->value == NULL || *a->value == '\0')
        return false;
    if (strcmp(a->source, "crashpad") == 0)
        return a->key == NULL ? a->module != NULL : is_reason(a->key);
    if (strcmp(a->source, "user-stream") == 0)
        return true;
    return strcmp(a->source, "mac-crash-info") == 0 && a->key != NULL &&
           bt_starts_with(a->key, "message");
}

// What Apple's loader and simulator leave in every dump.
static bool is_noise(const char *text)
{
    return bt_starts_with(text, "dyld2 mode") || bt_starts_with(text, "dyld3 mode") ||
           bt_starts_with(text, "dyld4 ") || bt_starts_with(text, "CoreSimulator ");
}

// As much of a text as `most` bytes hold, in whole characters, its line ends made blanks.
static void add_cut(struct bt_buf *line, const char *text, size_t most)
{
    size_t size = strlen(text);
    size_t end = bt_utf8_fit(text, size, most);
    for (size_t i = 0; i < end; i++)
        bt_buf_char(line, text[i] == '\n' || text[i] == '\r' ? ' ' : text[i]);
    if (end < size)
        bt_buf_text(line, "...");
}

// `said` is what the line on the exception says already.
static void write_messages(struct bt_page *page, const struct bt_crash *crash, const char *said,
                           bool explain, struct bt_buf *line)
{
    size_t shown = 0;
    for (size_t i = 0; i < crash->annotation_count; i++) {
        const struct bt_annotation *a = &crash->annotations[i];
        bool told = said != NULL && a->value != NULL && strstr(said, a->value) != NULL;
        if (!is_message(a) || (!explain && (shown == MESSAGES || told || is_noise(a->value))))
            continue;
        bt_buf_clear(line);
        if (a->module != NULL)
            bt_buf_printf(line, "%s: ", a->module);
        add_cut(line, a->value, explain ? SIZE_MAX : MESSAGE_TEXT);
        bt_text_line(page, shown++ == 0 ? "Message" : "", bt_buf_cstr(line));
    }
}

// The first annotation of the process, else of a module, with one of these keys.
static const char *find_value(const struct bt_crash *crash, const char *const *keys,
                              size_t count)
{
    const char *found = NULL;
    for (size_t i = 0; i < crash->annotation_count; i++) {
        const struct bt_annotation *a = &crash->annotations[i];
        if (a->value == NULL || *a->value == '\0' || !is_one_of(a->key, keys, count))
            continue;
        if (a->module == NULL)
            return a->value;
        if (found == NULL)
            found = a->value;
    }
    return found;
}

// "Chrome 108.0.5359.125, renderer, channel stable"
static void write_product(struct bt_page *page, const struct bt_crash *crash,
                          struct bt_buf *line)
{
    static const char *const products[] = {"prod", "product", "_productName", "productName"};
    static const char *const versions[] = {"ver", "version", "_version", "productVersion"};
    static const char *const types[] = {"ptype", "process_type", "processType"};
    static const char *const channels[] = {"channel", "releaseChannel"};
    const char *product = find_value(crash, products, BT_COUNT(products));
    const char *version = find_value(crash, versions, BT_COUNT(versions));
    const char *type = find_value(crash, types, BT_COUNT(types));
    const char *channel = find_value(crash, channels, BT_COUNT(channels));
    if (product == NULL && version == NULL)
        return;
    bt_buf_clear(line);
    add_cut(line, product != NULL ? product : "version", MESSAGE_TEXT);
    if (version != NULL) {
        bt_buf_char(line, ' ');
        add_cut(line, version, MESSAGE_TEXT);
    }
    if (type != NULL) {
        bt_buf_text(line, ", process ");
        add_cut(line, type, MESSAGE_TEXT);
    }
    if (channel != NULL) {
        bt_buf_text(line, ", channel ");
        add_cut(line, channel, MESSAGE_TEXT);
    }
    bt_text_line(page, "Program", bt_buf_cstr(line));
}

static void write_attached(struct bt_page *page, const struct bt_crash *crash,
                           struct bt_buf *line)
{
    size_t shown = 0;
    for (size_t i = 0; i < crash->annotation_count; i++) {
        const struct bt_annotation *a = &crash->annotations[i];
        if (is_message(a))
            continue;
        if (shown == ATTACHED) {
            bt_text_line(page, "", "more are in the JSON record");
            return;
        }
        bt_buf_clear(line);
        if (a->module != NULL)
            bt_buf_printf(line, "%s: ", a->module);
        bt_buf_printf(line, "%s = ", a->key != NULL ? a->key : a->source);
        add_cut(line, a->value != NULL ? a->value : "", MESSAGE_TEXT);
        bt_text_line(page, shown++ == 0 ? "Attached" : "", bt_buf_cstr(line));
    }
}

static bool is_narrow(enum bt_arch arch)
{
    return arch != BT_ARCH_UNKNOWN && !bt_arch_is64(arch);
}

// Memory that is nearly used up is what many crashes come from: of a 32-bit process by its
// addresses, of the machine by what it can commit.
static bool is_memory_short(const struct bt_crash *crash)
{
    const struct bt_memory_use *use = &crash->memory_use;
    const struct bt_process *process = &crash->process;
    const uint64_t much = UINT64_C(3) << 29; // 1.5 GiB of the 2 that a 32-bit process has
    bool machine = use->committed.known && use->commit_limit.known &&
                   use->committed.value >= use->commit_limit.value / 20 * 19;
    return machine || (is_narrow(crash->system.arch) && process->committed.known &&
                       process->committed.value >= much);
}

static void write_memory(struct bt_page *page, const struct bt_crash *crash,
                         struct bt_buf *line)
{
    const struct bt_memory_use *use = &crash->memory_use;
    const struct bt_process *process = &crash->process;
    bt_buf_clear(line);
    if (process->committed.known) {
        bt_text_size(line, process->committed.value);
        bt_buf_text(line, " of the process");
        if (process->committed_peak.known) {
            bt_buf_text(line, " (at most ");
            bt_text_size(line, process->committed_peak.value);
            bt_buf_char(line, ')');
        }
    }
    if (use->committed.known && use->commit_limit.known) {
        bt_buf_text(line, line->size != 0 ? "; " : "");
        bt_text_size(line, use->committed.value);
        bt_buf_text(line, " of ");
        bt_text_size(line, use->commit_limit.value);
        bt_buf_text(line, " that the machine can commit");
    }
    if (use->physical.known && use->available.known) {
        bt_buf_text(line, line->size != 0 ? "; " : "");
        bt_text_size(line, use->available.value);
        bt_buf_text(line, " of ");
        bt_text_size(line, use->physical.value);
        bt_buf_text(line, " of RAM free");
    }
    if (line->size != 0)
        bt_text_line(page, "Memory", bt_buf_cstr(line));
}

static void write_process(struct bt_page *page, const struct bt_crash *crash,
                          struct bt_buf *line)
{
    const struct bt_process *process = &crash->process;
    const char *integrity = bt_integrity_name(process->integrity);
    const char *comma = "";
    bt_buf_clear(line);
    if (process->command_line != NULL)
        bt_text_line(page, "Command", process->command_line);
    if (process->user_time.known && process->kernel_time.known) {
        bt_buf_printf(line, "%" PRIu64 " s user and %" PRIu64 " s kernel time",
                      process->user_time.value / BT_TICKS_PER_SECOND,
                      process->kernel_time.value / BT_TICKS_PER_SECOND);
        comma = ", ";
    }
    if (crash->thread_count != 0) {
        bt_buf_printf(line, "%s%zu thread%s", comma, crash->thread_count,
                      crash->thread_count == 1 ? "" : "s");
        comma = ", ";
    }
    if (integrity != NULL)
        bt_buf_printf(line, "%s%s integrity", comma, integrity);
    if (line->size != 0)
        bt_text_line(page, "Process", bt_buf_cstr(line));
}

void bt_text_process(struct bt_page *page, const struct bt_result *result, bool explain)
{
    const struct bt_crash *crash = result->crash;
    const struct bt_opt32 handles = crash->process.handle_count;
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    write_product(page, crash, &line);
    write_messages(page, crash, result->exception_meaning, explain, &line);
    if (explain || is_memory_short(crash))
        write_memory(page, crash, &line);
    if (handles.known && (explain || handles.value >= MANY_HANDLES)) {
        bt_buf_clear(&line);
        bt_buf_printf(&line, "%" PRIu32 " open", handles.value);
        bt_text_line(page, "Handles", bt_buf_cstr(&line));
    }
    if (explain) {
        write_process(page, crash, &line);
        write_attached(page, crash, &line);
    }
    bt_buf_clear(&line);
    if (crash->comment != NULL) {
        add_cut(&line, crash->comment, explain ? SIZE_MAX : MESSAGE_TEXT);
        bt_text_line(page, "Comment", bt_buf_cstr(&line));
    }
    bt_buf_fini(&line);
}
