const bits = new DataView(new ArrayBuffer(4));

/** The float16 number nearest to a number, as its 16 bits; ties go to the even one. */
export function toFloat16(value: number): number {
  bits.setFloat32(0, value);
  const all = bits.getUint32(0);
  const sign = (all >>> 16) & 0x8000;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  // Below 2⁻¹⁴ the numbers are multiples of 2⁻²⁴.
  if (size < 2 ** -14) return sign | roundToEven(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(Math.fround(size)));
  const power = 2 ** exponent > size ? exponent - 1 : 2 ** (exponent + 1) <= size ? exponent + 1 : exponent;
  // A mantissa that is rounded up to 1024 carries into the exponent, which is just what adding it does.
  return sign | (((power + 15) << 10) + roundToEven((size / 2 ** power - 1) * 1024));
}

/** The number that 16 bits of a float16 stand for. */
export function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const mantissa = half & 1023;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Infinity;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
