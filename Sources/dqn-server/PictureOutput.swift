internal import Checkpoints
internal import Foundation

/// Where an episode's pictures go: all in one animated file, or each in a file of its own.
package enum PictureOutput: Equatable, Sendable {
    /// An animated PNG.
    case animation(OutputFile)
    /// A folder of 00000.png, 00001.png and so on.
    case folder(String)

    /// Reads what is meant by a path: a name that ends in .png or .apng is a file, one that ends in
    /// a slash, or is that of a folder which is there, a folder; nil where it is none of these.
    package init?(_ path: String) {
        var isFolder: ObjCBool = false
        let isThere = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        if path.hasSuffix("/") {
            self = .folder(path)
        } else if ["png", "apng"].contains((path as NSString).pathExtension.lowercased()) {
            self = .animation(OutputFile(path))
        } else if isThere, isFolder.boolValue {
            self = .folder(path)
        } else {
            return nil
        }
    }

    /// Checks that the pictures can be written and nothing is lost by it, and makes the folder.
    ///
    /// - Parameter overwriting: Whether pictures that are there may be replaced.
    /// - Throws: What is in the way, and what can be done.
    package func prepare(overwriting: Bool) throws(CommandFailure) {
        guard case .folder(let folder) = self else {
            if case .animation(let file) = self { try file.prepare(overwriting: overwriting) }
            return
        }
        let files = FileManager.default
        do {
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let earlier = try files.contentsOfDirectory(atPath: folder).filter(Self.isPicture)
            guard overwriting || earlier.isEmpty else {
                throw CommandFailure(
                    "\(folder) holds pictures already, such as \(earlier.sorted()[0]): --overwrite "
                        + "replaces them, or choose another --output"
                )
            }
            try OutputFile(picture(0)).prepare(overwriting: overwriting)
            // Of a longer episode some would be left, and pass for this one's.
            for name in earlier { try files.removeItem(atPath: "\(folder)/\(name)") }
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure("cannot use the folder \(folder): \(error.systemReason)")
        }
    }

    /// Writes one picture into the folder; an animation is written at its end.
    func write(_ png: [UInt8], number: Int) throws(CommandFailure) {
        guard case .folder = self else { return }
        let path = picture(number)
        do {
            try Data(png).write(to: URL(filePath: path))
        } catch {
            throw CommandFailure("cannot write \(path): \(error.systemReason)")
        }
    }

    /// The path as it was given.
    var path: String {
        switch self {
        case .animation(let file): file.path
        case .folder(let path): path
        }
    }

    private func picture(_ number: Int) -> String {
        (path as NSString).appendingPathComponent(String(format: "%05d.png", number))
    }

    private static func isPicture(_ name: String) -> Bool {
        name.hasSuffix(".png") && name.utf8.count == 9
            && name.utf8.prefix(5).allSatisfy { (0x30...0x39).contains($0) }
    }
}
