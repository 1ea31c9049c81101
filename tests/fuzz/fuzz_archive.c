// SPDX-License-Identifier: MIT
//
// Any bytes as an archive: what is found inside has a name that is text, and can be read. The
// library underneath is fuzzed by its own people; here it is what we do with its answers.
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "io/contents.h"

#include "fuzz_check.h"

enum { MOST_FILES = 64, READ = 64 * 1024 };

// Backwards, and then the start again: it must be what the head was.
static void read_content(const struct bt_content *content)
{
    static uint8_t bytes[READ];
    require(content->head.size <= BT_CONTENT_HEAD);
    if (bt_source_has(content->source, READ, 16))
        (void)!bt_source_read(content->source, READ, bytes, 16, NULL);
    if (content->head.size == 0)
        return;
    require(bt_source_read(content->source, 0, bytes, content->head.size, NULL) == BT_OK);
    require(memcmp(bytes, content->head.data, content->head.size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bt_source *source;
    struct bt_contents *contents;
    struct bt_content content;
    struct bt_error err;
    if (bt_source_open_memory((struct bt_span){.data = data, .size = size}, &source, NULL) !=
            BT_OK ||
        bt_contents_open_source(source, &contents, NULL) != BT_OK)
        return 0;
    for (int i = 0; i < MOST_FILES; i++) {
        enum bt_status status = bt_contents_next(contents, &content, &err);
        if (status == BT_ABSENT)
            break;
        check_text(content.member);
        check_text(content.container);
        require(status == BT_OK || err.message[0] != '\0');
        require(status != BT_OK || (content.source == NULL) == content.encrypted);
        if (status == BT_OK && content.source != NULL)
            read_content(&content);
    }
    bt_contents_close(contents);
    return 0;
}
