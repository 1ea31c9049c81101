// SPDX-License-Identifier: MIT
//
// The instructions of frame tables. An instruction is a byte: its upper two bits tell one of
// three with an operand in the lower six, or nothing, and then the lower six are the
// instruction. They change a row of rules, one for the canonical frame address (the stack
// pointer before the call) and one for each register, as they advance through the code.
#include <inttypes.h>

#include "base/arena.h"
#include "symbols/cfi.h"

enum {
    ADVANCE = 0x40,
    OFFSET = 0x80,
    RESTORE = 0xc0,
    OPERAND = 0x3f,

    NOP = 0x00,
    SET_LOCATION = 0x01,
    ADVANCE_1 = 0x02,
    ADVANCE_2 = 0x03,
    ADVANCE_4 = 0x04,
    OFFSET_EXTENDED = 0x05,
    RESTORE_EXTENDED = 0x06,
    UNDEFINED = 0x07,
    SAME_VALUE = 0x08,
    REGISTER = 0x09,
    REMEMBER = 0x0a,
    RESTORE_STATE = 0x0b,
    CFA = 0x0c,
    CFA_REGISTER = 0x0d,
    CFA_OFFSET = 0x0e,
    CFA_EXPRESSION = 0x0f,
    EXPRESSION = 0x10,
    OFFSET_SIGNED = 0x11,
    CFA_SIGNED = 0x12,
    CFA_OFFSET_SIGNED = 0x13,
    VALUE_OFFSET = 0x14,
    VALUE_OFFSET_SIGNED = 0x15,
    VALUE_EXPRESSION = 0x16,
    SIGN_RETURN_ADDRESS = 0x2d,
    ARGUMENTS_SIZE = 0x2e,

    OP_REGISTER = 0x70, // DW_OP_breg0: a register and a signed number added to it
    OP_REGISTER_LAST = 0x8f,
    OP_DEREFERENCE = 0x06,

    REGISTERS = 34,
    STATES = 8,
};

enum rule_kind {
    RULE_NONE,
    RULE_UNDEFINED,
    RULE_SAVED,         // at the frame address plus `value`
    RULE_VALUE,         // is the frame address plus `value`
    RULE_REGISTER,      // is in another register
    RULE_SAVED_BESIDE,  // at a register's value plus `value`
    RULE_LOADED_BESIDE, // is what stands there, dereferenced; for the frame address only
    RULE_UNKNOWN,       // cannot be told
};

struct rule {
    enum rule_kind kind;
    uint64_t reg;
    int64_t value;
};

struct row {
    struct rule cfa; // RULE_REGISTER with a value, RULE_LOADED_BESIDE or RULE_UNKNOWN
    struct rule registers[REGISTERS];
};

struct run {
    const struct bt_cfi *cfi;
    const struct bt_cfi_common *common;
    struct row row, initial;
    struct row states[STATES];
    size_t state_count;
    uint64_t location, distance;
};

static void set_rule(struct run *run, uint64_t reg, struct rule rule)
{
    if (reg < REGISTERS)
        run->row.registers[reg] = rule;
}

static void restore(struct run *run, uint64_t reg)
{
    if (reg < REGISTERS)
        run->row.registers[reg] = run->initial.registers[reg];
}

static int64_t scale(const struct run *run, uint64_t value)
{
    return (int64_t)(value * (uint64_t)run->common->data_factor);
}

// An expression, of which "register plus number" and its dereference are understood: it is what
// the frames of signal handlers need.
static enum bt_status read_expression(struct bt_cursor *at, struct rule *ret,
                                      struct bt_error *err)
{
    struct bt_span bytes;
    uint64_t size;
    uint8_t operation;
    *ret = (struct rule){.kind = RULE_UNKNOWN};
    BT_TRY(bt_cfi_unsigned(at, &size, err));
    BT_TRY(bt_cursor_take(at, size, &bytes, err));
    struct bt_cursor in = bt_cursor_at(bytes);
    struct rule rule = {.kind = RULE_SAVED_BESIDE};
    if (bt_cfi_u8(&in, &operation, NULL) != BT_OK || operation < OP_REGISTER ||
        operation > OP_REGISTER_LAST || bt_cfi_signed(&in, &rule.value, NULL) != BT_OK)
        return BT_OK;
    rule.reg = (uint64_t)operation - OP_REGISTER;
    if (bt_cursor_left(&in) == 1 && bt_cfi_u8(&in, &operation, NULL) == BT_OK &&
        operation == OP_DEREFERENCE)
        rule.kind = RULE_LOADED_BESIDE;
    if (bt_cursor_left(&in) == 0)
        *ret = rule;
    return BT_OK;
}

static enum bt_status advance(struct run *run, struct bt_cursor *at, uint8_t instruction,
                              struct bt_error *err)
{
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t by = 0;
    if (instruction == ADVANCE_1) {
        BT_TRY(bt_cfi_u8(at, &u8, err));
        by = u8;
    } else if (instruction == ADVANCE_2) {
        BT_TRY(bt_cursor_u16(at, &u16, err));
        by = u16;
    } else if (instruction == ADVANCE_4) {
        BT_TRY(bt_cursor_u32(at, &u32, err));
        by = u32;
    } else {
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET, "unknown frame instruction %02x",
                       instruction);
    }
    run->location += by * run->common->code_factor;
    return BT_OK;
}

// Instructions about the frame address.
static enum bt_status change_cfa(struct run *run, struct bt_cursor *at, uint8_t instruction,
                                 struct bt_error *err)
{
    struct rule *cfa = &run->row.cfa;
    uint64_t value = 0;
    int64_t number = 0;
    struct rule rule;
    switch (instruction) {
    case CFA:
    case CFA_SIGNED:
    case CFA_REGISTER:
        BT_TRY(bt_cfi_unsigned(at, &value, err));
        cfa->kind = RULE_REGISTER;
        cfa->reg = value;
        break;
    case CFA_EXPRESSION:
        BT_TRY(read_expression(at, &rule, err));
        *cfa = rule;
        if (rule.kind == RULE_SAVED_BESIDE)
            cfa->kind = RULE_REGISTER; // the expression is the value and not where it is
        return BT_OK;
    default:
        break;
    }
    if (instruction == CFA_REGISTER)
        return BT_OK;
    if (instruction == CFA || instruction == CFA_OFFSET) {
        BT_TRY(bt_cfi_unsigned(at, &value, err));
        cfa->value = (int64_t)value;
    } else {
        BT_TRY(bt_cfi_signed(at, &number, err));
        cfa->value = scale(run, (uint64_t)number);
    }
    return BT_OK;
}

// Instructions about one register.
static enum bt_status change_register(struct run *run, struct bt_cursor *at,
                                      uint8_t instruction, struct bt_error *err)
{
    uint64_t reg, value = 0;
    int64_t number = 0;
    struct rule rule = {.kind = RULE_UNKNOWN};
    BT_TRY(bt_cfi_unsigned(at, &reg, err));
    switch (instruction) {
    case RESTORE_EXTENDED:
        restore(run, reg);
        return BT_OK;
    case UNDEFINED:
        rule.kind = RULE_UNDEFINED;
        break;
    case SAME_VALUE:
        rule.kind = RULE_NONE;
        break;
    case REGISTER:
        BT_TRY(bt_cfi_unsigned(at, &value, err));
        rule = (struct rule){.kind = RULE_REGISTER, .reg = value};
        break;
    case OFFSET_EXTENDED:
    case VALUE_OFFSET:
        BT_TRY(bt_cfi_unsigned(at, &value, err));
        rule.kind = instruction == OFFSET_EXTENDED ? RULE_SAVED : RULE_VALUE;
        rule.value = scale(run, value);
        break;
    case OFFSET_SIGNED:
    case VALUE_OFFSET_SIGNED:
        BT_TRY(bt_cfi_signed(at, &number, err));
        rule.kind = instruction == OFFSET_SIGNED ? RULE_SAVED : RULE_VALUE;
        rule.value = scale(run, (uint64_t)number);
        break;
    default: // EXPRESSION, VALUE_EXPRESSION
        BT_TRY(read_expression(at, &rule, err));
        if (instruction == VALUE_EXPRESSION || rule.kind == RULE_LOADED_BESIDE)
            rule.kind = RULE_UNKNOWN;
        break;
    }
    set_rule(run, reg, rule);
    return BT_OK;
}

static enum bt_status run_extended(struct run *run, struct bt_cursor *at, uint8_t instruction,
                                   struct bt_error *err)
{
    uint64_t ignored;
    switch (instruction) {
    case NOP:
    case SIGN_RETURN_ADDRESS: // the bits that a signature takes are removed from any address
        return BT_OK;
    case ARGUMENTS_SIZE:
        return bt_cfi_unsigned(at, &ignored, err);
    case REMEMBER:
        if (run->state_count == STATES)
            return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "too many states of a frame");
        run->states[run->state_count++] = run->row;
        return BT_OK;
    case RESTORE_STATE:
        if (run->state_count == 0)
            return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "no state of a frame to restore");
        run->row = run->states[--run->state_count];
        return BT_OK;
    case OFFSET_EXTENDED:
    case RESTORE_EXTENDED:
    case UNDEFINED:
    case SAME_VALUE:
    case REGISTER:
    case EXPRESSION:
    case OFFSET_SIGNED:
    case VALUE_OFFSET:
    case VALUE_OFFSET_SIGNED:
    case VALUE_EXPRESSION:
        return change_register(run, at, instruction, err);
    case CFA:
    case CFA_REGISTER:
    case CFA_OFFSET:
    case CFA_EXPRESSION:
    case CFA_SIGNED:
    case CFA_OFFSET_SIGNED:
        return change_cfa(run, at, instruction, err);
    default:
        return advance(run, at, instruction, err);
    }
}

// Each instruction takes a byte at least, so the entry bounds their count.
static enum bt_status run_all(struct run *run, struct bt_span instructions,
                              struct bt_error *err)
{
    struct bt_cursor at = bt_cursor_at(instructions);
    while (bt_cursor_left(&at) != 0) {
        uint8_t byte;
        uint64_t value;
        BT_TRY(bt_cfi_u8(&at, &byte, err));
        switch (byte & ~OPERAND) {
        case ADVANCE:
            run->location += (byte & OPERAND) * run->common->code_factor;
            break;
        case OFFSET:
            BT_TRY(bt_cfi_unsigned(&at, &value, err));
            set_rule(run, byte & OPERAND,
                     (struct rule){.kind = RULE_SAVED, .value = scale(run, value)});
            break;
        case RESTORE:
            restore(run, byte & OPERAND);
            break;
        default:
            BT_TRY(run_extended(run, &at, byte, err));
            break;
        }
        if (run->location > run->distance)
            return BT_OK;
    }
    return BT_OK;
}

// Compilers number esp and ebp of x86 in two ways; the rule that holds at a function's start
// counts from the stack pointer.
static bool has_swapped_numbers(const struct run *run)
{
    enum { SWAPPED_ESP = 5 };
    return run->cfi->machine == BT_CFI_X86 && run->initial.cfa.reg == SWAPPED_ESP;
}

static const char *register_name(const struct run *run, uint64_t number)
{
    static const char *const x86[] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
    static const char *const x86_swapped[] = {"eax", "ecx", "edx", "ebx",
                                              "ebp", "esp", "esi", "edi"};
    static const char *const x64[] = {"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp",
                                      "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
    static const char *const arm[] = {"r0", "r1", "r2",  "r3",  "r4",  "r5", "r6", "r7",
                                      "r8", "r9", "r10", "r11", "r12", "sp", "lr"};
    static const char *const arm64[] = {"x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",
                                        "x8",  "x9",  "x10", "x11", "x12", "x13", "x14", "x15",
                                        "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23",
                                        "x24", "x25", "x26", "x27", "x28", "x29", "x30", "sp"};
    switch (run->cfi->machine) {
    case BT_CFI_X86:
        if (number >= BT_COUNT(x86))
            return NULL;
        return has_swapped_numbers(run) ? x86_swapped[number] : x86[number];
    case BT_CFI_X64:
        return number < BT_COUNT(x64) ? x64[number] : NULL;
    case BT_CFI_ARM:
        return number < BT_COUNT(arm) ? arm[number] : NULL;
    default:
        return number < BT_COUNT(arm64) ? arm64[number] : NULL;
    }
}

static enum bt_status add(struct bt_unwind_rules *rules, const char *name,
                          const char *expression)
{
    if (rules->count < BT_UNWIND_RULES)
        rules->items[rules->count++] =
            (struct bt_unwind_rule){.name = name, .expression = expression};
    return BT_OK;
}

// The value of a register by its rule, in the words of unwind rules; *ret is NULL where the
// rule gives none.
static enum bt_status write_rule(const struct run *run, const struct rule *rule,
                                 struct bt_arena *arena, const char **ret, struct bt_error *err)
{
    const char *other = register_name(run, rule->reg);
    *ret = NULL;
    switch (rule->kind) {
    case RULE_SAVED:
        return bt_arena_printf(arena, ret, err, ".cfa %" PRId64 " + ^", rule->value);
    case RULE_VALUE:
        return bt_arena_printf(arena, ret, err, ".cfa %" PRId64 " +", rule->value);
    case RULE_REGISTER:
        if (other == NULL)
            return BT_OK;
        return bt_arena_printf(arena, ret, err, "%s %" PRId64 " +", other, rule->value);
    case RULE_SAVED_BESIDE:
    case RULE_LOADED_BESIDE:
        if (other == NULL)
            return BT_OK;
        return bt_arena_printf(arena, ret, err, "%s %" PRId64 " + ^", other, rule->value);
    default:
        return BT_OK;
    }
}

// The return address: on ARM it stays in its register until the function saves it. A register
// without a value marks the first function of a thread.
static enum bt_status write_return(const struct run *run, struct bt_arena *arena,
                                   struct bt_unwind_rules *rules, struct bt_error *err)
{
    const uint64_t number = run->common->return_register;
    const char *expression = NULL;
    if (number >= REGISTERS)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "no rule gives the return address");
    const struct rule *rule = &run->row.registers[number];
    if (rule->kind == RULE_UNDEFINED)
        return add(rules, ".ra", "0");
    if (rule->kind == RULE_NONE)
        expression = register_name(run, number);
    else
        BT_TRY(write_rule(run, rule, arena, &expression, err));
    if (expression == NULL)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "no rule gives the return address");
    return add(rules, ".ra", expression);
}

static enum bt_status write_rules(const struct run *run, struct bt_arena *arena,
                                  struct bt_unwind_rules *ret, struct bt_error *err)
{
    struct bt_unwind_rules rules = {.signal_frame = run->common->is_signal};
    const char *expression;
    BT_TRY(write_rule(run, &run->row.cfa, arena, &expression, err));
    if (expression == NULL)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "no rule gives the frame's address");
    BT_TRY(add(&rules, ".cfa", expression));
    BT_TRY(write_return(run, arena, &rules, err));
    for (uint64_t i = 0; i < REGISTERS; i++) {
        const char *name = register_name(run, i);
        if (name == NULL)
            continue;
        BT_TRY(write_rule(run, &run->row.registers[i], arena, &expression, err));
        if (expression != NULL)
            BT_TRY(add(&rules, name, expression));
    }
    *ret = rules;
    return BT_OK;
}

enum bt_status bt_cfi_run(const struct bt_cfi *cfi, const struct bt_cfi_common *common,
                          struct bt_span instructions, uint64_t distance,
                          struct bt_arena *arena, struct bt_unwind_rules *ret,
                          struct bt_error *err)
{
    struct run run = {.cfi = cfi, .common = common, .distance = UINT64_MAX};
    run.row.cfa.kind = RULE_UNKNOWN;
    BT_TRY(run_all(&run, common->instructions, err));
    run.initial = run.row;
    run.location = 0;
    run.distance = distance;
    BT_TRY(run_all(&run, instructions, err));
    return write_rules(&run, arena, ret, err);
}
