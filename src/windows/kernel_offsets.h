// SPDX-License-Identifier: MIT
//
// Where each version of Windows keeps a few fields of its own structures. What the debugger
// data block of the dump says goes first; a table has the rest.
#ifndef BT_WINDOWS_KERNEL_OFFSETS_H
#define BT_WINDOWS_KERNEL_OFFSETS_H

#include "base/optional.h"
#include "crash/crash.h"
#include "memory/debugger_data.h"

// Offsets from the start of each structure; unknown where nothing tells.
struct bt_kernel_offsets {
    struct {
        struct bt_opt32 pid;  // UniqueProcessId
        struct bt_opt32 name; // ImageFileName: 15 bytes
    } process;                // EPROCESS
    struct {
        struct bt_opt32 cid;     // Cid: process and thread id
        struct bt_opt32 process; // ApcState.Process
        struct bt_opt32 stack_limit, stack_base;
    } thread; // ETHREAD, which begins with KTHREAD
    struct {
        struct bt_opt32 thread; // CurrentThread
        struct bt_opt32 number;
        struct bt_opt32 number_size; // bytes of the number: 1 before Windows 7, then 4
        struct bt_opt32 mhz;
        struct bt_opt32 vendor; // VendorString: 13 bytes
    } processor;                // KPRCB
};

// What is known of this system. `debugger` may be NULL.
void bt_kernel_offsets_find(const struct bt_system *system,
                            const struct bt_debugger_data *debugger,
                            struct bt_kernel_offsets *ret);

#endif
