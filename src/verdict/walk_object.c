// SPDX-License-Identifier: MIT
//
// Objects of which a stop does not say what they are, files, and blocks of pool: whose they are
// stands in their first bytes, or before them.
#include <inttypes.h>

#include "base/span.h"
#include "verdict/walk_parts.h"
#include "windows/objects.h"

enum { PAGE = 0x1000 };

// On whose device a file was opened. The driver of a disk is not to blame for what happens to
// files on it: it is told only.
static void append_device(const struct bt_scene *scene, bt_va va, struct bt_buf *out)
{
    struct bt_device_object device;
    struct bt_driver_object driver;
    if (bt_device_object_read(scene->memory, va, &device, NULL) == BT_OK &&
        bt_driver_object_read(scene->memory, device.driver, scene->arena, &driver, NULL) ==
            BT_OK &&
        driver.name != NULL)
        bt_buf_printf(out, ", on a device of %s", driver.name);
}

static enum bt_status tell_file(const struct bt_scene *scene, struct bt_walks *walks, bt_va va,
                                struct bt_error *err)
{
    struct bt_file_object file;
    struct bt_buf text;
    if (bt_file_object_read(scene->memory, va, scene->arena, &file, NULL) != BT_OK)
        return BT_OK;
    bt_buf_init(&text, 4096);
    bt_buf_text(&text, file.name != NULL ? file.name : "(name not in the dump)");
    append_device(scene, file.device, &text);
    enum bt_status st = bt_walk_fact(scene, walks, "file", &text, err);
    bt_buf_fini(&text);
    return st;
}

static enum bt_status tell_waitable(const struct bt_scene *scene, struct bt_walks *walks,
                                    bt_va va, struct bt_error *err)
{
    struct bt_buf text;
    bool signaled;
    const char *name = bt_waitable_name(scene->memory, va, &signaled);
    if (name == NULL)
        return BT_OK;
    bt_buf_init(&text, 256);
    bt_buf_printf(&text, "%s, %s", name, signaled ? "signaled" : "not signaled");
    enum bt_status st = bt_walk_fact(scene, walks, "object", &text, err);
    bt_buf_fini(&text);
    return st;
}

enum bt_status bt_walk_object(const struct bt_scene *scene, struct bt_walks *walks, bt_va va,
                              struct bt_error *err)
{
    switch (bt_object_kind_at(scene->memory, va)) {
    case BT_OBJECT_DEVICE:
        return bt_walk_device(scene, walks, va, err);
    case BT_OBJECT_DRIVER:
        return bt_walk_driver(scene, walks, va, err);
    case BT_OBJECT_IRP:
        return bt_walk_irp(scene, walks, va, err);
    case BT_OBJECT_FILE:
        return tell_file(scene, walks, va, err);
    case BT_OBJECT_PROCESS:
        return bt_walk_process(scene, walks, va, err);
    case BT_OBJECT_THREAD:
        return bt_walk_thread(scene, walks, va, err);
    case BT_OBJECT_WAITABLE:
        return tell_waitable(scene, walks, va, err);
    case BT_OBJECT_UNKNOWN:
        break;
    }
    return BT_OK;
}

// POOL_HEADER, as tools that search memory for pool tags describe it: on 64-bit systems 02 size
// in units of 16 bytes (8 bits), 04 tag; on 32-bit ones a word of 9 bits size in units of 8
// bytes above 02, 04 tag.
struct pool_header {
    char tag[5];
    uint32_t size;
};

static bool read_pool_header(const struct bt_memory *memory, bt_va va, struct pool_header *ret)
{
    enum { PROTECTED = 0x80 }; // in the last character: may be freed with its tag only
    uint8_t bytes[8];
    if (va == 0 || bt_memory_read(memory, va, bytes, sizeof bytes, NULL) != BT_OK)
        return false;
    struct bt_span s = {.data = bytes, .size = sizeof bytes};
    *ret = (struct pool_header){
        .size = memory->is64 ? bytes[2] * 16u : (bt_span_u16(s, 2) & 0x1ffu) * 8u,
    };
    bool letters = false;
    for (unsigned i = 0; i < 4; i++) {
        uint8_t c = i == 3 ? bytes[7] & (uint8_t)~PROTECTED : bytes[4 + i];
        // Tags of three letters end in a space or, seldom, in a zero.
        if (c == 0 && i == 3)
            c = ' ';
        if (c < 0x20 || c > 0x7e)
            return false;
        letters = letters || c > 0x20;
        ret->tag[i] = (char)c;
    }
    return letters && ret->size != 0 && ret->size <= PAGE;
}

static enum bt_status tell_pool(const struct bt_scene *scene, struct bt_walks *walks,
                                const struct pool_header *header, struct bt_error *err)
{
    struct bt_buf text;
    bt_buf_init(&text, 256);
    bt_buf_printf(&text, "tag \"%s\", %" PRIu32 " bytes with its header", header->tag,
                  header->size);
    enum bt_status st = bt_walk_fact(scene, walks, "pool block", &text, err);
    bt_buf_fini(&text);
    return st;
}

enum bt_status bt_walk_pool_header(const struct bt_scene *scene, struct bt_walks *walks,
                                   bt_va va, struct bt_error *err)
{
    struct pool_header header;
    return read_pool_header(scene->memory, va, &header) ? tell_pool(scene, walks, &header, err)
                                                        : BT_OK;
}

// Blocks of a page and more have no header: they start at a page.
enum bt_status bt_walk_pool_block(const struct bt_scene *scene, struct bt_walks *walks,
                                  bt_va va, struct bt_error *err)
{
    const bt_va size = scene->memory->is64 ? 0x10 : 8;
    return va % PAGE == 0 || va < PAGE ? BT_OK
                                       : bt_walk_pool_header(scene, walks, va - size, err);
}
