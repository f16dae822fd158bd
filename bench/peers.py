"""The same work in PyTorch, for `npm run bench`: prints one JSON object per line. Needs python3 with torch."""
import json
import sys
import time

import torch

n, d, m, batch, tests, threads = (int(a) for a in sys.argv[1:7])
torch.set_num_threads(threads)
torch.manual_seed(0)


def timed(work, repeats):
    work()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return sorted(seconds)[len(seconds) // 2]


x = torch.rand(n, d)
y = torch.randint(0, 2, (n,)) * 2.0 - 1
W = torch.randn(m, d, requires_grad=True)
b = torch.randn(m, requires_grad=True)
a = torch.randint(0, 2, (m,)) * 2.0 - 1
scale = m**-0.5
optimizer = torch.optim.SGD([W, b], lr=0.1)


def forward(points):
    z = torch.nn.functional.linear(points, W, b)
    return z, (torch.relu(z) @ a + 1) * scale


def epoch():
    for start in range(0, n, batch):
        optimizer.zero_grad()
        _, f = forward(x[start : start + batch])
        torch.nn.functional.softplus(-y[start : start + batch] * f).mean().backward()
        optimizer.step()


def gemm():
    with torch.no_grad():
        return x[:2048] @ W.T


def flips():
    """The exact first crossing of every ray, by sorting all breakpoints."""
    found = []
    for start in range(0, tests, 256):
        points = x[start : start + 256].clone().requires_grad_()
        z, f = forward(points)
        (g,) = torch.autograd.grad(f.sum(), points)
        with torch.no_grad():
            u = -torch.sign(f)[:, None] * g / g.norm(dim=1, keepdim=True)
            p = u @ W.T
            t = -z / p
            t, order = torch.where(t > 0, t, torch.inf).sort(dim=1)
            side = torch.sign(f)[:, None]
            change = side * scale * (a * p.abs()).gather(1, order)
            slope = -g.norm(dim=1, keepdim=True) + torch.cumsum(change, 1) - change
            finite = torch.where(t < torch.inf, t, 0)
            gaps = torch.diff(finite, dim=1, prepend=torch.zeros(len(t), 1)).clamp(min=0)
            height = f.abs()[:, None] + torch.cumsum(slope * gaps, 1)
            first = (height <= 0).to(torch.uint8).argmax(1, keepdim=True)
            found.append(finite.gather(1, first) - height.gather(1, first) / slope.gather(1, first))
    return torch.cat(found)


repeats = 3 if m <= 2000 else 1
print(json.dumps({"gemm": timed(gemm, 5), "epoch": timed(epoch, repeats), "flips": timed(flips, repeats), "version": torch.__version__}))
