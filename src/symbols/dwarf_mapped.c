// SPDX-License-Identifier: MIT
//
// The sections of a linked ELF file for the library, as pages of the file: it would read each
// section that it touches to memory of its own, whole, although a look-up needs a few pages of
// them. What it must change before it can use it (packed sections, relocatable objects) it
// reads by itself. A file that is cut while it is read ends this process, as a damaged one may.
#include <string.h>

#include "symbols/dwarf.h"

// Only the last release of the old interface, which Debian 12 has; later ones have another.
#if defined(BUGTRIAGE_LIBDWARF_ACCESS_ARGUMENT)
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "symbols/elf.h"

enum {
    FILE_EXECUTABLE = 2,
    FILE_SHARED = 3,
    SECTION_PROGRAM = 1,    // PROGBITS
    SECTION_PACKED = 0x800, // flag: COMPRESSED
    SECTIONS = 48,          // twice of what there are names for
    NAME_SIZE = 32,         // of longer ones the library wants none
};

struct mapped_section {
    char name[NAME_SIZE];
    uint64_t address, offset, size;
    Dwarf_Small *data; // NULL: not mapped yet
};

struct mapped_file {
    Dwarf_Obj_Access_Interface interface;
    int fd;
    uint64_t size;
    bool is64;
    struct mapped_section sections[SECTIONS]; // the first one stands for none
    size_t count;
};

static int describe_section(void *object, Dwarf_Half index, Dwarf_Obj_Access_Section *ret,
                            int *error)
{
    const struct mapped_file *file = object;
    (void)error;
    if (index >= file->count)
        return DW_DLV_NO_ENTRY;
    const struct mapped_section *section = &file->sections[index];
    *ret = (Dwarf_Obj_Access_Section){
        .addr = section->address,
        .type = index != 0 ? SECTION_PROGRAM : 0,
        .size = section->size,
        .name = section->name,
    };
    return DW_DLV_OK;
}

static Dwarf_Endianness order_of_bytes(void *object)
{
    (void)object;
    return DW_OBJECT_LSB; // what bt_elf_open accepts
}

static Dwarf_Small word_size(void *object)
{
    const struct mapped_file *file = object;
    return file->is64 ? 8 : 4;
}

static Dwarf_Unsigned count_sections(void *object)
{
    const struct mapped_file *file = object;
    return file->count;
}

// The pages of a range of the file; NULL where they cannot be had.
static uint8_t *map_range(int fd, uint64_t offset, uint64_t size)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), before = offset & (page - 1);
    if (size == 0 || size > SIZE_MAX - before || offset > INT64_MAX)
        return NULL;
    void *pages = mmap(NULL, (size_t)(size + before), PROT_READ, MAP_PRIVATE, fd,
                       (off_t)(offset - before));
    return pages != MAP_FAILED ? (uint8_t *)pages + before : NULL;
}

static int load_section(void *object, Dwarf_Half index, Dwarf_Small **ret, int *error)
{
    struct mapped_file *file = object;
    if (index == 0 || index >= file->count)
        return DW_DLV_NO_ENTRY;
    struct mapped_section *section = &file->sections[index];
    if (section->data == NULL)
        section->data = map_range(file->fd, section->offset, section->size);
    if (section->data == NULL) {
        *error = DW_DLE_ALLOC_FAIL;
        return DW_DLV_ERROR;
    }
    *ret = section->data;
    return DW_DLV_OK;
}

// Lists a section that the library may want; false where it must do without this reader.
static bool add_section(struct mapped_file *file, const struct bt_elf *elf,
                        const struct bt_elf_section *section)
{
    char name[NAME_SIZE];
    if (!bt_elf_section_name(elf, section, name, sizeof name) ||
        bt_starts_with(name, ".zdebug_") || bt_starts_with(name, ".rela.debug_") ||
        bt_starts_with(name, ".rel.debug_"))
        return false;
    if (!bt_starts_with(name, ".debug_") || section->size == 0)
        return true;
    if (section->type != SECTION_PROGRAM || (section->flags & SECTION_PACKED) != 0 ||
        file->count == SECTIONS || section->offset > file->size ||
        section->size > file->size - section->offset)
        return false;
    struct mapped_section *to = &file->sections[file->count++];
    memcpy(to->name, name, NAME_SIZE);
    to->address = section->address;
    to->offset = section->offset;
    to->size = section->size;
    return true;
}

static bool list_sections(struct mapped_file *file, struct bt_source *source,
                          struct bt_arena *arena)
{
    struct bt_elf *elf;
    if (bt_elf_open(source, arena, &elf, NULL) != BT_OK || !elf->has_dwarf ||
        (elf->type != FILE_EXECUTABLE && elf->type != FILE_SHARED) ||
        elf->section_count == BT_ELF_SECTIONS) // there may be more
        return false;
    file->is64 = elf->is64;
    file->count = 1;
    for (size_t i = 1; i < elf->section_count; i++) {
        if (!add_section(file, elf, &elf->sections[i]))
            return false;
    }
    return true;
}

// Reads the headers through a mapping that ends with this.
static bool read_headers(struct mapped_file *file, struct bt_arena *arena)
{
    struct stat status;
    struct bt_source *source;
    if (fstat(file->fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0 ||
        (uint64_t)status.st_size > SIZE_MAX)
        return false;
    file->size = (uint64_t)status.st_size;
    uint8_t *bytes = map_range(file->fd, 0, file->size);
    if (bytes == NULL)
        return false;
    struct bt_span all = {.data = bytes, .size = (size_t)file->size};
    bool listed = false;
    if (bt_source_open_memory(all, &source, NULL) == BT_OK) {
        listed = list_sections(file, source, arena);
        bt_source_close(source);
    }
    munmap(bytes, (size_t)file->size);
    return listed;
}

bool bt_dwarf_map(int fd, struct bt_arena *arena, Dwarf_Handler handler, Dwarf_Debug *ret)
{
    static const Dwarf_Obj_Access_Methods methods = {
        .get_section_info = describe_section,
        .get_byte_order = order_of_bytes,
        .get_length_size = word_size,
        .get_pointer_size = word_size,
        .get_section_count = count_sections,
        .load_section = load_section,
    };
    struct mapped_file *file;
    Dwarf_Error why = NULL;
    if (bt_arena_alloc(arena, 1, sizeof *file, &file, NULL) != BT_OK)
        return false;
    file->fd = fd;
    file->interface = (Dwarf_Obj_Access_Interface){.object = file, .methods = &methods};
    return read_headers(file, arena) &&
           dwarf_object_init_b(&file->interface, handler, NULL, DW_GROUPNUMBER_ANY, ret,
                               &why) == DW_DLV_OK;
}
#else
bool bt_dwarf_map(int fd, struct bt_arena *arena, Dwarf_Handler handler, Dwarf_Debug *ret)
{
    (void)fd;
    (void)arena;
    (void)handler;
    (void)ret;
    return false;
}
#endif
