/**
 * ONNX graphs: build them, differentiate them, read and write them. Also runs in a browser.
 * @module graph
 */
export { buildGraph, GraphBuilder, type LoopBody, type Operand } from "./builder.ts";
export { gradient, vectorJacobian } from "./gradient.ts";
export { bool, f32, f64, i64, type Attribute, type Attributes, type Dim, type Graph, type Model, type Node, type TensorType, type Value } from "./ir.ts";
export { decodeModel, type DecodeOptions, type ExternalData } from "./decode.ts";
export { encodeModel } from "./encode.ts";
