// SPDX-License-Identifier: MIT
#include "verdict/error_event.h"

#include <inttypes.h>

static const uint32_t ACCESS_VIOLATION = 0xc0000005;
static const uint32_t FAST_FAIL = 0xc0000409;
static const uint32_t HEAP_CORRUPTION = 0xc0000374;
static const uint32_t CLR_EXCEPTION = 0xe0434352;
static const uint32_t CLR_EXCEPTION_V2 = 0xe0434f4d;

enum { EXECUTE = 8, WINDOWS_8 = 9200 };

struct event {
    const struct bt_scene *scene;
    struct bt_signature *signature;
    struct bt_error *err;
};

// The image that the faulting instruction lies in, or lay in.
struct place {
    const char *name, *suffix;
    struct bt_opt64 version;
    struct bt_opt32 timestamp;
    uint64_t offset;
};

static bool find_place(const struct bt_crash *crash, struct place *ret)
{
    const bt_va at = crash->exception.address;
    const struct bt_module *module = bt_module_at(crash, at);
    const struct bt_unloaded_module *gone = bt_unloaded_at(crash, at);
    if (module != NULL)
        *ret = (struct place){module->name, "", module->file_version, module->timestamp,
                              at - module->base};
    else if (gone != NULL)
        *ret = (struct place){
            .name = gone->name,
            .suffix = "_unloaded",
            .timestamp = gone->timestamp,
            .offset = at - gone->base,
        };
    return module != NULL || gone != NULL;
}

static bool is_told(const struct bt_crash *crash)
{
    const uint32_t code = crash->exception.code;
    bool hashed = code == HEAP_CORRUPTION && crash->system.build.value < WINDOWS_8;
    return crash->format == BT_FORMAT_USER_MINIDUMP && crash->exception.present &&
           !crash->live && crash->system.platform == BT_PLATFORM_WINDOWS &&
           crash->module_count != 0 && code != CLR_EXCEPTION && code != CLR_EXCEPTION_V2 &&
           !hashed;
}

static bool is_overrun(const struct bt_exception *e)
{
    return e->code == FAST_FAIL || (e->code == ACCESS_VIOLATION && e->parameter_count > 0 &&
                                    e->parameters[0] == EXECUTE);
}

static enum bt_status add_version(struct event *event, struct bt_opt64 version)
{
    char text[BT_FILE_VERSION_TEXT_SIZE] = "0.0.0.0";
    struct bt_signature *s = event->signature;
    if (version.known)
        bt_file_version_text(version.value, text);
    return bt_arena_printf(event->scene->arena, &s->event_parameters[s->event_count++],
                           event->err, "%s", text);
}

// A number in hexadecimal digits without a prefix, at least `digits` of them.
static enum bt_status add_hex(struct event *event, uint64_t value, int digits)
{
    struct bt_signature *s = event->signature;
    return bt_arena_printf(event->scene->arena, &s->event_parameters[s->event_count++],
                           event->err, "%0*" PRIx64, digits, value);
}

static enum bt_status add_image(struct event *event, const struct place *image)
{
    struct bt_signature *s = event->signature;
    BT_TRY(bt_arena_printf(event->scene->arena, &s->event_parameters[s->event_count++],
                           event->err, "%s%s", image->name, image->suffix));
    BT_TRY(add_version(event, image->version));
    return add_hex(event, image->timestamp.value, 8);
}

enum bt_status bt_error_event_make(const struct bt_scene *scene, struct bt_signature *signature,
                                   struct bt_error *err)
{
    const struct bt_crash *crash = scene->crash;
    const struct bt_exception *e = &crash->exception;
    struct event event = {.scene = scene, .signature = signature, .err = err};
    struct place place;
    signature->event_count = 0;
    if (!is_told(crash) || !find_place(crash, &place))
        return BT_ABSENT;
    const struct bt_module *program = &crash->modules[0];
    const struct place own = {program->name, "", program->file_version, program->timestamp, 0};
    bool wide = bt_arch_is64(crash->system.arch);
    int digits = wide ? 16 : 8;
    BT_TRY(add_image(&event, &own));
    BT_TRY(add_image(&event, &place));
    if (!is_overrun(e)) {
        signature->event_name = "APPCRASH";
        BT_TRY(add_hex(&event, e->code, 8));
        return add_hex(&event, place.offset, digits);
    }
    signature->event_name = wide ? "BEX64" : "BEX";
    BT_TRY(add_hex(&event, place.offset, digits));
    BT_TRY(add_hex(&event, e->code, 8));
    return add_hex(&event, e->parameter_count != 0 ? e->parameters[0] : 0, digits);
}
