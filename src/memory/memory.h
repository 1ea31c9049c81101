// SPDX-License-Identifier: MIT
//
// The virtual memory of a target: whatever a dump holds of it. A byte that is not in the dump
// is BT_ABSENT, which is a fact about the dump; a read that fails for another reason is an
// error.
#ifndef BT_MEMORY_MEMORY_H
#define BT_MEMORY_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/arena.h"
#include "base/reader.h"
#include "base/span.h"

// One address space. Implementations: regions.h (pieces at known addresses), later page tables.
struct bt_memory {
    // Reads as many bytes as are present from `va` on without a gap, at most `size`; returns
    // the count, 0 where `va` itself is absent.
    size_t (*read_some)(const struct bt_memory *self, bt_va va, void *buf, size_t size);
    bool is64; // width of a pointer in the target
    // How many different pages were asked for so far that Windows had moved to a page file; of
    // very many only the first are counted. NULL where nothing tells.
    unsigned (*count_paged_out)(const struct bt_memory *self);
};

// All of buf[0..size), or BT_ABSENT (the error names the first address that is not there).
enum bt_status bt_memory_read(const struct bt_memory *memory, bt_va va, void *buf, size_t size,
                              struct bt_error *err) BT_MUST_USE;
// As bt_memory_read, into the arena. `limit` is the most the caller is ready to take:
// BT_E_LIMIT above it.
enum bt_status bt_memory_view(const struct bt_memory *memory, bt_va va, uint64_t size,
                              uint64_t limit, struct bt_arena *arena, struct bt_span *ret,
                              struct bt_error *err) BT_MUST_USE;
enum bt_status bt_memory_u16(const struct bt_memory *memory, bt_va va, uint16_t *ret,
                             struct bt_error *err) BT_MUST_USE;
enum bt_status bt_memory_u32(const struct bt_memory *memory, bt_va va, uint32_t *ret,
                             struct bt_error *err) BT_MUST_USE;
enum bt_status bt_memory_u64(const struct bt_memory *memory, bt_va va, uint64_t *ret,
                             struct bt_error *err) BT_MUST_USE;
// A pointer of the target's width.
enum bt_status bt_memory_pointer(const struct bt_memory *memory, bt_va va, bt_va *ret,
                                 struct bt_error *err) BT_MUST_USE;
// A UNICODE_STRING at `va` (u16 length in bytes, u16 maximum, pointer), as UTF-8.
enum bt_status bt_memory_unicode_string(const struct bt_memory *memory, bt_va va,
                                        struct bt_arena *arena, const char **ret,
                                        struct bt_error *err) BT_MUST_USE;

#endif
