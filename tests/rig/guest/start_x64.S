// SPDX-License-Identifier: MIT
//
// From the boot loader's 32-bit mode to long mode, and into the kernel's image.
    .section .multiboot, "a"
    .align 4
    .long 0x1badb002, 0, -0x1badb002

    .text
    .code32
    .globl _start
_start:
    cli
    mov $stack_top, %esp
    call announce_crash_note
    mov %cr4, %eax
    or $0x620, %eax             // PAE, SSE
    mov %eax, %cr4
    mov $RIG_PAGE_TABLES, %eax
    mov %eax, %cr3
    mov $0xc0000080, %ecx       // EFER: long mode, no-execute
    rdmsr
    or $0x900, %eax
    wrmsr
    mov %cr0, %eax
    or $0x80010001, %eax
    mov %eax, %cr0
    lgdt descriptors_pointer
    ljmp $0x10, $long_mode

    .code64
long_mode:
    mov $0x18, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    movabs $RIG_START_BLOCK, %rbx
    mov (%rbx), %rax
    mov 8(%rbx), %rsp
    xor %ebp, %ebp
    jmp *%rax

    .align 8
descriptors:
    .quad 0, 0, 0x00209a0000000000, 0x0000920000000000
descriptors_pointer:
    .word 31
    .long descriptors

    .bss
    .space 4096
stack_top:
