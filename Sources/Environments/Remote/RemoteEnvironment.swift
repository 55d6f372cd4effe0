internal import Frames
internal import JSONFields
internal import RandomNumbers

/// An environment that an endpoint plays: a person's simulator, asked over HTTP.
final class RemoteEnvironment: Environment {
    let specification: EnvironmentSpecification
    private let session: RemoteSession
    private var reader: ObservationReader
    private var generator: RandomGenerator
    /// The action of a step that has begun, and whether it could be sent.
    private var announced: (action: Int, isSent: Bool)?

    /// Plays in a session before its first episode.
    init(
        _ specification: EnvironmentSpecification,
        session: RemoteSession,
        reader: ObservationReader,
        generator: RandomGenerator
    ) {
        self.specification = specification
        self.session = session
        self.reader = reader
        self.generator = generator
    }

    func reset(into frame: inout MutableSpan<UInt8>) throws(EnvironmentError) -> TimeStep {
        announced = nil
        // Each episode has a seed of its own: one that is begun twice, for want of an answer, begins
        // the same.
        let seed = generator.integer(below: 1 << 31)
        do throws(EndpointFault) {
            let answer = try session.reset(seed: seed)
            do throws(RemoteAnswerFault) {
                if answer.isBinary {
                    _ = try RemoteStep(answer.body)
                    try readBytes(answer.body, into: &frame)
                } else {
                    try read(RemoteFields(answer.body), into: &frame)
                }
            } catch {
                throw session.fault(error, of: "/reset")
            }
        } catch {
            throw error.environmentError
        }
        return TimeStep(environmentFrames: 0)
    }

    func announce(_ action: Int) {
        do throws(EndpointFault) {
            try session.beginStep(action)
            announced = (action, true)
        } catch {
            // `step` asks again, and says what is wrong; others must not wait for it here.
            announced = (action, false)
        }
    }

    func step(
        _ action: Int,
        into frame: inout MutableSpan<UInt8>
    ) throws(EnvironmentError) -> TimeStep {
        if announced == nil { announce(action) }
        precondition(announced?.action == action, "action \(action) was not announced")
        let isSent = announced?.isSent ?? false
        announced = nil
        let step: RemoteStep
        do throws(EndpointFault) {
            let answer = try session.finishStep(action, isSent: isSent)
            do throws(RemoteAnswerFault) {
                step = try read(answer, into: &frame)
            } catch {
                throw session.fault(error, of: "/step")
            }
        } catch {
            throw error.environmentError
        }
        return TimeStep(
            reward: step.reward,
            isOver: step.isTerminated,
            isTimeUp: step.isTruncated
        )
    }

    func rendered() -> Frame? { reader.rendered() }

    func snapshot() throws(EnvironmentError) -> [UInt8] {
        throw .snapshotNotWritten(specification.id, reason: Self.noSnapshot)
    }

    func restore(_ snapshot: [UInt8]) throws(EnvironmentError) {
        throw .snapshotNotRead(specification.id, reason: Self.noSnapshot)
    }

    private static let noSnapshot =
        "the protocol of endpoints has no way to save a game, an episode under way is cut"

    /// Reads the answer to the step that was asked for last.
    private func read(
        _ answer: HTTPAnswer,
        into frame: inout MutableSpan<UInt8>
    ) throws(RemoteAnswerFault) -> RemoteStep {
        let fields = answer.isBinary ? nil : try RemoteFields(answer.body)
        let step = if let fields { try fields.step() } else { try RemoteStep(answer.body) }
        guard step.stepID == session.stepID else {
            throw RemoteAnswerFault(
                "answered to step_id \(step.stepID), was asked for \(session.stepID)"
            )
        }
        if let fields {
            try read(fields, into: &frame)
        } else {
            try readBytes(answer.body, into: &frame)
        }
        return step
    }

    private func read(
        _ fields: RemoteFields,
        into frame: inout MutableSpan<UInt8>
    ) throws(RemoteAnswerFault) {
        let value = try fields.required("observation")
        do throws(ObservationFault) {
            try reader.read(value, into: &frame)
        } catch {
            throw RemoteAnswerFault(error)
        }
    }

    private func readBytes(
        _ body: [UInt8],
        into frame: inout MutableSpan<UInt8>
    ) throws(RemoteAnswerFault) {
        do throws(ObservationFault) {
            try reader.read(body[RemoteStep.headByteCount...], into: &frame)
        } catch {
            throw RemoteAnswerFault(error)
        }
    }
}

extension HTTPAnswer {
    /// Whether the body is bytes and not JSON, as its own type says.
    fileprivate var isBinary: Bool { contentType == "application/octet-stream" }
}

extension RemoteAnswerFault {
    fileprivate init(_ fault: ObservationFault) {
        self.init("answered with an observation that \(fault.reason)")
    }
}
