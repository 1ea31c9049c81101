// SPDX-License-Identifier: MIT
#include "image/image_file.h"

#include "base/version_number.h"
#include "bytes_reader.h"
#include "image/version_resource.h"
#include "open_fake.h"

// Moves the resources to where a linker with small file alignment would put them.
static void pack(struct fake_image *fake)
{
    memmove(fake->bytes + 0x600, fake->bytes + 0x3000, 0x400);
    memset(fake->bytes + 0xa00, 0xcc, sizeof fake->bytes - 0xa00);
    size_t header = FAKE_OPTIONAL + 0xf0 + 2 * 0x28;
    fake_put(fake, header + 0x10, 0x400, 4);
    fake_put(fake, header + 0x14, 0x600, 4);
}

static void sections_stand_at_their_addresses(void **state)
{
    struct open_fake *f = *state;
    fake_version(&f->fake);
    pack(&f->fake);
    struct bytes_reader reader = {.bytes = {.data = f->fake.bytes, .size = 0xa00}};
    struct bt_image image;
    assert_int_equal(bt_image_file_open(bytes_reader(&reader), 0xa00, f->arena, &image, NULL),
                     BT_OK);
    struct bt_version_resource version;
    assert_int_equal(bt_version_resource_read(&image, f->arena, &version, NULL), BT_OK);
    assert_int_equal(version.file_version.value, bt_file_version_make(5, 2, 3790, 2554));
    assert_string_equal(version.company, "Northwind");
    uint8_t tail[16];
    memset(tail, 0xff, sizeof tail);
    assert_int_equal(bt_image_read(&image, 0x3ff0, tail, 16, NULL), BT_OK);
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(tail[i], 0); // beyond the file's part of the section
}

static void bytes_beyond_the_file_are_absent(void **state)
{
    struct open_fake *f = *state;
    struct bytes_reader reader = {.bytes = {.data = f->fake.bytes, .size = 0x1800}};
    struct bt_image image;
    uint8_t byte;
    assert_int_equal(bt_image_file_open(bytes_reader(&reader), 0x1800, f->arena, &image, NULL),
                     BT_OK);
    assert_int_equal(bt_image_read(&image, 0x17ff, &byte, 1, NULL), BT_OK);
    assert_int_equal(bt_image_read(&image, 0x2000, &byte, 1, NULL), BT_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_WITH_FAKE(sections_stand_at_their_addresses),
        RUN_WITH_FAKE(bytes_beyond_the_file_are_absent),
    };
    return cmocka_run_group_tests_name("image_file", tests, NULL, NULL);
}
