/**
 * A page that opens an .onnx classifier, attacks an input and shows what the prediction depends on; nothing leaves the browser.
 *
 *   npx esbuild examples/browser.ts --bundle --format=esm --platform=browser --outfile=page.js
 *
 * Serve page.js with the .wasm and .mjs files of onnxruntime-web/dist beside it, in a page that has `<canvas id="saliency">`. In a project of
 * your own, import from "signflip", of which a bundler takes the browser's build.
 */
import { attack, imageDataOf, load, saliencyPixels, type LoadedModel, type LoadOptions } from "../src/platform/web/index.ts";

/** Opens a model from an address, or from a file that the user chose. */
export const open = async (source: string | File, options: LoadOptions): Promise<LoadedModel> =>
  load(typeof source === "string" ? source : new Uint8Array(await source.arrayBuffer()), options);

/** Looks for a perturbation of one input, at most eps for every number of it, that changes its class. */
export async function attackOne(model: LoadedModel, x: Float32Array, eps: number) {
  const [prediction] = await model.predict(x);
  const { points } = await attack(model, { x, y: [prediction!.class] }, { attack: "pgd", norm: "linf", eps, steps: 20, box: model.domain });
  const [after] = await model.predict(points);
  return { before: prediction!.class, after: after!.class, adversarial: points };
}

/** Draws what speaks for a class in red and what speaks against it in blue, over the input in gray. */
export async function showSaliency(model: LoadedModel, x: Float32Array, canvas: HTMLCanvasElement): Promise<number> {
  const { attributions, samples } = await model.saliency(x, { method: "integrated-gradients" });
  const pixels = saliencyPixels(attributions, model, { over: x })!;
  [canvas.width, canvas.height] = [pixels.width, pixels.height];
  canvas.getContext("2d")!.putImageData(imageDataOf(pixels), 0, 0);
  return samples[0]!.completeness!.residual;
}
