// SPDX-License-Identifier: MIT
//
//   STACK WIN <kind> <rva> <size> <prolog> <epilog> <parameters> <saved> <locals> <most> <0|1>
//             <1: the program; 0: whether ebp is a register like others>
//
// Kind 4 is frame data, 0 FPO data; numbers are hexadecimal. A function has several, which lie
// in each other.
#include "symbols/breakpad.h"

#include <stdlib.h>
#include <string.h>

static void read_sizes(const char **text, struct bt_windows_frame *ret)
{
    uint64_t parameters = 0, saved = 0, locals = 0, ignored;
    // Kind, address, size, prolog, epilog.
    for (int i = 0; i < 5; i++) {
        if (!bt_breakpad_hex(text, &ignored))
            return;
    }
    if (!bt_breakpad_hex(text, &parameters) || !bt_breakpad_hex(text, &saved) ||
        !bt_breakpad_hex(text, &locals) || !bt_breakpad_hex(text, &ignored))
        return;
    ret->parameters = (uint32_t)parameters;
    ret->saved_registers = (uint32_t)saved;
    ret->locals = (uint32_t)locals;
    ret->described = true;
}

static enum bt_status read_line(const char *text, struct bt_arena *arena,
                                struct bt_windows_frame *ret, struct bt_error *err)
{
    struct bt_windows_frame frame = {0};
    read_sizes(&text, &frame);
    struct bt_breakpad_word mode = bt_breakpad_word(&text);
    if (!frame.described || mode.size != 1)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "a STACK WIN line is not whole");
    if (mode.text[0] == '1')
        BT_TRY(bt_arena_text(arena, text, strlen(text), &frame.program, err));
    else
        frame.uses_ebp = text[0] == '1';
    *ret = frame;
    return BT_OK;
}

// "FUNC [m] rva size parameters name" or "PUBLIC [m] rva parameters name".
static enum bt_status read_parameters(const char *line, struct bt_windows_frame *ret)
{
    const char *text;
    uint64_t address, size, parameters;
    bool is_function = bt_breakpad_is(line, "FUNC", &text);
    if (!is_function && !bt_breakpad_is(line, "PUBLIC", &text))
        return BT_ABSENT;
    bt_breakpad_skip_mark(&text);
    if (!bt_breakpad_hex(&text, &address) || (is_function && !bt_breakpad_hex(&text, &size)) ||
        !bt_breakpad_hex(&text, &parameters))
        return BT_ABSENT;
    *ret = (struct bt_windows_frame){.parameters = (uint32_t)parameters};
    return BT_OK;
}

enum bt_status bt_breakpad_windows_frame(struct bt_breakpad *b, uint64_t rva,
                                         struct bt_arena *arena, struct bt_windows_frame *ret,
                                         struct bt_error *err)
{
    const char *text;
    BT_TRY(bt_breakpad_index(b, err));
    const struct bt_named_address *found = bt_name_list_find_inside(&b->frame_data, rva);
    if (found == NULL)
        found = bt_name_list_find_inside(&b->fpo_data, rva);
    if (found == NULL)
        found = bt_name_list_find(&b->functions, rva, 0);
    if (found == NULL)
        found = bt_name_list_find(&b->publics, rva, 0);
    if (found == NULL)
        return BT_ABSENT;
    struct bt_breakpad_lines *lines = bt_breakpad_lines_new(b->source, found->name, err);
    if (lines == NULL)
        return BT_E_NOMEM;
    enum bt_status st = bt_breakpad_next_line(lines, err);
    if (st == BT_OK && bt_breakpad_is(lines->text, "STACK WIN", &text))
        st = read_line(text, arena, ret, err);
    else if (st == BT_OK)
        st = read_parameters(lines->text, ret);
    free(lines);
    return st;
}
