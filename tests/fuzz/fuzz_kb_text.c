// SPDX-License-Identifier: MIT
//
// Any text as knowledge: the compiler complains or makes an image that loads, and makes the
// same image again. An input may hold several files: a line "%% NAME" starts the next one.
#include <stdlib.h>
#include <string.h>

#include "kb/compile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    FILES_MAX = 8,
    NAME_SIZE = 64,
    IMAGE_MAX = 64 << 20,
};

struct bundle {
    struct bt_kb_source files[FILES_MAX];
    char names[FILES_MAX][NAME_SIZE];
    size_t count;
};

static void require(bool condition)
{
    if (!condition)
        abort();
}

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
static void copy_name(char to[NAME_SIZE], const uint8_t *p, const uint8_t *end)
{
    size_t size = 0;
    for (; p < end && size < NAME_SIZE - 1; p++)
        to[size++] = (char)(*p > ' ' && *p < 0x7f ? *p : '_');
    to[size] = '\0';
}

static void split(const uint8_t *p, const uint8_t *end, struct bundle *ret)
{
    memset(ret, 0, sizeof *ret);
    while (ret->count < FILES_MAX && (p < end || ret->count == 0)) {
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

static enum bt_status compile(const struct bundle *in, struct bt_buf *image, size_t *ret_errors)
{
    static struct bt_kb_diagnostics diagnostics;
    struct bt_kb_compile_options options = {.with_tests = true};
    struct bt_kb_compile_counts counts;
    struct bt_buf text;
    struct bt_error err;
    bt_kb_diagnostics_init(&diagnostics);
    bt_buf_init(image, IMAGE_MAX);
    bt_buf_init(&text, IMAGE_MAX);
    enum bt_status status =
        bt_kb_compile(in->files, in->count, &options, image, &diagnostics, &counts, &err);
    bt_kb_diagnostics_print(&diagnostics, &text);
    *ret_errors = diagnostics.errors;
    require(diagnostics.errors == 0 || text.size > 0);
    bt_buf_fini(&text);
    bt_kb_diagnostics_fini(&diagnostics);
    return status;
}

static void require_loads(const struct bt_buf *image)
{
    struct bt_kb *kb = bt_kb_new();
    struct bt_span bytes = {.data = (const uint8_t *)image->data, .size = image->size};
    struct bt_error err;
    require(kb != NULL && bt_kb_add_image(kb, bytes, "fuzz", &err) == BT_OK);
    bt_kb_free(kb);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bundle in;
    struct bt_buf first, second;
    size_t errors;
    split(data, data + size, &in);
    enum bt_status status = compile(&in, &first, &errors);
    require((status == BT_OK) == (errors == 0) || status == BT_E_LIMIT || status == BT_E_NOMEM);
    if (status == BT_OK) {
        require_loads(&first);
        require(compile(&in, &second, &errors) == BT_OK && first.size == second.size &&
                memcmp(first.data, second.data, first.size) == 0);
        bt_buf_fini(&second);
    }
    bt_buf_fini(&first);
    return 0;
}
