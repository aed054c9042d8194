/** Signals that the operator sends to the sentry: those of the terminal go to its foreground group, others to pid 1. */

import { SI_KERNEL, SIGCONT, SIGINT, SIGQUIT, SIGTSTP, SIGWINCH } from '../abi/signal.js';
import type { Container } from '../kernel/container.js';
import { sendToGroup, sendToProcess } from '../kernel/signals.js';
import type { HostTerminal } from './terminal.js';

export class HostSignals {
  constructor(
    private readonly container: Container,
    terminal: HostTerminal | undefined,
  ) {
    if (terminal !== undefined) container.pids.initStopped = () => this.stop(terminal);
  }

  received(sig: number): void {
    const { init, hostTty } = this.container;
    if (init === undefined) return;
    const group = hostTty?.foreground ?? init.group;
    switch (sig) {
      case SIGINT:
      case SIGQUIT:
      case SIGTSTP:
      case SIGWINCH:
        sendToGroup(group, { signo: sig, code: SI_KERNEL });
        break;
      case SIGCONT:
        if (init.stopSignal !== 0) this.resume();
        break;
      default:
        sendToProcess(init, { signo: sig, code: SI_KERNEL });
    }
  }

  /**
   * Pid 1 has stopped (^Z, say): the operator's shell would wait for ever, so the sentry stops too, with the terminal as
   * the shell left it. `fg` wakes the sentry, and it wakes the guests.
   */
  private stop(terminal: HostTerminal): void {
    const modes = terminal.read();
    terminal.restore();
    process.kill(process.pid, 'SIGSTOP');
    terminal.write(modes);
    this.resume();
  }

  private resume(): void {
    const { init } = this.container;
    if (init !== undefined) sendToGroup(init.group, { signo: SIGCONT, code: SI_KERNEL });
  }
}
