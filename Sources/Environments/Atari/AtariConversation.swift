/// Requests and answers of `ale_worker.py`, which describes their bytes.
final class AtariConversation {
    /// What the worker said of itself when it was ready.
    let greeting: String

    private let process: WorkerProcess
    private let answerSeconds: Double

    enum Operation: UInt32 {
        case reset = 1
        case act = 2
        case save = 3
        case restore = 4
    }

    struct Answer {
        var report: ScreenReport
        var content: [UInt8]
    }

    var processIdentifier: Int { Int(process.process) }

    /// Starts a worker, which knows `memory` as its descriptors from 5 on, and waits until it is ready.
    init(
        with program: WorkerProgram,
        arguments: [String],
        memory: [Descriptor] = [],
        interruption: WorkerInterruption? = nil
    ) throws(EnvironmentError) {
        process = try WorkerProcess(
            running: program,
            arguments: arguments,
            descriptors: memory,
            interruption: interruption
        )
        answerSeconds = program.answerSeconds
        let answer = try Self.answer(of: process, within: program.startSeconds)
        greeting = String(decoding: answer.content, as: UTF8.self)
    }

    /// Asks for one thing and waits for the answer.
    func ask(
        _ operation: Operation,
        content: [UInt8] = []
    ) throws(EnvironmentError) -> Answer {
        try send(operation, content: content)
        return try receive()
    }

    /// Asks for one thing, whose answer is the next to be received.
    func send(_ operation: Operation, content: [UInt8] = []) throws(EnvironmentError) {
        var request: [UInt8] = []
        request.append(littleEndian: operation.rawValue)
        request.append(littleEndian: UInt32(content.count))
        try process.send(request + content, within: answerSeconds)
    }

    /// Waits for the answer to what was asked.
    func receive() throws(EnvironmentError) -> Answer {
        try Self.answer(of: process, within: answerSeconds)
    }

    /// Ends a worker that answered well in form and wrong in content.
    func failUnintelligible(_ reason: String) -> EnvironmentError {
        process.endBecauseUnintelligible(reason)
    }

    private static let headLength = 36
    private static let magic: UInt32 = 0x314e_5144
    private static let contentLimit = 1 << 20

    private static func answer(
        of process: WorkerProcess,
        within seconds: Double
    ) throws(EnvironmentError) -> Answer {
        var head = [UInt8](repeating: 0, count: headLength)
        try process.receive(into: &head, within: seconds)
        let hasFailed = head.number(at: 4, as: UInt32.self)
        let reward = Double(bitPattern: head.number(at: 8, as: UInt64.self))
        let isGameOver = head.number(at: 20, as: UInt32.self)
        let screens = head.number(at: 28, as: UInt32.self)
        let length = Int(head.number(at: 32, as: UInt32.self))
        guard head.number(at: 0, as: UInt32.self) == magic, hasFailed <= 1, isGameOver <= 1,
            screens <= 2, reward.isFinite, length <= contentLimit
        else {
            throw process.endBecauseUnintelligible("an answer that begins with \(head.prefix(8))")
        }
        var content = [UInt8](repeating: 0, count: length)
        try process.receive(into: &content, within: seconds)
        guard hasFailed == 0 else {
            throw .workerRefused(reason: String(decoding: content, as: UTF8.self))
        }
        let report = ScreenReport(
            reward: Float(reward),
            lives: Int(head.number(at: 16, as: Int32.self)),
            isGameOver: isGameOver == 1,
            frames: Int(head.number(at: 24, as: UInt32.self)),
            screens: Int(screens)
        )
        return Answer(report: report, content: content)
    }
}
