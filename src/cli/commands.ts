/** All commands of the program. Only the one that is asked for is built, for each start counts. */
import type { Command } from 'commander';
import { compatCommand } from './compat.js';
import { createCommand } from './create.js';
import { debugCommand } from './debug.js';
import { deleteCommand } from './delete.js';
import { doCommand } from './do.js';
import { eventsCommand } from './events.js';
import { execCommand } from './exec.js';
import { featuresCommand } from './features.js';
import { killCommand } from './kill.js';
import { listCommand } from './list.js';
import { pauseCommand, resumeCommand } from './pause.js';
import { profileCommand } from './profile.js';
import { psCommand } from './ps.js';
import { checkpointCommand, restoreCommand } from './refused.js';
import { runCommand } from './run.js';
import { specCommand } from './spec.js';
import { startCommand } from './start.js';
import { stateCommand } from './state.js';
import { syscallsCommand } from './syscalls.js';
import { updateCommand } from './update.js';
import { waitCommand } from './wait.js';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  build(): Command;
  /** How many arguments come before those that belong to somebody else, dashes and all; undefined: all are the command's. */
  readonly positionals?: number;
  /** It reads its arguments itself. */
  readonly raw?: boolean;
  readonly hidden?: boolean;
}

export const commandEntries: readonly CommandEntry[] = [
  { name: 'create', summary: 'create a container', build: createCommand },
  { name: 'start', summary: 'start the program of a created container', build: startCommand },
  { name: 'run', summary: 'create a container, start it, and wait for its end', build: runCommand },
  { name: 'exec', summary: 'run one more program in a container', build: execCommand, positionals: 1 },
  { name: 'state', summary: 'print the state of a container', build: stateCommand },
  { name: 'kill', summary: 'send a signal to a container', build: killCommand },
  { name: 'delete', summary: 'delete a container', build: deleteCommand },
  { name: 'list', summary: 'list containers', build: listCommand },
  { name: 'ps', summary: 'list the processes of a container', build: psCommand, positionals: 1 },
  { name: 'pause', summary: 'stop all processes of a container', build: pauseCommand },
  { name: 'resume', summary: 'let a paused container go on', build: resumeCommand },
  { name: 'wait', summary: 'wait for the end of a container or process', build: waitCommand },
  { name: 'events', summary: 'print statistics of a container', build: eventsCommand },
  { name: 'update', summary: "change a container's limits", build: updateCommand },
  { name: 'spec', summary: 'write a config.json to start from', build: specCommand },
  { name: 'features', summary: 'print what this runtime can do', build: featuresCommand },
  { name: 'debug', summary: 'look into a running sandbox', build: debugCommand },
  { name: 'checkpoint', summary: 'not supported', build: checkpointCommand, raw: true, hidden: true },
  { name: 'restore', summary: 'not supported', build: restoreCommand, raw: true, hidden: true },
  { name: 'do', summary: 'run a command in a new sandbox', build: doCommand, positionals: 0 },
  { name: 'profile', summary: 'print what do --profile has measured', build: profileCommand },
  { name: 'syscalls', summary: 'print the table of system calls', build: syscallsCommand },
  {
    name: 'compat',
    summary: 'compare sandboxes with Linux, system call by system call',
    build: compatCommand,
    raw: true,
  },
];
