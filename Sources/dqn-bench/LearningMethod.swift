import ArgumentParser
import DeepQLearning

/// What an update learns, and how: one option beside plain deep Q-learning each.
enum LearningMethod: String, CaseIterable, ExpressibleByArgument {
    case scalar
    case double
    case munchausen
    case dueling
    case sharedDueling = "shared-dueling"
    case categorical
    case quantile
    case implicitQuantile = "implicit-quantile"
    case noisy

    static let names = allCases.map(\.rawValue).joined(separator: ", ")

    func change(_ hyperparameters: inout DQNHyperparameters) {
        switch self {
        case .scalar: break
        case .double: hyperparameters.bootstrapRule = .double
        case .munchausen: hyperparameters.bootstrapRule = .munchausen
        case .dueling: hyperparameters.head.dueling = .separate
        case .sharedDueling: hyperparameters.head.dueling = .shared
        case .categorical: hyperparameters.head.kind = .categorical
        case .quantile: hyperparameters.head.kind = .quantile
        case .implicitQuantile: hyperparameters.head.kind = .implicitQuantile
        case .noisy: hyperparameters.head.isNoisy = true
        }
    }
}
