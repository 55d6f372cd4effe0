import Foundation
import HTTPServing
import JSONFields
import ServerAPI
import Testing
import Training

/// Clients that play, over HTTP.
@Suite(.timeLimit(.minutes(5))) struct PlayerRouteTests {
    /// A job of two numbers and three actions.
    private static func job(_ constants: JSONObject = [:]) -> JSONValue {
        [
            "environment": "client",
            "environment_options": [
                "observation": ["shape": [2], "scalar": "float32"], "actions": ["A", "B", "C"],
                // Other tests may hold the cores for long.
                "lease_seconds": 3_600,
            ],
            "hyperparameters": .object(constants),
        ]
    }

    private func join(
        _ api: APIUnderTest,
        _ body: JSONValue = [:],
        job: JSONValue = Self.job()
    ) async throws -> (job: String, player: String) {
        let id = try await api.create(job)
        let player = try await api.post("/v1/jobs/\(id)/players", body)
        #expect(player.status == 201, "\(player.text)")
        let name = try #require(player.json["id"].string)
        #expect(player.headers["location"] == "/v1/players/\(name)")
        return (id, name)
    }

    private func act(
        _ api: APIUnderTest,
        _ player: String,
        _ sequence: Int,
        _ step: JSONValue
    ) async throws -> APIUnderTest.Answer {
        try await api.post(
            "/v1/players/\(player)/act",
            ["sequence": .integer(sequence), "agents": [step]]
        )
    }

    @Test("a client plays an episode, a call a step", arguments: Transport.allCases)
    func episode(transport: Transport) async throws {
        try await withAPI(transport) { api in
            let (job, player) = try await join(api, ["name": "a robot"])
            let first = try await act(api, player, 1, ["observation": [0.5, -1]])
            #expect(first.status == 200, "\(first.text)")
            #expect(first.json["sequence"] == 1 && first.json["parameters_version"] == 0)
            let action = try #require(first.json["actions"][0]["action"].integer)
            #expect((0..<3).contains(action))
            let again = try await act(api, player, 1, ["observation": [0.5, -1]])
            #expect(again.json == first.json)
            _ = try await act(
                api,
                player,
                2,
                ["observation": ["b64": "AACAPwAAAEA="], "reward": 1, "action_taken": 2]
            )
            let last = try await act(
                api,
                player,
                3,
                ["observation": [1, 1], "reward": 0.5, "terminated": true]
            )
            #expect(last.json["actions"][0]["action"] == .null)
            let seen = try await api.get("/v1/players/\(player)").json
            #expect(seen["name"] == "a robot" && seen["sequence"] == 3)
            #expect(seen["job"] == .string(job))
            #expect(seen["statistics"]["agent_steps"] == 2 && seen["statistics"]["episodes"] == 1)
            #expect(seen["statistics"]["last_return"] == 1.5)
            let listed = try await api.get("/v1/jobs/\(job)/players").json
            #expect(listed["players"].count == 1)
            #expect(try await api.send(.delete, "/v1/players/\(player)").status == 204)
            #expect(try await api.get("/v1/players/\(player)").status == 404)
            let progress = try await api.send(.post, "/v1/jobs/\(job)/pause").json["progress"]
            #expect(progress["agent_steps"] == 2 && progress["episodes"] == 1)
        }
    }

    @Test("what is wrong with a call is said with its place and what would be right")
    func faults() async throws {
        try await withAPI(.inProcess) { api in
            let (_, player) = try await join(api)
            _ = try await act(api, player, 1, ["observation": [0, 0]])
            let wrong: [(JSONValue, String)] = [
                ([:], "/agents/0/observation: is missing"),
                (["observation": [1, 2, 3]], "observation: has the shape [3], expected [2]"),
                (["observation": [[1, 2]]], "/agents/0/observation/0: "),
                (["observation": "AA=="], "must be a list of numbers or {"),
                (["observation": ["b64": "AA=="]], "has 1 bytes, expected 8: float32 of shape [2]"),
                (["observation": ["b64": "?"]], "/agents/0/observation/b64: is not base64"),
                (
                    ["observation": ["b64": "AADAfwAAAEA="]],
                    "has nan as element 0, expected a finite number"
                ),
                (["observation": [1, 2]], "/agents/0/reward: is missing: it says what the last"),
                (["observation": [1, 2], "reward": "1"], "/agents/0/reward: must be a number"),
                (
                    ["observation": [1, 2], "reward": 1, "action_taken": 3],
                    "/agents/0/action_taken: must be a whole number 0...2, got 3"
                ),
                (
                    ["observation": [1, 2], "reward": 1, "done": true],
                    "/agents/0/done: unknown field"
                ),
                (
                    ["observation": [1, 2], "reward": 1, "terminated": 1],
                    "/agents/0/terminated: must be true or false, got 1"
                ),
            ]
            for (step, expected) in wrong {
                let answer = try await act(api, player, 2, step)
                #expect(answer.status == 400, "\(step) \(answer.text)")
                #expect(answer.json["error"].string?.contains(expected) == true, "\(answer.text)")
            }
            let calls: [(JSONValue, Int, String)] = [
                (["agents": [["observation": [1, 2]]]], 400, "/sequence: is missing"),
                (["sequence": 2], 400, "/agents: is missing"),
                (["sequence": 2, "agents": []], 400, "must be a list of 1, one for each agent"),
                (
                    ["sequence": 5, "agents": [["observation": [1, 2], "reward": 1]]], 409,
                    "sequence is 5, expected 2, or 1 for the last answer again"
                ),
            ]
            for (call, status, expected) in calls {
                let answer = try await api.post("/v1/players/\(player)/act", call)
                #expect(answer.status == status && answer.text.contains(expected), "\(answer.text)")
            }
            // Nothing of it was taken.
            let next = try await act(api, player, 2, ["observation": [1, 2], "reward": 1])
            #expect(next.status == 200)
            let gone = try await act(api, "nobody-1", 1, ["observation": [1, 2]])
            #expect(gone.status == 404 && gone.text.contains("POST /v1/jobs/{id}/players makes"))
        }
    }

    @Test("a job is played by as many agents as it was made for, and by none if it plays itself")
    func seats() async throws {
        try await withAPI(.inProcess) { api in
            let (job, _) = try await join(
                api,
                ["agents": 2],
                job: Self.job(["environment_count": 3])
            )
            let players = "/v1/jobs/\(job)/players"
            let more = try await api.post(players, ["agents": 2])
            #expect(more.status == 409 && more.json["code"] == "no_seat")
            #expect(
                more.json["error"].string?.hasPrefix("2 agents are asked for and 1 of 3 are free")
                    == true
            )
            #expect(try await api.post(players, ["agents": 2, "mode": "evaluate"]).status == 201)
            #expect(try await api.post(players, ["agents": 0]).status == 400)
            #expect(try await api.post(players, ["mode": "learn"]).status == 400)
            let other = try await api.create(APIUnderTest.endlessJob)
            let refused = try await api.post("/v1/jobs/\(other)/players", [:])
            #expect(refused.status == 409 && refused.json["code"] == "not_for_clients")
            #expect(try await api.get("/v1/jobs/\(other)/players").json["players"].count == 0)
            #expect(try await api.post("/v1/jobs/nothing/players", [:]).status == 404)
        }
    }

    @Test("calls in bytes are those in JSON")
    func bytes() async throws {
        try await withAPI(.inProcess) { api in
            let (_, player) = try await join(api)
            func call(_ sequence: UInt8, _ rest: [UInt8]) async throws -> APIUnderTest.Answer {
                try await api.send(
                    .post,
                    "/v1/players/\(player)/act",
                    headers: [
                        "Content-Type": "application/octet-stream",
                        "Accept": "application/octet-stream",
                    ],
                    body: [sequence, 0, 0, 0, 0, 0, 0, 0] + rest
                )
            }
            let observation: [UInt8] = [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]
            let none = [UInt8](repeating: 0, count: 8)
            let first = try await call(1, [1, 0, 0, 0] + none + observation)
            #expect(first.status == 200 && first.body.count == 24, "\(first.text)")
            #expect(first.body[0] == 1 && first.body[16] < 3)
            // A reward of 1 and the end.
            let last = try await call(
                2,
                [1 | 2 | 4, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0] + observation
            )
            #expect(Array(last.body[16..<20]) == [255, 255, 255, 255])
            let wrong: [([UInt8], String)] = [
                ([], "the body of 8 bytes ends before the flags of /agents/0"),
                ([64, 0, 0, 0], "are 64, of which 0...63 are known"),
                ([1, 0, 0, 0] + none + [1, 2], "6 bytes short"),
                ([1, 0, 0, 0] + none + observation + [7], "agents tell 28"),
                ([1 | 32, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0] + observation, "must be 0...2, got 3"),
                ([3, 0, 0, 0, 0, 0, 0xc0, 0x7f, 0, 0, 0, 0] + observation, "is nan, no finite"),
            ]
            for (body, expected) in wrong {
                let answer = try await call(3, body)
                #expect(answer.status == 400 && answer.text.contains(expected), "\(answer.text)")
            }
            let player2 = try await api.get("/v1/players/\(player)").json
            #expect(player2["statistics"]["last_return"] == 1)
        }
    }

    @Test("a client that acts by itself fetches parameters and hands in what it has played")
    func experience() async throws {
        try await withAPI(.inProcess) { api in
            let (job, player) = try await join(api)
            let piece: JSONValue = [
                "sequence": 1,
                "agents": [
                    [
                        ["observation": [0, 0]],
                        ["observation": [0, 1], "reward": 1, "action_taken": 2],
                        [
                            "observation": [1, 1], "reward": 0, "action_taken": 0,
                            "truncated": true,
                        ],
                    ]
                ],
            ]
            let handed = try await api.post("/v1/players/\(player)/experience", piece)
            #expect(handed.status == 200 && handed.json["actions"] == [.null], "\(handed.text)")
            let repeated = try await api.post("/v1/players/\(player)/experience", piece)
            #expect(repeated.json == handed.json)
            let paused = try await api.send(.post, "/v1/jobs/\(job)/pause")
            #expect(paused.json["progress"]["agent_steps"] == 2)
            #expect(try await api.send(.post, "/v1/jobs/\(job)/resume").status == 200)
            let parameters = try await api.get("/v1/jobs/\(job)/parameters")
            #expect(parameters.status == 200 && parameters.body.count > 1_000)
            let tag = try #require(parameters.headers["etag"])
            let unchanged = try await api.send(
                .get,
                "/v1/jobs/\(job)/parameters",
                headers: ["If-None-Match": tag]
            )
            #expect(unchanged.status == 304)
            let watcher = try await api.post("/v1/jobs/\(job)/players", ["mode": "evaluate"])
            let id = try #require(watcher.json["id"].string)
            let refused = try await api.post("/v1/players/\(id)/experience", piece)
            #expect(refused.status == 409 && refused.json["code"] == "player_conflict")
        }
    }

    @Test("screens go through the preprocessing of training")
    func screens() async throws {
        try await withAPI(.inProcess) { api in
            let (job, player) = try await join(
                api,
                job: [
                    "environment": "client",
                    "environment_options": [
                        "observation": [
                            "shape": [210, 160, 3], "scalar": "uint8", "preprocessing": "atari",
                        ],
                        "actions": 4,
                    ],
                    "hyperparameters": [
                        "replay_capacity_frames": 1_000, "learning_starts_agent_steps": 500,
                    ],
                ]
            )
            let screen = Data(repeating: 200, count: 210 * 160 * 3).base64EncodedString()
            let answer = try await act(api, player, 1, ["observation": ["b64": .string(screen)]])
            #expect(answer.status == 200, "\(answer.text)")
            let second = try await act(
                api,
                player,
                2,
                ["observation": ["b64": .string(screen)], "reward": 0]
            )
            #expect(second.status == 200)
            let frame = try await api.get("/v1/jobs/\(job)/frame.png")
            #expect(frame.status == 200 && frame.headers["content-type"] == "image/png")
        }
    }

    @Test("a job of clients cannot be evaluated by itself, nor learn what needs games in step")
    func jobs() async throws {
        try await withAPI(.inProcess) { api in
            var fields = Self.job().object
            fields["evaluation"] = ["every_agent_steps": 100]
            let evaluated = try await api.post("/v1/jobs", .object(fields))
            #expect(evaluated.status == 400)
            #expect(evaluated.text.contains("is evaluated by a player of the mode"))
            let bare = try await api.post("/v1/jobs", ["environment": "client"])
            let pointers = bare.json["details"].elements.map { $0["pointer"] }
            #expect(pointers == ["/environment_options", "/environment_options"])
            #expect(bare.text.contains("is missing; it may be"))
            let listed = try await api.get("/v1/environments").json["environments"].elements
            let client = try #require(listed.first { $0["id"] == "client" })
            #expect(client["observation"] == .null && client["actions"] == .null)
            #expect(try await api.get("/v1/jobs?environment=client").status == 200)
        }
    }
}

extension JSONValue {
    fileprivate var object: JSONObject {
        guard case .object(let object) = self else { return [:] }
        return object
    }
}
