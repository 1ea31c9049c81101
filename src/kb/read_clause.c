// SPDX-License-Identifier: MIT
//
// Stop clauses of an article: codes, what is stated on each parameter, printed samples. What is
// stated becomes a condition in the one language of conditions.
#include <stdio.h>
#include <string.h>

#include "base/attributes.h"
#include "base/buf.h"
#include "base/text.h"
#include "kb/parse_expr.h"

static const char *const clause_key_items[] = {
    "code", "p1", "p2", "p3", "p4", "sample", "when", "note",
};
static const struct bt_kb_words clause_keys = {clause_key_items, BT_COUNT(clause_key_items)};

static const char *const parameter_key_items[] = {
    "value", "in",     "in-unloaded", "equals", "differs", "mask",
    "below", "high16", "low32",       "prefix", "when",
};
static const struct bt_kb_words parameter_keys = {parameter_key_items,
                                                  BT_COUNT(parameter_key_items)};

struct stated {
    const struct bt_yaml_node *node;
    struct bt_buf text; // the condition, in the source language
    bool exact;         // one value
    uint64_t value;
    const struct bt_yaml_node *when;
};

struct clause {
    struct stated parameters[4];
    uint32_t known_samples; // of the first sample
    uint64_t samples[4];
};

// "p1 == 0x8", "p1 in (...)", for a scalar or a sequence of scalars.
static void state_values(struct bt_kb_compiler *c, unsigned p, const struct bt_yaml_node *node,
                         const char *operand, struct stated *stated)
{
    const struct bt_yaml_node *n = node->kind == BT_YAML_SEQUENCE ? node->first : node;
    uint64_t low = 0, high = 0;
    if (operand != NULL)
        bt_buf_printf(&stated->text, "%s in (", operand);
    else
        bt_buf_printf(&stated->text, "p%u in (", p);
    if (n == NULL)
        BT_KB_COMPLAIN(c, node, "the list is empty");
    for (const char *comma = ""; n != NULL; comma = ", ") {
        if (!bt_kb_read_range(c, n, &low, &high)) {
            bt_buf_clear(&stated->text);
            return;
        }
        bt_buf_printf(&stated->text, "%s0x%llx..0x%llx", comma, (unsigned long long)low,
                      (unsigned long long)high);
        n = node->kind == BT_YAML_SEQUENCE ? n->next : NULL;
    }
    bt_buf_char(&stated->text, ')');
    if (node->kind == BT_YAML_SCALAR && low == high && operand == NULL) {
        stated->exact = true;
        stated->value = low;
        bt_buf_clear(&stated->text);
        bt_buf_printf(&stated->text, "p%u == 0x%llx", p, (unsigned long long)low);
    }
}

// `in: tcpip.sys` and `in-unloaded: srv.sys`, also with several files.
static void state_files(struct bt_kb_compiler *c, unsigned p, const struct bt_yaml_node *node,
                        const char *function, struct stated *stated)
{
    const struct bt_yaml_node *n = node->kind == BT_YAML_SEQUENCE ? node->first : node;
    bt_buf_printf(&stated->text, "%s(p%u", function, p);
    while (n != NULL) {
        const char *text = bt_kb_read_text(c, n);
        const char *file =
            text != NULL ? bt_kb_clean_file(c, bt_kb_place_of(c, n), text) : NULL;
        if (file == NULL || strchr(file, '"') != NULL) {
            bt_buf_clear(&stated->text);
            return;
        }
        bt_buf_printf(&stated->text, ", \"%s\"", file);
        n = node->kind == BT_YAML_SEQUENCE ? n->next : NULL;
    }
    bt_buf_char(&stated->text, ')');
}

static void state_other(struct bt_kb_compiler *c, unsigned p, const struct bt_yaml_node *node,
                        const char *sign, struct stated *stated)
{
    const char *text = bt_kb_read_text(c, node);
    if (text == NULL)
        return;
    if (strlen(text) != 2 || text[0] != 'p' || text[1] < '1' || text[1] > '4') {
        BT_KB_COMPLAIN(c, node, "another parameter (p1 to p4) is expected here, not \"%s\"",
                       text);
        return;
    }
    if (text[1] == (char)('0' + p)) {
        BT_KB_COMPLAIN(c, node, "a parameter is compared with itself");
        return;
    }
    bt_buf_printf(&stated->text, "p%u %s %s", p, sign, text);
}

static void state_number(struct bt_kb_compiler *c, unsigned p, const struct bt_yaml_node *node,
                         const char *format, struct stated *stated)
{
    uint64_t value = 0;
    if (!bt_kb_read_number(c, node, UINT64_MAX, &value))
        return;
    // The formats are the literals of state_mapping.
    if (strcmp(format, "below") == 0)
        bt_buf_printf(&stated->text, "p%u < 0x%llx", p, (unsigned long long)value);
    else
        bt_buf_printf(&stated->text, "prefix(p%u, 0x%llx)", p, (unsigned long long)value);
}

static void state_mask(struct bt_kb_compiler *c, unsigned p, const struct bt_yaml_node *mapping,
                       struct stated *stated)
{
    uint64_t mask = 0;
    char operand[48];
    const struct bt_yaml_node *value = bt_yaml_get(mapping, "value");
    if (value == NULL) {
        BT_KB_COMPLAIN(c, mapping, "\"mask\" needs \"value\" beside it");
        return;
    }
    if (!bt_kb_read_number(c, bt_yaml_get(mapping, "mask"), UINT64_MAX, &mask))
        return;
    snprintf(operand, sizeof operand, "p%u & 0x%llx", p, (unsigned long long)mask);
    state_values(c, p, value, operand, stated);
}

static void state_part(struct bt_kb_compiler *c, unsigned p, const struct bt_yaml_node *node,
                       const char *function, struct stated *stated)
{
    char operand[32];
    snprintf(operand, sizeof operand, "%s(p%u)", function, p);
    state_values(c, p, node, operand, stated);
}

static void state_mapping(struct bt_kb_compiler *c, unsigned p,
                          const struct bt_yaml_node *mapping, struct stated *stated)
{
    if (!bt_kb_check_mapping(c, mapping, "a parameter", &parameter_keys))
        return;
    uint32_t kinds = 0;
    for (const struct bt_yaml_node *n = mapping->first; n != NULL; n = n->next) {
        if (strcmp(n->key, "when") == 0) {
            stated->when = n;
            continue;
        }
        if (strcmp(n->key, "mask") == 0)
            continue;
        if (kinds++ > 0) {
            BT_KB_COMPLAIN(c, n, "only one thing can be stated on a parameter");
            return;
        }
        if (strcmp(n->key, "value") == 0 && bt_yaml_get(mapping, "mask") != NULL)
            state_mask(c, p, mapping, stated);
        else if (strcmp(n->key, "value") == 0)
            state_values(c, p, n, NULL, stated);
        else if (strcmp(n->key, "in") == 0)
            state_files(c, p, n, "in_module", stated);
        else if (strcmp(n->key, "in-unloaded") == 0)
            state_files(c, p, n, "in_unloaded", stated);
        else if (strcmp(n->key, "equals") == 0)
            state_other(c, p, n, "==", stated);
        else if (strcmp(n->key, "differs") == 0)
            state_other(c, p, n, "!=", stated);
        else if (strcmp(n->key, "high16") == 0 || strcmp(n->key, "low32") == 0)
            state_part(c, p, n, n->key, stated);
        else if (strcmp(n->key, "below") == 0 || strcmp(n->key, "prefix") == 0)
            state_number(c, p, n, n->key, stated);
    }
    if (kinds == 0)
        BT_KB_COMPLAIN(c, mapping, "nothing is stated on the parameter");
}

static void read_stated(struct bt_kb_compiler *c, unsigned p, const struct bt_yaml_node *node,
                        struct stated *stated)
{
    stated->node = node;
    if (node->kind == BT_YAML_MAPPING)
        state_mapping(c, p, node, stated);
    else if (node->kind == BT_YAML_SEQUENCE || strcmp(node->text, "any") != 0)
        state_values(c, p, node, NULL, stated);
}

// Writes what is stated on one parameter. `when` is the proviso of the whole clause.
static void write_stated(struct bt_kb_compiler *c, unsigned p, const struct stated *stated,
                         const struct bt_yaml_node *when)
{
    struct bt_kb_parsed parsed;
    uint32_t row[CONDITION_WORDS] = {[CONDITION_ROLE] = BT_KB_STATED, [CONDITION_P] = p};
    if (stated->text.size == 0)
        return;
    if (!bt_kb_parse_expr(c, bt_buf_cstr(&stated->text), bt_kb_place_of(c, stated->node), false,
                          BT_KB_USE_WHEN, &parsed))
        return;
    row[CONDITION_EXPR] = bt_kb_write_expr(c, &parsed, parsed.count - 1);
    row[CONDITION_WHEN] =
        bt_kb_read_expr(c, stated->when != NULL ? stated->when : when, BT_KB_USE_WHEN);
    bt_kb_writer_row(&c->writer, BT_KB_CONDITIONS, row);
}

// --- Samples

static void read_sample(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                        struct clause *clause, bool first)
{
    uint32_t row[SAMPLE_WORDS] = {0};
    unsigned p = 0;
    if (node->kind != BT_YAML_SEQUENCE || node->count > 4) {
        BT_KB_COMPLAIN(c, node, "a sample is a list of up to four parameters");
        return;
    }
    for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next, p++) {
        uint64_t low = 0, high = 0;
        if (n->kind == BT_YAML_SCALAR && strcmp(n->text, "any") == 0)
            continue;
        if (!bt_kb_read_range(c, n, &low, &high))
            return;
        if (low != high) {
            BT_KB_COMPLAIN(c, n, "a sample is one value, not a range");
            return;
        }
        row[SAMPLE_KNOWN] |= 1u << p;
        bt_kb_put_wide(row, SAMPLE_VALUES + 2 * p, low);
        if (first)
            clause->samples[p] = low;
    }
    if (first)
        clause->known_samples = row[SAMPLE_KNOWN];
    bt_kb_writer_row(&c->writer, BT_KB_SAMPLES, row);
}

static void read_samples(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                         struct clause *clause, uint32_t *row)
{
    uint32_t first = c->writer.rows[BT_KB_SAMPLES];
    bool nested = node != NULL && node->kind == BT_YAML_SEQUENCE && node->first != NULL &&
                  node->first->kind == BT_YAML_SEQUENCE;
    if (nested) {
        for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next)
            read_sample(c, n, clause, n == node->first);
    } else if (node != NULL) {
        read_sample(c, node, clause, true);
    }
    bt_kb_put_list(&c->writer, row, CLAUSE_SAMPLES, BT_KB_SAMPLES, first);
}

// Equal for clauses that print the same code and parameters, whether stated or as a sample.
static uint64_t sign_clause(uint32_t code, const struct clause *clause)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ code;
    for (unsigned i = 0; i < 4; i++) {
        const struct stated *stated = &clause->parameters[i];
        uint64_t value = stated->exact ? stated->value : clause->samples[i];
        bool known = stated->exact || (clause->known_samples >> i & 1) != 0;
        hash = (hash ^ known) * UINT64_C(0x100000001b3);
        hash = (hash ^ (known ? value : 0)) * UINT64_C(0x100000001b3);
        hash ^= hash >> 29;
    }
    return hash;
}

// --- Clauses

// The code of a stop by its name, in the knowledge below the sources.
static bool find_named_stop(const struct bt_kb *base, const char *name, uint32_t *ret)
{
    struct bt_kb_stop stop;
    for (uint64_t at = 0; base != NULL && bt_kb_stop_next(base, &at, &stop);) {
        if (bt_ieq(stop.name, name)) {
            *ret = stop.code;
            return true;
        }
    }
    return false;
}

// What is no hexadecimal number with its 0x: a name, "7F", or "127", which is 0x7F for one
// author and 0x127 for another.
static void complain_about_code(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                                const char *text)
{
    uint64_t value = 0;
    uint32_t code = 0;
    if (bt_parse_u64(text, strlen(text), &value))
        BT_KB_COMPLAIN(c, node, "write a stop code in hexadecimal: 0x%llX, or was 0x%s meant?",
                       (unsigned long long)value, text);
    else if (bt_parse_hex(text, strlen(text), &value))
        BT_KB_COMPLAIN(c, node, "write a stop code with its 0x: 0x%s", text);
    else if (find_named_stop(c->options->base, text, &code))
        BT_KB_COMPLAIN(c, node, "write the number of a stop code: 0x%X is %s", (unsigned)code,
                       text);
    else
        BT_KB_COMPLAIN(c, node, "a stop code is expected here (0x7F), not \"%s\"", text);
}

static void warn_of_unknown_stop(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                                 uint32_t code)
{
    struct bt_kb_stop stop;
    // A status value stops Windows too, as a hard error: 0xC000021A.
    bool status = code >= UINT32_C(0xC0000000);
    if (!status && c->options->warn && c->options->base != NULL &&
        !bt_kb_stop_find(c->options->base, code, &stop))
        bt_kb_warn(c->diagnostics, bt_kb_place_of(c, node),
                   "0x%X is no stop code that is known", (unsigned)code);
}

static bool read_code(struct bt_kb_compiler *c, const struct bt_yaml_node *node, uint32_t *ret)
{
    uint64_t code = 0;
    const char *text = bt_kb_read_text(c, node);
    if (text == NULL)
        return false;
    // A single digit is the same in both writings.
    if (!bt_starts_with(text, "0x") && !bt_starts_with(text, "0X") &&
        !(bt_is_digit(text[0]) && text[1] == '\0')) {
        complain_about_code(c, node, text);
        return false;
    }
    if (!bt_kb_read_number(c, node, UINT32_MAX, &code))
        return false;
    // Small dumps set a flag in any code of Windows, all of which are below 0x1000: rules name
    // the base code.
    if ((code & 0xfffff000) == 0x10000000) {
        BT_KB_COMPLAIN(c, node, "write the base code 0x%X: it stands for 0x%X too",
                       (unsigned)(code & 0xfff), (unsigned)code);
        return false;
    }
    *ret = (uint32_t)code;
    warn_of_unknown_stop(c, node, *ret);
    return true;
}

static void write_codes(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                        const struct clause *clause, uint32_t *row)
{
    const struct bt_yaml_node *n = node->kind == BT_YAML_SEQUENCE ? node->first : node;
    while (n != NULL) {
        if (read_code(c, n, &row[CLAUSE_CODE])) {
            bt_kb_put_wide(row, CLAUSE_SIGNATURE, sign_clause(row[CLAUSE_CODE], clause));
            row[CLAUSE_LINE] = n->line;
            row[CLAUSE_KIND] = BT_KB_CLAUSE_STOP;
            bt_kb_writer_row(&c->writer, BT_KB_CLAUSES, row);
        }
        n = node->kind == BT_YAML_SEQUENCE ? n->next : NULL;
    }
}

static void read_clause(struct bt_kb_compiler *c, const struct bt_yaml_node *node)
{
    static const char *const names[4] = {"p1", "p2", "p3", "p4"};
    struct clause clause = {.known_samples = 0};
    uint32_t row[CLAUSE_WORDS] = {0};
    if (!bt_kb_check_mapping(c, node, "a stop clause", &clause_keys))
        return;
    const struct bt_yaml_node *code = bt_yaml_get(node, "code");
    if (code == NULL || code->kind == BT_YAML_MAPPING) {
        BT_KB_COMPLAIN(c, node, "a stop clause needs a \"code\"");
        return;
    }
    uint32_t first = c->writer.rows[BT_KB_CONDITIONS];
    for (unsigned i = 0; i < 4; i++) {
        const struct bt_yaml_node *p = bt_yaml_get(node, names[i]);
        bt_buf_init(&clause.parameters[i].text, 64 << 10);
        if (p != NULL)
            read_stated(c, i + 1, p, &clause.parameters[i]);
        write_stated(c, i + 1, &clause.parameters[i], bt_yaml_get(node, "when"));
        bt_buf_fini(&clause.parameters[i].text);
    }
    bt_kb_put_list(&c->writer, row, CLAUSE_CONDITIONS, BT_KB_CONDITIONS, first);
    read_samples(c, bt_yaml_get(node, "sample"), &clause, row);
    write_codes(c, code, &clause, row);
}

void bt_kb_read_clauses(struct bt_kb_compiler *c, const struct bt_yaml_node *node)
{
    if (node != NULL && node->kind == BT_YAML_SEQUENCE && node->count <= BT_LIMIT_KB_LIST) {
        for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next)
            read_clause(c, n);
    } else if (node != NULL) {
        read_clause(c, node);
    }
}
