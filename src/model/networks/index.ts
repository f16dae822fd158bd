import { convNet } from "./conv.ts";
import { mlp } from "./mlp.ts";
import { resNet } from "./resnet.ts";

/** Networks that can be built and trained: a file and a line here. */
export const networks = { mlp, conv: convNet, resnet: resNet } as const;
export type NetworkName = keyof typeof networks;
export const networkNames = Object.keys(networks) as NetworkName[];
