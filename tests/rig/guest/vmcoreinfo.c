// SPDX-License-Identifier: MIT
//
// Tells the machine where its crash note lies: QEMU's vmcoreinfo device takes the address
// through the firmware configuration interface (docs/specs/fw_cfg and vmcoreinfo of QEMU). The
// note holds the header of the dump that QEMU is to write.
#include <stddef.h>
#include <stdint.h>

enum {
    PORT_SELECT = 0x510,
    PORT_DATA = 0x511,
    PORT_DMA_HIGH = 0x514,
    PORT_DMA_LOW = 0x518,
    SELECT_DIRECTORY = 0x19,
    DMA_ERROR = 1,
    DMA_SELECT = 8,
    DMA_WRITE = 16,
    NAME_SIZE = 56,
    FORMAT_ELF = 1,
    NOTE_HEADER_SIZE = 24, // of an ELF note with the name VMCOREINFO, padding included
};

struct dma_command {
    uint32_t control, length;
    uint64_t address;
} __attribute__((packed));

struct crash_note {
    uint16_t host_format, guest_format;
    uint32_t size;
    uint64_t address;
} __attribute__((packed));

static volatile struct dma_command command;
static struct crash_note note = {
    .guest_format = FORMAT_ELF,
    .size = RIG_HEADER_SIZE + NOTE_HEADER_SIZE,
    .address = RIG_NOTE_ADDRESS,
};

static void out16(uint16_t port, uint16_t value)
{
    __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port));
}

static void out32(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}

static uint8_t in8(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static uint32_t read_big_endian(unsigned size)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value = value << 8 | in8(PORT_DATA);
    return value;
}

// Reads one name of the directory and says whether it is the one that is looked for.
static int is_wanted(void)
{
    static const char wanted[] = "etc/vmcoreinfo";
    int same = 1;
    for (unsigned i = 0; i < NAME_SIZE; i++) {
        char c = (char)in8(PORT_DATA);
        same = same && (i >= sizeof wanted || c == wanted[i]);
    }
    return same;
}

// The number of the file, or 0.
static uint16_t find_file(void)
{
    uint16_t found = 0;
    out16(PORT_SELECT, SELECT_DIRECTORY);
    for (uint32_t left = read_big_endian(4); left > 0; left--) {
        (void)read_big_endian(4); // size
        uint16_t select = (uint16_t)read_big_endian(2);
        (void)read_big_endian(2);
        if (is_wanted())
            found = select;
    }
    return found;
}

void announce_crash_note(void);

void announce_crash_note(void)
{
    uint16_t file = find_file();
    if (file == 0)
        return;
    command.control = __builtin_bswap32((uint32_t)file << 16 | DMA_SELECT | DMA_WRITE);
    command.length = __builtin_bswap32(sizeof note);
    command.address = __builtin_bswap64((uint32_t)(uintptr_t)&note);
    __asm__ volatile("" ::"r"(&note) : "memory");
    out32(PORT_DMA_HIGH, 0);
    out32(PORT_DMA_LOW, __builtin_bswap32((uint32_t)(uintptr_t)&command));
    while ((command.control & ~__builtin_bswap32(DMA_ERROR)) != 0)
        ;
}
