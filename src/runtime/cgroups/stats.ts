/** What a cgroup has used, in the shape of runc's `events --stats`. */

/** One line of blkio's or io's files. */
export interface BlkioEntry {
  readonly major: number;
  readonly minor: number;
  readonly op: string;
  readonly value: number;
}

export interface MemoryEntry {
  /** Bytes; a limit that is none is 2^63 rounded to pages (version 1) or 2^64 - 1 (version 2), as runc gives it. */
  readonly limit: number;
  readonly usage?: number;
  readonly max?: number;
  readonly failcnt: number;
}

/** Nanoseconds and bytes. Optional parts are absent where the kernel does not count them. */
export interface CgroupStats {
  readonly cpu: {
    readonly usage: {
      readonly total?: number;
      readonly percpu?: readonly number[];
      readonly percpu_kernel?: readonly number[];
      readonly percpu_user?: readonly number[];
      readonly kernel: number;
      readonly user: number;
    };
    readonly throttling: {
      readonly periods?: number;
      readonly throttledPeriods?: number;
      readonly throttledTime?: number;
    };
  };
  readonly memory: {
    readonly cache?: number;
    readonly usage: MemoryEntry;
    readonly swap: MemoryEntry;
    readonly kernel: MemoryEntry;
    readonly kernelTCP: MemoryEntry;
    /** memory.stat as it is. */
    readonly raw: Readonly<Record<string, number>>;
  };
  readonly pids: { readonly current?: number; readonly limit?: number };
  readonly blkio: {
    readonly ioServiceBytesRecursive?: readonly BlkioEntry[];
    readonly ioServicedRecursive?: readonly BlkioEntry[];
  };
  readonly hugetlb: Readonly<
    Record<string, { readonly usage?: number; readonly max?: number; readonly failcnt: number }>
  >;
}
