/** --profile: everything that is measured of one sandbox, and the files it ends up in. */

import { SYS } from '../arch/x86-64-syscalls.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Native } from '../platform/native.js';
import type { TraceObserver } from '../platform/tracer.js';
import type { CallObserver } from '../sentry/dispatch.js';
import { version } from '../version.js';
import { CallProfile, now, type Running } from './calls.js';
import { CpuProfiler, LONGEST, nameAddon, waitingByName } from './cpu.js';
import { NativeCalls } from './native-calls.js';
import { OutputFile } from './output.js';
import type { ProfileReport } from './report.js';

/** The files, opened before anything else happens. Throws what open(2) says, with the path. */
export class ProfileFiles {
  readonly statistics: OutputFile;
  readonly samples: OutputFile;

  /** @param path of the statistics; the V8 profile goes to `path`.cpuprofile */
  constructor(path: string) {
    this.statistics = new OutputFile(path);
    this.samples = new OutputFile(`${path}.cpuprofile`);
  }
}

export class Profile {
  readonly natives: NativeCalls;
  readonly forCalls: CallObserver;
  readonly forTracer: TraceObserver;
  /** What guest memory is to be reached through, so that bytes are counted. */
  readonly memory: Native;
  /** What the dispatcher is to wait through, so that waiting has a name in the samples. */
  readonly trap: Native;
  private readonly calls: CallProfile;
  private readonly cpu = new CpuProfiler();
  private sampled: ProfileReport['cpuProfile'] | undefined;
  private sampling = false;
  private readonly begin = now();
  private readonly started = new Date();

  constructor(
    private readonly files: ProfileFiles,
    private readonly kernel: Kernel,
  ) {
    const calls = new CallProfile(kernel.native);
    this.calls = calls;
    this.memory = calls.countMemory(kernel.native);
    this.trap = waitingByName(kernel.native);
    this.natives = new NativeCalls(calls);
    this.forCalls = {
      enter: (_task, nr) => calls.enter(nr, 'typescript'),
      exit: (token, result) => calls.exit(token as Running, result),
      waits: (token) => calls.waits(token as Running),
      retry: (token, block) => calls.retry(token as Running, block),
    };
    this.forTracer = {
      enter: (_task, nr) => calls.enter(nr, 'traced'),
      // The first program's execve is the sandbox's own and has no token.
      exit: (token, result) => token !== undefined && calls.exit(token as Running, result),
      waits: (token) => calls.hostRuns(token as Running, (token as Running).row.nr === SYS.rt_sigtimedwait),
    };
  }

  /** Samples the sentry from now on. To be called before the lock-down, which allows no new descriptors and no ports. */
  sample(): void {
    this.cpu.start();
    this.sampling = true;
    this.kernel.timers.add(this.kernel.now() + LONGEST, () => this.stopSampling(true));
  }

  /** Writes the files, if the sandbox ever ran. What cannot be written is an error in the log: the guest's exit status is more important. */
  finish(command: string[], exitStatus: number): void {
    if (!this.sampling) return;
    const elapsed = Math.round(now() - this.begin);
    this.natives.finish();
    try {
      const cpuProfile = this.sampled ?? this.stopSampling(false);
      const { calls, places } = this.calls.report();
      const report: ProfileReport = {
        format: 'tvisor-profile',
        version: 1,
        tvisor: version,
        command,
        started: this.started.toISOString(),
        elapsed,
        exitStatus,
        nativeFloor: this.natives.floor,
        cpuProfile,
        places,
        calls,
      };
      this.files.statistics.finish(`${JSON.stringify(report, null, 2)}\n`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.kernel.log.error({ reason }, '--profile: not written');
    }
  }

  private stopSampling(cut: boolean): ProfileReport['cpuProfile'] {
    const profile = nameAddon(this.cpu.stop(), this.kernel.native);
    this.sampled = {
      file: this.files.samples.path,
      interval: this.cpu.intervalNs,
      samples: profile.samples?.length ?? 0,
      cut,
    };
    this.files.samples.finish(JSON.stringify(profile));
    return this.sampled;
  }
}
