// SPDX-License-Identifier: MIT
//
// Triage of one dump: read it, explain its stop code, name the module to blame where one can be
// named, match the articles.
//
// An input that is no dump, damaged, or cannot even be opened is not a failure of these
// functions: the result says what is wrong with it (bt_triage_status, bt_triage_problem). They
// fail only when this process cannot go on: out of memory, or a bug.
//
// A result is independent of all others; different threads may make results with one
// `struct bt_kb` at the same time.
#ifndef BUGTRIAGE_TRIAGE_H
#define BUGTRIAGE_TRIAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bugtriage/api.h>
#include <bugtriage/error.h>
#include <bugtriage/kb.h>
#include <bugtriage/symbols.h>

#ifdef __cplusplus
extern "C" {
#endif

// The result for one input. Every text that a function below returns belongs to it and is valid
// until bt_triage_free.
struct bt_triage;

// All zero is the default.
struct bt_triage_options {
    bool hash;         // compute the SHA-256 of the dump
    bool fitting_only; // articles that do not fit are only counted: faster; not for `all`
    // Report.wer of Windows Error Reporting; borrowed. NULL: one beside the dump is looked for.
    const char *error_report;
    // A list of installed updates of the machine (systeminfo, wmic qfe, Get-HotFix, dism);
    // borrowed. NULL: one beside a dump that is a file is looked for.
    const char *update_list;
    bool threads; // walk the stacks of all threads of a process, not only the crashing one's
    // Symbol files and images to name code with; borrowed, NULL for none. Two threads must not
    // use one store at the same time.
    struct bt_symbols *symbols;
};

// Triage of a file. `options` may be NULL. On success *ret is to be freed with bt_triage_free,
// before `kb` is.
BUGTRIAGE_API enum bt_status bt_triage_file(const struct bt_kb *kb, const char *path,
                                            const struct bt_triage_options *options,
                                            struct bt_triage **ret,
                                            struct bt_error *err) BUGTRIAGE_MUST_USE;
// The same for bytes in memory, borrowed until the function returns. `name` stands for the path
// in reports.
BUGTRIAGE_API enum bt_status bt_triage_bytes(const struct bt_kb *kb, const void *data,
                                             size_t size, const char *name,
                                             const struct bt_triage_options *options,
                                             struct bt_triage **ret,
                                             struct bt_error *err) BUGTRIAGE_MUST_USE;
// The same for a descriptor, which is read forward and not closed.
BUGTRIAGE_API enum bt_status bt_triage_stream(const struct bt_kb *kb, int fd, const char *name,
                                              const struct bt_triage_options *options,
                                              struct bt_triage **ret,
                                              struct bt_error *err) BUGTRIAGE_MUST_USE;

// A module that a text about a stop names. Only the name must be there.
struct bt_stop_module {
    const char *name;
    const char *version; // "5.2.3790.1830"; NULL: not told
    uint64_t base, size; // 0: not told
    uint32_t stamp;      // PE time stamp; 0: not told
    bool blamed;         // the text calls it the one that failed
};

// A stop code without a dump: read off a screen or an event log.
struct bt_stop_question {
    uint32_t code;
    uint64_t parameters[4];
    unsigned parameter_count; // how many of them are known, 0 to 4
    // What else is known of the machine; 0 and NULL where nothing is.
    const char *architecture; // "x86", "x64", "arm64", "ia64"; unknown names are BT_E_SYNTAX
    uint32_t build;           // Windows build: 6002
    uint32_t service_pack;    // where service_pack_known
    bool service_pack_known;
    const char *product_type; // "workstation", "domain controller", "server"
    const char *system;       // in the notation of articles: "2003 SP1", "10 22H2 x64"
    const char *process;      // that was running: "svchost.exe"
    const struct bt_stop_module *modules;
    size_t module_count;
};

BUGTRIAGE_API enum bt_status bt_triage_stop(const struct bt_kb *kb,
                                            const struct bt_stop_question *question,
                                            struct bt_triage **ret,
                                            struct bt_error *err) BUGTRIAGE_MUST_USE;

// An exception without a dump: a program that crashed, as an event log or a report tells it.
struct bt_exception_question {
    uint32_t code;  // of the exception; outside of Windows of the signal or Mach exception
    bool code_unknown; // the report does not tell it
    uint32_t flags; // code of the signal or Mach exception, 0 elsewhere
    uint64_t parameters[15];
    unsigned parameter_count;
    const char *platform; // "windows" (also NULL), "linux", "android", "macos", "ios"
    uint64_t address;     // of the instruction, on other systems of the access; 0: not known
    // What else is known; 0 and NULL where nothing is.
    const char *process, *process_version; // "app.exe", "3.2.1.0"
    uint32_t process_stamp, process_id;
    const char *module, *module_version; // the faulting one
    uint32_t module_stamp;
    uint64_t offset; // in the module, where offset_known
    bool offset_known;
    const char *thrown;    // class of the exception, for .NET: "System.NullReferenceException"
    const char *thrown_by; // its method
    const char *architecture; // as above
    uint32_t build;
};

BUGTRIAGE_API enum bt_status bt_triage_exception(const struct bt_kb *kb,
                                                 const struct bt_exception_question *question,
                                                 struct bt_triage **ret,
                                                 struct bt_error *err) BUGTRIAGE_MUST_USE;

BUGTRIAGE_API void bt_triage_free(struct bt_triage *triage); // NULL is accepted

// "ok", "partial" or "unreadable". Never NULL.
BUGTRIAGE_API const char *bt_triage_status(const struct bt_triage *triage);
// Why the input is not "ok": one sentence, or NULL.
BUGTRIAGE_API const char *bt_triage_problem(const struct bt_triage *triage);
// The stop code (without the flag of small dumps); false where there is none.
BUGTRIAGE_API bool bt_triage_stop_code(const struct bt_triage *triage, uint32_t *ret);
// Its name; NULL where it has none.
BUGTRIAGE_API const char *bt_triage_stop_name(const struct bt_triage *triage);
// The file name of the module to blame; NULL where none can be named.
BUGTRIAGE_API const char *bt_triage_culprit(const struct bt_triage *triage);
// Articles that fit, best first.
BUGTRIAGE_API size_t bt_triage_article_count(const struct bt_triage *triage);
// The identifier of an article, and in *ret_verdict (where not NULL) "strong", "probable",
// "possible" or "fixed". NULL past the end.
BUGTRIAGE_API const char *bt_triage_article(const struct bt_triage *triage, size_t index,
                                            const char **ret_verdict);

#ifdef __cplusplus
}
#endif
#endif
