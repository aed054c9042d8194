/** A client of a sandbox's control socket: the command line's, and a library's. */
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { Native } from '../platform/native.js';
import { encodeFrame, FrameReader } from './frames.js';
import {
  CONTROL_VERSION,
  type ControlError,
  type ControlMethod,
  type ControlMethods,
  type ControlResponse,
  MAX_FRAME_FDS,
} from './protocol.js';

/** A request that the sandbox refused, or that it can no longer answer (`gone`). */
export class ControlRequestError extends Error {
  constructor(
    readonly code: ControlError['code'] | 'gone',
    message: string,
  ) {
    super(message);
    this.name = 'ControlRequestError';
  }
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: ControlRequestError): void;
}

type ClientNative = Pick<Native, 'sendMessage'>;

export class ControlClient {
  private readonly waiting = new Map<number, Waiting>();
  private readonly reader = new FrameReader();
  private readonly socket: Socket;
  private nextId = 1;
  private ended: ControlRequestError | undefined;

  /** @param fd a connected stream socket, which becomes the client's to close */
  constructor(
    private readonly native: ClientNative,
    private readonly fd: number,
  ) {
    // Loaded with the first connection: commands that start a sandbox have it boot meanwhile.
    const net = createRequire(import.meta.url)('node:net') as typeof import('node:net');
    this.socket = new net.Socket({ fd, readable: true, writable: false });
    this.socket.on('data', (bytes) => this.received(bytes));
    this.socket.on('error', (error) => this.gone(error.message));
    this.socket.on('close', () => this.gone('the sandbox has ended'));
  }

  /**
   * Makes one request. @param fds descriptors that its parameters speak of; they stay the caller's to close
   * @returns the result; rejects with ControlRequestError
   */
  request<M extends ControlMethod>(
    method: M,
    params: ControlMethods[M]['params'],
    fds: readonly number[] = [],
  ): Promise<ControlMethods[M]['result']> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    if (fds.length > MAX_FRAME_FDS)
      return Promise.reject(new ControlRequestError('invalid', `more than ${MAX_FRAME_FDS} descriptors`));
    const id = this.nextId++;
    const frame = encodeFrame({ v: CONTROL_VERSION, id, method, params, fds: fds.length });
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      const r = this.native.sendMessage(this.fd, frame, fds);
      if (r < 0) this.gone('the sandbox has ended');
    });
  }

  close(): void {
    this.gone('the connection was closed');
    this.socket.destroy();
  }

  private received(bytes: Buffer): void {
    this.reader.push(bytes);
    try {
      for (;;) {
        const message = this.reader.next() as ControlResponse | undefined;
        if (message === undefined) return;
        this.answered(message);
      }
    } catch {
      this.gone('the sandbox sent what is no answer');
      this.socket.destroy();
    }
  }

  private answered(response: ControlResponse): void {
    const waiting = this.waiting.get(response.id);
    this.waiting.delete(response.id);
    if ('error' in response)
      waiting?.reject(new ControlRequestError(response.error.code, response.error.message));
    else waiting?.resolve(response.result);
  }

  private gone(message: string): void {
    this.ended ??= new ControlRequestError('gone', message);
    for (const w of this.waiting.values()) w.reject(this.ended);
    this.waiting.clear();
  }
}
