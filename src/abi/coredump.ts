/** Core files (elf(5), core(5)): notes and the layouts of what they describe, x86-64. */

export const ET_CORE = 4;
export const NT_PRSTATUS = 1;
export const NT_PRPSINFO = 3;
export const NT_AUXV = 6;
export const NT_FILE = 0x46494c45;
export const NT_SIGINFO = 0x53494749;

export const EHDR_SIZE = 64;
export const PHDR_SIZE = 56;
/** struct user_regs_struct. */
export const USER_REGS_SIZE = 216;
/** struct elf_prstatus, and where the registers are in it. */
export const PRSTATUS_SIZE = 336;
export const PRSTATUS_REGS = 112;
/** struct elf_prpsinfo. */
export const PRPSINFO_SIZE = 136;
export const PRPSINFO_ARGS = 80;
