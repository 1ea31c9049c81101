// SPDX-License-Identifier: MIT
//
// What the rule engine says about one crash: which articles fit, why, and what would tell more.
// All texts and lists are valid as long as the arena of the dump and the knowledge are.
#ifndef BT_RULES_MATCH_H
#define BT_RULES_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/optional.h"
#include "base/version_number.h"
#include "crash/crash.h"

// Three-valued logic: a fact that the dump does not hold is unknown, and unknown never
// excludes.
enum bt_truth {
    BT_FALSE,
    BT_TRUE,
    BT_UNKNOWN,
};

// Verdict on one article, weakest first; the order is the order of a report, backwards.
enum bt_fit {
    BT_FIT_NONE, // a stated condition is false: not applicable
    BT_FIT_POSSIBLE,
    BT_FIT_PROBABLE,
    BT_FIT_STRONG,
    BT_FIT_FIXED, // the article fits, and its fix is already on the machine
};

// The detail of an open fact of which no dump, file or list is known that would tell it.
#define BT_DETAIL_UNSAID "the dump does not say"

struct bt_evidence {
    const char *fact; // the condition in words: "stop code 0x7F", "tcpip.sys is loaded"
    enum bt_truth result;
    const char *detail; // what the dump says, or what would tell: NULL where `fact` says it all
    bool decides;       // this line made the verdict what it is
};

// What is known of one file that a fix brings.
enum bt_file_state {
    BT_FILE_UNKNOWN,        // the dump has no version of it, or the article has none
    BT_FILE_NEEDED,         // found, older than the fix, same servicing branch
    BT_FILE_INSTALLED,      // found, at or above the fix in its own branch
    BT_FILE_NOT_COMPARABLE, // found, of another servicing branch
    BT_FILE_ABSENT,         // not loaded on that machine
    BT_FILE_LIKELY_OLDER,   // only link dates could be compared: a hint
    BT_FILE_LIKELY_NEWER,
};

struct bt_fix_file {
    const char *name;
    enum bt_arch platform;         // BT_ARCH_UNKNOWN: any
    struct bt_opt64 fixed_version; // not known: the article never published it
    struct bt_opt32 size;          // bytes on disk
    struct bt_opt64 date;          // bt_filetime, of the file as published
    bool date_only;                // without a clock time
    struct bt_opt64 found_version;
    struct bt_opt64 found_date; // link date, where it is a real date
    enum bt_file_state state;
    const char *note; // why: "link date 2009-04-11, hint only"
};

enum bt_fix_status {
    BT_FIX_UNKNOWN,
    BT_FIX_NEEDED,
    BT_FIX_INSTALLED,
};

// What a list of the machine's updates says.
enum bt_listed {
    BT_LISTED_UNKNOWN,   // there is no list, or the fix is nothing that is listed
    BT_LISTED_YES,       // the article's update
    BT_LISTED_SUCCESSOR, // one that supersedes it
    BT_LISTED_NO,        // a hint only: service packs contain updates, and lists have gaps
};

struct bt_fix {
    bool present;     // the article has a fix at all
    const char *kind; // "hotfix", "service-pack", "vendor", "workaround", ...
    enum bt_fix_status status;
    const char *status_note; // "install SP2 first", NULL
    struct bt_fix_file *files;
    size_t file_count;
    const char *prerequisites; // NULL: not stated
    const char *restart;       // "yes", "no", "maybe"; NULL: not stated
    const char *replaces;      // NULL: not stated
    enum bt_listed listed;
    const char *listed_update; // "KB2792165": the one that is listed, or missing; NULL
    uint32_t listed_line;      // of the list, where it is listed
    const char *listed_note;   // the same in words: "KB2792165 is in the list of ..."; NULL
};

struct bt_match {
    const char *article; // "KB909665"
    const char *title;
    const char *url; // NULL where there is none
    enum bt_fit fit;
    const char *capped; // why it is not more than it is: "code and OS alone", or NULL
    struct bt_evidence *evidence;
    size_t evidence_count;
    const char **ask; // questions that the dump cannot answer
    size_t ask_count;
    const char *symptoms, *cause, *resolution, *workaround; // NULL: not stated
    struct bt_fix fix;
    const char **related; // "superseded by KB...", "regression of Q..."
    size_t related_count;
    unsigned facts;      // independent true facts, for ranking
    unsigned narrowness; // smaller is narrower
    bool tied;           // the next or previous match cannot be told apart from this one
    const char *source;  // knowledge source, "articles/KB909665.yaml:1"
    const char *base;    // which knowledge base: "built-in" or a file name
};

struct bt_match_list {
    struct bt_match *items; // best first; BT_FIT_NONE last
    size_t count;
    size_t fitting;        // items[0..fitting) are more than BT_FIT_NONE
    // Articles that do not fit. Unless it was to be brief they are items too, as far as there are
    // not too many (BT_LIMIT_EXPLAINED).
    size_t misfits;
    size_t mentions;       // articles that mention the stop code at all
    size_t same_signature; // fitting articles with the very same code clause as the first
};

const char *bt_truth_name(enum bt_truth truth); // "true", "false", "unknown"
const char *bt_fit_name(enum bt_fit fit);       // "strong" ...; "none" for BT_FIT_NONE
const char *bt_fix_status_name(enum bt_fix_status status);
const char *bt_file_state_name(enum bt_file_state state);
const char *bt_listed_name(enum bt_listed listed); // "installed" ...; NULL for unknown

#endif
