internal import DeepQLearning
public import Environments
public import MemoryBudgets
internal import NeuralNetworks

extension JobSpecification {
    /// What the job will take up in memory, before any of it is taken.
    ///
    /// - Parameters:
    ///   - environments: Where its environments come from.
    ///   - workers: The width of the widest pool that it will be given.
    /// - Returns: Every part, with the field that decides it.
    /// - Throws: Where the job could not be run at all; `validate` says why to a person.
    public func memoryDemand(
        in environments: EnvironmentCatalog,
        workers: Int
    ) throws -> MemoryDemand {
        let specification = try environments.specification(
            of: environment,
            options: environmentOptions
        )
        var demand = try algorithm.memoryDemand(
            for: specification,
            evaluates: evaluation != nil,
            workers: workers
        )
        let processes = algorithm.environmentCount + (evaluation == nil ? 0 : 1)
        demand.add(
            .init(
                "environments",
                ByteCount(environments.workerByteCount(of: environment)) * processes,
                arithmetic: "\(processes) processes",
                pointer: algorithm.environmentCount > 1
                    ? "/hyperparameters/environment_count" : "/environment"
            )
        )
        return demand
    }
}

extension Algorithm {
    fileprivate func memoryDemand(
        for environment: EnvironmentSpecification,
        evaluates: Bool,
        workers: Int
    ) throws -> MemoryDemand {
        switch self {
        case .dqn(let hyperparameters):
            let input = environment.observation.networkInput
            // A request was checked before; a row of the store may hold anything.
            let fault = hyperparameters.fault(
                stack: environment.observation.stack,
                stateByteCount: environment.observation.stateByteCount
            )
            if let fault { throw AgentError.hyperparameters("\(fault.field) \(fault.message)") }
            var demand = try hyperparameters.memoryDemand(
                input: input,
                stack: environment.observation.stack,
                actionCount: environment.actionNames.count,
                workers: workers
            )
            let architecture = hyperparameters.architecture(
                input: input,
                actionCount: environment.actionNames.count
            )
            demand.add(
                try Self.writing(
                    architecture,
                    head: hyperparameters.valueHead,
                    evaluates: evaluates
                )
            )
            demand.add(
                try hyperparameters.snapshotDemand(
                    input: input,
                    actionCount: environment.actionNames.count
                )
            )
            return demand
        case .pqn(let hyperparameters):
            let input = environment.observation.networkInput
            let actionCount = environment.actionNames.count
            var demand = try hyperparameters.memoryDemand(
                input: input,
                actionCount: actionCount,
                workers: workers
            )
            let architecture = hyperparameters.architecture(input: input, actionCount: actionCount)
            demand.add(
                try Self.writing(architecture, head: .scalar, evaluates: evaluates)
            )
            return demand
        case .qLearning:
            var demand = MemoryDemand()
            let values = (environment.observation.stateCount ?? 0) * environment.actionNames.count
            demand.add(.init("table", ByteCount(4) * values, pointer: "/environment"))
            return demand
        }
    }

    /// A checkpoint's copies of the weights: as they are, as PyTorch lays them out, and as a file; and
    /// the policy that is evaluated meanwhile.
    private static func writing(
        _ architecture: NetworkArchitecture,
        head: ValueHead,
        evaluates: Bool
    ) throws -> MemoryDemand.Part {
        let policy = try PolicySnapshot.Function.memoryDemand(
            architecture,
            head: head,
            capacity: 1,
            workers: 1
        )
        let copies = evaluates ? 4 : 3
        return .init(
            evaluates ? "checkpoints and evaluations" : "checkpoints",
            policy.size * copies,
            arithmetic: "\(copies) × \(policy.size)",
            pointer: "/hyperparameters/network"
        )
    }
}
