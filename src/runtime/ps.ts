/** `ps`. */
import { spawnSync } from 'node:child_process';
import type { ProcessInfo } from '../control/protocol.js';
import { RuntimeError } from './errors.js';
import type { Runtime } from './runtime.js';
import { statusOf } from './status.js';

/** The processes of a container; none once it has stopped. @throws RuntimeError */
export async function containerProcesses(runtime: Runtime, id: string): Promise<readonly ProcessInfo[]> {
  const record = runtime.state.get(id);
  const connection = statusOf(record) === 'stopped' ? undefined : runtime.connect(record);
  if (connection === undefined) return [];
  try {
    return await connection.request('ps', { id });
  } finally {
    connection.close();
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** When a process has begun, as ps(1) has it: the time today, else the day. */
function startTime(started: number, now: Date): string {
  const date = new Date(started);
  if (date.toDateString() !== now.toDateString()) {
    return `${MONTHS[date.getMonth()]}${String(date.getDate()).padStart(2, '0')}`;
  }
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

/** HH:MM:SS of processor time. */
function cpuTime(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** Percent of one processor since the process has begun, as a whole number. */
function share({ cpu, started }: ProcessInfo, now: Date): number {
  return Math.min(99, Math.floor((cpu * 100) / Math.max(1, now.getTime() - started)));
}

const COLUMNS = ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'];
/** Which of them are text; numbers are right-aligned. */
const TEXT = new Set(['UID', 'TTY', 'CMD']);

/** Processes as `ps -ef` prints them, numbered as inside. */
export function processTable(processes: readonly ProcessInfo[], now: Date = new Date()): string {
  const rows = processes.map((info) => [
    info.uid === 0 ? 'root' : String(info.uid),
    String(info.pid),
    String(info.ppid),
    String(share(info, now)),
    startTime(info.started, now),
    info.tty,
    cpuTime(info.cpu),
    info.command,
  ]);
  const table = [COLUMNS, ...rows];
  const widths = COLUMNS.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return TEXT.has(COLUMNS[column] ?? '') ? cell.padEnd(width) : cell.padStart(width);
      })
      .join(' ')
      .trimEnd();
  return table.map(line).join('\n');
}

/**
 * What ps(1) of the host prints of the processes with these options.
 *
 * @throws RuntimeError if it cannot be run, or has no column of pids
 */
export async function hostTable(processes: readonly ProcessInfo[], args: readonly string[]): Promise<string> {
  const { status, stdout, stderr, error } = spawnSync('ps', args, {
    encoding: 'utf8',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...process.env },
  });
  if (error !== undefined) throw new RuntimeError(`ps: ${error.message}`);
  if (status !== 0) throw new RuntimeError(`ps: ${stderr.trim() || `ended with status ${status}`}`);
  const [header = '', ...lines] = stdout.trimEnd().split('\n');
  const column = header.trim().split(/\s+/).indexOf('PID');
  if (column < 0) throw new RuntimeError("ps: couldn't find PID field in ps output");
  const pids = new Set(processes.map(({ hostPid }) => String(hostPid)));
  return [header, ...lines.filter((text) => pids.has(text.trim().split(/\s+/)[column] ?? ''))].join('\n');
}
