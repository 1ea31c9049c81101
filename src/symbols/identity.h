// SPDX-License-Identifier: MIT
//
// Inside of the symbols room: identities as text, which is how symbol stores name folders.
#ifndef BT_SYMBOLS_IDENTITY_H
#define BT_SYMBOLS_IDENTITY_H

#include "symbols/symbols.h"

enum {
    BT_GUID_TEXT_SIZE = 33,        // 32 digits and a NUL
    BT_IDENTITY_TEXT_SIZE = 33 + 8 // with an age
};

bool bt_guid_is_known(const uint8_t guid[16]); // not all zero

// 32 upper-case digits in the order in which people write a GUID.
void bt_guid_text(const uint8_t guid[16], char ret[BT_GUID_TEXT_SIZE]);

// The key of the module's PDB in a symbol store, and the id in a Breakpad file: GUID (or old
// stamp) and age. False where it is not known.
bool bt_pdb_key(const struct bt_symbol_module *module, char ret[BT_IDENTITY_TEXT_SIZE]);

// The key of a PE image in a symbol store: time stamp and size. False where it is not known.
bool bt_image_key(const struct bt_symbol_module *module, char ret[BT_IDENTITY_TEXT_SIZE]);

// Whether two modules are the same build, so that one table serves both.
bool bt_symbol_module_same(const struct bt_symbol_module *a, const struct bt_symbol_module *b);

#endif
