import { median } from '../fleet.ts';
import type { Figure, Goal, Measurement, Results, Values } from './measurement.ts';

/** A table for each figure of each measurement: medians, and medians of the ratios of each round with the least and the greatest. */
export function reportLines(results: Results): string[] {
  return [...results].flatMap(([measurement, values]) => [
    '',
    measurement.title,
    ...measurement.figures.flatMap((figure) => figureLines(measurement, figure, values)),
  ]);
}

function figureLines(
  { contenders, base, subject }: Measurement,
  { name: figure, goals = [] }: Figure,
  values: Map<string, Values[]>,
): string[] {
  const series = (name: string): number[] => (values.get(name) ?? []).map((round) => round[figure]!);
  const lines = contenders.map(({ name }) => {
    const own = series(name);
    const ratios = ratiosOf(own, series(base));
    const value = shown(median(own)).padStart(10);
    return `    ${name.padEnd(18)}${value}   ${name === base ? '1.00' : shownRatios(ratios)}`;
  });
  const verdicts = goals.map((goal) => verdict(goal, ratiosOf(series(subject), series(goal.of)), subject));
  return [`  ${figure.padEnd(30)}   of ${base}`, ...lines, ...verdicts];
}

function ratiosOf(values: number[], others: number[]): number[] {
  return values.map((value, round) => value / others[round]!);
}

function shownRatios(ratios: number[]): string {
  if (!ratios.every(Number.isFinite)) return '–';
  const [least, greatest] = [Math.min(...ratios), Math.max(...ratios)];
  return `${median(ratios).toFixed(2)} (${least.toFixed(2)}–${greatest.toFixed(2)})`;
}

function shown(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}

function verdict({ of, atLeast, atMost }: Goal, ratios: number[], subject: string): string {
  const wanted = atLeast === undefined ? `at most ${atMost!.toFixed(2)}` : `at least ${atLeast.toFixed(2)}`;
  const ratio = median(ratios);
  const off = atLeast === undefined ? ratio / atMost! - 1 : 1 - ratio / atLeast;
  const answer = off <= 0 ? 'ok' : `missed by ${(off * 100).toFixed(0)} %`;
  return `    goal: ${subject} ${wanted} of ${of}: ${shownRatios(ratios)} ${answer}`;
}
