/**
 * The public names in a browser, on ONNX Runtime's WebAssembly engine: what `import "signflip"` gives where a bundler
 * builds for one. The page installs onnxruntime-web beside it.
 * @module signflip
 */
import { useWebEngine } from "./engine.ts";

useWebEngine();

export * from "../../index.ts";
export { useWebEngine, type WebEngineOptions } from "./engine.ts";
export { mnist, urlSource } from "./idx-url.ts";
export { decodePicture } from "./picture.ts";
export { load, type LoadedModel } from "./load.ts";
