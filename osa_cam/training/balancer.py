"""Losses whose gradients weigh what they are said to weigh, however large the losses are.

Source: Défossez et al. 2022 (EnCodec), section 3.4, equation 5; here with the norms of the step itself.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor


def backward_balanced(output: Tensor, losses: Mapping[str, tuple[Tensor, float]], accumulated: int = 1) -> None:
    """Backpropagates through `output`: the first loss by its own gradient, each other one scaled to `weight` times its norm.

    losses: name -> (loss, weight); the first weight is 1; accumulated: of how many such gradients the mean is taken. Only what made
    `output` gets gradients, not what judges it.
    """
    gradients = [torch.autograd.grad(loss, output, retain_graph=True)[0] for loss, _ in losses.values()]
    size = gradients[0].norm()
    total = gradients[0]
    for gradient, (_, weight) in zip(gradients[1:], list(losses.values())[1:], strict=True):
        total = total + gradient * (weight * size / gradient.norm().clamp(min=1e-12))
    output.backward(total / accumulated)
