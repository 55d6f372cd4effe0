internal import ArgumentParser

/// Something that was asked for and could not be done: exit code 1.
package struct CommandFailure: Error, Equatable, CustomStringConvertible {
    /// Why, in one sentence a person can act on.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Says why the values on a command line cannot be used, where that turns out only as the command
/// runs.
///
/// - Parameter message: What is wrong, and what would be right.
/// - Returns: The exit code 64, to be thrown.
func refusal(_ message: String) -> ExitCode {
    Console.standardError.write("Error: \(message)\n")
    return .validationFailure
}
