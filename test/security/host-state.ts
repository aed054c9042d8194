/** What a sandbox could leave behind on the host: processes, mounts, temporary files, cgroups. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process of the host; the start time tells it from a later one with the same pid. */
export interface HostProcess {
  pid: number;
  parent: number;
  start: string;
  state: string;
}

function readProcess(pid: number): HostProcess | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { pid, state: fields[0] ?? '', parent: Number(fields[1]), start: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

/** All processes of the host. */
export function processes(): HostProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((entry) => entry !== undefined);
}

/** A process and all that descend from it. */
export function family(root: number): HostProcess[] {
  const all = processes();
  const members = new Set([root]);
  for (let size = 0; size !== members.size; ) {
    size = members.size;
    for (const entry of all) {
      if (members.has(entry.parent)) {
        members.add(entry.pid);
      }
    }
  }
  return all.filter((entry) => members.has(entry.pid));
}

/** Is it the same process, not yet gone? A zombie that nobody has waited for is not gone. */
export function isAlive(entry: HostProcess): boolean {
  return readProcess(entry.pid)?.start === entry.start;
}

/** Is it the first process of a PID namespace other than this one? */
export function isNamespaceInit(pid: number): boolean {
  try {
    const match = /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    const numbers = (match?.[1] ?? '').split(/\s+/);
    return numbers.length > 1 && numbers.at(-1) === '1';
  } catch {
    return false;
  }
}

/** Processes whose environment holds a text. */
export function processesWith(mark: string): number[] {
  return processes()
    .filter(({ pid }) => {
      try {
        return pid !== process.pid && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
      } catch {
        return false;
      }
    })
    .map(({ pid }) => pid);
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory).map((name) => join(directory, name));
  } catch {
    return [];
  }
}

/** Directories below one, in depth first order. */
function directories(root: string): string[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap((entry) => [join(root, entry.name), ...directories(join(root, entry.name))]);
  } catch {
    return [];
  }
}

/** What a sandbox or its guest would call things. Other programs of the machine come and go in the same directories. */
const ours = /tvisor|guest|sandbox/i;

/** Names of everything that outlives a process. Those of the tests themselves are left out. */
export function leftovers(): Set<string> {
  const mounts = readFileSync('/proc/self/mountinfo', 'latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `mount ${line.split(' ')[0]} ${line.split(' ')[4]}`);
  const files = ['/tmp', '/var/tmp', '/dev/shm', '/run', `/run/user/${process.getuid?.()}`].flatMap(names);
  const cgroups = directories('/sys/fs/cgroup').map((path) => `cgroup ${path}`);
  const named = [...files, ...cgroups].filter((name) => ours.test(name));
  return new Set([...mounts, ...named].filter((name) => !/tvisor-(test|scratch)-/.test(name)));
}
