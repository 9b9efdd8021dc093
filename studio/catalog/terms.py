"""What words of training mean: a page for each term that a finding names, and for those that go with them.

Written for people who meet the word for the first time: what it is, how it is seen, what helps; with the
formula and a place to read more. Keys are what the doctor calls a finding's term.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A page.

    Attributes:
        title: The term, as a heading.
        meaning: What it is, and where it comes from.
        seen: How one sees it, and where in the program.
        helps: What helps; or when it is used.
        formula: In one line, or several apart by newlines.
        layers: Kinds of the catalog that have to do with it.
        related: Keys of other terms.
        reference: Parts apart by semicolons, with arXiv or doi numbers where there are some.
    """

    title: str
    meaning: str
    seen: str
    helps: str
    formula: str
    layers: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    reference: str = ""


_GLOROT = "Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks"
_HE = "He et al. 2015, Delving deep into rectifiers, arXiv:1502.01852"
_BN = "Ioffe & Szegedy 2015, Batch normalization, arXiv:1502.03167"
_DROPOUT = "Hinton et al. 2012, Preventing co-adaptation of feature detectors, arXiv:1207.0580"
_BOOK = "Goodfellow, Bengio & Courville 2016, Deep Learning"
_LECUN = "LeCun et al. 1998, Efficient BackProp, doi:10.1007/3-540-49430-8_2"
_CLIP = "Pascanu et al. 2013, On the difficulty of training recurrent networks, arXiv:1211.5063"

TERMS: dict[str, Term] = {
    "vanishing gradient": Term(
        "Vanishing gradient",
        "Backpropagation multiplies, layer by layer, by weights and by the slope of the activation. Where "
        "those factors are below 1, the gradient shrinks with every layer that it passes, exponentially in "
        "depth: the last layers learn, the first ones hardly move.",
        "In the Gradients tab the norms fall from the last layer to the first, often by many powers of "
        "ten. A sigmoid's slope is at most 1/4, so twenty of them leave at most 10⁻¹² of it.",
        "Activations with slope 1 (ReLU) and weights that keep the variance (He's initialization); batch "
        "normalization, which keeps pre-activations where the slope is not small; shortcuts, along which "
        "the gradient passes unchanged.",
        "∂L/∂h(k) = W(k+1)ᵀ · (g′(a(k+1)) ⊙ ∂L/∂h(k+1))",
        ("Sigmoid", "Tanh", "ReLU", "BatchNorm1d", "Add"),
        ("exploding gradient", "saturated units", "initialization", "underfitting"),
        f"{_GLOROT}; Hochreiter 1998, The vanishing gradient problem, doi:10.1142/S0218488598000094",
    ),
    "exploding gradient": Term(
        "Exploding gradient",
        "The opposite of a vanishing one: factors above 1 make the gradient grow with every layer or every "
        "step of a sequence that it passes, until a single update throws the weights far away from all "
        "that was learned.",
        "The loss jumps, or becomes infinite or no number; in the Gradients tab norms grow towards the "
        "first layers, or are huge everywhere.",
        "Clipping bounds the norm of the gradient and keeps its direction. Smaller initial weights, "
        "normalization and a lower learning rate remove the cause.",
        "g ← g · min(1, c / ‖g‖)   (clipping at norm c)",
        ("RNN", "LSTM", "BatchNorm1d"),
        ("vanishing gradient", "divergence", "gradient clipping"),
        _CLIP,
    ),
    "dead units": Term(
        "Dead units",
        "A ReLU whose pre-activation is below 0 for every sample gives 0 and passes no gradient: nothing "
        "can bring it back, for its own weights are not changed any more. A large step or a strongly "
        "negative bias puts units there.",
        "The doctor counts units that gave nothing but 0 for some hundred samples on end; in the "
        "Activations tab the bar at 0 holds nearly all values. Zeros by themselves are no harm: ReLUs are "
        "sparse, each sample with other units.",
        "A lower learning rate, a warm-up, smaller or no negative biases; LeakyReLU, PReLU or ELU, which "
        "have a slope on either side.",
        "g(a) = max(0, a),  g′(a) = 0 for a < 0",
        ("ReLU", "LeakyReLU", "PReLU", "ELU"),
        ("saturated units", "unchanged weights", "learning rate too high", "units ignore the input"),
        "Maas et al. 2013, Rectifier nonlinearities improve neural network acoustic models; Lu et al. "
        "2019, Dying ReLU and initialization, arXiv:1903.06733",
    ),
    "saturated units": Term(
        "Saturated units",
        "A sigmoid or tanh is flat far from 0. A unit whose pre-activation is large either way sits on the "
        "flat part: it gives the same whatever comes in, and almost no gradient passes through it.",
        "The doctor tells the share of values at which the derivative is below 0.01; in the Activations "
        "tab values pile up at the ends of the range. On the last layer that is as it should be: the "
        "network is sure.",
        "Smaller initial weights, normalized inputs, batch normalization before the activation; or a ReLU, "
        "which has no ceiling.",
        "σ′(a) = σ(a) · (1 − σ(a)) ≤ 1/4,  tanh′(a) = 1 − tanh²(a) ≤ 1",
        ("Sigmoid", "Tanh", "BatchNorm1d", "ReLU"),
        ("vanishing gradient", "initialization", "normalizing the inputs"),
        _GLOROT,
    ),
    "normalizing the inputs": Term(
        "Normalizing the inputs",
        "Layers are initialized for inputs with mean 0 and spread about 1. Inputs of another size make the "
        "first pre-activations, and with them gradients and steps, too large or too small; inputs with a "
        "large mean move all weights of a unit in the same direction at once.",
        "The doctor looks at mean and standard deviation of what an input gives; Statistics… under Data "
        "shows both for each feature.",
        "Set normalization of the data to standardize. Mean and deviation are taken from the training part "
        "only and used for all parts, so that nothing of the validation part is seen.",
        "x̂ = (x − mean) / std",
        ("ImageInput", "VectorInput", "BatchNorm1d"),
        ("loss at the start", "saturated units"),
        _LECUN,
    ),
    "unchanged weights": Term(
        "Unchanged weights",
        "Weights that nobody froze should move at every step. If they stay, no gradient reaches them: "
        "nothing leads from the layer to the loss, units behind it are all dead or saturated, or a Detach "
        "cuts the way.",
        "In the Gradients tab the layer's gradient is 0 or missing, and its updates are 0.",
        "Wire the layer to the loss; cure what is dead behind it; unfreeze it if it was frozen by accident.",
        "Δw = −lr · ∂L/∂w = 0  wherever  ∂L/∂w = 0",
        ("Detach", "ReLU"),
        ("dead units", "vanishing gradient"),
        _BOOK,
    ),
    "learning rate too high": Term(
        "Learning rate too high",
        "A step along the gradient lowers the loss only while the gradient still points the right way. "
        "Along a direction of curvature λ a step of more than 2/λ lands farther from the minimum than it "
        "began: the loss jumps about, or grows.",
        "The loss curve is restless and does not come down; the ratio of update to weight in the Gradients "
        "tab is far above a thousandth; units die.",
        "Halve the learning rate until the loss does not diverge (Train > Find a learning rate), let it "
        "decay, begin with a warm-up, or take larger batches if it is noise.",
        "w ← w − lr · ∂L/∂w,  stable along curvature λ for lr < 2/λ",
        (),
        ("divergence", "learning rate too low", "learning rate schedule", "gradient clipping"),
        _LECUN,
    ),
    "learning rate too low": Term(
        "Learning rate too low",
        "Steps so small that the weights hardly move: the loss falls, but training takes many times as "
        "long as it has to, and may be given up before anything was learned.",
        "The ratio of update to weight in the Gradients tab is far below a thousandth; the loss is a "
        "smooth, nearly straight line.",
        "Raise it until the loss just does not diverge, then take somewhat less; momentum lets steps of "
        "one direction add up.",
        "‖Δw‖ / ‖w‖ ≈ 10⁻³ is usual",
        (),
        ("learning rate too high", "momentum", "underfitting"),
        "Smith 2017, Cyclical learning rates, arXiv:1506.01186; Bengio 2012, Practical recommendations, "
        "arXiv:1206.5533",
    ),
    "divergence": Term(
        "Divergence",
        "The loss grows instead of falling, and ends at infinity or at no number: each step overshoots by "
        "more than the last one.",
        "The loss curve turns upwards, or breaks off at the first value that is no number; a run stops "
        "there and says at which step.",
        "Divide the learning rate by 2 until it does not diverge; clip the gradient; normalize inputs.",
        "|1 − lr · λ| > 1  makes the distance to the minimum grow at every step",
        (),
        ("learning rate too high", "exploding gradient", "gradient clipping"),
        _LECUN,
    ),
    "loss at the start": Term(
        "Loss at the start",
        "Before the first step a network knows nothing, and should give each of C classes about the same "
        "probability. Guessing so costs ln C by cross-entropy: 2.30 for ten classes. A much larger first "
        "loss means that it is sure of wrong answers from the start, a smaller one that the data give the "
        "answer away.",
        "It is the first point of the loss curve in the Curves tab; the doctor compares it with ln C.",
        "Normalize the inputs, and begin with smaller weights in the last layer; look whether labels are "
        "among the inputs.",
        "−ln(1/C) = ln C",
        ("CrossEntropyLoss", "NLLLoss"),
        ("normalizing the inputs", "initialization", "softmax before cross-entropy"),
        _BOOK,
    ),
    "overfitting": Term(
        "Overfitting",
        "The network learns its training samples by heart, noise and all: low bias, high variance. It "
        "would have been another network with other samples of the same kind, and is wrong about those it "
        "has not seen.",
        "Training accuracy goes on rising while that of the validation part stands; the validation loss "
        "turns upwards. The Curves tab tells the gap.",
        "Regularise: dropout, weight decay, unsupervised pre-training, more or augmented data, a smaller "
        "network; or stop at the best epoch (early stopping).",
        "gap = E[loss on new samples] − loss on the training samples",
        ("Dropout",),
        ("underfitting", "early stopping", "weight decay", "empirical risk"),
        f"{_BOOK}; {_DROPOUT}; Zhang et al. 2017, Understanding deep learning requires rethinking "
        "generalization, arXiv:1611.03530",
    ),
    "underfitting": Term(
        "Underfitting",
        "The network does not fit even the data that it sees. Either it cannot (too few units), or, in "
        "deep networks more often, the optimization does not get there: gradients vanish, units are "
        "saturated.",
        "The training loss stands still at a high value; training and validation are equally bad.",
        "Optimise better: batch normalization, momentum, second-order methods such as K-FAC, a better "
        "learning rate, faster machines and longer runs; then a larger network.",
        "min over θ of  1/T Σ_t l(f(x_t; θ), y_t)  is far from reached",
        ("BatchNorm1d", "ReLU", "Add"),
        ("overfitting", "vanishing gradient", "learning rate too low", "momentum"),
        f"{_BOOK}; He et al. 2016, Deep residual learning, arXiv:1512.03385",
    ),
    "batch normalization before the activation": Term(
        "Batch normalization before the activation",
        "Batch normalization was made for the pre-activation: before the nonlinearity values spread about "
        "evenly around 0, and keeping them there keeps a sigmoid off its flat ends and lets half of a "
        "ReLU's units speak. What comes out of a ReLU is one-sided: its mean and variance say less about "
        "it.",
        "On the canvas: layer, activation, normalization, in this order.",
        "Put it between the layer and its activation; the layer's bias is then taken away by the mean and "
        "can be left out. Networks with the other order train, too: it is a note, not an error.",
        "h = g(γ · (a − mean) / √(var + ε) + β)",
        ("BatchNorm1d", "BatchNorm2d", "ReLU"),
        ("training and test mode of batch normalization", "dropout next to batch normalization"),
        _BN,
    ),
    "dropout next to batch normalization": Term(
        "Dropout next to batch normalization",
        "Dropout changes the variance of what it lets through in training, and not in evaluation. A batch "
        "normalization behind it keeps the variance of training, which is wrong in evaluation: the two "
        "disagree about the same number.",
        "The validation loss is worse than the training loss from the start; Look closer in the Doctor tab "
        "compares both modes on the same samples.",
        "Put dropout after the last batch normalization, or leave it out: batch normalization regularises "
        "a little by itself.",
        "var(m ⊙ h / (1 − p)) ≠ var(h)  for a mask m that drops with probability p",
        ("Dropout", "BatchNorm1d", "BatchNorm2d"),
        ("training and test mode of batch normalization", "overfitting"),
        "Li et al. 2019, Understanding the disharmony between dropout and batch normalization, "
        "arXiv:1801.05134",
    ),
    "softmax before cross-entropy": Term(
        "Softmax before cross-entropy",
        "PyTorch's cross-entropy takes scores and applies the softmax itself, in one numerically safe "
        "step. Probabilities given to it are squashed a second time: they lie between 0 and 1, so the "
        "second softmax can never be sure, and its gradient is small.",
        "The loss cannot fall below ln(e + C − 1) − 1, for ten classes 1.46, however well the network does.",
        "Remove the softmax; or take its logarithm (LogSoftmax) and the loss NLLLoss.",
        "CrossEntropyLoss(s, y) = −log softmax(s)_y = NLLLoss(LogSoftmax(s), y)",
        ("Softmax", "LogSoftmax", "CrossEntropyLoss", "NLLLoss"),
        ("loss at the start",),
        "torch.nn.CrossEntropyLoss",
    ),
    "label imbalance": Term(
        "Label imbalance",
        "Some classes have many more samples than others. A network that always names the frequent class "
        "is right nearly every time, and the mean loss hardly rewards it for learning the rare ones.",
        "Statistics… under Data counts the classes of each part; recall of each class in the Evaluation "
        "tab shows what accuracy hides.",
        "Weigh classes so that each counts the same, gather more samples of the rare ones, and judge by "
        "precision and recall.",
        "w_c = T / (C · T_c)   for T_c of T samples in class c of C",
        ("CrossEntropyLoss",),
        ("empirical risk",),
        "He & Garcia 2009, Learning from imbalanced data, doi:10.1109/TKDE.2008.239",
    ),
    "units ignore the input": Term(
        "Units that ignore the input",
        "A unit that gives the same number for every sample carries no information: what lies behind it "
        "could as well have a bias. It was driven to a flat part of its activation, or was never needed.",
        "Network > Look inside shows units over samples: such a unit is a line of one colour, and its "
        "variance is 0.",
        "Smaller steps from the beginning; other initial weights; a narrower layer, if there are many.",
        "Var_x h_i(x) = 0",
        ("ReLU", "Sigmoid", "Tanh"),
        ("dead units", "saturated units", "strongly correlated units"),
        _BOOK,
    ),
    "strongly correlated units": Term(
        "Strongly correlated units",
        "Two units whose outputs rise and fall together over all samples say the same. The layer is "
        "narrower than it looks. It happens when units begin alike, and when they learn to lean on each "
        "other.",
        "Network > Look inside has the correlation of all pairs of units; doubled ones are listed.",
        "Dropout keeps units from relying on others; other initial weights start them apart; a narrower "
        "layer costs less.",
        "ρ_ij = cov(h_i, h_j) / √(var h_i · var h_j)",
        ("Dropout",),
        ("units ignore the input", "overfitting", "initialization"),
        _DROPOUT,
    ),
    "training and test mode of batch normalization": Term(
        "Training and test mode of batch normalization",
        "In training the mean and variance are those of the batch; afterwards they are stored numbers, so "
        "that a single sample can be answered. If the stored ones are not those of the batches (small "
        "batches, weights that still move fast, a momentum that forgets slowly), the network is another "
        "one in evaluation.",
        "The loss of the same samples differs between the two modes: Look closer in the Doctor tab "
        "measures both.",
        "Larger batches; statistics taken anew over the whole training part after training (Evaluation > "
        "Statistics); group or layer normalization, which have one mode.",
        "running ← (1 − m) · running + m · batch",
        ("BatchNorm1d", "BatchNorm2d", "GroupNorm", "LayerNorm"),
        ("dropout next to batch normalization", "batch normalization before the activation"),
        f"{_BN}; Wu & Johnson 2021, Rethinking Batch in BatchNorm, arXiv:2105.07576",
    ),
    "variance of the mini-batch gradient": Term(
        "Variance of the mini-batch gradient",
        "The gradient of a batch is an estimate of that of all data, with a variance that falls as 1/m "
        "with its size m. Where the batches' gradients have little in common, most of a step is taken back "
        "by the next.",
        "The loss of single steps jumps about; Look closer in the Doctor tab compares the gradients of "
        "several batches.",
        "Larger batches, a smaller learning rate, momentum: all of them average over more samples. Late in "
        "training noise is normal, for little is left that all batches agree on.",
        "Var[1/m Σ_t ∂l_t/∂θ] = 1/m · Var[∂l/∂θ]",
        (),
        ("learning rate too high", "momentum"),
        "McCandlish et al. 2018, An empirical model of large-batch training, arXiv:1812.06162",
    ),
    "early stopping": Term(
        "Early stopping",
        "Training ends when the validation loss has not improved for a number of epochs (the patience), "
        "and the weights of the best epoch are put back. The number of epochs is so chosen on the "
        "validation part, like any other hyper-parameter.",
        "The best epoch is marked on the learning curves; after it the validation loss rises.",
        "It is on by default: patience under Training sets how long to look ahead, 0 turns it off.",
        "stop at the first epoch e with  min val_loss(1..e) reached at e − patience",
        (),
        ("overfitting", "weight decay"),
        "Prechelt 1998, Early stopping – but when?, doi:10.1007/3-540-49430-8_3",
    ),
    "weight decay": Term(
        "Weight decay",
        "Large weights are made expensive: λ times their squares is added to the loss, or, the same for "
        "SGD, each step takes them a little towards 0. The network is kept from bending further than the "
        "data ask for.",
        "The Objective tab draws the regularizer's part of the loss beside the data's.",
        "Raise it where the network overfits, lower it where it underfits. Biases and normalizations are "
        "usually left out.",
        "L = 1/T Σ_t l_t + λ/2 ‖w‖²,  w ← (1 − lr · λ) w − lr · ∂l/∂w",
        (),
        ("overfitting", "early stopping", "empirical risk"),
        "Krogh & Hertz 1991, A simple weight decay can improve generalization; Loshchilov & Hutter 2019, "
        "Decoupled weight decay, arXiv:1711.05101",
    ),
    "initialization": Term(
        "Initialization",
        "The weights that training starts from. All equal, all units of a layer would stay copies of each "
        "other; too large, they saturate or explode; too small, signal and gradient fade with depth. Their "
        "variance is chosen so that both keep their size from layer to layer.",
        "Activations and gradients by depth at the first step, in the Activations and Gradients tabs.",
        "Glorot's for sigmoid and tanh, He's for ReLU; weight_init of a layer sets it.",
        "Glorot: var w = 2 / (n_in + n_out)\nHe: var w = 2 / n_in",
        ("Linear", "Conv2d"),
        ("vanishing gradient", "exploding gradient", "loss at the start"),
        f"{_GLOROT}; {_HE}",
    ),
    "gradient clipping": Term(
        "Gradient clipping",
        "A gradient that is longer than a bound is shortened to it and keeps its direction: one bad batch "
        "cannot throw the weights away.",
        "max_grad_norm under Training sets the bound; the Gradients tab shows the norms.",
        "For recurrent networks, for high learning rates, and while a cause is looked for.",
        "g ← g · min(1, c / ‖g‖)",
        ("RNN", "LSTM", "GRU"),
        ("exploding gradient", "divergence"),
        _CLIP,
    ),
    "momentum": Term(
        "Momentum",
        "The step follows an exponential sum of past gradients instead of the last one. Directions that "
        "stay the same add up, up to 1/(1 − β) times; those that change sign from step to step cancel.",
        "Plateaus are crossed in fewer steps; the loss is less restless.",
        "β = 0.9 is usual; Nesterov's form looks one step ahead.",
        "v ← β v + g,  w ← w − lr · v",
        (),
        ("learning rate too low", "learning rate schedule", "variance of the mini-batch gradient"),
        "Polyak 1964, doi:10.1016/0041-5553(64)90137-5; Sutskever et al. 2013, On the importance of "
        "initialization and momentum",
    ),
    "learning rate schedule": Term(
        "Learning rate schedule",
        "The learning rate is large while there is far to go and small when the minimum is near: it falls "
        "by steps, along a cosine, or when the validation loss stands still; a warm-up begins with small "
        "steps until the first wild gradients are over.",
        "The Objective tab draws it over the steps.",
        "Under Training > schedule, with torch's names.",
        "lr_t = lr · (1 + cos(π t / T)) / 2   (cosine)",
        (),
        ("learning rate too high", "learning rate too low"),
        "Loshchilov & Hutter 2017, SGDR, arXiv:1608.03983; Goyal et al. 2017, arXiv:1706.02677",
    ),
    "empirical risk": Term(
        "Empirical risk",
        "What training minimises: the mean loss over the training samples plus a regularizer. The loss "
        "stands in for what one wants to be low, the error on samples that nobody has seen, and has a "
        "gradient, which the error has not.",
        "The Objective tab writes it as a formula and draws its terms; error rates are in the Learning "
        "curves tab.",
        "Choose the loss by what the outputs mean, and measure the error on data that training has not seen.",
        "arg min over θ of  1/T Σ_t l(f(x_t; θ), y_t) + λ Ω(θ)",
        ("CrossEntropyLoss", "MSELoss"),
        ("overfitting", "weight decay", "label imbalance"),
        f"{_BOOK}; Vapnik 1991, Principles of risk minimization for learning theory",
    ),
    "universal approximation": Term(
        "Universal approximation",
        "One hidden layer of enough units with a linear output comes as close as one wants to any "
        "continuous function on a bounded range. It says that weights exist, not that training finds them, "
        "nor how many units are enough.",
        "Help > Universal approximation… fits a curve with a growing number of units; the Surface tab "
        "draws what a network of one or two inputs computes.",
        "More units where a curve cannot be followed; more layers where units would have to be too many.",
        "sup_x |f(x) − Σ_i v_i g(w_i x + b_i)| < ε",
        ("Linear", "Tanh", "ReLU"),
        ("underfitting",),
        "Hornik 1991, Approximation capabilities of multilayer feedforward networks, "
        "doi:10.1016/0893-6080(91)90009-T",
    ),
}
"""By the key that findings use."""
