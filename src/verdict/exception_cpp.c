// SPDX-License-Identifier: MIT
//
// What a program built by Microsoft's compiler threw. The parameters of the exception are a
// magic number, the object, its ThrowInfo and, in 64-bit programs, the image that the offsets
// in these structures count from (the layout that the compiler's own <ehdata.h> and its
// documentation on throw describe):
//   ThrowInfo: 0C catchable types. CatchableTypeArray: 00 u32 count, 04 the first type.
//   CatchableType: 04 type descriptor. TypeDescriptor: two pointers, then the decorated name.
// The first catchable type is the type that was thrown.
#include <string.h>

#include "base/text.h"
#include "verdict/exception.h"

enum { PARAMETERS_LEAST = 3, TYPE_NAME_MAX = 256 };

static const uint32_t CPP_EXCEPTION = 0xe06d7363;
static const uint64_t MAGIC = 0x19930520; // and a few above it

struct throw_walk {
    const struct bt_memory *memory;
    bt_va image; // 0: structures hold addresses
};

static enum bt_status follow(const struct throw_walk *walk, bt_va at, bt_va *ret,
                             struct bt_error *err)
{
    uint32_t value;
    BT_TRY(bt_memory_u32(walk->memory, at, &value, err));
    if (value == 0)
        return BT_ABSENT;
    *ret = walk->image + value;
    return BT_OK;
}

// ".?AVbad_alloc@std@@" -> "std::bad_alloc". Templates and other names that need a real
// undecorator stay as they are.
static enum bt_status undecorate(const char *name, struct bt_arena *arena, const char **ret,
                                 struct bt_error *err)
{
    enum { PREFIX = 4 };
    size_t size = strlen(name);
    bool is_class = bt_starts_with(name, ".?AV") || bt_starts_with(name, ".?AU");
    bool is_plain = is_class && size > 6 && strcmp(name + size - 2, "@@") == 0 &&
                    strpbrk(name + PREFIX, "?$") == NULL;
    if (!is_plain)
        return bt_arena_text(arena, name, size, ret, err);
    char *text;
    BT_TRY(bt_arena_alloc(arena, 2 * size, 1, &text, err));
    // The parts stand innermost first, with '@' between them.
    size_t length = 0;
    size_t end = size - 2;
    while (end > PREFIX) {
        size_t start = end;
        while (start > PREFIX && name[start - 1] != '@')
            start--;
        memcpy(text + length, name + start, end - start);
        length += end - start;
        if (start == PREFIX)
            break;
        memcpy(text + length, "::", 2);
        length += 2;
        end = start - 1;
    }
    text[length] = '\0';
    *ret = text;
    return BT_OK;
}

enum bt_status bt_exception_cpp_type(const struct bt_crash *crash,
                                     const struct bt_memory *memory, struct bt_arena *arena,
                                     const char **ret, struct bt_error *err)
{
    const struct bt_exception *exception = &crash->exception;
    bool is64 = bt_arch_is64(crash->system.arch);
    if (memory == NULL || exception->code != CPP_EXCEPTION ||
        exception->parameter_count < (is64 ? PARAMETERS_LEAST + 1u : PARAMETERS_LEAST) ||
        exception->parameters[0] < MAGIC || exception->parameters[0] > MAGIC + 15 ||
        exception->parameters[2] == 0)
        return BT_ABSENT;
    struct throw_walk walk = {.memory = memory, .image = is64 ? exception->parameters[3] : 0};
    bt_va at;
    BT_TRY(follow(&walk, exception->parameters[2] + 0x0c, &at, err));
    BT_TRY(follow(&walk, at + 4, &at, err));
    BT_TRY(follow(&walk, at + 4, &at, err));
    char name[TYPE_NAME_MAX];
    size_t size = memory->read_some(memory, at + (is64 ? 16 : 8), name, sizeof name - 1);
    name[size] = '\0';
    struct bt_span raw = {.data = (const uint8_t *)name, .size = size};
    const char *text;
    BT_TRY(bt_text_bytes(raw, arena, &text, err));
    if (!bt_starts_with(text, "."))
        return BT_ABSENT;
    return undecorate(text, arena, ret, err);
}
