// SPDX-License-Identifier: MIT
//
// Whether the system of a crash is one of those that an article speaks of.
#ifndef BT_RULES_SYSTEM_FIT_H
#define BT_RULES_SYSTEM_FIT_H

#include "rules/crash_facts.h"

// Everything but service pack and edition: product line, build, type, architecture.
enum bt_truth bt_system_fits_line(const struct bt_facts *facts,
                                  const struct bt_kb_system *system);
// NT 4.0 Terminal Server Edition, for certain.
bool bt_is_terminal_server_edition(const struct bt_facts *facts);
// All of a notation. `or_later`: higher service packs count too.
enum bt_truth bt_system_fits(const struct bt_facts *facts, const struct bt_kb_system *system,
                             bool or_later);
// Any of a list. An empty list is unknown.
enum bt_truth bt_systems_fit(const struct bt_facts *facts, struct bt_kb_list systems,
                             bool or_later);

// Any of a list, as bt_system_fits_line.
enum bt_truth bt_systems_fit_line(const struct bt_facts *facts, struct bt_kb_list systems);

// The service pack that has to be installed first, where the system's own is below what all of
// the fitting entries of `requires` ask for.
struct bt_opt32 bt_missing_service_pack(const struct bt_facts *facts,
                                        struct bt_kb_list requires);

// "Windows Server 2008 SP2, build 6002, x64"; NULL where nothing is known.
enum bt_status bt_describe_system(const struct bt_facts *facts, struct bt_arena *arena,
                                  const char **ret, struct bt_error *err) BT_MUST_USE;

#endif
