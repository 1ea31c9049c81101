// SPDX-License-Identifier: MIT
#include "kb/stop_names.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "base/text.h"
#include "kb/layers.h"
#include "kb/stop_text.h"

bool bt_stop_is_known(const struct bt_kb *kb, uint64_t code)
{
    struct bt_kb_stop stop;
    return code <= UINT32_MAX && bt_kb_stop_find(kb, (uint32_t)code, &stop);
}

bool bt_stop_is_known_raw(const struct bt_kb *kb, uint64_t code)
{
    const uint64_t flag = 0x10000000;
    const bool flagged = (code & ~UINT64_C(0xfff)) == flag;
    return bt_stop_is_known(kb, flagged ? code - flag : code);
}

// Drops the hexadecimal digit at `place` (0 is the last).
static uint64_t without_digit(uint64_t value, unsigned place)
{
    uint64_t low = value & ((UINT64_C(1) << (4 * place)) - 1);
    return (value >> (4 * (place + 1))) << (4 * place) | low;
}

// More than eight digits: one too many was typed. Where dropping a zero gives a code that
// exists, or what follows a stray C does, that is what was meant.
bool bt_stop_repair_long(const struct bt_kb *kb, uint64_t value, uint32_t *ret)
{
    for (unsigned place = 0; place < 9; place++) {
        uint64_t shorter = without_digit(value, place);
        if ((value >> (4 * place) & 0xf) == 0 && bt_stop_is_known(kb, shorter)) {
            *ret = (uint32_t)shorter;
            return true;
        }
    }
    if ((value & UINT32_MAX) != 0 && bt_stop_is_known(kb, value & UINT32_MAX)) {
        *ret = (uint32_t)value;
        return true;
    }
    return false;
}

// As many digits as there may be, but no code: a zero left out of a status, or a last digit
// typed twice.
bool bt_stop_repair_short(const struct bt_kb *kb, uint64_t value, size_t digits, uint32_t *ret)
{
    for (unsigned place = 1; value > UINT16_MAX && digits == 7 && place < 7; place++) {
        uint64_t low = value & ((UINT64_C(1) << (4 * place)) - 1);
        uint64_t longer = (value >> (4 * place)) << (4 * place + 4) | low;
        if (bt_stop_is_known(kb, longer)) {
            *ret = (uint32_t)longer;
            return true;
        }
    }
    if (digits < 5 && (value & 0xf) == (value >> 4 & 0xf) && bt_stop_is_known(kb, value >> 4)) {
        *ret = (uint32_t)(value >> 4);
        return true;
    }
    return false;
}

enum { LONGEST_NAME = 96, SHORTEST_SIMILAR = 12 };

// Letters and digits of a name, in lower case; 0 where they are too many.
static size_t normalize(const char *name, size_t size, char ret[LONGEST_NAME])
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        if (!bt_is_alpha(name[i]) && !bt_is_digit(name[i]))
            continue;
        if (count == LONGEST_NAME)
            return 0;
        ret[count++] = bt_lower(name[i]);
    }
    return count;
}

static uint32_t hash_of(const char *text, size_t size)
{
    uint32_t hash = 2166136261u; // FNV-1a
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash;
}

// The first and the last letters, as numbers.
static uint32_t head_of(const char *text)
{
    return bt_le32((const uint8_t *)text);
}

static uint32_t tail_of(const char *text, size_t size)
{
    return bt_le32((const uint8_t *)text + size - 4);
}

static struct bt_stop_name describe_name(const struct bt_kb_stop *stop)
{
    char normal[LONGEST_NAME];
    struct bt_stop_name ret = {.name = stop->name, .code = stop->code};
    size_t size = stop->name != NULL ? normalize(stop->name, strlen(stop->name), normal) : 0;
    ret.size = (uint32_t)size;
    ret.hash = hash_of(normal, size);
    if (size >= SHORTEST_SIMILAR - 1) {
        ret.head = head_of(normal);
        ret.tail = tail_of(normal, size);
    }
    return ret;
}

void bt_stop_names_forget(struct bt_kb *kb)
{
    free(atomic_exchange(&kb->stop_index->names, NULL));
}

static struct bt_stop_names *gather_names(const struct bt_kb *kb)
{
    struct bt_kb_stop stop;
    size_t most = 0;
    for (size_t i = 0; i < kb->layer_count; i++)
        most += bt_kb_rows(kb->layers[i], BT_KB_STOPS);
    struct bt_stop_names *names = calloc(1, sizeof *names + most * sizeof names->items[0]);
    if (names == NULL)
        return NULL;
    for (uint64_t at = 0; names->count < most && bt_kb_stop_next(kb, &at, &stop);)
        names->items[names->count++] = describe_name(&stop);
    return names;
}

// The names of all stops of all layers: prose is full of words that could be one. Where memory
// has ended there are none.
static const struct bt_stop_names *names_of(const struct bt_kb *kb)
{
    static const struct bt_stop_names none = {0};
    struct bt_stop_names *names = atomic_load(&kb->stop_index->names);
    if (names != NULL)
        return names;
    struct bt_stop_names *ours = gather_names(kb);
    if (ours == NULL)
        return &none;
    if (atomic_compare_exchange_strong(&kb->stop_index->names, &names, ours))
        return ours;
    free(ours); // another thread was quicker
    return names;
}

bool bt_stop_by_name(const struct bt_kb *kb, const char *name, size_t size, uint32_t *ret)
{
    char written[LONGEST_NAME], known[LONGEST_NAME];
    size_t written_size = normalize(name, size, written);
    uint32_t hash = hash_of(written, written_size);
    const struct bt_stop_names *names = names_of(kb);
    for (size_t i = 0; i < names->count && written_size != 0; i++) {
        const struct bt_stop_name *n = &names->items[i];
        if (n->hash != hash || n->size != written_size)
            continue;
        normalize(n->name, strlen(n->name), known);
        if (memcmp(written, known, written_size) == 0) {
            *ret = n->code;
            return true;
        }
    }
    return false;
}

// Whether one letter more, less or other makes the two equal, or two that change places.
static bool is_one_off(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t front = 0, back = 0;
    size_t shorter = a_size < b_size ? a_size : b_size;
    size_t longer = a_size < b_size ? b_size : a_size;
    while (front < shorter && a[front] == b[front])
        front++;
    while (back < shorter - front && a[a_size - 1 - back] == b[b_size - 1 - back])
        back++;
    const bool swapped = longer == shorter && longer - front - back == 2 &&
                         a[front] == b[front + 1] && a[front + 1] == b[front];
    return swapped || (longer - shorter <= 1 && longer - front - back <= 1);
}

// The code whose name is the one written but for a letter; long names only, and one only.
bool bt_stop_by_similar_name(const struct bt_kb *kb, const char *name, size_t size,
                             uint32_t *ret)
{
    char written[LONGEST_NAME], known[LONGEST_NAME];
    size_t written_size = normalize(name, size, written);
    unsigned found = 0;
    if (written_size < SHORTEST_SIMILAR)
        return false;
    const struct bt_stop_names *names = names_of(kb);
    for (size_t i = 0; i < names->count; i++) {
        const struct bt_stop_name *n = &names->items[i];
        if (n->size < SHORTEST_SIMILAR || n->size > written_size + 1 ||
            n->size + 1 < written_size ||
            (n->head != head_of(written) && n->tail != tail_of(written, written_size)))
            continue; // a slip at one end leaves the other as it is
        normalize(n->name, strlen(n->name), known);
        if (!is_one_off(written, written_size, known, n->size))
            continue;
        if (found == 0 || n->code != *ret)
            found++;
        *ret = n->code;
    }
    return found == 1;
}
