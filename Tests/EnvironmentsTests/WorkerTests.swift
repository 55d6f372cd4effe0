import Environments
import Foundation
import Testing

/// What a worker process may do wrong; here it is a shell script.
@Suite(.timeLimit(.minutes(5))) struct WorkerTests {
    /// A worker whose script is read by the shell; `answer` writes to the server.
    private func program(_ script: String, seconds: Double = 10) -> WorkerProgram {
        WorkerProgram(
            executable: "/bin/sh",
            arguments: ["-s"],
            script: Array(script.utf8),
            startSeconds: seconds,
            answerSeconds: seconds
        )
    }

    private func start(_ script: String, seconds: Double = 10) throws -> AtariWorker {
        try AtariWorker(
            game: "breakout",
            seed: 1,
            program: program(script, seconds: seconds)
        )
    }

    /// The shell command that answers.
    private func answer(
        magic: String = "DQN1",
        failed: UInt32 = 0,
        frames: UInt32 = 0,
        length: UInt32? = nil,
        _ content: String = ""
    ) -> String {
        func bytes(_ number: UInt32) -> [UInt8] {
            [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
        }
        let head =
            Array(magic.utf8) + bytes(failed) + [UInt8](repeating: 0, count: 16) + bytes(frames)
            + bytes(1) + bytes(length ?? UInt32(content.utf8.count))
        let octal = (head + Array(content.utf8)).map { byte in
            let digits = String(byte, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }
        return "printf '\(octal.joined())' >&3\n"
    }

    private var greeting: String { answer("210 160 NOOP FIRE") }

    private func error(starting script: String, seconds: Double = 10) -> EnvironmentError? {
        #expect(throws: EnvironmentError.self) { _ = try start(script, seconds: seconds) }
    }

    @Test("one that ends at once is an error with its status and its last words")
    func exits() {
        #expect(
            error(starting: "echo first; echo 'no ale here' >&2; exit 3")
                == .workerExited(status: 3, output: "first\nno ale here")
        )
    }

    @Test("one that is killed is an error with the signal")
    func killed() {
        #expect(error(starting: "kill -9 $$") == .workerKilled(signal: 9, output: ""))
    }

    @Test("an interpreter that is not there is an error with the system's reason")
    func missing() {
        let missing = WorkerProgram.arcade(python: "/nonexistent/python")
        let error = #expect(throws: EnvironmentError.self) {
            _ = try AtariWorker(game: "breakout", seed: 1, program: missing)
        }
        #expect(
            error == .workerNotStarted(reason: "/nonexistent/python: No such file or directory")
        )
    }

    @Test("one that hangs is ended at the deadline, silent or in the middle of an answer")
    func hangs() {
        for script in ["", "printf DQN1 >&3; "] {
            #expect(
                error(starting: "echo 'stuck' >&2; \(script)exec sleep 600", seconds: 0.5)
                    == .workerSilent(seconds: 0.5, output: "stuck")
            )
        }
        // What it goes on saying holds nobody up.
        let babbling = error(starting: "while :; do echo word >&2; done", seconds: 0.2)
        guard case .workerSilent(_, let output) = babbling else {
            Issue.record("expected silence, got \(String(describing: babbling))")
            return
        }
        #expect(output.contains("word"))
    }

    @Test("one that hangs is ended early while somebody waits for its owner, also in its start")
    func interrupted() throws {
        let interruption = WorkerInterruption()
        func start(_ script: String) throws -> AtariWorker {
            try AtariWorker(
                game: "breakout",
                seed: 1,
                program: program(script, seconds: 1000),
                interruption: interruption
            )
        }
        let worker = try start(greeting + "sleep 1000")
        interruption.raise()
        expectInterruption(after: 0.6) { _ = try worker.reset() }
        expectInterruption(after: 0.6) { _ = try start("sleep 1000") }
    }

    @Test("one that nobody needs any more is not waited for")
    func abandoned() {
        let interruption = WorkerInterruption()
        interruption.abandon()
        expectInterruption(after: 0) {
            _ = try AtariWorker(
                game: "breakout",
                seed: 1,
                program: program("sleep 1000", seconds: 1000),
                interruption: interruption
            )
        }
    }

    private func expectInterruption(after seconds: Double, _ body: () throws -> Void) {
        let error = #expect(throws: EnvironmentError.self, performing: body)
        guard case .workerInterrupted(let silence) = error else {
            Issue.record("expected an interruption, got \(String(describing: error))")
            return
        }
        #expect(silence >= seconds)
    }

    @Test("one that ends in the middle of an answer is an error")
    func partialAnswer() {
        #expect(
            error(starting: "printf DQN1 >&3; exit 0") == .workerExited(status: 0, output: "")
        )
        #expect(
            error(starting: answer(length: 100, "short"))
                == .workerExited(status: 0, output: "")
        )
    }

    @Test("rubbish in place of an answer is an error, and never taken for a length")
    func rubbish() {
        let scripts = [
            "exec yes >&3", "head -c 100000 /dev/urandom >&3", answer(magic: "DQN2", "x"),
            answer(length: .max), answer(failed: 2), answer(""), answer("210 160"),
            answer("0 160 NOOP"), answer("210 -1 NOOP"), answer("100000 100000 NOOP"),
            answer("210 160 NOOP JUMP"), answer("hello"),
        ]
        for script in scripts {
            // It stays, so that its end is not what is reported.
            guard case .workerUnintelligible = error(starting: script + "\nexec sleep 600") else {
                Issue.record("\(script)")
                continue
            }
        }
    }

    @Test("a refusal is the worker's own sentence")
    func refuses() {
        #expect(
            error(starting: answer(failed: 1, "ModuleNotFoundError: no ale_py"))
                == .workerRefused(reason: "ModuleNotFoundError: no ale_py")
        )
    }

    @Test("what it prints does no harm, however much it is")
    func prints() throws {
        let noise = "head -c 1000000 /dev/zero 2>&1; head -c 1000000 /dev/zero >&2\n"
        let worker = try start(noise + greeting + "exec sleep 600")
        #expect(worker.actionNames == ["NOOP", "FIRE"])
        #expect(worker.screenHeight == 210 && worker.screenWidth == 160)
    }

    @Test("an end in the middle of a game is an error, and so is everything after it")
    func endsLater() throws {
        let worker = try start(greeting + "head -c 8 <&3 >/dev/null; exit 7")
        for _ in 0..<3 {
            #expect(throws: EnvironmentError.workerExited(status: 7, output: "")) {
                _ = try worker.reset()
            }
        }
    }

    @Test("a kill from outside is an error")
    func killedFromOutside() throws {
        let worker = try start(greeting + "exec sleep 600")
        kill(pid_t(worker.processIdentifier), SIGKILL)
        #expect(throws: EnvironmentError.workerKilled(signal: 9, output: "")) {
            _ = try worker.reset()
        }
    }

    @Test("a count of frames that was not asked for is an error", arguments: [0, 5, UInt32.max])
    func wrongFrames(frames: UInt32) throws {
        let worker = try start(greeting + answer(frames: frames) + "exec sleep 600")
        let error = #expect(throws: EnvironmentError.self) { _ = try worker.act([0, 0, 0, 0]) }
        #expect(error == .workerUnintelligible(reason: "\(frames) frames played of 4"))
        let later = #expect(throws: EnvironmentError.self) { _ = try worker.reset() }
        #expect(later == error)
    }

    @Test("one that closes its socket and stays is not waited for long")
    func closesSocket() {
        #expect(
            error(starting: "exec 3>&-; echo bye; exec sleep 600")
                == .workerKilled(signal: 9, output: "bye")
        )
    }

    @Test("no process is left behind: not one that failed, not one that is no longer needed")
    func noneLeft() throws {
        var worker: AtariWorker? = try start(greeting + "exec sleep 600")
        let process = try #require(worker?.processIdentifier)
        #expect(isThere(process))
        worker = nil
        #expect(!isThere(process))

        let failing = try start(greeting + "exit 1")
        let failed = failing.processIdentifier
        #expect(throws: EnvironmentError.self) { _ = try failing.reset() }
        #expect(!isThere(failed))
    }

    @Test(
        "the worker inherits nothing: no other descriptors, no signals blocked, a bare environment"
    )
    func inheritsNothing() throws {
        let leak = try FileHandle(forReadingFrom: URL(filePath: "/dev/null"))
        defer { withExtendedLifetime(leak) {} }
        let script = """
            ls -x -w 1000 /proc/$$/fd
            echo $(env | cut -d= -f1)
            while read -r line; do case $line in SigBlk*) echo "$line";; esac; done </proc/$$/status
            exit 5
            """
        guard case .workerExited(status: 5, let output) = error(starting: script) else {
            Issue.record("it did not end as it should")
            return
        }
        let lines = output.split(separator: "\n")
        // 10 is the shell's own copy of its script. It reads its own signals, for while it starts
        // another program it blocks them all.
        let descriptors = Set(lines[0].split(separator: " ")).subtracting(["10"])
        #expect(descriptors == ["0", "1", "2", "3", "4", "5"])
        let names = Set(lines[1].split(separator: " ")).subtracting(["PWD", "OLDPWD", "SHLVL", "_"])
        #expect(
            names.isSubset(of: [
                "PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "ALE_ROMS_DIR", "OMP_NUM_THREADS",
                "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
            ])
        )
        #expect(lines[2].hasSuffix("0000000000000000"))
    }

    /// Whether a process, alive or not taken off the table, has this number.
    private func isThere(_ process: Int) -> Bool {
        FileManager.default.fileExists(atPath: "/proc/\(process)")
    }
}
