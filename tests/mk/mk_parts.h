// SPDX-License-Identifier: MIT
//
// The parts of a dump, one file each: the kinds of sections that a part knows, and the
// functions that lay it out. Adding a part: write mk_<part>.c with a table of kinds, name both
// here, add the table to the list in mk_build.c.
#ifndef BT_MK_PARTS_H
#define BT_MK_PARTS_H

#include "mk_dump.h"

// A table of kinds ends with a row without a name.
extern const struct mk_kind mk_header_kinds[];
extern const struct mk_kind mk_context_kinds[];
extern const struct mk_kind mk_triage_kinds[];
extern const struct mk_kind mk_driver_kinds[];
extern const struct mk_kind mk_kernel_kinds[];
extern const struct mk_kind mk_memory_kinds[];
extern const struct mk_kind mk_secondary_kinds[];
extern const struct mk_kind mk_minidump_kinds[];
extern const struct mk_kind mk_body_kinds[];

// mk_header.c: DUMP_HEADER with its context and exception record, and a raw [body] behind it.
enum bt_status mk_add_header(struct mk_dump *dump, struct bt_error *err) BT_MUST_USE;
enum bt_status mk_add_body(struct mk_dump *dump, struct bt_error *err) BT_MUST_USE;

// mk_context.c: the size of a CONTEXT of the dump's machine.
uint64_t mk_context_size(const struct mk_dump *dump);

// mk_triage.c: everything behind the header of a triage dump.
enum bt_status mk_add_triage(struct mk_dump *dump, struct bt_error *err) BT_MUST_USE;

// mk_kernel.c: one raw copy ("prcb", "process", "thread", "kdbg", "mm"). *ret is NULL where the
// text has no such section.
enum bt_status mk_add_copy(struct mk_dump *dump, const char *kind, struct mk_piece **ret,
                           struct bt_error *err) BT_MUST_USE;

// The same without a place in the file, for a memory dump.
enum bt_status mk_float_copy(struct mk_dump *dump, const char *kind, struct mk_piece **ret,
                             struct bt_error *err) BT_MUST_USE;

// mk_drivers.c. *ret_count counts entries; *ret is NULL where there are none.
enum bt_status mk_add_drivers(struct mk_dump *dump, struct mk_piece **ret, uint64_t *ret_count,
                              struct bt_error *err) BT_MUST_USE;
// The name of a driver, and its path as Windows writes it, unless the text says others.
enum bt_status mk_driver_name(struct mk_dump *dump, const struct mk_section *section,
                              const char **ret_name, const char **ret_path,
                              struct bt_error *err) BT_MUST_USE;
// `drivers` is what mk_add_drivers made just before.
enum bt_status mk_add_strings(struct mk_dump *dump, const struct mk_piece *drivers,
                              struct mk_piece **ret, struct bt_error *err) BT_MUST_USE;
enum bt_status mk_add_unloaded(struct mk_dump *dump, struct mk_piece **ret,
                               struct bt_error *err) BT_MUST_USE;

// mk_memory.c
enum bt_status mk_add_stack(struct mk_dump *dump, struct mk_piece **ret,
                            struct bt_error *err) BT_MUST_USE;
enum bt_status mk_add_page(struct mk_dump *dump, struct mk_piece **ret,
                           struct bt_error *err) BT_MUST_USE;
enum bt_status mk_add_blocks(struct mk_dump *dump, struct mk_piece **ret, uint64_t *ret_count,
                             struct bt_error *err) BT_MUST_USE;

// The stack without a place in the file, for a memory dump.
enum bt_status mk_float_stack(struct mk_dump *dump, struct mk_piece **ret,
                              struct bt_error *err) BT_MUST_USE;

// mk_lists.c: everything behind the header of a memory dump.
enum bt_status mk_add_memory(struct mk_dump *dump, struct bt_error *err) BT_MUST_USE;
// mk_image.c: the image of a driver whose section says a version.
enum bt_status mk_add_image(struct mk_dump *dump, const struct mk_section *section,
                            struct bt_error *err) BT_MUST_USE;
// mk_body.c: the pages for all that has an address by then, and what describes them.
enum bt_status mk_add_pages(struct mk_dump *dump, struct bt_error *err) BT_MUST_USE;
// mk_kernel.c: scrambles the debugger data block, where the text says so. Comes last.
enum bt_status mk_scramble(struct mk_dump *dump, struct bt_error *err) BT_MUST_USE;

// mk_secondary.c: what follows the SizeOfDump bytes of a triage dump.
enum bt_status mk_add_secondary(struct mk_dump *dump, struct bt_error *err) BT_MUST_USE;

// mk_minidump.c: a whole user minidump.
enum bt_status mk_add_minidump(struct mk_dump *dump, struct bt_error *err) BT_MUST_USE;

#endif
