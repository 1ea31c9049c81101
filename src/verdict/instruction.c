// SPDX-License-Identifier: MIT
#include "verdict/instruction.h"

#include <inttypes.h>

#include "base/buf.h"
#include "cpu/disassemble.h"

enum { LINES_MAX = 2 };

static void append_registers(const struct bt_registers *r, uint64_t used, struct bt_buf *out)
{
    for (unsigned i = 0; i < r->count && i < 32; i++) {
        if ((used >> i & 1) == 0)
            continue;
        if (out->size != 0)
            bt_buf_text(out, "  ");
        bt_buf_text(out, bt_register_name(r->arch, i));
        if ((r->valid >> i & 1) != 0)
            bt_buf_printf(out, "=0x%" PRIx64, r->general[i]);
        else
            bt_buf_text(out, "=?");
    }
}

enum bt_status bt_instruction_describe(const struct bt_scene *scene,
                                       const struct bt_fault *fault, const char ***ret,
                                       size_t *ret_count, struct bt_error *err)
{
    uint8_t bytes[BT_INSTRUCTION_MAX];
    struct bt_instruction instruction;
    *ret = NULL;
    *ret_count = 0;
    if (!fault->has_ip || scene->memory == NULL)
        return BT_OK;
    struct bt_span code = {
        .data = bytes,
        .size = scene->memory->read_some(scene->memory, fault->ip, bytes, sizeof bytes),
    };
    if (code.size == 0 ||
        bt_disassemble(scene->crash->system.arch, fault->ip, code, &instruction) != BT_OK)
        return BT_OK;
    const char **lines;
    BT_TRY(bt_arena_alloc(scene->arena, LINES_MAX, sizeof *lines, &lines, err));
    BT_TRY(bt_arena_printf(scene->arena, &lines[0], err, "%s", instruction.text));
    size_t count = 1;
    struct bt_buf text;
    bt_buf_init(&text, 1024);
    if (fault->has_registers)
        append_registers(&fault->registers, instruction.registers, &text);
    enum bt_status st = bt_buf_status(&text, err);
    if (st == BT_OK && text.size != 0)
        st = bt_arena_text(scene->arena, bt_buf_cstr(&text), text.size, &lines[count++], err);
    bt_buf_fini(&text);
    if (st != BT_OK)
        return st;
    *ret = lines;
    *ret_count = count;
    return BT_OK;
}
