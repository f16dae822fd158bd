import { defineCommand } from "../command.ts";
import { jsonOption, threadsOption } from "../option/options.ts";
import { classifierTrainingOptions } from "./options.ts";

export const trainClassifier = defineCommand({
  description:
    "Trains a network for images or tables by minibatch descent on cross-entropy: on samples as they are, on perturbed ones, or with TRADES. A new network " +
    "standardizes its inputs by the mean and deviation of the training data, inside the file, so that perturbations and bounds are in raw units. With " +
    "an .onnx file of any origin, training continues from its weights if its operators have gradients.",
  argument: { name: "model.onnx", description: "a model to continue training; without it, a new network is trained" },
  options: { ...classifierTrainingOptions, threads: threadsOption, json: jsonOption },
  examples: [
    ["signflip train-classifier --data mnist --network conv --epochs 3 --out plain.onnx", "a small convolutional network on all ten digits"],
    ["signflip train-classifier --data mnist --method adversarial --norm l2 --eps 2 --out robust.onnx", "the same against perturbations of length 2"],
    ["signflip train-classifier --data cifar10 --network resnet --flip --shift 2 --out resnet.onnx", "a residual network on CIFAR-10"],
    ["signflip train-classifier model.onnx --data pictures/ --lr 0.0001 --out tuned.onnx", "continue to train a model of your own"],
  ],
  async run(values, context, file) {
    await (await import("./run.ts")).runTraining(values, context, file);
  },
});
