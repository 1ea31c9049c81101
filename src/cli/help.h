// SPDX-License-Identifier: MIT
//
// The texts of --help; each fits a screen of 80 by 24.
#ifndef BT_CLI_HELP_H
#define BT_CLI_HELP_H

extern const char bt_help_triage[];
extern const char bt_help_batch[];
extern const char bt_help_explain[];
extern const char bt_help_group[];
extern const char bt_help_kb[];

#endif
