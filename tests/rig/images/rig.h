// SPDX-License-Identifier: MIT
//
// What the images of the rig have in common.
#ifndef BT_TESTS_RIG_H
#define BT_TESTS_RIG_H

typedef __UINTPTR_TYPE__ word;

#define RIG_NOINLINE __attribute__((noinline))
#define RIG_IMPORT   __declspec(dllimport)

#endif
