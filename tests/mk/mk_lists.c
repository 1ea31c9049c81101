// SPDX-License-Identifier: MIT
//
// The kernel's lists in a memory dump: loaded modules, unloaded modules, the process, the
// processors. Their entries lie in pool, from one address on.
#include <string.h>

#include "mk_parts.h"
#include "mk_value.h"

enum { UNLOADED_MAX = 50, BUILD_OF_10 = 10240, ENTRY32 = 0x50, ENTRY64 = 0xa0 };

// KLDR_DATA_TABLE_ENTRY; Windows 10 moved the time stamp.
static const struct mk_field module32_fields[] = {
    MK_F("Flink", 0x00, MK_U32),       MK_F("Blink", 0x04, MK_U32),
    MK_F("DllBase", 0x18, MK_U32),     MK_F("EntryPoint", 0x1c, MK_U32),
    MK_F("SizeOfImage", 0x20, MK_U32), MK_F("FullNameBuffer", 0x28, MK_U32),
    MK_F("NameBuffer", 0x30, MK_U32),  MK_F("Flags", 0x34, MK_U32),
    MK_F("CheckSum", 0x40, MK_U32),    MK_F("TimeDateStamp", 0x44, MK_U32),
};

static const struct mk_field module64_fields[] = {
    MK_F("Flink", 0x00, MK_U64),       MK_F("Blink", 0x08, MK_U64),
    MK_F("DllBase", 0x30, MK_U64),     MK_F("EntryPoint", 0x38, MK_U64),
    MK_F("SizeOfImage", 0x40, MK_U32), MK_F("FullNameBuffer", 0x50, MK_U64),
    MK_F("NameBuffer", 0x60, MK_U64),  MK_F("Flags", 0x68, MK_U32),
    MK_F("CheckSum", 0x78, MK_U32),    MK_F("TimeDateStamp", 0x80, MK_U32),
};

static const struct mk_field module10_fields[] = {
    MK_F("Flink", 0x00, MK_U64),       MK_F("Blink", 0x08, MK_U64),
    MK_F("DllBase", 0x30, MK_U64),     MK_F("EntryPoint", 0x38, MK_U64),
    MK_F("SizeOfImage", 0x40, MK_U32), MK_F("FullNameBuffer", 0x50, MK_U64),
    MK_F("NameBuffer", 0x60, MK_U64),  MK_F("Flags", 0x68, MK_U32),
    MK_F("CheckSum", 0x78, MK_U32),    MK_F("TimeDateStamp", 0x9c, MK_U32),
};

static const struct mk_field ring32_fields[] = {
    MK_F("StartAddress", 0x08, MK_U32),
    MK_F("EndAddress", 0x0c, MK_U32),
    MK_F("CurrentTime", 0x10, MK_U64),
};

static const struct mk_field ring64_fields[] = {
    MK_F("StartAddress", 0x10, MK_U64),
    MK_F("EndAddress", 0x18, MK_U64),
    MK_F("CurrentTime", 0x20, MK_U64),
};

struct pool {
    struct mk_dump *dump;
    uint64_t next;
    unsigned word;
};

static struct mk_fields module_fields(const struct mk_dump *dump)
{
    if (!dump->machine->is64)
        return MK_FIELDS(module32_fields);
    return dump->build >= BUILD_OF_10 ? MK_FIELDS(module10_fields) : MK_FIELDS(module64_fields);
}

// A piece at an address, or at the next one of the pool where `at` is 0.
static enum bt_status add_at(struct pool *pool, const struct mk_section *section,
                             struct mk_fields fields, uint64_t at, uint64_t size,
                             struct mk_piece **ret, struct bt_error *err)
{
    BT_TRY(mk_add_floating(pool->dump, section, fields, size, MK_FILL_ZERO, ret, err));
    (*ret)->has_address = true;
    (*ret)->address = at != 0 ? at : pool->next;
    if (at == 0)
        pool->next += (size + 15) & ~UINT64_C(15);
    return BT_OK;
}

// A UNICODE_STRING at an offset of `owner`, its text in the pool.
static enum bt_status add_string(struct pool *pool, struct mk_piece *owner, uint64_t offset,
                                 const char *text, struct bt_error *err)
{
    struct mk_piece *piece;
    struct bt_buf wide;
    bt_buf_init(&wide, 1 << 16);
    mk_utf16(&wide, text, strlen(text));
    enum bt_status status = bt_buf_status(&wide, err);
    if (status == BT_OK)
        status = add_at(pool, NULL, MK_NO_FIELDS, 0, wide.size + 2, &piece, err);
    if (status == BT_OK) {
        memcpy(piece->data, bt_buf_cstr(&wide), wide.size);
        mk_store(owner->data + offset, 2, wide.size);
        mk_store(owner->data + offset + 2, 2, wide.size + 2);
        mk_store(owner->data + offset + pool->word, pool->word, piece->address);
    }
    bt_buf_fini(&wide);
    return status;
}

// A pointer, or any number as wide, where a field of a section says that it is.
static enum bt_status add_variable(struct pool *pool, const char *kind, const char *key,
                                   uint64_t value, struct bt_error *err)
{
    struct mk_piece *piece;
    uint64_t at;
    BT_TRY(mk_number(pool->dump, mk_the(pool->dump, kind), key, 0, &at, err));
    if (at == 0)
        return BT_OK;
    BT_TRY(add_at(pool, NULL, MK_NO_FIELDS, at, pool->word, &piece, err));
    mk_store(piece->data, pool->word, value);
    return BT_OK;
}

// --- modules

static enum bt_status put_stamp(struct mk_dump *dump, struct mk_piece *entry,
                                struct bt_error *err)
{
    const struct mk_statement *time = mk_section_get(entry->section, "timestamp");
    uint64_t timestamp = 0;
    if (time != NULL)
        BT_TRY(mk_eval(dump, time->place, time->value, 4, &timestamp, err));
    mk_put(dump, entry, "TimeDateStamp", timestamp);
    return BT_OK;
}

static enum bt_status add_module(struct pool *pool, const struct mk_section *section,
                                 struct mk_piece **ret, struct bt_error *err)
{
    struct mk_dump *dump = pool->dump;
    const bool is64 = dump->machine->is64;
    uint64_t base, size, checksum;
    const char *name, *path;
    BT_TRY(mk_number(dump, section, "base", 0, &base, err));
    BT_TRY(mk_number(dump, section, "size", 0x10000, &size, err));
    BT_TRY(mk_number(dump, section, "checksum", 0, &checksum, err));
    BT_TRY(mk_driver_name(dump, section, &name, &path, err));
    BT_TRY(add_at(pool, section, module_fields(dump), 0, is64 ? ENTRY64 : ENTRY32, ret, err));
    mk_put(dump, *ret, "DllBase", base);
    mk_put(dump, *ret, "EntryPoint", base + 0x1000);
    mk_put(dump, *ret, "SizeOfImage", size);
    mk_put(dump, *ret, "Flags", 0x4000);
    mk_put(dump, *ret, "CheckSum", checksum);
    BT_TRY(put_stamp(dump, *ret, err));
    BT_TRY(add_string(pool, *ret, is64 ? 0x48 : 0x24, path, err));
    BT_TRY(add_string(pool, *ret, is64 ? 0x58 : 0x2c, name, err));
    return mk_add_image(dump, section, err);
}

static void put_link(const struct pool *pool, struct mk_piece *entry, unsigned index,
                     uint64_t value)
{
    mk_store(entry->data + (uint64_t)index * pool->word, pool->word, value);
}

static enum bt_status add_modules(struct pool *pool, struct bt_error *err)
{
    struct mk_dump *dump = pool->dump;
    struct mk_piece *head, *previous;
    uint64_t at;
    BT_TRY(mk_number(dump, mk_the(dump, "header"), "PsLoadedModuleList", 0, &at, err));
    BT_TRY(add_at(pool, NULL, MK_NO_FIELDS, at, 2 * pool->word, &head, err));
    previous = head;
    for (const struct mk_section *s = mk_next(dump, "driver", NULL); s != NULL;
         s = mk_next(dump, "driver", s)) {
        struct mk_piece *entry;
        BT_TRY(add_module(pool, s, &entry, err));
        put_link(pool, previous, 0, entry->address);
        put_link(pool, entry, 1, previous->address);
        previous = entry;
    }
    put_link(pool, previous, 0, head->address);
    put_link(pool, head, 1, previous->address);
    return BT_OK;
}

// --- unloaded modules: a ring of 50, oldest first here

static enum bt_status add_unloaded(struct pool *pool, const struct mk_section *section,
                                   uint64_t at, uint64_t size, struct bt_error *err)
{
    struct mk_dump *dump = pool->dump;
    const bool is64 = dump->machine->is64;
    struct mk_piece *entry;
    uint64_t base, end, time;
    const char *name;
    BT_TRY(mk_number(dump, section, "base", 0, &base, err));
    BT_TRY(mk_number(dump, section, "end", base, &end, err));
    BT_TRY(mk_number(dump, mk_the(dump, "header"), "SystemTime", 0, &time, err));
    BT_TRY(mk_text(dump, section, "name", section->name, &name, err));
    BT_TRY(add_at(pool, section, is64 ? MK_FIELDS(ring64_fields) : MK_FIELDS(ring32_fields), at,
                  size, &entry, err));
    mk_put(dump, entry, "StartAddress", base);
    mk_put(dump, entry, "EndAddress", end);
    mk_put(dump, entry, "CurrentTime", time);
    return add_string(pool, entry, 0, name, err);
}

static enum bt_status add_unloads(struct pool *pool, struct bt_error *err)
{
    const uint64_t size = pool->dump->machine->is64 ? 0x28 : 0x18;
    struct mk_piece *ring;
    uint64_t count = 0;
    BT_TRY(add_at(pool, NULL, MK_NO_FIELDS, 0, UNLOADED_MAX * size, &ring, err));
    for (const struct mk_section *s = mk_next(pool->dump, "unloaded", NULL);
         s != NULL && count < UNLOADED_MAX; s = mk_next(pool->dump, "unloaded", s), count++)
        BT_TRY(add_unloaded(pool, s, ring->address + count * size, size, err));
    BT_TRY(add_variable(pool, "kdbg", "MmUnloadedDrivers", ring->address, err));
    return add_variable(pool, "kdbg", "MmLastUnloadedDriver", count, err);
}

// --- process and processor

static enum bt_status add_processes(struct pool *pool, struct mk_piece *process,
                                    struct bt_error *err)
{
    struct mk_piece *head;
    struct mk_slot links;
    uint64_t at;
    BT_TRY(mk_number(pool->dump, mk_the(pool->dump, "header"), "PsActiveProcessHead", 0, &at,
                     err));
    if (process == NULL || at == 0 ||
        !mk_fields_find(process->fields, "ActiveProcessLinks", pool->dump->machine->is64,
                        &links))
        return BT_OK;
    BT_TRY(add_at(pool, NULL, MK_NO_FIELDS, at, 2 * pool->word, &head, err));
    for (unsigned i = 0; i < 2; i++) {
        put_link(pool, head, i, process->address + links.offset);
        mk_store(process->data + links.offset + (uint64_t)i * pool->word, pool->word,
                 head->address);
    }
    return BT_OK;
}

enum bt_status mk_add_memory(struct mk_dump *dump, struct bt_error *err)
{
    struct pool pool = {.dump = dump, .word = dump->machine->is64 ? 8 : 4};
    struct mk_piece *prcb, *process, *thread, *kdbg, *stack;
    pool.next = dump->machine->is64 ? UINT64_C(0xfffffa8001000000) : UINT64_C(0x81a00000);
    BT_TRY(mk_float_copy(dump, "prcb", &prcb, err));
    BT_TRY(mk_float_copy(dump, "process", &process, err));
    BT_TRY(mk_float_copy(dump, "thread", &thread, err));
    BT_TRY(mk_float_copy(dump, "kdbg", &kdbg, err));
    BT_TRY(mk_float_stack(dump, &stack, err));
    BT_TRY(add_modules(&pool, err));
    BT_TRY(add_unloads(&pool, err));
    BT_TRY(add_processes(&pool, process, err));
    if (prcb != NULL)
        BT_TRY(add_variable(&pool, "kdbg", "KiProcessorBlock", prcb->address, err));
    BT_TRY(mk_add_records(dump, err));
    return mk_add_pages(dump, err);
}
