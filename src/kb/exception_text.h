// SPDX-License-Identifier: MIT
//
// How programs and people write the crash of a program in text: events 1000, 1001 and 1026,
// Report.wer, Dr. Watson, debuggers, message boxes, the kernel log of Linux, and what readers
// of minidumps print.
#ifndef BT_KB_EXCEPTION_TEXT_H
#define BT_KB_EXCEPTION_TEXT_H

#include "kb/kb.h"

enum { BT_EXCEPTION_TEXT_WORD = 128, BT_EXCEPTION_TEXT_PARAMETERS = 4 };

// A file that the text names; name[0] is '\0' where it does not.
struct bt_exception_text_file {
    char name[BT_EXCEPTION_TEXT_WORD];
    struct bt_opt64 version; // bt_file_version
    struct bt_opt32 stamp;
};

struct bt_exception_text {
    const char *form;     // "event 1000", "error report", ... for messages
    bool clear;           // the text is about a program, and cannot be about a stop
    const char *platform; // "windows", "linux", "macos"
    bool code_known;
    uint32_t code;  // exception, signal or Mach exception
    uint32_t flags; // code of a signal or Mach exception
    uint64_t parameters[BT_EXCEPTION_TEXT_PARAMETERS];
    unsigned parameter_count;
    struct bt_opt64 address; // of the instruction; on Linux of the access
    struct bt_exception_text_file process, module;
    struct bt_opt64 offset; // in the module
    struct bt_opt32 process_id;
    char type[BT_EXCEPTION_TEXT_WORD];   // class of a .NET exception, or empty
    char method[BT_EXCEPTION_TEXT_WORD]; // that raised it, or empty
};

// Reads a text; false where it holds no crash of a program.
bool bt_exception_text_read(const struct bt_kb *kb, const char *text, size_t size,
                            struct bt_exception_text *ret);

// The code of an exception by name: STATUS_..., EXCEPTION_..., SIGSEGV, EXC_BAD_ACCESS; a
// FAST_FAIL_... name gives 0xC0000409 and its parameter. Fills code, platform and parameters.
bool bt_exception_by_name(const struct bt_kb *kb, const char *name,
                          struct bt_exception_text *ret);

#endif
