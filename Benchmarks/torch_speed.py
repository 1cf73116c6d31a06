#!/usr/bin/env python3
"""The models of Benchmarks/speed.sh in PyTorch eager, one thread. Its sibling torch_bridge.py says how to install torch."""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from torch_bridge import F, MambaStack, RMSNorm, S4DModel, nn, torch  # noqa: E402

torch.set_num_threads(1)
torch.set_grad_enabled(False)


def measure(name, rounds, body):
    times = []
    for i in range(rounds + rounds // 10):
        start = time.perf_counter()
        body()
        if i >= rounds // 10:
            times.append((time.perf_counter() - start) * 1e6)
    times.sort()
    print(f"torch {torch.__version__} eager\t{name}\tp50 {times[rounds // 2]:.2f}\tp99 {times[rounds * 99 // 100]:.2f}"
          f"\tmin {times[0]:.2f}\tµs", flush=True)


def step(stack, x, states):
    """One event, as one would write it for serving: no autograd, states in place."""
    for layer, (window, h) in zip(stack.layers, states):
        m = layer["mixer"]
        u0, z = m.in_proj(layer["norm"](x)).chunk(2, dim=-1)
        conv = (window * m.conv1d.weight[:, 0, :-1]).sum(-1) + u0 * m.conv1d.weight[:, 0, -1] + m.conv1d.bias
        window.copy_(torch.cat([window[:, 1:], u0[:, None]], dim=1))
        u = F.silu(conv)
        q, b, c = m.x_proj(u).split([m.step_rank, m.state, m.state], dim=-1)
        delta = F.softplus(m.dt_proj(q))
        h.mul_((delta[:, None] * m.A).exp()).add_((delta * u)[:, None] * b[None, :])
        x = x + m.out_proj((h @ c + m.D * u) * F.silu(z))
    return x


def prepared(stack):
    for layer in stack.layers:
        layer["mixer"].A = -layer["mixer"].A_log.exp()
    return stack


class ListModel(nn.Module):
    """Embed, layers over the list at once (projections as matrices, the scan as a loop), norm, head."""

    def __init__(self):
        super().__init__()
        self.embed, self.backbone, self.norm_f = nn.Linear(17, 56), MambaStack(2, 56), RMSNorm(56)
        self.head = nn.Linear(56, 1, bias=False)

    def forward(self, x):
        return self.head(self.norm_f(self.backbone(self.embed(x))[0]))


def main():
    stack = prepared(MambaStack(4, 64))
    states = [(torch.zeros(128, 3), torch.zeros(128, 16)) for _ in range(4)]
    x = torch.rand(64)
    measure("step d64 L4 N16", 2000, lambda: step(stack, x, states))
    model = ListModel()
    rows = torch.rand(1, 20, 17)
    count = sum(p.numel() for p in model.parameters())
    measure(f"list of 20, {count} parameters", 500, lambda: model(rows))
    for width, state, layers in [(64, 32, 3), (32, 16, 2)]:
        paths = S4DModel(24, 1, width, state, layers)
        # Kernels made once, as ours are cached for the path's length.
        for layer in paths.s4_layers:
            kernel = layer.kernel(6)
            del layer.kernel
            layer.kernel = lambda length, kernel=kernel: kernel
        hops = torch.rand(1000, 6, 24)
        measure(f"1000 paths of 6 hops, H{width} N{state} L{layers}", 100, lambda: paths(hops))


if __name__ == "__main__":
    main()
