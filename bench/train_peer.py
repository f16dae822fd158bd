"""An epoch of training in PyTorch on the same network and batch, for bench/train.ts: prints one JSON object. Needs python3 with torch."""
import json
import sys
import time

import torch
from torch import nn

name, n, batch, threads, method = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
torch.set_num_threads(threads)
torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self, channels, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out, 3, stride, 1)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1)
        self.shortcut = nn.Identity() if stride == 1 else nn.Conv2d(channels, out, 1, stride)

    def forward(self, x):
        return torch.relu(self.shortcut(x) + self.conv2(torch.relu(self.conv1(x))))


def network():
    if name == "conv":
        return nn.Sequential(
            nn.Conv2d(1, 16, 4, 2, 1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 4, 2, 1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(1568, 100),
            nn.ReLU(),
            nn.Linear(100, 10),
        )
    blocks = [Block(16, 32, 2), Block(32, 32, 1), Block(32, 64, 2), Block(64, 64, 1)]
    return nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1), nn.ReLU(), *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


shape = (1, 28, 28) if name == "conv" else (3, 32, 32)
x, y = torch.rand(n, *shape), torch.arange(n) % 10
model = network()
optimizer = torch.optim.Adam(model.parameters())
loss_of = nn.functional.cross_entropy
eps, steps = 1.0, 5


def perturbed(points, labels):
    """PGD in l2 from a random start within [0, 1]; the gradient of the points alone."""
    delta = torch.randn_like(points)
    delta *= eps * torch.rand(len(points), 1, 1, 1) / delta.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
    for _ in range(steps):
        delta.requires_grad_()
        (slope,) = torch.autograd.grad(loss_of(model(points + delta), labels, reduction="sum"), delta)
        with torch.no_grad():
            delta = delta + (2.5 * eps / steps) * slope / slope.flatten(1).norm(dim=1).clamp(min=1e-30).view(-1, 1, 1, 1)
            delta = (points + delta).clamp(0, 1) - points
            delta = delta * (eps / delta.flatten(1).norm(dim=1).clamp(min=1e-30)).clamp(max=1).view(-1, 1, 1, 1)
    return points + delta


def epoch():
    for chosen in torch.randperm(n).split(batch):
        points, labels = x[chosen], y[chosen]
        if method == "adversarial":
            points = perturbed(points, labels)
        optimizer.zero_grad()
        loss_of(model(points), labels).backward()
        optimizer.step()


epoch()
start = time.perf_counter()
epoch()
print(json.dumps({"epoch": time.perf_counter() - start, "version": torch.__version__}))
