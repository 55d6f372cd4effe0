# One agent of a Godot 4 game that a dqn-server trains: a call a step.
#
# The server needs a job of the environment "client" with the same observation and actions:
#   curl --json '{"environment":"client","environment_options":{"observation":{"shape":[4],
#     "scalar":"float32"},"actions":["LEFT","RIGHT"]}}' http://127.0.0.1:8080/v1/jobs
# Then:
#   var player := DQNPlayer.new()
#   add_child(player)
#   await player.join("http://127.0.0.1:8080", job)
#   var action = await player.act(observation)                      # begins an episode
#   while action != null:
#       apply(action)
#       await get_tree().physics_frame
#       action = await player.act(observation, {"reward": 1.0, "terminated": has_fallen})
class_name DQNPlayer
extends Node

var id := ""
var error := ""
var _server := ""
var _sequence := 0
var _request := HTTPRequest.new()


func _ready() -> void:
    add_child(_request)


func join(server: String, job: String, mode := "train") -> void:
    _server = server
    var player = await _post("/v1/jobs/%s/players" % job, {"mode": mode})
    if player != null:
        id = player["id"]
        _sequence = 0


# The next action; null after an episode's last observation, and where the call failed: see error.
func act(observation: Array, outcome := {}):
    var step := {"observation": observation}
    step.merge(outcome)
    var answer = await _post(
        "/v1/players/%s/act" % id, {"sequence": _sequence + 1, "agents": [step]}
    )
    if answer == null:
        # The same call again gets the same answer.
        return null
    _sequence += 1
    var action = answer["actions"][0]["action"]
    return null if action == null else int(action)


func _post(path: String, body: Dictionary):
    _request.request(
        _server + path,
        ["Content-Type: application/json"],
        HTTPClient.METHOD_POST,
        JSON.stringify(body)
    )
    var result = await _request.request_completed
    var text: String = result[3].get_string_from_utf8()
    error = "" if result[0] == HTTPRequest.RESULT_SUCCESS and result[1] < 300 else text
    if error != "" or result[0] != HTTPRequest.RESULT_SUCCESS:
        push_error("%s: %s %s" % [path, result[1], text])
        return null
    return JSON.parse_string(text)
