// SPDX-License-Identifier: MIT
#include "mk_build.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mk_fill.h"
#include "mk_parts.h"
#include "mk_value.h"

#define ARENA_SIZE (UINT64_C(512) << 20)

enum { FILE_SIZE_MAX = 64 << 20 };

const struct mk_kind *mk_kind_find(const char *name)
{
    static const struct mk_kind *const tables[] = {
        mk_header_kinds,    mk_context_kinds,  mk_triage_kinds,
        mk_driver_kinds,    mk_kernel_kinds,   mk_memory_kinds,
        mk_secondary_kinds, mk_minidump_kinds, mk_body_kinds,
    };
    for (size_t i = 0; i < BT_COUNT(tables); i++) {
        for (const struct mk_kind *kind = tables[i]; kind->name != NULL; kind++) {
            if (strcmp(kind->name, name) == 0)
                return kind;
        }
    }
    return NULL;
}

// A description: a file, or a text with the name that messages give it.
struct input {
    const char *name, *text; // text NULL: read the file
};

static enum bt_status read_input(struct mk_script *script, const struct input *input,
                                 struct bt_error *err)
{
    if (input->text != NULL)
        return mk_script_parse(script, input->name, input->text, err);
    return mk_script_read(script, input->name, err);
}

// --- [dump]: what everything else depends on

static const char *word_or(const struct mk_section *section, const char *key,
                           const char *default_word)
{
    const struct mk_statement *statement = mk_section_get(section, key);
    return statement != NULL ? statement->value : default_word;
}

static enum bt_status check_dump(const struct mk_dump *dump, const struct mk_section *section,
                                 struct bt_error *err)
{
    bool is_triage = strcmp(dump->kind, "triage") == 0;
    bool is_minidump = strcmp(dump->kind, "minidump") == 0;
    bool is_memory = strcmp(dump->kind, "memory") == 0;
    if (dump->machine == NULL)
        return MK_FAIL(section->place, err,
                       "[dump] machine is none of x86 x64 arm64 ia64 arm "
                       "alpha mips ppc");
    if (!is_triage && !is_memory && !is_minidump && strcmp(dump->kind, "header") != 0)
        return MK_FAIL(section->place, err,
                       "[dump] kind is 'triage', 'memory', 'header' or 'minidump'");
    if ((is_triage || is_memory) && dump->machine->defaults == NULL)
        return MK_FAIL(section->place, err, "%s dumps are made for x86, x64 and arm64",
                       dump->kind);
    return BT_OK;
}

// Reads only [dump], because the machine decides which defaults go in front of the text.
static enum bt_status learn_machine(struct mk_dump *dump, const struct input *input,
                                    struct bt_error *err)
{
    uint64_t service_pack;
    mk_script_init(&dump->script, dump->arena);
    dump->script.only_dump = true;
    BT_TRY(read_input(&dump->script, input, err));
    const struct mk_section *section = mk_the(dump, "dump");
    struct mk_place start = {.file = input->name, .line = 1};
    if (section == NULL)
        return MK_FAIL(start, err, "there is no [dump] section");
    dump->machine = mk_machine_find(word_or(section, "machine", "x64"));
    dump->kind = word_or(section, "kind", "triage");
    BT_TRY(check_dump(dump, section, err));
    const char *writer = word_or(section, "writer", "A");
    if (strcmp(writer, "A") != 0 && strcmp(writer, "B") != 0)
        return MK_FAIL(section->place, err, "[dump] writer is A or B");
    dump->writer_b = *writer == 'B';
    BT_TRY(mk_number(dump, section, "build", 6002, &dump->build, err));
    BT_TRY(mk_number(dump, section, "service_pack", 0, &service_pack, err));
    mk_era_find(dump->machine->id, dump->build, service_pack, &dump->era);
    return BT_OK;
}

static enum bt_status read_script(struct mk_dump *dump, const struct input *input,
                                  struct bt_error *err)
{
    struct mk_script *script = &dump->script;
    mk_script_init(script, dump->arena);
    script->is_default = true;
    if (strcmp(dump->kind, "minidump") == 0)
        BT_TRY(mk_script_parse(script, "defaults", mk_minidump_defaults, err));
    else
        BT_TRY(mk_script_parse(script, "defaults", mk_common_defaults, err));
    bool is_memory = strcmp(dump->kind, "memory") == 0;
    if (strcmp(dump->kind, "triage") == 0 || is_memory) {
        BT_TRY(mk_script_parse(script, "defaults", mk_triage_defaults, err));
        BT_TRY(mk_script_parse(script, "defaults", dump->machine->defaults, err));
    }
    if (is_memory)
        BT_TRY(mk_script_parse(script, "defaults", mk_memory_defaults, err));
    script->is_default = false;
    return read_input(script, input, err);
}

// --- joining

static enum bt_status join_pieces(struct mk_dump *dump, struct bt_error *err)
{
    for (const struct mk_piece *p = dump->pieces; p != NULL; p = p->next) {
        if (p->has_address && p->offset == MK_NOWHERE)
            mk_join_memory(dump, p);
    }
    bt_buf_init(&dump->file, FILE_SIZE_MAX);
    bt_buf_fill(&dump->file, '\0', dump->end);
    BT_TRY(bt_buf_status(&dump->file, err));
    for (const struct mk_piece *p = dump->pieces; p != NULL; p = p->next) {
        if (p->offset != MK_NOWHERE && p->data != NULL && p->size > 0)
            memcpy(dump->file.data + p->offset, p->data, p->size);
    }
    return BT_OK;
}

static enum bt_status add_parts(struct mk_dump *dump, struct bt_error *err)
{
    if (strcmp(dump->kind, "minidump") == 0)
        return mk_add_minidump(dump, err);
    BT_TRY(mk_add_header(dump, err));
    if (strcmp(dump->kind, "triage") == 0)
        return mk_add_triage(dump, err);
    if (strcmp(dump->kind, "memory") == 0)
        return mk_add_memory(dump, err);
    return mk_add_body(dump, err);
}

static enum bt_status build(struct mk_dump *dump, const struct input *input,
                            struct bt_error *err)
{
    *dump = (struct mk_dump){.arena = bt_arena_new(ARENA_SIZE)};
    if (dump->arena == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    BT_TRY(learn_machine(dump, input, err));
    BT_TRY(read_script(dump, input, err));
    BT_TRY(add_parts(dump, err));
    BT_TRY(mk_fill_pieces(dump, err));
    BT_TRY(mk_scramble(dump, err));
    BT_TRY(join_pieces(dump, err));
    return mk_apply_edits(dump, err);
}

enum bt_status mk_build_file(const char *path, struct mk_dump *ret, struct bt_error *err)
{
    return build(ret, &(struct input){.name = path, .text = NULL}, err);
}

enum bt_status mk_build_text(const char *name, const char *text, struct mk_dump *ret,
                             struct bt_error *err)
{
    return build(ret, &(struct input){.name = name, .text = text}, err);
}

void mk_dump_fini(struct mk_dump *dump)
{
    bt_buf_fini(&dump->file);
    bt_arena_free(dump->arena);
}

// --- the map

static void describe_field(const struct mk_dump *dump, const struct mk_piece *piece,
                           const char *title, const char *name, struct bt_buf *to)
{
    struct mk_slot slot;
    if (!mk_fields_find(piece->fields, name, dump->machine->is64, &slot) ||
        slot.offset + (uint64_t)slot.size > piece->size)
        return;
    uint64_t at = (piece->offset == MK_NOWHERE ? 0 : piece->offset) + slot.offset;
    const uint8_t *data = piece->data + slot.offset;
    if (slot.size >= 4 && memcmp(data, "PAGE", 4) == 0 && strcmp(name, "Signature") != 0)
        return; // not set
    bt_buf_printf(to, "  %08" PRIx64 " %2u %s.%s = ", at, slot.size, title, name);
    if (slot.size <= 8 && slot.type != MK_TEXT)
        bt_buf_printf(to, "0x%" PRIx64, mk_load(data, slot.size));
    for (uint32_t i = 0; slot.type == MK_TEXT && i < slot.size && data[i] != 0; i++)
        bt_buf_char(to, data[i] >= ' ' && data[i] < 0x7f ? (char)data[i] : '?');
    bt_buf_char(to, '\n');
}

static void describe_piece(const struct mk_dump *dump, const struct mk_piece *piece,
                           struct bt_buf *to)
{
    const struct mk_section *section = piece->section;
    const char *title = "(data)";
    if (section != NULL)
        title = section->name != NULL ? section->name : section->kind;
    if (piece->offset == MK_NOWHERE)
        bt_buf_text(to, "  memory ");
    else
        bt_buf_printf(to, "%08" PRIx64 " ", piece->offset);
    bt_buf_printf(to, "0x%" PRIx64 " bytes: %s", piece->size, title);
    if (piece->has_address)
        bt_buf_printf(to, " at 0x%" PRIx64, piece->address);
    bt_buf_char(to, '\n');
    for (size_t i = 0; i < piece->fields.count; i++) {
        const struct mk_field *field = &piece->fields.items[i];
        char name[64];
        for (uint32_t k = 0; k < (field->count > 0 ? field->count : 1); k++) {
            if (field->count > 0)
                snprintf(name, sizeof name, "%s%u", field->name, k + field->first);
            describe_field(dump, piece, title, field->count > 0 ? name : field->name, to);
        }
    }
}

void mk_describe(const struct mk_dump *dump, struct bt_buf *to)
{
    for (const struct mk_piece *p = dump->pieces; p != NULL; p = p->next)
        describe_piece(dump, p, to);
}
