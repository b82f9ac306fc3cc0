import type { Contender } from './contender.ts';

/** One way to look at the contenders. */
export interface Measurement {
  /** As in BENCH_ONLY. */
  key: string;
  title: string;
  contenders: Contender[];
  /** Name of the contender that the others are compared with. */
  base: string;
  /** Name of the one that the goals are about. */
  subject: string;
  figures: Figure[];
  /** Not in every round: what it looks at is there once. */
  once?: boolean;
  run(contender: Contender): Promise<Values>;
}

/** By the name of the figure. */
export type Values = Record<string, number>;

export interface Figure {
  name: string;
  goals?: Goal[];
}

/** A ratio to the contender of that name. */
export interface Goal {
  of: string;
  atLeast?: number;
  atMost?: number;
}

/** Values by measurement, contender and figure: one of each round, in order. */
export type Results = Map<Measurement, Map<string, Values[]>>;

/** All measurements in each round, all contenders in turn in each measurement, with another one first each time. */
export async function runRounds(
  measurements: Measurement[],
  rounds: number,
  beforeRound: (round: number) => Promise<void>,
): Promise<Results> {
  const results: Results = new Map(measurements.map((measurement) => [measurement, new Map()]));
  for (let round = 0; round < rounds; round += 1) {
    await beforeRound(round + 1);
    for (const measurement of measurements) {
      if (measurement.once && round > 0) continue;
      for (const contender of rotated(measurement.contenders, round)) {
        const values = results.get(measurement)!;
        const earlier = values.get(contender.name) ?? [];
        values.set(contender.name, [...earlier, await measurement.run(contender)]);
      }
    }
  }
  return results;
}

function rotated<T>(list: T[], by: number): T[] {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
