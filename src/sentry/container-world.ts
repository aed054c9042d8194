/** What a container sees of files: its root and the mounts of config.json, in their order, as a mount namespace of its own. */

import { EINVAL, EISDIR, ENODEV, ENOTDIR } from '../abi/errno.js';
import {
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  MS_REC,
  MS_RELATIME,
  MS_REMOUNT,
  MS_STRICTATIME,
  S_IFLNK,
  S_IFMT,
} from '../abi/stat.js';
import { mountCgroups } from '../fs/cgroup/mount.js';
import { DevPtsFs } from '../fs/devpts/devpts.js';
import { ProcFs } from '../fs/proc/proc.js';
import { SysFs } from '../fs/sys/sys.js';
import { newDevice } from '../fs/tmpfs/mount.js';
import { TmpFs } from '../fs/tmpfs/tmpfs.js';
import type { Container } from '../kernel/container.js';
import { DeviceRules } from '../kernel/device-rules.js';
import { registerNetFiles } from '../net/proc/files.js';
import { inodeOf, type Mount, type Path } from '../vfs/dentry.js';
import type { FileSystem } from '../vfs/inode.js';
import { ownFlags } from '../vfs/mount-calls.js';
import { MountNamespace, SUPER_FLAGS } from '../vfs/mounts.js';
import { makeShared, setPropagation } from '../vfs/propagation.js';
import type { ContainerSpec, MountSpec } from './container-spec.js';
import { registerFileSystems } from './mountable.js';
import type { ReceivedFds } from './received-files.js';
import { copyUp } from './world/copy-up.js';
import { DeviceMaker } from './world/devices.js';
import { failure, must } from './world/failure.js';
import { hostFileSystem, newDevPts, newSysFs, ownFileSystem } from './world/file-systems.js';
import { makeReadonly, mask } from './world/hidden-paths.js';
import { isDirectory, Places } from './world/places.js';
import { applySettings } from './world/settings.js';
import { toBytes } from './world.js';

const HARMLESS = MS_NOSUID | MS_NODEV | MS_NOEXEC;
/** What a /dev is mounted with that config.json does not speak of. */
const DEV_OPTIONS = 'mode=755,size=64m';
const PTS_OPTIONS = 'gid=5,mode=620,ptmxmode=666';

/**
 * Makes the mounts of a container.
 *
 * @param fds the descriptors that came with the request; those of root and bind mounts are taken
 * @throws SandboxError in one line that says which part of config.json cannot be had, and why
 */
export function buildContainerWorld(container: Container, spec: ContainerSpec, fds: ReceivedFds): void {
  new WorldBuilder(container, spec, fds).build();
}

class WorldBuilder {
  private readonly ns = new MountNamespace();
  private readonly places = new Places(this.ns);
  /** Mounts that become read-only when everything in them is made. */
  private readonly later: Mount[] = [];

  constructor(
    private readonly container: Container,
    private readonly spec: ContainerSpec,
    private readonly fds: ReceivedFds,
  ) {}

  build(): void {
    const { container, ns, places, spec } = this;
    const { kernel } = container;
    container.mounts = ns;
    this.mountRoot();
    this.mountDefaults();
    for (const [i, mount] of spec.mounts.entries()) this.mountOne(`mounts[${i}] ${mount.destination}`, mount);
    this.makeDevices();
    must(`process.cwd ${spec.process.cwd}`, this.makeCwd());
    for (const mount of this.later) this.close(mount);
    makeReadonly(ns, places, spec.readonlyPaths);
    mask(kernel, ns, places, spec.maskedPaths);
    applySettings(container, spec.sysctl);
    // Those below the root have what their own options say.
    for (const flags of spec.rootPropagation) setPropagation(ns, ns.root, flags & ~MS_REC);
    container.devices = new DeviceRules(spec.deviceRules);
    registerNetFiles(kernel);
    ns.seal();
    this.registerTypes();
  }

  private mountRoot(): void {
    const { root } = this.spec;
    const fs = hostFileSystem(this.container, this.fds.take(root.fd), root.source);
    const mount = this.ns.mount(fs, undefined, MS_RELATIME);
    // Where it lies on the host is nothing that guests need to know.
    mount.shown = { type: 'hostfs', source: 'none' };
    if (root.readonly) this.later.push(mount);
  }

  /** File systems that every container should have; where config.json mounts them itself, or there is no place for them, it does not. */
  private mountDefaults(): void {
    const { container } = this;
    this.mountDefault('/proc', HARMLESS, () => new ProcFs(container, newDevice(container.kernel)));
    this.mountDefault('/sys', HARMLESS | MS_RDONLY, () => newSysFs(container));
    if (this.isConfigured('/dev')) return;
    const own = (type: string, options: string): MountSpec => ({
      destination: '',
      type,
      source: type,
      flags: 0,
      propagation: [],
      data: [options],
      copyUp: false,
    });
    const make = (mount: MountSpec) => (): FileSystem => must(mount.type, ownFileSystem(container, mount));
    this.mountDefault('/dev', MS_NOSUID | MS_STRICTATIME, make(own('tmpfs', DEV_OPTIONS)), true);
    this.mountDefault(
      '/dev/pts',
      MS_NOSUID | MS_NOEXEC,
      () => must('/dev/pts', newDevPts(container, PTS_OPTIONS)),
      true,
    );
    this.mountDefault('/dev/shm', HARMLESS, make(own('tmpfs', 'size=64m')), true);
  }

  private isConfigured(path: string): boolean {
    return this.spec.mounts.some(({ destination }) => destination === path);
  }

  /** @param always the place is made if it is not there */
  private mountDefault(path: string, flags: number, make: () => FileSystem, always = false): void {
    if (this.isConfigured(path)) return;
    const place = always ? this.places.make(path, 'directory') : this.places.find(path);
    if (typeof place === 'number' || !isDirectory(place)) return;
    const fs = make();
    this.ns.mount(fs, place, ownFlags(flags));
    this.ns.setSuperFlags(fs, flags & SUPER_FLAGS);
  }

  // --- one mount of config.json ---------------------------------------------------------------------------------------

  private mountOne(where: string, spec: MountSpec): void {
    if ((spec.flags & MS_REMOUNT) !== 0) {
      this.remount(where, spec);
      return;
    }
    const path = toBytes(spec.destination);
    // A link in an image must not put them elsewhere: programs trust what lies at these names.
    if ((spec.type === 'proc' || spec.type === 'sysfs') && this.isLink(path))
      throw failure(where, `filesystem "${spec.type}" must be mounted on ordinary directory`);
    const wanted = spec.bind?.directory === false ? 'file' : 'directory';
    const existing = this.places.find(path);
    const place = typeof existing === 'number' ? must(where, this.places.make(path, wanted)) : existing;
    if (isDirectory(place) !== (wanted === 'directory'))
      throw failure(where, wanted === 'file' ? -EISDIR : -ENOTDIR);
    if (spec.type === 'cgroup' || spec.type === 'cgroup2') {
      this.mountCgroup(spec, spec.type, place);
      return;
    }
    const fs = this.fileSystem(
      where,
      spec,
      typeof existing === 'number' || spec.fresh === true ? undefined : place,
    );
    this.attach(spec, fs, place);
  }

  private mountCgroup(spec: MountSpec, type: 'cgroup' | 'cgroup2', place: Path): void {
    const what = { type, source: toBytes(spec.source), flags: ownFlags(spec.flags) };
    for (const mount of mountCgroups(this.container, place, what)) {
      this.ns.setSuperFlags(mount.fs, spec.flags & SUPER_FLAGS);
      for (const flags of spec.propagation) setPropagation(this.ns, mount, flags);
    }
  }

  private isLink(path: string): boolean {
    const at = path.lastIndexOf('/');
    const dir = this.places.find(path.slice(0, at));
    if (typeof dir === 'number' || !isDirectory(dir)) return false;
    const inode = inodeOf(dir).lookup(path.slice(at + 1), undefined);
    return typeof inode !== 'number' && (inode.mode & S_IFMT) === S_IFLNK;
  }

  /** @param covered what was there before, if anything */
  private fileSystem(where: string, spec: MountSpec, covered: Path | undefined): FileSystem {
    const { container } = this;
    if (spec.bind !== undefined)
      return hostFileSystem(container, this.fds.take(spec.bind.fd), spec.source, spec);
    const fs = ownFileSystem(container, spec);
    if (fs === -ENODEV) throw failure(where, `unknown file system ${JSON.stringify(spec.type)}`);
    if (fs === -EINVAL) throw failure(where, `bad options ${JSON.stringify(spec.data.join(','))}`);
    const made = must<FileSystem>(where, fs);
    if (made instanceof TmpFs && spec.type === 'tmpfs') this.startTmpFs(where, spec, made, covered);
    return made;
  }

  /** A tmpfs looks like the directory that it covers where its options do not say otherwise. */
  private startTmpFs(where: string, spec: MountSpec, fs: TmpFs, covered: Path | undefined): void {
    if (covered === undefined) return;
    const under = inodeOf(covered);
    if (spec.copyUp) must(`${where}: tmpcopyup`, copyUp(this.container.kernel.native, under, fs.root));
    const { mode, uid, gid } = under.getattr();
    const says = (name: string): boolean => spec.data.some((word) => word.startsWith(`${name}=`));
    fs.root.setattr({
      ...(says('mode') ? {} : { mode: mode & 0o7777 }),
      ...(spec.copyUp && !says('uid') ? { uid } : {}),
      ...(spec.copyUp && !says('gid') ? { gid } : {}),
    });
  }

  private attach(spec: MountSpec, fs: FileSystem, place: Path): void {
    const { ns } = this;
    // Until everything is in it that belongs into it.
    const waits = fs instanceof TmpFs && (spec.flags & MS_RDONLY) !== 0;
    const flags = waits ? spec.flags & ~MS_RDONLY : spec.flags;
    const mount = ns.mount(fs, place, ownFlags(flags));
    const source = toBytes(spec.source);
    // As on Linux one sees of a bind mount what of the host it is.
    const root = spec.bind === undefined || source === '/' ? '' : source;
    mount.shown = { type: toBytes(spec.type), source, root };
    if (spec.bind === undefined) ns.setSuperFlags(fs, flags & SUPER_FLAGS);
    if (waits) this.later.push(mount);
    if (place.mount.group !== undefined) makeShared(ns, mount);
    for (const type of spec.propagation) setPropagation(ns, mount, type);
  }

  /** The option remount: other flags for what is mounted there already. */
  private remount(where: string, spec: MountSpec): void {
    const place = must<Path>(where, this.places.find(toBytes(spec.destination)));
    if (place.dentry !== place.mount.root)
      throw failure(where, 'nothing is mounted there that could be remounted');
    place.mount.ownFlags = ownFlags(spec.flags);
    this.ns.refresh(place.mount);
    for (const type of spec.propagation) setPropagation(this.ns, place.mount, type);
  }

  // --- the rest ------------------------------------------------------------------------------------------------------

  private makeDevices(): void {
    const { ns, places, spec } = this;
    const devices = new DeviceMaker(this.container.kernel, ns, places);
    const dev = places.find('/dev');
    // A /dev of the host's, mounted by the operator, is left as it is.
    if (typeof dev !== 'number' && dev.mount.fs instanceof TmpFs)
      devices.standard(spec.process.terminal !== undefined);
    for (const [i, device] of spec.devices.entries())
      devices.device(`linux.devices[${i}] ${device.path}`, device);
  }

  private makeCwd(): Path | number {
    const path = toBytes(this.spec.process.cwd);
    const found = this.places.find(path);
    return typeof found === 'number' ? this.places.make(path, 'directory') : found;
  }

  private close(mount: Mount): void {
    const { ns } = this;
    mount.ownFlags |= MS_RDONLY;
    ns.refresh(mount);
  }

  /** What guests' mount(2) can mount once more. */
  private registerTypes(): void {
    const single = new Map<string, FileSystem>();
    for (const { fs } of this.ns.mounts) {
      if (fs instanceof ProcFs || fs instanceof SysFs || fs instanceof DevPtsFs) single.set(fs.type, fs);
    }
    registerFileSystems(this.container, [...single.values()]);
  }
}
