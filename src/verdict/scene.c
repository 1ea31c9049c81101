// SPDX-License-Identifier: MIT
#include "verdict/scene.h"

#include <string.h>

#include "base/text.h"
#include "verdict/system_modules.h"

bool bt_scene_kind(const struct bt_scene *scene, unsigned n, const char *kind)
{
    const struct bt_parameter *p = &scene->stop->parameters[n];
    return p->known && p->kind != NULL && strcmp(p->kind, kind) == 0;
}

enum bt_kb_role bt_scene_role(const struct bt_scene *scene, const char *module)
{
    // The kernel is the first module of a kernel dump, whatever its file is called.
    const struct bt_crash *crash = scene->crash;
    if (crash->stop.present && !crash->modules_reported && crash->module_count != 0 &&
        crash->modules[0].name != NULL && bt_ieq(crash->modules[0].name, module))
        return BT_KB_ROLE_KERNEL;
    enum bt_kb_role role = bt_kb_role_of(scene->kb, module);
    if (role == BT_KB_ROLE_UNKNOWN && bt_is_system_copy(scene->kb, module))
        return BT_KB_ROLE_INFRASTRUCTURE;
    return role;
}

bool bt_scene_is_third_party(const struct bt_scene *scene, const char *module)
{
    enum bt_kb_role role = bt_scene_role(scene, module);
    return role == BT_KB_ROLE_DRIVER || role == BT_KB_ROLE_VULNERABLE ||
           role == BT_KB_ROLE_UNKNOWN;
}
