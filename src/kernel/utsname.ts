/** What uname(2), /proc/version and /proc/sys/kernel say of this kernel. */

export const SYSNAME = 'Linux';
/** The Linux whose interface is followed; programs ask it for features. */
export const RELEASE = '6.1.0-tvisor';
export const VERSION = '#1 SMP PREEMPT_DYNAMIC tvisor';
export const MACHINE = 'x86_64';
/** __NEW_UTS_LEN: longest host or domain name. */
export const UTS_LEN = 64;
