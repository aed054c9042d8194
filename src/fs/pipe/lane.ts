/** The fast lane of a nameless pipe (src/net/lane/side.ts): while it is open, its bytes lie in a ring and no slot is in use. */

import { EFAULT } from '../../abi/errno.js';
import { LANE_RING } from '../../arch/lane-layout.js';
import { BufferSource, type Sink } from '../../kernel/useriov.js';
import { claimed, type LaneRing } from '../../net/lane/ring.js';
import type { LaneBytes } from '../../net/lane/side.js';
import { CAN_MERGE, PIPE_PAGE, type Ring } from './ring.js';

/** What the read end has before it. */
export class PipeBytes implements LaneBytes {
  /** Undefined while the lane is closed. */
  ring: LaneRing | undefined;
  private closeLane: () => void = () => {};

  constructor(private readonly slots: Ring) {}

  get length(): number {
    return this.ring?.length ?? this.slots.length;
  }

  toLane(ring: LaneRing, close: () => void): boolean {
    const { slots } = this;
    if (slots.length > LANE_RING || slots.packets) return false;
    const bytes = new Uint8Array(slots.length);
    slots.gather(bytes);
    slots.consume(bytes.length);
    ring.load(bytes);
    this.ring = ring;
    this.closeLane = close;
    return true;
  }

  fromLane(left: Uint8Array): void {
    this.ring = undefined;
    this.append(left);
  }

  private append(bytes: Uint8Array): void {
    const source = new BufferSource(bytes);
    while (source.remaining > 0 && this.slots.append(source, source.remaining, CAN_MERGE) > 0);
  }

  /** Moves bytes to `sink`. @returns bytes, or -EFAULT when not a whole page could be put */
  drain(sink: Sink): number {
    const n = this.ring?.claim(sink.remaining) ?? 0;
    const put = n === 0 ? 0 : sink.put(claimed, 0, n);
    if (put >= n) return put;
    const kept = put > 0 ? put - (put % PIPE_PAGE) : 0;
    const unread = claimed.slice(kept, n);
    this.closeLane();
    const later = new Uint8Array(this.slots.length);
    this.slots.gather(later);
    this.slots.consume(later.length);
    this.append(unread);
    this.append(later);
    return kept || -EFAULT;
  }
}

/** What the write end has before it: nothing, ever. */
export const NO_BYTES: LaneBytes = {
  length: 0,
  toLane(ring) {
    ring.close();
    return true;
  },
  fromLane() {},
};
