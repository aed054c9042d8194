/** Which settings of /proc/sys belong to a namespace (sysctl(8) names, with dots). */

const IPC = new Set(
  'msgmax msgmnb msgmni sem shmall shmmax shmmni shm_rmid_forced auto_msgmni msg_next_id sem_next_id shm_next_id'
    .split(' ')
    .map((name) => `kernel.${name}`),
);

/** @returns the type of the namespace that has the setting for itself, undefined if it is the whole machine's */
export function sysctlNamespace(name: string): 'ipc' | 'network' | 'uts' | 'user' | undefined {
  // A name may be written as a path, too, and then a dot belongs to it.
  const dotted = name.indexOf('/') >= 0 ? name.replaceAll('/', '.') : name;
  if (IPC.has(dotted) || dotted.startsWith('fs.mqueue.')) return 'ipc';
  if (dotted.startsWith('net.')) return 'network';
  if (dotted === 'kernel.domainname') return 'uts';
  return dotted.startsWith('user.') ? 'user' : undefined;
}

/** The names of directories and file below /proc/sys. A name has dots between them, or slashes, and then dots belong to them. */
export function sysctlParts(name: string): string[] {
  const dot = name.indexOf('.');
  const slash = name.indexOf('/');
  return slash >= 0 && (dot < 0 || slash < dot)
    ? name.split('/')
    : name.split('.').map((p) => p.replaceAll('/', '.'));
}
