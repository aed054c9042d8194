/** Block devices, huge pages, network classes and rdma: controllers that not every host has. */

import { CgroupError } from './error.js';
import { apply, integer, readText, type Setting } from './files.js';
import type {
  LinuxBlockIO,
  LinuxHugepageLimit,
  LinuxNetwork,
  LinuxRdma,
  LinuxThrottleDevice,
} from './resources.js';
import { given } from './write-memory.js';

type Throttle =
  | 'throttleReadBpsDevice'
  | 'throttleWriteBpsDevice'
  | 'throttleReadIOPSDevice'
  | 'throttleWriteIOPSDevice';

/** Each list with its file of version 1 and its key in io.max. */
const THROTTLES: readonly (readonly [Throttle, string, string])[] = [
  ['throttleReadBpsDevice', 'blkio.throttle.read_bps_device', 'rbps'],
  ['throttleWriteBpsDevice', 'blkio.throttle.write_bps_device', 'wbps'],
  ['throttleReadIOPSDevice', 'blkio.throttle.read_iops_device', 'riops'],
  ['throttleWriteIOPSDevice', 'blkio.throttle.write_iops_device', 'wiops'],
];

function setting(controller: string, field: string, file: string, value: string): Setting {
  return { controller, field, file, value };
}

/** The first of these files that is there, else the first: its absence then is the error. */
function present(directory: string, ...files: [string, ...string[]]): string {
  return files.find((file) => readText(`${directory}/${file}`) !== undefined) ?? files[0];
}

function throttled(
  directory: string,
  io: LinuxBlockIO,
  write: (list: Throttle, d: LinuxThrottleDevice) => Setting,
) {
  for (const [list] of THROTTLES) for (const device of io[list] ?? []) apply(directory, write(list, device));
}

/** Version 1 (blkio-controller.rst; weights are of the BFQ scheduler). @throws CgroupError */
export function writeBlockIO1(io: LinuxBlockIO, directory: string): void {
  if (given(io.weight)) {
    const file = present(directory, 'blkio.bfq.weight', 'blkio.weight');
    apply(directory, setting('blkio', 'blockIO.weight', file, integer(io.weight)));
  }
  if (given(io.leafWeight)) {
    apply(directory, setting('blkio', 'blockIO.leafWeight', 'blkio.leaf_weight', integer(io.leafWeight)));
  }
  for (const { major, minor, weight, leafWeight } of io.weightDevice ?? []) {
    const field = 'blockIO.weightDevice';
    if (given(weight)) {
      const file = present(directory, 'blkio.bfq.weight_device', 'blkio.weight_device');
      apply(directory, setting('blkio', field, file, `${major}:${minor} ${integer(weight)}`));
    }
    if (given(leafWeight)) {
      const value = `${major}:${minor} ${integer(leafWeight)}`;
      apply(directory, setting('blkio', field, 'blkio.leaf_weight_device', value));
    }
  }
  const files = new Map(THROTTLES.map(([list, file]) => [list, file]));
  throttled(directory, io, (list, { major, minor, rate = 0 }) =>
    setting('blkio', `blockIO.${list}`, files.get(list) ?? '', `${major}:${minor} ${integer(rate)}`),
  );
}

/** A weight of version 1 (10..1000) as one of version 2 (1..10000). */
export function ioWeight(weight: number): number {
  return 1 + Math.floor(((Math.min(1000, Math.max(10, weight)) - 10) * 9999) / 990);
}

/** Version 2. BFQ has the scale of version 1; io.weight has its own. @throws CgroupError */
export function writeBlockIO2(io: LinuxBlockIO, directory: string): void {
  const file = present(directory, 'io.weight', 'io.bfq.weight');
  const scaled = (weight: number): string => integer(file === 'io.weight' ? ioWeight(weight) : weight);
  if (given(io.leafWeight)) {
    throw new CgroupError(
      'linux.resources.blockIO.leafWeight cannot be set: cgroup version 2 does not have it',
    );
  }
  if (given(io.weight))
    apply(directory, setting('io', 'blockIO.weight', file, `default ${scaled(io.weight)}`));
  for (const { major, minor, weight } of io.weightDevice ?? []) {
    if (!given(weight)) continue;
    apply(directory, setting('io', 'blockIO.weightDevice', file, `${major}:${minor} ${scaled(weight)}`));
  }
  const keys = new Map(THROTTLES.map(([list, , key]) => [list, key]));
  throttled(directory, io, (list, { major, minor, rate = 0 }) =>
    setting(
      'io',
      `blockIO.${list}`,
      'io.max',
      `${major}:${minor} ${keys.get(list)}=${rate === 0 ? 'max' : integer(rate)}`,
    ),
  );
}

/** @param version of the hierarchy. @throws CgroupError */
export function writeHugepages(
  limits: readonly LinuxHugepageLimit[],
  directory: string,
  version: 1 | 2,
): void {
  const suffix = version === 1 ? 'limit_in_bytes' : 'max';
  for (const { pageSize, limit } of limits) {
    if (!/^\d+[KMG]B$/.test(pageSize)) {
      throw new CgroupError(
        `linux.resources.hugepageLimits: ${JSON.stringify(pageSize)} is not a page size like 2MB`,
      );
    }
    apply(directory, setting('hugetlb', 'hugepageLimits', `hugetlb.${pageSize}.${suffix}`, integer(limit)));
    // Reservations are counted by themselves, since Linux 5.7.
    const reserved = `hugetlb.${pageSize}.rsvd.${suffix}`;
    if (readText(`${directory}/${reserved}`) === undefined) continue;
    apply(directory, setting('hugetlb', 'hugepageLimits', reserved, integer(limit)));
  }
}

/** @throws CgroupError */
export function writeNetClass(network: LinuxNetwork, directory: string): void {
  if (!given(network.classID)) return;
  apply(directory, setting('net_cls', 'network.classID', 'net_cls.classid', integer(network.classID)));
}

/** @throws CgroupError */
export function writeNetPriorities(network: LinuxNetwork, directory: string): void {
  for (const { name, priority } of network.priorities ?? []) {
    const value = `${name} ${integer(priority)}`;
    apply(directory, setting('net_prio', 'network.priorities', 'net_prio.ifpriomap', value));
  }
}

/** @throws CgroupError */
export function writeRdma(rdma: Readonly<Record<string, LinuxRdma>>, directory: string): void {
  for (const [device, { hcaHandles, hcaObjects }] of Object.entries(rdma)) {
    const words = [device];
    if (hcaHandles !== undefined) words.push(`hca_handle=${integer(hcaHandles)}`);
    if (hcaObjects !== undefined) words.push(`hca_object=${integer(hcaObjects)}`);
    if (words.length > 1) apply(directory, setting('rdma', 'rdma', 'rdma.max', words.join(' ')));
  }
}
