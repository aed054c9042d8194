/** What is written down about a container and a sandbox: the files of the state directory. */
import type { OciResources } from '../oci/types.js';
import type { CgroupRecord } from './cgroups/cgroup.js';
import type { ProcessIdentity } from './host.js';

/** Changes with whatever an older or newer version would misread. */
export const RECORD_VERSION = 1;

/** One container: ROOT/ID/container.json. */
export interface ContainerRecord {
  readonly version: typeof RECORD_VERSION;
  readonly id: string;
  /** Absolute paths of the host. */
  readonly bundle: string;
  readonly rootfs: string;
  readonly ociVersion: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** When it was created, RFC 3339. */
  readonly created: string;
  /** User number of who created it. */
  readonly owner: number;
  /** The command that creates it; dead while the phase is `creating`: it was killed. */
  readonly creator: ProcessIdentity;
  /** creating: not done yet; created: the program waits for `start`; started: it was let go. */
  readonly phase: 'creating' | 'created' | 'started';
  readonly paused: boolean;
  /** The sandbox that it is in, once that is known. */
  readonly sandbox?: string;
  readonly sentry?: ProcessIdentity;
  /** The sandbox was there before it. */
  readonly joined: boolean;
  /** Its stub: the process of the pid file. */
  readonly init?: ProcessIdentity;
  readonly cgroup?: CgroupRecord;
  /** linux.resources as `update` has left them; undefined: as config.json has them. */
  readonly resources?: OciResources;
}

/** One sandbox: ROOT/@sandboxes/ID/sandbox.json. */
export interface SandboxRecord {
  readonly version: typeof RECORD_VERSION;
  readonly id: string;
  readonly sentry: ProcessIdentity;
  /** Pid 1 of the pid namespace of guests and stubs; on the host. */
  readonly reaper: ProcessIdentity;
  readonly network: NetworkRecord;
}

/** Which network a sandbox has. */
export interface NetworkRecord {
  readonly mode: 'none' | 'host';
  /** The network namespace that stands for the host's, as stat(2) tells namespaces apart: DEV:INODE. */
  readonly namespace?: string;
}
