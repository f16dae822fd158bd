/**
 * The public names in Node, on ONNX Runtime's native engine: what `import "signflip"` gives there.
 * @module signflip
 */
import { useNodeEngine } from "./engine.ts";

useNodeEngine();

export * from "../../index.ts";
export { useNodeEngine } from "./engine.ts";
export { mnist } from "./idx-folder.ts";
export { loadDataset, type DataOptions, type LoadedData } from "./data-files.ts";
export { decodePicture, writePng } from "./picture-files.ts";
export { load, type LoadedModel } from "./load.ts";
export { evaluate, type WritableEvaluation } from "./evaluate.ts";
