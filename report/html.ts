/** The report as one page without scripts: it can be mailed, put on any server, opened from a disk. */
import { day } from '../compat/report/figures.js';
import { htmlPage } from '../compat/report/html-page.js';
import { escapeHtml } from '../compat/report/text.js';
import { drawSvg, WIDTHS } from './chart.js';
import type { DataTable, Figure, Plot, Report, Section } from './model.js';
import { MARK_BOX, markOf, STYLES } from './palette.js';
import { REPORT_STYLE } from './style.js';

export const TITLE = 'tvisor: compatibility and speed';

function legend(plot: Plot): string {
  const items: [string, string][] =
    plot.kind === 'shares'
      ? plot.parts.map(({ state, name }) => [`<i class="${state}"></i>`, name])
      : plot.kind === 'bars' || plot.series.length === 1
        ? []
        : plot.series.map(({ style, name }) => [
            `<svg viewBox="0 0 ${MARK_BOX} ${MARK_BOX}" aria-hidden="true"><path class="s${style % STYLES}" d="${markOf(style)}"/></svg>`,
            name,
          ]);
  const list = items.map(([mark, name]) => `<li>${mark}${escapeHtml(name)}</li>`);
  return list.length === 0 ? '' : `<ul class="legend">${list.join('')}</ul>`;
}

function table({ head, rows }: DataTable): string {
  const heads = head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('');
  const lines = rows.map(([first = '', ...cells]) => {
    const values = cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
    return `<tr><th scope="row">${escapeHtml(first)}</th>${values}</tr>`;
  });
  return `<details><summary>In numbers</summary><div class="scroll"><table><thead><tr>${heads}</tr></thead><tbody>
${lines.join('\n')}
</tbody></table></div></details>`;
}

function figure({ title, words, plot, table: data }: Figure): string {
  const alternative = `${title}. ${words} The figures are in the table below.`;
  const drawings = (['wide', 'narrow'] as const).map((name) =>
    drawSvg(plot, alternative, WIDTHS[name], name),
  );
  return `<figure class="card"><figcaption><h3>${escapeHtml(title)}</h3><p>${escapeHtml(words)}</p></figcaption>
${legend(plot)}${drawings.join('\n')}
${table(data)}</figure>`;
}

function list(label: string, name: string, lines: readonly string[]): string {
  const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`);
  return items.length === 0
    ? ''
    : `<p class="label">${label}</p>\n<ul class="${name}">${items.join('')}</ul>`;
}

/** Before the warnings of a section. */
export const CAUTION = 'The machine was not quiet: believe no small differences';

function section(one: Section): string {
  const warning =
    one.warnings.length === 0
      ? ''
      : `<p class="warning">${escapeHtml(`${CAUTION}: ${one.warnings.join('; ')}.`)}</p>`;
  return `<section id="${one.id}"><h2>${escapeHtml(one.title)}</h2>
${warning}
${one.figures.map(figure).join('\n')}
${list('Mind', 'notes', one.notes)}
${list('How it was taken', 'taken', one.taken)}</section>`;
}

function header(report: Report): string {
  const cards = report.sections
    .flatMap(({ headlines }) => headlines)
    .map(
      ({ value, words }) =>
        `<div class="card"><div class="figure">${escapeHtml(value)}</div><p>${escapeHtml(words)}</p></div>`,
    );
  const links = report.sections.map(({ id, title }) => `<a href="#${id}">${escapeHtml(title)}</a>`);
  return `<header><h1>${TITLE}</h1>
<p class="soft">${escapeHtml(day(report.date))}. Other machines, other figures: look at the ratios.</p>
<nav>${links.join('')}</nav>
<div class="headlines">${cards.join('')}</div></header>`;
}

function footer(report: Report): string {
  const lines = report.absent.map(
    ({ title, reason }) => `<p>${escapeHtml(title)}: ${escapeHtml(reason)}</p>`,
  );
  return lines.length === 0 ? '' : `<footer>${lines.join('')}</footer>`;
}

/**
 * The report as a static page.
 *
 * @returns HTML in which whatever a run contains is text
 */
export function reportHtml(report: Report): string {
  const body = `${header(report)}
<main>${report.sections.map(section).join('\n')}</main>
${footer(report)}`;
  return htmlPage(TITLE, REPORT_STYLE, body);
}
