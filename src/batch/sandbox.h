// SPDX-License-Identifier: MIT
//
// Giving up what a reader of dumps does not need: everything but reading named places, and
// temporary files. What a system cannot take away is left; nothing here fails for that.
//
// sandbox_linux.c: Landlock, and a filter of system calls where the build has libseccomp.
// sandbox_none.c: nothing.
#ifndef BT_BATCH_SANDBOX_H
#define BT_BATCH_SANDBOX_H

#include <stddef.h>

#include "base/attributes.h"
#include "base/error.h"

struct bt_sandbox {
    const char *const *readable; // files and directories; paths that do not exist are no error
    size_t readable_count;
};

// Cannot be undone, and holds for all children. BT_E_IO: the system offers a sandbox and it
// could not be entered.
enum bt_status bt_sandbox_enter(const struct bt_sandbox *sandbox,
                                struct bt_error *err) BT_MUST_USE;

// What this system offers to this build: "Landlock 7 and seccomp", "none".
const char *bt_sandbox_describe(char *buf, size_t size);

#endif
