/** `tvisor exec`: one more program in a container. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { ExecOverrides } from '../runtime/exec-process.js';
import { contextOf } from './context.js';
import {
  accepted,
  addProcessFlags,
  append,
  type ProcessFlags,
  parseCount,
  parseDescriptors,
  processPaths,
} from './flags/common.js';
import { parseUser } from './options.js';
import { UsageError } from './usage-error.js';

interface ExecFlags extends ProcessFlags {
  process?: string;
  detach?: true;
  tty?: true;
  cwd?: string;
  env?: string[];
  user?: string;
  additionalGids?: string[];
  cap?: string[];
  newPrivs: boolean;
  ignorePaused?: true;
  processLabel?: string;
  apparmor?: string;
  internalPidFile?: string;
}

/** Exit status when the program could not be run for another reason than that it is not there: runc's. */
const EXEC_FAILED = 255;

/** What the flags change of the process that config.json describes. @throws UsageError */
function overrides(flags: ExecFlags): ExecOverrides {
  const env = flags.env ?? [];
  for (const entry of env) {
    if (!/^[^=]+=/.test(entry)) throw new UsageError('--env', `'${entry}': expected NAME=value`);
  }
  const user = flags.user === undefined ? undefined : execUser(flags.user);
  return {
    env,
    ...(flags.cwd === undefined ? {} : { cwd: flags.cwd }),
    ...(user === undefined ? {} : { user }),
    additionalGids: (flags.additionalGids ?? [])
      .flatMap((gids) => gids.split(','))
      .map((gid) => parseCount('--additional-gids', gid, 0xffff_fffe)),
    capabilities: (flags.cap ?? []).flatMap((names) => names.split(',')),
    ...(flags.tty === undefined ? {} : { terminal: true }),
    ...(flags.newPrivs ? {} : { noNewPrivileges: true }),
  };
}

/** `UID[:GID]`: the group stays that of config.json if it is left out. */
function execUser(text: string): { uid: number; gid?: number } {
  const { uid, gid } = parseUser(text);
  return text.includes(':') ? { uid, gid } : { uid };
}

async function exec(id: string, args: string[], flags: ExecFlags, command: Command): Promise<void> {
  if (flags.process === undefined && args.length === 0) {
    throw new UsageError('COMMAND', 'missing: say what to run, or give --process');
  }
  const options = {
    id,
    args,
    ...(flags.process === undefined ? {} : { processFile: resolve(flags.process) }),
    overrides: overrides(flags),
    ...processPaths(flags),
    ...(flags.internalPidFile ? { internalPidFile: resolve(flags.internalPidFile) } : {}),
    descriptors: parseDescriptors(flags),
    detach: flags.detach === true,
    ignorePaused: flags.ignorePaused === true,
  };
  const context = contextOf(command);
  for (const label of ['processLabel', 'apparmor'] as const) {
    if (flags[label]) context.report.warn(`${flags[label]}: no such profile holds inside a sandbox`);
  }
  const { Runtime } = await import('../runtime/runtime.js');
  const { execProcess } = await import('../runtime/exec.js');
  const { EXIT_FAILURE, RuntimeError } = await import('../runtime/errors.js');
  try {
    process.exitCode = await execProcess(new Runtime(context), options);
  } catch (error) {
    if (error instanceof RuntimeError && error.status !== EXIT_FAILURE) throw error;
    throw new RuntimeError(error instanceof Error ? error.message : String(error), EXEC_FAILED);
  }
}

const notes = `
Exit status: the program's own; 128+N if signal N ended it; 126 if it cannot be executed, 127 if it is not found; 255 if
tvisor itself fails.`;

/** The command, for the program to add to its own. */
export function execCommand(): Command {
  const command = addProcessFlags(
    new Command('exec')
      .summary('run one more program in a container')
      .description("Run COMMAND in a container, as config.json's process with what the options change.")
      .usage('[options] ID COMMAND [ARG...]  |  [options] --process FILE ID')
      .argument('<id>')
      .argument('[command...]')
      .option('-p, --process <file>', 'what to run: JSON, like process of config.json')
      .option('-d, --detach', 'do not wait for the end')
      .option('-t, --tty', 'give it a terminal')
      .option('--cwd <path>', 'working directory')
      .option('-e, --env <name=value>', 'set a variable; repeat for more', append)
      .option('-u, --user <uid[:gid]>', 'numeric user and group')
      .option('-g, --additional-gids <gid>', 'supplementary group; repeat for more', append)
      .option('-c, --cap <name>', 'a capability more; repeat for more', append)
      .option('--no-new-privs', 'no_new_privs is set')
      .option('--ignore-paused', 'also in a paused container, where it begins when that is resumed')
      .option('--internal-pid-file <path>', "write the process's pid inside to this file"),
  );
  return accepted(
    command,
    '--no-subreaper',
    '--process-label <label>',
    '--apparmor <profile>',
    '--user-log <path>',
  )
    .addHelpText('after', notes)
    .action(exec);
}
