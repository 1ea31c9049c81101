// SPDX-License-Identifier: MIT
//
// DUMP_HEADER32 and DUMP_HEADER64, the first 4 or 8 KiB of every kernel dump.
//
// Windows fills the header with the text "PAGE" before it writes fields, so a field that still
// holds filler was never written: here it is unknown. Other writers leave zeros instead; what a
// zero means depends on the field and is for the caller to judge.
#ifndef BT_DUMP_KERNEL_HEADER_H
#define BT_DUMP_KERNEL_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/arena.h"
#include "base/optional.h"
#include "base/span.h"
#include "crash/crash.h"

// Values of DumpType.
enum bt_dump_type {
    BT_DUMP_FULL = 1,
    BT_DUMP_SUMMARY = 2,
    BT_DUMP_HEADER = 3,
    BT_DUMP_TRIAGE = 4,
    BT_DUMP_BITMAP_FULL = 5,
    BT_DUMP_BITMAP_KERNEL = 6,
    BT_DUMP_AUTOMATIC = 7,
    BT_DUMP_KERNEL_MEMORY = 8,
    BT_DUMP_KERNEL_AND_USER_MEMORY = 9,
    BT_DUMP_COMPLETE_MEMORY = 10,
};

// Bits of MiniDumpFields: which parts a triage dump holds.
enum {
    BT_TRIAGE_CONTEXT = 0x1,
    BT_TRIAGE_EXCEPTION = 0x2,
    BT_TRIAGE_PRCB = 0x4,
    BT_TRIAGE_PROCESS = 0x8,
    BT_TRIAGE_THREAD = 0x10,
    BT_TRIAGE_STACK = 0x20,
    BT_TRIAGE_DRIVER_LIST = 0x40,
    BT_TRIAGE_BROKEN_DRIVER = 0x80, // set in every dump: promises nothing
    BT_TRIAGE_MM_INFO = 0x100,
    BT_TRIAGE_DATA_PAGE = 0x200,
    BT_TRIAGE_DEBUGGER_DATA = 0x400,
    BT_TRIAGE_DATA_BLOCKS = 0x800,
};

// Bits of Attributes.
enum {
    BT_DUMP_ATTRIBUTE_TOO_SMALL = 0x4, // InsufficientDumpfileSize
    BT_DUMP_ATTRIBUTE_LIVE = 0x10,
    BT_DUMP_ATTRIBUTE_ENCRYPTED = 0x100,
    BT_DUMP_ATTRIBUTE_DECRYPTED = 0x200,
};

struct bt_kernel_header {
    bool is64;     // which of the two headers
    bool complete; // false: the writer never put its mark of validity
    uint64_t size; // of the header in the file: 0x1000 or 0x2000
    enum bt_arch arch;

    struct bt_opt32 major; // 0xf free build, 0xc checked build
    struct bt_opt32 minor; // build number, without the bits that NtBuildNumber has above it
    struct bt_opt64 directory_table;
    struct bt_opt64 pfn_database;
    struct bt_opt64 loaded_modules;
    struct bt_opt64 active_processes;
    struct bt_opt32 machine;
    struct bt_opt32 processors;
    struct bt_opt32 code;
    struct bt_opt64 parameters[4];
    struct bt_opt32 pae; // 0 or 1; 32-bit only
    struct bt_opt32 secondary_version;
    struct bt_opt64 debugger_data;
    // The description of physical memory: `runs` holds `run_count` pairs of first page and
    // count, each as wide as a pointer; `page_count` is their sum. All unknown or empty where
    // the runs are more than fit, or reach beyond any memory. `runs_add_up`: the header has
    // the same sum.
    struct bt_opt32 run_count;
    struct bt_opt64 page_count;
    bool runs_add_up;
    struct bt_span runs;
    struct bt_opt32 dump_type;
    struct bt_opt32 minidump_fields;
    struct bt_opt32 secondary_state;
    struct bt_opt32 product_type;
    struct bt_opt32 suite_mask;
    struct bt_opt32 writer_status;
    struct bt_opt32 attributes;
    struct bt_opt32 boot_id;
    struct bt_opt64 required_space;
    struct bt_opt64 uptime; // units of 100 ns
    struct bt_opt64 time;   // FILETIME

    // Raw parts; empty where the file ends before them.
    struct bt_span version_user; // 32 bytes
    struct bt_span comment;      // 128 bytes
    struct bt_span context;      // CONTEXT of the machine, and room behind it
    struct bt_span exception;    // EXCEPTION_RECORD32 or 64
};

// Whether the bytes begin a kernel dump: a whole signature, or half of one with a processor
// that Windows runs on.
bool bt_kernel_header_probe(struct bt_span head);

// Decodes what `head` (the start of the file) holds; fields past its end are unknown. Never
// fails: a header of which nothing is left is a header full of unknowns. The spans point into
// `head`.
void bt_kernel_header_decode(struct bt_span head, struct bt_kernel_header *ret);

// Bytes of a page of physical memory.
uint64_t bt_kernel_page_size(const struct bt_kernel_header *header);

// Run `index` of the description of physical memory.
struct bt_kernel_run {
    uint64_t first_page;
    uint64_t page_count;
};
struct bt_kernel_run bt_kernel_run_at(const struct bt_kernel_header *header, uint32_t index);

// Puts the facts of the header into `crash`: stop, system, time. Fails only without memory.
enum bt_status bt_kernel_header_describe(const struct bt_kernel_header *header,
                                         struct bt_arena *arena, struct bt_crash *crash,
                                         struct bt_error *err) BT_MUST_USE;

#endif
