/**
 * The sentry's end of the control socket. It never waits: SIGIO says that something has happened, and everything that has is then
 * taken in; what a client does not read in time is kept, and a client that keeps too much is dropped.
 */
import { EAGAIN } from '../abi/errno.js';
import type { Logger } from '../log/logger.js';
import type { Native } from '../platform/native.js';
import { encodeFrame, FrameReader } from './frames.js';
import {
  CONTROL_VERSION,
  type ControlError,
  type ControlMethod,
  type ControlRequest,
  type ControlResponse,
} from './protocol.js';

const MAX_CONNECTIONS = 256;
/** Bytes of answers that wait for one client at most. */
const MAX_UNSENT = 4 * 1024 * 1024;
const READ_SIZE = 65536;
/** Requests of one client that are answered before guests and others have their turn. */
const TURN = 4;
/** Milliseconds until a connection is tried to be accepted again for which the host had no room. */
const RETRY = 100;

/** A request that cannot be done. */
export class ControlFailure extends Error {
  constructor(
    readonly code: ControlError['code'],
    message: string,
  ) {
    super(message);
  }
}

/** One request, to be answered once, now or later. Descriptors that nobody takes are closed with the answer. */
export interface Call {
  readonly method: ControlMethod;
  readonly params: unknown;
  readonly fds: number[];
  answer(result: unknown): void;
  /** `error`: a ControlFailure, or anything else, which then is a defect of ours and goes to the log. */
  fail(error: unknown): void;
  /**
   * Has `gone` called when the client goes, now if it has gone: for what is of no use without it, also after the answer.
   * @returns ends that
   */
  tie(gone: () => void): () => void;
}

class Connection {
  private readonly reader = new FrameReader();
  private readonly fds: number[] = [];
  private unsent: Buffer[] = [];
  private unsentSize = 0;
  private readonly open = new Set<Call>();
  private readonly tied = new Set<() => void>();
  closed = false;

  constructor(
    private readonly native: Native,
    private readonly log: () => Logger,
    readonly fd: number,
    private readonly handle: (call: Call) => void,
  ) {}

  /** Takes in some of what has come, and goes on with what could not be sent. @returns whether there may be more */
  poll(): boolean {
    this.flush();
    for (;;) {
      if (this.closed) return false;
      if (this.requests(TURN)) return true;
      const bytes = Buffer.allocUnsafe(READ_SIZE);
      const n = this.native.receiveMessage(this.fd, bytes, 0, this.fds, false);
      if (n === -EAGAIN) return false;
      if (n <= 0) {
        this.close();
        return false;
      }
      this.reader.push(bytes.subarray(0, n));
    }
  }

  /** Waits for one request and hands it over. @returns false when there will be none */
  wait(): boolean {
    const bytes = Buffer.allocUnsafe(READ_SIZE);
    const n = this.native.receiveMessage(this.fd, bytes, 0, this.fds, true);
    if (n <= 0) {
      this.close();
      return false;
    }
    this.reader.push(bytes.subarray(0, n));
    this.requests(Infinity);
    return !this.closed;
  }

  /** Hands over the requests that have come, at most so many. @returns whether that many were there */
  private requests(most: number): boolean {
    try {
      for (let i = 0; i < most; i++) {
        const message = this.reader.next();
        if (message === undefined || this.closed) return false;
        this.request(message as ControlRequest);
      }
      return true;
    } catch (error) {
      this.log().warn({ err: error }, 'control: a client that speaks another language');
      this.close();
      return false;
    }
  }

  private request(request: ControlRequest): void {
    const fds = this.fds.splice(0, request.fds);
    const respond = (response: ControlResponse): void => {
      if (!this.open.delete(call)) return;
      for (const fd of fds.splice(0)) this.native.close(fd);
      this.send(encodeFrame(response));
    };
    const call: Call = {
      method: request.method,
      params: request.params,
      fds,
      answer: (result) => respond({ id: request.id, result }),
      fail: (error) => respond({ id: request.id, error: this.failure(request.method, error) }),
      tie: (gone) => this.tie(gone),
    };
    this.open.add(call);
    if (request.v !== CONTROL_VERSION) {
      call.fail(
        new ControlFailure(
          'version',
          `the sandbox speaks version ${CONTROL_VERSION} of the control protocol`,
        ),
      );
      return;
    }
    try {
      this.handle(call);
    } catch (error) {
      call.fail(error);
    }
  }

  private failure(method: string, error: unknown): ControlError {
    if (error instanceof ControlFailure) return { code: error.code, message: error.message };
    this.log().error({ err: error, method }, 'control: request failed');
    return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
  }

  private send(frame: Buffer): void {
    if (this.closed) return;
    this.unsent.push(frame);
    this.unsentSize += frame.length;
    this.flush();
    if (this.unsentSize > MAX_UNSENT) this.close();
  }

  private flush(): void {
    while (this.unsent.length > 0) {
      const first = this.unsent[0] as Buffer;
      const n = this.native.sendBytes(this.fd, first, 0);
      if (n === -EAGAIN) return;
      if (n < 0) {
        this.close();
        return;
      }
      this.unsentSize -= n;
      if (n === first.length) this.unsent.shift();
      else this.unsent[0] = first.subarray(n);
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.unsent = [];
    this.native.close(this.fd);
    for (const fd of this.fds.splice(0)) this.native.close(fd);
    for (const call of this.open) {
      for (const fd of call.fds.splice(0)) this.native.close(fd);
    }
    this.open.clear();
    for (const gone of this.tied) gone();
    this.tied.clear();
  }

  private tie(gone: () => void): () => void {
    if (this.closed) gone();
    else this.tied.add(gone);
    return () => void this.tied.delete(gone);
  }
}

export class ControlServer {
  private readonly connections = new Set<Connection>();
  private listener = -1;

  constructor(
    private readonly native: Native,
    private readonly log: () => Logger,
    private readonly handle: (call: Call) => void,
    /** Has `poll` called again after so many milliseconds, at the earliest once others have had their turn. */
    private readonly again: (delay: number) => void,
  ) {}

  /** Serves `fd`, a connected socket, one request at a time until `done` says so. @returns false if the client went away before */
  async serveFirst(fd: number, done: () => boolean, idle: () => Promise<void>): Promise<boolean> {
    const first = new Connection(this.native, this.log, fd, this.handle);
    this.connections.add(first);
    while (!done()) {
      if (!first.wait()) return false;
      await idle();
    }
    return true;
  }

  /** From now on whoever connects to `listener` is served, and all of it by `poll`. */
  listen(listener: number): void {
    this.listener = listener;
    this.native.signalSocket(listener);
    for (const c of this.connections) this.native.signalSocket(c.fd);
    this.poll();
  }

  /** To be called at each SIGIO, and when `again` was. */
  poll(): void {
    const refused = this.accept();
    const full = this.connections.size >= MAX_CONNECTIONS;
    let more = false;
    for (const c of [...this.connections]) {
      if (c.poll()) more = true;
      if (c.closed) this.connections.delete(c);
    }
    // SIGIO has told of who waits to be accepted once, and does not again.
    if (more || (full && this.connections.size < MAX_CONNECTIONS)) this.again(0);
    else if (refused) this.again(RETRY);
  }

  /** @returns whether the host has no descriptor or memory for somebody who waits */
  private accept(): boolean {
    while (this.connections.size < MAX_CONNECTIONS) {
      const fd = this.native.acceptSocket(this.listener);
      if (fd < 0) return fd !== -EAGAIN;
      this.native.signalSocket(fd);
      this.connections.add(new Connection(this.native, this.log, fd, this.handle));
    }
    return false;
  }

  /** Nobody is connected. */
  get idle(): boolean {
    return this.connections.size === 0;
  }

  /** Ends all connections. */
  close(): void {
    for (const c of this.connections) c.close();
    this.connections.clear();
  }
}
