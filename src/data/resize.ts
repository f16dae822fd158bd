/** For every output position: two input positions and the weight of the second. */
interface Taps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly weight: Float64Array;
}

/**
 * Resizes images of `rows` × `columns` grey values 0 … 255 to `size` × `size` values in [0, 1] by bilinear
 * interpolation with half-pixel centres and without antialiasing: what PyTorch's
 * `interpolate(mode="bilinear", align_corners=False)` does to the image divided by 255. If the size is the
 * image's own, this is the division only. `write(pixels, out)` reads one image and writes one, both row-major.
 *
 * Computed in float64 and rounded once, so a constant image stays exactly constant.
 */
export function resizer(rows: number, columns: number, size: number): (pixels: Uint8Array, out: Float32Array) => void {
  const down = taps(rows, size);
  const across = taps(columns, size);
  return (pixels, out) => {
    for (let i = 0; i < size; i++) {
      const above = down.first[i]! * columns;
      const below = down.second[i]! * columns;
      const v = down.weight[i]!;
      for (let j = 0; j < size; j++) {
        const left = across.first[j]!;
        const right = across.second[j]!;
        const u = across.weight[j]!;
        const top = (1 - u) * pixels[above + left]! + u * pixels[above + right]!;
        const bottom = (1 - u) * pixels[below + left]! + u * pixels[below + right]!;
        out[i * size + j] = ((1 - v) * top + v * bottom) / 255;
      }
    }
  };
}

/** Output center i + ½ lies at (i + ½) · length / size in the input; positions beyond the outermost centers repeat the edge. */
function taps(length: number, size: number): Taps {
  const result: Taps = { first: new Int32Array(size), second: new Int32Array(size), weight: new Float64Array(size) };
  for (let i = 0; i < size; i++) {
    const position = Math.max(0, ((i + 0.5) * length) / size - 0.5);
    const first = Math.min(Math.floor(position), length - 1);
    result.first[i] = first;
    result.second[i] = Math.min(first + 1, length - 1);
    result.weight[i] = position - first;
  }
  return result;
}
