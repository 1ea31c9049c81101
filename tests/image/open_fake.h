// SPDX-License-Identifier: MIT
//
// The fixture of the image tests: one fake image, opened in an array.
#ifndef BT_TESTS_IMAGE_OPEN_FAKE_H
#define BT_TESTS_IMAGE_OPEN_FAKE_H

#include "array_memory.h"
#include "base/limits.h"
#include "fake_image.h"
#include "image/pe.h"
#include "test.h"

enum { IMAGE_BASE = 0x400000 };

struct open_fake {
    struct bt_arena *arena;
    struct fake_image fake;
    struct array_memory memory;
    struct bt_image image;
};

static inline int set_up(void **state)
{
    static struct open_fake f;
    fake_image_init(&f.fake, true);
    f.arena = bt_arena_new(BT_LIMIT_ARENA);
    f.memory = array_memory(IMAGE_BASE, f.fake.bytes, sizeof f.fake.bytes, true);
    *state = &f;
    return f.arena == NULL;
}

static inline int tear_down(void **state)
{
    bt_arena_free(((struct open_fake *)*state)->arena);
    return 0;
}

// To be called when the fake is complete.
static inline const struct bt_image *open_fake(struct open_fake *f)
{
    assert_int_equal(bt_image_open(&f->memory.memory, IMAGE_BASE, f->arena, &f->image, NULL),
                     BT_OK);
    return &f->image;
}

static inline void make_hole(struct open_fake *f, bt_va rva, bt_va end)
{
    f->memory.hole = IMAGE_BASE + rva;
    f->memory.hole_end = IMAGE_BASE + end;
}

#define RUN_WITH_FAKE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
