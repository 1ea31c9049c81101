// SPDX-License-Identifier: MIT
//
// Any text as knowledge: the compiler complains or makes an image that loads, and makes the
// same image again.
#include <stdlib.h>
#include <string.h>

#include "bundle.h"

#include "fuzz_check.h"

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
    bundle_split(data, size, &in);
    enum bt_status status = bundle_compile(&in, &first, &errors);
    require((status == BT_OK) == (errors == 0) || status == BT_E_LIMIT || status == BT_E_NOMEM);
    if (status == BT_OK) {
        require_loads(&first);
        require(bundle_compile(&in, &second, &errors) == BT_OK && first.size == second.size &&
                memcmp(first.data, second.data, first.size) == 0);
        bt_buf_fini(&second);
    }
    bt_buf_fini(&first);
    return 0;
}
