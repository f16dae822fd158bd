import { SignflipError } from "../../util/errors.ts";
import { graphOf, intOf, intsOf } from "../attributes.ts";
import { type Attributes, type Graph, type TensorType, type Value, agreedElement, freshDim } from "../ir.ts";
import { normalAxis } from "../shape.ts";
import { rankOf } from "./like.ts";
import { type GraphBuilder, type Vjp, type VjpContext, defineOp } from "./rule.ts";

/** What two values that become one agree on. */
function common(what: string, a: TensorType, b: TensorType | undefined): TensorType {
  const element = b && agreedElement(a.element, b.element);
  if (!element) throw new SignflipError("SF_GRAPH", `${what} is ${a.element} in one place and ${b?.element ?? "nothing"} in the other`);
  const same = a.shape && b.shape && a.shape.length === b.shape.length;
  return { element, shape: same ? a.shape.map((dim, axis) => (dim === b.shape![axis] ? dim : freshDim())) : undefined };
}

type Inputs = VjpContext<readonly (Value | undefined)[]>["inputs"];

/** The most iterations that a gradient is written out for. */
const mostTrips = 1000;

/** The subgraph that an operator needs. @throws SF_ONNX where it is missing */
function subgraph(op: string, attributes: Attributes, name: string): Graph {
  const graph = graphOf(attributes, name);
  if (!graph) throw new SignflipError("SF_ONNX", `${op}: it has no ${name}`);
  return graph;
}

/** What each iteration of a loop computes, all of them written out: the gradient of a loop is theirs. */
const unrolled =
  (write: (g: GraphBuilder, inputs: Inputs, attributes: Attributes, outer: ReadonlyMap<Value, Value>) => readonly Value[]): Vjp<Inputs> =>
  (g, { inputs, attributes, dys, wanted, captured, jacobian }) => {
    // Copies, so that the walk ends here.
    const leaves = inputs.map((x) => x && g.identity(x));
    const outer = new Map(captured.map((value) => [value, g.identity(value)]));
    const pairs = write(g, leaves, attributes, outer).flatMap((y, k): [Value, Value][] => (dys[k] ? [[y, dys[k]]] : []));
    const xs = [...leaves.filter((x, i) => x !== undefined && wanted[i] === true), ...outer.values()] as Value[];
    const dxs = new Map(
      jacobian(
        g,
        pairs.map(([y]) => y),
        pairs.map(([, dy]) => dy),
        xs,
      ).map((dx, i) => [xs[i], dx]),
    );
    return [...leaves, ...outer.values()].map((x) => dxs.get(x));
  };

const fixTrips = (op: string, why: string): never => {
  throw new SignflipError("SF_GRADIENT", `no gradient through ${op}: ${why}; export the model with the loop unrolled, or with a fixed number of iterations`);
};

/** Iterations in their order, stacked along an axis. */
const stacked = (g: GraphBuilder, values: readonly Value[], axis = 0) =>
  g.concat(
    values.map((value) => g.unsqueeze(value, [axis])),
    axis,
  );

/**
 * Carried values go from one iteration to the next and keep what none changes of their shapes; scanned ones get a leading
 * dimension, the number of iterations.  The gradient is that of the iterations written out, where their number is fixed.
 */
export const Loop = defineOp({
  operands: ["trips?", "condition?", "...state"],
  infer: ({ attributes }) => {
    const body = subgraph("Loop", attributes, "body");
    const carried = body.inputs.length - 2;
    return body.outputs
      .slice(1)
      .map(({ type }, i): TensorType =>
        i < carried
          ? common(`Loop: carried value ${i}`, type, body.inputs[i + 2]!.type)
          : { element: type.element, shape: type.shape && [freshDim(), ...type.shape] },
      );
  },
  vjp: unrolled((g, [limit, condition, ...state], attributes, outer) => {
    const body = subgraph("Loop", attributes, "body");
    const trips = limit?.constant && Number(limit.constant.data[0]);
    if (trips === undefined) return fixTrips("Loop", "its number of iterations is not fixed");
    if (trips > mostTrips) return fixTrips("Loop", `it has ${trips} iterations, and a gradient is written out for up to ${mostTrips}`);
    const runs = (value: Value | undefined) => !value || Number(value.constant?.data[0]) === 1;
    const goesOn = sourceOf(body.outputs[0]!);
    if (!runs(condition) || !(goesOn === body.inputs[1] || runs(goesOn))) return fixTrips("Loop", "a condition may end it early");
    let now = state as Value[];
    const scans: Value[][] = body.outputs.slice(1 + state.length).map(() => []);
    for (let i = 0; i < trips; i++) {
      const given = [g.int(i), g.scalar(1, "bool"), ...now];
      const next = g.copy(body, new Map([...outer, ...body.inputs.map((input, k): [Value, Value] => [input, given[k]!])])).slice(1);
      now = next.slice(0, state.length);
      for (const [k, scan] of scans.entries()) scan.push(next[state.length + k]!);
    }
    return [...now, ...(trips > 0 ? scans.map((scan) => stacked(g, scan)) : [])];
  }),
});

/** What a value is a copy of. */
const sourceOf = (value: Value): Value => (value.producer?.op === "Identity" ? sourceOf(value.producer.inputs[0]!) : value);

/** Iterations over slices of the scanned inputs, which end when these do.  The gradient is that of the iterations written out. */
export const Scan = defineOp({
  operands: ["...inputs"],
  infer: ({ attributes, types }) => {
    const body = subgraph("Scan", attributes, "body");
    const carried = types.length - intOf(attributes, "num_scan_inputs", 0);
    const axes = intsOf(attributes, "scan_output_axes", []);
    const length = types[carried]?.shape?.at(intsOf(attributes, "scan_input_axes", [])[0] ?? 0) ?? freshDim();
    return body.outputs.map(({ type }, i): TensorType => {
      if (i < carried) return common(`Scan: carried value ${i}`, type, types[i]);
      const axis = type.shape && normalAxis("Scan", axes[i - carried] ?? 0, type.shape.length + 1);
      return { element: type.element, shape: axis === undefined ? undefined : type.shape?.toSpliced(axis, 0, length) };
    });
  },
  vjp: unrolled((g, inputs, attributes, outer) => {
    const body = subgraph("Scan", attributes, "body");
    const carried = inputs.length - intOf(attributes, "num_scan_inputs", 0);
    const scanned = inputs.slice(carried) as Value[];
    const list = (name: string) => intsOf(attributes, name, []);
    const axes = scanned.map((x, k) => normalAxis("Scan", list("scan_input_axes")[k] ?? 0, rankOf("Scan", x)));
    const trips = scanned.map((x, k) => x.type.shape![axes[k]!]).find((size) => typeof size === "number");
    if (typeof trips !== "number") return fixTrips("Scan", "the length of its inputs is not fixed");
    if (trips > mostTrips) return fixTrips("Scan", `it has ${trips} iterations, and a gradient is written out for up to ${mostTrips}`);
    let now = inputs.slice(0, carried) as Value[];
    const scans: Value[][] = body.outputs.slice(carried).map(() => []);
    for (let i = 0; i < trips; i++) {
      const slices = scanned.map((x, k) => g.gather(x, g.int(list("scan_input_directions")[k] === 1 ? trips - 1 - i : i), axes[k]));
      const given = [...now, ...slices];
      const next = g.copy(body, new Map([...outer, ...body.inputs.map((input, k): [Value, Value] => [input, given[k]!])]));
      now = next.slice(0, carried);
      for (const [k, scan] of scans.entries()) scan.push(next[carried + k]!);
    }
    if (trips === 0) return now;
    const outputs = scans.map((scan, k) => {
      const ordered = list("scan_output_directions")[k] === 1 ? scan.toReversed() : scan;
      return stacked(g, ordered, normalAxis("Scan", list("scan_output_axes")[k] ?? 0, rankOf("Scan", scan[0]!) + 1));
    });
    return [...now, ...outputs];
  }),
});

/** Each output has what the two branches agree on.  The gradient is an If of theirs: only the branch that was taken is differentiated. */
export const If = defineOp({
  operands: ["condition"],
  infer: ({ attributes }) => {
    const then = graphOf(attributes, "then_branch")?.outputs ?? [];
    const otherwise = graphOf(attributes, "else_branch")?.outputs ?? [];
    return then.map(({ type }, i) => common(`If: output ${i} of its branches`, type, otherwise[i]?.type));
  },
  vjp: (g, { inputs: [condition], attributes, dys, captured, jacobian }) => {
    const branch = (name: string) => (b: GraphBuilder) => {
      const leaves = captured.map((value) => b.identity(value));
      const ys = b.copy(subgraph("If", attributes, name), new Map(captured.map((value, i) => [value, leaves[i]!])));
      const pairs = ys.flatMap((y, k): [Value, Value][] => (dys[k] ? [[y, dys[k]]] : []));
      const dxs = jacobian(
        b,
        pairs.map(([y]) => y),
        pairs.map(([, dy]) => dy),
        leaves,
      );
      return [...dxs];
    };
    if (captured.length === 0) return [];
    return [undefined, ...g.if(condition, branch("then_branch"), branch("else_branch"))];
  },
});
