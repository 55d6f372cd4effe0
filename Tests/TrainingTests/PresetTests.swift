import Environments
import JSONFields
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct PresetTests {
    @Test(
        "each environment is given the preset whose constants suit it",
        arguments: [
            ("minatar/asterix", "minatar"), ("minatar/breakout", "minatar"),
            ("atari/asterix", "atari-fast"), ("acrobot", "acrobot"),
            ("mountain-car", "mountain-car"), ("cartpole", "cartpole"), ("routes", "routes"),
        ]
    )
    func suited(environment: String, preset: String) throws {
        #expect(Preset.suited(to: environment)?.name == preset)
        #expect(Preset.suited(to: "unknown")?.name == nil)
    }

    @Test("a preset by its name, and its environment by its own, are the same job")
    func requests() throws {
        let catalog = EnvironmentCatalog(python: nil)
        let available = catalog.entries.filter { $0.unavailableReason == nil }
        #expect(Set(Preset.all.map(\.name)).count == Preset.all.count)
        // What shows what its options say has no preset of its own.
        for id in available.filter({ !$0.isDeclared }).map(\.specification.id) {
            let suited = try #require(Preset.suited(to: id))
            var byName = try JobSpecification(
                request: ["preset": .string(suited.name), "environment": .string(id)],
                in: catalog
            )
            let byEnvironment = try JobSpecification(
                request: ["environment": .string(id)],
                in: catalog
            )
            byName.name = byEnvironment.name
            #expect(byName == byEnvironment)
        }
    }
}
