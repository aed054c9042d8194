/** From a command's name to its program, as execvp(3) looks for it. */
import { EACCES, ELOOP, ENOENT, ENOEXEC, ENOTDIR } from '../abi/errno.js';
import { AT_FDCWD } from '../abi/fcntl.js';
import { type ExecImage, prepareExec } from '../kernel/exec.js';
import type { Task } from '../kernel/task.js';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Finds and checks the program: names with a slash as they are, others along PATH of `env`.
 * @param command, env byte strings
 * @returns the image, which must then be loaded or released, or -errno
 */
export function findCommand(task: Task, command: string, env: readonly string[]): ExecImage | number {
  if (command === '') return -ENOENT;
  if (command.includes('/')) return prepareExec(task, AT_FDCWD, command, 0);
  const path = env.find((e) => e.startsWith('PATH='))?.slice(5) ?? DEFAULT_PATH;
  let failure = -ENOENT;
  for (const dir of path.split(':')) {
    const image = prepareExec(task, AT_FDCWD, `${dir === '' ? '.' : dir}/${command}`, 0);
    if (typeof image !== 'number') return image;
    if (image !== -ENOENT && image !== -ENOTDIR) failure = image;
  }
  return failure;
}

/** True for the ways of not being there at all (exit status 127); the others are 126. */
export function isMissing(errno: number): boolean {
  return errno === -ENOENT || errno === -ENOTDIR;
}

/**
 * Why a command cannot be run, in the words of Go's os/exec that engines look for to tell 126 from 127.
 * @param command as it was given, an ordinary string
 */
export function commandFailure(command: string, errno: number): string {
  const quoted = JSON.stringify(command);
  if (!command.includes('/') && isMissing(errno))
    return `exec: ${quoted}: executable file not found in $PATH`;
  switch (errno) {
    case -ENOENT:
      return `exec: ${quoted}: stat ${command}: no such file or directory`;
    case -ENOTDIR:
      return `exec: ${quoted}: stat ${command}: not a directory: no such file or directory`;
    case -EACCES:
      return `exec: ${quoted}: permission denied`;
    case -ENOEXEC:
      return `exec ${command}: exec format error`;
    case -ELOOP:
      return `exec ${command}: too many levels of symbolic links`;
    default:
      return `exec ${command}: errno ${-errno}`;
  }
}
