// SPDX-License-Identifier: MIT
#include "bundle.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t *find_line_end(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *found = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
    return found != NULL ? found : end;
}

static bool is_title(const uint8_t *p, const uint8_t *end)
{
    return end - p >= 3 && memcmp(p, "%% ", 3) == 0;
}

// The name after "%% "; characters that no file here has become '_'.
static void copy_name(char to[BUNDLE_NAME_SIZE], const uint8_t *p, const uint8_t *end)
{
    size_t size = 0;
    for (; p < end && size < BUNDLE_NAME_SIZE - 1; p++)
        to[size++] = (char)(*p > ' ' && *p < 0x7f ? *p : '_');
    to[size] = '\0';
}

void bundle_split(const uint8_t *data, size_t size, struct bundle *ret)
{
    const uint8_t *p = data, *end = data + size;
    memset(ret, 0, sizeof *ret);
    while (ret->count < BUNDLE_FILES && (p < end || ret->count == 0)) {
        char *name = ret->names[ret->count];
        copy_name(name, (const uint8_t *)"file.yaml", (const uint8_t *)"file.yaml" + 9);
        if (p < end && is_title(p, end)) {
            const uint8_t *line_end = find_line_end(p, end);
            copy_name(name, p + 3, line_end);
            p = line_end < end ? line_end + 1 : end;
        }
        const uint8_t *start = p;
        while (p < end && !is_title(p, end)) {
            p = find_line_end(p, end);
            p += p < end;
        }
        struct bt_kb_source *file = &ret->files[ret->count++];
        file->name = name;
        file->bytes = (struct bt_span){.data = start, .size = (size_t)(p - start)};
    }
}

enum bt_status bundle_compile(const struct bundle *in, struct bt_buf *image, size_t *ret_errors)
{
    static struct bt_kb_diagnostics diagnostics;
    struct bt_kb_compile_options options = {.with_tests = true};
    struct bt_kb_compile_counts counts;
    struct bt_buf text;
    struct bt_error err;
    bt_kb_diagnostics_init(&diagnostics);
    bt_buf_init(image, BUNDLE_IMAGE_MAX);
    bt_buf_init(&text, BUNDLE_IMAGE_MAX);
    enum bt_status status =
        bt_kb_compile(in->files, in->count, &options, image, &diagnostics, &counts, &err);
    bt_kb_diagnostics_print(&diagnostics, &text);
    *ret_errors = diagnostics.errors;
    if (diagnostics.errors > 0 && text.size == 0)
        abort(); // an error that nobody is told
    bt_buf_fini(&text);
    bt_kb_diagnostics_fini(&diagnostics);
    return status;
}
