// SPDX-License-Identifier: MIT
#include "rules/named_system.h"

#include "kb/system.h"

// Where service packs have builds of their own, the build follows.
static bool find_build(const struct bt_kb *kb, const struct bt_kb_system *named,
                       const struct bt_system *system, uint32_t *ret)
{
    struct bt_kb_product product;
    for (uint32_t b = named->build_from; named->sp_from.known && b <= named->build_to; b++) {
        if (bt_kb_product_find(kb, b, system->product_type, NULL, &product) &&
            product.service_pack.known && product.service_pack.value == named->sp_from.value) {
            *ret = b;
            return true;
        }
    }
    // A release of Windows 10 or 11 may be an enablement package on an older one, whose build
    // its kernel has: less than the whole line is one build.
    char bad[BT_KB_BAD_WORD_SIZE];
    struct bt_kb_system line;
    *ret = named->build_from;
    return named->build_from == named->build_to ||
           (bt_kb_parse_system(named->line, &line, bad) &&
            (line.build_from != named->build_from || line.build_to != named->build_to));
}

void bt_named_system_apply(const struct bt_kb *kb, const struct bt_kb_system *named, bool guess,
                           struct bt_system *system)
{
    uint32_t build;
    system->platform = BT_PLATFORM_WINDOWS;
    if (named->types == BT_KB_WORKSTATION)
        system->product_type = BT_PRODUCT_WORKSTATION;
    else if (named->types == BT_KB_SERVER)
        system->product_type = BT_PRODUCT_SERVER;
    if (named->sp_from.known)
        system->service_pack = named->sp_from;
    if (find_build(kb, named, system, &build) || guess)
        system->build = bt_some32(build);
    if (named->tse == BT_KB_TSE_ONLY)
        system->suite_mask = bt_some32(0x10);
    for (size_t i = 0; i < bt_kb_architectures.count; i++) {
        // The words are those that bt_arch_find knows.
        if (named->archs == 1u << i)
            (void)bt_arch_find(bt_kb_architectures.items[i], &system->arch);
    }
}
