/** A dump that goes on while its parts are read (netlink_dump): however long it is, only what is queued takes memory. */

import type { NetlinkMessage, Request } from './message.js';
import { doneMessage } from './message.js';
import type { Dump } from './protocol.js';
import type { NetlinkSocket } from './socket.js';

/** A part is as long as this or, up to the second figure, as the reader's buffer. */
const PART_MIN = 3776;
const PART_MAX = 32768;

export class DumpReader {
  private rest: Iterator<NetlinkMessage> | undefined;
  private request: Request | undefined;
  private plan: Dump | undefined;
  /** Made, and did not fit into the part before. */
  private kept: Buffer | undefined;
  private ended = false;
  private room = 0;

  constructor(private readonly socket: NetlinkSocket) {}

  get running(): boolean {
    return this.plan !== undefined;
  }

  /** How much a reader had room for. */
  sawRoom(bytes: number): void {
    this.room = Math.min(PART_MAX, Math.max(this.room, bytes));
  }

  start(request: Request, plan: Dump): void {
    this.request = request;
    this.plan = plan;
    this.rest = plan.dump[Symbol.iterator]();
    this.ended = false;
    this.part();
  }

  /** Something was read: the next part, if there is room for it. */
  more(): void {
    const { socket } = this;
    if (this.plan !== undefined && socket.queued <= socket.options.rcvbuf / 2) this.part();
  }

  stop(): void {
    this.plan = undefined;
    this.rest = undefined;
    this.kept = undefined;
  }

  private next(): Buffer | undefined {
    const { kept, rest, request, socket } = this;
    this.kept = undefined;
    if (kept !== undefined) return kept;
    const step = rest?.next();
    if (step === undefined || step.done === true || request === undefined) return undefined;
    return step.value.encode(request.seq, socket.port);
  }

  /** Queues one datagram. */
  private part(): void {
    const { plan, request, socket } = this;
    if (plan === undefined || request === undefined) return;
    const parts: Buffer[] = [];
    const most = Math.max(PART_MIN, this.room);
    let size = 0;
    while (!this.ended) {
      const m = this.next();
      if (m === undefined) this.ended = true;
      else if (size > 0 && size + m.length > most) {
        this.kept = m;
        break;
      } else {
        parts.push(m);
        size += m.length;
      }
    }
    if (this.ended && (size === 0 || plan.doneApart !== true)) {
      parts.push(doneMessage(plan.result ?? 0, socket.netlink).encode(request.seq, socket.port));
      this.stop();
    }
    socket.enqueue({ data: Buffer.concat(parts), from: 0, group: 0 }, false);
  }
}
