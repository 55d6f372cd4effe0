internal import Foundation

/// Requests and answers of `gymnasium_worker.py`, which describes their bytes.
final class GymnasiumConversation {
    /// What followed the head of the last answer.
    private(set) var content: [UInt8] = []

    private let id: String
    private let process: WorkerProcess
    private let answerSeconds: Double
    private var head = [UInt8](repeating: 0, count: 24)

    enum Operation: UInt32 {
        case make = 1
        case reset = 2
        case step = 3
        case render = 4
    }

    /// The head of an answer.
    struct Answer {
        var reward: Double
        var isTerminated: Bool
        var isTruncated: Bool
    }

    var processIdentifier: Int { Int(process.process) }

    /// Starts a worker, which waits to be told what to make.
    /// - Parameters:
    ///   - id: What errors are said of.
    ///   - program: The interpreter and its script.
    ///   - arguments: What the script is told.
    ///   - interruption: Cuts waits for a silent worker short.
    /// - Throws: ``EnvironmentError`` where the system does not let it.
    init(
        about id: String,
        with program: WorkerProgram,
        arguments: [String] = [],
        interruption: WorkerInterruption? = nil
    ) throws(EnvironmentError) {
        self.id = id
        process = try WorkerProcess(
            running: program,
            arguments: arguments,
            interruption: interruption
        )
        answerSeconds = program.answerSeconds
    }

    /// Makes the environment, which imports what it needs.
    func make(
        _ setup: GymnasiumSetup,
        within seconds: Double
    ) throws(EnvironmentError) -> GymnasiumDescription {
        let json: [UInt8]
        do { json = try encodedSnapshot(setup) } catch {
            throw .environmentFailed(id, reason: "its options cannot be written as JSON: \(error)")
        }
        try send(.make, UInt32(json.count), content: json)
        try receive(within: seconds)
        do { return try JSONDecoder().decode(GymnasiumDescription.self, from: Data(content)) } catch
        {
            throw failUnintelligible("it introduces itself by JSON, not by \(words)")
        }
    }

    /// Asks for one thing, whose answer is the next to be received.
    func send(
        _ operation: Operation,
        _ number: UInt32,
        content: [UInt8] = []
    ) throws(EnvironmentError) {
        var request: [UInt8] = []
        request.append(littleEndian: operation.rawValue)
        request.append(littleEndian: number)
        try process.send(request + content, within: answerSeconds)
    }

    /// Waits for the answer to what was asked.
    @discardableResult
    func receive(within seconds: Double? = nil) throws(EnvironmentError) -> Answer {
        let seconds = seconds ?? answerSeconds
        try process.receive(into: &head, within: seconds)
        let hasFailed = head.number(at: 4, as: UInt32.self)
        let ended = head.number(at: 16, as: UInt32.self)
        let length = Int(head.number(at: 20, as: UInt32.self))
        guard head.number(at: 0, as: UInt32.self) == Self.magic, hasFailed <= 1, ended <= 3,
            length <= Self.contentLimit
        else {
            throw failUnintelligible("an answer that begins with \(head.prefix(8))")
        }
        // Most answers are as long as the last one: nothing is allocated for them.
        if content.count != length { content = [UInt8](repeating: 0, count: length) }
        try process.receive(into: &content, within: seconds)
        guard hasFailed == 0 else { throw .environmentFailed(id, reason: words) }
        return Answer(
            reward: Double(bitPattern: head.number(at: 8, as: UInt64.self)),
            isTerminated: ended & 1 == 1,
            isTruncated: ended & 2 == 2
        )
    }

    /// Ends a worker that answered well in form and wrong in content.
    func failUnintelligible(_ reason: String) -> EnvironmentError {
        process.endBecauseUnintelligible(reason)
    }

    /// The last answer as text.
    private var words: String { String(decoding: content.prefix(2000), as: UTF8.self) }

    private static let magic: UInt32 = 0x314e_5144
    /// Room for a picture of 4096×4096, or an observation of the most numbers there may be.
    private static let contentLimit = 3 << 24
}
