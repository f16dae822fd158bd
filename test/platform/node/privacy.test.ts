import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

/*
 * Nothing is sent anywhere. ONNX Runtime would report its use: on Linux it keeps a queue in the user's cache folder.
 * So: whole programs run with a home folder of their own, which must stay empty, and with the network shut off
 * (a network namespace of their own) wherever the system lets us.
 */
const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const launcher = join(root, "bin", "signflip.js");
const run = promisify(execFile);

let home: string;
let work: string;
let shutOff: readonly string[];
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "signflip-privacy-"));
  const namespaces = [
    ["unshare", "--user", "--map-root-user", "--net"],
    ["unshare", "--net"],
  ];
  shutOff = [];
  for (const command of namespaces) {
    const works = await run(command[0]!, [...command.slice(1), "true"]).then(
      () => true,
      () => false,
    );
    if (works && shutOff.length === 0) shutOff = command;
  }
});
beforeEach(() => {
  home = mkdtempSync(join(work, "home-"));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** What ONNX Runtime heeds: its own switch, and the signs of a build server, on which it sends nothing by itself. */
const silencers = [
  "ORT_DISABLE_TELEMETRY",
  "BUILDKITE",
  "CI",
  "CIRCLECI",
  "CODEBUILD_BUILD_ID",
  "GITHUB_ACTIONS",
  "JENKINS_URL",
  "TEAMCITY_VERSION",
  "TF_BUILD",
  "TRAVIS",
];

/** Runs Node with an empty home and nobody's silencers but Signflip's own, and gives back what it printed. */
async function node(...args: string[]): Promise<string> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !silencers.includes(name)));
  const env = {
    ...inherited,
    HOME: home,
    USERPROFILE: home,
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_DATA_HOME: join(home, "data"),
    APPDATA: home,
    LOCALAPPDATA: home,
  };
  const [file, ...rest] = [...shutOff, process.execPath, ...args];
  const { stdout } = await run(file!, rest, { cwd: root, env });
  return stdout;
}

const written = () => readdirSync(home, { recursive: true }).map(String).toSorted();

describe("nothing is sent, and nothing is written that was not asked for", () => {
  test("with the network shut off", async ({ skip }) => {
    if (shutOff.length === 0) skip("this system does not let us shut it off: the programs below run with it");
    const program = `import { networkInterfaces } from "node:os"; console.log(Object.keys(networkInterfaces()).filter((name) => name !== "lo").length);`;
    expect(await node("--input-type=module", "--eval", program)).toBe("0\n");
  });

  test("by the library", async () => {
    const program = `
      import { measureFlips, sphere, trainLazily, twoLayer } from "./src/platform/node/index.ts";
      const { train, test } = sphere({ d: 20, n: 200, testN: 50, seed: 0, labels: "linear" });
      const { network } = await trainLazily(twoLayer({ d: 20, m: 30, seed: 0 }), train, { epochs: 2 });
      const summary = await measureFlips(network, test);
      console.log(summary.flipped + summary.neverFlipped + summary.misclassified);
      await new Promise((resolve) => setTimeout(resolve, 500));`;
    expect(await node("--import", "tsx", "--input-type=module", "--eval", program)).toBe("50\n");
    expect(written()).toEqual([]);
  });

  test("by the command line", async () => {
    const { rows } = JSON.parse(await node(launcher, "flip", "--size", "5", "--width", "50", "--epochs", "1", "--json")) as { rows: unknown[] };
    expect(rows).toHaveLength(1);
    expect(written()).toEqual([]);
  });

  test("by the commands that read a model of any origin", async () => {
    const model = join(work, "model.onnx");
    const build = `
      import { writeFileSync } from "node:fs";
      import { buildGraph, encodeModel, f32, tensorOf, writeNpy } from "./src/platform/node/index.ts";
      const weights = tensorOf("float32", [4, 3], Array.from({ length: 12 }, (_, i) => Math.sin(i)));
      writeFileSync(${JSON.stringify(model)}, encodeModel(buildGraph("model", (g) => ({ y: g.softmax(g.matMul(g.input("x", f32(["n", 4])), g.constant(weights))) }))));
      writeFileSync(${JSON.stringify(join(work, "x.npy"))}, writeNpy(Float32Array.of(1, 2, 3, 4), [1, 4]));
      writeFileSync(${JSON.stringify(join(work, "y.npy"))}, writeNpy(Int32Array.of(0), [1]));
      writeFileSync(${JSON.stringify(join(work, "all.csv"))}, "a,b,c,d,label\\n1,2,3,4,0\\n4,3,2,1,1\\n");`;
    await node("--import", "tsx", "--input-type=module", "--eval", build);
    expect(JSON.parse(await node(launcher, "inspect", model, "--json"))).toMatchObject({ supported: true });
    const explained = ["--data", join(work, "x.npy"), "--out", join(work, "saliency.png"), "--json"];
    expect(JSON.parse(await node(launcher, "saliency", model, ...explained))).toMatchObject({ command: "saliency" });
    await node(launcher, "export-gradient", model, "--out", join(work, "gradient.onnx"));
    expect(readdirSync(work)).toEqual(expect.arrayContaining(["saliency.png", "gradient.onnx"]));
    const evaluated = ["--data", join(work, "all.csv"), "--report", join(work, "report.html"), "--cache", join(work, "evaluated"), "--json"];
    expect(JSON.parse(await node(launcher, "evaluate", model, ...evaluated))).toMatchObject({ samples: [{ index: 0 }, { index: 1 }] });
    expect(readdirSync(work)).toContain("report.html");
    expect(written()).toEqual([]);
  });

  test("by a study and its processes, but for the folders it was given", async () => {
    await node(launcher, "reproduce", "--figure", "7", "--preset", "smoke", "--seeds", "1", "--out", join(work, "out"), "--cache", join(work, "cells"));
    expect(readdirSync(join(work, "out"))).toContain("report.html");
    expect(written()).toEqual([]);
  });
});

// Only where nothing can get out: here the engine's reports are on.
test("the watch can fail: ONNX Runtime left to itself writes into the home folder", async ({ skip }) => {
  if (process.platform !== "linux" || shutOff.length === 0) skip("the network cannot be shut off here");
  const program = `
    import * as ort from "onnxruntime-node";
    import { buildGraph, encodeModel, f32 } from "./src/graph/index.ts";
    await ort.InferenceSession.create(encodeModel(buildGraph("relu", (g) => ({ y: g.relu(g.input("x", f32([2]))) }))));
    await new Promise((resolve) => setTimeout(resolve, 500));`;
  await node("--import", "tsx", "--input-type=module", "--eval", program);
  expect(written().join()).toContain("onnxruntime");
});
