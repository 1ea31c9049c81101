// SPDX-License-Identifier: MIT
#ifndef BT_CLI_PROCESS_H
#define BT_CLI_PROCESS_H

#include <stdint.h>

// Before anything else: a closed pipe is to be an error of a write, not the end of the process;
// descriptors 0 to 2 are to be open, so that no dump is opened in the place of standard output.
void bt_process_setup(void);

unsigned bt_process_processors(void);   // that this process may use; at least 1
uint64_t bt_process_milliseconds(void); // of a clock that only goes forward
uint64_t bt_process_unix_time(void);    // seconds since 1970

#endif
