// SPDX-License-Identifier: MIT
//
// What an input is that is no dump we read. People hand over whatever lies next to the dump:
// the message says what they have and what to do with it.
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "dump/format.h"

struct signature {
    uint16_t offset;
    uint8_t size;
    const char *bytes;
    enum bt_problem_code problem;
    const char *message;
};

#define SIGNATURE(offset, bytes) (offset), sizeof(bytes) - 1, (bytes)

#define UNPACK "unpack it and give the .dmp file inside."

// The first match counts, so longer signatures stand before shorter ones.
static const struct signature signatures[] = {
    {SIGNATURE(0, "USERDU"), BT_PROBLEM_UNSUPPORTED,
     "This is a dump of a program in the old format of Dr. Watson (user.dmp of Windows NT and "
     "2000), which is not read."},
    {SIGNATURE(0, "HIBR"), BT_PROBLEM_UNSUPPORTED,
     "This is a hibernation file: it holds the memory of a machine that went to sleep, and no "
     "crash. Look for MEMORY.DMP or the Minidump folder instead."},
    {SIGNATURE(0, "hibr"), BT_PROBLEM_UNSUPPORTED,
     "This is a hibernation file: it holds the memory of a machine that went to sleep, and no "
     "crash. Look for MEMORY.DMP or the Minidump folder instead."},
    {SIGNATURE(0, "RSTR"), BT_PROBLEM_UNSUPPORTED,
     "This is a hibernation file (being resumed), and holds no crash."},
    {SIGNATURE(0, "rstr"), BT_PROBLEM_UNSUPPORTED,
     "This is a hibernation file (being resumed), and holds no crash."},
    {SIGNATURE(0, "WAKE"), BT_PROBLEM_UNSUPPORTED,
     "This is a hibernation file (already resumed), and holds no crash."},
    {SIGNATURE(0, "wake"), BT_PROBLEM_UNSUPPORTED,
     "This is a hibernation file (already resumed), and holds no crash."},

    {SIGNATURE(0, "PK\x03\x04"), BT_PROBLEM_UNSUPPORTED, "This is a ZIP archive: " UNPACK},
    {SIGNATURE(0, "\x1f\x8b"), BT_PROBLEM_UNSUPPORTED,
     "This is gzip data inside gzip data: unpack it once more."},
    {SIGNATURE(0, "MSCF"), BT_PROBLEM_UNSUPPORTED, "This is a cabinet file: " UNPACK},
    {SIGNATURE(0, "7z\xbc\xaf\x27\x1c"), BT_PROBLEM_UNSUPPORTED,
     "This is a 7-Zip archive: " UNPACK},
    {SIGNATURE(0, "\x28\xb5\x2f\xfd"), BT_PROBLEM_UNSUPPORTED,
     "This is Zstandard data: unpack it with zstd -d first."},
    {SIGNATURE(0, "\xfd"
                  "7zXZ\x00"),
     BT_PROBLEM_UNSUPPORTED, "This is XZ data: unpack it with xz -d first."},
    {SIGNATURE(0, "BZh"), BT_PROBLEM_UNSUPPORTED,
     "This is bzip2 data: unpack it with bzip2 -d first."},
    {SIGNATURE(0, "Rar!\x1a\x07"), BT_PROBLEM_UNSUPPORTED, "This is a RAR archive: " UNPACK},
    {SIGNATURE(0x101, "ustar"), BT_PROBLEM_UNSUPPORTED, "This is a tar archive: " UNPACK},

    {SIGNATURE(0, "\xff\xfeV\0e\0r\0s\0i\0o\0n\0=\0"), BT_PROBLEM_NOT_A_DUMP,
     "This is a report of Windows Error Reporting, not a dump: give the .dmp file that it "
     "names."},
    {SIGNATURE(0, "Microsoft C/C++ "), BT_PROBLEM_NOT_A_DUMP,
     "This is a symbol file (PDB), not a dump: give it with --symbols beside a dump."},
    {SIGNATURE(0, "BSJB"), BT_PROBLEM_NOT_A_DUMP,
     "This is a symbol file (portable PDB), not a dump."},
    {SIGNATURE(0, "MZ"), BT_PROBLEM_NOT_A_DUMP,
     "This is a Windows program, library or driver, not a dump: give it with --images beside a "
     "dump."},
    {SIGNATURE(0, "ElfFile\0"), BT_PROBLEM_NOT_A_DUMP,
     "This is a Windows event log: copy the text of its event 1001 to `bugtriage explain`."},
    {SIGNATURE(0, "regf"), BT_PROBLEM_NOT_A_DUMP, "This is a part of a registry, not a dump."},
    {SIGNATURE(0, "\x89PNG"), BT_PROBLEM_NOT_A_DUMP,
     "This is a picture: give the stop code that it shows to `bugtriage explain`."},
    {SIGNATURE(0, "\xff\xd8\xff"), BT_PROBLEM_NOT_A_DUMP,
     "This is a picture: give the stop code that it shows to `bugtriage explain`."},
    {SIGNATURE(0, "KDMV"), BT_PROBLEM_NOT_A_DUMP,
     "This is the disk of a virtual machine: copy the dump out of it first."},
    {SIGNATURE(0, "vhdxfile"), BT_PROBLEM_NOT_A_DUMP,
     "This is the disk of a virtual machine: copy the dump out of it first."},
    {SIGNATURE(0, "QFI\xfb"), BT_PROBLEM_NOT_A_DUMP,
     "This is the disk of a virtual machine: copy the dump out of it first."},
    {SIGNATURE(0, "EMiL"), BT_PROBLEM_UNSUPPORTED,
     "This is raw memory of a Linux machine (LiME), not a Windows dump."},
    {SIGNATURE(0, "KDUMP   "), BT_PROBLEM_UNSUPPORTED,
     "This is a dump of a Linux kernel (kdump), not of Windows."},
    {SIGNATURE(0, "PAGE"), BT_PROBLEM_CORRUPT,
     "This begins like a kernel dump, and its header names no processor: it was never finished "
     "or is damaged."},
};

static bool has_signature(struct bt_span head, const struct signature *s)
{
    return bt_span_has(head, s->offset, s->size) &&
           memcmp(head.data + s->offset, s->bytes, s->size) == 0;
}

static const struct signature *find_signature(struct bt_span head)
{
    for (size_t i = 0; i < BT_COUNT(signatures); i++) {
        if (has_signature(head, &signatures[i]))
            return &signatures[i];
    }
    return NULL;
}

// ---- ELF

static bool describe_elf(struct bt_span head, struct bt_arena *arena, struct bt_crash *crash)
{
    enum { OFFSET_TYPE = 0x10, TYPE_CORE = 4 };
    if (!bt_span_has(head, 0, OFFSET_TYPE + 2) || memcmp(head.data,
                                                         "\x7f"
                                                         "ELF",
                                                         4) != 0)
        return false;
    if (bt_span_u16(head, OFFSET_TYPE) == TYPE_CORE)
        bt_crash_problem(crash, arena, BT_READ_UNREADABLE, BT_PROBLEM_UNSUPPORTED, BT_NO_OFFSET,
                         "This is an ELF core file, as QEMU and VirtualBox write of a virtual "
                         "machine: turn it into a Windows dump with elf2dmp first.");
    else
        bt_crash_problem(crash, arena, BT_READ_UNREADABLE, BT_PROBLEM_NOT_A_DUMP, BT_NO_OFFSET,
                         "This is an ELF program or library, not a dump.");
    return true;
}

// ---- nothing but zeros

// Where a big file is looked at to call it all zero: this many places, evenly spread. The few
// files where that would be wrong are no better off, for their header is gone.
enum { SAMPLES = 64, SAMPLE_SIZE = 4096, WHOLE_LIMIT = 1 << 20 };

static enum bt_status is_zero_at(struct bt_source *source, uint64_t offset, uint64_t size,
                                 bool *ret, struct bt_error *err)
{
    uint8_t bytes[SAMPLE_SIZE];
    *ret = true;
    for (uint64_t done = 0; done < size && *ret;) {
        size_t part = size - done < SAMPLE_SIZE ? (size_t)(size - done) : (size_t)SAMPLE_SIZE;
        BT_TRY(bt_source_read(source, offset + done, bytes, part, err));
        *ret = bt_span_is_zero((struct bt_span){.data = bytes, .size = part});
        done += part;
    }
    return BT_OK;
}

// Files of up to WHOLE_LIMIT bytes are read whole. So is only the start of what would have to
// be unpacked: a small file can claim to be many gigabytes of zeros.
static enum bt_status is_all_zero(struct bt_source *source, bool *ret, uint64_t *ret_size,
                                  struct bt_error *err)
{
    if (bt_source_is_direct(source))
        BT_TRY(bt_source_size(source, ret_size, err));
    else if (bt_source_has(source, 0, WHOLE_LIMIT))
        *ret_size = WHOLE_LIMIT;
    else
        BT_TRY(bt_source_size(source, ret_size, err));
    if (*ret_size <= WHOLE_LIMIT)
        return is_zero_at(source, 0, *ret_size, ret, err);
    *ret = true;
    for (unsigned i = 0; i < SAMPLES && *ret; i++) {
        uint64_t offset = (*ret_size - SAMPLE_SIZE) / (SAMPLES - 1) * i;
        BT_TRY(is_zero_at(source, offset, SAMPLE_SIZE, ret, err));
    }
    return BT_OK;
}

static enum bt_status describe_zeros(struct bt_source *source, struct bt_arena *arena,
                                     struct bt_crash *crash, struct bt_error *err)
{
    bool all = false;
    uint64_t size = 0;
    BT_TRY(is_all_zero(source, &all, &size, err));
    if (all)
        bt_crash_problem(crash, arena, BT_READ_UNREADABLE, BT_PROBLEM_ALL_ZERO, 0,
                         "The file holds nothing but zeros: it was made, and its data never "
                         "reached the disk. The crash cannot be told from it.");
    else
        bt_crash_problem(crash, arena, BT_READ_UNREADABLE, BT_PROBLEM_CORRUPT, 0,
                         "The file begins with zeros where the header of a dump should be: the "
                         "header never reached the disk.");
    return BT_OK;
}

// ---- text

// Whether the start reads as text: UTF-16 with a mark, or bytes without control characters most
// of which are ASCII.
static bool looks_like_text(struct bt_span head)
{
    enum { ENOUGH = 512, MOST_OTHERS = 4 };
    size_t size = head.size < ENOUGH ? head.size : (size_t)ENOUGH;
    if (size >= 2 && head.data[0] == 0xff && head.data[1] == 0xfe)
        return true;
    size_t others = 0;
    for (size_t i = 0; i < size; i++) {
        uint8_t c = head.data[i];
        if ((c < 0x20 && !bt_is_space((char)c) && c != '\f') || c == 0x7f)
            return false;
        others += c >= 0x80;
    }
    return size != 0 && others <= size / MOST_OTHERS;
}

static void describe_unknown(struct bt_span head, struct bt_arena *arena,
                             struct bt_crash *crash)
{
    unsigned start[4] = {0};
    for (size_t i = 0; i < BT_COUNT(start) && i < head.size; i++)
        start[i] = head.data[i];
    bt_crash_problem(crash, arena, BT_READ_UNREADABLE, BT_PROBLEM_NOT_A_DUMP, 0,
                     "This is no crash dump, and nothing else that is known: it begins with "
                     "%02x %02x %02x %02x.",
                     start[0], start[1], start[2], start[3]);
}

enum bt_status bt_dump_describe_foreign(struct bt_source *source, struct bt_span head,
                                        struct bt_arena *arena, struct bt_crash *crash,
                                        struct bt_error *err)
{
    const struct signature *signature = find_signature(head);
    const bool text = looks_like_text(head);
    if (head.size == 0) {
        bt_crash_problem(crash, arena, BT_READ_UNREADABLE, BT_PROBLEM_EMPTY, 0,
                         "The file is empty: the machine could not write the dump.");
        return BT_OK;
    }
    if (bt_span_is_zero(head))
        return describe_zeros(source, arena, crash, err);
    if (describe_elf(head, arena, crash))
        return BT_OK;
    // Words that a text may well begin with ("PAGE", "wake") are no signature then.
    if (signature != NULL && !(text && signature->size <= 4)) {
        bt_crash_problem(crash, arena, BT_READ_UNREADABLE, signature->problem, BT_NO_OFFSET,
                         "%s", signature->message);
        return BT_OK;
    }
    if (text)
        bt_crash_problem(crash, arena, BT_READ_UNREADABLE, BT_PROBLEM_NOT_A_DUMP, BT_NO_OFFSET,
                         "This is text, not a dump. If it is the text of a blue screen or of "
                         "an event, give it to `bugtriage explain`.");
    else
        describe_unknown(head, arena, crash);
    return BT_OK;
}
