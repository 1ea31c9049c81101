// SPDX-License-Identifier: MIT
//
// One crash as conditions see it: what is known, what is not, and what would tell.
#ifndef BT_RULES_CRASH_FACTS_H
#define BT_RULES_CRASH_FACTS_H

#include "base/arena.h"
#include "kb/article.h"
#include "rules/match.h"

enum { BT_FACTS_MAX_FAULTS = 8 };

struct bt_facts_module {
    const char *name; // canonical: aliases resolved
    const struct bt_module *module;
};

struct bt_facts {
    const struct bt_kb *kb;
    const struct bt_crash *crash;
    // By name, for many lookups; NULL: search the list itself.
    struct bt_facts_module *index;
    bool modules_complete;             // a module that is not listed was not loaded
    bool sizes_complete;               // an address that lies in no module lies in none
    bt_va faults[BT_FACTS_MAX_FAULTS]; // what was executed when things went wrong
    size_t fault_count;
    enum bt_truth unfixed; // of the article that is looked at
    // The system in words, the same for all articles; NULL until it is first asked for.
    const char *system_text;
};

// What costs nothing: enough for conditions that ask for neither a fault nor many modules.
void bt_facts_init(struct bt_facts *facts, const struct bt_kb *kb,
                   const struct bt_crash *crash);
// Finds the addresses at fault.
void bt_facts_find_faults(struct bt_facts *facts);
// Sorts the modules by name, into `arena`.
enum bt_status bt_facts_index_modules(struct bt_facts *facts, struct bt_arena *arena,
                                      struct bt_error *err) BT_MUST_USE;

// The modules of the faults, at most two different ones, by name; NULL where there are fewer.
void bt_facts_fault_modules(const struct bt_facts *facts, const char *ret[2]);

// A loaded module by any of its names, or NULL.
const struct bt_module *bt_facts_module(const struct bt_facts *facts, const char *file);
// Whether a name of the crash means a name of the knowledge.
bool bt_facts_is_file(const struct bt_facts *facts, const char *name, const char *file);

// Stop parameter 1 to 4, as wide as the dump's parameters are.
struct bt_opt64 bt_facts_parameter(const struct bt_facts *facts, unsigned p);
struct bt_opt32 bt_facts_service_pack(const struct bt_facts *facts);

// What was done by the access that failed, "read", "write" or "execute", and the address that
// it meant. Nothing where the exception does not tell it.
const char *bt_facts_access(const struct bt_facts *facts);
struct bt_opt64 bt_facts_target(const struct bt_facts *facts);
// Parameter 1 to 4 of the exception, as wide as an address is.
struct bt_opt64 bt_facts_exception_parameter(const struct bt_facts *facts, unsigned p);
// The address of the instruction that raised the exception. Not known outside of Windows,
// where minidumps hold the address that was accessed in its place.
struct bt_opt64 bt_facts_exception_address(const struct bt_facts *facts);

// Why the version of a file that is loaded is not known, and what would tell it.
const char *bt_facts_version_gap(const struct bt_facts *facts);

// The link date of a module, where its stamp is one: not on builds whose stamps are hashes.
struct bt_opt64 bt_facts_link_date(const struct bt_facts *facts,
                                   const struct bt_module *module);

// Kleene's logic.
enum bt_truth bt_truth_and(enum bt_truth a, enum bt_truth b);
enum bt_truth bt_truth_or(enum bt_truth a, enum bt_truth b);
enum bt_truth bt_truth_not(enum bt_truth a);

#endif
