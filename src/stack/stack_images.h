// SPDX-License-Identifier: MIT
//
// The images of the modules that a stack leads through, opened when they are first needed: from
// a file of the same build where there is one, because a dump leaves pages out, and else from
// the dump. With them come names: from symbol files, and else from exports.
#ifndef BT_STACK_STACK_IMAGES_H
#define BT_STACK_STACK_IMAGES_H

#include "base/arena.h"
#include "crash/crash.h"
#include "image/pe.h"
#include "memory/memory.h"
#include "symbols/breakpad_rules.h"
#include "symbols/symbols.h"
#include "symbols/windows_frame.h"

struct bt_stack_images;

// Closed with bt_stack_images_close. For the modules of `crash`, in `memory` and in the files
// that `symbols` finds (all borrowed, the last two may be NULL), in the arena.
enum bt_status bt_stack_images_new(const struct bt_crash *crash, const struct bt_memory *memory,
                                   struct bt_symbols *symbols, struct bt_arena *arena,
                                   struct bt_stack_images **ret,
                                   struct bt_error *err) BT_MUST_USE;

void bt_stack_images_close(struct bt_stack_images *images); // NULL is accepted

// The image of one of these modules, or NULL where neither a file nor the dump has its headers.
// Valid until the next call.
const struct bt_image *bt_stack_images_open(struct bt_stack_images *images,
                                            const struct bt_module *module);

// Names a frame after the export that its function is, where that can be told. `exact`: see
// struct bt_unwind_frame.
void bt_stack_images_name(struct bt_stack_images *images, struct bt_frame *frame, bool exact);

// The functions at an address of a module, as bt_symbol_table_find tells them; an export only
// where the function is, or may be, that export. *ret_origin tells of the outermost function.
// BT_ABSENT where no symbol file knows.
enum bt_status bt_stack_images_symbols(struct bt_stack_images *images,
                                       const struct bt_module *module, bt_va address,
                                       struct bt_symbol_chain *ret,
                                       enum bt_name_origin *ret_origin,
                                       struct bt_error *err) BT_MUST_USE;

// The rules for unwinding from an address of a module: of a symbol file, of the frame tables of
// a file, or of those in the dump. BT_ABSENT where none has any.
enum bt_status bt_stack_images_rules(struct bt_stack_images *images,
                                     const struct bt_module *module, bt_va address,
                                     struct bt_unwind_rules *ret,
                                     struct bt_error *err) BT_MUST_USE;

// How a function of 32-bit Windows lays out its frame, as bt_symbol_table_windows_frame tells.
enum bt_status bt_stack_images_windows_frame(struct bt_stack_images *images,
                                             const struct bt_module *module, bt_va address,
                                             struct bt_windows_frame *ret,
                                             struct bt_error *err) BT_MUST_USE;

#endif
