import Environments
import Testing

/// What a job says of an environment that is not part of the program.
@Suite(.timeLimit(.minutes(5))) struct DeclaredSpacesTests {
    private func spaces(_ options: EnvironmentOptions) throws(EnvironmentError) -> DeclaredSpaces {
        try DeclaredSpaces(options, of: "client")
    }

    private func faults(_ options: EnvironmentOptions) -> [String] {
        do throws(EnvironmentError) {
            _ = try spaces(options)
            return []
        } catch .invalidOptions(_, let faults) {
            return faults.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test("numbers are states by themselves, pictures and screens four at a time")
    func specifications() throws {
        let numbers = try spaces(["observation": ["shape": [4]], "actions": 2])
        #expect(numbers.observationSpec.shape == [4])
        #expect(numbers.observationSpec.scalar == .float32)
        #expect(numbers.actionNames == ["0", "1"])
        let screens = try spaces([
            "observation": ["shape": [210, 160, 3], "scalar": "uint8", "preprocessing": "atari"],
            "actions": ["LEFT", "RIGHT"],
        ])
        #expect(screens.observationSpec == .pixels)
        #expect(screens.actionNames == ["LEFT", "RIGHT"])
        let planes = try spaces([
            "observation": ["shape": [4, 10, 10], "scalar": "uint8"], "actions": 6,
        ])
        #expect(planes.observationSpec.shape == [4, 10, 10])
        let pictures = try spaces([
            "observation": ["shape": [42, 42], "scalar": "uint8"], "actions": 6, "stack": 2,
        ])
        #expect(pictures.observationSpec.shape == [2, 42, 42])
    }

    @Test(
        "what is missing or wrong is said, with what would be right",
        arguments: [
            ([:], "\"observation\" is missing; it may be {\"shape\":[4],\"scalar\":\"float32\"}"),
            (["observation": ["shape": [4]]], "\"actions\" is missing; it may be"),
            (
                ["observation": "float32", "actions": 2],
                "\"observation\" must be an object such as {\"shape\":[4]"
            ),
            (["observation": [:], "actions": 2], "\"shape\" of 1 to 3 whole numbers"),
            (["observation": ["shape": [0]], "actions": 2], "of at least 1, at most 4194304"),
            (["observation": ["shape": [4096, 4096]], "actions": 2], "got [4096,4096]"),
            (
                ["observation": ["shape": [4], "scalar": "float64"], "actions": 2],
                "\"scalar\" that is one of \"uint8\", \"float32\", got \"float64\""
            ),
            (
                ["observation": ["shape": [4], "dtype": "f"], "actions": 2],
                "has \"dtype\", which is"
            ),
            (
                ["observation": ["shape": [4], "preprocessing": "atari"], "actions": 2],
                "its shape must be [height, width] or [height, width, 3]"
            ),
            (["observation": ["shape": [4]], "actions": 1], "a list of 2 to 1024 different names"),
            (["observation": ["shape": [4]], "actions": ["A", "A"]], "got [\"A\",\"A\"]"),
            (
                ["observation": ["shape": [4]], "actions": 2, "stack": 0],
                "a whole number in 1...16"
            ),
            (
                ["observation": ["shape": [3, 8, 8]], "actions": 2, "stack": 4],
                "must be 1 for observations of three axes"
            ),
        ] as [(EnvironmentOptions, String)]
    )
    func wrong(options: EnvironmentOptions, expected: String) {
        let found = faults(options)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }
}
