/**
 * The sentry's end of the socket to a stub (addon/stub): the process of the host that stands for a guest's. The sentry tells it how the
 * guest's process has ended, which it then does too; it tells the sentry which signals it was sent.
 */
import { EAGAIN } from '../abi/errno.js';
import type { Native } from '../platform/native.js';

/** Bytes of a message either way: an int32. */
const MESSAGE = 4;

export interface StubHooks {
  /** The stub was sent a signal that can be caught. */
  signal(signo: number): void;
  /** The stub is gone: killed, if nobody has told it to end. */
  gone(): void;
}

export class StubLink {
  private partial = Buffer.alloc(0);
  closed = false;

  /** @param fd the socket, which becomes the link's to close */
  constructor(
    private readonly native: Native,
    private readonly fd: number,
    private readonly hooks: StubHooks,
  ) {
    native.signalSocket(fd);
  }

  /** Takes in what has come; to be called at each SIGIO. */
  poll(): void {
    const buffer = Buffer.alloc(64);
    while (!this.closed) {
      const fds: number[] = [];
      const n = this.native.receiveMessage(this.fd, buffer, 0, fds, false);
      for (const fd of fds) this.native.close(fd);
      if (n === -EAGAIN) return;
      if (n <= 0) {
        this.close();
        this.hooks.gone();
        return;
      }
      let bytes = Buffer.concat([this.partial, buffer.subarray(0, n)]);
      for (; bytes.length >= MESSAGE; bytes = bytes.subarray(MESSAGE))
        this.hooks.signal(bytes.readInt32LE(0));
      this.partial = Buffer.from(bytes);
    }
  }

  /** Tells the stub to end as the guest's process has. @param status as wait4(2) encodes it */
  exit(status: number): void {
    if (this.closed) return;
    const bytes = Buffer.alloc(MESSAGE);
    bytes.writeInt32LE(status);
    this.native.sendBytes(this.fd, bytes, 0);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.native.close(this.fd);
  }
}
