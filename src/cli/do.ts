/** `tvisor do`: run one command in a new sandbox. */
import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { LogLevel } from '../log/levels.js';
import type { SandboxSpec } from '../sentry/spec.js';
import { appendPlaced, type NetworkOptions, networkSpec } from './network-options.js';
import * as parse from './options.js';
import { UsageError } from './usage-error.js';

/** The options as commander hands them over: unchecked text. */
export interface DoOptions extends NetworkOptions {
  root: string;
  cwd?: string;
  env?: string[];
  user?: string;
  hostname?: string;
  volume?: string[];
  fastLane: boolean;
  hostUds: string;
  strace?: true;
  profile?: string;
  log?: string;
  logLevel?: string;
  logFormat: string;
}

function append(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

/** A command's own standard error stays clean: remarks of the sandbox go where somebody asked for them. */
function defaultLevel(strace: boolean, file: string | undefined): LogLevel {
  if (strace) return 'info';
  return file === undefined ? 'error' : 'warn';
}

/** The caller's working directory if there is one of that name under `root`, else `/`. */
function defaultCwd(root: string): string {
  try {
    const cwd = process.cwd();
    return statSync(join(root, cwd)).isDirectory() ? cwd : '/';
  } catch {
    return '/';
  }
}

/** The caller's own identity, or what `--user` says, then without supplementary groups. */
function identity(user: string | undefined): Pick<SandboxSpec, 'uid' | 'gid' | 'groups'> {
  if (user !== undefined) return { ...parse.parseUser(user), groups: [] };
  return {
    uid: process.geteuid?.() ?? 0,
    gid: process.getegid?.() ?? 0,
    groups: process.getgroups?.() ?? [],
  };
}

/**
 * What the command line asks for.
 *
 * @throws UsageError for the first value that is not right
 */
export function toSpec(argv: string[], options: DoOptions): SandboxSpec {
  if (argv.length === 0) throw new UsageError('COMMAND', 'missing: say what to run');
  const root = parse.parseRoot(options.root);
  const strace = options.strace === true;
  return {
    argv,
    env: parse.parseEnv(options.env ?? [], process.env),
    cwd: options.cwd === undefined ? defaultCwd(root) : parse.parseCwd(options.cwd),
    root,
    ...identity(options.user),
    hostname: options.hostname === undefined ? hostname() : parse.parseHostname(options.hostname),
    volumes: (options.volume ?? []).map(parse.parseVolume),
    ...networkSpec(options),
    fastLane: options.fastLane,
    hostUds: parse.parseHostUds(options.hostUds),
    strace,
    ...(options.profile === undefined ? {} : { profile: resolve(options.profile) }),
    log: {
      ...(options.log === undefined ? {} : { file: resolve(options.log) }),
      // The lines of --strace are records of level info.
      level:
        options.logLevel === undefined
          ? defaultLevel(strace, options.log)
          : parse.parseLogLevel(options.logLevel),
      format: parse.parseLogFormat(options.logFormat),
    },
  };
}

async function runDo(argv: string[], options: DoOptions): Promise<void> {
  const spec = toSpec(argv, options);
  const { runSandbox } = await import('../sentry/run.js');
  process.exit(await runSandbox(spec));
}

const notes = `
Options after COMMAND belong to COMMAND. The guest may write anywhere: what it writes stays in memory and is gone when
the sandbox ends, except below a --volume that is not read-only.

Exit status: the command's own; 128+N if signal N ended it; 126 if it cannot be executed, 127 if it is not found;
128 if tvisor itself fails.

Examples:
  tvisor do uname -a
  tvisor do --volume .:/src:ro --cwd /src -- make -n
  tvisor do --user 65534 --env LANG=C --strace --log calls.txt ls /`;

/** The command, for the program to add to its own. */
export function doCommand(): Command {
  return new Command('do')
    .summary('run a command in a new sandbox')
    .description(
      "Run COMMAND in a new sandbox that sees this machine's files, read-only under an in-memory overlay.",
    )
    .usage('[options] [--] COMMAND [ARG...]')
    .argument('[command...]')
    .passThroughOptions()
    .option('--root <dir>', 'host directory that becomes the root of the sandbox', '/')
    .option('--cwd <path>', "working directory inside (default: the caller's if it exists there, else /)")
    .option(
      '-e, --env <name=value>',
      "set a variable; repeat for more (a lone NAME: the caller's value)",
      append,
    )
    .option('-u, --user <uid[:gid]>', "numeric user and group (default: the caller's; GID defaults to UID)")
    .option('--hostname <name>', "host name inside (default: the machine's)")
    .option('-v, --volume <host:guest[:ro]>', 'make a host directory visible inside; repeat for more', append)
    .option(
      '--host-uds <mode>',
      'unix sockets of the host in volumes: none, open (guests connect to those that there are), create (those that guests ' +
        "make there are the host's too) or all",
      'none',
    )
    .option(
      '--network <mode>',
      "network access: none (a loopback device of its own), filtered (that, and what rules let through) or host (the host's " +
        'network as it is)',
      'none',
    )
    .option(
      '--network-namespace <path>',
      "network namespace that stands for the host's network (default: the caller's)",
    )
    .option(
      '-p, --publish <[ip:]hostport:port[/udp]>',
      'lead a TCP (or UDP) port of the host to a port inside; repeat for more',
      append,
    )
    .option(
      '--allow <rule>',
      'with --network filtered: let through [in:][tcp:|udp:|icmp:|dns:]HOST[:PORTS]; HOST is a name, *.NAME, ADDRESS[/BITS] or ' +
        '*; repeat for more, the first rule that fits decides',
      appendPlaced,
    )
    .option('--deny <rule>', 'refuse the same', appendPlaced)
    .option('--network-rules <file>', 'rules from a JSON file, in this place among them', appendPlaced)
    .option(
      '--dns <address[:port]>',
      "server that allowed names are asked of; repeat for more (default: the host's)",
      append,
    )
    .option('--network-log <file>', 'append one JSON line for every decision of the filter')
    .option('--no-fast-lane', 'make a system call of every read and write of a connection')
    .option('--strace', 'log one line for every system call')
    .option(
      '--profile <file>',
      'measure every system call and sample the sentry: writes FILE (see tvisor profile) and FILE.cpuprofile',
    )
    .option('--log <file>', 'append the log to a file (default: standard error)')
    .option(
      '--log-level <level>',
      'trace, debug, info, warn, error, fatal or silent (default: error; warn with --log; info with --strace)',
    )
    .option('--log-format <format>', 'text or json', 'text')
    .addHelpText('after', notes)
    .action(runDo);
}
