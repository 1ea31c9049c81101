// SPDX-License-Identifier: MIT
//
// Inside of the symbols room: what a programmer calls a function, out of what the linker calls
// it.
#ifndef BT_SYMBOLS_UNDECORATE_H
#define BT_SYMBOLS_UNDECORATE_H

#include <stdbool.h>

#include "base/arena.h"

// Removes what calling conventions add to C names ("_KeBugCheckEx@20" on x86), and
// reads the name out of simple C++ ones ("?Close@File@io@@..." and "_ZN2io4File5CloseEv" are
// io::File::Close). Constructors, operators and templates stay as the linker has them. *ret may
// be `name` itself.
enum bt_status bt_symbol_undecorate(const char *name, bool is_x86, struct bt_arena *arena,
                                    const char **ret, struct bt_error *err) BT_MUST_USE;

#endif
