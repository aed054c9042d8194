/** linux/aio_abi.h: what io_submit(2) and io_getevents(2) exchange with programs. */

export const IOCB_CMD_PREAD = 0;
export const IOCB_CMD_PWRITE = 1;
export const IOCB_CMD_FSYNC = 2;
export const IOCB_CMD_FDSYNC = 3;
export const IOCB_CMD_POLL = 5;
export const IOCB_CMD_PREADV = 7;
export const IOCB_CMD_PWRITEV = 8;
export const IOCB_FLAG_RESFD = 1;

/** struct io_event: data, obj, res, res2, 64 bits each. */
export const IO_EVENT_SIZE = 32;
export const IOCB_SIZE = 64;
/** aio_key inside struct iocb, which the kernel sets to 0. */
export const IOCB_KEY = 8;

/** struct iocb as it was read once. */
export interface Iocb {
  /** Where it is. */
  readonly addr: number;
  readonly data: bigint;
  readonly rwFlags: number;
  readonly opcode: number;
  readonly fd: number;
  readonly buf: number;
  readonly nbytes: number;
  readonly offset: number;
  readonly reserved: bigint;
  readonly flags: number;
  readonly resfd: number;
}

export function decodeIocb(dv: DataView, addr: number): Iocb {
  return {
    addr,
    data: dv.getBigUint64(0, true),
    rwFlags: dv.getInt32(12, true),
    opcode: dv.getUint16(16, true),
    fd: dv.getInt32(20, true),
    buf: Number(dv.getBigUint64(24, true)),
    nbytes: Number(dv.getBigInt64(32, true)),
    offset: Number(dv.getBigInt64(40, true)),
    reserved: dv.getBigUint64(48, true),
    flags: dv.getUint32(56, true),
    resfd: dv.getInt32(60, true),
  };
}

/** An io_event: what a request ended with. */
export interface IoEvent {
  readonly data: bigint;
  /** Address of its struct iocb. */
  readonly obj: number;
  readonly res: number;
}

export function encodeIoEvent(dv: DataView, off: number, e: IoEvent): void {
  dv.setBigUint64(off, e.data, true);
  dv.setBigUint64(off + 8, BigInt(e.obj), true);
  dv.setBigInt64(off + 16, BigInt(e.res), true);
  dv.setBigInt64(off + 24, 0n, true);
}
