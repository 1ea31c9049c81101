// SPDX-License-Identifier: MIT
//
// Everything that is known of one input after triage: what a report is made from. Texts and
// lists live in the dump's arena or in the knowledge.
#ifndef BT_VERDICT_RESULT_H
#define BT_VERDICT_RESULT_H

#include "crash/crash.h"
#include "rules/match.h"

// One bugcheck parameter, explained here and now.
struct bt_parameter {
    uint64_t value;
    bool known;           // `explain` may be given fewer than four
    const char *role;     // "instruction that touched the address"; NULL: reserved
    const char *kind;     // the knowledge's word: "instruction", "irql", "status" ...
    const char *meaning;  // what this value means: "read", "DISPATCH_LEVEL", "STATUS_..."
    const char *status;   // NTSTATUS name, where it is one
    const char *module;   // name of the loaded or unloaded module that holds it
    uint64_t offset;      // in that module
    bool unloaded;        // `module` is no longer loaded
    const char *function; // nearest symbol, with "+0x..." where it is not the start
    const char *hint;     // "null pointer plus 0x28", "one bit away from ..."
};

struct bt_stop_meaning {
    const char *name; // NULL: nobody knows this code
    const char *description;
    const char *subcode;  // meaning of the sub-code, where the stop has one
    const char *category; // class of trouble: "driver", "hardware"
    const char *blame;    // whose fault this can be: "driver", "any", "hardware" ...; NULL
    bool live;            // a live-dump code
    struct bt_parameter parameters[4];
    const char **checks; // what to look at next
    size_t check_count;
};

enum bt_confidence {
    BT_CONFIDENCE_NONE,
    BT_CONFIDENCE_LOW,
    BT_CONFIDENCE_MEDIUM,
    BT_CONFIDENCE_HIGH,
};

struct bt_culprit {
    const char *module;
    uint64_t offset;
    bool has_offset;
    const char *function;
    const char *company;
    const char *product;
    struct bt_opt64 version;
    enum bt_confidence confidence;
    const char *method; // "parameter", "object-walk", "context", "stack-scan", ...
    const char *reason; // one sentence
    bool unloaded;
};

struct bt_verdict {
    struct bt_culprit culprit;     // culprit.module NULL: not determined
    const char *reason;            // why this one, or why none can be named
    struct bt_culprit *candidates; // runners-up and bystanders, best first
    size_t candidate_count;
};

enum { BT_EVENT_PARAMETERS = 10 };

struct bt_signature {
    const char *group;             // coarse, stable across builds and machines
    const char *exact;             // fine
    const char *failure_bucket_id; // only in forms that need no symbols
    const char *failure_id_hash;
    const char *wer_report_folder;
    // The event of Windows Error Reporting about a program, with its parameters, P1 first.
    const char *event_name; // "APPCRASH"; NULL: not known
    const char *event_parameters[BT_EVENT_PARAMETERS];
    size_t event_count;
    // The vendor's own bucket, found with symbols on their side, and its hash: from a
    // Report.wer about this crash. NULL where there is none or the vendor did not answer.
    const char *vendor_bucket;
    const char *vendor_hash;
};

struct bt_object_fact { // one line of what was found behind a parameter
    const char *label;
    const char *text;
};

struct bt_input {
    const char *path; // as given
    uint64_t size;
    const char *sha256;    // NULL unless asked for
    const char *container; // "gzip" ..., NULL
    const char *member;    // name inside an archive, NULL
};

struct bt_result {
    struct bt_input input;
    const char *kb_version;
    size_t kb_articles;
    const struct bt_crash *crash; // never NULL
    struct bt_stop_meaning stop;
    const char *exception_name;                // of crash->exception
    const char *exception_meaning;             // "write to 0x0", NULL
    const char *exception_access;              // "read", "write", "execute", NULL
    struct bt_opt64 exception_target;          // the address that was accessed
    const char *exception_hint;                // what that address looks like, NULL
    struct bt_parameter *exception_parameters; // as many as crash->exception has
    struct bt_verdict verdict;
    struct bt_signature signature;
    struct bt_match_list matches;
    struct bt_object_fact *objects; // device stack, IRP, machine check ...
    size_t object_count;
    const char **instruction; // faulting instruction and the registers it used
    size_t instruction_count;
};

const char *bt_confidence_name(enum bt_confidence confidence); // NULL for none

#endif
