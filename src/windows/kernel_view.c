// SPDX-License-Identifier: MIT
#include "windows/kernel_view.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "memory/debugger_data.h"
#include "windows/kernel_offsets.h"

enum {
    NAME_SIZE = 15,
    SHORTEST_NAME = 4,
    VENDOR_SIZE = 13,
    BUILD_LAB_SIZE = 260,
    MOST_ID = 1 << 28, // process and thread ids are indexes of a handle table, times 4
    WINDOWS_2000 = 2195,
    MOST_STACK = 1 << 20,
};

struct view {
    const struct bt_kernel_input *input;
    struct bt_arena *arena;
    struct bt_crash *crash;
    struct bt_debugger_data debugger;
    struct bt_kernel_offsets offsets;
    bool is64;
    size_t word;
};

// A pointer-sized field of a raw copy.
static bool take_word(const struct view *v, struct bt_span raw, struct bt_opt32 offset,
                      uint64_t *ret)
{
    if (!offset.known || !bt_span_has(raw, offset.value, v->word))
        return false;
    *ret = bt_span_word(raw, offset.value, v->is64);
    return true;
}

static bool is_kernel_address(const struct view *v, bt_va va)
{
    // 57 bits of address: with five levels of page tables pools lie lower than with four.
    return v->is64 ? va >> 56 == UINT64_MAX >> 56 : va >= 0x80000000u && va <= UINT32_MAX;
}

// ---- the debugger data block

// Failures are of the dump: a dump without the block still has its process.
static void find_debugger_data(struct view *v)
{
    const struct bt_kernel_input *input = v->input;
    struct bt_span raw = input->debugger_bytes;
    struct bt_error why = {0};
    uint8_t bytes[BT_DEBUGGER_DATA_SIZE];
    if (raw.size == 0 && input->memory != NULL && input->debugger_data != 0) {
        size_t got =
            input->memory->read_some(input->memory, input->debugger_data, bytes, sizeof bytes);
        raw = (struct bt_span){.data = bytes, .size = got, .file_offset = BT_NO_OFFSET};
    }
    if (raw.size == 0)
        return;
    if (bt_debugger_data_decode(raw, v->is64, &v->debugger, &why) != BT_OK)
        bt_note(v->crash, v->arena, "debugger-data-unreadable", why.offset, "%s", why.message);
}

// NtBuildLab, "9600.18821.amd64fre.winblue_ltsb.170914-0600". Before Windows 10 its second part
// is the revision of the kernel; since then it is that of the first release.
static enum bt_status describe_build_lab(struct view *v, struct bt_error *err)
{
    const uint32_t windows_10 = 10240;
    struct bt_system *system = &v->crash->system;
    char text[BUILD_LAB_SIZE];
    bt_va at = v->debugger.build_lab != 0 ? v->debugger.build_lab : v->input->build_lab;
    if (at == 0 || v->input->memory == NULL || system->build_lab != NULL)
        return BT_OK;
    const struct bt_memory *memory = v->input->memory;
    size_t got = memory->read_some(memory, at, text, sizeof text);
    size_t size = 0;
    while (size < got && text[size] >= 0x20 && text[size] <= 0x7e)
        size++;
    if (size == 0 || size == got || text[size] != '\0' || !bt_is_digit(text[0]))
        return BT_OK;
    BT_TRY(bt_arena_text(v->arena, text, size, &system->build_lab, err));
    const char *second = strchr(system->build_lab, '.');
    uint64_t revision;
    if (second != NULL && system->build.known && system->build.value < windows_10 &&
        !system->revision.known &&
        bt_parse_u64(second + 1, strcspn(second + 1, "."), &revision) && revision <= UINT16_MAX)
        system->revision = bt_some32((uint32_t)revision);
    return BT_OK;
}

// CmNtCSDVersion: the service pack in bits 8 to 15.
static void describe_service_pack(struct view *v)
{
    enum { MOST_SERVICE_PACKS = 9 };
    uint32_t csd;
    if (v->crash->system.service_pack.known || v->debugger.csd_version == 0 ||
        v->input->memory == NULL ||
        bt_memory_u32(v->input->memory, v->debugger.csd_version, &csd, NULL) != BT_OK)
        return;
    if ((csd >> 8 & 0xff) <= MOST_SERVICE_PACKS)
        v->crash->system.service_pack = bt_some32(csd >> 8 & 0xff);
}

// ---- processor

static void describe_number(struct view *v)
{
    const struct bt_span prcb = v->input->prcb;
    const struct bt_opt32 at = v->offsets.processor.number;
    const bool wide = v->offsets.processor.number_size.value == 4;
    const struct bt_opt32 count = v->crash->system.processors;
    if (v->crash->processor.known || !at.known || !bt_span_has(prcb, at.value, wide ? 4 : 1))
        return;
    uint32_t number = wide ? bt_span_u32(prcb, at.value) : prcb.data[at.value];
    if (!count.known || number < count.value)
        v->crash->processor = bt_some32(number);
}

// Letters only, as "GenuineIntel" and "AuthenticAMD" are; other processors have no such text.
static enum bt_status describe_vendor(struct view *v, struct bt_error *err)
{
    const struct bt_opt32 at = v->offsets.processor.vendor;
    struct bt_system *system = &v->crash->system;
    struct bt_span raw;
    if (system->processor_vendor != NULL || !at.known ||
        bt_span_sub(v->input->prcb, at.value, VENDOR_SIZE, &raw, NULL) != BT_OK)
        return BT_OK;
    const char *text = (const char *)raw.data;
    size_t size = 0;
    while (size < raw.size && bt_is_alpha(text[size]))
        size++;
    if (size < SHORTEST_NAME || (size < raw.size && text[size] != '\0'))
        return BT_OK;
    return bt_arena_text(v->arena, text, size, &system->processor_vendor, err);
}

static enum bt_status describe_processor(struct view *v, struct bt_error *err)
{
    enum { MOST_MHZ = 20000 };
    const struct bt_opt32 mhz = v->offsets.processor.mhz;
    struct bt_system *system = &v->crash->system;
    describe_number(v);
    if (!system->processor_mhz.known && mhz.known &&
        bt_span_has(v->input->prcb, mhz.value, 4)) {
        uint32_t value = bt_span_u32(v->input->prcb, mhz.value);
        if (value != 0 && value <= MOST_MHZ)
            system->processor_mhz = bt_some32(value);
    }
    uint64_t thread;
    if (v->crash->process.thread_object == 0 &&
        take_word(v, v->input->prcb, v->offsets.processor.thread, &thread) &&
        is_kernel_address(v, thread))
        v->crash->process.thread_object = thread;
    return describe_vendor(v, err);
}

// ---- ids

static bool is_id(const struct view *v, uint64_t value)
{
    const struct bt_opt32 build = v->crash->system.build;
    const bool any = build.known && build.value < WINDOWS_2000; // NT 4: System is 2
    return (any || value % 4 == 0) && value < MOST_ID;
}

static bool take_client_id(const struct view *v, size_t at, uint64_t *ret_pid,
                           uint64_t *ret_tid)
{
    const struct bt_span thread = v->input->thread;
    if (!bt_span_has(thread, at, 2 * v->word))
        return false;
    *ret_pid = bt_span_word(thread, at, v->is64);
    *ret_tid = bt_span_word(thread, at + v->word, v->is64);
    return is_id(v, *ret_pid) && is_id(v, *ret_tid);
}

// The ids at the known place of the build. Windows counts them in fours; a thread of the very
// process that it works in is believed whatever its own id is.
static bool take_known_client_id(const struct view *v, uint64_t *ret_pid, uint64_t *ret_tid)
{
    const struct bt_opt64 pid = v->crash->process.pid;
    const struct bt_opt32 at = v->offsets.thread.cid;
    if (!at.known || !bt_span_has(v->input->thread, at.value, 2 * v->word))
        return false;
    if (take_client_id(v, at.value, ret_pid, ret_tid))
        return true;
    return pid.known && pid.value != 0 && *ret_pid == pid.value && *ret_tid < MOST_ID;
}

// In every version the ids stand behind the head of a list, ActiveTimerListHead.
static bool is_behind_list_head(const struct view *v, size_t at)
{
    const struct bt_span thread = v->input->thread;
    return is_kernel_address(v, bt_span_word(thread, at - v->word, v->is64)) &&
           is_kernel_address(v, bt_span_word(thread, at - 2 * v->word, v->is64));
}

// For builds whose offset nobody has written down: the id of the process, another id. The one
// such pair behind a list head counts, or else the only one in the thread; the small ids of the
// system's own processes are too frequent among other numbers for that.
static bool search_client_id(const struct view *v, uint64_t pid, size_t *ret)
{
    enum { SMALL_ID = 0x100 };
    size_t after_head = 0, elsewhere = 0, at_elsewhere = 0;
    for (size_t at = 2 * v->word; at < v->input->thread.size; at += v->word) {
        uint64_t a;
        uint64_t b;
        if (!take_client_id(v, at, &a, &b) || a != pid || b == 0)
            continue;
        if (is_behind_list_head(v, at)) {
            *ret = at;
            after_head++;
        } else {
            at_elsewhere = at;
            elsewhere++;
        }
    }
    if (after_head == 0 && elsewhere == 1 && pid >= SMALL_ID) {
        *ret = at_elsewhere;
        return true;
    }
    return pid != 0 && after_head == 1;
}

// UniqueProcessId stands before ActiveProcessLinks in every version: an id and two pointers.
static bool is_before_links(const struct view *v, size_t at)
{
    const struct bt_span process = v->input->process;
    if (!bt_span_has(process, at, 3 * v->word))
        return false;
    uint64_t next = bt_span_word(process, at + v->word, v->is64);
    uint64_t previous = bt_span_word(process, at + 2 * v->word, v->is64);
    return is_kernel_address(v, next) && is_kernel_address(v, previous) && next != previous;
}

static bool is_process_id_at(const struct view *v, size_t at)
{
    return is_before_links(v, at) && is_id(v, bt_span_word(v->input->process, at, v->is64));
}

// For builds that no row of offsets fits: an id before a pair of pointers in the process that
// is also found in the thread, if there is just one.
static bool search_ids(const struct view *v, uint64_t *ret_pid, uint64_t *ret_tid)
{
    size_t found = 0;
    for (size_t at = 0; at < v->input->process.size; at += v->word) {
        size_t cid;
        uint64_t pid;
        if (!is_process_id_at(v, at))
            continue;
        pid = bt_span_word(v->input->process, at, v->is64);
        if (!search_client_id(v, pid, &cid) || !take_client_id(v, cid, ret_pid, ret_tid))
            continue;
        found++;
    }
    return found == 1;
}

static void describe_thread_id(struct view *v)
{
    struct bt_process *process = &v->crash->process;
    uint64_t pid;
    uint64_t tid;
    size_t at;
    bool found = take_known_client_id(v, &pid, &tid);
    if (found && pid == 0 && tid == 0 && !(process->pid.known && process->pid.value == 0))
        found = false; // not the idle thread: the offset is of another build
    if (!found && process->pid.known)
        found =
            search_client_id(v, process->pid.value, &at) && take_client_id(v, at, &pid, &tid);
    if (!found)
        return;
    process->thread_id = bt_some64(tid);
    if (!process->pid.known)
        process->pid = bt_some64(pid);
    else if (pid != 0 && pid != process->pid.value) // 0: the idle thread, at home nowhere
        bt_note(v->crash, v->arena, "thread-attached", BT_NO_OFFSET,
                "the thread belongs to process %" PRIu64 " and was working in process %" PRIu64,
                pid, process->pid.value);
}

static void describe_ids(struct view *v)
{
    struct bt_process *process = &v->crash->process;
    uint64_t pid;
    uint64_t tid;
    if (take_word(v, v->input->process, v->offsets.process.pid, &pid) &&
        (is_id(v, pid) || (pid < MOST_ID && is_before_links(v, v->offsets.process.pid.value))))
        process->pid = bt_some64(pid);
    describe_thread_id(v);
    if (!process->pid.known && !process->thread_id.known && search_ids(v, &pid, &tid)) {
        process->pid = bt_some64(pid);
        process->thread_id = bt_some64(tid);
    }
}

// ---- the name of the process

// Bytes of a name at an offset: 15 at most, printable, ended by a NUL where they are fewer.
static size_t name_size_at(struct bt_span process, uint64_t offset)
{
    if (!bt_span_has(process, offset, NAME_SIZE))
        return 0;
    const uint8_t *text = process.data + (size_t)offset;
    size_t size = 0;
    while (size < NAME_SIZE && text[size] != 0) {
        if (text[size] < 0x20 || text[size] == 0x7f)
            return 0;
        size++;
    }
    return size;
}

static bool looks_like_image_name(const char *text, size_t size)
{
    static const char *const names[] = {"System", "Idle", "Registry", "MemCompression"};
    for (size_t i = 0; i < BT_COUNT(names); i++) {
        if (size == strlen(names[i]) && memcmp(text, names[i], size) == 0)
            return true;
    }
    // A file name, though its end may be cut off: letters first, a dot later.
    if (!bt_is_alpha(text[0]) || memchr(text, '.', size) == NULL)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!bt_is_alpha(text[i]) && !bt_is_digit(text[i]) &&
            strchr("._-+ ()", text[i]) == NULL)
            return false;
    }
    return true;
}

// The last resort: the first thing between zeros that can be the name of a program.
static bool search_name(struct bt_span process, uint64_t *ret)
{
    for (size_t at = 1; at + NAME_SIZE <= process.size; at++) {
        size_t size = name_size_at(process, at);
        if (process.data[at - 1] != 0 || size < SHORTEST_NAME ||
            !looks_like_image_name((const char *)process.data + at, size))
            continue;
        *ret = at;
        return true;
    }
    return false;
}

static enum bt_status describe_name(struct view *v, struct bt_error *err)
{
    const struct bt_span process = v->input->process;
    const struct bt_opt32 offset = v->offsets.process.name;
    uint64_t at = offset.value;
    if (v->crash->process.name != NULL || process.size == 0)
        return BT_OK;
    if (!offset.known || name_size_at(process, at) == 0) {
        if (!search_name(process, &at))
            return BT_OK;
        bt_note(v->crash, v->arena, "process-name-searched", BT_NO_OFFSET,
                "the layout of a process is not known for this build: its name was found by "
                "its looks");
    }
    struct bt_span raw;
    BT_TRY(bt_span_sub(process, at, name_size_at(process, at), &raw, err));
    return bt_text_bytes(raw, v->arena, &v->crash->process.name, err);
}

// ---- the thread

static void describe_stack(struct view *v)
{
    struct bt_stack_memory *stack = &v->crash->stack;
    uint64_t limit;
    uint64_t base;
    if (stack->base != 0 ||
        !take_word(v, v->input->thread, v->offsets.thread.stack_limit, &limit) ||
        !take_word(v, v->input->thread, v->offsets.thread.stack_base, &base))
        return;
    if (limit >= base || base - limit > MOST_STACK || !is_kernel_address(v, limit))
        return;
    stack->limit = limit;
    stack->base = base;
}

static void describe_process_object(struct view *v)
{
    uint64_t process;
    if (v->crash->process.process_object == 0 &&
        take_word(v, v->input->thread, v->offsets.thread.process, &process) &&
        is_kernel_address(v, process))
        v->crash->process.process_object = process;
}

enum bt_status bt_windows_describe(const struct bt_kernel_input *input, struct bt_arena *arena,
                                   struct bt_crash *crash, struct bt_error *err)
{
    struct view v = {.input = input, .arena = arena, .crash = crash};
    v.is64 = bt_arch_is64(crash->system.arch);
    v.word = v.is64 ? 8 : 4;
    find_debugger_data(&v);
    bt_kernel_offsets_find(&crash->system, &v.debugger, &v.offsets);
    describe_service_pack(&v);
    describe_stack(&v);
    describe_process_object(&v);
    describe_ids(&v);
    BT_TRY(describe_processor(&v, err));
    BT_TRY(describe_name(&v, err));
    return describe_build_lab(&v, err);
}
