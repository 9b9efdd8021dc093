"""Linear layers: weighted sums of what comes in, tables of learned rows, and how alike two rows are."""

from __future__ import annotations

from studio.catalog.spec import TENSOR_OUT, ArgSpec, LayerSpec
from studio.graph.port import PortSpec

TOKENS_IN = PortSpec(
    "input", dtype="int64", layout="N, *", help="Whole numbers from 0: tokens, users, items, classes."
)
ONE_IN = PortSpec("x1", layout="N, *", help="The one.")
OTHER_IN = PortSpec("x2", layout="N, *", help="The other, of the same shape.")

_BIAS = ArgSpec("bias", "bool", True, "Add a learned constant to each output.")
_ROWS = (
    ArgSpec(
        "num_embeddings",
        "int",
        1000,
        "Rows of the table: one more than the largest number that comes in.",
        minimum=1,
        required=True,
    ),
    ArgSpec("embedding_dim", "int", 32, "Length of a row.", minimum=1, required=True),
)
_PADDING = ArgSpec(
    "padding_idx",
    "int",
    None,
    "Number that stands for nothing: its row starts at 0 and is not trained. Negative counts from the end.",
    optional=True,
)
_NORM = (
    ArgSpec(
        "max_norm",
        "float",
        None,
        "Rows longer than this are shortened to it whenever they are used.",
        minimum=0.0,
        open_range=True,
        optional=True,
    ),
    ArgSpec("norm_type", "float", 2.0, "p of the norm that max_norm measures.", minimum=0.0, open_range=True),
    ArgSpec(
        "scale_grad_by_freq", "bool", False, "Divide a row's gradient by how often the batch used the row."
    ),
)
_SPARSE = ArgSpec(
    "sparse",
    "bool",
    False,
    "Keep gradients of used rows only; saves memory for huge tables, and only SGD, Adagrad and SparseAdam "
    "take it.",
)

LAYERS = (
    LayerSpec(
        "Linear",
        "Linear",
        "linear",
        "torch.nn.Linear",
        "Connect every input with every output: a layer of neurons before their activation.",
        (
            ArgSpec(
                "in_features",
                "int",
                None,
                "Numbers of the input; read off the wire when empty.",
                minimum=1,
                required=True,
                infer="features",
            ),
            ArgSpec("out_features", "int", 10, "Number of neurons.", minimum=1, required=True),
            _BIAS,
        ),
        (PortSpec("input", layout="N, *, E", help="Rows of features; flatten images first."),),
        (TENSOR_OUT,),
        formula="y = W x + b",
        reference="torch.nn.Linear",
        synonyms=("dense", "fully connected", "fc", "affine", "neuron", "perceptron", "hidden layer"),
        card="{in_features} → {out_features}",
        learns=True,
    ),
    LayerSpec(
        "Bilinear",
        "Bilinear",
        "linear",
        "torch.nn.Bilinear",
        "Weigh every product of a number of the one input with a number of the other.",
        (
            ArgSpec(
                "in1_features",
                "int",
                None,
                "Numbers of the first input; read off the wire when empty.",
                minimum=1,
                required=True,
                infer="features",
            ),
            ArgSpec(
                "in2_features",
                "int",
                None,
                "Numbers of the second input; read off the wire when empty.",
                minimum=1,
                required=True,
                infer="features",
                infer_from=1,
            ),
            ArgSpec("out_features", "int", 10, "Number of outputs.", minimum=1, required=True),
            _BIAS,
        ),
        (
            PortSpec("input1", layout="N, *, E", help="Rows of features."),
            PortSpec("input2", layout="N, *, E", help="As many rows; their length may differ."),
        ),
        (TENSOR_OUT,),
        formula="yₖ = x₁ᵀ Wₖ x₂ + bₖ",
        reference="torch.nn.Bilinear",
        synonyms=("interaction", "tensor", "relation"),
        card="{in1_features}, {in2_features} → {out_features}",
        learns=True,
    ),
    LayerSpec(
        "Embedding",
        "Embedding",
        "linear",
        "torch.nn.Embedding",
        "Look up a learned row for each whole number: words, users, items.",
        (*_ROWS, _PADDING, *_NORM, _SPARSE),
        (TOKENS_IN,),
        (TENSOR_OUT,),
        formula="y = W[x]",
        reference="torch.nn.Embedding; Bengio et al. 2003",
        synonyms=("lookup", "table", "word vectors", "token", "matrix factorization", "recommender"),
        card="{num_embeddings} × {embedding_dim}",
        learns=True,
    ),
    LayerSpec(
        "EmbeddingBag",
        "EmbeddingBag",
        "linear",
        "torch.nn.EmbeddingBag",
        "Look up a learned row for each token and put them into one row: a bag of words.",
        (
            *_ROWS,
            *_NORM,
            ArgSpec(
                "mode",
                "choice",
                "mean",
                "What is made of the rows, number by number.",
                choices=("mean", "sum", "max"),
            ),
            _SPARSE,
            _PADDING,
        ),
        (PortSpec("input", dtype="int64", layout="N, L", help="Tokens; their order does not matter."),),
        (TENSOR_OUT,),
        formula="y = mean W[x₁], W[x₂], …",
        reference="torch.nn.EmbeddingBag; Joulin et al. 2016, arXiv:1607.01759",
        synonyms=("bag of words", "fasttext", "text classification", "cbow"),
        card="{num_embeddings} × {embedding_dim}, {mode}",
        learns=True,
    ),
    LayerSpec(
        "CosineSimilarity",
        "CosineSimilarity",
        "linear",
        "torch.nn.CosineSimilarity",
        "Say how far two rows point the same way: 1 for the same direction, −1 for opposite ones.",
        (
            ArgSpec("dim", "int", 1, "Dimension that holds a row; 0 is the batch.", minimum=-16, maximum=16),
            ArgSpec("eps", "float", 1e-8, "Smallest length, against division by zero.", minimum=0.0),
        ),
        (ONE_IN, OTHER_IN),
        (TENSOR_OUT,),
        formula="y = x₁·x₂ / (‖x₁‖ ‖x₂‖)",
        reference="torch.nn.CosineSimilarity",
        synonyms=("angle", "nearest neighbour", "siamese", "retrieval"),
    ),
    LayerSpec(
        "PairwiseDistance",
        "PairwiseDistance",
        "linear",
        "torch.nn.PairwiseDistance",
        "Measure how far two rows are apart.",
        (
            ArgSpec("p", "float", 2.0, "2: straight line. 1: sum of the steps along each axis."),
            ArgSpec("eps", "float", 1e-6, "Added to each difference, for a gradient where rows are equal."),
            ArgSpec("keepdim", "bool", False, "On: (N, 1). Off: (N,)."),
        ),
        (ONE_IN, OTHER_IN),
        (TENSOR_OUT,),
        formula="y = ‖x₁ − x₂ + ε‖ₚ",
        reference="torch.nn.PairwiseDistance",
        synonyms=("euclidean", "metric", "siamese", "norm"),
    ),
    LayerSpec(
        "DotProduct",
        "DotProduct",
        "linear",
        "studio.compiler.functions.dot_product",
        "Multiply two rows number by number and add up: how well a user and an item fit.",
        (
            ArgSpec("dim", "int", -1, "Dimension that is added up; 0 is the batch.", minimum=-16, maximum=16),
            ArgSpec("keepdim", "bool", False, "On: (N, 1), as a target of one value is. Off: (N,)."),
        ),
        (ONE_IN, OTHER_IN),
        (TENSOR_OUT,),
        call="function",
        formula="y = Σ x₁ x₂",
        reference="torch.linalg.vecdot; Koren et al. 2009, doi:10.1109/MC.2009.263",
        synonyms=("inner product", "scalar product", "matrix factorization", "recommender", "score"),
    ),
    LayerSpec(
        "MatMul",
        "MatMul",
        "linear",
        "torch.matmul",
        "Multiply two matrices, sample by sample: scores of an attention, or a learned map.",
        (),
        (
            PortSpec("input", help="(N, …, rows, inner); a parameter has no N."),
            PortSpec("other", help="(N, …, inner, columns); a parameter has no N."),
        ),
        (TENSOR_OUT,),
        call="function",
        formula="Y = A B",
        reference="torch.matmul",
        synonyms=("matrix product", "bmm", "batch matrix multiplication", "einsum", "attention"),
    ),
)
