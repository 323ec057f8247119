"""The references of lesson 20 against the library that people use."""

import pytest
import torch
from transformers import ViTConfig, ViTForImageClassification

from byhand.bank import find
from tests.exercises.forms.vision_transformer.vision_transformer import (
    FORMS,
)

SIZES = {"image_size": 6, "patch": 2, "channels": 3, "d_model": 8}
SHAPE = {"num_layers": 3, "num_heads": 2, "d_ff": 20, "num_classes": 5}
# Theirs, in order, for ours.
NAMES = {
    "vit.embeddings.patch_embeddings.projection": "embedding.projection",
    "vit.embeddings.cls_token": "embedding.cls",
    "vit.embeddings.position_embeddings": "embedding.positions",
    "vit.layers": "blocks",
    "attention.o_proj": "attention.out_proj",
    "layernorm_before": "norm1",
    "layernorm_after": "norm2",
    "mlp.fc1": "linear1",
    "mlp.fc2": "linear2",
    "vit.layernorm": "norm",
    "classifier": "head",
}


def library():
    torch.manual_seed(0)
    config = ViTConfig(
        image_size=SIZES["image_size"],
        patch_size=SIZES["patch"],
        num_channels=SIZES["channels"],
        hidden_size=SIZES["d_model"],
        num_hidden_layers=SHAPE["num_layers"],
        num_attention_heads=SHAPE["num_heads"],
        intermediate_size=SHAPE["d_ff"],
        num_labels=SHAPE["num_classes"],
        layer_norm_eps=1e-6,
    )
    model = ViTForImageClassification(config).double().eval()
    for numbers in model.parameters():
        torch.nn.init.normal_(numbers, std=0.5)
    return model


def with_our_names(state):
    ours = {}
    for name, numbers in state.items():
        for theirs, mine in NAMES.items():
            name = name.replace(theirs, mine)
        if name == "embedding.projection.weight":
            numbers = numbers.flatten(1)
        ours[name] = numbers
    return ours


REFERENCE = find("vision_transformer.VisionTransformer").reference


@pytest.mark.parametrize("build", [REFERENCE, FORMS[0]])
def test_the_model_is_the_librarys(build):
    model = library()
    mine = build(**SIZES, **SHAPE).double()
    given = with_our_names(model.state_dict())
    mine.load_state_dict(given)
    images = torch.randn(2, 3, 6, 6, dtype=torch.float64)
    right = model(images).logits
    assert (mine(images) - right).abs().max() < 1e-12
    along = torch.randn_like(right)
    right.backward(along)
    mine(images).backward(along)
    theirs = with_our_names(
        {name: one.grad for name, one in model.named_parameters()}
    )
    for name, one in mine.named_parameters():
        assert torch.allclose(one.grad, theirs[name], atol=1e-10), name


def test_vit_b_16_has_the_librarys_parameters():
    count = find("vision_transformer.vit_parameters").reference
    assert count(224, 16, 3, 768, 12, 3072, 1000) == 86_567_656
    with torch.device("meta"):
        model = ViTForImageClassification(ViTConfig(num_labels=1000))
    assert sum(p.numel() for p in model.parameters()) == 86_567_656
