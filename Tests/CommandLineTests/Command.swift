import Foundation
import Testing

/// A run of the program that was built beside these tests.
final class Command {
    private let process = Process()
    private let output = Pipe()
    private let error = Pipe()
    private var errorText = ""
    private var outputText = ""

    /// Starts the program in a folder.
    init(_ arguments: [String], in folder: TemporaryFolder) throws {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.executableURL = tests.deletingLastPathComponent().appending(path: "dqn-server")
        process.currentDirectoryURL = URL(filePath: folder.path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = error
        try process.run()
    }

    /// Waits until standard error has had some text, or has ended.
    func waitForError(containing text: String) {
        while !errorText.contains(text) {
            let data = error.fileHandleForReading.availableData
            if data.isEmpty { return }
            errorText += String(decoding: data, as: UTF8.self)
        }
    }

    /// Waits until standard output has had some text, or has ended.
    func waitForOutput(containing text: String) {
        while !outputText.contains(text) {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { return }
            outputText += String(decoding: data, as: UTF8.self)
        }
    }

    func send(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// Waits for the end: the exit code, standard output and standard error.
    func end() -> (code: Int32, output: String, error: String) {
        // What these tests print fits the pipes, so neither waits for the other to be read.
        let rest = error.fileHandleForReading.readDataToEndOfFile()
        let result = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, outputText + String(decoding: result, as: UTF8.self),
            errorText + String(decoding: rest, as: UTF8.self)
        )
    }
}

/// A folder that goes when the test does.
final class TemporaryFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path

    init() {
        try? FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    subscript(name: String) -> String { "\(path)/\(name)" }

    var files: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
    }
}
