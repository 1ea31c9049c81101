// SPDX-License-Identifier: MIT
#ifndef BUGTRIAGE_VERSION_H
#define BUGTRIAGE_VERSION_H

#include <bugtriage/api.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BUGTRIAGE_VERSION_MAJOR 0
#define BUGTRIAGE_VERSION_MINOR 1
#define BUGTRIAGE_VERSION_PATCH 0
#define BUGTRIAGE_VERSION       "0.1.0"

// The version of the library that is linked in, as "MAJOR.MINOR.PATCH". Never NULL.
BUGTRIAGE_API const char *bt_version(void);

#ifdef __cplusplus
}
#endif
#endif
