/** One POSIX message queue (ipc/mqueue.c): messages by priority, who waits for them or for room, and who is to be told. */

import { EAGAIN, EFAULT, EMSGSIZE, ENOMEM, ETIMEDOUT } from '../../abi/errno.js';
import { MQ_FILENT_SIZE, NOTIFY_REMOVED, NOTIFY_WOKENUP } from '../../abi/ipc.js';
import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/poll.js';
import { SI_MESGQ, SIGEV_NONE, SIGEV_SIGNAL, SIGEV_THREAD } from '../../abi/signal.js';
import type { IpcNamespace } from '../../kernel/ipc/namespace.js';
import { sendToProcess } from '../../kernel/signals.js';
import type { Task, ThreadGroup } from '../../kernel/task.js';
import { type Block, WaitQueue, WOULD_BLOCK } from '../../kernel/wait.js';
import { putFile } from '../../vfs/fdtable.js';
import type { OpenFile } from '../../vfs/file.js';

export interface MqMessage {
  readonly priority: number;
  readonly text: Uint8Array;
}

/** A socket that takes what SIGEV_THREAD sends: a datagram of NOTIFY_COOKIE_LEN bytes. */
export interface CookieReceiver {
  receiveCookie(cookie: Uint8Array): void;
}

/** Who hears of the first message in an empty queue. */
export interface Notification {
  readonly owner: ThreadGroup;
  /** SIGEV_* */
  readonly kind: number;
  readonly signo: number;
  readonly value: number;
  /** SIGEV_THREAD: what is sent, and where to. */
  readonly cookie?: Uint8Array;
  readonly socket?: CookieReceiver;
}

/** One who waits; `result` is set by whoever ends the wait. */
interface Waiting {
  readonly queue: WaitQueue;
  message: MqMessage | undefined;
  ended: boolean;
}

/** Bytes of the sentry's memory that a message takes beside its text. */
const OVERHEAD = 128;

export class MqQueue {
  /** Highest priority first, of equal ones the oldest first. */
  private messages: MqMessage[] = [];
  private bytes = 0;
  private readonly senders = new Set<Waiting>();
  private readonly receivers = new Set<Waiting>();
  private notification: Notification | undefined;
  /** Open descriptions: what polls them is woken. */
  readonly files = new Set<OpenFile>();

  constructor(
    private readonly ns: IpcNamespace,
    readonly maxMessages: number,
    readonly messageSize: number,
  ) {}

  get length(): number {
    return this.messages.length;
  }

  poll(): number {
    let mask = 0;
    if (this.messages.length > 0) mask |= POLLIN | POLLRDNORM;
    if (this.messages.length < this.maxMessages) mask |= POLLOUT | POLLWRNORM;
    return mask;
  }

  private wakeFiles(mask: number): void {
    for (const file of this.files) file.queue.wake(mask);
  }

  /** What reading the file shows; it is cut to MQ_FILENT_SIZE. */
  text(reader: Task): string {
    const n = this.notification;
    const kind = n?.kind ?? 0;
    const signo = n !== undefined && n.kind === SIGEV_SIGNAL ? n.signo : 0;
    const line = `QSIZE:${pad(this.bytes, 10)} NOTIFY:${pad(kind, 5)} SIGNO:${pad(signo, 5)} NOTIFY_PID:${pad(n?.owner.ref.in(reader.pids) ?? 0, 6)}\n`;
    return line.slice(0, MQ_FILENT_SIZE - 1);
  }

  // --- messages -----------------------------------------------------------------------------------------------------------

  /**
   * mq_timedsend(3) after its checks.
   * @param deadline kernel time in ms; undefined: none
   * @returns 0, -EAGAIN, -EMSGSIZE, -ENOMEM, or the wait
   */
  send(task: Task, file: OpenFile, message: MqMessage, deadline: number | undefined): number | Block {
    if (message.text.length > this.messageSize) return -EMSGSIZE;
    const memory = OVERHEAD + message.text.length;
    if (!this.ns.charge(memory)) return -ENOMEM;
    if (this.messages.length >= this.maxMessages) {
      if (file.nonblock) {
        this.ns.uncharge(memory);
        return -EAGAIN;
      }
      const w: Waiting = { queue: new WaitQueue(), message, ended: false };
      return this.wait(
        file,
        this.senders,
        w,
        deadline,
        () => 0,
        () => this.ns.uncharge(memory),
      );
    }
    this.deliver(task, message);
    return 0;
  }

  /** There is room: the first who waits gets it, or it is queued and told of. */
  private deliver(task: Task, message: MqMessage): void {
    const [receiver] = this.receivers;
    if (receiver !== undefined) {
      this.forget(message);
      this.end(this.receivers, receiver, message);
      return;
    }
    this.insert(message);
    this.notify(task);
    this.wakeFiles(POLLIN | POLLRDNORM);
  }

  /**
   * mq_timedreceive(3) after its checks.
   * @param deliver puts a message into the guest's memory
   * @returns what `deliver` does, -EAGAIN, or the wait
   */
  receive(file: OpenFile, deliver: (m: MqMessage) => number, deadline: number | undefined): number | Block {
    const message = this.messages.shift();
    if (message === undefined) {
      if (file.nonblock) return -EAGAIN;
      const w: Waiting = { queue: new WaitQueue(), message: undefined, ended: false };
      return this.wait(file, this.receivers, w, deadline, () => (w.message ? deliver(w.message) : -EFAULT));
    }
    this.bytes -= message.text.length;
    this.forget(message);
    const [sender] = this.senders;
    if (sender?.message !== undefined) {
      this.insert(sender.message);
      this.end(this.senders, sender, sender.message);
    } else this.wakeFiles(POLLOUT | POLLWRNORM);
    return deliver(message);
  }

  private insert(message: MqMessage): void {
    let low = 0;
    let high = this.messages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.messages[middle] as MqMessage).priority >= message.priority) low = middle + 1;
      else high = middle;
    }
    this.messages.splice(low, 0, message);
    this.bytes += message.text.length;
  }

  private forget(message: MqMessage): void {
    this.ns.uncharge(OVERHEAD + message.text.length);
  }

  private end(where: Set<Waiting>, w: Waiting, message: MqMessage): void {
    where.delete(w);
    w.message = message;
    w.ended = true;
    w.queue.wake(1);
  }

  private wait(
    file: OpenFile,
    where: Set<Waiting>,
    w: Waiting,
    deadline: number | undefined,
    finish: () => number,
    abandoned?: () => void,
  ): Block {
    where.add(w);
    file.refs++;
    return {
      on: [w.queue],
      retry: () => (w.ended ? finish() : WOULD_BLOCK),
      ...(deadline === undefined ? {} : { deadline, timeout: () => -ETIMEDOUT }),
      done: () => {
        if (where.delete(w)) abandoned?.();
        putFile(file);
      },
    };
  }

  /** The last name and the last description are gone. */
  dispose(): void {
    for (const m of this.messages) this.forget(m);
    this.messages = [];
    this.bytes = 0;
  }

  // --- notification -------------------------------------------------------------------------------------------------------

  get notified(): Notification | undefined {
    return this.notification;
  }
  register(n: Notification): void {
    this.notification = n;
  }

  /** The owner wants no more, closes its descriptor or ends. */
  unregister(): void {
    const n = this.notification;
    this.notification = undefined;
    if (n !== undefined && n.kind === SIGEV_THREAD) sendCookie(n, NOTIFY_REMOVED);
  }

  /** A message has come into the queue: the first one is told of, once. */
  private notify(sender: Task): void {
    const n = this.notification;
    if (n === undefined || this.messages.length !== 1) return;
    this.notification = undefined;
    if (n.kind === SIGEV_THREAD) sendCookie(n, NOTIFY_WOKENUP);
    if (n.kind === SIGEV_NONE || n.kind === SIGEV_THREAD) return;
    const { uid } = sender.cred;
    sendToProcess(n.owner, {
      signo: n.signo,
      code: SI_MESGQ,
      pid: sender.group.ref.in(n.owner.pids),
      uid,
      value: n.value,
    });
  }
}

function sendCookie(n: Notification, what: number): void {
  if (n.cookie === undefined) return;
  const cookie = n.cookie.slice();
  cookie[cookie.length - 1] = what;
  n.socket?.receiveCookie(cookie);
}

function pad(n: number, width: number): string {
  return String(n).padEnd(width);
}
