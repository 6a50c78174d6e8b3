"""What turns texts into vectors, as those ask for it who compare short texts with each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class QueryEmbedder(Protocol):
    """Turns texts into vectors of length one."""

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Float32 ``[n, dimension]``."""
        ...
