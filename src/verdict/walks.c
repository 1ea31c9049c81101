// SPDX-License-Identifier: MIT
#include "verdict/walks.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/text.h"
#include "verdict/walk_parts.h"
#include "windows/objects.h"

// Devices of one stack: real ones have up to about ten.
enum { DEVICES_MAX = 32 };

enum { IRP_MJ_POWER = 0x16 };

struct device {
    struct bt_device_object object;
    struct bt_driver_object driver;
    bool has_driver;
    const struct bt_module *module; // image of the driver; NULL where it is not loaded
};

struct device_stack {
    struct device devices[DEVICES_MAX]; // bottom (physical device) first
    size_t count;
};

enum bt_status bt_walk_fact(const struct bt_scene *scene, struct bt_walks *walks,
                            const char *label, const struct bt_buf *text, struct bt_error *err)
{
    if (walks->count == BT_WALK_FACTS)
        return BT_OK;
    const char *copy;
    BT_TRY(bt_buf_status(text, err));
    BT_TRY(bt_arena_text(scene->arena, bt_buf_cstr(text), text->size, &copy, err));
    walks->facts[walks->count++] = (struct bt_object_fact){.label = label, .text = copy};
    return BT_OK;
}

void bt_walk_suspect(const struct bt_scene *scene, struct bt_walks *walks,
                     const struct bt_module *module, enum bt_confidence confidence,
                     const char *reason)
{
    bool third_party = bt_scene_is_third_party(scene, module->name);
    if (walks->suspect_is_third_party || (walks->suspect != NULL && !third_party))
        return;
    walks->suspect = module;
    walks->suspect_is_third_party = third_party;
    walks->suspect_confidence = confidence;
    walks->reason = reason;
}

static bool read_device(const struct bt_scene *scene, bt_va va, struct device *ret)
{
    struct device d = {0};
    if (va == 0 || bt_device_object_read(scene->memory, va, &d.object, NULL) != BT_OK)
        return false;
    if (bt_driver_object_read(scene->memory, d.object.driver, scene->arena, &d.driver, NULL) ==
        BT_OK) {
        d.has_driver = true;
        d.module = bt_module_at(scene->crash, d.driver.start);
    }
    *ret = d;
    return true;
}

// "\Driver\iaStorAC (iaStorAC.sys)"
static void describe_driver(struct bt_buf *out, const struct device *d)
{
    if (!d->has_driver) {
        bt_buf_printf(out, "driver object at 0x%" PRIx64 " (not in the dump)",
                      d->object.driver);
        return;
    }
    bt_buf_text(out, d->driver.name != NULL ? d->driver.name : "(name not in the dump)");
    if (d->module != NULL)
        bt_buf_printf(out, " (%s)", d->module->name);
}

// All devices of the stack that `va` belongs to, from the lowest that the dump holds upwards.
static void read_device_stack(const struct bt_scene *scene, bt_va va, struct device_stack *ret)
{
    struct bt_device_object d;
    ret->count = 0;
    for (unsigned step = 0; step < DEVICES_MAX; step++) {
        if (bt_device_object_read(scene->memory, va, &d, NULL) != BT_OK || d.attached_to == 0)
            break;
        struct bt_device_object below;
        // Only a link that is confirmed from the other side is followed.
        if (bt_device_object_read(scene->memory, d.attached_to, &below, NULL) != BT_OK ||
            below.attached != va)
            break;
        va = d.attached_to;
    }
    while (ret->count < DEVICES_MAX && read_device(scene, va, &ret->devices[ret->count])) {
        va = ret->devices[ret->count].object.attached;
        ret->count++;
    }
}

static const struct device *find_device(const struct device_stack *stack, bt_va va)
{
    for (size_t i = 0; i < stack->count; i++) {
        if (stack->devices[i].object.address == va)
            return &stack->devices[i];
    }
    return NULL;
}

static bool is_third_party(const struct bt_scene *scene, const struct device *d)
{
    return d->module != NULL && bt_scene_is_third_party(scene, d->module->name);
}

// Who in a device stack is to be asked first about a request that `holder` has: the holder
// itself where it is a third party's driver, else the nearest such driver below, which it waits
// for, else the nearest above, which made the request; else the holder.
static const struct device *pick_driver(const struct bt_scene *scene,
                                        const struct device_stack *stack,
                                        const struct device *holder)
{
    size_t at = (size_t)(holder - stack->devices);
    for (size_t i = at + 1; i-- > 0;) {
        if (is_third_party(scene, &stack->devices[i]))
            return &stack->devices[i];
    }
    for (size_t i = at + 1; i < stack->count; i++) {
        if (is_third_party(scene, &stack->devices[i]))
            return &stack->devices[i];
    }
    return holder;
}

static void suspect_device(const struct bt_scene *scene, struct bt_walks *walks,
                           const struct device_stack *stack, const struct device *holder,
                           const char *reason_holder, const char *reason_other)
{
    const struct device *d = pick_driver(scene, stack, holder);
    if (d->module != NULL)
        bt_walk_suspect(scene, walks, d->module, BT_CONFIDENCE_HIGH,
                        d == holder ? reason_holder : reason_other);
}

static enum bt_status describe_stack(const struct bt_scene *scene, struct bt_walks *walks,
                                     const struct device_stack *stack, struct bt_error *err)
{
    struct bt_buf text;
    bt_buf_init(&text, 4096);
    for (size_t i = stack->count; i-- > 0;) {
        describe_driver(&text, &stack->devices[i]);
        if (i != 0)
            bt_buf_text(&text, " > ");
    }
    enum bt_status st = bt_walk_fact(scene, walks, "device stack", &text, err);
    bt_buf_fini(&text);
    return st;
}

static enum bt_status describe_irp(const struct bt_scene *scene, struct bt_walks *walks,
                                   const struct bt_irp *irp, const struct device *holder,
                                   struct bt_error *err)
{
    struct bt_buf text;
    bt_buf_init(&text, 4096);
    const char *major = bt_irp_major_name(irp->major);
    const char *minor = bt_irp_minor_name(irp->major, irp->minor);
    if (major != NULL)
        bt_buf_text(&text, major);
    else
        bt_buf_printf(&text, "major 0x%02x", irp->major);
    if (minor != NULL)
        bt_buf_printf(&text, " %s", minor);
    else
        bt_buf_printf(&text, " minor 0x%02x", irp->minor);
    bt_buf_printf(&text, ", stack location %u of %u", irp->current_location, irp->stack_count);
    if (holder != NULL) {
        bt_buf_text(&text, ", held by ");
        describe_driver(&text, holder);
    }
    enum bt_status st = bt_walk_fact(scene, walks, "IRP", &text, err);
    bt_buf_fini(&text);
    return st;
}

enum bt_status bt_walk_irp(const struct bt_scene *scene, struct bt_walks *walks, bt_va va,
                           struct bt_error *err)
{
    struct bt_irp irp;
    if (bt_irp_read(scene->memory, va, &irp, NULL) != BT_OK || !irp.has_location)
        return BT_OK;
    struct device_stack stack;
    read_device_stack(scene, irp.device, &stack);
    const struct device *holder = find_device(&stack, irp.device);
    BT_TRY(describe_irp(scene, walks, &irp, holder, err));
    if (holder != NULL && irp.major == IRP_MJ_POWER) {
        walks->power_holder = holder->module;
        walks->power_bottom = stack.devices[0].module;
    }
    if (holder != NULL)
        suspect_device(scene, walks, &stack, holder, "its device holds the IRP",
                       "in the device stack that holds the IRP it is the nearest driver "
                       "that is not of Windows");
    return BT_OK;
}

enum bt_status bt_walk_device(const struct bt_scene *scene, struct bt_walks *walks, bt_va va,
                              struct bt_error *err)
{
    struct device_stack stack;
    read_device_stack(scene, va, &stack);
    const struct device *device = find_device(&stack, va);
    if (device == NULL)
        return BT_OK;
    BT_TRY(describe_stack(scene, walks, &stack, err));
    suspect_device(scene, walks, &stack, device, "it owns the device the stop names",
                   "it is in the device stack the stop names");
    return BT_OK;
}

enum bt_status bt_walk_driver(const struct bt_scene *scene, struct bt_walks *walks, bt_va va,
                              struct bt_error *err)
{
    struct device d = {.has_driver = true};
    if (bt_driver_object_read(scene->memory, va, scene->arena, &d.driver, NULL) != BT_OK)
        return BT_OK;
    d.module = bt_module_at(scene->crash, d.driver.start);
    if (d.module != NULL)
        bt_walk_suspect(scene, walks, d.module, BT_CONFIDENCE_HIGH,
                        "the stop names its driver object");
    struct bt_buf text;
    bt_buf_init(&text, 4096);
    describe_driver(&text, &d);
    enum bt_status st = bt_walk_fact(scene, walks, "driver", &text, err);
    bt_buf_fini(&text);
    return st;
}

// In the order of how much they tell: an IRP names who holds it, a device only its stack.
static const struct {
    const char *kind;
    bt_walk_opener *open;
} openers[] = {
    {"irp", bt_walk_irp},
    {"device-object", bt_walk_device},
    {"driver-object", bt_walk_driver},
    {"file-object", bt_walk_object},
    {"object", bt_walk_object},
    {"pool-header", bt_walk_pool_header},
    {"pool-block", bt_walk_pool_block},
    {"whea-record", bt_walk_error_record},
    {"string", bt_walk_string},
    {"process", bt_walk_process},
    {"thread", bt_walk_thread},
    {"prcb", bt_walk_processor},
    {"watchdog-block", bt_walk_watchdog},
};

enum bt_status bt_walks_open(const struct bt_scene *scene, struct bt_walks *ret,
                             struct bt_error *err)
{
    *ret = (struct bt_walks){0};
    if (!scene->crash->stop.present)
        return BT_OK;
    BT_TRY(bt_walk_used_stack(scene, ret, err));
    for (size_t k = 0; k < BT_COUNT(openers) && scene->memory != NULL; k++) {
        for (unsigned n = 0; n < 4; n++) {
            if (bt_scene_kind(scene, n, openers[k].kind))
                BT_TRY(openers[k].open(scene, ret, scene->stop->parameters[n].value, err));
        }
    }
    return bt_walk_machine_check(scene, ret, err);
}
