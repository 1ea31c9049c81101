// SPDX-License-Identifier: MIT
#include "io/source_impl.h"
#include "minidump_bytes.h"

// A small file with a stream of every common kind.
static struct md_file small_file(void)
{
    static const uint8_t rsds[] = "RSDS0123456789abcdef\1\0\0\0a.pdb";
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, "Service Pack 1");
    size_t context = md_context_x64(&f, 0x10010, 0x20000);
    size_t stack = md_add_zeros(&f, 64);
    size_t name = md_add_string(&f, "C:\\a.exe");
    size_t record = md_add_bytes(&f, rsds, sizeof rsds);
    size_t modules = md_add32(&f, 1);
    size_t module = md_module(&f, 0x10000, 0x1000, name, true);
    md_put(&f, module + 0x4c, sizeof rsds, 4);
    md_put(&f, module + 0x50, record, 4);
    md_stream_from(&f, 4, modules);
    size_t threads = md_add32(&f, 1);
    md_thread(&f, 7, 0x20000, stack, 64, context, 0x4d0);
    md_stream_from(&f, 3, threads);
    size_t names = md_add32(&f, 1);
    md_add32(&f, 7);
    md_add64(&f, name);
    md_stream_from(&f, 0x18, names);
    size_t memory = md_add32(&f, 1);
    md_add64(&f, 0x20000);
    md_add32(&f, 64);
    md_add32(&f, stack);
    md_stream_from(&f, 5, memory);
    size_t misc = md_add_zeros(&f, 0x18);
    md_put(&f, misc + 4, 1, 4);
    md_put(&f, misc + 8, 99, 4);
    md_stream_from(&f, 0x0f, misc);
    md_exception(&f, 7, 0xc0000005, 0x10010, 2, NULL, context, 0x4d0);
    return f;
}

static void whole_file_is_read_without_a_note(void **state)
{
    (void)state;
    struct md_file f = small_file();
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->status, BT_READ_OK);
    assert_int_equal(r.crash->problem.code, BT_PROBLEM_NONE);
    assert_int_equal(r.crash->notes.count, 0);
    assert_true(r.crash->exception.present);
    assert_string_equal(r.crash->threads[0].name, "C:\\a.exe");
    md_done(&r, &f);
}

// Each cut is in a buffer of its own size, so that a read past it is seen.
static void every_truncation_is_told_and_loses_nothing_before_it(void **state)
{
    (void)state;
    struct md_file f = small_file();
    size_t module_list = 0;
    for (uint32_t i = 0; i < f.streams; i++) {
        const uint8_t *entry = f.bytes + MD_DIRECTORY + i * MD_ENTRY_SIZE;
        if (bt_le32(entry) == 4)
            module_list = bt_le32(entry + 8) + bt_le32(entry + 4);
    }
    for (size_t size = 4; size < f.size; size++) {
        uint8_t *cut = malloc(size);
        assert_non_null(cut);
        memcpy(cut, f.bytes, size);
        struct md_result r = md_read(cut, size);
        if (r.crash->status == BT_READ_OK || r.crash->problem.code != BT_PROBLEM_TRUNCATED)
            fail_msg("cut to %zu bytes: status %d, problem %d", size, (int)r.crash->status,
                     (int)r.crash->problem.code);
        if (size >= module_list) {
            assert_int_equal(r.crash->module_count, 1);
            assert_string_equal(r.crash->modules[0].name, "a.exe");
        }
        if (size < MD_DIRECTORY + MD_ENTRY_SIZE)
            assert_int_equal(r.crash->status, BT_READ_UNREADABLE);
        md_done(&r, NULL);
        free(cut);
    }
    free(f.bytes);
}

// Every 32-bit word in turn becomes what breaks sums and products.
static void every_wild_word_is_survived(void **state)
{
    (void)state;
    static const uint32_t wild[] = {0, 1, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff};
    struct md_file f = small_file();
    uint8_t *copy = malloc(f.size);
    assert_non_null(copy);
    for (size_t at = 0; at + 4 <= f.size; at += 4) {
        for (size_t i = 0; i < BT_COUNT(wild); i++) {
            memcpy(copy, f.bytes, f.size);
            memcpy(copy + at, &wild[i], 4);
            struct md_result r = md_read(copy, f.size);
            assert_true(r.crash->module_count <= 1);
            assert_true(r.crash->thread_count <= 1);
            md_done(&r, NULL);
        }
    }
    free(copy);
    free(f.bytes);
}

static void streams_that_say_nothing_are_no_trouble(void **state)
{
    (void)state;
    struct md_file f = small_file();
    md_stream(&f, 0, 0, 0);                       // unused
    md_stream(&f, 0, 0x7fffffff, 100);            // unused, with rubbish
    md_stream(&f, 0xfff0, 0x7fffffff, 100);       // a writer's own kind
    md_stream(&f, 0xdeadbeef, MD_DIRECTORY, 100); // overlapping others
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->status, BT_READ_OK);
    assert_int_equal(r.crash->notes.count, 0);
    md_done(&r, &f);
}

static void second_list_is_noted_and_the_same_one_is_not(void **state)
{
    (void)state;
    struct md_file f = small_file();
    const uint8_t *entry = f.bytes + MD_DIRECTORY + MD_ENTRY_SIZE; // the module list
    md_stream(&f, bt_le32(entry), bt_le32(entry + 8), bt_le32(entry + 4));
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->module_count, 1);
    assert_int_equal(r.crash->notes.count, 0);
    md_done(&r, NULL);
    size_t list = md_add32(&f, 2);
    md_module(&f, 0x50000, 0x1000, 0, false);
    md_module(&f, 0x60000, 0x1000, 0, false);
    md_stream_from(&f, 4, list);
    r = md_read_file(&f);
    assert_int_equal(r.crash->module_count, 1);
    assert_int_equal(r.crash->modules[0].base, 0x10000);
    assert_true(md_has_note(&r, "duplicate-stream"));
    md_done(&r, &f);
}

static void second_list_stands_in_for_a_damaged_first(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    md_stream(&f, 4, 0x7ffffff0, 0x1000); // outside the file
    size_t name = md_add_string(&f, "b.dll");
    size_t list = md_add32(&f, 1);
    md_module(&f, 0x50000, 0x1000, name, false);
    md_stream_from(&f, 4, list);
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->module_count, 1);
    assert_string_equal(r.crash->modules[0].name, "b.dll");
    assert_int_equal(r.crash->status, BT_READ_PARTIAL);
    assert_true(md_has_note(&r, "stream-damaged"));
    md_done(&r, &f);
}

static void damaged_stream_does_not_cost_the_others(void **state)
{
    (void)state;
    struct md_file f = small_file();
    md_put(&f, MD_DIRECTORY + MD_ENTRY_SIZE + 8, 0xfffffff0, 4); // the module list
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->module_count, 0);
    assert_int_equal(r.crash->thread_count, 1);
    assert_int_equal(r.crash->exception.code, 0xc0000005);
    assert_int_equal(r.crash->process.pid.value, 99);
    assert_int_equal(r.crash->status, BT_READ_PARTIAL);
    md_done(&r, &f);
}

static void file_without_any_stream_is_unreadable(void **state)
{
    (void)state;
    struct md_file f = md_new();
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->status, BT_READ_UNREADABLE);
    assert_int_equal(r.crash->problem.code, BT_PROBLEM_CORRUPT);
    assert_false(r.crash->live);
    md_done(&r, NULL);
    md_put(&f, 0x08, 0xffffffff, 4);
    md_put(&f, 0x0c, 0xfffffff0, 4);
    r = md_read_file(&f);
    assert_int_equal(r.crash->status, BT_READ_UNREADABLE);
    assert_int_equal(r.crash->problem.code, BT_PROBLEM_TRUNCATED);
    assert_true(md_has_note(&r, "directory-outside-file"));
    md_done(&r, &f);
}

static void odd_version_is_noted_and_read(void **state)
{
    (void)state;
    struct md_file f = small_file();
    md_put(&f, 4, 0x1234, 2);
    struct md_result r = md_read_file(&f);
    assert_true(md_has_note(&r, "odd-version"));
    assert_int_equal(r.crash->module_count, 1);
    md_done(&r, &f);
}

static void many_memory_ranges_are_all_found(void **state)
{
    (void)state;
    enum { RANGES = 62148 };
    size_t size = MD_DIRECTORY + MD_ENTRY_SIZE + 16 + 16 * (size_t)RANGES + 8 * (size_t)RANGES;
    struct md_file f = {.bytes = calloc(1, size), .size = size};
    assert_non_null(f.bytes);
    memcpy(f.bytes, "MDMP\x93\xa7", 6);
    size_t at = MD_DIRECTORY + MD_ENTRY_SIZE;
    size_t data = at + 16 + 16 * (size_t)RANGES;
    f.bytes[0x08] = 1;
    f.bytes[0x0c] = MD_DIRECTORY;
    const uint32_t entry[3] = {9, (uint32_t)(data - at), (uint32_t)at};
    memcpy(f.bytes + MD_DIRECTORY, entry, sizeof entry);
    const uint64_t header[2] = {RANGES, data};
    memcpy(f.bytes + at, header, sizeof header);
    for (uint64_t i = 0; i < RANGES; i++) {
        const uint64_t range[2] = {0x100000 + 0x1000 * i, 8};
        memcpy(f.bytes + at + 16 + 16 * i, range, sizeof range);
        memcpy(f.bytes + data + 8 * i, &i, 8);
    }
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->status, BT_READ_OK);
    for (uint64_t i = 0; i < RANGES; i += 7) {
        uint64_t word;
        assert_int_equal(bt_memory_u64(r.dump.memory, 0x100000 + 0x1000 * i, &word, NULL),
                         BT_OK);
        assert_int_equal(word, i);
    }
    md_done(&r, &f);
}

static void modules_past_the_limit_are_cut_not_dropped(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    size_t name = md_add_string(&f, "m.dll");
    size_t list = md_add32(&f, BT_LIMIT_MODULES + 1);
    for (unsigned i = 0; i <= BT_LIMIT_MODULES; i++)
        md_module(&f, 0x10000 * (uint64_t)i, 0x1000, name, false);
    md_stream_from(&f, 4, list);
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->module_count, BT_LIMIT_MODULES);
    assert_int_equal(r.crash->problem.code, BT_PROBLEM_LIMIT);
    assert_true(md_has_note(&r, "list-limit"));
    md_done(&r, &f);
}

// ---- a file of more than 4 GiB, of which only two places hold anything

struct sparse_source {
    struct bt_source source; // first
    const struct md_file *front;
    uint64_t tail_at; // eight bytes that hold their own offset
};

static enum bt_status sparse_available(struct bt_source *self, uint64_t offset, uint64_t length,
                                       uint64_t *ret, struct bt_error *err)
{
    uint64_t size = ((const struct sparse_source *)self)->tail_at + 8;
    uint64_t there = offset < size ? size - offset : 0;
    (void)err;
    *ret = there < length ? there : length;
    return BT_OK;
}

static enum bt_status sparse_read(struct bt_source *self, uint64_t offset, void *buf,
                                  size_t size, struct bt_error *err)
{
    const struct sparse_source *sparse = (const struct sparse_source *)self;
    uint8_t *to = buf;
    (void)err;
    for (size_t i = 0; i < size; i++) {
        uint64_t at = offset + i;
        to[i] = at < sparse->front->size ? sparse->front->bytes[at] : 0;
        if (at >= sparse->tail_at)
            to[i] = (uint8_t)(sparse->tail_at >> (8 * (at - sparse->tail_at)));
    }
    return BT_OK;
}

static void memory_behind_four_gibibytes_is_found(void **state)
{
    (void)state;
    static const struct bt_source_ops ops = {.available = sparse_available,
                                             .read = sparse_read};
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    size_t list = md_add64(&f, 2);
    size_t base = md_add64(&f, 0);
    md_add64(&f, 0x10000000000);
    md_add64(&f, 0x180000000); // 6 GiB
    md_add64(&f, 0x20000000000);
    md_add64(&f, 8);
    md_stream_from(&f, 9, list);
    md_put(&f, base, f.size, 8);
    struct sparse_source sparse = {
        .source.ops = &ops, .front = &f, .tail_at = f.size + 0x180000000};
    struct bt_crash *crash = calloc(1, sizeof *crash);
    struct bt_dump dump = {.crash = crash};
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    uint64_t word;
    assert_non_null(crash);
    assert_int_equal(
        bt_dump_format_minidump.read(&sparse.source, (struct bt_span){0}, arena, &dump, NULL),
        BT_OK);
    assert_int_equal(crash->status, BT_READ_OK);
    assert_int_equal(bt_memory_u64(dump.memory, 0x20000000000, &word, NULL), BT_OK);
    assert_int_equal(word, sparse.tail_at);
    assert_int_equal(bt_memory_u64(dump.memory, 0x1017ffffff8, &word, NULL), BT_OK);
    assert_int_equal(word, 0);
    bt_arena_free(arena);
    free(crash);
    free(f.bytes);
}

// 4096 streams of every kind that all name the whole file: bounded work, bounded notes.
static void flood_of_streams_ends(void **state)
{
    (void)state;
    enum { STREAMS = 5000, TAIL = 4000 };
    static const uint32_t types[] = {
        3,    4,    5,    6,    7,    8,    9,          0x0a,       0x0b,       0x0c,      0x0e,
        0x0f, 0x10, 0x11, 0x15, 0x16, 0x18, 0x47670003, 0x47670009, 0x43500001, 0x4d7a0001};
    size_t size = MD_DIRECTORY + STREAMS * MD_ENTRY_SIZE + TAIL;
    uint8_t *bytes = calloc(1, size);
    assert_non_null(bytes);
    memcpy(bytes, "MDMP\x93\xa7", 6);
    const uint32_t counts[2] = {STREAMS, MD_DIRECTORY};
    memcpy(bytes + 8, counts, sizeof counts);
    for (uint32_t i = 0; i < STREAMS; i++) {
        const uint32_t entry[3] = {types[i % BT_COUNT(types)], (uint32_t)size - i % 97, i % 97};
        memcpy(bytes + MD_DIRECTORY + i * MD_ENTRY_SIZE, entry, sizeof entry);
    }
    struct md_result r = md_read(bytes, size);
    assert_true(md_has_note(&r, "directory-limit"));
    assert_true(r.crash->status != BT_READ_OK);
    md_done(&r, NULL);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_file_is_read_without_a_note),
        cmocka_unit_test(every_truncation_is_told_and_loses_nothing_before_it),
        cmocka_unit_test(every_wild_word_is_survived),
        cmocka_unit_test(streams_that_say_nothing_are_no_trouble),
        cmocka_unit_test(second_list_is_noted_and_the_same_one_is_not),
        cmocka_unit_test(second_list_stands_in_for_a_damaged_first),
        cmocka_unit_test(damaged_stream_does_not_cost_the_others),
        cmocka_unit_test(file_without_any_stream_is_unreadable),
        cmocka_unit_test(odd_version_is_noted_and_read),
        cmocka_unit_test(many_memory_ranges_are_all_found),
        cmocka_unit_test(modules_past_the_limit_are_cut_not_dropped),
        cmocka_unit_test(memory_behind_four_gibibytes_is_found),
        cmocka_unit_test(flood_of_streams_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
