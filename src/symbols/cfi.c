// SPDX-License-Identifier: MIT
#include "symbols/cfi.h"

#include <string.h>

#include "symbols/elf.h"

enum {
    EH_COMMON = 0,
    // How an address is written: DW_EH_PE_*.
    FORM_ABSOLUTE = 0x00,
    FORM_UNSIGNED = 0x01,
    FORM_U16 = 0x02,
    FORM_U32 = 0x03,
    FORM_U64 = 0x04,
    FORM_SIGNED = 0x09,
    FORM_S16 = 0x0a,
    FORM_S32 = 0x0b,
    FORM_S64 = 0x0c,
    FORM_MASK = 0x0f,
    COUNTS_FROM_HERE = 0x10,
    COUNTS_MASK = 0x70,
    INDIRECT = 0x80,
    NUMBER_BYTES = 10, // of the longest number of 64 bits in groups of 7

    MACHINE_I386 = 0x14c,
    MACHINE_AMD64 = 0x8664,
    MACHINE_ARM64 = 0xaa64,
    MACHINE_ARMNT = 0x1c4,
    ELF_I386 = 3,
    ELF_ARM = 40,
    ELF_AMD64 = 62,
    ELF_ARM64 = 183,
};

static const uint32_t DEBUG_COMMON = UINT32_MAX;

struct entry {
    uint64_t at;
    uint32_t identity;
    struct bt_span content; // what follows the identity
    uint64_t content_at;
};

enum bt_status bt_cfi_u8(struct bt_cursor *at, uint8_t *ret, struct bt_error *err)
{
    struct bt_span byte;
    BT_TRY(bt_cursor_take(at, 1, &byte, err));
    *ret = byte.data[0];
    return BT_OK;
}

// Groups of 7 bits, the lowest first; the top bit of a byte says that more follow.
static enum bt_status read_groups(struct bt_cursor *at, uint64_t *ret, unsigned *ret_bits,
                                  uint8_t *ret_last, struct bt_error *err)
{
    struct bt_cursor start = *at;
    uint64_t value = 0;
    for (unsigned i = 0; i < NUMBER_BYTES; i++) {
        uint8_t byte;
        enum bt_status st = bt_cfi_u8(at, &byte, err);
        if (st != BT_OK) {
            *at = start;
            return st;
        }
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if ((byte & 0x80) == 0) {
            *ret = value;
            *ret_bits = 7 * (i + 1);
            *ret_last = byte;
            return BT_OK;
        }
    }
    *at = start;
    return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "a number of frame tables does not end");
}

enum bt_status bt_cfi_unsigned(struct bt_cursor *at, uint64_t *ret, struct bt_error *err)
{
    unsigned bits;
    uint8_t last;
    return read_groups(at, ret, &bits, &last, err);
}

enum bt_status bt_cfi_signed(struct bt_cursor *at, int64_t *ret, struct bt_error *err)
{
    uint64_t value;
    unsigned bits;
    uint8_t last;
    BT_TRY(read_groups(at, &value, &bits, &last, err));
    if (bits < 64 && (last & 0x40) != 0)
        value |= UINT64_MAX << bits;
    *ret = (int64_t)value;
    return BT_OK;
}

static enum bt_status read_entry(const struct bt_cfi_section *section, uint64_t at,
                                 struct entry *ret, struct bt_error *err)
{
    struct bt_span head;
    BT_TRY(bt_span_sub(section->bytes, at, 8, &head, err));
    uint32_t length = bt_span_u32(head, 0);
    if (length < 4)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the frame table ends");
    *ret = (struct entry){.at = at, .identity = bt_span_u32(head, 4), .content_at = at + 8};
    return bt_span_sub(section->bytes, at + 8, length - 4, &ret->content, err);
}

static bool is_common(const struct bt_cfi_section *section, const struct entry *entry)
{
    return entry->identity == (section->is_eh ? EH_COMMON : DEBUG_COMMON);
}

// A value as its form says; `here` is the address of its first byte.
static enum bt_status read_value(struct bt_cursor *at, uint8_t encoding, bool is64,
                                 uint64_t here, uint64_t *ret, struct bt_error *err)
{
    uint16_t u16 = 0;
    uint32_t u32 = 0;
    int64_t s64 = 0;
    uint64_t value = 0;
    uint8_t form = encoding & FORM_MASK;
    if (form == FORM_ABSOLUTE)
        form = is64 ? FORM_U64 : FORM_U32;
    if (form == FORM_UNSIGNED) {
        BT_TRY(bt_cfi_unsigned(at, &value, err));
    } else if (form == FORM_SIGNED) {
        BT_TRY(bt_cfi_signed(at, &s64, err));
        value = (uint64_t)s64;
    } else if (form == FORM_U16 || form == FORM_S16) {
        BT_TRY(bt_cursor_u16(at, &u16, err));
        value = form == FORM_U16 ? u16 : (uint64_t)(int64_t)(int16_t)u16;
    } else if (form == FORM_U32 || form == FORM_S32) {
        BT_TRY(bt_cursor_u32(at, &u32, err));
        value = form == FORM_U32 ? u32 : (uint64_t)(int64_t)(int32_t)u32;
    } else if (form == FORM_U64 || form == FORM_S64) {
        BT_TRY(bt_cursor_u64(at, &value, err));
    } else {
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET, "frame table of unknown form");
    }
    if ((encoding & COUNTS_MASK) == COUNTS_FROM_HERE)
        value += here;
    *ret = is64 ? value : (uint32_t)value;
    return BT_OK;
}

// What the letters of an augmentation announce, in their order.
static enum bt_status read_augmentation(const char *letters, struct bt_cursor *at, bool is64,
                                        struct bt_cfi_common *ret, struct bt_error *err)
{
    uint64_t size, pointer;
    struct bt_span data;
    uint8_t encoding;
    if (letters[0] == '\0')
        return BT_OK;
    if (letters[0] != 'z')
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET, "frame table of unknown kind");
    ret->has_augmentation = true;
    BT_TRY(bt_cfi_unsigned(at, &size, err));
    BT_TRY(bt_cursor_take(at, size, &data, err));
    struct bt_cursor in = bt_cursor_at(data);
    for (const char *letter = letters + 1; *letter != '\0'; letter++) {
        if (*letter == 'S') {
            ret->is_signal = true;
        } else if (*letter == 'R') {
            BT_TRY(bt_cfi_u8(&in, &ret->encoding, err));
        } else if (*letter == 'L') {
            BT_TRY(bt_cfi_u8(&in, &encoding, err));
        } else if (*letter == 'P') {
            BT_TRY(bt_cfi_u8(&in, &encoding, err));
            BT_TRY(read_value(&in, encoding, is64, 0, &pointer, err));
        } else if (*letter != 'B') { // signed return addresses
            return BT_OK;            // the size of the rest is known, its sense is not
        }
    }
    return BT_OK;
}

static enum bt_status read_common(const struct bt_cfi *cfi,
                                  const struct bt_cfi_section *section, uint64_t at,
                                  struct bt_cfi_common *ret, struct bt_error *err)
{
    enum { LETTERS = 16, ADDRESS_SIZES = 2 };
    struct entry entry;
    char letters[LETTERS];
    size_t count = 0;
    uint8_t version, byte;
    BT_TRY(read_entry(section, at, &entry, err));
    if (!is_common(section, &entry))
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "a frame table leads nowhere");
    struct bt_cursor in = bt_cursor_at(entry.content);
    *ret = (struct bt_cfi_common){.offset = at};
    BT_TRY(bt_cfi_u8(&in, &version, err));
    do {
        BT_TRY(bt_cfi_u8(&in, &byte, err));
        letters[count++] = (char)byte;
    } while (byte != 0 && count < LETTERS);
    if ((version != 1 && version != 3 && version != 4) || letters[count - 1] != '\0')
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET, "frame table of unknown version");
    if (version == 4)
        BT_TRY(bt_cursor_skip(&in, ADDRESS_SIZES, err));
    BT_TRY(bt_cfi_unsigned(&in, &ret->code_factor, err));
    BT_TRY(bt_cfi_signed(&in, &ret->data_factor, err));
    if (version == 1) {
        BT_TRY(bt_cfi_u8(&in, &byte, err));
        ret->return_register = byte;
    } else {
        BT_TRY(bt_cfi_unsigned(&in, &ret->return_register, err));
    }
    BT_TRY(read_augmentation(letters, &in, cfi->is64, ret, err));
    return bt_cursor_take(&in, bt_cursor_left(&in), &ret->instructions, err);
}

// The common entry of a function's one, which is mostly the one of the function before.
static enum bt_status find_common(const struct bt_cfi *cfi,
                                  const struct bt_cfi_section *section,
                                  const struct entry *entry, struct bt_cfi_common *common,
                                  struct bt_error *err)
{
    uint64_t at = entry->identity;
    if (section->is_eh) {
        if (entry->identity > entry->at + 4)
            return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "a frame table leads nowhere");
        at = entry->at + 4 - entry->identity;
    }
    return common->offset == at ? BT_OK : read_common(cfi, section, at, common, err);
}

// Reads the head of a function's entry: `at` is then at its instructions.
static enum bt_status read_function(const struct bt_cfi *cfi,
                                    const struct bt_cfi_section *section,
                                    const struct entry *entry,
                                    const struct bt_cfi_common *common, struct bt_cursor *at,
                                    uint64_t *ret_start, uint64_t *ret_size,
                                    struct bt_error *err)
{
    uint64_t size;
    *at = bt_cursor_at(entry->content);
    if ((common->encoding & INDIRECT) != 0)
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET, "frame table of unknown form");
    BT_TRY(read_value(at, common->encoding, cfi->is64, section->address + entry->content_at,
                      ret_start, err));
    BT_TRY(read_value(at, common->encoding & FORM_MASK, cfi->is64, 0, ret_size, err));
    if (!common->has_augmentation)
        return BT_OK;
    BT_TRY(bt_cfi_unsigned(at, &size, err));
    return bt_cursor_skip(at, size, err);
}

// Each entry takes 8 bytes at least, so the section bounds their count.
static void index_section(const struct bt_cfi *cfi, struct bt_cfi_section *section)
{
    struct bt_cfi_common common = {.offset = UINT64_MAX};
    struct entry entry;
    struct bt_cursor in;
    for (uint64_t at = 0; read_entry(section, at, &entry, NULL) == BT_OK;
         at = entry.content_at + entry.content.size) {
        struct bt_named_address function = {.name = at};
        if (is_common(section, &entry) ||
            find_common(cfi, section, &entry, &common, NULL) != BT_OK ||
            read_function(cfi, section, &entry, &common, &in, &function.rva, &function.size,
                          NULL) != BT_OK ||
            function.rva < cfi->base || function.size == 0)
            continue;
        function.rva -= cfi->base;
        bt_name_list_add(&section->functions, function);
    }
    bt_name_list_sort(&section->functions);
}

// Takes a section whose first entry is a common one of this kind: names do not tell, because a
// dump lacks the long ones of PE images.
static void add_section(struct bt_cfi *cfi, struct bt_span bytes, uint64_t address)
{
    struct bt_cfi_section section = {.bytes = bytes, .address = address};
    struct bt_cfi_common common;
    if (cfi->section_count == BT_CFI_SECTIONS || bytes.size < 8)
        return;
    section.is_eh = bt_span_u32(bytes, 4) == EH_COMMON;
    if (read_common(cfi, &section, 0, &common, NULL) != BT_OK)
        return;
    bt_name_list_init(&section.functions);
    index_section(cfi, &section);
    cfi->sections[cfi->section_count++] = section;
}

// Of a PE or an ELF file: their numbers do not meet.
static bool find_machine(uint32_t machine, enum bt_cfi_machine *ret)
{
    switch (machine) {
    case MACHINE_I386:
    case ELF_I386:
        *ret = BT_CFI_X86;
        return true;
    case MACHINE_AMD64:
    case ELF_AMD64:
        *ret = BT_CFI_X64;
        return true;
    case MACHINE_ARM64:
    case ELF_ARM64:
        *ret = BT_CFI_ARM64;
        return true;
    case MACHINE_ARMNT:
    case ELF_ARM:
        *ret = BT_CFI_ARM;
        return true;
    default:
        return false;
    }
}

static enum bt_status done(const struct bt_cfi *cfi, struct bt_cfi *ret, struct bt_error *err)
{
    *ret = *cfi;
    if (cfi->section_count == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "has no frame tables");
    return BT_OK;
}

enum bt_status bt_cfi_open_image(const struct bt_image *image, struct bt_arena *arena,
                                 struct bt_cfi *ret, struct bt_error *err)
{
    struct bt_cfi cfi = {.is64 = image->is64, .base = image->preferred_base};
    *ret = cfi;
    if (!find_machine(image->machine, &cfi.machine))
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "has no frame tables");
    for (unsigned i = 0; i < image->section_count; i++) {
        const struct bt_image_section *section = &image->sections[i];
        struct bt_span bytes;
        uint8_t head[8];
        // "/4" stands for a name that is too long, and so is ".eh_frame" where it was cut.
        if ((section->name[0] != '/' && strncmp(section->name, ".eh_fram", 8) != 0) ||
            section->size > BT_LIMIT_FRAME_TABLES ||
            bt_image_read(image, section->rva, head, sizeof head, NULL) != BT_OK ||
            (bt_le32(head + 4) != EH_COMMON && bt_le32(head + 4) != DEBUG_COMMON) ||
            bt_image_view_some(image, section->rva, section->size, arena, &bytes, NULL) !=
                BT_OK)
            continue;
        add_section(&cfi, bytes, cfi.base + section->rva);
    }
    return done(&cfi, ret, err);
}

enum bt_status bt_cfi_open_elf(const struct bt_elf *elf, struct bt_arena *arena,
                               struct bt_cfi *ret, struct bt_error *err)
{
    static const char *const names[] = {".eh_frame", ".debug_frame"};
    struct bt_cfi cfi = {.is64 = elf->is64, .base = elf->base};
    *ret = cfi;
    if (!find_machine(elf->machine, &cfi.machine))
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "has no frame tables");
    for (size_t i = 0; i < BT_COUNT(names); i++) {
        const struct bt_elf_section *section = bt_elf_find_section(elf, names[i]);
        struct bt_span bytes;
        if (section == NULL || section->size > BT_LIMIT_FRAME_TABLES ||
            bt_source_view(elf->source, section->offset, section->size, arena, &bytes, NULL) !=
                BT_OK)
            continue;
        add_section(&cfi, bytes, section->address);
    }
    return done(&cfi, ret, err);
}

void bt_cfi_close(struct bt_cfi *cfi)
{
    for (size_t i = 0; i < cfi->section_count; i++)
        bt_name_list_fini(&cfi->sections[i].functions);
    cfi->section_count = 0;
}

enum bt_status bt_cfi_rules(const struct bt_cfi *cfi, uint64_t rva, struct bt_arena *arena,
                            struct bt_unwind_rules *ret, struct bt_error *err)
{
    for (size_t i = 0; i < cfi->section_count; i++) {
        const struct bt_cfi_section *section = &cfi->sections[i];
        const struct bt_named_address *found = bt_name_list_find(&section->functions, rva, 0);
        struct bt_cfi_common common = {.offset = UINT64_MAX};
        struct entry entry;
        struct bt_cursor in;
        struct bt_span instructions;
        uint64_t start, size;
        if (found == NULL)
            continue;
        BT_TRY(read_entry(section, found->name, &entry, err));
        BT_TRY(find_common(cfi, section, &entry, &common, err));
        BT_TRY(read_function(cfi, section, &entry, &common, &in, &start, &size, err));
        BT_TRY(bt_cursor_take(&in, bt_cursor_left(&in), &instructions, err));
        return bt_cfi_run(cfi, &common, instructions, rva - found->rva, arena, ret, err);
    }
    return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "no frame table covers the address");
}

enum bt_status bt_cfi_function_start(const struct bt_cfi *cfi, uint64_t rva, uint64_t *ret,
                                     struct bt_error *err)
{
    for (size_t i = 0; i < cfi->section_count; i++) {
        const struct bt_named_address *found =
            bt_name_list_find(&cfi->sections[i].functions, rva, 0);
        if (found != NULL) {
            *ret = found->rva;
            return BT_OK;
        }
    }
    return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "no frame table covers the address");
}
