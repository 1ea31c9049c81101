// SPDX-License-Identifier: MIT
//
// What a run over many dumps needs of one record (docs/schema/record-1.json), as views of the
// record's text: nothing is copied. A record of an older or newer minor version, with its keys
// in any order, reads as well; what is missing is empty.
#ifndef BT_BATCH_RECORD_H
#define BT_BATCH_RECORD_H

#include "base/clock.h"
#include "batch/json_scan.h"
#include "rules/match.h"

// Articles that are kept of one record: the best come first, and nobody reads the tenth.
enum { BT_RECORD_MATCHES = 16 };

struct bt_record_match {
    struct bt_slice article, title, url;
    enum bt_fit fit;
    bool has_fix;
    enum bt_fix_status fix;
};

struct bt_record {
    unsigned schema; // major number of "bugtriage.record/N"; 0: this is no record
    struct bt_slice kb_version;
    struct bt_slice path, member, sha256, machine;
    uint64_t size; // of the input, bytes
    struct bt_slice status, problem, problem_message;
    struct bt_opt64 time; // bt_filetime
    struct bt_slice code, code_name;
    bool is_exception; // code and name are those of a user-mode exception
    struct bt_slice process;
    struct bt_slice system, service_pack, architecture;
    struct bt_slice culprit, culprit_version, company, confidence;
    struct bt_slice group;
    struct bt_record_match matches[BT_RECORD_MATCHES];
    size_t match_count;
};

// Reads one record. False: the text is no JSON object; a JSON object that is no record of ours
// has schema 0. Reading stops after the last key that is wanted, so a fault in the long lists
// at the end of a record goes unnoticed.
bool bt_record_read(const char *text, size_t size, struct bt_record *ret);

#endif
