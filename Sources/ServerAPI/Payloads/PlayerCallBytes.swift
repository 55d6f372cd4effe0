internal import Environments
internal import HTTPServing
internal import Training

/// A call in bytes, little-endian.
///
/// Sequence of eight bytes; then for each agent how many steps it tells, of four bytes, in
/// `experience`, and its steps, of which `act` has one. A step is flags of four bytes, the reward as a
/// single, the action taken of four, and the observation. The flags: 1 a step is told (without it
/// nothing follows), 2 a reward is given, 4 terminated, 8 truncated, 16 reset, 32 an action is given.
struct PlayerCallBytes {
    let observation: ClientObservation
    let agentCount: Int
    let actionCount: Int

    private static let flags: UInt32 = 63

    func sequence(of body: [UInt8]) throws(APIError) -> Int {
        guard body.count >= 8, let sequence = Int(exactly: body.number(at: 0, as: UInt64.self)),
            sequence > 0
        else {
            throw Self.invalid("a call begins with its sequence, 8 bytes, from 1 on")
        }
        return sequence
    }

    func steps(of body: [UInt8], areSeveral: Bool) throws(APIError) -> [[ClientStep]] {
        var position = 8
        var all: [[ClientStep]] = []
        for agent in 0..<agentCount {
            var count = 1
            if areSeveral {
                let name = "the number of steps of agent \(agent)"
                count = Int(try number(body, at: &position, name))
            }
            guard count <= 10_000 else {
                throw Self.invalid("agent \(agent) tells \(count) steps, at most 10000 are taken")
            }
            var steps: [ClientStep] = []
            for index in 0..<count {
                let place = areSeveral ? "/agents/\(agent)/\(index)" : "/agents/\(agent)"
                if let step = try step(of: body, at: &position, place) { steps.append(step) }
            }
            all.append(steps)
        }
        guard position == body.count else {
            throw Self.invalid(
                "the body has \(body.count) bytes, and \(agentCount) agents tell \(position)"
            )
        }
        return all
    }

    private func step(
        of body: [UInt8],
        at position: inout Int,
        _ place: String
    ) throws(APIError) -> ClientStep? {
        let flags = try number(body, at: &position, "the flags of \(place)")
        guard flags <= Self.flags else {
            throw Self.invalid("the flags of \(place) are \(flags), of which 0...63 are known")
        }
        guard flags & 1 != 0 else { return nil }
        let reward = Float(
            bitPattern: try number(body, at: &position, "the reward of \(place)")
        )
        let action = Int(try number(body, at: &position, "the action taken of \(place)"))
        if flags & 2 != 0, !reward.isFinite {
            throw ClientObservation.invalid("\(place)/reward", "is \(reward), no finite number")
        }
        if flags & 32 != 0, action >= actionCount {
            throw ClientObservation.invalid(
                "\(place)/action_taken",
                "must be 0...\(actionCount - 1), got \(action)"
            )
        }
        guard body.count - position >= observation.byteCount else {
            throw Self.invalid(
                "the body ends in the observation of \(place), "
                    + "\(observation.byteCount - (body.count - position)) bytes short"
            )
        }
        let end = position + observation.byteCount
        defer { position = end }
        return ClientStep(
            frame: try observation.frame(
                Array(body[position..<end]),
                at: "\(place)/observation"
            ),
            reward: flags & 2 != 0 ? reward : nil,
            end: flags & 4 != 0 ? .terminated : flags & 8 != 0 ? .truncated : nil,
            actionTaken: flags & 32 != 0 ? action : nil,
            isReset: flags & 16 != 0
        )
    }

    private func number(
        _ body: [UInt8],
        at position: inout Int,
        _ name: String
    ) throws(APIError) -> UInt32 {
        guard body.count - position >= 4 else {
            throw Self.invalid("the body of \(body.count) bytes ends before \(name)")
        }
        defer { position += 4 }
        return body.number(at: position, as: UInt32.self)
    }

    private static func invalid(_ message: String) -> APIError {
        APIError(.badRequest, code: "invalid_call", message)
    }
}
