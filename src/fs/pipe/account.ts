/** What the pipes of each user may hold together (account_pipe_buffers in fs/pipe.c). */

import { CAP_SYS_ADMIN, CAP_SYS_RESOURCE } from '../../abi/sched.js';
import { type Cred, capable } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import { PIPE_PAGE } from './ring.js';

/** PIPE_DEF_BUFFERS: slots of a new pipe. */
export const PIPE_SLOTS = 16;
/** PIPE_MIN_DEF_BUFFERS: slots of a new pipe of a user who has too many. */
const FEWEST_SLOTS = 2;
/** Slots of all pipes of a sandbox: nobody gets more, whatever the capabilities say, for the memory is the sentry's. */
const ALL_SLOTS = 65536;
/** Of memory that has a limit pipes get this part. */
const LIMITED_PART = 1 / 8;

/** The slots of all pipes that are open, by the real user who made them. */
class Account {
  private readonly users = new Map<number, number>();
  private all = 0;

  constructor(private readonly kernel: Kernel) {}

  add(uid: number, slots: number): void {
    const now = (this.users.get(uid) ?? 0) + slots;
    if (now === 0) this.users.delete(uid);
    else this.users.set(uid, now);
    this.all += slots;
  }
  of(uid: number): number {
    return this.users.get(uid) ?? 0;
  }
  /** True if `slots` more are too many for the sandbox. */
  exhausted(slots: number): boolean {
    const limited = (this.kernel.memoryLimit * LIMITED_PART) / PIPE_PAGE;
    return this.all + slots > Math.min(ALL_SLOTS, limited);
  }
}

const accounts = new WeakMap<Kernel, Account>();

/** One open pipe's share. */
export class PipeShare {
  private constructor(
    private readonly kernel: Kernel,
    private readonly account: Account,
    private readonly uid: number,
    public slots: number,
  ) {
    account.add(uid, slots);
  }

  /** The share of a new pipe (alloc_pipe_info), or undefined when its user may have none. */
  static make(kernel: Kernel, cred: Cred | undefined): PipeShare | undefined {
    let account = accounts.get(kernel);
    if (account === undefined) accounts.set(kernel, (account = new Account(kernel)));
    const { pipeMaxSize, pipeUserPagesSoft: soft, pipeUserPagesHard: hard } = kernel.settings;
    const uid = cred?.uid ?? 0;
    let slots = PIPE_SLOTS;
    if (cred !== undefined && !capable(cred, CAP_SYS_RESOURCE))
      slots = Math.min(slots, pipeMaxSize / PIPE_PAGE);
    if (account.exhausted(slots)) slots = FEWEST_SLOTS;
    if (cred !== undefined && unprivileged(cred)) {
      if (soft > 0 && account.of(uid) + slots > soft) slots = FEWEST_SLOTS;
      if (hard > 0 && account.of(uid) + slots > hard) return undefined;
    }
    return new PipeShare(kernel, account, uid, slots);
  }

  /** F_SETPIPE_SZ: may the pipe have `slots`? Nothing changes yet. */
  allows(cred: Cred, slots: number): boolean {
    const growth = slots - this.slots;
    if (growth <= 0) return true;
    const { pipeMaxSize, pipeUserPagesSoft: soft, pipeUserPagesHard: hard } = this.kernel.settings;
    if (slots * PIPE_PAGE > pipeMaxSize && !capable(cred, CAP_SYS_RESOURCE)) return false;
    if (this.account.exhausted(growth)) return false;
    const total = this.account.of(this.uid) + growth;
    const most = Math.min(soft > 0 ? soft : Infinity, hard > 0 ? hard : Infinity);
    return total <= most || !unprivileged(cred);
  }

  resize(slots: number): void {
    this.account.add(this.uid, slots - this.slots);
    this.slots = slots;
  }

  /** The pipe's last end is closed. */
  release(): void {
    this.resize(0);
  }
}

function unprivileged(cred: Cred): boolean {
  return !capable(cred, CAP_SYS_RESOURCE) && !capable(cred, CAP_SYS_ADMIN);
}
