// SPDX-License-Identifier: MIT
//
// MINIDUMP_SYSTEM_INFO, 56 bytes:
//   00 u16 architecture   02 u16 level       04 u16 revision
//   06 u8  processors     07 u8  product type
//   08 u32 major          0C u32 minor       10 u32 build      14 u32 platform
//   18 u32 RVA of a text: service pack (Windows), build (macOS), uname (Linux)
//   1C u16 suite mask     20 x86: 12 characters vendor, else feature words
// Architectures and platforms from 8000 up are Breakpad's.
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/text.h"
#include "dump/user/minidump.h"

enum { SYSTEM_INFO_SIZE = 0x38, SYSTEM_INFO_LEAST = 0x1c };

static enum bt_arch arch_of(uint16_t value)
{
    switch (value) {
    case 0:
    case 10: // a 32-bit process of a 64-bit Windows
        return BT_ARCH_X86;
    case 1:
    case 0x8004:
        return BT_ARCH_MIPS;
    case 2:
        return BT_ARCH_ALPHA;
    case 3:
    case 0x8002:
        return BT_ARCH_PPC;
    case 5:
    case 13: // a 32-bit process of an ARM64 Windows
        return BT_ARCH_ARM;
    case 6:
        return BT_ARCH_IA64;
    case 7:
        return BT_ARCH_ALPHA64;
    case 9:
        return BT_ARCH_X64;
    case 12:
    case 0x8003: // Breakpad, before Windows had a number for it
        return BT_ARCH_ARM64;
    default:
        return BT_ARCH_UNKNOWN;
    }
}

// Those that Breakpad writes dumps of and nothing here reads.
static const char *name_of_processor(uint16_t value)
{
    switch (value) {
    case 0x8001:
        return " (SPARC)";
    case 0x8005:
        return " (RISC-V)";
    case 0x8006:
        return " (RISC-V, 64 bits)";
    default:
        return "";
    }
}

static enum bt_platform platform_of(uint32_t value)
{
    switch (value) {
    case 0: // writers that leave it out
    case 1: // Windows 95 and its line
    case 2:
    case 3: // Windows CE
        return BT_PLATFORM_WINDOWS;
    case 0x8101:
        return BT_PLATFORM_MACOS;
    case 0x8102:
        return BT_PLATFORM_IOS;
    case 0x8201:
        return BT_PLATFORM_LINUX;
    case 0x8203:
        return BT_PLATFORM_ANDROID;
    default:
        return BT_PLATFORM_UNKNOWN;
    }
}

static bool is_number(const char *text)
{
    uint64_t value;
    return bt_parse_u64(text, strlen(text), &value) && value < 100000;
}

// The text is a service pack ("Service Pack 2"), nothing, or with Crashpad the update build
// revision ("282").
static void read_windows_text(struct bt_system *system, const char *text)
{
    static const char service_pack[] = "Service Pack ";
    uint64_t value;
    if (text == NULL) {
        system->service_pack = bt_some32(0);
        return;
    }
    if (is_number(text) && bt_parse_u64(text, strlen(text), &value))
        system->revision = bt_some32((uint32_t)value);
    if (bt_starts_with(text, service_pack)) {
        const char *digits = text + sizeof service_pack - 1;
        size_t count = 0;
        while (bt_is_digit(digits[count]))
            count++;
        if (count > 0 && count < 3 && bt_parse_u64(digits, count, &value))
            system->service_pack = bt_some32((uint32_t)value);
    }
}

static enum bt_status read_windows(struct bt_minidump *md, struct bt_span info,
                                   const char *text, struct bt_error *err)
{
    struct bt_system *system = &md->crash->system;
    uint8_t product_type = info.data[7];
    system->major = bt_some32(bt_span_u32(info, 0x08));
    system->minor = bt_some32(bt_span_u32(info, 0x0c));
    system->build = bt_some32(bt_span_u32(info, 0x10) & 0xffff);
    if (product_type >= BT_PRODUCT_WORKSTATION && product_type <= BT_PRODUCT_SERVER)
        system->product_type = (enum bt_product_type)product_type;
    if (info.size >= 0x1e)
        system->suite_mask = bt_some32(bt_span_u16(info, 0x1c));
    read_windows_text(system, text);
    return bt_arena_printf(md->arena, &system->version, err, "%u.%u.%u", system->major.value,
                           system->minor.value, system->build.value);
}

// The release in the text of uname: "Linux 3.13.0-53-generic #89-Ubuntu SMP ..."
static enum bt_status read_uname(struct bt_minidump *md, const char *text, struct bt_error *err)
{
    static const char system_name[] = "Linux ";
    if (text == NULL || !bt_starts_with(text, system_name))
        return BT_OK;
    const char *release = text + sizeof system_name - 1;
    return bt_arena_text(md->arena, release, strcspn(release, " "), &md->crash->system.version,
                         err);
}

static enum bt_status read_other(struct bt_minidump *md, struct bt_span info, const char *text,
                                 struct bt_error *err)
{
    struct bt_system *system = &md->crash->system;
    uint32_t major = bt_span_u32(info, 0x08);
    uint32_t minor = bt_span_u32(info, 0x0c);
    uint32_t patch = bt_span_u32(info, 0x10);
    system->build_lab = text;
    if (major == 0 && minor == 0 && patch == 0)
        return read_uname(md, text, err);
    return bt_arena_printf(md->arena, &system->version, err, "%u.%u.%u", major, minor, patch);
}

static enum bt_status read_vendor(struct bt_minidump *md, struct bt_span info,
                                  struct bt_error *err)
{
    struct bt_span vendor;
    const char *text;
    if (md->crash->system.arch != BT_ARCH_X86 || !bt_span_has(info, 0x20, 12))
        return BT_OK;
    BT_TRY(bt_span_sub(info, 0x20, 12, &vendor, err));
    BT_TRY(bt_text_bytes(vendor, md->arena, &text, err));
    if (strlen(text) == 12)
        md->crash->system.processor_vendor = text;
    return BT_OK;
}

enum bt_status bt_md_system_info(struct bt_minidump *md, struct bt_span stream,
                                 struct bt_error *err)
{
    struct bt_system *system = &md->crash->system;
    if (stream.size < SYSTEM_INFO_LEAST)
        return BT_FAIL(err, BT_E_TRUNCATED, stream.file_offset, "%zu bytes, expected %d",
                       stream.size, SYSTEM_INFO_SIZE);
    system->arch = arch_of(bt_span_u16(stream, 0));
    system->platform = platform_of(bt_span_u32(stream, 0x14));
    if (system->arch == BT_ARCH_UNKNOWN)
        bt_md_missing(md, BT_PROBLEM_UNSUPPORTED, "unknown-processor", stream.file_offset,
                      "registers of a processor of type 0x%04x%s are not read",
                      bt_span_u16(stream, 0), name_of_processor(bt_span_u16(stream, 0)));
    if (stream.data[6] != 0)
        system->processors = bt_some32(stream.data[6]);
    const char *text = NULL;
    enum bt_status status = bt_md_string(md, bt_span_u32(stream, 0x18), &text, err);
    if (status == BT_E_TRUNCATED)
        bt_md_missing(md, BT_PROBLEM_TRUNCATED, "name-outside-file", stream.file_offset,
                      "the text of the system's version lies outside the file");
    else if (status != BT_OK && status != BT_ABSENT)
        return status;
    if (system->platform == BT_PLATFORM_WINDOWS)
        BT_TRY(read_windows(md, stream, text, err));
    else
        BT_TRY(read_other(md, stream, text, err));
    return read_vendor(md, stream, err);
}
