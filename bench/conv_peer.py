"""PGD in PyTorch on a network that bench/conv.ts wrote down node by node: prints one JSON object. Needs python3 with torch."""
import json
import os
import sys
import time

import torch
import torch.nn.functional as F

folder = sys.argv[1]
n, rows, steps, threads = (int(a) for a in sys.argv[2:6])
torch.set_num_threads(threads)
torch.manual_seed(0)
network = json.load(open(os.path.join(folder, "network.json")))
kinds = {"float32": torch.float32, "int64": torch.int64}


def weight(entry):
    raw = open(os.path.join(folder, entry["file"]), "rb").read()
    return torch.frombuffer(bytearray(raw), dtype=kinds[entry["element"]]).reshape(entry["shape"])


weights = {entry["name"]: weight(entry) for entry in network["weights"]}


def conv(a, x, w, b=None):
    pads = a.get("pads", [0, 0, 0, 0])
    assert pads[:2] == pads[2:], "only symmetric padding"
    return F.conv2d(x, w, b, stride=a.get("strides", 1), padding=pads[:2], dilation=a.get("dilations", 1), groups=a.get("group", 1))


def gemm(a, x, w, b=None):
    y = x @ (w.T if a.get("transB") else w)
    return y if b is None else y + b


ops = {
    "Add": lambda a, x, y: x + y,
    "Conv": conv,
    "Flatten": lambda a, x: x.flatten(1),
    "Gemm": gemm,
    "GlobalAveragePool": lambda a, x: x.mean((2, 3), keepdim=True),
    "Identity": lambda a, x: x,
    "ReduceMean": lambda a, x, axes: x.mean(axes.tolist(), keepdim=bool(a.get("keepdims", 1))),
    "Relu": lambda a, x: torch.relu(x),
}


def forward(x):
    values = dict(weights)
    values[network["input"]] = x
    for node in network["nodes"]:
        values[node["output"]] = ops[node["op"]](node["attributes"], *(values[name] for name in node["inputs"] if name is not None))
    return values[network["output"]]


def pgd(x, y, eps):
    """The linf attack of our graph, with the box [0, 1] and the best point of the path; the gradient of δ alone, which is faster than backward()."""
    delta = torch.zeros_like(x)
    best, lowest = delta, torch.full((len(x),), torch.inf)
    for _ in range(steps):
        delta.requires_grad_()
        logits = forward(x + delta)
        (slope,) = torch.autograd.grad(F.cross_entropy(logits, y, reduction="sum"), delta)
        with torch.no_grad():
            own = logits.gather(1, y[:, None])[:, 0]
            margin = own - logits.scatter(1, y[:, None], -torch.inf).max(1).values
            better = margin < lowest
            lowest = torch.where(better, margin, lowest)
            best = torch.where(better[:, None, None, None], delta, best)
            delta = (delta + (2.5 * eps / steps) * slope.sign()).clamp(-eps, eps)
            delta = (x + delta).clamp(0, 1) - x
    return best


x = torch.rand(n, *network["shape"])
y = torch.arange(n) % network["classes"]


def attack():
    for start in range(0, n, rows):
        pgd(x[start : start + rows], y[start : start + rows], 2 / 255)


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


attack()
print(json.dumps({"attack": sorted(timed(attack) for _ in range(3))[1], "version": torch.__version__}))
