// SPDX-License-Identifier: MIT
#include "stack/unwind_arm64_packed.h"

#include <stdbool.h>

#include "stack/unwind_arm64_codes.h"

enum {
    LARGEST_PREDECREMENT = 512,
    LARGEST_SMALL = 512,   // below: one byte of code
    LARGEST_MEDIUM = 4096, // what one instruction can subtract
};

struct writer {
    uint8_t *out;
    size_t size, capacity;
};

static void put(struct writer *w, unsigned byte)
{
    if (w->size < w->capacity)
        w->out[w->size] = (uint8_t)byte;
    w->size++;
}

static void put_pair(struct writer *w, unsigned code)
{
    put(w, code >> 8);
    put(w, code & 0xff);
}

// sub sp, sp, #size: two instructions above 4080.
static void put_alloc(struct writer *w, unsigned size)
{
    if (size == 0)
        return;
    if (size > LARGEST_MEDIUM - 16) {
        put_alloc(w, size - (LARGEST_MEDIUM - 16));
        size = LARGEST_MEDIUM - 16;
    }
    if (size < LARGEST_SMALL)
        put(w, size / 16);
    else
        put_pair(w, 0xc000 | size / 16);
}

// The numbers of a packed word.
struct packed {
    unsigned float_registers; // saved d8.., 0 or at least 2
    unsigned int_registers;   // saved x19..
    bool homes;               // x0 to x7 are stored for variable arguments
    unsigned link;            // CR: 0 none, 1 lr saved, 2 signed chain, 3 chain
    unsigned saved, locals;   // bytes
};

static struct packed decode(uint32_t word)
{
    struct packed p = {
        .int_registers = word >> 16 & 15,
        .homes = (word >> 20 & 1) != 0,
        .link = word >> 21 & 3,
    };
    unsigned floats = word >> 13 & 7;
    p.float_registers = floats == 0 ? 0 : floats + 1;
    unsigned bytes = (p.int_registers + p.float_registers + (p.link == 1)) * 8;
    p.saved = (bytes + (p.homes ? 64 : 0) + 15) & ~15u;
    unsigned frame = (word >> 23) * 16;
    p.locals = frame >= p.saved ? frame - p.saved : 0;
    return p;
}

// The local area, with the pair of frame pointer and return address at its bottom.
static void put_locals(struct writer *w, const struct packed *p)
{
    if (p->link < 2) {
        put_alloc(w, p->locals);
        return;
    }
    put(w, BT_UNWIND_SET_FP);
    if (p->locals <= LARGEST_PREDECREMENT && p->locals != 0) {
        put(w, 0x80 | (p->locals / 8 - 1)); // save_fplr_x
        return;
    }
    put(w, 0x40); // save_fplr at 0
    put_alloc(w, p->locals);
}

// The last registers, which have no partner among x19 and up, and lr. `room` is what a store
// that comes first has to make, in words less one.
static void put_last_registers(struct writer *w, const struct packed *p, unsigned room)
{
    const unsigned n = p->int_registers, lr = 30 - 19;
    const bool odd = n % 2 != 0, with_lr = p->link == 1;
    if (odd && with_lr) {
        put_pair(w, 0xd600 | (n - 1) / 2 << 6 | (n - 1)); // save_lrpair
        if (n == 1)
            put_alloc(w, p->saved);
    } else if (odd && n == 1) {
        put_pair(w, 0xd400 | room); // save_reg_x
    } else if (odd) {
        put_pair(w, 0xd000 | (n - 1) << 6 | (n - 1)); // save_reg
    } else if (with_lr && n == 0) {
        put_pair(w, 0xd400 | lr << 5 | room);
    } else if (with_lr) {
        put_pair(w, 0xd000 | lr << 6 | n);
    }
}

// The first pair makes room for all.
static void put_int_registers(struct writer *w, const struct packed *p)
{
    const unsigned room = p->saved == 0 ? 0 : p->saved / 8 - 1;
    put_last_registers(w, p, room);
    for (unsigned i = p->int_registers & ~1u; i > 2; i -= 2)
        put_pair(w, 0xc800 | (i - 2) << 6 | (i - 2)); // save_regp
    if (p->int_registers >= 2)
        put_pair(w, 0xcc00 | room); // save_regp_x x19, x20
}

// What stands between the registers and the local area; none of it is followed, but each store
// is an instruction of the prolog. With nothing before it, the first one makes room for all.
static void put_others(struct writer *w, const struct packed *p)
{
    const unsigned first = p->int_registers + (p->link == 1);
    const bool homes_make_room = first == 0 && p->float_registers == 0;
    if (p->homes) {
        for (unsigned i = homes_make_room ? 1 : 0; i < 4; i++)
            put(w, BT_UNWIND_NOP);
        if (homes_make_room)
            put_alloc(w, p->saved);
    }
    for (unsigned i = (p->float_registers + 1) / 2; i-- > 0;) {
        bool makes_room = i == 0 && first == 0;
        bool pair = 2 * i + 1 < p->float_registers;
        if (makes_room)
            put_pair(w, 0xda00 | (p->saved / 8 - 1)); // save_fregp_x
        else if (pair)
            put_pair(w, 0xd800 | (2 * i) << 6 | (first + 2 * i));
        else
            put_pair(w, 0xdc00 | (2 * i) << 6 | (first + 2 * i));
    }
}

size_t bt_unwind_arm64_expand(uint32_t packed, uint8_t *ret, size_t capacity)
{
    struct writer w = {.out = ret, .capacity = capacity};
    const struct packed p = decode(packed);
    if (p.int_registers > 10 || (packed >> 23) * 16 < p.saved)
        return 0;
    put_locals(&w, &p);
    put_others(&w, &p);
    put_int_registers(&w, &p);
    if (p.link == 2)
        put(&w, BT_UNWIND_SIGN_LR);
    put(&w, BT_UNWIND_END);
    return w.size <= capacity ? w.size : 0;
}
