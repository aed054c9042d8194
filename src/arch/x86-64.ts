/** What is peculiar to x86-64: numbers of the architecture itself. Register order and call numbers are beside it. */

/** linux/audit.h: EM_X86_64 | __AUDIT_ARCH_64BIT | __AUDIT_ARCH_LE. */
export const AUDIT_ARCH_X86_64 = 0xc000003e;
/** asm/unistd.h: numbers with this bit are of the x32 ABI. */
export const X32_SYSCALL_BIT = 0x40000000;
export const PAGE_SIZE = 4096;
/** First address that user space cannot have (TASK_SIZE with four-level page tables). */
export const TASK_SIZE = 0x7ffffffff000;
/** asm/sigframe.h: where the saved mask is in struct rt_sigframe, whose address is the stack pointer at a handler's first instruction. */
export const RT_SIGFRAME_SIGMASK = 304;
/** uname(2)'s machine and the ELF machine number (elf.h). */
export const MACHINE = 'x86_64';
