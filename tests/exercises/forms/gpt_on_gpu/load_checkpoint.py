"""Right answers to `gpt_on_gpu.load_checkpoint`."""

import torch


def loaded_as_usual(path, model, optimizer):
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["rng"])
    return state["step"]


def loaded_from_a_file(path, model, optimizer):
    with open(path, "rb") as file:
        state = torch.load(file, map_location="cpu", weights_only=True)
    torch.random.set_rng_state(state["rng"].to(torch.uint8))
    optimizer.load_state_dict(state["optimizer"])
    model.load_state_dict(state["model"], strict=True)
    return int(state["step"])


def loaded_weight_by_weight(path, model, optimizer):
    state = torch.load(path, weights_only=True)
    for name, weight in model.named_parameters():
        weight.data = state["model"][name]
    for name, buffer in model.named_buffers():
        buffer.copy_(state["model"][name])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["rng"])
    return torch.tensor(state["step"])


FORMS = [
    loaded_as_usual,
    loaded_from_a_file,
    loaded_weight_by_weight,
]
