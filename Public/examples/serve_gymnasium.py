"""Serves a Gymnasium environment to dqn-server: python3 serve_gymnasium.py CartPole-v1

Needs gymnasium and numpy. Each session of the server is an environment of its own here.
"""
import argparse
import collections
import http.server
import json
import struct
import threading

import gymnasium
import numpy


class Session:
    """One environment, and its last answer in case that gets lost on its way."""

    def __init__(self):
        self.environment = gymnasium.make(arguments.environment)
        self.lock = threading.Lock()
        self.answer = (None,)

    def reset(self, message):
        observation, _ = self.environment.reset(seed=message["seed"])
        self.answer = (None,)
        return 0, 0.0, False, False, encode(observation, self.environment.observation_space)

    def step(self, message):
        if self.answer[0] != message["step_id"]:
            first = getattr(self.environment.action_space, "start", 0)
            observation, reward, terminated, truncated, _ = self.environment.step(first + message["action"])
            observation = encode(observation, self.environment.observation_space)
            self.answer = (message["step_id"], float(reward), bool(terminated), bool(truncated), observation)
        return self.answer


def encode(observation, space):
    """The observation as an array of uint8 or float32: states one-hot, pictures channels first."""
    if isinstance(space, gymnasium.spaces.Discrete):
        return numpy.eye(space.n, dtype="f4")[observation - space.start]
    array = numpy.asarray(observation, "u1" if space.dtype == numpy.uint8 else "<f4")
    is_picture = array.ndim == 3 and array.shape[2] < array.shape[0] and not arguments.atari
    return numpy.ascontiguousarray(numpy.moveaxis(array, 2, 0) if is_picture else array)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # so that connections are kept
    wbufsize = -1  # so that head and body of an answer leave together

    def do_GET(self):
        probe = Session().environment
        array = encode(probe.reset()[0], probe.observation_space)
        observation = {"shape": array.shape, "scalar": "uint8" if array.dtype == "u1" else "float32"}
        if arguments.atari:
            observation["preprocessing"] = "atari"
        self.send({"protocol": 1, "name": arguments.environment, "observation": observation,
                   "actions": int(probe.action_space.n), "encodings": ["json", "binary"]})
        probe.close()

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with table:
            session = sessions.pop(message["session"], None)
            if session is None and self.path == "/step":
                return self.send({"error": "there is no such session, it may have been dropped"}, 404)
            session = sessions[message["session"]] = session or Session()
            while len(sessions) > arguments.sessions:
                sessions.popitem(last=False)  # the one that was not used for longest
        try:
            with session.lock:
                answer = session.reset(message) if self.path == "/reset" else session.step(message)
        except Exception as error:  # whoever trains is told, and this server goes on
            return self.send({"error": repr(error)}, 500)
        step_id, reward, terminated, truncated, array = answer
        if "octet-stream" in self.headers.get("Accept", ""):
            head = struct.pack("<IfBxxx", step_id, reward, terminated + 2 * truncated)
            return self.send(head + array.tobytes(), kind="application/octet-stream")
        self.send({"step_id": step_id, "reward": reward, "terminated": terminated,
                   "truncated": truncated, "observation": array.tolist()})

    def do_DELETE(self):
        with table:
            sessions.pop(self.path.rsplit("/", 1)[-1], None)
        self.send({})

    def send(self, body, status=200, kind="application/json"):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", len(body))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_request(self, *_):
        pass


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("environment", help="such as CartPole-v1 or ale_py:ALE/Pong-v5")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=9000)
parser.add_argument("--sessions", type=int, default=64, help="the most environments at a time")
parser.add_argument("--atari", action="store_true", help="screens for 84×84 gray levels, as of Atari's games")
arguments = parser.parse_args()
sessions, table = collections.OrderedDict(), threading.Lock()
server = http.server.ThreadingHTTPServer((arguments.host, arguments.port), Handler)
print(f"{arguments.environment} answers at http://{arguments.host}:{server.server_port}", flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    pass
