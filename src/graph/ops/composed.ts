import type { Attributes, Value } from "../ir.ts";
import type { GraphBuilder, Vjp, VjpContext } from "./rule.ts";

type AnyInputs = readonly (Value | undefined)[];

/** An operator's outputs, written with other operators; those left out have no gradient. */
export type Composition<Inputs extends AnyInputs> = (
  g: GraphBuilder,
  node: { readonly inputs: Inputs; readonly attributes: Attributes; readonly outputs: readonly Value[] },
) => readonly (Value | undefined)[];

/**
 * The gradient of an operator that can be written with others is theirs. The forward pass keeps the engine's own kernel; what the
 * gradient needs of it is computed again from the parts. Operands pass through an `Identity`, so that the walk ends at them.
 */
export const composed =
  <Inputs extends AnyInputs>(build: Composition<Inputs>): Vjp<Inputs> =>
  (g, { inputs, outputs, attributes, dys, wanted, jacobian }: VjpContext<Inputs>) => {
    const leaves = inputs.map((x) => x && g.identity(x));
    const parts = build(g, { inputs: leaves as AnyInputs as Inputs, attributes, outputs });
    const pairs = parts.flatMap((y, k): [Value, Value][] => (y && dys[k] ? [[y, dys[k]]] : []));
    const xs = leaves.filter((x, i) => x !== undefined && wanted[i] === true) as Value[];
    const dxs = jacobian(
      g,
      pairs.map(([y]) => y),
      pairs.map(([, dy]) => dy),
      xs,
    );
    return leaves.map((x) => (x && xs.includes(x) ? dxs[xs.indexOf(x)] : undefined));
  };
