// SPDX-License-Identifier: MIT
#include "verdict/signature.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "verdict/error_event.h"

enum { SIGNATURE_LIMIT = 1024 };

static const uint32_t STATUS_ACCESS_VIOLATION = 0xc0000005;

// The value that splits one stop code into kinds: a sub-code, a trap number, or the status of
// an unhandled exception.
static bool find_subcode(const struct bt_scene *scene, uint64_t *ret)
{
    static const char *const kinds[] = {"sub-code", "trap-number", "status"};
    for (size_t k = 0; k < BT_COUNT(kinds); k++) {
        for (unsigned n = 0; n < 4; n++) {
            if (!bt_scene_kind(scene, n, kinds[k]))
                continue;
            *ret = scene->stop->parameters[n].value;
            // Statuses are sign-extended in some stops and not in others.
            if (strcmp(kinds[k], "status") == 0)
                *ret &= UINT32_MAX;
            return true;
        }
    }
    return false;
}

static void append_lower(struct bt_buf *out, const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        bt_buf_char(out, *p == ':' ? '_' : bt_lower(*p));
}

// "g1:0x0000007e:c0000005:rtkvhd64.sys"; '-' stands for what is not known.
static void append_group(const struct bt_scene *scene, const struct bt_culprit *culprit,
                         const char *version, struct bt_buf *out)
{
    const struct bt_crash *crash = scene->crash;
    uint64_t subcode;
    bt_buf_printf(out, "%s:0x%08" PRIx32 ":", version,
                  crash->stop.present ? crash->stop.code : crash->exception.code);
    if (crash->stop.present && find_subcode(scene, &subcode))
        bt_buf_printf(out, "%" PRIx64, subcode);
    else
        bt_buf_char(out, '-');
    bt_buf_char(out, ':');
    append_lower(out, culprit->module != NULL ? culprit->module : "-");
}

static enum bt_status keep(const struct bt_scene *scene, struct bt_buf *text, const char **ret,
                           struct bt_error *err)
{
    BT_TRY(bt_buf_status(text, err));
    return bt_arena_text(scene->arena, bt_buf_cstr(text), text->size, ret, err);
}

// The place within the module: the culprit's own, else that of the innermost frame.
static void append_place(const struct bt_scene *scene, const struct bt_culprit *culprit,
                         struct bt_buf *out)
{
    const struct bt_crash *crash = scene->crash;
    if (culprit->module != NULL) {
        if (culprit->has_offset)
            bt_buf_printf(out, "+0x%" PRIx64, culprit->offset);
        const struct bt_module *m = bt_module_named(crash, culprit->module);
        if (m != NULL && m->timestamp.known)
            bt_buf_printf(out, ":%08" PRIx32, m->timestamp.value);
        return;
    }
    if (crash->frame_count == 0 || crash->frames[0].module == NULL)
        return;
    const struct bt_frame *f = &crash->frames[0];
    bt_buf_char(out, ':');
    append_lower(out, f->module->name);
    bt_buf_printf(out, "+0x%" PRIx64, f->address - f->module->base);
    if (f->module->timestamp.known)
        bt_buf_printf(out, ":%08" PRIx32, f->module->timestamp.value);
}

static void append_stem(struct bt_buf *out, const char *module)
{
    const char *dot = strrchr(module, '.');
    bt_buf_add(out, module, dot != NULL ? (size_t)(dot - module) : strlen(module));
}

static bool is_access_violation_stop(const struct bt_scene *scene)
{
    switch (scene->crash->stop.code) {
    case 0x0a:
    case 0x50:
    case 0xd1:
        return true;
    case 0x1e:
    case 0x3b:
    case 0x7e:
    case 0x8e:
        return (uint32_t)scene->crash->stop.parameters[0] == STATUS_ACCESS_VIOLATION;
    default:
        return false;
    }
}

// The forms of FAILURE_BUCKET_ID that name no function, and so need no symbols: an image alone,
// or "unknown_function" for a driver that publishes none. Modules of Windows have public
// symbols, so for them the debugger would print a function that is not known here.
static bool append_bucket(const struct bt_scene *scene, const struct bt_culprit *culprit,
                          struct bt_buf *out)
{
    const struct bt_stop *stop = &scene->crash->stop;
    if (!stop->present || culprit->module == NULL || culprit->unloaded)
        return false;
    const char *live = scene->crash->live ? "LKD_" : "";
    switch (stop->code) {
    case 0x116:
    case 0x117:
    case 0x141:
    case 0xea:
        bt_buf_printf(out, "%s0x%" PRIX32 "_IMAGE_%s", live, stop->code, culprit->module);
        return true;
    default:
        break;
    }
    bool by_address = culprit->method != NULL && (strcmp(culprit->method, "parameter") == 0 ||
                                                  strcmp(culprit->method, "context") == 0);
    if (!bt_scene_is_third_party(scene, culprit->module))
        return false;
    if (is_access_violation_stop(scene) && by_address)
        bt_buf_text(out, "AV_");
    else if (stop->code == 0x133 && stop->parameters[0] <= 1)
        bt_buf_text(out, stop->parameters[0] == 0 ? "0x133_DPC_" : "0x133_ISR_");
    else
        return false;
    append_stem(out, culprit->module);
    bt_buf_text(out, "!unknown_function");
    return true;
}

// "INVALID_POINTER_WRITE_c0000005_app.exe!Unknown": an access violation in a program's own
// module without symbols. The debugger calls an address in the first 64 KiB a null pointer.
static bool append_user_bucket(const struct bt_scene *scene, const struct bt_culprit *culprit,
                               struct bt_buf *out)
{
    static const char *const accesses[] = {"READ", "WRITE"};
    const struct bt_exception *e = &scene->crash->exception;
    bool by_address = culprit->method != NULL && strcmp(culprit->method, "exception") == 0;
    if (scene->crash->system.platform != BT_PLATFORM_WINDOWS || culprit->module == NULL ||
        culprit->function != NULL || !by_address || culprit->confidence == BT_CONFIDENCE_LOW ||
        e->code != STATUS_ACCESS_VIOLATION || e->parameter_count < 2 || e->parameters[0] > 1)
        return false;
    bt_buf_printf(out, "%s_POINTER_%s_c0000005_%s!Unknown",
                  e->parameters[1] < 0x10000 ? "NULL" : "INVALID", accesses[e->parameters[0]],
                  culprit->module);
    return true;
}

// Some kernels serve several releases and write the build of the first: for them the header
// does not tell the number that the report was made with.
static bool is_shared_build(uint32_t build)
{
    return build == 18362 || build == 19041 || build == 22621 || build == 26100;
}

static enum bt_status add_wer_folder(const struct bt_scene *scene, struct bt_signature *s,
                                     struct bt_error *err)
{
    const struct bt_system *sys = &scene->crash->system;
    const struct bt_stop *stop = &scene->crash->stop;
    if (!stop->present || !sys->major.known || !sys->minor.known || !sys->build.known ||
        !sys->suite_mask.known || sys->product_type == BT_PRODUCT_UNKNOWN ||
        is_shared_build(sys->build.value))
        return BT_OK;
    // Service packs ended with build 7601; before, the header alone does not always tell.
    if (sys->build.value < 9200 && !sys->service_pack.known)
        return BT_OK;
    struct bt_wer_key key = {
        .code = stop->raw,
        .major = sys->major.value,
        .minor = sys->minor.value,
        .build = sys->build.value,
        .service_pack_major = sys->service_pack.value,
        .suite_mask = sys->suite_mask.value,
        .product_type = sys->product_type,
    };
    memcpy(key.parameters, stop->parameters, sizeof key.parameters);
    return bt_wer_report_folder(&key, scene->arena, &s->wer_report_folder, err);
}

// "0x9F_3_RtsPer_IMAGE_pci.sys": the driver that holds the power request, and the one whose
// device is at the bottom of the stack.
static bool append_power_bucket(const struct bt_scene *scene, const struct bt_walks *walks,
                                struct bt_buf *out)
{
    const struct bt_stop *stop = &scene->crash->stop;
    if (walks == NULL || !stop->present || stop->code != 0x9f || stop->parameters[0] != 3 ||
        walks->power_holder == NULL || walks->power_bottom == NULL ||
        walks->power_holder == walks->power_bottom)
        return false;
    bt_buf_text(out, "0x9F_3_");
    append_stem(out, walks->power_holder->name);
    bt_buf_printf(out, "_IMAGE_%s", walks->power_bottom->name);
    return true;
}

static enum bt_status add_bucket(const struct bt_scene *scene, const struct bt_culprit *culprit,
                                 const struct bt_walks *walks, struct bt_buf *text,
                                 struct bt_signature *s, struct bt_error *err)
{
    bool kernel = scene->crash->stop.present;
    bt_buf_clear(text);
    if (!append_power_bucket(scene, walks, text) &&
        !(kernel ? append_bucket : append_user_bucket)(scene, culprit, text))
        return BT_OK;
    BT_TRY(keep(scene, text, &s->failure_bucket_id, err));
    return bt_failure_id_hash(s->failure_bucket_id, kernel ? BT_BUCKET_KERNEL : BT_BUCKET_USER,
                              scene->arena, &s->failure_id_hash, err);
}

enum bt_status bt_signature_make(const struct bt_scene *scene, const struct bt_verdict *verdict,
                                 const struct bt_walks *walks, struct bt_signature *ret,
                                 struct bt_error *err)
{
    struct bt_signature s = {0};
    bool has_code = scene->crash->exception.present && !scene->crash->exception.code_unknown;
    // The image that a tool took of a running machine has no crash that others could be like.
    if (scene->crash->generated_by_tool || (!scene->crash->stop.present && !has_code)) {
        *ret = s;
        return BT_OK;
    }
    struct bt_buf text;
    bt_buf_init(&text, SIGNATURE_LIMIT);
    append_group(scene, &verdict->culprit, "g1", &text);
    enum bt_status st = keep(scene, &text, &s.group, err);
    if (st == BT_OK) {
        bt_buf_clear(&text);
        append_group(scene, &verdict->culprit, "x1", &text);
        append_place(scene, &verdict->culprit, &text);
        st = keep(scene, &text, &s.exact, err);
    }
    if (st == BT_OK)
        st = add_bucket(scene, &verdict->culprit, walks, &text, &s, err);
    if (st == BT_OK)
        st = add_wer_folder(scene, &s, err);
    if (st == BT_OK)
        st = bt_error_event_make(scene, &s, err);
    if (st == BT_ABSENT)
        st = BT_OK;
    bt_buf_fini(&text);
    if (st == BT_OK)
        *ret = s;
    return st;
}
