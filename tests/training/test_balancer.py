import torch

from osa_cam.training.balancer import backward_balanced


def test_weights_are_shares_of_the_first_gradient() -> None:
    x = torch.zeros(2, requires_grad=True)
    judge = torch.ones(2, requires_grad=True)
    output = 2 * x
    large = 1000 * (output * torch.tensor([0.0, 1.0]) * judge).sum()
    backward_balanced(output, {"first": (3 * output[0], 1.0), "second": (large, 0.5)})
    assert x.grad is not None
    assert torch.allclose(x.grad, torch.tensor([6.0, 3.0]))
    assert judge.grad is None


def test_a_loss_without_gradient_adds_nothing() -> None:
    x = torch.ones(1, requires_grad=True)
    output = x * 1
    backward_balanced(output, {"first": (output.sum(), 1.0), "nothing": (0 * output.sum(), 1.0)})
    assert torch.equal(x.grad, torch.ones(1))
