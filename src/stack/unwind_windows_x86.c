// SPDX-License-Identifier: MIT
//
// A frame, from low addresses to high: parameters pushed for the function it called, registers
// that it saved, locals, return address. With sizes only, these lead to the return address; a
// program says itself what the registers of the caller are, from ".raSearchStart": where the
// return address lies by the sizes.
//
// Source: the description of the programs in Breakpad's documentation of symbol files and in
// the vendor's of IDiaFrameData; the order of the parts was checked against stacks of programs
// that come with such data.
#include "stack/unwind_windows_x86.h"

#include <string.h>

#include "base/text.h"
#include "stack/return_address.h"

enum {
    WORD = 4,
    STACK_DEPTH = 32,
    VARIABLES = 32,
    NAME_SIZE = 24,
    WORDS_MAX = 512,
    // Code that aligns its stack has up to so many words more than the sizes tell.
    ALIGNMENT_WORDS = 3,
    X86_EBX = 3,
    X86_ESP = 4,
    X86_EBP = 5,
    X86_ESI = 6,
    X86_EDI = 7,
};

struct variable {
    char name[NAME_SIZE];
    uint32_t value;
    bool set; // by the program, and not by us before it ran
};

// An operand: a number, or the name of a variable whose value counts when it is used.
struct operand {
    const char *name; // NULL: a number
    size_t size;
    uint32_t value;
};

struct program {
    const struct bt_memory *memory;
    struct variable variables[VARIABLES];
    size_t variable_count;
    struct operand stack[STACK_DEPTH];
    size_t depth;
};

static struct variable *find_variable(struct program *p, const char *name, size_t size)
{
    for (size_t i = 0; i < p->variable_count; i++) {
        struct variable *v = &p->variables[i];
        if (strncmp(v->name, name, size) == 0 && v->name[size] == '\0')
            return v;
    }
    return NULL;
}

static bool assign(struct program *p, const char *name, size_t size, uint32_t value, bool set)
{
    if (size == 0 || size >= NAME_SIZE)
        return false;
    struct variable *v = find_variable(p, name, size);
    if (v == NULL) {
        if (p->variable_count == VARIABLES)
            return false;
        v = &p->variables[p->variable_count++];
        memcpy(v->name, name, size);
        v->name[size] = '\0';
    }
    v->value = value;
    v->set = set;
    return true;
}

static void define(struct program *p, const char *name, uint32_t value)
{
    (void)assign(p, name, strlen(name), value, false);
}

static bool push(struct program *p, struct operand operand)
{
    if (p->depth == STACK_DEPTH)
        return false;
    p->stack[p->depth++] = operand;
    return true;
}

static bool push_number(struct program *p, uint32_t value)
{
    return push(p, (struct operand){.value = value});
}

static bool pop_number(struct program *p, uint32_t *ret)
{
    if (p->depth == 0)
        return false;
    const struct operand *top = &p->stack[--p->depth];
    if (top->name != NULL) {
        const struct variable *v = find_variable(p, top->name, top->size);
        if (v == NULL)
            return false;
        *ret = v->value;
    } else {
        *ret = top->value;
    }
    return true;
}

static bool operate(struct program *p, char operator)
{
    uint32_t a, b;
    if (!pop_number(p, &b))
        return false;
    if (operator== '^') {
        uint32_t value;
        return bt_memory_u32(p->memory, b, &value, NULL) == BT_OK && push_number(p, value);
    }
    if (operator== '=') {
        if (p->depth == 0)
            return false;
        const struct operand *target = &p->stack[--p->depth];
        return target->name != NULL && assign(p, target->name, target->size, b, true);
    }
    if (!pop_number(p, &a))
        return false;
    switch (operator) {
    case '+':
        return push_number(p, a + b);
    case '-':
        return push_number(p, a - b);
    case '*':
        return push_number(p, a * b);
    case '/':
        return b != 0 && push_number(p, a / b);
    case '%':
        return b != 0 && push_number(p, a % b);
    default: // '@' rounds down to a multiple of a power of two
        return b != 0 && (b & (b - 1)) == 0 && push_number(p, a & ~(b - 1));
    }
}

static bool run_word(struct program *p, const char *word, size_t size)
{
    uint64_t number;
    if (size == 1 && strchr("+-*/%@^=", word[0]) != NULL)
        return operate(p, word[0]);
    const bool negative = word[0] == '-';
    if (bt_is_digit(word[negative]))
        return bt_parse_u64(word + negative, size - negative, &number) &&
               push_number(p, negative ? 0 - (uint32_t)number : (uint32_t)number);
    return push(p, (struct operand){.name = word, .size = size});
}

static bool run(struct program *p, const char *text)
{
    for (unsigned i = 0; i < WORDS_MAX; i++) {
        text += strspn(text, " \t");
        const size_t size = strcspn(text, " \t\r\n");
        if (size == 0)
            return true;
        if (!run_word(p, text, size))
            return false;
        text += size;
    }
    return false;
}

static bool is_known(const struct bt_registers *r, unsigned number)
{
    return (r->valid >> number & 1) != 0;
}

// Where the return address lies by the sizes, moved up to what looks like one.
static uint32_t find_return(const struct bt_crash *crash, const struct bt_memory *memory,
                            uint32_t start)
{
    for (uint32_t i = 0; i <= ALIGNMENT_WORDS; i++) {
        uint32_t value;
        if (bt_memory_u32(memory, start + i * WORD, &value, NULL) == BT_OK &&
            bt_linked_address_belief(crash, memory, value) != BT_BELIEF_NONE)
            return start + i * WORD;
    }
    return start;
}

static void define_all(struct program *p, const struct bt_registers *r,
                       const struct bt_windows_frame *layout, uint32_t callee_parameters,
                       uint32_t search)
{
    define(p, "$esp", (uint32_t)r->sp);
    define(p, "$eip", (uint32_t)r->ip);
    define(p, "$ebp", (uint32_t)r->fp);
    if (is_known(r, X86_EBX))
        define(p, "$ebx", (uint32_t)r->general[X86_EBX]);
    if (is_known(r, X86_ESI))
        define(p, "$esi", (uint32_t)r->general[X86_ESI]);
    if (is_known(r, X86_EDI))
        define(p, "$edi", (uint32_t)r->general[X86_EDI]);
    define(p, ".cbCalleeParams", callee_parameters);
    define(p, ".cbSavedRegs", layout->saved_registers);
    define(p, ".cbLocals", layout->locals);
    define(p, ".cbParams", layout->parameters);
    define(p, ".raSearch", search);
    define(p, ".raSearchStart", search);
}

// What the program has made of a register; false where it said nothing of it.
static bool result(struct program *p, const char *name, uint64_t *ret)
{
    const struct variable *v = find_variable(p, name, strlen(name));
    if (v == NULL || !v->set)
        return false;
    *ret = v->value;
    return true;
}

static void take_register(struct program *p, const char *name, struct bt_registers *r,
                          unsigned number)
{
    if (result(p, name, &r->general[number]))
        r->valid |= UINT32_C(1) << number;
}

enum bt_status bt_unwind_windows_x86(const struct bt_crash *crash,
                                     const struct bt_memory *memory,
                                     const struct bt_windows_frame *layout,
                                     uint32_t callee_parameters, struct bt_unwind_frame *frame,
                                     struct bt_error *err)
{
    // Sizes only: the caller's ebp is that of the function, or what it saved of it.
    static const char keeps_ebp[] =
        "$eip .raSearchStart ^ = $esp .raSearchStart 4 + = $ebp $ebp = $ebx $ebx =";
    static const char saves_ebp[] =
        "$eip .raSearchStart ^ = $ebp $esp .cbCalleeParams + .cbSavedRegs + 8 - ^ = "
        "$esp .raSearchStart 4 + =";
    const struct bt_registers *r = &frame->registers;
    struct program p = {.memory = memory};
    uint32_t search =
        (uint32_t)r->sp + callee_parameters + layout->locals + layout->saved_registers;
    const char *text = layout->program;
    if (text == NULL)
        text = layout->uses_ebp ? saves_ebp : keeps_ebp;
    // Code that aligns its stack leaves ebp as the only mark.
    if (strchr(text, '@') != NULL)
        search = (uint32_t)r->fp + WORD;
    else
        search = find_return(crash, memory, search);
    define_all(&p, r, layout, callee_parameters, search);
    // A register that is not known ends the program where it is used, after the others.
    (void)run(&p, text);
    struct bt_registers to = *r;
    to.valid = 0;
    if (!result(&p, "$eip", &to.ip) || !result(&p, "$esp", &to.sp))
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the frame's program gives no caller");
    (void)result(&p, "$ebp", &to.fp); // or else it is as it was
    to.general[X86_EBP] = to.fp;
    take_register(&p, "$ebx", &to, X86_EBX);
    take_register(&p, "$esi", &to, X86_ESI);
    take_register(&p, "$edi", &to, X86_EDI);
    to.general[X86_ESP] = to.sp;
    to.valid |= UINT32_C(1) << X86_ESP | UINT32_C(1) << X86_EBP;
    *frame = (struct bt_unwind_frame){.registers = to, .exact = false};
    return BT_OK;
}
