// SPDX-License-Identifier: MIT
//
// Articles as the rules room sees them: views into the images, decoded on demand.
#ifndef BT_KB_ARTICLE_H
#define BT_KB_ARTICLE_H

#include "kb/kb.h"

// Roles of a condition in its article.
enum bt_kb_condition_role {
    BT_KB_STATED,   // on a stop parameter: must hold
    BT_KB_NEEDS,    // must hold
    BT_KB_PROBABLE, // raises, when all of one group hold
    BT_KB_STRONG,   // raises, when all of one group hold
    BT_KB_HELPS,    // an independent fact that speaks for the article
    BT_KB_CONDITION_ROLES,
};

struct bt_kb_condition {
    enum bt_kb_condition_role role;
    uint32_t group;         // conditions of one role and group belong together
    unsigned p;             // 1..4 where stated on one parameter, else 0
    struct bt_kb_expr expr; // never absent
    struct bt_kb_expr when; // proviso: where it is false the condition does not count
};

// Four printed parameters, of which some may be missing.
struct bt_kb_sample {
    unsigned known; // bit n: values[n] is given
    uint64_t values[4];
};

// What a clause is about. Bits: an exception may be meant wherever it happens.
enum bt_kb_clause_kind {
    BT_KB_CLAUSE_STOP = 1,
    BT_KB_CLAUSE_USER = 2,   // an exception of a program
    BT_KB_CLAUSE_KERNEL = 4, // an exception that led to a stop
    BT_KB_CLAUSE_KINDS_END = 8,
};

// What a clause alone makes of a match that it holds for.
enum bt_kb_raise { BT_KB_RAISES_NOTHING, BT_KB_RAISES_PROBABLE, BT_KB_RAISES_STRONG };

struct bt_kb_clause {
    unsigned kinds; // bt_kb_clause_kind
    bool any_code;  // of an exception: `code` is not meant
    uint32_t code;  // base code of a stop, or code of an exception
    enum bt_kb_raise raises;
    struct bt_kb_list conditions; // bt_kb_condition
    struct bt_kb_list samples;    // bt_kb_sample
    uint64_t signature;           // equal for clauses with the same code and printed values
    uint32_t line;
};

enum { BT_KB_WORKSTATION = 1, BT_KB_SERVER = 2 }; // of `types`
enum bt_kb_tse { BT_KB_TSE_ANY, BT_KB_TSE_ONLY, BT_KB_TSE_NOT };

// One "2003 SP1 x86".
struct bt_kb_system {
    const char *text; // as written
    const char *line; // canonical word of the product line
    uint32_t build_from, build_to;
    unsigned types;
    struct bt_opt32 sp_from, sp_to;
    uint32_t archs; // bit n: word n of bt_kb_architectures; 0: any
    uint32_t not_archs;
    enum bt_kb_tse tse;
    // "latest NT 4.0": sp_from is the last service pack of the line, which contains a fix that
    // was published as part of "the latest service pack"; an earlier one may contain it too.
    bool latest;
    uint32_t last_sp; // of the line; 0: there never was one (of a notation only)
};

struct bt_kb_fix_file {
    const char *name;
    const char *platform; // NULL: any
    struct bt_opt64 version;
    struct bt_opt64 date; // bt_filetime, of the file as published
    bool date_only;
    // A link date after this is probably that of a fixed file; where no file was published.
    struct bt_opt64 linked_after;
    struct bt_opt32 size;
    bool cures;                // false: only brought along, decides nothing
    struct bt_kb_list systems; // bt_kb_system: the row is for these only; empty: all
};

struct bt_kb_link {
    const char *kind; // "superseded-by"
    const char *target;
};

enum bt_kb_cap { BT_KB_CAP_NONE, BT_KB_CAP_POSSIBLE, BT_KB_CAP_PROBABLE };

struct bt_kb_article {
    const struct bt_kb_image *image;
    uint32_t index;
    const char *layer; // name of the knowledge base it comes from
    const char *id, *title, *url;
    const char *source; // "articles/KB909665.yaml"
    uint32_t line;
    char grade; // 'A'..'G'; 0 not stated
    enum bt_kb_cap cap;
    const char *cap_reason;
    bool outside_possible;
    uint32_t narrowness;
    struct bt_kb_list systems;    // bt_kb_system; empty: not stated
    struct bt_kb_list clauses;    // bt_kb_clause; empty: the article names no code
    struct bt_kb_list conditions; // bt_kb_condition, by role and group
    struct bt_kb_list ask;        // texts
    struct bt_kb_list links;      // bt_kb_link
    struct bt_kb_list keywords;   // texts
    const char *symptoms, *cause, *resolution, *workaround;
    const char *fix_kind; // NULL: no fix
    const char *fix_note;
    const char *requires_text, *restart, *replaces;
    struct bt_kb_list requires_systems; // bt_kb_system: the fix installs on these only
    struct bt_kb_list fixed_in;         // bt_kb_system: these have the fix from the start
    struct bt_kb_list files;            // bt_kb_fix_file
};

// File names, of which it can be said that one is certainly not among them.
struct bt_kb_file_set {
    uint64_t bits[128];
};

// By all of its characters but their case.
uint32_t bt_kb_file_hash(const char *file);
// Adds a name: the canonical one, where a file has several.
void bt_kb_file_set_add(struct bt_kb_file_set *set, const char *file);
// Adds every other name that the knowledge has for the files of a set.
void bt_kb_file_set_add_aliases(const struct bt_kb *kb, struct bt_kb_file_set *set);

// What a crash shows that articles are looked up by.
struct bt_kb_crash_codes {
    struct bt_opt32 stop;
    bool exception_present;    // inside a stop: that of the kernel
    struct bt_opt32 exception; // its code; not known: a report in words did not tell it
    // Modules that a faulting instruction lies in; NULL: not known.
    const char *modules[2];
    // All that were loaded; NULL where that is not known for certain.
    const struct bt_kb_file_set *files;
};

// Articles that name the stop code, those that name the exception, those that name a faulting
// module for any exception (or for one whose code is not known), and then those that name none;
// each once, articles that a later layer replaces left out. Start with a zeroed
// iterator, until false.
struct bt_kb_candidates {
    size_t layer; // counts down from the last
    unsigned phase;
    uint32_t row;
    bool sift;          // the layer has many articles on this stop
    size_t passed_over; // of those, how many need a file that was not loaded
    uint32_t hash;      // of the module that is looked for
};
bool bt_kb_candidate_next(const struct bt_kb *kb, const struct bt_kb_crash_codes *codes,
                          struct bt_kb_candidates *at, struct bt_kb_article *ret);

// Every article, by layer (last first) and id; start with a zeroed iterator.
bool bt_kb_article_next(const struct bt_kb *kb, struct bt_kb_candidates *at,
                        struct bt_kb_article *ret);
bool bt_kb_article_find(const struct bt_kb *kb, const char *id, struct bt_kb_article *ret);

bool bt_kb_condition_at(struct bt_kb_list list, size_t index, struct bt_kb_condition *ret);
bool bt_kb_sample_at(struct bt_kb_list list, size_t index, struct bt_kb_sample *ret);
bool bt_kb_clause_at(struct bt_kb_list list, size_t index, struct bt_kb_clause *ret);
bool bt_kb_system_at(struct bt_kb_list list, size_t index, struct bt_kb_system *ret);
bool bt_kb_fix_file_at(struct bt_kb_list list, size_t index, struct bt_kb_fix_file *ret);
bool bt_kb_link_at(struct bt_kb_list list, size_t index, struct bt_kb_link *ret);

// --- Test cases, in images that were built with them

struct bt_kb_fact {
    const char *key;  // "stop", "os", "module", ...
    const char *name; // of the file, for facts on files
    const char *value;
    uint32_t line, column; // of the value, or of the list of values
};

struct bt_kb_test {
    const char *article; // id
    const char *name;
    const char *verdict; // a bt_fit_name
    const char *fix;     // a bt_fix_status_name, or NULL
    const char *note;    // the status note must contain this; NULL
    const char *source;
    uint32_t line;
    struct bt_kb_list facts; // bt_kb_fact
};

size_t bt_kb_test_count(const struct bt_kb *kb, size_t layer);
bool bt_kb_test_at(const struct bt_kb *kb, size_t layer, size_t index, struct bt_kb_test *ret);
bool bt_kb_fact_at(struct bt_kb_list list, size_t index, struct bt_kb_fact *ret);

#endif
