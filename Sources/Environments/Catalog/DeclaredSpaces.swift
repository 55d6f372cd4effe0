/// What an environment that is not part of the program shows and takes: options that say it, and
/// the specification that follows from them alone.
///
/// Where the environment itself can be asked, what it answers is written into the options when the
/// job is made: a job's row says what it needs, also when nobody answers any more.
package struct DeclaredSpaces {
    /// What comes in.
    package let observation: DeclaredObservation
    /// Frames that make a state.
    package let stack: Int
    package let actionNames: [String]

    /// The options that say it.
    package static let options = [
        EnvironmentOption(
            "observation",
            "What one observation is: its shape, row-major, the kind of its numbers, and what is made "
                + "of it.",
            nil,
            .observation
        ),
        EnvironmentOption(
            "stack",
            "How many observations make a state, the newest last; if not given, 4 for observations "
                + "of two axes or of screens, else 1.",
            nil,
            .integers(1...16)
        ),
        EnvironmentOption(
            "actions",
            "What each action does, in the order of their numbers.",
            nil,
            .actions
        ),
    ]

    /// Reads the options of an environment that has others beside them; those are not looked at.
    /// - Throws: ``EnvironmentError/invalidOptions(_:_:)`` where observation or actions are missing.
    package init(_ options: EnvironmentOptions, of id: String) throws(EnvironmentError) {
        let names = Self.options.map(\.name)
        let options = try ResolvedOptions(
            options.filter { names.contains($0.key) },
            for: id,
            from: Self.options
        )
        var faults: [OptionFault] = []
        for (name, example) in [
            ("observation", "{\"shape\":[4],\"scalar\":\"float32\"}"),
            ("actions", "[\"LEFT\",\"RIGHT\"]"),
        ] where options.values[name] == nil {
            faults.append(
                OptionFault(option: name, message: "is missing; it may be \(example)")
            )
        }
        guard let shown = options.values["observation"], let taken = options.values["actions"]
        else { throw .invalidOptions(id, faults) }
        do throws(OptionFault) {
            observation = try DeclaredObservation(shown, option: "observation")
            actionNames = try DeclaredActions.names(taken, option: "actions")
        } catch {
            throw .invalidOptions(id, [error])
        }
        let arePictures = observation.shape.count == 2 || observation.preprocessing == .atari
        stack =
            if case .integer(let given) = options.values["stack"] { given } else if arePictures {
                4
            } else { 1 }
        if stack > 1, frameShape.count > 2 {
            throw .invalidOptions(
                id,
                [
                    OptionFault(
                        option: "stack",
                        message: "must be 1 for observations of three axes, got \(stack)"
                    )
                ]
            )
        }
    }

    /// The shape of one frame, as it is learned from.
    package var frameShape: [Int] {
        observation.preprocessing == .atari ? [84, 84] : observation.shape
    }

    /// What the agent learns from.
    package var observationSpec: ObservationSpec {
        ObservationSpec(frameShape: frameShape, scalar: observation.scalar, stack: stack)
    }
}
