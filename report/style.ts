/** What the report's page adds to the style of the compatibility suite's. */
import { STYLE } from '../compat/report/html-style.js';
import { colourOf, STYLES } from './palette.js';

const seriesColours = Array.from({ length: STYLES }, (_, i) => `.s${i} { fill: ${colourOf(i)}; }`).join('\n');

export const REPORT_STYLE = `${STYLE}
body { max-width: 1180px; }
header nav { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin-top: 1rem; font-size: .93rem; }
.headlines { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 150px), 1fr)); gap: 1.1rem; margin: 1.8rem 0 0; }
.headlines .card { padding: .9rem 1.1rem; }
.headlines .figure { font-size: clamp(1.5rem, 3vw, 2.1rem); margin-top: 0; white-space: nowrap; }
.headlines p { font-size: .9rem; color: var(--soft); margin: .1rem 0 0; }
section > h2 { font-size: 1.55rem; scroll-margin-top: 1rem; }
figure.card { margin: 1.1rem 0 0; padding: 1.1rem clamp(.8rem, 2vw, 1.4rem) 1rem; }
figure h3 { font-size: 1.08rem; margin: 0; color: var(--ink); }
figcaption { color: var(--soft); font-size: .87rem; }
figcaption p { margin: .2rem 0 0; max-width: 90ch; }
figure .legend { margin: .8rem 0 .5rem; }
.legend svg { width: 13px; height: 13px; margin-right: .4rem; vertical-align: -1.5px; display: inline; }
.card .narrow { display: none; }
@media (max-width: 700px) { .card .wide { display: none; } .card .narrow { display: block; } }
${seriesColours}
figure details { margin-top: .6rem; font-size: .87rem; }
figure summary { cursor: pointer; color: var(--accent); width: fit-content; }
figure .scroll { overflow-x: auto; margin-top: .5rem; border-radius: 9px; }
figure thead th { position: static; text-align: right; } figure thead th:first-child { text-align: left; }
figure td { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
figure tbody th { font-weight: 500; white-space: nowrap; }
.taken, .notes { font-size: .87rem; color: var(--soft); margin: 1rem 0 0; padding: 0 0 0 1.1rem; overflow-wrap: anywhere; }
p.warning { font-size: .9rem; background: var(--expected-bg); color: var(--expected-ink); border-radius: 9px; padding: .5rem .9rem; margin-top: .9rem; max-width: none; overflow-wrap: anywhere; }
p.label { font-size: .87rem; font-weight: 600; margin: 1.1rem 0 -.6rem; }
@media print { figure { break-inside: avoid; } }
`;
