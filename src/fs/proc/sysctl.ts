/** /proc/sys (proc_sys(5)): what programs read, and the few settings that are the sandbox's own to change. */

import { EACCES, EINVAL, EPERM } from '../../abi/errno.js';
import { O_ACCMODE, O_RDONLY } from '../../abi/fcntl.js';
import { CAP_LAST_CAP, CAP_SYS_ADMIN } from '../../abi/sched.js';
import { AIO_MAX_NR, aioReserved } from '../../kernel/aio.js';
import type { Container } from '../../kernel/container.js';
import { capable } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import { changeSetting, roundPipeSize, type Settings } from '../../kernel/settings.js';
import type { Task } from '../../kernel/task.js';
import { RELEASE, VERSION } from '../../kernel/utsname.js';
import { NR_OPEN } from '../../vfs/fdtable.js';
import { PTY_MAX } from '../devpts/devpts.js';
import { LiveTree, TextLeaf, type Tree, TreeLink } from '../pseudo.js';
import { netSysctls } from './sysctl-net.js';
import { ipcSysctls, mqueueSysctls } from './sysvipc.js';

/** __NEW_UTS_LEN. */
const UTS_MAX = 64;
const INT_MAX = 2 ** 31 - 1;
/** Most events that an inotify instance may be made to queue: they are the sentry's memory. */
const QUEUE_MAX = 1 << 20;
const ACTIONS = 'kill_process kill_thread trap errno trace log allow\n';

function uuid(kernel: Kernel): string {
  const b = new Uint8Array(16);
  kernel.native.getrandom(b, 0, 16);
  b[6] = ((b[6] as number) & 0x0f) | 0x40;
  b[8] = ((b[8] as number) & 0x3f) | 0x80;
  const hex = Buffer.from(b).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A name of the sandbox that its root may change. */
function utsName(get: () => string, set: (name: string) => void): TextLeaf {
  return new TextLeaf(0o644, {
    read: () => `${get()}\n`,
    write(task: Task, text: string) {
      if (!capable(task.cred, CAP_SYS_ADMIN)) return -EPERM;
      const name = text.split(/[\n\0]/)[0] as string;
      if (name.length > UTS_MAX) return -EINVAL;
      set(name);
      return 0;
    },
  });
}

/** A number of the kernel's that root of the sandbox may change, between `min` and `max`. */
function setting(kernel: Kernel, name: keyof Settings, min: number, max: number): TextLeaf {
  const { settings } = kernel;
  return new TextLeaf(0o644, {
    read: () => `${settings[name]}\n`,
    set: (text) => changeSetting(settings, name, text, min, max),
  });
}

/** fs.pipe-max-size: rounded up to what pipes can have. */
function pipeMaxSize(kernel: Kernel): TextLeaf {
  const { settings } = kernel;
  return new TextLeaf(0o644, {
    read: () => `${settings.pipeMaxSize}\n`,
    set(text) {
      const err = changeSetting(settings, 'pipeMaxSize', text, 1, 2 ** 31);
      if (err >= 0) settings.pipeMaxSize = roundPipeSize(settings.pipeMaxSize);
      return err;
    },
  });
}

const KEY_LIMITS = [
  'gc_delay',
  'maxbytes',
  'maxkeys',
  'persistent_keyring_expiry',
  'root_maxbytes',
  'root_maxkeys',
] as const;

/** A number of the sandbox that its root may change. */
function sandboxNumber(get: () => number, set: (value: number) => void): TextLeaf {
  return new TextLeaf(0o644, {
    read: () => `${get()}\n`,
    set(text: string) {
      const value = Number(/^\s*(\d{1,10})\s*$/.exec(text)?.[1] ?? Number.NaN);
      if (!(value <= 0x7fffffff)) return -EINVAL;
      set(value);
      return 0;
    },
  });
}

/** Settings know no capabilities (fs/proc/proc_sysctl.c): not even root opens one for writing that its mode says is read-only. */
function readOnly(tree: Tree): Tree {
  const open = (_task: Task, flags: number): number => ((flags & O_ACCMODE) === O_RDONLY ? 0 : -EACCES);
  const out: Record<string, Tree[string]> = {};
  for (const [name, what] of Object.entries(tree)) {
    if (typeof what === 'string') out[name] = new TextLeaf(0o444, { read: () => what, open });
    else if (typeof what === 'function') out[name] = new TextLeaf(0o444, { read: what, open });
    else if (what instanceof TextLeaf || what instanceof TreeLink || what instanceof LiveTree)
      out[name] = what;
    else out[name] = readOnly(what);
  }
  return out;
}

/** Everything below /proc/sys. */
export function sysctlTree(container: Container): Tree {
  return readOnly(settings(container));
}

/** Settings as they are changed: texts and functions are those that nobody changes. */
export function settings(container: Container): Tree {
  const { kernel, uts } = container;
  const host = (name: string, fallback: string) => (): string => {
    const text = kernel.native.hostProc(-1, name);
    return typeof text === 'string' ? text : fallback;
  };
  const bootId = uuid(kernel);
  const openFiles = (): number => {
    const files = new Set<unknown>();
    for (const t of kernel.tasks.values()) for (const fd of t.files.fds()) files.add(t.files.get(fd));
    return files.size;
  };
  return {
    debug: {},
    dev: { tty: { legacy_tiocsti: '0\n', ldisc_autoload: '0\n' } },
    fs: {
      'aio-max-nr': `${AIO_MAX_NR}\n`,
      'aio-nr': () => `${aioReserved(kernel)}\n`,
      'dentry-state': '0\t0\t45\t0\t0\t0\n',
      epoll: { max_user_watches: '1000000\n' },
      'file-max': '9223372036854775807\n',
      'file-nr': () => `${openFiles()}\t0\t9223372036854775807\n`,
      inotify: {
        max_queued_events: setting(kernel, 'inotifyMaxQueued', 0, QUEUE_MAX),
        max_user_instances: setting(kernel, 'inotifyMaxInstances', 0, INT_MAX),
        max_user_watches: setting(kernel, 'inotifyMaxWatches', 0, INT_MAX),
      },
      'lease-break-time': setting(kernel, 'leaseBreakTime', -INT_MAX - 1, INT_MAX),
      'leases-enable': setting(kernel, 'leasesEnable', -INT_MAX - 1, INT_MAX),
      mqueue: mqueueSysctls(container),
      nr_open: `${NR_OPEN}\n`,
      overflowgid: '65534\n',
      overflowuid: '65534\n',
      'pipe-max-size': pipeMaxSize(kernel),
      'pipe-user-pages-hard': setting(kernel, 'pipeUserPagesHard', 0, 2 ** 53),
      'pipe-user-pages-soft': setting(kernel, 'pipeUserPagesSoft', 0, 2 ** 53),
      protected_fifos: '0\n',
      protected_hardlinks: '0\n',
      protected_regular: '0\n',
      protected_symlinks: '0\n',
      suid_dumpable: '0\n',
    },
    kernel: {
      cap_last_cap: `${CAP_LAST_CAP}\n`,
      core_pattern: 'core\n',
      core_uses_pid: '0\n',
      dmesg_restrict: '1\n',
      domainname: utsName(
        () => uts.domainname,
        (n) => (uts.domainname = n),
      ),
      hostname: utsName(
        () => uts.hostname,
        (n) => (uts.hostname = n),
      ),
      keys: Object.fromEntries(
        KEY_LIMITS.map((name) => [
          name,
          sandboxNumber(
            () => kernel.keys.limits[name],
            (n) => (kernel.keys.limits[name] = n),
          ),
        ]),
      ),
      kptr_restrict: '2\n',
      ...ipcSysctls(container),
      ngroups_max: '65536\n',
      osrelease: `${RELEASE}\n`,
      ostype: 'Linux\n',
      overflowgid: '65534\n',
      overflowuid: '65534\n',
      perf_event_paranoid: '4\n',
      pid_max: host('sys/kernel/pid_max', '32768\n'),
      printk: () => `${kernel.consoleLevel}\t4\t1\t7\n`,
      pty: { max: `${PTY_MAX}\n`, reserve: '1024\n' },
      random: {
        boot_id: () => `${bootId}\n`,
        entropy_avail: '256\n',
        poolsize: '256\n',
        urandom_min_reseed_secs: '60\n',
        uuid: () => `${uuid(kernel)}\n`,
        write_wakeup_threshold: '256\n',
      },
      randomize_va_space: '2\n',
      sched_autogroup_enabled: '0\n',
      sched_child_runs_first: '0\n',
      sched_rr_timeslice_ms: '100\n',
      seccomp: {
        actions_avail: ACTIONS,
        actions_logged: 'kill_process kill_thread trap errno trace log\n',
      },
      tainted: '0\n',
      'threads-max': () => `${kernel.maxTasks}\n`,
      unprivileged_bpf_disabled: '2\n',
      version: `${VERSION}\n`,
      yama: { ptrace_scope: '1\n' },
    },
    net: netSysctls(kernel),
    user: { max_user_namespaces: '0\n' },
    vm: {
      max_map_count: host('sys/vm/max_map_count', '65530\n'),
      mmap_min_addr: '65536\n',
      nr_hugepages: '0\n',
      overcommit_memory: host('sys/vm/overcommit_memory', '0\n'),
      overcommit_ratio: '50\n',
      panic_on_oom: '0\n',
      swappiness: '60\n',
    },
  };
}
