/** The file systems that config.json mounts: those of the kernel by their type, and the host's. */

import { ENODEV } from '../../abi/errno.js';
import { DevPtsFs } from '../../fs/devpts/devpts.js';
import { parseOptions as parsePtsOptions } from '../../fs/devpts/options.js';
import { HostFs } from '../../fs/hostfs/hostfs.js';
import { HostIds } from '../../fs/hostfs/ids.js';
import { HostMemory } from '../../fs/hostfs/memory.js';
import { mqueueFs } from '../../fs/mqueue/mqueue.js';
import { ProcFs } from '../../fs/proc/proc.js';
import { SysFs } from '../../fs/sys/sys.js';
import { newDevice, newTmpFs } from '../../fs/tmpfs/mount.js';
import type { Container } from '../../kernel/container.js';
import { IdMap } from '../../kernel/user-namespace.js';
import { hostNetwork } from '../../net/host/network.js';
import { hostSysTree } from '../../net/host/sysfs.js';
import { netSysTree } from '../../net/sysfs.js';
import type { FileSystem } from '../../vfs/inode.js';
import type { IdMapSpec, MountSpec } from '../container-spec.js';
import { toBytes } from '../world.js';

const ROOT = { uid: 0, gid: 0 };

/** SELinux's options: nothing here has labels. */
function isLabel(word: string): boolean {
  return /^(context|fscontext|defcontext|rootcontext)=/.test(word);
}

export function newSysFs({ kernel }: Container): SysFs {
  const network = hostNetwork(kernel);
  const interfaces = network === undefined ? netSysTree(kernel) : hostSysTree(network);
  return new SysFs(kernel, newDevice(kernel), [interfaces], network === undefined);
}

export function newDevPts(container: Container, data: string): DevPtsFs | number {
  const options = parsePtsOptions(data);
  return typeof options === 'number'
    ? options
    : new DevPtsFs(container, newDevice(container.kernel), options);
}

/** @returns the file system of a mount that is none of the host's, or -errno: -ENODEV for an unknown type, -EINVAL for its options */
export function ownFileSystem(container: Container, mount: MountSpec): FileSystem | number {
  const { kernel } = container;
  const data = toBytes(mount.data.filter((word) => !isLabel(word)).join(','));
  switch (mount.type) {
    case 'proc':
      return new ProcFs(container, newDevice(kernel));
    case 'sysfs':
      return newSysFs(container);
    case 'tmpfs':
      return newTmpFs(container, ROOT, toBytes(mount.source), data);
    case 'devpts':
      return newDevPts(container, data);
    case 'mqueue':
      return mqueueFs(container.ipc);
    default:
      return -ENODEV;
  }
}

/** @param mappings of an idmapped mount @param fd an O_PATH descriptor, which the file system takes over @param path how the host calls it */
export function hostFileSystem(
  container: Container,
  fd: number,
  path: string,
  mappings: Pick<MountSpec, 'uidMappings' | 'gidMappings'> = {},
): HostFs {
  const ids = new HostIds(container.users, idMap(mappings.uidMappings), idMap(mappings.gidMappings));
  const fs = new HostFs(container.kernel.native, path, { fd, ids, fifos: true });
  HostMemory.adopt(container.kernel, fs, container.memory);
  return fs;
}

/** @param ranges of config.json; none: ids stay the same */
export function idMap(ranges: readonly IdMapSpec[] = []): IdMap {
  return new IdMap(
    ranges.map(({ containerId, hostId, size }) => ({ inside: containerId, outside: hostId, count: size })),
  );
}
