"""Networks -> the model folder of docs/graphs.md: five ONNX graphs with float16 storage and a manifest."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from osa_cam.media import LATENT_SIZE, MEL_BINS, PICTURE_SIZE, STRIDE
from osa_cam.networks.audio import AudioEncoder
from osa_cam.networks.autoencoder import Decoder, Encoder, ReferenceNet
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.sizes import (
    AUDIO_DIM,
    AUDIO_TOKENS,
    CHANNELS,
    DECODER_FEATURES,
    DENOISER_FEATURES,
    DRIVE_DIM,
    EXPRESSION_DIM,
    LATENT_SCALE,
    ModelSize,
)
from osa_cam.training import checkpoint
from osa_cam.training.eft import STRENGTH

OPSET = 18
AUDIO_WINDOW = 128  # mel frames
SMALL = 1024  # values: smaller constants stay float32, they weigh nothing and some are shapes' arithmetic


def _planes(picture: Tensor) -> Tensor:
    """uint8 [1, height, width, 4] -> float [1, 4, height, width], 0 to 1."""
    return picture.permute(0, 3, 1, 2).float() / 255


class AudioGraph(nn.Module):
    def __init__(self, network: AudioEncoder) -> None:
        super().__init__()
        self.network = network

    def forward(self, mel: Tensor) -> Tensor:
        tokens: Tensor = self.network(mel)
        return tokens


class ReferenceGraph(nn.Module):
    def __init__(self, network: ReferenceNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        decoder_features, denoiser_features, _ = self.network(_planes(picture))
        return decoder_features.permute(0, 2, 3, 1), denoiser_features


class DecodeGraph(nn.Module):
    def __init__(self, network: Decoder) -> None:
        super().__init__()
        self.network = network

    def forward(self, z: Tensor, warped: Tensor, warped_features: Tensor) -> Tensor:
        picture, _ = self.network(z, _planes(warped), warped_features.permute(0, 3, 1, 2))
        # Premultiplied: no colour may exceed its alpha, or it would glow when composed.
        alpha = picture[:, 3:].clamp(0, 1)
        rgb = torch.minimum(picture[:, :3].clamp(min=0), alpha)
        return (torch.cat([rgb, alpha], 1) * 255 + 0.5).to(torch.uint8).permute(0, 2, 3, 1)


class EncodeGraph(nn.Module):
    def __init__(self, network: Encoder) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor, reference: Tensor) -> Tensor:
        z: Tensor = self.network(_planes(picture), _planes(reference))
        return z


def halve(model: onnx.ModelProto) -> None:
    """Stores large float32 constants as float16, cast back where they are used; the runtime folds the casts when it loads."""
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or array.size < SMALL:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(array.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    for i, cast in enumerate(casts):
        graph.node.insert(i, cast)


def write_graph(path: Path, network: nn.Module, inputs: Mapping[str, Tensor], outputs: Sequence[str]) -> None:
    """One graph with static shapes; raises nothing of its own."""
    network.eval()
    with warnings.catch_warnings(), TemporaryDirectory(dir=path.parent) as folder:
        warnings.simplefilter("ignore")  # the exporter's notes on its own deprecations
        whole = Path(folder) / path.name
        torch.onnx.export(
            network,
            tuple(inputs.values()),
            str(whole),
            input_names=list(inputs),
            output_names=list(outputs),
            opset_version=OPSET,
            dynamo=False,
        )
        model = onnx.load(str(whole))
        halve(model)
        onnx.checker.check_model(model)
        onnx.save(model, str(whole))
        os.replace(whole, path)


def example_inputs() -> dict[str, dict[str, Tensor]]:
    """Inputs of every graph, by name, of the shapes in docs/graphs.md."""
    picture = torch.zeros(1, PICTURE_SIZE, PICTURE_SIZE, 4, dtype=torch.uint8)
    z = torch.zeros(1, CHANNELS, LATENT_SIZE, LATENT_SIZE)
    return {
        "audio": {"mel": torch.zeros(1, AUDIO_WINDOW, MEL_BINS)},
        "reference": {"picture": picture},
        "denoise": {
            "z_t": z.repeat(STRIDE, 1, 1, 1),
            "timestep": torch.zeros(1),
            "audio": torch.zeros(STRIDE, AUDIO_TOKENS, AUDIO_DIM),
            "denoiser_features": torch.zeros(1, DENOISER_FEATURES, LATENT_SIZE // 2, LATENT_SIZE // 2),
            "expression": torch.zeros(1, EXPRESSION_DIM),
            "liveliness": torch.zeros(1, 1),
            "drive": torch.zeros(STRIDE, DRIVE_DIM),
        },
        "decode": {"z": z, "warped": picture, "warped_features": torch.zeros(1, LATENT_SIZE, LATENT_SIZE, DECODER_FEATURES)},
        "encode": {"picture": picture, "reference": picture},
    }


OUTPUTS = {
    "audio": ["tokens"],
    "reference": ["decoder_features", "denoiser_features"],
    "denoise": ["z_0"],
    "decode": ["picture"],
    "encode": ["z"],
}


def export(out: Path, size: ModelSize, autoencoder: Path, audio: Path, denoiser: Path) -> Path:
    """Writes the model folder from the checkpoints of three stages and returns it; the manifest comes last."""
    reference_net, encoder, decoder = ReferenceNet(), Encoder(), Decoder(size.autoencoder)
    trained = {"autoencoder": checkpoint.load(autoencoder, {"reference": reference_net, "encoder": encoder, "decoder": decoder})}
    audio_encoder, denoise = AudioEncoder(), Denoiser(size.denoiser)
    trained["audio"] = checkpoint.load(audio, {"audio": audio_encoder})
    trained["denoiser"] = checkpoint.load(denoiser, {"denoiser": denoise})
    graphs: dict[str, nn.Module] = {
        "audio": AudioGraph(audio_encoder),
        "reference": ReferenceGraph(reference_net),
        "denoise": denoise,
        "decode": DecodeGraph(decoder),
        "encode": EncodeGraph(encoder),
    }
    out.mkdir(parents=True, exist_ok=True)
    inputs = example_inputs()
    for name, network in graphs.items():
        write_graph(out / f"{name}.onnx", network, inputs[name], OUTPUTS[name])
    manifest = {"format": 1, "name": size.name, "latent_scale": LATENT_SCALE, "strength": STRENGTH, "steps": 1, "trained": trained}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return out
