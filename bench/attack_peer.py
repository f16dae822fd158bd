"""PGD in PyTorch on the same network and batch, for bench/attack.ts: prints one JSON object. Needs python3 with torch."""
import json
import sys
import time

import torch

n, d, m, rows, steps, threads = (int(a) for a in sys.argv[1:7])
# "delta": the gradient of δ alone. "backward": loss.backward() on a model whose weights require gradients, as most published PGD code has it.
style = sys.argv[7]
torch.set_num_threads(threads)
torch.manual_seed(0)
x = torch.nn.functional.normalize(torch.randn(n, d))
y = torch.randint(0, 2, (n,)) * 2.0 - 1
W, b = torch.randn(m, d), torch.randn(m)
a = torch.randint(0, 2, (m,)) * 2.0 - 1
eps = 0.2
if style == "backward":
    W.requires_grad_()
    b.requires_grad_()


def forward(points):
    return (torch.relu(torch.nn.functional.linear(points, W, b)) @ a + 1) * m**-0.5


def pgd(points, labels):
    """The l2 attack of the specification, with the box [-1, 1] and the best point of the path."""
    delta = torch.zeros_like(points)
    best, best_margin = delta, torch.full_like(labels, torch.inf)
    for _ in range(steps):
        delta.requires_grad_()
        f = forward(points + delta)
        loss = torch.nn.functional.softplus(-labels * f).sum()
        if style == "backward":
            loss.backward()
            slope = delta.grad
        else:
            (slope,) = torch.autograd.grad(loss, delta)
        with torch.no_grad():
            better = labels * f < best_margin
            best_margin = torch.where(better, labels * f, best_margin)
            best = torch.where(better[:, None], delta, best)
            delta = delta + (2.5 * eps / steps) * slope / slope.norm(dim=1, keepdim=True).clamp(min=1e-30)
            delta = (points + delta).clamp(-1, 1) - points
            delta = delta * (eps / delta.norm(dim=1, keepdim=True).clamp(min=1e-30)).clamp(max=1)
    return best


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def attack():
    for start in range(0, n, rows):
        pgd(x[start : start + rows], y[start : start + rows])


def gemm():
    with torch.no_grad():
        return x[:2048] @ W.T


gemm()
pgd(x[:rows], y[:rows])
print(json.dumps({"attack": timed(attack), "gemm": min(timed(gemm) for _ in range(5)), "version": torch.__version__}))
