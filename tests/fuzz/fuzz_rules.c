// SPDX-License-Identifier: MIT
//
// Any rule on any facts: articles are compiled, and the test cases beside them are run. The
// facts of a test make a crash, and the crash goes through the matching that dumps go through.
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "bundle.h"
#include "rules/kb_test.h"
#include "rules/rules.h"

#include "fuzz_check.h"

static void check_match(const struct bt_match *match)
{
    require(match->article != NULL && bt_fit_name(match->fit) != NULL);
    for (size_t i = 0; i < match->evidence_count; i++)
        require(match->evidence[i].fact != NULL &&
                bt_truth_name(match->evidence[i].result) != NULL);
}

// To be brief leaves out the misfits and nothing else.
static void check_same_fitting(const struct bt_match_list *full,
                               const struct bt_match_list *brief)
{
    require(brief->count == brief->fitting && brief->fitting == full->fitting);
    require(brief->misfits == full->misfits && brief->mentions == full->mentions);
    require(brief->same_signature == full->same_signature);
    for (size_t i = 0; i < brief->fitting; i++) {
        const struct bt_match *a = &full->items[i], *b = &brief->items[i];
        require(strcmp(a->article, b->article) == 0 && a->fit == b->fit);
        require(a->evidence_count == b->evidence_count && a->tied == b->tied);
        require(a->facts == b->facts && a->fix.status == b->fix.status);
    }
}

static void match_facts(const struct bt_kb *kb, struct bt_kb_list facts)
{
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    struct bt_crash *crash = NULL;
    struct bt_match_list list, brief;
    struct bt_error err;
    require(arena != NULL);
    require(bt_arena_alloc(arena, 1, sizeof *crash, &crash, &err) == BT_OK);
    if (bt_kb_test_crash(kb, facts, arena, crash, &err) == BT_OK &&
        bt_rules_match(kb, crash, false, arena, &list, &err) == BT_OK &&
        bt_rules_match(kb, crash, true, arena, &brief, &err) == BT_OK) {
        require(list.fitting <= list.count);
        for (size_t i = 0; i < list.count; i++) {
            check_match(&list.items[i]);
            // Fitting articles come first, better ones before others.
            require((list.items[i].fit != BT_FIT_NONE) == (i < list.fitting));
        }
        check_same_fitting(&list, &brief);
    }
    bt_arena_free(arena);
}

static void run_tests(const struct bt_buf *image)
{
    struct bt_kb *kb = bt_kb_new();
    struct bt_span bytes = {.data = (const uint8_t *)image->data, .size = image->size};
    struct bt_kb_test test;
    struct bt_kb_test_counts counts;
    struct bt_buf out;
    struct bt_error err;
    require(kb != NULL && bt_kb_add_image(kb, bytes, "fuzz", &err) == BT_OK);
    bt_buf_init(&out, BUNDLE_IMAGE_MAX);
    if (bt_kb_test_run(kb, &out, &counts, &err) == BT_OK)
        require(counts.failed <= counts.run);
    for (size_t i = 0; bt_kb_test_at(kb, 0, i, &test); i++)
        match_facts(kb, test.facts);
    bt_buf_fini(&out);
    bt_kb_free(kb);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bundle in;
    struct bt_buf image;
    size_t errors;
    bundle_split(data, size, &in);
    if (bundle_compile(&in, &image, &errors) == BT_OK)
        run_tests(&image);
    bt_buf_fini(&image);
    return 0;
}
