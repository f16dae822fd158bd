import { type Attributes, type Dim, float, int } from "../../../src/graph/ir.ts";
import { tensorOf } from "../../../src/tensor/tensor.ts";
import { type Cases, type Options, example, f32, indices } from "./case.ts";

const attention = (what: string, attributes: Attributes, shapes: Readonly<Record<string, readonly Dim[]>>, outputs = 1, options: Options = {}) =>
  example(what, shapes, (g, { Q, K, V, mask, pastK, pastV }) => g.op("Attention", [Q, K, V, mask, pastK, pastV], attributes, outputs), options);
const heads4 = { Q: [2, 2, 3, 2], K: [2, 2, 2, 2], V: [2, 2, 2, 3] };

const angles = (rows: readonly Dim[], f: (x: number) => number) =>
  tensorOf(
    "float32",
    rows as number[],
    Array.from({ length: rows.reduce<number>((a, b) => a * (b as number), 1) }, (_, i) => f(0.3 * i + 0.1)),
  );
const rotary = (what: string, shape: readonly Dim[], attributes: Attributes, table: readonly number[], places?: number[]) =>
  example(
    what,
    { x: shape },
    (g, { x }) =>
      g.op(
        "RotaryEmbedding",
        [x, g.constant(angles(table, Math.cos)), g.constant(angles(table, Math.sin)), ...(places ? [indices(g, [2, places.length / 2], places)] : [])],
        attributes,
      ),
    f32("RotaryEmbedding"),
  );

export const attentionCases = {
  Attention: [
    attention("heads on an axis", {}, heads4),
    attention("a mask that is added, with a scale", { scale: float(0.9) }, { ...heads4, mask: [3, 2] }),
    attention("softcap", { softcap: float(0.8) }, heads4),
    attention("causal", { is_causal: int(1) }, { Q: [2, 1, 3, 2], K: [2, 1, 3, 2], V: [2, 1, 3, 2] }),
    attention("heads inside the last axis", { q_num_heads: int(2), kv_num_heads: int(2) }, { Q: ["n", 3, 4], K: ["n", 2, 4], V: ["n", 2, 6] }, 1, {
      zeroRows: "its Reshape to −1",
    }),
    attention("heads that share keys", {}, { Q: [1, 4, 2, 2], K: [1, 2, 3, 2], V: [1, 2, 3, 2] }),
    attention("what was before", {}, { Q: [1, 2, 2, 2], K: [1, 2, 2, 2], V: [1, 2, 2, 2], mask: [2, 3], pastK: [1, 2, 1, 2], pastV: [1, 2, 1, 2] }, 3),
    ...[0, 1, 2, 3].map((mode) =>
      attention(
        `scores of mode ${mode}`,
        { qk_matmul_output_mode: int(mode), softcap: float(0.8) },
        { ...heads4, mask: [3, 2], pastK: [2, 2, 0, 2], pastV: [2, 2, 0, 3] },
        4,
      ),
    ),
    example("a mask of truth values", heads4, (g, { Q, K, V }) => g.op("Attention", [Q, K, V, g.constant(tensorOf("bool", [3, 2], [1, 0, 1, 1, 0, 1]))])),
  ],
  RotaryEmbedding: [
    rotary("tables by place", [2, 2, 3, 4], {}, [4, 2], [0, 2, 1, 3, 1, 1]),
    rotary("tables by sample and step", [2, 2, 3, 4], {}, [2, 3, 2]),
    rotary("pairs beside each other", [2, 2, 3, 4], { interleaved: int(1) }, [4, 2], [0, 2, 1, 3, 1, 1]),
    rotary("a part of each head, heads inside the last axis", [2, 3, 12], { num_heads: int(2), rotary_embedding_dim: int(4) }, [4, 2], [0, 2, 1, 3, 1, 1]),
  ],
} satisfies Cases;
