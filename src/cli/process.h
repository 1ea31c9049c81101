// SPDX-License-Identifier: MIT
#ifndef BT_CLI_PROCESS_H
#define BT_CLI_PROCESS_H

// Before anything else: a closed pipe is to be an error of a write, not the end of the process;
// descriptors 0 to 2 are to be open, so that no dump is opened in the place of standard output.
void bt_process_setup(void);

#endif
