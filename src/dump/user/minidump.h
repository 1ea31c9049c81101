// SPDX-License-Identifier: MIT
//
// Internals of the user minidump reader (MDMP). One reader function per kind of stream; each
// takes the bytes of its stream and fills the neutral crash. The layouts are those of the
// Windows SDK's dbghelp structures (packed to 4 bytes), of Breakpad's minidump_format.h and of
// Crashpad's minidump_extensions.h; every .c file has the offsets it uses.
//
// A reader returns BT_OK where it found something, BT_ABSENT where the stream holds nothing to
// use, and a failure where it is damaged: the driver makes that a note and goes on.
#ifndef BT_DUMP_USER_MINIDUMP_H
#define BT_DUMP_USER_MINIDUMP_H

#include "dump/dump.h"
#include "memory/regions.h"

// What a module without a name is called, so that it is seen.
#define BT_MD_UNNAMED "unnamed_module"

struct bt_md_thread_key {
    uint32_t id;
    uint32_t index; // in crash->threads
};

struct bt_minidump {
    struct bt_source *source;
    struct bt_arena *arena;
    struct bt_crash *crash;
    struct bt_dump *dump;
    struct bt_span front; // the first bytes of the file, read at once
    struct bt_regions *regions;
    struct bt_registers exception_context;
    bool has_exception_context;
    struct bt_opt32 requesting_thread;    // id; from Breakpad
    struct bt_opt32 writing_thread;       // id; from Breakpad
    struct bt_md_thread_key *thread_keys; // by id; NULL without threads
    uint64_t cut_ranges;                  // memory ranges that are not wholly in the file
    uint64_t memory_records;              // of all memory lists so far
    uint32_t stream_type;                 // of the stream that is being read
};

// A MINIDUMP_LOCATION_DESCRIPTOR: u32 DataSize, u32 Rva.
struct bt_md_location {
    uint64_t size;
    uint64_t offset;
};

enum { BT_MD_LOCATION_SIZE = 8 };

// An array of records inside a stream: what of it is there.
struct bt_md_list {
    struct bt_span items;
    size_t count;      // whole records in `items`
    uint64_t promised; // what the stream's own count says
};

struct bt_md_location bt_md_location(struct bt_span record, size_t at);

// The bytes of [offset, offset + size) that are in the file; *ret may be shorter.
// BT_E_TRUNCATED where not even the first is there.
enum bt_status bt_md_view(struct bt_minidump *md, uint64_t offset, uint64_t size,
                          struct bt_span *ret, struct bt_error *err) BT_MUST_USE;

// A MINIDUMP_STRING (u32 bytes, UTF-16LE) at `offset`, at most BT_LIMIT_NAME units of it.
// BT_ABSENT for offset 0 and for an empty text.
enum bt_status bt_md_string(struct bt_minidump *md, uint64_t offset, const char **ret,
                            struct bt_error *err) BT_MUST_USE;
// As above for Crashpad's MinidumpUTF8String and MinidumpByteArray (u32 bytes, UTF-8); at most
// BT_LIMIT_TEXT bytes. An empty text is a text.
enum bt_status bt_md_utf8(struct bt_minidump *md, uint64_t offset, const char **ret,
                          struct bt_error *err) BT_MUST_USE;

// The array of a stream that is a u32 count and `stride`-sized records. Some writers align the
// array to 8 bytes: those 4 bytes of padding are skipped. Records that the stream does not
// hold, and those past `limit`, are left out, with a note that names `what`.
enum bt_status bt_md_counted_list(struct bt_minidump *md, struct bt_span stream, size_t stride,
                                  uint64_t limit, const char *what, struct bt_md_list *ret,
                                  struct bt_error *err) BT_MUST_USE;
// The same for streams that carry the sizes of their header and records, so that both can grow:
// `header` and `stride` are what the stream says, `least` the bytes of a record that are
// needed.
enum bt_status bt_md_sized_list(struct bt_minidump *md, struct bt_span stream, uint64_t header,
                                uint64_t stride, uint64_t least, uint64_t count, uint64_t limit,
                                const char *what, struct bt_md_list *ret,
                                struct bt_error *err) BT_MUST_USE;
// The record at an index of a list.
struct bt_span bt_md_item(const struct bt_md_list *list, size_t index);

// Notes that a part of the file is missing, and makes the status partial.
void bt_md_missing(struct bt_minidump *md, enum bt_problem_code problem, const char *code,
                   uint64_t offset, const char *format, ...) BT_PRINTF(5, 6);

// An address as the target knows it: 32-bit ones are stored sign-extended by some writers.
bt_va bt_md_address(const struct bt_minidump *md, uint64_t stored);

// Adds an annotation; past BT_LIMIT_ANNOTATIONS it is dropped with a note. `source` is a
// literal, the texts are in the arena.
enum bt_status bt_md_annotate(struct bt_minidump *md, struct bt_annotation annotation,
                              struct bt_error *err) BT_MUST_USE;

// Adds [va, va + size), whose bytes are at `offset`, to the memory of the dump: as much of it
// as is in the file. Ranges that are cut are counted in md->cut_ranges.
enum bt_status bt_md_add_memory(struct bt_minidump *md, bt_va va, uint64_t size,
                                uint64_t offset, struct bt_error *err) BT_MUST_USE;

// Decodes the context at a location: those of Windows and the two that only Breakpad writes.
// BT_ABSENT where there is none, or none that is understood.
enum bt_status bt_md_context(struct bt_minidump *md, struct bt_md_location at,
                             struct bt_registers *ret, struct bt_error *err) BT_MUST_USE;

// The identity of a module's symbols, from its CodeView record.
enum bt_status bt_md_codeview(struct bt_minidump *md, struct bt_md_location at,
                              struct bt_module *module, struct bt_error *err) BT_MUST_USE;

// Puts crash->ranges in order and drops what overlaps or wraps.
void bt_md_sort_ranges(struct bt_crash *crash);

// One per kind of stream.
typedef enum bt_status bt_md_reader(struct bt_minidump *md, struct bt_span stream,
                                    struct bt_error *err);

bt_md_reader bt_md_system_info;
bt_md_reader bt_md_memory_list, bt_md_memory64_list, bt_md_memory_info;
bt_md_reader bt_md_modules, bt_md_unloaded_modules;
bt_md_reader bt_md_threads, bt_md_threads_ex, bt_md_thread_names, bt_md_thread_info;
bt_md_reader bt_md_exception;
bt_md_reader bt_md_misc_info, bt_md_system_memory, bt_md_process_memory;
bt_md_reader bt_md_handles, bt_md_comment_bytes, bt_md_comment_wide;
bt_md_reader bt_md_breakpad_info, bt_md_assertion;
bt_md_reader bt_md_linux_cpuinfo, bt_md_linux_status, bt_md_linux_release;
bt_md_reader bt_md_linux_command_line, bt_md_linux_maps, bt_md_soft_errors;
bt_md_reader bt_md_crashpad;
// A stream that a program defined itself, of md->stream_type: kept where it is text.
bt_md_reader bt_md_user_text;
bt_md_reader bt_md_mac_crash_info, bt_md_mac_boot_args;

// Joins what several streams say once all are read: the crashing thread, its registers and its
// stack.
void bt_md_settle_threads(struct bt_minidump *md);
// After that: gives the threads of a 32-bit program that a 64-bit tool dumped the program's own
// registers and stack, and notes where they are missing.
void bt_md_settle_emulation(struct bt_minidump *md);

#endif
