import type { Split } from "./dataset.ts";
import { mnistFromIdx, type IdxFiles, type MnistOptions } from "./mnist.ts";
import { sphere, type SphereOptions } from "./sphere.ts";

/** The options of every dataset, by name. */
export interface DatasetOptions {
  readonly mnist: MnistOptions;
  readonly sphere: SphereOptions;
}

export type DatasetName = keyof DatasetOptions;

/** Where files come from: a folder in Node, the network or a file dialogue in a page. */
export interface DataSource {
  /** The four IDX files, not compressed. */
  idx(): Promise<IdxFiles>;
}

export interface DatasetContract<O> {
  readonly summary: string;
  /** The data itself. Errors are SignflipErrors; synthetic data leaves the source alone. */
  load(options: O, source: DataSource): Promise<Split>;
}

/** Every dataset: a file and a line here. */
export const datasets: { readonly [N in DatasetName]: DatasetContract<DatasetOptions[N]> } = {
  mnist: { summary: "two digits of MNIST, or two classes of any IDX files", load: async (options, source) => mnistFromIdx(await source.idx(), options) },
  sphere: { summary: "random points on the unit sphere", load: async (options) => sphere(options) },
};
