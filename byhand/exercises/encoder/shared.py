"""What several exercises of lesson 13 use."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from byhand.exercise import Case

from ..pieces.dropping import dropped_by_a_quarter
from ..pieces.inputs import readable
from ..pieces.masks import flags
from ..pieces.weights import weights_of

LOOK_BACK = flags("100", "110", "111")


TWO_TRIPLES = np.stack(
    [flags("110", "010", "011"), flags("001", "111", "101")]
)


class TorchMultiHead(nn.Module):
    """PyTorch's function for it, with four projections of its own."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            self.add_module(name, nn.Linear(d_model, d_model))

    def forward(self, query, key, value, mask=None):
        into = self.q_proj, self.k_proj, self.v_proj
        if mask is not None:
            square = len(query), query.shape[1], key.shape[1]
            mask = ~mask.expand(square).repeat_interleave(self.num_heads, 0)
        output, _ = functional.multi_head_attention_forward(
            *(x.transpose(0, 1) for x in (query, key, value)),
            embed_dim_to_check=query.shape[-1],
            num_heads=self.num_heads,
            in_proj_weight=torch.cat([each.weight for each in into]),
            in_proj_bias=torch.cat([each.bias for each in into]),
            bias_k=None,
            bias_v=None,
            add_zero_attn=False,
            dropout_p=0.0,
            out_proj_weight=self.out_proj.weight,
            out_proj_bias=self.out_proj.bias,
            need_weights=False,
            attn_mask=mask,
        )
        return output.transpose(0, 1)


class TorchEncoderLayer(nn.Module):
    """PyTorch's encoder layer, with parameters of our names."""

    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.sizes, self.p = (d_model, num_heads, d_ff), dropout
        projections = ("q_proj", "k_proj", "v_proj", "out_proj")
        self.self_attention = nn.ModuleDict(
            {name: nn.Linear(d_model, d_model) for name in projections}
        )
        for name, module in (
            ("norm1", nn.LayerNorm(d_model)),
            ("linear1", nn.Linear(d_model, d_ff)),
            ("linear2", nn.Linear(d_ff, d_model)),
            ("norm2", nn.LayerNorm(d_model)),
        ):
            self.add_module(name, module)

    def forward(self, x, mask=None):
        # Always in training, if without dropout: in use it would take a
        # short cut that has no gradients.
        library = nn.TransformerEncoderLayer(
            *self.sizes,
            dropout=self.p if self.training else 0.0,
            batch_first=True,
            device="meta",
        ).train()
        theirs = {
            name.replace("self_attention", "self_attn"): parameter
            for name, parameter in self.named_parameters()
            if not name.startswith("self_attention.") or "out_proj" in name
        }
        own = self.self_attention
        into = [own[name] for name in ("q_proj", "k_proj", "v_proj")]
        for kind in ("weight", "bias"):
            theirs[f"self_attn.in_proj_{kind}"] = torch.cat(
                [getattr(each, kind) for each in into]
            )
        if mask is not None:
            square = len(x), x.shape[1], x.shape[1]
            mask = ~mask.expand(square).repeat_interleave(self.sizes[1], 0)
        return torch.func.functional_call(
            library, theirs, (x,), {"src_mask": mask}
        )


def attended(own, x, mask):
    return own.drop(own, own.self_attention(x, x, x, mask))


def thought(own, x):
    return own.drop(own, own.linear2(own.bend(own.linear1(x))))


def dropped(own, each):
    return functional.dropout(each, own.p, own.training)


def post_norm(own, x, mask):
    x = own.norm1(x + attended(own, x, mask))
    return own.norm2(x + thought(own, x))


class Layer(nn.Module):
    """An encoder layer whose parts are joined in another way."""

    def __init__(
        self,
        d_model,
        num_heads,
        d_ff,
        dropout=0.0,
        *,
        flow=post_norm,
        bend=torch.relu,
        norms=("norm1", "norm2"),
        drop=dropped,
    ):
        super().__init__()
        self.flow, self.bend = flow, bend
        self.drop, self.p = drop, dropout
        self.self_attention = TorchMultiHead(d_model, num_heads)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        for name in norms:
            self.add_module(name, nn.LayerNorm(d_model))

    def forward(self, x, mask=None):
        return self.flow(self, x, mask)


def to_read(
    sizes,
    batch,
    n,
    mask=None,
    reference=TorchEncoderLayer,
    training=False,
    **more,
):
    """Inputs for a layer, or for an encoder; in use or in training."""

    def inputs(rng):
        settings = {**sizes, **more}
        d_model = sizes["d_model"]
        given = [readable(rng, batch, n, d_model)]
        if mask is not None:
            given.append(mask)
        return {
            "settings": settings,
            "weights": weights_of(reference, settings, rng),
            "inputs": given,
            "along": readable(rng, batch, n, d_model),
            **({"training": True} if training else {}),
        }

    return inputs


def dropping_case(reference, name, start="", **more):
    """Of a layer, or (with num_layers=1) of a stack of one."""
    parts = ("self_attention.out_proj", "norm1"), ("linear2", "norm2")
    steps = [[start + part for part in step] for step in parts]
    return Case(name, dropped_by_a_quarter(reference, more, steps))


def sized(d_model, num_heads, d_ff):
    return {"d_model": d_model, "num_heads": num_heads, "d_ff": d_ff}
