/** TEMPORARY */
import { MS_RELATIME, S_IFDIR } from '../abi/stat.js';
import { DevFs } from '../fs/dev/dev.js';
import { DevPtsFs } from '../fs/devpts/devpts.js';
import { HostFs } from '../fs/hostfs/hostfs.js';
import { ProcFs } from '../fs/proc/proc.js';
import type { Container } from '../kernel/container.js';
import { MountNamespace } from '../vfs/mounts.js';
import type { ContainerSpec } from './container-spec.js';
import type { ReceivedFds } from './received-files.js';
import { mountpoint, toBytes } from './world.js';
export function buildContainerWorld(container: Container, spec: ContainerSpec, fds: ReceivedFds): void {
  const { kernel } = container;
  const ns = new MountNamespace();
  container.mounts = ns;
  ns.mount(new HostFs(kernel.native, `/proc/self/fd/${fds.take(spec.root.fd)}`), undefined, MS_RELATIME);
  const at = (p: string) => mountpoint(ns, toBytes(p), p, S_IFDIR);
  ns.mount(new ProcFs(container, 0x15), at('/proc'), MS_RELATIME);
  ns.mount(new DevFs(container, 0x17), at('/dev'), MS_RELATIME);
  ns.mount(new DevPtsFs(container, 0x18), at('/dev/pts'), MS_RELATIME);
}
