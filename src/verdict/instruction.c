// SPDX-License-Identifier: MIT
#include "verdict/instruction.h"

#include <inttypes.h>

#include "base/buf.h"
#include "cpu/disassemble.h"
#include "verdict/kernel_address.h"

enum { LINES_MAX = 2 };

static const uint32_t STATUS_ACCESS_VIOLATION = 0xc0000005;
static const uint32_t STATUS_IN_PAGE_ERROR = 0xc0000006;

static void append_registers(const struct bt_registers *r, uint64_t used, struct bt_buf *out)
{
    for (unsigned i = 0; i < r->count && i < 32; i++) {
        if ((used >> i & 1) == 0)
            continue;
        if (out->size != 0)
            bt_buf_text(out, "  ");
        bt_buf_text(out, bt_register_name(r->arch, i));
        if ((r->valid >> i & 1) != 0)
            bt_buf_printf(out, "=0x%" PRIx64, r->general[i]);
        else
            bt_buf_text(out, "=?");
    }
}

// The address that could not be touched, where the stop or the exception tells it.
static bool find_touched(const struct bt_scene *scene, const struct bt_fault *fault, bt_va *ret)
{
    const struct bt_exception *e = &scene->crash->exception;
    bool access = false, found = false;
    *ret = 0;
    for (unsigned n = 0; n < 4 && fault->parameter != 0; n++) {
        if (bt_scene_kind(scene, n, "access")) {
            access = true;
        } else if (!found && bt_scene_kind(scene, n, "address")) {
            *ret = scene->stop->parameters[n].value;
            found = true;
        }
    }
    if (access && found)
        return true;
    // The processor does not tell addresses that are not canonical: all ones stand for them.
    if (!e->present || e->parameter_count < 2 || e->address != fault->ip ||
        (e->code != STATUS_ACCESS_VIOLATION && e->code != STATUS_IN_PAGE_ERROR) ||
        e->parameters[1] == UINT64_MAX)
        return false;
    *ret = e->parameters[1];
    return true;
}

static bool add_register(const struct bt_registers *r, int number, unsigned scale,
                         uint64_t *sum)
{
    if (number < 0)
        return true;
    if ((unsigned)number >= r->count || (r->valid >> number & 1) == 0)
        return false;
    *sum += r->general[number] * scale;
    return true;
}

// Where a memory operand points by the registers; false where one of them is not known.
static bool operand_address(const struct bt_memory_operand *memory,
                            const struct bt_registers *r, bt_va *ret)
{
    uint64_t address = memory->displacement;
    if (!add_register(r, memory->base, 1, &address) ||
        !add_register(r, memory->index, memory->scale, &address))
        return false;
    *ret = r->arch == BT_ARCH_X86 ? address & UINT32_MAX : address;
    return true;
}

// The context of a kernel dump may have the instruction pointer of the fault, and other
// registers as they were when the dump was taken. The address that was touched gives them away.
static bool contradicts(const struct bt_memory_operand *memory, const struct bt_registers *r,
                        bt_va touched)
{
    bt_va address;
    if (!operand_address(memory, r, &address))
        return false;
    uint64_t past = touched - address;
    if (r->arch == BT_ARCH_X86)
        past &= UINT32_MAX;
    return past >= (memory->size != 0 ? memory->size : 1);
}

static void append_contradiction(const struct bt_memory_operand *memory,
                                 const struct bt_registers *r, bt_va touched,
                                 struct bt_buf *out)
{
    uint64_t base = touched - memory->displacement;
    if (r->arch == BT_ARCH_X86)
        base &= UINT32_MAX;
    if (memory->base >= 0 && memory->index < 0)
        bt_buf_printf(out, "%s=0x%" PRIx64 " by the address that was touched; ",
                      bt_register_name(r->arch, (unsigned)memory->base), base);
    bt_buf_text(out, "the registers in the dump are not those of the fault");
}

// What stands out about an address that no parameter tells. Only a stop for an exception says
// that the instruction failed on it.
static enum bt_status append_hint(const struct bt_scene *scene, const struct bt_fault *fault,
                                  const struct bt_instruction *instruction, struct bt_buf *out,
                                  struct bt_error *err)
{
    const struct bt_exception *e = &scene->crash->exception;
    bt_va address;
    const char *hint;
    if (!scene->crash->stop.present || !instruction->memory.present || !e->present ||
        e->code != STATUS_ACCESS_VIOLATION ||
        !operand_address(&instruction->memory, &fault->registers, &address))
        return BT_OK;
    BT_TRY(bt_kernel_address_hint(scene, address, &hint, err));
    if (hint != NULL)
        bt_buf_printf(out, "; 0x%" PRIx64 " is %s", address, hint);
    return BT_OK;
}

static enum bt_status append_values(const struct bt_scene *scene, const struct bt_fault *fault,
                                    const struct bt_instruction *instruction,
                                    struct bt_buf *out, struct bt_error *err)
{
    bt_va touched = 0; // a compiler at -O2 does not see that it is always set
    if (!fault->has_registers)
        return BT_OK;
    bool told = find_touched(scene, fault, &touched);
    if (instruction->memory.present && told &&
        contradicts(&instruction->memory, &fault->registers, touched)) {
        append_contradiction(&instruction->memory, &fault->registers, touched, out);
        return BT_OK;
    }
    append_registers(&fault->registers, instruction->registers, out);
    return told ? BT_OK : append_hint(scene, fault, instruction, out, err);
}

// Exceptions that the processor raised at the instruction itself. Others are raised by
// software, in a routine whose instructions say nothing.
static bool is_of_processor(uint32_t code)
{
    static const uint32_t codes[] = {
        0x80000001, // guard page
        0x80000002, // misaligned data
        0x80000003, // breakpoint
        0x80000004, // single step
        0xc0000005, // access violation
        0xc0000006, // in-page error
        0xc000001d, // illegal instruction
        0xc00000fd, // stack overflow
        0xc0000409, // fast fail
        0xc0000420, // assertion
    };
    const uint32_t first_arithmetic = 0xc000008c, last_arithmetic = 0xc0000096;
    for (size_t i = 0; i < BT_COUNT(codes); i++) {
        if (codes[i] == code)
            return true;
    }
    return code >= first_arithmetic && code <= last_arithmetic;
}

// Where the instruction is that failed; false where the registers are not those of a failure. A
// breakpoint leaves the instruction pointer behind itself.
static bool find_instruction(const struct bt_scene *scene, const struct bt_fault *fault,
                             bt_va *ret)
{
    const struct bt_crash *crash = scene->crash;
    const struct bt_exception *e = &crash->exception;
    *ret = fault->ip;
    if (!fault->has_ip || scene->memory == NULL)
        return false;
    if (crash->stop.present || !e->present || crash->system.platform != BT_PLATFORM_WINDOWS)
        return true;
    if (e->address != 0)
        *ret = e->address;
    return is_of_processor(e->code) && fault->ip - *ret <= 1;
}

// Memory that was never written disassembles as an addition.
static bool is_zero(struct bt_span code)
{
    for (uint64_t i = 0; i < code.size; i++) {
        if (code.data[i] != 0)
            return false;
    }
    return true;
}

// A 32-bit program may run on a 64-bit system.
static enum bt_arch arch_of(const struct bt_scene *scene, const struct bt_fault *fault)
{
    return fault->has_registers && fault->registers.arch != BT_ARCH_UNKNOWN
               ? fault->registers.arch
               : scene->crash->system.arch;
}

enum bt_status bt_instruction_describe(const struct bt_scene *scene,
                                       const struct bt_fault *fault, const char ***ret,
                                       size_t *ret_count, struct bt_error *err)
{
    uint8_t bytes[BT_INSTRUCTION_MAX];
    struct bt_instruction instruction;
    *ret = NULL;
    *ret_count = 0;
    bt_va at;
    if (!find_instruction(scene, fault, &at))
        return BT_OK;
    struct bt_span code = {
        .data = bytes,
        .size = scene->memory->read_some(scene->memory, at, bytes, sizeof bytes),
    };
    if (is_zero(code) || bt_disassemble(arch_of(scene, fault), at, code, &instruction) != BT_OK)
        return BT_OK;
    const char **lines;
    BT_TRY(bt_arena_alloc(scene->arena, LINES_MAX, sizeof *lines, &lines, err));
    BT_TRY(bt_arena_printf(scene->arena, &lines[0], err, "%s", instruction.text));
    size_t count = 1;
    struct bt_buf text;
    bt_buf_init(&text, 1024);
    enum bt_status st = append_values(scene, fault, &instruction, &text, err);
    if (st == BT_OK)
        st = bt_buf_status(&text, err);
    if (st == BT_OK && text.size != 0)
        st = bt_arena_text(scene->arena, bt_buf_cstr(&text), text.size, &lines[count++], err);
    bt_buf_fini(&text);
    if (st != BT_OK)
        return st;
    *ret = lines;
    *ret_count = count;
    return BT_OK;
}
