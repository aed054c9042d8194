/** The hooks of config.json that run inside, just before a container's program: startContainer. */
import { SIGKILL } from '../abi/signal.js';
import { ControlFailure } from '../control/server.js';
import type { Container } from '../kernel/container.js';
import type { WaitStatus } from '../kernel/task.js';
import type { ContainerSpec, ProcessSpec } from './container-spec.js';
import { GuestProcess, type ProcessMaker } from './guest-process.js';
import { ReceivedFds } from './received-files.js';

type Hook = ContainerSpec['startHooks'][number];

/** Of what a failing hook says, so much is passed on. */
const MAX_SAID = 1024;

/**
 * Runs the hooks one after the other, as the container's own user and with its rights.
 * @param done told that all have succeeded, or which has not
 */
export function runStartHooks(
  maker: ProcessMaker,
  container: Container,
  spec: ContainerSpec,
  done: (failure: ControlFailure | undefined) => void,
): void {
  const next = (index: number): void => {
    const hook = spec.startHooks[index];
    if (hook === undefined) {
      done(undefined);
      return;
    }
    runHook(maker, container, spec, hook, (failure) => {
      if (failure === undefined) next(index + 1);
      else done(new ControlFailure('refused', `hooks.startContainer[${index}]: ${hook.path}: ${failure}`));
    });
  };
  next(0);
}

function runHook(
  maker: ProcessMaker,
  container: Container,
  spec: ContainerSpec,
  hook: Hook,
  done: (failure: string | undefined) => void,
): void {
  const { kernel } = container;
  const { native } = kernel;
  const state = Buffer.from(spec.hookState ?? '', 'utf8');
  const input = native.memfd('state');
  // The sentry keeps one more descriptor of what it says.
  const said = native.memfd('said');
  const output = native.reopenReadOnly(said);
  native.pwrite(input, state, 0, state.length, 0);
  const { terminal: _terminal, stub: _stub, consoleSize: _size, ...own } = spec.process;
  const process: ProcessSpec = {
    ...own,
    program: hook.path,
    args: hook.args.length > 0 ? hook.args : [hook.path],
    env: hook.env,
    cwd: '/',
    files: [
      { guestFd: 0, fd: 0 },
      { guestFd: 1, fd: 1 },
    ],
  };
  const fds = [input, said];
  GuestProcess.prepare(maker, container, process, new ReceivedFds(fds), false, (result) => {
    if (!(result instanceof GuestProcess)) {
      for (const fd of [...fds, output]) if (fd >= 0) native.close(fd);
      done(result.message);
      return;
    }
    const patience =
      hook.timeout === undefined
        ? undefined
        : kernel.timers.add(kernel.now() + hook.timeout * 1000, () => result.kill());
    result.onEnd.push((status) => {
      if (patience !== undefined) kernel.timers.cancel(patience);
      const text = Buffer.alloc(MAX_SAID);
      const n = native.pread(output, text, 0, MAX_SAID, 0);
      native.close(output);
      done(status === 0 ? undefined : failureOf(status, hook, text.toString('utf8', 0, Math.max(0, n))));
    });
    try {
      result.begin();
    } catch {
      // Its program has become impossible in this very moment.
      result.kill();
    }
  });
}

function failureOf(status: WaitStatus, hook: Hook, said: string): string {
  const signal = status & 0x7f;
  let how = signal === 0 ? `exit status ${(status >> 8) & 0xff}` : `ended by signal ${signal}`;
  if (signal === SIGKILL && hook.timeout !== undefined) how += ` (timeout ${hook.timeout} s)`;
  const line = said.trim().replaceAll(/\s*\n\s*/g, '; ');
  return line === '' ? how : `${how}: ${line}`;
}
