#!/usr/bin/env python3
"""Weights, outputs and gradients across to PyTorch and back: one command, both directions.

    Benchmarks/torch_bridge.py [path of mneme, default .build/release/mneme]

1. `mneme eval golden --record` writes files of our initial weights, inputs, outputs and gradients; the plain PyTorch
   blocks below load the weights with load_state_dict (so every name and shape must fit) and answer in float64.
2. PyTorch's own initial weights, inputs, outputs and gradients are written the same way and put through
   `mneme eval golden`, on every dispatch level.

Prints the worst relative error (largest difference over the tensor's largest value) per file; status 1 beyond 1e-5 for
outputs (stacks and models 2e-5) or 1e-4 for gradients. Needs torch, numpy and safetensors:

    python3 -m venv /opt/bench/torch && /opt/bench/torch/bin/pip install torch numpy safetensors \\
        --extra-index-url https://download.pytorch.org/whl/cpu
    /opt/bench/torch/bin/python Benchmarks/torch_bridge.py

The blocks are the formulas of docs/formats.md as loops over time: slow, short, and nobody's code but this project's.
"""
import json
import math
import os
import subprocess
import sys
import tempfile

try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
    from safetensors import safe_open
    from safetensors.torch import save_file
except ImportError as error:
    sys.exit(f"{error}; the head of this file says how to install what it needs")


# ---------------------------------------------------------------------------------------------- blocks


class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


class Mamba1(nn.Module):
    """One mixer; tensor names as in mambapy. B batch, L length, D width, E inner, N state, K taps, R step rank."""

    def __init__(self, width, inner=None, state=16, taps=4, step_rank=None, bias=False, conv_bias=True):
        super().__init__()
        inner = inner or 2 * width
        step_rank = step_rank or math.ceil(width / 16)
        self.state, self.taps, self.step_rank, self.inner = state, taps, step_rank, inner
        self.in_proj = nn.Linear(width, 2 * inner, bias=bias)
        self.conv1d = nn.Conv1d(inner, inner, taps, groups=inner, bias=conv_bias)
        self.x_proj = nn.Linear(inner, step_rank + 2 * state, bias=False)
        self.dt_proj = nn.Linear(step_rank, inner)
        nn.init.uniform_(self.dt_proj.weight, -(step_rank**-0.5), step_rank**-0.5)
        with torch.no_grad():
            self.dt_proj.bias.copy_(initial_step_bias(inner))
        self.A_log = nn.Parameter(torch.arange(1, state + 1.0).log().repeat(inner, 1))
        self.D = nn.Parameter(torch.ones(inner))
        self.out_proj = nn.Linear(inner, width, bias=bias)

    def forward(self, x, carried=None):
        """x (B, L, D) → y, intermediate values, and the state to go on from."""
        xz = self.in_proj(x)
        u0, z = xz.split(self.inner, dim=-1)
        window, h = carried or (x.new_zeros(x.shape[0], self.inner, self.taps - 1),
                                x.new_zeros(x.shape[0], self.inner, self.state))
        padded = torch.cat([window, u0.transpose(1, 2)], dim=2)
        conv = F.conv1d(padded, self.conv1d.weight, self.conv1d.bias, groups=self.inner).transpose(1, 2)
        u = F.silu(conv)
        selected = self.x_proj(u)
        q, b, c = selected.split([self.step_rank, self.state, self.state], dim=-1)
        delta = softplus(self.dt_proj(q))
        a = -self.A_log.exp()
        ys = []
        for t in range(x.shape[1]):
            decay = (delta[:, t, :, None] * a).exp()
            h = decay * h + (delta[:, t] * u[:, t])[..., None] * b[:, t, None, :]
            ys.append((h * c[:, t, None, :]).sum(-1) + self.D * u[:, t])
        y = torch.stack(ys, dim=1)
        out = self.out_proj(y * F.silu(z))
        middle = {"xz": xz, "conv": conv, "u": u, "dtBC": selected, "delta": delta, "B": b, "C": c, "yscan": y}
        return out, middle, (padded[:, :, padded.shape[2] - self.taps + 1:], h)


class MambaStack(nn.Module):
    """x ← x + mixer(RMSNorm(x)), no norm at the end."""

    def __init__(self, layers, width, **options):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.ModuleDict({"mixer": Mamba1(width, **options), "norm": RMSNorm(width)}) for _ in range(layers))

    def forward(self, x):
        middle, states = [], []
        for layer in self.layers:
            y, _, state = layer["mixer"](layer["norm"](x))
            x = x + y
            middle.append(x)
            states.append(state)
        return x, middle, states


class Mamba3(nn.Module):
    """One mixer. H heads of P channels, N state, R rank (MIMO), G groups that share B and C, M rotated pairs."""

    def __init__(self, width, inner=None, state=16, head_width=16, rank=None, groups=1, rope_fraction=0.5,
                 norm=False, activation="heavy"):
        super().__init__()
        inner = inner or 2 * width
        self.mimo, rank = rank is not None, rank or 1
        self.heads, self.width_of_head, self.state, self.rank, self.groups = inner // head_width, head_width, state, rank, groups
        self.inner, self.activation, self.angles = inner, activation, int(state * rope_fraction) // 2
        rows = 2 * inner + 2 * rank * groups * state + 3 * self.heads + self.angles
        self.in_proj = nn.Linear(width, rows, bias=False)
        self.dt_bias = nn.Parameter(initial_step_bias(self.heads))
        self.B_bias = nn.Parameter(torch.ones(self.heads, rank, state))
        self.C_bias = nn.Parameter(torch.ones(self.heads, rank, state))
        self.B_norm, self.C_norm = RMSNorm(state), RMSNorm(state)
        self.D = nn.Parameter(torch.ones(self.heads))
        if self.mimo:
            self.mimo_x = nn.Parameter(torch.ones(self.heads, rank, head_width) / rank)
            self.mimo_z = nn.Parameter(torch.ones(self.heads, rank, head_width))
            self.mimo_o = nn.Parameter(torch.ones(self.heads, rank, head_width) / rank)
        self.norm = RMSNorm(inner) if norm else None
        self.out_proj = nn.Linear(inner, width, bias=False)

    def split(self, x):
        h, p, n, rgn = self.heads, self.width_of_head, self.state, self.rank * self.groups * self.state
        z, v, b, c, step, decay, trap, angles = self.in_proj(x).split(
            [self.inner, self.inner, rgn, rgn, h, h, h, self.angles], dim=-1)
        keys = (x.shape[0], x.shape[1], self.rank, self.groups, n)
        heads = (x.shape[0], x.shape[1], h, p)
        return (z.reshape(heads), v.reshape(heads), self.B_norm(b.reshape(keys)), self.C_norm(c.reshape(keys)),
                softplus(step + self.dt_bias), self.decay(decay), trap, angles)

    def decay(self, raw):
        if self.activation == "softplus":
            return (-softplus(raw)).clamp(max=-1e-4)
        heavy = torch.where(raw >= 0, 1 + raw, 1 / (1 - raw.clamp(max=0)))
        return (-heavy).clamp(max=-1e-4)

    def rotate(self, x, cos, sin):
        """x (B, H, R, N); pairs are neighbours, or the two halves under MIMO."""
        m = self.angles
        first = torch.arange(m) if self.mimo else 2 * torch.arange(m)
        second = first + (self.state // 2 if self.mimo else 1)
        a, b = x[..., first], x[..., second]
        x = x.clone()
        x[..., first] = a * cos - b * sin
        x[..., second] = a * sin + b * cos
        return x

    def forward(self, x, carried=None):
        h, r, p, n = self.heads, self.rank, self.width_of_head, self.state
        z, v, b, c, step, decay, trap, angles = self.split(x)
        batch = x.shape[0]
        angle, ssm, k_before, v_before = carried or (
            x.new_zeros(batch, h, self.angles), x.new_zeros(batch, h, p, n), x.new_zeros(batch, h, r, n),
            x.new_zeros(batch, h, r, p))
        ones = x.new_ones(h, r, p)
        mx, mz, mo = (self.mimo_x, self.mimo_z, self.mimo_o) if self.mimo else (ones, ones, ones)
        per_head = lambda y, t: y[:, t].repeat_interleave(h // self.groups, dim=2).transpose(1, 2)
        outs = []
        for t in range(x.shape[1]):
            angle = angle + math.pi * torch.tanh(angles[:, t])[:, None, :] * step[:, t, :, None]
            cos, sin = angle.cos()[:, :, None, :], angle.sin()[:, :, None, :]
            k = self.rotate(per_head(b, t) + self.B_bias, cos, sin)
            q = self.rotate(per_head(c, t) + self.C_bias, cos, sin)
            value, gate = v[:, t, :, None, :] * mx, z[:, t, :, None, :] * mz
            share = torch.sigmoid(trap[:, t])
            alpha = (decay[:, t] * step[:, t]).exp()
            beta, gamma = (1 - share) * step[:, t] * alpha, share * step[:, t]
            outer = lambda v, k: torch.einsum("bhrp,bhrn->bhpn", v, k)
            ssm = (alpha[..., None, None] * ssm + beta[..., None, None] * outer(v_before, k_before)
                   + gamma[..., None, None] * outer(value, k))
            y = torch.einsum("bhpn,bhrn->bhrp", ssm, q) + self.D[:, None, None] * value
            if self.norm is not None:
                y = y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + 1e-5) * self.norm.weight.view(h, 1, p)
            outs.append((mo * y * F.silu(gate)).sum(2).reshape(batch, -1))
            k_before, v_before = k, value
        middle = {"Q": c, "K": b, "V": v, "ADT": (decay * step).transpose(1, 2), "DT": step.transpose(1, 2),
                  "Trap": trap.transpose(1, 2), "Angles": angles[:, :, None, :].expand(-1, -1, h, -1)}
        return self.out_proj(torch.stack(outs, dim=1)), middle, (angle, ssm, k_before, v_before)


class S4DKernel(nn.Module):
    """Minimal S4D: N/2 complex modes per channel, zero-order hold, no B."""

    def __init__(self, width, state=64):
        super().__init__()
        self.log_dt = nn.Parameter(torch.rand(width) * math.log(100) + math.log(0.001))
        self.log_A_real = nn.Parameter(torch.full((width, state // 2), math.log(0.5)))
        self.A_imag = nn.Parameter(math.pi * torch.arange(state // 2).repeat(width, 1).float())
        self.C = nn.Parameter(torch.randn(width, state // 2, 2) * math.sqrt(0.5))

    def discrete(self):
        a = torch.complex(-self.log_A_real.exp(), self.A_imag)
        w = self.log_dt.exp()[:, None] * a
        # e^w - 1 without cancellation.
        minus_one = torch.complex(torch.expm1(w.real) * w.imag.cos() - 2 * (w.imag / 2).sin() ** 2,
                                  w.real.exp() * w.imag.sin())
        return w.exp(), minus_one / a

    def forward(self, length):
        rho, b = self.discrete()
        powers = rho[..., None] ** torch.arange(length)
        return 2 * torch.einsum("hn,hnl->hl", torch.view_as_complex(self.C) * b, powers).real


class S4DLayer(nn.Module):
    """(B, H, L): systems + D, gelu, pointwise, GLU."""

    def __init__(self, width, state=64):
        super().__init__()
        self.kernel = S4DKernel(width, state)
        self.D = nn.Parameter(torch.randn(width))
        self.output_linear = nn.Sequential(nn.Conv1d(width, 2 * width, 1), nn.GLU(dim=-2))

    def forward(self, u):
        length = u.shape[-1]
        k = self.kernel(length)
        t = torch.arange(length)
        # Toeplitz: y_t = Σ_s K_(t-s) u_s.
        toeplitz = k[:, (t[:, None] - t[None, :]).clamp(min=0)] * (t[:, None] >= t[None, :])
        mixed = torch.einsum("hts,bhs->bht", toeplitz, u) + self.D[:, None] * u
        return self.output_linear(F.gelu(mixed)), mixed


class S4DModel(nn.Module):
    def __init__(self, inputs, outputs, width, state, layers, prenorm=True):
        super().__init__()
        self.encoder, self.decoder = nn.Linear(inputs, width), nn.Linear(width, outputs)
        self.s4_layers = nn.ModuleList(S4DLayer(width, state) for _ in range(layers))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(layers))
        self.prenorm = prenorm

    def forward(self, x):
        x = self.encoder(x)
        for layer, norm in zip(self.s4_layers, self.norms):
            y, _ = layer((norm(x) if self.prenorm else x).transpose(1, 2))
            x = x + y.transpose(1, 2)
            if not self.prenorm:
                x = norm(x)
        return self.decoder(x.mean(1))


def softplus(v):
    return v.clamp(min=0) + torch.log1p((-v.abs()).exp())


def initial_step_bias(count):
    step = torch.exp(torch.rand(count) * math.log(100) + math.log(0.001)).clamp(min=1e-4)
    return step + torch.log(-torch.expm1(-step))


# ---------------------------------------------------------------------------------------------- files


def as_float32(model):
    """Double arithmetic over weights that are exact in float32, so that a file holds the very numbers used."""
    return model.float().double()


def numbers(*shape):
    return torch.randn(*shape).double()


def record(tensors, kind, config, path):
    data = {name: value.detach().float().contiguous().clone() for name, value in tensors.items()}
    save_file(data, path, metadata={"kind": kind, "config": json.dumps(config),
                                    "reference": "Benchmarks/torch_bridge.py, float64"})


def with_gradients(model, inputs, main, cotangent):
    """`loss.cot` and the gradients of Σ cot · main, for every weight and every input."""
    loss = (main * cotangent).sum()
    names = [name for name, _ in model.named_parameters()]
    leaves = [value for _, value in model.named_parameters()] + list(inputs.values())
    slopes = torch.autograd.grad(loss, leaves, allow_unused=True)
    slopes = [torch.zeros_like(leaf) if slope is None else slope for leaf, slope in zip(leaves, slopes)]
    tensors = {"loss.cot": cotangent, "loss.value": loss.reshape(1)}
    for name, slope in zip(names + [None] * len(inputs), slopes):
        if name:
            tensors["grad.w." + name] = slope
    for name, slope in zip(inputs, slopes[len(names):]):
        tensors["grad." + name] = slope
    for name, value in model.named_parameters():
        tensors["w." + name] = value
    return tensors


def mamba1_block(model, x, cotangent, x_next=None):
    y, middle, (window, h) = model(x)
    tensors = with_gradients(model, {"in.x": x}, y, cotangent)
    tensors |= {"in.x": x, "out.y": y, "state.h": h, "state.conv": window}
    tensors |= {"mid." + name: value for name, value in middle.items()}
    if x_next is not None:
        y, _, (window, h) = model(x_next, (window, h))
        tensors |= {"in.x_next": x_next, "out.y_next": y, "state.h_next": h, "state.conv_next": window}
    return tensors


def mamba1_stack(model, x, cotangent):
    y, middle, states = model(x)
    tensors = with_gradients(model, {"in.x": x}, y, cotangent) | {"in.x": x, "out.y": y}
    for i, (window, h) in enumerate(states):
        tensors |= {f"mid.layer{i}": middle[i], f"state.{i}.h": h, f"state.{i}.conv": window}
    return tensors


def mamba3_block(model, x, cotangent):
    y, middle, (angle, ssm, k, v) = model(x)
    tensors = with_gradients(model, {"in.x": x}, y, cotangent)
    tensors |= {"in.x": x, "out.y": y, "state.angle": angle, "state.ssm": ssm,
                "state.k": k if model.mimo else k[:, :, 0],
                "state.v_projected" if model.mimo else "state.v": v if model.mimo else v[:, :, 0]}
    return tensors | {"mid." + name: value if model.mimo or name not in "QK" else value[:, :, 0]
                      for name, value in middle.items()}


def s4d_model(model, x, cotangent):
    y = model(x)
    tensors = with_gradients(model, {"in.x": x}, y, cotangent) | {"in.x": x, "out.y": y}
    if x.shape[1] >= 3:
        tensors["out.y_prefix3"] = model(x[:, :3])
    return tensors


# ---------------------------------------------------------------------------------------------- theirs → ours


def write_ours_to_check(folder):
    torch.manual_seed(2026)

    def leaf(*shape):
        return numbers(*shape).requires_grad_()

    block = as_float32(Mamba1(20, state=7, step_rank=3, bias=True))
    record(mamba1_block(block, leaf(2, 9, 20), numbers(2, 9, 20), numbers(2, 3, 20)), "mamba1-block",
           {"d_model": 20, "d_state": 7, "dt_rank": 3, "bias": True}, f"{folder}/mamba1-block.safetensors")
    stack = as_float32(MambaStack(4, 64))
    record(mamba1_stack(stack, leaf(2, 16, 64), numbers(2, 16, 64)), "mamba1-stack",
           {"d_model": 64, "n_layers": 4}, f"{folder}/mamba1-stack.safetensors")
    for prenorm in [True, False]:
        model = as_float32(S4DModel(24, 2, 32, 16, 2, prenorm))
        record(s4d_model(model, leaf(3, 6, 24), numbers(3, 2)), "s4d-model",
               {"H": 32, "N": 16, "layers": 2, "L": 6, "B": 3, "d_input": 24, "d_output": 2, "prenorm": prenorm},
               f"{folder}/s4d-model-{'pre' if prenorm else 'post'}.safetensors")
    for rank in [None, 2]:
        model = as_float32(Mamba3(24, state=8, head_width=12, rank=rank))
        record(mamba3_block(model, leaf(2, 9, 24), numbers(2, 9, 24)), "mamba3-block",
               {"d_model": 24, "d_state": 8, "headdim": 12, "rope_fraction": 0.5, "outproj_norm": False},
               f"{folder}/mamba3-{'siso' if rank is None else 'mimo'}.safetensors")


# ---------------------------------------------------------------------------------------------- ours → theirs


def rebuild(kind, config, weights):
    """The PyTorch block for a file of ours; load_state_dict refuses any name or shape that isn't PyTorch's."""
    if kind == "mamba1-block":
        inner, state = weights["A_log"].shape
        model = Mamba1(weights["in_proj.weight"].shape[1], inner, state, weights["conv1d.weight"].shape[2],
                       weights["dt_proj.weight"].shape[1], "in_proj.bias" in weights, "conv1d.bias" in weights)
    elif kind == "mamba1-stack":
        inner, state = weights["layers.0.mixer.A_log"].shape
        model = MambaStack(config["n_layers"], config["d_model"], inner=inner, state=state,
                           taps=weights["layers.0.mixer.conv1d.weight"].shape[2],
                           step_rank=weights["layers.0.mixer.dt_proj.weight"].shape[1])
    elif kind == "s4d-model":
        model = S4DModel(config["d_input"], config["d_output"], config["H"], config["N"], config["layers"],
                         config["prenorm"])
    else:
        heads, rank, state = weights["B_bias"].shape
        width, inner = weights["out_proj.weight"].shape
        model = Mamba3(width, inner, state, inner // heads, rank if "mimo_x" in weights else None,
                       rope_fraction=config["rope_fraction"], norm="norm.weight" in weights)
    model = model.double()
    model.load_state_dict(weights)
    return model


def check_ours(path):
    with safe_open(path, "pt") as file:
        ours = {name: file.get_tensor(name).double() for name in file.keys()}
        kind, config = file.metadata()["kind"], json.loads(file.metadata()["config"])
    model = rebuild(kind, config, {name[2:]: value for name, value in ours.items() if name.startswith("w.")})
    x = ours["in.x"].requires_grad_()
    run = {"mamba1-block": mamba1_block, "mamba1-stack": mamba1_stack, "mamba3-block": mamba3_block,
           "s4d-model": s4d_model}[kind]
    more = [ours["in.x_next"]] if "in.x_next" in ours else []
    theirs = run(model, x, ours["loss.cot"], *more)
    worst = {True: (0.0, "-"), False: (0.0, "-")}
    for name, value in ours.items():
        if not name.startswith(("out.", "state.", "grad.")):
            continue
        reference = theirs[name].detach()
        if name == "state.angle":
            value = value + 2 * math.pi * ((reference - value) / (2 * math.pi)).round()
        error = ((value - reference).abs().max() / reference.abs().max().clamp(min=1e-6)).item()
        gradient = name.startswith("grad.")
        worst[gradient] = max(worst[gradient], (error if error == error else math.inf, name))
    return kind, worst[False], worst[True]


def show(direction, file, level, outputs, gradients):
    print(f"{direction:<16}{file:<24}{level:<12}{outputs[0]:9.1e}  {gradients[0]:9.1e}  {outputs[1]}, {gradients[1]}")


def main():
    mneme = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../.build/release/mneme")
    is_within = True
    print(f"{'direction':<16}{'file':<24}{'level':<12}{'outputs':>9}  {'gradients':>9}  worst tensors")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = folder + "/ours", folder + "/theirs"
        os.mkdir(theirs)
        subprocess.run([mneme, "eval", "golden", ours, "--record"], check=True, stdout=subprocess.DEVNULL)
        for file in sorted(os.listdir(ours)):
            kind, outputs, gradients = check_ours(f"{ours}/{file}")
            show("ours in torch", file.removesuffix(".safetensors"), "best", outputs, gradients)
            is_within &= outputs[0] <= (1e-5 if kind.endswith("block") else 2e-5) and gradients[0] <= 1e-4
        write_ours_to_check(theirs)
        answer = subprocess.run([mneme, "eval", "golden", theirs, "--json"], stdout=subprocess.PIPE)
        table = json.loads(answer.stdout)
        for row in table["rows"]:
            if row["failure"]:
                print(f"theirs in ours  {row['file']}: {row['failure']}")
                continue
            parts = [(row[part]["error"], row[part]["tensor"]) for part in ["outputs", "gradients"]]
            show("theirs in ours", row["file"].removesuffix(".safetensors"), row["level"], *parts)
        is_within &= table["is_within"] and not table["not_run"]
    print("within their limits" if is_within else "beyond a limit")
    sys.exit(0 if is_within else 1)


if __name__ == "__main__":
    main()
