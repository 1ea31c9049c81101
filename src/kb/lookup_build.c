// SPDX-License-Identifier: MIT
//
// What a build number is, and which file versions can be compared.
#include <string.h>

#include "base/text.h"
#include "kb/article.h"
#include "kb/layers.h"
#include "kb/words.h"

// How exactly a row speaks of a product type and architecture: 0 not at all.
static unsigned rate_product(const struct bt_kb_image *image, uint32_t row, unsigned types,
                             const char *arch)
{
    const unsigned both = BT_KB_WORKSTATION | BT_KB_SERVER;
    uint32_t row_types = bt_kb_word(image, BT_KB_PRODUCTS, row, PRODUCT_TYPES);
    uint32_t row_arch = bt_kb_word(image, BT_KB_PRODUCTS, row, PRODUCT_ARCH);
    if ((row_types & types) != types)
        return 0;
    if (row_arch != BT_KB_NONE &&
        (arch == NULL || !bt_ieq(arch, bt_kb_architectures.items[row_arch])))
        return 0;
    return 1u + (row_types != both ? 2u : 0u) + (row_arch != BT_KB_NONE ? 1u : 0u);
}

static void read_product(const struct bt_kb_image *image, uint32_t row,
                         struct bt_kb_product *ret)
{
    uint32_t sp = bt_kb_word(image, BT_KB_PRODUCTS, row, PRODUCT_SP);
    *ret = (struct bt_kb_product){
        .build = bt_kb_word(image, BT_KB_PRODUCTS, row, PRODUCT_BUILD),
        .nt = bt_kb_text_of(image, BT_KB_PRODUCTS, row, PRODUCT_NT),
        .name = bt_kb_text_of(image, BT_KB_PRODUCTS, row, PRODUCT_NAME),
        .short_name = bt_kb_text_of(image, BT_KB_PRODUCTS, row, PRODUCT_SHORT),
    };
    if (sp != BT_KB_NONE)
        ret->service_pack = bt_some32(sp);
}

bool bt_kb_product_find(const struct bt_kb *kb, uint32_t build, unsigned product_type,
                        const char *arch, struct bt_kb_product *ret)
{
    unsigned types = BT_KB_WORKSTATION | BT_KB_SERVER;
    if (product_type == 1)
        types = BT_KB_WORKSTATION;
    else if (product_type == 2 || product_type == 3)
        types = BT_KB_SERVER;
    for (size_t i = kb->layer_count; i-- > 0;) {
        const struct bt_kb_image *image = kb->layers[i];
        unsigned best = 0;
        uint32_t row = bt_kb_lower_bound(image, BT_KB_PRODUCTS, build);
        for (; row < bt_kb_rows(image, BT_KB_PRODUCTS); row++) {
            if (bt_kb_word(image, BT_KB_PRODUCTS, row, PRODUCT_BUILD) != build)
                break;
            unsigned rate = rate_product(image, row, types, arch);
            if (rate > best) {
                best = rate;
                read_product(image, row, ret);
            }
        }
        if (best != 0)
            return true;
    }
    return false;
}

static void read_branch(const struct bt_kb_image *image, uint32_t row, struct bt_kb_branch *ret)
{
    uint32_t sp = bt_kb_word(image, BT_KB_BRANCHES, row, BRANCH_SP);
    *ret = (struct bt_kb_branch){
        .family = bt_kb_text_of(image, BT_KB_BRANCHES, row, BRANCH_FAMILY),
        .from = bt_kb_wide(image, BT_KB_BRANCHES, row, BRANCH_FROM),
        .to = bt_kb_wide(image, BT_KB_BRANCHES, row, BRANCH_TO),
        .product = bt_kb_text_of(image, BT_KB_BRANCHES, row, BRANCH_PRODUCT),
        .branch = bt_kb_text_of(image, BT_KB_BRANCHES, row, BRANCH_BRANCH),
        .note = bt_kb_text_of(image, BT_KB_BRANCHES, row, BRANCH_NOTE),
    };
    if (sp != BT_KB_NONE)
        ret->service_pack = bt_some32(sp);
}

bool bt_kb_branch_find(const struct bt_kb *kb, bt_file_version version,
                       struct bt_kb_branch *ret)
{
    // A few dozen rows: a scan is quick enough, and ranges need not be free of gaps.
    for (size_t i = kb->layer_count; i-- > 0;) {
        const struct bt_kb_image *image = kb->layers[i];
        for (uint32_t row = 0; row < bt_kb_rows(image, BT_KB_BRANCHES); row++) {
            if (version >= bt_kb_wide(image, BT_KB_BRANCHES, row, BRANCH_FROM) &&
                version <= bt_kb_wide(image, BT_KB_BRANCHES, row, BRANCH_TO)) {
                read_branch(image, row, ret);
                return true;
            }
        }
    }
    return false;
}

static enum bt_kb_order order_numbers(uint64_t a, uint64_t b)
{
    if (a == b)
        return BT_KB_SAME;
    return a < b ? BT_KB_OLDER : BT_KB_NEWER;
}

static bool is_branch(const struct bt_kb_branch *branch, const char *name)
{
    return branch->branch != NULL && bt_ieq(branch->branch, name);
}

// Two rows of the same NT version ("6.0", "4.0"): what their service packs and branches say.
static enum bt_kb_order order_rows(const struct bt_kb_branch *a, const struct bt_kb_branch *b)
{
    // NT 4.0: the rows of its service packs come before the hotfixes that follow the last one;
    // Terminal Server Edition is a line of its own.
    if (is_branch(a, "service pack") && is_branch(b, "hotfix"))
        return BT_KB_EARLIER_SP;
    if (is_branch(a, "hotfix") && is_branch(b, "service pack"))
        return BT_KB_LATER_SP;
    // Windows 8 has the two branches too, and never had a service pack.
    if (!a->service_pack.known && !b->service_pack.known && is_branch(a, "GDR") &&
        is_branch(b, "LDR") && a->from >> 16 == b->from >> 16)
        return BT_KB_GDR_OF_LDR;
    if (!a->service_pack.known || !b->service_pack.known)
        return BT_KB_OTHER;
    if (a->service_pack.value != b->service_pack.value)
        return a->service_pack.value < b->service_pack.value ? BT_KB_EARLIER_SP
                                                             : BT_KB_LATER_SP;
    // One service pack under two build numbers: 6.0.6003 follows 6.0.6002.
    unsigned build_a = bt_file_version_part(a->from, 2),
             build_b = bt_file_version_part(b->from, 2);
    if (build_a != build_b)
        return order_numbers(build_a, build_b);
    if (is_branch(a, "GDR") && is_branch(b, "LDR"))
        return BT_KB_GDR_OF_LDR;
    return BT_KB_OTHER;
}

enum bt_kb_order bt_kb_compare(const struct bt_kb *kb, bt_file_version a, bt_file_version b)
{
    struct bt_kb_branch row_a, row_b;
    if (a == b)
        return BT_KB_SAME;
    bool has_a = bt_kb_branch_find(kb, a, &row_a), has_b = bt_kb_branch_find(kb, b, &row_b);
    if (!has_a && !has_b)
        return order_numbers(a, b);
    if (!has_a || !has_b)
        return BT_KB_OTHER;
    if (row_a.from == row_b.from && row_a.to == row_b.to)
        return order_numbers(a, b);
    if (a >> 32 != b >> 32)
        return BT_KB_OTHER;
    return order_rows(&row_a, &row_b);
}
