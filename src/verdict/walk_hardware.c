// SPDX-License-Identifier: MIT
//
// Errors of the hardware: the record that stop 0x124 points to with its sections, and the
// status of a machine check in the parameters.
#include <inttypes.h>

#include "verdict/walk_parts.h"
#include "windows/machine_check.h"

static enum bt_status tell_bank(const struct bt_scene *scene, struct bt_walks *walks,
                                const struct bt_machine_check *bank, struct bt_error *err)
{
    const char *words;
    BT_TRY(bt_machine_check_text(bank->status, scene->arena, &words, err));
    struct bt_buf text;
    bt_buf_init(&text, 1024);
    bt_buf_printf(&text, "processor %" PRIu32 ", bank %" PRIu32 ", 0x%016" PRIx64 ": %s",
                  bank->processor, bank->bank, bank->status, words);
    if (bank->has_address)
        bt_buf_printf(&text, "; at 0x%" PRIx64, bank->address);
    enum bt_status st = bt_walk_fact(scene, walks, "machine check", &text, err);
    bt_buf_fini(&text);
    if (walks->machine_check == 0)
        walks->machine_check = bank->status;
    return st;
}

static enum bt_status tell_device(const struct bt_scene *scene, struct bt_walks *walks,
                                  const struct bt_whea_device *d, struct bt_error *err)
{
    struct bt_buf text;
    bt_buf_init(&text, 256);
    bt_buf_printf(&text, "vendor 0x%04x, device 0x%04x, at %04x:%02x:%02x.%x", d->vendor,
                  d->device, d->segment, d->bus, d->slot, d->function);
    enum bt_status st = bt_walk_fact(scene, walks, "PCI device", &text, err);
    bt_buf_fini(&text);
    return st;
}

static enum bt_status tell_address(const struct bt_scene *scene, struct bt_walks *walks,
                                   uint64_t address, struct bt_error *err)
{
    struct bt_buf text;
    bt_buf_init(&text, 256);
    bt_buf_printf(&text, "physical address 0x%" PRIx64, address);
    enum bt_status st = bt_walk_fact(scene, walks, "memory", &text, err);
    bt_buf_fini(&text);
    return st;
}

// What a section says beyond its type.
static enum bt_status open_section(const struct bt_scene *scene, struct bt_walks *walks,
                                   const struct bt_whea_record *record,
                                   const struct bt_whea_section *section, struct bt_error *err)
{
    struct bt_machine_check banks[BT_MACHINE_CHECKS];
    struct bt_whea_device device;
    uint64_t address;
    size_t count = bt_machine_checks_read(scene->memory, record, section, banks);
    for (size_t i = 0; i < count; i++)
        BT_TRY(tell_bank(scene, walks, &banks[i], err));
    if (bt_whea_device_read(scene->memory, record, section, &device))
        return tell_device(scene, walks, &device, err);
    if (bt_whea_memory_read(scene->memory, record, section, &address))
        return tell_address(scene, walks, address, err);
    return BT_OK;
}

static enum bt_status tell_record(const struct bt_scene *scene, struct bt_walks *walks,
                                  const struct bt_whea_record *record, struct bt_error *err)
{
    struct bt_buf text;
    bt_buf_init(&text, 4096);
    bt_buf_printf(&text, "%s, %u section%s", record->severity != NULL ? record->severity : "?",
                  record->section_count, record->section_count == 1 ? "" : "s");
    for (unsigned i = 0; i < record->kept; i++) {
        const struct bt_whea_section *s = &record->sections[i];
        bt_buf_printf(&text, "%s %s", i == 0 ? ":" : ",",
                      s->type != NULL ? s->type : "unknown");
        if (s->text != NULL)
            bt_buf_printf(&text, " \"%s\"", s->text);
    }
    enum bt_status st = bt_walk_fact(scene, walks, "hardware error", &text, err);
    bt_buf_fini(&text);
    return st;
}

enum bt_status bt_walk_error_record(const struct bt_scene *scene, struct bt_walks *walks,
                                    bt_va va, struct bt_error *err)
{
    struct bt_whea_record record;
    enum bt_status st = bt_whea_read(scene->memory, va, scene->arena, &record, err);
    if (st != BT_OK)
        return st == BT_E_LIMIT || st == BT_E_NOMEM ? st : BT_OK;
    BT_TRY(tell_record(scene, walks, &record, err));
    for (unsigned i = 0; i < record.kept; i++)
        BT_TRY(open_section(scene, walks, &record, &record.sections[i], err));
    return BT_OK;
}

// MCi_STATUS in parameters 3 (high half) and 4 (low half) of a machine check.
enum bt_status bt_walk_machine_check(const struct bt_scene *scene, struct bt_walks *walks,
                                     struct bt_error *err)
{
    const struct bt_stop *stop = &scene->crash->stop;
    const uint64_t status =
        (stop->parameters[2] & UINT32_MAX) << 32 | (stop->parameters[3] & UINT32_MAX);
    if ((stop->code != 0x124 && stop->code != 0x9c) || stop->parameter_count < 4 ||
        (stop->code == 0x124 && stop->parameters[0] != 0) || walks->machine_check == status ||
        (status == 0 && walks->machine_check != 0))
        return BT_OK;
    const char *words;
    BT_TRY(bt_machine_check_text(status, scene->arena, &words, err));
    struct bt_buf text;
    bt_buf_init(&text, 1024);
    bt_buf_printf(&text, "0x%016" PRIx64 ": %s", status, words);
    enum bt_status st = bt_walk_fact(scene, walks, "machine check", &text, err);
    bt_buf_fini(&text);
    return st;
}
