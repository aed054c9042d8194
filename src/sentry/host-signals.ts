/** Signals that the operator sends to the sentry: those of the terminal go to its foreground group, others to pid 1. */

import {
  SI_KERNEL,
  SIGCONT,
  SIGHUP,
  SIGINT,
  SIGQUIT,
  SIGSTOP,
  SIGTERM,
  SIGTSTP,
  SIGWINCH,
} from '../abi/signal.js';
import type { Kernel } from '../kernel/kernel.js';
import { sendToGroup, sendToProcess } from '../kernel/signals.js';
import type { HostTerminal } from './terminal.js';

export class HostSignals {
  /** The sentry has stopped itself and its guests. */
  private stopped = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly terminal: HostTerminal | undefined,
  ) {}

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
        // The guests' stops that `stopWith` asked for may not have been seen yet.
        if (this.stopped || init.stopSignal !== 0)
          sendToGroup(init.group, { signo: SIGCONT, code: SI_KERNEL });
        this.stopped = false;
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
    this.terminal?.restore();
    sendToGroup(this.kernel.init.group, { signo: SIGSTOP, code: SI_KERNEL });
    this.stopped = true;
    process.kill(process.pid, 'SIGSTOP');
  }
}
