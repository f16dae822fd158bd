import { sizeOf } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import { channelAxisOf } from "./arrange.ts";
import { tooLarge } from "./limits.ts";
import { resizeImage } from "./resize-image.ts";
import type { Fit } from "./samples.ts";

/** A picture as bytes: `[height, width, channels]`, row-major, with 1 channel (grey), 3 (RGB) or 4 (RGB and opacity). */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly pixels: Uint8Array;
}

/** Decodes a PNG, JPEG or WebP file as it is stored (not turned by its EXIF data, colors not converted). @throws SF_DATA that names the file */
export type PictureDecoder = (bytes: Uint8Array, name: string) => Promise<Picture>;

/** A picture's file, read when it is wanted. */
export interface PictureFile {
  readonly name: string;
  bytes(): Promise<Uint8Array>;
}

/** The size that pictures are to have. */
export interface PictureSize {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
}

/** How many pictures are decoded side by side. */
const together = 32;

/**
 * Pictures as bytes `[n, height, width, channels]`. Their size is the model's, or the first picture's. Color becomes grey as
 * in ITU-R BT.601 (which Pillow uses); grey is repeated; opacity is left out unless 4 channels are asked for.
 * @throws SF_DATA where a picture is damaged, or has another size and resizing was not asked for; the first one is named
 */
export async function readPictures(
  files: readonly PictureFile[],
  decode: PictureDecoder,
  { fit = {}, resize = false }: { readonly fit?: Fit; readonly resize?: boolean } = {},
): Promise<{ readonly values: Uint8Array; readonly shape: readonly [number, number, number] }> {
  let size: PictureSize | undefined;
  let values = new Uint8Array();
  for (let start = 0; start < files.length; start += together) {
    const some = files.slice(start, start + together);
    const outcomes = await Promise.allSettled(some.map(async (file) => decode(await file.bytes(), file.name)));
    outcomes.forEach((outcome, k) => {
      if (outcome.status === "rejected") throw outcome.reason;
      if (size === undefined) {
        size = pictureSize(fit, outcome.value, some[k]!.name);
        const total = files.length * area(size);
        if (total > 2 ** 32) throw tooLarge(`${files.length} pictures of ${size.width}×${size.height}`, total);
        values = new Uint8Array(total);
      }
      values.set(fitted(outcome.value, size, some[k]!.name, resize), (start + k) * area(size));
    });
  }
  const { height, width, channels } = size ?? { height: 0, width: 0, channels: 1 as const };
  return { values, shape: [height, width, channels] };
}

const area = ({ height, width, channels }: PictureSize) => height * width * channels;

/** The size that a model wants, where its inputs are pictures; a flat one takes pictures as large as the first. */
function pictureSize({ inputShape, channelAxis = inputShape && channelAxisOf(inputShape) }: Fit, first: Picture, name: string): PictureSize {
  const { width, height } = first;
  if (inputShape === undefined) return { width, height, channels: first.channels === 1 ? 1 : 3 };
  const fail = () =>
    new SignflipError(
      "SF_DATA",
      `${name}: a picture of ${width}×${height} does not fit inputs of shape [${inputShape.join(", ")}]: expected 1, 3 or 4 channels`,
    );
  const counted = (channels: number): 1 | 3 | 4 => {
    if (channels !== 1 && channels !== 3 && channels !== 4) throw fail();
    return channels;
  };
  if (inputShape.length === 3) {
    const axis = channelAxis ?? 0;
    const [rows, columns] = inputShape.filter((_, i) => i !== axis) as [number, number];
    return { height: rows, width: columns, channels: counted(inputShape[axis]!) };
  }
  if (inputShape.length === 2) return { height: inputShape[0]!, width: inputShape[1]!, channels: 1 };
  return { width, height, channels: counted(sizeOf(inputShape) / (width * height)) };
}

function fitted(picture: Picture, { height, width, channels }: PictureSize, name: string, resize: boolean): Uint8Array {
  const pixels = withChannels(picture, channels);
  if (picture.height === height && picture.width === width) return pixels;
  if (resize) return resizeImage({ ...picture, channels, pixels }, width, height);
  throw new SignflipError(
    "SF_DATA",
    `${name}: expected a picture of ${width}×${height}; got ${picture.width}×${picture.height} (pictures are resized only when asked for)`,
  );
}

/** The pixels with so many channels. */
export function withChannels({ channels, pixels }: Pick<Picture, "channels" | "pixels">, wanted: 1 | 3 | 4): Uint8Array {
  if (channels === wanted) return pixels;
  const n = pixels.length / channels;
  const out = new Uint8Array(n * wanted);
  for (let i = 0; i < n; i++) {
    const red = pixels[i * channels]!;
    const green = channels === 1 ? red : pixels[i * channels + 1]!;
    const blue = channels === 1 ? red : pixels[i * channels + 2]!;
    if (wanted === 1) {
      // 0.299 R + 0.587 G + 0.114 B in 16-bit fixed point: grey stays exactly what it is.
      out[i] = (19_595 * red + 38_470 * green + 7471 * blue + 0x8000) >>> 16;
      continue;
    }
    out[i * wanted] = red;
    out[i * wanted + 1] = green;
    out[i * wanted + 2] = blue;
    if (wanted === 4) out[i * 4 + 3] = channels === 4 ? pixels[i * 4 + 3]! : 255;
  }
  return out;
}
