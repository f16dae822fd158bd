import { experimentOf } from "../experiment/index.ts";
import type { Cell, CellConfig, FinishedCell, RunContext } from "../experiment/experiment.ts";
import { internal, SignflipError } from "../util/errors.ts";
import { cellKey, inputsOf, splitFingerprint } from "./key.ts";
import { trajectoryOf, type Batch } from "./order.ts";
import type { ResultStore, StoredCell } from "./store.ts";

/** Computes the cells of one trajectory. */
export function runCells(configs: readonly CellConfig[], context: RunContext): AsyncIterable<FinishedCell> {
  const [first, ...others] = configs;
  if (first === undefined) throw internal("a trajectory without cells");
  if (others.some((other) => trajectoryOf(other) !== trajectoryOf(first))) throw internal("cells of one trajectory that cannot be computed together");
  return experimentOf(first).run([first, ...others], context);
}

/** Computes one cell. */
export async function runCell(config: CellConfig, context: RunContext): Promise<FinishedCell> {
  for await (const cell of runCells([config], context)) return cell;
  throw internal("an experiment of one cell gave none");
}

/**
 * Computes a batch, in whatever process it is called: stores networks if asked to, and yields every cell as it is finished.
 * @throws SF_DATA if the data read here is not the data the study was planned with
 */
export async function* serveBatch(
  batch: Batch,
  context: RunContext & { readonly fileFingerprint?: (path: string) => Promise<string> },
  store: Pick<ResultStore, "putNetwork">,
): AsyncGenerator<StoredCell> {
  const { fileFingerprint, ...running } = context;
  const fingerprints = {
    data: async (data: Parameters<RunContext["load"]>[0]) => splitFingerprint(await context.load(data)),
    ...(fileFingerprint ? { file: fileFingerprint } : {}),
  };
  const configs = batch.map(({ config }) => config);
  for await (const { result, save } of runCells(configs, running)) {
    const key = cellKey(result.config, await inputsOf(result.config, fingerprints));
    const cell = batch.find((one) => one.key === key);
    if (cell === undefined) throw new SignflipError("SF_DATA", "the data changed while the study ran; run it again");
    const kept: Cell = { key, ...result };
    yield cell.keepNetwork && save !== undefined ? { result: kept, network: await store.putNetwork(key, save()) } : { result: kept };
  }
}
