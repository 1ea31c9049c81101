// SPDX-License-Identifier: MIT
#include "memory/debugger_data.h"

#include <string.h>

// Offsets in KDDEBUGGER_DATA64. Source: the structure as published with the driver kit's
// debugger headers, compared field by field with real dumps of builds 9600, 19041, 22000 and
// 26100. Sizes of the block: 0x290 XP, 0x318 2003, 0x328-0x330 Vista and 2008, 0x340 7,
// 0x360 8 and 8.1, 0x368-0x380 10 and 11, 0x3a0 since 26100.
enum {
    OFFSET_TAG = 0x10,
    OFFSET_SIZE = 0x14,
    HEADER_SIZE = 0x18,
    OFFSET_KERNEL_BASE = 0x18,
    OFFSET_LOADED_MODULES = 0x48,
    OFFSET_ACTIVE_PROCESSES = 0x50,
    OFFSET_BUGCHECK_DATA = 0x88,
    OFFSET_BUILD_LAB = 0x208,
    OFFSET_PROCESSOR_BLOCKS = 0x218,
    OFFSET_UNLOADED_MODULES = 0x220,
    OFFSET_LAST_UNLOADED = 0x228,
    OFFSET_CSD_VERSION = 0x268,
    OFFSET_THREAD_KERNEL_STACK = 0x29c,
    OFFSET_THREAD_INITIAL_STACK = 0x29e,
    OFFSET_THREAD_PROCESS = 0x2a0,
    OFFSET_PROCESS_SIZE = 0x2a8,
    OFFSET_PROCESS_PEB = 0x2aa,
    OFFSET_PRCB_SIZE = 0x2b0,
    OFFSET_PRCB_CURRENT_THREAD = 0x2b4,
    OFFSET_PRCB_MHZ = 0x2b6,
    OFFSET_PRCB_VENDOR = 0x2ba,
    OFFSET_PRCB_STATE = 0x2bc,
    OFFSET_PRCB_NUMBER = 0x2be,
    OFFSET_THREAD_SIZE = 0x2c0,
    OFFSET_PRCB_CONTEXT = 0x338,
    OFFSET_THREAD_STACK_LIMIT = 0x340,
    OFFSET_THREAD_STACK_BASE = 0x344,
    OFFSET_PRCB_DPC_STACK = 0x354,
};

struct block {
    struct bt_span raw; // no longer than the block says it is
    bool is64;
};

static bt_va take_address(struct block b, size_t offset)
{
    if (!bt_span_has(b.raw, offset, 8))
        return 0;
    uint64_t address = bt_span_u64(b.raw, offset);
    return b.is64 ? address : (uint32_t)address;
}

static struct bt_opt32 known_unless_zero(uint32_t value)
{
    return value != 0 ? bt_some32(value) : (struct bt_opt32){0};
}

static struct bt_opt32 take_u16(struct block b, size_t offset)
{
    return known_unless_zero(bt_span_has(b.raw, offset, 2) ? bt_span_u16(b.raw, offset) : 0);
}

static struct bt_opt32 take_u32(struct block b, size_t offset)
{
    return known_unless_zero(bt_span_has(b.raw, offset, 4) ? bt_span_u32(b.raw, offset) : 0);
}

enum bt_status bt_debugger_data_decode(struct bt_span raw, bool is64,
                                       struct bt_debugger_data *ret, struct bt_error *err)
{
    if (raw.size < HEADER_SIZE)
        return BT_FAIL(err, BT_E_TRUNCATED, raw.file_offset,
                       "the debugger data block has %zu bytes only", raw.size);
    if (memcmp(raw.data + OFFSET_TAG, "KDBG", 4) != 0)
        return BT_FAIL(err, BT_E_CORRUPT, raw.file_offset,
                       "the debugger data block has no KDBG tag");
    struct block b = {.raw = raw, .is64 = is64};
    uint32_t size = bt_span_u32(raw, OFFSET_SIZE);
    if (size < b.raw.size)
        b.raw.size = size;
    *ret = (struct bt_debugger_data){
        .size = size,
        .kernel_base = take_address(b, OFFSET_KERNEL_BASE),
        .loaded_modules = take_address(b, OFFSET_LOADED_MODULES),
        .active_processes = take_address(b, OFFSET_ACTIVE_PROCESSES),
        .bugcheck_data = take_address(b, OFFSET_BUGCHECK_DATA),
        .build_lab = take_address(b, OFFSET_BUILD_LAB),
        .processor_blocks = take_address(b, OFFSET_PROCESSOR_BLOCKS),
        .unloaded_modules = take_address(b, OFFSET_UNLOADED_MODULES),
        .last_unloaded_module = take_address(b, OFFSET_LAST_UNLOADED),
        .csd_version = take_address(b, OFFSET_CSD_VERSION),
        .prcb_size = take_u16(b, OFFSET_PRCB_SIZE),
        .process_size = take_u16(b, OFFSET_PROCESS_SIZE),
        .thread_size = take_u16(b, OFFSET_THREAD_SIZE),
        .prcb_current_thread = take_u16(b, OFFSET_PRCB_CURRENT_THREAD),
        .prcb_mhz = take_u16(b, OFFSET_PRCB_MHZ),
        .prcb_vendor = take_u16(b, OFFSET_PRCB_VENDOR),
        .prcb_number = take_u16(b, OFFSET_PRCB_NUMBER),
        .prcb_context = take_u16(b, OFFSET_PRCB_CONTEXT),
        .prcb_state = take_u16(b, OFFSET_PRCB_STATE),
        .thread_process = take_u16(b, OFFSET_THREAD_PROCESS),
        .prcb_dpc_stack = take_u16(b, OFFSET_PRCB_DPC_STACK),
        .thread_kernel_stack = take_u16(b, OFFSET_THREAD_KERNEL_STACK),
        .thread_initial_stack = take_u16(b, OFFSET_THREAD_INITIAL_STACK),
        .thread_stack_limit = take_u32(b, OFFSET_THREAD_STACK_LIMIT),
        .thread_stack_base = take_u32(b, OFFSET_THREAD_STACK_BASE),
        .process_peb = take_u16(b, OFFSET_PROCESS_PEB),
    };
    return BT_OK;
}
