// SPDX-License-Identifier: MIT
//
// `kb test`: the test cases that stand beside articles, run through the matching that dumps go
// through.
#ifndef BT_RULES_KB_TEST_H
#define BT_RULES_KB_TEST_H

#include "base/buf.h"
#include "kb/article.h"
#include "rules/match.h"

struct bt_kb_test_counts {
    size_t run, failed;
};

// Builds the crash that the facts of a test describe, in `arena`. BT_E_SYNTAX where a fact
// cannot be read: the message is "line:column: error: ...".
enum bt_status bt_kb_test_crash(const struct bt_kb *kb, struct bt_kb_list facts,
                                struct bt_arena *arena, struct bt_crash *ret,
                                struct bt_error *err) BT_MUST_USE;

// Runs all tests of the last layer of `kb` (an image that was compiled with them). Every failed
// one is told in `out` as "file:line: failed: ...", with the evidence.
enum bt_status bt_kb_test_run(const struct bt_kb *kb, struct bt_buf *out,
                              struct bt_kb_test_counts *ret, struct bt_error *err) BT_MUST_USE;

// Whether the facts of those tests can be read. Each that cannot is told in `out` as
// "file:line:column: error: ...", and counted.
enum bt_status bt_kb_test_check(const struct bt_kb *kb, struct bt_buf *out, size_t *ret_bad,
                                struct bt_error *err) BT_MUST_USE;

// Verdict and evidence of one match, a line each, as tests show it.
void bt_kb_test_explain(const struct bt_match *match, struct bt_buf *out);

#endif
