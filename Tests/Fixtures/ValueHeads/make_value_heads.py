"""What other programs compute for the value heads, in double precision, for seeded batches.

    pip install rlax sb3-contrib dopamine-rl tianshou; python make_value_heads.py > value_heads.json

rlax 0.1.9 gives losses and gradients, dopamine-rl 4.1.2 projections, sb3-contrib 2.9.2 the quantile loss again,
tianshou 2.0.1 the implicit quantile network, the noisy layer and the duel, with the gradients of their
parameters.
"""

import ast
import importlib.util
import json
import pathlib

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np
import rlax
import torch
from sb3_contrib.common.utils import quantile_huber_loss
from tianshou.utils.net.common import MLP, Net
from tianshou.utils.net.discrete import ImplicitQuantileNetwork, NoisyLinear

ROWS, ACTIONS = 4, 3
random = np.random.default_rng(17)
torch.manual_seed(17)
torch.set_default_dtype(torch.float64)
# As it is but for a cast to single precision.
MLP.forward = lambda self, observations: self.model(observations)


def dopamine_projection():
    """`project_distribution` out of the installed file: its module wants TensorFlow."""
    package = pathlib.Path(importlib.util.find_spec("dopamine").submodule_search_locations[0])
    source = (package / "jax/agents/rainbow/rainbow_agent.py").read_text()
    function = next(
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == "project_distribution"
    )
    function.decorator_list = []
    names = {"jnp": jnp}
    exec(compile(ast.Module([function], []), "rainbow_agent.py", "exec"), names)
    return names["project_distribution"]


project = dopamine_projection()


def single(*shape, scale=1.0):
    """Numbers that single precision holds, so that both sides start from the same."""
    return (random.normal(size=shape) * scale).astype(np.float32).astype(np.float64)


def listed(numbers):
    return [float(f"{x:.9g}") for x in np.asarray(numbers).reshape(-1)]


actions = random.integers(0, ACTIONS, ROWS)
rewards = single(ROWS)
discounts = np.float32([0.99, 0.0, 0.970299, 0.5]).astype(np.float64)
cases = []


def add(name, outputs, next_outputs, losses, gradients, targets=None, selector=None, **more):
    case = dict(
        name=name, actions=[int(a) for a in actions], rewards=listed(rewards), discounts=listed(discounts),
        outputs=listed(outputs), nextOutputs=listed(next_outputs), losses=listed(losses),
        gradients=listed(gradients), **more,
    )
    if targets is not None:
        case["targets"] = listed(targets)
    if selector is not None:
        case["selector"] = listed(selector)
    cases.append(case)


def summed(loss):
    """The rows' losses, and the gradient of their sum."""

    def total(outputs, *rest):
        losses = jax.vmap(loss)(outputs, *rest)
        return losses.sum(), losses

    return jax.value_and_grad(total, has_aux=True)


# Scalar.
for double in (False, True):
    q, next_q, selector = single(ROWS, ACTIONS, scale=2), single(ROWS, ACTIONS, scale=2), single(ROWS, ACTIONS)

    def loss(q, a, r, d, nq, s):
        error = rlax.double_q_learning(q, a, r, d, nq, s) if double else rlax.q_learning(q, a, r, d, nq)
        return rlax.huber_loss(error, 1.0)

    (_, losses), gradients = summed(loss)(q, actions, rewards, discounts, next_q, selector)
    best = np.argmax(selector if double else next_q, axis=1)
    targets = rewards + discounts * next_q[np.arange(ROWS), best]
    add("double" if double else "scalar", q, next_q, losses, gradients, targets, selector if double else None,
        head="scalar")

# Categorical.
for atoms, low, high, double in ((11, -3.0, 3.0, False), (51, -10.0, 10.0, True)):
    support = np.linspace(low, high, atoms)
    logits, next_logits = single(ROWS, ACTIONS, atoms), single(ROWS, ACTIONS, atoms)
    selector = single(ROWS, ACTIONS, atoms)
    probabilities = jax.nn.softmax(jnp.asarray(next_logits))
    chosen = jax.nn.softmax(jnp.asarray(selector)) if double else probabilities
    values = (chosen * support).sum(-1)

    def loss(q, a, r, d, nq, s):
        if double:
            return rlax.categorical_double_q_learning(support, q, a, r, d, support, nq, s)
        return rlax.categorical_q_learning(support, q, a, r, d, support, nq)

    (_, losses), gradients = summed(loss)(logits, actions, rewards, discounts, next_logits, values)
    best = np.argmax(values, axis=1)
    targets = [
        project(rewards[i] + discounts[i] * support, probabilities[i, best[i]], jnp.asarray(support))
        for i in range(ROWS)
    ]
    add(f"categorical {atoms}", logits, next_logits, losses, gradients, targets, selector if double else None,
        head="categorical", atomCount=atoms, minimum=low, maximum=high)

# Quantiles, at midpoints and at drawn fractions; rlax has them as (quantiles, actions).
for online, target, threshold, implicit, double in (
    (7, 7, 1.0, False, False), (40, 40, 0.5, False, True), (8, 8, 0.0, False, False),
    (8, 5, 1.0, True, False), (6, 9, 0.25, True, False),
):
    q, next_q, selector = (single(ROWS, n, ACTIONS, scale=2) for n in (online, target, target))
    fractions = np.tile((np.arange(online) + 0.5) / online, (ROWS, 1))
    if implicit:
        fractions = random.random((ROWS, online)).astype(np.float32).astype(np.float64)

    def loss(q, tau, a, r, d, s, nq):
        return rlax.quantile_q_learning(q, tau, a, r, d, s, nq, huber_param=threshold)

    chosen = selector if double else next_q
    (_, losses), gradients = summed(loss)(q, fractions, actions, rewards, discounts, chosen, next_q)
    best = np.argmax(chosen.mean(axis=1), axis=1)
    targets = rewards[:, None] + discounts[:, None] * next_q[np.arange(ROWS), :, best]
    if threshold == 1.0:
        own = torch.tensor(q[np.arange(ROWS), :, actions])
        again = quantile_huber_loss(
            own, torch.tensor(targets), torch.tensor(fractions).unsqueeze(-1), sum_over_quantiles=True
        )
        assert abs(float(again) - float(losses.mean())) < 1e-12, (float(again), float(losses.mean()))
    turned = (lambda x: x) if implicit else (lambda x: np.swapaxes(np.asarray(x), 1, 2))
    add(f"{'implicit ' if implicit else ''}quantile {online} {threshold}", turned(q), turned(next_q), losses,
        turned(gradients), targets, turned(selector) if double else None,
        head="implicit_quantile" if implicit else "quantile", count=online, targetCount=target,
        threshold=threshold, fractions=listed(fractions))


# Networks: tensors by our names, the outputs, and the gradient of Σ slope · output.
def rounded(module):
    with torch.no_grad():
        for tensor in list(module.parameters()) + list(module.buffers()):
            tensor.copy_(tensor.float().double())


def tensors(module, names, kind):
    found = {name: tensor for name, tensor in module.named_parameters() if tensor.requires_grad}
    assert sorted(found) == sorted(names), sorted(found)
    return {
        ours: listed((found[theirs].grad if kind == "gradients" else found[theirs]).detach().numpy())
        for theirs, ours in names.items()
    }


def network(name, module, names, inputs, outputs, **more):
    slopes = torch.tensor(single(*outputs.shape))
    (outputs * slopes).sum().backward()
    return dict(
        name=name, inputs=listed(inputs), outputs=listed(outputs.detach().numpy()), slopes=listed(slopes.numpy()),
        parameters=tensors(module, names, "values"), gradients=tensors(module, names, "gradients"), **more,
    )


observations = single(ROWS, 5)
trunk = Net(state_shape=5, hidden_sizes=[6], activation=torch.nn.ReLU)
module = ImplicitQuantileNetwork(
    preprocess_net=trunk, action_shape=ACTIONS, hidden_sizes=[7], num_cosines=9
).double()
rounded(module)
values, fractions = module(torch.tensor(observations), sample_size=8)[0]
iqn = {
    theirs: ours
    for theirs, ours in zip(
        [name for name, _ in module.named_parameters()],
        ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias", "fc3.weight", "fc3.bias",
         "quantile_embedding.weight", "quantile_embedding.bias"],
    )
}
# (batch, actions, fractions) there, (batch, fractions, actions) here.
networks = [
    network("implicit quantile", module, iqn, observations, values.transpose(1, 2),
            fractions=listed(fractions.detach().numpy()))
]

noisy = NoisyLinear(5, ACTIONS, noisy_std=0.4).double()
with torch.no_grad():
    noisy.sigma_W.add_(torch.tensor(single(ACTIONS, 5, scale=0.1)))
    noisy.sigma_bias.add_(torch.tensor(single(ACTIONS, scale=0.1)))
rounded(noisy)
# f(ε) = sgn(ε) √|ε| was drawn; ε is what our side starts from.
noise = [f.sign() * f.square() for f in (noisy.eps_p, noisy.eps_q)]
names = {"mu_W": "fc1.weight_mu", "sigma_W": "fc1.weight_sigma", "mu_bias": "fc1.bias_mu",
         "sigma_bias": "fc1.bias_sigma"}
networks.append(
    network("noisy", noisy, names, observations, noisy(torch.tensor(observations)),
            noise=listed(noise[0].detach().numpy()) + listed(noise[1].detach().numpy()))
)

duel = Net(
    state_shape=5, action_shape=ACTIONS, hidden_sizes=[6], activation=torch.nn.ReLU, num_atoms=4,
    dueling_param=({"hidden_sizes": [7]}, {"hidden_sizes": [7]}),
).double()
rounded(duel)
names = {
    theirs: ours
    for theirs, ours in zip(
        [name for name, _ in duel.named_parameters()],
        ["fc1.weight", "fc1.bias"]
        + [f"advantage.fc{i}.{kind}" for i in (1, 2) for kind in ("weight", "bias")]
        + [f"value.fc{i}.{kind}" for i in (1, 2) for kind in ("weight", "bias")],
    )
}
networks.append(network("duel", duel, names, observations, duel(torch.tensor(observations))[0]))

print(json.dumps({"cases": cases, "networks": networks}, separators=(",", ":")).replace('{"name"', '\n{"name"'))
