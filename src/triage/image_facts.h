// SPDX-License-Identifier: MIT
//
// What a dump does not hold of its modules, from image files at hand: versions above all, by
// which a fix is known to be installed. Small dumps never have them; in a memory dump the page
// with the version may be missing.
#ifndef BT_TRIAGE_IMAGE_FACTS_H
#define BT_TRIAGE_IMAGE_FACTS_H

#include "base/arena.h"
#include "crash/crash.h"
#include "symbols/symbols.h"

// Fills the version, company, description and symbol file of the modules of Windows whose
// version is not known and whose image `symbols` finds: the same name, time stamp and size.
// Stops with a note when half of the arena is used. Fails only when the process is out of
// memory.
enum bt_status bt_image_facts_read(struct bt_symbols *symbols, struct bt_arena *arena,
                                   struct bt_crash *crash, struct bt_error *err) BT_MUST_USE;

#endif
