/**
 * The stub: the host process that stands for a guest process of the runtime; its number is the one in pid files (addon/stub).
 *
 * It is made in steps, for others must do their part in between: as soon as there is a pid `place` is called (cgroup), then the
 * stub makes its namespaces and mounts, still with the host's tree as its root: the time of hooks. `finish` ends that.
 */
import { closeSync, openSync, statSync, writeFileSync } from 'node:fs';
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from '../abi/sched.js';
import {
  checked,
  closeQuietly,
  errnoText,
  host,
  memoryFile,
  type ProcessIdentity,
  processStat,
  receive,
  SOCK_SEQPACKET,
  sendAll,
  socketPair,
  stubPath,
} from './host.js';
import { StubPlan } from './stub-plan.js';

const NAMESPACE_FLAGS = {
  network: CLONE_NEWNET,
  uts: CLONE_NEWUTS,
  ipc: CLONE_NEWIPC,
  cgroup: CLONE_NEWCGROUP,
  time: CLONE_NEWTIME,
  user: CLONE_NEWUSER,
} as const;

/** Names below /proc/PID/ns of what an exec's stub shares with the container's, without the user namespace. */
const SHARED = {
  mnt: CLONE_NEWNS,
  net: CLONE_NEWNET,
  uts: CLONE_NEWUTS,
  ipc: CLONE_NEWIPC,
  cgroup: CLONE_NEWCGROUP,
  time: CLONE_NEWTIME,
} as const;

/** Milliseconds for any step of a stub: mounts of a network's file system may take a while. */
const PATIENCE = 60_000;

/** A namespace of the stub's: a new one, or that of a path. Of a type that is not named it keeps the caller's. */
export interface StubNamespace {
  readonly type: keyof typeof NAMESPACE_FLAGS;
  readonly path?: string;
}

/** One of config.json's mounts, as far as it can be seen from the host. */
export interface StubMount {
  /** Absolute, inside. */
  readonly destination: string;
  /** Host path of a bind mount, absolute; undefined: a new file system of `type`. */
  readonly bind?: string;
  readonly type: string;
  readonly readonly: boolean;
  /** Options of the new file system: size=64m, mode=755 ... */
  readonly data: readonly string[];
}

/** Lines of uid_map and gid_map. */
interface IdMap {
  readonly containerId: number;
  readonly hostId: number;
  readonly size: number;
}

interface CommonOptions {
  /** What ps(1) shows as its command. */
  readonly title: string;
  /** Slave of a terminal, which becomes its controlling one; stays the caller's to close. */
  readonly terminal?: number;
  readonly oomScoreAdj?: number;
  /** Is told the pid when the process exists and has done nothing yet: the moment to put it into a cgroup. */
  readonly place?: (pid: number) => void;
}

export interface ContainerStubOptions extends CommonOptions {
  /** Whose pid namespace the stub lives in. */
  readonly reaperPid: number;
  readonly namespaces: readonly StubNamespace[];
  /** Set where the uts namespace is new. */
  readonly hostname?: string;
  readonly domainname?: string;
  readonly uidMappings?: readonly IdMap[];
  readonly gidMappings?: readonly IdMap[];
  /** Settings of the network namespace, as paths below /proc/sys and texts; those of the host stay as they are. */
  readonly networkSettings?: ReadonlyMap<string, string>;
  /** The rootfs, absolute. */
  readonly root: string;
  readonly readonly: boolean;
  readonly mounts: readonly StubMount[];
}

export interface ExecStubOptions extends CommonOptions {
  /** The container's stub. */
  readonly containerPid: number;
}

/** A stub in the making. */
export interface Stub {
  /** On the host; what identifies it for good. */
  readonly process: ProcessIdentity;
  /** The sentry's end of the link: wait status (4 bytes) goes in, signal numbers (4 bytes) come out. The caller's to close. */
  readonly link: number;
  /** What could not be done and is not worth failing for, each a line. */
  readonly warnings: readonly string[];
  /** Ends the time of hooks: the container's root becomes its root, privileges go. @throws Error with one line */
  finish(): void;
  /** Ends it without the sentry, in the middle of making it or later. */
  kill(): void;
}

/** Where the descriptors of a stub begin (addon/stub/plan.h): report, plan, link, then those of the plan. */
const LINK_NUMBER = 5;

class StubProcess implements Stub {
  readonly warnings: string[] = [];
  readonly link: number;
  #process: ProcessIdentity | undefined;
  /** Kinds of reports that came before they were waited for. */
  readonly #early = new Set<string>();
  readonly #report: number;
  readonly #maps: Pick<ContainerStubOptions, 'uidMappings' | 'gidMappings'>;

  /** Starts the program; `fds` are what the plan names from LINK_NUMBER + 1 on. */
  constructor(
    title: string,
    plan: StubPlan,
    fds: readonly number[],
    maps: Pick<ContainerStubOptions, 'uidMappings' | 'gidMappings'>,
  ) {
    this.#maps = maps;
    const [report, stubReport] = socketPair(SOCK_SEQPACKET);
    const [link, stubLink] = socketPair();
    this.#report = report;
    this.link = link;
    const planFile = memoryFile('tvisor-stub', plan.text);
    const starter = host().spawn({
      path: stubPath(),
      argv: [title, 'run'],
      env: [],
      fds: [-1, -1, -1, stubReport, planFile, stubLink, ...fds],
    });
    for (const fd of [stubReport, planFile, stubLink]) closeSync(fd);
    try {
      checked(starter, 'start the stub');
      host().waitPid(starter, 0);
      this.#expect('p');
    } catch (error) {
      closeQuietly(report);
      closeQuietly(link);
      throw error;
    }
  }

  get process(): ProcessIdentity {
    if (this.#process === undefined) throw new Error('the stub has no pid yet');
    return this.#process;
  }

  /** Reads reports up to one of this kind, and keeps the pid and warnings on the way. */
  #expect(kind: string): void {
    // After fork(2) it is open which of the two processes reports first.
    if (this.#early.delete(kind)) return;
    const bytes = Buffer.alloc(512);
    for (;;) {
      const { length } = receive(this.#report, bytes, PATIENCE);
      if (length === 0) throw new Error("the container's process on the host has died");
      const text = bytes.toString('utf8', 1, length);
      const got = String.fromCharCode(bytes[0]!);
      if (got === 'e' || got === 'w') {
        const [, errno, what] = /^(\d+) ?(.*)$/s.exec(text)!;
        const line = `${what}: ${errnoText(Number(errno))}`;
        if (got === 'e') throw new Error(`cannot make the container's process on the host: ${line}`);
        this.warnings.push(line);
      }
      if (got === 'p')
        this.#process = { pid: Number(text), startTime: processStat(Number(text))?.startTime ?? 0 };
      if (got === kind) return;
      this.#early.add(got);
    }
  }

  /** Up to the report of a letter of the plan's, and on from there. */
  reach(letter: string): void {
    this.#expect(letter);
  }

  go(): void {
    sendAll(this.#report, Buffer.from('g'));
  }

  finish(): void {
    this.go();
    if (this.#maps.uidMappings !== undefined) {
      this.reach('u');
      this.#map('uid_map', this.#maps.uidMappings);
      this.#map('gid_map', this.#maps.gidMappings ?? []);
      this.go();
    }
    this.#expect('d');
    // Its end is closed right after: from then on it holds nothing of the caller's.
    receive(this.#report, Buffer.alloc(1), PATIENCE);
    closeSync(this.#report);
  }

  #map(name: string, maps: readonly IdMap[]): void {
    const lines = maps.map(({ containerId, hostId, size }) => `${containerId} ${hostId} ${size}\n`);
    try {
      writeFileSync(`/proc/${this.process.pid}/${name}`, lines.join(''));
    } catch (error) {
      throw new Error(`${name} of the container: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  kill(): void {
    closeQuietly(this.#report);
    if (this.#process === undefined) return;
    const { pid } = this.#process;
    // A child of this process cannot be another one as long as nobody has waited for it.
    if (processStat(pid)?.parent !== process.pid) return;
    process.kill(pid, 'SIGKILL');
    host().waitPid(pid, 0);
  }
}

/** Descriptors that a plan names, opened here, so that a missing one is named by its path. */
class PlanFds {
  readonly opened: number[] = [];
  readonly fds: number[] = [];

  open(path: string): number {
    const fd = openSync(path, 'r');
    this.opened.push(fd);
    return this.add(fd);
  }

  /** @returns the number that it has in the stub */
  add(fd: number): number {
    this.fds.push(fd);
    return LINK_NUMBER + this.fds.length;
  }

  close(): void {
    for (const fd of this.opened) closeQuietly(fd);
  }
}

/** Whether two processes (or paths) share a namespace. */
function sameNamespace(path: string, name: string): boolean {
  const other = statSync(path);
  const own = statSync(`/proc/self/ns/${name}`);
  return other.ino === own.ino && other.dev === own.dev;
}

/** Whether the network is another one than that of this command. */
function hasOwnNetwork(namespaces: readonly StubNamespace[]): boolean {
  const network = namespaces.find(({ type }) => type === 'network');
  return network !== undefined && (network.path === undefined || !sameNamespace(network.path, 'net'));
}

function containerPlan(o: ContainerStubOptions, fds: PlanFds): StubPlan {
  const plan = new StubPlan();
  if (o.oomScoreAdj !== undefined) plan.add('oom', String(o.oomScoreAdj));
  plan.add('join', fds.open(`/proc/${o.reaperPid}/ns/pid`), CLONE_NEWPID);
  const late: StubNamespace[] = [];
  let fresh = CLONE_NEWNS;
  for (const namespace of o.namespaces) {
    const flag = NAMESPACE_FLAGS[namespace.type];
    // The cgroup has to be the container's first, and a user namespace ends the right to mount.
    if (namespace.type === 'user' || (namespace.type === 'cgroup' && namespace.path === undefined)) {
      late.push(namespace);
    } else if (namespace.path === undefined) fresh |= flag;
    else plan.add('join', fds.open(namespace.path), flag);
  }
  plan.add('unshare', fresh);
  plan.add('fork').add('report', 'c');
  if (late.some(({ type }) => type === 'cgroup')) plan.add('unshare', CLONE_NEWCGROUP);
  if ((fresh & CLONE_NEWUTS) !== 0) {
    if (o.hostname !== undefined) plan.add('hostname', o.hostname);
    if (o.domainname !== undefined) plan.add('domainname', o.domainname);
  }
  if ((fresh & CLONE_NEWNET) !== 0) plan.add('loopback');
  if (hasOwnNetwork(o.namespaces))
    for (const [path, text] of o.networkSettings ?? []) plan.add('setting', `/proc/sys/${path}`, text);
  addMounts(plan, o);
  plan.add('report', 'r').add('pivot');
  for (const { type, path } of late) {
    if (type !== 'user') continue;
    if (path === undefined) plan.add('unshare', CLONE_NEWUSER).add('report', 'u');
    else if (!sameNamespace(path, 'user')) plan.add('join', fds.open(path), CLONE_NEWUSER);
  }
  if (o.terminal !== undefined) plan.add('terminal', fds.add(o.terminal));
  return plan;
}

function addMounts(plan: StubPlan, o: ContainerStubOptions): void {
  plan.add('root', o.root);
  for (const mount of o.mounts) {
    // Control groups are the sentry's to show: the host's are laid out in another way.
    if (mount.bind === undefined && mount.type.startsWith('cgroup')) continue;
    const flags = mount.readonly ? 'r' : '';
    if (mount.bind !== undefined) plan.add('bind', mount.destination, mount.bind, flags);
    else plan.add('mount', mount.destination, mount.type, flags, mount.data.join(','));
  }
  // What `top` of engines reads, whatever the config has.
  if (!o.mounts.some(({ destination }) => destination === '/proc'))
    plan.add('mount', '/proc', 'proc', '', '');
  // The guests' files of a tmpfs are in the sentry's memory: who copies one in from here must not think that it has arrived.
  for (const { destination, bind, type } of o.mounts)
    if (bind === undefined && type === 'tmpfs') plan.add('seal', destination);
  if (o.readonly) plan.add('seal', '/');
}

function makeStub(
  o: CommonOptions,
  plan: (fds: PlanFds) => StubPlan,
  maps: Pick<ContainerStubOptions, 'uidMappings' | 'gidMappings'>,
): StubProcess {
  const fds = new PlanFds();
  let stub: StubProcess | undefined;
  try {
    stub = new StubProcess(o.title, plan(fds), fds.fds, maps);
    stub.reach('c');
    o.place?.(stub.process.pid);
    stub.go();
    return stub;
  } catch (error) {
    stub?.kill();
    closeQuietly(stub?.link);
    throw error;
  } finally {
    fds.close();
  }
}

/**
 * The stub of a container: an orphan once the caller ends, alive until the sentry says otherwise or is gone.
 *
 * @returns with its namespaces and mounts made, and the host's tree as its root, for hooks
 * @throws Error with one line; nothing is left behind
 */
export function spawnContainerStub(options: ContainerStubOptions): Stub {
  const user = options.namespaces.find(({ type }) => type === 'user');
  const maps =
    user === undefined || user.path !== undefined
      ? {}
      : { uidMappings: options.uidMappings ?? [], gidMappings: options.gidMappings ?? [] };
  const stub = makeStub(options, (fds) => containerPlan(options, fds), maps);
  try {
    stub.reach('r');
    return stub;
  } catch (error) {
    stub.kill();
    closeQuietly(stub.link);
    throw error;
  }
}

/** CLONE_NEW* flags of the namespaces in which a process is and the caller is not. */
export function foreignNamespaces(pid: number): number {
  let flags = 0;
  for (const [name, flag] of Object.entries(SHARED)) {
    if (!sameNamespace(`/proc/${pid}/ns/${name}`, name)) flags |= flag;
  }
  return flags;
}

/**
 * The stub of a process of `exec`, in the namespaces of the container's stub; finished.
 *
 * @throws Error with one line; nothing is left behind
 */
export function spawnExecStub(options: ExecStubOptions): Stub {
  const stub = makeStub(
    options,
    (fds) => {
      const { containerPid: pid } = options;
      const plan = new StubPlan();
      if (options.oomScoreAdj !== undefined) plan.add('oom', String(options.oomScoreAdj));
      const pidfd = checked(host().pidfdOpen(pid), 'the container');
      fds.opened.push(pidfd);
      plan.add('join', fds.add(pidfd), foreignNamespaces(pid) | CLONE_NEWPID);
      plan.add('fork').add('report', 'c');
      if (!sameNamespace(`/proc/${pid}/ns/user`, 'user'))
        plan.add('join', fds.open(`/proc/${pid}/ns/user`), CLONE_NEWUSER);
      if (options.terminal !== undefined) plan.add('terminal', fds.add(options.terminal));
      return plan.add('report', 'r');
    },
    {},
  );
  try {
    stub.reach('r');
    stub.finish();
    return stub;
  } catch (error) {
    stub.kill();
    closeQuietly(stub.link);
    throw error;
  }
}
