"""Shape: layers that arrange the same numbers differently."""

from __future__ import annotations

from studio.catalog.spec import TENSOR_IN, TENSOR_OUT, ArgSpec, LayerSpec

LAYERS = (
    LayerSpec(
        "Flatten",
        "Flatten",
        "shape",
        "torch.nn.Flatten",
        "Turn maps into one row: what goes between convolutions and a Linear layer.",
        (
            ArgSpec(
                "start_dim",
                "int",
                1,
                "First dimension to join; 0 is the batch, so 1 is the channels.",
                minimum=-16,
                maximum=16,
            ),
            ArgSpec("end_dim", "int", -1, "Last dimension to join; -1 is the last.", minimum=-16, maximum=16),
        ),
        formula="C × H × W → C·H·W",
        reference="torch.nn.Flatten",
        synonyms=("vector", "reshape", "unroll"),
    ),
    LayerSpec(
        "Unflatten",
        "Unflatten",
        "shape",
        "torch.nn.Unflatten",
        "Split one dimension into several; the inverse of Flatten.",
        (
            ArgSpec(
                "dim",
                "int",
                1,
                "Dimension to split; 0 is the batch.",
                minimum=-16,
                maximum=16,
                required=True,
            ),
            ArgSpec(
                "unflattened_size",
                "ints",
                (1, -1),
                "Sizes it is split into; one of them may be -1 and is worked out.",
                minimum=-1,
                required=True,
            ),
        ),
        (TENSOR_IN,),
        (TENSOR_OUT,),
        formula="C·H·W → C × H × W",
        reference="torch.nn.Unflatten",
        synonyms=("reshape", "split", "view"),
        card="{unflattened_size}",
    ),
    LayerSpec(
        "Reshape",
        "Reshape",
        "shape",
        "torch.reshape",
        "Give each sample another shape with as many numbers.",
        (
            ArgSpec(
                "shape",
                "ints",
                (-1,),
                "Sizes after the batch; one of them may be -1 and is worked out.",
                minimum=-1,
                required=True,
            ),
        ),
        (TENSOR_IN,),
        (TENSOR_OUT,),
        call="reshape",
        reference="torch.reshape",
        synonyms=("view", "unflatten", "resize"),
        card="{shape}",
    ),
)
