import { useNodeEngine } from "../src/runtime/node.ts";
import { sphere } from "../src/data/sphere.ts";
import { f32 } from "../src/graph/ir.ts";
import { buildGraph } from "../src/graph/builder.ts";
import { Session } from "../src/runtime/session.ts";
import { parameters, twoLayer } from "../src/network/two-layer.ts";
import { prepareAttack } from "../src/attack/prepare.ts";
import { twoLayerTarget } from "../src/attack/target.ts";
useNodeEngine();
const [n, d, m] = [2048, 784, 1000];
const { train } = sphere({ d, n, testN: 10, seed: 1 });
const network = twoLayer({ d, m, bias: true, seed: 2 });
const t = twoLayerTarget(network);
const product = await Session.create(buildGraph("gemm", (g) => ({ y: g.gemm(g.input("x", f32([n, d])), g.input("W", f32([m, d])), { transB: true }) })), { threads: 2 });
const time = async (f: () => Promise<unknown>) => { const s = performance.now(); await f(); return (performance.now() - s) / 1000; };
const gemm = () => product.run({ x: { element: "float32", shape: [n, d], data: train.x }, W: parameters(network)["W"]! });
await gemm();
const rates: number[] = [];
for (const box of [undefined, { low: -1, high: 1 }])
for (const rows of [128, 256, 512, 1024, 2048]) {
  const steps = 8;
  const p = await prepareAttack(t, { attack: "pgd", norm: "l2", steps, rows, threads: 2, box });
  const run = () => p.perturb({ ...train, parameters: t.parameters, eps: 0.2 });
  await run();
  const gs: number[] = [], ts: number[] = [];
  for (let i = 0; i < 5; i++) { for (let k = 0; k < 4; k++) gs.push(await time(gemm)); ts.push(await time(run)); }
  const med = (v: number[]) => v.toSorted((a, b) => a - b)[v.length >> 1]!;
  const g = (2 * n * d * m) / med(gs), a = (4 * n * d * m * steps) / med(ts);
  console.log(box ? "box" : "   ", rows, "gemm", (g / 1e9).toFixed(0), "pgd", (a / 1e9).toFixed(0), "share", (a / g).toFixed(2));
  await p.dispose();
}
