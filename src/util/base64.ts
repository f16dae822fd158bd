/** float32 numbers as text, little-endian. */
export function toBase64(numbers: Float32Array): string {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const pieces: string[] = [];
  // A call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x6000) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 0x6000)));
  return btoa(pieces.join(""));
}

export function fromBase64(text: string): Float32Array {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}
