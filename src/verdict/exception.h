// SPDX-License-Identifier: MIT
//
// Exceptions in words: what happened, as a debugger of that system would put it. The code of an
// exception means an NTSTATUS on Windows, a signal on Linux and Android, and a Mach exception
// on macOS and iOS.
#ifndef BT_VERDICT_EXCEPTION_H
#define BT_VERDICT_EXCEPTION_H

#include "verdict/scene.h"

struct bt_exception_meaning {
    const char *name;       // "STATUS_ACCESS_VIOLATION", "SIGSEGV / SEGV_MAPERR"; NULL: unknown
    const char *meaning;    // "write to 0x45"; no full stop; NULL
    const char *access;     // "read", "write", "execute"; NULL where the exception tells none
    struct bt_opt64 target; // the address that was accessed, where the exception tells it
    const char *hint;       // what `target` looks like: address_hints.h; NULL
    bool stopped;           // from outside, to be looked at: the program did not fail
};

// Describes scene->crash->exception, with the stack in scene->crash->frames; scene->stop is not
// looked at. No exception, or one that
// nobody knows, leaves everything empty. Fails only when the arena is full.
enum bt_status bt_exception_describe(const struct bt_scene *scene,
                                     struct bt_exception_meaning *ret,
                                     struct bt_error *err) BT_MUST_USE;

// The parts of it for each family of systems. Names and meanings; no hint.
enum bt_status bt_exception_windows(const struct bt_scene *scene,
                                    struct bt_exception_meaning *ret,
                                    struct bt_error *err) BT_MUST_USE;
enum bt_status bt_exception_posix(const struct bt_crash *crash, struct bt_arena *arena,
                                  struct bt_exception_meaning *ret,
                                  struct bt_error *err) BT_MUST_USE;
enum bt_status bt_exception_mach(const struct bt_crash *crash, struct bt_arena *arena,
                                 struct bt_exception_meaning *ret,
                                 struct bt_error *err) BT_MUST_USE;

// Says that the data, or the code, at the exception's address was accessed; `how` follows
// ("where nothing is mapped"; NULL: nothing). For systems whose exceptions tell no more.
enum bt_status bt_exception_data_access(const struct bt_crash *crash, const char *how,
                                        struct bt_arena *arena,
                                        struct bt_exception_meaning *ret,
                                        struct bt_error *err) BT_MUST_USE;

// The name of a POSIX signal as Linux numbers them, or of macOS; NULL for others.
const char *bt_signal_name(enum bt_platform platform, uint32_t number);

// The type that a C++ program threw ("std::bad_alloc"), read from the image that threw it.
// BT_ABSENT where the dump does not hold that memory, which is usual for small dumps.
enum bt_status bt_exception_cpp_type(const struct bt_crash *crash,
                                     const struct bt_memory *memory, struct bt_arena *arena,
                                     const char **ret, struct bt_error *err) BT_MUST_USE;

#endif
