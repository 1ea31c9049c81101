// SPDX-License-Identifier: MIT
#include "stack/program_view.h"

static size_t read_wide(const struct bt_memory *self, bt_va va, void *buf, size_t size)
{
    const struct bt_program_view *view = (const struct bt_program_view *)self;
    return view->wide->read_some(view->wide, va, buf, size);
}

bool bt_program_view_make(const struct bt_stack_input *input, const struct bt_crash *crash,
                          struct bt_program_view *ret)
{
    if (input->registers == NULL || input->registers->arch != BT_ARCH_X86 ||
        crash->system.arch != BT_ARCH_X64)
        return false;
    ret->memory = (struct bt_memory){.read_some = read_wide, .is64 = false};
    ret->wide = input->memory;
    ret->crash = *crash;
    ret->crash.system.arch = BT_ARCH_X86;
    ret->input = *input;
    ret->input.memory = input->memory != NULL ? &ret->memory : NULL;
    ret->input.images = NULL; // those at hand read addresses of 64 bits
    return true;
}
