/** The one corner of jstat (MIT, ships no types) that is used: see statistics.ts. */
declare module "jstat" {
  const jStat: {
    readonly binomial: {
      /** The probability of k or fewer successes in n tries of probability p. */
      cdf(k: number, n: number, p: number): number;
    };
    readonly beta: {
      /** The p-quantile of the beta distribution with shapes a and b. */
      inv(p: number, a: number, b: number): number;
    };
    readonly studentt: {
      /** The p-quantile of Student's t distribution. */
      inv(p: number, degreesOfFreedom: number): number;
    };
  };
  export default jStat;
}
