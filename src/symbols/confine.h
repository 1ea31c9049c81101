// SPDX-License-Identifier: MIT
//
// Inside of the symbols room: what a child process gives up before it reads hostile input.
#ifndef BT_SYMBOLS_CONFINE_H
#define BT_SYMBOLS_CONFINE_H

#include <stdbool.h>
#include <stdint.h>

// Closes every descriptor from `first` on.
void bt_close_from(int first);

// From here on this process cannot open, create or grow a file, leaves no core, has so much
// processor time and address space, and dies with its parent; on Linux every system call fails
// that reading a file, allocating memory and answering do not need. False where
// that could not be had: then nothing hostile should be read.
bool bt_confine_self(unsigned cpu_seconds, uint64_t memory);

#endif
