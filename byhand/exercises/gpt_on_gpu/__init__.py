"""Lesson 17: a GPT, and what trains it.

The references of the modules are PyTorch's own layers; a piece of training
is judged by what it does to a model of a few numbers.
"""

from . import (
    block,
    causal_self_attention,
    generate,
    get_batch,
    gpt,
    load_checkpoint,
    save_checkpoint,
    train_step,
)

LESSON = "17_gpt_on_gpu"
EXERCISES = (
    get_batch.EXERCISE,
    causal_self_attention.EXERCISE,
    block.EXERCISE,
    gpt.EXERCISE,
    train_step.EXERCISE,
    save_checkpoint.EXERCISE,
    load_checkpoint.EXERCISE,
    generate.EXERCISE,
)
