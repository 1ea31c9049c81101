// SPDX-License-Identifier: MIT
#include "mk_build.h"

#include <inttypes.h>
#include <string.h>

#include "mk_value.h"

static enum bt_status evaluate_where(struct mk_dump *dump, const struct mk_edit *edit,
                                     uint64_t *ret, struct bt_error *err)
{
    return mk_eval(dump, edit->place, edit->where, 8, ret, err);
}

static enum bt_status check_range(const struct mk_dump *dump, const struct mk_edit *edit,
                                  uint64_t at, uint64_t size, struct bt_error *err)
{
    if (at <= dump->file.size && size <= dump->file.size - at)
        return BT_OK;
    return MK_FAIL(edit->place, err,
                   "0x%" PRIx64 " bytes at 0x%" PRIx64 " do not lie in the file (0x%zx bytes)",
                   size, at, dump->file.size);
}

static enum bt_status write_bytes(struct mk_dump *dump, const struct mk_edit *edit,
                                  const struct bt_buf *bytes, struct bt_error *err)
{
    uint64_t at;
    if (edit->verb == MK_APPEND) {
        bt_buf_add(&dump->file, bytes->data, bytes->size);
        return BT_OK;
    }
    BT_TRY(evaluate_where(dump, edit, &at, err));
    BT_TRY(check_range(dump, edit, at, bytes->size, err));
    for (size_t i = 0; i < bytes->size; i++) {
        char *to = &dump->file.data[at + i];
        *to = edit->verb == MK_XOR ? (char)(*to ^ bytes->data[i]) : bytes->data[i];
    }
    return BT_OK;
}

static enum bt_status apply_bytes(struct mk_dump *dump, const struct mk_edit *edit,
                                  struct bt_error *err)
{
    struct bt_buf bytes;
    bt_buf_init(&bytes, dump->file.limit);
    enum bt_status status = mk_bytes(dump, edit->place, edit->value, false, &bytes, err);
    if (status == BT_OK)
        status = write_bytes(dump, edit, &bytes, err);
    bt_buf_fini(&bytes);
    return status;
}

static enum bt_status apply_zero(struct mk_dump *dump, const struct mk_edit *edit,
                                 struct bt_error *err)
{
    uint64_t from = 0, size;
    if (*edit->where != '\0')
        BT_TRY(evaluate_where(dump, edit, &from, err));
    BT_TRY(check_range(dump, edit, from, 0, err));
    size = dump->file.size - from;
    if (edit->value != NULL)
        BT_TRY(mk_eval(dump, edit->place, edit->value, 8, &size, err));
    BT_TRY(check_range(dump, edit, from, size, err));
    if (size > 0)
        memset(dump->file.data + from, 0, size);
    return BT_OK;
}

static enum bt_status apply_size(struct mk_dump *dump, const struct mk_edit *edit,
                                 struct bt_error *err)
{
    uint64_t size;
    BT_TRY(evaluate_where(dump, edit, &size, err));
    if (edit->verb == MK_TRUNCATE) {
        BT_TRY(check_range(dump, edit, 0, size, err));
        dump->file.size = size;
        return BT_OK;
    }
    if (size < dump->file.size || size > dump->file.limit)
        return MK_FAIL(edit->place, err, "cannot extend 0x%zx bytes to 0x%" PRIx64,
                       dump->file.size, size);
    bt_buf_fill(&dump->file, '\0', size - dump->file.size);
    return BT_OK;
}

static enum bt_status apply_edit(struct mk_dump *dump, const struct mk_edit *edit,
                                 struct bt_error *err)
{
    switch (edit->verb) {
    case MK_PATCH:
    case MK_XOR:
    case MK_APPEND:
        return apply_bytes(dump, edit, err);
    case MK_TRUNCATE:
    case MK_EXTEND:
        return apply_size(dump, edit, err);
    case MK_ZERO:
        return apply_zero(dump, edit, err);
    }
    return BT_OK;
}

enum bt_status mk_apply_edits(struct mk_dump *dump, struct bt_error *err)
{
    for (const struct mk_edit *edit = dump->script.edits; edit != NULL; edit = edit->next)
        BT_TRY(apply_edit(dump, edit, err));
    return bt_buf_status(&dump->file, err);
}
