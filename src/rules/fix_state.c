// SPDX-License-Identifier: MIT
#include "rules/fix_state.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "kb/words.h"
#include "rules/system_fit.h"
#include "rules/update_state.h"

// Vendors link a file some hours before they sign it: the link date of the fixed file is the
// published date or the day before. Further away it is another build.
#define LINK_DATE_MARGIN (2 * 24 * 3600 * BT_TICKS_PER_SECOND)

struct judge {
    const struct bt_facts *facts;
    const struct bt_kb_article *article;
    struct bt_arena *arena;
    struct bt_error *err;
};

// What two versions say: *note explains what is not plain.
static enum bt_file_state compare_versions(const struct judge *j, uint64_t found,
                                           uint64_t fixed, const char **note)
{
    switch (bt_kb_compare(j->facts->kb, found, fixed)) {
    case BT_KB_SAME:
    case BT_KB_NEWER:
        return BT_FILE_INSTALLED;
    case BT_KB_OLDER:
        return BT_FILE_NEEDED;
    case BT_KB_EARLIER_SP:
        *note = "file of an earlier service pack";
        return BT_FILE_NEEDED;
    case BT_KB_LATER_SP:
        *note = "file of a later service pack";
        return BT_FILE_NOT_COMPARABLE;
    case BT_KB_GDR_OF_LDR:
        *note = "general (GDR) branch: the fix is known in the hotfix (LDR) branch only";
        return BT_FILE_NEEDED;
    case BT_KB_OTHER:
        break;
    }
    *note = "another servicing branch: the numbers cannot be compared";
    return BT_FILE_NOT_COMPARABLE;
}

static enum bt_status compare_dates(const struct judge *j, struct bt_fix_file *file,
                                    struct bt_opt64 linked_after)
{
    char found[BT_TIME_TEXT_SIZE];
    uint64_t link = file->found_date.value;
    bool older = linked_after.known ? link <= linked_after.value
                                    : link + LINK_DATE_MARGIN < file->date.value;
    bt_filetime_text(link, found);
    file->state = older ? BT_FILE_LIKELY_OLDER : BT_FILE_LIKELY_NEWER;
    return bt_arena_printf(j->arena, &file->note, j->err, "link date %.10s, a hint only",
                           found);
}

// Fills in what the crash knows of a file, and judges.
static enum bt_status judge_file(const struct judge *j, const struct bt_kb_fix_file *row,
                                 struct bt_fix_file *file)
{
    const struct bt_module *module = bt_facts_module(j->facts, file->name);
    if (module == NULL) {
        file->state = j->facts->modules_complete ? BT_FILE_ABSENT : BT_FILE_UNKNOWN;
        if (!j->facts->modules_complete)
            file->note = "there is no whole module list";
        return BT_OK;
    }
    file->found_version = module->file_version;
    file->found_date = bt_facts_link_date(j->facts, module);
    if (file->fixed_version.known && file->found_version.known) {
        file->state = compare_versions(j, file->found_version.value, file->fixed_version.value,
                                       &file->note);
        return BT_OK;
    }
    if ((file->date.known || row->linked_after.known) && file->found_date.known)
        return compare_dates(j, file, row->linked_after);
    file->note = file->fixed_version.known ? bt_facts_version_gap(j->facts)
                                           : "the fixed version was never published";
    return BT_OK;
}

// Whether a row is for another system than that of the crash.
static bool is_for_another(const struct judge *j, const struct bt_kb_fix_file *row)
{
    const char *arch = bt_arch_name(j->facts->crash->system.arch);
    if (row->platform != NULL && arch != NULL && strcmp(row->platform, arch) != 0)
        return true;
    return row->systems.count != 0 && bt_systems_fit(j->facts, row->systems, false) == BT_FALSE;
}

static enum bt_arch arch_of(const char *platform)
{
    enum bt_arch arch = BT_ARCH_UNKNOWN;
    if (platform != NULL && !bt_arch_find(platform, &arch))
        return BT_ARCH_UNKNOWN;
    return arch;
}

struct tally {
    size_t needed, installed, likely_older;
};

static void count_state(const struct bt_kb_fix_file *row, const struct bt_fix_file *file,
                        struct tally *tally)
{
    if (!row->cures)
        return;
    tally->needed += file->state == BT_FILE_NEEDED;
    tally->installed += file->state == BT_FILE_INSTALLED;
    tally->likely_older += file->state == BT_FILE_LIKELY_OLDER;
}

static enum bt_status judge_files(const struct judge *j, struct bt_fix *fix,
                                  struct tally *tally)
{
    struct bt_kb_list rows = j->article->files;
    struct bt_kb_fix_file row;
    BT_TRY(bt_arena_alloc(j->arena, rows.count, sizeof *fix->files, &fix->files, j->err));
    for (size_t i = 0; bt_kb_fix_file_at(rows, i, &row); i++) {
        if (is_for_another(j, &row))
            continue;
        struct bt_fix_file *file = &fix->files[fix->file_count++];
        *file = (struct bt_fix_file){
            .name = row.name,
            .platform = arch_of(row.platform),
            .fixed_version = row.version,
            .size = row.size,
            .date = row.date,
            .date_only = row.date_only,
        };
        BT_TRY(judge_file(j, &row, file));
        if (!row.cures && file->note == NULL)
            file->note = "comes with the fix and decides nothing";
        count_state(&row, file, tally);
    }
    return BT_OK;
}

// The service packs that a fix asks for, where the author did not put it into words.
static enum bt_status name_prerequisites(const struct judge *j, struct bt_fix *fix)
{
    struct bt_kb_list requires = j->article->requires_systems;
    struct bt_kb_system system;
    struct bt_buf out;
    enum bt_status status = BT_OK;
    fix->prerequisites = j->article->requires_text;
    if (fix->prerequisites != NULL || requires.count == 0)
        return BT_OK;
    bt_buf_init(&out, 1024);
    for (size_t i = 0; bt_kb_system_at(requires, i, &system); i++)
        bt_buf_printf(&out, "%s%s", i > 0 ? ", " : "", system.text);
    status = bt_arena_text(j->arena, bt_buf_cstr(&out), out.size, &fix->prerequisites, j->err);
    bt_buf_fini(&out);
    return status;
}

// "SP2"; NT 4.0 calls its last one SP6a, but for its Terminal Server Edition, which has SP6.
static const char *suffix_of(const struct judge *j, uint32_t pack)
{
    return pack == 6 && !bt_is_terminal_server_edition(j->facts) ? "a" : "";
}

static enum bt_status note_pack(const struct judge *j, struct bt_fix *fix, uint32_t pack)
{
    if (pack == 0) {
        fix->status_note = "this release contains the fix";
        return BT_OK;
    }
    return bt_arena_printf(j->arena, &fix->status_note, j->err,
                           "service pack %u%s contains the fix", pack, suffix_of(j, pack));
}

// The fix came with "the latest service pack": the last of all has it, one before may have it.
static enum bt_status note_latest(const struct judge *j, struct bt_fix *fix)
{
    struct bt_opt32 pack = bt_facts_service_pack(j->facts);
    struct bt_kb_system system;
    for (size_t i = 0; bt_kb_system_at(j->article->fixed_in, i, &system); i++) {
        if (!system.latest || fix->status_note != NULL || !pack.known ||
            pack.value >= system.sp_from.value ||
            bt_system_fits_line(j->facts, &system) != BT_TRUE)
            continue;
        return bt_arena_printf(j->arena, &fix->status_note, j->err,
                               "service pack %u%s contains the fix, an earlier one perhaps",
                               system.sp_from.value, suffix_of(j, system.sp_from.value));
    }
    return BT_OK;
}

// What the service pack of the system says: it contains the fix, it is too old for it, or
// (where the fix is a service pack and nothing else) it is not yet there.
static enum bt_status judge_service_pack(const struct judge *j, struct bt_fix *fix)
{
    struct bt_opt32 missing = bt_missing_service_pack(j->facts, j->article->requires_systems);
    struct bt_opt32 awaited = bt_missing_service_pack(j->facts, j->article->fixed_in);
    struct bt_kb_system system;
    for (size_t i = 0; bt_kb_system_at(j->article->fixed_in, i, &system); i++) {
        if (bt_system_fits(j->facts, &system, true) == BT_TRUE) {
            fix->status = BT_FIX_INSTALLED;
            return note_pack(j, fix, system.sp_from.value);
        }
    }
    if (missing.known && fix->status != BT_FIX_INSTALLED) {
        fix->status = BT_FIX_NEEDED;
        return bt_arena_printf(j->arena, &fix->status_note, j->err, "install SP%u%s first",
                               missing.value, suffix_of(j, missing.value));
    }
    if (awaited.known && j->article->files.count == 0) {
        fix->status = BT_FIX_NEEDED;
        if (fix->status_note == NULL)
            return note_pack(j, fix, awaited.value);
    }
    return fix->status == BT_FIX_UNKNOWN ? note_latest(j, fix) : BT_OK;
}

// "KB2792165 is in the list of installed updates (systeminfo.txt, line 54)"
static enum bt_status describe_listed(const struct judge *j, struct bt_fix *fix)
{
    const char *source = j->facts->crash->machine.updates_source;
    if (fix->listed == BT_LISTED_NO)
        return bt_arena_printf(j->arena, &fix->listed_note, j->err,
                               "%s is not in the list of installed updates (%s)",
                               fix->listed_update, source);
    return bt_arena_printf(
        j->arena, &fix->listed_note, j->err,
        "%s%s is in the list of installed updates (%s, line %u)", fix->listed_update,
        fix->listed == BT_LISTED_YES ? "" : ", which supersedes it,", source, fix->listed_line);
}

// What a list of the machine's updates adds. The files that were in use when it crashed know
// better: an update may lack its restart, or have come after the crash.
static enum bt_status judge_list(const struct judge *j, const struct tally *tally,
                                 struct bt_fix *fix)
{
    bt_find_listed(j->facts, j->article, fix);
    if (fix->listed == BT_LISTED_UNKNOWN)
        return BT_OK;
    BT_TRY(describe_listed(j, fix));
    if (fix->listed == BT_LISTED_NO || fix->status == BT_FIX_INSTALLED)
        return BT_OK;
    if (tally->needed == 0 && tally->likely_older == 0 && fix->status == BT_FIX_UNKNOWN) {
        fix->status = BT_FIX_INSTALLED;
        fix->status_note = fix->listed_note;
        return BT_OK;
    }
    return bt_arena_printf(
        j->arena, &fix->status_note, j->err,
        "%s, but its file %s when the machine crashed: a restart is missing, "
        "or the update came later",
        fix->listed_note, tally->needed != 0 ? "was not in use" : "was probably not in use");
}

enum bt_status bt_find_fix_state(const struct bt_facts *facts,
                                 const struct bt_kb_article *article, struct bt_arena *arena,
                                 struct bt_fix *ret, struct bt_error *err)
{
    struct judge j = {.facts = facts, .article = article, .arena = arena, .err = err};
    struct tally tally = {0};
    *ret = (struct bt_fix){
        .present = article->fix_kind != NULL,
        .kind = article->fix_kind,
        .restart = article->restart,
        .replaces = article->replaces,
        .status_note = article->fix_note,
    };
    if (!ret->present)
        return BT_OK;
    BT_TRY(name_prerequisites(&j, ret));
    BT_TRY(judge_files(&j, ret, &tally));
    if (tally.needed != 0)
        ret->status = BT_FIX_NEEDED;
    else if (tally.installed != 0)
        ret->status = BT_FIX_INSTALLED;
    BT_TRY(judge_service_pack(&j, ret));
    return judge_list(&j, &tally, ret);
}
