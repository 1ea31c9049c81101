// SPDX-License-Identifier: MIT
//
// Threads, and what other streams say about them.
//
// MINIDUMP_THREAD, 48 bytes: 00 u32 id, 04 u32 suspend count, 08 u32 priority class,
//   0C u32 priority, 10 u64 TEB, 18 stack {u64 start, u32 size, u32 RVA}, 28 context.
//   MINIDUMP_THREAD_EX, 64 bytes, adds 30 the backing store of IA64.
// MINIDUMP_THREAD_NAME_LIST: u32 count, records {00 u32 id, 04 u64 RVA of a text}.
// MINIDUMP_THREAD_INFO_LIST: u32 header size, u32 record size, u32 count; records
//   {00 u32 id, 04 u32 flags, 10 u64 created, 20 u64 kernel, 28 u64 user, 30 u64 start}.
#include <stdlib.h>

#include "dump/user/minidump.h"

enum {
    THREAD_SIZE = 48,
    THREAD_EX_SIZE = 64,
    NAME_SIZE = 12,
    INFO_LEAST = 0x38,
    INFO_WRITING_THREAD = 2,
};

static int compare_keys(const void *a, const void *b)
{
    const struct bt_md_thread_key *x = a;
    const struct bt_md_thread_key *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static enum bt_status index_threads(struct bt_minidump *md, struct bt_error *err)
{
    size_t count = md->crash->thread_count;
    BT_TRY(bt_arena_alloc(md->arena, count, sizeof *md->thread_keys, &md->thread_keys, err));
    for (size_t i = 0; i < count; i++)
        md->thread_keys[i] = (struct bt_md_thread_key){md->crash->threads[i].id, (uint32_t)i};
    qsort(md->thread_keys, count, sizeof *md->thread_keys, compare_keys);
    return BT_OK;
}

// The first thread with an id, or NULL.
static struct bt_thread *thread_with(struct bt_minidump *md, uint32_t id)
{
    size_t low = 0;
    size_t high = md->thread_keys != NULL ? md->crash->thread_count : 0;
    size_t end = high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (md->thread_keys[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == end || md->thread_keys[low].id != id)
        return NULL;
    return &md->crash->threads[md->thread_keys[low].index];
}

// The bytes of a stack are here, or with RVA 0 in one of the memory lists.
static enum bt_status read_stack(struct bt_minidump *md, struct bt_span record,
                                 struct bt_thread *thread, struct bt_error *err)
{
    bt_va start = bt_md_address(md, bt_span_u64(record, 0x18));
    struct bt_md_location at = bt_md_location(record, 0x20);
    if (at.size == 0 || at.size > UINT64_MAX - start)
        return BT_OK;
    thread->stack.start = start;
    thread->stack.end = start + at.size;
    return at.offset != 0 ? bt_md_add_memory(md, start, at.size, at.offset, err) : BT_OK;
}

static enum bt_status read_thread(struct bt_minidump *md, struct bt_span record, size_t index,
                                  struct bt_error *err)
{
    struct bt_thread *thread = &md->crash->threads[index];
    struct bt_registers *context = &md->dump->thread_contexts[index];
    *thread = (struct bt_thread){
        .id = bt_span_u32(record, 0x00),
        .suspend_count = bt_some32(bt_span_u32(record, 0x04)),
        .teb = bt_md_address(md, bt_span_u64(record, 0x10)),
    };
    BT_TRY(read_stack(md, record, thread, err));
    // A context that is damaged costs that one thread its stack, nothing else.
    if (bt_md_context(md, bt_md_location(record, 0x28), context, NULL) == BT_OK) {
        thread->ip = context->ip;
        thread->sp = context->sp;
    }
    return BT_OK;
}

static enum bt_status read_threads(struct bt_minidump *md, struct bt_span stream, size_t stride,
                                   struct bt_error *err)
{
    struct bt_crash *crash = md->crash;
    struct bt_md_list list;
    if (crash->thread_count != 0)
        return BT_ABSENT; // the plain list was there, and has all that is used
    BT_TRY(bt_md_counted_list(md, stream, stride, BT_LIMIT_THREADS, "threads", &list, err));
    if (list.count == 0)
        return BT_ABSENT;
    BT_TRY(bt_arena_alloc(md->arena, list.count, sizeof *crash->threads, &crash->threads, err));
    BT_TRY(bt_arena_alloc(md->arena, list.count, sizeof *md->dump->thread_contexts,
                          &md->dump->thread_contexts, err));
    for (size_t i = 0; i < list.count; i++) {
        BT_TRY(read_thread(md, bt_md_item(&list, i), i, err));
        crash->thread_count = i + 1;
    }
    return index_threads(md, err);
}

enum bt_status bt_md_threads(struct bt_minidump *md, struct bt_span stream,
                             struct bt_error *err)
{
    return read_threads(md, stream, THREAD_SIZE, err);
}

enum bt_status bt_md_threads_ex(struct bt_minidump *md, struct bt_span stream,
                                struct bt_error *err)
{
    return read_threads(md, stream, THREAD_EX_SIZE, err);
}

enum bt_status bt_md_thread_names(struct bt_minidump *md, struct bt_span stream,
                                  struct bt_error *err)
{
    struct bt_md_list list;
    BT_TRY(bt_md_counted_list(md, stream, NAME_SIZE, BT_LIMIT_THREADS, "thread names", &list,
                              err));
    for (size_t i = 0; i < list.count; i++) {
        struct bt_span record = bt_md_item(&list, i);
        struct bt_thread *thread = thread_with(md, bt_span_u32(record, 0));
        if (thread == NULL || thread->name != NULL)
            continue;
        enum bt_status status = bt_md_string(md, bt_span_u64(record, 4), &thread->name, err);
        if (status != BT_OK && status != BT_ABSENT)
            return status;
    }
    return list.count != 0 ? BT_OK : BT_ABSENT;
}

enum bt_status bt_md_thread_info(struct bt_minidump *md, struct bt_span stream,
                                 struct bt_error *err)
{
    struct bt_md_list list;
    if (stream.size < 12)
        return BT_FAIL(err, BT_E_TRUNCATED, stream.file_offset, "too short for its header");
    BT_TRY(bt_md_sized_list(md, stream, bt_span_u32(stream, 0), bt_span_u32(stream, 4),
                            INFO_LEAST, bt_span_u32(stream, 8), BT_LIMIT_THREADS,
                            "thread descriptions", &list, err));
    for (size_t i = 0; i < list.count; i++) {
        struct bt_span record = bt_md_item(&list, i);
        struct bt_thread *thread = thread_with(md, bt_span_u32(record, 0));
        uint64_t created = bt_span_u64(record, 0x10);
        if (thread == NULL)
            continue;
        if (bt_filetime_is_plausible(created))
            thread->created = bt_some64(created);
        thread->kernel_time = bt_some64(bt_span_u64(record, 0x20));
        thread->user_time = bt_some64(bt_span_u64(record, 0x28));
        thread->start_address = bt_md_address(md, bt_span_u64(record, 0x30));
        thread->wrote_dump = (bt_span_u32(record, 4) & INFO_WRITING_THREAD) != 0;
    }
    return list.count != 0 ? BT_OK : BT_ABSENT;
}

// The thread that the dump is about: where the exception was, else the one that asked for it.
static bool find_crashing_thread(struct bt_minidump *md, size_t *ret)
{
    struct bt_crash *crash = md->crash;
    uint32_t id = md->requesting_thread.value;
    if (crash->process.thread_id.known)
        id = (uint32_t)crash->process.thread_id.value;
    else if (!md->requesting_thread.known)
        return false;
    struct bt_thread *thread = thread_with(md, id);
    if (thread == NULL)
        return false;
    *ret = (size_t)(thread - crash->threads);
    return true;
}

// The whole stack of a Windows thread, from its TEB, where the dump holds that.
static void read_stack_bounds(const struct bt_memory *memory, struct bt_thread *thread)
{
    bt_va pointer = memory->is64 ? 8 : 4;
    bt_va base;
    bt_va limit;
    if (thread->teb == 0 || thread->teb > UINT64_MAX - 3 * pointer ||
        bt_memory_pointer(memory, thread->teb + pointer, &base, NULL) != BT_OK ||
        bt_memory_pointer(memory, thread->teb + 2 * pointer, &limit, NULL) != BT_OK)
        return;
    if (limit < base && thread->sp <= base) {
        thread->stack.base = base;
        thread->stack.limit = limit;
    }
}

void bt_md_settle_threads(struct bt_minidump *md)
{
    struct bt_crash *crash = md->crash;
    struct bt_dump *dump = md->dump;
    size_t index;
    if (md->has_exception_context) {
        dump->context = md->exception_context;
        dump->has_context = true;
    }
    if (crash->system.platform == BT_PLATFORM_WINDOWS) {
        for (size_t i = 0; i < crash->thread_count; i++)
            read_stack_bounds(dump->memory, &crash->threads[i]);
    }
    struct bt_thread *writer =
        md->writing_thread.known ? thread_with(md, md->writing_thread.value) : NULL;
    if (writer != NULL)
        writer->wrote_dump = true;
    if (!find_crashing_thread(md, &index))
        return;
    struct bt_thread *thread = &crash->threads[index];
    crash->crashing_thread = bt_some32((uint32_t)index);
    if (!crash->process.thread_id.known)
        crash->process.thread_id = bt_some64(thread->id);
    // A process that dumps itself is inside the handler by then: the exception's own registers
    // are those of the crash.
    if (dump->has_context) {
        dump->thread_contexts[index] = dump->context;
        thread->ip = dump->context.ip;
        thread->sp = dump->context.sp;
    } else if (dump->thread_contexts[index].arch != BT_ARCH_UNKNOWN) {
        dump->context = dump->thread_contexts[index];
        dump->has_context = true;
    }
    crash->stack = thread->stack;
}
