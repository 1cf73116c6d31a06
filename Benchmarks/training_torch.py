#!/usr/bin/env python3
"""Training throughput of PyTorch on this CPU: the models, batches and settings of Benchmarks/Training/main.swift.

    Benchmarks/training.sh runs both sides. Alone: training_torch.py [--threads 2] [--seconds 20]

Needs PyTorch and numpy. Without them: python3 -m venv torch && torch/bin/pip install torch numpy, then
PYTHON=torch/bin/python Benchmarks/training.sh.

The Mamba block is the reference formulation (mambapy's and the authors' selective_scan_ref): projections over batch and
time at once, the scan vectorised over batch, channels and states. Three scans, and the best one counts:
  sequential  a loop over time, differentiated by autograd
  formula     the same loop into one buffer, with a backward pass written by hand
  parallel    the same recurrence in O(log T) vectorised passes (the work-efficient pscan of mambapy, written anew)
"""
import argparse
import math
import sys
import time

try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError:
    sys.exit("training_torch.py: no PyTorch; python3 -m venv torch && torch/bin/pip install torch numpy")


def scan_sequential(a, x):
    """h_t = a_t h_(t-1) + x_t over dimension 1; a, x [B, T, E, N]."""
    h = torch.zeros_like(x[:, 0])
    out = []
    for t in range(x.shape[1]):
        h = a[:, t] * h + x[:, t]
        out.append(h)
    return torch.stack(out, 1)


class ParallelScan(torch.autograd.Function):
    """Blelloch's scan over pairs (a, x) by doubling, with the adjoint recurrence as its backward pass."""

    @staticmethod
    def run(a, x):
        a, x = a.clone(), x.clone()
        step, length = 1, x.shape[1]
        while step < length:
            # (a2, x2) after (a1, x1) is (a1 a2, a2 x1 + x2); every pass reaches twice as far back.
            x[:, step:] = torch.addcmul(x[:, step:], a[:, step:], x[:, :-step].clone())
            a[:, step:] = a[:, step:] * a[:, :-step].clone()
            step *= 2
        return x

    @staticmethod
    def forward(ctx, a, x):
        h = ParallelScan.run(a, x)
        ctx.save_for_backward(a, h)
        return h

    @staticmethod
    def backward(ctx, dh):
        a, h = ctx.saved_tensors
        # lambda_t = dh_t + a_(t+1) lambda_(t+1): the same scan, from the end.
        later = F.pad(a[:, 1:], (0, 0, 0, 0, 0, 1))
        adjoint = ParallelScan.run(later.flip(1), dh.flip(1)).flip(1)
        before = F.pad(h[:, :-1], (0, 0, 0, 0, 1, 0))
        return adjoint * before, adjoint


class FormulaScan(torch.autograd.Function):
    """The loop without autograd's graph: h into one buffer, the adjoint by the recurrence from the end."""

    @staticmethod
    def forward(ctx, a, x):
        h = torch.empty_like(x)
        h[:, 0] = x[:, 0]
        for t in range(1, x.shape[1]):
            torch.addcmul(x[:, t], a[:, t], h[:, t - 1], out=h[:, t])
        ctx.save_for_backward(a, h)
        return h

    @staticmethod
    def backward(ctx, dh):
        a, h = ctx.saved_tensors
        adjoint, da = torch.empty_like(h), torch.empty_like(h)
        adjoint[:, -1] = dh[:, -1]
        for t in range(h.shape[1] - 1, 0, -1):
            torch.mul(adjoint[:, t], h[:, t - 1], out=da[:, t])
            torch.addcmul(dh[:, t - 1], a[:, t], adjoint[:, t], out=adjoint[:, t - 1])
        da[:, 0] = 0
        return da, adjoint


SCANS = (
    ("sequential", scan_sequential),
    ("formula", FormulaScan.apply),
    ("parallel", ParallelScan.apply),
)


class Mixer(nn.Module):
    def __init__(self, width, state=16, taps=4, scan=scan_sequential):
        super().__init__()
        inner, self.rank, self.state, self.scan = 2 * width, (width + 15) // 16, state, scan
        self.in_proj = nn.Linear(width, 2 * inner, bias=False)
        self.conv1d = nn.Conv1d(inner, inner, taps, groups=inner, padding=taps - 1)
        self.x_proj = nn.Linear(inner, self.rank + 2 * state, bias=False)
        self.dt_proj = nn.Linear(self.rank, inner)
        with torch.no_grad():
            step = torch.exp(torch.rand(inner) * math.log(100) + math.log(1e-3)).clamp(min=1e-4)
            self.dt_proj.bias.copy_(step + torch.log(-torch.expm1(-step)))
            nn.init.uniform_(self.dt_proj.weight, -self.rank**-0.5, self.rank**-0.5)
        self.A_log = nn.Parameter(torch.log(torch.arange(1, state + 1.0)).repeat(inner, 1))
        self.D = nn.Parameter(torch.ones(inner))
        self.out_proj = nn.Linear(inner, width, bias=False)

    def forward(self, x):
        length = x.shape[1]
        u, z = self.in_proj(x).chunk(2, -1)
        u = F.silu(self.conv1d(u.transpose(1, 2))[:, :, :length].transpose(1, 2))
        raw, b, c = self.x_proj(u).split([self.rank, self.state, self.state], -1)
        delta = F.softplus(self.dt_proj(raw))
        a = torch.exp(delta.unsqueeze(-1) * -torch.exp(self.A_log))
        h = self.scan(a, (delta * u).unsqueeze(-1) * b.unsqueeze(2))
        y = (h @ c.unsqueeze(-1)).squeeze(-1) + self.D * u
        return self.out_proj(y * F.silu(z))


class Trunk(nn.Module):
    def __init__(self, width, layers, scan):
        super().__init__()
        self.norms = nn.ModuleList(nn.RMSNorm(width, eps=1e-5) for _ in range(layers))
        self.mixers = nn.ModuleList(Mixer(width, scan=scan) for _ in range(layers))
        self.last = nn.RMSNorm(width, eps=1e-5)

    def forward(self, x):
        for norm, mixer in zip(self.norms, self.mixers):
            x = x + mixer(norm(x))
        return self.last(x)


class ListScorer(nn.Module):
    """17 columns per candidate, d64, four layers, one score per row."""

    def __init__(self, scan):
        super().__init__()
        self.embed, self.trunk, self.head = nn.Linear(17, 64), Trunk(64, 4, scan), nn.Linear(64, 1, bias=False)

    def loss(self, batch):
        rows, labels = batch
        scores = self.head(self.trunk(self.embed(rows))).squeeze(-1)
        return -(labels / labels.sum(-1, keepdim=True) * F.log_softmax(scores, -1)).sum(-1).mean()


class Induction(nn.Module):
    def __init__(self, scan):
        super().__init__()
        self.embedding = nn.Embedding(16, 64)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.trunk, self.head = Trunk(64, 2, scan), nn.Linear(64, 16, bias=False)

    def loss(self, batch):
        tokens, answers = batch
        return F.cross_entropy(self.head(self.trunk(self.embedding(tokens))[:, -1]), answers)


def lists(_):
    rows = torch.randn(32, 20, 17)
    return rows, F.one_hot(rows[:, :, 0].argmax(-1), 20).float()


def induction(length):
    tokens = torch.randint(0, 15, (32, length + 1))
    place = torch.randint(0, length - 1, (32,))
    tokens[torch.arange(32), place] = 15
    answers = tokens[torch.arange(32), place + 1].clone()
    tokens[:, -1] = 15
    return tokens, answers


def measure(make, batch, length, scan, seconds):
    torch.manual_seed(1)
    model = make(scan)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.0)
    batches = [batch(length) for _ in range(16)]

    def update(index):
        optimizer.zero_grad(set_to_none=True)
        loss = model.loss(batches[index % 16])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    for index in range(3):
        update(index)
    steps, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds or steps < 5:
        update(steps)
        steps += 1
    rate = 32 * steps / (time.perf_counter() - start)
    return sum(p.numel() for p in model.parameters()), rate, steps


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--check", action="store_true", help="compare the scans and end")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.check:
        torch.manual_seed(3)
        a = torch.rand(2, 37, 3, 4, dtype=torch.double, requires_grad=True)
        x = torch.randn(2, 37, 3, 4, dtype=torch.double, requires_grad=True)
        w = torch.randn(2, 37, 3, 4, dtype=torch.double)
        grads = []
        for _, scan in SCANS:
            grads.append(torch.autograd.grad((scan(a, x) * w).sum(), (a, x)))
        error = max((p - q).abs().max().item() for other in grads[1:] for p, q in zip(grads[0], other))
        print(f"scan check: gradients differ by {error:.1e}")
        sys.exit(0 if error < 1e-12 else 1)
    for name, make, batch, length in (
        ("list-d64-L4-N16-T20", ListScorer, lists, 20),
        ("induction-d64-L2-N16-T65", Induction, induction, 64),
    ):
        for kind, scan in SCANS:
            parameters, rate, steps = measure(make, batch, length, scan, options.seconds)
            print(f"torch\t{name}\t{kind}\t{parameters}\t{rate:.1f}\t{steps}", flush=True)


if __name__ == "__main__":
    main()
