/** All commands of the program. Only the one that is asked for is loaded and built, for each start counts. */
import type { Command } from 'commander';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  build(): Promise<Command>;
  /** How many arguments come before those that belong to somebody else, dashes and all; undefined: all are the command's. */
  readonly positionals?: number;
  /** It reads its arguments itself. */
  readonly raw?: boolean;
  readonly hidden?: boolean;
}

export const commandEntries: readonly CommandEntry[] = [
  {
    name: 'create',
    summary: 'create a container',
    build: async () => (await import('./create.js')).createCommand(),
  },
  {
    name: 'start',
    summary: 'start the program of a created container',
    build: async () => (await import('./start.js')).startCommand(),
  },
  {
    name: 'run',
    summary: 'create a container, start it, and wait for its end',
    build: async () => (await import('./run.js')).runCommand(),
  },
  {
    name: 'exec',
    summary: 'run one more program in a container',
    build: async () => (await import('./exec.js')).execCommand(),
    positionals: 1,
  },
  {
    name: 'state',
    summary: 'print the state of a container',
    build: async () => (await import('./state.js')).stateCommand(),
  },
  {
    name: 'kill',
    summary: 'send a signal to a container',
    build: async () => (await import('./kill.js')).killCommand(),
  },
  {
    name: 'delete',
    summary: 'delete a container',
    build: async () => (await import('./delete.js')).deleteCommand(),
  },
  { name: 'list', summary: 'list containers', build: async () => (await import('./list.js')).listCommand() },
  {
    name: 'ps',
    summary: 'list the processes of a container',
    build: async () => (await import('./ps.js')).psCommand(),
    positionals: 1,
  },
  {
    name: 'pause',
    summary: 'stop all processes of a container',
    build: async () => (await import('./pause.js')).pauseCommand(),
  },
  {
    name: 'resume',
    summary: 'let a paused container go on',
    build: async () => (await import('./pause.js')).resumeCommand(),
  },
  {
    name: 'wait',
    summary: 'wait for the end of a container or process',
    build: async () => (await import('./wait.js')).waitCommand(),
  },
  {
    name: 'events',
    summary: 'print statistics of a container',
    build: async () => (await import('./events.js')).eventsCommand(),
  },
  {
    name: 'update',
    summary: "change a container's limits",
    build: async () => (await import('./update.js')).updateCommand(),
  },
  {
    name: 'spec',
    summary: 'write a config.json to start from',
    build: async () => (await import('./spec.js')).specCommand(),
  },
  {
    name: 'features',
    summary: 'print what this runtime can do',
    build: async () => (await import('./features.js')).featuresCommand(),
  },
  {
    name: 'debug',
    summary: 'look into a running sandbox',
    build: async () => (await import('./debug.js')).debugCommand(),
  },
  {
    name: 'checkpoint',
    summary: 'not supported',
    build: async () => (await import('./refused.js')).checkpointCommand(),
    raw: true,
    hidden: true,
  },
  {
    name: 'restore',
    summary: 'not supported',
    build: async () => (await import('./refused.js')).restoreCommand(),
    raw: true,
    hidden: true,
  },
  {
    name: 'do',
    summary: 'run a command in a new sandbox',
    build: async () => (await import('./do.js')).doCommand(),
    positionals: 0,
  },
  {
    name: 'profile',
    summary: 'print what do --profile has measured',
    build: async () => (await import('./profile.js')).profileCommand(),
  },
  {
    name: 'syscalls',
    summary: 'print the table of system calls',
    build: async () => (await import('./syscalls.js')).syscallsCommand(),
  },
  {
    name: 'compat',
    summary: 'compare sandboxes with Linux, system call by system call',
    build: async () => (await import('./compat.js')).compatCommand(),
    raw: true,
  },
];
