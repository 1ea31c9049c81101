// SPDX-License-Identifier: MIT
//
// Inside of the kernel dump reader: the parts of a triage dump ("small memory dump").
#ifndef BT_DUMP_TRIAGE_DUMP_H
#define BT_DUMP_TRIAGE_DUMP_H

#include "dump/kernel/kernel_body.h"
#include "memory/debugger_data.h"

// TRIAGE_DUMP32 and TRIAGE_DUMP64, the table of contents behind the header. All offsets are
// file offsets; 0 means that the part is not there.
struct bt_triage {
    uint32_t service_pack; // CmNtCSDVersion: service pack in bits 8 to 15
    uint32_t size;         // of the dump, secondary data not included
    uint32_t valid_offset; // of the mark "TRGD"
    uint32_t context_offset;
    uint32_t unloaded_offset;
    uint32_t prcb_offset, process_offset, thread_offset;
    uint32_t stack_offset, stack_size;
    uint32_t drivers_offset, driver_count;
    uint32_t strings_offset, strings_size;
    uint32_t broken_driver_offset;
    uint32_t options;
    bt_va stack_address; // lowest address of the stack that is there
    bt_va page_address;  // one extra piece of memory; Windows 2000 and XP
    uint32_t page_offset, page_size;
    uint32_t debugger_offset, debugger_size;
    uint32_t blocks_offset, block_count; // more pieces of memory

    // Derived.
    bool has_service_pack;   // the field was written
    uint64_t end;            // one past the last byte of the dump that is in the file
    uint32_t part_start[12]; // start of every part, ascending, for parts without a length
    unsigned part_count;
};

// The bytes [offset, offset + size) as far as they lie inside the dump. BT_E_CORRUPT where they
// begin outside of it.
enum bt_status bt_triage_view(const struct bt_kernel_reading *r, const struct bt_triage *t,
                              uint64_t offset, uint64_t size, struct bt_span *ret,
                              struct bt_error *err) BT_MUST_USE;
// As bt_triage_view, but BT_E_TRUNCATED where not all of them are there.
enum bt_status bt_triage_view_all(const struct bt_kernel_reading *r, const struct bt_triage *t,
                                  uint64_t offset, uint64_t size, struct bt_span *ret,
                                  struct bt_error *err) BT_MUST_USE;
// Bytes from `offset` to the part that comes next in the file, whichever it is, or to the end
// of the dump: the most that a part at `offset` can have.
uint64_t bt_triage_room(const struct bt_triage *t, uint32_t offset);
// A DUMP_STRING: u32 count of *characters* (not bytes, as one of the published headers claims),
// then UTF-16.
enum bt_status bt_triage_string(const struct bt_kernel_reading *r, const struct bt_triage *t,
                                uint64_t offset, const char **ret,
                                struct bt_error *err) BT_MUST_USE;

// The driver list and the list of unloaded drivers, into the crash.
enum bt_status bt_triage_read_drivers(const struct bt_kernel_reading *r,
                                      const struct bt_triage *t,
                                      struct bt_error *err) BT_MUST_USE;
enum bt_status bt_triage_read_unloaded(const struct bt_kernel_reading *r,
                                       const struct bt_triage *t,
                                       struct bt_error *err) BT_MUST_USE;

// Everything that has an address, as one address space: r->dump->memory.
enum bt_status bt_triage_build_memory(const struct bt_kernel_reading *r,
                                      const struct bt_triage *t,
                                      const struct bt_debugger_data *debugger,
                                      struct bt_error *err) BT_MUST_USE;

#endif
