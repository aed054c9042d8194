/** Frames of the control protocol (protocol.ts): bytes to JSON and back. */
import { MAX_FRAME } from './protocol.js';

const HEADER = 4;

/** @returns the bytes of one frame; throws RangeError if it is larger than MAX_FRAME */
export function encodeFrame(message: object): Buffer {
  const text = Buffer.from(JSON.stringify(message), 'utf8');
  if (text.length > MAX_FRAME) throw new RangeError(`a message of ${text.length} bytes is too large`);
  const frame = Buffer.allocUnsafe(HEADER + text.length);
  frame.writeUInt32LE(text.length, 0);
  text.copy(frame, HEADER);
  return frame;
}

/** Puts frames together from bytes as they come. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private size = 0;

  /** Takes bytes over: they must not be changed afterwards. */
  push(bytes: Buffer): void {
    this.chunks.push(bytes);
    this.size += bytes.length;
  }

  /** @returns the next message, or undefined until more has come; throws Error if the bytes are no frame */
  next(): unknown {
    if (this.size < HEADER) return undefined;
    const head = (this.chunks[0] as Buffer).length >= HEADER ? (this.chunks[0] as Buffer) : this.joined();
    const length = head.readUInt32LE(0);
    if (length > MAX_FRAME) throw new Error('frame too large');
    if (this.size < HEADER + length) return undefined;
    const all = this.joined();
    const rest = all.subarray(HEADER + length);
    this.chunks = rest.length > 0 ? [rest] : [];
    this.size = rest.length;
    return JSON.parse(all.toString('utf8', HEADER, HEADER + length));
  }

  private joined(): Buffer {
    const all = this.chunks.length === 1 ? (this.chunks[0] as Buffer) : Buffer.concat(this.chunks, this.size);
    this.chunks = [all];
    return all;
  }
}
