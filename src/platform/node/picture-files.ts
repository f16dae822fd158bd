import sharp from "sharp";
import type { Picture } from "../../data/image.ts";
import { mostPixels } from "../../data/limits.ts";
import { SignflipError } from "../../util/errors.ts";
import { pngOf } from "../../figure/draw/pixels.ts";
import { writeFileWhole } from "./files.ts";

/**
 * Decodes a PNG, JPEG or WebP file (or another that libvips reads) as it is stored: not turned by its EXIF data, and without converting colors. Of 16 bits
 * the upper 8 are kept.
 * @throws SF_DATA that names the file
 */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<Picture> {
  try {
    // A damaged file is an error, not a picture with a grey rest.
    const image = sharp(bytes, { failOn: "truncated", limitInputPixels: mostPixels, ignoreIcc: true, pages: 1 });
    const { channels: stored } = await image.metadata();
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return picture(info.width, info.height, info.channels, pixels, stored <= 2);
  } catch (cause) {
    const why = (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, " ").trim().replace(/:$/, "");
    throw new SignflipError("SF_DATA", `${name}: expected a complete PNG, JPEG or WebP file; ${why}`, { cause });
  }
}

/** Grey pictures are decoded with three equal channels, of which one is kept. */
function picture(width: number, height: number, channels: number, pixels: Uint8Array, isGrey: boolean): Picture {
  if (!isGrey && (channels === 3 || channels === 4)) return { width, height, channels, pixels };
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = pixels[i * channels]!;
  return { width, height, channels: 1, pixels: grey };
}

/** Writes a PNG file whole or not at all. @throws SF_FILE */
export async function writePng(path: string, image: Picture): Promise<void> {
  await writeFileWhole(path, pngOf(image));
}
