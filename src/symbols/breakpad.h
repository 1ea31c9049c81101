// SPDX-License-Identifier: MIT
//
// Inside of the symbols room: symbol files of Breakpad, which are text. The file is read once
// for an index of what stands where; a function's own lines are read when they are asked for.
//
//   MODULE <os> <cpu> <id> <name>                    the first line
//   FILE <number> <name>       INLINE_ORIGIN <number> <name>
//   FUNC [m] <rva> <size> <parameter bytes> <name>   then the lines of the function:
//     INLINE <depth> <call line> <call file> <origin> {<rva> <size>}...
//     <rva> <size> <line> <file>
//   PUBLIC [m] <rva> <parameter bytes> <name>
//   STACK WIN ...                                    breakpad_frames.c
//   STACK CFI INIT <rva> <size> <rules>    STACK CFI <rva> <changed rules>
//
// Numbers are hexadecimal, but for lines, files, depths and origins. Source: Breakpad's own
// description of the format; carriage returns and the mark "m" occur.
#ifndef BT_SYMBOLS_BREAKPAD_H
#define BT_SYMBOLS_BREAKPAD_H

#include "symbols/name_list.h"
#include "symbols/provider.h"
#include "symbols/windows_frame.h"

struct bt_breakpad {
    struct bt_symbol_provider provider; // first: `self` of its functions
    struct bt_source *source;
    bool indexed;
    // What `name` of an entry is: the offset of its line in the file.
    struct bt_name_list functions, publics, rules;
    struct bt_name_list frame_data, fpo_data; // STACK WIN
    struct bt_name_list files, origins;       // `rva` is the number
};

// The file in `source` (borrowed), if it is of the module's build: BT_ABSENT otherwise.
enum bt_status bt_breakpad_open(struct bt_source *source, const struct bt_symbol_module *module,
                                struct bt_arena *arena, struct bt_breakpad **ret,
                                struct bt_error *err) BT_MUST_USE;

// Reads the index, once.
enum bt_status bt_breakpad_index(struct bt_breakpad *breakpad,
                                 struct bt_error *err) BT_MUST_USE;

// As bt_symbol_table_windows_frame.
enum bt_status bt_breakpad_windows_frame(struct bt_breakpad *b, uint64_t rva,
                                         struct bt_arena *arena, struct bt_windows_frame *ret,
                                         struct bt_error *err) BT_MUST_USE;

// Lines of a file, one after the other. Longer ones than BT_BREAKPAD_LINE are cut.
enum { BT_BREAKPAD_LINE = 8192 };

struct bt_breakpad_lines {
    struct bt_source *source;
    uint64_t next; // offset of the next line
    uint64_t at;   // offset of the line in `text`
    char *text;    // in `buffer`, or in `pieces` where it was not whole there
    size_t filled; // bytes in `buffer`, from `start` on
    uint64_t start;
    size_t want; // bytes of the next read: more each time
    char pieces[BT_BREAKPAD_LINE];
    char buffer[8 * BT_BREAKPAD_LINE];
};

// On the heap, because of its size; NULL where that is used up. free() is accepted.
struct bt_breakpad_lines *bt_breakpad_lines_new(struct bt_source *source, uint64_t offset,
                                                struct bt_error *err);
void bt_breakpad_lines_init(struct bt_breakpad_lines *lines, struct bt_source *source,
                            uint64_t offset);
// The next line in lines->text, without its end; valid until the next call. BT_ABSENT after the
// last one.
enum bt_status bt_breakpad_next_line(struct bt_breakpad_lines *lines,
                                     struct bt_error *err) BT_MUST_USE;

// The next word of a line: *text moves past it and the blanks around it. Empty at the end.
struct bt_breakpad_word {
    const char *text;
    size_t size;
};
struct bt_breakpad_word bt_breakpad_word(const char **text);
bool bt_breakpad_hex(const char **text, uint64_t *ret);
bool bt_breakpad_decimal(const char **text, uint64_t *ret);
// Past the mark of a function whose code the linker shares with others.
void bt_breakpad_skip_mark(const char **text);
// Whether the line begins with this word: then *text is what follows.
bool bt_breakpad_is(const char *line, const char *word, const char **text);

#endif
