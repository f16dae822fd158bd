/** The one corner of jstat (MIT, ships no types) that is used: see statistics.ts. */
declare module "jstat" {
  const jStat: {
    readonly studentt: {
      /** The p-quantile of Student's t distribution. */
      inv(p: number, degreesOfFreedom: number): number;
    };
  };
  export default jStat;
}
