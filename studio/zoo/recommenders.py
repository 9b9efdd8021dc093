"""Recommenders: how much a user will like an item, from rows learned for both."""

from __future__ import annotations

from typing import Any

from studio.catalog.spec import ArgSpec
from studio.graph.graph import Graph
from studio.zoo.builder import Network
from studio.zoo.template import Template


def matrix_factorization(num_users: int, num_items: int, rank: int, biases: bool) -> Graph:
    """Build two tables of learned rows and the product of a user's with an item's."""
    net = Network()
    user = net.chain("IndexInput", "user")
    item = net.add("IndexInput", "item", row=1)
    # Rows of unit variance would give ratings of variance `rank` before anything is learned.
    small: dict[str, Any] = {"weight_init": "normal", "init_gain": 0.1}
    users = net.add("Embedding", "users", user, num_embeddings=num_users, embedding_dim=rank, **small)
    items = net.add("Embedding", "items", item, num_embeddings=num_items, embedding_dim=rank, **small)
    net.chain("DotProduct", "fit", (users, items), keepdim=True)
    if biases:
        zero: dict[str, Any] = {"embedding_dim": 1, "weight_init": "constant", "init_gain": 0.0}
        by_user = net.add("Embedding", "user_bias", user, row=2, num_embeddings=num_users, **zero)
        by_item = net.add("Embedding", "item_bias", item, row=3, num_embeddings=num_items, **zero)
        mean = net.add("Parameter", "mean", row=4, column=1, shape=1)
        net.chain("Add", "rating", (net.last, by_user, by_item, mean))
    return net.finish("MSELoss", "float")


TEMPLATES = (
    Template(
        "matrix_factorization",
        "Matrix factorization",
        "A learned row for each user and for each item; their product, with a bias of each and a mean, is "
        "the rating. The defaults are MovieLens 100K's users and items.",
        (
            ArgSpec("num_users", "int", 943, "Number of users.", minimum=1, maximum=100_000_000),
            ArgSpec("num_items", "int", 1682, "Number of items.", minimum=1, maximum=100_000_000),
            ArgSpec("rank", "int", 20, "Numbers of a row.", minimum=1, maximum=10_000),
            ArgSpec("biases", "bool", True, "How generous a user is and how liked an item, and their mean."),
        ),
        matrix_factorization,
        "Koren, Bell & Volinsky 2009, doi:10.1109/MC.2009.263",
        family="Recommenders",
        year=2009,
        parameters=20 * (943 + 1682) + 943 + 1682 + 1,
    ),
)
