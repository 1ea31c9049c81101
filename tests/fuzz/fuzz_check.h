// SPDX-License-Identifier: MIT
//
// What every target checks with. Any failure is an abort, which the fuzzer keeps the input of.
#ifndef BT_TESTS_FUZZ_CHECK_H
#define BT_TESTS_FUZZ_CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require(bool condition)
{
    if (!condition)
        abort();
}

// Every text that a reader hands out is valid UTF-8: only a real U+FFFD decodes to one.
static inline void check_text(const char *text)
{
    size_t size = text != NULL ? strlen(text) : 0;
    for (size_t i = 0; i < size;) {
        uint32_t c;
        size_t n = bt_utf8_decode(text + i, size - i, &c);
        require(n > 1 || c != 0xfffd);
        i += n;
    }
}

#endif
