/**
 * The fast lane (ARCHITECTURE.md): which connections have one, with whose memory, and the call sites that lead to it.
 * It is an offer: a guest that does not take it, or breaks it, makes ordinary calls.
 */

import { EINVAL, ENOMEM } from '../../abi/errno.js';
import { O_ASYNC } from '../../abi/fcntl.js';
import { PROT_READ, PROT_WRITE } from '../../abi/mman.js';
import {
  LANE_LOG,
  LANE_POSITION,
  LANE_RING,
  LANE_SITE_SIZE,
  LANE_SITES,
  LANE_TABLE,
  type LanePlaces,
  laneEntry,
} from '../../arch/lane-layout.js';
import { SYS } from '../../arch/x86-64-syscalls.js';
import type { Epoll } from '../../fs/epoll.js';
import type { AddressSpace } from '../../kernel/mm.js';
import type { Task } from '../../kernel/task.js';
import type { Logger } from '../../log/logger.js';
import {
  type LaneHolder,
  type LaneOpener,
  LaneSide,
  type LaneSocket,
  type OpenLane,
} from '../../net/lane/side.js';
import type { FdTable } from '../../vfs/fdtable.js';
import { CTL_IP_F64, type LaneMemory, type Native } from '../native.js';
import { findCallSite, nearJump, SITE_AFTER, SITE_BEFORE, shortJump, siteCode } from './call-site.js';
import { LaneLog } from './log.js';
import { type LaneArena, LaneSpace } from './space.js';

/** Calls that the lane can answer (addon/guest/lane.c). */
const LANE_CALLS = new Set<number>([
  SYS.read,
  SYS.write,
  SYS.sendto,
  SYS.recvfrom,
  SYS.readv,
  SYS.writev,
  SYS.epoll_ctl,
]);
/** Watched call sites of one program. */
const MAX_SITES = 1024;
const FREE_SITE = 0xcc;
/** Sites that fit a page. */
const NEAR_SITES = 4096 / LANE_SITE_SIZE;
const TRAP = 0xcc;
/** Between the first positions of lanes: an odd multiple of LANE_RING, which comes to all others before it comes back. */
const START_STEP = 40503 * LANE_RING;

/** One connection's lane. */
class Lane implements OpenLane {
  private ended = false;

  constructor(
    private readonly arena: LaneArena,
    private readonly slot: number,
    private readonly ends: readonly [LaneEnd, LaneEnd],
  ) {}

  close(): void {
    if (this.ended) return;
    this.ended = true;
    const [first, second] = this.ends;
    const [fromFirst, fromSecond] = this.arena.rings(this.slot);
    for (const { space, holder } of this.ends) {
      space.open.delete(this);
      space.setEntry(holder.fd, 0);
    }
    second.side.socket.rx.fromLane(fromFirst.close());
    first.side.socket.rx.fromLane(fromSecond.close());
    this.arena.give(this.slot);
    first.side.closed();
    second.side.closed();
  }
}

/** Whether all threads of a program have the same descriptors, so that a table can speak of them. */
function sameFiles(vm: AddressSpace, files: FdTable): boolean {
  for (const task of vm.tasks) if (task.files !== files) return false;
  return files.users === vm.tasks.size;
}

interface LaneEnd {
  readonly side: LaneSide;
  readonly holder: LaneHolder;
  readonly space: LaneSpace;
}

export class Lanes implements LaneOpener {
  private start = 0;
  private readonly ctl: Float64Array;

  constructor(
    private readonly native: Native,
    private readonly log: Logger,
  ) {
    this.ctl = new Float64Array(native.ctl);
  }

  /** For a stream socket that has become connected. */
  sideOf(socket: LaneSocket): LaneSide {
    return new LaneSide(socket, this);
  }

  /** The program that the task runs has told where its lane code is. */
  loaded(task: Task, places: LanePlaces): void {
    task.vm.lanePlaces = places;
  }

  private space(vm: AddressSpace): LaneSpace | undefined {
    if (vm.lanePlaces === undefined || vm.laneForbidden) return undefined;
    if (vm.lane instanceof LaneSpace) return vm.lane;
    const made = LaneSpace.make(this.native, vm);
    if (made === undefined) return undefined;
    vm.lane = made;
    const [task] = vm.tasks;
    task?.mem.putU32(vm.lanePlaces.state, 1);
    vm.onEmpty = () => made.free(this.native);
    return made;
  }

  /** A task's calls have all to be seen from now on: its program goes without, as do others with the same memory. */
  forbid(task: Task): void {
    const { vm } = task;
    if (!(vm.lane instanceof LaneSpace) || vm.lanePlaces === undefined) return;
    // A program that has not taken the offer yet must not do so by calls that its filters may not allow.
    task.mem.putU32(vm.lanePlaces.state, 0);
    vm.lane.calls?.end();
    vm.lane.free(this.native);
  }

  // --- connections --------------------------------------------------------------------------------------------------

  open(side: LaneSide): void {
    const partner = side.socket.lanePartner();
    if (partner?.lane === undefined) return;
    const first = this.end(side);
    const second = this.end(partner.lane);
    if (first === undefined || second === undefined) return;
    const place = first.space.slotWith(this.native, second.space);
    if (place === undefined) return;
    const { arena, slot } = place;
    const [fromFirst, fromSecond] = arena.rings(slot);
    const start = this.nextStart();
    fromFirst.reset(start);
    fromSecond.reset(start);
    const lane = new Lane(arena, slot, [first, second]);
    const close = (): void => lane.close();
    const moved = side.socket.rx.toLane(fromSecond, close);
    if (!moved || !partner.rx.toLane(fromFirst, close)) {
      if (moved) side.socket.rx.fromLane(fromSecond.close());
      arena.give(slot);
      return;
    }
    this.enter(first, arena, slot, 0, lane);
    this.enter(second, arena, slot, 1, lane);
    side.opened(lane, fromSecond, fromFirst, partner);
    partner.lane.opened(lane, fromFirst, fromSecond, side.socket);
    this.log.debug({ fd: first.holder.fd, partner: second.holder.fd, slot }, 'fast lane open');
  }

  /**
   * Where the positions of the next lane begin: far from where those of the lane before it in the slot were, so that the swap of a
   * guest's thread that was held up since then is refused.
   */
  private nextStart(): number {
    this.start = (this.start + START_STEP) & LANE_POSITION;
    return this.start;
  }

  private enter(
    { space, holder, side }: LaneEnd,
    arena: LaneArena,
    slot: number,
    end: 0 | 1,
    lane: Lane,
  ): void {
    space.open.add(lane);
    space.setEntry(holder.fd, laneEntry(space.indexOf(arena), slot, end, side.socket.nonblock));
  }

  /** An end that exactly one descriptor of one process is, in a program whose threads all have the same descriptors. */
  private end(side: LaneSide): LaneEnd | undefined {
    const { holder, socket } = side;
    if (holder === undefined || socket.refs !== 1 || (socket.flags & O_ASYNC) !== 0) return undefined;
    if (holder.files.get(holder.fd) !== socket) return undefined;
    for (const w of socket.watchers ?? []) if (w.laneAllowed?.() !== true) return undefined;
    const { vm, files } = holder;
    if (vm.tasks.size === 0 || vm.copying > 0) return undefined;
    if (!sameFiles(vm, files)) return undefined;
    const space = this.space(vm);
    return space === undefined ? undefined : { side, holder, space };
  }

  // --- epoll instances ----------------------------------------------------------------------------------------------

  /** epoll_ctl(2) of a connection with an open lane was made as a call. */
  controlled(task: Task, fd: number, epoll: Epoll): void {
    this.site(task);
    if (epoll.lane !== undefined || epoll.refs !== 1 || epoll.watchers !== undefined) return;
    const space = this.space(task.vm);
    if (space === undefined || !sameFiles(task.vm, task.files)) return;
    const log = (space.calls ??= new LaneLog(space, task.files, this.log));
    log.register(task.files, fd, epoll);
    task.vm.drain = () => log.drain();
  }

  // --- what guests ask for ----------------------------------------------------------------------------------------------

  /** NR_LANE_MEMORY: the next mmap(2) of this task may be one of this memory. @returns the descriptor number for it, or -errno */
  memory(task: Task, which: number): number {
    const space = this.space(task.vm);
    if (space === undefined) return -ENOMEM;
    const memory = this.memoryOf(space, which);
    if (memory === undefined) return -EINVAL;
    this.forget(task);
    const fd = task.container.ipc.reserveFd();
    task.laneMap = {
      hostFd: memory.hostFd,
      fd,
      prot: which === LANE_TABLE ? PROT_READ : PROT_READ | PROT_WRITE,
    };
    return fd;
  }

  private memoryOf(space: LaneSpace, which: number): LaneMemory | undefined {
    if (which === LANE_TABLE) return space.table;
    return which === LANE_LOG ? space.log : space.arena(which)?.memory;
  }

  /** The call after that one. @returns true if it is the mapping, and may be carried out */
  maps(task: Task, nr: number, prot: number, fd: number): boolean {
    const { laneMap } = task;
    if (laneMap === undefined) return false;
    this.forget(task);
    if (nr !== SYS.mmap || fd !== laneMap.fd || (prot & ~laneMap.prot) !== 0) return false;
    return this.native.addFd(task.hostTid, laneMap.hostFd, fd) >= 0;
  }

  /** The mapping will not come, for there is another call or the task is gone. */
  forget(task: Task): void {
    if (task.laneMap === undefined) return;
    task.container.ipc.freeFd(task.laneMap.fd);
    task.laneMap = undefined;
  }

  /** NR_LANE_KICK. */
  kick(task: Task, fd: number): number {
    // What is in the log has been seen to by the dispatcher, as before every call.
    if (fd < 0) return 0;
    const lane = task.files.get(fd)?.lane;
    if (lane instanceof LaneSide) lane.kicked();
    return 0;
  }

  // --- call sites ---------------------------------------------------------------------------------------------------

  site(task: Task): void {
    const ip = this.ctl[CTL_IP_F64] as number;
    const space = this.space(task.vm);
    if (space === undefined || !LANE_CALLS.has(task.currentNr)) return;
    if (space.sites.has(ip) || space.sites.size >= MAX_SITES) return;
    // A copy that is being made now may get the trap without the second byte, and nobody would know what it is.
    if (task.vm.copying > 0) return;
    space.sites.add(ip);
    this.patch(task, space, task.vm.lanePlaces as LanePlaces, ip, task.currentNr);
  }

  private patch(task: Task, space: LaneSpace, places: LanePlaces, ip: number, nr: number): void {
    const code = new Uint8Array(SITE_BEFORE + SITE_AFTER);
    const got = task.mem.read(ip - SITE_BEFORE, code, 0, code.length);
    if (got <= SITE_BEFORE) return;
    const site = findCallSite(code.subarray(0, got), ip, nr);
    const at = site === undefined ? 0 : this.freeSite(task, places, site.padding);
    if (site === undefined || at === 0) return;
    const jump = nearJump(site.padding, at);
    if (jump === undefined) return;
    const way = siteCode(at, places.entry, ip, nr);
    const poke = (addr: number, bytes: Uint8Array): boolean =>
      this.native.pokeText(task.hostTid, addr, bytes) === bytes.length;
    if (!poke(at, way) || !poke(site.padding, jump)) return;
    const [first, second] = shortJump(site);
    if (task.vm.tasks.size > 1) {
      // Other threads may execute these bytes now: a trap stands there until the second one is in place (text_poke_bp).
      space.trapped.add(site.start);
      if (!poke(site.start, new Uint8Array([TRAP]))) return;
    }
    poke(site.start + 1, new Uint8Array([second as number]));
    poke(site.start, new Uint8Array([first as number]));
    task.kernel.log.debug(
      { pid: task.pid, comm: task.comm, site: site.start, nr },
      'call site leads to the fast lane',
    );
  }

  /** Room for the jump of one more site, near enough to `from`. A child has its parent's: what is free is seen in its memory. */
  private freeSite(task: Task, { sites, nearSites }: LanePlaces, from: number): number {
    const own = this.freeIn(task, sites, LANE_SITES, from);
    return own === 0 && nearSites !== undefined ? this.freeIn(task, nearSites, NEAR_SITES, from) : own;
  }

  private freeIn(task: Task, start: number, count: number, from: number): number {
    const area = new Uint8Array(count * LANE_SITE_SIZE);
    if (nearJump(from, start) === undefined || task.mem.read(start, area, 0, area.length) !== area.length)
      return 0;
    for (let i = 0; i < count; i++) {
      const first = area[i * LANE_SITE_SIZE] as number;
      if (first === FREE_SITE || first === 0) return start + i * LANE_SITE_SIZE;
    }
    return 0;
  }

  /**
   * A thread has stopped for a fault or a trap.
   * @returns where it is to go on without the signal, or undefined if that is none of the lane's
   */
  fixup(task: Task, rip: number, trap: boolean): number | undefined {
    const { lane, lanePlaces } = task.vm;
    if (lanePlaces === undefined) return undefined;
    if (trap) {
      const ours = lane instanceof LaneSpace && lane.trapped.has(rip - 1);
      return ours && !this.isTrap(task, rip - 1) ? rip - 1 : undefined;
    }
    return rip === lanePlaces.copy ? lanePlaces.fault : undefined;
  }

  /** Whether a trap stands at `addr`: a debugger's, for the lane's is gone before any other thread is looked at. */
  private isTrap(task: Task, addr: number): boolean {
    const byte = new Uint8Array(1);
    return task.mem.read(addr, byte, 0, 1) !== 1 || byte[0] === TRAP;
  }
}
