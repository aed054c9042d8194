/** The directives at the top of a guest script: `# shells: bash busybox`, `# needs: gcc`, `# timeout: 60`. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** A shell script that runs natively and in the sandbox. */
export interface ScriptFile {
  name: string;
  path: string;
  shells: string[];
  needs: string[];
  /** Milliseconds a run may take. */
  timeout: number;
}

const directive = /^# (shells|needs|timeout): (.*)$/;
const DEFAULT_TIMEOUT_SECONDS = 60;

/**
 * Read a script's directives: the comment lines at its top that look like one.
 *
 * @param path absolute path of the script
 */
export function readScript(path: string): ScriptFile {
  const values = new Map<string, string>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const match = directive.exec(line);
    if (match) {
      values.set(match[1] ?? '', match[2] ?? '');
    } else if (!line.startsWith('#')) {
      break;
    }
  }
  const words = (name: string): string[] => (values.get(name) ?? '').split(' ').filter((word) => word !== '');
  return {
    name: basename(path, '.sh'),
    path,
    shells: words('shells'),
    needs: words('needs'),
    timeout: Number(values.get('timeout') ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
  };
}

/** The command that interprets a script: the shell's name as directives spell it, and its arguments. */
export function shellCommand(shell: string): string[] {
  return shell === 'busybox' ? ['busybox', 'sh'] : [shell];
}
