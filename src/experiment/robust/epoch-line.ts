import type { AdversarialRecord } from "../../training/adversarial.ts";
import { percent, significant } from "../../util/words.ts";
import type { AdversarialConfig } from "./config.ts";

/** An epoch of adversarial training in one line. */
export function adversarialEpochLine(record: AdversarialRecord, { training: { radius } }: AdversarialConfig): string {
  const { epoch, loss, deviation, robustTrainAccuracy, robustTestAccuracy, testAccuracy } = record;
  const test = testAccuracy === undefined ? "" : `  test ${percent(testAccuracy)}`;
  const robustTest = robustTestAccuracy === undefined ? "" : `  robust test ${percent(robustTestAccuracy)}`;
  const moved = `deviation ${significant(deviation)} of ${significant(radius)}`;
  return `epoch ${epoch}  loss ${significant(loss)}  robust train ${percent(robustTrainAccuracy)}${test}${robustTest}  ${moved}`;
}
