// SPDX-License-Identifier: MIT
//
// The wish that the program ends: Ctrl-C, a terminal that goes away, a scheduler that wants its
// machine back. The first one is noted, so that what is done can be written; the second one
// ends the program at once.
#ifndef BT_BATCH_INTERRUPT_H
#define BT_BATCH_INTERRUPT_H

#include <stdbool.h>

void bt_interrupt_watch(void);
bool bt_interrupt_pending(void);
int bt_interrupt_fd(void);     // can be read once it is pending; -1: there is none
int bt_interrupt_signal(void); // its number; 0: nothing is pending

#endif
