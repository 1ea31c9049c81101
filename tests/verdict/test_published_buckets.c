// SPDX-License-Identifier: MIT
//
// Crashes whose analysis by the vendor's debugger, with symbols, is published: who it names,
// and who is named here from what a small dump of the same crash holds. A row has the stop, the
// module of its faulting instruction, the modules of the published stack, and the image that
// the debugger names. What a row leaves out is not there: no unloaded driver, nobody named.
// Where we do not name the debugger's image, the row says why.
#include "verdict/scene_fixture.h"
#include "verdict/verdict.h"

enum {
    MODULES_MAX = 12,
    STACK_MAX = 8,
    MODULE_SIZE = 0x100000,
    FRAMES = 0x400,  // where the published frames begin on the stack
    DISTANCE = 0x40, // between their return addresses
    RECORD = 0x1000, // of objects: where a trap frame or context record is put
};

#define NT "ntoskrnl.exe"

// An address in a module, or a plain number.
struct value {
    const char *module;
    uint64_t number;
};

#define N(number)                                                                              \
    {                                                                                          \
        NULL, number                                                                           \
    }
#define IN(module)                                                                             \
    {                                                                                          \
        module, 0x1abc                                                                         \
    }
#define FRAME                                                                                  \
    {                                                                                          \
        "frame", 0                                                                             \
    }

// Where the return addresses begin, from the stack pointer of the fault: leaf functions have
// theirs at it.
enum fault_kind { CALLED, FAULTED, FAULTED_IN_LEAF };

static const struct published {
    const char *source; // where it is published; buckets with their hash stand in many places
    uint32_t code;
    struct value p[4];
    const char *ip; // module of the instruction, where a record of the registers is in the dump
    enum fault_kind kind;
    const char *stack[STACK_MAX]; // below the fault, or below KeBugCheckEx
    const char *unloaded;
    const char *vendor;   // image that the debugger names; NULL: hardware or memory
    const char *expected; // NULL: nobody
} rows[] = {
    {
        .source = "github.com/nmap/npcap/issues/819 (stack)",
        .code = 0x0a,
        .p = {N(0xffff8882181330e8), N(2), N(1), IN("npcap.sys")},
        .ip = "npcap.sys",
        .kind = FAULTED,
        .stack = {"npcap.sys", "npcap.sys", "ndis.sys", "tcpip.sys"},
        .vendor = "npcap.sys",
        .expected = "npcap.sys",
    },
    {
        .source = "github.com/winsiderss/systeminformer/issues/1525 (stack)",
        .code = 0x50,
        .p = {N(0xffffa602762e24c1), N(0), IN(NT), N(2)},
        .ip = NT,
        .kind = FAULTED_IN_LEAF,
        .stack = {"SystemInformer.sys", "SystemInformer.sys", "FLTMGR.SYS"},
        .vendor = "SystemInformer.sys",
        .expected = "SystemInformer.sys",
    },
    {
        .source = "github.com/maharmstone/btrfs/issues/716: AV_btrfs!unknown_function",
        .code = 0x3b,
        .p = {N(0xc0000005), IN("btrfs.sys"), FRAME, N(0)},
        .ip = "btrfs.sys",
        .kind = FAULTED,
        .stack = {"btrfs.sys", NT},
        .vendor = "btrfs.sys",
        .expected = "btrfs.sys",
    },
    {
        .source = "github.com/mullvad/mullvadvpn-app/issues/8860",
        .code = 0x3b,
        .p = {N(0xc0000005), IN("mullvad-split-tunnel.sys"), FRAME, N(0)},
        .ip = "mullvad-split-tunnel.sys",
        .kind = FAULTED,
        .stack = {NT, NT},
        .vendor = "mullvad-split-tunnel.sys",
        .expected = "mullvad-split-tunnel.sys",
    },
    {
        .source = "github.com/mullvad/mullvadvpn-app/issues/5857: "
                  "0x133_DPC_mullvad_wireguard!unknown_function",
        .code = 0x133,
        .p = {N(0), N(0x501), N(0x500), N(0)},
        .stack = {NT, NT, NT, "mullvad-wireguard.sys", NT},
        .vendor = "mullvad-wireguard.sys",
        .expected = "mullvad-wireguard.sys",
    },
    {
        .source = "0x133_DPC_gwdrv!unknown_function {229a5753-87e5-3d87-e2b9-50836a10c652}",
        .code = 0x133,
        .p = {N(0), N(0x501), N(0x500), N(0)},
        .stack = {NT, NT, NT, "gwdrv.sys"},
        .vendor = "gwdrv.sys",
        .expected = "gwdrv.sys",
    },
    // Only Windows code is on the stack, and which of it took the time is not to be seen.
    {
        .source = "github.com/microsoft/WSL/issues/10843: 0x133_DPC_nt!KeAccumulateTicks",
        .code = 0x133,
        .p = {N(0), N(0x501), N(0x500), N(0)},
        .stack = {NT, NT, "winhvr.sys", "winhvr.sys", "vid.sys", NT},
        .vendor = NT,
    },
    {
        .source = "github.com/wbenny/injdrv/issues/24: 0x139_3_CORRUPT_LIST_ENTRY_injdrv",
        .code = 0x139,
        .p = {N(3), FRAME, N(0), N(0)},
        .ip = "injdrv.sys",
        .kind = FAULTED,
        .stack = {"injdrv.sys", NT},
        .vendor = "injdrv.sys",
        .expected = "injdrv.sys",
    },
    {
        .source = "0x139_3_CORRUPT_LIST_ENTRY_PROCMON24!unknown_function "
                  "{5dbfd5b7-3954-0a5c-1c1a-36b5712f0de8}",
        .code = 0x139,
        .p = {N(3), FRAME, N(0), N(0)},
        .ip = "PROCMON24.SYS",
        .kind = FAULTED,
        .stack = {NT, NT},
        .vendor = "PROCMON24.SYS",
        .expected = "PROCMON24.SYS",
    },
    {
        .source = "0x139_3_CORRUPT_LIST_ENTRY_nt!KiFastFailDispatch "
                  "{3aede96a-54dd-40d6-d4cb-2a161a843851}",
        .code = 0x139,
        .p = {N(3), FRAME, N(0), N(0)},
        .ip = NT,
        .kind = FAULTED,
        .stack = {NT, NT, NT},
        .vendor = NT,
        .expected = NT,
    },
    // The debugger unwinds the kernel's function with its image; a small dump has no tables,
    // and words between the stack pointer and the return address may be old.
    {
        .source = "0x139_1d_INVALID_BALANCED_TREE_Driver!unknown_function "
                  "{8ebd2998-ea64-b96c-aae8-2108d8c92247}",
        .code = 0x139,
        .p = {N(0x1d), FRAME, N(0), N(0)},
        .ip = NT,
        .kind = FAULTED,
        .stack = {"Driver.sys", "Driver.sys", NT},
        .vendor = "Driver.sys",
        .expected = NT,
    },
    {
        .source = "0x162_TestDriver!unknown_function {419d12bb-5d5f-512c-e75c-1fd193415869}",
        .code = 0x162,
        .p = {N(0xffff80003e2c1040), N(0xffff800040a0b2d0), N(0xffffffff), N(0)},
        .stack = {NT, "TestDriver.sys", NT, NT},
        .vendor = "TestDriver.sys",
        .expected = "TestDriver.sys",
    },
    {
        .source = "AV_CODE_AV_PAGED_IP_TestDriver!AccessPageableMemory "
                  "{2463ca34-5d68-cb7c-6807-dd2087a41e36}",
        .code = 0xd1,
        .p = {IN("TestDriver.sys"), N(2), N(8), IN("TestDriver.sys")},
        .ip = "TestDriver.sys",
        .kind = FAULTED,
        .stack = {"TestDriver.sys", NT},
        .vendor = "TestDriver.sys",
        .expected = "TestDriver.sys",
    },
    {
        .source = "0x39_nt!IopLoadUnloadDriver {040db381-bc8d-17b6-aa75-a2fbc31557a4}",
        .code = 0x39,
        .p = {IN(NT), N(0), N(0), N(0)},
        .stack = {NT, NT, NT},
        .vendor = NT,
        .expected = NT,
    },
    {
        .source =
            "AV_VRF_usbprint!USBPRINT_ProcessIOCTL {563a557e-1087-fde3-680d-afd9b49faa35}",
        .code = 0x3b,
        .p = {N(0xc0000005), IN("usbprint.sys"), FRAME, N(0)},
        .ip = "usbprint.sys",
        .kind = FAULTED,
        .stack = {NT, NT},
        .vendor = "usbprint.sys",
        .expected = "usbprint.sys",
    },
    {
        .source = "AV_dxgkrnl!DXGVIRTUALMACHINE::IsWsl2Guest",
        .code = 0x3b,
        .p = {N(0xc0000005), IN("dxgkrnl.sys"), FRAME, N(0)},
        .ip = "dxgkrnl.sys",
        .kind = FAULTED,
        .stack = {"dxgkrnl.sys", "vpcivsp.sys", NT},
        .vendor = "dxgkrnl.sys",
        .expected = "dxgkrnl.sys",
    },
    {
        .source = "github.com/microsoft/WinDbg-Feedback/issues/323: "
                  "0x3B_C0000006_VRF_nt!HvpGetCellPaged",
        .code = 0x3b,
        .p = {N(0xc0000006), IN(NT), FRAME, N(0)},
        .ip = NT,
        .kind = FAULTED,
        .stack = {NT, NT, NT},
        .vendor = NT,
        .expected = NT,
    },
    {
        .source =
            "github.com/virtio-win/kvm-guest-drivers-windows/issues/1582: AV_nt!MiUserFault",
        .code = 0x0a,
        .p = {N(0x28), N(2), N(0), IN(NT)},
        .ip = NT,
        .kind = FAULTED,
        .stack = {NT, NT, NT},
        .vendor = NT,
        .expected = NT,
    },
    {
        .source =
            "github.com/MicrosoftDocs/sysinternals/issues/223: the name is on the screen, too",
        .code = 0xd4,
        .p = {IN("psav3cld.sys"), N(2), N(0), IN(NT)},
        .kind = FAULTED,
        .stack = {NT, NT, "storport.sys"},
        .unloaded = "psav3cld.sys",
        .vendor = "psav3cld.sys",
        .expected = "psav3cld.sys",
    },
    {
        .source = "X64_0x7f_8_ql2300+69416 {0f9ebaaf-2e04-8097-fea0-1da0b10cd026}",
        .code = 0x7f,
        .p = {N(8), N(0x80050031), N(0x6f8), IN("ql2300.sys")},
        .stack = {NT, "ql2300.sys"},
        .vendor = "ql2300.sys",
        .expected = "ql2300.sys",
    },
    {
        .source = "0x116_IMAGE_nvlddmkm.sys {c89bfe8c-ed39-f658-ef27-f2898997fdbd}",
        .code = 0x116,
        .p = {N(0xffffb48be920b010), IN("nvlddmkm.sys"), N(0xc0000001), N(4)},
        .stack = {"dxgkrnl.sys", "dxgkrnl.sys", NT},
        .vendor = "nvlddmkm.sys",
        .expected = "nvlddmkm.sys",
    },
    // Raised by the graphics kernel; no display driver is to be seen: nobody, and who raised
    // it.
    {
        .source = "github.com/MicrosoftDocs/windows-driver-docs/issues/3474: "
                  "0x119_a000_VIDSCH_RESET_HW_ENGINE_SUSPEND_dxgmms2!VidSchiResetHwEngine",
        .code = 0x119,
        .p = {N(0xa000), N(0xffffdf8f708a8000), N(0x18c), N(0)},
        .stack = {"watchdog.sys", "dxgmms2.sys", "dxgmms2.sys", "dxgmms2.sys", NT},
        .vendor = "dxgmms2.sys",
    },
    // Found at the same crash with the same reason, on a machine with drivers on the stack.
    {
        .source = "server bucket AV_nt!PfSnCheckActionsNeeded",
        .code = 0x50,
        .p = {N(0xffffffffffffffe8), N(0), IN(NT), N(2)},
        .ip = NT,
        .kind = FAULTED,
        .stack = {NT, NT, "iaStorA.sys", NT},
        .vendor = NT,
        .expected = NT,
    },
    {
        .source = "server bucket AV_BAD_IP_win32k!unknown_function",
        .code = 0x50,
        .p = {N(0xfffff90100000000), N(8), IN("win32k.sys"), N(2)},
        .ip = "win32k.sys",
        .kind = FAULTED,
        .stack = {NT, "SYMEVENT64x86.SYS"},
        .vendor = "win32k.sys",
        .expected = "win32k.sys",
    },
    {
        .source = "coolaler.com/forums/threads/1155-1156.241204/page-3: 0x124_GenuineIntel",
        .code = 0x124,
        .p = {N(0), N(0), N(0xb2000040), N(0x800)},
        .stack = {"hal.dll", NT, "hal.dll", NT, "acpi.sys"},
    },
    {
        .source = "computerbase.de/forum/threads/whea_uncorrectable_error.1549567: hardware",
        .code = 0x124,
        .p = {N(0), N(0), N(0xbe200000), N(0x5110a)},
        .stack = {NT, "hal.dll"},
    },
    {
        .source = "hullu-poro.de/system/db01.txt: 0x9C_IA32_AuthenticAMD",
        .code = 0x9c,
        .p = {N(0), N(0x8054da70), N(0xc4024000), N(0x136)},
        .stack = {"hal.dll", NT},
    },
    // The pool was damaged before; whoever asks for some next is not to blame.
    {
        .source = "github.com/AdguardTeam/AdguardForWindows/issues/1803: 0x19_3",
        .code = 0x19,
        .p = {N(3), N(0xfffff8000321e940), N(0), N(0xfffff8000321e940)},
        .stack = {NT, "epfw.sys"},
    },
    {
        .source = "github.com/OpenMalaria-Org/openmalaria/issues/39: 0x4E_99",
        .code = 0x4e,
        .p = {N(0x99), N(0x287a12), N(2), N(0x154391)},
        .stack = {NT, NT, NT},
    },
    // A program ended: the debugger names its module, which no kernel dump needs to hold.
    {
        .source = "0xEF_csrss.exe_BUGCHECK_CRITICAL_PROCESS_66897700_ntdll!NtTerminateProcess",
        .code = 0xef,
        .p = {N(0xffffe00000201000), N(0), N(0), N(0)},
        .stack = {NT, NT, NT},
        .vendor = "ntdll.dll",
    },
};

struct machine {
    struct bt_module modules[MODULES_MAX];
    size_t count;
};

static bt_va address_in(struct machine *m, const char *name, uint64_t offset)
{
    for (size_t i = 0; i < m->count; i++) {
        if (strcmp(m->modules[i].name, name) == 0)
            return m->modules[i].base + offset;
    }
    assert_true(m->count < MODULES_MAX);
    struct bt_module *module = &m->modules[m->count];
    *module = (struct bt_module){.name = name,
                                 .base = KERNEL_BASE + UINT64_C(0x1000000) * m->count,
                                 .size = MODULE_SIZE};
    m->count++;
    return module->base + offset;
}

static void put_records(struct fixture *f, bt_va ip, bt_va sp)
{
    const bt_va trap = STACK_BASE + 0x80, record = OBJECTS_BASE + RECORD;
    const bt_va frames[] = {trap, record};
    for (size_t i = 0; i < BT_COUNT(frames); i++) {
        fixture_put(f, frames[i] + 0x168, ip, 8);
        fixture_put(f, frames[i] + 0x170, 0x10, 8);
        fixture_put(f, frames[i] + 0x180, sp, 8);
        fixture_put(f, frames[i] + 0x188, 0x18, 8);
    }
    fixture_put(f, record + 0x30, 0x10001f, 4); // the same place as a context record
    fixture_put(f, record + 0x98, sp, 8);
    fixture_put(f, record + 0xf8, ip, 8);
}

static bt_va value_of(struct machine *m, const struct published *row, const struct value *v)
{
    if (v->module == NULL)
        return v->number;
    if (strcmp(v->module, "frame") == 0)
        return OBJECTS_BASE + RECORD;
    return row->unloaded != NULL && strcmp(v->module, row->unloaded) == 0
               ? GONE_BASE + v->number
               : address_in(m, v->module, v->number);
}

static struct fixture *make_crash(struct machine *m, const struct published *row)
{
    bt_va p[4];
    (void)address_in(m, NT, 0); // the kernel is the first
    for (unsigned n = 0; n < 4; n++)
        p[n] = value_of(m, row, &row->p[n]);
    struct fixture *f = fixture_new(row->code, p[0], p[1], p[2], p[3]);
    const bt_va first = STACK_BASE + (row->kind == CALLED ? 0 : FRAMES);
    for (unsigned i = 0; i < STACK_MAX && row->stack[i] != NULL; i++)
        fixture_put(f, first + DISTANCE * i, address_in(m, row->stack[i], 0x2345 + 0x111 * i),
                    8);
    if (row->ip != NULL)
        put_records(f, address_in(m, row->ip, 0x1abc),
                    first - (row->kind == FAULTED_IN_LEAF ? 0 : 0x30));
    if (row->unloaded != NULL)
        f->unloaded[0].name = row->unloaded;
    f->crash.modules = m->modules;
    f->crash.module_count = m->count;
    return f;
}

static bool is_same(const char *a, const char *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

static void published_crashes_name_whom_they_prove(void **state)
{
    unsigned wrong = 0, agreed = 0;
    (void)state;
    for (size_t i = 0; i < BT_COUNT(rows); i++) {
        struct machine machine = {.count = 0};
        struct fixture *f = make_crash(&machine, &rows[i]);
        struct bt_evidence_base base;
        struct bt_result r = {.kb_version = NULL};
        assert_int_equal(bt_verdict_gather(&f->scene, &base, &r, NULL), BT_OK);
        assert_int_equal(bt_verdict_conclude(&f->scene, &base, &r, NULL), BT_OK);
        const char *module = r.verdict.culprit.module;
        if (!is_same(module, rows[i].expected)) {
            wrong++;
            print_error("%s: %s, %s\n", rows[i].source, module != NULL ? module : "nobody",
                        r.verdict.reason);
        }
        agreed += is_same(module, rows[i].vendor);
        fixture_free(f);
    }
    print_message("%u of %zu name what the debugger names\n", agreed, BT_COUNT(rows));
    assert_int_equal(wrong, 0);
    assert_int_equal(agreed, 26); // docs/verdict.md says so, and what becomes of the others
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_crashes_name_whom_they_prove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
