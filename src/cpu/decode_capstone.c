// SPDX-License-Identifier: MIT
//
// Capstone costs as much at start as a whole triage run, and few dumps are ARM64: it is loaded
// when the first one is met.
#include "cpu/decoders.h"

#ifdef BUGTRIAGE_HAVE_CAPSTONE

#include <capstone/capstone.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define CAPSTONE_LIBRARY "libcapstone.so.4"

struct capstone {
    cs_err (*open)(cs_arch arch, cs_mode mode, csh *handle);
    cs_err (*close)(csh *handle);
    size_t (*disasm)(csh handle, const uint8_t *code, size_t size, uint64_t address,
                     size_t count, cs_insn **ret);
    void (*free)(cs_insn *instructions, size_t count);
};

// POSIX guarantees that a function pointer survives the way through void *, ISO C does not.
static bool find_symbol(void *library, const char *name, void *ret_function)
{
    void *symbol = dlsym(library, name);
    memcpy(ret_function, &symbol, sizeof symbol);
    return symbol != NULL;
}

static bool load_capstone(struct capstone *ret)
{
    void *library = dlopen(CAPSTONE_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    return library != NULL && find_symbol(library, "cs_open", &ret->open) &&
           find_symbol(library, "cs_close", &ret->close) &&
           find_symbol(library, "cs_disasm", &ret->disasm) &&
           find_symbol(library, "cs_free", &ret->free);
}

// x0..x30 and sp as bt_registers has them; w registers count as their x.
static uint64_t registers_in(const char *operands)
{
    uint64_t used = 0;
    for (const char *p = operands; *p != '\0'; p++) {
        bool starts = p == operands || strchr(" ,[{", p[-1]) != NULL;
        if (starts && (*p == 'x' || *p == 'w') && p[1] >= '0' && p[1] <= '9') {
            unsigned number = (unsigned)(p[1] - '0');
            if (p[2] >= '0' && p[2] <= '9')
                number = number * 10 + (unsigned)(p[2] - '0');
            if (number <= 30)
                used |= UINT64_C(1) << number;
        } else if (starts && p[0] == 's' && p[1] == 'p') {
            used |= UINT64_C(1) << 31;
        }
    }
    return used;
}

bool bt_decode_arm64(bt_va va, struct bt_span code, struct bt_instruction *ret)
{
    struct capstone capstone;
    csh handle;
    if (!load_capstone(&capstone) ||
        capstone.open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &handle) != CS_ERR_OK)
        return false;
    cs_insn *instruction;
    size_t count = capstone.disasm(handle, code.data, code.size, va, 1, &instruction);
    if (count != 0) {
        snprintf(ret->text, sizeof ret->text, "%s %s", instruction->mnemonic,
                 instruction->op_str);
        ret->length = instruction->size;
        ret->registers = registers_in(instruction->op_str);
        capstone.free(instruction, count);
    }
    capstone.close(&handle);
    return count != 0;
}

#else

bool bt_decode_arm64(bt_va va, struct bt_span code, struct bt_instruction *ret)
{
    (void)va;
    (void)code;
    (void)ret;
    return false;
}

#endif
