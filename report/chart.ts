/**
 * Plots as SVG, drawn without a browser. Their colours are custom properties of the page, so that one drawing serves light and
 * dark. Whatever is in them is put there as text: labels are functions or data, never templates.
 */
import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escapeHtml, firstLine } from '../compat/report/text.js';
import { dotSeries } from './chart-dots.js';
import type { BarPlot, DotPlot, LinePlot, Plot, SharePlot } from './model.js';
import { colourOf, markOf } from './palette.js';

use([BarChart, CustomChart, LineChart, GridComponent, SVGRenderer]);

/** Pixels of the two drawings of a plot: for a page, and for a phone. */
export const WIDTHS = { wide: 1040, narrow: 340 };

const FONT = 'system-ui, sans-serif';
/** Pixels: a row's own height, and what each series adds. */
const ROW = 12;
const ROW_OF_SERIES = 7;
const AXIS_HEIGHT = 34;
const LINES_HEIGHT = 300;
/** More rows than fit a screen. */
const MANY_ROWS = 15;

interface Drawing {
  option: EChartsCoreOption;
  height: number;
}

const label = { color: 'var(--soft)', fontFamily: FONT, fontSize: 12 };
const line = { show: true, lineStyle: { color: 'var(--line)', width: 1 } };

/** Rows from top to bottom, their names at the left. */
function rowAxis(rows: readonly string[], width: number): object {
  return {
    type: 'category',
    data: rows.map((_, i) => i),
    inverse: true,
    axisTick: { show: false },
    axisLine: { show: false },
    splitLine: { ...line, interval: 0 },
    axisLabel: {
      ...label,
      color: 'var(--ink)',
      interval: 0,
      width: labelWidth(rows, width),
      overflow: 'truncate',
      formatter: (_: unknown, index: number) => firstLine(rows[index] ?? '', 80),
    },
  };
}

/** Enough for the longest, but never more than leaves room for the plot. */
function labelWidth(rows: readonly string[], width: number): number {
  const longest = Math.max(0, ...rows.map((row) => Math.min(row.length, 80)));
  return Math.min(longest * 7 + 4, Math.round(width * (width < 500 ? 0.36 : 0.3)));
}

function grid(rows: readonly string[], width: number, right: number): object {
  return { left: labelWidth(rows, width) + 14, right, top: 6, bottom: AXIS_HEIGHT - 8, containLabel: false };
}

/** Powers of ten around the values: [least, most]. */
function decades(plot: DotPlot): [number, number] {
  const all = plot.series.flatMap(({ values }) =>
    // A line that begins near zero would take the plot's room; it is cut off.
    values.flatMap((value) => (value ? [value.value, value.high ?? value.value] : [])),
  );
  const usable = [...all, ...(plot.mark === undefined ? [] : [plot.mark])].filter((value) => value > 0);
  const low = Math.min(...usable);
  const high = Math.max(...usable);
  return [10 ** Math.floor(Math.log10(low) + 1e-9), 10 ** Math.ceil(Math.log10(high * 1.001) - 1e-9)];
}

function valueAxis(format: (value: number) => string, more: object): Record<string, unknown> {
  return {
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: line,
    axisLabel: { ...label, hideOverlap: true, formatter: (value: number) => format(value) },
    ...more,
  };
}

function dots(plot: DotPlot, width: number): Drawing {
  const [min, max] = plot.axis === 'log' ? decades(plot) : [0, 100];
  const scale = plot.axis === 'log' ? { type: 'log', min, max } : { type: 'value', min, max };
  const rowHeight = ROW + ROW_OF_SERIES * plot.series.length;
  const bottom = valueAxis(plot.format, scale);
  // Who looks at the first rows of many does not see the last.
  const twice = plot.rows.length > MANY_ROWS;
  return {
    height: plot.rows.length * rowHeight + AXIS_HEIGHT * (twice ? 2 : 1),
    option: {
      grid: { ...grid(plot.rows, width, 26), ...(twice ? { top: AXIS_HEIGHT - 8 } : {}) },
      xAxis: twice ? [bottom, { ...bottom, position: 'top' }] : bottom,
      yAxis: rowAxis(plot.rows, width),
      series: dotSeries(plot, min),
    },
  };
}

function shares(plot: SharePlot, width: number): Drawing {
  const totals = plot.rows.map((_, row) =>
    plot.parts.reduce((sum, { values }) => sum + (values[row] ?? 0), 0),
  );
  const share = (value: number, row: number): number => (totals[row] ? (100 * value) / totals[row] : 0);
  return {
    height: plot.rows.length * 34 + AXIS_HEIGHT,
    option: {
      grid: grid(plot.rows, width, 26),
      xAxis: valueAxis((value) => `${value} %`, { type: 'value', min: 0, max: 100 }),
      yAxis: rowAxis(plot.rows, width),
      series: plot.parts.map(({ state, values }) => ({
        type: 'bar',
        stack: 'all',
        barWidth: 20,
        data: values.map(share),
        itemStyle: { color: `var(--${state})` },
      })),
    },
  };
}

function bars(plot: BarPlot, width: number): Drawing {
  return {
    height: plot.rows.length * 34 + AXIS_HEIGHT,
    option: {
      grid: grid(plot.rows, width, 90),
      xAxis: valueAxis(plot.format, { type: 'value', min: 0, splitNumber: width < 500 ? 2 : 5 }),
      yAxis: rowAxis(plot.rows, width),
      series: [
        {
          type: 'bar',
          barWidth: 20,
          data: plot.values.map(({ value }, row) => ({
            value,
            itemStyle: { color: colourOf(plot.styles[row] ?? 0), borderRadius: [0, 4, 4, 0] },
          })),
          label: {
            ...label,
            show: true,
            position: 'right',
            color: 'var(--ink)',
            formatter: ({ value }: { value: number }) => plot.format(value),
          },
        },
      ],
    },
  };
}

function lines(plot: LinePlot, width: number): Drawing {
  return {
    height: LINES_HEIGHT,
    option: {
      grid: { left: 50, right: 26, top: 12, bottom: 30 },
      xAxis: {
        type: 'category',
        boundaryGap: plot.points.length === 1,
        data: plot.points.map((_, i) => i),
        axisLine: line,
        axisTick: { show: false },
        axisLabel: {
          ...label,
          interval: Math.ceil(plot.points.length / (width / 90)) - 1,
          formatter: (_: unknown, index: number) => firstLine(plot.points[index] ?? '', 20),
        },
      },
      yAxis: valueAxis(plot.format, { type: 'value', min: 0 }),
      series: plot.series.map(({ style, values }) => ({
        type: 'line',
        symbol: `path://${markOf(style)}`,
        symbolSize: 8,
        data: values.map((value) => value?.value ?? null),
        lineStyle: { color: colourOf(style), width: 2 },
        itemStyle: { color: colourOf(style) },
      })),
    },
  };
}

function draw(plot: Plot, width: number): Drawing {
  switch (plot.kind) {
    case 'dots':
      return dots(plot, width);
    case 'shares':
      return shares(plot, width);
    case 'bars':
      return bars(plot, width);
    case 'lines':
      return lines(plot, width);
  }
}

/** `font-size:12px;font-family:x;` as attributes: the page allows no style but its own. */
function styleToAttributes(style: string): string {
  return style
    .split(';')
    .flatMap((rule) => {
      const [, name, value] = /^\s*([\w-]+)\s*:\s*(.+)$/.exec(rule) ?? [];
      return name === undefined ? [] : [`${name}="${value}"`];
    })
    .join(' ');
}

/** The renderer's SVG without what only its own scripts would use, with words for who cannot see it. */
function clean(svg: string, words: string, name: string): string {
  return (
    svg
      .replace(/<style[\s\S]*?<\/style>/g, '')
      // Nothing leaves its grid, so nothing has to be cut off there.
      .replace(/<defs[\s\S]*?<\/defs>/g, '')
      .replace(
        /<svg [^>]*?viewBox="([^"]*)">/,
        (_, box: string) =>
          `<svg class="${name}" viewBox="${box}" role="img" aria-label="${escapeHtml(words)}">`,
      )
      .replace(
        / (?:class="zr[^"]*"|clip-path="[^"]*"|ecmeta_\w+="[^"]*"|pointer-events="[^"]*"|xml:space="[^"]*")/g,
        '',
      )
      .replace(/ style="([^"]*)"/g, (_, style: string) => ` ${styleToAttributes(style)}`)
      .replace(/ (?:d|transform)="[^"]*"/g, (place) => place.replace(/(\.\d{2})\d+/g, '$1'))
  );
}

/**
 * Draw a plot.
 *
 * @param words its alternative text
 * @param width pixels that its text is made for; it is then as wide as its place
 * @returns an `svg` element of the class `name`
 */
export function drawSvg(plot: Plot, words: string, width: number, name: string): string {
  const { option, height } = draw(plot, width);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, ...option });
    return clean(chart.renderToSVGString(), words, name);
  } finally {
    chart.dispose();
  }
}
