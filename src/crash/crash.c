// SPDX-License-Identifier: MIT
#include "crash/crash.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/names.h"
#include "base/text.h"

static const struct bt_name format_names[] = {
    {BT_FORMAT_KERNEL_TRIAGE, "kernel-triage"},   {BT_FORMAT_KERNEL_FULL, "kernel-full"},
    {BT_FORMAT_KERNEL_SUMMARY, "kernel-summary"}, {BT_FORMAT_KERNEL_BITMAP, "kernel-bitmap"},
    {BT_FORMAT_KERNEL_RANGES, "kernel-ranges"},   {BT_FORMAT_KERNEL_HEADER, "kernel-header"},
    {BT_FORMAT_USER_MINIDUMP, "user-minidump"},
};

// The first name of a value is the one that is printed; the others are accepted.
static const struct bt_name arch_names[] = {
    {BT_ARCH_X86, "x86"},     {BT_ARCH_X64, "x64"},         {BT_ARCH_ARM, "arm"},
    {BT_ARCH_ARM64, "arm64"}, {BT_ARCH_IA64, "ia64"},       {BT_ARCH_ALPHA, "alpha"},
    {BT_ARCH_MIPS, "mips"},   {BT_ARCH_ALPHA64, "alpha64"}, {BT_ARCH_PPC, "ppc"},
    {BT_ARCH_X86, "i386"},    {BT_ARCH_X64, "amd64"},       {BT_ARCH_IA64, "ia-64"},
};

static const struct bt_name platform_names[] = {
    {BT_PLATFORM_WINDOWS, "windows"}, {BT_PLATFORM_LINUX, "linux"},
    {BT_PLATFORM_ANDROID, "android"}, {BT_PLATFORM_MACOS, "macos"},
    {BT_PLATFORM_IOS, "ios"},
};

static const struct bt_name product_type_names[] = {
    {BT_PRODUCT_WORKSTATION, "workstation"},
    {BT_PRODUCT_DOMAIN_CONTROLLER, "domain controller"},
    {BT_PRODUCT_SERVER, "server"},
};

static const struct bt_name problem_names[] = {
    {BT_PROBLEM_EMPTY, "empty"},
    {BT_PROBLEM_ALL_ZERO, "all-zero"},
    {BT_PROBLEM_NOT_A_DUMP, "not-a-dump"},
    {BT_PROBLEM_TRUNCATED, "truncated"},
    {BT_PROBLEM_CORRUPT, "corrupt"},
    {BT_PROBLEM_UNSUPPORTED, "unsupported"},
    {BT_PROBLEM_ENCRYPTED, "encrypted"},
    {BT_PROBLEM_LIMIT, "limit"},
    {BT_PROBLEM_IO, "io"},
};

static const struct bt_name read_status_names[] = {
    {BT_READ_OK, "ok"},
    {BT_READ_PARTIAL, "partial"},
    {BT_READ_UNREADABLE, "unreadable"},
    {BT_READ_TIMEOUT, "timeout"},
    {BT_READ_CRASHED, "crashed"},
};

static const struct bt_name trust_names[] = {
    {BT_TRUST_CONTEXT, "context"},
    {BT_TRUST_CFI, "cfi"},
    {BT_TRUST_FRAME_POINTER, "frame_pointer"},
    {BT_TRUST_SCAN, "scan"},
};

static const struct bt_name origin_names[] = {
    {BT_NAME_FUNCTION, "function"},
    {BT_NAME_PUBLIC, "public"},
    {BT_NAME_EXPORT, "export"},
    {BT_NAME_NEAREST_EXPORT, "nearest_export"},
};

const char *bt_format_name(enum bt_format format)
{
    return bt_name_of(format_names, BT_COUNT(format_names), format);
}

const char *bt_arch_name(enum bt_arch arch)
{
    return bt_name_of(arch_names, BT_COUNT(arch_names), arch);
}

const char *bt_platform_name(enum bt_platform platform)
{
    return bt_name_of(platform_names, BT_COUNT(platform_names), platform);
}

const char *bt_product_type_name(enum bt_product_type type)
{
    return bt_name_of(product_type_names, BT_COUNT(product_type_names), type);
}

const char *bt_problem_name(enum bt_problem_code code)
{
    return bt_name_of(problem_names, BT_COUNT(problem_names), code);
}

enum bt_problem_code bt_problem_of(enum bt_status status)
{
    switch (status) {
    case BT_E_TRUNCATED:
        return BT_PROBLEM_TRUNCATED;
    case BT_E_LIMIT:
        return BT_PROBLEM_LIMIT;
    case BT_E_IO:
        return BT_PROBLEM_IO;
    case BT_E_UNSUPPORTED:
        return BT_PROBLEM_UNSUPPORTED;
    default:
        return BT_PROBLEM_CORRUPT;
    }
}

const char *bt_access_name(uint64_t access)
{
    switch (access) {
    case 0:
        return "read";
    case 1:
        return "write";
    case 8:
        return "execute";
    default:
        return NULL;
    }
}

bool bt_is_host_key(const char *key)
{
    static const char *const keys[] = {"computername", "computer_name", "hostname",
                                       "host_name"};
    for (size_t i = 0; key != NULL && i < BT_COUNT(keys); i++) {
        if (bt_ieq(key, keys[i]))
            return true;
    }
    return false;
}

const char *bt_read_status_name(enum bt_read_status status)
{
    return bt_name_of(read_status_names, BT_COUNT(read_status_names), status);
}

const char *bt_integrity_name(struct bt_opt32 level)
{
    // Levels lie 0x1000 apart; what is between two has the rights of the lower one.
    static const char *const names[] = {"untrusted", "low",    "medium",
                                        "high",      "system", "protected"};
    uint32_t step = level.value >> 12;
    if (!level.known)
        return NULL;
    return names[step < BT_COUNT(names) ? step : BT_COUNT(names) - 1];
}

const char *bt_trust_name(enum bt_trust trust)
{
    return bt_name_of(trust_names, BT_COUNT(trust_names), trust);
}

const char *bt_name_origin_name(enum bt_name_origin origin)
{
    return bt_name_of(origin_names, BT_COUNT(origin_names), origin);
}

bool bt_arch_find(const char *name, enum bt_arch *ret)
{
    uint32_t value;
    if (!bt_name_find(arch_names, BT_COUNT(arch_names), name, &value))
        return false;
    *ret = (enum bt_arch)value;
    return true;
}

bool bt_arch_is64(enum bt_arch arch)
{
    return arch == BT_ARCH_X64 || arch == BT_ARCH_ARM64 || arch == BT_ARCH_IA64 ||
           arch == BT_ARCH_ALPHA64;
}

enum bt_arch bt_arch_from_machine(uint32_t machine)
{
    switch (machine) {
    case 0x014c:
        return BT_ARCH_X86;
    case 0x8664:
        return BT_ARCH_X64;
    case 0x01c0:
    case 0x01c2:
    case 0x01c4:
        return BT_ARCH_ARM;
    case 0xaa64:
        return BT_ARCH_ARM64;
    case 0x0200:
        return BT_ARCH_IA64;
    case 0x0184:
        return BT_ARCH_ALPHA;
    case 0x0284:
        return BT_ARCH_ALPHA64;
    case 0x0162:
    case 0x0166:
    case 0x0168:
        return BT_ARCH_MIPS;
    case 0x01f0:
        return BT_ARCH_PPC;
    default:
        return BT_ARCH_UNKNOWN;
    }
}

uint32_t bt_stop_base_code(uint32_t raw)
{
    // Windows sets the flag on any of its own codes in small dumps and in the events made from
    // them (1000007e, 1000000a, 100000d1 are common); all of those codes are below 0x1000.
    // Other codes with that bit set (0xdeaddead, vendors' own) are codes of their own.
    return (raw & 0xfffff000) == 0x10000000 ? raw & 0xfff : raw;
}

static const char *format_into(struct bt_arena *arena, const char *format, va_list args)
    BT_PRINTF(2, 0);

static const char *format_into(struct bt_arena *arena, const char *format, va_list args)
{
    char text[512];
    const char *copy;
    if (vsnprintf(text, sizeof text, format, args) < 0)
        return "";
    if (bt_arena_text(arena, text, strlen(text), &copy, NULL) != BT_OK)
        return "(no memory left for the message)";
    return copy;
}

void bt_note(struct bt_crash *crash, struct bt_arena *arena, const char *code, uint64_t offset,
             const char *format, ...)
{
    struct bt_notes *notes = &crash->notes;
    if (notes->count == BT_LIMIT_NOTES) {
        notes->dropped++;
        return;
    }
    va_list args;
    va_start(args, format);
    notes->items[notes->count++] = (struct bt_note){
        .code = code, .message = format_into(arena, format, args), .offset = offset};
    va_end(args);
}

void bt_crash_problem(struct bt_crash *crash, struct bt_arena *arena,
                      enum bt_read_status status, enum bt_problem_code code, uint64_t offset,
                      const char *format, ...)
{
    if (crash->problem.code != BT_PROBLEM_NONE)
        return;
    va_list args;
    va_start(args, format);
    crash->status = status;
    crash->problem = (struct bt_problem){
        .code = code, .message = format_into(arena, format, args), .offset = offset};
    va_end(args);
}

const struct bt_module *bt_module_at(const struct bt_crash *crash, bt_va address)
{
    for (size_t i = 0; i < crash->module_count; i++) {
        const struct bt_module *m = &crash->modules[i];
        if (address >= m->base && address - m->base < m->size)
            return m;
    }
    return NULL;
}

bool bt_modules_are_whole(const struct bt_crash *crash)
{
    return crash->module_count != 0 && !crash->modules_reported && !crash->modules_partial;
}

bool bt_is_outside_modules(const struct bt_crash *crash, bt_va address)
{
    if (!bt_modules_are_whole(crash) || bt_module_at(crash, address) != NULL)
        return false;
    for (size_t i = 0; i < crash->module_count; i++) {
        if (crash->modules[i].size == 0)
            return false;
    }
    return true;
}

const struct bt_thread *bt_crashing_thread(const struct bt_crash *crash)
{
    if (!crash->crashing_thread.known || crash->crashing_thread.value >= crash->thread_count)
        return NULL;
    return &crash->threads[crash->crashing_thread.value];
}

bt_va bt_exception_instruction(const struct bt_crash *crash)
{
    const enum bt_platform platform = crash->system.platform;
    const bt_va address = crash->exception.address;
    const struct bt_thread *thread = bt_crashing_thread(crash);
    // A breakpoint of Windows lies before the instruction pointer, so its address is better.
    bool windows = platform == BT_PLATFORM_WINDOWS || platform == BT_PLATFORM_UNKNOWN;
    if (thread == NULL || thread->sp == 0 || (windows && address != 0))
        return address;
    return thread->ip;
}

const struct bt_unloaded_module *bt_unloaded_at(const struct bt_crash *crash, bt_va address)
{
    for (size_t i = 0; i < crash->unloaded_count; i++) {
        const struct bt_unloaded_module *m = &crash->unloaded[i];
        if (address >= m->base && address < m->end)
            return m;
    }
    return NULL;
}

const struct bt_range *bt_range_at(const struct bt_crash *crash, bt_va address)
{
    size_t low = 0;
    size_t high = crash->range_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct bt_range *range = &crash->ranges[middle];
        if (address < range->base)
            high = middle;
        else if (address - range->base >= range->size)
            low = middle + 1;
        else
            return range;
    }
    return NULL;
}

const struct bt_module *bt_module_named(const struct bt_crash *crash, const char *name)
{
    for (size_t i = 0; i < crash->module_count; i++) {
        if (bt_ieq(crash->modules[i].name, name))
            return &crash->modules[i];
    }
    return NULL;
}
