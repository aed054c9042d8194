/** personality(2): the flags that mean something here. */

export const PER_MASK = 0xff;
export const PER_LINUX32 = 0x08;
export const UNAME26 = 0x0020000;
export const ADDR_NO_RANDOMIZE = 0x0040000;
export const MMAP_PAGE_ZERO = 0x0100000;
export const ADDR_COMPAT_LAYOUT = 0x0200000;
export const READ_IMPLIES_EXEC = 0x0400000;
export const STICKY_TIMEOUTS = 0x4000000;
