// SPDX-License-Identifier: MIT
//
// What every unit test includes: cmocka with the headers it needs before it.
#ifndef BT_TESTS_TEST_H
#define BT_TESTS_TEST_H

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
// clang-format on

#endif
