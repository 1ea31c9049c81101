// SPDX-License-Identifier: MIT
#include "verdict/bugcheck_call.h"

#include "base/span.h"

enum { ARGUMENTS = 5 }; // the code and its parameters

// Whether `passed[0..count)` are the arguments of the call: the code and what of the parameters
// is known. Windows changes some stops on the way (0xA becomes 0xD1, parameter 3 of 0x50 is
// passed as a trap frame), so one may differ; a code that fits alone proves nothing, because
// so many parameters are zero.
static bool are_arguments(const struct bt_stop *stop, const uint64_t *passed, unsigned count)
{
    unsigned equal = 0;
    bool telling = false;
    for (unsigned i = 0; i < count; i++) {
        uint64_t want = i == 0 ? stop->raw : stop->parameters[i - 1];
        bool same = passed[i] == want || (i == 0 && passed[i] == stop->code);
        equal += same;
        telling = telling || (same && want != 0);
    }
    return telling && equal + 1 >= count;
}

// x64 passes four arguments in registers; the return address is at the stack pointer as long as
// the function has not begun its work.
static bool caller_x64(const struct bt_scene *scene, bt_va *ret)
{
    const struct bt_registers *c = scene->context;
    const uint64_t passed[4] = {c->general[1], c->general[2], c->general[8], c->general[9]};
    const uint32_t needed = 1u << 1 | 1u << 2 | 1u << 8 | 1u << 9;
    bool is_call = (c->valid & needed) == needed &&
                   are_arguments(&scene->crash->stop, passed, BT_COUNT(passed));
    // Windows begins the stack of a small dump at the stack pointer of the call.
    bool is_start =
        scene->crash->format == BT_FORMAT_KERNEL_TRIAGE && c->sp == scene->crash->stack.start;
    return (is_call || is_start) && bt_memory_pointer(scene->memory, c->sp, ret, NULL) == BT_OK;
}

static bool read_words(const struct bt_memory *memory, bt_va at, uint64_t *words,
                       unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint32_t word;
        if (bt_memory_u32(memory, at + 4 * (bt_va)i, &word, NULL) != BT_OK)
            return false;
        words[i] = word;
    }
    return true;
}

// x86 passes all on the stack, above the return address: at the stack pointer, or above the
// frame pointer once the function has set up its frame.
static bool caller_x86(const struct bt_scene *scene, bt_va *ret)
{
    const struct bt_registers *c = scene->context;
    const bt_va places[] = {c->sp, c->fp + 4};
    for (size_t i = 0; i < BT_COUNT(places); i++) {
        uint64_t words[1 + ARGUMENTS];
        if (!read_words(scene->memory, places[i], words, BT_COUNT(words)) ||
            !are_arguments(&scene->crash->stop, words + 1, ARGUMENTS))
            continue;
        *ret = words[0];
        return true;
    }
    return false;
}

bool bt_bugcheck_caller(const struct bt_scene *scene, bt_va *ret)
{
    const struct bt_crash *crash = scene->crash;
    const struct bt_registers *c = scene->context;
    if (c == NULL || scene->memory == NULL || crash->module_count == 0 ||
        bt_module_at(crash, c->ip) != &crash->modules[0])
        return false;
    bool found = crash->system.arch == BT_ARCH_X64   ? caller_x64(scene, ret)
                 : crash->system.arch == BT_ARCH_X86 ? caller_x86(scene, ret)
                                                     : false;
    // Deeper inside the kernel the arguments may still be in their registers: a return address
    // in the kernel itself names nobody.
    const struct bt_module *module = found ? bt_module_at(crash, *ret) : NULL;
    return module != NULL && module != &crash->modules[0];
}
