"""`osa-cam train ...`: draw the data, run the stages, export."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from osa_cam.networks.sizes import LITE
from osa_cam.training.loop import LoopConfig

if TYPE_CHECKING:
    from osa_cam.synth.speaking.said import Synthesiser
    from osa_cam.training.base import DenoiserConfig

app = typer.Typer(help="Draw data, train the model's stages, export it.", no_args_is_help=True, add_completion=False)

RunsOption = Annotated[Path, typer.Option(help="Folder of checkpoints and logs, one folder a stage.")]
SetsOption = Annotated[Path, typer.Option(help="Folder of the drawn data sets.")]
StepsOption = Annotated[int, typer.Option(help="End after so many steps.")]
MinutesOption = Annotated[float, typer.Option(help="End after so many minutes.")]
ThreadsOption = Annotated[int, typer.Option(help="CPU threads.")]
AccumulateOption = Annotated[int, typer.Option(help="Batches whose gradients make one step.", min=1)]
SpeechOption = Annotated[Path, typer.Option(help="Folder of speech with phone timings.")]

RUNS, SETS, SPEECH = Path("runs"), Path("datasets"), Path("datasets/speech")


@app.callback()
def configure() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")


def _loop(runs: Path, stage: str, steps: int, minutes: float, threads: int, learning_rate: float, accumulate: int = 1) -> LoopConfig:
    return LoopConfig(runs / stage, steps, minutes, learning_rate, threads=threads, accumulate=accumulate)


@app.command()
def data(
    out: SetsOption = SETS,
    speech: SpeechOption = SPEECH,
    people: Annotated[int, typer.Option(help="Persons to draw for training.")] = 300,
    clips: Annotated[int, typer.Option(help="Clips to draw for training.")] = 800,
    workers: Annotated[int, typer.Option(help="Processes.")] = 2,
    seed: Annotated[int, typer.Option(help="The same seed draws the same set.")] = 0,
    assets: Annotated[Path | None, typer.Option(help="A folder of hair in MakeHuman's format, that some heads wear.")] = None,
    preview: Annotated[bool, typer.Option(help="Draw contact sheets of the people, and five of them talking, instead.")] = False,
    stream: Annotated[bool, typer.Option(help="Let the autoencoder's training draw its people itself, new ones without end.")] = False,
) -> None:
    """Draw stills and clips for training, validation and test; goes on where it was broken off."""
    from osa_cam.synth.datasets import draw_set
    from osa_cam.synth.sets import SetConfig
    from osa_cam.synth.streaming import write_stream

    if preview:
        _preview(out, speech, seed, people, assets)
        return
    sound, hair = str(speech.resolve()), None if assets is None else str(assets.resolve())
    few = max(people // 10, 12)
    sets = {
        "stills/train": SetConfig("stills", "train", sound, people, 12, people, seed, hair),
        "stills/validation": SetConfig("stills", "validation", sound, few, 4, few, seed, hair),
        "clips/train": SetConfig("clips", "train", sound, clips, 64, min(people, clips), seed, hair),
        "clips/validation": SetConfig("clips", "validation", sound, few, 64, few, seed, hair),
        "clips/test": SetConfig("clips", "test", sound, 2 * few, 128, 2 * few, seed, hair),
    }
    if stream:
        write_stream(out / "stills/train", sets.pop("stills/train"), workers)
    with Progress() as progress:
        for name, config in sets.items():
            task = progress.add_task(name, total=config.items)
            draw_set(out / name, config, workers, lambda done, total, task=task: progress.update(task, completed=done, total=total))  # type: ignore[misc]


def _preview(out: Path, speech: Path, seed: int, people: int, assets: Path | None) -> None:
    from osa_cam.synth.people import person
    from osa_cam.synth.preview import contact_sheet, pose_sheet, style_sheet, talking
    from osa_cam.synth.speech import SpeechLibrary

    library = SpeechLibrary(speech)
    with Progress() as progress:

        def shown(name: str) -> Callable[[int, int], None]:
            task = progress.add_task(name)
            return lambda done, total: progress.update(task, completed=done, total=total)

        talking(out / "talking.mp4", "train", range(seed, seed + 5), library, shown("talking"), assets)
        contact_sheet(out / "people.png", "train", range(seed, seed + people), shown("contact sheets"), assets=assets)
        pose_sheet(out / "poses.png", person("train", seed, assets))
        style_sheet(out / "styles.png", seed)
    typer.echo(f"{out}: talking.mp4, people-*.png, poses.png, styles.png")


class Synthesisers(str, Enum):
    kokoro = "kokoro"
    piper = "piper"
    flite = "flite"
    festival = "festival"
    open_jtalk = "open_jtalk"
    espeak = "espeak"


def _synthesiser(name: Synthesisers, voices: Path | None, threads: int) -> Synthesiser:
    if name is Synthesisers.kokoro:
        from osa_cam.synth.speaking.kokoro import Kokoro

        if voices is None:
            raise typer.BadParameter("kokoro needs the folder package/voices of kokoro-js", param_hint="--voices")
        return Kokoro(voices, threads)
    from osa_cam.synth.speaking.espeak import Espeak
    from osa_cam.synth.speaking.piper import Piper
    from osa_cam.synth.speaking.programs import Festival, Flite, OpenJtalk

    others: dict[str, Callable[[], Synthesiser]] = {
        "piper": Piper,
        "flite": Flite,
        "festival": Festival,
        "open_jtalk": OpenJtalk,
        "espeak": Espeak,
    }
    return others[name.value]()


@app.command()
def speech(
    synthesiser: Annotated[
        Synthesisers, typer.Option(help="Who speaks: the first is the most natural, the others give breadth.")
    ] = Synthesisers.kokoro,
    voices: Annotated[Path | None, typer.Option(help="Folder package/voices of kokoro-js.")] = None,
    texts: Annotated[Path | None, typer.Option(help="Table with the columns language and text; without it sentences are made up.")] = None,
    out: SpeechOption = SPEECH,
    utterances: Annotated[int, typer.Option(help="Of each voice.")] = 40,
    seed: Annotated[int, typer.Option(help="The same seed says the same.")] = 0,
    threads: ThreadsOption = 2,
) -> None:
    """Make speech with phone timings; what to install first stands in osa_cam/synth/speaking/."""
    from osa_cam.synth.speaking.make import SpeechConfig, make_speech

    with Progress() as progress:
        task = progress.add_task("voices")
        config = SpeechConfig(out, texts, utterances, seed=seed)
        make_speech(
            _synthesiser(synthesiser, voices, threads), config, lambda done, total: progress.update(task, completed=done, total=total)
        )


@app.command()
def avatars(out: Annotated[Path, typer.Option(help="Folder of the built-in avatars.")] = Path("osa_cam/assets/avatars")) -> None:
    """Draw the built-in avatars."""
    from osa_cam.synth.built_in import draw_built_in

    for folder in draw_built_in(out):
        typer.echo(str(folder))


@app.command()
def autoencoder(
    sets: SetsOption = SETS,
    runs: RunsOption = RUNS,
    steps: StepsOption = 20_000,
    minutes: MinutesOption = 60.0,
    threads: ThreadsOption = 2,
    keep_reference: Annotated[bool, typer.Option(help="Leave the reference net as it is: a denoiser depends on it.")] = False,
    accumulate: AccumulateOption = 1,
) -> None:
    """Reference net, encoder and decoder."""
    from osa_cam.training.autoencoder import AutoencoderConfig, train_autoencoder

    loop = _loop(runs, "autoencoder", steps, minutes, threads, 1e-3, accumulate)
    train_autoencoder(AutoencoderConfig(sets / "stills/train", sets / "stills/validation", loop, LITE, keep_reference=keep_reference))


@app.command()
def audio(
    speech: SpeechOption = SPEECH,
    runs: RunsOption = RUNS,
    steps: StepsOption = 20_000,
    minutes: MinutesOption = 30.0,
    threads: ThreadsOption = 2,
    evaluate: Annotated[str | None, typer.Option(help="Train nothing: tell the checkpoint's figures on this split.")] = None,
) -> None:
    """The audio encoder, on phones and mouth shapes."""
    from osa_cam.synth.speech import SpeechLibrary
    from osa_cam.training.audio import AudioConfig, report, train_audio

    if evaluate is None:
        train_audio(AudioConfig(speech, runs / "audio", steps=steps, minutes=minutes, threads=threads))
    elif evaluate in ("validation", "test"):
        report(runs / "audio/checkpoint.safetensors", SpeechLibrary(speech), evaluate)  # type: ignore[arg-type]
    else:
        raise typer.BadParameter("choose validation or test", param_hint="--evaluate")


def _denoiser_command(
    stage: str,
    about: str,
    train: Callable[[DenoiserConfig], object],
    *,
    steps: int = 5_000,
    minutes: float = 30.0,
    learning_rate: float = 3e-4,
    start: str | None = "base",
    batch: int = 8,
) -> None:
    """A command that trains the denoiser on clips.

    steps, minutes: where it ends by itself; start: the stage whose checkpoint it begins with.
    """

    def command(
        sets: SetsOption = SETS,
        runs: RunsOption = RUNS,
        steps: StepsOption = steps,
        minutes: MinutesOption = minutes,
        threads: ThreadsOption = 2,
        accumulate: AccumulateOption = 1,
    ) -> None:
        from osa_cam.training.base import DenoiserConfig

        train(
            DenoiserConfig(
                sets / "clips/train",
                sets / "clips/validation",
                runs / "autoencoder/checkpoint.safetensors",
                runs / "audio/checkpoint.safetensors",
                _loop(runs, stage, steps, minutes, threads, learning_rate, accumulate),
                LITE,
                None if start is None else runs / start / "checkpoint.safetensors",
                batch,
            )
        )

    app.command(stage, help=about)(command)


def _base(config: DenoiserConfig) -> None:
    from osa_cam.training.base import train_base

    train_base(config)


def _adv_lcm(config: DenoiserConfig, adversarial: bool = True) -> None:
    from osa_cam.training.adv_lcm import train_adv_lcm

    train_adv_lcm(config, adversarial)


def _eft(config: DenoiserConfig) -> None:
    from osa_cam.training.eft import train_eft

    train_eft(config, config.loop.out.parent / "base/checkpoint.safetensors")


_denoiser_command("base", "The base diffusion model.", _base, steps=20_000, minutes=60.0, learning_rate=1e-3, start=None, batch=16)
_denoiser_command(
    "lcm", "Stage 1 without its adversary: a row of `osa-cam eval`, and nothing that ships.", partial(_adv_lcm, adversarial=False)
)
_denoiser_command("adv-lcm", "Stage 1: distil the base model into one step.", _adv_lcm)
_denoiser_command("eft", "Stage 2: editing fine-tuning, for rolling sampling.", _eft, start="adv-lcm", batch=12)


@app.command()
def judges(
    sets: SetsOption = SETS,
    runs: RunsOption = RUNS,
    steps: StepsOption = 2_000,
    minutes: MinutesOption = 15.0,
    threads: ThreadsOption = 2,
    out: Annotated[Path, typer.Option(help="The file that osa-cam eval reads.")] = Path("osa_cam/assets/judges.safetensors"),
) -> None:
    """What osa-cam eval judges with: do lips and sound agree, and is it the same person?"""
    from osa_cam.training.judges import JudgesConfig, train_judges

    config = JudgesConfig(sets / "clips", sets / "stills", _loop(runs, "judges", steps, minutes, threads, 1e-3))
    typer.echo(str(train_judges(config, out)))


@app.command()
def fit(
    avatar: Annotated[str, typer.Argument(help="An avatar's id, a pack or a picture.")],
    out: Annotated[Path, typer.Option(help="delta.safetensors of a pack, or NAME.osavatar: the pack with it.")],
    minutes: Annotated[float, typer.Option(help="How long it may take.", min=0.1)] = 5.0,
    video: Annotated[Path | None, typer.Option(help="A video of the person, framed as the avatar's picture.")] = None,
    speech: Annotated[Path | None, typer.Option(help="Folder of speech with phone timings: fits how it talks, too.")] = None,
    model: Annotated[str, typer.Option(help="A built-in model or a model's folder.")] = "lite",
    seed: Annotated[int, typer.Option(help="The same seed poses alike.")] = 0,
    threads: ThreadsOption = 2,
) -> None:
    """Fit the model to one avatar; tells a line of JSON for each step on the way."""
    from osa_cam.training.fit import run_fit

    run_fit(avatar, out, minutes, video, speech, model, seed, threads, lambda line: typer.echo(json.dumps(line)))


@app.command()
def export(
    runs: RunsOption = RUNS,
    out: Annotated[Path, typer.Option(help="The model's folder.")] = Path("osa_cam/assets/models/lite"),
    denoiser: Annotated[str, typer.Option(help="The stage whose denoiser is exported.")] = "eft",
    calibrate: Annotated[Path | None, typer.Option(help="Folder of drawn sets: makes int8 graphs too.")] = None,
) -> None:
    """Write the ONNX graphs and the manifest."""
    from osa_cam.training.export import BASE, ROLLING
    from osa_cam.training.export import export as write

    write(
        out,
        LITE,
        runs / "autoencoder/checkpoint.safetensors",
        runs / "audio/checkpoint.safetensors",
        runs / denoiser / "checkpoint.safetensors",
        BASE if denoiser == "base" else ROLLING,
    )
    if calibrate is not None:
        from osa_cam.training.quantize import quantize_model

        for graph, figures in quantize_model(out, LITE, calibrate).items():
            typer.echo(f"{graph} in int8: {', '.join(f'{name} {value:.3f}' for name, value in figures.items())}")
    typer.echo(f"The model is in {out}")


@app.command()
def resume(
    model: Annotated[Path, typer.Option(help="A model's folder.")] = Path("osa_cam/assets/models/lite"), runs: RunsOption = RUNS
) -> None:
    """Make checkpoints of a model's weights, to train on where none are left."""
    from osa_cam.training.export import resume as read

    read(model, runs, LITE)
    typer.echo(f"The checkpoints are in {runs}")


@app.command()
def face(
    sets: SetsOption = SETS,
    runs: RunsOption = RUNS,
    people: Annotated[int, typer.Option(help="Persons to draw for training, an eighth of that for validation.")] = 600,
    steps: StepsOption = 20_000,
    minutes: MinutesOption = 30.0,
    threads: ThreadsOption = 2,
) -> None:
    """The detector of faces: draws people, trains on them, exports the graph and tells its figures. Zero minutes: the figures alone."""
    from osa_cam.synth.faces import draw_faces, faces_of_stills
    from osa_cam.training.face import FaceConfig, export_face, report, train_face

    folders = {"train": sets / "faces/train", "validation": sets / "faces/validation"}
    if minutes > 0:
        with Progress() as progress:
            for split, count in (("train", people), ("validation", max(people // 8, 12))):
                task = progress.add_task(f"faces/{split}", total=count)
                draw_faces(folders[split], split, range(count), lambda done, _, task=task: progress.update(task, completed=done))  # type: ignore[arg-type, misc]
        for split, folder in folders.items():
            if (sets / "stills" / split / "set.json").is_file():
                faces_of_stills(folder, sets / "stills" / split)
        export_face(train_face(FaceConfig(folders["train"], folders["validation"], _loop(runs, "face", steps, minutes, threads, 2e-3))))
    typer.echo(json.dumps(report(folders["validation"])))


@app.command()
def prepare(
    videos: Annotated[list[Path], typer.Argument(help="Videos of one person talking each, or folders of them.")],
    out: Annotated[Path, typer.Option(help="Folder of the sets to be made.")],
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "train",
    model: Annotated[str, typer.Option(help="A built-in model or a model's folder: its encoder reads the latents.")] = "lite",
) -> None:
    """Make sets of real videos: faces found, cut to 512 x 512 at 25 fps; what can't be learnt from is refused, with the reason."""
    from osa_cam.synth.prepare import prepare as make

    if split not in ("train", "validation", "test"):
        raise typer.BadParameter("choose train, validation or test", param_hint="--split")
    chosen = Path(model) if Path(model).is_dir() else model
    with Progress() as progress:
        task = progress.add_task("videos")
        kept, refused = make(
            videos,
            out,
            split,
            chosen,
            lambda line: progress.console.print_json(data=line),
            lambda done, total: progress.update(task, completed=done, total=total),
        )
    typer.echo(f"{out}: {kept} clips kept, {refused} stretches refused; {out / 'report.jsonl'} says why")
