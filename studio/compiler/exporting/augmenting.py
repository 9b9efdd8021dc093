"""The transforms of a project as statements of the exported script, with torchvision's own where it can.

They stand at the end of ``load_data``: fixed ones are done there, to both parts; the first random one and all
after it go into ``changes``, which the training loop does to each batch.
"""

from __future__ import annotations

from typing import Any

from studio.project.config import DataConfig
from studio.project.transforms import Transform

_VISION = "from torchvision.transforms import v2"

_CLASSES = {
    "random_horizontal_flip": "RandomHorizontalFlip({p})",
    "random_rotation": "RandomRotation({degrees}, interpolation=v2.InterpolationMode.BILINEAR)",
    "rand_augment": "RandAugment({num_ops}, {magnitude})",
    "resize": "Resize({size})",
    "center_crop": "CenterCrop({size})",
}
_FILLS = {"zero": "constant", "reflect": "reflect", "edge": "edge"}


def is_random(data: DataConfig) -> bool:
    """Say whether something is left to be done to each batch of training."""
    return any(transform.spec.is_random for transform in data.transforms)


def mixes(data: DataConfig) -> bool:
    """Say whether samples are mixed with one another."""
    return any(transform.spec.mixes for transform in data.transforms)


def imports(data: DataConfig) -> list[str]:
    """Return the imports that the transforms need."""
    return [_VISION] if any(transform.spec.for_pictures for transform in data.transforms) else []


def statements(data: DataConfig) -> list[str]:
    """Return what is done before the normalization is fitted; ``seen`` is the training part in evaluation."""
    if not data.transforms:
        return []
    lines, random = ["seen = train_x  # the training part as evaluation sees it"], False
    if is_random(data):
        lines.append("changes = []  # what is done to each batch of training, in order")
    for place, transform in enumerate(data.transforms):
        if transform.spec.mixes:
            lines.append(f"changes.append({_mixing(transform)})")
            continue
        name = f"{transform.kind}_{place + 1}"
        random = random or transform.spec.is_random
        lines += _definition(transform, name)
        fixed = _in_evaluation(transform, name)
        if fixed:
            lines.append(f"seen, valid_x = {fixed.format('seen')}, {fixed.format('valid_x')}")
        lines.append(f"changes.append({name})" if random else "train_x = seen")
    return lines


def mix(data: DataConfig) -> list[str]:
    """Return the function that does the changes to a batch."""
    if not is_random(data):
        return []
    return [
        "",
        "",
        "def changed(changes, inputs, targets):",
        '    """Return a batch after the changes, the targets mixed in, and the share of its own."""',
        "    others, share = targets, 1.0",
        "    for change in changes:",
        "        found = change(inputs)",
        "        if isinstance(found, tuple):",
        "            inputs, order, share = found",
        "            others = targets[order]",
        "        else:",
        "            inputs = found",
        "    return inputs, others, share",
        *(_MIXES[_mixer(data).kind] if mixes(data) else ()),
    ]


def _mixer(data: DataConfig) -> Transform:
    return next(transform for transform in data.transforms if transform.spec.mixes)


def _mixing(transform: Transform) -> str:
    return f"lambda inputs: {transform.kind}(inputs, {transform.values['alpha']})"


def _definition(transform: Transform, name: str) -> list[str]:
    """Return the statements that define a function of a batch under a name."""
    values = transform.values
    match transform.kind:
        case "random_crop":
            size = values["size"] or "tuple(train_x.shape[-2:])"
            padding = f', padding={values["padding"]}, padding_mode="{_FILLS[values["fill"]]}"'
            return _each(name, f"v2.RandomCrop({size}{padding if values['padding'] else ''})")
        case "random_shortest_size":
            sizes = f"list(range({values['min_size']}, {values['max_size'] + 1}))"
            crop = f"v2.RandomCrop({values['size']})"
            return _each(name, f"v2.Compose([v2.RandomShortestSize({sizes}), {crop}])")
        case "random_erasing":
            return _erasing(values, name)
        case "resize" | "center_crop":
            return [f"{name} = v2.{_CLASSES[transform.kind].format(**values)}"]
        case "color_noise":
            return [
                "colours = seen.double().transpose(0, 1).flatten(1)",
                "scales, directions = torch.linalg.eigh(torch.atleast_2d(torch.cov(colours)))",
                f"{name}_by = (directions * scales).T.float()",
                f"def {name}(inputs):",
                f"    drawn = torch.randn(len(inputs), len({name}_by), device=inputs.device)",
                f"    shift = (drawn * {values['sigma']}) @ {name}_by.to(inputs.device)",
                "    return inputs + shift[:, :, None, None]",
                "",
            ]
        case "normalize" | "pixel_mean" | "whitening":
            return _fixed(transform, name)
    return _each(name, f"v2.{_CLASSES[transform.kind].format(**values)}")


def _each(name: str, call: str) -> list[str]:
    """Return a change that is drawn for each sample by itself."""
    return [
        f"{name}_one = {call}",
        f"def {name}(inputs):",
        f"    return torch.stack([{name}_one(sample) for sample in inputs])",
        "",
    ]


def _erasing(values: dict[str, Any], name: str) -> list[str]:
    area = f"({values['min_area']}, {values['max_area']})"
    if values["fill"] != "mean":
        value = '"random"' if values["fill"] == "noise" else "0"
        return _each(name, f"v2.RandomErasing({values['p']}, {area}, value={value})")
    return [
        f"{name}_where = v2.RandomErasing({values['p']}, {area}, value=1)",
        f"def {name}(inputs):",
        f"    covered = torch.stack([{name}_where(one) for one in torch.zeros_like(inputs)])",
        "    return torch.where(covered > 0, inputs.mean((2, 3), keepdim=True), inputs)",
        "",
    ]


def _fixed(transform: Transform, name: str) -> list[str]:
    values = transform.values
    if transform.kind == "normalize":
        shape = "[-1] + [1] * (inputs.dim() - 2)"
        mean, std = (f"inputs.new_tensor({values[key]}).reshape({shape})" for key in ("mean", "std"))
        return [f"def {name}(inputs):", f"    return (inputs - {mean}) / {std}", ""]
    if transform.kind == "pixel_mean":
        take = f"    return inputs - {name}_mean.to(inputs.device)"
        return [f"{name}_mean = seen.mean(0)", f"def {name}(inputs):", take, ""]
    turn = " @ vectors.T" if values["method"] == "zca" else ""
    flip = "" if turn else ".flip(1)"
    return [
        "flat = seen.flatten(1).double()",
        "variances, vectors = torch.linalg.eigh(torch.atleast_2d(torch.cov(flat.T)))",
        "varies = variances > 1e-12 * variances[-1]",
        f"scales = torch.where(varies, (variances.clamp_min(1e-300) + {values['eps']}).rsqrt(), 0.0)",
        f"{name}_mean, {name}_by = flat.mean(0), (vectors * scales{turn}){flip}",
        f"def {name}(inputs):",
        f"    centred = inputs.flatten(1).double() - {name}_mean.to(inputs.device)",
        f"    return (centred @ {name}_by.to(inputs.device)).float().reshape(inputs.shape)",
        "",
    ]


def _in_evaluation(transform: Transform, name: str) -> str:
    """Return what stands for a transform in evaluation, ``{}`` for the samples; empty for nothing."""
    values = transform.values
    if transform.kind == "random_crop" and values["size"]:
        return f"v2.functional.center_crop({{}}, {values['size']})"
    if transform.kind == "random_shortest_size":
        middle = round((values["min_size"] + values["max_size"]) / 2)
        return f"v2.functional.center_crop(v2.functional.resize({{}}, {middle}), {values['size']})"
    return "" if transform.spec.is_random else f"{name}({{}})"


_MIXES = {
    "mixup": [
        "",
        "",
        "def mixup(inputs, alpha):",
        '    """Return samples blended with partners, the partners, and the share of each itself."""',
        "    share = torch.distributions.Beta(alpha, alpha).sample().item()",
        "    order = torch.randperm(len(inputs), device=inputs.device)",
        "    return share * inputs + (1 - share) * inputs[order], order, share",
    ],
    "cutmix": [
        "",
        "",
        "def cutmix(inputs, alpha):",
        '    """Return samples with a part of their partners, the partners, and the share of each itself."""',
        "    height, width = inputs.shape[2:]",
        "    side = (1 - torch.distributions.Beta(alpha, alpha).sample().item()) ** 0.5",
        "    y, x = torch.randint(height, ()).item(), torch.randint(width, ()).item()",
        "    half_y, half_x = int(height * side) // 2, int(width * side) // 2",
        "    top, bottom = max(y - half_y, 0), min(y + half_y, height)",
        "    left, right = max(x - half_x, 0), min(x + half_x, width)",
        "    order = torch.randperm(len(inputs), device=inputs.device)",
        "    mixed = inputs.clone()",
        "    mixed[:, :, top:bottom, left:right] = inputs[order, :, top:bottom, left:right]",
        "    return mixed, order, 1 - (bottom - top) * (right - left) / (height * width)",
    ],
}
