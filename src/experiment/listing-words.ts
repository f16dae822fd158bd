import { datasetOf } from "../data/index.ts";
import type { NetworkCellConfig } from "./network-cells.ts";

/* What several listings say of a run's configuration. */

interface Configured {
  readonly config: Pick<NetworkCellConfig, "data" | "network">;
}

/** "MNIST 0 and 1". */
export const dataOf = ({ config: { data } }: Configured): string => datasetOf(data).label(data);

/** "raw pixels"; nothing where the dataset has one scale only. */
export const inputsOf = ({ config: { data } }: Configured): string | undefined => datasetOf(data).scale(data) || undefined;
export const biasesOf = ({ config: { network } }: Configured): string => (network.bias ? "yes" : "no");

/** Why SGD inside the ball ended. */
export const endOf = ({ row }: { readonly row: { readonly exitReason: string } }): string => (row.exitReason === "left-ball" ? "ball’s edge" : "epoch limit");
