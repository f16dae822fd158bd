import type { Tensor } from "../tensor/tensor.ts";

/** A float32 scalar to feed a graph with. */
export const scalar = (value: number): Tensor => ({ element: "float32", shape: [], data: Float32Array.of(value) });
/** An int64 scalar. */
export const index = (value: number): Tensor => ({ element: "int64", shape: [], data: BigInt64Array.of(BigInt(value)) });
