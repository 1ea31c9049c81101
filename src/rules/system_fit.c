// SPDX-License-Identifier: MIT
#include "rules/system_fit.h"

#include "base/buf.h"
#include "kb/words.h"

enum { SUITE_TERMINAL = 0x10 };

static enum bt_truth say(bool value)
{
    return value ? BT_TRUE : BT_FALSE;
}

static enum bt_truth fits_type(const struct bt_system *system, unsigned types)
{
    if (types == (BT_KB_WORKSTATION | BT_KB_SERVER))
        return BT_TRUE;
    if (system->product_type == BT_PRODUCT_UNKNOWN)
        return BT_UNKNOWN;
    bool server = system->product_type != BT_PRODUCT_WORKSTATION;
    return say((types & (server ? BT_KB_SERVER : BT_KB_WORKSTATION)) != 0);
}

static enum bt_truth fits_arch(const struct bt_system *system, uint32_t archs,
                               uint32_t not_archs)
{
    size_t index = 0;
    const char *name = bt_arch_name(system->arch);
    if (archs == 0 && not_archs == 0)
        return BT_TRUE;
    if (name == NULL || !bt_kb_word_find(&bt_kb_architectures, name, &index))
        return BT_UNKNOWN;
    bool wanted = archs == 0 || (archs >> index & 1) != 0;
    return say(wanted && (not_archs >> index & 1) == 0);
}

// Terminal Server Edition is told apart by its suite bit, on NT 4.0 only.
static enum bt_truth fits_tse(const struct bt_system *system, enum bt_kb_tse tse)
{
    if (tse == BT_KB_TSE_ANY)
        return BT_TRUE;
    if (!system->suite_mask.known)
        return BT_UNKNOWN;
    bool is_tse = (system->suite_mask.value & SUITE_TERMINAL) != 0;
    return say(is_tse == (tse == BT_KB_TSE_ONLY));
}

bool bt_is_terminal_server_edition(const struct bt_facts *facts)
{
    const struct bt_system *system = &facts->crash->system;
    return system->build.known && system->build.value == 1381 &&
           fits_tse(system, BT_KB_TSE_ONLY) == BT_TRUE;
}

enum bt_truth bt_system_fits_line(const struct bt_facts *facts,
                                  const struct bt_kb_system *system)
{
    const struct bt_system *found = &facts->crash->system;
    enum bt_truth build = BT_UNKNOWN;
    if (found->platform != BT_PLATFORM_UNKNOWN && found->platform != BT_PLATFORM_WINDOWS)
        return BT_FALSE;
    if (found->build.known)
        build = say(found->build.value >= system->build_from &&
                    found->build.value <= system->build_to);
    enum bt_truth truth = bt_truth_and(build, fits_type(found, system->types));
    return bt_truth_and(truth, fits_arch(found, system->archs, system->not_archs));
}

static enum bt_truth fits_pack(const struct bt_facts *facts, const struct bt_kb_system *system,
                               bool or_later)
{
    struct bt_opt32 pack = bt_facts_service_pack(facts);
    if (!system->sp_from.known)
        return BT_TRUE;
    if (!pack.known)
        return BT_UNKNOWN;
    return say(pack.value >= system->sp_from.value &&
               (or_later || pack.value <= system->sp_to.value));
}

enum bt_truth bt_system_fits(const struct bt_facts *facts, const struct bt_kb_system *system,
                             bool or_later)
{
    enum bt_truth truth = bt_truth_and(bt_system_fits_line(facts, system),
                                       fits_tse(&facts->crash->system, system->tse));
    return bt_truth_and(truth, fits_pack(facts, system, or_later));
}

enum bt_truth bt_systems_fit(const struct bt_facts *facts, struct bt_kb_list systems,
                             bool or_later)
{
    enum bt_truth truth = BT_FALSE;
    struct bt_kb_system system;
    if (systems.count == 0)
        return BT_UNKNOWN;
    for (size_t i = 0; truth != BT_TRUE && bt_kb_system_at(systems, i, &system); i++)
        truth = bt_truth_or(truth, bt_system_fits(facts, &system, or_later));
    return truth;
}

enum bt_truth bt_systems_fit_line(const struct bt_facts *facts, struct bt_kb_list systems)
{
    enum bt_truth truth = BT_FALSE;
    struct bt_kb_system system;
    for (size_t i = 0; truth != BT_TRUE && bt_kb_system_at(systems, i, &system); i++)
        truth = bt_truth_or(truth, bt_system_fits_line(facts, &system));
    return truth;
}

struct bt_opt32 bt_missing_service_pack(const struct bt_facts *facts,
                                        struct bt_kb_list requires)
{
    struct bt_opt32 missing = {0}, pack = bt_facts_service_pack(facts);
    struct bt_kb_system system;
    for (size_t i = 0; bt_kb_system_at(requires, i, &system); i++) {
        if (!system.sp_from.known || system.latest ||
            bt_system_fits_line(facts, &system) != BT_TRUE ||
            fits_tse(&facts->crash->system, system.tse) == BT_FALSE)
            continue;
        if (!pack.known || pack.value >= system.sp_from.value)
            return (struct bt_opt32){0};
        if (!missing.known || system.sp_from.value < missing.value)
            missing = system.sp_from;
    }
    return missing;
}

static const char *name_product(const struct bt_facts *facts)
{
    const struct bt_system *system = &facts->crash->system;
    struct bt_kb_product product;
    if (system->name != NULL)
        return system->name;
    if (system->build.known &&
        bt_kb_product_find(facts->kb, system->build.value, system->product_type,
                           bt_arch_name(system->arch), &product))
        return product.name;
    return "Windows";
}

enum bt_status bt_describe_system(const struct bt_facts *facts, struct bt_arena *arena,
                                  const char **ret, struct bt_error *err)
{
    const struct bt_system *system = &facts->crash->system;
    struct bt_opt32 pack = bt_facts_service_pack(facts);
    *ret = NULL;
    if (!system->build.known && system->name == NULL)
        return BT_OK;
    struct bt_buf out;
    bt_buf_init(&out, 1024);
    bt_buf_text(&out, name_product(facts));
    if (pack.known && pack.value != 0)
        bt_buf_printf(&out, " SP%u", pack.value);
    if (system->build.known)
        bt_buf_printf(&out, ", build %u", system->build.value);
    if (bt_arch_name(system->arch) != NULL) {
        bt_buf_text(&out, ", ");
        bt_buf_text(&out, bt_arch_name(system->arch));
    }
    enum bt_status status = bt_arena_text(arena, bt_buf_cstr(&out), out.size, ret, err);
    bt_buf_fini(&out);
    return status;
}
