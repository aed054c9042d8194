/** What the page and the summary are made of: both show the same sections, one with plots and one without. */

/** Rows of words and figures; nothing in it is markup. */
export interface DataTable {
  /** The first column names the rows. */
  head: string[];
  rows: string[][];
}

/** One thing that is plotted, and the value it has in one row. */
export interface PlotValue {
  value: number;
  /** The ends of its spread, where it has one. */
  low?: number;
  high?: number;
}

export interface Series {
  name: string;
  /** The place of its colour and mark; the same target has the same one in every plot. */
  style: number;
  /** One for each row; undefined where nothing was measured. */
  values: (PlotValue | undefined)[];
}

/**
 * Dots beside each other on a common axis, with a line through each for its spread.
 */
export interface DotPlot {
  kind: 'dots';
  rows: string[];
  series: Series[];
  axis: 'log' | 'percent';
  /** How a value of the axis is written. */
  format: (value: number) => string;
  /** A line across all rows, as at a ratio of 1. */
  mark?: number;
}

/** A part of a whole bar. */
export interface BarPart {
  name: string;
  /** A colour of the compatibility page: pass, fail, skip ... */
  state: string;
  values: number[];
}

/** Bars that all have the same length: the parts of a whole. */
export interface SharePlot {
  kind: 'shares';
  rows: string[];
  parts: BarPart[];
}

/** Bars from zero, one a row. */
export interface BarPlot {
  kind: 'bars';
  rows: string[];
  styles: number[];
  values: PlotValue[];
  format: (value: number) => string;
}

/** Lines over points in the order of time. */
export interface LinePlot {
  kind: 'lines';
  points: string[];
  series: Series[];
  format: (value: number) => string;
}

export type Plot = DotPlot | SharePlot | BarPlot | LinePlot;

export interface Figure {
  title: string;
  /** What the plot shows and how to read it, in a sentence or two; also its alternative text. */
  words: string;
  plot: Plot;
  /** The same in numbers. */
  table: DataTable;
}

/** One number to remember. */
export interface Headline {
  value: string;
  words: string;
}

export interface Section {
  id: string;
  title: string;
  headlines: Headline[];
  figures: Figure[];
  /** What is left out, and why. */
  notes: string[];
  /** How it was taken: machine, rounds, statistic, versions. */
  taken: string[];
  /** What makes the figures less sure. */
  warnings: string[];
}

/** What there is nothing to show of, in one line. */
export interface Absent {
  title: string;
  reason: string;
}

export interface Report {
  /** ISO 8601: of the newest run. */
  date: string;
  sections: Section[];
  absent: Absent[];
}
