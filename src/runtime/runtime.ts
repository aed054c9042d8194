/** What the commands of the runtime share: the state directory, the settings, and the way to sandboxes. */
import { join } from 'node:path';
import { ControlClient, ControlRequestError } from '../control/client.js';
import type { ControlMethod, ControlMethods } from '../control/protocol.js';
import { loadAddon } from '../platform/addon.js';
import { RuntimeError } from './errors.js';
import { connectSocket, HostError, lockFile } from './host.js';
import type { ContainerRecord } from './record.js';
import type { Messages, RuntimeContext, RuntimeSettings } from './settings.js';
import { StateDirectory } from './state.js';

/** Name of the control socket in a sandbox's directory. */
export const CONTROL_SOCKET = 'control';

/** Milliseconds for an answer of a sandbox that has nothing to wait for. */
const PATIENCE = 30_000;

/** Words of ours for what a sandbox answers, where its own would not do; and exit statuses. */
const STATUS: Partial<Record<ControlRequestError['code'], number>> = {
  'no-such-program': 127,
  'not-executable': 126,
};

/** What a request's failure is for the caller of a command. */
export function asRuntimeError(error: unknown): unknown {
  if (!(error instanceof ControlRequestError)) return error;
  if (error.code === 'gone') return new RuntimeError('container not running: its sandbox has ended');
  return new RuntimeError(error.message, STATUS[error.code]);
}

/** A connection to a sandbox. */
export class Connection {
  constructor(readonly client: ControlClient) {}

  /**
   * Make a request and wait for its answer.
   *
   * @param patience milliseconds; Infinity: as long as it takes
   * @throws RuntimeError
   */
  async request<M extends ControlMethod>(
    method: M,
    params: ControlMethods[M]['params'],
    fds: readonly number[] = [],
    patience: number = PATIENCE,
  ): Promise<ControlMethods[M]['result']> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      if (patience === Number.POSITIVE_INFINITY) return;
      timer = setTimeout(() => reject(new RuntimeError(`the sandbox does not answer (${method})`)), patience);
    });
    try {
      return await Promise.race([this.client.request(method, params, fds), late]);
    } catch (error) {
      throw asRuntimeError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.client.close();
  }
}

export class Runtime {
  readonly state: StateDirectory;
  readonly settings: RuntimeSettings;
  readonly report: Messages;

  constructor(private readonly context: RuntimeContext) {
    this.state = new StateDirectory(context.root, (fd) => lockFile(fd, 'exclusive', false));
    this.settings = context.flags;
    this.report = context.report;
  }

  /** The settings as annotations of a config.json change them. */
  settingsFor(annotations: Readonly<Record<string, string>>): RuntimeSettings {
    return this.context.flagsFor(annotations);
  }

  /** A connection over a socket, which becomes the connection's to close. */
  connection(fd: number): Connection {
    return new Connection(new ControlClient(loadAddon().native, fd));
  }

  /** Connect to the sandbox of a container; undefined if it has ended. @throws HostError */
  connect({ sandbox }: ContainerRecord): Connection | undefined {
    return sandbox === undefined ? undefined : this.connectSandbox(sandbox);
  }

  /** The same by the sandbox's id. */
  connectSandbox(id: string): Connection | undefined {
    try {
      return this.connection(connectSocket(join(this.state.sandboxes, id, CONTROL_SOCKET)));
    } catch (error) {
      if (error instanceof HostError && ['ENOENT', 'ECONNREFUSED'].includes(error.code)) return undefined;
      throw error;
    }
  }
}
