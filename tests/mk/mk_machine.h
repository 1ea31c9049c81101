// SPDX-License-Identifier: MIT
//
// The machines: width, header values, and the text of the defaults that stand in front of
// every description.
#ifndef BT_MK_MACHINE_H
#define BT_MK_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

enum mk_machine_id {
    MK_X86,
    MK_X64,
    MK_ARM64,
    MK_IA64,
    MK_ARM,
    MK_ALPHA,
    MK_MIPS,
    MK_PPC,
};

struct mk_machine {
    enum mk_machine_id id;
    const char *name;
    uint16_t image; // IMAGE_FILE_MACHINE_*
    bool is64;
    const char *defaults; // in the language of README.md; NULL: only a header can be made
};

// NULL where there is no such machine.
const struct mk_machine *mk_machine_find(const char *name);

// The defaults that all machines share.
extern const char mk_common_defaults[];
// The defaults of the parts of a triage dump.
extern const char mk_triage_defaults[];
// What a memory dump has beside these.
extern const char mk_memory_defaults[];
// The defaults of a user minidump: a crash of Windows Server 2008, without anything in it.
extern const char mk_minidump_defaults[];

#endif
