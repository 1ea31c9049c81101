// SPDX-License-Identifier: MIT
//
// Values of facts in words: versions, dates, numbers as each is usually written.
#ifndef BT_RULES_DESCRIBE_VALUE_H
#define BT_RULES_DESCRIBE_VALUE_H

#include "kb/expr.h"

enum { BT_VALUE_TEXT_SIZE = 48 };

// `fact` is the operation that the value belongs to, or is compared with.
void bt_value_text(enum bt_kb_op fact, uint64_t value, char ret[BT_VALUE_TEXT_SIZE]);

#endif
