// SPDX-License-Identifier: MIT
#include "triage/naming.h"

#include <inttypes.h>

#include "base/names.h"

// Checked and free builds of Windows 2000 and later store these in place of the major version.
static bool is_real_major(struct bt_opt32 major)
{
    return major.known && major.value != 0xc && major.value != 0xf;
}

// Before Vista the build does not tell the service pack, but the version of the kernel, which
// is the first module, mostly does: 5.1.2600.5512 came with SP3. It also has the last word
// against a "none", which is what memory that was never written looks like.
static void find_service_pack(const struct bt_kb *kb, struct bt_crash *crash)
{
    struct bt_kb_branch branch;
    struct bt_system *system = &crash->system;
    if ((system->service_pack.known && system->service_pack.value != 0) ||
        crash->format == BT_FORMAT_USER_MINIDUMP || crash->module_count == 0 ||
        crash->modules_reported || !crash->modules[0].file_version.known)
        return;
    const bt_file_version version = crash->modules[0].file_version.value;
    if (system->build.known && bt_file_version_part(version, 2) == system->build.value &&
        bt_kb_branch_find(kb, version, &branch) && branch.service_pack.known)
        system->service_pack = branch.service_pack;
}

static enum bt_status name_system(const struct bt_kb *kb, struct bt_arena *arena,
                                  struct bt_system *system, struct bt_error *err)
{
    struct bt_kb_product product;
    bool windows = system->platform == BT_PLATFORM_WINDOWS;
    if (!windows || !system->build.known)
        return BT_OK;
    uint32_t build = system->build.value;
    if (!bt_kb_product_find(kb, build, system->product_type, bt_arch_name(system->arch),
                            &product)) {
        if (system->version == NULL && is_real_major(system->major) && system->minor.known)
            return bt_arena_printf(arena, &system->version, err,
                                   "%" PRIu32 ".%" PRIu32 ".%" PRIu32, system->major.value,
                                   system->minor.value, build);
        return BT_OK;
    }
    if (system->name == NULL)
        system->name = product.name;
    if (!system->service_pack.known)
        system->service_pack = product.service_pack;
    if (system->version == NULL && product.nt != NULL)
        return bt_arena_printf(arena, &system->version, err, "%s.%" PRIu32, product.nt, build);
    return BT_OK;
}

// "macOS 15.7.4", "Linux 3.13.0-53-generic".
static enum bt_status name_other_system(struct bt_arena *arena, struct bt_crash *crash,
                                        struct bt_error *err)
{
    struct bt_system *system = &crash->system;
    static const struct bt_name names[] = {
        {BT_PLATFORM_LINUX, "Linux"},
        {BT_PLATFORM_ANDROID, "Android"},
        {BT_PLATFORM_MACOS, "macOS"},
        {BT_PLATFORM_IOS, "iOS"},
    };
    const char *name = bt_name_of(names, BT_COUNT(names), system->platform);
    // Of a signal that was typed in, the system is a guess.
    if (name == NULL || system->name != NULL || crash->format == BT_FORMAT_NONE)
        return BT_OK;
    if (system->version == NULL) {
        system->name = name;
        return BT_OK;
    }
    return bt_arena_printf(arena, &system->name, err, "%s %s", name, system->version);
}

enum bt_status bt_name_facts(const struct bt_kb *kb, struct bt_arena *arena,
                             struct bt_crash *crash, struct bt_error *err)
{
    struct bt_kb_driver driver;
    for (size_t i = 0; i < crash->module_count; i++) {
        struct bt_module *module = &crash->modules[i];
        if (module->company == NULL && module->name != NULL &&
            bt_kb_driver_find(kb, module->name, &driver))
            module->company = driver.vendor;
    }
    BT_TRY(name_system(kb, arena, &crash->system, err));
    BT_TRY(name_other_system(arena, crash, err));
    find_service_pack(kb, crash);
    return BT_OK;
}
