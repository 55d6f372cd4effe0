internal import Foundation
internal import Glibc

/// A child process that answers over a socket, and that can do this one no harm: whatever it does
/// or fails to do becomes an error, and it ends with its owner.
///
/// After the first error every call throws that error again.
///
/// In the child, standard input is the script, standard output and error a pipe for last words,
/// descriptor 3 the socket, 4 a pipe that ends when this process does, and from 5 on what its
/// protocol needs beside them, such as shared memory.
final class WorkerProcess {
    /// The process's number.
    let process: pid_t

    private let channel: Descriptor
    private let lifeline: Descriptor
    private let output: Descriptor
    private let interruption: WorkerInterruption?
    /// The end of what it has printed and was read already.
    private var printed: [UInt8] = []
    private var answersSincePrinted = 0
    /// Why it has ended.
    private var failure: EnvironmentError?

    /// Starts a process.
    /// - Parameters:
    ///   - program: What it runs.
    ///   - arguments: What the script is told.
    ///   - descriptors: What the script knows as 5, 6, …
    ///   - interruption: Cuts waits for a silent process short; nil for nobody to do so.
    /// - Throws: ``EnvironmentError`` where the system does not let it.
    init(
        running program: WorkerProgram,
        arguments: [String],
        descriptors: [Descriptor] = [],
        interruption: WorkerInterruption? = nil
    ) throws(EnvironmentError) {
        self.interruption = interruption
        let script = try Descriptor.memory(named: "script")
        let written = unsafe write(script.number, program.script, program.script.count)
        guard written == program.script.count, lseek(script.number, 0, SEEK_SET) == 0 else {
            throw .workerNotStarted(reason: "script: \(systemErrorMessage(errno))")
        }
        let connection = try Descriptor.connection()
        let life = try Descriptor.pipe()
        let words = try Descriptor.pipe()
        var theirs: [Descriptor] = []
        for descriptor in [
            script, words.writing, words.writing, connection.theirs, life.reading,
        ] + descriptors {
            theirs.append(try descriptor.copyAboveStandard())
        }
        process = try spawn(
            [program.executable] + program.arguments + arguments,
            environment: program.environmentVariables,
            descriptors: theirs
        )
        channel = connection.ours
        lifeline = life.writing
        output = words.reading
    }

    deinit {
        if failure == nil {
            kill(-process, SIGKILL)
            _ = reap()
        }
    }

    /// Sends bytes, all of them.
    /// - Throws: ``EnvironmentError`` after ending the process, where it does not take them in time.
    func send(_ bytes: [UInt8], within seconds: Double) throws(EnvironmentError) {
        if let failure { throw failure }
        let deadline = ContinuousClock.now + .seconds(seconds)
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { all in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: all[sent...])
                // No SIGPIPE where the other end is closed: EPIPE.
                let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
                return unsafe Glibc.send(channel.number, rest.baseAddress, rest.count, flags)
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                try wait(for: POLLOUT, until: deadline, seconds)
            } else if errno != EINTR {
                throw endedByItself()
            }
        }
    }

    /// Waits for exactly as many bytes as `bytes` has room for.
    /// - Throws: ``EnvironmentError`` after ending the process, where they do not come in time.
    func receive(into bytes: inout [UInt8], within seconds: Double) throws(EnvironmentError) {
        if let failure { throw failure }
        answersSincePrinted += 1
        // A pipe that is full keeps the oldest words, and it is the last that tell of an end.
        if answersSincePrinted == 256 { _ = lastWords(until: .now) }
        let deadline = ContinuousClock.now + .seconds(seconds)
        var received = 0
        while received < bytes.count {
            if !spinsUntilReadable() {
                try wait(for: POLLIN, until: deadline, seconds)
            }
            let count = unsafe bytes.withUnsafeMutableBytes { all in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: all[received...])
                let flags = Int32(MSG_DONTWAIT)
                return unsafe recv(channel.number, rest.baseAddress, rest.count, flags)
            }
            if count > 0 {
                received += count
            } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
                throw endedByItself()
            }
        }
    }

    /// Spins as long as most answers take, yielding the core to every other thread that wants it; false
    /// if nothing has come by then, or if the worker has no core beside this one.
    ///
    /// A core that falls asleep meanwhile wakes up too late for the answer.
    private func spinsUntilReadable() -> Bool {
        guard Self.hasSeveralCores else { return false }
        let deadline = ContinuousClock.now + .milliseconds(2)
        var request = pollfd(fd: channel.number, events: Int16(POLLIN), revents: 0)
        repeat {
            if unsafe Glibc.poll(&request, 1, 0) > 0 { return true }
            sched_yield()
        } while ContinuousClock.now < deadline
        return false
    }

    private static let hasSeveralCores = ProcessInfo.processInfo.activeProcessorCount > 1

    /// Ends a process that does not keep to the protocol, and says so.
    func endBecauseUnintelligible(_ reason: String) -> EnvironmentError {
        end(.workerUnintelligible(reason: reason))
    }

    private func wait(
        for event: Int32,
        until deadline: ContinuousClock.Instant,
        _ seconds: Double
    ) throws(EnvironmentError) {
        guard let interruption else {
            if poll(channel, for: event, until: deadline) { return }
            throw endBecauseSilent(for: seconds)
        }
        let start = ContinuousClock.now
        while true {
            // In pieces, since nothing else ends a poll when somebody begins to wait.
            if poll(channel, for: event, until: min(deadline, .now + .milliseconds(50))) { return }
            let now = ContinuousClock.now
            guard now < deadline else { throw endBecauseSilent(for: seconds) }
            if let patience = interruption.patienceSeconds, now - start >= .seconds(patience) {
                throw end(.workerInterrupted(seconds: (now - start) / .seconds(1)))
            }
        }
    }

    private func end(_ error: EnvironmentError) -> EnvironmentError {
        kill(-process, SIGKILL)
        _ = reap()
        failure = error
        return error
    }

    private func endBecauseSilent(for seconds: Double) -> EnvironmentError {
        end(.workerSilent(seconds: seconds, output: lastWords(until: .now)))
    }

    /// The error for a process that has closed its socket: it is about to end, or is made to.
    private func endedByItself() -> EnvironmentError {
        // Its end closes the pipe of its last words; one that only closed its socket is not waited
        // for long.
        let words = lastWords(until: .now + .seconds(1))
        kill(-process, SIGKILL)
        let status = reap()
        // wait(2): the low seven bits are the signal, the next byte after eight the status.
        let error: EnvironmentError =
            status & 0x7f == 0
            ? .workerExited(status: Int(status >> 8) & 0xff, output: words)
            : .workerKilled(signal: Int(status & 0x7f), output: words)
        failure = error
        return error
    }

    /// The last lines that it has printed, until it closes its output or the deadline passes.
    private func lastWords(until deadline: ContinuousClock.Instant) -> String {
        answersSincePrinted = 0
        var part = [UInt8](repeating: 0, count: 4096)
        // A pipe holds 16 of these; one that goes on printing is not read for ever.
        for _ in 0..<64 where poll(output, for: POLLIN, until: deadline) {
            let count = unsafe read(output.number, &part, part.count)
            guard count > 0 || (count < 0 && errno == EINTR) else { break }
            printed = (printed + part.prefix(max(0, count))).suffix(2000)
        }
        return String(decoding: printed, as: UTF8.self)
            .split(separator: "\n").suffix(5).joined(separator: "\n")
    }

    /// Whether something can be read or written, or the other end is closed, before the deadline.
    private func poll(
        _ descriptor: Descriptor,
        for event: Int32,
        until deadline: ContinuousClock.Instant
    ) -> Bool {
        while true {
            let rest = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            var request = pollfd(fd: descriptor.number, events: Int16(event), revents: 0)
            let outcome = unsafe Glibc.poll(&request, 1, Int32(max(0, rest.rounded(.up))))
            if outcome > 0 { return true }
            if outcome == 0 || errno != EINTR { return false }
        }
    }

    /// Takes the ended child off the process table.
    private func reap() -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return status
    }
}
