/** A classic-BPF machine, as far as seccomp programs need one (Documentation/networking/filter.rst). */

/** What a seccomp program is run on: struct seccomp_data. */
export interface SeccompData {
  nr: number;
  arch: number;
  ip?: bigint;
  /** Missing ones are 0. */
  args?: bigint[];
}

const DATA_SIZE = 64;

function encode(data: SeccompData): DataView {
  const view = new DataView(new ArrayBuffer(DATA_SIZE));
  view.setUint32(0, data.nr, true);
  view.setUint32(4, data.arch, true);
  view.setBigUint64(8, data.ip ?? 0n, true);
  for (const [index, value] of (data.args ?? []).entries()) {
    view.setBigUint64(16 + 8 * index, BigInt.asUintN(64, value), true);
  }
  return view;
}

/**
 * Run a program.
 *
 * @param program struct sock_filter[], little-endian
 * @returns its SECCOMP_RET_ value
 * @throws Error for an instruction that seccomp programs of this project have no use for, or a jump out of the program
 */
export function runFilter(program: Uint8Array, data: SeccompData): number {
  const code = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const input = encode(data);
  let accumulator = 0;
  for (let at = 0; at * 8 < program.byteLength; ) {
    const opcode = code.getUint16(at * 8, true);
    const onTrue = code.getUint8(at * 8 + 2);
    const onFalse = code.getUint8(at * 8 + 3);
    const k = code.getUint32(at * 8 + 4, true);
    at++;
    switch (opcode) {
      case 0x20: // ld [k]
        accumulator = input.getUint32(k, true);
        break;
      case 0x54: // and #k
        accumulator = (accumulator & k) >>> 0;
        break;
      case 0x05: // ja
        at += k;
        break;
      case 0x15: // jeq
        at += accumulator === k ? onTrue : onFalse;
        break;
      case 0x25: // jgt
        at += accumulator > k ? onTrue : onFalse;
        break;
      case 0x35: // jge
        at += accumulator >= k ? onTrue : onFalse;
        break;
      case 0x45: // jset
        at += (accumulator & k) !== 0 ? onTrue : onFalse;
        break;
      case 0x06: // ret #k
        return k;
      case 0x16: // ret A
        return accumulator;
      default:
        throw new Error(`instruction ${at - 1}: opcode ${opcode.toString(16)}`);
    }
  }
  throw new Error('ran off the end of the program');
}
