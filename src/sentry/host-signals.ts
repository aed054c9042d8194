/** Signals that the operator sends to the sentry, and the operator's terminal while the sandbox has it. */

import { SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGSTOP, SIGTERM, SIGTSTP, SIGWINCH, SI_KERNEL } from '../abi/signal.js';
import type { Kernel } from '../kernel/kernel.js';
import { sendToGroup, sendToProcess } from '../kernel/signals.js';

const TCGETS = 0x5401;
const TCSETS = 0x5402;
const TERMIOS_SIZE = 36;

export class HostSignals {
  /** The terminal's modes before the guest, and the descriptor that reaches it. */
  private saved: { fd: number; termios: Uint8Array } | undefined;

  constructor(private readonly kernel: Kernel) {}

  /** The first process's session gets the operator's terminal; its group is in the foreground. */
  takeTerminal(): void {
    const { kernel } = this;
    const tty = kernel.hostTty;
    if (tty === undefined) return;
    const { init, native } = kernel;
    const leader = init.leader;
    if (leader !== undefined) tty.control(leader);
    for (let fd = 0; fd < 3; fd++) {
      if (native.ioctlBuf(fd, TCGETS, 0) < 0) continue;
      this.saved = { fd, termios: new Uint8Array(native.scratch, 0, TERMIOS_SIZE).slice() };
      return;
    }
  }

  giveTerminalBack(): void {
    if (this.saved === undefined) return;
    const { native } = this.kernel;
    new Uint8Array(native.scratch, 0, TERMIOS_SIZE).set(this.saved.termios);
    native.ioctlBuf(this.saved.fd, TCSETS, 0);
  }

  received(sig: number): void {
    const { kernel } = this;
    const { init } = kernel;
    const group = kernel.hostTty?.foreground ?? init.group;
    switch (sig) {
      case SIGINT:
      case SIGQUIT:
      case SIGWINCH:
        sendToGroup(group, { signo: sig, code: SI_KERNEL });
        break;
      case SIGTSTP:
        sendToGroup(group, { signo: sig, code: SI_KERNEL });
        this.stopWith(group === init.group);
        break;
      case SIGCONT:
        if (init.stopSignal !== 0) sendToGroup(init.group, { signo: SIGCONT, code: SI_KERNEL });
        break;
      case SIGHUP:
      case SIGTERM:
      default:
        sendToProcess(init, { signo: sig, code: SI_KERNEL });
    }
  }

  /**
   * ^Z while the first process's own group has the terminal: it would leave the operator's shell waiting for ever, so the sentry
   * stops too. Every guest of the group stops with it; `fg` wakes the sentry and it wakes them.
   */
  private stopWith(whole: boolean): void {
    if (!whole) return;
    this.giveTerminalBack();
    sendToGroup(this.kernel.init.group, { signo: SIGSTOP, code: SI_KERNEL });
    process.kill(process.pid, 'SIGSTOP');
  }
}
