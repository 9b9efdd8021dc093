"""How a custom layer is written, and what trusting it means: a part of its help page."""

from __future__ import annotations

from html import escape

from studio.app.help.markup import ground, heading, section

_EXAMPLE = (
    "class Scale(nn.Module):",
    "    def __init__(self, factor: float = 2.0):",
    "        super().__init__()",
    "        self.factor = nn.Parameter(torch.tensor(factor))",
    "",
    "    def forward(self, input):",
    "        return input * self.factor",
)

_RULES = (
    "The layer is the last class with a forward. Double-click the card, or press Edit code…, to write it.",
    "The arguments of forward are the inputs; one that is None by default needs no wire, *inputs takes many.",
    "What forward returns are the outputs: return mean, deviation gives two of these names. Dimension 0 is "
    "the batch and stays it.",
    "The arguments of __init__ are set in the inspector. Each has a type and a default; in_channels, "
    "num_channels, num_features, in_features, input_size, embed_dim and d_model have none and are read off "
    "the wire.",
    "What learns is an nn.Parameter or a layer of torch, made in __init__; saved under the node's name.",
    "Train › Check gradients… catches a wrong backward of an autograd function.",
    "Inside a block, one code serves all of its instances.",
)

_TRUST = (
    "Code of a project does not run until you trust it: not when it is opened, checked, drawn or exported. "
    "Trust is given to the exact text, for you on this machine, and kept outside the project; a changed "
    "letter must be trusted again. The templates come with the program and are trusted. Trust is no sandbox: "
    "trusted code runs with all your rights. Trust what you have read and understood, or wrote yourself."
)


def code_section() -> str:
    """Return the sections as HTML."""
    lines = [escape(line).replace(" ", "&nbsp;") for line in _EXAMPLE]
    rules = "<br>".join(f"• {escape(rule)}" for rule in _RULES)
    written = heading("How it is written") + ground(lines) + f"<p><br>{rules}</p>"
    return written + section("Trust", escape(_TRUST))
