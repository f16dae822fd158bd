import { tensorOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { floatOf, intOf, stringOf } from "../attributes.ts";
import { float, int, onnxElement } from "../ir.ts";
import { type Change, firstInput, rankFor, without } from "./change.ts";

/** Until 7 broadcasting was asked for, and `axis` said where the axes of the second operand begin among those of the first. */
export const broadcastAttribute: Change = {
  since: 7,
  rewrite: (node, g) => {
    const [a, b] = node.inputs;
    const axis = intOf(node.attributes, "axis");
    const rest = { ...node, attributes: without(node.attributes, "axis", "broadcast") };
    if (axis === undefined || !a || !b) return rest;
    const [rank, inner] = [rankFor(node, a), rankFor(node, b)];
    const trailing = rank - (axis < 0 ? axis + rank : axis) - inner;
    return trailing > 0
      ? {
          ...rest,
          inputs: [
            a,
            g.unsqueeze(
              b,
              Array.from({ length: trailing }, (_, i) => inner + i),
            ),
          ],
        }
      : rest;
  },
};

/** Until 7 a vector of slopes was one for each channel. */
export const slopesPerChannel: Change = {
  since: 7,
  rewrite: (node, g) => {
    const [x, slope] = node.inputs;
    if (!x || slope?.type.shape?.length !== 1 || slope.type.shape[0] === 1) return node;
    const after = Array.from({ length: rankFor(node, x) - 2 }, (_, i) => 1 + i);
    return after.length > 0 ? { ...node, inputs: [x, g.unsqueeze(slope, after)] } : node;
  },
};

const largest = 3.4028234663852886e38;

/** Until 11 the bounds were attributes; those left out were the largest numbers, to which infinity was clipped as well. */
export const boundsBecomeInputs: Change = {
  since: 11,
  rewrite: (node, g) => {
    const x = firstInput(node);
    const bound = (name: string, fallback: number) => {
      const value = floatOf(node.attributes, name, fallback);
      return x.type.element === "float16" ? g.cast(g.scalar(value, "float32"), "float16") : g.scalar(value, x.type.element);
    };
    return { ...node, inputs: [x, bound("min", -largest), bound("max", largest)], attributes: without(node.attributes, "min", "max") };
  },
};

/** Until 6 the type was given by its name. */
export const castByName: Change = {
  since: 6,
  rewrite: (node) => {
    const name = stringOf(node.attributes, "to", "").toLowerCase();
    const element = { float: "float32", double: "float64" }[name] ?? name;
    const number = Object.entries(onnxElement).find(([known]) => known === element)?.[1];
    if (number === undefined) throw new SignflipError("SF_ONNX", `Cast to ${name}: this type is not supported`);
    return { ...node, attributes: { to: int(number) } };
  },
};

/** In 6 the two defaults were given more digits. */
export const seluConstants: Change = {
  since: 6,
  rewrite: (node) => ({ ...node, attributes: { alpha: float(1.6732), gamma: float(1.0507), ...node.attributes } }),
};

/** Until 12 the ratio was an attribute, and until 10 the mask had the type of x. ONNX Runtime gives a mask of zeros for those opsets. */
export const dropoutMask =
  (boolean: boolean): Change["rewrite"] =>
  (node, g) => {
    const x = firstInput(node);
    if (node.outputs === 1) return { ...node, inputs: [x], attributes: {} };
    const [falses] = g.op("ConstantOfShape", [g.shape(x)], { value: { kind: "tensor", value: tensorOf("bool", [1], [0]) } });
    return [g.identity(x), boolean ? falses : g.castLike(falses, x)];
  };
