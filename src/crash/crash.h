// SPDX-License-Identifier: MIT
//
// The neutral facts of one crash, whatever file they came from. Data only: readers fill it,
// rules, verdict and report read it. Everything may be missing: a NULL text, an optional that
// is not known, an empty list. Texts are valid UTF-8 and live, like all lists, in the dump's
// arena.
#ifndef BT_CRASH_CRASH_H
#define BT_CRASH_CRASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/attributes.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/optional.h"
#include "base/version_number.h"

enum bt_format {
    BT_FORMAT_NONE,
    BT_FORMAT_KERNEL_TRIAGE,
    BT_FORMAT_KERNEL_FULL,
    BT_FORMAT_KERNEL_SUMMARY,
    BT_FORMAT_KERNEL_BITMAP,
    BT_FORMAT_KERNEL_RANGES,
    BT_FORMAT_KERNEL_HEADER, // a kernel dump header without a body that is understood
    BT_FORMAT_USER_MINIDUMP,
};

enum bt_arch {
    BT_ARCH_UNKNOWN,
    BT_ARCH_X86,
    BT_ARCH_X64,
    BT_ARCH_ARM,
    BT_ARCH_ARM64,
    BT_ARCH_IA64,
    BT_ARCH_ALPHA,
    BT_ARCH_ALPHA64,
    BT_ARCH_MIPS,
    BT_ARCH_PPC,
};

// The operating system whose crash this is: user minidumps come from elsewhere too.
enum bt_platform {
    BT_PLATFORM_UNKNOWN,
    BT_PLATFORM_WINDOWS,
    BT_PLATFORM_LINUX,
    BT_PLATFORM_ANDROID,
    BT_PLATFORM_MACOS,
    BT_PLATFORM_IOS,
};

// VER_NT_* of ProductType.
enum bt_product_type {
    BT_PRODUCT_UNKNOWN = 0,
    BT_PRODUCT_WORKSTATION = 1,
    BT_PRODUCT_DOMAIN_CONTROLLER = 2,
    BT_PRODUCT_SERVER = 3,
};

// What kind of problem made an input unreadable, or cut it short.
enum bt_problem_code {
    BT_PROBLEM_NONE,
    BT_PROBLEM_EMPTY,
    BT_PROBLEM_ALL_ZERO,
    BT_PROBLEM_NOT_A_DUMP,
    BT_PROBLEM_TRUNCATED,
    BT_PROBLEM_CORRUPT,
    BT_PROBLEM_UNSUPPORTED,
    BT_PROBLEM_ENCRYPTED,
    BT_PROBLEM_LIMIT,
    BT_PROBLEM_IO,
};

enum bt_read_status {
    BT_READ_OK,         // everything the format promises was there
    BT_READ_PARTIAL,    // something is missing: see problem and notes
    BT_READ_UNREADABLE, // nothing but the problem is known
    BT_READ_TIMEOUT,    // the reader was stopped (many-dumps runs)
    BT_READ_CRASHED,    // the reader itself failed (many-dumps runs)
};

struct bt_problem {
    enum bt_problem_code code;
    const char *message; // one sentence for people: what, where, what to do
    uint64_t offset;     // BT_NO_OFFSET where no place in the file is meant
};

struct bt_note {
    const char *code; // a stable word, lower case with dashes: "driver-list-cut"
    const char *message;
    uint64_t offset;
};

// Soft problems. More than BT_LIMIT_NOTES are counted, not kept.
struct bt_notes {
    struct bt_note items[BT_LIMIT_NOTES];
    size_t count;
    size_t dropped;
};

struct bt_module {
    const char *name; // base name, as the dump writes it
    bool nameless;    // it could not be read: `name` is made of the base
    const char *path; // as the dump writes it; NULL where only the name is known
    bt_va base;
    uint64_t size;                // bytes; 0 unknown
    struct bt_opt32 timestamp;    // PE TimeDateStamp: a time or a build hash
    struct bt_opt32 checksum;     // PE CheckSum
    struct bt_opt64 file_version; // bt_file_version of the version resource
    struct bt_opt64 product_version;
    struct bt_opt32 file_size; // bytes on disk, where a source knows it
    const char *company;       // version resource, else knowledge
    const char *description;
    const char *pdb_name;
    uint8_t pdb_guid[16]; // as stored (little-endian GUID), all zero: unknown
    uint32_t pdb_age;
    struct bt_opt32 pdb_stamp; // of an NB10 record, which has it in place of a GUID
    const char *build_id;      // hexadecimal; ELF and Mach-O images
};

struct bt_unloaded_module {
    const char *name; // Windows keeps 12 characters
    bt_va base;
    bt_va end; // one past the last byte; 0 unknown
    struct bt_opt64 time;
    struct bt_opt32 timestamp;
};

struct bt_stop {
    bool present;  // false: no stop (a user-mode crash)
    uint32_t raw;  // as the dump holds it: 0x1000007e
    uint32_t code; // base code: 0x0000007e
    uint64_t parameters[4];
    unsigned parameter_bits; // 32 or 64: how wide a parameter is in this dump
    // How many of the four are known: 4 from any dump whose header was finished; `explain` may
    // know fewer.
    unsigned parameter_count;
};

enum { BT_EXCEPTION_PARAMETERS = 15 };

struct bt_exception {
    bool present;
    bool code_unknown; // a report in words did not tell it; `code` is 0
    uint32_t code;
    uint32_t flags;
    bt_va address;
    unsigned parameter_count;
    uint64_t parameters[BT_EXCEPTION_PARAMETERS];
};

// Where a frame's address came from, best first.
enum bt_trust {
    BT_TRUST_CONTEXT,       // the instruction pointer of a saved context
    BT_TRUST_CFI,           // unwind tables
    BT_TRUST_FRAME_POINTER, // chain of frame pointers
    BT_TRUST_SCAN,          // a value on the stack that looks like a return address
};

// How the name of a frame's function is known, which is how far it may be trusted.
enum bt_name_origin {
    BT_NAME_NONE,           // there is no name
    BT_NAME_FUNCTION,       // debug information says that the function covers the address
    BT_NAME_PUBLIC,         // the nearest name of a symbol table
    BT_NAME_EXPORT,         // an export, which is the function by the unwind tables
    BT_NAME_NEAREST_EXPORT, // the nearest export: perhaps a neighbour that has no name
};

struct bt_frame {
    bt_va address;
    bt_va stack_pointer;                       // where the frame was found; 0 unknown
    const struct bt_module *module;            // NULL: in no loaded module
    const struct bt_unloaded_module *unloaded; // set where only an unloaded range holds it
    const char *function;                      // NULL: no symbol
    uint64_t function_offset;                  // bytes from the start of `function`
    enum bt_name_origin origin;                // of `function`
    const char *file;                          // source file, from symbols
    uint32_t line;                             // 0 unknown
    bool inlined;     // an inlined call inside the physical frame below it
    bool interrupted; // an interrupt or fault stopped it here: no call
    bool other_stack; // lies on another stack than the frame that it leads to: DPC, interrupt
    enum bt_trust trust;
};

struct bt_system {
    enum bt_platform platform;
    enum bt_arch arch;
    struct bt_opt32 major, minor; // NT version: 6.0
    struct bt_opt32 build;        // as the dump says: 19041 stands for 19042-19045 too
    struct bt_opt32 revision;     // update build revision, where text tells it
    struct bt_opt32 service_pack; // 0 is a known "none"
    enum bt_product_type product_type;
    struct bt_opt32 suite_mask; // VER_SUITE_*
    struct bt_opt32 processors;
    const char *processor_name;   // "AMD Ryzen 9 6900HX ..."
    const char *processor_vendor; // "GenuineIntel"
    struct bt_opt32 processor_mhz;
    const char *build_lab;    // NtBuildLab or the build string of a minidump
    const char *name;         // product, from knowledge: "Windows Server 2008"
    const char *version;      // as shown: "10.0.19041"
    const char *distribution; // "Ubuntu 14.04.5 LTS"; Linux only
    const char *time_zone;    // "W. Europe Standard Time"
    bool has_utc_offset;      // `utc_offset` is known
    int utc_offset;           // minutes that local time was ahead of UTC
    bool pae;
    bool checked_build;
};

struct bt_process {
    const char *name; // kernel dumps hold 15 characters
    struct bt_opt64 pid;
    struct bt_opt64 thread_id;
    bt_va process_object; // EPROCESS; 0 unknown
    bt_va thread_object;  // ETHREAD; 0 unknown
    const char *command_line;
    struct bt_opt64 created;        // bt_filetime
    struct bt_opt64 uptime;         // units of 100 ns: from its start to the crash
    struct bt_opt64 user_time;      // units of 100 ns
    struct bt_opt64 kernel_time;    // units of 100 ns
    struct bt_opt64 committed;      // bytes of private memory
    struct bt_opt64 committed_peak; // bytes
    struct bt_opt32 handle_count;
    struct bt_opt32 integrity; // SECURITY_MANDATORY_*_RID: 0x2000 is medium
};

// What the dump holds of the crashing processor's stack.
struct bt_stack_memory {
    bt_va start;       // lowest address present
    bt_va end;         // one past the last
    bt_va limit, base; // the thread's own stack, where known (limit < base)
};

// One thread of a user minidump.
struct bt_thread {
    uint32_t id;
    const char *name;    // NULL: it has none, or the writer did not look
    bt_va teb;           // 0 unknown
    bt_va ip, sp;        // of its saved context; 0 unknown
    bt_va start_address; // 0 unknown
    struct bt_stack_memory stack;
    struct bt_opt32 suspend_count;
    struct bt_opt64 created;                // bt_filetime
    struct bt_opt64 user_time, kernel_time; // units of 100 ns
    bool wrote_dump;         // the thread that wrote the dump: its stack is the writer's
    struct bt_frame *frames; // innermost first; NULL: not asked for, or nothing is known
    size_t frame_count;
};

// What may be done with a range of the target's memory, and what it is. Bits.
enum bt_range_flags {
    BT_RANGE_READ = 1,
    BT_RANGE_WRITE = 2,
    BT_RANGE_EXECUTE = 4,
    BT_RANGE_GUARD = 8,     // the guard page of a stack
    BT_RANGE_FREE = 16,     // nothing is there
    BT_RANGE_RESERVED = 32, // addresses only, no memory
    BT_RANGE_IMAGE = 64,
    BT_RANGE_MAPPED = 128, // of a file or shared
};

// One entry of the map of an address space, whether or not the dump holds its bytes.
struct bt_range {
    bt_va base;
    uint64_t size;
    uint32_t flags;   // bt_range_flags
    const char *name; // "/usr/lib/libc.so.6", "[stack]"; NULL mostly
};

// A fact that the program or the writer of the dump attached.
struct bt_annotation {
    const char *source; // who says so: "crashpad", "lsb-release", "mac-crash-info" ...
    const char *module; // the module that attached it; NULL: the process
    const char *key;    // NULL: the value stands for itself
    const char *value;
};

struct bt_handle {
    uint64_t value;
    const char *type; // "Event"; NULL unknown
    const char *name; // of the object; never NULL
};

// An assertion, an invalid parameter or a pure virtual call, as the C library reported it.
struct bt_assertion {
    const char *kind; // "invalid parameter", "pure virtual call", "assertion"; NULL: none
    const char *expression, *function, *file; // NULL where empty
    uint32_t line;                            // 0 unknown
};

// Where the faulting instruction lies, as a report in words tells it: without addresses.
struct bt_reported_fault {
    const struct bt_module *module; // of bt_crash.modules; NULL: not told
    struct bt_opt64 offset;         // in it
};

// The memory of the whole machine.
struct bt_memory_use {
    struct bt_opt64 physical, available;     // bytes
    struct bt_opt64 committed, commit_limit; // bytes
};

// An update that a list says is installed.
struct bt_update {
    uint32_t number; // 2792165 of KB2792165
    uint32_t line;   // of the list, from 1
};

// What files beside the dump say of the machine, or of the crash. None of it is in the dump.
struct bt_machine {
    const char *name;           // of the host, by the list
    const char *updates_source; // name of the list's file; NULL: there is none
    struct bt_update *updates;  // by number, each once
    size_t update_count;
    const char *event_source;    // name of a file with the event of this crash; NULL
    uint32_t event_line;         // of that file, from 1
    const char *event_report_id; // "022113-23456-01", NULL
    const char *event_dump;      // where the event says that the dump was saved, NULL
};

struct bt_crash {
    enum bt_format format;
    enum bt_read_status status;
    struct bt_problem problem;
    struct bt_notes notes;

    bool live;              // a live dump: the machine, or the program, did not fail
    bool generated_by_tool; // an acquisition tool wrote it: there was no crash
    struct bt_opt64 time;   // bt_filetime
    struct bt_opt64 uptime; // units of 100 ns

    struct bt_stop stop;
    struct bt_exception exception; // of a user minidump, or the inner one of a stop
    struct bt_system system;
    struct bt_process process;
    struct bt_opt32 processor; // index of the crashing processor
    struct bt_stack_memory stack;

    struct bt_module *modules; // in the order of the dump; the kernel is first in kernel dumps
    size_t module_count;
    struct bt_unloaded_module *unloaded; // newest first
    size_t unloaded_count;
    // Some modules or their names could not be read: one that is not listed may have been
    // loaded.
    bool modules_partial;
    // The modules are those that a report in words names: there were others, and nothing is
    // known of where they lay.
    bool modules_reported;
    struct bt_reported_fault reported_fault;
    const char *broken_driver; // the kernel's own word for the culprit; mostly absent

    struct bt_frame *frames; // the crashing stack, innermost first
    size_t frame_count;

    const char *comment; // text that the writer of the dump left
    struct bt_machine machine;

    // User minidumps.
    struct bt_thread *threads; // in the order of the dump
    size_t thread_count;
    struct bt_opt32 crashing_thread; // index in threads: where the exception or request was
    bool threads_walked;             // all stacks were asked for
    struct bt_range *ranges;         // by address, disjoint
    size_t range_count;
    struct bt_annotation *annotations;
    size_t annotation_count;
    struct bt_handle *handles; // those with a name
    size_t named_handle_count;
    struct bt_assertion assertion;
    struct bt_memory_use memory_use;
    struct bt_opt64 minidump_flags; // MINIDUMP_TYPE bits of the header
};

const char *bt_format_name(enum bt_format format); // "kernel-triage"; NULL for BT_FORMAT_NONE
const char *bt_arch_name(enum bt_arch arch);       // "x64"; NULL for unknown
const char *bt_platform_name(enum bt_platform platform);
const char *bt_product_type_name(enum bt_product_type type); // "domain controller"
const char *bt_problem_name(enum bt_problem_code code);
// The problem that a failed read is; BT_PROBLEM_CORRUPT where the status says no more.
enum bt_problem_code bt_problem_of(enum bt_status status);
// "read", "write", "execute" of the first parameter of an access violation of Windows; NULL for
// other values.
const char *bt_access_name(uint64_t access);
// Whether what a program attached under this key is the name of its machine; NULL is no key.
bool bt_is_host_key(const char *key);
const char *bt_read_status_name(enum bt_read_status status);
const char *bt_integrity_name(struct bt_opt32 level); // "medium"; NULL: unknown
const char *bt_trust_name(enum bt_trust trust);
const char *bt_name_origin_name(enum bt_name_origin origin); // "export"; NULL for BT_NAME_NONE
bool bt_arch_find(const char *name, enum bt_arch *ret);      // also "amd64", "ia-64", "i386"
bool bt_arch_is64(enum bt_arch arch);

// The architecture of an IMAGE_FILE_MACHINE_* value.
enum bt_arch bt_arch_from_machine(uint32_t machine);

// Removes the flag of the small-dump variants: 0x1000007e -> 0x7e.
uint32_t bt_stop_base_code(uint32_t raw);

// Adds a note. Never fails: what does not fit is counted. `code` must be a literal; the message
// is copied into `arena`.
struct bt_arena;
void bt_note(struct bt_crash *crash, struct bt_arena *arena, const char *code, uint64_t offset,
             const char *format, ...) BT_PRINTF(5, 6);

// Records why the input is not (wholly) readable. The first problem stays.
void bt_crash_problem(struct bt_crash *crash, struct bt_arena *arena,
                      enum bt_read_status status, enum bt_problem_code code, uint64_t offset,
                      const char *format, ...) BT_PRINTF(6, 7);

// The module whose image holds an address, or NULL. `crash->modules` may be unsorted; later
// callers pay nothing extra for a few hundred modules.
const struct bt_module *bt_module_at(const struct bt_crash *crash, bt_va address);
// Whether the list of modules is whole: what is not in it was not loaded.
bool bt_modules_are_whole(const struct bt_crash *crash);
// Whether an address surely lay in no loaded module: the list is whole, every module of it has
// its size, and none holds the address.
bool bt_is_outside_modules(const struct bt_crash *crash, bt_va address);
// The thread that a user minidump is about, or NULL.
const struct bt_thread *bt_crashing_thread(const struct bt_crash *crash);
// The instruction that an exception is about: mostly its address, but signals and Mach
// exceptions give that of the data instead, and simulated ones none. 0 unknown.
bt_va bt_exception_instruction(const struct bt_crash *crash);
// The newest unloaded module whose range held an address, or NULL.
const struct bt_unloaded_module *bt_unloaded_at(const struct bt_crash *crash, bt_va address);
// The range of the address space map that holds an address, or NULL.
const struct bt_range *bt_range_at(const struct bt_crash *crash, bt_va address);
// A module by base name, ASCII case ignored, or NULL.
const struct bt_module *bt_module_named(const struct bt_crash *crash, const char *name);

#endif
