"""Networks -> the model folder of docs/graphs.md: six ONNX graphs with float16 storage and a manifest."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from osa_cam.engines.onnxruntime import FRAMES_AXIS
from osa_cam.errors import TrainingError
from osa_cam.generation.decoder import (
    ALPHA,
    BLURRED,
    CARRY_SIGMA,
    CARRY_TAPS,
    EPSILON,
    FLOW,
    OUTLINE_SIGMA,
    OUTLINE_TAPS,
    SEEN,
    SHARP,
    VISIBLE,
)
from osa_cam.media import DRIVE_CHANNELS, LATENT_SIZE, MEL_BINS, PICTURE_SIZE, STRIDE
from osa_cam.networks.audio import AudioEncoder
from osa_cam.networks.autoencoder import Decoder, Encoder, ReferenceNet
from osa_cam.networks.blocks import warp
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.sizes import (
    AUDIO_DIM,
    AUDIO_TOKENS,
    CHANNELS,
    DECODER_FEATURES,
    DENOISER_FEATURES,
    EXPRESSION_DIM,
    LATENT_SCALE,
    ModelSize,
)
from osa_cam.training import checkpoint
from osa_cam.training.eft import STRENGTH

OPSET = 18
AUDIO_WINDOW = 128  # mel frames
HALF = ".float16"
WHITE = 255.0
SMALL = 1024  # values: smaller ones stay float32, they weigh nothing


def _planes(picture: Tensor) -> Tensor:
    """uint8 [1, height, width, 4] -> float [1, 4, height, width], 0 to 1."""
    return picture.float().permute(0, 3, 1, 2) / WHITE  # TensorRT moves no bytes but to make them floats


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
        picture, _ = self.network(z, warped.permute(0, 3, 1, 2).float(), warped_features.permute(0, 3, 1, 2), white=255.0)
        return picture.clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1)


class PaintGraph(nn.Module):
    """What `generation.decoder.Decoder` does on the host, and the decoder between: for GPUs, which warp faster than a picture is copied."""

    def __init__(self, network: Decoder) -> None:
        super().__init__()
        self.network = network
        self.scale = torch.tensor(LATENT_SCALE)[:, None, None]

    def forward(self, z: Tensor, reference: Tensor, features: Tensor) -> Tensor:
        raw = z * self.scale
        flow, visible, alpha = raw[:, FLOW], raw[:, VISIBLE : VISIBLE + 1].clamp(0, 1), raw[:, ALPHA : ALPHA + 1].clamp(0, 1)
        picture = reference.float().permute(0, 3, 1, 2)
        sure = torch.where(picture[:, 3:].amin() == WHITE, 1.0, certainty(alpha))  # an opaque picture has no silhouette
        flow = sure * flow + (1 - sure) * carried(flow, alpha * visible)
        warped = warp(picture, F.interpolate(flow, (PICTURE_SIZE, PICTURE_SIZE), mode="bilinear"))
        warped_features = warp(features.permute(0, 3, 1, 2), flow)
        outline = warped[:, 3:]
        told = sure * alpha + (1 - sure) * F.avg_pool2d(outline, PICTURE_SIZE // LATENT_SIZE) / WHITE
        z = torch.cat([z[:, :ALPHA], told / self.scale[ALPHA], z[:, ALPHA + 1 :]], 1)
        painted = self.network(z, warped, warped_features, white=WHITE)[0].clamp(0, WHITE).floor()
        return within(painted, outline).permute(0, 2, 3, 1).to(torch.uint8)


def certainty(alpha: Tensor) -> Tensor:
    """The twin of `generation.decoder.certainty`. alpha: [1, 1, h, w], 0 to 1."""
    leap = F.max_pool2d(alpha, 3, stride=1, padding=1) + F.max_pool2d(-alpha, 3, stride=1, padding=1)
    undecided = alpha * (1 - alpha)
    sharpness = ((leap * undecided).sum() + EPSILON) / (undecided.sum() + EPSILON)
    return ((sharpness - BLURRED) / (SHARP - BLURRED)).clamp(0, 1)


def carried(flow: Tensor, seen: Tensor) -> Tensor:
    """The twin of `generation.decoder.carried`. flow: [1, 2, h, w]; seen: [1, 1, h, w], 0 to 1."""
    weight = seen.square()
    near = blurred(torch.cat([flow * weight, weight], 1), CARRY_SIGMA, CARRY_TAPS)
    around = (near[:, :2] + SEEN * flow) / (near[:, 2:] + SEEN)
    return weight * flow + (1 - weight) * around


def blurred(maps: Tensor, sigma: float, taps: int) -> Tensor:
    """As OpenCV's Gaussian, mirrored at the border. maps: [1, channels, height, width]."""
    reach = taps // 2
    tap = torch.exp(-0.5 * (torch.arange(-reach, reach + 1.0) / sigma).square())
    kernel = (tap / tap.sum())[None, None, None]
    each = F.pad(maps.transpose(0, 1), (reach, reach, reach, reach), "reflect")  # as a batch: the exporter knows no repeated kernel
    return F.conv2d(F.conv2d(each, kernel), kernel.transpose(2, 3)).transpose(0, 1)


def within(picture: Tensor, outline: Tensor) -> Tensor:
    """The twin of `generation.decoder.within`. picture: whole numbers [1, 4, height, width]; outline:
    [1, 1, height, width]; both 0 to 255."""
    reach = blurred(F.max_pool2d(outline, 3, stride=1, padding=1), OUTLINE_SIGMA, OUTLINE_TAPS)
    alpha = picture[:, 3:]
    share = (reach / alpha.clamp(min=1.0)).clamp(max=1.0) * alpha.clamp(max=1.0)
    return (picture * share + 0.5).floor()


class EncodeGraph(nn.Module):
    def __init__(self, network: Encoder) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor, reference: Tensor) -> Tensor:
        z: Tensor = self.network(_planes(picture), _planes(reference))
        return z


def add_weights(model: onnx.ModelProto, network: nn.Module) -> None:
    """Stores parameters and buffers under their own names, the large ones as float16, which the runtime widens once, when it loads.

    The exporter left them as inputs: were they folded and transposed by it, nobody could read them back (`read_weights`).
    """
    graph = model.graph
    wanted = {value.name: value for value in graph.input}
    casts = []
    for name, value in network.state_dict().items():
        if name not in wanted:
            continue  # taught only in training
        graph.input.remove(wanted[name])
        array = value.detach().cpu().numpy()
        if array.size < SMALL:
            graph.initializer.append(numpy_helper.from_array(array, name))
            continue
        graph.initializer.append(numpy_helper.from_array(array.astype(np.float16), name + HALF))
        casts.append(helper.make_node("Cast", [name + HALF], [name], to=TensorProto.FLOAT))
    for i, cast in enumerate(casts):
        graph.node.insert(i, cast)


def read_weights(path: Path) -> dict[str, Tensor]:
    """The parameters and buffers in a graph, by name, as float32: to train on from weights that have landed.

    Raises TrainingError where the file is no graph.
    """
    try:
        initializers = onnx.load(str(path)).graph.initializer
    except Exception as error:  # onnx lets protobuf's errors through, which share no base but this
        raise TrainingError(f"{path} is not an ONNX graph ({error}); export the model again.") from error
    arrays = {tensor.name.removesuffix(HALF): numpy_helper.to_array(tensor) for tensor in initializers}
    return {
        name: torch.from_numpy(array.astype(np.float32) if array.dtype == np.float16 else array.copy()) for name, array in arrays.items()
    }


def write_graph(path: Path, network: nn.Module, inputs: Mapping[str, Tensor], outputs: Sequence[str]) -> None:
    """One graph; its shapes are static, but what has STRIDE of something takes and gives as many as it is loaded for."""
    network.eval()
    frames = {name: {0: FRAMES_AXIS} for name, value in inputs.items() if value.shape[0] == STRIDE}
    with warnings.catch_warnings(), TemporaryDirectory(dir=path.parent) as folder:
        warnings.simplefilter("ignore")  # the exporter's notes on its own deprecations
        whole = Path(folder) / path.name
        torch.onnx.export(
            network,
            tuple(inputs.values()),
            str(whole),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=frames | ({outputs[0]: {0: FRAMES_AXIS}} if frames else {}),
            opset_version=OPSET,
            export_params=False,
            do_constant_folding=False,  # it would rename the parameters it folds; the runtime folds when it loads
            dynamo=False,
        )
        model = onnx.load(str(whole))
        add_weights(model, network)
        onnx.checker.check_model(model)
        onnx.save(model, str(whole))
        os.replace(whole, path)


def example_inputs(size: ModelSize) -> dict[str, dict[str, Tensor]]:
    """Inputs of every graph, by name, of the shapes in docs/graphs.md."""
    past = Denoiser(size.denoiser).no_past(1)
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
            "drive": torch.zeros(STRIDE, DRIVE_CHANNELS),
            "past16": past[0],
            "past8": past[1],
        },
        "decode": {"z": z, "warped": picture, "warped_features": torch.zeros(1, LATENT_SIZE, LATENT_SIZE, DECODER_FEATURES)},
        "paint": {"z": z, "reference": picture, "features": torch.zeros(1, LATENT_SIZE, LATENT_SIZE, DECODER_FEATURES)},
        "encode": {"picture": picture, "reference": picture},
    }


OUTPUTS = {
    "audio": ["tokens"],
    "reference": ["decoder_features", "denoiser_features"],
    "denoise": ["z_0", "left16", "left8"],
    "decode": ["picture"],
    "paint": ["picture"],
    "encode": ["z"],
}


ROLLING: Mapping[str, Any] = {"sampler": "rolling", "steps": 1}
BASE: Mapping[str, Any] = {"sampler": "ddim", "steps": 20}


def export(out: Path, size: ModelSize, autoencoder: Path, audio: Path, denoiser: Path, sampling: Mapping[str, Any] = ROLLING) -> Path:
    """Writes the model folder from the checkpoints of three stages and returns it; the manifest comes last.

    sampling: how the denoiser is to be used: ROLLING, or BASE for that of stage `base`.
    """
    networks = _networks(size)
    trained = {
        "autoencoder": checkpoint.load(autoencoder, {name: networks[name] for name in ("reference", "encoder", "decoder")}),
        "audio": checkpoint.load(audio, {"audio": networks["audio"]}),
        "denoiser": checkpoint.load(denoiser, {"denoiser": networks["denoiser"]}),
    }
    return _write(out, size, networks, trained, sampling)


def export_untrained(out: Path, size: ModelSize, sampling: Mapping[str, Any] = ROLLING, seed: int = 0) -> Path:
    """A model of random weights: as fast as a trained one of its size, and good for nothing else."""
    generator = torch.Generator().manual_seed(seed)
    networks = _networks(size)
    for network in networks.values():
        for parameter in network.parameters():
            if not parameter.detach().any():  # what begins at nothing would make every output nothing
                nn.init.normal_(parameter, std=0.02, generator=generator)
    return _write(out, size, networks, {"untrained": seed}, sampling)


def _networks(size: ModelSize) -> dict[str, nn.Module]:
    return {
        "reference": ReferenceNet(),
        "encoder": Encoder(),
        "decoder": Decoder(size.autoencoder),
        "audio": AudioEncoder(),
        "denoiser": Denoiser(size.denoiser),
    }


def _write(out: Path, size: ModelSize, networks: Mapping[str, Any], trained: Mapping[str, Any], sampling: Mapping[str, Any]) -> Path:
    graphs: dict[str, nn.Module] = {
        "audio": AudioGraph(networks["audio"]),
        "reference": ReferenceGraph(networks["reference"]),
        "denoise": networks["denoiser"],
        "decode": DecodeGraph(networks["decoder"]),
        "paint": PaintGraph(networks["decoder"]),
        "encode": EncodeGraph(networks["encoder"]),
    }
    out.mkdir(parents=True, exist_ok=True)
    inputs = example_inputs(size)
    for name, network in graphs.items():
        write_graph(out / f"{name}.onnx", network, inputs[name], OUTPUTS[name])
    manifest: dict[str, Any] = {
        "format": 1,
        "name": size.name,
        "latent_scale": LATENT_SCALE,
        "strength": STRENGTH,
        **sampling,
        "trained": trained,
    }
    # Twins of older weights: `quantize_model` makes new ones.
    for twin in out.glob("*.int8.onnx"):
        twin.unlink()
    write_manifest(out, manifest)
    return out


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def load_weights(model: Path, graph: str, network: nn.Module, prefix: str) -> None:
    """Fills a network from a graph of a model folder; what is taught only in training stays as it is.

    Raises TrainingError where the graph is missing or of another size.
    """
    found = {key.removeprefix(prefix): value for key, value in read_weights(model / f"{graph}.onnx").items()}
    state = network.state_dict()
    for key in state.keys() & found.keys():
        if state[key].shape != found[key].shape:
            raise TrainingError(f"{graph}.onnx in {model} is of another size at {key}: name the size it was exported with.")
    untaught = [key for key in state if key.startswith("to_parts.") or key.endswith("num_batches_tracked")]
    missing = sorted(state.keys() - found.keys() - set(untaught))
    if missing:
        raise TrainingError(f"{graph}.onnx in {model} lacks {missing[0]}: export the model again.")
    network.load_state_dict(found, strict=False)


def resume(model: Path, runs: Path, size: ModelSize) -> None:
    """The inverse of `export`: checkpoints of the stages autoencoder, audio and eft from a model folder.

    What a checkpoint holds beside the graphs (the reference net's teaching head) starts anew.
    Raises TrainingError where a graph is missing or of another size, or where a checkpoint is there already.
    """
    stages: dict[str, dict[str, tuple[nn.Module, str, str]]] = {
        "autoencoder": {
            "reference": (ReferenceNet(), "reference", "network."),
            "encoder": (Encoder(), "encode", "network."),
            "decoder": (Decoder(size.autoencoder), "decode", "network."),
        },
        "audio": {"audio": (AudioEncoder(), "audio", "network.")},
        "eft": {"denoiser": (Denoiser(size.denoiser), "denoise", "")},
    }
    for stage, networks in stages.items():
        path = runs / stage / "checkpoint.safetensors"
        if path.exists():
            raise TrainingError(f"{path} is there already: move it away, or train on from it.")
        for network, graph, prefix in networks.values():
            load_weights(model, graph, network, prefix)
        modules = {name: network for name, (network, _, _) in networks.items()}
        checkpoint.save(path, {**modules, **{f"raw.{name}": module for name, module in modules.items()}}, {"step": 0})
