/** `linux.resources` into the files of a cgroup, whichever version each controller is in. */

import { CgroupError } from './error.js';
import { apply, integer } from './files.js';
import type { LinuxResources } from './resources.js';
import { writeCpu1, writeCpu2, writeCpuset } from './write-cpu.js';
import { writeDevices1 } from './write-devices.js';
import {
  writeBlockIO1,
  writeBlockIO2,
  writeHugepages,
  writeNetClass,
  writeNetPriorities,
  writeRdma,
} from './write-io.js';
import { given, type Warn, writeMemory1, writeMemory2 } from './write-memory.js';

/** Where a controller's files are. */
export interface Place {
  readonly directory: string;
  readonly version: 1 | 2;
}

/** Finds a controller. `io` of version 2 is called `blkio` here, as in version 1. */
export type Places = (controller: string) => Place | undefined;

interface Part {
  readonly controller: string;
  /** The first field that asks for this controller, or undefined. */
  asked(resources: LinuxResources): string | undefined;
  write(resources: LinuxResources, place: Place, warn: Warn): void;
}

/** First name with a value that means something. */
function first(what: string, object: object | undefined, names: readonly string[]): string | undefined {
  const values = (object ?? {}) as Readonly<Record<string, unknown>>;
  const name = names.find((n) => isAsked(values[n]));
  return name === undefined ? undefined : `${what}.${name}`;
}

function isAsked(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== 0 && value !== '' && value !== false;
}

const PARTS: readonly Part[] = [
  {
    controller: 'memory',
    asked: ({ memory }) =>
      memory?.swappiness !== undefined
        ? 'memory.swappiness'
        : first('memory', memory, ['limit', 'swap', 'reservation', 'kernelTCP', 'disableOOMKiller']),
    write: ({ memory = {} }, { directory, version }, warn) =>
      version === 1 ? writeMemory1(memory, directory, warn) : writeMemory2(memory, directory, warn),
  },
  {
    controller: 'cpu',
    asked: ({ cpu }) =>
      first('cpu', cpu, ['shares', 'quota', 'period', 'realtimeRuntime', 'realtimePeriod']) ??
      (cpu?.idle !== undefined ? 'cpu.idle' : cpu?.burst !== undefined ? 'cpu.burst' : undefined),
    write: ({ cpu = {} }, { directory, version }) =>
      version === 1 ? writeCpu1(cpu, directory) : writeCpu2(cpu, directory),
  },
  {
    controller: 'cpuset',
    asked: ({ cpu }) => first('cpu', cpu, ['cpus', 'mems']),
    write: ({ cpu = {} }, { directory }) => writeCpuset(cpu, directory),
  },
  {
    controller: 'pids',
    asked: ({ pids }) => first('pids', pids, ['limit']),
    write: ({ pids }, { directory }) => {
      const limit = pids?.limit;
      if (!given(limit)) return;
      const value = limit < 0 ? 'max' : integer(limit);
      apply(directory, { controller: 'pids', field: 'pids.limit', file: 'pids.max', value });
    },
  },
  {
    controller: 'blkio',
    asked: ({ blockIO }) =>
      first('blockIO', blockIO, [
        'weight',
        'leafWeight',
        'weightDevice',
        'throttleReadBpsDevice',
        'throttleWriteBpsDevice',
        'throttleReadIOPSDevice',
        'throttleWriteIOPSDevice',
      ]),
    write: ({ blockIO = {} }, { directory, version }) =>
      version === 1 ? writeBlockIO1(blockIO, directory) : writeBlockIO2(blockIO, directory),
  },
  {
    controller: 'hugetlb',
    asked: ({ hugepageLimits }) => ((hugepageLimits ?? []).length > 0 ? 'hugepageLimits' : undefined),
    write: ({ hugepageLimits = [] }, { directory, version }) =>
      writeHugepages(hugepageLimits, directory, version),
  },
  {
    controller: 'net_cls',
    asked: ({ network }) => first('network', network, ['classID']),
    write: ({ network = {} }, { directory }) => writeNetClass(network, directory),
  },
  {
    controller: 'net_prio',
    asked: ({ network }) => first('network', network, ['priorities']),
    write: ({ network = {} }, { directory }) => writeNetPriorities(network, directory),
  },
  {
    controller: 'rdma',
    asked: ({ rdma }) => (Object.keys(rdma ?? {}).length > 0 ? 'rdma' : undefined),
    write: ({ rdma = {} }, { directory }) => writeRdma(rdma, directory),
  },
];

/** Controllers that these resources need, with version 1's names. */
export function controllersFor(resources: LinuxResources): string[] {
  const needed = PARTS.filter((part) => part.asked(resources) !== undefined).map((part) => part.controller);
  for (const key of Object.keys(resources.unified ?? {})) needed.push(unifiedController(key));
  return needed;
}

/** Version 2 calls its controllers as its files begin. */
function unifiedController(file: string): string {
  const name = file.split('.')[0] ?? '';
  return name === 'io' ? 'blkio' : name;
}

function writeUnified(unified: Readonly<Record<string, string>>, places: Places): void {
  for (const [file, value] of Object.entries(unified)) {
    const field = `unified[${JSON.stringify(file)}]`;
    if (file.includes('/')) throw new CgroupError(`linux.resources.${field}: a file's name has no slash`);
    const controller = unifiedController(file);
    const place = places(controller);
    if (place === undefined || place.version !== 2) {
      throw new CgroupError(
        `linux.resources.${field} cannot be set: cgroup version 2 has no ${controller} controller here`,
      );
    }
    apply(place.directory, { controller, file, value, field });
  }
}

/**
 * Writes what is asked for; 0 and absent fields are left alone.
 * @param places the controllers that this cgroup has
 * @param missing why a controller is not there, for the error
 * @throws CgroupError for the first limit that cannot be set
 */
export function writeResources(
  resources: LinuxResources,
  places: Places,
  missing: (controller: string) => string,
  warn: Warn,
): void {
  for (const part of PARTS) {
    const field = part.asked(resources);
    if (field === undefined) continue;
    const place = places(part.controller);
    if (place === undefined) {
      throw new CgroupError(`linux.resources.${field} cannot be set: ${missing(part.controller)}`);
    }
    part.write(resources, place, warn);
  }
  const devices = places('devices');
  if (devices?.version === 1) writeDevices1(resources.devices ?? [], devices.directory);
  if (resources.unified !== undefined) writeUnified(resources.unified, places);
}
