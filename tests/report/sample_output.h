// SPDX-License-Identifier: MIT
//
// The sample result and a place to write it to, anew for each test: set up with start, torn
// down with finish.
#ifndef BT_TESTS_SAMPLE_OUTPUT_H
#define BT_TESTS_SAMPLE_OUTPUT_H

#include "base/buf.h"
#include "sample_result.h"

static struct bt_buf out;
static struct sample sample;

static inline int start(void **state)
{
    (void)state;
    bt_buf_init(&out, 1 << 20);
    fill_sample(&sample);
    return 0;
}

static inline int finish(void **state)
{
    (void)state;
    bt_buf_fini(&out);
    return 0;
}

#endif
