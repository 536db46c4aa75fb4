import cv2
import numpy as np
import pytest


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    cv2.setNumThreads(1)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)
