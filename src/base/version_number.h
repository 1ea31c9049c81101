// SPDX-License-Identifier: MIT
//
// Four-part file versions ("6.0.6002.18005"), packed so that integer order is version order.
#ifndef BT_BASE_VERSION_NUMBER_H
#define BT_BASE_VERSION_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

// 16 bits a part, the first part highest, as VS_FIXEDFILEINFO holds them.
typedef uint64_t bt_file_version;

static inline bt_file_version bt_file_version_make(unsigned a, unsigned b, unsigned c,
                                                   unsigned d)
{
    return (uint64_t)(a & 0xffff) << 48 | (uint64_t)(b & 0xffff) << 32 |
           (uint64_t)(c & 0xffff) << 16 | (d & 0xffff);
}

// The n-th part, 0 to 3.
static inline unsigned bt_file_version_part(bt_file_version v, unsigned n)
{
    return (unsigned)(v >> (48 - 16 * n)) & 0xffff;
}

enum { BT_FILE_VERSION_TEXT_SIZE = 24 };
void bt_file_version_text(bt_file_version v, char ret[BT_FILE_VERSION_TEXT_SIZE]);

// One to four decimal parts of at most 65535, missing parts are 0. The whole text must match.
bool bt_parse_file_version(const char *text, bt_file_version *ret);

// The same, or the first parts and an x for all the others: "3.2.x" is 3.2.0.0 to
// 3.2.65535.65535.
bool bt_parse_version_block(const char *text, bt_file_version *ret_low,
                            bt_file_version *ret_high);
// How many leading parts the versions of a range share where it is such a block, 1 to 3; else
// 0.
unsigned bt_version_block_parts(bt_file_version low, bt_file_version high);

#endif
