internal import Checkpoints
internal import Foundation
internal import JSONFields
package import Snapshots
package import Training

/// What `train` keeps beside its output while it trains, so that it can go on from there: the
/// snapshots of the job, and what the job is.
package struct UnfinishedTraining: Sendable {
    /// The folder that holds it.
    package let folder: String
    /// What is being done.
    package let specification: JobSpecification
    /// The file for the newest checkpoint.
    package let output: OutputFile

    /// What a training into a file keeps beside it: in "model.snapshots" if that is
    /// "model.safetensors".
    package init(_ specification: JobSpecification, output: OutputFile) {
        self.specification = specification
        self.output = output
        folder = output.snapshots.path
    }

    /// Reads what a training has left.
    /// - Throws: Why it cannot be gone on from.
    package init(folder: String) throws(CommandFailure) {
        self.folder = folder
        let file = Self.file(in: folder)
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(
                "there is no training to go on with in \(folder): cannot read \(file)"
            )
        }
        do {
            let value = try JSONValue(parsing: Array(bytes))
            specification = try StoredSpecification(value).specification
            guard case .object(let object) = value, case .string(let path) = object["output"] else {
                throw CommandFailure("it names no output")
            }
            output = OutputFile(path)
        } catch {
            throw CommandFailure("\(file) is no training to go on with: \(error)")
        }
    }

    /// The snapshots.
    package var snapshots: SnapshotFolder { SnapshotFolder(path: folder) }

    /// Writes down what the job is.
    package func write() throws(CommandFailure) {
        var object: JSONObject = [
            "output": .string(URL(filePath: output.path).path)
        ]
        if case .object(let stored) = StoredSpecification.json(specification) {
            for (name, value) in stored.fields { object[name] = value }
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
        } catch {
            throw CommandFailure("cannot make the folder \(folder): \(error.localizedDescription)")
        }
        try OutputFile(Self.file(in: folder)).write(
            Array(JSONValue.object(object).description.utf8)
        )
    }

    private static func file(in folder: String) -> String { "\(folder)/job.json" }
}

extension OutputFile {
    /// Where a training into this file keeps its snapshots.
    var snapshots: OutputFile {
        OutputFile((path as NSString).deletingPathExtension + ".snapshots")
    }
}
