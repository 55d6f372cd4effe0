internal import DeepQLearning
public import Environments
public import JSONFields
internal import NeuralNetworks

extension JobSpecification {
    /// Checks that the job can be run: that its environment is there, takes the options given, and
    /// shows what the algorithm can learn from.
    ///
    /// - Parameters:
    ///   - environments: The environments that can be run here.
    ///   - fields: Takes every fault that is found.
    public func validate(in environments: EnvironmentCatalog, _ fields: inout FieldReader) {
        let specification: EnvironmentSpecification
        do throws(EnvironmentError) {
            specification = try environments.specification(
                of: environment,
                options: environmentOptions
            )
        } catch {
            return Self.note(error, &fields)
        }
        if let reason = environments.entries
            .first(where: { $0.specification.id == environment })?.unavailableReason
        {
            fields.fail("environment", "\(environment) is not available here: \(reason)")
        }
        if environment == ClientEnvironments.id { validateClients(&fields) }
        switch algorithm {
        case .dqn(let hyperparameters):
            let observation = specification.observation
            // What the network gives out follows from its head.
            if hyperparameters.hasHead {
                Self.check(
                    hyperparameters.architecture(
                        input: observation.networkInput,
                        actionCount: specification.actionNames.count
                    ),
                    &fields
                )
            }
            let faults = [
                hyperparameters.fault(
                    stack: observation.stack,
                    stateByteCount: observation.stateByteCount
                ), hyperparameters.fault(input: observation.networkInput),
            ]
            for fault in faults.compactMap(\.self) {
                fields.fail(fault.field, in: "hyperparameters", fault.message)
            }
        case .pqn(let hyperparameters):
            Self.check(
                hyperparameters.architecture(
                    input: specification.observation.networkInput,
                    actionCount: specification.actionNames.count
                ),
                &fields
            )
            if let fault = hyperparameters.fault {
                fields.fail(fault.field, in: "hyperparameters", fault.message)
            }
        case .qLearning:
            if specification.observation.stateCount == nil {
                fields.fail(
                    "algorithm",
                    "q_learning needs an environment whose states can be counted, and those of "
                        + "\(environment) cannot"
                )
            }
        }
    }

    /// Notes what cannot be done where clients play.
    private func validateClients(_ fields: inout FieldReader) {
        if evaluation != nil {
            fields.fail(
                "evaluation",
                "must be null: a job that clients play is evaluated by a player of the mode "
                    + "\"evaluate\""
            )
        }
        if case .pqn = algorithm {
            fields.fail(
                "algorithm",
                "must be \"dqn\": pqn learns from environments that are played in step, and clients "
                    + "come when they like"
            )
        }
    }

    /// Notes why an environment cannot be what is asked for.
    static func note(_ error: EnvironmentError, _ fields: inout FieldReader) {
        guard case .invalidOptions(_, let faults) = error else {
            return fields.fail("environment", "\(error)")
        }
        for fault in faults {
            fields.fail("environment_options", "\(fault)")
        }
    }

    private static func check(_ architecture: NetworkArchitecture, _ fields: inout FieldReader) {
        do throws(NetworkError) {
            _ = try Sequential(architecture)
        } catch {
            fields.fail("network", in: "hyperparameters", "\(error)")
        }
    }
}
