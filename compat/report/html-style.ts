/** The style of the page: light and dark, and readable on paper. */

export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --ink: #1a1f29; --soft: #5b6575; --faint: #97a1b0; --line: #e1e5eb; --hover: #f0f3f8;
  --accent: #2f5fd0; --none: #e6e9ee;
  --pass: #1f9d6b; --pass-bg: #dcf5e9; --pass-ink: #0b5c3c;
  --fail: #e4572e; --fail-bg: #fde3da; --fail-ink: #9a2c0c;
  --broken: #b3123f; --broken-bg: #fbd5df; --broken-ink: #8a0b2e;
  --expected: #e3a411; --expected-bg: #fcf0cf; --expected-ink: #6f4e00;
  --not-reached: #8b6fd6; --not-reached-bg: #ebe4fb; --not-reached-ink: #50359a;
  --skip: #9fb0c6; --skip-bg: #e9eef5; --skip-ink: #46566d;
  --add-bg: #e2f3ea; --remove-bg: #fbe6e0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1116; --card: #161b22; --ink: #e4e8ee; --soft: #9aa5b5; --faint: #667183; --line: #272e39; --hover: #1d242e;
    --accent: #86a8ff; --none: #262d37;
    --pass: #2fb683; --pass-bg: #10372a; --pass-ink: #7fe3bb;
    --fail: #f0724a; --fail-bg: #452012; --fail-ink: #ffb59c;
    --broken: #e0446d; --broken-bg: #471426; --broken-ink: #ff9db7;
    --expected: #e0ad36; --expected-bg: #3d300d; --expected-ink: #f4d27c;
    --not-reached: #9d84e8; --not-reached-bg: #2b2347; --not-reached-ink: #c9b9ff;
    --skip: #5d6d83; --skip-bg: #222b37; --skip-ink: #a9b8cc;
    --add-bg: #12301f; --remove-bg: #3a1a14;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2.5rem clamp(1rem, 4vw, 3rem) 5rem; max-width: 1500px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "Noto Sans", Arial, sans-serif;
}
h1 { font-size: 2.1rem; line-height: 1.15; letter-spacing: -.02em; margin: 0 0 .4rem; text-wrap: balance; }
h2 { font-size: 1.3rem; letter-spacing: -.01em; margin: 3rem 0 .3rem; }
p { margin: .3rem 0; max-width: 75ch; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
code, pre, .call { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.soft { color: var(--soft); }
.legend { display: flex; flex-wrap: wrap; gap: .35rem 1.1rem; margin: 1rem 0 0; padding: 0; list-style: none; color: var(--soft); font-size: .87rem; }
.legend i { display: inline-block; width: .8rem; height: .8rem; border-radius: 3px; margin-right: .4rem; vertical-align: -1px; }
i.pass { background: var(--pass); } i.fail { background: var(--fail); } i.broken { background: var(--broken); }
i.expected { background: var(--expected); } i.not-reached { background: var(--not-reached); }
i.skip { background: var(--skip); } i.none { background: var(--none); }

.targets { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 285px), 1fr)); gap: 1.1rem; margin: 1.8rem 0 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.2rem 1.3rem 1.1rem; min-width: 0; }
.card h3 { margin: 0; font-size: 1.08rem; overflow-wrap: anywhere; }
.card .version { color: var(--soft); font-size: .82rem; overflow-wrap: anywhere; min-height: 1.3em; }
.card .figure { font-size: 2.5rem; font-weight: 650; letter-spacing: -.03em; line-height: 1.2; margin-top: .5rem; font-variant-numeric: tabular-nums; }
.card .figure span { white-space: nowrap; }
.card .figure small { font-size: .85rem; font-weight: 400; letter-spacing: 0; color: var(--soft); margin-left: .45rem; white-space: nowrap; }
.card svg { display: block; width: 100%; height: auto; }
.card .bar { height: 9px; border-radius: 5px; margin: .5rem 0 .9rem; }
.card dl { display: grid; grid-template-columns: fit-content(55%) 1fr; gap: .1rem .9rem; margin: .9rem 0 0; font-size: .87rem; }
.card dt { color: var(--soft); overflow-wrap: anywhere; } .card dd { margin: 0; text-align: right; text-wrap: balance; font-variant-numeric: tabular-nums; overflow-wrap: break-word; min-width: 0; }
.card > p { font-size: .85rem; margin: .7rem 0 0; overflow-wrap: anywhere; }
.card.away { align-self: start; border-style: dashed; } .card.away .figure { font-size: 1.15rem; letter-spacing: 0; color: var(--soft); }
.warn { color: var(--fail-ink); } .glad { color: var(--pass-ink); }
svg .pass { fill: var(--pass); } svg .fail { fill: var(--fail); } svg .broken { fill: var(--broken); }
svg .expected { fill: var(--expected); } svg .not-reached { fill: var(--not-reached); } svg .skip { fill: var(--skip); }
svg .none { fill: var(--none); }
svg a rect { transition: opacity .1s; } svg a:hover rect { opacity: .55; } svg a:focus-visible rect { stroke: var(--ink); stroke-width: 2; }

.tools { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: 1rem 0 .8rem; }
.tools input {
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 9px; padding: .45rem .8rem; width: min(100%, 22rem);
}
.tools button {
  font: inherit; font-size: .87rem; color: var(--soft); background: none; border: 1px solid var(--line); border-radius: 99px; padding: .32rem .85rem; cursor: pointer;
}
.tools button[aria-pressed=true] { background: var(--ink); border-color: var(--ink); color: var(--page); }
.tools output { color: var(--soft); font-size: .87rem; margin-left: auto; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

.scroll { background: var(--card); border: 1px solid var(--line); border-radius: 14px; overflow: clip; }
@media (max-width: 900px) { .scroll { overflow-x: auto; } }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .34rem .7rem; text-align: left; vertical-align: middle; border-bottom: 1px solid var(--line); }
tbody tr:last-child > * { border-bottom: 0; }
thead th {
  position: sticky; top: 0; z-index: 1; background: var(--card); font-size: .8rem; font-weight: 600; color: var(--soft); white-space: nowrap;
  box-shadow: 0 1px 0 var(--line); padding-block: .6rem;
}
thead th.t { text-align: center; color: var(--ink); font-size: .9rem; max-width: 12rem; overflow: hidden; text-overflow: ellipsis; }
tbody tr:hover { background: var(--hover); }
tbody tr:target { background: var(--hover); box-shadow: inset 3px 0 0 var(--accent); scroll-margin-top: 4rem; }
tbody tr { scroll-margin-top: 4rem; }
td.nr { color: var(--faint); font-variant-numeric: tabular-nums; text-align: right; width: 1%; }
th.call { font-weight: 500; font-size: .9rem; white-space: nowrap; }
td.says { white-space: nowrap; font-size: .84rem; color: var(--soft); width: 1%; }
td.says b { font-weight: 500; color: var(--ink); } td.says b.missing { color: var(--fail-ink); } td.says b.partial { color: var(--expected-ink); }
td.note { font-size: .84rem; color: var(--soft); min-width: 12rem; }
td.note span { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
td.note span:hover { -webkit-line-clamp: unset; }
td.c { text-align: center; padding: .2rem .35rem; width: 7.5rem; min-width: 6rem; }
.cell {
  display: block; border-radius: 7px; padding: .16rem .4rem; font-size: .85rem; font-variant-numeric: tabular-nums; font-weight: 550; white-space: nowrap;
}
a.cell { text-decoration: none; cursor: pointer; } a.cell:hover { outline: 2px solid currentColor; outline-offset: -1px; }
.cell.pass { background: var(--pass-bg); color: var(--pass-ink); } .cell.fail { background: var(--fail-bg); color: var(--fail-ink); }
.cell.broken { background: var(--broken-bg); color: var(--broken-ink); } .cell.expected { background: var(--expected-bg); color: var(--expected-ink); }
.cell.not-reached { background: var(--not-reached-bg); color: var(--not-reached-ink); } .cell.skip { background: var(--skip-bg); color: var(--skip-ink); font-weight: 400; }
.cell.none { color: var(--faint); font-weight: 400; }
tr[hidden] { display: none; }

details.of { background: var(--card); border: 1px solid var(--line); border-radius: 14px; margin: .8rem 0; padding: 0 1.2rem; }
details.of > summary { cursor: pointer; padding: .8rem 0; font-weight: 600; }
details.of[open] { padding-bottom: 1rem; }
article { border-top: 1px solid var(--line); padding: .8rem 0; scroll-margin-top: 1rem; }
article h4 { margin: 0; font-size: .97rem; font-weight: 600; overflow-wrap: anywhere; }
article .about { color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }
.badge { display: inline-block; border-radius: 99px; padding: 0 .6rem; font-size: .76rem; font-weight: 600; margin-right: .35rem; vertical-align: 1px; }
.badge.fail { background: var(--fail-bg); color: var(--fail-ink); } .badge.timeout, .badge.crash, .badge.broken { background: var(--broken-bg); color: var(--broken-ink); }
.badge.not-reached { background: var(--not-reached-bg); color: var(--not-reached-ink); } .badge.expected { background: var(--expected-bg); color: var(--expected-ink); }
pre { margin: .5rem 0 0; padding: .7rem .9rem; background: var(--page); border-radius: 9px; font-size: .8rem; line-height: 1.45; overflow-x: auto; tab-size: 4; }
pre .add, pre .remove { display: inline-block; min-width: 100%; }
pre .add { background: var(--add-bg); } pre .remove { background: var(--remove-bg); }
.groups td { vertical-align: top; font-size: .88rem; overflow-wrap: anywhere; } .groups td:first-child { text-align: right; font-weight: 600; }

dialog {
  margin: 0 0 0 auto; height: 100dvh; max-height: none; width: min(100vw, 46rem); max-width: none; border: 0; border-left: 1px solid var(--line); padding: 1.3rem 1.6rem 3rem;
  background: var(--card); color: var(--ink); box-shadow: -12px 0 50px #0004; overflow-y: auto;
}
dialog::backdrop { background: #0006; }
dialog header { display: flex; align-items: start; gap: 1rem; } dialog h3 { flex: 1; margin: 0 0 .6rem; font-size: 1.2rem; overflow-wrap: anywhere; }
dialog button { font: inherit; border: 1px solid var(--line); background: none; color: inherit; border-radius: 8px; padding: .2rem .8rem; cursor: pointer; }
footer { margin-top: 3.5rem; padding-top: 1.2rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .87rem; }
footer table { margin: .8rem 0; } footer td, footer th { vertical-align: top; overflow-wrap: anywhere; padding-left: 0; }
footer th { white-space: nowrap; font-weight: 600; }
@media print { .tools, dialog { display: none; } thead th { position: static; } body { background: #fff; } }
`;
