"""A tuned encoder to an ONNX folder: one frozen lower half, and above it the untouched and the tuned upper half.

Both unit vectors are divided by the root of two and put side by side, so that the whole is a unit vector again. Duties
are compared in the untouched one: it knows nothing of the departments that the other was tuned to tell apart.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.training.encoder_tuning import EncoderTuner, Floats32, TunedLayers
from models.weights.manifest import Precision
from models.weights.onnx_export import EmbedderSettings, export_module, prefixes

if TYPE_CHECKING:
    import torch

_HALVES = 2


def export_tuned(
    tuner: EncoderTuner, tuned: TunedLayers, folder: Path, precision: Precision, report: Callable[[int, int], None]
) -> None:
    """Write an embedder folder whose vectors have ``2 * width`` numbers, the untouched first. Raises ModelProblem."""
    prefix, _ = prefixes(tuner.model)
    settings = EmbedderSettings("tuned", str(precision), _HALVES * tuner.width, tuner.longest, prefix, prefix)
    export_module(_side_by_side(tuner, tuned), tuner.model.tokenizer, folder, settings, report)


def head_on_both(tuned: TunedLayers) -> tuple[Floats32, Floats32, Floats32, Floats32]:
    """``mean`` (2d,), ``spread`` (2d,), weights (2d, labels) and bias: the tuned head, blind to the untouched half."""
    mean, spread, weights, bias = tuned.head_arrays()
    root = np.float32(math.sqrt(_HALVES))
    return (
        np.concatenate([np.zeros_like(mean), mean / root]),
        np.concatenate([np.ones_like(spread), spread / root]),
        np.concatenate([np.zeros_like(weights), weights]),
        bias,
    )


def _side_by_side(tuner: EncoderTuner, tuned: TunedLayers) -> torch.nn.Module:
    import torch  # noqa: PLC0415 - only where weights are converted

    parts = tuner.parts()

    class Both(torch.nn.Module):
        """Token numbers in, both unit vectors side by side out."""

        def __init__(self) -> None:
            super().__init__()
            self.embeddings = parts.embeddings
            self.lower = torch.nn.ModuleList(parts.lower)
            self.uppers = torch.nn.ModuleList([torch.nn.ModuleList(parts.upper), copy.deepcopy(tuned.upper).to("cpu")])

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            shown = attention_mask[..., None].float()
            hidden = (1.0 - attention_mask[:, None, None, :].float()) * torch.finfo(torch.float32).min
            states = _through(self.lower, self.embeddings(input_ids=input_ids), hidden)
            vectors = []
            for upper in self.uppers:
                pooled = (_through(upper, states, hidden) * shown).sum(dim=1) / shown.sum(dim=1)
                vectors.append(torch.nn.functional.normalize(pooled, dim=1))
            together: torch.Tensor = torch.cat(vectors, dim=1)
            return together / math.sqrt(_HALVES)

    return Both()


def _through(layers: Any, states: Any, hidden: Any) -> Any:
    for layer in layers:
        found = layer(states, hidden)
        states = found[0] if isinstance(found, tuple) else found
    return states
