// SPDX-License-Identifier: MIT
//
// Reads a dump that the rig made and compares it with what the rig put into the guest: its
// sources under images/ and the scenarios of make_dump.py.
//
// usage: check_rig x64|x86 DUMP
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/version_number.h"
#include "dump/dump.h"
#include "io/source.h"
#include "stack/stack.h"
#include "windows/memory_facts.h"

struct expected_module {
    const char *name, *version, *company;
};

// Functions that an image does not export have no name in a dump.
struct expected_frame {
    const char *module, *function;
};

struct expectation {
    const char *machine;
    uint32_t stop;
    uint64_t first_parameter;
    uint32_t build, service_pack;
    const char *build_lab;
    bool pae;
    const char *unloaded; // the newest
    struct expected_module modules[4];
    struct expected_frame frames[11];
    enum bt_trust trust; // of all frames but the first
};

static const struct expectation expectations[] = {
    {
        .machine = "x64",
        .stop = 0x24,
        .first_parameter = 0x1904fb,
        .build = 6002,
        .service_pack = 2,
        .build_lab = "6002.18005.rig.0",
        .unloaded = "crashdmp.sys",
        .modules = {{"ntoskrnl.exe", "6.0.6002.18005", "Example Systems"},
                    {"Ntfs.sys", "6.0.6002.18005", "Example Systems"},
                    {"mountmgr.sys", "6.0.6002.18005", "Example Systems"},
                    {"Volwatch.sys", "2.4.1.7", "Contoso Storage"}},
        .frames = {{"ntoskrnl.exe", "KeBugCheckEx"},
                   {"Ntfs.sys", NULL},
                   {"Ntfs.sys", "NtfsPerformDismountOnVcb"},
                   {"Volwatch.sys", NULL},
                   {"Volwatch.sys", "DriverEntry"},
                   {"ntoskrnl.exe", "IopLoadDriver"},
                   {"ntoskrnl.exe", "KiSystemStartup"}},
        .trust = BT_TRUST_CFI,
    },
    {
        .machine = "x86",
        .stop = 0x7f,
        .first_parameter = 8,
        .build = 3790,
        .service_pack = 1,
        .build_lab = "3790.1830.rig.0",
        .pae = true,
        .unloaded = "imapi.sys",
        .modules = {{"ntoskrnl.exe", "5.2.3790.1830", "Example Systems"},
                    {"tcpip.sys", "5.2.3790.1830", "Example Systems"},
                    {"Ntfs.sys", "5.2.3790.1830", "Example Systems"},
                    {"Lanserv.sys", "8.1.3.0", "Fabrikam Networks"}},
        .frames = {{"ntoskrnl.exe", "KeBugCheckEx"},
                   {"tcpip.sys", "TcpipSend"},
                   {"Lanserv.sys", NULL},
                   {"tcpip.sys", "TcpipSend"},
                   {"Lanserv.sys", NULL},
                   {"tcpip.sys", "TcpipSend"},
                   {"Lanserv.sys", NULL},
                   {"tcpip.sys", "TcpipSend"},
                   {"Lanserv.sys", "DriverEntry"},
                   {"ntoskrnl.exe", "IopLoadDriver"},
                   {"ntoskrnl.exe", "KiSystemStartup"}},
        .trust = BT_TRUST_CFI,
    },
};

static unsigned failures;

static void check(bool holds, const char *what)
{
    if (!holds) {
        printf("wrong: %s\n", what);
        failures++;
    }
}

static void check_number(uint64_t actual, uint64_t expected, const char *what)
{
    if (actual != expected) {
        printf("wrong: %s: 0x%" PRIx64 " instead of 0x%" PRIx64 "\n", what, actual, expected);
        failures++;
    }
}

static void check_text(const char *actual, const char *expected, const char *what)
{
    const char *a = actual != NULL ? actual : "nothing", *e = expected ? expected : "nothing";
    if (strcmp(a, e) != 0) {
        printf("wrong: %s: %s instead of %s\n", what, a, e);
        failures++;
    }
}

static void check_crash(const struct bt_crash *crash, const struct expectation *e)
{
    check(crash->status == BT_READ_OK, "the dump is whole");
    check(crash->notes.count == 0, "there is nothing to remark");
    check_number(crash->stop.raw, e->stop, "stop code");
    check_number(crash->stop.parameters[0], e->first_parameter, "first parameter");
    check_number(crash->system.build.value, e->build, "build");
    check_number(crash->system.service_pack.value, e->service_pack, "service pack");
    check_number(crash->system.product_type, BT_PRODUCT_SERVER, "product");
    check(crash->system.pae == e->pae, "PAE");
    check_text(crash->system.build_lab, e->build_lab, "build string");
    check_text(crash->system.processor_vendor, "GenuineIntel", "vendor of the processor");
    check_number(crash->system.processor_mhz.value, 2666, "speed of the processor");
    check(crash->processor.known && crash->processor.value == 0, "crashing processor");
    check_text(crash->process.name, "System", "process");
    check_number(crash->process.pid.value, 4, "process id");
    check_number(crash->process.thread_id.value, 0x44, "thread id");
    check_number(crash->stack.base - crash->stack.limit, 0x6000, "size of the stack");
}

static void check_modules(const struct bt_crash *crash, const struct expectation *e)
{
    check_number(crash->module_count, BT_COUNT(e->modules), "number of modules");
    for (size_t i = 0; i < crash->module_count && i < BT_COUNT(e->modules); i++) {
        const struct bt_module *module = &crash->modules[i];
        char version[BT_FILE_VERSION_TEXT_SIZE];
        bt_file_version_text(module->file_version.value, version);
        check_text(module->name, e->modules[i].name, "name of a module");
        check_text(version, e->modules[i].version, module->name);
        check_text(module->company, e->modules[i].company, module->name);
        // The list holds a pointer where older descriptions of it have the stamp.
        check_number(module->timestamp.value, 0x49e03a8c, "time stamp");
    }
    check_text(crash->unloaded_count != 0 ? crash->unloaded[0].name : NULL, e->unloaded,
               "newest unloaded module");
}

static void check_stack(const struct bt_frame *frames, size_t count,
                        const struct expectation *e)
{
    size_t expected = 0;
    while (expected < BT_COUNT(e->frames) && e->frames[expected].module != NULL)
        expected++;
    check_number(count, expected, "number of frames");
    for (size_t i = 0; i < count && i < expected; i++) {
        const struct bt_frame *frame = &frames[i];
        check_text(frame->module != NULL ? frame->module->name : NULL, e->frames[i].module,
                   "module of a frame");
        check_text(frame->function, e->frames[i].function, "function of a frame");
        check(frame->trust == (i == 0 ? BT_TRUST_CONTEXT : e->trust), "trust of a frame");
    }
}

static enum bt_status read_dump(const char *path, struct bt_arena *arena,
                                const struct expectation *e, struct bt_error *err)
{
    struct bt_source *source;
    struct bt_dump dump;
    BT_TRY(bt_source_open(path, &source, err));
    BT_TRY(bt_dump_read(source, arena, &dump, err));
    const struct bt_kernel_input input = {.memory = dump.memory,
                                          .debugger_data = dump.kernel.debugger_data,
                                          .loaded_modules = dump.kernel.loaded_modules};
    struct bt_crash_context context = {.known = dump.has_context};
    check(!dump.has_context, "QEMU leaves the context of the header alone");
    BT_TRY(bt_memory_facts_read(&input, arena, dump.crash, &context, err));
    check(context.known, "the context is found");
    check_crash(dump.crash, e);
    check_modules(dump.crash, e);
    const struct bt_stack_input stack = {.memory = dump.memory,
                                         .registers = &context.registers,
                                         .scan_end = dump.crash->stack.end};
    struct bt_frame *frames;
    size_t count;
    BT_TRY(bt_stack_walk(&stack, dump.crash, arena, &frames, &count, err));
    check_stack(frames, count, e);
    bt_source_close(source);
    return BT_OK;
}

int main(int argc, char **argv)
{
    const struct expectation *e = NULL;
    for (size_t i = 0; argc == 3 && i < BT_COUNT(expectations); i++) {
        if (strcmp(argv[1], expectations[i].machine) == 0)
            e = &expectations[i];
    }
    if (e == NULL) {
        fprintf(stderr, "usage: check_rig x64|x86 DUMP\n");
        return 2;
    }
    struct bt_error err = {0};
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    if (arena == NULL)
        return 2;
    enum bt_status status = read_dump(argv[2], arena, e, &err);
    check(status == BT_OK, err.message);
    bt_arena_free(arena);
    return failures != 0;
}
