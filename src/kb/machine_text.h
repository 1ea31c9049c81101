// SPDX-License-Identifier: MIT
//
// What a text about a stop tells of the machine beside the stop: the blue screen's line about a
// module, a debugger's fields, the system that an article or a person names.
#ifndef BT_KB_MACHINE_TEXT_H
#define BT_KB_MACHINE_TEXT_H

#include "base/optional.h"
#include "kb/kb.h"
#include "kb/line_words.h"

enum {
    BT_TOLD_NAME_SIZE = 64,
    BT_TOLD_VERSION_SIZE = BT_LINE_VERSION_SIZE,
    BT_TOLD_SYSTEM_SIZE = 64,
    BT_TOLD_MODULES = 128, // `lm` output of a debugger; text that people write names a few
};

struct bt_told_module_text {
    char name[BT_TOLD_NAME_SIZE];
    char version[BT_TOLD_VERSION_SIZE]; // "5.2.3790.1830"; empty: not told
    uint64_t base, size;                // 0: not told
    uint32_t stamp;                     // PE time stamp; 0: not told
    bool blamed;                        // the text calls it the one that failed
};

struct bt_machine_text {
    char system[BT_TOLD_SYSTEM_SIZE]; // notation of kb/system.h: "2003 SP1 x86"; may be empty
    struct bt_opt32 build, service_pack;
    const char *product_type; // "workstation", "domain controller", "server"; NULL
    const char *architecture; // "x64"; NULL
    char process[BT_TOLD_NAME_SIZE];
    struct bt_told_module_text modules[BT_TOLD_MODULES];
    size_t module_count;
};

// Never fails: what is not understood is not told.
void bt_machine_text_read(const char *text, size_t size, struct bt_machine_text *ret);

#endif
