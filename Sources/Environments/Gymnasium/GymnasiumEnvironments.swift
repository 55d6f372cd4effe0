internal import Foundation
internal import RandomNumbers

/// Whatever Python has registered with Gymnasium, and environments of the user's own, each in a
/// worker process.
struct GymnasiumEnvironments: EnvironmentProvider {
    let entries: [EnvironmentCatalog.Entry]

    /// A Python interpreter with NumPy and Gymnasium, measured: 41 MB.
    let workerByteCount = 45_000_000

    private let program: WorkerProgram?
    /// Where modules of the user's may be imported from.
    private let folder: String?
    /// Why none can run here.
    private let unavailableReason: String?

    /// Asks which packages there are, without importing them.
    /// - Parameters:
    ///   - program: Runs `gymnasium_worker.py`; nil for no interpreter.
    ///   - folder: Where modules may be imported from; nil for nowhere.
    init(_ program: WorkerProgram?, entryPoints folder: String?) {
        self.program = program
        self.folder = folder
        let found = Result { () throws(EnvironmentError) in try Self.installed(program) }
        let unavailableReason = Self.reason(found, program)
        self.unavailableReason = unavailableReason
        let modules = (try? found.get().modules) ?? []
        entries = Gymnasium.wellKnown.map { known in
            var reason = unavailableReason
            if let needs = known.needs, reason == nil, !modules.contains(needs.module) {
                reason = Self.remedy("\(needs.module) is not installed", program, needs.packages)
            }
            return EnvironmentCatalog.Entry(
                EnvironmentSpecification(
                    id: Gymnasium.id(of: known.name),
                    summary: known.summary,
                    observation: known.observation,
                    actionNames: known.actionNames,
                    options: GymnasiumOptions.declared
                ),
                unavailableReason: reason
            )
        }
    }

    func has(_ id: String) -> Bool { Gymnasium.isName(id) }

    func specification(
        of id: String,
        options: EnvironmentOptions
    ) throws(EnvironmentError) -> EnvironmentSpecification {
        let spaces = try GymnasiumOptions(options, of: id).spaces()
        return EnvironmentSpecification(
            id: id,
            summary: Gymnasium.wellKnown(id)?.summary
                ?? "\(Gymnasium.name(of: id)), as Python has it.",
            observation: spaces.observation,
            actionNames: spaces.actionNames,
            options: GymnasiumOptions.declared
        )
    }

    /// Makes the environment once, and writes down what it shows and takes.
    func complete(
        _ options: EnvironmentOptions,
        of id: String
    ) throws(EnvironmentError) -> EnvironmentOptions {
        let resolved = try GymnasiumOptions(options, of: id)
        let (_, described) = try start(id, resolved, interruption: nil)
        return try complete(options, of: id, resolved, by: described)
    }

    private func complete(
        _ options: EnvironmentOptions,
        of id: String,
        _ resolved: GymnasiumOptions,
        by described: GymnasiumDescription
    ) throws(EnvironmentError) -> EnvironmentOptions {
        var completed = options
        var faults: [OptionFault] = []
        let observation = described.observation(isScreen: resolved.isScreen)
        if let given = resolved.resolved.values["observation"],
            Self.declared(given) != Self.declared(observation)
        {
            faults.append(
                OptionFault(
                    option: "observation",
                    message: "is \(observation), as the environment says, got \(given.excerpt); it "
                        + "need not be given"
                )
            )
        }
        if case .list(let given) = resolved.resolved.values["actions"],
            given.count != described.actions
        {
            faults.append(
                OptionFault(
                    option: "actions",
                    message: "has \(given.count) names, and the environment has "
                        + "\(described.actions) actions; it need not be given"
                )
            )
        }
        guard faults.isEmpty else { throw .invalidOptions(id, faults) }
        completed["observation"] = observation
        completed["stack"] = options["stack"] ?? .integer(described.stack)
        completed["actions"] =
            resolved.resolved.values["actions"] ?? Self.actions(of: described, id)
        _ = try specification(of: id, options: completed)
        return completed
    }

    func make(
        _ id: String,
        options: EnvironmentOptions,
        generator: RandomGenerator,
        interruption: WorkerInterruption?
    ) throws(EnvironmentError) -> any Environment {
        var resolved = try GymnasiumOptions(options, of: id)
        let (conversation, described) = try start(id, resolved, interruption: interruption)
        var options = options
        if options["observation"] == nil || options["actions"] == nil {
            // As on the command line: no job says what it shows.
            options = try complete(options, of: id, resolved, by: described)
            resolved = try GymnasiumOptions(options, of: id)
        }
        let observation = try Self.compare(described, with: resolved, id)
        let specification = try specification(of: id, options: options)
        return GymnasiumEnvironment(
            specification,
            conversation: conversation,
            observation: observation,
            generator: generator
        )
    }

    private func start(
        _ id: String,
        _ options: GymnasiumOptions,
        interruption: WorkerInterruption?
    ) throws(EnvironmentError) -> (GymnasiumConversation, GymnasiumDescription) {
        guard unavailableReason == nil, let program else {
            throw .unavailable(id, reason: unavailableReason ?? "no Python interpreter is given")
        }
        if Gymnasium.isEntryPoint(id), folder == nil {
            throw .unavailable(
                id,
                reason: "modules are imported only where the server is started with "
                    + "--allow-entry-points FOLDER, and only from that folder"
            )
        }
        let conversation = try GymnasiumConversation(
            about: id,
            with: program,
            interruption: interruption
        )
        let described = try conversation.make(
            options.setup(folder: folder),
            within: program.startSeconds
        )
        return (conversation, described)
    }

    /// Checks that an environment is what it was when its job was made: packages change.
    /// - Returns: What it shows.
    private static func compare(
        _ described: GymnasiumDescription,
        with options: GymnasiumOptions,
        _ id: String
    ) throws(EnvironmentError) -> DeclaredObservation {
        let now = described.observation(isScreen: options.isScreen)
        let spaces = try DeclaredSpaces(options.resolved.values, of: id)
        guard declared(now) == spaces.observation,
            spaces.actionNames.count == described.actions
        else {
            throw .environmentFailed(
                id,
                reason: "it shows \(now) and has \(described.actions) actions now, and its job was "
                    + "made for \(options.resolved.values["observation"]?.description ?? "") and "
                    + "\(spaces.actionNames.count)"
            )
        }
        return spaces.observation
    }

    private static func declared(_ observation: OptionValue) -> DeclaredObservation? {
        try? DeclaredObservation(observation, option: "observation")
    }

    /// The environment's own names, else those written down here, else numbers.
    private static func actions(of described: GymnasiumDescription, _ id: String) -> OptionValue {
        var names = described.names
        if names == nil, let known = Gymnasium.wellKnown(id)?.actionNames,
            known.count == described.actions
        {
            names = known
        }
        let given = OptionValue.list((names ?? []).map(OptionValue.text))
        let numbers = OptionValue.list((0..<described.actions).map { .text("\($0)") })
        return (try? DeclaredActions.names(given, option: "actions")) == nil ? numbers : given
    }

    /// What `--installed` answers.
    private struct Installed: Decodable {
        var version: String?
        var modules: [String]
    }

    private static func installed(_ program: WorkerProgram?) throws(EnvironmentError) -> Installed {
        guard let program else { throw .workerNotStarted(reason: "no Python interpreter is given") }
        let worker = try GymnasiumConversation(
            about: "gymnasium",
            with: program,
            arguments: ["--installed"]
        )
        try worker.receive(within: program.startSeconds)
        do { return try JSONDecoder().decode(Installed.self, from: Data(worker.content)) } catch {
            throw worker.failUnintelligible("it does not say what is installed")
        }
    }

    private static func reason(
        _ found: Result<Installed, EnvironmentError>,
        _ program: WorkerProgram?
    ) -> String? {
        switch found {
        case .success(let installed):
            installed.version == nil
                ? remedy("Gymnasium is not installed", program, "gymnasium") : nil
        case .failure(let error): remedy("\(error)", program, "gymnasium")
        }
    }

    private static func remedy(
        _ fault: String,
        _ program: WorkerProgram?,
        _ packages: String
    ) -> String {
        let other = program.map { ", or \"\($0.executable) -m pip install \(packages)\"" } ?? ""
        return "\(fault); \"make python-environment\" installs it in .python" + other
    }
}

extension WorkerProgram {
    /// The script that plays Gymnasium's environments, for a Python that has it.
    package static func gymnasium(
        python: String,
        answerSeconds: Double = 30
    ) -> WorkerProgram {
        WorkerProgram(
            executable: python,
            // Isolated: no packages from the working directory, the user's or PYTHONPATH; and nothing
            // is written beside the modules of the user's.
            arguments: ["-I", "-B", "-"],
            script: PackageResources.worker_channel_py + PackageResources.gymnasium_spaces_py
                + PackageResources.gymnasium_making_py + PackageResources.gymnasium_worker_py,
            variables: ["ALE_ROMS_DIR", "MUJOCO_GL", "PYOPENGL_PLATFORM", "SDL_VIDEODRIVER"],
            startSeconds: 60,
            answerSeconds: answerSeconds
        )
    }
}
