// SPDX-License-Identifier: MIT
//
// Inputs that are not there, read by real workers: what the scan makes of what its events say.
#include "batch/scan.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

#include "test.h"

enum { NEVER = -1 };

struct script {
    uint64_t inputs, given, taken;
    int64_t fails_at;    // the item that gets `status`; NEVER
    int64_t flush_fails; // the flush that gets `status`; NEVER
    int64_t stops_at;    // so many items are enough; NEVER
    enum bt_status status;
    bool in_order;
    char path[64], last[64];
};

static enum bt_status next_input(void *self, struct bt_job_input *ret)
{
    struct script *script = self;
    if (script->given == script->inputs)
        return BT_ABSENT;
    snprintf(script->path, sizeof script->path, "/nowhere/%06u.dmp", (unsigned)script->given++);
    *ret = (struct bt_job_input){.path = script->path, .named = true};
    return BT_OK;
}

static enum bt_status take_item(void *self, const char *path, const struct bt_job_item *item)
{
    struct script *script = self;
    assert_int_equal(item->status, BT_READ_UNREADABLE);
    script->in_order = script->in_order && strcmp(path, script->last) > 0;
    snprintf(script->last, sizeof script->last, "%s", path);
    return (int64_t)script->taken++ == script->fails_at ? script->status : BT_OK;
}

static enum bt_status flush_items(void *self)
{
    struct script *script = self;
    return script->flush_fails-- == 0 ? script->status : BT_OK;
}

static bool go_on(void *self)
{
    const struct script *script = self;
    return script->stops_at == NEVER || (int64_t)script->taken < script->stops_at;
}

static enum bt_status scan(struct script *script, bool unordered)
{
    struct bt_error err;
    struct bt_kb *kb = bt_kb_new();
    struct bt_job job = {.kb = kb, .format = bt_output_format_find("ndjson")};
    struct bt_scan_options options = {
        .job = &job, .workers = 2, .unordered = unordered, .wake_fd = -1};
    struct bt_scan_events events = {.self = script,
                                    .next = next_input,
                                    .item = take_item,
                                    .flush = flush_items,
                                    .tick = go_on};
    assert_non_null(kb);
    script->in_order = true;
    enum bt_status status = bt_scan_run(&options, &events, &err);
    bt_kb_free(kb);
    return status;
}

static struct script script_of(uint64_t inputs)
{
    return (struct script){
        .inputs = inputs, .fails_at = NEVER, .flush_fails = NEVER, .stops_at = NEVER};
}

static void every_input_has_its_item_in_order(void **state)
{
    (void)state;
    struct script script = script_of(6000); // more than can be under way
    assert_int_equal(scan(&script, false), BT_OK);
    assert_int_equal(script.taken, 6000);
    assert_true(script.in_order);
    script = script_of(6000);
    assert_int_equal(scan(&script, true), BT_OK);
    assert_int_equal(script.taken, 6000);
}

static void what_an_event_ends_the_scan_with_is_returned(void **state)
{
    (void)state;
    static const enum bt_status statuses[] = {BT_ABSENT, BT_E_IO};
    for (size_t i = 0; i < BT_COUNT(statuses); i++) {
        for (int unordered = 0; unordered < 2; unordered++) {
            // The reader of the output may go while there is more than can be under way.
            struct script script = script_of(6000);
            script.fails_at = 3;
            script.status = statuses[i];
            assert_int_equal(scan(&script, unordered != 0), statuses[i]);
            assert_int_equal(script.taken, 4);
            script = script_of(6000);
            script.flush_fails = 5;
            script.status = statuses[i];
            assert_int_equal(scan(&script, unordered != 0), statuses[i]);
        }
    }
}

static void stopped_scan_hands_out_what_is_done(void **state)
{
    (void)state;
    struct script script = script_of(6000);
    script.stops_at = 100;
    assert_int_equal(scan(&script, false), BT_OK);
    assert_true(script.taken >= 100 && script.taken < 6000);
    assert_true(script.in_order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_input_has_its_item_in_order),
        cmocka_unit_test(what_an_event_ends_the_scan_with_is_returned),
        cmocka_unit_test(stopped_scan_hands_out_what_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
