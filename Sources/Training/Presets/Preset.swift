internal import Environments

/// A complete job specification with a name, for those who want to begin.
public struct Preset: Sendable {
    /// What it is asked for by.
    public let name: String
    /// What it does, in one sentence.
    public let summary: String
    /// Where its constants come from.
    public let source: String
    /// What to expect of it on a machine without a graphics card.
    public let expectation: String
    /// The job.
    public let specification: JobSpecification
}

extension Preset {
    /// All presets, the quickest first.
    public static let all: [Preset] = [
        .routes, .frozenLake, .cartpole, .catchPixels, .pqnCartPole, .mountainCar, .acrobot,
        .lunarLander, .minatar, .atari100k, .atariQuantile, .pqn, .atariFast, .rainbowLite,
        .rainbow, .atariNature,
    ]

    /// The preset of that name.
    public static func named(_ name: String) -> Preset? {
        all.first { $0.name == name }
    }

    /// The preset whose constants suit an environment best, for jobs that name none; nil where
    /// nothing is known of it but what it shows.
    public static func suited(to environment: String) -> Preset? {
        if AtariPreprocessing.applies(to: environment) { return .atariFast }
        let environment = twins[environment] ?? environment
        if environment.hasPrefix("minatar/") { return .minatar }
        return all.first { $0.specification.environment == environment }
    }

    /// Gymnasium's environments that are part of the program too.
    private static let twins = [
        "gymnasium/CartPole-v1": "cartpole", "gymnasium/Acrobot-v1": "acrobot",
        "gymnasium/MountainCar-v0": "mountain-car",
    ]
}
