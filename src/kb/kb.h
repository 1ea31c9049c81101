// SPDX-License-Identifier: MIT
//
// Loaded knowledge: what stop codes, their parameters, status values, drivers and builds mean,
// and the articles that the rules room matches. Knowledge comes as one or more images (layers);
// a later layer wins over an earlier one where both say something on the same thing.
//
// Once its layers are added a `struct bt_kb` does not change: it may be read from several
// threads. Every text and list that a lookup returns points into the images and is valid until
// bt_kb_free. Absent texts are NULL.
#ifndef BT_KB_KB_H
#define BT_KB_KB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bugtriage/kb.h>

#include "base/error.h"
#include "base/optional.h"
#include "base/span.h"
#include "base/version_number.h"

struct bt_kb_image; // one layer; opaque

// --- Layers

// bt_kb_new, bt_kb_free, bt_kb_add_builtin (link the target bt_kb_builtin for it),
// bt_kb_add_image_file, bt_kb_version and bt_kb_article_count are public: <bugtriage/kb.h>. An
// article that a later layer replaces is counted once.

// Adds an image from memory, validated whole. The bytes are borrowed and must outlive the kb;
// `name` (copied) is what messages call it.
enum bt_status bt_kb_add_image(struct bt_kb *kb, struct bt_span bytes, const char *name,
                               struct bt_error *err) BT_MUST_USE;

size_t bt_kb_layer_count(const struct bt_kb *kb);
const char *bt_kb_layer_name(const struct bt_kb *kb, size_t layer); // "built-in", a file name

// --- Lists and expressions

// Rows of one image. What kind of rows is said where the list is declared.
struct bt_kb_list {
    const struct bt_kb_image *image;
    uint32_t first;
    uint32_t count;
};

const char *bt_kb_text(struct bt_kb_list texts, size_t index); // NULL past the end

// A compiled condition; evaluated by bt_rules_eval. `image` is NULL where there is no
// condition, and that counts as true.
struct bt_kb_expr {
    const struct bt_kb_image *image;
    uint32_t index;
};

// The condition as its author wrote it; NULL where there is none.
const char *bt_kb_expr_source(struct bt_kb_expr expr);

// --- Stop codes

struct bt_kb_stop {
    uint32_t code; // base code: without the flag of the small-dump variants
    const char *name;
    const char *says;        // NULL for most undocumented codes
    const char *trouble;     // class of trouble: "driver", "pool", "hardware", ...
    const char *blame;       // "driver" "hardware" "process" "storage" "boot" "request" "any"
    bool live;               // raised for live dumps: the machine did not stop
    struct bt_kb_list also;  // texts: other published names
    struct bt_kb_list check; // texts: what to look at or ask next
    struct bt_kb_list parameters; // bt_kb_parameter
    struct bt_kb_list values;     // bt_kb_value
    const char *source;           // "stops/0x0000000a.yaml"
};

// What a parameter is. Rows are tried in order: the first for a `p` whose `when` is true or
// absent wins; a row whose `when` is unknown is not used. A parameter without a row is
// reserved.
struct bt_kb_parameter {
    unsigned p;       // 1..4
    const char *is;   // "address that was touched"
    const char *kind; // "address", "irql", ... (docs/kb-language.md lists them)
    struct bt_kb_expr when;
};

// What one value of a parameter means; order and `when` as above.
struct bt_kb_value {
    unsigned p;        // 1..4; 0 where the row belongs to a named table
    const char *table; // "time-out code"; NULL where p is set
    uint64_t value;    // matches where value <= (parameter & mask) <= end
    uint64_t end;      // equal to value where the row is no range
    uint64_t mask;     // all ones where none is stated
    const char *means;
    const char *symbol;           // header name, NULL
    struct bt_kb_list parameters; // bt_kb_parameter: these replace those of the stop
    struct bt_kb_expr when;
    const char *blame; // replaces that of the stop; NULL: it does not
};

bool bt_kb_stop_find(const struct bt_kb *kb, uint32_t code, struct bt_kb_stop *ret);
// All stops in order of their codes: start with *at = 0, until false.
bool bt_kb_stop_next(const struct bt_kb *kb, uint64_t *at, struct bt_kb_stop *ret);
bool bt_kb_parameter_at(struct bt_kb_list list, size_t index, struct bt_kb_parameter *ret);
bool bt_kb_value_at(struct bt_kb_list list, size_t index, struct bt_kb_value *ret);
// Whether a row's value, end and mask fit `parameter`.
bool bt_kb_value_fits(const struct bt_kb_value *row, uint64_t parameter);

// --- Status values

enum bt_kb_status_kind {
    BT_KB_NTSTATUS,
    BT_KB_EXCEPTION, // exception codes that are no NTSTATUS
    BT_KB_FAILFAST,  // fast-fail codes: 0x139 p1, 0xC0000409
    BT_KB_WIN32,     // Win32 errors and HRESULTs
    BT_KB_FILL,      // what memory is filled with; `name` is who does it
};

struct bt_kb_status {
    uint32_t value;
    const char *name;
    const char *text; // NULL where nobody wrote one
};

bool bt_kb_status_find(const struct bt_kb *kb, enum bt_kb_status_kind kind, uint32_t value,
                       struct bt_kb_status *ret);
// The same by name, case ignored. Looks through the whole table: for what people type.
bool bt_kb_status_by_name(const struct bt_kb *kb, enum bt_kb_status_kind kind, const char *name,
                          struct bt_kb_status *ret);
// The fill pattern that `value` is, or that it lies above by less than `reach`.
bool bt_kb_fill_near(const struct bt_kb *kb, uint32_t value, uint32_t reach,
                     struct bt_kb_status *ret);

// What parameter `p` (from 1) of an exception is; `when` is never set. A layer that knows the
// exception replaces those below.
bool bt_kb_exception_parameter(const struct bt_kb *kb, uint32_t code, unsigned p,
                               struct bt_kb_parameter *ret);

// --- Files

enum bt_kb_role {
    BT_KB_ROLE_UNKNOWN,        // not in the tables
    BT_KB_ROLE_KERNEL,         // nt and hal: raise most stops
    BT_KB_ROLE_INFRASTRUCTURE, // inbox code that runs other people's requests
    BT_KB_ROLE_INBOX,          // any other module shipped with Windows
    BT_KB_ROLE_DRIVER,         // third party
    BT_KB_ROLE_VULNERABLE,     // third party, listed as abusable
};

struct bt_kb_driver {
    const char *file; // lower case
    const char *vendor;
    const char *product;
    enum bt_kb_role role;
};

struct bt_kb_filter {
    const char *file;
    const char *filter_class; // "anti-virus", "replication", ...
    const char *altitude;
};

const char *bt_kb_role_name(enum bt_kb_role role); // "infrastructure"; NULL for unknown
// By file name, ASCII case ignored. Aliases are followed where the name itself is not known.
bool bt_kb_driver_find(const struct bt_kb *kb, const char *file, struct bt_kb_driver *ret);
// The role of a file; BT_KB_ROLE_UNKNOWN where the tables do not know it.
enum bt_kb_role bt_kb_role_of(const struct bt_kb *kb, const char *file);
// The name under which a file is known: ntkrnlmp.exe -> ntoskrnl.exe; `file` itself where it
// has no other.
const char *bt_kb_canonical_file(const struct bt_kb *kb, const char *file);
// Whether two names mean the same file: case and aliases ignored.
bool bt_kb_same_file(const struct bt_kb *kb, const char *a, const char *b);
// The n-th class that a file-system filter is registered for; most have one.
bool bt_kb_filter_at(const struct bt_kb *kb, const char *file, size_t index,
                     struct bt_kb_filter *ret);

// Whose code a module is, where its name is in no table: by the folder it lies in, or by how
// its name begins.
enum bt_kb_place_system {
    BT_KB_PLACE_KERNEL,  // names of kernel modules: copies that the system makes of its own
    BT_KB_PLACE_WINDOWS, // and of programs: the system's own libraries and run-times
    BT_KB_PLACE_APPLE,
    BT_KB_PLACE_ANDROID,
    BT_KB_PLACE_LINUX,
    BT_KB_PLACE_UNIX, // names that count on all but Windows
    BT_KB_SYSTEMS_OF_PLACES,
};

enum bt_kb_place_kind {
    BT_KB_PLACE_NAME,      // the file name begins so
    BT_KB_PLACE_FOLDER,    // the path begins so; on Windows behind the drive
    BT_KB_PLACE_LIBRARIES, // the same, and the file lies right there or in an architecture's
    BT_KB_PLACE_INSIDE,    // the path holds it
    BT_KB_PLACE_PROGRAM,   // the path holds it: a program after all
    BT_KB_PLACE_KINDS,
};

struct bt_kb_system_place {
    enum bt_kb_place_kind kind;
    const char *text;
};

// The n-th place of a system.
bool bt_kb_system_place_at(const struct bt_kb *kb, enum bt_kb_place_system system, size_t index,
                           struct bt_kb_system_place *ret);

// --- Builds and file versions

struct bt_kb_product {
    uint32_t build;
    const char *nt;               // "6.0"
    const char *name;             // "Windows Server 2008"
    const char *short_name;       // "2008"
    struct bt_opt32 service_pack; // where the build itself tells it (6002 is SP2)
};

// The product of a build. `product_type` is VER_NT_* (1 workstation, 2 domain controller,
// 3 server, 0 not known: found where workstation and server do not differ, else the name that
// covers both). `arch` is a name of bt_arch_name or NULL.
bool bt_kb_product_find(const struct bt_kb *kb, uint32_t build, unsigned product_type,
                        const char *arch, struct bt_kb_product *ret);

// One row of the servicing table: within one row, and only there, numbers tell what is newer.
struct bt_kb_branch {
    const char *family; // "6.0"
    bt_file_version from, to;
    const char *product;
    struct bt_opt32 service_pack;
    const char *branch; // "GDR", "LDR", "QFE", ...; NULL where the row has but one
    const char *note;
};

enum bt_kb_order {
    BT_KB_SAME,
    BT_KB_OLDER,      // a comes before b, in one branch
    BT_KB_NEWER,      // a comes after b, in one branch
    BT_KB_OTHER,      // of different branches: numbers say nothing
    BT_KB_EARLIER_SP, // a belongs to an earlier service pack of the same line than b
    BT_KB_LATER_SP,   // a belongs to a later service pack of the same line than b
    BT_KB_GDR_OF_LDR, // same service pack, a of the general branch, b of the hotfix branch
};

bool bt_kb_branch_find(const struct bt_kb *kb, bt_file_version version,
                       struct bt_kb_branch *ret);
// How `a` (found on a machine) stands to `b` (the fix). Versions that no row of the table
// holds, as those of third parties, are compared by number.
enum bt_kb_order bt_kb_compare(const struct bt_kb *kb, bt_file_version a, bt_file_version b);

#endif
