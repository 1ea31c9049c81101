// SPDX-License-Identifier: MIT
#include "batch/intern.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= UINT64_C(0xd6e8feb86659fd93);
    h ^= h >> 32;
    return h;
}

static uint32_t hash_text(const struct bt_intern *set, struct bt_slice text)
{
    uint64_t h = set->seed ^ text.size;
    size_t at = 0;
    for (; text.size - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, &text.text[at], sizeof word);
        h = mix(h ^ word);
    }
    uint64_t tail = 0;
    if (at < text.size)
        memcpy(&tail, &text.text[at], text.size - at);
    return (uint32_t)mix(h ^ tail);
}

void bt_intern_init(struct bt_intern *set, struct bt_arena *arena)
{
    // Where the system put the arena is as good as random on systems that place memory at
    // random, and harmless elsewhere.
    uint64_t seed = mix((uint64_t)(uintptr_t)arena ^ (uint64_t)(uintptr_t)&seed);
    *set = (struct bt_intern){.arena = arena, .seed = seed};
}

void bt_intern_fini(struct bt_intern *set)
{
    free(set->slots);
    free(set->texts);
    *set = (struct bt_intern){0};
}

// The slot that holds the text, or the free one where it belongs.
static struct bt_intern_slot *find_slot(const struct bt_intern *set, struct bt_slice text,
                                        uint32_t hash)
{
    size_t mask = set->capacity - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct bt_intern_slot *slot = &set->slots[i];
        if (slot->id == BT_INTERN_NONE)
            return slot;
        const struct bt_slice *there = &set->texts[slot->id];
        if (slot->hash == hash && there->size == text.size &&
            (text.size == 0 || memcmp(there->text, text.text, text.size) == 0))
            return slot;
    }
}

static enum bt_status grow_slots(struct bt_intern *set, struct bt_error *err)
{
    size_t capacity = set->capacity != 0 ? set->capacity * 2 : (size_t)FIRST_CAPACITY;
    struct bt_intern_slot *slots = malloc(capacity * sizeof *slots);
    if (slots == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    memset(slots, 0xff, capacity * sizeof *slots);
    for (size_t i = 0; i < set->capacity; i++) {
        if (set->slots[i].id == BT_INTERN_NONE)
            continue;
        size_t at = set->slots[i].hash & (capacity - 1);
        while (slots[at].id != BT_INTERN_NONE)
            at = (at + 1) & (capacity - 1);
        slots[at] = set->slots[i];
    }
    free(set->slots);
    set->slots = slots;
    set->capacity = capacity;
    return BT_OK;
}

static enum bt_status add_text(struct bt_intern *set, struct bt_slice text,
                               struct bt_error *err)
{
    if (set->count >= BT_INTERN_NONE)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "too many different texts");
    if (set->count == set->texts_capacity) {
        size_t capacity = set->texts_capacity != 0 ? set->texts_capacity * 2 : FIRST_CAPACITY;
        struct bt_slice *texts = realloc(set->texts, capacity * sizeof *texts);
        if (texts == NULL)
            return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
        set->texts = texts;
        set->texts_capacity = capacity;
    }
    const char *copy;
    BT_TRY(bt_arena_text(set->arena, text.size != 0 ? text.text : "", text.size, &copy, err));
    set->texts[set->count++] = (struct bt_slice){copy, text.size};
    return BT_OK;
}

enum bt_status bt_intern_add(struct bt_intern *set, struct bt_slice text, uint32_t *ret,
                             struct bt_error *err)
{
    if (set->capacity == 0 || set->count > set->capacity / 2)
        BT_TRY(grow_slots(set, err));
    uint32_t hash = hash_text(set, text);
    struct bt_intern_slot *slot = find_slot(set, text, hash);
    if (slot->id == BT_INTERN_NONE) {
        BT_TRY(add_text(set, text, err));
        *slot = (struct bt_intern_slot){.hash = hash, .id = (uint32_t)(set->count - 1)};
    }
    *ret = slot->id;
    return BT_OK;
}

uint32_t bt_intern_find(const struct bt_intern *set, struct bt_slice text)
{
    return set->capacity != 0 ? find_slot(set, text, hash_text(set, text))->id : BT_INTERN_NONE;
}

const char *bt_intern_text(const struct bt_intern *set, uint32_t id)
{
    return id != BT_INTERN_NONE ? set->texts[id].text : NULL;
}

void bt_pairs_init(struct bt_pairs *set, size_t limit)
{
    *set = (struct bt_pairs){.limit = limit};
}

void bt_pairs_fini(struct bt_pairs *set)
{
    free(set->slots);
    *set = (struct bt_pairs){0};
}

static uint64_t *find_pair(uint64_t *slots, size_t capacity, uint64_t value)
{
    size_t at = mix(value * UINT64_C(0x9e3779b97f4a7c15)) & (capacity - 1);
    while (slots[at] != UINT64_MAX && slots[at] != value)
        at = (at + 1) & (capacity - 1);
    return &slots[at];
}

static bool grow_pairs(struct bt_pairs *set)
{
    size_t capacity = set->capacity != 0 ? set->capacity * 2 : (size_t)FIRST_CAPACITY;
    uint64_t *slots = malloc(capacity * sizeof *slots);
    if (slots == NULL)
        return false;
    memset(slots, 0xff, capacity * sizeof *slots);
    for (size_t i = 0; i < set->capacity; i++) {
        if (set->slots[i] != UINT64_MAX)
            *find_pair(slots, capacity, set->slots[i]) = set->slots[i];
    }
    free(set->slots);
    set->slots = slots;
    set->capacity = capacity;
    return true;
}

enum bt_status bt_pairs_add(struct bt_pairs *set, uint64_t value, bool *ret)
{
    if (set->count >= set->capacity / 2 && set->count < set->limit && !grow_pairs(set))
        return BT_E_NOMEM;
    uint64_t *slot = find_pair(set->slots, set->capacity, value);
    *ret = *slot == UINT64_MAX;
    if (!*ret)
        return BT_OK;
    if (set->count >= set->limit)
        return BT_E_LIMIT;
    *slot = value;
    set->count++;
    return BT_OK;
}
