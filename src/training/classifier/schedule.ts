/** What the learning rate is multiplied with, by the share of all steps that has been taken. */
export const schedules = {
  constant: () => 1,
  /** Half a cosine, from 1 to 0 (Loshchilov & Hutter 2017, eq. 5, without restarts). */
  cosine: (share: number) => (1 + Math.cos(Math.PI * share)) / 2,
} as const satisfies Readonly<Record<string, (share: number) => number>>;
export type ScheduleName = keyof typeof schedules;
export const scheduleNames = Object.keys(schedules) as ScheduleName[];
