"""Weights as the content of a safetensors file."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor


def to_bytes(weights: Mapping[str, Tensor]) -> bytes:
    """Return weights as a safetensors file with a checksum; what shares memory is written out one by one."""
    from safetensors.torch import save

    from studio.project import sealed

    plain = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in weights.items()}
    return b"".join(sealed.seal(save(plain, {"format": "pt"})))
