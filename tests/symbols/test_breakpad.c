// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "array_memory.h"
#include "symbols/breakpad_rules.h"
#include "symbols/symbols.h"
#include "symbols/windows_frame.h"
#include "test.h"

#define ID "131211101514171618191A1B1C1D1E1F3"

static const char sym_text[] = "MODULE windows x86_64 " ID " app.pdb\r\n"
                               "INFO CODE_ID 4B2F6C116000 app.exe\r\n"
                               "FILE 0 c:\\src\\main.c\r\n"
                               "FILE 7 c:\\src\\list of items.h\r\n"
                               "INLINE_ORIGIN 0 list_first(list const*)\r\n"
                               "INLINE_ORIGIN 1 list_check\r\n"
                               "FUNC 1000 40 0 main program\r\n"
                               "INLINE 0 21 0 0 1010 10\r\n"
                               "INLINE 1 5 7 1 1014 4 1030 2\r\n"
                               "1000 10 20 0\r\n"
                               "1010 4 4 7\r\n"
                               "1014 4 9 7\r\n"
                               "1018 28 22 0\r\n"
                               "FUNC m 1100 20 8 folded\r\n"
                               "1100 20 40 0\r\n"
                               "PUBLIC 2000 0 start_of_things\r\n"
                               "PUBLIC m 2100 0 others\r\n"
                               "STACK WIN 0 1000 40 2 1 c 8 10 0 0 1\r\n"
                               "STACK WIN 4 1100 20 5 1 4 0 24 0 1 $eip $esp ^ =\r\n"
                               "STACK WIN 4 1104 8 0 0 4 8 24 0 1 $eip $ebp 4 + ^ =\r\n"
                               "STACK WIN 4 nonsense\r\n"
                               "STACK CFI INIT 1000 40 .cfa: $rsp 8 + .ra: .cfa 8 - ^\r\n"
                               "STACK CFI 1001 .cfa: $rsp 16 + $rbp: .cfa 16 - ^\r\n"
                               "STACK CFI 1004 .cfa: $rbp 16 +\r\n"
                               "STACK CFI INIT 1100 20 .cfa: $rsp 8 + .ra: .cfa 0 / ^";

struct fixture {
    char path[64];
    char file[96];
    struct bt_arena *arena;
    struct bt_symbols *symbols;
    struct bt_symbol_module module;
    struct bt_symbol_chain chain;
};

static void write_text(struct fixture *f, const char *text)
{
    FILE *file = fopen(f->file, "wb");
    assert_non_null(file);
    fwrite(text, 1, strlen(text), file);
    fclose(file);
}

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture){.module = {.name = "app.exe", .pdb_name = "app.pdb", .pdb_age = 3}};
    for (size_t i = 0; i < 16; i++)
        f.module.pdb_guid[i] = (uint8_t)(0x10 + i);
    snprintf(f.path, sizeof f.path, "/tmp/bt-breakpad-XXXXXX");
    f.arena = bt_arena_new(1 << 22);
    *state = &f;
    if (mkdtemp(f.path) == NULL || f.arena == NULL || bt_symbols_new(&f.symbols, NULL) != BT_OK)
        return 1;
    snprintf(f.file, sizeof f.file, "%s/app.sym", f.path);
    write_text(&f, sym_text);
    return bt_symbols_add_path(f.symbols, f.path, NULL) != BT_OK;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    bt_symbols_free(f->symbols);
    bt_arena_free(f->arena);
    remove(f->file);
    return rmdir(f->path);
}

static struct bt_symbol_table *table_of(struct fixture *f)
{
    struct bt_symbol_table *table;
    assert_int_equal(bt_symbols_table(f->symbols, &f->module, &table, NULL), BT_OK);
    return table;
}

static size_t find(struct fixture *f, uint64_t rva)
{
    enum bt_status st = bt_symbol_table_find(table_of(f), rva, f->arena, &f->chain, NULL);
    return st == BT_OK ? f->chain.count : 0;
}

static void check_item(const struct fixture *f, size_t index, const char *function,
                       uint64_t offset, const char *file, uint32_t line)
{
    const struct bt_symbol *s = &f->chain.items[index];
    assert_string_equal(s->function, function);
    assert_int_equal(s->function_offset, offset);
    assert_int_equal(s->line, line);
    if (file == NULL)
        assert_null(s->file);
    else
        assert_string_equal(s->file, file);
    assert_int_equal(s->inlined, index + 1 < f->chain.count);
}

static void breakpad_function_has_name_and_line(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(find(f, 0x1002), 1);
    check_item(f, 0, "main program", 2, "c:\\src\\main.c", 20);
    assert_int_equal(find(f, 0x103f), 1);
    check_item(f, 0, "main program", 0x3f, "c:\\src\\main.c", 22);
    assert_int_equal(find(f, 0x1108), 1);
    check_item(f, 0, "folded", 8, "c:\\src\\main.c", 40);
}

static void breakpad_inlined_calls_stand_innermost_first(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(find(f, 0x1011), 2);
    check_item(f, 0, "list_first(list const*)", 1, "c:\\src\\list of items.h", 4);
    check_item(f, 1, "main program", 0x11, "c:\\src\\main.c", 21);
    assert_int_equal(find(f, 0x1016), 3);
    check_item(f, 0, "list_check", 2, "c:\\src\\list of items.h", 9);
    check_item(f, 1, "list_first(list const*)", 6, "c:\\src\\list of items.h", 5);
    check_item(f, 2, "main program", 0x16, "c:\\src\\main.c", 21);
}

static void breakpad_publics_go_up_to_the_next_one(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(find(f, 0x2050), 1);
    check_item(f, 0, "start_of_things", 0x50, NULL, 0);
    assert_int_equal(f->chain.items[0].kind, BT_SYMBOL_PUBLIC);
    assert_int_equal(find(f, 0x2100), 1);
    check_item(f, 0, "others", 0, NULL, 0);
    assert_int_equal(find(f, 0x1040), 0); // between functions, before the publics
    assert_int_equal(find(f, 0xfff), 0);
}

static void breakpad_file_of_another_build_is_refused(void **state)
{
    struct fixture *f = *state;
    f->module.pdb_age = 4;
    assert_int_equal(find(f, 0x1002), 0);
    assert_non_null(
        strstr(bt_symbol_table_problem(table_of(f), 0), "belongs to another build"));
}

struct registers {
    uint64_t rsp, rbp;
};

static bool read_register(void *self, const char *name, uint64_t *ret)
{
    const struct registers *r = self;
    if (strcmp(name, "rsp") != 0 && strcmp(name, "rbp") != 0)
        return false;
    *ret = name[1] == 's' ? r->rsp : r->rbp;
    return true;
}

// The stack of a function that pushed rbp (0x7777) below the return address 0x4444.
static uint64_t apply(struct fixture *f, uint64_t rva, struct registers registers,
                      const char *name)
{
    uint8_t stack[32] = {0};
    stack[8] = stack[9] = 0x77;
    stack[16] = stack[17] = 0x44;
    struct array_memory memory = array_memory(0x8000, stack, sizeof stack, true);
    struct bt_unwind_rules rules;
    uint64_t value = 0;
    assert_int_equal(bt_symbol_table_rules(table_of(f), rva, f->arena, &rules, NULL), BT_OK);
    if (bt_unwind_rules_apply(&rules, name, read_register, &registers, &memory.memory, &value,
                              NULL) != BT_OK)
        return 0;
    return value;
}

static void breakpad_rules_change_along_the_function(void **state)
{
    struct fixture *f = *state;
    struct registers entry = {.rsp = 0x8010}, pushed = {.rsp = 0x8008};
    struct registers framed = {.rsp = 0x8000, .rbp = 0x8008};
    assert_int_equal(apply(f, 0x1000, entry, ".cfa"), 0x8018);
    assert_int_equal(apply(f, 0x1000, entry, ".ra"), 0x4444);
    assert_int_equal(apply(f, 0x1000, entry, "rbp"), 0); // no rule yet
    assert_int_equal(apply(f, 0x1001, pushed, ".ra"), 0x4444);
    assert_int_equal(apply(f, 0x1003, pushed, "rbp"), 0x7777);
    assert_int_equal(apply(f, 0x1004, framed, ".cfa"), 0x8018);
    assert_int_equal(apply(f, 0x103f, framed, ".ra"), 0x4444);
}

static void breakpad_rules_that_cannot_be_followed_are_absent(void **state)
{
    struct fixture *f = *state;
    struct bt_unwind_rules rules;
    struct registers entry = {.rsp = 0x8010};
    assert_int_equal(apply(f, 0x1100, entry, ".ra"), 0); // a division by zero
    assert_int_equal(bt_symbol_table_rules(table_of(f), 0x1050, f->arena, &rules, NULL),
                     BT_ABSENT);
}

// Lines that come with several reads, one that is longer than a line may be, and what follows.
static void breakpad_lines_longer_than_a_read_are_put_together(void **state)
{
    struct fixture *f = *state;
    enum { FUNCTIONS = 6000, LONG = 20000 };
    FILE *file = fopen(f->file, "wb");
    assert_non_null(file);
    fprintf(file, "MODULE windows x86_64 " ID " app.pdb\n");
    for (unsigned i = 0; i < FUNCTIONS; i++)
        fprintf(file, "FILE %u file%u.c\n", i, i);
    fprintf(file, "FUNC 10 10 0 %*d\n", LONG, 1);
    for (unsigned i = 2; i < FUNCTIONS; i++)
        fprintf(file, "FUNC %x 10 0 function_%u\r\n%x 10 %u %u\r\n", i * 16, i, i * 16, i, i);
    fclose(file);
    for (unsigned i = 2; i < FUNCTIONS; i += 97) {
        char expected[32];
        assert_int_equal(find(f, i * 16 + 3), 1);
        snprintf(expected, sizeof expected, "function_%u", i);
        assert_string_equal(f->chain.items[0].function, expected);
        snprintf(expected, sizeof expected, "file%u.c", i);
        assert_string_equal(f->chain.items[0].file, expected);
        assert_int_equal(f->chain.items[0].line, i);
    }
    assert_int_equal(find(f, 0x13), 1);
    assert_int_equal(f->chain.items[0].function_offset, 3);
}

// Every place cut off in turn.
static void breakpad_cut_file_is_harmless(void **state)
{
    struct fixture *f = *state;
    for (size_t size = 0; size < sizeof sym_text; size += 3) {
        char cut[sizeof sym_text];
        struct bt_unwind_rules rules;
        memcpy(cut, sym_text, size);
        cut[size] = '\0';
        write_text(f, cut);
        bt_symbols_free(f->symbols);
        assert_int_equal(bt_symbols_new(&f->symbols, NULL), BT_OK);
        assert_int_equal(bt_symbols_add_path(f->symbols, f->path, NULL), BT_OK);
        (void)find(f, 0x1016);
        enum bt_status st = bt_symbol_table_rules(table_of(f), 0x1004, f->arena, &rules, NULL);
        assert_true(st == BT_OK || st == BT_ABSENT);
    }
}

#define WITH_FILE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static struct bt_windows_frame frame_at(struct fixture *f, uint64_t rva)
{
    struct bt_windows_frame frame = {.parameters = 77};
    (void)!bt_symbol_table_windows_frame(table_of(f), rva, f->arena, &frame, NULL);
    return frame;
}

static void breakpad_frames_of_windows_lie_in_each_other(void **state)
{
    struct fixture *f = *state;
    struct bt_windows_frame frame = frame_at(f, 0x1020);
    assert_true(frame.described && frame.uses_ebp);
    assert_null(frame.program);
    assert_int_equal(frame.parameters, 0xc);
    assert_int_equal(frame.saved_registers, 8);
    assert_int_equal(frame.locals, 0x10);
    assert_string_equal(frame_at(f, 0x1103).program, "$eip $esp ^ =");
    assert_string_equal(frame_at(f, 0x110b).program, "$eip $ebp 4 + ^ =");
    assert_string_equal(frame_at(f, 0x110c).program, "$eip $esp ^ =");
    frame = frame_at(f, 0x2050); // a name only
    assert_false(frame.described);
    assert_int_equal(frame.parameters, 0);
    assert_int_equal(frame_at(f, 0xfff).parameters, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FILE(breakpad_function_has_name_and_line),
        WITH_FILE(breakpad_inlined_calls_stand_innermost_first),
        WITH_FILE(breakpad_publics_go_up_to_the_next_one),
        WITH_FILE(breakpad_file_of_another_build_is_refused),
        WITH_FILE(breakpad_rules_change_along_the_function),
        WITH_FILE(breakpad_rules_that_cannot_be_followed_are_absent),
        WITH_FILE(breakpad_frames_of_windows_lie_in_each_other),
        WITH_FILE(breakpad_cut_file_is_harmless),
        WITH_FILE(breakpad_lines_longer_than_a_read_are_put_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
