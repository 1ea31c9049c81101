// SPDX-License-Identifier: MIT
//
// Facts of real dumps, found with other programs (a debugger's module list, the machines' event
// logs, an independent reader in Python). The dumps are not part of the project:
// BUGTRIAGE_REAL_DUMPS names the folder that has them, and without it the test is skipped.
#include "dump/dump.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

#include "test.h"

struct fact {
    const char *file;
    enum bt_arch arch;
    uint32_t build;
    uint32_t processors;
    uint32_t raw;
    uint64_t parameters[4];
    const char *time;
    uint64_t uptime_ms;
    size_t modules, unloaded;
    bt_va kernel_base;
    uint64_t kernel_size;
    uint32_t kernel_timestamp;
    const char *last_module;
    const char *processor; // start of its name
};

static const struct fact facts[] = {
    {"CriticalRocket-DriverProblems__111317-24484-01.dmp",
     BT_ARCH_X64,
     9600,
     4,
     0xa0000001,
     {0x5, 0x0, 0x0, 0x0},
     "2017-11-13T17:43:47Z",
     1800951,
     167,
     15,
     0xfffff802d5001000,
     0x78b000,
     0x59ba8548,
     "tunnel.sys",
     "Intel(R) Core(TM) i5-3230M"},
    {"CriticalRocket-DriverProblems__111417-58375-01.dmp",
     BT_ARCH_X64,
     9600,
     4,
     0x1000007e,
     {0xffffffffc0000005, 0xfffff8007c0acd28, 0xffffd00022a46748, 0xffffd00022a45f50},
     "2017-11-14T02:26:15Z",
     92677,
     179,
     16,
     0xfffff8037fc8a000,
     0x78b000,
     0x59ba8548,
     "cdd.dll",
     "Intel(R) Core(TM) i5-3230M"},
    {"DAIMUVG-Minidumps__102622-15671-01.dmp",
     BT_ARCH_X64,
     19041,
     16,
     0x50,
     {0xffffffffffffffb4, 0x0, 0xfffff804206cb873, 0x2},
     "2022-10-26T21:30:47Z",
     110989,
     206,
     8,
     0xfffff8041e800000,
     0x1046000,
     0xbf639dc3,
     "WdNisDrv.sys",
     "AMD Ryzen 7 4800H"},
    {"FrancoTrone64-AX200-IBTHFP-failure-with-BSODs-Win11__082325-12593-01.dmp",
     BT_ARCH_X64,
     26100,
     16,
     0x65,
     {0x0, 0x0, 0x0, 0x0},
     "2025-08-23T09:10:04Z",
     13262774,
     218,
     17,
     0xfffff8049e800000,
     0x1450000,
     0x93dad125,
     "usbscan.sys",
     "AMD Ryzen 9 6900HX"},
    {"eolaruhagen-minidump-diagnostics-tool__083125-14875-01.dmp",
     BT_ARCH_X64,
     19041,
     1,
     0x4a,
     {0x7ffe7350d0c4, 0x2, 0x0, 0xffffa704eeb6bec0},
     "2025-08-31T21:33:01Z",
     495057,
     156,
     9,
     0xfffff8075bc0e000,
     0x1046000,
     0x5dee2b07,
     "myfault.sys",
     "Intel(R) Core(TM) Ultra 9"},
    {"r-Techsupport-training_bsods__be_1.dmp",
     BT_ARCH_X64,
     26100,
     12,
     0x1a,
     {0x41792, 0xffffab8103853048, 0x2000000000, 0x0},
     "2024-11-24T21:41:02Z",
     26413,
     200,
     10,
     0xfffff8009ee00000,
     0x144f000,
     0x3c5028de,
     "logi_joy_vir_hid.sys",
     "AMD Ryzen 5 5600X"},
    {"r-Techsupport-training_bsods__9f.dmp",
     BT_ARCH_X64,
     19041,
     20,
     0x9f,
     {0x3, 0xffffd68fe35b8050, 0xffffd007d6287ba0, 0xffffd68fe383b8a0},
     "2025-01-05T21:33:19Z",
     2140242,
     184,
     6,
     0xfffff80470600000,
     0x1046000,
     0x1aa75f33,
     "hiber_dumpfve.sys",
     "Intel(R) Core(TM) i9-10900F"},
    {"rizinorg-rizin-testbins__triage_arm64.dmp",
     BT_ARCH_ARM64,
     22000,
     8,
     0x1c8,
     {0x1b58, 0xfffff803f3a20860, 0x0, 0x0},
     "2021-09-14T02:51:58Z",
     796705,
     245,
     11,
     0xfffff803f2e00000,
     0x103e000,
     0xdf291b09,
     "terminpt.sys",
     "Snapdragon (TM) 7c"},
    {"rizinorg-rizin-testbins__triage_x64.dmp",
     BT_ARCH_X64,
     19041,
     16,
     0x1000007e,
     {0xffffffffc0000005, 0xfffff8048b58334c, 0xffff850429891ee8, 0xffff850429891720},
     "2021-02-21T01:38:22Z",
     3747,
     151,
     4,
     0xfffff8047ba00000,
     0x1046000,
     0x0d8333e6,
     "rdpbus.sys",
     "AMD Ryzen 7 3700X"},
};

static void assert_fact(const struct fact *f, const struct bt_dump *dump)
{
    const struct bt_crash *c = dump->crash;
    char time[BT_TIME_TEXT_SIZE];
    print_message("%s\n", f->file);
    assert_int_equal(c->format, BT_FORMAT_KERNEL_TRIAGE);
    assert_int_equal(c->status, BT_READ_OK);
    assert_int_equal(c->system.arch, f->arch);
    assert_int_equal(c->system.build.value, f->build);
    assert_int_equal(c->system.processors.value, f->processors);
    assert_int_equal(c->stop.raw, f->raw);
    for (unsigned i = 0; i < 4; i++)
        assert_true(c->stop.parameters[i] == f->parameters[i]);
    bt_filetime_iso(c->time.value, time);
    assert_string_equal(time, f->time);
    assert_int_equal((c->uptime.value + 5000) / 10000, f->uptime_ms);
    assert_int_equal(c->module_count, f->modules);
    assert_int_equal(c->unloaded_count, f->unloaded);
    assert_string_equal(c->modules[0].name, "ntoskrnl.exe");
    assert_true(c->modules[0].base == f->kernel_base);
    assert_int_equal(c->modules[0].size, f->kernel_size);
    assert_int_equal(c->modules[0].timestamp.value, f->kernel_timestamp);
    assert_string_equal(c->modules[f->modules - 1].name, f->last_module);
    assert_memory_equal(c->system.processor_name, f->processor, strlen(f->processor));
    assert_true(dump->has_context);
    assert_non_null(bt_module_at(c, dump->context.ip));
    // Every byte of the stack that is announced can be read.
    const uint64_t stack_size = c->stack.end - c->stack.start;
    struct bt_arena *arena = bt_arena_new(1 << 20);
    struct bt_span stack;
    assert_int_equal(
        bt_memory_view(dump->memory, c->stack.start, stack_size, 1 << 16, arena, &stack, NULL),
        BT_OK);
    bt_arena_free(arena);
}

static void real_dumps_hold_known_facts(void **state)
{
    (void)state;
    const char *folder = getenv("BUGTRIAGE_REAL_DUMPS");
    size_t seen = 0;
    for (size_t i = 0; folder != NULL && i < BT_COUNT(facts); i++) {
        char path[1024];
        struct bt_source *source;
        struct bt_dump dump;
        snprintf(path, sizeof path, "%s/%s", folder, facts[i].file);
        if (bt_source_open(path, &source, NULL) != BT_OK)
            continue;
        struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
        assert_int_equal(bt_dump_read(source, arena, &dump, NULL), BT_OK);
        assert_fact(&facts[i], &dump);
        bt_arena_free(arena);
        bt_source_close(source);
        seen++;
    }
    if (seen == 0) {
        print_message("BUGTRIAGE_REAL_DUMPS names no folder with real dumps: skipped\n");
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(real_dumps_hold_known_facts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
