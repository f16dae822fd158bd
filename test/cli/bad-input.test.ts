import { spawnSync } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { mkdtemp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { saveNetwork } from "../../src/model/two-layer/onnx.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { launcher, runHere, signflip, type Outcome } from "./run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "signflip-bad-"));
  await mkdir(join(folder, "a-folder"));
  await mkdir(join(folder, "folder.onnx"));
  await mkdir(join(folder, "empty"));
  await writeFile(join(folder, "a-file"), "text");
  await writeFile(join(folder, "unknown-key.yaml"), "name: x\ndata: { sizes: 3 }\n");
  await writeFile(join(folder, "bad-size.yaml"), "name: x\ndata: { size: { each: [5, 40] } }\n");
  await writeFile(join(folder, "broken.yaml"), "name: [\n");
  await writeFile(join(folder, "fine.yaml"), "name: x\n");
  await writeFile(join(folder, "circle.yaml"), "name: x\ndata: &data { size: *data }\n");
  await writeFile(join(folder, "list.yaml"), "name: x\ndata: { size: [5, 7] }\n");
  await writeFile(join(folder, "flip.yaml"), "name: x\nmeasure: [flip]\n");
  await writeFile(join(folder, "no-cells.yaml"), "name: x\nfigures: [4]\n");
  await writeFile(join(folder, "not.onnx"), "no model");
  const small = twoLayer({ d: 9, m: 4, seed: 0 });
  await writeFile(join(folder, "small.onnx"), saveNetwork(small));
  await writeFile(join(folder, "broken.onnx"), saveNetwork({ ...small, weights: small.weights.map(() => Number.NaN) }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The command line, what stderr must say, the exit code. `@` stands for the test's folder. */
const cases: readonly (readonly [line: string, says: RegExp, code: number])[] = [
  // The sentence the design promises, word for word.
  ["flip --size 40", /^error SF_SIZE: --size must be a whole number from 2 to 28 \(MNIST images are 28×28\); got 40$/, 2],
  ["flip --size 1", /SF_SIZE.*got 1$/, 2],
  ["flip --size 5.5", /SF_SIZE.*got 5\.5$/, 2],
  ["flip --size 0x10", /SF_SIZE.*got 0x10$/, 2],
  ["flip --size=", /SF_SIZE.*got an empty value$/, 2],
  ["flip --size", /SF_OPTION: option '--size <pixels>' argument missing$/, 2],
  ["train --digits 3,3", /SF_DIGITS: --digits must be two different digits.*got 3,3$/, 2],
  ["train --digits 0,10", /SF_DIGITS.*got 0,10$/, 2],
  ["train --digits 0", /SF_DIGITS.*got 0$/, 2],
  ["train --digits 0,1,2", /SF_DIGITS.*got 0,1,2$/, 2],
  ["train --digits a,b", /SF_DIGITS.*got a,b$/, 2],
  ["train --digits -1,1", /SF_DIGITS.*got -1,1$/, 2],
  ["train --width 0", /SF_OPTION: --width must be a whole number from 1 to 1,000,000; got 0$/, 2],
  ["train --width -5", /SF_OPTION: --width.*got -5$/, 2],
  ["train --width 10.5", /SF_OPTION: --width.*got 10\.5$/, 2],
  ["train -m 1e12", /SF_OPTION: --width.*got 1e12$/, 2],
  ["train --width NaN", /SF_OPTION: --width.*got NaN$/, 2],
  ["train --lr 0", /SF_OPTION: --lr must be a number above 0.*got 0$/, 2],
  ["train --lr -0.1", /SF_OPTION: --lr.*got -0\.1$/, 2],
  ["train --lr NaN", /SF_OPTION: --lr.*got NaN$/, 2],
  ["train --lr Infinity", /SF_OPTION: --lr.*got Infinity$/, 2],
  ["train --lr 1e999", /SF_OPTION: --lr.*got 1e999$/, 2],
  ["train --c0 0", /SF_OPTION: --c0 must be a number above 0.*got 0$/, 2],
  ["train --c0 -1", /SF_OPTION: --c0.*got -1$/, 2],
  ["train --batch 0", /SF_OPTION: --batch.*got 0$/, 2],
  ["train --epochs 0", /SF_OPTION: --epochs.*got 0$/, 2],
  ["train --exit never", /SF_OPTION: --exit must be step or epoch; got never$/, 2],
  ["train --seeds 0", /SF_OPTION: --seeds.*got 0$/, 2],
  ["train --seeds 5000", /SF_OPTION: --seeds.*got 5000$/, 2],
  ["train --seed -1", /SF_OPTION: --seed.*got -1$/, 2],
  ["train --seed 4294967295 --seeds 2", /SF_OPTION: --seed/, 2],
  ["train --threads 0", /SF_OPTION: --threads.*got 0$/, 2],
  ["train --dataset cifar", /SF_OPTION: --dataset must be mnist, sphere, fashion-mnist or cifar10; got cifar$/, 2],
  ["flip --misclassified some", /SF_OPTION: --misclassified must be zero or exclude; got some$/, 2],
  ["train --sise 5", /SF_OPTION: unknown option '--sise' \(Did you mean --size\?\)$/, 2],
  ["trian", /SF_OPTION: unknown command 'trian' \(Did you mean train\?\)$/, 2],
  ["--nope", /SF_OPTION: unknown option '--nope'$/, 2],
  ["help nope", /SF_OPTION: unknown command 'nope'/, 2],
  ["train extra", /SF_OPTION: too many arguments/, 2],
  ["flip a b", /SF_OPTION: too many arguments/, 2],
  ["train --out @/nets/", /SF_OPTION: --out must be a file name that ends in \.onnx; got .*nets\/$/, 2],
  ["train --out @/x.txt", /SF_OPTION: --out must be a file name that ends in \.onnx; got .*x\.txt$/, 2],
  ["train --out @/.onnx", /SF_OPTION: --out must be a file name that ends in \.onnx; got .*\/\.onnx$/, 2],
  ["flip --out @/x.txt", /SF_OPTION: --out must be a file name that ends in \.onnx; got .*x\.txt$/, 2],
  ["train --out @/folder.onnx", /SF_FILE: cannot write .*folder\.onnx: it is a folder$/, 1],
  ["train --out @/a-file/network.onnx", /SF_FILE: cannot write .*: a part of its path is a file, not a folder$/, 1],
  ["train --out @/a-file/deeper/network.onnx", /SF_FILE: cannot write .*: a part of its path is a file, not a folder$/, 1],
  ["train --out /proc/nowhere/network.onnx", /SF_FILE: cannot write \/proc\/nowhere\/network\.onnx: \/proc takes no new files or folders$/, 1],
  [`train --out @/${"n".repeat(251)}.onnx`, /SF_FILE: cannot write .*: the name is too long$/, 1],
  [`train --seeds 11 --out @/${"n".repeat(243)}.onnx`, /SF_FILE: cannot write .*n-seed-10\.onnx: the name is too long$/, 1],
  [`train --out @/nowhere/${"n".repeat(256)}/network.onnx`, /SF_FILE: cannot write .*: the name is too long$/, 1],
  ["train --data-folder @/nowhere", /SF_FILE: cannot read the folder .*nowhere/, 1],
  ["train --data-folder @/empty", /SF_DATA: the folder .*empty: expected the four IDX files/, 1],
  ["flip @/nowhere.onnx", /SF_FILE: cannot read .*nowhere\.onnx: it does not exist$/, 1],
  ["flip @/a-folder", /SF_FILE: cannot read .*a-folder: it is a folder$/, 1],
  ["flip @/not.onnx", /SF_ONNX|SF_NETWORK/, 1],
  ["flip @/not.onnx --c0 3", /SF_OPTION: --c0 says how to train a network/, 2],
  ["reproduce --figure 9", /SF_OPTION: --figure must be one or more of 1, 2, 3, 4, 5, 6, 7, bounds, single-step, scaling-laws, separated by commas; got 9$/, 2],
  ["reproduce --figure bound", /SF_OPTION: --figure.*got bound$/, 2],
  ["reproduce --figure 2,,3", /SF_OPTION: --figure.*got 2,,3$/, 2],
  ["reproduce --figure 2 --method fast", /SF_OPTION: --method is for adversarial training/, 2],
  ["reproduce --figure 4 --method slow", /SF_OPTION: --method must be faithful or fast; got slow$/, 2],
  ["train --method fast", /SF_OPTION: --method is an option of adversarial training; add --adversarial$/, 2],
  ["train --eps 0.1", /SF_OPTION: --eps is an option of adversarial training; add --adversarial$/, 2],
  ["train --no-box", /SF_OPTION: --box is an option of adversarial training; add --adversarial$/, 2],
  ["train --adversarial --exit step", /SF_OPTION: --exit does not apply with --adversarial/, 2],
  ["train --adversarial --c0 3 --radius 2", /SF_OPTION: --c0 and --radius cannot be combined/, 2],
  ["train --adversarial --eps -0.1", /SF_OPTION: --eps must be a number from 0 to 1e18; got -0\.1$/, 2],
  ["train --adversarial --eps NaN", /SF_OPTION: --eps.*got NaN$/, 2],
  ["train --adversarial --radius 0", /SF_OPTION: --radius must be a number above 0.*got 0$/, 2],
  ["train --adversarial --pgd-steps 0", /SF_OPTION: --pgd-steps must be a whole number from 1.*got 0$/, 2],
  ["train --adversarial --method slow", /SF_OPTION: --method must be faithful or fast; got slow$/, 2],
  ["train --adversarial --project often", /SF_OPTION: --project must be step, epoch or never; got often$/, 2],
  ["train --adversarial --patience 0", /SF_OPTION: --patience.*got 0$/, 2],
  ["attack", /SF_OPTION: attack needs a network/, 2],
  ["attack @/nowhere.onnx", /SF_FILE: cannot read .*nowhere\.onnx: it does not exist$/, 1],
  ["attack @/not.onnx", /SF_ONNX|SF_NETWORK/, 1],
  ["attack @/small.onnx --eps -1", /SF_OPTION: --eps must be one or more numbers from 0.*got -1$/, 2],
  ["attack @/small.onnx --eps 0.1,NaN", /SF_OPTION: --eps.*got 0\.1,NaN$/, 2],
  ["attack @/small.onnx --eps 0.1,,0.2", /SF_OPTION: --eps.*got 0\.1,,0\.2$/, 2],
  ["attack @/small.onnx --steps 0", /SF_OPTION: --steps must be a whole number from 1.*got 0$/, 2],
  ["attack @/small.onnx --restarts 0", /SF_OPTION: --restarts.*got 0$/, 2],
  ["attack @/small.onnx --step-size 0", /SF_OPTION: --step-size.*got 0$/, 2],
  ["attack @/small.onnx --norm l3", /SF_OPTION: --norm must be l2, linf.* or l[01]; got l3$/, 2],
  ["attack @/small.onnx --attack pdg", /SF_OPTION: --attack must be single-step, .*; got pdg$/, 2],
  ["attack @/small.onnx --attack fgsm --steps 3", /SF_OPTION: --steps is not an option of fgsm \(its options are --restarts, --random-start, --loss\)/, 2],
  ["attack @/small.onnx --attack single-step --norm linf", /SF_OPTION: attack single-step: it is defined for the norm l2; got linf$/, 2],
  ["attack @/small.onnx --loss dlr", /SF_OPTION: attack: the loss dlr needs a model of 3 or more classes/, 2],
  ["attack @/small.onnx --size 5", /SF_SIZE: the images must fit the network: .*small\.onnx takes d = 9 inputs, but the given size makes 25$/, 2],
  ["attack @/small.onnx --out @/records.txt", /SF_OPTION: --out must be a file name that ends in \.parquet or \.csv; got/, 2],
  ["attack @/small.onnx --out @/a-file/records.csv", /SF_FILE: cannot write .*a part of its path is a file/, 1],
  ["attack @/broken.onnx", /SF_DIVERGED: attack pgd: a score of .*broken\.onnx is NaN for sample 0$/, 1],
  [
    "train --adversarial --size 3 --width 5 --method fast --pgd-steps 1 --lr 1e6 --eps 1e18 --no-box --project never --epochs 5",
    /SF_DIVERGED: MNIST 0, 1 · size 3 · m 5 · C_0 10 · ε 1000000000000000000 · fast · seed 0: .*diverged/,
    1,
  ],
  ["train --dataset sphere --size 5", /SF_OPTION: --size is not a setting of sphere \(it has --d, --points\)$/, 2],
  ["train --dataset sphere --digits 3,8", /SF_OPTION: --digits is not a setting of sphere \(it has --d, --points\)$/, 2],
  ["train --d 30", /SF_OPTION: --d is not a setting of mnist \(it has --digits, --size, --normalize\)$/, 2],
  ["flip --points 200", /SF_OPTION: --points is not a setting of mnist \(it has --digits, --size, --normalize\)$/, 2],
  ["flip --dataset sphere --normalize", /SF_OPTION: --normalize is not a setting of sphere \(it has --d, --points\)$/, 2],
  ["train --adversarial --dataset sphere --size 5 --no-box", /SF_OPTION: --size is not a setting of sphere/, 2],
  ["train --dataset sphere --d 0", /SF_OPTION: --d must be a whole number from 1 to 65,536; got 0$/, 2],
  ["theory --d 0", /SF_OPTION: --d must be a whole number from 1 to 65,536; got 0$/, 2],
  ["theory --m 0", /SF_OPTION: --m must be a whole number from 1 to 1,000,000; got 0$/, 2],
  ["theory --gamma 1.5", /SF_OPTION: --gamma must be a number from 0 to 1; got 1\.5$/, 2],
  ["theory --gamma nan", /SF_OPTION: --gamma.*got nan$/, 2],
  ["theory --gamma -0.1", /SF_OPTION: --gamma.*got -0\.1$/, 2],
  ["theory --c0 -1", /SF_OPTION: --c0 must be a number from 0 to 1,000,000; got -1$/, 2],
  ["theory --c1 0", /SF_OPTION: --c1 must be a number above 0.*got 0$/, 2],
  ["theory --draws 0", /SF_OPTION: --draws.*got 0$/, 2],
  ["theory --points 0", /SF_OPTION: --points.*got 0$/, 2],
  ["theory --d 999999999", /SF_OPTION: --d must be a whole number from 1 to 65,536; got 999999999$/, 2],
  ["theory --d 65536 --m 100000", /SF_OPTION: theory: the width m times the dimension d must be at most 536,870,911; got 6,553,600,000$/, 2],
  ["theory --d 1 --m 1000000 --points 1000", /SF_OPTION: theory: the width m times the points must be at most 536,870,911/, 2],
  ["theory --dataset mnist --d 50", /SF_OPTION: on MNIST d must be the square of a whole number from 2 to 28 .*; got 50$/, 2],
  ["theory --dataset mnist --d 841", /SF_OPTION: on MNIST d must be the square.*; got 841$/, 2],
  ["theory --dataset cube", /SF_OPTION: --dataset must be mnist, sphere, fashion-mnist or cifar10; got cube$/, 2],
  ["theory --preset smoke --d 16", /SF_OPTION: --d and --preset cannot be combined/, 2],
  ["theory --preset huge", /SF_OPTION: --preset must be smoke, laptop or paper; got huge$/, 2],
  ["theory --out @/out", /SF_OPTION: --out needs --preset/, 2],
  ["theory --preset smoke --out @/a-file", /SF_FILE: cannot write .*a-file: a part of its path is a file/, 1],
  ["reproduce --preset huge", /SF_OPTION: --preset must be smoke, laptop or paper; got huge$/, 2],
  ["reproduce --workers 0", /SF_OPTION: --workers.*got 0$/, 2],
  ["reproduce --networks some", /SF_OPTION: --networks must be first, all or none; got some$/, 2],
  ["reproduce --out @/a-file", /SF_FILE: cannot write .*a-file: a part of its path is a file/, 1],
  ["reproduce --out /proc/nowhere", /SF_FILE: cannot write \/proc\/nowhere: \/proc takes no new files or folders$/, 1],
  ["reproduce --cache @/a-file --out @/out", /SF_FILE: cannot write the cache folder .*a-file \(--cache names another\): a part of its path is a file/, 1],
  ["reproduce --study @/nowhere.yaml", /SF_FILE: cannot read .*nowhere\.yaml: it does not exist$/, 1],
  ["reproduce --study @/unknown-key.yaml", /SF_STUDY: .*unknown-key\.yaml: unknown key data\.sizes \(did you mean size\?\)$/, 2],
  ["reproduce --study @/bad-size.yaml", /SF_STUDY: .*: data\.size must be a whole number from 2 to 28 .*got 40$/, 2],
  ["reproduce --study @/broken.yaml", /SF_STUDY: .*broken\.yaml: not YAML at line 2/, 2],
  ["reproduce --study @/circle.yaml", /SF_STUDY: .*circle\.yaml: data\.size contains itself \(an alias, \*name, inside what it names\)$/, 2],
  ["reproduce --study @/list.yaml", /SF_STUDY: .*: data\.size must be .*; got \[5, 7\]; to run every one of these values write \{ each: \[5, 7\] \}$/, 2],
  ["reproduce --study @/flip.yaml", /SF_STUDY: .*: measure\.0 must be flips, robust, theory, cone or evaluate, .*; got flip \(did you mean flips\?\)$/, 2],
  ["reproduce --study @/no-cells.yaml", /SF_STUDY: .*no-cells\.yaml: .*igure 4.*/, 2],
  ["reproduce --study @/fine.yaml --figure 2", /SF_OPTION: --figure and --study cannot be combined/, 2],
  ["report --preset smoke --cache @/empty --out @/out", /SF_CACHE: 67 of 67 cells are not in .*compute them with: signflip reproduce --preset smoke/, 1],
];

/** One line that says what is wrong; before it, where work had begun, what was being done. */
function isOneLine({ stdout, stderr }: Outcome): void {
  expect(stderr).toMatch(/^((training|attacking) .+\n)?error SF_[A-Z]+: .+\n$/);
  expect(stdout).toBe("");
}

describe("bad input", () => {
  it.each(cases)("%s", async (line, says, code) => {
    const outcome = await runHere(line.split(" ").map((word) => word.replace("@", folder)));
    isOneLine(outcome);
    expect(outcome.stderr.trim()).toMatch(says);
    expect(outcome.code).toBe(code);
  });

  it("leaves nothing behind in the folders it tried", async () => {
    expect((await readdir(folder)).sort()).toEqual([
      "a-file",
      "a-folder",
      "bad-size.yaml",
      "broken.onnx",
      "broken.yaml",
      "circle.yaml",
      "empty",
      "fine.yaml",
      "flip.yaml",
      "folder.onnx",
      "list.yaml",
      "no-cells.yaml",
      "not.onnx",
      "small.onnx",
      "unknown-key.yaml",
    ]);
    expect(await readdir(join(folder, "a-folder"))).toEqual([]);
  });
});

describe("bad input to the program itself", () => {
  it.each([
    ["flip --size 40 --json", /SF_SIZE/, 2],
    ["trian", /SF_OPTION: unknown command/, 2],
    ["worker", /SF_OPTION: unknown command 'worker'/, 2],
    ["flip @/nowhere.onnx", /SF_FILE/, 1],
  ] as const)("%s", async (line, says, code) => {
    const outcome = await signflip(line.split(" ").map((word) => word.replace("@", folder)));
    isOneLine(outcome);
    expect(outcome.stderr).toMatch(says);
    expect(outcome.code).toBe(code);
  });

  it.skipIf(!existsSync("/dev/full"))("says so when stdout is on a full disk", () => {
    const { status, stderr } = spawnSync(process.execPath, [launcher, "--help"], { stdio: ["ignore", openSync("/dev/full", "w"), "pipe"], encoding: "utf8" });
    expect(stderr).toBe("error SF_FILE: cannot write to stdout: no space is left on the disk\n");
    expect(status).toBe(1);
  });

  it("shows a stack only when asked", async () => {
    const { stderr } = await signflip(["flip", "--size", "40"], { env: { SIGNFLIP_DEBUG: "1" } });
    expect(stderr).toMatch(/\n\s+at /);
  });
});
