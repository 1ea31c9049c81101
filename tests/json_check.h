// SPDX-License-Identifier: MIT
//
// A second opinion on the record writer, for tests that make too many records to hand each to
// another program.
#ifndef BT_TESTS_JSON_CHECK_H
#define BT_TESTS_JSON_CHECK_H

#include <stdbool.h>
#include <stddef.h>

// Whether bytes are one JSON value (RFC 8259), in valid UTF-8, nested at most 64 deep.
bool json_is_well_formed(const char *text, size_t size);

#endif
