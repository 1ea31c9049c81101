// SPDX-License-Identifier: MIT
#include "stack/epilog_x64.h"

#include <string.h>

#include "base/span.h"

enum {
    CODE_SIZE = 48, // longer than any epilog: add, eight pops of two bytes, a jump
    RSP = 4,
};

// The code from an address on; bytes that are not there are 0, which begins no instruction of
// an epilog.
struct code {
    uint8_t bytes[CODE_SIZE + 8];
    size_t at;
};

static const uint8_t *next(const struct code *c)
{
    return c->bytes + c->at;
}

static int32_t signed32(const uint8_t *p)
{
    uint32_t value = bt_le32(p);
    return value < 0x80000000u ? (int32_t)value : (int32_t)(value - 0x80000000u) + INT32_MIN;
}

static int8_t signed8(uint8_t value)
{
    return (int8_t)value; // two's complement, as all compilers here do it
}

// add rsp, imm8 or imm32
static bool take_add(struct code *c, struct bt_epilog *e)
{
    const uint8_t *p = next(c);
    if (p[0] != 0x48 || p[2] != 0xc4 || (p[1] != 0x83 && p[1] != 0x81))
        return false;
    e->offset = p[1] == 0x83 ? signed8(p[3]) : signed32(p + 3);
    c->at += p[1] == 0x83 ? 4 : 7;
    return true;
}

// lea rsp, [frame register + disp8 or disp32]
static bool take_lea(struct code *c, struct bt_epilog *e)
{
    const uint8_t *p = next(c);
    unsigned mod = p[2] >> 6, destination = p[2] >> 3 & 7, base = p[2] & 7;
    if ((p[0] != 0x48 && p[0] != 0x49) || p[1] != 0x8d || destination != RSP || base == RSP ||
        (mod != 1 && mod != 2))
        return false;
    e->frame_register = (int)(base | (p[0] & 1u) << 3);
    e->offset = mod == 1 ? signed8(p[3]) : signed32(p + 3);
    c->at += mod == 1 ? 4 : 7;
    return true;
}

static bool take_pop(struct code *c, struct bt_epilog *e)
{
    const uint8_t *p = next(c);
    bool wide = p[0] >= 0x40 && p[0] <= 0x4f;
    uint8_t opcode = wide ? p[1] : p[0];
    if (e->pop_count == BT_EPILOG_POPS || opcode < 0x58 || opcode > 0x5f)
        return false;
    e->pops[e->pop_count++] = (uint8_t)((opcode & 7) | (wide ? (p[0] & 1) << 3 : 0));
    c->at += wide ? 2 : 1;
    return true;
}

// A jump is the end of an epilog when it goes to the start of a function: inside its own it is
// just a jump.
static bool leaves_function(const struct bt_image *image, const struct bt_function *function,
                            int64_t target)
{
    struct bt_function other;
    if (target < 0 || target >= image->size)
        return true;
    if ((uint64_t)target > function->begin && (uint64_t)target < function->end)
        return false;
    if (bt_function_find_x64(image, (uint64_t)target, &other, NULL) != BT_OK)
        return false;
    return !other.found || other.begin == (uint64_t)target;
}

static bool ends_function(const struct code *c, const struct bt_image *image,
                          const struct bt_function *function, uint64_t rva)
{
    const uint8_t *p = next(c);
    const int64_t here = (int64_t)(rva + c->at);
    if (p[0] == 0xc3 || p[0] == 0xc2 || (p[0] == 0xf3 && p[1] == 0xc3)) // ret, rep ret
        return true;
    if (p[0] == 0xeb) // jmp
        return leaves_function(image, function, here + 2 + signed8(p[1]));
    if (p[0] == 0xe9)
        return leaves_function(image, function, here + 5 + signed32(p + 1));
    if (p[0] >= 0x48 && p[0] <= 0x4f) // prefix of an indirect jump
        p++;
    return p[0] == 0xff && (p[1] & 0xf8) == 0x20; // jmp through memory without displacement
}

bool bt_epilog_find(const struct bt_image *image, const struct bt_function *function,
                    uint64_t rva, struct bt_epilog *ret)
{
    struct code c = {.at = 0};
    struct bt_epilog e = {.frame_register = -1};
    if (rva >= image->size)
        return false;
    (void)image->memory->read_some(image->memory, image->base + rva, c.bytes, CODE_SIZE);
    if (!take_add(&c, &e))
        (void)take_lea(&c, &e);
    while (take_pop(&c, &e))
        ;
    if (!ends_function(&c, image, function, rva))
        return false;
    *ret = e;
    return true;
}
