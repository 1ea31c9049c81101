// SPDX-License-Identifier: MIT
//
// Any bytes as a text beside a dump: a list of updates, an event log.
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "verdict/event_list.h"
#include "verdict/update_list.h"

#include "fuzz_check.h"

static void check_updates(const struct bt_update_list *list)
{
    require(list->form != NULL && list->count <= BT_LIMIT_UPDATES);
    check_text(list->host);
    for (size_t i = 1; i < list->count; i++)
        require(list->updates[i - 1].number < list->updates[i].number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bt_update_list updates;
    struct bt_event_list events;
    struct bt_span bytes = {.data = data, .size = size};
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    if (arena == NULL)
        return 0;
    if (bt_update_list_parse(bytes, arena, &updates, NULL) == BT_OK)
        check_updates(&updates);
    if (bt_event_list_parse(bytes, arena, &events, NULL) == BT_OK) {
        require(events.count != 0 && events.count <= BT_LIMIT_SIDE_EVENTS);
        for (size_t i = 0; i < events.count; i++) {
            check_text(events.events[i].dump);
            check_text(events.events[i].report_id);
        }
    }
    bt_arena_free(arena);
    return 0;
}
