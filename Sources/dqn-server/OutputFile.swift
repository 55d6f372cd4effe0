internal import Checkpoints
internal import Foundation
internal import Glibc

/// A file that a command writes at its end, and tries at its beginning.
package struct OutputFile: Equatable, Sendable {
    /// Where it lies.
    package let path: String

    /// Names a file.
    package init(_ path: String) {
        self.path = path
    }

    /// The file beside this one that holds the best of what this one holds the newest of.
    package var best: OutputFile {
        let path = path as NSString
        let (name, kind) = (path.deletingPathExtension, path.pathExtension)
        return OutputFile("\(name)-best" + (kind.isEmpty ? "" : ".\(kind)"))
    }

    /// Checks that the file can be written and nothing is lost by it.
    ///
    /// - Parameter overwriting: Whether a file that is there may be replaced.
    /// - Throws: What is in the way, and what can be done.
    package func prepare(overwriting: Bool) throws(CommandFailure) {
        var status = stat()
        if unsafe stat(path, &status) == 0 {
            switch status.st_mode & S_IFMT {
            case S_IFREG: break
            case S_IFDIR: throw CommandFailure("\(path) is a folder, expected a file")
            default: throw CommandFailure("\(path) is no ordinary file")
            }
            guard overwriting else {
                throw CommandFailure(
                    "\(path) is there already: --overwrite replaces it, or choose another --output"
                )
            }
        }
        // The content will be written beside the file and then take its name.
        let trial = "\(path).\(UUID().uuidString).part"
        let file = unsafe open(trial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            let reason = unsafe String(cString: strerror(errno))
            throw CommandFailure("cannot write \(path): \(missingFolder ?? reason)")
        }
        close(file)
        unsafe unlink(trial)
    }

    /// Writes the file, whole or not at all.
    package func write(_ bytes: [UInt8]) throws(CommandFailure) {
        do throws(CheckpointError) {
            try AtomicFile.write(bytes, to: path)
        } catch {
            if case .file(_, _, let reason) = error {
                throw CommandFailure("cannot write \(path): \(reason)")
            }
            throw CommandFailure("cannot write \(path): \(error)")
        }
    }

    private var missingFolder: String? {
        let folder = (path as NSString).deletingLastPathComponent
        let isThere = folder.isEmpty || FileManager.default.fileExists(atPath: folder)
        return isThere ? nil : "there is no folder \(folder)"
    }
}
