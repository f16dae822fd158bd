/** The picture to be resized: `[height, width, channels]`. */
interface Source {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

/**
 * Resizes a picture to width × height by bilinear interpolation with antialiasing: the triangle filter of Pillow's `resize(…, BILINEAR)`
 * and torchvision's `Resize`, which is as wide as the reduction. Computed in float64 and rounded once, so that it differs from
 * Pillow, which rounds between rows and columns, by 1 at most.
 * @returns `[height, width, channels]`
 */
export function resizeImage({ width: w, height: h, channels, pixels }: Source, width: number, height: number): Uint8Array {
  const across = filters(w, width);
  const down = filters(h, height);
  const rows = new Float64Array(h * width * channels);
  for (let i = 0; i < h; i++) {
    across.forEach(({ first, weights }, j) => {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k]! * pixels[(i * w + first + k) * channels + c]!;
        rows[(i * width + j) * channels + c] = sum;
      }
    });
  }
  const out = new Uint8Array(height * width * channels);
  const line = width * channels;
  down.forEach(({ first, weights }, i) => {
    for (let j = 0; j < line; j++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * rows[(first + k) * line + j]!;
      out[i * line + j] = Math.round(sum);
    }
  });
  return out;
}

/** The inputs that one output is a weighted mean of. */
interface Filter {
  readonly first: number;
  readonly weights: Float64Array;
}

function filters(from: number, to: number): Filter[] {
  const step = from / to;
  const support = Math.max(1, step);
  return Array.from({ length: to }, (_, i) => {
    const center = (i + 0.5) * step;
    const first = Math.max(0, Math.floor(center - support + 0.5));
    const end = Math.min(from, Math.floor(center + support + 0.5));
    const weights = Float64Array.from({ length: end - first }, (_, k) => Math.max(0, 1 - Math.abs(first + k + 0.5 - center) / support));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map((weight) => weight / total) };
  });
}
