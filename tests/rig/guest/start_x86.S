// SPDX-License-Identifier: MIT
//
// From the boot loader to paging with PAE, and into the kernel's image.
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
    or $0x20, %eax              // PAE
    mov %eax, %cr4
    mov $RIG_PAGE_TABLES, %eax
    mov %eax, %cr3
    mov %cr0, %eax
    or $0x80010001, %eax
    mov %eax, %cr0
    lgdt descriptors_pointer
    ljmp $0x08, $protected
protected:
    mov $0x10, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    mov RIG_START_BLOCK, %eax
    mov RIG_START_BLOCK + 4, %esp
    xor %ebp, %ebp
    jmp *%eax

    .align 8
descriptors:
    .quad 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
descriptors_pointer:
    .word 23
    .long descriptors

    .bss
    .space 4096
stack_top:
