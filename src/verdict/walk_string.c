// SPDX-License-Identifier: MIT
//
// Names and texts that a stop points to: UNICODE_STRING mostly, plain characters in some stops.
#include "base/text.h"
#include "verdict/walk_parts.h"
#include "windows/objects.h"

enum { SHORTEST_TEXT = 3, LONGEST_TEXT = 260 };

static bool is_printable(const char *text)
{
    const char *p = text;
    while ((unsigned char)*p >= 0x20)
        p++;
    return *p == '\0' && p != text;
}

// NUL-terminated ASCII, or UTF-16 that is no more than that.
static bool read_plain(const struct bt_scene *scene, bt_va va, size_t width, const char **ret)
{
    uint8_t bytes[2 * LONGEST_TEXT];
    char text[LONGEST_TEXT];
    size_t got = scene->memory->read_some(scene->memory, va, bytes, width * LONGEST_TEXT);
    size_t size = 0;
    while (size < got / width && size < LONGEST_TEXT) {
        uint8_t c = bytes[width * size];
        if (c < 0x20 || c > 0x7e || (width == 2 && bytes[width * size + 1] != 0))
            break;
        text[size++] = (char)c;
    }
    if (size < SHORTEST_TEXT || size == got / width || bytes[width * size] != 0)
        return false;
    return bt_arena_text(scene->arena, text, size, ret, NULL) == BT_OK;
}

static bool read_text(const struct bt_scene *scene, bt_va va, const char **ret)
{
    if (bt_memory_unicode_string(scene->memory, va, scene->arena, ret, NULL) == BT_OK &&
        is_printable(*ret))
        return true;
    return read_plain(scene, va, 1, ret) || read_plain(scene, va, 2, ret);
}

// The module that a text names: "\\SystemRoot\\system32\\drivers\\foo.sys", or "foo" alone.
static const struct bt_module *find_named(const struct bt_scene *scene, const char *text)
{
    const char *name = bt_basename(text);
    const char *with_ending;
    if (bt_iends_with(name, ".sys") || bt_iends_with(name, ".dll"))
        return bt_module_named(scene->crash, name);
    if (bt_arena_printf(scene->arena, &with_ending, NULL, "%s.sys", name) != BT_OK)
        return NULL;
    return bt_module_named(scene->crash, with_ending);
}

enum bt_status bt_walk_string(const struct bt_scene *scene, struct bt_walks *walks, bt_va va,
                              struct bt_error *err)
{
    const char *text;
    struct bt_device_object device;
    // Stop 0x7B has either in the same place.
    if (bt_device_object_read(scene->memory, va, &device, NULL) == BT_OK)
        return bt_walk_device(scene, walks, va, err);
    if (va == 0 || !read_text(scene, va, &text))
        return BT_OK;
    // A driver's name in a parameter is the kernel's own word for who did it.
    const struct bt_module *m = find_named(scene, text);
    if (m != NULL)
        bt_walk_suspect(scene, walks, m, BT_CONFIDENCE_HIGH, "the stop names it");
    struct bt_buf quoted;
    bt_buf_init(&quoted, 8192);
    bt_buf_text(&quoted, text);
    enum bt_status st = bt_walk_fact(scene, walks, "text", &quoted, err);
    bt_buf_fini(&quoted);
    return st;
}
