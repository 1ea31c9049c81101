// SPDX-License-Identifier: MIT
#include "stack/unwind_arm64_codes.h"

#include <inttypes.h>
#include <string.h>

#include "base/span.h"
#include "image/function_table.h"
#include "stack/unwind_arm64_packed.h"

size_t bt_unwind_code_size(uint8_t first)
{
    if (first < 0xc0)
        return 1;
    if (first < 0xe0 || first == BT_UNWIND_ADD_FP)
        return 2;
    switch (first) {
    case BT_UNWIND_ALLOC_LARGE:
        return 4;
    case BT_UNWIND_SAVE_ANY:
    case 0xf9:
        return 3;
    case 0xf8:
        return 2;
    case 0xfa:
        return 4;
    case 0xfb:
        return 5;
    default:
        return 1;
    }
}

// Codes up to and with the end; each stands for one instruction, but for the end of a prolog,
// which has none.
static unsigned count_instructions(const struct bt_unwind_codes *codes, size_t from)
{
    unsigned count = 0;
    for (size_t i = from; i < codes->size && codes->bytes[i] != BT_UNWIND_END;
         i += bt_unwind_code_size(codes->bytes[i]))
        count += codes->bytes[i] != BT_UNWIND_END_CHAINED;
    return count;
}

// Leaves out the codes of instructions that have not run (in a prolog) or were undone already
// (in an epilog).
static void skip_codes(struct bt_unwind_codes *codes, size_t from, unsigned instructions)
{
    size_t i = from;
    while (instructions != 0 && i < codes->size && codes->bytes[i] != BT_UNWIND_END) {
        instructions -= codes->bytes[i] != BT_UNWIND_END_CHAINED;
        i += bt_unwind_code_size(codes->bytes[i]);
    }
    if (i > codes->size)
        i = codes->size;
    memmove(codes->bytes, codes->bytes + i, codes->size - i);
    codes->size -= i;
}

// Where in a function the processor is, in instructions.
struct place {
    uint64_t instruction, length;
    bool exact; // at the instruction; a return address is never in a prolog or epilog
};

static enum bt_status expand_packed(uint32_t packed, struct place place,
                                    struct bt_unwind_codes *ret, struct bt_error *err)
{
    const unsigned kind = packed & 3; // 1: with prolog; 2: a part of a function, without
    ret->size = 0;
    if (kind != 3)
        ret->size = bt_unwind_arm64_expand(packed, ret->bytes, sizeof ret->bytes);
    if (ret->size == 0)
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET, "packed unwind data 0x%08" PRIx32,
                       packed);
    const unsigned prolog = count_instructions(ret, 0);
    if (place.exact && kind == 1 && place.instruction < prolog)
        skip_codes(ret, 0, prolog - (unsigned)place.instruction);
    return BT_OK;
}

// The header of a full record, decoded.
struct full_record {
    uint64_t length; // of the function, in instructions
    bool single_epilog;
    unsigned epilogs; // scopes; of a single epilog, the index of its first code
    uint64_t scopes;  // RVA of the epilog scopes
    uint64_t codes;   // RVA of the codes
    size_t code_size;
};

static enum bt_status read_record(const struct bt_image *image, uint32_t rva,
                                  struct full_record *ret, struct bt_error *err)
{
    uint8_t raw[8];
    BT_TRY(bt_image_read(image, rva, raw, 4, err));
    const uint32_t word = bt_le32(raw);
    if ((word >> 18 & 3) != 0)
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET, "unwind data of version %u",
                       (unsigned)(word >> 18 & 3));
    unsigned epilogs = word >> 22 & 0x1f, code_words = word >> 27;
    uint64_t at = rva + UINT64_C(4);
    if (epilogs == 0 && code_words == 0) {
        BT_TRY(bt_image_read(image, at, raw, 4, err));
        epilogs = bt_le16(raw);
        code_words = raw[2];
        at += 4;
    }
    const bool single = (word >> 21 & 1) != 0;
    *ret = (struct full_record){.length = word & 0x3ffff,
                                .single_epilog = single,
                                .epilogs = epilogs,
                                .scopes = at,
                                .codes = at + (single ? 0 : epilogs * UINT64_C(4)),
                                .code_size = code_words * (size_t)4};
    if (ret->code_size > BT_LIMIT_UNWIND_CODES)
        ret->code_size = BT_LIMIT_UNWIND_CODES;
    return BT_OK;
}

// In an epilog the codes from its own first one on apply, without those that were carried out.
static bool skip_in_epilog(struct bt_unwind_codes *codes, unsigned first_code, uint64_t start,
                           struct place place)
{
    // The return instruction is one more than there are codes.
    const uint64_t size = count_instructions(codes, first_code) + UINT64_C(1);
    if (place.instruction < start || place.instruction - start >= size)
        return false;
    skip_codes(codes, first_code, (unsigned)(place.instruction - start));
    return true;
}

static enum bt_status skip_what_did_not_run(const struct bt_image *image,
                                            const struct full_record *record,
                                            struct place place, struct bt_unwind_codes *codes,
                                            struct bt_error *err)
{
    const unsigned prolog = count_instructions(codes, 0);
    if (place.instruction < prolog) {
        skip_codes(codes, 0, prolog - (unsigned)place.instruction);
        return BT_OK;
    }
    if (record->single_epilog) {
        uint64_t size = count_instructions(codes, record->epilogs) + UINT64_C(1);
        if (size <= record->length)
            (void)skip_in_epilog(codes, record->epilogs, record->length - size, place);
        return BT_OK;
    }
    for (unsigned i = 0; i < record->epilogs; i++) {
        uint8_t raw[4];
        BT_TRY(bt_image_read(image, record->scopes + i * UINT64_C(4), raw, sizeof raw, err));
        const uint32_t scope = bt_le32(raw);
        if (skip_in_epilog(codes, scope >> 22, scope & 0x3ffff, place))
            return BT_OK;
    }
    return BT_OK;
}

static enum bt_status read_full(const struct bt_image *image, uint32_t rva, struct place place,
                                struct bt_unwind_codes *ret, bool *ret_covered,
                                struct bt_error *err)
{
    struct full_record record;
    BT_TRY(read_record(image, rva, &record, err));
    *ret_covered = place.instruction < record.length;
    BT_TRY(bt_image_read(image, record.codes, ret->bytes, record.code_size, err));
    ret->size = record.code_size;
    if (!*ret_covered || !place.exact)
        return BT_OK;
    return skip_what_did_not_run(image, &record, place, ret, err);
}

enum bt_status bt_unwind_arm64_codes(const struct bt_image *image, uint64_t rva, bool exact,
                                     struct bt_unwind_codes *ret, struct bt_error *err)
{
    const uint64_t inside = exact ? rva : rva - 4;
    struct bt_function function;
    bool covered = true;
    BT_TRY(bt_function_find_arm64(image, inside, &function, err));
    ret->size = 0;
    if (!function.found)
        return BT_OK;
    const struct place place = {.instruction = (inside - function.begin) / 4, .exact = exact};
    if ((function.unwind & 3) == 0) {
        BT_TRY(read_full(image, function.unwind, place, ret, &covered, err));
    } else {
        covered = place.instruction < (function.unwind >> 2 & 0x7ff);
        BT_TRY(expand_packed(function.unwind, place, ret, err));
    }
    if (!covered)
        ret->size = 0;
    return BT_OK;
}
