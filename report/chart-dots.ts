/** The dots of a plot: a mark and the line of its spread, beside those of the other series in the row. */
import type { CustomSeriesOption } from 'echarts/charts';
import type { DotPlot, PlotValue } from './model.js';
import { colourOf, markOf } from './palette.js';

/** Half of a mark, pixels. */
const RADIUS = 4.5;
/** Pixels between the series of one row. */
const STEP = 7;

type Element = NonNullable<ReturnType<NonNullable<CustomSeriesOption['renderItem']>>>;

function markAt(style: number, x: number, y: number): Element {
  const side = 2 * RADIUS;
  return {
    type: 'path',
    shape: { pathData: markOf(style), x: x - RADIUS, y: y - RADIUS, width: side, height: side },
    style: { fill: colourOf(style) },
  };
}

/** Row, value, low, high. */
type Point = [number, number, number, number];

function pointsOf(values: readonly (PlotValue | undefined)[], least: number): Point[] {
  return values.flatMap((value, row) =>
    value === undefined
      ? []
      : [[row, value.value, Math.max(least, value.low ?? value.value), value.high ?? value.value] as Point],
  );
}

/** The line across all rows, as a series of its own. */
function markLine(mark: number): CustomSeriesOption {
  return {
    type: 'custom',
    silent: true,
    data: [[mark, 0]],
    renderItem: ({ coordSys }, api) => {
      const { y, height } = coordSys as unknown as { y: number; height: number };
      const [x = 0] = api.coord([mark, 0]);
      return {
        type: 'line',
        shape: { x1: x, x2: x, y1: y, y2: y + height },
        style: { stroke: 'var(--ink)', lineWidth: 1, lineDash: [4, 3] },
      };
    },
  };
}

/**
 * The series of a plot for the renderer.
 *
 * @param least the axis' beginning: no line goes further to the left
 */
export function dotSeries(plot: DotPlot, least: number): CustomSeriesOption[] {
  const middle = (plot.series.length - 1) / 2;
  const series = plot.series.map(({ style, values }, place): CustomSeriesOption => {
    const colour = colourOf(style);
    return {
      type: 'custom',
      data: pointsOf(values, least),
      encode: { x: [1, 2, 3], y: 0 },
      renderItem: (_, api) => {
        const at = (dimension: number): number[] =>
          api.coord([api.value(dimension) as number, api.value(0) as number]);
        const [x = 0, row = 0] = at(1);
        const y = row + (place - middle) * STEP;
        const shape = { x1: at(2)[0], x2: at(3)[0], y1: y, y2: y };
        return {
          type: 'group',
          children: [
            { type: 'line', shape, style: { stroke: colour, lineWidth: 2, opacity: 0.55 } },
            markAt(style, x, y),
          ],
        };
      },
    };
  });
  return plot.mark === undefined ? series : [markLine(plot.mark), ...series];
}
