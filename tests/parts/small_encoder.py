"""A real sentence-transformers folder that is made in a moment, its weights at random."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def small_encoder(folder: Path, texts: Sequence[str], *, width: int, layers: int, longest: int) -> Path:
    """Made below ``folder``; the characters of ``texts`` are its vocabulary. ``longest`` is in characters."""
    import torch  # noqa: PLC0415 - ten seconds, for these tests alone
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - as above
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer  # noqa: PLC0415 - as above
    from transformers import BertConfig, BertModel, BertTokenizerFast  # noqa: PLC0415 - as above

    characters = sorted({character for text in texts for character in text if character.strip()})
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=4,
        intermediate_size=2 * width,
        max_position_embeddings=64,
        initializer_range=0.08,  # so that different characters come out different, as from a trained encoder
    )
    plain, whole = folder / "plain", folder / "whole"
    BertModel(config, add_pooling_layer=False).save_pretrained(plain)
    BertTokenizerFast(vocab={piece: number for number, piece in enumerate(pieces)}).save_pretrained(plain)
    transformer = Transformer(str(plain), max_seq_length=longest)
    SentenceTransformer(modules=[transformer, Pooling(width)], device="cpu").save(str(whole))
    return whole
