// SPDX-License-Identifier: MIT
//
// What the DPC watchdog saw: Windows 10 and later take samples of the code that runs at
// DISPATCH_LEVEL, and stop 0x133 points to a small block that tells where they are.
#include <string.h>

#include "base/span.h"
#include "stack/return_address.h"
#include "verdict/module_counts.h"
#include "verdict/walk_parts.h"

// DPC_WATCHDOG_GLOBAL_TRIAGE_BLOCK, as the driver kit publishes it: 00 signature, 04 revision
// (u16), 06 size (u16), 08 offset of DpcWatchdogProfile in the KPRCB (u16), 0c length of what
// that points to (u32).
enum { BLOCK_SIZE = 0x10, PROFILE_OFFSET = 0x08, PROFILE_LENGTH = 0x0c };
static const uint32_t SIGNATURE = 0xaebecede;

// Real profiles are a few dozen stacks of a few dozen addresses.
enum { PROFILE_MAX = 64 * 1024 };

// The control block of the processor that stopped the system: a copy, else in memory.
static bool read_control_word(const struct bt_scene *scene, uint32_t offset, bt_va *ret)
{
    const struct bt_kernel_input *kernel = scene->kernel;
    const size_t word = scene->memory->is64 ? 8 : 4;
    struct bt_debugger_data block;
    bt_va control;
    if (kernel != NULL && bt_span_has(kernel->prcb, offset, word)) {
        *ret = bt_span_word(kernel->prcb, offset, scene->memory->is64);
        return true;
    }
    uint32_t index = scene->crash->processor.known ? scene->crash->processor.value : 0;
    return bt_walk_debugger_data(scene, &block) && block.processor_blocks != 0 &&
           bt_memory_pointer(scene->memory, block.processor_blocks + word * (bt_va)index,
                             &control, NULL) == BT_OK &&
           bt_memory_pointer(scene->memory, control + offset, ret, NULL) == BT_OK;
}

static void count_sample(const struct bt_scene *scene, bt_va address,
                         struct bt_module_counts *counts)
{
    const struct bt_module *module = bt_module_at(scene->crash, address);
    if (module != NULL &&
        bt_return_address_belief(scene->crash, scene->memory, address) != BT_BELIEF_NONE)
        bt_module_counts_add(counts, module);
}

static void read_samples(const struct bt_scene *scene, bt_va at, uint64_t length,
                         struct bt_module_counts *counts)
{
    enum { CHUNK = 4096 };
    const size_t word = scene->memory->is64 ? 8 : 4;
    uint8_t chunk[CHUNK];
    for (uint64_t done = 0; done < length;) {
        size_t want = length - done < CHUNK ? (size_t)(length - done) : CHUNK;
        size_t got = scene->memory->read_some(scene->memory, at + done, chunk, want);
        for (size_t i = 0; i + word <= got; i += word)
            count_sample(scene, word == 8 ? bt_le64(chunk + i) : bt_le32(chunk + i), counts);
        if (got < want)
            return;
        done += got;
    }
}

static enum bt_status describe_samples(const struct bt_scene *scene, struct bt_walks *walks,
                                       const struct bt_module_counts *counts,
                                       struct bt_error *err)
{
    struct bt_buf text;
    bt_buf_init(&text, 4096);
    bt_buf_text(&text, "samples show");
    bt_module_counts_write(counts, &text);
    enum bt_status st = bt_walk_fact(scene, walks, "DPC watchdog", &text, err);
    bt_buf_fini(&text);
    return st;
}

// One long DPC is the one on the stack; of many, the samples tell who took the time.
static void suspect_sampled(const struct bt_scene *scene, struct bt_walks *walks,
                            const struct bt_module_counts *counts)
{
    static const char reason[] = "the DPC watchdog met it most often among third parties";
    for (size_t i = 0; i < counts->used; i++) {
        const struct bt_module *module = counts->items[i].module;
        if (!bt_scene_is_third_party(scene, module->name))
            continue;
        if (scene->crash->stop.parameters[0] == 1) {
            bt_walk_suspect(scene, walks, module, BT_CONFIDENCE_MEDIUM, reason);
        } else {
            walks->bystander = module;
            walks->bystander_address = module->base;
            walks->bystander_reason = reason;
        }
        return;
    }
}

enum bt_status bt_walk_watchdog(const struct bt_scene *scene, struct bt_walks *walks, bt_va va,
                                struct bt_error *err)
{
    uint8_t bytes[BLOCK_SIZE];
    struct bt_module_counts counts = {.used = 0};
    bt_va at;
    if (va == 0 || bt_memory_read(scene->memory, va, bytes, sizeof bytes, NULL) != BT_OK)
        return BT_OK;
    struct bt_span block = {.data = bytes, .size = sizeof bytes};
    uint64_t length = bt_span_u32(block, PROFILE_LENGTH);
    if (bt_span_u32(block, 0) != SIGNATURE || length == 0 ||
        !read_control_word(scene, bt_span_u16(block, PROFILE_OFFSET), &at) || at == 0)
        return BT_OK;
    read_samples(scene, at, length < PROFILE_MAX ? length : PROFILE_MAX, &counts);
    if (counts.used == 0)
        return BT_OK;
    bt_module_counts_sort(&counts);
    suspect_sampled(scene, walks, &counts);
    return describe_samples(scene, walks, &counts, err);
}
