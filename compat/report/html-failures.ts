/** The failing checks of a page: each is written once, and cells point to it. */

import type { CompatRun, TargetRun } from '../model.js';
import { groupFailures } from './groups.js';
import type { Cell, FailingCheck, Matrix } from './matrix.js';
import { count, cut, escapeHtml, firstLine, type TextLimits } from './text.js';

/** Lines of all failing checks together: a page of thousands must still open. */
const LINES_OF_A_PAGE = 60_000;
const COLUMNS = 240;
const FEWEST_LINES = 8;
const MOST_LINES = 60;
/** A name in a heading. */
const NAME_COLUMNS = 200;
const GROUPS_SHOWN = 20;

/** Names for the failing checks of all targets, `f0` and on. */
export class FailureIds {
  private readonly ids = new Map<FailingCheck, string>();

  constructor(matrix: Matrix) {
    for (const { checks } of matrix.totals) {
      for (const failing of checks.failing) {
        this.ids.set(failing, `f${this.ids.size}`);
      }
    }
  }

  of(failing: FailingCheck): string {
    return this.ids.get(failing) ?? '';
  }

  limits(): TextLimits {
    const lines = Math.floor(LINES_OF_A_PAGE / Math.max(1, this.ids.size));
    return { columns: COLUMNS, lines: Math.min(MOST_LINES, Math.max(FEWEST_LINES, lines)) };
  }
}

/** Lines of a difference in colour. */
function difference(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const kind = line.startsWith('+') ? 'add' : line.startsWith('-') ? 'remove' : '';
      return kind === '' ? escapeHtml(line) : `<span class="${kind}">${escapeHtml(line)}</span>`;
    })
    .join('\n');
}

function article(failing: FailingCheck, id: string, limits: TextLimits): string {
  const { outcome, expected, detail } = failing;
  const known = expected === '' ? '' : `<span class="badge expected">known gap</span>`;
  const calls = failing.calls
    .map((call) => `<code>${escapeHtml(firstLine(call, NAME_COLUMNS))}</code>`)
    .join(' ');
  const words = detail.trim() === '' ? '' : `<pre>${difference(cut(detail, limits))}</pre>`;
  const path = firstLine(`${failing.family}/${failing.caseName}`, NAME_COLUMNS);
  const reason = expected === '' ? '' : `<div class="about">${escapeHtml(firstLine(expected, 400))}</div>`;
  return `<article id="${id}">
<h4><span class="badge ${outcome}">${outcome.replace('-', ' ')}</span>${known}${escapeHtml(firstLine(failing.title, NAME_COLUMNS))}</h4>
<div class="about">${escapeHtml(path)}${calls === '' ? '' : ` · ${calls}`}</div>
${reason}${words}</article>`;
}

function ofTarget(target: TargetRun, checks: Cell, ids: FailureIds): string {
  const limits = ids.limits();
  const name = escapeHtml(firstLine(target.target.name, NAME_COLUMNS));
  return `<details class="of"><summary>${name}: ${count(checks.failing.length, 'check')}</summary>
${checks.failing.map((failing) => article(failing, ids.of(failing), limits)).join('\n')}
</details>`;
}

/** The section of all failing checks, by target; empty if there are none. */
export function failuresSection(matrix: Matrix, ids: FailureIds): string {
  const parts = matrix.targets.flatMap((target, column) => {
    const checks = matrix.totals[column]?.checks;
    return checks === undefined || checks.failing.length === 0 ? [] : [ofTarget(target, checks, ids)];
  });
  return parts.length === 0
    ? ''
    : `<section><h2>What does not pass</h2>
<p class="soft">In a difference, <code>-</code> is what was expected and <code>+</code> what was seen.</p>
${parts.join('\n')}</section>`;
}

/** The largest groups of failures, by target; empty if there are none. */
export function groupsSection(run: CompatRun): string {
  const parts = run.targets.flatMap((target) => {
    const groups = groupFailures(target).slice(0, GROUPS_SHOWN);
    if (groups.length === 0) {
      return [];
    }
    const rows = groups.map((group) => {
      const names = group.cases.slice(0, 8).map((name) => escapeHtml(firstLine(name, 60)));
      const more = group.cases.length > names.length ? ` and ${group.cases.length - names.length} more` : '';
      const known = group.expected ? '<span class="badge expected">known gap</span>' : '';
      const badge = `<span class="badge ${group.outcome}">${group.outcome}</span>`;
      return `<tr><td>${group.checks}</td><td>${badge}${known}</td><td class="call">${escapeHtml(firstLine(group.call, 60))}</td><td>${escapeHtml(group.signature)}</td><td class="soft">${names.join(', ')}${more}</td></tr>`;
    });
    const name = escapeHtml(firstLine(target.target.name, NAME_COLUMNS));
    return [
      `<details class="of groups"><summary>${name}</summary><table><thead><tr><th>Checks</th><th>Ended as</th><th>Call</th><th>What they say</th><th>Cases</th></tr></thead><tbody>
${rows.join('\n')}</tbody></table></details>`,
    ];
  });
  return parts.length === 0
    ? ''
    : `<section><h2>Largest groups of failures</h2>
<p class="soft">Failures that end alike and say the same, but for names and numbers.</p>
${parts.join('\n')}</section>`;
}
