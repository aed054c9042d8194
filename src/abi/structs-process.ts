/** Layouts of the structures that process, signal and time calls exchange with a guest (x86-64, little-endian). */

/** Writes a 64-bit integer given as a double (exact below 2^53, negative allowed). */
export function putI64(dv: DataView, off: number, value: number): void {
  dv.setUint32(off, value >>> 0, true);
  dv.setInt32(off + 4, Math.floor(value / 0x1_0000_0000), true);
}

/** Reads a signed 64-bit integer as a double. */
export function getI64(dv: DataView, off: number): number {
  return dv.getInt32(off + 4, true) * 0x1_0000_0000 + dv.getUint32(off, true);
}

export const TIMESPEC_SIZE = 16;
export const TIMEVAL_SIZE = 16;
export const ITIMER_SIZE = 32;
export const RLIMIT_SIZE = 16;
export const RUSAGE_SIZE = 144;
export const SIGINFO_SIZE = 128;
export const SYSINFO_SIZE = 112;
export const TMS_SIZE = 32;
export const UTSNAME_SIZE = 390;
export const UTSNAME_FIELD = 65;
export const TIMEX_SIZE = 208;
export const SIGEVENT_SIZE = 64;
export const SIGACTION_SIZE = 32;

/** A duration or point of time as milliseconds (a double). Seconds that no timer can reach are cut at 2^43. */
function toMs(sec: number, fraction: number, perMs: number): number {
  return Math.min(sec, 2 ** 43) * 1000 + fraction / perMs;
}

/** struct timespec as milliseconds, or undefined when it is not valid (negative, nsec out of range). */
export function readTimespec(dv: DataView, off: number): number | undefined {
  const sec = getI64(dv, off);
  const nsec = getI64(dv, off + 8);
  if (sec < 0 || nsec < 0 || nsec > 999_999_999) return undefined;
  return toMs(sec, nsec, 1e6);
}

/** Milliseconds as struct timespec. */
export function putTimespec(dv: DataView, off: number, ms: number): void {
  const sec = Math.floor(ms / 1000);
  putI64(dv, off, sec);
  putI64(dv, off + 8, Math.min(999_999_999, Math.max(0, Math.round((ms - sec * 1000) * 1e6))));
}

/** struct timeval as milliseconds, or undefined when it is not valid. */
export function readTimeval(dv: DataView, off: number): number | undefined {
  const sec = getI64(dv, off);
  const usec = getI64(dv, off + 8);
  if (sec < 0 || usec < 0 || usec > 999_999) return undefined;
  return toMs(sec, usec, 1e3);
}

/** Milliseconds as struct timeval. */
export function putTimeval(dv: DataView, off: number, ms: number): void {
  const sec = Math.floor(ms / 1000);
  putI64(dv, off, sec);
  putI64(dv, off + 8, Math.min(999_999, Math.max(0, Math.floor((ms - sec * 1000) * 1e3))));
}

/** The part of siginfo_t that is the same for kill, rt_sigqueue, timers and SIGCHLD. */
export interface RawSiginfo {
  signo: number;
  errno: number;
  code: number;
  /** si_pid; si_timerid of a timer. */
  pid: number;
  /** si_uid; si_overrun of a timer. */
  uid: number;
  /** si_value as a double; its low half is si_status of SIGCHLD. */
  value: number;
}

export function readSiginfo(dv: DataView, off: number): RawSiginfo {
  return {
    signo: dv.getInt32(off, true),
    errno: dv.getInt32(off + 4, true),
    code: dv.getInt32(off + 8, true),
    pid: dv.getInt32(off + 16, true),
    uid: dv.getUint32(off + 20, true),
    value: getI64(dv, off + 24),
  };
}

/** siginfo_t of a child's change of state, as waitid(2) stores it. `dv` is zeroed beyond. */
export function putChildSiginfo(
  dv: DataView,
  signo: number,
  code: number,
  pid: number,
  uid: number,
  status: number,
): void {
  dv.setInt32(0, signo, true);
  dv.setInt32(4, 0, true);
  dv.setInt32(8, code, true);
  dv.setInt32(16, pid, true);
  dv.setUint32(20, uid, true);
  dv.setInt32(24, status, true);
}

/** What struct rusage is filled from; times in microseconds, maxRss in KiB. */
export interface RusageFields {
  utime: number;
  stime: number;
  maxRss: number;
  minflt: number;
  majflt: number;
  nvcsw: number;
  nivcsw: number;
}

export function putRusage(dv: DataView, u: RusageFields): void {
  putTimeval(dv, 0, u.utime / 1000);
  putTimeval(dv, 16, u.stime / 1000);
  putI64(dv, 32, u.maxRss);
  putI64(dv, 64, u.minflt);
  putI64(dv, 72, u.majflt);
  putI64(dv, 128, u.nvcsw);
  putI64(dv, 136, u.nivcsw);
}

/** struct rlimit64; Infinity is RLIM_INFINITY. */
export function putRlimit(dv: DataView, soft: number, hard: number): void {
  putLimit(dv, 0, soft);
  putLimit(dv, 8, hard);
}

function putLimit(dv: DataView, off: number, value: number): void {
  if (value < Number.MAX_SAFE_INTEGER) putI64(dv, off, value);
  else dv.setBigUint64(off, 0xffff_ffff_ffff_ffffn, true);
}

/** Reads one limit; what a double cannot hold exactly is taken as no limit. */
export function readLimit(dv: DataView, off: number): number {
  const v = dv.getBigUint64(off, true);
  return v >= BigInt(Number.MAX_SAFE_INTEGER) ? Infinity : Number(v);
}

/** Latin1 text into a fixed field, cut to leave a NUL. The field is zeroed beforehand. */
export function putText(dv: DataView, off: number, size: number, text: string): void {
  const n = Math.min(text.length, size - 1);
  for (let i = 0; i < n; i++) dv.setUint8(off + i, text.charCodeAt(i) & 0xff);
}
