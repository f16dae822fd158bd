import type { Picture } from "../../data/image.ts";
import { mostPixels } from "../../data/limits.ts";
import { SignflipError } from "../../util/errors.ts";

/**
 * Decodes a PNG, JPEG or WebP file with the browser's own decoder, as it is stored: not turned by its EXIF data, and without converting colors.
 * @throws SF_DATA that names the file
 */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<Picture> {
  const asStored = { imageOrientation: "none", premultiplyAlpha: "none", colorSpaceConversion: "none" } as const;
  const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), asStored).catch((cause: unknown) => {
    throw new SignflipError("SF_DATA", `${name}: expected a complete PNG, JPEG or WebP file; the browser cannot decode it`, { cause });
  });
  try {
    const { width, height } = bitmap;
    if (width * height > mostPixels) throw new SignflipError("SF_MEMORY", `${name}: a picture may have ${mostPixels} pixels; this one has ${width * height}`);
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, channels: 4, pixels: new Uint8Array(data.buffer) };
  } finally {
    bitmap.close();
  }
}
