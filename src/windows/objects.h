// SPDX-License-Identifier: MIT
//
// Kernel objects that stop codes point to: device objects, driver objects, IRPs. Each is read
// only when its type field says that it is one, and only as far as the dump holds its bytes.
//
// Layouts: wdm.h as published with the WDK (the same since Windows 2000), offsets computed by
// compiling the headers of mingw-w64; the 64-bit ones checked on real dumps of builds 19041 and
// 26100.
#ifndef BT_WINDOWS_OBJECTS_H
#define BT_WINDOWS_OBJECTS_H

#include "base/arena.h"
#include "memory/memory.h"

struct bt_driver_object {
    bt_va address;
    bt_va start;      // DriverStart: base of the driver's image
    uint64_t size;    // DriverSize
    const char *name; // "\Driver\iaStorAC"; NULL where its bytes are absent
};

struct bt_device_object {
    bt_va address;
    bt_va driver;      // DRIVER_OBJECT
    bt_va attached;    // the device attached above this one; 0: top of its stack
    bt_va attached_to; // the device below; 0: bottom, or not in the dump
    uint32_t type;     // FILE_DEVICE_*
};

struct bt_irp {
    bt_va address;
    unsigned stack_count;      // stack locations
    unsigned current_location; // 1-based; stack_count + 1 when no driver holds it
    bool has_location;         // the current stack location is in the dump
    uint8_t major, minor;      // IRP_MJ_*, IRP_MN_*
    bt_va device;              // DEVICE_OBJECT of the current location
};

// BT_ABSENT where the object's bytes are not in the dump, BT_E_CORRUPT where the type field
// says that it is something else.
enum bt_status bt_device_object_read(const struct bt_memory *memory, bt_va va,
                                     struct bt_device_object *ret,
                                     struct bt_error *err) BT_MUST_USE;
enum bt_status bt_driver_object_read(const struct bt_memory *memory, bt_va va,
                                     struct bt_arena *arena, struct bt_driver_object *ret,
                                     struct bt_error *err) BT_MUST_USE;
enum bt_status bt_irp_read(const struct bt_memory *memory, bt_va va, struct bt_irp *ret,
                           struct bt_error *err) BT_MUST_USE;

// What an object is, by the type and size in its first bytes.
enum bt_object_kind {
    BT_OBJECT_UNKNOWN,
    BT_OBJECT_DEVICE,
    BT_OBJECT_DRIVER,
    BT_OBJECT_FILE,
    BT_OBJECT_IRP,
    BT_OBJECT_PROCESS,
    BT_OBJECT_THREAD,
    BT_OBJECT_WAITABLE, // an event, a mutex: bt_waitable_name tells
};

// BT_OBJECT_UNKNOWN where the bytes are not in the dump, or are those of nothing known.
enum bt_object_kind bt_object_kind_at(const struct bt_memory *memory, bt_va va);

struct bt_file_object {
    bt_va device; // DEVICE_OBJECT it was opened on
    const char
        *name; // relative to that device; NULL where its bytes are absent, or it has none
};

enum bt_status bt_file_object_read(const struct bt_memory *memory, bt_va va,
                                   struct bt_arena *arena, struct bt_file_object *ret,
                                   struct bt_error *err) BT_MUST_USE;

// "notification event" for an object of the dispatcher, and whether a wait for it would end at
// once; NULL for any other.
const char *bt_waitable_name(const struct bt_memory *memory, bt_va va, bool *ret_signaled);

// "IRP_MJ_POWER"; NULL for an unknown major code. Minor names exist for power and PnP.
const char *bt_irp_major_name(uint8_t major);
const char *bt_irp_minor_name(uint8_t major, uint8_t minor);

#endif
