import type { Command } from "./command.ts";

/** A command as help lists it. Its module is loaded when it is called: no other command waits for what it imports. */
export interface CommandEntry {
  /** One line, no full stop. */
  readonly summary: string;
  load(): Promise<Command<any>>;
}

/** Every command: a folder and an entry here. */
export const commands = {
  inspect: {
    summary: "say what an ONNX model is taken for, and whether it can be attacked",
    load: async () => (await import("./inspect/command.ts")).inspect,
  },
  saliency: {
    summary: "say what a prediction depends on: gradients, integrated gradients, SmoothGrad",
    load: async () => (await import("./saliency/command.ts")).saliency,
  },
  "export-gradient": {
    summary: "write an .onnx file with a model's input gradient in it",
    load: async () => (await import("./export-gradient/command.ts")).exportGradientCommand,
  },
  train: {
    summary: "train a two-layer network within its lazy ball",
    load: async () => (await import("./train/command.ts")).train,
  },
  "train-classifier": {
    summary: "train a network for images or tables, plainly or to be robust",
    load: async () => (await import("./train-classifier/command.ts")).trainClassifier,
  },
  flip: {
    summary: "measure the smallest gradient step that flips each prediction",
    load: async () => (await import("./flip/command.ts")).flip,
  },
  attack: {
    summary: "attack a trained network and measure its robust accuracy",
    load: async () => (await import("./attack/command.ts")).attack,
  },
  evaluate: {
    summary: "measure how small a perturbation fools any ONNX classifier, with a report",
    load: async () => (await import("./evaluate/command.ts")).evaluate,
  },
  reproduce: {
    summary: "compute the paper's figures, with a report that grows as they finish",
    load: async () => (await import("./reproduce/command.ts")).reproduce,
  },
  report: {
    summary: "write the report and figures again from cached cells, without computing anything",
    load: async () => (await import("./report/command.ts")).report,
  },
  theory: {
    summary: "check every statement of the theory: its bound, the exact extreme, a measurement",
    load: async () => (await import("./theory/command.ts")).theory,
  },
} satisfies Record<string, CommandEntry>;

export type CommandName = keyof typeof commands;
export const commandNames = Object.keys(commands) as CommandName[];
