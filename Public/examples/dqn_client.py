"""A client that plays: your game tells the server what it sees, the server tells it what to do.

Standard library only. As a program it trains on a pole on a cart that is simulated here:

    python3 dqn_client.py http://127.0.0.1:8080      # a number behind it: of rounds, 200 if not given
"""

import http.client
import json
import math
import random
import sys
import urllib.parse


class Server:
    """One kept connection to the server."""

    def __init__(self, url, token=None):
        address = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(address.hostname, address.port or 80)
        self.headers = {"Content-Type": "application/json"}
        if token:
            self.headers["Authorization"] = "Bearer " + token

    def request(self, method, path, content=None):
        body = None if content is None else json.dumps(content)
        self.connection.request(method, path, body, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{answer.status}: {json.loads(text)['error']}")
        return json.loads(text) if text else None


class Player:
    """One agent in a job of the environment "client"."""

    def __init__(self, server, job, mode="train"):
        self.server = server
        self.sequence = 0
        self.id = server.request("POST", f"/v1/jobs/{job}/players", {"mode": mode})["id"]

    def act(self, observation, **outcome):
        """Returns the next action; `outcome` is what the last one brought: reward=1.0,
        terminated=True, truncated=True, action_taken=2. None after an episode's last observation."""
        self.sequence += 1
        step = {"observation": observation, **outcome}
        call = {"sequence": self.sequence, "agents": [step]}
        answer = self.server.request("POST", f"/v1/players/{self.id}/act", call)
        return answer["actions"][0]["action"]

    def leave(self):
        self.server.request("DELETE", f"/v1/players/{self.id}")


class CartPole:
    """Barto, Sutton and Anderson 1983; an episode is over after 500 steps, or when the pole falls."""

    def reset(self):
        self.state = [random.uniform(-0.05, 0.05) for _ in range(4)]
        self.steps = 0
        return self.state

    def step(self, action):
        x, v, angle, spin = self.state
        force = 10.0 if action == 1 else -10.0
        push = (force + 0.05 * spin**2 * math.sin(angle)) / 1.1
        turn = (9.8 * math.sin(angle) - math.cos(angle) * push) / (
            0.5 * (4 / 3 - 0.1 * math.cos(angle) ** 2 / 1.1)
        )
        pull = push - 0.05 * turn * math.cos(angle) / 1.1
        self.state = [x + 0.02 * v, v + 0.02 * pull, angle + 0.02 * spin, spin + 0.02 * turn]
        self.steps += 1
        has_fallen = abs(self.state[0]) > 2.4 or abs(self.state[2]) > 12 * math.pi / 180
        return self.state, 1.0, has_fallen, self.steps >= 500


def play(player, game, episodes):
    """Plays whole episodes and returns the return of each."""
    returns = []
    for _ in range(episodes):
        action = player.act(game.reset())
        returns.append(0.0)
        while action is not None:
            observation, reward, terminated, truncated = game.step(action)
            returns[-1] += reward
            action = player.act(
                observation, reward=reward, terminated=terminated, truncated=truncated
            )
    return returns


def main():
    url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    server = Server(url)
    job = server.request("POST", "/v1/jobs", {
        # Constants that are known to suit it; without a preset they suit any numbers.
        "preset": "cartpole",
        "evaluation": None,
        "environment": "client",
        "name": "a pole balanced by a Python client",
        "environment_options": {
            "observation": {"shape": [4], "scalar": "float32"},
            "actions": ["LEFT", "RIGHT"],
        },
        "total_agent_steps": 1_000_000,
    })["id"]
    print(f"job {job}: {url}/#job={job}")
    trained, watched = Player(server, job), Player(server, job, mode="evaluate")
    game = CartPole()
    for _ in range(rounds):
        returns = play(trained, game, 20)
        evaluated = play(watched, game, 10)
        mean = sum(evaluated) / len(evaluated)
        print(f"training {sum(returns) / len(returns):6.1f}   without exploring {mean:6.1f}", flush=True)
        if mean >= 475:
            break
    server.request("POST", f"/v1/jobs/{job}/stop")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
