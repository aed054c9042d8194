/** `tvisor pause` and `tvisor resume`. */
import { Command } from 'commander';
import { contextOf } from './context.js';

function switching(name: 'pause' | 'resume', summary: string, description: string): Command {
  return new Command(name)
    .summary(summary)
    .description(description)
    .usage('ID')
    .argument('<id>')
    .action(async (id: string, _flags: object, command: Command) => {
      const { Runtime } = await import('../runtime/runtime.js');
      const { setPaused } = await import('../runtime/pause.js');
      await setPaused(new Runtime(contextOf(command)), id, name === 'pause');
    });
}

export function pauseCommand(): Command {
  return switching(
    'pause',
    'stop all processes of a container',
    'Stop all processes of a container until `tvisor resume`.',
  );
}

export function resumeCommand(): Command {
  return switching(
    'resume',
    'let a paused container go on',
    'Let all processes of a paused container go on.',
  );
}
