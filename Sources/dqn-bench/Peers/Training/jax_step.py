"""One update of deep Q-learning in JAX, on a batch that is already drawn.

usage: jax_step.py THREADS adam|rmsprop
"""

import functools
import os
import sys

threads, rule = sys.argv[1:]
os.environ["JAX_PLATFORMS"] = "cpu"
if threads == "1":
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

import jax  # noqa: E402
import numpy  # noqa: E402
import optax  # noqa: E402
from jax import numpy as jnp  # noqa: E402

import rounds  # noqa: E402

BATCH, ACTIONS = 32, 4
CONVOLUTIONS = [(8, 4, 32, 4), (4, 32, 64, 2), (3, 64, 64, 1)]
DENSES = [(3136, 512), (512, ACTIONS)]


def initial_parameters(key):
    draw = jax.nn.initializers.lecun_normal()
    shapes = [(kernel, kernel, inputs, outputs) for kernel, inputs, outputs, _ in CONVOLUTIONS]
    keys = jax.random.split(key, len(shapes + DENSES))
    return [(draw(k, shape), jnp.zeros(shape[-1])) for k, shape in zip(keys, shapes + DENSES)]


def q_values(parameters, observations):
    x = jnp.transpose(observations, (0, 2, 3, 1)).astype(jnp.float32) / 255.0
    for (weights, bias), (_, _, _, stride) in zip(parameters, CONVOLUTIONS):
        x = jax.lax.conv_general_dilated(
            x, weights, (stride, stride), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        x = jax.nn.relu(x + bias)
    x = x.reshape(x.shape[0], -1)
    (weights, bias), (last_weights, last_bias) = parameters[len(CONVOLUTIONS):]
    return jax.nn.relu(x @ weights + bias) @ last_weights + last_bias


if rule == "adam":
    optimizer = optax.adam(1e-4)
else:
    optimizer = optax.rmsprop(2.5e-4, decay=0.95, eps=0.01, centered=True)


@functools.partial(jax.jit, donate_argnums=(0, 2))
def update(online, target, moments, states, next_states, actions, rewards, continuations):
    returns = rewards + 0.99 * continuations * q_values(target, next_states).max(axis=1)

    def loss(parameters):
        values = q_values(parameters, states)[jnp.arange(BATCH), actions]
        return optax.huber_loss(values, returns).mean()

    gradient = jax.grad(loss)(online)
    steps, moments = optimizer.update(gradient, moments, online)
    return optax.apply_updates(online, steps), moments


draw = numpy.random.default_rng(1)
batch = (
    draw.integers(0, 256, (BATCH, 4, 84, 84), dtype=numpy.uint8),
    draw.integers(0, 256, (BATCH, 4, 84, 84), dtype=numpy.uint8),
    draw.integers(0, ACTIONS, BATCH),
    draw.random(BATCH, dtype=numpy.float32),
    (draw.random(BATCH) > 0.05).astype(numpy.float32),
)
online = initial_parameters(jax.random.PRNGKey(1))
target = jax.tree.map(jnp.copy, online)
moments = optimizer.init(online)


def step():
    global online, moments
    online, moments = update(online, target, moments, *batch)
    jax.block_until_ready(online)


rounds.measure(step)
