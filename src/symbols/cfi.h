// SPDX-License-Identifier: MIT
//
// Call frame information: the tables of .eh_frame and .debug_frame, by which code of GNU and
// LLVM compilers is unwound where it keeps no frame pointers: 32-bit PE images and all ELF
// ones. They are read here and not in libdwarf's helper process, because a stack asks for them
// at every step, in images that dumps hold too, and where there is no libdwarf.
//
// An entry, in both sections: u32 length of what follows, u32 identity, content. A common entry
// (identity 0 in .eh_frame, FFFFFFFF in .debug_frame): u8 version, augmentation text, factors,
// number of the return address register, instructions. Any other entry is that of a function:
// the identity leads to its common entry (in .eh_frame back from itself, in .debug_frame from
// the start of the section), then address, size, instructions.
//
// Source: DWARF 5, section 6.4; Linux Standard Base, chapter "Exception Frames".
#ifndef BT_SYMBOLS_CFI_H
#define BT_SYMBOLS_CFI_H

#include "image/pe.h"
#include "symbols/breakpad_rules.h"
#include "symbols/name_list.h"

enum bt_cfi_machine {
    BT_CFI_X86,
    BT_CFI_X64,
    BT_CFI_ARM,
    BT_CFI_ARM64,
};

struct bt_cfi_section {
    struct bt_span bytes;
    uint64_t address;              // of its first byte in memory, as the file has it
    bool is_eh;                    // .eh_frame
    struct bt_name_list functions; // `rva`; `name` is the offset of the entry
};

enum { BT_CFI_SECTIONS = 2 };

struct bt_cfi {
    enum bt_cfi_machine machine;
    bool is64;
    uint64_t base; // address of the image's first byte, in the terms of the sections
    struct bt_cfi_section sections[BT_CFI_SECTIONS];
    size_t section_count;
};

struct bt_elf;

// The tables of a PE image, in a file or a dump, whose absolute addresses count from
// `preferred_base`. BT_ABSENT where it has none, or they are not in the dump. What is read
// lives in the arena but for the indexes: bt_cfi_close.
enum bt_status bt_cfi_open_image(const struct bt_image *image, struct bt_arena *arena,
                                 struct bt_cfi *ret, struct bt_error *err) BT_MUST_USE;
// The same of an ELF file.
enum bt_status bt_cfi_open_elf(const struct bt_elf *elf, struct bt_arena *arena,
                               struct bt_cfi *ret, struct bt_error *err) BT_MUST_USE;
void bt_cfi_close(struct bt_cfi *cfi);

// The rules in force at an RVA, as bt_symbol_table_rules gives them. BT_ABSENT where no entry
// covers it, or its rules cannot be told in these terms.
enum bt_status bt_cfi_rules(const struct bt_cfi *cfi, uint64_t rva, struct bt_arena *arena,
                            struct bt_unwind_rules *ret, struct bt_error *err) BT_MUST_USE;

// The RVA at which the function that an entry covers starts. BT_ABSENT where none does.
enum bt_status bt_cfi_function_start(const struct bt_cfi *cfi, uint64_t rva, uint64_t *ret,
                                     struct bt_error *err) BT_MUST_USE;

// Between the two files of this reader.

// What the entries of functions have in common.
struct bt_cfi_common {
    uint64_t offset; // of the entry; UINT64_MAX: none yet
    uint64_t code_factor;
    int64_t data_factor;
    uint64_t return_register;
    uint8_t encoding; // of addresses: DW_EH_PE_*
    bool has_augmentation, is_signal;
    struct bt_span instructions;
};

// Numbers of the instructions; the cursor does not move where they are cut off or too long.
enum bt_status bt_cfi_u8(struct bt_cursor *at, uint8_t *ret, struct bt_error *err) BT_MUST_USE;
enum bt_status bt_cfi_unsigned(struct bt_cursor *at, uint64_t *ret,
                               struct bt_error *err) BT_MUST_USE;
enum bt_status bt_cfi_signed(struct bt_cursor *at, int64_t *ret,
                             struct bt_error *err) BT_MUST_USE;

// Runs the instructions of a function's entry up to `distance` bytes from its start.
enum bt_status bt_cfi_run(const struct bt_cfi *cfi, const struct bt_cfi_common *common,
                          struct bt_span instructions, uint64_t distance,
                          struct bt_arena *arena, struct bt_unwind_rules *ret,
                          struct bt_error *err) BT_MUST_USE;

#endif
