// SPDX-License-Identifier: MIT
//
// Files of a Linux machine that Breakpad copies into its dumps, as text: /proc/cpuinfo,
// /proc/<pid>/status, cmdline and maps, and /etc/lsb-release or /etc/os-release. The
// environment (which it copies too) is left alone: it holds secrets and tells nothing about a
// crash.
#include <string.h>

#include "base/text.h"
#include "dump/user/minidump.h"

// Takes the text up to the next line end off `rest`; false when there is no more.
static bool next_line(struct bt_span *rest, struct bt_span *ret)
{
    if (rest->size == 0)
        return false;
    const uint8_t *end = memchr(rest->data, '\n', rest->size);
    uint64_t length = end != NULL ? (uint64_t)(end - rest->data) : rest->size;
    uint64_t taken = end != NULL ? length + 1 : length;
    return bt_span_sub(*rest, 0, length, ret, NULL) == BT_OK &&
           bt_span_sub(*rest, taken, rest->size - taken, rest, NULL) == BT_OK;
}

static struct bt_span trim(struct bt_span text, const char *unwanted)
{
    uint64_t start = 0;
    uint64_t end = text.size;
    while (start < end && strchr(unwanted, text.data[start]) != NULL)
        start++;
    while (end > start && strchr(unwanted, text.data[end - 1]) != NULL)
        end--;
    struct bt_span trimmed = {0};
    return bt_span_sub(text, start, end - start, &trimmed, NULL) == BT_OK ? trimmed : text;
}

// Splits "key<between>value", both without blanks and quotes around them.
static bool split_line(struct bt_span line, char between, struct bt_span *key,
                       struct bt_span *value)
{
    const uint8_t *at = line.size != 0 ? memchr(line.data, between, line.size) : NULL;
    if (at == NULL)
        return false;
    uint64_t length = (uint64_t)(at - line.data);
    if (bt_span_sub(line, 0, length, key, NULL) != BT_OK ||
        bt_span_sub(line, length + 1, line.size - length - 1, value, NULL) != BT_OK)
        return false;
    *key = trim(*key, " \t\r");
    *value = trim(*value, " \t\r\"'");
    return true;
}

static bool span_is(struct bt_span span, const char *text)
{
    return span.size == strlen(text) && memcmp(span.data, text, span.size) == 0;
}

// The number that a text starts with: "2893.202", "1234".
static bool leading_number(struct bt_span text, uint64_t *ret)
{
    size_t digits = 0;
    while (digits < text.size && bt_is_digit((char)text.data[digits]))
        digits++;
    return digits != 0 && bt_parse_u64((const char *)text.data, digits, ret);
}

enum bt_status bt_md_linux_cpuinfo(struct bt_minidump *md, struct bt_span stream,
                                   struct bt_error *err)
{
    struct bt_system *system = &md->crash->system;
    struct bt_span line, key, value;
    uint32_t processors = 0;
    while (next_line(&stream, &line)) {
        uint64_t mhz;
        if (!split_line(line, ':', &key, &value))
            continue;
        if (span_is(key, "processor"))
            processors++;
        else if (span_is(key, "model name") && system->processor_name == NULL)
            BT_TRY(bt_text_bytes(value, md->arena, &system->processor_name, err));
        else if (span_is(key, "vendor_id") && system->processor_vendor == NULL)
            BT_TRY(bt_text_bytes(value, md->arena, &system->processor_vendor, err));
        else if (span_is(key, "cpu MHz") && !system->processor_mhz.known &&
                 leading_number(value, &mhz) && mhz < 100000)
            system->processor_mhz = bt_some32((uint32_t)mhz);
    }
    if (processors != 0 && !system->processors.known)
        system->processors = bt_some32(processors);
    return processors != 0 ? BT_OK : BT_ABSENT;
}

enum bt_status bt_md_linux_status(struct bt_minidump *md, struct bt_span stream,
                                  struct bt_error *err)
{
    struct bt_process *process = &md->crash->process;
    struct bt_span line, key, value;
    uint64_t number;
    bool found = false;
    while (next_line(&stream, &line)) {
        if (!split_line(line, ':', &key, &value))
            continue;
        found = true;
        if (span_is(key, "Name") && process->name == NULL && value.size != 0)
            BT_TRY(bt_text_bytes(value, md->arena, &process->name, err));
        else if (span_is(key, "Pid") && !process->pid.known && leading_number(value, &number))
            process->pid = bt_some64(number);
        else if (span_is(key, "VmPeak") && leading_number(value, &number) &&
                 number < UINT64_MAX / 1024)
            process->committed_peak = bt_some64(number * 1024);
        else if (span_is(key, "VmSize") && leading_number(value, &number) &&
                 number < UINT64_MAX / 1024)
            process->committed = bt_some64(number * 1024);
    }
    return found ? BT_OK : BT_ABSENT;
}

// lsb-release has DISTRIB_DESCRIPTION, os-release PRETTY_NAME.
enum bt_status bt_md_linux_release(struct bt_minidump *md, struct bt_span stream,
                                   struct bt_error *err)
{
    struct bt_system *system = &md->crash->system;
    struct bt_span line, key, value;
    struct bt_span name = {0};
    while (next_line(&stream, &line)) {
        if (!split_line(line, '=', &key, &value) || value.size == 0)
            continue;
        if (span_is(key, "DISTRIB_DESCRIPTION") || span_is(key, "PRETTY_NAME"))
            return bt_text_bytes(value, md->arena, &system->distribution, err);
        if (span_is(key, "DISTRIB_ID") || span_is(key, "NAME"))
            name = value;
    }
    if (name.size == 0)
        return BT_ABSENT;
    return bt_text_bytes(name, md->arena, &system->distribution, err);
}

// The arguments, each ended by a NUL, joined by blanks.
enum bt_status bt_md_linux_command_line(struct bt_minidump *md, struct bt_span stream,
                                        struct bt_error *err)
{
    size_t size = stream.size < BT_LIMIT_TEXT ? stream.size : (size_t)BT_LIMIT_TEXT;
    while (size != 0 && stream.data[size - 1] == 0)
        size--;
    if (size == 0)
        return BT_ABSENT;
    uint8_t *joined;
    BT_TRY(bt_arena_alloc(md->arena, size, 1, &joined, err));
    memcpy(joined, stream.data, size);
    for (size_t i = 0; i < size; i++) {
        if (joined[i] == 0)
            joined[i] = ' ';
    }
    struct bt_span text = {.data = joined, .size = size};
    return bt_text_bytes(text, md->arena, &md->crash->process.command_line, err);
}

// Takes the word before the next `end` off a line.
static bool take_word(struct bt_span *line, char end, struct bt_span *ret)
{
    const uint8_t *at = line->size != 0 ? memchr(line->data, end, line->size) : NULL;
    if (at == NULL)
        return false;
    uint64_t length = (uint64_t)(at - line->data);
    return bt_span_sub(*line, 0, length, ret, NULL) == BT_OK &&
           bt_span_sub(*line, length + 1, line->size - length - 1, line, NULL) == BT_OK;
}

static uint32_t permission_flags(struct bt_span permissions)
{
    uint32_t flags = 0;
    for (size_t i = 0; i < permissions.size; i++) {
        switch (permissions.data[i]) {
        case 'r':
            flags |= BT_RANGE_READ;
            break;
        case 'w':
            flags |= BT_RANGE_WRITE;
            break;
        case 'x':
            flags |= BT_RANGE_EXECUTE;
            break;
        default: // '-', and 'p' or 's' for private and shared
            break;
        }
    }
    return flags;
}

// "00400000-00402000 r-xp 00000000 fd:00 1234    /usr/bin/driver"
static bool parse_mapping(struct bt_span line, struct bt_range *range, struct bt_span *name)
{
    struct bt_span start, end, permissions, word;
    uint64_t last;
    if (!take_word(&line, '-', &start) || !take_word(&line, ' ', &end) ||
        !take_word(&line, ' ', &permissions) ||
        !bt_parse_hex((const char *)start.data, start.size, &range->base) ||
        !bt_parse_hex((const char *)end.data, end.size, &last) || last < range->base)
        return false;
    range->size = last - range->base;
    range->flags = permission_flags(permissions);
    *name = (struct bt_span){0};
    // Offset, device and inode; the inode may end the line.
    if (take_word(&line, ' ', &word) && take_word(&line, ' ', &word) &&
        take_word(&line, ' ', &word))
        *name = trim(line, " \t\r");
    return true;
}

static size_t count_lines(struct bt_span text)
{
    struct bt_span line;
    size_t count = 0;
    while (next_line(&text, &line))
        count++;
    return count < BT_LIMIT_REGIONS ? count : BT_LIMIT_REGIONS;
}

enum bt_status bt_md_linux_maps(struct bt_minidump *md, struct bt_span stream,
                                struct bt_error *err)
{
    struct bt_crash *crash = md->crash;
    struct bt_span line, name;
    size_t lines = count_lines(stream);
    if (crash->range_count != 0 || lines == 0)
        return BT_ABSENT;
    BT_TRY(bt_arena_alloc(md->arena, lines, sizeof *crash->ranges, &crash->ranges, err));
    while (crash->range_count < lines && next_line(&stream, &line)) {
        struct bt_range *range = &crash->ranges[crash->range_count];
        if (!parse_mapping(line, range, &name))
            continue;
        crash->range_count++;
        if (name.size != 0)
            BT_TRY(bt_text_bytes(name, md->arena, &range->name, err));
        if (name.size != 0 && name.data[0] == '/')
            range->flags |= BT_RANGE_MAPPED;
    }
    bt_md_sort_ranges(crash);
    return crash->range_count != 0 ? BT_OK : BT_ABSENT;
}

// What went wrong while the dump was written, in the words of its writer (JSON).
enum bt_status bt_md_soft_errors(struct bt_minidump *md, struct bt_span stream,
                                 struct bt_error *err)
{
    struct bt_span raw;
    const char *text;
    uint64_t size = stream.size < BT_LIMIT_TEXT ? stream.size : BT_LIMIT_TEXT;
    BT_TRY(bt_span_sub(stream, 0, size, &raw, err));
    BT_TRY(bt_text_bytes(raw, md->arena, &text, err));
    if (*text == '\0')
        return BT_ABSENT;
    return bt_md_annotate(
        md,
        (struct bt_annotation){.source = "dump-writer", .key = "soft-errors", .value = text},
        err);
}
