// SPDX-License-Identifier: MIT
//
// What an object is. Objects of the I/O manager begin with two 16-bit words, type and size in
// bytes; those of the dispatcher with a byte of type, and their size in words of 4 bytes in the
// third byte. Sources: wdm.h; sizes by compiling the headers of mingw-w64.
#include "base/attributes.h"
#include "base/span.h"
#include "windows/objects.h"

enum {
    FILE_DEVICE_32 = 0x04,
    FILE_DEVICE_64 = 0x08,
    FILE_NAME_32 = 0x30,
    FILE_NAME_64 = 0x58,
    // No object of the I/O manager is larger than what a driver may add to its device.
    LARGEST_IO_OBJECT = 0x8000,
};

struct io_type {
    uint16_t type, least_32, least_64; // sizes in bytes
    enum bt_object_kind kind;
};

static const struct io_type io_types[] = {
    {3, 0xb8, 0x148, BT_OBJECT_DEVICE},
    {4, 0xa8, 0x150, BT_OBJECT_DRIVER},
    {5, 0x70, 0xb8, BT_OBJECT_FILE},
    {6, 0x70, 0xd0, BT_OBJECT_IRP},
};

struct waitable {
    uint8_t type, words_32, words_64;
    const char *name;
};

static const struct waitable waitables[] = {
    {0, 4, 6, "notification event"},
    {1, 4, 6, "synchronization event"},
    {2, 8, 14, "mutex"},
    {5, 5, 8, "semaphore"},
    {8, 10, 16, "notification timer"},
    {9, 10, 16, "synchronization timer"},
};

static const struct waitable *find_waitable(const uint8_t head[static 4], bool is64)
{
    for (size_t i = 0; i < BT_COUNT(waitables); i++) {
        const struct waitable *w = &waitables[i];
        // The upper bit of the type says that a debugger follows the object.
        if ((head[0] & 0x7f) == w->type && head[2] == (is64 ? w->words_64 : w->words_32))
            return w;
    }
    return NULL;
}

enum bt_object_kind bt_object_kind_at(const struct bt_memory *memory, bt_va va)
{
    enum { DISPATCHER_PROCESS = 3, DISPATCHER_THREAD = 6 };
    uint8_t head[4];
    if (va == 0 || bt_memory_read(memory, va, head, sizeof head, NULL) != BT_OK)
        return BT_OBJECT_UNKNOWN;
    struct bt_span s = {.data = head, .size = sizeof head};
    const uint16_t type = bt_span_u16(s, 0), size = bt_span_u16(s, 2);
    for (size_t i = 0; i < BT_COUNT(io_types); i++) {
        const uint16_t least = memory->is64 ? io_types[i].least_64 : io_types[i].least_32;
        if (type == io_types[i].type && size >= least && size <= LARGEST_IO_OBJECT)
            return io_types[i].kind;
    }
    if (find_waitable(head, memory->is64) != NULL)
        return BT_OBJECT_WAITABLE;
    // A process has 0x1b words on the oldest systems, a thread more than 0x6c.
    if ((head[0] & 0x7f) == DISPATCHER_PROCESS && head[2] >= 0x1b)
        return BT_OBJECT_PROCESS;
    if ((head[0] & 0x7f) == DISPATCHER_THREAD && head[2] >= 0x6c)
        return BT_OBJECT_THREAD;
    return BT_OBJECT_UNKNOWN;
}

const char *bt_waitable_name(const struct bt_memory *memory, bt_va va, bool *ret_signaled)
{
    uint8_t bytes[8];
    if (va == 0 || bt_memory_read(memory, va, bytes, sizeof bytes, NULL) != BT_OK)
        return NULL;
    const struct waitable *w = find_waitable(bytes, memory->is64);
    struct bt_span s = {.data = bytes, .size = sizeof bytes};
    *ret_signaled = (int32_t)bt_span_u32(s, 4) > 0;
    return w != NULL ? w->name : NULL;
}

enum bt_status bt_file_object_read(const struct bt_memory *memory, bt_va va,
                                   struct bt_arena *arena, struct bt_file_object *ret,
                                   struct bt_error *err)
{
    const char *name;
    if (bt_object_kind_at(memory, va) != BT_OBJECT_FILE)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "no file object");
    *ret = (struct bt_file_object){.name = NULL};
    BT_TRY(bt_memory_pointer(memory, va + (memory->is64 ? FILE_DEVICE_64 : FILE_DEVICE_32),
                             &ret->device, err));
    if (bt_memory_unicode_string(memory, va + (memory->is64 ? FILE_NAME_64 : FILE_NAME_32),
                                 arena, &name, NULL) == BT_OK &&
        name[0] != '\0')
        ret->name = name;
    return BT_OK;
}
