// SPDX-License-Identifier: MIT
//
// Exception clauses of an article: codes, what is stated on the access, the faulting module and
// the process. What is stated becomes conditions in the one language of conditions.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/attributes.h"
#include "base/buf.h"
#include "base/text.h"
#include "base/version_number.h"
#include "kb/parse_expr.h"
#include "kb/version_condition.h"

static const char *const key_items[] = {
    "code",     "access",  "address",         "fail-fast", "p1",    "p2",
    "p3",       "p4",      "module",          "version",   "stamp", "offset",
    "on-stack", "process", "process-version", "where",     "when",  "note",
};
static const struct bt_kb_words keys = {key_items, BT_COUNT(key_items)};

static const char *const where_items[] = {"user", "kernel", "any"};
static const struct bt_kb_words where_words = {where_items, BT_COUNT(where_items)};
static const uint32_t where_kinds[] = {BT_KB_CLAUSE_USER, BT_KB_CLAUSE_KERNEL,
                                       BT_KB_CLAUSE_USER | BT_KB_CLAUSE_KERNEL};

static const uint32_t ACCESS_VIOLATION = 0xc0000005;
static const uint32_t IN_PAGE_ERROR = 0xc0000006;
static const uint32_t GUARD_PAGE = 0x80000001;
static const uint32_t FAST_FAIL = 0xc0000409;

// Whose numbers the codes of a clause are.
enum family { WINDOWS = 1, POSIX = 2, MACH = 4 };

// Signals of Linux, and exceptions of Mach, that end programs.
static const struct {
    const char *name;
    enum family family;
    uint32_t code;
    bool has_address;
} foreign[] = {
    {"SIGILL", POSIX, 4, true},
    {"SIGTRAP", POSIX, 5, true},
    {"SIGABRT", POSIX, 6, false},
    {"SIGBUS", POSIX, 7, true},
    {"SIGFPE", POSIX, 8, true},
    {"SIGSEGV", POSIX, 11, true},
    {"SIGSYS", POSIX, 31, false},
    {"EXC_BAD_ACCESS", MACH, 1, true},
    {"EXC_BAD_INSTRUCTION", MACH, 2, false},
    {"EXC_ARITHMETIC", MACH, 3, false},
    {"EXC_SOFTWARE", MACH, 5, false},
    {"EXC_BREAKPOINT", MACH, 6, false},
    {"EXC_CRASH", MACH, 10, false},
    {"EXC_RESOURCE", MACH, 11, false},
    {"EXC_GUARD", MACH, 12, false},
};

struct clause {
    struct bt_kb_compiler *c;
    const struct bt_yaml_node *node;
    struct bt_buf text; // of the condition that is being made
    unsigned families;  // of its codes
    bool has_address;   // a code that tells the address that was accessed
    bool has_fast_fail; // all codes are that of a fast fail
    bool any;           // any code
};

// --- Codes

static bool find_foreign(struct clause *clause, const char *text, uint32_t *ret)
{
    for (size_t i = 0; i < BT_COUNT(foreign); i++) {
        if (!bt_ieq(foreign[i].name, text))
            continue;
        clause->families |= foreign[i].family;
        clause->has_address |= foreign[i].has_address;
        clause->has_fast_fail = false;
        *ret = foreign[i].code;
        return true;
    }
    return false;
}

static bool read_code(struct clause *clause, const struct bt_yaml_node *node, uint32_t *ret)
{
    struct bt_kb_compiler *c = clause->c;
    const char *text = bt_kb_read_text(c, node);
    uint64_t value = 0;
    if (text == NULL)
        return false;
    if (find_foreign(clause, text, ret))
        return true;
    if (strcmp(text, "any") == 0) {
        clause->families |= WINDOWS;
        clause->has_fast_fail = false;
        clause->any = true;
        *ret = 0;
        return true;
    }
    if (!bt_kb_parse_value(c, text, &value)) {
        const char *suggestion = bt_kb_status_suggest(c, text);
        BT_KB_COMPLAIN(c, node,
                       "the code or the name of an exception is expected here "
                       "(0xC0000005, STATUS_ACCESS_VIOLATION, SIGSEGV), not \"%s\"%s%s%s",
                       text, suggestion != NULL ? "; did you mean \"" : "",
                       suggestion != NULL ? suggestion : "", suggestion != NULL ? "\"?" : "");
        return false;
    }
    if (value > UINT32_MAX || value < 0x100) {
        BT_KB_COMPLAIN(c, node, "%s is no exception of Windows%s", text,
                       value < 0x100 ? "; signals are written by name: SIGSEGV" : "");
        return false;
    }
    clause->families |= WINDOWS;
    clause->has_address |=
        value == ACCESS_VIOLATION || value == IN_PAGE_ERROR || value == GUARD_PAGE;
    clause->has_fast_fail = clause->has_fast_fail && value == FAST_FAIL;
    *ret = (uint32_t)value;
    return true;
}

// What the codes are, so that the rest of the clause can be checked against them.
static bool survey_codes(struct clause *clause, const struct bt_yaml_node *codes)
{
    const struct bt_yaml_node *n = codes->kind == BT_YAML_SEQUENCE ? codes->first : codes;
    clause->has_fast_fail = true;
    if (n == NULL)
        BT_KB_COMPLAIN(clause->c, codes, "the list is empty");
    for (; n != NULL; n = codes->kind == BT_YAML_SEQUENCE ? n->next : NULL) {
        uint32_t code;
        if (!read_code(clause, n, &code))
            return false;
    }
    return clause->families != 0;
}

// --- Conditions

static void finish_condition(struct clause *clause, const struct bt_yaml_node *node)
{
    struct bt_kb_compiler *c = clause->c;
    struct bt_kb_parsed parsed;
    uint32_t row[CONDITION_WORDS] = {[CONDITION_ROLE] = BT_KB_STATED};
    const struct bt_yaml_node *when = bt_yaml_get(clause->node, "when");
    if (bt_kb_parse_expr(c, bt_buf_cstr(&clause->text), bt_kb_place_of(c, node), false,
                         BT_KB_USE_WHEN, &parsed)) {
        // What was parsed points into the text.
        row[CONDITION_EXPR] = bt_kb_write_expr(c, &parsed, parsed.count - 1);
        row[CONDITION_WHEN] = bt_kb_read_expr(c, when, BT_KB_USE_WHEN);
        bt_kb_writer_row(&c->writer, BT_KB_CONDITIONS, row);
    }
    bt_buf_clear(&clause->text);
}

// "operand in (0x10, 0x20..0x30)".
static void state_numbers(struct clause *clause, const struct bt_yaml_node *node,
                          const char *operand)
{
    const struct bt_yaml_node *n = node->kind == BT_YAML_SEQUENCE ? node->first : node;
    bt_buf_printf(&clause->text, "%s in (", operand);
    if (n == NULL)
        BT_KB_COMPLAIN(clause->c, node, "the list is empty");
    for (const char *comma = ""; n != NULL; comma = ", ") {
        uint64_t low = 0, high = 0;
        if (!bt_kb_read_range(clause->c, n, &low, &high)) {
            bt_buf_clear(&clause->text);
            return;
        }
        bt_buf_printf(&clause->text, "%s0x%" PRIx64 "..0x%" PRIx64, comma, low, high);
        n = node->kind == BT_YAML_SEQUENCE ? n->next : NULL;
    }
    bt_buf_char(&clause->text, ')');
    finish_condition(clause, node);
}

// `"a", "b"` of a text or a list of texts. Complains and gives false where one is not usable.
static bool add_names(struct clause *clause, const struct bt_yaml_node *node, bool files)
{
    const struct bt_yaml_node *n = node->kind == BT_YAML_SEQUENCE ? node->first : node;
    struct bt_kb_compiler *c = clause->c;
    if (n == NULL)
        BT_KB_COMPLAIN(c, node, "the list is empty");
    for (const char *comma = ""; n != NULL; comma = ", ") {
        const char *text = bt_kb_read_text(c, n);
        if (text != NULL && files)
            text = bt_kb_clean_file(c, bt_kb_place_of(c, n), text);
        if (text != NULL && (strchr(text, '"') != NULL || bt_basename(text) != text)) {
            BT_KB_COMPLAIN(c, n, "\"%s\": a name without its path is meant", text);
            text = NULL;
        }
        if (text == NULL) {
            bt_buf_clear(&clause->text);
            return false;
        }
        bt_buf_printf(&clause->text, "%s\"%s\"", comma, text);
        n = node->kind == BT_YAML_SEQUENCE ? n->next : NULL;
    }
    return true;
}

static void state_files(struct clause *clause, const struct bt_yaml_node *node,
                        const char *function)
{
    bt_buf_printf(&clause->text, "%s(", function);
    if (!add_names(clause, node, true))
        return;
    bt_buf_char(&clause->text, ')');
    finish_condition(clause, node);
}

static void state_words(struct clause *clause, const struct bt_yaml_node *node,
                        const char *fact)
{
    bt_buf_printf(&clause->text, "%s in (", fact);
    if (!add_names(clause, node, false))
        return;
    bt_buf_char(&clause->text, ')');
    finish_condition(clause, node);
}

// --- Versions

// One of "2.1.5", "2.1.x", "2.1.0..2.1.4", "below 2.1.5", as a condition on `file`.
static bool add_version_condition(struct clause *clause, const struct bt_yaml_node *node,
                                  const char *file)
{
    const char *text = bt_kb_read_text(clause->c, node);
    if (text == NULL)
        return false;
    if (!bt_kb_version_condition(text, file, &clause->text)) {
        BT_KB_COMPLAIN(clause->c, node,
                       "a version (2.1.5), a group (2.1.x), a range (2.1.0..2.1.4) or "
                       "\"below 2.1.5\" is expected here, not \"%s\"",
                       text);
        return false;
    }
    return true;
}

static void state_versions(struct clause *clause, const struct bt_yaml_node *node,
                           const char *file)
{
    const struct bt_yaml_node *n = node->kind == BT_YAML_SEQUENCE ? node->first : node;
    for (const char *joint = ""; n != NULL; joint = " or ") {
        bt_buf_text(&clause->text, joint);
        if (!add_version_condition(clause, n, file)) {
            bt_buf_clear(&clause->text);
            return;
        }
        n = node->kind == BT_YAML_SEQUENCE ? n->next : NULL;
    }
    finish_condition(clause, node);
}

// --- Keys

// The one file that `key` names, for keys that say more about it; NULL after a complaint.
static const char *one_file(struct clause *clause, const struct bt_yaml_node *about,
                            const char *key)
{
    struct bt_kb_compiler *c = clause->c;
    const struct bt_yaml_node *node = bt_yaml_get(clause->node, key);
    if (node != NULL && node->kind == BT_YAML_SEQUENCE && node->count == 1)
        node = node->first;
    if (node == NULL || node->kind != BT_YAML_SCALAR) {
        bt_kb_complain(c->diagnostics, bt_kb_key_place_of(c, about),
                       "\"%s\" needs one \"%s\" beside it", about->key, key);
        return NULL;
    }
    const char *text = bt_kb_read_text(c, node);
    return text != NULL ? bt_kb_clean_file(c, bt_kb_place_of(c, node), text) : NULL;
}

static void state_of_module(struct clause *clause, const struct bt_yaml_node *node)
{
    char operand[320];
    const char *file = one_file(clause, node, "module");
    if (file == NULL)
        return;
    if (strcmp(node->key, "version") == 0) {
        state_versions(clause, node, file);
        return;
    }
    snprintf(operand, sizeof operand, "%s(\"%s\")",
             strcmp(node->key, "offset") == 0 ? "fault_offset" : "stamp", file);
    state_numbers(clause, node, operand);
}

// Keys that only some exceptions can ever satisfy.
static bool can_hold(struct clause *clause, const struct bt_yaml_node *node)
{
    bool of_access = strcmp(node->key, "access") == 0;
    const char *problem = NULL;
    if ((of_access || strcmp(node->key, "address") == 0) && !clause->has_address)
        problem = "none of these exceptions tells an address that was accessed";
    else if (of_access && (clause->families & WINDOWS) == 0)
        problem = "signals do not tell whether it was a read or a write";
    else if (strcmp(node->key, "fail-fast") == 0 && !clause->has_fast_fail)
        problem = "only exception 0xC0000409 has a fail-fast code";
    if (problem != NULL)
        bt_kb_complain(clause->c->diagnostics, bt_kb_key_place_of(clause->c, node),
                       "\"%s\" can never hold: %s", node->key, problem);
    return problem == NULL;
}

static void read_key(struct clause *clause, const struct bt_yaml_node *node)
{
    const char *key = node->key;
    if (!can_hold(clause, node))
        return;
    if (strcmp(key, "access") == 0) {
        state_words(clause, node, "exception.access");
    } else if (strcmp(key, "address") == 0) {
        state_numbers(clause, node, "exception.target");
    } else if (strcmp(key, "fail-fast") == 0) {
        state_numbers(clause, node, "exception.p1");
    } else if (key[0] == 'p' && bt_is_digit(key[1])) {
        char operand[24];
        snprintf(operand, sizeof operand, "exception.%s", key);
        state_numbers(clause, node, operand);
    } else if (strcmp(key, "module") == 0) {
        state_files(clause, node, "fault_in");
    } else if (strcmp(key, "on-stack") == 0) {
        state_files(clause, node, "on_stack");
    } else if (strcmp(key, "process") == 0) {
        state_words(clause, node, "process");
    } else if (strcmp(key, "process-version") == 0) {
        const char *file = one_file(clause, node, "process");
        if (file != NULL)
            state_versions(clause, node, file);
    } else if (strcmp(key, "version") == 0 || strcmp(key, "stamp") == 0 ||
               strcmp(key, "offset") == 0) {
        state_of_module(clause, node);
    }
}

// The numbers of one system mean other things on another.
static void state_platform(struct clause *clause)
{
    bt_buf_printf(&clause->text, "os.platform in (%s)",
                  clause->families == WINDOWS ? "windows"
                  : clause->families == POSIX ? "linux, android"
                                              : "macos, ios");
    finish_condition(clause, clause->node);
}

static enum bt_kb_raise what_it_raises(const struct clause *clause)
{
    const struct bt_yaml_node *node = clause->node;
    bool module = bt_yaml_get(node, "module") != NULL;
    bool exact = bt_yaml_get(node, "offset") != NULL || bt_yaml_get(node, "version") != NULL ||
                 bt_yaml_get(node, "stamp") != NULL;
    if (module && exact)
        return BT_KB_RAISES_STRONG;
    return module || bt_yaml_get(node, "on-stack") != NULL ? BT_KB_RAISES_PROBABLE
                                                           : BT_KB_RAISES_NOTHING;
}

static void write_codes(struct clause *clause, const struct bt_yaml_node *codes, uint32_t *row)
{
    const struct bt_yaml_node *n = codes->kind == BT_YAML_SEQUENCE ? codes->first : codes;
    for (; n != NULL; n = codes->kind == BT_YAML_SEQUENCE ? n->next : NULL) {
        if (!read_code(clause, n, &row[CLAUSE_CODE]))
            return;
        row[CLAUSE_LINE] = n->line;
        bt_kb_writer_row(&clause->c->writer, BT_KB_CLAUSES, row);
    }
}

// The modules once more, for looking up articles by them.
static void put_modules(struct clause *clause, uint32_t *row)
{
    struct bt_kb_compiler *c = clause->c;
    const struct bt_yaml_node *module = bt_yaml_get(clause->node, "module");
    uint32_t first = c->writer.rows[BT_KB_TEXT_LIST];
    bool list = module != NULL && module->kind == BT_YAML_SEQUENCE;
    for (const struct bt_yaml_node *n = list ? module->first : module; n != NULL;
         n = list ? n->next : NULL) {
        if (n->kind != BT_YAML_SCALAR)
            continue;
        uint32_t text[TEXT_LIST_WORDS] = {bt_kb_writer_text(&c->writer, n->text)};
        bt_kb_writer_row(&c->writer, BT_KB_TEXT_LIST, text);
    }
    bt_kb_put_list(&c->writer, row, CLAUSE_MODULES, BT_KB_TEXT_LIST, first);
}

static void write_clause(struct clause *clause, const struct bt_yaml_node *codes)
{
    struct bt_kb_compiler *c = clause->c;
    const struct bt_yaml_node *where = bt_yaml_get(clause->node, "where");
    uint32_t row[CLAUSE_WORDS] = {0}, first = c->writer.rows[BT_KB_CONDITIONS];
    size_t index = 0;
    if (where != NULL)
        bt_kb_read_word(c, where, "place", &where_words, &index);
    row[CLAUSE_KIND] = where_kinds[index];
    row[CLAUSE_RAISES] = what_it_raises(clause);
    if (clause->families != WINDOWS)
        state_platform(clause);
    for (const struct bt_yaml_node *n = clause->node->first; n != NULL; n = n->next)
        read_key(clause, n);
    bt_kb_put_list(&c->writer, row, CLAUSE_CONDITIONS, BT_KB_CONDITIONS, first);
    bt_kb_put_list(&c->writer, row, CLAUSE_SAMPLES, BT_KB_SAMPLES,
                   c->writer.rows[BT_KB_SAMPLES]);
    put_modules(clause, row);
    write_codes(clause, codes, row);
}

static void read_clause(struct bt_kb_compiler *c, const struct bt_yaml_node *node)
{
    struct clause clause = {.c = c, .node = node};
    if (!bt_kb_check_mapping(c, node, "an exception clause", &keys))
        return;
    const struct bt_yaml_node *codes = bt_yaml_get(node, "code");
    if (codes == NULL || codes->kind == BT_YAML_MAPPING) {
        BT_KB_COMPLAIN(c, node, "an exception clause needs a \"code\"");
        return;
    }
    if (!survey_codes(&clause, codes))
        return;
    if ((clause.families & (clause.families - 1)) != 0) {
        BT_KB_COMPLAIN(c, codes, "codes of several systems: give each a clause of its own");
        return;
    }
    if (clause.any &&
        (codes->kind == BT_YAML_SEQUENCE || bt_yaml_get(node, "module") == NULL)) {
        BT_KB_COMPLAIN(c, codes, "\"any\" stands alone, and needs a \"module\" beside it");
        return;
    }
    bt_buf_init(&clause.text, 64 << 10);
    write_clause(&clause, codes);
    bt_buf_fini(&clause.text);
}

void bt_kb_read_exceptions(struct bt_kb_compiler *c, const struct bt_yaml_node *node)
{
    if (node != NULL && node->kind == BT_YAML_SEQUENCE && node->count <= BT_LIMIT_KB_LIST) {
        for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next)
            read_clause(c, n);
    } else if (node != NULL) {
        read_clause(c, node);
    }
}
