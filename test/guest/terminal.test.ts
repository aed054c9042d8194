/**
 * A terminal stays a terminal. Every procedure is done natively first, which shows that it asks for what Linux does,
 * and then in the sandbox.
 */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { sandboxCommand } from '../support/run.js';
import { Terminal } from '../support/terminal.js';
import { requireTool, requireTvisor } from '../support/tools.js';

type Procedure = (terminal: Terminal) => Promise<void>;

async function drive(command: string[], procedure: Procedure): Promise<void> {
  const terminal = await Terminal.start(command);
  try {
    await procedure(terminal);
  } finally {
    terminal.dispose();
  }
}

function natively(name: string, command: string[], procedure: Procedure): void {
  test(`${name} (native)`, { timeout: 60_000 }, async (t: TestContext) => {
    if (requireTool(t, 'gcc', command[0] ?? '')) {
      await drive(command, procedure);
    }
  });
}

function both(name: string, command: string[], procedure: Procedure): void {
  natively(name, command, procedure);
  test(`${name} (sandbox)`, { timeout: 60_000 }, async (t: TestContext) => {
    if (requireTool(t, 'gcc') && requireTvisor(t)) {
      await drive(sandboxCommand(command), procedure);
    }
  });
}

const shell = ['bash', '--norc', '--noprofile', '-i'];

/**
 * A shell's line editor has the terminal raw until just before a job runs; what is typed in that moment is a carriage return to
 * the job, natively too. Nothing tells from outside when the modes are back.
 */
function modesSettle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 500));
}

describe('terminal', () => {
  both(
    'standard files are terminals, of the right size',
    ['sh', '-c', 'test -t 0 && test -t 1 && test -t 2 && stty size; exit 7'],
    async (terminal) => {
      await terminal.expect(/24 80\r\n/);
      assert.equal(await terminal.end(), 7);
    },
  );

  both(
    'a new window size arrives, with its signal',
    ['bash', '-c', 'trap "stty size; exit 3" WINCH; echo ready; while :; do sleep 0.05; done'],
    async (terminal) => {
      await terminal.expect(/ready/);
      terminal.resize();
      await terminal.expect(/50 132\r\n/);
      assert.equal(await terminal.end(), 3);
    },
  );

  both('echo, line editing and end of file', ['sh', '-c', 'echo ready; exec cat'], async (terminal) => {
    await terminal.expect(/ready\r\n/);
    terminal.send('one\x7fX\r');
    await terminal.expect(/one\x08 \x08X\r\nonX\r\n/);
    terminal.send('\x04');
    assert.equal(await terminal.end(), 0);
  });

  both('Ctrl-C ends a program', ['sh', '-c', 'echo ready; exec sleep 100'], async (terminal) => {
    await terminal.expect(/ready/);
    terminal.send('\x03');
    assert.equal(await terminal.end(), 130);
  });

  both(
    'Ctrl-C reaches a handler',
    ['bash', '-c', 'trap "echo caught; exit 5" INT; echo ready; while :; do sleep 0.05; done'],
    async (terminal) => {
      await terminal.expect(/ready/);
      terminal.send('\x03');
      await terminal.expect(/caught/);
      assert.equal(await terminal.end(), 5);
    },
  );

  both('Ctrl-\\ ends a program', ['sh', '-c', 'echo ready; exec sleep 100'], async (terminal) => {
    await terminal.expect(/ready/);
    terminal.send('\x1c');
    assert.equal(await terminal.end(), 131);
  });

  both(
    'a raw terminal hands over every byte',
    ['bash', '-c', 'stty raw -echo; echo ready; head -c 3 | od -An -tx1'],
    async (terminal) => {
      await terminal.expect(/ready/);
      terminal.send('\x03\r\x1a');
      await terminal.expect(/03 0d 1a/);
      assert.equal(await terminal.end(), 0);
    },
  );

  both('an interactive shell controls its jobs', shell, async (terminal) => {
    await terminal.expect(/[$#] /);
    // What is typed before the shell has put the terminal's modes back for the program is lost on line editing.
    terminal.send("echo rea''dy; cat\r");
    await terminal.expect(/\nready\r\n/);
    await modesSettle();
    terminal.send('typed\r');
    await terminal.expect(/typed\r\ntyped\r\n/);
    terminal.send('\x1a');
    await terminal.expect(/Stopped +cat[^$#]*[$#] /);
    terminal.send('jobs\r');
    await terminal.expect(/\[1\]\+ +Stopped +cat[^$#]*[$#] /);
    terminal.send('fg\r');
    await terminal.expect(/fg\r\n(\x1b\S*\r)?cat\r\n/);
    await modesSettle();
    terminal.send('again\r');
    await terminal.expect(/again\r\nagain\r\n/);
    terminal.send('\x03');
    await terminal.expect(/\^C[\s\S]*[$#] /);
    terminal.send('echo status $?\r');
    await terminal.expect(/status 130\r\n/);
    terminal.send('sleep 100 &\r');
    await terminal.expect(/\[1\] \d+/);
    terminal.send('kill %1; wait; echo waited\r');
    await terminal.expect(/\r\nwaited\r\n/);
    terminal.send('exit 6\r');
    assert.equal(await terminal.end(), 6);
  });

  // The machine's own shell, with the sandbox as its job: stopping it must not wedge anything.
  const suspend =
    (job: string): Procedure =>
    async (terminal) => {
      await terminal.expect(/[$#] /);
      terminal.send(`${job}\r`);
      await terminal.expect(/\r\nready\r\n/);
      terminal.send('\x1a');
      await terminal.expect(/Stopped[\s\S]*\n(\x1b\S*)?[^\n]*[$#] /);
      terminal.send('echo back in the shell\r');
      await terminal.expect(/\r\nback in the shell\r\n[\s\S]*[$#] /);
      terminal.send('fg\r');
      // The shell has put the modes of the job back when it names it.
      await terminal.expect(/fg\r\n[\s\S]*read line/);
      await modesSettle();
      terminal.send('hello\r');
      await terminal.expect(/got hello/);
      await terminal.expect(/[$#] /);
      terminal.send('stty -a | grep -c -e " icanon " -e " echo "; exit\r');
      await terminal.expect(/exit\r\n[12]\r\n/);
      assert.equal(await terminal.end(), 0);
    };
  const job = ['sh', '-c', 'echo ready; read line; echo got $line'];
  const quote = (words: string[]): string => words.map((word) => `'${word}'`).join(' ');

  natively('Ctrl-Z stops a job of the shell outside', shell, suspend(quote(job)));
  test('Ctrl-Z stops a job of the shell outside (sandbox)', { timeout: 60_000 }, async (t) => {
    if (requireTool(t, 'gcc', 'bash') && requireTvisor(t)) {
      await drive(shell, suspend(quote(sandboxCommand(job))));
    }
  });
});
