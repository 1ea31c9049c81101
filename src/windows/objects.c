// SPDX-License-Identifier: MIT
#include "windows/objects.h"

#include <inttypes.h>

#include "base/names.h"
#include "base/span.h"

enum {
    TYPE_DEVICE = 3,
    TYPE_DRIVER = 4,
    TYPE_IRP = 6,
};

// Offsets that differ by pointer width, 32-bit first.
struct layout {
    uint16_t device_driver, device_attached, device_extension, device_type, device_size;
    uint16_t extension_device, extension_attached_to, extension_size;
    uint16_t driver_start, driver_image_size, driver_name, driver_size;
    uint16_t irp_stack_count, irp_current_location, irp_stack_location, irp_size;
    uint16_t location_device, location_size;
};

static const struct layout layouts[2] = {
    {
        .device_driver = 0x08,
        .device_attached = 0x10,
        .device_extension = 0xb0,
        .device_type = 0x2c,
        .device_size = 0xb8,
        .extension_device = 0x04,
        .extension_attached_to = 0x18,
        .extension_size = 0x1c,
        .driver_start = 0x0c,
        .driver_image_size = 0x10,
        .driver_name = 0x1c,
        .driver_size = 0xa8,
        .irp_stack_count = 0x22,
        .irp_current_location = 0x23,
        .irp_stack_location = 0x60,
        .irp_size = 0x70,
        .location_device = 0x14,
        .location_size = 0x24,
    },
    {
        .device_driver = 0x08,
        .device_attached = 0x18,
        .device_extension = 0x138,
        .device_type = 0x48,
        .device_size = 0x148,
        .extension_device = 0x08,
        .extension_attached_to = 0x30,
        .extension_size = 0x38,
        .driver_start = 0x18,
        .driver_image_size = 0x20,
        .driver_name = 0x38,
        .driver_size = 0x150,
        .irp_stack_count = 0x42,
        .irp_current_location = 0x43,
        .irp_stack_location = 0xb8,
        .irp_size = 0xd0,
        .location_device = 0x28,
        .location_size = 0x48,
    },
};

enum { LARGEST_OBJECT = 0x150 };

static const struct layout *layout_of(const struct bt_memory *memory)
{
    return &layouts[memory->is64 ? 1 : 0];
}

// Reads `size` bytes at `va` and checks the CSHORT type in front.
static enum bt_status read_object(const struct bt_memory *memory, bt_va va, uint16_t type,
                                  uint8_t bytes[LARGEST_OBJECT], size_t size,
                                  struct bt_span *ret, struct bt_error *err)
{
    BT_TRY(bt_memory_read(memory, va, bytes, size, err));
    struct bt_span object = {.data = bytes, .size = size};
    uint16_t found = bt_span_u16(object, 0);
    if (found != type)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                       "object at 0x%" PRIx64 " has type %u, not %u", va, (unsigned)found,
                       (unsigned)type);
    *ret = object;
    return BT_OK;
}

// The device below is known only to the kernel's extension of the device object; its layout is
// not published, so it counts only where it points back to the device.
static bt_va find_attached_to(const struct bt_memory *memory, const struct layout *l,
                              bt_va device, bt_va extension)
{
    uint8_t bytes[64];
    if (extension == 0 ||
        bt_memory_read(memory, extension, bytes, l->extension_size, NULL) != BT_OK)
        return 0;
    struct bt_span e = {.data = bytes, .size = l->extension_size};
    if (bt_span_word(e, l->extension_device, memory->is64) != device)
        return 0;
    return bt_span_word(e, l->extension_attached_to, memory->is64);
}

enum bt_status bt_device_object_read(const struct bt_memory *memory, bt_va va,
                                     struct bt_device_object *ret, struct bt_error *err)
{
    const struct layout *l = layout_of(memory);
    uint8_t bytes[LARGEST_OBJECT];
    struct bt_span o;
    // The tail of the object (dispatcher objects, locks) is often cut off in triage dumps.
    size_t needed = l->device_type + 4u;
    BT_TRY(read_object(memory, va, TYPE_DEVICE, bytes, needed, &o, err));
    *ret = (struct bt_device_object){
        .address = va,
        .driver = bt_span_word(o, l->device_driver, memory->is64),
        .attached = bt_span_word(o, l->device_attached, memory->is64),
        .type = bt_span_u32(o, l->device_type),
    };
    bt_va extension;
    if (bt_memory_pointer(memory, va + l->device_extension, &extension, NULL) == BT_OK)
        ret->attached_to = find_attached_to(memory, l, va, extension);
    return BT_OK;
}

enum bt_status bt_driver_object_read(const struct bt_memory *memory, bt_va va,
                                     struct bt_arena *arena, struct bt_driver_object *ret,
                                     struct bt_error *err)
{
    const struct layout *l = layout_of(memory);
    uint8_t bytes[LARGEST_OBJECT];
    struct bt_span o;
    BT_TRY(read_object(memory, va, TYPE_DRIVER, bytes, l->driver_name, &o, err));
    *ret = (struct bt_driver_object){
        .address = va,
        .start = bt_span_word(o, l->driver_start, memory->is64),
        .size = bt_span_u32(o, l->driver_image_size),
    };
    const char *name;
    if (bt_memory_unicode_string(memory, va + l->driver_name, arena, &name, NULL) == BT_OK)
        ret->name = name;
    return BT_OK;
}

enum bt_status bt_irp_read(const struct bt_memory *memory, bt_va va, struct bt_irp *ret,
                           struct bt_error *err)
{
    const struct layout *l = layout_of(memory);
    size_t word = memory->is64 ? 8 : 4;
    uint8_t bytes[LARGEST_OBJECT];
    struct bt_span o;
    BT_TRY(read_object(memory, va, TYPE_IRP, bytes, l->irp_stack_location + word, &o, err));
    struct bt_irp irp = {
        .address = va,
        .stack_count = o.data[l->irp_stack_count],
        .current_location = o.data[l->irp_current_location],
    };
    bt_va location = bt_span_word(o, l->irp_stack_location, memory->is64);
    // A location above the last one means that no driver holds the IRP now.
    if (irp.current_location >= 1 && irp.current_location <= irp.stack_count &&
        bt_memory_read(memory, location, bytes, l->location_device + word, NULL) == BT_OK) {
        struct bt_span s = {.data = bytes, .size = l->location_device + word};
        irp.has_location = true;
        irp.major = s.data[0];
        irp.minor = s.data[1];
        irp.device = bt_span_word(s, l->location_device, memory->is64);
    }
    *ret = irp;
    return BT_OK;
}

static const struct bt_name major_names[] = {
    {0x00, "IRP_MJ_CREATE"},
    {0x01, "IRP_MJ_CREATE_NAMED_PIPE"},
    {0x02, "IRP_MJ_CLOSE"},
    {0x03, "IRP_MJ_READ"},
    {0x04, "IRP_MJ_WRITE"},
    {0x05, "IRP_MJ_QUERY_INFORMATION"},
    {0x06, "IRP_MJ_SET_INFORMATION"},
    {0x07, "IRP_MJ_QUERY_EA"},
    {0x08, "IRP_MJ_SET_EA"},
    {0x09, "IRP_MJ_FLUSH_BUFFERS"},
    {0x0a, "IRP_MJ_QUERY_VOLUME_INFORMATION"},
    {0x0b, "IRP_MJ_SET_VOLUME_INFORMATION"},
    {0x0c, "IRP_MJ_DIRECTORY_CONTROL"},
    {0x0d, "IRP_MJ_FILE_SYSTEM_CONTROL"},
    {0x0e, "IRP_MJ_DEVICE_CONTROL"},
    {0x0f, "IRP_MJ_INTERNAL_DEVICE_CONTROL"},
    {0x10, "IRP_MJ_SHUTDOWN"},
    {0x11, "IRP_MJ_LOCK_CONTROL"},
    {0x12, "IRP_MJ_CLEANUP"},
    {0x13, "IRP_MJ_CREATE_MAILSLOT"},
    {0x14, "IRP_MJ_QUERY_SECURITY"},
    {0x15, "IRP_MJ_SET_SECURITY"},
    {0x16, "IRP_MJ_POWER"},
    {0x17, "IRP_MJ_SYSTEM_CONTROL"},
    {0x18, "IRP_MJ_DEVICE_CHANGE"},
    {0x19, "IRP_MJ_QUERY_QUOTA"},
    {0x1a, "IRP_MJ_SET_QUOTA"},
    {0x1b, "IRP_MJ_PNP"},
};

static const struct bt_name power_minor_names[] = {
    {0x00, "IRP_MN_WAIT_WAKE"},
    {0x01, "IRP_MN_POWER_SEQUENCE"},
    {0x02, "IRP_MN_SET_POWER"},
    {0x03, "IRP_MN_QUERY_POWER"},
};

static const struct bt_name pnp_minor_names[] = {
    {0x00, "IRP_MN_START_DEVICE"},       {0x01, "IRP_MN_QUERY_REMOVE_DEVICE"},
    {0x02, "IRP_MN_REMOVE_DEVICE"},      {0x03, "IRP_MN_CANCEL_REMOVE_DEVICE"},
    {0x04, "IRP_MN_STOP_DEVICE"},        {0x05, "IRP_MN_QUERY_STOP_DEVICE"},
    {0x06, "IRP_MN_CANCEL_STOP_DEVICE"}, {0x07, "IRP_MN_QUERY_DEVICE_RELATIONS"},
    {0x08, "IRP_MN_QUERY_INTERFACE"},    {0x09, "IRP_MN_QUERY_CAPABILITIES"},
    {0x0a, "IRP_MN_QUERY_RESOURCES"},    {0x0b, "IRP_MN_QUERY_RESOURCE_REQUIREMENTS"},
    {0x0c, "IRP_MN_QUERY_DEVICE_TEXT"},  {0x0d, "IRP_MN_FILTER_RESOURCE_REQUIREMENTS"},
    {0x13, "IRP_MN_QUERY_ID"},           {0x14, "IRP_MN_QUERY_PNP_DEVICE_STATE"},
    {0x17, "IRP_MN_SURPRISE_REMOVAL"},
};

const char *bt_irp_major_name(uint8_t major)
{
    return bt_name_of(major_names, BT_COUNT(major_names), major);
}

const char *bt_irp_minor_name(uint8_t major, uint8_t minor)
{
    if (major == 0x16)
        return bt_name_of(power_minor_names, BT_COUNT(power_minor_names), minor);
    if (major == 0x1b)
        return bt_name_of(pnp_minor_names, BT_COUNT(pnp_minor_names), minor);
    return NULL;
}
