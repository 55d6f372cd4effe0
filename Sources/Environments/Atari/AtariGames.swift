internal import RandomNumbers

/// The Atari games, each played by the Arcade Learning Environment in a worker process of its own.
struct AtariGames: EnvironmentProvider {
    let entries: [EnvironmentCatalog.Entry]

    /// A Python interpreter with NumPy and ale-py, measured: 24 MB where several share its libraries.
    let workerByteCount = 40_000_000

    private let program: WorkerProgram?

    /// Asks the worker which games it has.
    /// - Parameter program: Runs `ale_worker.py`; nil for no interpreter, and no games to play.
    init(_ program: WorkerProgram?) {
        self.program = program
        let installed = Result { () throws(EnvironmentError) in
            try Self.installedGames(Self.given(program))
        }
        entries = Atari.minimalActionNames.sorted { $0.key < $1.key }.map { game, actionNames in
            EnvironmentCatalog.Entry(
                Atari.specification(id: Atari.id(of: game), actionNames: actionNames),
                unavailableReason: Self.reason(why: game, isMissingFrom: installed)
            )
        }
    }

    func specification(
        of id: String,
        options: EnvironmentOptions
    ) throws(EnvironmentError) -> EnvironmentSpecification {
        let isFull = try AtariOptions(options, for: id).hasFullActionSet
        guard let minimal = Atari.minimalActionNames[Atari.game(of: id)] else {
            throw .unknownEnvironment(id, nearest: nil)
        }
        return Atari.specification(id: id, actionNames: isFull ? Atari.actionNames : minimal)
    }

    func make(
        _ id: String,
        options: EnvironmentOptions,
        generator: RandomGenerator,
        interruption: WorkerInterruption?
    ) throws(EnvironmentError) -> any Environment {
        let options = try AtariOptions(options, for: id)
        var generator = generator
        // The emulator has a generator of its own; 0 would seed it by the clock.
        let seed = Int32(generator.integer(below: Int(Int32.max))) + 1
        let worker = try AtariWorker(
            game: Atari.game(of: id),
            hasFullActionSet: options.hasFullActionSet,
            seed: seed,
            program: Self.given(program),
            interruption: interruption
        )
        return AtariEnvironment(
            id: id,
            options: options,
            source: worker,
            generator: generator
        )
    }

    private static func given(
        _ program: WorkerProgram?
    ) throws(EnvironmentError) -> WorkerProgram {
        guard let program else { throw .workerNotStarted(reason: "no Python interpreter is given") }
        return program
    }

    private static func installedGames(
        _ program: WorkerProgram
    ) throws(EnvironmentError) -> Set<Substring> {
        let worker = try AtariConversation(with: program, arguments: ["--games"])
        return Set(worker.greeting.split(separator: " "))
    }

    private static func reason(
        why game: String,
        isMissingFrom installed: Result<Set<Substring>, EnvironmentError>
    ) -> String? {
        let remedy = "\"make python-environment\" installs Python and ale-py in .python"
        switch installed {
        case .success(let games):
            return games.contains(game[...]) ? nil : "this ale-py has no ROM of it; \(remedy)"
        case .failure(let error): return "\(error); \(remedy)"
        }
    }
}

extension WorkerProgram {
    /// The script that plays Atari games, for a Python that has ale-py.
    package static func arcade(python: String) -> WorkerProgram {
        WorkerProgram(
            executable: python,
            // Isolated: no packages from the working directory, the user's or PYTHONPATH.
            arguments: ["-I", "-"],
            script: PackageResources.worker_channel_py + PackageResources.ale_worker_py,
            variables: ["ALE_ROMS_DIR"],
            startSeconds: 60,
            answerSeconds: 30
        )
    }
}
