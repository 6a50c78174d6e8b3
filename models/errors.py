"""Errors of what is learned. The whole tree is drawn in :mod:`copilot.errors`."""

from __future__ import annotations


class ModelsError(Exception):
    """The root of this floor. ``str(error)`` is a sentence for a person."""


class BadAudio(ModelsError):
    """Not audio, truncated, empty, or in a form that cannot be understood."""


class ModelProblem(ModelsError):
    """A model folder that is missing, of the wrong kind, or not what its digest says."""
