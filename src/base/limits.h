// SPDX-License-Identifier: MIT
//
// Every limit that input can run into, in one place and with its reason. A limit never discards
// what was read before it: the list is cut and a note says so.
#ifndef BT_BASE_LIMITS_H
#define BT_BASE_LIMITS_H

#include <stdint.h>

// Memory of one dump: everything read from it lives in one arena. Real triage dumps need about
// 1 MiB; the largest module lists met (1,100 modules) stay under 4 MiB.
#define BT_LIMIT_ARENA (UINT64_C(48) << 20)

// Files inside one archive.
#define BT_LIMIT_ARCHIVE_MEMBERS 100000u

// Bytes of the results of one archive: they may have to wait for an earlier input.
#define BT_LIMIT_ARCHIVE_ANSWER (UINT64_C(256) << 20)

// Readers of one archive that go on behind a file at which another has failed. Each passes over
// what was read before it.
#define BT_LIMIT_ARCHIVE_READERS 64u

// Archives in archives, packed files in them counted. Support portals pack once more what a
// user has packed, and a tool has packed before; a nest without end is an attack.
#define BT_LIMIT_ARCHIVE_DEPTH 4u

// Bytes that are unpacked of an archive to see whether lists and logs in it tell of its dumps,
// before the dumps are looked at: a second or so.
#define BT_LIMIT_ARCHIVE_AHEAD (UINT64_C(512) << 20)

// Modules in a list. Windows itself stops far below; the largest real list met has 1,042.
#define BT_LIMIT_MODULES  4096u
#define BT_LIMIT_UNLOADED 1024u
#define BT_LIMIT_THREADS  16384u

// Processors of one machine: Windows itself goes up to 2,048.
#define BT_LIMIT_PROCESSORS 2048u

// Streams of a user minidump. Real ones have up to 64; the rest of a long directory is padding.
#define BT_LIMIT_STREAMS 4096u

// Bytes read of one stream of a user minidump. The largest lists met are maps of an address
// space and tables of handles, both below 4 MiB.
#define BT_LIMIT_STREAM (UINT64_C(16) << 20)

// Annotations, and named handles, kept for one dump.
#define BT_LIMIT_ANNOTATIONS 2048u
#define BT_LIMIT_HANDLES     4096u

// Bytes of one text that a program attached to its dump.
#define BT_LIMIT_TEXT (UINT64_C(64) << 10)

// Characters of one name or path taken from a dump (UTF-16 units before conversion).
#define BT_LIMIT_NAME 1024u

// Regions of a stitched address space: one real user minidump has 62,148 memory ranges.
#define BT_LIMIT_REGIONS 262144u

// Runs of physical pages, 24 bytes each: half the arena. Windows writes a few dozen; ranges of
// a partial dump are the only way to many.
#define BT_LIMIT_RUNS (1u << 19)

// Bytes of a bitmap of physical pages: a machine of 16 TiB. It is read once, never held.
#define BT_LIMIT_BITMAP (UINT64_C(512) << 20)

// Records of secondary data after a triage dump, and values inside one of them.
#define BT_LIMIT_SECONDARY 4096u

// Parts of a PE image. Windows refuses more than 96 sections and headers beyond the first page
// or two; the largest export tables met have 30,000 names, version resources stay below 4 KiB.
#define BT_LIMIT_IMAGE_HEADERS    (1u << 20)
#define BT_LIMIT_SECTIONS         96u
#define BT_LIMIT_EXPORTS          65536u
#define BT_LIMIT_DEBUG_ENTRIES    64u
#define BT_LIMIT_RESOURCE_ENTRIES 1024u
#define BT_LIMIT_VERSION_RESOURCE (64u << 10)

// Steps along a linked list in target memory before it counts as a loop.
#define BT_LIMIT_LIST 8192u

// Entries of chained unwind information, and unwind codes of one ARM64 function.
#define BT_LIMIT_UNWIND_CHAIN 32u
#define BT_LIMIT_UNWIND_CODES 1024u

// Frames of one stack, and threads of a process whose stacks are walked when all are asked for:
// their frames fit into a dump's memory.
#define BT_LIMIT_FRAMES         128u
#define BT_LIMIT_WALKED_THREADS 1024u

// Kernel stacks that one walk may go over to: double fault, interrupt, DPC, thread.
#define BT_LIMIT_STACK_SWITCHES 4u

// One symbol file: what is read of it lives in the arena of its module. A PDB's list of streams
// grows with the file (4 bytes for each block), its largest parts are the records of one source
// file and the list of where each source file's code went.
#define BT_LIMIT_SYMBOL_ARENA   (UINT64_C(512) << 20)
#define BT_LIMIT_MSF_DIRECTORY  (UINT64_C(64) << 20)
#define BT_LIMIT_SYMBOL_PART    (UINT64_C(256) << 20)
#define BT_LIMIT_SYMBOL_RECORDS 4000000u

// Frame tables of one image (.eh_frame): a browser's library has 30 MiB.
#define BT_LIMIT_FRAME_TABLES (UINT64_C(64) << 20)

// Symbol files kept open at once, what is remembered of those that did not fit, names in one
// folder of a symbol store, and places to look in.
#define BT_LIMIT_SYMBOL_TABLES   32u
#define BT_LIMIT_SYMBOL_PROBLEMS 8u
#define BT_LIMIT_FOLDER_NAMES    262144u
#define BT_LIMIT_SYMBOL_PATHS    64u

// Calls inlined into each other at one address, and characters of a decorated name.
#define BT_LIMIT_INLINES     64u
#define BT_LIMIT_SYMBOL_NAME 4096u

// Updates in a list of those installed: the longest met has 700. Files beside one dump that
// tell of its machine, bytes of one of them (exported event logs are the largest), and crashes
// that one of them tells of.
#define BT_LIMIT_UPDATES     4096u
#define BT_LIMIT_SIDE_FILES  32u
#define BT_LIMIT_SIDE_FILE   (UINT64_C(8) << 20)
#define BT_LIMIT_SIDE_EVENTS 1024u

// Warnings kept for one dump; more are counted.
#define BT_LIMIT_NOTES 64u

// Bytes of decompressed input held in memory before the spool moves to a temporary file, and
// the most a compressed input may grow to.
#define BT_LIMIT_SPOOL_MEMORY (UINT64_C(8) << 20)
#define BT_LIMIT_SPOOL        (UINT64_C(64) << 30)

// Bytes that temporary files leave free where they lie.
#define BT_LIMIT_SPOOL_RESERVE (UINT64_C(256) << 20)

// One knowledge image, and its parts.
#define BT_LIMIT_KB_IMAGE    (UINT64_C(1) << 30)
#define BT_LIMIT_KB_ARTICLES 1000000u

// Rows of one list of knowledge (values of a stop code, files of a fix). The longest real one
// has 250.
#define BT_LIMIT_KB_LIST 4096u

// Rows of one list of an article: clauses, conditions, systems, samples, files. The longest
// real one has 60. All of an article is looked at for every dump with its stop code.
#define BT_LIMIT_KB_ARTICLE_LIST 256u

// One source file of knowledge, its nesting, and one expression.
#define BT_LIMIT_SOURCE_FILE      (UINT64_C(4) << 20)
#define BT_LIMIT_YAML_NODES       200000u
#define BT_LIMIT_YAML_DEPTH       16u
#define BT_LIMIT_EXPRESSION_NODES 256u
#define BT_LIMIT_EXPRESSION_DEPTH 32u

// Articles on one stop code that are all looked at and explained. Where one knowledge base has
// more, those that need a driver which was not loaded are counted and not explained.
#define BT_LIMIT_EXPLAINED 128u

// Articles matched against one dump. The code that most articles name (0xA) has 250.
#define BT_LIMIT_MATCHES 4096u

// Diagnostics printed by one `kb check`.
#define BT_LIMIT_DIAGNOSTICS 64u

// Entries of one directory of dumps, levels below the directory that was named, and bytes of
// one path. A share with a million dumps in one directory has been seen.
#define BT_LIMIT_DIRECTORY       (4u << 20)
#define BT_LIMIT_DIRECTORY_DEPTH 64u
#define BT_LIMIT_PATH            (64u << 10)

// Paths that a run of before has recorded.
#define BT_LIMIT_RESUME (UINT64_C(4) << 30)

// Adding up many records: memory for different problems, machines and articles; pairs of
// machine and problem that are told apart (16 bytes each); problems that are shown with an
// example, and the longest text of one; lines in the table of a report, which a browser must
// hold.
#define BT_LIMIT_TALLY          (UINT64_C(1) << 30)
#define BT_LIMIT_TALLY_PAIRS    (1u << 22)
#define BT_LIMIT_TALLY_EXAMPLES 2000u
#define BT_LIMIT_EXAMPLE_TEXT   (16u << 10)
#define BT_LIMIT_RUN_ROWS       20000u

// One report.
#define BT_LIMIT_REPORT (UINT64_C(64) << 20)

#endif
