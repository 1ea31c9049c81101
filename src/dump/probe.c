// SPDX-License-Identifier: MIT
#include "dump/dump.h"
#include "dump/format.h"

static const struct bt_dump_format *const formats[] = {
    &bt_dump_format_kernel,
    &bt_dump_format_minidump,
};

static const struct bt_dump_format *find_format(struct bt_span head)
{
    for (size_t i = 0; i < BT_COUNT(formats); i++) {
        if (formats[i]->probe(head))
            return formats[i];
    }
    return NULL;
}

// The first bytes, or the reason why there are none. A compressed file whose very first byte
// cannot be unpacked is a fact about the input, not a failure of ours.
static enum bt_status read_head(struct bt_source *source, struct bt_arena *arena,
                                struct bt_crash *crash, struct bt_span *ret,
                                struct bt_error *err)
{
    struct bt_error why = {0};
    enum bt_status st = bt_source_view(source, 0, BT_DUMP_HEAD_SIZE, arena, ret, &why);
    if (st == BT_E_CORRUPT || st == BT_E_TRUNCATED) {
        bt_crash_problem(crash, arena, BT_READ_UNREADABLE, BT_PROBLEM_CORRUPT, BT_NO_OFFSET,
                         "Nothing could be unpacked: %s.", why.message);
        return BT_ABSENT;
    }
    if (st != BT_OK && err != NULL)
        *err = why;
    return st;
}

enum bt_status bt_dump_read(struct bt_source *source, struct bt_arena *arena,
                            struct bt_dump *ret, struct bt_error *err)
{
    struct bt_dump dump = {0};
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *dump.crash, &dump.crash, err));
    *ret = dump;
    struct bt_span head = {0};
    enum bt_status st = read_head(source, arena, dump.crash, &head, err);
    if (st != BT_OK)
        return st == BT_ABSENT ? BT_OK : st;
    const struct bt_dump_format *format = find_format(head);
    if (format == NULL)
        return bt_dump_describe_foreign(source, head, arena, dump.crash, err);
    BT_TRY(format->read(source, head, arena, ret, err));
    const char *damage = bt_source_damage(source);
    if (damage != NULL) {
        bt_note(dump.crash, arena, "input-damaged", BT_NO_OFFSET, "the input is not whole: %s",
                damage);
        if (dump.crash->status == BT_READ_OK)
            bt_crash_problem(dump.crash, arena, BT_READ_PARTIAL, BT_PROBLEM_CORRUPT,
                             BT_NO_OFFSET, "the input is not whole: %s", damage);
    }
    return BT_OK;
}

bool bt_dump_is_one(struct bt_span head)
{
    return find_format(head) != NULL;
}
