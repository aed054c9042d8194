/**
 * `linux.resources` of config.json (runtime-spec config-linux.md, "Control groups"). Sizes are bytes, times microseconds, and
 * what is absent is left as it is. Integers come as JSON numbers: beyond 2^53 they are rounded, which no limit notices.
 */

export interface LinuxMemory {
  /** Bytes; -1 for no limit. */
  readonly limit?: number;
  readonly reservation?: number;
  /** Memory and swap together, as the spec has it. */
  readonly swap?: number;
  /** Deprecated, and without effect since Linux 5.16. */
  readonly kernel?: number;
  readonly kernelTCP?: number;
  readonly swappiness?: number;
  readonly disableOOMKiller?: boolean;
  readonly useHierarchy?: boolean;
  /** Refuse a new limit that is below what is in use. */
  readonly checkBeforeUpdate?: boolean;
}

export interface LinuxCpu {
  readonly shares?: number;
  readonly quota?: number;
  readonly burst?: number;
  readonly period?: number;
  readonly realtimeRuntime?: number;
  readonly realtimePeriod?: number;
  readonly cpus?: string;
  readonly mems?: string;
  readonly idle?: number;
}

export interface LinuxDeviceRule {
  readonly allow: boolean;
  /** a, b, c or u; absent: a. */
  readonly type?: string | undefined;
  /** Absent or -1: any. */
  readonly major?: number | undefined;
  readonly minor?: number | undefined;
  /** Of r, w and m; absent: all. */
  readonly access?: string | undefined;
}

export interface LinuxPids {
  /** Tasks; -1 for no limit. */
  readonly limit?: number;
}

export interface LinuxWeightDevice {
  readonly major: number;
  readonly minor: number;
  readonly weight?: number;
  readonly leafWeight?: number;
}

export interface LinuxThrottleDevice {
  readonly major: number;
  readonly minor: number;
  /** Bytes or operations a second; 0 takes the limit away. */
  readonly rate?: number;
}

export interface LinuxBlockIO {
  readonly weight?: number;
  readonly leafWeight?: number;
  readonly weightDevice?: readonly LinuxWeightDevice[];
  readonly throttleReadBpsDevice?: readonly LinuxThrottleDevice[];
  readonly throttleWriteBpsDevice?: readonly LinuxThrottleDevice[];
  readonly throttleReadIOPSDevice?: readonly LinuxThrottleDevice[];
  readonly throttleWriteIOPSDevice?: readonly LinuxThrottleDevice[];
}

export interface LinuxHugepageLimit {
  /** `2MB`, `1GB`, `64KB`. */
  readonly pageSize: string;
  readonly limit: number;
}

export interface LinuxNetwork {
  readonly classID?: number;
  readonly priorities?: readonly { readonly name: string; readonly priority: number }[];
}

export interface LinuxRdma {
  readonly hcaHandles?: number;
  readonly hcaObjects?: number;
}

export interface LinuxResources {
  readonly memory?: LinuxMemory;
  readonly cpu?: LinuxCpu;
  readonly pids?: LinuxPids;
  readonly devices?: readonly LinuxDeviceRule[];
  readonly blockIO?: LinuxBlockIO;
  readonly hugepageLimits?: readonly LinuxHugepageLimit[];
  readonly network?: LinuxNetwork;
  readonly rdma?: Readonly<Record<string, LinuxRdma>>;
  /** Files of cgroup v2 and what to write into them. */
  readonly unified?: Readonly<Record<string, string>>;
}
