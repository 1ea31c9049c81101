// SPDX-License-Identifier: MIT
#include "base/arena.h"

#include <inttypes.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define BT_ARENA_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BT_ARENA_POISON 1
#endif
#endif

#ifdef BT_ARENA_POISON
#include <sanitizer/asan_interface.h>
enum { RED_ZONE = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(address, size)   ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
enum { RED_ZONE = 0 };
#endif

enum { BLOCK_SIZE = 64 * 1024 };

struct block {
    struct block *next;
    size_t size;
    size_t used;
    bool zeroed; // all that is not used yet
    alignas(max_align_t) unsigned char data[];
};

struct bt_arena {
    struct block *blocks;
    uint64_t limit;
    uint64_t used;
};

struct bt_arena *bt_arena_new(uint64_t limit)
{
    struct bt_arena *arena = calloc(1, sizeof *arena);
    if (arena != NULL)
        arena->limit = limit;
    return arena;
}

void bt_arena_free(struct bt_arena *arena)
{
    if (arena == NULL)
        return;
    for (struct block *b = arena->blocks; b != NULL;) {
        struct block *next = b->next;
        ASAN_UNPOISON_MEMORY_REGION(b->data, b->size);
        free(b);
        b = next;
    }
    free(arena);
}

// A large object gets a block of its own behind the current one, whose rest stays usable. The
// system hands out very large ones as zeros that cost nothing until they are used; in small
// ones only what is used is cleared.
static struct block *add_block(struct bt_arena *arena, size_t at_least)
{
    bool own = at_least > BLOCK_SIZE / 4 && arena->blocks != NULL;
    size_t size = own || at_least > BLOCK_SIZE ? at_least : BLOCK_SIZE;
    bool zeroed = size > BLOCK_SIZE;
    struct block *b = zeroed ? calloc(1, sizeof *b + size) : malloc(sizeof *b + size);
    if (b == NULL)
        return NULL;
    *b = (struct block){.size = size, .zeroed = zeroed};
    if (own) {
        b->next = arena->blocks->next;
        arena->blocks->next = b;
    } else {
        b->next = arena->blocks;
        arena->blocks = b;
    }
    ASAN_POISON_MEMORY_REGION(b->data, b->size);
    return b;
}

// `clear`: not where the caller fills every byte.
static enum bt_status take(struct bt_arena *arena, uint64_t count, size_t size, bool clear,
                           void *ret, struct bt_error *err)
{
    const size_t alignment = alignof(max_align_t);
    if (size != 0 && count > (arena->limit - arena->used) / size)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET,
                       "%" PRIu64 " x %zu bytes are more than the %" PRIu64
                       " MiB that one input may use",
                       count, size, arena->limit >> 20);
    size_t bytes = (size_t)count * size;
    size_t room = (bytes + RED_ZONE + alignment - 1) & ~(alignment - 1);
    if (room == 0)
        room = alignment;
    struct block *b = arena->blocks;
    if (room >= bytes && (b == NULL || room > b->size - b->used))
        b = add_block(arena, room);
    if (b == NULL || room < bytes)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    void *object = b->data + b->used;
    b->used += room;
    arena->used += bytes;
    ASAN_UNPOISON_MEMORY_REGION(object, bytes);
    if (clear && !b->zeroed)
        memset(object, 0, bytes);
    memcpy(ret, &object, sizeof object);
    return BT_OK;
}

enum bt_status bt_arena_alloc(struct bt_arena *arena, uint64_t count, size_t size, void *ret,
                              struct bt_error *err)
{
    return take(arena, count, size, true, ret, err);
}

enum bt_status bt_arena_space(struct bt_arena *arena, uint64_t size, void *ret,
                              struct bt_error *err)
{
    return take(arena, size, 1, false, ret, err);
}

enum bt_status bt_arena_text(struct bt_arena *arena, const char *text, size_t size,
                             const char **ret, struct bt_error *err)
{
    char *copy;
    BT_TRY(bt_arena_space(arena, (uint64_t)size + 1, &copy, err));
    if (size != 0)
        memcpy(copy, text, size);
    copy[size] = '\0';
    *ret = copy;
    return BT_OK;
}

enum bt_status bt_arena_printf(struct bt_arena *arena, const char **ret, struct bt_error *err,
                               const char *format, ...)
{
    char shorter[256]; // nearly every text fits: it is formatted once
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int size = vsnprintf(shorter, sizeof shorter, format, args);
    va_end(args);
    char *text = NULL;
    enum bt_status st = BT_OK;
    if (size < 0)
        st = BT_FAIL(err, BT_E_INTERNAL, BT_NO_OFFSET, "text could not be formatted");
    else
        st = bt_arena_space(arena, (uint64_t)size + 1, &text, err);
    if (st == BT_OK) {
        if ((size_t)size < sizeof shorter)
            memcpy(text, shorter, (size_t)size + 1);
        else
            vsnprintf(text, (size_t)size + 1, format, again);
        *ret = text;
    }
    va_end(again);
    return st;
}

uint64_t bt_arena_used(const struct bt_arena *arena)
{
    return arena->used;
}
