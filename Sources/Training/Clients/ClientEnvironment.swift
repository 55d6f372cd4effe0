package import Environments
package import Frames

/// What a client's agent told last, for the loop to play as it plays any environment.
///
/// Neither waits nor blocks: it is reset and stepped when what came of it is there. For one thread at
/// a time.
package final class ClientSeat {
    /// What came, to be taken in; nil when it was.
    var step: ClientStep?
}

/// One seat as an environment.
package struct ClientEnvironment: Environment {
    package let specification: EnvironmentSpecification
    private let seat: ClientSeat

    /// The environment of a seat's agent.
    package init(specification: EnvironmentSpecification, seat: ClientSeat) {
        self.specification = specification
        self.seat = seat
    }

    package mutating func reset(
        into frame: inout MutableSpan<UInt8>
    ) throws(EnvironmentError) -> TimeStep {
        take().copyFrame(into: &frame)
        return TimeStep()
    }

    package mutating func step(
        _ action: Int,
        into frame: inout MutableSpan<UInt8>
    ) throws(EnvironmentError) -> TimeStep {
        let step = take()
        step.copyFrame(into: &frame)
        return TimeStep(
            reward: step.reward ?? 0,
            discount: step.end == .terminated ? 0 : 1,
            episodeEnd: step.end
        )
    }

    private func take() -> ClientStep {
        guard let step = seat.step else {
            preconditionFailure("a client's environment moves when its client has")
        }
        seat.step = nil
        return step
    }

    package func rendered() -> Frame? { nil }

    package func snapshot() throws(EnvironmentError) -> [UInt8] {
        throw .snapshotNotWritten(specification.id, reason: "its game is the client's")
    }

    package mutating func restore(_ snapshot: [UInt8]) throws(EnvironmentError) {
        throw .snapshotNotRead(specification.id, reason: "its game is the client's")
    }
}

extension ClientStep {
    fileprivate func copyFrame(into span: inout MutableSpan<UInt8>) {
        precondition(span.count == frame.count, "\(frame.count) bytes, expected \(span.count)")
        for index in frame.indices { span[index] = frame[index] }
    }
}
